"""Webhooks: queued with what they tell, signed so that others' software accepts it, tried again, given up."""

import base64
import json
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from registry.exchange.deliveries import LEASE, LIFE, WAITS, deliver_due
from registry.exchange.webhooks import (
    Event,
    NoSuchWebhook,
    WebhookRefused,
    announce,
    new_webhook,
    remove_webhook,
    webhooks,
)
from registry.grantors import NoSuchAuthority
from registry.register import Register
from registry.tables import AuthorityRow, BatchRow, DeliveryRow, LicenseTypeRow, ReceivedFileRow, WebhookRow
from tests.local_server import LocalServer, Request, Told, local_server
from tests.registry.commands import Run
from tests.registry.small import BASE, DEPARTMENT, FOOD, TOWN, Clock, open_small
from tests.registry.worker import finish, start
from verify.fetch import Fetcher

LOCAL = Fetcher(allow_loopback=True)
SUSPICIONS = {"missing": {"missing": "7", "of": "100"}}


@pytest.fixture
def clock() -> Clock:
    # The receiver's library compares with this machine's clock.
    return Clock(datetime.now(UTC))


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as found:
        found.answers["/hook"] = Told(204)
        yield found


def a_batch(
    register: Register, event: Event = Event.PUBLISHED, *, suspicions: object = SUSPICIONS, fail: bool = False
) -> int:
    """A batch of the town, announced in the transaction that makes it."""
    with register.database.writing() as session:
        session.merge(ReceivedFileRow(sha256="0" * 64, body=b"", received_at=register.now()))
        row = BatchRow(
            authority_id=session.scalars(select(AuthorityRow.id).where(AuthorityRow.code == TOWN)).one(),
            type_id=session.scalars(select(LicenseTypeRow.id).where(LicenseTypeRow.code == FOOD)).one(),
            file_sha256="0" * 64,
            file_name="รายชื่อ.xlsx",
            mapping="",
            state="staged",
            received_at=register.now(),
            published_at=None,
            undone_at=None,
            counts={"new": 3, "rejected": 1},
            suspicions=json.dumps(suspicions),
        )
        session.add(row)
        session.flush()
        announce(session, register, row, event)
        if fail:
            raise RuntimeError
        return row.id


def deliveries(register: Register) -> list[DeliveryRow]:
    with register.database.reading() as session:
        return list(session.scalars(select(DeliveryRow).order_by(DeliveryRow.id)))


def received(server: LocalServer, secret: str) -> list[Any]:
    """What the receiver's own software makes of what came."""
    return [Receiver(secret).verify(request.body, dict(request.headers)) for request in server.requests]


def test_the_receivers_library_accepts_what_is_sent(register: Register, server: LocalServer) -> None:
    made, secret = new_webhook(register, TOWN, server.url("/hook"))
    batch = a_batch(register)
    assert server.requests == []
    assert deliver_due(register, LOCAL) == 1
    (message,) = received(server, secret)
    assert message == {
        "type": "batch.published",
        "timestamp": register.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {
            "batch": batch,
            "authority": TOWN,
            "type": FOOD,
            "source": "",
            "file": "รายชื่อ.xlsx",
            "counts": {"new": 3, "rejected": 1},
            "suspicions": SUSPICIONS,
            "link": f"{BASE}/api/v1/batches/{batch}",
        },
    }
    assert server.requests[0].headers["content-type"] == "application/json"
    assert deliver_due(register, LOCAL) == 0
    (told,) = webhooks(register, TOWN)
    assert (told.id, told.waiting, told.given_up, told.last_answer) == (made.id, 0, 0, "answered 204")


def test_an_altered_message_or_another_secret_is_not_accepted(register: Register, server: LocalServer) -> None:
    _, secret = new_webhook(register, TOWN, server.url("/hook"))
    _, other = new_webhook(register, DEPARTMENT, server.url("/other"))
    a_batch(register)
    deliver_due(register, LOCAL)
    (request,) = server.requests
    headers = dict(request.headers)
    for body, each, key in (
        (request.body + b" ", headers, secret),
        (request.body, {**headers, "webhook-id": "msg_0"}, secret),
        (request.body, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}, secret),
        (request.body, headers, other),
    ):
        with pytest.raises(WebhookVerificationError):
            Receiver(key).verify(body, each)


