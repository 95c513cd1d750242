"""Thai digits, dates, text and names, both ways."""

import csv
import pickle
import re
from datetime import date
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vocab.names import looks_like_organization, split_person_name
from vocab.thai import (
    AmbiguousDate,
    DateUnreadable,
    Era,
    ImpossibleDate,
    arabic_digits,
    format_date,
    month_number,
    normalize_text,
    parse_date,
    split_dates,
    thai_digits,
)

CHRISTMAS = date(2015, 12, 25)
thai_text = st.text("กขนำ้ํเแาิุ่ \u00a0\n\u200b\ufeffé\u0301\u0323ab1๑", max_size=20) | st.text(max_size=20)
living_dates = st.dates(date(1941, 1, 1), date(2299, 12, 31))
Style = Literal["long", "short", "numeric"]
styles = st.sampled_from(["long", "short", "numeric"])

# Digits


@given(st.text(st.characters(exclude_categories=["Nd"]) | st.sampled_from("0123456789")))
def test_thai_digits_are_read_back(text: str) -> None:
    assert arabic_digits(thai_digits(text)) == text


def test_digits_of_every_script_are_read() -> None:
    assert arabic_digits("๑๒/٣٤/56ก") == "12/34/56ก"


# Dates


@given(living_dates, styles)
def test_a_thai_date_is_read_back(day: date, style: Style) -> None:
    written = format_date(day, lang="th", style=style)
    assert parse_date(written) == day
    assert parse_date(thai_digits(written), era=Era.BUDDHIST) == day


@given(living_dates, styles)
def test_an_english_date_is_read_back(day: date, style: Style) -> None:
    assert parse_date(format_date(day, lang="en", style=style)) == day


@pytest.mark.parametrize(
    ("lang", "style", "written"),
    [
        ("th", "long", "25 ธันวาคม พ.ศ. 2558"),
        ("th", "short", "25 ธ.ค. 2558"),
        ("th", "numeric", "25/12/2558"),
        ("en", "long", "25 December 2015"),
        ("en", "short", "25 Dec 2015"),
        ("en", "numeric", "2015-12-25"),
    ],
)
def test_a_date_is_written(lang: Literal["th", "en"], style: Style, written: str) -> None:
    assert format_date(CHRISTMAS, lang=lang, style=style) == written


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="no such date style"):
        format_date(CHRISTMAS, lang="th", style="iso")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "25/12/2558",
        "25-12-2558",
        "25.12.2558",
        "25 / 12 / 2558",
        "25/12/2015",
        "๒๕ ธ.ค. ๒๕๕๘",
        "25 ธ.ค. พ.ศ. 2558",
        "25 ธค 2558",
        "25 ธ. ค. 2558",
        "25ธ.ค.2558",
        "25-ธ.ค.-2558",
        "25 ธันวาคม 2558",
        "25 ธันวาคม พ.ศ. 2558",
        "25 ธันวาคม พ.ศ.2558",
        "25 ธันวาคม พุทธศักราช 2558",
        "25 ธันวาคม ค.ศ. 2015",
        "วันที่ 25 เดือน ธันวาคม พ.ศ. 2558",
        "วันที่ ๒๕ เดือนธันวาคม ปี พ.ศ. ๒๕๕๘",
        "25 December 2015",
        "25 Dec. 2015",
        "25 DEC 2558",
        "25-Dec-2015",
        "2015-12-25",
        "2558-12-25",
        "2015-12-25 00:00:00",
        "  25/12/2558\u200b\n",
    ],
)
def test_forms_of_one_day(text: str) -> None:
    assert parse_date(text) == CHRISTMAS


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_names(month: int) -> None:
    day = date(2024, month, 1)
    short = format_date(day, lang="th", style="short")
    assert parse_date(short.replace(".", "")) == day
    assert parse_date(format_date(day, lang="th", style="long").replace("พ.ศ. ", "")) == day


