"""Findings that need other rows, or what is public: what one row alone cannot say."""

from datetime import date

import pytest

from registry.intake.batch import Report
from registry.intake.finding import CATALOGUE, Finding
from registry.intake.gravity import Gravity
from registry.register import Register
from tests.registry.intake.reading.test_heading import book_of
from tests.registry.small import (
    FOOD,
    HEADINGS,
    MAPPING,
    TODAY,
    TOWN,
    act,
    preview,
    row,
    rows_in,
    send,
    submission,
    table,
)
from vocab.history import ActKind

Rows = tuple[dict[str, str], ...]
CASES: dict[str, tuple[Rows, str]] = {
    "number-twice": ((row("1/2567"), row("1/2567", premises="ร้านอื่น")), MAPPING),
    "number-repeated": ((row("1/2567"), row("1/2567")), MAPPING),
    "number-similar": ((row("1/2567"), row("๑/๒๕๖๗")), MAPPING),
    "renewed-unknown": ((row("1/2567", renews="99/2560"),), MAPPING),
    "premises-twice": ((row("1/2567"), row("2/2567")), MAPPING),
    "column-missing": ((row("1/2567"),), MAPPING.replace('licensee = "licensee"\n', "")),
    "expiry-column-missing": ((row("1/2567"),), MAPPING.replace('expires_on = "expires_on"\n', "")),
}
"""For each code, what makes it; each stands on the last row, or is about the file."""


def found_in(register: Register, report: Report) -> list[Finding]:
    return [*report.findings, *(finding for view in rows_in(register, report) for finding in view.findings)]


@pytest.mark.parametrize("code", list(CASES))
def test_the_case_makes_the_finding(sqlite_register: Register, code: str) -> None:
    rows, mapping = CASES[code]
    report, views = preview(sqlite_register, submission(table(*rows), TOWN, FOOD, mapping))
    finding = next(each for each in found_in(sqlite_register, report) if each.code == code)
    assert CATALOGUE[code][1] % finding.details
    expected = {"number-repeated": "repeated"}.get(code, "rejected" if finding.gravity is Gravity.BLOCKS else "new")
    assert views[-1].outcome == expected


@pytest.mark.parametrize("on", [TODAY, date(2027, 1, 1)])
def test_a_file_that_changes_a_revoked_licence(sqlite_register: Register, on: date) -> None:
    """Be it revoked already or from a day to come."""
    send(sqlite_register, row("1/2567"), row("2/2567"))
    act(sqlite_register, "1/2567", ActKind.REVOKE, on)
    report = send(sqlite_register, row("1/2567", premises="ใหม่"), row("2/2567", premises="ใหม่"))
    first, second = rows_in(sqlite_register, report)
    assert [finding.code for finding in first.findings if finding.gravity is Gravity.BLOCKS] == ["act-needed"]
    assert [first.outcome, second.outcome] == ["rejected", "changed"]


def test_unchanged_and_revoked_is_fine(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567"))
    act(sqlite_register, "1/2567", ActKind.REVOKE)
    report = send(sqlite_register, row("1/2567"))
    assert [view.outcome for view in rows_in(sqlite_register, report)] == ["unchanged"]


def test_a_number_and_its_text_formula_are_one(sqlite_register: Register) -> None:
    report = send(sqlite_register, row("7/2567"), row('="7/2567"'))
    assert [view.outcome for view in rows_in(sqlite_register, report)] == ["new", "repeated"]


def test_a_blocked_row_of_the_same_number_may_be_the_right_one(sqlite_register: Register) -> None:
    rows = (row("1/2567", issued_on="31/02/2567"), row("1/2567", premises="ร้านอื่น"), row("2/2567"))
    _, views = preview(sqlite_register, submission(table(*rows), TOWN, FOOD))
    assert [view.outcome for view in views] == ["rejected", "rejected", "new"]
    second = next(finding for finding in views[1].findings if finding.code == "number-twice")
    assert second.details["other"] == "2"


def test_a_blocked_period_blocks_itself_only(sqlite_register: Register) -> None:
    rows = (row("1/2567", expires_on="31/02/2567"), row("1/2567"))
    renewals = MAPPING + '[rows]\nrepeated = "renewals"\n'
    _, views = preview(sqlite_register, submission(table(*rows), TOWN, FOOD, renewals))
    assert [view.outcome for view in views] == ["rejected", "new"]


def test_a_number_merged_over_two_rows_is_that_of_the_first(sqlite_register: Register) -> None:
    cells = [list(HEADINGS), *([each.get(name, "") for name in HEADINGS] for each in (row("1/2567"), row("")))]
    _, views = preview(sqlite_register, submission(book_of(cells, "A2:A3", "B2:B3")))
    assert [view.outcome for view in views] == ["new", "rejected"]
    assert [finding.code for finding in views[1].findings] == ["number-missing"]
