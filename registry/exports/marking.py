"""What is to be marked in the copy of an agency's file, and what is said beside it: the words, and no workbook yet."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from registry.intake.batch import Report, RowView
from registry.intake.diff import OUTCOMES
from registry.intake.finding import Finding
from registry.intake.gravity import Gravity
from registry.intake.table import SourceRow, place_in_file
from registry.intake.wording import GRAVITY_MEANING, OUTCOME, explanation, of_the_file
from registry.translation import LANGUAGES, translate
from registry.translation import marked as _

MAX_NOTE = 8_000
"""How many characters of explanation one cell gets; a spreadsheet program takes 32,767."""
MAX_KINDS = 200
_GRAVEST = list(Gravity)


TITLE = _("What was found in this file")
WHOLE = _("All rows of the file are in this copy.")
FOUND_ONLY = _("The file is long: only the rows with findings are in this copy.")
THESE_ONLY = _("Only the rows that were not accepted are in this copy.")
IN_PLACE = _("This is your own workbook. Formulas are replaced by their values; macros, links and charts are left out.")
HOW_TO = _(
    "Correct the cells here or in your own list and send the file again. This sheet and the last column are ignored."
)
ABOUT_FILE = _("About the file as a whole")
ABOUT_ROWS = _("About the rows")
COLOURS = _("What the colours mean")
FILE = _("File")
BATCH = _("Batch")
ROWS = _("Rows in the file")
COUNTED = _("%(count)s rows, the first in row %(line)s")
STOOD = _("Row %(place)s of your file")
PROPOSED = _("Proposed: %(proposed)s")


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to colour, by its place among the headings, with what is to be said of it."""

    column: int
    gravity: str
    text: str


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """A row with findings: where it stands, its cells to colour, and what the column of findings says of it."""

    line: int
    sheet: str
    sheet_line: int
    gravity: str
    note: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of the first sheet: cells of text, and the colour of its first cell, if any."""

    cells: tuple[str, ...]
    gravity: str = ""


def both(message: str, **details: object) -> tuple[str, ...]:
    """A message in both languages, Thai first."""
    return tuple(translate(lang, message, **details) for lang in LANGUAGES)


def marked(row: RowView, headings: Sequence[str]) -> MarkedRow:
    """The marks for the findings of a row of a table with these headings. It has one or more."""
    cells: dict[int, list[Finding]] = {}
    for finding in row.findings:
        if finding.column in headings:
            cells.setdefault(headings.index(finding.column), []).append(finding)
    return MarkedRow(
        line=row.line,
        sheet=row.sheet,
        sheet_line=row.line if row.sheet_line is None else row.sheet_line,
        gravity=_gravest(row.findings),
        note=_note("\n".join(_with_column(finding) for finding in row.findings)),
        marks=tuple(
            Mark(column, _gravest(found), _note("\n".join(map(_in_words, found)))) for column, found in cells.items()
        ),
    )


def with_place(found: MarkedRow, row: SourceRow) -> MarkedRow:
    """A row for a copy in which it stands elsewhere: the column of findings says first where it stands in the agency's file."""
    place = " / ".join(both(STOOD, place=place_in_file(row.line, row.sheet, row.sheet_line)))
    return replace(found, note=_note(f"{place}\n{found.note}"))


def _gravest(findings: Iterable[Finding]) -> str:
    return min((finding.gravity for finding in findings), key=_GRAVEST.index).value


def _with_column(finding: Finding) -> str:
    return f"{finding.column}: {_in_words(finding)}" if finding.column else _in_words(finding)


def _in_words(finding: Finding) -> str:
    """The explanation in both languages, and what the cell should perhaps be."""
    lines = [explanation(finding, lang) for lang in LANGUAGES]
    if finding.proposed:
        lines.append(" / ".join(both(PROPOSED, proposed=finding.proposed)))
    return "\n".join(lines)


def _note(text: str) -> str:
    return text if len(text) <= MAX_NOTE else text[:MAX_NOTE] + "…"


@dataclass(slots=True)
class Tally:
    """How often each kind of finding was met while rows went by, with the first of each kind and its row."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], tuple[Finding, str]] = field(default_factory=dict)

    def watch(self, rows: Iterable[RowView]) -> Iterator[RowView]:
        """The same rows, counted."""
        for row in rows:
            for finding in row.findings:
                kind = finding.column, finding.code
                self.counts[kind] += 1
                self.first.setdefault(kind, (finding, row.place))
            yield row


def summary(report: Report, tally: Tally, *notes: str) -> list[SummaryLine]:
    """The lines of the first sheet. `notes` are messages that say what the copy has and has not."""
    lines = [
        SummaryLine(both(TITLE)),
        *(SummaryLine(both(note)) for note in (HOW_TO, *notes)),
        SummaryLine(()),
        SummaryLine((*both(FILE), report.file_name)),
        SummaryLine((*both(BATCH), str(report.batch))),
        SummaryLine((*both(ROWS), str(report.rows))),
        *(SummaryLine((*both(OUTCOME[outcome]), str(report.counts.get(outcome, 0)))) for outcome in OUTCOMES),
        SummaryLine(()),
        SummaryLine(both(COLOURS)),
        *(SummaryLine(both(GRAVITY_MEANING[gravity]), gravity) for gravity in Gravity),
    ]
    if report.findings:
        about = [
            SummaryLine(tuple(of_the_file(item, lang) for lang in LANGUAGES), item.gravity) for item in report.findings
        ]
        lines += [SummaryLine(()), SummaryLine(both(ABOUT_FILE)), *about]
    if tally.first:
        lines += [SummaryLine(()), SummaryLine(both(ABOUT_ROWS)), *_kinds(tally)]
    return lines


def _kinds(tally: Tally) -> list[SummaryLine]:
    kinds = [(finding, line, tally.counts[kind]) for kind, (finding, line) in tally.first.items()]
    kinds.sort(key=lambda kind: (_GRAVEST.index(kind[0].gravity), -kind[2]))
    return [
        SummaryLine(
            (
                *(explanation(finding, lang) for lang in LANGUAGES),
                finding.column,
                " / ".join(both(COUNTED, count=count, line=line)),
            ),
            finding.gravity.value,
        )
        for finding, line, count in kinds[:MAX_KINDS]
    ]
