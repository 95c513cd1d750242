"""A licence on its holder's phone: one-time links, and codes that are good for a minute."""

import re
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from registry.register import Register
from registry.showing.links import (
    LinkState,
    NoSuchShowLink,
    ShowLinkOver,
    ShowLinkRefused,
    new_show_link,
    open_link,
    revoke_show_links,
    show_links,
    shown_by,
    waiting_link,
)
from registry.tokens import TokenScope, new_token
from registry.trust import RegisterTrust
from tests.registry.codes import live, offline
from tests.registry.commands import Run, check_refused
from tests.registry.small import BASE, OFFICE, TOWN, Clock, act, find, iri, row, send
from verify.scanned import examine_code
from vocab.history import ActKind

PATH = f"/api/v1/show-links/{iri('1/2567').tail}"


def bearer(register: Register, authority: str = TOWN, scope: TokenScope = TokenScope.PUBLISH) -> dict[str, str]:
    _, token = new_token(register, authority, [scope], register.now() + timedelta(days=1))
    return {"Authorization": f"Bearer {token}"}


def link(register: Register, number: str = "1/2567") -> str:
    return new_show_link(register, find(register, number))[1]


def opened(client: FlaskClient, secret: str) -> str:
    """Opens a link as a phone does; gives what it keeps."""
    answer = client.post(f"/show/{secret}", base_url=BASE)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/show"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    return cookie


def told(client: FlaskClient, register: Register) -> dict[str, str]:
    (chosen,) = re.findall(r'data-which="(\d+)"', client.get("/show", base_url=BASE).text)
    answer = client.get(f"/show.json?which={chosen}", base_url=BASE)
    assert answer.status_code == 200
    found: dict[str, str] = answer.get_json()
    return found


def scanned(register: Register, client: FlaskClient) -> str:
    """What the code on the screen holds, as a camera reads it."""
    return scan(told(client, register)["code"])


def scan(svg: str) -> str:
    import zxingcpp
    from PIL import Image

    (side,) = re.findall(r'viewBox="0 0 (\d+) \d+"', svg)
    image = Image.new("L", (int(side) * 4, int(side) * 4), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg):
        image.paste(0, (int(x) * 4, int(y) * 4, (int(x) + int(width)) * 4, (int(y) + 1) * 4))
    (found,) = zxingcpp.read_barcodes(image)
    return found.text


@pytest.fixture
def phone(register: Register, client: FlaskClient) -> FlaskClient:
    """A phone on which the link of a licence was opened."""
    send(register, row("1/2567"))
    opened(client, link(register))
    return client


def test_the_code_on_the_screen_is_good_for_its_minute(register: Register, phone: FlaskClient, clock: Clock) -> None:
    code = scanned(register, phone)
    assert code.startswith(f"{BASE.upper()}/C/{find(register, '1/2567').check_id}#")
    assert (live(register, code), offline(register, code)) == ("active", "active")
    clock.pass_by(seconds=89)
    assert live(register, code) == "active"
    clock.pass_by(seconds=2)
    with register.database.reading() as session:
        verdict = examine_code(code, RegisterTrust(register, session), register.now())
    assert verdict.genuine.code == "display-over"
    assert (verdict.signature.code, verdict.issuer.code) == ("signed-by-issuer", "authority-with-mandate")
    assert verdict.in_force.code == "not-examined"
    assert live(register, scanned(register, phone)) == "active"


def test_it_is_signed_anew_and_not_more_often_than_needed(register: Register, phone: FlaskClient, clock: Clock) -> None:
    first = scanned(register, phone)
    clock.pass_by(seconds=9)
    assert scanned(register, phone) == first
    clock.pass_by(seconds=1)
    second = scanned(register, phone)
    assert second != first
    assert second.partition("#")[0] == first.partition("#")[0]
    clock.now -= timedelta(minutes=5)
    # A clock that was set back makes no code of the future.
    assert live(register, scanned(register, phone)) not in {"display-ahead", "display-over"}


def test_what_changes_shows_at_once_and_is_not_signed(register: Register, phone: FlaskClient, clock: Clock) -> None:
    before = phone.get("/show", base_url=BASE)
    assert "<svg" in before.text
    act(register, "1/2567", ActKind.SUSPEND)
    page = phone.get("/show?lang=en", base_url=BASE).text
    assert "<svg" not in page
    assert "Suspended" in page
    assert told(phone, register)["state"] == "not-in-force"
    assert told(phone, register)["code"] == ""
    act(register, "1/2567", ActKind.REINSTATE)
    assert live(register, scanned(register, phone)) == "active"
    clock.go_to(date(2027, 3, 1))
    assert "<svg" not in phone.get("/show", base_url=BASE).text


