"""What follows from a file: the periods of a licence in several rows, and what a status column says."""

from datetime import date

import pytest

from registry.register import Register
from registry.services import refresh
from tests.registry.intake.lists import PERIODS, STATUS, counted, issue, look
from tests.registry.public import check_agreement
from tests.registry.small import (
    TODAY,
    Clock,
    act,
    find,
    row,
    rows_in,
    status,
)
from vocab.history import ActKind

# Periods


def period(year: int, **cells: str) -> dict[str, str]:
    return row("1/2560", issued_on="2017-01-01", valid_from=f"{year}-01-01", expires_on=f"{year}-12-31", **cells)


def test_rows_of_one_number_are_its_periods(register: Register) -> None:
    rows = [period(2026), period(2024), period(2025), row("2/2567")]
    report = issue(register, *rows, mapping=PERIODS)
    assert counted(report) == {"new": 2, "changed": 2}
    record = find(register, "1/2560")
    assert [(item.kind, item.term.expires_on) for item in record.history.acts if item.term] == [
        (ActKind.GRANT, date(2024, 12, 31)),
        (ActKind.RENEW, date(2025, 12, 31)),
        (ActKind.RENEW, date(2026, 12, 31)),
    ]
    assert record.license.term.expires_on == date(2026, 12, 31)
    check_agreement(register)
    # The next months: nothing, and then the next period.
    for _ in range(2):
        assert counted(issue(register, *rows, mapping=PERIODS)) == {"unchanged": 4}
    assert find(register, "1/2560").history == record.history
    assert counted(issue(register, *rows, period(2027), mapping=PERIODS)) == {"changed": 1, "unchanged": 4}
    assert [item.kind for item in find(register, "1/2560").history.acts][3:] == [ActKind.RENEW]
    assert status(register, "1/2560") == "active"
    check_agreement(register)


def test_a_period_from_before_what_is_public_is_no_news(register: Register) -> None:
    issue(register, period(2026), mapping=PERIODS)
    history = find(register, "1/2560").history
    for _ in range(2):
        assert counted(issue(register, period(2025), period(2026), mapping=PERIODS)) == {"unchanged": 2}
    assert find(register, "1/2560").history == history
    report = issue(register, period(2024), period(2026, premises="ใหม่"), mapping=PERIODS)
    assert counted(report) == {"changed": 1, "unchanged": 1}
    assert [item.kind for item in find(register, "1/2560").history.acts] == [ActKind.GRANT, ActKind.AMEND]


def test_two_periods_with_one_end_contradict_each_other(sqlite_register: Register) -> None:
    rows = [period(2025), period(2026), period(2026, premises="อื่น"), period(2025)]
    report = issue(sqlite_register, *rows, mapping=PERIODS)
    assert counted(report) == {"new": 1, "rejected": 2, "repeated": 1}
    assert find(sqlite_register, "1/2560").newest.term.expires_on == date(2025, 12, 31)


def test_a_status_counts_in_the_newest_period_only(sqlite_register: Register) -> None:
    mapping = STATUS + '[rows]\nrepeated = "renewals"\n'
    rows = [period(2025, status="เพิกถอน", status_on="2025-06-01"), period(2026, status="ปกติ")]
    assert counted(issue(sqlite_register, *rows, mapping=mapping)) == {"new": 1, "changed": 1}
    assert status(sqlite_register, "1/2560") == "active"
    check_agreement(sqlite_register)


# Status columns


@pytest.mark.parametrize(
    ("told", "kind", "standing"),
    [
        ("พักใช้", ActKind.SUSPEND, "suspended"),
        ("เพิกถอน", ActKind.REVOKE, "revoked"),
        ("เลิกกิจการ", ActKind.SURRENDER, "surrendered"),
    ],
)
def test_a_status_is_an_act_with_its_day_and_only_once(
    register: Register, clock: Clock, told: str, kind: ActKind, standing: str
) -> None:
    rows = [row("1/2567", status="ปกติ"), row("2/2567", status=told, status_on="2026-10-01")]
    assert counted(issue(register, *rows, mapping=STATUS)) == {"new": 2}
    assert (status(register, "1/2567"), status(register, "2/2567")) == ("active", standing)
    rows[0] = row("1/2567", status=told, status_on="2026-11-05")
    assert counted(issue(register, *rows, mapping=STATUS)) == {"changed": 1, "unchanged": 1}
    for number, day in (("1/2567", date(2026, 11, 5)), ("2/2567", date(2026, 10, 1))):
        history = find(register, number).history
        assert [(item.kind, item.effective_on) for item in history.acts[1:]] == [(kind, day)]
    check_agreement(register)
    histories = [find(register, number).history for number in ("1/2567", "2/2567")]
    clock.pass_by(days=30)
    assert counted(issue(register, *rows, mapping=STATUS)) == {"unchanged": 2}
    assert [find(register, number).history for number in ("1/2567", "2/2567")] == histories