@pytest.mark.parametrize(
    ("text", "era", "day"),
    [
        ("25/12/58", Era.BUDDHIST, CHRISTMAS),
        ("25 ธ.ค. 58", Era.BUDDHIST, CHRISTMAS),
        ("25 ธ.ค. พ.ศ. 58", None, CHRISTMAS),
        ("25/12/15", Era.COMMON, CHRISTMAS),
        ("25/12/2558", Era.BUDDHIST, CHRISTMAS),
        ("25/12/2015", Era.COMMON, CHRISTMAS),
        ("25/12/2558", Era.COMMON, CHRISTMAS),  # the era is of years with two digits
        ("25/12/2015", Era.BUDDHIST, CHRISTMAS),
        ("29/02/2567", None, date(2024, 2, 29)),
        ("1/1/2484", None, date(1941, 1, 1)),
        ("1/4/2483", None, date(1940, 4, 1)),
        ("1 มกราคม ค.ศ. 1900", None, date(1900, 1, 1)),
        ("1 พ.ค. พ.ศ. 2399", None, date(1856, 5, 1)),
        ("03/04/2558", None, date(2015, 4, 3)),  # day/month, never month/day
        ("30 ธันวาคม ค.ศ. 1899", None, date(1899, 12, 30)),  # Excel's zero: for intake to find
    ],
)
def test_eras_and_edges(text: str, era: Era | None, day: date) -> None:
    assert parse_date(text, era=era) == day


@pytest.mark.parametrize(
    ("text", "era", "error", "reason"),
    [
        ("31/02/2567", None, ImpossibleDate, "no-such-day"),
        ("29/02/2568", None, ImpossibleDate, "no-such-day"),
        ("29/02/2558", None, ImpossibleDate, "no-such-day"),
        ("0/12/2558", None, ImpossibleDate, "no-such-day"),
        ("12/25/2558", None, ImpossibleDate, "month-out-of-range"),
        ("25/00/2558", None, ImpossibleDate, "month-out-of-range"),
        ("2015-25-12", None, ImpossibleDate, "month-out-of-range"),
        ("25/12/58", None, AmbiguousDate, "two-digit-year"),
        ("25 ธ.ค. 58", None, AmbiguousDate, "two-digit-year"),
        ("31/03/2483", None, AmbiguousDate, "old-new-year"),
        ("1 ม.ค. 2480", Era.BUDDHIST, AmbiguousDate, "old-new-year"),
        ("25 ธันวาคม พ.ศ. 2015", None, DateUnreadable, "era-contradicts-year"),
        ("25 ธันวาคม ค.ศ. 2558", None, DateUnreadable, "era-contradicts-year"),
        ("25 ธันวาคม พ.ศ. 2558", Era.COMMON, DateUnreadable, "era-contradicts-argument"),
        ("25/12/2350", None, DateUnreadable, "year-out-of-range"),
        ("25/12/1799", None, DateUnreadable, "year-out-of-range"),
        ("31/12/9999", Era.COMMON, DateUnreadable, "year-out-of-range"),
        ("25 ธันวา 2558", None, DateUnreadable, "unknown-month"),
        ("25/12/558", None, DateUnreadable, "unknown-form"),
        ("25/12-2558", None, DateUnreadable, "unknown-form"),
        ("2558/12/25", None, DateUnreadable, "unknown-form"),
        ("2015-12-25 13:00:00", None, DateUnreadable, "unknown-form"),
        ("ธันวาคม 2558", None, DateUnreadable, "unknown-form"),
        ("25122558", None, DateUnreadable, "unknown-form"),
        ("42363", None, DateUnreadable, "unknown-form"),
        ("-", None, DateUnreadable, "unknown-form"),
        ("", None, DateUnreadable, "unknown-form"),
        (" " * 1000 + "25/12/2558", None, DateUnreadable, "unknown-form"),
    ],
)
def test_dates_that_are_not_guessed(text: str, era: Era | None, error: type[DateUnreadable], reason: str) -> None:
    with pytest.raises(DateUnreadable) as caught:
        parse_date(text, era=era)
    assert type(caught.value) is error
    assert (caught.value.received, caught.value.reason) == (text, reason)
    assert "got" in str(caught.value)
    assert "expected" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@given(st.text("0123456789๑/-. :ธคพศมกยJand", max_size=20) | st.text(max_size=30), st.sampled_from([None, *Era]))
