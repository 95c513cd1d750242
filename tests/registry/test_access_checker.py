"""The checker of links: what it says of them, how politely it asks, and that two of them do not ask twice."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from registry.access.acts import set_links
from registry.access.checker import AGAIN, LEASE, Checked, check_links, enlist
from registry.access.links import By
from registry.exchange.leases import take
from registry.register import Register
from registry.tables import AccessHostRow, AccessTargetRow, ChangeRow
from tests.local_server import LocalServer, Request, Told, local_server
from tests.registry.small import FOOD, TOWN, Clock, iri, open_small, row, send
from verify.fetch import Fetcher
from vocab.access import parse_access

LOCAL = Fetcher(allow_loopback=True, seconds=5)
PDF = b"%PDF-1.7 a document"
SRI = "sha256-" + base64.b64encode(hashlib.sha256(PDF).digest()).decode()
HOST = "https://docs.example.go.th"
API = f"/api/v1/access/{TOWN}/{FOOD}/1~2F2567"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as found:
        found.answers["/1.pdf"] = Told(200, PDF, (("Content-Type", "application/pdf"), ("ETag", '"a"')))
        yield found


@pytest.fixture
def linked(register: Register, server: LocalServer) -> Register:
    """A licence with a link that leads to the local server."""
    send(register, row("1/2567"))
    link(register, server, "/1.pdf", media_type="application/pdf")
    return register


def link(register: Register, server: LocalServer, path: str, number: str = "1/2567", **said: str) -> None:
    """Declares a link, and lets its host be the local server: no address of this machine can be declared."""
    set_links(register, iri(number), [parse_access(rights="public", download_url=f"{HOST}{path}", **said)], By())
    enlist(register)
    move(register, server.url(""))


def move(register: Register, base: str) -> None:
    with register.database.writing() as session:
        session.execute(update(AccessHostRow).where(AccessHostRow.host == HOST).values(host=base))
        for row in session.scalars(select(AccessTargetRow).where(AccessTargetRow.url.startswith(HOST))):
            row.url = row.url.replace(HOST, base)


def check(register: Register, clock: Clock, most: int = 10) -> list[Checked]:
    def sleep(seconds: float) -> None:
        clock.pass_by(seconds=seconds)

    return list(check_links(register, LOCAL, sleep, most=most))


def one(register: Register, clock: Clock) -> Checked:
    (done,) = check(register, clock)
    return done


def told(client: FlaskClient) -> dict[str, Any]:
    (found,) = client.get(API).get_json()["links"]
    return dict(found)


def test_a_document_that_is_there_is_good(
    linked: Register, server: LocalServer, clock: Clock, client: FlaskClient
) -> None:
    done = one(linked, clock)
    assert (done.check.outcome, done.check.media_type, done.check.size) == ("good", "application/pdf", len(PDF))
    assert server.asked == ["/robots.txt", "/1.pdf"]
    assert all(
        request.headers["user-agent"].startswith("license-registry-links/1 (+https://") for request in server.requests
    )
    assert check(linked, clock) == [], "it is not due"
    assert told(client)["last_good"] == {
        "at": "2026-11-21T05:00:05Z",
        "media_type": "application/pdf",
        "size": len(PDF),
    }
    page = client.get(f"/doc/html/lic/{iri('1/2567').tail}?lang=en").text
    assert "Last found there" in page


def test_a_second_check_asks_only_whether_it_changed(linked: Register, server: LocalServer, clock: Clock) -> None:
    one(linked, clock)
    server.answers["/1.pdf"] = lambda request: Told(304) if request.headers.get("if-none-match") == '"a"' else Told(500)
    clock.pass_by(days=8)
    done = one(linked, clock)
    assert (done.check.outcome, done.check.size) == ("good", len(PDF))
    assert done.check.good_at == linked.now()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Told(404), "gone"),
        (Told(410), "gone"),
        (Told(401), "login"),
        (Told(403), "login"),
        (Told(500), "busy"),
        (Told(429), "busy"),
        (Told(204), "strange"),
        (Told(200, b"<html>", (("Content-Type", "text/html; charset=utf-8"),)), "wrong-type"),
        (Told(200, PDF, (("Content-Type", "application/octet-stream"),)), "good"),
        (Told(302, b"", (("Location", "https://login.example.org/"),)), "elsewhere"),
        (Told(302, b"", (("Location", "https://["),)), "strange"),
        (Told(302, b"", (("Location", "/1.pdf"),)), "strange"),
        (Told(304), "strange"),
    ],
)
def test_what_the_answer_says_of_the_link(
    sqlite_register: Register, server: LocalServer, clock: Clock, answer: Told, outcome: str
) -> None:
    send(sqlite_register, row("1/2567"))
    link(sqlite_register, server, "/1.pdf", media_type="application/pdf")
    server.answers["/1.pdf"] = answer
    done = one(sqlite_register, clock)
    assert done.check.outcome == outcome
    assert (done.check.good_at is not None) is (outcome == "good")


def test_a_redirect_on_the_same_host_is_followed(linked: Register, server: LocalServer, clock: Clock) -> None:
    server.answers["/2.pdf"] = server.answers["/1.pdf"]
    server.answers["/1.pdf"] = Told(302, b"", (("Location", "/2.pdf"),))
    assert one(linked, clock).check.outcome == "good"


def test_a_digest_is_compared_and_the_document_is_kept_nowhere(
    sqlite_register: Register, server: LocalServer, clock: Clock
) -> None:
    send(sqlite_register, row("1/2567"))
    link(sqlite_register, server, "/1.pdf", digest=SRI)
    good = one(sqlite_register, clock).check
    assert good.outcome == "good"
    server.answers["/1.pdf"] = Told(200, PDF + b"!", (("Content-Type", "application/pdf"),))
    clock.pass_by(days=8)
    done = one(sqlite_register, clock)
    assert done.check.outcome == "wrong-digest"
    assert done.check.good_at == good.good_at, "the last good check stays what it was"
    assert done.check.media_type == "application/pdf"


def test_a_document_that_is_another_one_is_said_to_have_changed(
    linked: Register, server: LocalServer, clock: Clock
) -> None:
    one(linked, clock)
    server.answers["/1.pdf"] = Told(200, PDF, (("Content-Type", "application/pdf"), ("ETag", '"b"')))
    clock.pass_by(days=8)
    done = one(linked, clock)
    assert (done.check.outcome, done.check.is_fine) == ("changed", True)


def test_the_last_attempt_and_the_last_good_one_are_never_merged(
    linked: Register, server: LocalServer, clock: Clock, client: FlaskClient
) -> None:
    good_at = one(linked, clock).check.good_at
    server.answers["/1.pdf"] = Told(404)
    clock.pass_by(days=8)
    done = one(linked, clock)
    assert done.check.good_at == good_at
    assert done.check.attempted_at == linked.now()
    link_told = told(client)
    assert link_told["last_attempt"]["outcome"] == "gone"
    assert "404" in link_told["last_attempt"]["message"]
    assert link_told["last_good"]["size"] == len(PDF)
    page = client.get(f"/doc/html/lic/{iri('1/2567').tail}?lang=en").text
    assert "At the last attempt" in page
    assert "Last found there" in page
    assert "nothing at this address any more" in page


def test_checks_change_neither_the_document_nor_the_feed(linked: Register, clock: Clock, client: FlaskClient) -> None:
    path = f"/doc/jsonld/lic/{iri('1/2567').tail}"
    before = client.get(path)
    with linked.database.reading() as session:
        changes = session.scalars(select(ChangeRow.sequence)).all()
    one(linked, clock)
    assert client.get(path).headers["ETag"] == before.headers["ETag"]
    with linked.database.reading() as session:
        assert session.scalars(select(ChangeRow.sequence)).all() == changes


# Politeness


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (Told(200, b"User-agent: *\nDisallow: /"), "robots"),
        (Told(200, b"User-agent: license-registry-links\nDisallow: /*.pdf$"), "robots"),
        (Told(200, b"User-agent: x\nDisallow: /"), "good"),
        (Told(404), "good"),
        (Told(403), "good"),
        (Told(500), "robots-unknown"),
        (Told(429), "robots-unknown"),
        (Told(301, b"", (("Location", "https://other.example.org/robots.txt"),)), "elsewhere"),
        (Told(200, b"\0\xff\nUser-agent: *\nDisallow: /"), "robots"),
    ],
)
def test_robots_txt_is_honoured(
    linked: Register, server: LocalServer, clock: Clock, robots: Told, outcome: str
) -> None:
    server.answers["/robots.txt"] = robots
    done = one(linked, clock)
    assert done.check.outcome == outcome
    assert ("/1.pdf" in server.asked) is (outcome == "good")


def test_a_redirect_into_what_robots_txt_forbids_is_not_followed(
    linked: Register, server: LocalServer, clock: Clock
) -> None:
    server.answers["/robots.txt"] = Told(200, b"User-agent: *\nDisallow: /secret")
    server.answers["/1.pdf"] = Told(302, b"", (("Location", "/secret/1.pdf"),))
    assert one(linked, clock).check.outcome == "robots"
    assert "/secret/1.pdf" not in server.asked


def many(register: Register, server: LocalServer, count: int) -> None:
    send(register, *(row(f"{n}/2567") for n in range(1, count + 1)))
    for n in range(1, count + 1):
        server.answers[f"/{n}.pdf"] = Told(200, PDF, (("Content-Type", "application/pdf"),))
        set_links(register, iri(f"{n}/2567"), [parse_access(rights="public", download_url=f"{HOST}/{n}.pdf")], By())
    enlist(register)
    move(register, server.url(""))


def test_a_host_is_left_in_peace_between_two_visits(register: Register, server: LocalServer, clock: Clock) -> None:
    many(register, server, 4)
    began, waits = clock.now, []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.pass_by(seconds=seconds)

    done = list(check_links(register, LOCAL, sleep, most=10, delay=timedelta(seconds=20)))
    assert len(done) == 4
    assert waits == [20.0] * 4, "once after robots.txt, and between the visits"
    assert clock.now - began == timedelta(seconds=80)


def test_a_host_may_ask_for_more_time(register: Register, server: LocalServer, clock: Clock) -> None:
    many(register, server, 2)
    server.answers["/robots.txt"] = Told(200, b"User-agent: *\nCrawl-delay: 30")
    server.answers["/1.pdf"] = Told(503, b"", (("Retry-After", "7200"),))
    assert [done.check.outcome for done in check(register, clock)] == ["busy"]
    clock.pass_by(hours=1, minutes=50)
    assert check(register, clock) == []
    clock.pass_by(minutes=20)
    assert [done.check.outcome for done in check(register, clock)] == ["good"]


def test_a_run_has_a_budget(register: Register, server: LocalServer, clock: Clock) -> None:
    many(register, server, 3)
    assert len(check(register, clock, most=2)) == 2
    assert len(check(register, clock, most=2)) == 1


def test_links_that_say_the_same_are_visited_once(register: Register, server: LocalServer, clock: Clock) -> None:
    send(register, row("1/2567"), row("2/2567"))
    for number in ("1/2567", "2/2567"):
        set_links(register, iri(number), [parse_access(rights="public", access_url=f"{HOST}/portal")], By())
    enlist(register)
    move(register, server.url(""))
    server.answers["/portal"] = Told(200, b"<html>", (("Content-Type", "text/html"),))
    assert len(check(register, clock)) == 1


def test_only_public_ones_are_visited(register: Register, server: LocalServer, clock: Clock) -> None:
    send(register, row("1/2567"))
    restricted = parse_access(rights="restricted", access_url=f"{HOST}/login")
    set_links(register, iri("1/2567"), [restricted, parse_access(rights="nonPublic")], By())
    assert check(register, clock) == []
    with register.database.reading() as session:
        assert session.scalars(select(AccessTargetRow)).all() == []


def test_what_is_withdrawn_is_visited_no_more(linked: Register, server: LocalServer, clock: Clock) -> None:
    set_links(linked, iri("1/2567"), [], By())
    assert check(linked, clock) == []
    assert server.asked == []


# What is ours, and what happens when a checker dies


def test_without_a_network_nothing_is_said_of_the_link(linked: Register, clock: Clock, client: FlaskClient) -> None:
    with local_server() as gone:
        address = gone.url("")
    with linked.database.writing() as session:
        session.execute(update(AccessHostRow).values(host=address))
    done = one(linked, clock)
    assert done.check.outcome == "ours"
    assert not done.check.is_failure
    page = client.get(f"/doc/html/lic/{iri('1/2567').tail}?lang=en").text
    assert "says nothing about the link" in page
    assert "At the last attempt" not in page
    clock.pass_by(minutes=57)
    assert check(linked, clock) == []
    clock.pass_by(minutes=4)
    assert len(check(linked, clock)) == 1, "tried again within the hour"


def test_a_host_that_is_away_while_others_answer_is_unreachable(linked: Register, clock: Clock) -> None:
    with local_server() as gone:
        address = gone.url("")
    with linked.database.writing() as session:
        session.execute(update(AccessHostRow).values(host=address))
        session.add(
            AccessHostRow(
                host="https://other.example.org",
                next_at=linked.now() + AGAIN,
                lease="",
                lease_until=None,
                robots="",
                robots_status=404,
                robots_at=None,
                answered_at=linked.now(),
            )
        )
    assert one(linked, clock).check.outcome == "unreachable"


def test_an_address_in_a_private_network_is_not_visited(linked: Register, server: LocalServer, clock: Clock) -> None:
    (done,) = check_links(linked, Fetcher(), lambda seconds: clock.pass_by(seconds=seconds), most=9)
    assert done.check.outcome in {"ours", "not-public"}
    with linked.database.writing() as session:
        session.execute(update(AccessHostRow).values(host="https://localhost"))
        session.execute(update(AccessTargetRow).values(next_at=linked.now()))
        session.execute(update(AccessHostRow).values(next_at=linked.now()))
    (done,) = check_links(linked, Fetcher(), lambda seconds: clock.pass_by(seconds=seconds), most=9)
    assert done.check.outcome == "not-public"
    assert server.asked == []


def test_a_host_that_another_checker_has_is_left_alone(linked: Register, server: LocalServer, clock: Clock) -> None:
    lease = take(linked, AccessHostRow, LEASE)
    assert lease is not None
    assert check(linked, clock) == []
    clock.pass_by(minutes=11)
    assert len(check(linked, clock)) == 1, "it died, and its lease has run out"


def test_what_a_checker_finds_after_its_lease_was_lost_is_not_written_down(
    linked: Register, server: LocalServer, clock: Clock
) -> None:
    other = open_small(linked.database.engine.url.render_as_string(hide_password=False), "other", clock)
    found: list[Checked] = []

    def slow(request: Request) -> Told:
        if len(server.asked) == 2:
            # The first one is taken for dead while it waits for this answer, and another comes along.
            clock.pass_by(minutes=11)
            found.extend(check(other, clock))
            return Told(404)
        return Told(200, PDF, (("Content-Type", "application/pdf"),))

    server.answers["/1.pdf"] = slow
    done = check(linked, clock)
    other.database.close()
    assert [each.check.outcome for each in found] == ["good"]
    assert done == []
    with linked.database.reading() as session:
        assert session.scalars(select(AccessTargetRow.outcome)).all() == ["good"]


def test_details_of_a_hostile_host_are_told_as_text(
    linked: Register, server: LocalServer, clock: Clock, client: FlaskClient
) -> None:
    server.answers["/1.pdf"] = Told(200, b"x", (("Content-Type", "text/<script>%(x)s%s"),))
    assert one(linked, clock).check.outcome == "wrong-type"
    page = client.get(f"/doc/html/lic/{iri('1/2567').tail}").text
    assert "<script>%" not in page
    assert "text/&lt;script&gt;%(x)s%s" in page
    assert "%(x)s%s" in json.dumps(told(client))
