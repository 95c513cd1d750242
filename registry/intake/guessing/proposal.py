"""A mapping proposed for a file: the guesses, what the file is, what is missing for section 13, and all of it as TOML."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice

from registry.intake.body import Body
from registry.intake.guessing.columns import read_columns, short_years
from registry.intake.guessing.guess import (
    DATE_KINDS,
    LINKS,
    PARTICULAR,
    STATUS,
    STATUS_DATE,
    STATUS_REASON,
    Guess,
    Reason,
    guess_fields,
    is_withheld,
    meaning_of,
)
from registry.intake.mapping import Cells, Field, MappingInvalid, Meaning, Repeated, parse_mapping
from registry.intake.reading import reading
from registry.intake.rows.cells import unquoted, whole_number
from registry.intake.rows.dates import NO_EXPIRY, read_date
from registry.intake.rows.face import has_column
from registry.intake.table import FileForm, Layout, OpenTable, SourceRow
from registry.translation import marked as _
from vocab.authority import FaceField, FaceItem, LicenseType, NumberingScheme
from vocab.license import LocalText
from vocab.thai import BUDDHIST_OFFSET, Era, normalize_text

NEVER = "never"
"""How the last day of a licence is read that never ends."""
FOUND = Layout()
"""The layout of a file of which nothing is said: all of it is found."""
MAX_ROWS_LOOKED_AT = 100_000
SAMPLES = 3
ROWS_SAMPLED = 1_000
_CENTURY = 100
_PLACEHOLDERS = 10
"""From so many cells on, one text in brackets is no address and no name but a word for nothing."""

MINIMUM: tuple[FaceItem, ...] = (
    FaceItem(field=FaceField.NUMBER, label=LocalText(th="เลขที่ใบอนุญาต", en="Licence number")),
    FaceItem(field=FaceField.LICENSEE, label=LocalText(th="ผู้รับใบอนุญาต", en="Licensee")),
    FaceItem(field=FaceField.PREMISES_ADDRESS, label=LocalText(th="ที่ตั้ง", en="Address")),
    FaceItem(field=FaceField.ISSUED_ON, label=LocalText(th="ออกให้ ณ วันที่", en="Issued on")),
    FaceItem(field=FaceField.EXPIRES_ON, label=LocalText(th="ใช้ได้ถึงวันที่", en="Valid until")),
)
"""What stands on nearly every licence: asked for where the type is not known. Section 13 asks for the items on the face."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A cell as received, white space aside, and as it will be read; "" where it cannot be. A day is in ISO form, or `NEVER`."""

    received: str
    read: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A mapping for a file as it is proposed, and what a person should know before agreeing to it.

    `rows` were looked at, `is_whole` if these are all. `unused` and `withheld` are headings; withheld columns hold citizens'
    numbers. `era` is None where all years have four digits, or (`is_era_open`) where nobody can tell. `repeated`: how many
    numbers stand on several rows. `statuses`: the words of the status column with the number of their rows, and what everybody
    means by them. `endless`: what stands for "never ends" in the column of the last day. `samples`: for each field, what stands
    first in its columns. `missing` are the items of the face that nothing fills.
    """

    form: FileForm
    layout: Layout
    rows: int
    is_whole: bool
    guesses: tuple[Guess, ...]
    unused: tuple[str, ...]
    withheld: tuple[str, ...]
    era: Era | None
    is_era_open: bool
    repeated: int
    renewals: Repeated
    blank: tuple[str, ...]
    statuses: tuple[tuple[str, int, Meaning | None], ...]
    samples: Mapping[str, tuple[Sample, ...]]
    endless: tuple[str, ...] = ()
    missing: tuple[FaceItem, ...] = ()

    @property
    def has_number(self) -> bool:
        """Whether a column was found for the number; without it there is no licence."""
        return any(guess.field == Field.NUMBER for guess in self.guesses)

    @property
    def unknown_statuses(self) -> tuple[tuple[str, int], ...]:
        return tuple((text, count) for text, count, meaning in self.statuses if meaning is None)


def propose(
    body: Body,
    name: str,
    *,
    license_type: LicenseType | None,
    scheme: NumberingScheme,
    today: date,
    said: Mapping[str, Sequence[str]] | None = None,
    layout: Layout = FOUND,
    guessing: bool = True,
    era: Era | None = None,
    endless: Sequence[str] = (),
) -> Proposal:
    """The mapping that the file probably needs. `said`: field -> headings, where the agency says it itself; without
    `guessing`, that is all. `era` is what the agency says of years with two digits, `endless` its words for "never ends".

    Raises `FileUnreadable`, and `MappingInvalid` where `said` names a column that the file has not.
    """
    wanted = _Wanted(license_type, scheme, today, said or {}, guessing, era, tuple(endless))
    with reading(body, name, layout) as table:
        return _propose(table, layout, wanted)


@dataclass(frozen=True, slots=True)
class _Wanted:
    license_type: LicenseType | None
    scheme: NumberingScheme
    today: date
    said: Mapping[str, Sequence[str]]
    guessing: bool
    era: Era | None
    endless: tuple[str, ...]


def _propose(table: OpenTable, layout: Layout, wanted: _Wanted) -> Proposal:
    _require_headings(wanted.said, table.headings)
    read = list(islice((row for chunk in table.chunks for row in chunk), MAX_ROWS_LOOKED_AT + 1))
    rows = read[:MAX_ROWS_LOOKED_AT]
    columns = read_columns(table.headings, rows, frozenset(text.casefold() for text in Cells().blank))
    guesses = guess_fields(columns, wanted.license_type, wanted.scheme, wanted.said, guessing=wanted.guessing)
    used = {heading for guess in guesses for heading in guess.headings}
    withheld = tuple(column.heading for column in columns if is_withheld(column) and column.heading not in used)
    years = [year for guess in guesses if guess.field in DATE_KINDS for year in short_years(guess.columns[0])]
    era = wanted.era or _era(years, wanted.today)
    by_field = {guess.field: guess for guess in guesses}
    endless = _endless(by_field.get(Field.EXPIRES_ON)) if wanted.guessing else wanted.endless
    as_read = partial(_as_read, era=era, endless=frozenset(text.lower() for text in endless), today=wanted.today)
    repeated, renewals = _repeated(rows, by_field, wanted.scheme)
    proposal = Proposal(
        form=table.form,
        layout=layout,
        rows=len(rows),
        is_whole=len(read) == len(rows),
        guesses=tuple(_as_it_fits(guess, as_read) for guess in guesses),
        unused=tuple(each for each in table.headings if each not in used and each not in withheld),
        withheld=withheld,
        era=era,
        is_era_open=bool(years) and era is None,
        repeated=repeated,
        renewals=renewals,
        blank=_placeholders(guesses),
        statuses=_statuses(by_field.get(STATUS)),
        samples={guess.field: _samples(guess, rows, as_read) for guess in guesses},
        endless=endless,
    )
    return replace(proposal, missing=_missing(proposal, wanted.license_type))


def _require_headings(said: Mapping[str, Sequence[str]], headings: Sequence[str]) -> None:
    for field, chosen in said.items():
        for heading in chosen:
            if heading not in headings:
                raise MappingInvalid(
                    _("%(field)s: the file has no column '%(column)s'; its columns are %(columns)s"),
                    field=field,
                    column=heading,
                    columns=", ".join(headings),
                )


def _era(years: Sequence[int], today: date) -> Era | None:
    """The era of years with two digits: the one in which all of them are near today; None where both would do, or neither."""
    if not years:
        return None
    now = {Era.COMMON: today.year % _CENTURY, Era.BUDDHIST: (today.year + BUDDHIST_OFFSET) % _CENTURY}
    near = [era for era, year in now.items() if all(year - 20 <= each <= year + 12 for each in years)]
    return near[0] if len(near) == 1 else None


def _repeated(rows: Iterable[SourceRow], guesses: Mapping[str, Guess], scheme: NumberingScheme) -> tuple[int, Repeated]:
    """How many numbers stand on several rows, and whether these are renewals: of one holder, each with another last day."""
    number, end = guesses.get(Field.NUMBER), guesses.get(Field.EXPIRES_ON)
    if number is None:
        return 0, Repeated.REFUSE
    holder = guesses.get(Field.LICENSEE) or guesses.get(Field.PREMISES) or number
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        key = _cell(row, number)
        if key:
            groups.setdefault(key, []).append((_cell(row, end), _cell(row, holder)))
    several = [group for group in groups.values() if len(group) > 1]
    renewed = sum(
        len({end for end, _ in group}) == len(group) and len({by for _, by in group}) == 1 for group in several
    )
    # Where numbers start again each year, the same number is another licence.
    is_renewed = end is not None and renewed * 2 > len(several) and not scheme.has_years
    return len(several), Repeated.RENEWALS if is_renewed else Repeated.REFUSE


def _cell(row: SourceRow, guess: Guess | None) -> str:
    position = guess.columns[0].position if guess else len(row.cells)
    return normalize_text(row.cells[position]) if position < len(row.cells) else ""


def _placeholders(guesses: Iterable[Guess]) -> tuple[str, ...]:
    """Texts in brackets that stand in many cells where a name or an address is expected: `[Redacted]`."""
    found = [
        text
        for guess in guesses
        for column in guess.columns
        for text, count in column.contents.items()
        if count >= _PLACEHOLDERS and text[0] in "[(<" and text[-1] in "])>"
    ]
    return tuple(dict.fromkeys(found))


def _statuses(status: Guess | None) -> tuple[tuple[str, int, Meaning | None], ...]:
    contents = status.columns[0].contents if status else {}
    return tuple((text, count, meaning_of(text)) for text, count in contents.items())


def _missing(proposal: Proposal, license_type: LicenseType | None) -> tuple[FaceItem, ...]:
    if not proposal.has_number:
        return tuple(item for item in MINIMUM if item.field is FaceField.NUMBER)
    mapping = parse_mapping(mapping_text(proposal), "the proposal")
    face = license_type.face if license_type and license_type.face else MINIMUM
    return tuple(item for item in face if item.required and not has_column(mapping, item))


def _endless(end: Guess | None) -> tuple[str, ...]:
    contents = end.columns[0].contents if end else {}
    return tuple(text for text in contents if text.lower() in NO_EXPIRY)


def _as_it_fits(guess: Guess, as_read: Callable[[str, str], str]) -> Guess:
    """A guess about dates with the share of the cells that can be read, where more only look like dates."""
    if guess.field not in DATE_KINDS or Reason.CONTENT not in guess.reasons:
        return guess
    return replace(guess, fit=guess.columns[0].share_of(lambda text: bool(as_read(guess.field, text))))


def _samples(guess: Guess, rows: Iterable[SourceRow], as_read: Callable[[str, str], str]) -> tuple[Sample, ...]:
    """The first three different contents of the guess's columns, those of several joined; blanks are passed over."""
    positions = [column.position for column in guess.columns]
    blank = frozenset(text.casefold() for text in Cells().blank)
    found: dict[str, None] = {}
    for row in islice(rows, ROWS_SAMPLED):
        cells = (normalize_text(unquoted(row.cells[at])) for at in positions if at < len(row.cells))
        text = " ".join(cell for cell in cells if cell and cell.casefold() not in blank)
        if text:
            found[text] = None
        if len(found) == SAMPLES:
            break
    return tuple(Sample(text, as_read(guess.field, text)) for text in found)


