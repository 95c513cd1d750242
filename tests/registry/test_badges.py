"""Badges and cards: what other sites and chats show of a licence, and until when."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime
from io import BytesIO

import orjson
import pytest
from flask.testing import FlaskClient
from PIL import Image

from registry.intake.undo import undo_batch
from registry.poster.badge import Badge, Style, badge_svg
from registry.poster.card import card_job
from registry.poster.signs import AMBER as AMBER_NAME
from registry.poster.standing import fresh_seconds, standing_of
from registry.register import Register
from tests.browser.looking import keep_picture
from tests.registry.small import BASE, TODAY, Clock, act, find, iri, row, send
from vocab.history import ActKind

GREEN, AMBER, RED, GREY = "#0b6a3d", "#ffd15c", "#a5181f", "#4b5967"
NOWHERE = "00000000000000000000000000"
SVG = "{http://www.w3.org/2000/svg}"


def code(register: Register, number: str = "1/2567") -> str:
    return find(register, number).check_id


def words(body: bytes) -> str:
    root = ElementTree.fromstring(body)
    return " | ".join("".join(each.itertext()) for each in root.iter(f"{SVG}text"))


def test_it_turns_by_itself(register: Register, client: FlaskClient, clock: Clock) -> None:
    send(register, row("1/2567"), row("2/2567", expires_on=""))
    path = f"/badge/{code(register)}.svg"
    first = client.get(path)
    assert (first.status_code, first.content_type) == (200, "image/svg+xml; charset=utf-8")
    assert words(first.data) == "ยังใช้ได้ | 1/2567 | ณ วันที่ 21 พ.ย. 2569 · registry.example.go.th"
    assert words(client.get(f"{path}?lang=en&style=small").data) == "In force | 1/2567 · 21 Nov 2026"
    assert GREEN in first.text
    unknown = client.get(f"/badge/{code(register, '2/2567')}.svg")
    assert GREEN not in unknown.text
    assert AMBER in unknown.text
    act(register, "1/2567", ActKind.SUSPEND)
    suspended = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert suspended.status_code == 200
    assert RED in suspended.text
    assert words(suspended.data).startswith("ถูกพักใช้")
    act(register, "1/2567", ActKind.REINSTATE)
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    clock.go_to(date(2027, 3, 1))
    expired = client.get(path)
    assert RED in expired.text, "as on its page"
    assert "1 มี.ค. 2570" in words(expired.data)


@pytest.mark.parametrize(
    ("clock_says", "seconds"),
    [("05:00:00", 300), ("16:54:10", 300), ("16:57:59", 120), ("16:59:00", 0), ("16:59:59", 0), ("17:00:00", 300)],
)
def test_it_is_kept_for_minutes_and_never_beyond_midnight_in_thailand(clock_says: str, seconds: int) -> None:
    now = datetime.fromisoformat(f"2026-11-21T{clock_says}").replace(tzinfo=UTC)
    assert fresh_seconds(now) == seconds
    assert now.timestamp() // 60 * 60 + 60 + seconds <= (now.timestamp() + 7 * 3600) // 86400 * 86400 + 86400 - 7 * 3600


def test_any_site_may_embed_it_and_it_reaches_nothing(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    for path in (
        f"/badge/{code(register)}.svg",
        f"/card/{code(register)}.png",
        f"/badge/{code(register)}.json",
        "/card/site.png",
    ):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["ETag"]
        assert "Set-Cookie" not in answer.headers
    text = client.get(f"/badge/{code(register)}.svg").text
    assert not re.search(
        r"href|<script|url\(|@import|on\w+=|<foreignObject", text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    )
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("kind", [None, ActKind.SUSPEND, ActKind.REVOKE, ActKind.SURRENDER])
def test_its_colour_is_that_of_the_page(
    sqlite_register: Register, sqlite_client: FlaskClient, kind: ActKind | None
) -> None:
    send(sqlite_register, row("1/2567"))
    if kind:
        act(sqlite_register, "1/2567", kind)
    colour = sqlite_client.get(f"/badge/{code(sqlite_register)}.json").get_json()["colour"]
    page = sqlite_client.get(f"/doc/html/lic/{iri('1/2567').tail}").text
    (tone,) = re.findall(r'class="band (\w+)"', page)
    assert colour == {"good": "green", "wait": "amber", "bad": "red"}[tone]


def test_a_long_line_is_pressed_and_never_cut(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    badge = Badge(colour=AMBER_NAME, words="มีใบอนุญาตฉบับใหม่แทนใบอนุญาตฉบับนี้แล้ว", number="1", day="", host="", alt="")
    for style, room in ((Style.STANDARD, 190), (Style.SMALL, 146)):
        assert f'textLength="{room}"' in badge_svg(badge, style)
    send(sqlite_register, row("1" * 120))
    with sqlite_register.database.reading() as session:
        (record,) = sqlite_register.store(session).records([1])
    small = words(sqlite_client.get(f"/badge/{record.check_id}.svg?style=small&lang=en").data)
    # The day is never left out, and what is left of the number can be read.
    assert re.search(r"\| 1+… · 21 Nov 2026$", small)


def test_a_link_in_a_chat_says_nothing_of_how_the_licence_stands(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    page = client.get(f"/C/{code(register)}?lang=en").text
    shared = re.findall(r'<meta property="og:(?:title|description|image:alt)" content="([^"]*)"', page)
    assert len(shared) == 3
    assert not re.search("in force|may be used", " ".join(shared), re.IGNORECASE)
    assert "1/2567" in shared[0]
    assert "Open the page to see how it is now" in shared[1]
    assert re.search(rf'<meta property="og:url" content="{BASE}/[^"]+">', page)


def test_a_badge_of_what_is_not_here_says_so(register: Register, client: FlaskClient) -> None:
    missing = client.get(f"/badge/{NOWHERE}.svg")
    assert (missing.status_code, missing.mimetype) == (404, "image/svg+xml")
    assert words(missing.data) == "ไม่พบใบอนุญาตนี้ที่นี่ | registry.example.go.th"
    assert GREY in missing.text
    assert not {GREEN, AMBER, RED} & set(re.findall(r"#[0-9a-f]{6}", missing.text)), "nothing is told of any licence"
    assert client.get("/badge/x.svg").status_code == 404
    batch = send(register, row("1/2567")).batch
    undo_batch(register, batch)
    withdrawn = client.get(f"/badge/{code(register)}.svg?lang=en")
    assert (withdrawn.status_code, withdrawn.mimetype) == (410, "image/svg+xml")
    assert "1/2567" not in withdrawn.text
    for path in (f"/badge/{NOWHERE}.json", f"/card/{NOWHERE}.png", f"/oembed?url={BASE}/C/{NOWHERE}"):
        assert client.get(path).get_json()["type"] == "/problems/no-such-code"
    assert client.get(f"/card/{code(register)}.png").status_code == 410
    assert client.get(f"/badge/{code(register)}.svg?style=huge").status_code == 400


@pytest.mark.parametrize("number", ['<script>alert("1")</script>', "A&B 'x' ]]>", "ก" * 150, "12/2567 \u00a0 ข"])
def test_a_hostile_number_is_text(sqlite_register: Register, sqlite_client: FlaskClient, number: str) -> None:
    send(sqlite_register, row(number))
    with sqlite_register.database.reading() as session:
        (record,) = sqlite_register.store(session).records([1])
    path = f"/badge/{record.check_id}.svg"
    assert record.license.number in words(sqlite_client.get(path).data) or "\u00a0" in number
    told = sqlite_client.get("/oembed", query_string={"url": f"{BASE}/C/{record.check_id}"}).get_json()
    assert "<script" not in told["html"]
    assert told["html"].count("<") == 3
    assert Image.open(BytesIO(sqlite_client.get(f"/card/{record.check_id}.png").data)).size == (1200, 630)


def test_the_same_as_json(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    act(register, "1/2567", ActKind.REVOKE)
    found = client.get(f"/badge/{code(register)}.json").get_json()
    assert found["genuine"] == {"answer": "yes", "code": "signed-by-authority"}
    assert found["inForce"] == {"answer": "no", "code": "revoked"}
    assert (found["colour"], found["day"], found["number"]) == ("red", "2026-11-21", "1/2567")
    assert found["words"]["en"] == "Revoked"
    assert found["license"] == str(iri("1/2567"))
    assert client.get(found["image"].removeprefix(BASE)).status_code == 200
    assert client.get(found["page"].removeprefix(BASE)).status_code == 200


def test_oembed_finds_the_badge_by_the_address_of_the_page(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    check = code(register)
    page = client.get(f"/C/{check}").text
    (found,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page)
    answer = client.get(found.removeprefix(BASE).replace("&amp;", "&"))
    told = answer.get_json()
    assert (told["version"], told["type"], told["width"], told["height"]) == ("1.0", "rich", 300, 92)
    assert told["html"] == (
        f'<a href="{BASE}/C/{check}"><img src="{BASE}/badge/{check}.svg" '
        f'alt="สถานะใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร เลขที่ 1/2567" width="300" height="92"></a>'
    )
    # What stays in other pages for years says nothing of how the licence stood then.
    assert "ใช้ได้" not in answer.text.replace("\\/", "/")
    same: dict[str, str] = {}
    for address in (
        f"{BASE}/c/{check.lower()}",
        f"{BASE}/C/{check}".upper(),
        str(iri("1/2567")),
        f"{BASE}/doc/html/lic/{iri('1/2567').tail}?lang=en#x",
    ):
        same = client.get("/oembed", query_string={"url": address}).get_json()
        assert check in same["html"], address
    assert "lang=en" in same["html"]
    small = client.get(
        "/oembed", query_string={"url": f"{BASE}/C/{check}", "maxwidth": "100", "maxheight": "500"}
    ).get_json()
    assert (small["width"], small["height"]) == (100, 25)
    assert "thumbnail_url" not in small
    assert "thumbnail_url" in told


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 404),
        ({"url": "https://evil.example/C/x"}, 404),
        ({"url": f"{BASE}.evil.example/C/x"}, 404),
        ({"url": f"{BASE}/"}, 404),
        ({"url": f"{BASE}/doc/html/lic/../../x"}, 404),
        ({"url": f"{BASE}/C/%00"}, 404),
        ({"url": "http://[", "format": "json"}, 404),
        ({"url": f"{BASE}/C/x", "format": "xml"}, 501),
        ({"url": "OWN", "format": "xml"}, 501),
        ({"url": "OWN", "format": ""}, 400),
        ({"url": "OWN", "format": "html"}, 400),
        ({"url": "OWN", "maxwidth": "0"}, 400),
        ({"url": "OWN", "maxwidth": "x"}, 400),
    ],
)
def test_oembed_of_anything_else_is_refused(
    sqlite_register: Register, sqlite_client: FlaskClient, query: dict[str, str], status: int
) -> None:
    send(sqlite_register, row("1/2567"))
    own = f"{BASE}/C/{code(sqlite_register)}"
    asked = {name: own if value == "OWN" else value for name, value in query.items()}
    assert sqlite_client.get("/oembed", query_string=asked).status_code == status


def test_oembed_in_xml_is_not_provided_and_no_fault_is_named(
    sqlite_register: Register, sqlite_client: FlaskClient
) -> None:
    send(sqlite_register, row("1/2567"))
    asked = {"url": f"{BASE}/C/{code(sqlite_register)}", "format": "xml"}
    answer = sqlite_client.get("/oembed", query_string=asked)
    assert (answer.status_code, answer.mimetype) == (501, "application/problem+json")
    assert answer.get_json() == {
        "type": "/problems/format-not-provided",
        "title": "This address does not have the format that was asked for.",
        "status": 501,
        "detail": "the format is json here (got 'xml')",
    }
    page = sqlite_client.get("/oembed", query_string={**asked, "lang": "en"}, headers={"Accept": "text/html"})
    assert page.status_code == 501
    assert "This address does not have the format" in page.text
    assert "try again" not in page.text
    assert sqlite_client.get("/problems/format-not-provided").status_code == 200


def test_the_page_has_what_its_licensee_needs(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    check = code(register)
    page = client.get(f"/C/{check}?lang=en").text
    for size in ("a4", "a5", "sticker"):
        assert f"/poster/{check}.pdf?size={size}&amp;lang=en" in page
    assert f"&lt;a href=&#34;{BASE}/C/{check}?lang=en&#34;&gt;" in page
    assert f'<meta property="og:image" content="{BASE}/card/{check}.png?lang=en">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert f'content="{BASE}/card/site.png"' in client.get("/").text
    act(register, "1/2567", ActKind.REVOKE)
    page = client.get(f"/C/{check}?lang=en").text
    assert "/poster/" not in page
    assert "must be taken down" in page


@pytest.mark.parametrize("lang", ["th", "en"])
def test_pictures_of_cards(sqlite_register: Register, sqlite_client: FlaskClient, lang: str, clock: Clock) -> None:
    send(sqlite_register, row("1/2567"), row("2/2567"), row("3/2567", expires_on=""))
    act(sqlite_register, "2/2567", ActKind.REVOKE, TODAY)
    for name, number in (("in-force", "1/2567"), ("revoked", "2/2567"), ("unknown", "3/2567")):
        answer = sqlite_client.get(f"/card/{code(sqlite_register, number)}.png?lang={lang}")
        assert answer.content_type == "image/png"
        picture = Image.open(BytesIO(answer.data)).convert("RGB")
        assert picture.size == (1200, 630)
        # What counts is in the middle square, which some previews show alone: beside it there is only the colour.
        left = picture.crop((0, 0, 280, 630)).getcolors(1 << 16)
        assert left is not None
        assert len(left) < 12
        keep_picture(picture, f"card-{name}-{lang}")
    site = sqlite_client.get(f"/card/site.png?lang={lang}")
    keep_picture(Image.open(BytesIO(site.data)).convert("RGB"), f"card-site-{lang}")
    assert site.content_type == "image/png"


def test_the_help_says_what_a_shop_finds_on_its_page(sqlite_client: FlaskClient) -> None:
    assert "a poster to print, a badge for your website" in sqlite_client.get("/help?lang=en").text


def test_what_is_in_force_and_not_signed_is_not_called_over(
    sqlite_register: Register, sqlite_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(sqlite_register, row("1/2567"))
    monkeypatch.setattr("registry.store.Store.credential", lambda *_: None)
    page = sqlite_client.get(f"/doc/html/lic/{iri('1/2567').tail}?lang=en").text
    assert "this licence has no signed credential, so nothing on it could be checked" in page
    assert "must be taken down" not in page


def test_a_very_long_number_is_shortened_on_the_card(sqlite_register: Register) -> None:
    send(sqlite_register, row("ก" * 125))
    with sqlite_register.database.reading() as session:
        (record,) = sqlite_register.store(session).records([1])
        job = card_job(standing_of(sqlite_register, session, record), "registry.example.go.th", "th")
    number = orjson.loads(job.files["data.json"])["number"]
    assert len(number) == 50
    assert number.endswith("…")
