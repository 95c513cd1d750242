"""Status columns: what everybody writes, what the mapping explains, dates inside; what nobody knows blocks the row."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake.mapping import Meaning
from registry.intake.rows.status import SYNONYMS, Claim, folded, read_status
from tests.registry.intake.sources import MAPPING, codes, read
from vocab.history import Standing
from vocab.thai import DateUnreadable

STATUS = MAPPING + '\n[status]\ncolumn = "status"\ndate = "status_date"\nreason = "remark"\n'
OWN = STATUS + '[status.values]\n"AAC" = "revoked"\n"RN" = "granted"\n"TR" = "ignore"\n"" = "granted"\n'


def claim(status: str, mapping: str = STATUS, status_date: str = "", remark: str = "") -> Claim | None:
    checked = read(mapping, status=status, status_date=status_date, remark=remark)
    assert checked.license is not None, checked.findings
    return checked.claim


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        *(
            (text, Standing.GRANTED)
            for text in ("ปกติ", "คงอยู่", "ยังมีผล", "ใช้งาน", "Active", "RENEWED", "issued", "ต่ออายุแล้ว")
        ),
        *((text, Standing.SUSPENDED) for text in ("พักใช้", "พักใช้ใบอนุญาต", "Suspended", "ถูกพักใช้")),
        *(
            (text, Standing.REVOKED)
            for text in ("เพิกถอน", "ยกเลิก", "ยกเลิกแล้ว", "ถูกเพิกถอนใบอนุญาต", "cancelled", "Revoked")
        ),
        *((text, Standing.SURRENDERED) for text in ("เลิกกิจการ", "คืนใบอนุญาต", "แจ้งเลิกกิจการแล้ว", "surrendered")),
    ],
)
def test_words_that_everybody_uses(text: str, standing: Standing) -> None:
    assert claim(text, status_date="12/3/2567") == Claim(standing=standing, on=date(2024, 3, 12))


@pytest.mark.parametrize("text", ["หมดอายุ", "expired", "", " ", "-", "ไม่ระบุ"])
def test_what_says_nothing_that_the_dates_do_not(text: str) -> None:
    assert claim(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ยกเลิก 12/03/2567", (Standing.REVOKED, date(2024, 3, 12), None)),
        ("ยกเลิกเมื่อวันที่ ๑๒ มีนาคม พ.ศ. ๒๕๖๗", (Standing.REVOKED, date(2024, 3, 12), None)),
        ("เพิกถอน (2024-03-12)", (Standing.REVOKED, date(2024, 3, 12), None)),
        ("12/03/2567 ยกเลิก", (Standing.REVOKED, date(2024, 3, 12), None)),
        ("Revoked on 12 Mar 2024", (Standing.REVOKED, date(2024, 3, 12), None)),
        ("คืนใบอนุญาต ณ วันที่ 12 มี.ค. 2567", (Standing.SURRENDERED, date(2024, 3, 12), None)),
        ("พักใช้ 1/1/2567 - 31/3/2567", (Standing.SUSPENDED, date(2024, 1, 1), date(2024, 3, 31))),
        (
            "พักใช้ใบอนุญาตตั้งแต่วันที่ 1 ม.ค. 2567 จนถึงวันที่ 31 มี.ค. 2567",
            (Standing.SUSPENDED, date(2024, 1, 1), date(2024, 3, 31)),
        ),
        ("suspended from 1 Jan 2024 to 31 Mar 2024", (Standing.SUSPENDED, date(2024, 1, 1), date(2024, 3, 31))),
        ("พักใช้ถึง 31 ม.ค. 2568", (Standing.SUSPENDED, None, date(2025, 1, 31))),
        ("ใช้งานถึง 31/12/2569", (Standing.GRANTED, None, None)),
    ],
)
def test_dates_inside(text: str, expected: tuple[Standing, date | None, date | None]) -> None:
    found = claim(text)
    assert found is not None
    assert (found.standing, found.on, found.until) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("ไม่ยกเลิก", "ยังไม่ถูกเพิกถอน", "not revoked", "AAC", "รอพิจารณา", "ยกเลิกบางส่วน", "?", "12/03/2567", "1"),
        *("ยกเลิก 1/1/2567 ถึง 2/2/2567", "ยกเลิก 1/1/2567 2/2/2567", "พักใช้ 1/1/2567 - 2/2/2567 - 3/3/2567", "ยกเลิก 5"),
        "ยกเลิก" * 100,
    ],
)
def test_unknown_means_no(text: str) -> None:
    checked = read(STATUS, status=text, status_date="", remark="")
    assert (checked.license, checked.claim, codes(checked)) == (None, None, ["status-unknown"])
    assert checked.findings[0].details == {"text": text}


def test_what_the_mapping_explains() -> None:
    day = date(2024, 3, 12)
    assert claim("AAC", OWN, "12/3/2567", "ขาดคุณสมบัติ") == Claim(standing=Standing.REVOKED, on=day, reason="ขาดคุณสมบัติ")
    assert claim("aac ", OWN, "12/3/2567") == claim("AAC 12/3/2567", OWN)
    assert claim("RN", OWN) == Claim(standing=Standing.GRANTED)
    assert claim("TR", OWN) is None
    assert claim("", OWN) == claim("-", OWN) == Claim(standing=Standing.GRANTED)


def test_the_mapping_knows_better_than_everybody() -> None:
    own = STATUS + '[status.values]\n"ยกเลิก" = "surrendered"\n'
    found = claim("ยกเลิก 12/3/2567", own)
    assert found is not None
    assert found.standing is Standing.SURRENDERED


@pytest.mark.parametrize("text", ["เพิกถอน", "พักใช้", "คืนใบอนุญาต"])
def test_a_decision_without_a_day_is_said(text: str) -> None:
    checked = read(STATUS, status=text, status_date="", remark="")
    assert checked.claim is not None
    assert (checked.claim.on, codes(checked)) == (None, ["status-undated"])


@pytest.mark.parametrize(
    ("status", "status_date", "code", "column"),
    [
        ("ยกเลิก 31/02/2567", "", "date-no-such-day", "status"),
        ("ยกเลิก", "31/02/2567", "date-no-such-day", "status_date"),
        ("พักใช้ 31/3/2567 - 1/1/2567", "", "dates-reversed", "status"),
    ],
)
def test_a_day_that_cannot_be_read_blocks_the_row(status: str, status_date: str, code: str, column: str) -> None:
    checked = read(STATUS, status=status, status_date=status_date, remark="")
    assert (checked.license, checked.claim) == (None, None)
    assert (code, column) in {(finding.code, finding.column) for finding in checked.findings}


def test_a_blocked_row_claims_nothing() -> None:
    checked = read(STATUS, status="เพิกถอน 1/1/2567", status_date="", remark="", issued_on="31/02/2567")
    assert (checked.license, checked.claim) == (None, None)


def test_no_word_means_two_things() -> None:
    assert len(SYNONYMS) == len({folded(word) for word in SYNONYMS})
    assert set(SYNONYMS.values()) == set(Meaning)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["ยกเลิก", "ถึง", "พักใช้", "1/1/2567", "31/2/2567", "-", "(", "to", "5"])).map(" ".join)
)
def test_any_text_is_read_or_is_not_understood(text: str) -> None:
    with suppress(DateUnreadable):
        assert read_status(text, {}, None).meaning in {None, *Meaning}