def _as_read(field: str, text: str, era: Era | None, endless: frozenset[str], today: date) -> str:
    if field == Field.EXPIRES_ON and text.lower() in endless:
        return NEVER
    if field in DATE_KINDS:
        day = read_date(text, era, today).day
        return day.isoformat() if day else ""
    return whole_number(text) or text if field == Field.NUMBER else text


def mapping_text(proposal: Proposal) -> str:
    """The proposal as TOML, for `registry.intake.mapping.parse_mapping`. What only a person can say stands in comments."""
    by_field = {guess.field: guess for guess in proposal.guesses}
    return "\n".join(
        [
            *_file_section(proposal),
            *_column_sections(proposal),
            *_section("dates", [f'era = "{proposal.era}"'] if proposal.era else []),
            *_section("rows", ['repeated = "renewals"'] if proposal.renewals is Repeated.RENEWALS else []),
            *_section("cells", _cell_lines(proposal)),
            *_status_sections(proposal, by_field),
            *_link_section(by_field),
        ]
    )


def _cell_lines(proposal: Proposal) -> list[str]:
    blank = [f"blank = {_quoted((*Cells().blank, *proposal.blank))}"] if proposal.blank else []
    return [
        *blank,
        *([f"no_expiry = {_quoted(proposal.endless)}   # only where the law says so"] if proposal.endless else []),
    ]