def test_any_text_is_a_date_or_a_finding(text: str, era: Era | None) -> None:
    try:
        day = parse_date(text, era=era)
    except DateUnreadable:
        return
    assert 1757 <= day.year <= 2399


# Text


@given(thai_text)
@example("\u0e4d\u0323\u0e49\u0e32")
@example("เ\u200bเ")
def test_normalize_text_is_idempotent(text: str) -> None:
    assert normalize_text(normalize_text(text)) == normalize_text(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("น้\u0e4d\u0e32", "น้ำ"),
        ("น\u0e4d้\u0e32", "น้ำ"),
        ("เเม่", "แม่"),
        ("ก\u200bข\ufeff", "กข"),
        ("  ก \u00a0\n ข ", "ก ข"),
        ("e\u0301", "\u00e9"),
        ("๑๒", "๑๒"),
    ],
)
def test_normalize_text(text: str, normal: str) -> None:
    assert normalize_text(text) == normal


# Names


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("นายสมชาย ใจดี", ("นาย", "สมชาย", "ใจดี")),
        ("นาย  สมชาย   ใจดี", ("นาย", "สมชาย", "ใจดี")),
        ("นางสาวสมหญิง ณ อยุธยา", ("นางสาว", "สมหญิง", "ณ อยุธยา")),
        ("น.ส.สมหญิง ใจดี", ("น.ส.", "สมหญิง", "ใจดี")),
        ("น. ส. สมหญิง ใจดี", ("น. ส.", "สมหญิง", "ใจดี")),
        ("ด.ช.ก้อง ใจดี", ("ด.ช.", "ก้อง", "ใจดี")),
        ("พ.ต.อ. ดร. สมชาย ใจดี", ("พ.ต.อ. ดร.", "สมชาย", "ใจดี")),
        ("ว่าที่ ร.ต.หญิง กานดา ใจดี", ("ว่าที่ ร.ต.หญิง", "กานดา", "ใจดี")),
        ("หม่อมหลวงสมชาย ใจดี", ("หม่อมหลวง", "สมชาย", "ใจดี")),
        ("ผศ.ดร.สมชาย ใจดี", ("ผศ.ดร.", "สมชาย", "ใจดี")),
        ("Mr. John Michael Smith", ("Mr.", "John", "Michael Smith")),
        ("MRS Jane Doe", ("MRS", "Jane", "Doe")),
        ("Drake Smith", ("", "Drake", "Smith")),
        ("สมชาย ใจดี", ("", "สมชาย", "ใจดี")),
        ("สมชาย", ("", "สมชาย", "")),
        ("นาย", ("", "นาย", "")),
        ("", ("", "", "")),
    ],
)
def test_a_persons_name_is_taken_apart(text: str, parts: tuple[str, str, str]) -> None:
    assert split_person_name(text) == parts


@given(thai_text)
def test_no_letter_of_a_name_is_lost(text: str) -> None:
    assert "".join(split_person_name(text)).replace(" ", "") == normalize_text(text).replace(" ", "")


@pytest.mark.parametrize(
    "name",
    [
        "บริษัท ตัวอย่าง จำกัด",
        "ตัวอย่าง จำกัด (มหาชน)",
        "บจก.ตัวอย่าง",
        "บมจ.ตัวอย่าง",
        "หจก. ตัวอย่าง",
        "ห้างหุ้นส่วนจำกัด ตัวอย่าง",
        "สหกรณ์ตัวอย่าง",
        "มูลนิธิตัวอย่าง",
        "สมาคมตัวอย่าง",
        "วิสาหกิจชุมชนตัวอย่าง",
        "มหาวิทยาลัยตัวอย่าง",
        "โรงพยาบาลตัวอย่าง",
        "Example Co., Ltd.",
        "EXAMPLE PUBLIC COMPANY LIMITED",
    ],
)
def test_organizations(name: str) -> None:
    assert looks_like_organization(name)


