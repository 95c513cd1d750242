"""Findings in words: days, standings and numbers as people write them, in the language of the reader."""

import pytest

from registry.intake.diff import impossible
from registry.intake.finding import Finding
from registry.intake.wording import IN_A_SENTENCE, explanation, look_of_numbers
from registry.translation import translate
from tests.builders import make_license
from vocab.history import ActKind, IllegalAct, Standing


def because_of(cause: Exception) -> IllegalAct:
    """As `vocab.history.record` and `registry.intake.diff.with_acts` raise it."""
    error = IllegalAct("...", ActKind.SUSPEND, Standing.GRANTED)
    error.__cause__ = cause
    return error


CONTRADICTION = {"claimed": "granted", "standing": "revoked", "day": "2026-11-21"}


def test_days_and_standings_are_words_of_the_language() -> None:
    finding = Finding(code="status-contradicts", details={**CONTRADICTION, "order": "ที่ 1/2569"})
    assert "มีสถานะ ใช้ได้ แต่ทะเบียนระบุว่า เพิกถอน (คำสั่ง ที่ 1/2569 มีผลตั้งแต่ 21 พ.ย. 2569)" in explanation(finding, "th")
    assert "is in force, the register says revoked (decision ที่ 1/2569, from 2026-11-21)" in explanation(finding, "en")


def test_a_decision_without_a_reference_has_no_place_for_one() -> None:
    finding = Finding(code="status-contradicts", details={**CONTRADICTION, "order": ""})
    assert "คำสั่ง  " not in explanation(finding, "th")
    assert "เพิกถอน (ตั้งแต่ 21 พ.ย. 2569)" in explanation(finding, "th")
    assert "revoked (from 2026-11-21)" in explanation(finding, "en")


def test_the_first_and_the_last_day_are_thai_days() -> None:
    finding = Finding(code="dates-reversed", details={"begin": "2026-01-02", "end": "2025-12-31"})
    assert "31 ธ.ค. 2568" in explanation(finding, "th")
    assert "2 ม.ค. 2569" in explanation(finding, "th")
    assert "2025-12-31" in explanation(finding, "en")


def test_a_day_that_is_none_stays_as_it_is() -> None:
    finding = Finding(code="dates-reversed", details={"begin": "2026-01-02", "end": "ไม่ทราบ"})
    assert "ไม่ทราบ" in explanation(finding, "th")


@pytest.mark.parametrize(
    ("details", "thai"),
    [
        ({"hindrance": "standing", "now": "suspended"}, "ในวันนั้นทะเบียนระบุว่า พักใช้"),
        ({"hindrance": "later"}, "มีคำสั่งของวันหลังจากนั้น"),
        ({"hindrance": "days"}, "วันสิ้นสุดมาก่อนวันเริ่มต้น"),
    ],
)
def test_why_a_status_does_not_fit_is_said_in_thai(details: dict[str, str], thai: str) -> None:
    why = "suspend is not allowed on a licence that is suspended (act 2)"
    finding = Finding(code="status-impossible", details={"standing": "suspended", "why": why, **details})
    assert thai in explanation(finding, "th")
    assert "allowed" not in explanation(finding, "th")
    assert why in explanation(finding, "en"), "which names the act"


@pytest.mark.parametrize(
    ("pattern", "look"),
    [
        (r"\d+/\d{4}", "N/NNNN"),
        (r"\d+/25\d{2}", "N/25NN"),
        (r"\d{2}-\d{3}/\d{4}", "NN-NNN/NNNN"),
        (r"ร\.น\. \d{1,5}/\d{4}", "ร.น. N/NNNN"),
        (r"[ก-ฮ]+\d", r"[ก-ฮ]+\d"),
    ],
)
def test_a_scheme_is_shown_as_its_numbers_look(pattern: str, look: str) -> None:
    assert look_of_numbers(pattern) == look
    assert f"({look})" in explanation(Finding(code="number-unusual", details={"pattern": pattern}), "th")


@pytest.mark.parametrize("standing", list(Standing))
def test_every_standing_has_its_words(standing: Standing) -> None:
    assert translate("th", IN_A_SENTENCE[standing]) != IN_A_SENTENCE[standing]


@pytest.mark.parametrize(
    ("error", "hindrance"),
    [
        (IllegalAct("...", ActKind.SUSPEND, Standing.REVOKED), {"hindrance": "standing", "now": "revoked"}),
        (because_of(IllegalAct("...", ActKind.RENEW, Standing.REVOKED)), {"hindrance": "later"}),
        (because_of(ValueError("ends before")), {"hindrance": "days"}),
        (ValueError("ends before"), {"hindrance": "days"}),
    ],
)
def test_what_stands_against_an_act_is_noted(error: Exception, hindrance: dict[str, str]) -> None:
    details = impossible(make_license(), None, error).details
    assert {name: value for name, value in details.items() if name in ("hindrance", "now")} == hindrance
