"""Whoever runs a source's host, or gives a webhook's address, reaches nothing inside, and fills neither memory nor disk."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from registry.exchange import harvest as harvesting
from registry.exchange.deliveries import deliver_due
from registry.exchange.harvest import harvest_due
from registry.exchange.sources import Source, add_source
from registry.exchange.webhooks import Event, announce_of, new_webhook
from registry.register import Register
from registry.tables import AuthorityRow, BatchRow, DeliveryRow, ReceivedFileRow
from tests.local_server import LocalServer, Request, Told, local_server
from tests.registry.small import FOOD, TOWN, Clock, row, table
from verify.fetch import Fetcher

PRIVATE = (
    *("127.0.0.1", "10.0.0.5", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
)
LOCAL = Fetcher(allow_loopback=True)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as found:
        yield found


def add(register: Register, url: str, *hosts: str) -> Source:
    return add_source(register, authority=TOWN, license_type=FOOD, name="list", url=url, hosts=hosts)


def nothing_arrived(register: Register) -> bool:
    with register.database.reading() as session:
        return not any(session.scalar(select(func.count()).select_from(each)) for each in (BatchRow, ReceivedFileRow))


def queue(register: Register) -> None:
    with register.database.writing() as session:
        town = session.scalars(select(AuthorityRow.id).where(AuthorityRow.code == TOWN)).one()
        announce_of(session, register, town, Event.PUBLISHED, {})


@pytest.fixture(params=PRIVATE)
def connected(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was connected to, where every name has this private address."""
    found: list[object] = []

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[object]:
        family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (request.param, port))]

    def connect(_: object, address: object) -> None:
        found.append(address)
        raise OSError("connected to a private address")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return found


def test_a_source_with_a_private_address_is_not_connected_to(
    sqlite_register: Register, connected: list[object]
) -> None:
    add(sqlite_register, "https://harmless.example/list.csv")
    (failed,) = harvest_due(sqlite_register, Fetcher())
    assert failed.outcome.code == "not-fetched"
    assert "not a public one" in failed.outcome.details["words"]
    assert connected == []
    assert nothing_arrived(sqlite_register)


def test_a_webhook_with_a_private_address_is_not_connected_to(
    sqlite_register: Register, connected: list[object]
) -> None:
    new_webhook(sqlite_register, TOWN, "https://harmless.example/hook")
    queue(sqlite_register)
    assert deliver_due(sqlite_register, Fetcher()) == 0
    with sqlite_register.database.reading() as session:
        assert "not a public one" in session.scalars(select(DeliveryRow.answer)).one()
    assert connected == []


@pytest.mark.parametrize(
    "where",
    [
        *(
            "https://169.254.169.254/latest/meta-data/",
            "https://10.0.0.5/",
            "https://[fd00::1]/",
            "https://localhost:1/",
        ),
        *("http://169.254.169.254/", "file:///etc/passwd", "gopher://127.0.0.1:70/", "ftp://10.0.0.5/", "//10.0.0.5/"),
        *(
            "https://user@10.0.0.5/",
            "https://2130706433/",
            "https://0x7f.1/",
            "\\\\10.0.0.5\\x",
            "https://%31%30.0.0.5/",
        ),
    ],
)
def test_a_redirect_leads_nowhere_inside(sqlite_register: Register, server: LocalServer, where: str) -> None:
    """Not even where an operator has allowed the host by mistake."""
    server.answers["/list.csv"] = Told(302, headers=(("Location", where),))
    add(sqlite_register, server.url("/list.csv"), "10.0.0.5", "169.254.169.254", "localhost:1")
    (failed,) = harvest_due(sqlite_register, LOCAL)
    assert failed.outcome.code in {"not-fetched", "elsewhere", "not-there"}
    assert server.asked[0] == "/list.csv"
    assert nothing_arrived(sqlite_register)


