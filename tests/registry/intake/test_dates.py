"""Date cells as spreadsheets and programs leave them: read where they are certain, and never guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake.rows.dates import LAST_SERIAL, read_date
from tests.registry.intake.sources import TODAY
from vocab.thai import Era, format_date, normalize_text, thai_digits

CHRISTMAS = date(2015, 12, 25)


@pytest.mark.parametrize(
    "text",
    [
        *("2015-12-25", "2015-12-25 00:00:00", "2015-12-25T00:00:00", "2015-12-25 10:30:00.123456", "2558-12-25"),
        *(
            "25/12/2558 10:30",
            "25/12/2558 10:30 น.",
            "25/12/2558, 10.30 น.",
            "25/12/2558 เวลา 10:30 น.",
            "25/12/2015 3:04:05 PM",
        ),
        *("๒๕ ธ.ค. ๒๕๕๘ ๑๐:๓๐ น.", "2015-12-25T10:30:00+07:00", "2015-12-25T00:00:00+07:00", "2015-12-25T03:30Z"),
    ],
)
def test_a_time_behind_a_date_is_nothing(text: str) -> None:
    assert read_date(text, None, TODAY) == (CHRISTMAS, "", "")


@pytest.mark.parametrize("text", ["2015-12-24T17:00:00Z", "2015-12-24T17:00:00.000Z", "2015-12-24 20:00:00-0500"])
def test_an_instant_is_on_its_thai_day(text: str) -> None:
    assert read_date(text, None, TODAY) == (CHRISTMAS, "date-of-zone", "25/12/2558")


@pytest.mark.parametrize(
    "text",
    [
        *("0", "1", "0.0", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "1900-01-00 00:00:00", "0000-00-00"),
        *(
            "30 ธันวาคม ค.ศ. 1899",
            "30/12/1899",
            "30/12/2442",
            "31/12/2442",
            "1/1/1900",
            "0/1/1900",
            "00/01/1900",
            "1/0/1900",
        ),
        *("00:00:00", "00:00", "12:00:00 AM", "1899-12-30T00:00:00", "1899-12-29T17:30:00Z"),
    ],
)
def test_excels_zero_date_is_an_empty_cell(text: str) -> None:
    assert read_date(text, None, TODAY) == (None, "date-zero", "")


@pytest.mark.parametrize(
    ("text", "day"),
    [("42363", CHRISTMAS), ("42363.75", CHRISTMAS), ("10000", date(1927, 5, 18)), ("80000", date(2119, 1, 11))],
)
def test_a_serial_is_a_day(text: str, day: date) -> None:
    assert read_date(text, None, TODAY) == (day, "date-serial", format_date(day, lang="th", style="numeric"))
    assert read_date(thai_digits(text), None, TODAY).day == day


@given(st.integers(10_000, LAST_SERIAL))
def test_serials_count_from_the_thirtieth_of_december_1899(serial: int) -> None:
    assert read_date(str(serial), None, TODAY).day == date(1899, 12, 30) + timedelta(days=serial)


@pytest.mark.parametrize("text", ["2", "15", "58", "2015", "2558", "9999", "80001", "240690", "42363,5", "01032567"])
def test_a_number_that_may_be_a_year_a_day_or_anything_is_no_date(text: str) -> None:
    assert read_date(text, None, TODAY) == (None, "date-unknown-form", "")


@pytest.mark.parametrize(
    ("text", "code", "proposed"),
    [
        ("12/25/2558", "date-month-out-of-range", "25/12/2558"),
        ("12/25/2015 10:30:00", "date-month-out-of-range", ""),
        ("25/25/2558", "date-month-out-of-range", ""),
        ("2015-25-12", "date-month-out-of-range", ""),
        ("25/12/58", "date-two-digit-year", "25/12/2558"),
        ("25 ธ.ค. 58", "date-two-digit-year", "25/12/2558"),
        ("25/12/15", "date-two-digit-year", "25/12/2558"),
        ("25/12/40", "date-two-digit-year", ""),
        ("29/2/67", "date-two-digit-year", "29/02/2567"),
        ("5 มกรา 2567", "date-unknown-month", "05/01/2567"),
        ("5 มิถุนา 2567", "date-unknown-month", "05/06/2567"),
        ("5 มิมิ 2567", "date-unknown-month", ""),
        ("31 กุมภา 2567", "date-unknown-month", ""),
        ("20151225", "date-unknown-form", "25/12/2558"),
        ("25581225", "date-unknown-form", "25/12/2558"),
        ("25 ธ.ค. พ.ศ. 2015", "date-era-contradicts-year", "25/12/2558"),
        ("25 Dec B.E. 2015", "date-era-contradicts-year", "25/12/2558"),
        ("31/02/2567", "date-no-such-day", ""),
        ("25/12/9999", "date-year-out-of-range", ""),
        ("1/1/2480", "date-old-new-year", ""),
        ("2015-13-25T10:00:00Z", "date-unknown-form", ""),
        ("9999-12-31T23:00:00Z", "date-unknown-form", ""),
        ("ไม่ทราบ", "date-unknown-form", ""),
    ],
)
def test_what_is_no_date_and_what_was_probably_meant(text: str, code: str, proposed: str) -> None:
    assert read_date(text, None, TODAY) == (None, code, proposed)


def test_a_mapping_that_says_another_era_is_probably_wrong_and_not_the_date() -> None:
    assert read_date("25 ธ.ค. ค.ศ. 2015", Era.BUDDHIST, TODAY) == (None, "date-era-contradicts-argument", "")
    assert read_date("25/12/58", Era.BUDDHIST, TODAY).day == CHRISTMAS


@given(
    st.text(max_size=100)
    | st.from_regex(r"[0-9๐-๙]{1,4}[/. -]?[0-9]{0,4}[/. T:-]?[0-9]{0,6}( [0-9]{1,2}:[0-9]{2}(Z|[+-][0-9]{4})?)?")
)
def test_any_text_is_a_day_or_a_finding(text: str) -> None:
    read = read_date(normalize_text(text), None, TODAY)
    assert read.day is not None or read.code


@given(st.dates(date(1941, 1, 1), date(2200, 1, 1)))
def test_what_is_written_is_read(day: date) -> None:
    for written in (day.isoformat(), f"{day.isoformat()} 00:00:00", format_date(day, lang="th", style="numeric")):
        assert read_date(written, None, TODAY) == (day, "", "")
