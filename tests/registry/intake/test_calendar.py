"""The calendar and rows that are known again: what takes effect later is looked at until it has."""

from collections.abc import Mapping
from datetime import date

from registry.intake.batch import Report
from registry.register import Register
from registry.services import refresh
from tests.registry.intake.lists import STATUS, counted, issue
from tests.registry.public import check_agreement
from tests.registry.small import MAPPING, Clock, act, find, row, rows_in, status
from vocab.history import ActKind

IN_FORCE = {"status": "ปกติ"}
ANNOUNCED = {"status": "พักใช้", "status_on": "2026-12-01"}


def told(register: Register, said: Mapping[str, str]) -> Report:
    """The list of this month, by which the first licence stands as `said`."""
    return issue(register, row("1/2567", **said), row("2/2567", **IN_FORCE), mapping=STATUS)


def codes(register: Register, report: Report) -> list[str]:
    return [finding.code for view in rows_in(register, report) for finding in view.findings]


def kinds(register: Register) -> list[ActKind]:
    return [item.kind for item in find(register, "1/2567").history.acts]


def test_a_suspension_that_is_not_said_any_more_never_begins(register: Register, clock: Clock) -> None:
    told(register, IN_FORCE)
    told(register, ANNOUNCED)
    assert (kinds(register)[-1], status(register, "1/2567")) == (ActKind.SUSPEND, "active")
    report = told(register, IN_FORCE)
    assert (counted(report), codes(register, report)) == ({"changed": 1, "unchanged": 1}, [])
    assert kinds(register) == [ActKind.GRANT, ActKind.SUSPEND, ActKind.REINSTATE]
    check_agreement(register)
    clock.go_to(date(2026, 12, 5))
    refresh(register)
    assert status(register, "1/2567") == "active"
    report = told(register, IN_FORCE)
    assert (counted(report), codes(register, report)) == ({"unchanged": 2}, [])
    check_agreement(register)


def test_an_officers_coming_suspension_is_not_answered_by_a_list(register: Register, clock: Clock) -> None:
    told(register, IN_FORCE)
    act(register, "1/2567", ActKind.SUSPEND, date(2026, 12, 1))
    assert counted(told(register, IN_FORCE)) == {"unchanged": 2}
    clock.go_to(date(2026, 12, 5))
    refresh(register)
    report = told(register, IN_FORCE)
    assert (counted(report), codes(register, report)) == ({"unchanged": 2}, ["status-contradicts"])
    assert status(register, "1/2567") == "suspended"


def test_a_suspension_with_an_end_is_looked_at_until_it_has_ended(register: Register, clock: Clock) -> None:
    said = {"status": "พักใช้ ถึง 25/11/2569", "status_on": "2026-11-01"}
    told(register, said)
    assert status(register, "1/2567") == "suspended"
    clock.go_to(date(2026, 11, 25))
    assert (counted(told(register, said)), status(register, "1/2567")) == ({"unchanged": 2}, "suspended")
    clock.go_to(date(2026, 11, 30))
    refresh(register)
    report = told(register, said)
    # The list still says that it is suspended, and it is not: somebody should look.
    assert (counted(report), codes(register, report)) == ({"unchanged": 2}, ["status-contradicts"])
    assert status(register, "1/2567") == "active"


def read_again(register: Register, said: Mapping[str, str], mapping: str) -> list[bool]:
    """Of which rows the cells are read when the list comes again."""
    rows = (row("1/2567", **said), row("2/2567", premises="อีกแห่ง", **IN_FORCE))
    issue(register, *rows, mapping=mapping)
    report = issue(register, *rows, mapping=mapping)
    assert counted(report) == {"unchanged": 2}
    return [bool(view.cells) for view in rows_in(register, report)]


def test_only_what_takes_effect_later_is_read_again(sqlite_register: Register, clock: Clock) -> None:
    assert read_again(sqlite_register, ANNOUNCED, STATUS) == [True, False]
    clock.go_to(date(2026, 12, 1))
    assert read_again(sqlite_register, ANNOUNCED, STATUS) == [False, False]


def test_what_has_no_status_is_known_again_whatever_comes(sqlite_register: Register) -> None:
    issue(sqlite_register, row("1/2567"), row("2/2567", premises="อีกแห่ง"))
    act(sqlite_register, "1/2567", ActKind.SUSPEND, date(2026, 12, 1))
    assert read_again(sqlite_register, {}, MAPPING) == [False, False]