def _file_section(proposal: Proposal) -> list[str]:
    layout = proposal.layout
    lines = [
        f"{name} = {_quoted(value)}"
        for name, value in (
            ("sheet", layout.sheet),
            ("heading_line", layout.heading_line),
            ("encoding", layout.encoding),
        )
        if value
    ]
    return [
        "[file]",
        *lines,
        '# holds = "part"   # where the file has only what is new; else it is the whole list, and what is missing is asked about',
        "",
    ]


def _column_sections(proposal: Proposal) -> list[str]:
    plain = [guess for guess in proposal.guesses if guess.field in set(Field)]
    particulars = [guess for guess in proposal.guesses if guess.field.startswith(PARTICULAR)]
    unused = [f"# not used: {_quoted(heading)}" for heading in proposal.unused]
    withheld = [f"# never published: {_quoted(heading)}" for heading in proposal.withheld]
    return [
        *_section("columns", [*map(_column_line, plain), *unused, *withheld], always=True),
        *_section("columns.particulars", list(map(_column_line, particulars))),
    ]


def _column_line(guess: Guess) -> str:
    name = guess.field.removeprefix(PARTICULAR)
    headings = guess.headings[0] if len(guess.headings) == 1 else guess.headings
    return f"{name} = {_quoted(headings)}   # {guess.confidence}"


