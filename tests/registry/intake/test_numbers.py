"""Numbers that a spreadsheet changed: told by the numbering scheme, repaired only where it is certain and agreed to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake.rows.numbers import before_date, suspicion
from tests.registry.intake.sources import MAPPING, SLASHED, codes, licensed, read
from vocab.authority import NumberingScheme

SIX = NumberingScheme(pattern=r"\d{6}")
CLINICS = NumberingScheme(pattern=r"0[1-9]-\d{3}/25\d{2}")
AGREED = MAPPING + '\n[repairs]\nagreed = ["leading-zeros-lost", "number-became-date"]\n'


@pytest.mark.parametrize(
    ("number", "scheme", "before"),
    [
        ("12345", SIX, "012345"),
        ("12", SIX, "000012"),
        ("1-393/2550", CLINICS, "01-393/2550"),
        ("12", NumberingScheme(pattern=r"\d{3,5}"), ""),
    ],
)
def test_zeros_that_were_lost(number: str, scheme: NumberingScheme, before: str) -> None:
    assert suspicion(number, scheme, None) == ("leading-zeros-lost", before)


@pytest.mark.parametrize(
    ("number", "scheme"),
    [
        ("1", SIX),
        ("1234567", SIX),
        ("กท 12345", SIX),
        ("๑๒๓๔๕", SIX),
        ("4--01-553/2565", CLINICS),
        ("12-13/2567", SLASHED),
        ("1/13/2567", SLASHED),
        ("12345", NumberingScheme()),
        ("9" * 300, SIX),
    ],
)
def test_numbers_that_are_merely_unusual(number: str, scheme: NumberingScheme) -> None:
    assert suspicion(number, scheme, None) is None


@pytest.mark.parametrize(
    "number",
    [
        *("2567-12-01", "2567-12-01 00:00:00", "2024-12-01", "1/12/2567", "01/12/2567", "12/1/2567", "1-12-2567"),
        *("Dec-67", "ธ.ค.-67", "ธ.ค. 67", "Dec 2567", "December-2567", "ธันวาคม 2567", "Dec-24"),
    ],
)
def test_a_serial_and_year_that_became_a_date(number: str) -> None:
    suspected = suspicion(number, SLASHED, date(2024, 12, 20))
    expected = "12/2524" if number == "Dec-24" else "12/2567"
    assert suspected == ("number-became-date", expected)


@pytest.mark.parametrize(
    ("granted_on", "before"),
    [(date(2024, 5, 1), "12/2567"), (date(1967, 5, 1), "12/1967"), (date(1999, 1, 1), ""), (None, "")],
)
def test_the_day_of_the_grant_tells_years_apart(granted_on: date | None, before: str) -> None:
    scheme = NumberingScheme(pattern=r"\d+/\d{4}")
    assert suspicion("Dec-67", scheme, granted_on) == ("number-became-date", before)


@pytest.mark.parametrize(("number", "before"), [("12-Jan", "1/12"), ("12 ม.ค.", "1/12")])
def test_a_year_of_two_digits_that_became_a_month(number: str, before: str) -> None:
    assert suspicion(number, NumberingScheme(pattern=r"[1-9]/\d\d"), None) == ("number-became-date", before)


@pytest.mark.parametrize("number", ["12-Jan", "2567-12-05"])
def test_a_date_that_no_number_of_this_kind_can_have_been(number: str) -> None:
    assert suspicion(number, SLASHED, None) == ("number-became-date", "")


@given(st.integers(1, 12), st.integers(2500, 2599))
def test_whatever_date_excel_makes_of_it_the_number_is_found(serial: int, year: int) -> None:
    for shown in (f"{year}-{serial:02}-01", f"1/{serial}/{year}", f"{serial}/1/{year}"):
        assert f"{serial}/{year}" in set(before_date(shown))
    assert suspicion(f"{year}-{serial:02}-01", SLASHED, None) == ("number-became-date", f"{serial}/{year}")


def test_a_number_that_was_changed_waits() -> None:
    checked = read(number="Dec-67")
    assert (checked.license, codes(checked)) == (None, ["number-became-date"])
    assert checked.findings[0].proposed == "12/2567"
    assert checked.tail == "lao-06480115/food-premises/12~2F2567", "and its licence is not taken for missing"


def test_a_repair_that_was_agreed_to_is_made() -> None:
    for number in ("Dec-67", "2567-12-01"):
        checked = read(AGREED, number=number)
        license = licensed(checked)
        assert (license.number, license.number_as_received) == ("12/2567", "12/2567")
        assert [(each.code, each.received, each.proposed) for each in checked.findings] == [
            ("number-repaired", number, "12/2567")
        ]
    assert licensed(read(AGREED, SIX, number="12345.0")).number == "012345"


def test_what_is_not_certain_is_not_repaired() -> None:
    assert codes(read(AGREED, NumberingScheme(pattern=r"\d{3,5}"), number="12")) == ["leading-zeros-lost"]
    only_dates = MAPPING + '\n[repairs]\nagreed = ["number-became-date"]\n'
    assert codes(read(only_dates, SIX, number="12345")) == ["leading-zeros-lost"]


@pytest.mark.parametrize(
    ("number", "before"), [("0.002727", ""), ("2.727E-03", ""), ("1.16861124", ""), ("2/2567.0", "2/2567")]
)
def test_a_number_that_became_a_decimal(number: str, before: str) -> None:
    assert suspicion(number, SLASHED, None) == ("number-became-decimal", before)


@pytest.mark.parametrize("number", ["12.2567", "1.2.2567"])
def test_points_for_strokes_are_merely_unusual(number: str) -> None:
    assert suspicion(number, SLASHED, None) is None