def test_without_a_stated_end_nothing_is_signed(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567", expires_on=""))
    opened(client, link(register))
    assert told(client, register)["code"] == ""


def test_a_link_is_looked_at_without_being_used_and_opened_once(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    secret = link(register)
    for _ in range(2):
        # Chats fetch a link before anybody opens it.
        page = client.get(f"/show/{secret}?lang=en", base_url=BASE)
        assert page.status_code == 200
        assert "Use this phone" in page.text
        assert "Set-Cookie" not in page.headers
    cookie = opened(client, secret)
    assert re.fullmatch(
        r"__Host-show=[0-9a-f]{40}; Expires=[^;]+; Max-Age=31622400; Secure; HttpOnly; Path=/; SameSite=Lax", cookie
    )
    assert secret not in cookie
    for again in (client.get(f"/show/{secret}?lang=en"), client.post(f"/show/{secret}?lang=en")):
        assert again.status_code == 410
        assert "used already" in again.text
    assert client.get("/show/" + "0" * 40).status_code == 404


def test_nothing_of_it_is_kept_by_anybody(register: Register, phone: FlaskClient) -> None:
    for path in ("/show", "/show.json", "/show/x"):
        answer = phone.get(path, base_url=BASE)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_another_phone_shows_nothing(register: Register, phone: FlaskClient) -> None:
    other = phone.application.test_client()
    page = other.get("/show?lang=en", base_url=BASE)
    assert page.status_code == 200
    assert "No licence is shown by this phone" in page.text
    assert other.get("/show.json?which=1", base_url=BASE).status_code == 410
    other.set_cookie("__Host-show", "0" * 40, domain="registry.example.go.th", secure=True)
    assert "No licence is shown by this phone" in other.get("/show?lang=en", base_url=BASE).text


def test_one_phone_shows_several_licences(register: Register, phone: FlaskClient) -> None:
    send(register, row("2/2567"))
    opened(phone, link(register, "2/2567"))
    page = phone.get("/show?lang=en", base_url=BASE).text
    assert ">2/2567<" in page
    (other,) = re.findall(r'href="(/show\?which=\d+&amp;lang=en)"', page)
    assert ">1/2567<" in phone.get(other.replace("&amp;", "&"), base_url=BASE).text


def test_a_lost_phone_shows_nothing_any_more(register: Register, phone: FlaskClient) -> None:
    waiting = link(register)
    assert revoke_show_links(register, find(register, "1/2567").id) == 2
    assert revoke_show_links(register, find(register, "1/2567").id) == 0
    page = phone.get("/show?lang=en", base_url=BASE)
    assert page.status_code == 410
    assert "withdrawn this link" in page.text
    assert phone.get(f"/show/{waiting}").status_code == 410
    assert phone.get("/show.json?which=1", base_url=BASE).status_code == 410


def test_links_end(register: Register, client: FlaskClient, clock: Clock) -> None:
    send(register, row("1/2567", expires_on="2031-01-01"))
    late, used = link(register), link(register)
    opened(client, used)
    clock.pass_by(days=7)
    assert "too old" in client.get(f"/show/{late}?lang=en").text
    assert client.get("/show", base_url=BASE).status_code == 200
    clock.pass_by(days=359)
    with pytest.raises(ShowLinkOver):
        waiting_link(register, used)
    page = client.get("/show?lang=en", base_url=BASE)
    assert "may not show the licence any longer" in page.text
    assert [each.state(register.now()) for each in show_links(register, find(register, "1/2567").id)] == [
        LinkState.EXPIRED
    ] * 2


def test_a_short_lived_link_shortens_no_other(register: Register, phone: FlaskClient, clock: Clock) -> None:
    send(register, row("2/2567"))
    _, short = new_show_link(register, find(register, "2/2567"), to_show=timedelta(days=2))
    cookie = opened(phone, short)
    assert f"Max-Age={366 * 86400};" in cookie
    clock.pass_by(days=3)
    page = phone.get("/show?lang=en", base_url=BASE).text
    assert ">1/2567<" in page
    assert "2/2567" not in page
    # What is over goes from the phone when something new is opened there, and the time that is left is that of the others.
    cookie = opened(phone, new_show_link(register, find(register, "2/2567"), to_show=timedelta(days=1))[1])
    assert f"Max-Age={363 * 86400};" in cookie
    assert len(cookie.partition("=")[2].partition(";")[0].split(".")) == 2


def test_a_link_is_not_opened_in_vain(register: Register, client: FlaskClient, clock: Clock) -> None:
    send(register, row("1/2567"))
    record = find(register, "1/2567")
    with pytest.raises(ShowLinkRefused, match="got 2 days to show and 7 to open"):
        new_show_link(register, record, to_open=timedelta(days=7), to_show=timedelta(days=2))
    short, secret = new_show_link(register, record, to_show=timedelta(days=2))
    assert short.expires_at == short.lasts_until
    clock.pass_by(days=2)
    assert show_links(register, record.id)[0].state(register.now()) is LinkState.EXPIRED
    page = client.get(f"/show/{secret}?lang=en")
    assert (page.status_code, "too old" in page.text) == (410, True)
    # As links are that were made before this was asked of them.
    older = replace(short, expires_at=short.expires_at + timedelta(days=5))
    assert older.state(register.now()) is LinkState.EXPIRED


def test_two_links_of_one_licence_are_one_on_the_phone(register: Register, phone: FlaskClient) -> None:
    send(register, row("2/2567"))
    for number in ("1/2567", "2/2567", "2/2567", "1/2567"):
        opened(phone, link(register, number))
    page = phone.get("/show?lang=en", base_url=BASE).text
    assert len(re.findall(r'href="/show\?which=', page)) == 1


def test_what_is_not_in_force_says_since_when_and_has_no_clock(register: Register, phone: FlaskClient) -> None:
    page = phone.get("/show?lang=en", base_url=BASE).text
    assert "moving clock" in page
    act(register, "1/2567", ActKind.SUSPEND, date(2026, 11, 20))
    page = re.sub("<[^>]+>", "", phone.get("/show?lang=en", base_url=BASE).text)
    assert "since 20 November 2026" in page
    assert "as of 21 November 2026" in page
    assert "moving clock" not in page


def test_two_who_open_it_at_once_are_one(register: Register) -> None:
    send(register, row("1/2567"))
    secret = link(register)
    found: list[str] = []

    def go() -> None:
        try:
            found.append(open_link(register, secret)[1])
        except ShowLinkOver:
            found.append("")

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, found)) == [False, False, False, True]
    (device,) = filter(None, found)
    assert shown_by(register, device).license_id == find(register, "1/2567").id
    with pytest.raises(NoSuchShowLink):
        shown_by(register, secret)


