"""Undo: what is public is as it was before the file, what happened stays told, and nothing that was decided is taken back."""

from datetime import date
from itertools import pairwise

import pytest

from registry.batches import batches
from registry.intake.batch import BatchRefused, Holds, NoSuchBatch, Report
from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.intake.undo import UndoRefused, undo_batch
from registry.record_changes import record_changes
from registry.register import Register
from registry.services import LicenseWithdrawn, refresh
from tests.registry.intake.lists import HERE, PERIODS, STATUS, counted, issue, listing
from tests.registry.public import check_agreement, found_by, public_state
from tests.registry.small import (
    Clock,
    act,
    bit,
    credentials,
    current_credential,
    find,
    row,
    status,
    table_sizes,
    verdict,
)
from vocab.history import ActKind

DATES = {"valid_from": "2024-03-01", "expires_on": "2026-12-31"}


def check_restored(register: Register, report: Report, before: object) -> Report:
    """Undoes a batch and looks whether all that is public is as it was."""
    undone = undo_batch(register, report.batch)
    assert (undone.state, undone.counts) == ("undone", report.counts)
    assert undone.undone_at == register.now()
    assert public_state(register) == before
    check_agreement(register)
    return undone


def test_the_first_list_leaves_nothing_public(register: Register) -> None:
    report = issue(register, row("1/2567"), row("2/2567"), row(""))
    signed = current_credential(register, "1/2567")
    assert verdict(register, signed).exit_code == 0
    assert found_by(register, "1/2567") == {"lao-06480115/food-premises/1~2F2567"}
    check_restored(register, report, {})
    assert verdict(register, signed).in_force.code == "withdrawn"
    assert found_by(register, "1/2567") == found_by(register, "ร้านตัวอย่าง") == set()
    with register.database.reading() as session:
        (change,) = record_changes(session, find(register, "1/2567").id)
    assert (change.kind, change.batch, change.is_undoing) == ("withdrawn", report.batch, False)
    # History keeps what was said.
    assert [item.kind for item in find(register, "1/2567").history.acts] == [ActKind.GRANT]


@pytest.mark.parametrize(
    "change",
    [
        {"premises": "ชื่อใหม่"},
        {"expires_on": "2027-12-31"},
        {"valid_from": "2027-01-01", "expires_on": "2027-12-31"},
        {"expires_on": "2026-11-30"},
        {"expires_on": ""},
        {"aliases": "กท 5", "area": "20"},
        {"premises": "ชื่อใหม่", "expires_on": "2027-12-31"},
    ],
)
def test_a_changed_licence_gets_its_face_back(sqlite_register: Register, change: dict[str, str]) -> None:
    issue(sqlite_register, row("1/2567", **DATES), row("2/2567"))
    before = public_state(sqlite_register)
    report = issue(sqlite_register, row("1/2567", **{**DATES, **change}), row("2/2567"))
    assert counted(report) == {"changed": 1, "unchanged": 1}
    assert public_state(sqlite_register) != before
    changed = find(sqlite_register, "1/2567").history.acts[-1].number
    check_restored(sqlite_register, report, before)
    record = find(sqlite_register, "1/2567")
    assert record.history.acts[-1].voids == changed
    assert f"batch {report.batch} undone" in record.history.acts[-1].reason
    assert record.version == 3
    *old, new = credentials(sqlite_register, "1/2567")
    assert [bit(sqlite_register, credential, "revocation") for credential in (*old, new)] == [True, True, False]
    (other,) = credentials(sqlite_register, "2/2567")
    assert not bit(sqlite_register, other, "revocation")


def test_a_coming_renewal_is_taken_back_before_it_begins(register: Register, clock: Clock) -> None:
    issue(register, row("1/2567", **DATES))
    before = public_state(register)
    report = issue(register, row("1/2567", valid_from="2027-01-01", expires_on="2027-12-31"))
    check_restored(register, report, before)
    clock.go_to(date(2027, 1, 2))
    refresh(register)
    assert status(register, "1/2567") == "expired"
    check_agreement(register)


def test_the_former_face_was_one_that_had_not_begun(sqlite_register: Register, clock: Clock) -> None:
    issue(sqlite_register, row("1/2567", **DATES))
    issue(sqlite_register, row("1/2567", valid_from="2027-01-01", expires_on="2027-12-31"))
    before = public_state(sqlite_register)
    report = issue(sqlite_register, row("1/2567", valid_from="2027-01-01", expires_on="2027-06-30", premises="ใหม่"))
    check_restored(sqlite_register, report, before)
    clock.go_to(date(2027, 7, 1))
    refresh(sqlite_register)
    assert status(sqlite_register, "1/2567") == "active"
    check_agreement(sqlite_register)


