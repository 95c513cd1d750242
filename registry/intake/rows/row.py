"""One row of a table to one licence, with a finding for everything that is not as it should be.

Nothing is guessed: a cell that cannot be read blocks the row, and a cell that is merely doubtful is published as received.
"""

from dataclasses import dataclass
from datetime import date

from registry.access.link import Declared
from registry.intake.finding import Finding
from registry.intake.mapping import DATES, Field, Meaning
from registry.intake.rows.bearer import licensees, premises
from registry.intake.rows.cells import unquoted, values, whole_number
from registry.intake.rows.dates import NO_EXPIRY
from registry.intake.rows.face import face_value
from registry.intake.rows.links import read_links
from registry.intake.rows.numbers import candidates, suspicion
from registry.intake.rows.reader import CellReader
from registry.intake.rows.shift import find_shift
from registry.intake.rows.source import Source, StatusColumns
from registry.intake.rows.status import MEANINGS, Claim, read_status, says_ended
from registry.intake.rows.text import formula_failed, is_shortened, shortened
from registry.intake.table import SourceRow
from vocab.authority import FaceField, FaceItem
from vocab.history import Standing
from vocab.iri import LicenseIri, MalformedIri, NumberRefused, is_citizen_number, license_iri, registered
from vocab.license import License, LocalText, Particular, Term
from vocab.thai import DateUnreadable, normalize_text

