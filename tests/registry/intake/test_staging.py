"""Staging: what is found in a file before any of it is public, and that the same file is found the same again."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from registry.catalogue import declare, read_catalogue
from registry.intake.batch import BatchOutdated, BatchRefused, Holds, NoSuchBatch
from registry.intake.publish import discard_batch, publish_batch, restage
from registry.intake.report import report_of
from registry.intake.staging import stage
from registry.record_changes import record_changes
from registry.register import Register
from registry.services import refresh
from tests.registry.intake.lists import HERE, STATUS, counted, issue, listing, look
from tests.registry.public import check_agreement, public_state
from tests.registry.small import (
    CATALOGUE,
    MAPPING,
    Clock,
    act,
    find,
    row,
    rows_in,
    status,
    table_sizes,
)
from vocab.history import ActKind
from vocab.license import Term

FIRST = [row(f"{number}/2567", premises=f"ร้าน {number}") for number in (1, 2, 3)]
SECOND = [FIRST[0], row("2/2567", premises="ใหม่"), row("4/2567"), row("4/2567"), row("")]
RECEIVED = {"batch", "received_row", "finding", "received_file"}


def test_nothing_is_public_before_it_is_published(register: Register) -> None:
    issue(register, *FIRST)
    public, sizes = public_state(register), table_sizes(register)
    report = look(register, *SECOND)
    assert public_state(register) == public
    assert {name for name, size in table_sizes(register).items() if size != sizes[name]} == RECEIVED
    assert (report.state, report.published_at) == ("staged", None)
    assert counted(report) == {"new": 1, "changed": 1, "unchanged": 1, "rejected": 1, "repeated": 1}
    assert (report.missing, report.license_count, report.rows) == (1, 3, len(SECOND))
    assert not report.changes_nothing
    published = publish_batch(register, report.batch, report.suspicions, workers=HERE)
    assert (published.state, published.counts, published.missing) == ("published", report.counts, 1)
    assert {shown.record for shown in public_state(register).values()} == {"published", "stale"}
    check_agreement(register)


def test_publishing_twice_is_harmless(register: Register) -> None:
    report = look(register, *FIRST)
    done = publish_batch(register, report.batch, workers=HERE)
    sizes = table_sizes(register)
    assert publish_batch(register, report.batch, workers=HERE) == done == report_of(register, report.batch)
    assert table_sizes(register) == sizes


def test_the_same_file_staged_again_takes_the_place_of_the_first(register: Register) -> None:
    first, second = look(register, *FIRST), look(register, *FIRST)
    assert report_of(register, first.batch).state == "discarded"
    assert second.state == "staged"
    with pytest.raises(BatchRefused, match="discarded"):
        publish_batch(register, first.batch, workers=HERE)
    # As another list it is another file.
    other = look(register, *FIRST, source="north")
    assert report_of(register, second.batch).state == "staged"
    assert other.batch != second.batch


def test_what_was_put_aside_is_never_public(register: Register) -> None:
    report = look(register, *FIRST)
    assert discard_batch(register, report.batch).state == "discarded"
    with pytest.raises(BatchRefused, match="discarded"):
        publish_batch(register, report.batch, workers=HERE)
    assert public_state(register) == {}
    done = issue(register, *FIRST)
    with pytest.raises(BatchRefused, match="batches undo"):
        discard_batch(register, done.batch)
    for use in (publish_batch, discard_batch, restage):
        with pytest.raises(NoSuchBatch, match="99"):
            use(register, 99)


def officer(register: Register) -> None:
    act(register, "1/2567", ActKind.SUSPEND)


def another_file(register: Register) -> None:
    issue(register, row("5/2567"), holds=Holds.PART)


@pytest.mark.parametrize("change", [officer, another_file])
def test_what_is_compared_with_a_public_state_of_before_is_compared_again(
    register: Register, change: Callable[[Register], None]
) -> None:
    issue(register, *FIRST)
    report = look(register, *SECOND)
    change(register)
    before = public_state(register)
    with pytest.raises(BatchOutdated, match="--again"):
        publish_batch(register, report.batch, report.suspicions, workers=HERE)
    assert public_state(register) == before
    again = restage(register, report.batch)
    assert (again.state, report_of(register, report.batch).state) == ("staged", "discarded")
    assert publish_batch(register, again.batch, again.suspicions, workers=HERE).state == "published"
    with pytest.raises(BatchRefused, match="send the file again"):
        restage(register, again.batch)
    check_agreement(register)


def test_what_changes_elsewhere_outdates_nothing(sqlite_register: Register) -> None:
    report = look(sqlite_register, *FIRST)
    stage(sqlite_register, listing(row("1/2567"), authority="x-office"), workers=HERE)
    publish_batch(
        sqlite_register, stage(sqlite_register, listing(row("1/2567"), authority="x-office"), workers=HERE).batch
    )
    assert publish_batch(sqlite_register, report.batch, workers=HERE).state == "published"


# What is missing


def test_missing_then_stale_then_there_again(register: Register, clock: Clock) -> None:
    issue(register, *FIRST)
    clock.pass_by(days=30)
    issue(register, *FIRST[1:])
    assert find(register, "1/2567").record_status == "stale"
    assert status(register, "1/2567") == "active", "that alone ends no licence"
    clock.pass_by(days=30)
    # It is asked for once, and not each month.
    again = issue(register, *FIRST[1:])
    assert again.missing == 0
    back = issue(register, *FIRST)
    assert counted(back) == {"unchanged": 3}
    assert find(register, "1/2567").record_status == "published"
    with register.database.reading() as session:
        changes = record_changes(session, find(register, "1/2567").id)
    assert [change.kind for change in changes] == ["stale", "confirmed"]
    refresh(register)
    check_agreement(register)


def test_a_rejected_row_is_not_missing(register: Register) -> None:
    issue(register, *FIRST)
    report = issue(register, {**FIRST[0], "issued_on": "31/02/2567"}, *FIRST[1:])
    assert (report.missing, counted(report)) == (0, {"unchanged": 2, "rejected": 1})
    assert find(register, "1/2567").record_status == "published"


def test_a_part_of_a_list_misses_nothing(register: Register) -> None:
    issue(register, *FIRST)
    assert issue(register, row("4/2567"), holds=Holds.PART).missing == 0
    assert {shown.record for shown in public_state(register).values()} == {"published"}


def test_two_lists_of_one_type_do_not_miss_each_other(register: Register) -> None:
    issue(register, *FIRST, source="north")
    issue(register, row("4/2567"), row("5/2567"), source="south")
    assert issue(register, *FIRST, source="north").missing == 0
    assert issue(register, row("4/2567"), source="south").missing == 1
    assert find(register, "5/2567").record_status == "stale"
    assert {find(register, each["number"]).record_status for each in FIRST} == {"published"}


# Known again


def test_rows_are_known_again_by_what_stands_in_them(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even read: reading would fail."""
    issue(register, *FIRST)

    def read(_source: object, rows: Sequence[object]) -> list[object]:
        assert not rows
        return []

    monkeypatch.setattr("registry.intake.staging.check_rows", read)
    report = look(register, *reversed(FIRST))
    assert counted(report) == {"unchanged": 3}
    assert [view.cells for view in rows_in(register, report)] == [()] * 3
    assert [view.number for view in rows_in(register, report)] == ["3/2567", "2/2567", "1/2567"]


