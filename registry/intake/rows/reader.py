"""The cells of one row, as fields are read from them: blank ones told from texts, texts cleaned, and what was found kept."""

from dataclasses import dataclass, field
from datetime import date

from registry.intake.finding import Finding, found
from registry.intake.gravity import Gravity
from registry.intake.mapping import Field
from registry.intake.rows.cells import unquoted, values
from registry.intake.rows.dates import read_date
from registry.intake.rows.source import Column, Columns, Source
from registry.intake.rows.text import MAX_TEXT, text_fault
from vocab.thai import normalize_text

# A postal code in a column of dates looks like a serial.
_OUT_OF_FORM = frozenset({"number-unusual", "juristic-number-wrong", "code-wrong", "coordinate-wrong", "date-serial"})


@dataclass(slots=True)
class CellReader:
    """Reads the fields of one row of `source`; `findings` grows with what is not as it should be."""

    source: Source
    columns: Columns
    cells: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)

    def column(self, name: Field) -> Column:
        return self.columns.fields[name]

    def received(self, name: Field) -> str:
        return self.column(name).received(self.cells)

    def text(self, name: Field) -> str:
        return self.cleaned(self.column(name))

    def plain(self, received: str) -> str:
        """The cell in the form in which text is signed and shown; empty for a blank one."""
        if not received:
            return ""
        text = normalize_text(unquoted(received))
        return "" if self.is_blank(text) else text

    def is_blank(self, text: str) -> bool:
        return not text or (len(text) <= self.columns.longest_blank and text.lower() in self.columns.blank)

    def cleaned(self, column: Column) -> str:
        """The text of a field, of all its cells; empty where it is blank or refused, with the finding that refuses it."""
        if len(column.positions) < 2:
            return self.accepted(column.received(self.cells), column.heading)
        pairs = zip(column.positions, column.headings, strict=True)
        texts = [self.accepted(self.cells[position], heading) for position, heading in pairs]
        # Each may be good, and the whole be a citizen's number.
        return self.accepted(" ".join(filter(None, texts)), column.heading)

    def accepted(self, received: str, heading: str) -> str:
        if not received:
            return ""
        if len(received) > MAX_TEXT:
            self.find("text-too-long", heading, received[:80], found=str(len(received)), limit=str(MAX_TEXT))
            return ""
        text = normalize_text(unquoted(received))
        if self.is_blank(text):
            return ""
        fault = text_fault(text)
        if fault is None:
            return text
        code, details = fault
        # What may be a person's number is not repeated in the finding.
        self.find(code, heading, received if code in ("text-refused", "formula-failed") else "", **details)
        return ""

    def listed(self, name: Field) -> list[str]:
        """The several values of a field, each once."""
        column = self.column(name)
        text = self.cleaned(column)
        separator = self.source.mapping.cells.separator
        if not text:
            return []
        parts = values(unquoted(column.received(self.cells, joint="\n")), separator)
        return list(dict.fromkeys(part for part in map(self.plain, parts) if part)) if len(parts) > 1 else [text]

    def find(self, code: str, column: str, received: str, proposed: str = "", **details: str) -> None:
        finding = found(code, column, received, proposed, **details)
        # One column may feed two fields (issued on and valid from): one fault of one cell is one finding.
        if finding not in self.findings:
            self.findings.append(finding)

    def date_in(self, name: Field) -> date | None:
        return self.day(self.column(name))

    def day(self, column: Column) -> date | None:
        received = column.received(self.cells)
        text = self.plain(received)
        if not text:
            return None
        if len(column.positions) > 1 and text.replace(" ", "").isdecimal():
            text = text.replace(" ", "/")
        day, code, proposed = read_date(text, self.source.mapping.dates.era, self.source.today)
        if code:
            self.find(code, column.heading, received, proposed)
        return day

    def is_blocked(self) -> bool:
        return any(finding.gravity is Gravity.BLOCKS for finding in self.findings)

    def is_out_of_form(self) -> bool:
        """Whether several cells do not have the form of their columns, or no province stands for one, as in a row that is
        shifted."""
        wrong = {
            finding.column
            for finding in self.findings
            if finding.code in _OUT_OF_FORM or (finding.code.startswith("date-") and finding.gravity is Gravity.BLOCKS)
        }
        return len(wrong) > 1 or any(finding.code == "province-unknown" for finding in self.findings)
