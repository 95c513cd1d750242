"""Harvesting: what is due is fetched, compared and published, by one worker or several, whatever the host does."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import select

from registry.exchange.deliveries import deliver_due
from registry.exchange.harvest import FIRST_RETRY, LEASE, LONGEST_RETRY, file_name, harvest_due, is_page
from registry.exchange.sources import Source, add_source, remove_source, sources
from registry.exchange.webhooks import new_webhook
from registry.intake.batch import BatchState, Holds
from registry.intake.publish import publish_batch
from registry.intake.undo import undo_batch
from registry.mappings import save_mapping
from registry.register import Register
from registry.tables import AuthorityRow, BatchRow, DeliveryRow, LicenseTypeRow, ReceivedFileRow, SourceRow
from tests.local_server import LocalServer, Request, Told, local_server
from tests.registry.commands import Run
from tests.registry.small import BASE, FOOD, MAPPING, TOWN, Clock, find, open_small, row, table
from tests.registry.worker import finish, start
from verify.fetch import Fetcher, Reply

LOCAL = Fetcher(allow_loopback=True)
DAY = timedelta(days=1)
FIRST = [row(f"{number}/2567") for number in range(1, 41)]
MODIFIED = "Sat, 21 Nov 2026 05:00:00 GMT"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as found:
        found.answers["/list.csv"] = listed(*FIRST)
        yield found


@pytest.fixture
def source(register: Register, server: LocalServer) -> Source:
    """A source that is due, with a mapping."""
    return a_source(register, server)


def listed(*rows: dict[str, str], **headers: str) -> Told:
    return Told(200, table(*rows), tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def a_source(register: Register, server: LocalServer, path: str = "/list.csv", name: str = "shops") -> Source:
    with register.database.writing() as session:
        authority_id = session.scalars(select(AuthorityRow.id).where(AuthorityRow.code == TOWN)).one()
        type_id = session.scalars(select(LicenseTypeRow.id).where(LicenseTypeRow.code == FOOD)).one()
        save_mapping(session, authority_id, type_id, name, MAPPING, register.now())
    return add_source(register, authority=TOWN, license_type=FOOD, name=name, url=server.url(path))


def harvest(register: Register) -> list[Source]:
    return list(harvest_due(register, LOCAL))


def one(register: Register) -> Source:
    (done,) = harvest(register)
    return done


def harvest_of(register: Register, source: Source) -> str:
    (done,) = harvest_due(register, LOCAL, source_id=source.id)
    return done.outcome.code


def batches(register: Register) -> list[BatchRow]:
    with register.database.reading() as session:
        return list(session.scalars(select(BatchRow).order_by(BatchRow.id)))


def row_of(register: Register) -> SourceRow:
    with register.database.reading() as session:
        return session.scalars(select(SourceRow)).one()


def other_worker(register: Register, clock: Clock, seed: str = "other") -> Register:
    return open_small(register.database.engine.url.render_as_string(hide_password=False), seed, clock)


def test_a_list_is_fetched_and_published(register: Register, server: LocalServer, source: Source) -> None:
    done = one(register)
    (batch,) = batches(register)
    assert (done.outcome.code, done.batch, done.needs_person, done.failures) == ("published", batch.id, False, 0)
    assert (batch.state, batch.source, batch.file_name, batch.holds) == ("published", "shops", "list.csv", "all")
    assert batch.counts["new"] == 40
    assert find(register, "40/2567").license.number == "40/2567"
    assert (done.checked_at, done.next_at) == (register.now(), register.now() + DAY)
    with register.database.reading() as session:
        assert session.get(ReceivedFileRow, batch.file_sha256) is not None
    assert harvest(register) == [], "it is not due"
    assert server.asked == ["/list.csv"]


def test_only_what_changed_is_published_the_next_day(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    one(register)
    clock.pass_by(days=1)
    server.answers["/list.csv"] = listed(*FIRST[1:], row("41/2567"), row("42/2567"))
    done = one(register)
    assert done.outcome.code == "published"
    counts = batches(register)[-1].counts
    assert (counts["new"], counts["unchanged"], counts["missing"]) == (2, 39, 1)
    assert find(register, "1/2567").record_status == "stale"


def test_the_same_file_again_writes_nothing_but_that_it_was_looked_at(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    first = one(register)
    clock.pass_by(days=1)
    again = one(register)
    assert (again.outcome.code, again.batch, again.checked_at) == ("unchanged", first.batch, register.now())
    assert len(batches(register)) == 1
    assert len(server.requests) == 2


def test_the_host_is_asked_only_for_what_is_new(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    def answer(request: Request) -> Told:
        is_known = (request.headers.get("if-none-match"), request.headers.get("if-modified-since")) == ('"7"', MODIFIED)
        return Told(304) if is_known else listed(*FIRST, ETag='"7"', Last_Modified=MODIFIED)

    server.answers["/list.csv"] = answer
    one(register)
    assert "if-none-match" not in server.requests[0].headers
    clock.pass_by(days=1)
    assert one(register).outcome.code == "unchanged"
    assert len(batches(register)) == 1
    assert (row_of(register).etag, row_of(register).last_modified) == ('"7"', MODIFIED)


def test_what_is_suspicious_waits_for_a_person(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    one(register)
    new_webhook(register, TOWN, server.url("/hook"))
    clock.pass_by(days=1)
    server.answers["/list.csv"] = listed(*FIRST[:20])
    waiting = one(register)
    assert (waiting.outcome.code, waiting.outcome.details["suspicions"], waiting.needs_person) == (
        "waits",
        "missing",
        True,
    )
    assert find(register, "40/2567").record_status == "published"
    with register.database.reading() as session:
        assert '"batch.staged"' in session.scalars(select(DeliveryRow.body)).one()
    clock.pass_by(days=1)
    assert one(register).outcome.code == "still-waits", "the same bytes are not staged again"
    assert waiting.batch is not None
    publish_batch(register, waiting.batch, accept=["missing"])
    assert find(register, "40/2567").record_status == "stale"
    (listed_now,) = sources(register)
    assert (listed_now.outcome.code, listed_now.needs_person) == ("unchanged", False)


def test_what_a_person_decided_is_told(register: Register, server: LocalServer, source: Source, clock: Clock) -> None:
    one(register)
    clock.pass_by(days=1)
    server.answers["/list.csv"] = listed(*FIRST[:20])
    batch = one(register).batch
    assert batch is not None
    publish_batch(register, batch, accept=["missing"])
    (told,) = sources(register)
    assert (told.outcome.code, told.outcome.details) == ("settled", {"batch": str(batch), "state": "published"})


def test_a_newer_file_takes_the_place_of_one_that_waits(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    one(register)
    clock.pass_by(days=1)
    server.answers["/list.csv"] = listed(*FIRST[:20])
    one(register)
    clock.pass_by(days=1)
    server.answers["/list.csv"] = listed(*FIRST, row("41/2567"))
    assert one(register).outcome.code == "published"
    assert [batch.state for batch in batches(register)] == ["published", "discarded", "published"]


def test_a_batch_that_a_person_took_back_is_not_published_again(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    batch = one(register).batch
    assert batch is not None
    undo_batch(register, batch)
    clock.pass_by(days=1)
    assert one(register).outcome.code == "unchanged"
    assert [each.state for each in batches(register)] == [BatchState.UNDONE]
    assert harvest_of(register, source) == "published", "but for who asks for it"


def test_a_part_says_nothing_about_what_is_not_in_it(register: Register, server: LocalServer, clock: Clock) -> None:
    a_source(register, server)
    one(register)
    remove_source(register, "shops")
    server.answers["/new.csv"] = listed(row("41/2567"))
    add_source(register, authority=TOWN, license_type=FOOD, name="shops", url=server.url("/new.csv"), holds=Holds.PART)
    assert one(register).outcome.code == "published"
    assert find(register, "1/2567").record_status == "published"


PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html><html><head><title>\nSign in \xe0\xb8\x82 - Accounts</title></head>"


@pytest.mark.parametrize(
    ("told", "code", "word"),
    [
        (Told(200, PAGE), "page", "Sign in ข - Accounts"),
        (Told(200, b"<HTML><body>moved", (("Content-Type", "text/html"),)), "page", ""),
        (Told(200, b"<p>login</p>", (("Content-Type", "text/html; charset=utf-8"),)), "page", ""),
        (Told(401), "not-public", "401"),
        (Told(403), "not-public", "403"),
        (Told(404), "not-there", "404"),
        (Told(410), "not-there", "410"),
        (Told(429), "busy", "429"),
        (Told(503), "busy", "503"),
        (Told(204), "strange", "204"),
        (Told(302), "strange", "302"),
        (
            Told(302, headers=(("Location", "https://accounts.google.com/v3/signin"),)),
            "not-public",
            "accounts.google.com",
        ),
        (Told(302, headers=(("Location", "https://cdn.example/list.csv"),)), "elsewhere", "cdn.example"),
        (Told(302, headers=(("Location", "/list.csv"),)), "not-fetched", "redirects more than"),
        (Told(200, b"half", length=1000), "not-fetched", "hung up"),
        (Told(200, b"\x1f\x8b", (("Content-Encoding", "gzip"),)), "not-fetched", "gzip"),
        (Told(200, b""), "unusable", "empty"),
        (Told(200, b"a,b\n1,2\n"), "columns-missing", "number"),
    ],
)
def test_what_is_no_list_is_said_in_words_and_changes_nothing(
    sqlite_register: Register, server: LocalServer, clock: Clock, told: Told, code: str, word: str
) -> None:
    register = sqlite_register
    a_source(register, server)
    one(register)
    clock.pass_by(days=1)
    server.answers["/list.csv"] = told
    failed = one(register)
    assert (failed.outcome.code, failed.failures, failed.needs_person) == (code, 1, True)
    assert word in " ".join(failed.outcome.details.values())
    assert failed.next_at == register.now() + FIRST_RETRY
    assert [batch.state for batch in batches(register) if batch.state != BatchState.DISCARDED] == ["published"]
    assert find(register, "1/2567").record_status == "published"
    server.answers["/list.csv"] = listed(*FIRST, row("41/2567"))
    clock.pass_by(minutes=5)
    assert (one(register).outcome.code, row_of(register).failures) == ("published", 0)


def test_failures_are_tried_again_less_and_less_often(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/list.csv"] = Told(503)
    waits = []
    for _ in range(12):
        failed = one(register)
        waits.append(failed.next_at - register.now())
        clock.now = failed.next_at
    assert waits[:4] == [FIRST_RETRY * factor for factor in (1, 2, 4, 8)]
    assert waits[-1] == LONGEST_RETRY
    assert row_of(register).failures == 12
    with register.database.reading() as session:
        (body,) = session.scalars(select(DeliveryRow.body))
    assert '"harvest.failed"' in body, "told once, when it began"
    assert '"failure":"busy"' in body


def test_a_host_that_is_not_there_is_told_in_words(register: Register, server: LocalServer) -> None:
    with local_server() as gone:
        a_source(register, gone)
    failed = one(register)
    assert failed.outcome.code == "not-fetched"
    assert "refused the connection" in failed.outcome.details["words"]


def test_a_private_address_is_not_fetched(register: Register, server: LocalServer, source: Source) -> None:
    (failed,) = harvest_due(register, Fetcher())
    assert failed.outcome.code == "not-fetched"
    assert server.requests == []


def test_a_source_without_a_mapping_says_so_without_its_headings(register: Register, server: LocalServer) -> None:
    """What stands where headings are looked for may be a row of the list, with somebody's name in it."""
    new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/other.csv"] = Told(200, "1/2567,นายสมชาย ใจดี\n2/2567,นางสมศรี ใจดี\n".encode())
    add_source(register, authority=TOWN, license_type=FOOD, name="no mapping", url=server.url("/other.csv"))
    failed = one(register)
    assert (failed.outcome.code, failed.outcome.details) == ("mapping-unfit", {})
    assert batches(register) == []
    assert "สมชาย" not in row_of(register).outcome + told_to_webhooks(register)


