"""Rows: each finding is produced by something that a clerk really sends, nothing is guessed, nobody's number is repeated."""

from datetime import date

import pytest

from registry.intake.finding import CATALOGUE, Finding, Gravity
from registry.intake.publish import Report, preview
from registry.register import Register
from tests.registry.small import ADVERT, FOOD, MAPPING, TODAY, TOWN, act, row, send, submission, table
from vocab.history import ActKind
from vocab.iri import is_citizen_number
from vocab.license import License, Organization, Person, Term
from vocab.thai import thai_digits

CITIZEN = "1234567890121"
SPACED_CITIZEN = "1-2345-67890-12-1"
THAI_CITIZEN = "๑๒๓๔๕๖๗๘๙๐๑๒๑"
JURISTIC = "0105536000011"
AGREEMENT = MAPPING + "\n[[agreements]]\ncolumn = \"area\"\npattern = '(?P<value>\\d+)/\\d+'\n"
CODES = MAPPING.replace("[columns]", '[columns]\npostal_code = "area"').replace(
    '[columns.particulars]\narea = "area"', ""
)
PLACE = MAPPING.replace("[columns]", '[columns]\nlatitude = "area"\nlongitude = "street"').replace(
    'street = "street"\n', "", 1
)

Rows = tuple[dict[str, str], ...]
CASES: dict[str, tuple[Rows, str, str]] = {
    "number-shortened": ((row("1/2567", street="1.10170020703E+12"),), MAPPING, FOOD),
    "number-missing": ((row(" - "),), MAPPING, FOOD),
    "number-refused": ((row("12\u202e/2567"),), MAPPING, FOOD),
    "number-too-long": ((row("ก" * 300),), MAPPING, FOOD),
    "number-is-citizen-number": ((row(f"เลข {SPACED_CITIZEN}"),), MAPPING, FOOD),
    "number-twice": ((row("1/2567"), row("1/2567", premises="ร้านอื่น")), MAPPING, FOOD),
    "number-repeated": ((row("1/2567"), row("1/2567")), MAPPING, FOOD),
    "number-unusual": ((row("1-2567"),), MAPPING, FOOD),
    "number-similar": ((row("1/2567"), row("๑/๒๕๖๗")), MAPPING, FOOD),
    "number-disagrees": ((row("1/2567", area="2"),), AGREEMENT, FOOD),
    "year-missing": (
        (row("1", issued_on="", valid_from=""),),
        MAPPING.replace('[columns.particulars]\narea = "area"', ""),
        ADVERT,
    ),
    "date-unknown-form": ((row("1/2567", issued_on="วันพุธ"),), MAPPING, FOOD),
    "date-unknown-month": ((row("1/2567", issued_on="5 มกรา 2567"),), MAPPING, FOOD),
    "date-month-out-of-range": ((row("1/2567", issued_on="12/25/2558"),), MAPPING, FOOD),
    "date-no-such-day": ((row("1/2567", issued_on="31/02/2567"),), MAPPING, FOOD),
    "date-two-digit-year": ((row("1/2567", issued_on="25/12/58"),), MAPPING, FOOD),
    "date-year-out-of-range": ((row("1/2567", issued_on="25/12/9999"),), MAPPING, FOOD),
    "date-era-contradicts-year": ((row("1/2567", issued_on="25 ธ.ค. พ.ศ. 2015"),), MAPPING, FOOD),
    "date-era-contradicts-argument": (
        (row("1/2567", issued_on="25 ธ.ค. ค.ศ. 2015"),),
        MAPPING + '\n[dates]\nera = "be"\n',
        FOOD,
    ),
    "date-old-new-year": ((row("1/2567", issued_on="1/1/2480"),), MAPPING, FOOD),
    "dates-reversed": ((row("1/2567", valid_from="2027-03-01"),), MAPPING, FOOD),
    "date-in-future": ((row("1/2567", issued_on="2026-11-22"),), MAPPING, FOOD),
    "text-refused": ((row("1/2567", premises="ร้าน\u202eกลับ"),), MAPPING, FOOD),
    "text-too-long": ((row("1/2567", premises="ก" * 2001),), MAPPING, FOOD),
    "citizen-number-public": ((row("1/2567", street=f"บัตร {THAI_CITIZEN}"),), MAPPING, FOOD),
    "citizen-number-withheld": ((row("1/2567", juristic_id=CITIZEN),), MAPPING, FOOD),
    "juristic-number-wrong": ((row("1/2567", juristic_id="0105536000012"),), MAPPING, FOOD),
    "code-wrong": ((row("1/2567", area="4800"),), CODES, FOOD),
    "coordinate-wrong": ((row("1/2567", area="13,75", street="100.5"),), PLACE, FOOD),
    "renewed-unknown": ((row("1/2567", renews="99/2560"),), MAPPING, FOOD),
    "alias-refused": ((row("1/2567", aliases="\u202e7"),), MAPPING, FOOD),
    "item-missing": ((row("1/2567", licensee=""),), MAPPING, FOOD),
    "column-missing": ((row("1/2567"),), MAPPING.replace('licensee = "licensee"\n', ""), FOOD),
    "expiry-column-missing": ((row("1/2567"),), MAPPING.replace('expires_on = "expires_on"\n', ""), FOOD),
    "premises-twice": ((row("1/2567"), row("2/2567")), MAPPING, FOOD),
    "expiry-missing": ((row("1/2567", expires_on=""),), MAPPING, FOOD),
}
"""For each code, what makes it; `row-shifted` and `act-needed` need more and have tests of their own."""


