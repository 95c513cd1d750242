"""Publishing: all or nothing, nothing twice, nothing lost."""

import csv
import io
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from registry.batches import batches
from registry.exports.batch_files import rejected_list
from registry.intake.batch import BatchRefused, NoSuchBatch, Report
from registry.intake.keeping import kept_bytes
from registry.intake.mapping import MappingInvalid
from registry.intake.preparing import MandateMissing
from registry.intake.publish import publish
from registry.intake.staging import stage
from registry.intake.table import FileUnreadable
from registry.register import Register
from registry.tables import CredentialRow, LicenseRow, ReceivedFileRow, ReceivedRow
from tests.registry.small import (
    CLINIC,
    DEPARTMENT,
    FOOD,
    NOON,
    OFFICE,
    TODAY,
    Clock,
    Randomness,
    bit,
    credentials,
    current_credential,
    find,
    open_small,
    preview,
    row,
    send,
    status,
    submission,
    table,
    table_sizes,
    verdict,
)
from vocab.history import ActKind

RECEIVED = ("batch", "received_row", "finding")
"""The tables of what was received and is not public."""


def received(register: Register) -> list[ReceivedRow]:
    with register.database.reading() as session:
        return list(session.scalars(select(ReceivedRow).order_by(ReceivedRow.id)))


def test_each_row_becomes_something_and_is_kept(register: Register) -> None:
    rows = [row("1/2567"), row("2/2567", issued_on="31/02/2567"), row("3/2567"), row("3/2567"), row("")]
    report = send(register, *rows)
    assert report.counts == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 2, "repeated": 1}
    assert sum(report.counts.values()) == len(rows)
    kept = received(register)
    assert [(item.line, item.outcome) for item in kept] == [
        (2, "new"),
        (3, "rejected"),
        (4, "new"),
        (5, "repeated"),
        (6, "rejected"),
    ]
    assert kept[1].cells["cells"][7] == "31/02/2567"
    assert [item.document is not None for item in kept] == [True, False, True, False, False]
    sizes = table_sizes(register)
    assert (sizes["license"], sizes["license_version"], sizes["act"], sizes["credential"]) == (2, 2, 2, 2)
    with register.database.reading() as session:
        (file,) = session.scalars(select(ReceivedFileRow.sha256))
        assert file == report.sha256
        assert kept_bytes(session, file) == table(*rows)
    (batch,) = batches(register)
    assert (batch.state, batch.file_name) == ("published", "file.csv")
    assert report.counts.items() <= batch.counts.items()


def test_the_same_file_again_changes_nothing_and_says_so(register: Register, clock: Clock) -> None:
    rows = [row("1/2567"), row("x\u202e")]
    first = send(register, *rows)
    assert not first.seen_before
    assert not first.changes_nothing
    before, signed = table_sizes(register), current_credential(register, "1/2567")
    clock.pass_by(days=1)
    again = send(register, *rows)
    assert again.seen_before
    assert again.changes_nothing
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 1, "rejected": 1, "repeated": 0}
    after = table_sizes(register)
    assert {name for name in after if after[name] != before[name]} == set(RECEIVED)
    assert current_credential(register, "1/2567") == signed
    assert find(register, "1/2567").confirmed_at == clock.now


def test_a_changed_row_is_a_new_version_and_the_old_credential_is_withdrawn(register: Register) -> None:
    send(register, row("1/2567"), row("2/2567"))
    send(register, row("1/2567", premises="ชื่อใหม่"), row("2/2567"))
    record = find(register, "1/2567")
    assert (record.version, [item.kind for item in record.history.acts]) == (2, [ActKind.GRANT, ActKind.AMEND])
    old, new = credentials(register, "1/2567")
    assert (bit(register, old, "revocation"), bit(register, new, "revocation")) == (True, False)
    assert verdict(register, old.body).in_force.code == "withdrawn"
    assert verdict(register, new.body).in_force.code == "active"
    assert "ชื่อใหม่".encode() in new.body
    (other,) = credentials(register, "2/2567")
    assert verdict(register, other.body).in_force.code == "active"


def test_a_renewal_that_has_not_begun_keeps_the_old_credential_valid(register: Register, clock: Clock) -> None:
    from registry.services import refresh

    send(register, row("1/2567", expires_on="2026-12-31"))
    send(register, row("1/2567", valid_from="2027-01-01", expires_on="2027-12-31"))
    old, new = credentials(register, "1/2567")
    assert status(register, "1/2567") == "active"
    assert current_credential(register, "1/2567") == old.body
    assert verdict(register, old.body).in_force.code == "active"
    assert verdict(register, new.body).in_force.code == "pending"
    clock.go_to(date(2027, 1, 1))
    refresh(register)
    assert current_credential(register, "1/2567") == new.body
    assert verdict(register, old.body).exit_code == 1
    assert verdict(register, new.body).in_force.code == "active"