def test_a_webhook_cannot_send_the_message_on(sqlite_register: Register, server: LocalServer) -> None:
    server.answers["/hook"] = Told(307, headers=(("Location", server.url("/inside")),))
    new_webhook(sqlite_register, TOWN, server.url("/hook"))
    queue(sqlite_register)
    deliver_due(sqlite_register, LOCAL)
    assert server.asked == ["/hook"]


def test_a_file_without_end_is_given_up(
    sqlite_register: Register, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvesting, "MAX_FILE_BYTES", 10_000)
    server.answers["/list.csv"] = Told(200, b"x" * 5_000_000, length=-1)
    add(sqlite_register, server.url("/list.csv"))
    (failed,) = harvest_due(sqlite_register, LOCAL)
    assert "larger than 10000 bytes" in failed.outcome.details["words"]
    assert nothing_arrived(sqlite_register)


def test_a_file_that_never_ends_is_given_up(
    sqlite_register: Register, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler holds the line; what is measured is only that the worker lets go."""
    import threading

    released = threading.Event()

    def hold(request: Request) -> Told:
        released.wait(60)
        return Told(200, b"late")

    monkeypatch.setattr(harvesting, "FETCH_SECONDS", 0.1)
    server.answers["/list.csv"] = hold
    add(sqlite_register, server.url("/list.csv"))
    try:
        (failed,) = harvest_due(sqlite_register, LOCAL)
    finally:
        released.set()
    assert failed.outcome.code == "not-fetched"


def test_what_a_host_says_of_its_file_is_only_a_name(sqlite_register: Register, server: LocalServer) -> None:
    nasty = "attachment; filename*=UTF-8''..%2F..%2Fetc%2F%E2%80%AEpasswd%0A%00.csv"
    server.answers["/list.csv"] = Told(200, table(row("1/2567")), (("Content-Disposition", nasty),))
    add(sqlite_register, server.url("/list.csv"))
    (done,) = harvest_due(sqlite_register, LOCAL)
    assert done.outcome.code == "published"
    with sqlite_register.database.reading() as session:
        assert session.scalars(select(BatchRow.file_name)).one() == "passwd.csv"


def test_a_page_cannot_put_markup_or_control_characters_into_the_outcome(
    sqlite_register: Register, server: LocalServer
) -> None:
    page = "<!doctype html><title>\x1b]0;owned\x07\u202e‹b›</title>".encode()
    server.answers["/list.csv"] = Told(200, page)
    add(sqlite_register, server.url("/list.csv"))
    (failed,) = harvest_due(sqlite_register, LOCAL)
    assert failed.outcome.code == "page"
    assert failed.outcome.details["title"].isprintable()


def test_an_emptied_list_takes_nothing_off(sqlite_register: Register, server: LocalServer, clock: Clock) -> None:
    """Somebody who has taken over the agency's site cannot make its licences disappear by themselves."""
    server.answers["/list.csv"] = Told(200, table(*(row(f"{number}/2567") for number in range(1, 31))))
    source = add(sqlite_register, server.url("/list.csv"))
    assert [done.outcome.code for done in harvest_due(sqlite_register, LOCAL)] == ["published"]
    clock.now += timedelta(days=1)
    server.answers["/list.csv"] = Told(200, table(row("31/2567")))
    (waiting,) = harvest_due(sqlite_register, LOCAL)
    assert (waiting.id, waiting.outcome.code) == (source.id, "waits")


def test_one_sources_file_never_touches_another_authoritys_licences(
    sqlite_register: Register, server: LocalServer
) -> None:
    """What is in the file says nothing about whose it is: the source does."""
    server.answers["/list.csv"] = Told(200, table(row("1/2567")))
    add(sqlite_register, server.url("/list.csv"))
    list(harvest_due(sqlite_register, LOCAL))
    with sqlite_register.database.reading() as session:
        whose = session.scalars(
            select(AuthorityRow.code).join(BatchRow, BatchRow.authority_id == AuthorityRow.id)
        ).all()
    assert whose == [TOWN]