def test_months_are_undone_one_after_the_other(register: Register) -> None:
    states, reports = [public_state(register)], []
    for month in range(4):
        rows = [row(f"{number}/2567", premises=f"ร้าน {number * month % 3}") for number in range(month, month + 4)]
        reports.append(issue(register, *rows))
        states.append(public_state(register))
    for report, below in pairwise(reports):
        with pytest.raises(UndoRefused, match=rf"beneath later ones of the same list .*{below.batch}"):
            undo_batch(register, report.batch)
    for report, before in zip(reversed(reports), reversed(states[:-1]), strict=True):
        check_restored(register, report, before)
    assert {batch.state for batch in batches(register)} == {"undone"}


def test_undoing_twice_is_harmless(register: Register) -> None:
    report = issue(register, row("1/2567"))
    undo_batch(register, report.batch)
    sizes = table_sizes(register)
    assert undo_batch(register, report.batch).state == "undone"
    assert table_sizes(register) == sizes


def test_what_is_not_public_cannot_be_undone(sqlite_register: Register) -> None:
    staged = stage(sqlite_register, listing(row("1/2567")))
    with pytest.raises(BatchRefused, match="only what is published can"):
        undo_batch(sqlite_register, staged.batch)
    with pytest.raises(NoSuchBatch, match="99"):
        undo_batch(sqlite_register, 99)


def test_the_same_file_can_be_published_again(register: Register) -> None:
    rows = [row("1/2567"), row("2/2567", expires_on="2026-12-31")]
    first = issue(register, *rows)
    public = public_state(register)
    undo_batch(register, first.batch)
    again = issue(register, *rows)
    assert counted(again) == {"new": 2}
    assert not again.seen_before
    assert public_state(register) == public
    check_agreement(register)
    with register.database.reading() as session:
        changes = record_changes(session, find(register, "1/2567").id)
    assert [change.kind for change in changes] == ["withdrawn", "restored"]
    # And it is taken back again, although nothing about the licences was new.
    check_restored(register, again, {})
    third = issue(register, row("1/2567", premises="อื่น"), rows[1])
    assert counted(third) == {"new": 2}
    assert '"อื่น"' in public_state(register)["lao-06480115/food-premises/1~2F2567"].face
    check_agreement(register)
    check_restored(register, third, {})


def test_a_changed_file_can_be_published_again(register: Register) -> None:
    issue(register, row("1/2567", **DATES))
    rows = [row("1/2567", expires_on="2027-12-31", premises="ใหม่")]
    second = issue(register, *rows)
    public = public_state(register)
    undo_batch(register, second.batch)
    assert counted(issue(register, *rows)) == {"changed": 1}
    assert public_state(register) == public
    check_agreement(register)


def test_the_row_of_before_is_known_again_by_what_it_says(sqlite_register: Register) -> None:
    first = [row("1/2567", **DATES), row("2/2567")]
    issue(sqlite_register, *first)
    undo_batch(sqlite_register, issue(sqlite_register, row("1/2567"), row("2/2567")).batch)
    again = issue(sqlite_register, *first)
    assert counted(again) == {"unchanged": 2}
    assert again.seen_before


# Decisions


@pytest.mark.parametrize("kind", [ActKind.SUSPEND, ActKind.REVOKE])
def test_an_officers_decision_since_then_is_in_the_way(register: Register, kind: ActKind) -> None:
    report = issue(register, row("1/2567"), row("2/2567"))
    act(register, "2/2567", kind)
    before = public_state(register)
    with pytest.raises(UndoRefused, match="2/2567"):
        undo_batch(register, report.batch)
    assert public_state(register) == before
    check_agreement(register)


def test_a_decision_on_a_licence_that_the_file_left_alone_is_not(register: Register) -> None:
    issue(register, row("1/2567"), row("2/2567"))
    report = issue(register, row("1/2567", premises="ใหม่"), row("2/2567"))
    act(register, "2/2567", ActKind.SUSPEND)
    undo_batch(register, report.batch)
    assert status(register, "2/2567") == "suspended"
    check_agreement(register)


def test_nothing_is_decided_of_what_was_taken_back(register: Register) -> None:
    undo_batch(register, issue(register, row("1/2567", **DATES)).batch)
    sizes = table_sizes(register)
    for kind in (ActKind.SUSPEND, ActKind.REVOKE):
        with pytest.raises(LicenseWithdrawn, match="publish it again"):
            act(register, "1/2567", kind)
    assert table_sizes(register) == sizes
    issue(register, row("1/2567", **DATES))
    act(register, "1/2567", ActKind.REVOKE)
    assert status(register, "1/2567") == "revoked"
    check_agreement(register)


# Status columns


@pytest.mark.parametrize(
    ("told", "standing"), [("เพิกถอน", "revoked"), ("พักใช้", "suspended"), ("เลิกกิจการ", "surrendered")]
)
def test_what_a_status_column_said_is_taken_back(register: Register, told: str, standing: str) -> None:
    issue(register, row("1/2567"), row("2/2567"), mapping=STATUS)
    before = public_state(register)
    rows = [row("1/2567", status=told, status_on="2026-11-01"), row("2/2567")]
    report = issue(register, *rows, mapping=STATUS)
    assert (counted(report), status(register, "1/2567")) == ({"changed": 1, "unchanged": 1}, standing)
    check_restored(register, report, before)
    assert status(register, "1/2567") == "active"
    assert verdict(register, current_credential(register, "1/2567")).exit_code == 0
    # The file was right after all.
    assert counted(issue(register, *rows, mapping=STATUS)) == {"changed": 1, "unchanged": 1}
    assert status(register, "1/2567") == standing
    check_agreement(register)