def test_a_suspension_ends_when_the_list_says_so(register: Register, clock: Clock) -> None:
    issue(register, row("1/2567", status="พักใช้", status_on="2026-11-01"), mapping=STATUS)
    clock.pass_by(days=30)
    issue(register, row("1/2567", status="ปกติ"), mapping=STATUS)
    assert status(register, "1/2567") == "active"
    assert [item.kind for item in find(register, "1/2567").history.acts][1:] == [ActKind.SUSPEND, ActKind.REINSTATE]
    refresh(register)
    check_agreement(register)


def test_an_officers_decision_is_never_undone_by_a_list(register: Register) -> None:
    rows = [row("1/2567", status="ปกติ"), row("2/2567", status="พักใช้", status_on="2026-11-01")]
    issue(register, *rows, mapping=STATUS)
    act(register, "1/2567", ActKind.SUSPEND)
    act(register, "2/2567", ActKind.REINSTATE)
    for _ in range(2):
        report = issue(register, *rows, mapping=STATUS)
        assert counted(report) == {"unchanged": 2}
        found = [[finding.code for finding in view.findings] for view in rows_in(register, report)]
        assert found == [["status-contradicts"], ["status-contradicts"]]
        assert (status(register, "1/2567"), status(register, "2/2567")) == ("suspended", "active")
    check_agreement(register)


def test_a_licence_may_change_and_end_in_one_month(register: Register) -> None:
    """A change that a list tells of a licence that has ended was before its end."""
    issue(register, row("1/2567"), row("2/2567"), mapping=STATUS)
    rows = [
        row("1/2567", premises="ใหม่", status="เพิกถอน", status_on="2026-11-05"),
        row("2/2567", expires_on="2028-02-28", status="เลิกกิจการ", status_on="2026-11-05"),
    ]
    assert counted(issue(register, *rows, mapping=STATUS)) == {"changed": 2}
    assert [find(register, number).history.status(TODAY) for number in ("1/2567", "2/2567")] == [
        "revoked",
        "surrendered",
    ]
    assert str(find(register, "1/2567").license.premises[0].name) == "ใหม่"
    check_agreement(register)


def test_an_end_before_an_amendment_is_an_end(register: Register, clock: Clock) -> None:
    """An amendment that a list brought later does not keep the licence in force."""
    issue(register, row("1/2567"), mapping=STATUS)
    clock.pass_by(days=10)
    issue(register, row("1/2567", premises="ใหม่"), mapping=STATUS)
    clock.pass_by(days=10)
    report = issue(register, row("1/2567", premises="ใหม่", status="เพิกถอน", status_on="2026-11-22"), mapping=STATUS)
    assert (counted(report), status(register, "1/2567")) == ({"changed": 1}, "revoked")
    check_agreement(register)


def test_an_end_that_does_not_fit_the_history_keeps_its_row_back(register: Register, clock: Clock) -> None:
    """It was renewed after that day. The whole file must not fail for it."""
    issue(register, row("1/2567"), row("2/2567"), mapping=STATUS)
    clock.pass_by(days=10)
    renewed = {"expires_on": "2028-02-28"}
    issue(register, row("1/2567", **renewed), row("2/2567"), mapping=STATUS)
    clock.pass_by(days=10)
    told = row("1/2567", **renewed, status="เพิกถอน", status_on="2026-11-22")
    report = issue(register, told, row("2/2567", premises="อื่น"), mapping=STATUS)
    assert counted(report) == {"changed": 1, "rejected": 1}
    (view, _) = rows_in(register, report)
    assert [finding.code for finding in view.findings] == ["status-impossible"]
    assert status(register, "1/2567") == "active"
    check_agreement(register)


def test_an_end_before_the_grant_keeps_its_row_back(sqlite_register: Register) -> None:
    report = issue(sqlite_register, row("1/2567", status="เพิกถอน", status_on="2020-01-01"), mapping=STATUS)
    (view,) = rows_in(sqlite_register, report)
    assert (view.outcome, [finding.code for finding in view.findings]) == ("rejected", ["status-impossible"])


@pytest.mark.parametrize("is_public", [False, True])
@pytest.mark.parametrize("words", [("ปกติ", "เพิกถอน 1/11/2569"), ("เพิกถอน 1/11/2569", "ปกติ")])
def test_two_rows_that_disagree_on_where_a_licence_stands(
    sqlite_register: Register, is_public: bool, words: tuple[str, str]
) -> None:
    """Whichever comes first: nobody can tell which is right."""
    usual = row("1/2567", status="ปกติ")
    if is_public:
        issue(sqlite_register, usual, mapping=STATUS)
    report = look(sqlite_register, *({**usual, "status": word} for word in words), mapping=STATUS)
    assert report.counts["rejected"] == 2
    for each in rows_in(sqlite_register, report):
        assert [finding.code for finding in each.findings] == ["number-twice"]
