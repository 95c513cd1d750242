"""A walk through everything that the register says to everybody: what is masked or restricted of a person stands nowhere.

It starts at every address without a part that varies and at the planted licences, and follows every link, address and IRI that
it reads. Every route must have been reached in the end: one that is new must be linked from somewhere, or be named in `SEEDS`.
"""

import hashlib
import html
import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
import zxingcpp
from backports import zstd
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from registry.access.acts import follow
from registry.access.files import Files
from registry.access.link import Declared, Origin
from registry.access.links import By, write_links
from registry.intake.publish import publish
from registry.intake.suspicion import SUSPICIONS
from registry.intake.undo import undo_batch
from registry.poster.poster import Size
from registry.register import Register
from registry.showing.links import new_show_link
from registry.tables import AccessFileRow, SignReportContentRow, SignReportRow
from tests.registry.conftest import client_of
from tests.registry.mirroring import dump_here
from tests.registry.posters import Poster, legible
from tests.registry.small import (
    ADVERT,
    BASE,
    CLINIC,
    DEPARTMENT,
    FOOD,
    HEADINGS,
    MAPPING,
    PLAIN,
    TODAY,
    TOWN,
    act,
    credentials,
    current_credential,
    find,
    iri,
    row,
    send,
    submission,
    table,
)
from verify.manifest import open_manifest
from vocab.access import AccessRights, LicenseAccess, parse_access
from vocab.history import ActKind
from vocab.iri import LicenseIri

FURTHER = (
    *("licensee_en", "premises_en", "subdistrict", "postal_code", "subdistrict_code", "latitude", "longitude"),
    *("activity", "condition"),
)
PLACE = {
    "street": "99/8712 ซอยซ่อนเร้น",
    "subdistrict": "ตำบลบังตาไว้",
    "postal_code": "48713",
    "subdistrict_code": "480113",
    "latitude": "17.3958123",
    "longitude": "104.7712349",
}
"""Of a place that is told by its district at most."""
PERSON = {
    "licensee": "นายกฤษณพงศ์ วรรณสมบูรณ์",
    "licensee_en": "Mr Kritsanaphong Wannasomboon",
    "juristic_id": "",
    **PLACE,
    "activity": "กิจการที่ไม่เปิดเผย",
    "condition": "เงื่อนไขที่ไม่เปิดเผย",
}
FORMERLY = {**PERSON, "licensee": "นางพิมพ์ลักษณ์ เจริญสุขสันต์", "licensee_en": "Mrs Phimlak Charoensuksan"}
HIDDEN = {**PERSON, "premises": "ร้านที่ไม่บอกชื่อ", "premises_en": "Unnamed Shop", "district": "อำเภอเร้นลับ"}
"""Of types that disclose nothing of persons but the province."""
NEEDLES = (
    *("กฤษณพงศ์", "วรรณสมบูรณ์", "Kritsanaphong", "Wannasomboon", "พิมพ์ลักษณ์", "เจริญสุขสันต์", "Phimlak", "Charoensuksan"),
    *("99/8712", "ซ่อนเร้น", "บังตาไว้", "48713", "480113", "17.3958", "104.7712", "ที่ไม่เปิดเผย"),
    *("ร้านที่ไม่บอกชื่อ", "Unnamed Shop", "เร้นลับ", "taken-back", "not-blacked-out"),
)
NAMES = tuple(
    needle for needle in NEEDLES if len(legible(needle)) > 4 and needle[0] in "กวพจซบเร" and needle != "ที่ไม่เปิดเผย"
)
"""Thai words of which enough is left without their marks."""
MASKED = "นายก*** ว***"
OPEN, SHOWING = b"%PDF-1.7 of a company", b"%PDF-1.7 not-blacked-out"
"""Files: of a licence of which all is public, and of one of a person, whom it shows."""
REPORT = "7K3M9-QTX2B"
"""Of a sign: what somebody wrote in it is for the authority alone."""
SEEDS: tuple[str, ...] = (
    "/search?q=ร้าน",
    "/api/v1/licenses?limit=100&facets=1",
    "/api/v1/licenses?number=1/2567",
    "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D&format=csv",
    "/problems/no-such-license",
    f"/api/v1/licenses/{TOWN}/{FOOD}/1~2F2567",
    "/api/v1/batches/1",
    "/api/v1/batches/1/rows",
    "/api/v1/batches/1/changes",
    "/api/v1/batches/1/missing",
    "/api/v1/batches/1/sample",
    "/api/v1/batches/1/findings.csv",
    "/api/v1/batches/1/posters.zip",
    f"/api/v1/access/{TOWN}/{FOOD}/1~2F2567",
    f"/api/v1/access/{TOWN}/{FOOD}/2~2F2567",
    f"/api/v1/access/{TOWN}/{FOOD}/3~2F2567",
    f"/api/v1/access/{TOWN}/{FOOD}/10~2F2567",
    f"/file/{hashlib.sha256(SHOWING).hexdigest()}.pdf",
    f"/report/sent/{REPORT}",
    f"/api/v1/reports/{REPORT}",
    f"/api/v1/reports/{REPORT}/photo",
    "/checker/app/checker/words.js",
)
"""What no link leads to."""
MOST = 150
"""Addresses of one route."""
_LINK = re.compile(
    r"""(?:href|src|action)=["']([^"']+)["']|(?:^|[<>"'(\s,])(https://registry\.example\.go\.th[^\s<>"'\\)`,]*)"""
)


