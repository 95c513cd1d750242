"""An answer that was given is given again only while it is true: nothing was committed since, and it is the same minute."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, update

from registry import urls
from registry.database import Database
from registry.known import MOST, Knowledge
from registry.probe import Meter
from registry.register import Register
from registry.tables import AuthorityRow, LicenseRow
from registry.web import kept
from registry.web.kept import Answer, Answers
from tests.registry.small import TOWN, Clock, act, iri, row, send
from vocab.history import ActKind

FORMS = ("html", "jsonld", "ttl", "nt", "vc", "linkset")


def address(form: str, number: str = "1/2567") -> str:
    return urls.license_document(iri(number), form)


@pytest.fixture
def asked(register: Register) -> Callable[[], int]:
    """How many statements the database was sent since it was last asked."""
    seen: list[str] = []
    event.listen(register.database.engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))

    def count() -> int:
        found = len(seen)
        seen.clear()
        return found

    return count


@pytest.mark.parametrize("form", FORMS)
def test_the_same_question_is_answered_without_the_database(
    client: FlaskClient, register: Register, asked: Callable[[], int], form: str
) -> None:
    send(register, row("1/2567"))
    first = client.get(address(form))
    assert first.status_code == 200
    asked()
    again = client.get(address(form))
    assert asked() == 0
    assert (again.status_code, again.data, list(again.headers)) == (200, first.data, list(first.headers))


@pytest.mark.parametrize("form", FORMS)
def test_who_has_it_is_told_so_as_ever(client: FlaskClient, register: Register, form: str) -> None:
    send(register, row("1/2567"))
    etag = client.get(address(form)).headers["ETag"]
    for asked in (etag, f'"other", {etag}', "*"):
        told = client.get(address(form), headers={"If-None-Match": asked})
        # Whoever sends a cookie too gets an answer that is made for him.
        made = client.get(address(form), headers={"If-None-Match": asked, "Cookie": "a=b"})
        assert (told.status_code, told.data) == (made.status_code, made.data) == (304, b"")
        assert sorted(told.headers) == sorted(made.headers)
    assert client.get(address(form), headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_act_shows_at_once(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2567"))
    etag = client.get(address("jsonld")).headers["ETag"]
    act(register, "1/2567", ActKind.REVOKE)
    shown = client.get(address("jsonld"), headers={"If-None-Match": etag})
    assert shown.status_code == 200
    assert shown.get_json(force=True)["licenseStatus"].endswith("revoked")


def test_what_another_process_commits_shows_at_once(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2567"))
    assert client.get(address("jsonld")).status_code == 200
    other = Database(register.database.engine.url.render_as_string(hide_password=False))
    try:
        with other.writing() as session:
            session.execute(update(LicenseRow).values(record_status="withdrawn"))
        assert client.get(address("jsonld")).status_code == 410
        with other.writing() as session:
            session.execute(update(LicenseRow).values(record_status="published"))
        assert client.get(address("jsonld")).status_code == 200
    finally:
        other.close()


def test_what_is_not_there_yet_is_not_kept(client: FlaskClient, register: Register) -> None:
    assert client.get(address("jsonld")).status_code == 404
    send(register, row("1/2567"))
    assert client.get(address("jsonld")).status_code == 200


def test_a_page_says_when_it_was_checked(client: FlaskClient, register: Register, clock: Clock) -> None:
    send(register, row("1/2567"))
    first = client.get(address("html")).text
    clock.pass_by(minutes=1)
    assert client.get(address("html")).text != first


def test_midnight_is_seen(client: FlaskClient, register: Register, clock: Clock) -> None:
    send(register, row("1/2567", expires_on="2026-11-21"))
    assert client.get(address("jsonld")).get_json(force=True)["licenseStatus"].endswith("active")
    clock.go_to(date(2026, 11, 22))
    assert client.get(address("jsonld")).get_json(force=True)["licenseStatus"].endswith("expired")


def test_each_way_of_asking_has_its_answer(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2567"))
    for _ in range(2):
        thai, english = client.get(address("html")), client.get(address("html") + "?lang=en")
        assert 'lang="th"' in thai.text[:40]
        assert 'lang="en"' in english.text[:40]
        for media in ("application/vc", "application/ld+json", "application/json"):
            assert client.get(address("vc"), headers={"Accept": media}).content_type == media
        head = client.head(address("html"))
        assert (head.status_code, head.data) == (200, b"")


def test_a_database_that_does_not_tell_is_asked_each_time(
    client: FlaskClient, register: Register, asked: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    send(register, row("1/2567"))
    first = client.get(address("jsonld")).data
    monkeypatch.setattr(register.database, "_tells", "no statement")
    assert register.database.state() is None
    asked()
    assert client.get(address("jsonld")).data == first
    assert asked() > 0
    monkeypatch.undo()
    assert register.database.state() == register.database.state() is not None


def test_a_closed_database_opens_again_and_tells(register: Register) -> None:
    before = register.database.state()
    register.database.close()
    send(register, row("1/2567"))
    assert register.database.state() is not None
    assert register.database.state() == register.database.state() != before or before is not None


def test_it_is_counted_as_any_other_answer(
    client: FlaskClient, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(register, row("1/2567"))
    counted: list[bool] = []
    monkeypatch.setattr(Meter, "add", lambda _meter, _seconds, *, is_error: counted.append(is_error))
    for _ in range(3):
        client.get(address("html"))
    assert counted == [False, False, False]


def test_a_new_name_of_an_authority_shows_at_once(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2567"))
    assert "อบต.โพธิ์ตาก" in client.get(address("html")).text
    with register.database.writing() as session:
        document = session.query(AuthorityRow.document).filter_by(code=TOWN).scalar()
        session.execute(
            update(AuthorityRow).where(AuthorityRow.code == TOWN).values(document=document.replace("โพธิ์ตาก", "โพธิ์ใหม่"))
        )
        # Who writes sees what he wrote.
        assert register.store(session).require_authority(TOWN).name.th == "อบต.โพธิ์ใหม่"
    assert "อบต.โพธิ์ใหม่" in client.get(address("html")).text


def test_what_is_known_has_a_bound() -> None:
    knowledge = Knowledge()
    known = knowledge.at("one")
    assert [known.once(n, lambda n=n: n + 1) for n in range(MOST + 5)] == list(range(1, MOST + 6))  # type: ignore[misc]
    assert known.once(0, lambda: -1) == 1
    assert knowledge.at("one").once(0, lambda: -1) == -1, "it began anew"
    assert knowledge.at(None).once(0, lambda: -2) == -2


def test_answers_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 250)
    answers, state = Answers(), ("state",)
    answer = Answer("200 OK", [], [], "", bytes(100))
    assert answers.get(("a",), state) is None
    for name in "ab":
        answers.keep((name,), state, answer)
    assert answers.get(("a",), state) is answer
    answers.keep(("c",), state, answer)
    assert answers.get(("b",), state) is None, "the one that was asked for least lately goes first"
    assert answers.get(("a",), state) is answer
    answers.keep(("d",), ("another state",), answer)
    assert answers.get(("d",), state) is None
    answers.keep(("e",), state, replace(answer, body=bytes(kept.LARGEST + 1)))
    assert answers.get(("e",), state) is None
    assert answers.get(("a",), ("another state",)) is None