def read_again(register: Register, *rows: dict[str, str], mapping: str = MAPPING) -> int:
    """How many rows of the list are read when it is staged."""
    return sum(bool(view.cells) for view in rows_in(register, look(register, *rows, mapping=mapping)))


def test_a_changed_row_is_read_and_no_other(sqlite_register: Register) -> None:
    issue(sqlite_register, *FIRST)
    assert read_again(sqlite_register, *FIRST[:2], row("3/2567", premises="ใหม่")) == 1


def test_after_a_decision_its_row_is_read_again(register: Register) -> None:
    issue(register, *FIRST)
    act(register, "1/2567", ActKind.RENEW, term=Term(expires_on=date(2029, 1, 1)))
    assert read_again(register, *FIRST) == 1
    report = issue(register, *FIRST)
    assert [finding.code for view in rows_in(register, report) for finding in view.findings] == ["decision-newer"]
    assert find(register, "1/2567").license.term.expires_on == date(2029, 1, 1)
    # What was found is said again each month, and so the row is read each time.
    assert read_again(register, *FIRST) == 1


def test_another_mapping_reads_all_rows_again(sqlite_register: Register) -> None:
    issue(sqlite_register, *FIRST)
    assert read_again(sqlite_register, *FIRST, mapping=STATUS) == 3
    assert counted(issue(sqlite_register, *FIRST, mapping=STATUS)) == {"unchanged": 3}
    assert read_again(sqlite_register, *FIRST, mapping=STATUS) == 0


