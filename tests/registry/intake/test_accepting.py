"""What is accepted by name is accepted of what was looked at, and what a list does not hold is not taken for said by it."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.intake import publish as publishing
from registry.intake.batch import BatchSuspicious, Holds, Report
from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.intake.suspicion import is_within
from registry.register import Register
from tests.registry.intake.lists import HERE, counted, issue
from tests.registry.public import check_agreement, public_state
from tests.registry.small import find, row

ROWS = [row(f"{number}/2567", premises=f"ร้าน {number}") for number in range(1, 7)]
MORE = [row(f"{number}/2567", premises=f"ร้าน {number}") for number in range(10, 20)]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something else be published once, between the staging and the publishing of a file."""

    def once(change: Callable[[], object]) -> None:
        def staged(*arguments: Any) -> Report:
            monkeypatch.setattr(publishing, "stage", stage)
            report = stage(*arguments)
            change()
            return report

        monkeypatch.setattr(publishing, "stage", staged)

    return once


def test_what_was_accepted_is_not_accepted_of_more(
    register: Register, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    issue(register, *ROWS)
    meanwhile(lambda: issue(register, *MORE, holds=Holds.PART))
    with pytest.raises(BatchSuspicious, match="--accept-missing") as caught:
        issue(register, *ROWS[1:], accept=["missing"])
    assert caught.value.suspicions["missing"]["missing"] == "11"
    assert {shown.record for shown in public_state(register).values()} == {"published"}
    # It was looked at now.
    report = publish_batch(register, caught.value.batch, ["missing"], workers=HERE)
    assert report.missing == 11
    check_agreement(register)


def test_what_was_accepted_is_not_accepted_of_something_else(
    register: Register, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    issue(register, *ROWS)
    meanwhile(lambda: issue(register, row("7-2567", premises="อื่น"), holds=Holds.PART))
    with pytest.raises(BatchSuspicious) as caught:
        issue(register, *ROWS, row("7/2567"))
    assert set(caught.value.suspicions) >= {"collisions", "missing"}
    assert "lao-06480115/food-premises/7~2F2567" not in public_state(register)


def test_what_was_accepted_is_accepted_of_the_same_again(
    register: Register, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    issue(register, *ROWS)
    meanwhile(lambda: issue(register, *MORE, source="south"))
    assert issue(register, *ROWS[1:], accept=["missing"]).missing == 1
    assert find(register, "1/2567").record_status == "stale"


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (None, None, True),
        (None, {"count": "9"}, True),
        ({"count": "9"}, None, False),
        ({"count": "9"}, {"count": "9"}, True),
        ({"count": "10"}, {"count": "9"}, False),
        ({"count": "9", "compared": "20"}, {"count": "10", "compared": "10"}, True),
        ({"missing": "10", "public": "100"}, {"missing": "9", "public": "100"}, False),
        ({"missing": "9", "public": "10"}, {"missing": "9", "public": "100"}, True),
    ],
)
def test_what_is_within_what_was_accepted(
    now: dict[str, str] | None, before: dict[str, str] | None, expected: bool
) -> None:
    assert is_within(now, before) is expected


def unreadable(number: str) -> dict[str, str]:
    return row(number, expires_on="31/02/2570")


def test_a_rejected_row_of_another_list_says_nothing_of_what_is_missing(register: Register) -> None:
    issue(register, *ROWS, source="north")
    issue(register, *ROWS[1:], source="north")
    report = issue(register, unreadable("1/2567"), row("9/2567", premises="อื่น"), source="south")
    assert counted(report) == {"new": 1, "rejected": 1}
    assert find(register, "1/2567").record_status == "stale"
    # And a row that holds does, and the licence is on that list then.
    issue(register, ROWS[0], row("9/2567", premises="อื่น"), source="south")
    assert find(register, "1/2567").record_status == "published"
    assert issue(register, *ROWS[1:], source="north").missing == 0
    assert issue(register, row("9/2567", premises="อื่น"), source="south").missing == 1


def test_a_rejected_row_of_the_same_list_does(register: Register) -> None:
    issue(register, *ROWS)
    issue(register, *ROWS[1:])
    issue(register, unreadable("1/2567"), *ROWS[1:])
    assert find(register, "1/2567").record_status == "published"