def read(register: Register, *rows: dict[str, str], mapping: str = MAPPING, license_type: str = FOOD) -> Report:
    return preview(register, submission(table(*rows), TOWN, license_type, mapping))


def findings(report: Report) -> list[Finding]:
    return [*report.findings, *(finding for plan in report.rows for finding in plan.findings)]


def license_in(report: Report) -> License:
    (plan,) = report.rows
    assert plan.license is not None
    return plan.license


def test_every_finding_has_a_case() -> None:
    assert CASES.keys() | {"row-shifted", "act-needed", "decision-newer", "decision-contradicted"} == CATALOGUE.keys()


@pytest.mark.parametrize("code", list(CASES))
def test_the_case_makes_the_finding(sqlite_register: Register, code: str) -> None:
    rows, mapping, license_type = CASES[code]
    report = read(sqlite_register, *rows, mapping=mapping, license_type=license_type)
    found = next(finding for finding in findings(report) if finding.code == code)
    message = CATALOGUE[code][1]
    assert message % found.details
    last = report.rows[-1]
    assert (last.license is None) == (found.gravity is Gravity.BLOCKS or code == "number-repeated")


def test_a_shifted_row(sqlite_register: Register) -> None:
    body = table(row("1/2567")) + b"2/2567,a,b\n" + b"3/2567" + b"," * 20 + b"\n"
    report = preview(sqlite_register, submission(body))
    assert [finding.code for finding in report.rows[1].findings] == ["row-shifted"]
    assert report.rows[1].findings[0].details == {"found": "3", "expected": "13"}
    assert report.rows[2].license is not None, "empty cells at the end are harmless"


@pytest.mark.parametrize("on", [TODAY, date(2027, 1, 1)])
def test_a_file_that_changes_a_revoked_licence(sqlite_register: Register, on: date) -> None:
    """Be it revoked already or from a day to come."""
    send(sqlite_register, row("1/2567"), row("2/2567"))
    act(sqlite_register, "1/2567", ActKind.REVOKE, on)
    report = send(sqlite_register, row("1/2567", premises="ใหม่"), row("2/2567", premises="ใหม่"))
    assert [finding.code for finding in report.rows[0].findings if finding.gravity == "blocks"] == ["act-needed"]
    assert [plan.outcome for plan in report.rows] == ["rejected", "changed"]