@pytest.mark.parametrize(
    "name", ["นายสมชาย ใจดี", "น.ส.สมหญิง จำกัด", "สมชาย ใจดี", "Mr. Scott Banks", "Mrs. Jane Bank", ""]
)
def test_persons_are_not_organizations(name: str) -> None:
    assert not looks_like_organization(name)


@given(thai_text)
def test_texts_that_need_no_repair_are_not_another_form(text: str) -> None:
    repaired = normalize("NFC", re.sub("[\u200b\u200c\u200d\u2060\ufeff]", "", text))
    repaired = re.sub("\u0e4d([\u0e48-\u0e4b]?)\u0e32", "\\1\u0e33", repaired).replace("\u0e40\u0e40", "\u0e41")
    assert normalize_text(text) == normalize("NFC", " ".join(repaired.split()))


# Dates in a text


@pytest.mark.parametrize(
    ("text", "around", "days"),
    [
        ("", ("",), ()),
        ("ปกติ", ("ปกติ",), ()),
        ("25/12/2558", ("", ""), (CHRISTMAS,)),
        ("ยกเลิกเมื่อ ๒๕ ธ.ค. ๒๕๕๘ แล้ว", ("ยกเลิกเมื่อ", "แล้ว"), (CHRISTMAS,)),
        ("From 2015-12-25 00:00:00 to 25 Dec 2015", ("from", "to", ""), (CHRISTMAS, CHRISTMAS)),
        ("25/12/2558-25/12/2558", ("", "-", ""), (CHRISTMAS, CHRISTMAS)),
        ("ที่ 1/2567 และ 125/12/25589", ("ที่ 1/2567 และ 125/12/25589",), ()),
    ],
)
def test_a_text_is_cut_at_its_dates(text: str, around: tuple[str, ...], days: tuple[date, ...]) -> None:
    assert split_dates(text) == (around, days)


def test_a_date_in_a_text_that_is_none() -> None:
    with pytest.raises(ImpossibleDate):
        split_dates("ยกเลิก 31/02/2567")
    with pytest.raises(AmbiguousDate):
        split_dates("ยกเลิก 25/12/58")
    assert split_dates("ยกเลิก 25/12/58", era=Era.BUDDHIST) == (("ยกเลิก", ""), (CHRISTMAS,))


@given(st.lists(living_dates, max_size=3), styles)
def test_every_date_in_a_text_is_found(days: list[date], style: Style) -> None:
    text = " และ ".join(["ก", *(format_date(day, lang="th", style=style) for day in days)])
    around, found = split_dates(text)
    assert (len(around), list(found)) == (len(days) + 1, days)


@pytest.mark.parametrize(
    ("word", "month"),
    [
        *(
            ("ธันวาคม", 12),
            ("ธ.ค.", 12),
            ("ธค", 12),
            ("Dec", 12),
            ("DECEMBER", 12),
            ("Sept.", 9),
            ("มกรา", 1),
            ("มิถุนา", 6),
        ),
        *(("มี", None), ("มิ", None), ("", None), ("Ma", None), ("Decembers", None), ("ธันวาคมนี้", None), ("5", None)),
    ],
)
def test_months_by_name(word: str, month: int | None) -> None:
    assert month_number(word) == month


# Real data


def test_a_real_sheet_of_companies_is_read(shared_data: Path) -> None:
    path = shared_data / "real" / "dbd_new_juristic_201512.cp874.csv"
    with path.open(encoding="cp874", newline="") as file:
        rows = [row for row in csv.reader(file) if row[1].strip().isdecimal()]
    assert len(rows) > 3000
    assert {(day.year, day.month) for day in (parse_date(row[3]) for row in rows)} == {(2015, 12)}
    assert [row[2] for row in rows if not looks_like_organization(row[2])] == []
