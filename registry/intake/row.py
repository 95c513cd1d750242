"""One row of a table to one licence, with a finding for everything that is not as it should be.

Nothing is guessed: a cell that cannot be read blocks the row, and a cell that is merely doubtful is published as received.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from datetime import date

from registry.intake.finding import Finding, Gravity
from registry.intake.mapping import Field, Mapping
from registry.intake.status import Claim
from registry.intake.table import SourceRow
from registry.intake.text import MAX_TEXT, text_fault
from vocab.authority import FaceField, FaceItem, LicenseType, NumberingScheme
from vocab.iri import (
    LicenseIri,
    MalformedIri,
    NumberRefused,
    is_citizen_number,
    is_juristic_number,
    license_iri,
    registered,
)
from vocab.license import Address, License, Licensee, LocalText, Organization, Particular, Person, Premises, Term
from vocab.names import looks_like_organization
from vocab.place import is_latitude, is_longitude, is_postal_code, is_subdistrict_code
from vocab.thai import DateUnreadable, arabic_digits, normalize_text, parse_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is needed to read a row: who sends it, of which type, how its numbers and columns work, and the day."""

    base: str
    authority: str
    license_type: LicenseType
    scheme: NumberingScheme
    mapping: Mapping
    headings: tuple[str, ...]
    today: date


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row after reading: the licence, or None where a finding blocks it, and what a status column says of it.

    `tail` is that of the licence's IRI wherever the number could be read, also where the row is blocked.
    """

    row: SourceRow
    license: License | None
    findings: tuple[Finding, ...]
    claim: Claim | None = None
    tail: str | None = None


def read_row(row: SourceRow, source: Source) -> CheckedRow:
    """The licence in `row`, with its findings."""
    cells = row.cells
    while len(cells) > len(source.headings) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(source.headings):
        shifted = Finding(code="row-shifted", details={"found": str(len(cells)), "expected": str(len(source.headings))})
        return CheckedRow(row, None, (shifted,))
    reading = _Reading(source, dict(zip(source.headings, cells, strict=True)))
    license = reading.license()
    tail = license.iri.tail if license else None
    findings = tuple(reading.findings)
    if any(finding.gravity is Gravity.BLOCKS for finding in findings):
        license = None
    return CheckedRow(row, license, findings, tail=tail)


@dataclass(slots=True)
class _Reading:
    source: Source
    cells: ReadOnly[str, str]
    findings: list[Finding] = field(default_factory=list)

    def license(self) -> License | None:
        issued_on = self._date(Field.ISSUED_ON)
        term = self._term()
        iri = self._iri(issued_on or (term.valid_from if term else None))
        license = iri and License(
            iri=iri,
            number_as_received=self._raw(Field.NUMBER),
            licensees=self._licensees(),
            premises=self._premises(),
            activities=tuple(LocalText(th=text) for text in self._list(Field.ACTIVITY)),
            conditions=tuple(self._list(Field.CONDITION)),
            particulars=self._particulars(),
            issued_on=issued_on,
            term=term or Term(),
            renews=self._renews(),
            aliases=self._aliases(iri.number),
        )
        # What is missing from a row that is not published anyway would only hide what must be repaired.
        if license and not self._is_blocked():
            self._check_face(license)
            self._check_agreements(license.number)
        return license or None

    # Cells

    def _column(self, name: Field) -> str:
        return self.source.mapping.heading(name)

    def _raw(self, name: Field) -> str:
        column = self._column(name)
        return self.cells[column] if column else self.source.mapping.constants.get(name, "")

    def _text(self, name: Field) -> str:
        return self._cleaned(self._raw(name), self._column(name))

    def _cleaned(self, raw: str, column: str) -> str:
        """The cell in the form in which text is signed and shown; empty for a blank or refused one."""
        if len(raw) > MAX_TEXT:
            self._find("text-too-long", column, raw[:80], found=str(len(raw)), limit=str(MAX_TEXT))
            return ""
        text = normalize_text(raw)
        if text in self.source.mapping.cells.blank:
            return ""
        fault = text_fault(text)
        if fault is None:
            return text
        code, details = fault
        # What may be a person's number is not repeated in the finding.
        self._find(code, column, raw if code == "text-refused" else "", **details)
        return ""

    def _list(self, name: Field) -> list[str]:
        text = self._text(name)
        parts = [part.strip() for part in text.split(self.source.mapping.cells.separator)]
        return list(dict.fromkeys(part for part in parts if part))

    def _find(self, code: str, column: str, received: str, **details: str) -> None:
        # A citizen's number is not repeated: findings are listed, stored and sent back.
        if is_citizen_number(received):
            received = ""
        details = {name: "" if is_citizen_number(value) else value for name, value in details.items()}
        finding = Finding(code=code, column=column, received=received, details=details)
        # One column may feed two fields (issued on and valid from): one fault of one cell is one finding.
        if finding not in self.findings:
            self.findings.append(finding)

    def _is_blocked(self) -> bool:
        return any(finding.gravity is Gravity.BLOCKS for finding in self.findings)

    # Fields

    def _date(self, name: Field) -> date | None:
        raw = normalize_text(self._raw(name))
        if not raw or raw in self.source.mapping.cells.blank:
            return None
        try:
            return parse_date(raw, era=self.source.mapping.dates.era)
        except DateUnreadable as error:
            self._find(f"date-{error.reason}", self._column(name), self._raw(name))
            return None

    def _term(self) -> Term | None:
        begin, end = self._date(Field.VALID_FROM), self._date(Field.EXPIRES_ON)
        if begin is not None and end is not None and end < begin:
            column = self._column(Field.EXPIRES_ON)
            self._find("dates-reversed", column, self._raw(Field.EXPIRES_ON), begin=str(begin), end=str(end))
            return None
        no_expiry = end is None and self.source.mapping.no_expiry
        return Term(valid_from=begin, expires_on=end, no_expiry=no_expiry)

    def _iri(self, year_from: date | None) -> LicenseIri | None:
        raw, column = self._raw(Field.NUMBER), self._column(Field.NUMBER)
        number = registered(raw)
        if not number or number in self.source.mapping.cells.blank:
            self._find("number-missing", column, raw)
            return None
        if is_citizen_number(number):
            self._find("number-is-citizen-number", column, "")
            return None
        if self.source.scheme.has_years and year_from is None:
            self._find("year-missing", self._column(Field.ISSUED_ON), "")
            return None
        qualifier = self.source.scheme.qualifier(year_from)
        try:
            iri = license_iri(self.source.base, self.source.authority, self.source.license_type.code, number, qualifier)
        except NumberRefused as error:
            if error.reason == "too-long":
                self._find("number-too-long", column, raw[:80])
            else:
                self._find("number-refused", column, raw, got=error.got)
            return None
        except MalformedIri:
            # All else in it is the register's own: it is the year, which is older than any that tells numbers apart.
            self._find("date-year-out-of-range", self._column(Field.ISSUED_ON), self._raw(Field.ISSUED_ON))
            return None
        if not self.source.scheme.expects(number):
            self._find("number-unusual", column, raw, pattern=self.source.scheme.pattern)
        return iri

    def _licensees(self) -> tuple[Licensee, ...]:
        name, english = self._text(Field.LICENSEE), self._text(Field.LICENSEE_EN)
        if not name and not english:
            return ()
        text = LocalText(th=name, en=english)
        juristic_id = self._juristic_id()
        if juristic_id or looks_like_organization(name or english):
            return (Organization(name=text, juristic_id=juristic_id),)
        return (Person(name=text),)

    def _juristic_id(self) -> str:
        raw, column = self._raw(Field.JURISTIC_ID), self._column(Field.JURISTIC_ID)
        digits = re.sub(r"[ -]", "", arabic_digits(normalize_text(raw)))
        if not digits or digits in self.source.mapping.cells.blank:
            return ""
        if is_citizen_number(digits):
            self._find("citizen-number-withheld", column, "")
            return ""
        if not is_juristic_number(digits):
            self._find("juristic-number-wrong", column, raw)
            return ""
        return digits

    def _premises(self) -> tuple[Premises, ...]:
        th, en = self._text(Field.PREMISES), self._text(Field.PREMISES_EN)
        address = Address(
            street=self._text(Field.STREET),
            subdistrict=self._text(Field.SUBDISTRICT),
            district=self._text(Field.DISTRICT),
            province=self._text(Field.PROVINCE),
            postal_code=self._code(Field.POSTAL_CODE, 5, is_postal_code),
            subdistrict_code=self._code(Field.SUBDISTRICT_CODE, 6, is_subdistrict_code),
        )
        latitude = self._coordinate(Field.LATITUDE, is_latitude)
        longitude = self._coordinate(Field.LONGITUDE, is_longitude)
        if not (th or en) and address.is_empty:
            return ()
        name = LocalText(th=th, en=en) if th or en else None
        both = bool(latitude and longitude)
        return (
            Premises(
                name=name,
                address=address,
                latitude=latitude if both else "",
                longitude=longitude if both else "",
            ),
        )

    def _code(self, name: Field, digits: int, is_code: Callable[[str], bool]) -> str:
        text = arabic_digits(self._text(name))
        if text and not is_code(text):
            self._find("code-wrong", self._column(name), self._raw(name), expected=str(digits))
            return ""
        return text

    def _coordinate(self, name: Field, is_coordinate: Callable[[str], bool]) -> str:
        text = self._text(name)
        if text and not is_coordinate(text):
            self._find("coordinate-wrong", self._column(name), self._raw(name))
            return ""
        return text

    def _particulars(self) -> tuple[Particular, ...]:
        found = []
        for code, (column, *_more) in self.source.mapping.particulars.items():
            item = self.source.license_type.item(FaceField.PARTICULAR, code)
            value = self._cleaned(self.cells[column], column)
            if item is not None and value:
                found.append(Particular(code=code, label=item.label, value=value))
        return tuple(found)

    def _renews(self) -> LicenseIri | None:
        number = registered(self._raw(Field.RENEWS))
        if not number or number in self.source.mapping.cells.blank:
            return None
        try:
            return license_iri(self.source.base, self.source.authority, self.source.license_type.code, number)
        except (NumberRefused, MalformedIri):
            self._find("renewed-unknown", self._column(Field.RENEWS), self._raw(Field.RENEWS), number=number)
            return None

    def _aliases(self, number: str) -> tuple[str, ...]:
        found = []
        for part in self._raw(Field.ALIASES).split(self.source.mapping.cells.separator):
            alias = registered(part)
            if not alias or alias == number or alias in self.source.mapping.cells.blank:
                continue
            try:
                license_iri(self.source.base, self.source.authority, self.source.license_type.code, alias)
            except (NumberRefused, MalformedIri):
                # A citizen's number is refused too, and `_find` does not repeat it.
                self._find("alias-refused", self._column(Field.ALIASES), self._raw(Field.ALIASES), number=alias)
                continue
            if alias not in found:
                found.append(alias)
        return tuple(found)

    # Checks across cells

    def _check_face(self, license: License) -> None:
        if license.issued_on is not None and license.issued_on > self.source.today:
            self._find("date-in-future", self._column(Field.ISSUED_ON), self._raw(Field.ISSUED_ON))
        for item in self.source.license_type.face:
            if not item.required or not has_column(self.source.mapping, item):
                continue
            if not face_value(license, item.field, item.code):
                self._report_missing(item)

    def _report_missing(self, item: FaceItem) -> None:
        if item.field is FaceField.EXPIRES_ON:
            self._find("expiry-missing", self._column(Field.EXPIRES_ON), "")
        else:
            self._find("item-missing", "", "", item=str(item.label))

    def _check_agreements(self, number: str) -> None:
        for agreement in self.source.mapping.agreements:
            match = re.fullmatch(agreement.pattern, number)
            cell = normalize_text(self.cells[agreement.column])
            if match and match["value"] != cell:
                self._find("number-disagrees", agreement.column, cell, expected=match["value"], got=cell)


COLUMNS_OF: ReadOnly[FaceField, tuple[Field, ...]] = {
    FaceField.NUMBER: (Field.NUMBER,),
    FaceField.LICENSEE: (Field.LICENSEE, Field.LICENSEE_EN),
    FaceField.PREMISES_NAME: (Field.PREMISES, Field.PREMISES_EN),
    FaceField.PREMISES_ADDRESS: (Field.STREET, Field.SUBDISTRICT, Field.DISTRICT, Field.PROVINCE, Field.POSTAL_CODE),
    FaceField.ACTIVITY: (Field.ACTIVITY,),
    FaceField.CONDITION: (Field.CONDITION,),
    FaceField.ISSUED_ON: (Field.ISSUED_ON,),
    FaceField.VALID_FROM: (Field.VALID_FROM,),
    FaceField.EXPIRES_ON: (Field.EXPIRES_ON,),
}
"""The fields that can fill an item of the face."""


def has_column(mapping: Mapping, item: FaceItem) -> bool:
    """Whether the mapping fills an item of the face at all, from a column or a constant."""
    if item.field is FaceField.PARTICULAR:
        return item.code in mapping.particulars
    if item.field is FaceField.EXPIRES_ON and mapping.no_expiry:
        return True
    return any(name in mapping.columns or name in mapping.constants for name in COLUMNS_OF[item.field])


def read_file_findings(source: Source) -> tuple[Finding, ...]:
    """What is wrong with the file as a whole: said once, and not again on each row."""
    found = []
    for item in source.license_type.face:
        if item.required and not has_column(source.mapping, item):
            expiry = item.field is FaceField.EXPIRES_ON
            code = "expiry-column-missing" if expiry else "column-missing"
            found.append(Finding(code=code, details={} if expiry else {"item": str(item.label)}))
    return tuple(found)


def face_value(license: License, face_field: FaceField, code: str = "") -> object:
    """What the licence has for one item of its face; falsy where it has nothing."""
    match face_field:
        case FaceField.NUMBER:
            return license.number
        case FaceField.LICENSEE:
            return license.licensees
        case FaceField.PREMISES_NAME:
            return [place.name for place in license.premises if place.name]
        case FaceField.PREMISES_ADDRESS:
            return [place.address for place in license.premises if not place.address.is_empty]
        case FaceField.ACTIVITY:
            return license.activities
        case FaceField.CONDITION:
            return license.conditions
        case FaceField.ISSUED_ON:
            return license.issued_on
        case FaceField.VALID_FROM:
            return license.term.valid_from
        case FaceField.EXPIRES_ON:
            return license.term.expires_on or license.term.no_expiry
        case FaceField.PARTICULAR:
            return [item for item in license.particulars if item.code == code]