def test_unchanged_and_revoked_is_fine(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567"))
    act(sqlite_register, "1/2567", ActKind.REVOKE)
    assert [plan.outcome for plan in send(sqlite_register, row("1/2567")).rows] == ["unchanged"]


@pytest.mark.parametrize(
    "column", ["number", "licensee", "juristic_id", "premises", "street", "issued_on", "renews", "aliases", "area"]
)
@pytest.mark.parametrize("written", [CITIZEN, SPACED_CITIZEN, THAI_CITIZEN, f"เลขบัตร {CITIZEN} ครับ"])
def test_no_citizen_number_is_repeated_or_published(sqlite_register: Register, column: str, written: str) -> None:
    report = read(sqlite_register, {**row("1/2567"), column: written}, mapping=AGREEMENT)
    found = findings(report)
    assert found
    for finding in found:
        assert not any(is_citizen_number(text) for text in (finding.received, *finding.details.values()))
    (plan,) = report.rows
    assert plan.license is None or not is_citizen_number(sqlite_register.codec.dump(plan.license))


def test_the_number_is_kept_as_it_is_printed(sqlite_register: Register) -> None:
    license = license_in(read(sqlite_register, row("  ๐๐๗ / ๒๕๖๗\u200b ")))
    assert license.number == "๐๐๗ / ๒๕๖๗"
    assert license.number_as_received == "  ๐๐๗ / ๒๕๖๗\u200b "


@pytest.mark.parametrize("column", ["number", "issued_on", "renews", "juristic_id"])
def test_what_stands_far_out_in_a_cell_is_not_cut_off(sqlite_register: Register, column: str) -> None:
    """A cell that is too long is not read as what its beginning says."""
    good = {"number": "1/2567", "issued_on": "2024-01-01", "renews": "5/2560", "juristic_id": JURISTIC}[column]
    send(sqlite_register, row("5/2560"))
    report = read(sqlite_register, {**row("1/2567"), column: good + " " * 3000 + "X"})
    (plan,) = report.rows
    assert plan.findings
    if plan.license is not None:
        assert plan.license.renews is None
        assert not isinstance(plan.license.licensees[0], Organization) or not plan.license.licensees[0].juristic_id


def test_two_digit_years_need_an_era(sqlite_register: Register) -> None:
    mapping = MAPPING + '\n[dates]\nera = "be"\n'
    dates = {"issued_on": "25/12/58", "valid_from": "25/12/58", "expires_on": "24/12/70"}
    license = license_in(read(sqlite_register, row("1/2567", **dates), mapping=mapping))
    assert license.issued_on == date(2015, 12, 25)


def test_no_expiry_is_said_and_never_guessed(sqlite_register: Register) -> None:
    assert license_in(read(sqlite_register, row("1/2567", expires_on=""))).term.no_expiry is False
    said = MAPPING + "\n[constants]\nno_expiry = true\n"
    endless = license_in(read(sqlite_register, row("1/2567", expires_on=""), mapping=said))
    assert endless.term == Term(valid_from=date(2024, 3, 1), no_expiry=True)
    dated = license_in(read(sqlite_register, row("1/2567"), mapping=said))
    assert dated.term.expires_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("name", "juristic_id", "kind"),
    [
        ("นายสมชาย ใจดี", "", Person),
        ("สมชาย ใจดี", "", Person),
        ("บริษัท ก จำกัด", "", Organization),
        ("สมชาย ใจดี", JURISTIC, Organization),
        ("สมชาย ใจดี", "0105536000012", Person),
        ("สมชาย ใจดี", CITIZEN, Person),
    ],
)
def test_who_is_a_person(sqlite_register: Register, name: str, juristic_id: str, kind: type) -> None:
    """In doubt a person, of whom less is shown."""
    license = license_in(read(sqlite_register, row("1/2567", licensee=name, juristic_id=juristic_id)))
    assert isinstance(license.licensees[0], kind)


def test_juristic_numbers_are_read_in_any_spelling(sqlite_register: Register) -> None:
    license = license_in(
        read(sqlite_register, row("1/2567", juristic_id=thai_digits(f"{JURISTIC[0]}-{JURISTIC[1:5]} {JURISTIC[5:]}")))
    )
    assert license.licensees == (Organization(name=license.licensees[0].name, juristic_id=JURISTIC),)


def test_blank_cells_are_nothing(sqlite_register: Register) -> None:
    license = license_in(read(sqlite_register, row("1/2567", street=" - ", issued_on="-", renews="-", aliases="-")))
    assert (license.premises[0].address.street, license.issued_on, license.renews, license.aliases) == (
        "",
        None,
        None,
        (),
    )


def test_the_year_of_a_number_that_starts_again(sqlite_register: Register) -> None:
    mapping = MAPPING.replace('[columns.particulars]\narea = "area"', "")
    rows = [
        row("1", issued_on="2023-05-01"),
        row("1", issued_on="1/5/2567"),
        row("1", issued_on="", valid_from="2025-01-01"),
    ]
    report = read(sqlite_register, *rows, mapping=mapping, license_type=ADVERT)
    assert [plan.license and plan.license.iri.qualifier for plan in report.rows] == ["be2566", "be2567", "be2568"]


def test_aliases_are_verbatim_and_each_once(sqlite_register: Register) -> None:
    license = license_in(read(sqlite_register, row("1/2567", aliases=" กท 5 ; 1/2567 ; ๐๙ ; กท 5 ;")))
    assert license.aliases == ("กท 5", "๐๙")


def test_a_year_before_those_that_tell_numbers_apart_holds_the_row_back(sqlite_register: Register) -> None:
    mapping = MAPPING.replace('[columns.particulars]\narea = "area"', "")
    report = read(
        sqlite_register, row("1", issued_on="1850-01-05", valid_from=""), mapping=mapping, license_type=ADVERT
    )
    assert report.rows[0].license is None
    assert "date-year-out-of-range" in [finding.code for finding in findings(report)]