def test_the_secret_is_256_random_bits_and_nowhere_in_the_database(register: Register, server: LocalServer) -> None:
    (_, first), (_, second) = (new_webhook(register, TOWN, server.url("/hook")) for _ in range(2))
    assert first != second
    assert first.startswith("whsec_")
    secret = base64.b64decode(first.removeprefix("whsec_"), validate=True)
    assert len(secret) == 32
    with register.database.reading() as session:
        assert all(secret not in sealed for sealed in session.scalars(select(WebhookRow.sealed)))


def test_what_was_rolled_back_is_not_told(register: Register, server: LocalServer) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    with pytest.raises(RuntimeError):
        a_batch(register, fail=True)
    assert deliveries(register) == []


def test_a_staged_batch_is_told_of_where_it_waits_for_a_person(register: Register, server: LocalServer) -> None:
    _, secret = new_webhook(register, TOWN, server.url("/hook"))
    a_batch(register, Event.STAGED, suspicions={})
    assert deliveries(register) == []
    a_batch(register, Event.STAGED)
    deliver_due(register, LOCAL)
    assert [message["type"] for message in received(server, secret)] == ["batch.staged"]


def test_only_the_authoritys_webhooks_are_told_and_each_of_them(register: Register, server: LocalServer) -> None:
    server.answers["/second"] = Told(200)
    new_webhook(register, TOWN, server.url("/hook"))
    new_webhook(register, TOWN, server.url("/second"))
    new_webhook(register, DEPARTMENT, server.url("/department"))
    gone, _ = new_webhook(register, TOWN, server.url("/gone"))
    remove_webhook(register, gone.id)
    a_batch(register)
    assert deliver_due(register, LOCAL) == 2
    assert sorted(server.asked) == ["/hook", "/second"]
    assert len({request.headers["webhook-id"] for request in server.requests}) == 2


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_what_is_not_received_is_sent_again_for_three_days_and_then_given_up(
    register: Register, server: LocalServer, clock: Clock, status: int
) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/hook"] = Told(status, headers=(("Location", "/elsewhere"),))
    a_batch(register)
    begun, at = clock.now, []
    while (row := deliveries(register)[0]).next_at is not None:
        clock.now = row.next_at
        at.append(int(server.requests[-1].headers["webhook-timestamp"]) if server.requests else 0)
        assert deliver_due(register, LOCAL) == 0
    sent = [int(request.headers["webhook-timestamp"]) - int(begun.timestamp()) for request in server.requests]
    assert sent == [int(sum(WAITS[:count], timedelta()).total_seconds()) for count in range(len(WAITS) + 1)]
    assert sent[-1] == 75 * 3600 + 35 * 60 + 5
    assert len({request.headers["webhook-id"] for request in server.requests}) == 1
    assert set(server.asked) == {"/hook"}
    (told,) = webhooks(register)
    assert (told.waiting, told.given_up, told.last_answer) == (0, 1, f"answered {status}")
    clock.pass_by(days=30)
    deliver_due(register, LOCAL)
    assert len(server.requests) == len(WAITS) + 1


def test_it_is_received_at_a_later_attempt(register: Register, server: LocalServer, clock: Clock) -> None:
    _, secret = new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/hook"] = Told(500)
    a_batch(register)
    assert deliver_due(register, LOCAL) == 0
    server.answers["/hook"] = Told(200)
    assert deliver_due(register, LOCAL) == 0, "not yet"
    clock.pass_by(seconds=5)
    assert deliver_due(register, LOCAL) == 1
    assert len(received(server, secret)) == 2
    (row,) = deliveries(register)
    assert (row.attempts, row.delivered_at, row.given_up_at, row.next_at) == (2, register.now(), None, None)


def test_gone_removes_the_webhook_and_what_waits_for_it(register: Register, server: LocalServer, clock: Clock) -> None:
    made, _ = new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/hook"] = Told(410)
    a_batch(register)
    a_batch(register)
    deliver_due(register, LOCAL)
    assert server.asked == ["/hook"]
    (told,) = webhooks(register)
    assert (told.removed_at, told.waiting, told.given_up) == (register.now(), 0, 2)
    assert "410" in told.last_answer
    with register.database.reading() as session:
        assert session.get_one(WebhookRow, made.id).sealed == b"", "the secret is destroyed"
    a_batch(register)
    assert len(deliveries(register)) == 2


