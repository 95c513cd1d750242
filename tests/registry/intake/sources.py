"""A source of rows without a register: rows are read by pure functions."""

from datetime import date

from registry.intake.mapping import parse_mapping
from registry.intake.rows.row import CheckedRow, read_row
from registry.intake.rows.source import Source
from registry.intake.table import SourceRow
from vocab.authority import FaceField, FaceItem, LicenseType, NumberingScheme, Scope
from vocab.license import License, LocalText

BASE, TOWN = "https://registry.example.go.th", "lao-06480115"
TODAY = date(2026, 11, 21)
FIELDS = (
    *("number", "licensee", "licensee_en", "juristic_id", "premises", "street", "district", "province", "postal_code"),
    *("latitude", "longitude", "activity", "condition", "issued_on", "valid_from", "expires_on", "renews", "aliases"),
)
MAPPING = "".join(
    ["[columns]\n", *(f'{name} = "{name}"\n' for name in FIELDS), '[columns.particulars]\narea = "area"\n']
)
"""A mapping of columns that have our own field names."""
GOOD = {
    "number": "1/2567",
    "licensee": "บริษัท ตัวอย่าง จำกัด",
    "premises": "ร้านตัวอย่าง",
    "street": "99 หมู่ 3",
    "district": "เมืองนครพนม",
    "province": "นครพนม",
    "postal_code": "48000",
    "issued_on": "2024-03-01",
    "valid_from": "2024-03-01",
    "expires_on": "2027-02-28",
}
"""A row without a finding."""


def _item(field: FaceField, code: str = "", required: bool = True) -> FaceItem:
    return FaceItem(field=field, code=code, required=required, label=LocalText(th=code or field.value))


FOOD = LicenseType(
    code="food-premises",
    name=LocalText(th="ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร"),
    face=(
        _item(FaceField.NUMBER),
        _item(FaceField.LICENSEE),
        _item(FaceField.PREMISES_NAME, required=False),
        _item(FaceField.PARTICULAR, "area", required=False),
        _item(FaceField.EXPIRES_ON),
    ),
)
SLASHED = NumberingScheme(pattern=r"\d+/25\d{2}")
"""What the numbers look like: a serial and a Buddhist year."""
ANY = NumberingScheme()
YEARLY = NumberingScheme(scope=frozenset({Scope.NUMBER, Scope.YEAR}))


def source(
    mapping: str = MAPPING, scheme: NumberingScheme = SLASHED, headings: tuple[str, ...] = (*FIELDS, "area")
) -> Source:
    """The source of a list of the town's licences."""
    return Source(
        base=BASE,
        authority=TOWN,
        license_type=FOOD,
        scheme=scheme,
        mapping=parse_mapping(mapping, "mapping.toml"),
        headings=headings,
        today=TODAY,
    )


def read(mapping: str = MAPPING, scheme: NumberingScheme = SLASHED, /, **cells: str) -> CheckedRow:
    """The good row with other `cells`; a heading that it does not have is one more column."""
    headings = tuple(dict.fromkeys((*FIELDS, "area", *cells)))
    row = {**GOOD, **cells}
    at = source(mapping, scheme, headings)
    return read_row(SourceRow(2, tuple(row.get(heading, "") for heading in headings)), at)


def licensed(checked: CheckedRow) -> License:
    """The licence of a row that is published."""
    assert checked.license is not None, checked.findings
    return checked.license


def codes(checked: CheckedRow) -> list[str]:
    """The codes of what was found in the row."""
    return [finding.code for finding in checked.findings]