def test_another_catalogue_reads_all_rows_again(sqlite_register: Register, tmp_path: Path) -> None:
    issue(sqlite_register, *FIRST)
    file = tmp_path / "catalogue.toml"
    file.write_text(CATALOGUE.replace(r"\d+/25\d{2}", r"\d+-25\d{2}"), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != CATALOGUE
    declare(sqlite_register, read_catalogue(file))
    assert read_again(sqlite_register, *FIRST) == 3


def test_rows_with_findings_are_read_again_and_say_it_again(sqlite_register: Register) -> None:
    rows = [
        row("ABC", premises="ก"),
        row("2/2567", premises="ข", expires_on=""),
        row("3/2567", issued_on="31/02/2567"),
    ]
    first = issue(sqlite_register, *rows)
    again = look(sqlite_register, *rows)
    assert counted(again) == {"unchanged": 2, "rejected": 1}
    found = [[finding.code for finding in view.findings] for view in rows_in(sqlite_register, again)]
    assert found == [[finding.code for finding in view.findings] for view in rows_in(sqlite_register, first)]
    assert all(found)


def test_another_numbering_scheme_outdates_what_was_staged(register: Register, tmp_path: Path) -> None:
    report = look(register, *FIRST)
    file = tmp_path / "catalogue.toml"
    file.write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(file))
    assert report_of(register, report.batch).state == "staged"
    file.write_text(CATALOGUE.replace("\\d+/25\\d{2}", "\\d+/2[45]\\d{2}"), encoding="utf-8")
    declare(register, read_catalogue(file))
    with pytest.raises(BatchOutdated):
        publish_batch(register, report.batch, workers=HERE)
    assert publish_batch(register, restage(register, report.batch).batch, workers=HERE).counts["new"] == 3


def test_a_suspension_that_ends_before_the_day_of_publishing(sqlite_register: Register, clock: Clock) -> None:
    """It began on the day on which the file was received, and was staged then."""
    issue(sqlite_register, *FIRST, mapping=STATUS)
    report = look(sqlite_register, {**FIRST[0], "status": "พักใช้ ถึง 25/11/2569"}, *FIRST[1:], mapping=STATUS)
    assert report.counts["changed"] == 1
    clock.go_to(date(2026, 11, 30))
    with pytest.raises(BatchOutdated):
        publish_batch(sqlite_register, report.batch, workers=HERE)
    assert status(sqlite_register, "1/2567") == "active"


def test_a_reader_sees_one_state_while_somebody_publishes(register: Register) -> None:
    issue(register, *FIRST)
    with register.database.reading() as session:
        store = register.store(session)
        before = [record.newest for record in store.records([1])]
        issue(register, *({**each, "premises": "ใหม่"} for each in FIRST), holds=Holds.ALL)
        assert {str(record.newest.premises[0].name) for record in store.records([2, 3])} == {"ร้าน 2", "ร้าน 3"}
        assert [record.newest for record in store.records([1])] == before
    assert str(find(register, "1/2567").newest.premises[0].name) == "ใหม่"


def test_no_row_is_known_again_by_a_cell_that_says_what_stands_in_two(sqlite_register: Register) -> None:
    """Whatever stands in a column that nobody uses."""
    issue(sqlite_register, row("1/2567", area="20", status="30\x1f40"))
    assert read_again(sqlite_register, row("1/2567", area="20", status="30\x1f40")) == 0
    report = look(sqlite_register, row("1/2567", area="20\x1f30", status="40"))
    (view,) = rows_in(sqlite_register, report)
    assert view.outcome == "changed"