def test_removing_gives_up_what_waits(register: Register, server: LocalServer) -> None:
    made, _ = new_webhook(register, TOWN, server.url("/hook"))
    a_batch(register)
    first = remove_webhook(register, made.id)
    assert (first.waiting, first.given_up) == (0, 1)
    assert remove_webhook(register, made.id) == first
    assert deliver_due(register, LOCAL) == 0
    assert server.requests == []
    with pytest.raises(NoSuchWebhook, match="webhook list"):
        remove_webhook(register, 99)


def test_a_host_that_does_not_answer_is_asked_once_for_all_its_messages(
    register: Register, server: LocalServer, clock: Clock
) -> None:
    with local_server() as dead:
        gone = dead.url("/hook")
    new_webhook(register, TOWN, gone)
    for _ in range(3):
        a_batch(register)
    deliver_due(register, LOCAL)
    assert [row.attempts for row in deliveries(register)] == [1, 0, 0]
    assert {row.next_at for row in deliveries(register)} == {clock.now.replace(microsecond=0) + WAITS[0]}
    assert "refused the connection" in webhooks(register)[0].last_answer


def test_a_message_that_is_never_taken_does_not_hold_up_the_others(register: Register, server: LocalServer) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/hook"] = lambda request: Told(500 if b"batch.undone" in request.body else 200)
    a_batch(register, Event.UNDONE)
    a_batch(register)
    assert deliver_due(register, LOCAL) == 1
    assert [row.delivered_at is not None for row in deliveries(register)] == [False, True]


def test_a_message_that_was_never_tried_is_tried_once_however_old(
    register: Register, server: LocalServer, clock: Clock
) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    server.answers["/hook"] = Told(500)
    a_batch(register)
    clock.pass_by(seconds=LIFE.total_seconds() + 1)
    deliver_due(register, LOCAL)
    assert len(server.requests) == 1
    assert deliveries(register)[0].given_up_at == register.now()


@pytest.mark.parametrize("url", ["https://127.0.0.1/hook", "https://10.0.0.5/", "http://localhost:9/hook"])
def test_a_private_address_is_never_posted_to(register: Register, url: str) -> None:
    new_webhook(register, TOWN, url)
    a_batch(register)
    assert deliver_due(register, Fetcher()) == 0
    (row,) = deliveries(register)
    assert row.attempts == 1
    assert "public" in row.answer or "only https" in row.answer


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "hook",
            "ftp://example.org/",
            "http://example.org/",
            "https://",
            "https://u:p@example.org/",
            "https://[::1",
        ),
        *(
            "https://example.org/#x",
            "https://example.org/ x",
            "https://example.org/\x00",
            "https://อ.example/",
            "https://x:99999/",
        ),
        "https://example.org/" + "x" * 2000,
    ],
)
def test_what_cannot_be_an_address_is_refused(sqlite_register: Register, url: str) -> None:
    with pytest.raises(WebhookRefused, match=r"got|address"):
        new_webhook(sqlite_register, TOWN, url)
    assert webhooks(sqlite_register) == []


def test_an_unknown_authority_is_refused(sqlite_register: Register) -> None:
    with pytest.raises(NoSuchAuthority):
        new_webhook(sqlite_register, "lao-00000000", "https://example.org/")
    with pytest.raises(NoSuchAuthority):
        webhooks(sqlite_register, "lao-00000000")


def test_a_secret_cannot_be_put_under_another_webhook(register: Register, server: LocalServer) -> None:
    mine, _ = new_webhook(register, TOWN, server.url("/hook"))
    theirs, _ = new_webhook(register, DEPARTMENT, server.url("/department"))
    with register.database.writing() as session:
        session.get_one(WebhookRow, mine.id).sealed = session.get_one(WebhookRow, theirs.id).sealed
    a_batch(register)
    deliver_due(register, LOCAL)
    assert server.requests == []
    assert "cannot be signed" in webhooks(register, TOWN)[0].last_answer