LONGEST_TERM = 60
"""Years; a licence that would be valid for more has probably a wrong digit in a year."""
FEWEST_OTHERS = 3
"""In a table of fewer columns beside the number, a row with only its number is nothing strange."""


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row after reading: the licence, or None where a finding blocks it, and what a status column says of it.

    `links` are None where the file says nothing of any.
    `tail` is that of the licence's IRI wherever the number could be read, also where the row is blocked.
    """

    row: SourceRow
    license: License | None
    findings: tuple[Finding, ...]
    claim: Claim | None = None
    tail: str | None = None
    links: tuple[Declared, ...] | None = None


def read_row(row: SourceRow, source: Source) -> CheckedRow:
    """The licence in `row`, with its findings."""
    cells, width = row.cells, len(source.headings)
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != width:
        return _shifted(row, cells, source, find_shift(cells, source))
    reading = _LicenseReader(source, source.columns, cells)
    license = reading.license()
    claim = reading.claim(license)
    tail = license.iri.tail if license else None
    links = read_links(reading, license)
    if not reading.findings:
        return CheckedRow(row, license, (), claim, tail, links)
    if reading.is_out_of_form() and (shift := find_shift(cells, source)) is not None:
        return _shifted(row, cells, source, shift)
    findings = tuple(reading.findings)
    if reading.is_blocked():
        return CheckedRow(row, None, findings, None, tail)
    return CheckedRow(row, license, findings, claim, tail, links)


def _shifted(row: SourceRow, cells: tuple[str, ...], source: Source, shift: Finding | None) -> CheckedRow:
    """A row that cannot be read for its shift; its number can where it stands before that."""
    columns, width = source.columns, len(source.headings)
    begin = source.headings.index(shift.column) if shift and shift.column else 0
    iri = None
    if max(columns.fields[Field.NUMBER].positions) < begin:
        iri = _LicenseReader(source, columns, (*cells, *[""] * width)[:width]).iri(None)
    return CheckedRow(row, None, (shift,) if shift else (), tail=iri.tail if iri else None)


@dataclass(slots=True)
class _LicenseReader(CellReader):
    def license(self) -> License | None:
        issued_on = self.date_in(Field.ISSUED_ON)
        term = self._term(issued_on)
        iri = self.iri(issued_on or (term.valid_from if term else None))
        if iri is None:
            return None
        received = self.received(Field.NUMBER)
        license = License(
            iri=iri,
            # What was repaired is not what was received; the cell itself is kept with the row.
            number_as_received=received if registered(received) == iri.number else iri.number,
            licensees=licensees(self),
            premises=premises(self),
            activities=tuple(LocalText(th=text) for text in self.listed(Field.ACTIVITY)),
            conditions=tuple(self.listed(Field.CONDITION)),
            particulars=self._particulars(),
            issued_on=issued_on,
            term=term or Term(),
            renews=self._renews(),
            aliases=self._aliases(iri.number),
        )
        # What is missing from a row that is not published anyway would only hide what must be repaired.
        if not self.is_blocked():
            self._check_serials()
            self._check_face(license)
            self._check_agreements(iri.number)
        return license

    def claim(self, license: License | None) -> Claim | None:
        """What the status column says of `license`; None where there is none, where it is empty, and where the dates say it."""
        status, mapping = self.columns.status, self.source.mapping
        if status is None or mapping.status is None:
            return None
        received = status.text.received(self.cells)
        text = self.plain(received)
        try:
            read = read_status(text, mapping.status.values, mapping.dates.era)
        except DateUnreadable as error:
            self.find(f"date-{error.reason}", status.text.heading, received)
            return None
        if read.meaning is None:
            if text:
                self.find("status-unknown", status.text.heading, received, text=text)
            return None
        if read.meaning is Meaning.IGNORE:
            if license is not None and says_ended(text, mapping.status.values):
                self._check_ended(license.term, status.text.heading, received, text)
            return None
        return self._claim(status, MEANINGS[read.meaning], read.on or self.day(status.day), read.until)

    def _claim(self, status: StatusColumns, standing: Standing, on: date | None, until: date | None) -> Claim | None:
        received = status.text.received(self.cells)
        if on is None and standing is not Standing.GRANTED:
            self.find("status-undated", status.text.heading, received)
        if on is not None and until is not None and until < on:
            self.find("dates-reversed", status.text.heading, received, begin=str(on), end=str(until))
            return None
        return Claim(standing=standing, on=on, until=until, reason=self.cleaned(status.reason))

    def _term(self, issued_on: date | None) -> Term | None:
        begin = self.date_in(Field.VALID_FROM)
        never_ends, end = self._end()
        first = begin or issued_on
        heading, received = self.column(Field.EXPIRES_ON).heading, self.received(Field.EXPIRES_ON)
        if first is not None and end is not None and end < first:
            self.find("dates-reversed", heading, received, begin=str(first), end=str(end))
            return None
        if end is not None and (years := end.year - (first or self.source.today).year) > LONGEST_TERM:
            self.find("date-far", heading, received, years=str(years), end=str(end))
        no_expiry = end is None and (never_ends or self.source.mapping.no_expiry)
        return Term(valid_from=begin, expires_on=end, no_expiry=no_expiry)

    def _end(self) -> tuple[bool, date | None]:
        """Whether the cell of the last day says, in words agreed to, that there is none; and the day."""
        column = self.column(Field.EXPIRES_ON)
        text = self.plain(column.received(self.cells))
        if text.lower() in self.columns.endless:
            return True, None
        if text.lower() in NO_EXPIRY:
            self.find("date-no-expiry", column.heading, text, text=text)
            return False, None
        return False, self.day(column)

    def _check_ended(self, term: Term, heading: str, received: str, text: str) -> None:
        """A status that says that a licence has ended, where its last day is still to come."""
        if term.no_expiry or (term.expires_on is not None and term.expires_on >= self.source.today):
            end = str(term.expires_on) if term.expires_on else "-"
            self.find("status-dates-disagree", heading, received, text=text, end=end)

    def iri(self, granted_on: date | None) -> LicenseIri | None:
        """The licence's IRI; `granted_on` is needed where numbers start again each year."""
        source, column = self.source, self.column(Field.NUMBER)
        received = column.received(self.cells)
        number = registered(unquoted(received))
        if self.is_blank(number):
            self.find("number-missing", column.heading, received)
            return None
        if is_citizen_number(number):
            self.find("number-is-citizen-number", column.heading, "")
            return None
        if is_shortened(number):
            self.find("number-shortened", column.heading, "", text=shortened(number))
            return None
        if formula_failed(number):
            self.find("formula-failed", column.heading, received, text=number)
            return None
        if source.scheme.has_years and granted_on is None:
            self.find("year-missing", self.column(Field.ISSUED_ON).heading, "")
            return None
        number = self._repaired(number, received, granted_on)
        qualifier = source.scheme.qualifier(granted_on)
        try:
            return license_iri(source.base, source.authority, source.license_type.code, number, qualifier)
        except NumberRefused as error:
            if error.reason == "too-long":
                self.find("number-too-long", column.heading, received[:80])
            else:
                self.find("number-refused", column.heading, received, got=error.got)
        except MalformedIri:
            # All else in it is the register's own: it is the year, which is older than any that tells numbers apart.
            issued_on = self.column(Field.ISSUED_ON)
            self.find("date-year-out-of-range", issued_on.heading, issued_on.received(self.cells))
        return None

    def _repaired(self, number: str, received: str, granted_on: date | None) -> str:
        """The number as it was before a spreadsheet changed it, where that is certain; with findings where it looks unusual."""
        scheme, heading = self.source.scheme, self.column(Field.NUMBER).heading
        if self._stands_alone() and not (scheme.expects(number) if scheme.pattern else any(map(str.isdecimal, number))):
            self.find("row-nearly-empty", heading, received)
            return number
        if (whole := whole_number(number)) and not (scheme.pattern and scheme.expects(number)):
            self.find("number-float", heading, received, whole)
            number = whole
        if scheme.expects(number):
            return number
        suspected = suspicion(number, scheme, granted_on)
        if suspected is None:
            self.find("number-unusual", heading, received, pattern=scheme.pattern)
            return number
        if suspected.number and suspected.code in self.source.mapping.repairs:
            self.find("number-repaired", heading, received, suspected.number, number=suspected.number)
        elif suspected.code == "number-became-date" and not suspected.number and candidates(number, scheme):
            listed = ", ".join(candidates(number, scheme))
            self.find("number-date-unclear", heading, received, candidates=listed)
        else:
            self.find(suspected.code, heading, received, suspected.number, pattern=scheme.pattern)
        return suspected.number or number

    def _stands_alone(self) -> bool:
        """Whether the row has nothing but its number, where it could have more."""
        own = self.column(Field.NUMBER).positions
        others = [cell for position, cell in enumerate(self.cells) if position not in own]
        return len(others) >= FEWEST_OTHERS and not any(map(self.plain, others))

    def _particulars(self) -> tuple[Particular, ...]:
        found = []
        for item, column in self.columns.particulars:
            text = self.cleaned(column)
            parts = map(self.plain, text.split("&&")) if "&&" in text else (text,)
            found += [Particular(code=item.code, label=item.label, value=part) for part in parts if part]
        return tuple(found)

    def _renews(self) -> LicenseIri | None:
        received = self.received(Field.RENEWS)
        number = registered(unquoted(received)) if received else ""
        if self.is_blank(number):
            return None
        number = whole_number(number) or number
        iri = None if is_shortened(number) else self._other_iri(number)
        if iri is None:
            self.find("renewed-unknown", self.column(Field.RENEWS).heading, received, number=number)
        return iri

    def _aliases(self, number: str) -> tuple[str, ...]:
        column = self.column(Field.ALIASES)
        received = column.received(self.cells, joint="\n")
        if not received:
            return ()
        found = []
        for part in values(unquoted(received), self.source.mapping.cells.separator):
            alias = registered(part)
            if self.is_blank(alias) or alias == number:
                continue
            alias = whole_number(alias) or alias
            if is_shortened(alias) or self._other_iri(alias) is None:
                # A citizen's number is refused too, and `_find` does not repeat it.
                self.find("alias-refused", column.heading, received, number=alias)
            elif alias not in found:
                found.append(alias)
        return tuple(found)

    def _other_iri(self, number: str) -> LicenseIri | None:
        """The IRI of another number of this authority and type, or None where it can have none."""
        try:
            return license_iri(self.source.base, self.source.authority, self.source.license_type.code, number)
        except (NumberRefused, MalformedIri):
            return None

    # Checks across cells

    def _check_serials(self) -> None:
        """A serial beside dates that are written out may be another number, such as a postal code in a row that is shifted."""
        serials = [finding for finding in self.findings if finding.code == "date-serial"]
        columns = {self.column(name).heading for name in DATES if self.received(name)}
        columns -= {each.column for each in serials}
        for each in serials if columns else ():
            self.find("date-serial-alone", each.column, each.received, each.proposed)

    def _check_face(self, license: License) -> None:
        if license.issued_on is not None and license.issued_on > self.source.today:
            heading = self.column(Field.ISSUED_ON).heading
            self.find("date-in-future", heading, self.received(Field.ISSUED_ON))
        for item in self.columns.required:
            if not face_value(license, item.field, item.code):
                self._report_missing(item)

    def _report_missing(self, item: FaceItem) -> None:
        if item.field is FaceField.EXPIRES_ON:
            self.find("expiry-missing", self.column(Field.EXPIRES_ON).heading, "")
        else:
            self.find("item-missing", "", "", item=str(item.label))

    def _check_agreements(self, number: str) -> None:
        for pattern, column in self.columns.agreements:
            match = pattern.fullmatch(number)
            cell = normalize_text(unquoted(column.received(self.cells)))
            if match and match["value"] != cell:
                self.find("number-disagrees", column.heading, cell, expected=match["value"], got=cell)