def _status_sections(proposal: Proposal, by_field: Mapping[str, Guess]) -> list[str]:
    if STATUS not in by_field:
        return []
    lines = [
        f"{name} = {_quoted(by_field[kind].headings[0])}   # {by_field[kind].confidence}"
        for name, kind in (("column", STATUS), ("date", STATUS_DATE), ("reason", STATUS_REASON))
        if kind in by_field
    ]
    open_words = [f'# {_quoted(text)} = "?"   # {count} rows' for text, count in proposal.unknown_statuses]
    meanings = ", ".join(Meaning)
    asked = [f"# What do these mean: {meanings}? Rows with a word that nobody knows are not published.", *open_words]
    return [*_section("status", lines), *_section("status.values", asked if open_words else [])]


def _link_section(by_field: Mapping[str, Guess]) -> list[str]:
    found = {name: by_field[kind] for kind, name in LINKS.items() if kind in by_field}
    if not found.keys() & {"access_url", "download_url", "rights"}:
        return []
    lines = [f"{name} = {_quoted(guess.headings[0])}   # {guess.confidence}" for name, guess in found.items()]
    return _section("access", [*lines, '# otherwise = "restricted"   # where the addresses lead to a log-in'])


def _section(name: str, lines: Sequence[str], *, always: bool = False) -> list[str]:
    return [f"[{name}]", *lines, ""] if lines or always else []


def _quoted(value: str | int | Sequence[str]) -> str:
    """A value as TOML. JSON's strings and lists of strings are TOML's too, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