def plant(register: Register) -> list[LicenseIri]:
    """Licences of persons, each of another kind, with what must not be told in every field; and companies beside them."""
    mapping = MAPPING.replace("[columns]\n", "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in FURTHER))
    plain = mapping.partition("[columns.particulars]")[0]

    def add(authority: str, license_type: str, *rows: dict[str, str]) -> int:
        file = table(*({**PLAIN, **each} for each in rows), headings=(*HEADINGS, *FURTHER))
        chosen = mapping if license_type == FOOD else plain
        report = publish(register, submission(file, authority, license_type, chosen), accept=SUSPICIONS)
        assert report.counts["rejected"] == 0, report
        return report.batch

    numbers = {"1/2567": FORMERLY, "2/2567": PERSON, "3/2567": PERSON, "4/2567": PERSON}
    add(TOWN, FOOD, *({**cells, "number": number} for number, cells in numbers.items()))
    add(TOWN, FOOD, {**PERSON, "number": "1/2567", "aliases": "ก.1"})
    add(TOWN, FOOD, {**PERSON, "number": "5/2567", "renews": "4/2567"})
    add(TOWN, ADVERT, {**HIDDEN, "number": "6"})
    add(DEPARTMENT, CLINIC, {**HIDDEN, "number": "7"})
    withdrawn = add(DEPARTMENT, CLINIC, {**HIDDEN, "number": "8"})
    undo_batch(register, withdrawn)
    send(register, row("10/2567", juristic_id="0105536000313"), row("11/2567"))
    plant_links(register)
    act(register, "2/2567", ActKind.SUSPEND, TODAY)
    act(register, "3/2567", ActKind.REVOKE, TODAY)
    return [
        *(iri(number) for number in (*numbers, "5/2567")),
        iri("6", "be2567", TOWN, ADVERT),
        iri("7", None, DEPARTMENT, CLINIC),
        iri("8", None, DEPARTMENT, CLINIC),
    ]


def plant_links(register: Register) -> None:
    """Links that say too much, as they stand where a type disclosed more when they were declared; and what may be told."""
    site = "https://www.photak.example.go.th"
    telling = [f"{site}/กฤษณพงศ์.pdf", f"{site}/x?of={quote('วรรณสมบูรณ์')}"]
    write(
        register, iri("1/2567"), *(Declared(access=parse_access(rights="public", access_url=each)) for each in telling)
    )
    write(
        register,
        iri("2/2567"),
        Declared(access=parse_access(rights="restricted", access_url=f"{site}/Kritsanaphong/login")),
    )
    write(register, iri("3/2567"), file_of(SHOWING), origin=Origin.FILE)
    write(register, iri("4/2567"), Declared(access=parse_access(rights="nonPublic", media_type="application/pdf")))
    taken_back = parse_access(rights="public", access_url=f"{site}/taken-back.pdf")
    write(register, iri("8", None, DEPARTMENT, CLINIC), Declared(access=taken_back))
    write(register, iri("10/2567"), file_of(OPEN), origin=Origin.FILE)
    write(register, iri("11/2567"), Declared(access=parse_access(rights="public", access_url=f"{site}/11")))


def file_of(body: bytes) -> Declared:
    sha256 = hashlib.sha256(body).hexdigest()
    access = LicenseAccess(rights=AccessRights.PUBLIC, download_url=f"{BASE}/file/{sha256}.pdf")
    return Declared(access=access, sha256=sha256, size=len(body))


def write(register: Register, named: LicenseIri, *declared: Declared, origin: Origin = Origin.DECLARED) -> None:
    with register.database.writing() as session:
        store = register.store(session)
        record = store.find(named)
        assert record is not None
        for each in declared:
            if each.sha256:
                session.add(
                    AccessFileRow(
                        sha256=each.sha256,
                        size=each.size,
                        authority_id=store.authority_id(TOWN),
                        stored_at=register.now(),
                        removed_at=None,
                    )
                )
        session.flush()
        write_links(session, store.codec, {record.id: declared}, origin, By(), register.now())
        follow(register, session, store, [record.id])


@dataclass
class Walk:
    """Every answer that was had: `reached` are the rules of the routes that answered, each with how often."""

    app: Flask
    client: FlaskClient
    visit: Callable[[str, TestResponse], None]
    reached: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def from_all(self, first: list[str]) -> None:
        waiting = deque(first)
        while waiting:
            path = waiting.popleft()
            rule = self.rule_of(path)
            if path in self.seen or rule is None or self.reached[rule] >= MOST:
                continue
            self.seen.add(path)
            self.reached[rule] += 1
            answer = self.client.get(path)
            self.visit(path, answer)
            waiting.extend(links(answer))
            answer.close()

    def rule_of(self, path: str) -> str | None:
        """The route that a path is for; None for none."""
        try:
            found, _ = self.app.url_map.bind("registry.example.go.th").match(
                unquote(urlsplit(path).path), return_rule=True
            )
        except HTTPException:
            return None
        return str(found.rule)


def links(answer: TestResponse) -> Iterator[str]:
    """Every address of the register in an answer and its header fields, as a path."""
    header = " ".join(f"{value} " for name, value in answer.headers if name in {"Location", "Link", "Content-Location"})
    header = (
        header.replace("</", f"<{BASE}/").replace(" /", f" {BASE}/") if not header.startswith("/") else BASE + header
    )
    for match in _LINK.finditer(f"{header}\n{text_of(answer)}"):
        found = html.unescape(match[1] or match[2]).partition("#")[0]
        path = found.removeprefix(BASE)
        if path.startswith("/") and not path.startswith("//"):
            yield path
            if path.startswith("/doc/html/") and "lang=" not in path:
                yield f"{path}{'&' if '?' in path else '?'}lang=en"


def text_of(answer: TestResponse) -> str:
    """What an answer says, however it is packed; of a QR code what it holds."""
    body = answer.data
    if answer.content_type == "application/pdf" and body.startswith(b"%PDF-1.7\n%\x80"):
        poster = Poster(body)
        return f"{poster.text} {b' '.join(poster.attached.values()).decode()}"
    if answer.content_type == "image/png":
        return " ".join(str(each.text) for each in zxingcpp.read_barcodes(Image.open(BytesIO(body))))
    if body[:4] == b"\x28\xb5\x2f\xfd":
        body = zstd.decompress(body)
    return bytes(body).decode("utf-8", "replace")


def spellings(text: str) -> Iterator[str]:
    """A text as it stands, and as whoever reads it unpacks it."""
    yield text
    yield html.unescape(text)
    yield unquote(text)
    if "\\u" in text:
        yield json.loads('"' + re.sub(r'"|\n|\\(?!u[0-9a-fA-F]{4})', " ", text) + '"')


def told(answer: TestResponse) -> set[str]:
    """What of the planted is said in an answer, or in its header fields."""
    # How long an answer is may be any number.
    headers = (f"{name}: {value}" for name, value in answer.headers if name != "Content-Length")
    text = "\n".join([text_of(answer), *headers])
    found = {needle for each in spellings(text) for needle in NEEDLES if needle.casefold() in each.casefold()}
    if answer.content_type == "application/pdf":
        # Of Thai, PDFium reads marks as it likes: they are taken off both.
        found |= {needle for needle in NAMES if legible(needle) in legible(text)}
    return found


@pytest.fixture
def planted(register: Register) -> list[LicenseIri]:
    return plant(register)


@pytest.fixture
def site(register: Register, tmp_path: Path) -> FlaskClient:
    files = Files(tmp_path / "files", 0)
    for body in (OPEN, SHOWING):
        path = files.path(hashlib.sha256(body).hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return client_of(register, tmp_path)


def first_paths(app: Flask, register: Register, planted: list[LicenseIri]) -> list[str]:
    """All addresses without a part that varies, what is known of the planted licences, and `SEEDS`."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    own = [f"/{form}/lic/{each.tail}" for each in planted for form in ("id", *(f"doc/{x}" for x in FORMS))]
    own += [f"{path}?lang=en" for path in own if "/html/" in path]
    for each in planted:
        record = find(register, each)
        own += [f"/C/{record.check_id}", f"/c/{record.check_id.lower()}", f"/qr/{record.check_id}.png"]
        own += [f"/qr/{record.check_id}.svg", f"/api/v1/licenses/{each.tail}"]
        own += [f"/vc/{credential.id}" for credential in credentials(register, each)]
        own += [f"/badge/{record.check_id}.{form}" for form in ("svg", "json")] + [f"/card/{record.check_id}.png"]
        own += [f"/poster/{record.check_id}.pdf?size={size}&lang={lang}" for size in Size for lang in ("th", "en")]
        own += [f"/api/v1/show-links/{each.tail}", f"/show/{new_show_link(register, record)[1]}"]
    return [*own, *SEEDS, *(rule.rule for rule in rules)]


FORMS = ("html", "jsonld", "ttl", "nt", "vc")


def add_report(register: Register, about: LicenseIri) -> None:
    """Somebody writes into a report what must not be told."""
    record = find(register, about)
    facts = {"sequence": 1, "reference": REPORT, "license_id": record.id, "wrong": "licensee", "at": register.now()}
    with register.database.writing() as session:
        authority_id = register.store(session).authority_id(about.authority)
        session.add(SignReportRow(authority_id=authority_id, **facts))
        session.flush()
        session.add(SignReportContentRow(report=1, text=PERSON["licensee"], place=PERSON["street"], photo=None))


def test_what_is_withheld_is_said_nowhere(
    site: FlaskClient, register: Register, planted: list[LicenseIri], tmp_path: Path
) -> None:
    dump_here(register, tmp_path / "data")
    add_report(register, planted[1])
    said: dict[str, set[str]] = {}
    statuses: dict[str, set[int]] = {}

    def look(path: str, answer: TestResponse) -> None:
        assert answer.status_code < 500, path
        statuses.setdefault(walk.rule_of(path) or "", set()).add(answer.status_code)
        found = told(answer)
        if found:
            said[path] = found

    walk = Walk(site.application, site, look)
    pack = open_manifest(site.get("/pack/manifest").data, register.now())
    parts = [f"/pack/parts/{part.sha256.hex()}" for part in pack.parts]
    walk.from_all([*first_paths(site.application, register, planted), *parts])
    assert said == {}
    rules = {rule.rule for rule in site.application.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert rules - walk.reached.keys() == set(), "no link leads there: name an address of each in SEEDS"
    silent = {rule for rule, found in statuses.items() if min(found) >= 400}
    own = ("/api/v1/batches", "/api/v1/reports", "/api/v1/show-links", "/show.json")
    assert {rule for rule in silent if not rule.startswith(own)} == set(), "nothing was said there"


def test_a_leak_would_be_noticed(
    site: FlaskClient, register: Register, planted: list[LicenseIri], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.web.catalogue.disclosed", lambda license, license_type: license)
    answer = site.get(f"/doc/nt/lic/{planted[1].tail}")
    assert {"กฤษณพงศ์", "99/8712", "17.3958", "Wannasomboon"} <= told(answer)


def test_a_leak_into_a_poster_would_be_noticed(
    site: FlaskClient, register: Register, planted: list[LicenseIri], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/poster/{find(register, planted[0]).check_id}.pdf"
    assert told(site.get(path)) == set()
    monkeypatch.setattr("registry.poster.poster.disclosed", lambda license, license_type: license)
    assert {"วรรณสมบูรณ์", "99/8712"} & told(site.get(f"{path}?lang=en&size=a5")) != set()


def test_the_phone_of_a_holder_says_no_more_than_the_page(
    site: FlaskClient, register: Register, planted: list[LicenseIri]
) -> None:
    for each in (planted[0], planted[5], planted[6]):
        secret = new_show_link(register, find(register, each))[1]
        assert told(site.post(f"/show/{secret}", base_url=BASE)) == set()
        page = site.get("/show", base_url=BASE)
        assert page.status_code == 200
        assert told(page) == set()


def test_the_planted_are_found_where_they_may_be(site: FlaskClient, planted: list[LicenseIri]) -> None:
    page = site.get(f"/doc/html/lic/{planted[0].tail}")
    assert page.status_code == 200
    assert MASKED in page.text
    nothing = TestResponse(
        [f"<p>{PERSON['licensee']}</p>".encode()], "200 OK", site.get("/").headers, site.get("/").request
    )
    assert told(nothing) == {"กฤษณพงศ์", "วรรณสมบูรณ์"}
    for each in planted[5:7]:
        listed = site.get("/api/v1/licenses", query_string={"number": each.number, "type": each.type}).get_json()
        (found,) = listed["licenses"]
        assert found["province"] == "นครพนม"
        assert not {"licensee", "premises", "district"} & found.keys()


def test_a_link_is_told_where_nothing_is_hidden_by_it(site: FlaskClient, planted: list[LicenseIri]) -> None:
    for number, count in (("1/2567", 0), ("2/2567", 0), ("3/2567", 0), ("4/2567", 1), ("10/2567", 1), ("11/2567", 1)):
        told_of = site.get(f"/api/v1/access/{iri(number).tail}").get_json()
        assert len(told_of["links"]) == count, number
    with site.get(f"/file/{hashlib.sha256(OPEN).hexdigest()}.pdf") as answer:
        assert answer.data == OPEN
    assert site.get(f"/file/{hashlib.sha256(SHOWING).hexdigest()}.pdf").status_code == 410


@pytest.mark.parametrize("needle", NEEDLES)
def test_nobody_can_ask_whether_it_is_there(site: FlaskClient, planted: list[LicenseIri], needle: str) -> None:
    """A search for what is withheld answers as one for what is not there at all."""
    other = "".join(reversed(needle)) if len(set(needle)) > 1 else "ฮฮฮ"
    for word, nothing in ((needle, other), (needle[1:-1], other[1:-1])):
        for lang in ("th", "en"):
            found = site.get("/search", query_string={"q": word, "lang": lang})
            missing = site.get("/search", query_string={"q": nothing, "lang": lang})
            assert found.status_code == missing.status_code == 200
            assert _without(found.text, word) == _without(missing.text, nothing)
        for name in ("q", "activity", "district", "number"):
            answer = site.get("/api/v1/licenses", query_string={name: word, "facets": "1"})
            missing = site.get("/api/v1/licenses", query_string={name: nothing, "facets": "1"})
            assert answer.status_code == missing.status_code == (400 if name in ("activity", "district") else 200)
            assert answer.get_json() == missing.get_json()
            assert not answer.get_json().get("licenses")
            assert not answer.get_json().get("similar")


def _without(page: str, word: str) -> str:
    """A page without the words that were looked for: it repeats them in the field, the title and its own links."""
    text = html.unescape(unquote(page.replace("+", " ")))
    return text.replace(word, "").replace(html.escape(word), "")


@pytest.mark.parametrize("number", ["1/2567", "2/2567"])
def test_what_is_checked_says_no_more_than_the_credential(
    site: FlaskClient, register: Register, planted: list[LicenseIri], number: str
) -> None:
    credential = current_credential(register, number)
    asked = site.post("/credentials/verify", json={"verifiableCredential": json.loads(credential)})
    page = site.post("/verify", data={"text": credential.decode()})
    assert {asked.status_code, page.status_code} <= {200, 400}
    assert told(asked) == told(page) == set()