def test_what_happened_to_a_link_stays(register: Register) -> None:
    send(register, row("1/2567"))
    secret = link(register)
    open_link(register, secret)
    with register.database.reading() as session:
        rows = repr(session.execute(text("SELECT * FROM show_link")).all())
        assert secret not in rows
    for statement in ("UPDATE show_link SET digest = 'x'", "DELETE FROM show_link_event"):
        with pytest.raises(DatabaseError, match="append-only"), register.database.writing() as session:
            session.execute(text(statement))
    with pytest.raises(ShowLinkRefused):
        new_show_link(register, find(register, "1/2567"), to_open=timedelta(days=91))


def test_an_authority_makes_and_revokes_links_by_api(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    made = client.post(PATH, headers=bearer(register), json={"show_for_days": 30})
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    found = made.get_json()
    assert (found["state"], found["shows_until"]) == ("waiting", "2026-12-21T05:00:00Z")
    opened(client, found["link"].removeprefix(f"{BASE}/show/"))
    listed = client.get(PATH, headers=bearer(register))
    assert listed.get_json()["links"][0]["state"] == "opened"
    assert "link" not in listed.get_json()["links"][0]
    assert client.post(PATH, headers=bearer(register), data=b"").status_code == 201
    assert client.delete(PATH, headers=bearer(register)).get_json() == {"revoked": 2}
    for body in (
        {"days": 1},
        {"show_for_days": "1"},
        {"show_for_days": True},
        {"open_within_days": 0},
        {"open_within_days": 91},
    ):
        assert client.post(PATH, headers=bearer(register), json=body).status_code == 400, body
    assert client.post(PATH.replace("1~2F", "9~2F"), headers=bearer(register)).status_code == 404


def test_nobody_else_makes_links(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    for method in ("get", "post", "delete"):
        ask = getattr(client, method)
        assert ask(PATH).status_code == 401
        assert ask(PATH, headers=bearer(register, OFFICE)).status_code == 403
        assert ask(PATH, headers=bearer(register, TOWN, TokenScope.ACT)).status_code == 403
    assert show_links(register, find(register, "1/2567").id) == []


def test_the_command_makes_lists_and_revokes_links(ready: Run) -> None:
    code, output, errors = ready("show-link", "1/2567")
    assert code == 0
    assert re.fullmatch(rf"{BASE}/show/[0-9a-f]{{40}}\n", output)
    assert "opened once until 2026-11-28" in errors
    assert ready("show-link", "new", "1/2567", "--show-for", "5")[0] == 0
    code, output, _ = ready("show-link", "list", "1/2567")
    assert [line.split()[1] for line in output.splitlines()] == ["waiting", "waiting"]
    assert ready("show-link", "revoke", "1/2567")[1] == "Revoked: 2\n"
    check_refused(ready("show-link", "99/2567"), "99/2567")
