"""What people look at of a batch: the list of batches, and the rows, changes and missing licences of one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from registry.batches import STANDING, TakenBack, batches, changes_of, missing_of, rows_of, taken_back
from registry.intake.batch import FieldChange, NoSuchBatch
from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.intake.undo import undo_batch
from registry.register import Register
from tests.registry.intake.lists import HERE, PERIODS, STATUS, issue, listing
from tests.registry.small import OFFICE, TOWN, row

FIRST = [row(f"{number}/2567", premises=f"ร้าน {number}") for number in range(1, 8)]
SECOND = [
    row("1/2567", premises="ใหม่", expires_on="2028-02-28", area="20"),
    {**FIRST[1], "aliases": "กท 5"},
    *FIRST[2:5],
    row("9/2567", premises="ก"),
    row("9/2567", premises="ก"),
    row("10/2567", premises="ข", issued_on="31/02/2567"),
    row("เลขที่ 11", premises="ค"),
]


def changes(register: Register, batch: int) -> dict[str, dict[str, tuple[str, str]]]:
    """The changes of a batch: number -> field -> before and after."""
    return {
        change.number: {field.field: (field.before, field.after) for field in change.fields}
        for change in changes_of(register, batch)
    }


def test_rows_in_pages_and_by_what_became_of_them(register: Register) -> None:
    issue(register, *FIRST)
    report = stage(register, listing(*SECOND), workers=HERE)
    rows = list(rows_of(register, report.batch))
    assert [(view.line, view.number, view.outcome) for view in rows] == [
        (2, "1/2567", "changed"),
        (3, "2/2567", "changed"),
        (4, "3/2567", "unchanged"),
        (5, "4/2567", "unchanged"),
        (6, "5/2567", "unchanged"),
        (7, "9/2567", "new"),
        (8, "9/2567", "repeated"),
        (9, "10/2567", "rejected"),
        (10, "เลขที่ 11", "new"),
    ]
    assert list(rows_of(register, report.batch, ("rejected", "repeated"))) == [rows[6], rows[7]]
    assert list(rows_of(register, report.batch, with_findings=True)) == [view for view in rows if view.findings]
    paged, after = [], 0
    while page := list(rows_of(register, report.batch, after_line=after, limit=4)):
        assert len(page) <= 4
        paged += page
        after = page[-1].line
    assert paged == rows
    assert list(rows_of(register, report.batch, limit=0)) == []
    # What was received, as it was received.
    assert rows[7].cells[7] == "31/02/2567"
    assert [(finding.column, finding.received) for finding in rows[7].findings] == [("issued_on", "31/02/2567")]


def test_changes_field_by_field_before_and_after_publishing(register: Register) -> None:
    issue(register, *FIRST)
    report = stage(register, listing(*SECOND), workers=HERE)
    expected = {
        "1/2567": {
            "premises": ("ร้าน 1", "ใหม่"),
            "expires_on": ("2027-02-28", "2028-02-28"),
            "area": ("", "20"),
        },
        "2/2567": {"aliases": ("", "กท 5")},
    }
    assert changes(register, report.batch) == expected
    publish_batch(register, report.batch, report.suspicions, workers=HERE)
    assert changes(register, report.batch) == expected
    # And when later ones came over it, or it is undone.
    later = issue(register, *FIRST)
    assert changes(register, report.batch) == expected
    assert changes(register, later.batch)["1/2567"]["premises"] == ("ใหม่", "ร้าน 1")
    undo_batch(register, later.batch)
    undo_batch(register, report.batch)
    assert changes(register, report.batch) == expected
    assert [change.number for change in changes_of(register, report.batch, after_line=2, limit=5)] == ["2/2567"]
    assert [change.number for change in changes_of(register, report.batch, limit=1)] == ["1/2567"]


def test_what_a_status_column_says_is_a_change(sqlite_register: Register) -> None:
    issue(sqlite_register, row("1/2567"), mapping=STATUS)
    rows = [row("1/2567", status="พักใช้", status_on="2026-11-01")]
    report = stage(sqlite_register, listing(*rows, mapping=STATUS), workers=HERE)
    (change,) = changes_of(sqlite_register, report.batch)
    assert change.fields == (FieldChange(STANDING, "granted", "suspended"),)


def test_the_missing_before_and_after_publishing(register: Register) -> None:
    issue(register, *FIRST)
    report = stage(register, listing(*SECOND), workers=HERE)
    expected = [("6/2567", "ร้าน 6"), ("7/2567", "ร้าน 7")]
    assert [(missing.number, missing.name) for missing in missing_of(register, report.batch)] == expected
    publish_batch(register, report.batch, report.suspicions, workers=HERE)
    assert [(missing.number, missing.name) for missing in missing_of(register, report.batch)] == expected
    undo_batch(register, report.batch)
    assert [(missing.number, missing.name) for missing in missing_of(register, report.batch)] == expected


def test_all_batches_newest_first(register: Register) -> None:
    first = issue(register, *FIRST)
    staged = stage(register, listing(*FIRST[:2]), workers=HERE)
    other = stage(register, listing(row("1/2567"), authority=OFFICE), workers=HERE)
    assert [batch.id for batch in batches(register)] == [other.batch, staged.batch, first.batch]
    assert [batch.id for batch in batches(register, TOWN)] == [staged.batch, first.batch]
    assert [batch.authority for batch in batches(register, OFFICE)] == [OFFICE]
    (_, waiting, done) = batches(register)
    assert (waiting.state, waiting.suspicions, waiting.counts["missing"]) == ("staged", ("missing",), 5)
    assert (done.state, done.suspicions, done.counts["new"]) == ("published", (), 7)


@pytest.mark.parametrize("look", [rows_of, changes_of, missing_of])
@pytest.mark.parametrize("number", [0, -1, 99, 2**40])
def test_a_batch_that_is_none(
    sqlite_register: Register, look: Callable[..., Iterator[Any] | list[Any]], number: int
) -> None:
    with pytest.raises(NoSuchBatch, match=str(number)):
        list(look(sqlite_register, number))


def test_periods_of_a_licence_are_looked_at_row_by_row(sqlite_register: Register) -> None:
    rows = [
        row("1/2567", valid_from=f"{year}-01-01", expires_on=f"{year}-12-31", issued_on="2024-01-01")
        for year in (2024, 2025, 2026)
    ]
    report = issue(sqlite_register, *rows, mapping=PERIODS)
    assert [view.outcome for view in rows_of(sqlite_register, report.batch)] == ["new", "changed", "changed"]
    told = [
        {field.field: field.after for field in change.fields} for change in changes_of(sqlite_register, report.batch)
    ]
    assert [fields["expires_on"] for fields in told] == ["2025-12-31", "2026-12-31"]


def test_what_undoing_did_is_counted(register: Register) -> None:
    issue(register, *FIRST)
    changed = row("1/2567", premises="ใหม่")
    second = issue(register, changed, *FIRST[2:], row("9/2567", premises="ก"), accept=("missing",))
    assert taken_back(register, second.batch) == TakenBack(0, 0, 0, 0), "nothing of it is taken back yet"
    undo_batch(register, second.batch)
    assert taken_back(register, second.batch) == TakenBack(withdrawn=1, restored=1, found=1, missing=0)
    gone = issue(register, *FIRST[1:], accept=("missing",))
    found = issue(register, changed, *FIRST[1:], row("9/2567", premises="ก"))
    undo_batch(register, found.batch)
    assert taken_back(register, found.batch) == TakenBack(withdrawn=1, restored=1, found=0, missing=1)
    with pytest.raises(NoSuchBatch):
        taken_back(register, gone.batch + 9)