def test_what_is_missing_from_a_file_stays(register: Register) -> None:
    send(register, row("1/2567"), row("2/2567"))
    send(register, row("2/2567"))
    assert status(register, "1/2567") == "active"


def test_staging_writes_nothing_public(register: Register) -> None:
    send(register, row("1/2567"))
    before = table_sizes(register)
    rows = [row("1/2567", premises="ใหม่"), row("2/2567"), row("")]
    report, _ = preview(register, submission(table(*rows)))
    after = table_sizes(register)
    assert {name for name in after if after[name] != before[name]} == {*RECEIVED, "received_file"}
    assert report.state == "staged"
    assert report.counts == send(register, *rows).counts
    assert not report.seen_before


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (submission(b"PK\x03\x04"), FileUnreadable),
        (submission(table(row("1")), mapping="[columns"), MappingInvalid),
        (submission(table(row("1")), mapping='[columns]\nnumber = "x"'), MappingInvalid),
        (submission("เลขที่\n1".encode(), mapping=None), MappingInvalid),
        (submission(table(row("1")), authority="x-nobody"), MandateMissing),
        (submission(table(row("1")), authority=DEPARTMENT), MandateMissing),
        (submission(table(row("1")), license_type="none"), MandateMissing),
    ],
)
def test_a_file_that_cannot_be_used_leaves_no_trace(register: Register, bad: Any, error: type[Exception]) -> None:
    before = table_sizes(register)
    for attempt in (stage, publish):
        with pytest.raises(error):
            attempt(register, bad)
    assert table_sizes(register) == before


def test_the_mapping_of_the_last_batch_is_used_again(register: Register) -> None:
    mapping = '[columns]\nnumber = "เลขที่"\n[constants]\nprovince = "นครพนม"'
    publish(register, submission("เลขที่\n1/2567".encode(), mapping=mapping))
    publish(register, submission("เลขที่,อื่น\n2/2567,x".encode(), mapping=None))
    assert find(register, "2/2567").license.premises[0].address.province == "นครพนม"
    # Another type of another authority has its own.
    with pytest.raises(MappingInvalid, match="--mapping"):
        publish(register, submission("เลขที่\n1/2567".encode(), OFFICE, FOOD, None))


def test_our_own_headings_need_no_mapping(sqlite_register: Register) -> None:
    publish(sqlite_register, submission(b"number,expires_on\n1,2027-01-01", DEPARTMENT, CLINIC, None))
    assert table_sizes(sqlite_register)["license"] == 1


def rejected(register: Register, report: Report) -> list[list[str]]:
    """The list for repair: its headings, and its rows."""
    text = b"".join(rejected_list(register, report.batch, "en")).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_rejected_rows_come_back_repaired(register: Register) -> None:
    cells = {"premises": "=HYPERLINK(1)", "street": "-", "area": "+66", "issued_on": "31/02/2567"}
    report = send(register, row("1/2567", **cells), row("2/2567"))
    headings, *rows = rejected(register, report)
    assert headings[2] == "number"
    assert len(rows) == 1
    assert rows[0][0] == "2"
    assert "no such day" in rows[0][1]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[0])
    repaired = dict(zip(headings, rows[0], strict=True)) | {"issued_on": "28/02/2567"}
    publish(register, submission(table(repaired, headings=tuple(headings))))
    license = find(register, "1/2567").license
    assert str(license.premises[0].name) == "=HYPERLINK(1)"
    assert license.premises[0].address.street == ""
    assert license.particulars[0].value == "+66"


def test_headings_that_are_formulas_are_escaped_too(sqlite_register: Register) -> None:
    body = b"number,=cmd|calc\n,1\n"
    report = publish(sqlite_register, submission(body, mapping='[columns]\nnumber = "number"'))
    headings, *rows = rejected(sqlite_register, report)
    assert headings[2:] == ["number", "'=cmd|calc"]
    assert len(rows) == 1
    with pytest.raises(NoSuchBatch, match="99"):
        list(rejected_list(sqlite_register, 99, "en"))


def test_progress_is_told(sqlite_register: Register) -> None:
    told: list[tuple[int, int]] = []
    body = table(row("1/2567"), row("2/2567"), row("1/2567"))
    publish(sqlite_register, submission(body), progress=lambda done, total: told.append((done, total)))
    # Three rows were checked, of a number that was not known yet; two licences were published.
    assert told == [(3, 0), (2, 2)]