def test_two_workers_deliver_each_message_once(register: Register, server: LocalServer, clock: Clock) -> None:
    new_webhook(register, TOWN, server.url("/hook"))
    for _ in range(12):
        a_batch(register)
    url = register.database.engine.url.render_as_string(hide_password=False)
    workers = [open_small(url, f"worker {number}", clock) for number in range(3)]
    together = threading.Barrier(len(workers))

    def work(worker: Register) -> int:
        together.wait(60)
        return deliver_due(worker, LOCAL)

    with ThreadPoolExecutor(len(workers)) as pool:
        counts = list(pool.map(work, workers))
    for worker in workers:
        worker.database.close()
    assert sum(counts) == 12
    assert len({request.headers["webhook-id"] for request in server.requests}) == len(server.requests) == 12


def test_a_worker_whose_lease_ran_out_has_nothing_to_say(register: Register, server: LocalServer, clock: Clock) -> None:
    """It was slow; another one delivered meanwhile."""
    new_webhook(register, TOWN, server.url("/hook"))
    other = open_small(register.database.engine.url.render_as_string(hide_password=False), "other", clock)

    def slowly(request: Request) -> Told:
        server.answers["/hook"] = Told(200)
        clock.pass_by(seconds=LEASE.total_seconds() + 1)
        assert deliver_due(other, LOCAL) == 1
        return Told(500)

    server.answers["/hook"] = slowly
    a_batch(register)
    assert deliver_due(register, LOCAL) == 0
    other.database.close()
    (row,) = deliveries(register)
    assert (row.attempts, row.answer, row.lease) == (1, "answered 200", "")


def test_a_worker_killed_after_a_delivery_leaves_it_to_another(
    register: Register, server: LocalServer, clock: Clock, tmp_path: Path
) -> None:
    _, secret = new_webhook(register, TOWN, server.url("/hook"))
    a_batch(register)
    killed = start(
        register, tmp_path, clock.now, "webhook", "deliver", "--once", dies_at="registry.exchange.deliveries:_note"
    )
    assert finish(killed)[0] == -signal.SIGKILL
    assert len(server.requests) == 1
    assert deliver_due(register, LOCAL) == 0, "its lease holds"
    clock.pass_by(seconds=LEASE.total_seconds())
    assert deliver_due(register, LOCAL) == 1
    assert len(received(server, secret)) == 2
    assert len({request.headers["webhook-id"] for request in server.requests}) == 1, (
        "the receiver knows it for the same"
    )


def test_a_worker_that_waits_ends_with_a_signal(
    sqlite_register: Register, server: LocalServer, clock: Clock, tmp_path: Path
) -> None:
    new_webhook(sqlite_register, TOWN, server.url("/hook"))
    a_batch(sqlite_register)
    came = threading.Event()

    def note(request: Request) -> Told:
        came.set()
        return Told(200)

    server.answers["/hook"] = note
    worker = start(sqlite_register, tmp_path, clock.now, "webhook", "deliver", "--every", "3600")
    assert came.wait(60)
    worker.send_signal(signal.SIGTERM)
    code, output, errors = finish(worker)
    assert (code, errors) == (0, "")
    assert "Delivered: 1 messages" in output


def test_the_commands(ready: Run) -> None:
    code, secret, told = ready("webhook", "add", "https://agency.example/hook", "--authority", TOWN)
    assert code == 0
    assert base64.b64decode(secret.strip().removeprefix("whsec_"), validate=True)
    assert secret.strip() not in told
    listed = ready("webhook", "list")[1]
    assert listed == f"1  {TOWN}  https://agency.example/hook  since 2026-11-21T05:00:00Z  0 waiting, 0 given up\n"
    assert ready("webhook", "deliver", "--once")[:2] == (0, "")
    assert ready("webhook", "remove", "1")[1] == f"Webhook 1 of {TOWN} is removed\n"
    assert "removed 2026-11-21T05:00:00Z" in ready("webhook", "list", "--authority", TOWN)[1]
    for refused in (
        ("remove", "9"),
        ("add", "http://agency.example/", "--authority", TOWN),
        ("list", "--authority", "x-no"),
    ):
        code, output, errors = ready("webhook", *refused)
        assert (code, output) == (2, "")
        assert errors.startswith("license-registry: ")