def test_a_reinstatement_is_taken_back(sqlite_register: Register) -> None:
    issue(sqlite_register, row("1/2567", status="พักใช้", status_on="2026-11-01"), mapping=STATUS)
    before = public_state(sqlite_register)
    report = issue(sqlite_register, row("1/2567", status="ปกติ", status_on="2026-11-15"), mapping=STATUS)
    assert status(sqlite_register, "1/2567") == "active"
    check_restored(sqlite_register, report, before)
    assert status(sqlite_register, "1/2567") == "suspended"


def test_several_periods_are_taken_back(register: Register) -> None:
    first = [row("1/2567", valid_from="2024-03-01", expires_on="2025-02-28")]
    issue(register, *first, mapping=PERIODS)
    before = public_state(register)
    rows = [
        *first,
        row("1/2567", valid_from="2025-03-01", expires_on="2026-02-28"),
        row("1/2567", valid_from="2026-03-01", expires_on="2027-02-28"),
    ]
    report = issue(register, *rows, mapping=PERIODS)
    assert (counted(report), status(register, "1/2567")) == ({"changed": 2, "unchanged": 1}, "active")
    check_restored(register, report, before)
    assert counted(issue(register, *rows, mapping=PERIODS)) == {"changed": 2, "unchanged": 1}
    assert status(register, "1/2567") == "active"
    check_agreement(register)


# What was missing


def test_what_a_list_made_stale_is_so_no_longer(register: Register) -> None:
    issue(register, row("1/2567"), row("2/2567"))
    before = public_state(register)
    report = issue(register, row("2/2567"))
    assert find(register, "1/2567").record_status == "stale"
    check_restored(register, report, before)


def test_what_a_list_found_again_is_missing_again(register: Register, clock: Clock) -> None:
    issue(register, row("1/2567"), row("2/2567"), row("3/2567"))
    issue(register, row("3/2567"))
    before = public_state(register)
    assert {shown.record for shown in before.values()} == {"stale", "published"}
    report = issue(register, row("1/2567"), row("2/2567", premises="ใหม่"), row("3/2567"))
    assert {shown.record for shown in public_state(register).values()} == {"published"}
    clock.pass_by(hours=1)
    check_restored(register, report, before)
    with register.database.reading() as session:
        changes = record_changes(session, find(register, "2/2567").id)
    assert [change.kind for change in changes][-1] == "stale"
    assert [change.is_undoing for change in changes][-1]


# Several lists


def test_another_list_is_not_in_the_way(register: Register) -> None:
    first = issue(register, row("1/2567"), source="north")
    issue(register, row("2/2567"), source="south")
    undo_batch(register, first.batch)
    assert set(public_state(register)) == {"lao-06480115/food-premises/2~2F2567"}
    check_agreement(register)


def test_what_another_list_has_too_is_not_taken_from_it(register: Register) -> None:
    first = issue(register, row("1/2567"), source="north")
    second = issue(register, row("1/2567"), row("2/2567"), source="south", holds=Holds.PART)
    assert counted(second) == {"new": 1, "unchanged": 1}
    with pytest.raises(UndoRefused, match=f"other lists.*{second.batch}"):
        undo_batch(register, first.batch)
    before = public_state(register)
    undo_batch(register, second.batch)
    undo_batch(register, first.batch)
    assert public_state(register) == {}
    assert before != {}


def test_a_licence_is_on_the_list_again_that_it_was_on(register: Register) -> None:
    issue(register, row("1/2567"), row("2/2567"), source="north")
    report = issue(register, row("1/2567"), row("3/2567", premises="ใหม่"), source="south", holds=Holds.PART)
    undo_batch(register, report.batch)
    # Missing from the north's list, which is where it is.
    issue(register, row("2/2567"), source="north")
    assert find(register, "1/2567").record_status == "stale"


def test_undo_and_publish_again_of_a_staged_batch_that_is_outdated_by_it(register: Register) -> None:
    from registry.intake.batch import BatchOutdated

    first = issue(register, row("1/2567"))
    staged = stage(register, listing(row("1/2567", premises="ใหม่")))
    undo_batch(register, first.batch)
    with pytest.raises(BatchOutdated, match=f"--batch {staged.batch} --again"):
        publish_batch(register, staged.batch, workers=HERE)
    assert public_state(register) == {}


def test_a_rejected_row_and_its_findings_stay_told(sqlite_register: Register) -> None:
    from registry.batches import rows_of

    report = issue(sqlite_register, row("1/2567"), row("2/2567", issued_on="31/02/2567"))
    undo_batch(sqlite_register, report.batch)
    kept = list(rows_of(sqlite_register, report.batch))
    assert [view.outcome for view in kept] == ["new", "rejected"]
    assert kept[1].findings