def race(register: Register, *jobs: Callable[[Register], object]) -> list[BaseException]:
    """Runs the jobs at the same time, each with connections and randomness of its own; what they raised."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(len(jobs))

    def run(number: int, job: Callable[[Register], object]) -> None:
        url = register.database.engine.url.render_as_string(hide_password=False)
        own = open_small(url, f"racer {number}", Clock(NOON))
        assert isinstance(own.random_bytes, Randomness)
        barrier.wait()
        try:
            job(own)
        except BaseException as error:
            raised.append(error)
        finally:
            own.database.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_writers_of_one_authority_lose_nothing(register: Register) -> None:
    files = [
        table(*(row(f"{number}/2567") for number in range(1, 7))),
        table(*(row(f"{number}/2567", premises="อื่น") for number in range(4, 10))),
        table(*(row(f"{number}/2567") for number in range(6, 0, -1))),
    ]
    reports: list[Report] = []
    raised = race(register, *(lambda own, body=body: reports.append(publish(own, submission(body))) for body in files))
    assert raised == []
    assert sum(report.counts["new"] for report in reports) == 9
    assert all(sum(report.counts.values()) == 6 for report in reports)
    with register.database.reading() as session:
        assert len(session.scalars(select(LicenseRow)).all()) == 9
        places = session.execute(
            select(CredentialRow.authority_id, CredentialRow.list_number, CredentialRow.list_index)
        ).all()
        assert len(set(places)) == len(places)
    # One that was outrun is compared anew, as another batch.
    states = [batch.state for batch in batches(register)]
    assert sorted(state for state in states if state != "discarded") == ["published"] * 3
    for number in range(1, 10):
        *old, new = credentials(register, f"{number}/2567")
        assert verdict(register, new.body).exit_code == 0
        assert all(verdict(register, item.body).in_force.code == "withdrawn" for item in old)


def test_the_same_file_twice_at_the_same_moment(register: Register) -> None:
    """One of the two is told so, or finds that nothing is left to do; the licences are there once."""
    body = table(*(row(f"{number}/2567") for number in range(1, 7)))
    reports: list[Report] = []
    raised = race(register, *(lambda own: reports.append(publish(own, submission(body))),) * 2)
    assert len(reports) + len(raised) == 2
    assert all(isinstance(error, BatchRefused) and "discarded" in str(error) for error in raised)
    assert sorted(report.counts["new"] for report in reports)[-1] == 6
    assert sum(report.counts["new"] for report in reports) == 6
    sizes = table_sizes(register)
    assert (sizes["license"], sizes["license_version"], sizes["credential"], sizes["act"]) == (6, 6, 6, 6)
    assert publish(register, submission(body)).counts["unchanged"] == 6


def test_officers_and_files_and_refreshing_do_not_meet(register: Register, clock: Clock) -> None:
    """A decision that is recorded while a file is published, and lists are renewed, is in the lists afterwards."""
    from registry.services import Decision, perform, refresh
    from tests.registry.small import iri

    numbers = [f"{number}/2567" for number in range(1, 5)]
    clock.pass_by(days=-3)
    send(register, *(row(number) for number in numbers))
    clock.pass_by(days=3)

    def decide(own: Register) -> None:
        for number in numbers[:2]:
            perform(own, iri(number), Decision(kind=ActKind.REVOKE, on=TODAY, order="1", reason="x"))

    def renew(own: Register) -> None:
        for number in reversed(numbers[2:]):
            from vocab.license import Term

            perform(
                own,
                iri(number),
                Decision(kind=ActKind.RENEW, on=TODAY, term=Term(expires_on=date(2029, 1, 1)), order="1", reason="x"),
            )

    body = table(*(row(f"{number}/2567") for number in range(5, 9)))
    raised = race(register, decide, lambda own: publish(own, submission(body)), refresh, renew, refresh)
    assert raised == []
    for number in numbers[:2]:
        assert verdict(register, current_credential(register, number)).in_force.code == "withdrawn"
    for number in numbers[2:]:
        assert find(register, number).license.term.expires_on == date(2029, 1, 1)
        assert verdict(register, current_credential(register, number)).exit_code == 0
    assert verdict(register, current_credential(register, "8/2567")).exit_code == 0


def test_aliases_once_public_stay(register: Register) -> None:
    send(register, row("1/2567", aliases="กท 5;กท 6"))
    send(register, row("1/2567", aliases="กท 6;กท 7"))
    assert table_sizes(register)["alias"] == 3
    assert find(register, "1/2567").license.aliases == ("กท 6", "กท 7")


def test_an_authority_publishes_under_its_own_name_only(register: Register) -> None:
    """The code that it had before is no second authority."""
    with pytest.raises(MandateMissing):
        send(register, row("1/2567"), authority="lao-05480115")