def test_a_list_whose_columns_are_others_says_only_what_its_mapping_names(
    register: Register, server: LocalServer, source: Source
) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/list.csv"] = Told(200, "number,licensee,นายสมชาย ใจดี\n1/2567,ก,ข\n".encode())
    failed = one(register)
    assert failed.outcome.code == "columns-missing"
    assert "expires_on" in failed.outcome.details["columns"]
    assert "สมชาย" not in row_of(register).outcome + told_to_webhooks(register)
    assert "expires_on" in told_to_webhooks(register)


def told_to_webhooks(register: Register) -> str:
    with register.database.reading() as session:
        return "".join(session.scalars(select(DeliveryRow.body)))


def test_a_fault_of_ours_is_written_down_and_raised(
    register: Register, server: LocalServer, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    with monkeypatch.context() as patch:
        patch.setattr("registry.exchange.harvest.publish_batch", broken)
        with pytest.raises(ZeroDivisionError):
            harvest(register)
    (told,) = sources(register)
    assert (told.outcome.code, told.outcome.details) == ("fault", {"words": "ZeroDivisionError"})
    assert row_of(register).lease == ""


def test_one_source_alone_due_or_not(register: Register, server: LocalServer, source: Source) -> None:
    other = a_source(register, server, "/list.csv", "second")
    one_of_two = list(harvest_due(register, LOCAL, source_id=other.id))
    assert [done.name for done in one_of_two] == ["second"]
    assert harvest_of(register, other) == "published", "somebody asked for it"
    assert [batch.counts["new"] for batch in batches(register)] == [40, 0]
    assert list(harvest_due(register, LOCAL, is_stopped=lambda: True)) == []


def test_the_longest_due_comes_first(register: Register, server: LocalServer, source: Source, clock: Clock) -> None:
    clock.pass_by(minutes=1)
    a_source(register, server, "/list.csv", "second")
    assert [done.name for done in harvest(register)] == ["shops", "second"]


def test_several_workers_fetch_each_source_once(register: Register, server: LocalServer, clock: Clock) -> None:
    for number in range(4):
        server.answers[f"/{number}.csv"] = listed(row(f"{number + 1}/2567"))
        a_source(register, server, f"/{number}.csv", f"list {number}")
    workers = [other_worker(register, clock, f"worker {number}") for number in range(3)]
    together = Barrier(len(workers))

    def work(worker: Register) -> int:
        together.wait(60)
        return len(harvest(worker))

    with ThreadPoolExecutor(len(workers)) as pool:
        counts = list(pool.map(work, workers))
    for worker in workers:
        worker.database.close()
    assert sum(counts) == 4
    assert sorted(server.asked) == [f"/{number}.csv" for number in range(4)]
    assert [batch.counts["new"] for batch in batches(register) if batch.state == "published"] == [1] * 4


def test_a_worker_whose_lease_ran_out_writes_nothing_down(
    register: Register, server: LocalServer, source: Source, clock: Clock
) -> None:
    other = other_worker(register, clock)

    def slowly(request: Request) -> Told:
        server.answers["/list.csv"] = listed(*FIRST)
        clock.pass_by(seconds=LEASE.total_seconds() + 1)
        assert [done.outcome.code for done in harvest(other)] == ["published"]
        return Told(503)

    server.answers["/list.csv"] = slowly
    assert harvest(register) == []
    other.database.close()
    assert (sources(register)[0].outcome.code, row_of(register).failures) == ("published", 0)


def test_a_source_that_is_removed_meanwhile_is_not_published(
    register: Register, server: LocalServer, source: Source
) -> None:
    def removed(request: Request) -> Told:
        remove_source(register, "shops")
        return listed(*FIRST)

    server.answers["/list.csv"] = removed
    assert harvest(register) == []
    assert batches(register) == []


@pytest.mark.parametrize(
    ("dies_at", "left"),
    [
        ("registry.exchange.harvest:publish_list", []),
        ("registry.exchange.harvest:publish_batch", ["staged"]),
        ("registry.exchange.harvest:_note", ["published"]),
    ],
)
def test_a_worker_that_is_killed_leaves_nothing_half_done(
    register: Register, server: LocalServer, source: Source, clock: Clock, tmp_path: Path, dies_at: str, left: list[str]
) -> None:
    killed = start(register, tmp_path, clock.now, "harvest", "--once", dies_at=dies_at)
    code, _, errors = finish(killed)
    assert code == -signal.SIGKILL, errors
    assert [batch.state for batch in batches(register)] == left
    assert harvest(register) == [], "its lease holds"
    clock.pass_by(seconds=LEASE.total_seconds())
    done = one(register)
    assert done.outcome.code == ("unchanged" if left == ["published"] else "published")
    assert [batch.state for batch in batches(register) if batch.state != BatchState.DISCARDED] == ["published"]
    assert done.batch == batches(register)[-1].id
    assert find(register, "40/2567").version == 1
    clock.pass_by(days=1)
    assert one(register).outcome.code == "unchanged"


def test_a_worker_harvests_delivers_and_ends_with_a_signal(
    sqlite_register: Register, server: LocalServer, clock: Clock, tmp_path: Path
) -> None:
    a_source(sqlite_register, server)
    new_webhook(sqlite_register, TOWN, server.url("/hook"))
    told = Event()

    def hook(request: Request) -> Told:
        told.set()
        return Told(204)

    server.answers["/hook"] = hook
    worker = start(sqlite_register, tmp_path, clock.now, "harvest", "--every", "3600")
    assert told.wait(120)
    worker.send_signal(signal.SIGTERM)
    code, output, errors = finish(worker)
    assert (code, errors) == (0, "")
    assert output == f"shops ({TOWN} {FOOD}): Batch 1 was published.\n"
    assert b'"batch.published"' in server.requests[-1].body


def test_webhooks_are_told_in_both_languages_what_failed(
    register: Register, server: LocalServer, source: Source
) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    server.answers |= {"/list.csv": Told(404), "/hook": Told(204)}
    one(register)
    assert deliver_due(register, LOCAL) == 1
    body = server.requests[-1].body.decode()
    assert "There is nothing at this address" in body
    assert "ไม่มีไฟล์ที่ที่อยู่นี้" in body


@pytest.mark.parametrize(
    ("header", "url", "name"),
    [
        ('attachment; filename="list.xlsx"', "https://x.example/d?id=1", "list.xlsx"),
        ("attachment; filename=list.csv", "https://x.example/d", "list.csv"),
        ("attachment; filename*=UTF-8''%E0%B8%81.xlsx", "https://x.example/d", "ก.xlsx"),
        ('attachment; filename="../../etc/passwd"', "https://x.example/d", "passwd"),
        ('attachment; filename="C:\\\\x\\\\list.xls"', "https://x.example/d", "list.xls"),
        ('attachment; filename="a\u202eslx.exe"', "https://x.example/d", "aslx.exe"),
        ("", "https://x.example/a/%E0%B8%81.csv?x=/y", "ก.csv"),
        ("", "https://x.example/", "the source"),
        ("nonsense;;=", "https://x.example/", "the source"),
        ("attachment", "https://x.example/..%2f..%2fetc", "etc"),
        ('attachment; filename="' + "x" * 300 + '.csv"', "https://x.example/", "x" * 196 + ".csv"),
    ],
)
def test_a_file_is_called_as_its_host_or_its_address_says(header: str, url: str, name: str) -> None:
    assert file_name(Reply(url, 200, {"content-disposition": header}), "the source") == name


@pytest.mark.parametrize("body", [b"a,b\n1,2\n", b"PK\x03\x04", b"\xff\xfea\x00", b"{}", b"", b"number<html>"])
def test_a_list_is_no_page_whatever_its_host_calls_it(body: bytes) -> None:
    assert not is_page(body, "text/html")


def test_the_commands(ready: Run) -> None:
    added = ready(
        *("source", "add", "shops", "https://agency.example/list.csv", "--authority", TOWN, "--type", FOOD),
        *("--every", "60", "--host", "*.cdn.example"),
    )
    line = (
        f"1  shops  {TOWN} {FOOD}  https://agency.example/list.csv, may redirect to *.cdn.example\n"
        "  every 60 minutes, next 2026-11-21T05:00:00Z: Not fetched yet.\n"
    )
    assert added[:2] == (0, line)
    assert f"license-registry map FILE --authority {TOWN} --type {FOOD} --source 'shops' --save" in added[2]
    assert ready("source", "list", "--authority", TOWN)[1] == line
    for refused in (
        ("add", "shops", "https://agency.example/", "--authority", TOWN, "--type", FOOD),
        ("add", "x", "https://drive.google.com/drive/folders/1AbCdEfGhIjKlMnOp", "--authority", TOWN, "--type", FOOD),
        ("remove", "nothing"),
    ):
        code, output, errors = ready("source", *refused)
        assert (code, output) == (2, "")
        assert errors.startswith("license-registry: ")
    assert ready("source", "remove", "shops")[1] == f"Source 1 (shops) of {TOWN} is removed\n"
    assert ready("source", "list")[1] == ""
    assert ready("harvest", "--once") == (0, "", "")


def test_the_harvest_command_says_what_became_of_it(
    ready: Run, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.cli.harvest.Fetcher", lambda: replace(LOCAL))
    assert ready("source", "add", "shops", server.url("/list.csv"), "--authority", TOWN, "--type", FOOD)[0] == 0
    server.answers["/list.csv"] = Told(403)
    code, output, _ = ready("harvest", "--source", "shops")
    assert code == 1
    assert output.startswith(f"shops ({TOWN} {FOOD}): The address asks for a login")
    assert "(1 failures in a row)" in ready("source", "list")[1]
    server.answers["/list.csv"] = listed(*FIRST)
    code, output, _ = ready("harvest", "--source", "1")
    assert (code, output) == (0, f"shops ({TOWN} {FOOD}): Batch 2 was published.\n")
    assert ready("harvest", "--source", "nothing")[0] == 2
    assert BASE in ready("show", "40/2567")[1]
