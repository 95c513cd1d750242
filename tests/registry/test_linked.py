"""From a licence to its law, announcement and places, and back through time: every document can be read by any RDF tool."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient
from pyld import jsonld
from rdflib import DCTERMS, ORG, RDF, SKOS, Namespace, URIRef
from sqlalchemy import text

from registry.catalogue import declare, read_catalogue
from registry.intake.undo import undo_batch
from registry.register import Register
from tests.registry.small import (
    BASE,
    CATALOGUE,
    DEPARTMENT,
    FOOD,
    TODAY,
    TOWN,
    Clock,
    act,
    find,
    iri,
    row,
    send,
)
from verify.canonical import plain_nquads
from vocab.area import provinces
from vocab.authority import GazetteAnnouncement, Level, LicenseType, LicensingAuthority
from vocab.history import ActKind
from vocab.license import LocalText, Term
from vocab.linked import authority_document, type_document

TAIL = f"{TOWN}/{FOOD}/12~2F2567"
ELI = Namespace("http://data.europa.eu/eli/ontology#")
CV = Namespace("http://data.europa.eu/m8g/")
SCHEMA = Namespace("https://schema.org/")
LIC = Namespace("https://id.example.go.th/def/lic#")
MAPPED = """
[columns]
number = "number"
licensee = "licensee"
subdistrict = "subdistrict"
district = "district"
province = "province"
subdistrict_code = "subdistrict_code"
issued_on = "issued_on"
expires_on = "expires_on"
"""
THINGS = (
    f"lic/{TAIL}",
    f"auth/{TOWN}",
    f"type/{FOOD}",
    "law/pha-2535",
    "law/pha-2535/s38",
    f"gazette/{TOWN}/display-2567",
    "area/48",
)


@pytest.fixture
def filled(register: Register, clock: Clock) -> Register:
    """One licence that was renewed, and one that is suspended."""
    send(register, row("12/2567"), row("13/2567"))
    clock.pass_by(hours=1)
    act(register, "12/2567", ActKind.RENEW, term=Term(valid_from=date(2024, 3, 1), expires_on=date(2028, 2, 28)))
    act(register, "13/2567", ActKind.SUSPEND, TODAY)
    clock.pass_by(hours=1)
    return register


@pytest.fixture
def site(filled: Register, client: FlaskClient) -> FlaskClient:
    return client


def expanded(site: FlaskClient, document: Any) -> list[Any]:
    """The document in expanded form; a term that its contexts do not define is an error."""

    def load(url: str, _options: dict[str, Any]) -> dict[str, Any]:
        assert url.startswith(BASE), url
        served = site.get(url.removeprefix(BASE))
        assert served.status_code == 200
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": served.get_json(force=True),
        }

    def on_dropped(key: str) -> None:
        raise AssertionError(f"dropped: {key}")

    found: list[Any] = jsonld.expand(document, {"documentLoader": load, "base": None}, on_property_dropped=on_dropped)
    return found


def graph(site: FlaskClient, path: str) -> rdflib.Graph:
    """The triples of a Turtle document, all of whose nodes have absolute names."""
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    return named(answer.data, "turtle" if "/ttl/" in path else "nt")


def named(body: bytes, kind: str) -> rdflib.Graph:
    found = rdflib.Graph().parse(data=body, format=kind, publicID="relative:")
    assert len(found) > 0
    for triple in found:
        for term in triple:
            assert not isinstance(term, rdflib.BNode), triple
            assert not str(term).startswith("relative:"), triple
    return found


@pytest.mark.parametrize("thing", THINGS)
def test_every_thing_leads_to_documents_that_say_the_same(site: FlaskClient, thing: str) -> None:
    path = f"/def/license-type/{FOOD}" if thing.startswith("type/") else f"/id/{thing}"
    for accept, form in (
        ("text/html", "html"),
        ("application/ld+json", "jsonld"),
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
    ):
        answer = site.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/doc/{form}/{thing}")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "no-store"
        assert f'</doc/jsonld/{thing}>; rel="describedby"; type="application/ld+json"' in answer.headers.getlist("Link")
        document = site.get(answer.headers["Location"])
        assert document.status_code == 200
        assert f'<{path}>; rel="describes"' in document.headers.getlist("Link")
        alternates = [link for link in document.headers.getlist("Link") if 'rel="alternate"' in link]
        assert all(f"/doc/{form}/" not in link for link in alternates)
        assert {"html", "jsonld", "ttl", "nt"} - {form} <= {link.split("/")[2] for link in alternates}
    assert site.get(path, headers={"Accept": "image/png"}).status_code == 406
    turtle, triples = graph(site, f"/doc/ttl/{thing}"), graph(site, f"/doc/nt/{thing}")
    assert set(turtle) == set(triples)
    assert (URIRef(BASE + path), None, None) in triples
    body = site.get(f"/doc/jsonld/{thing}").get_json(force=True)
    quads = jsonld.to_rdf(expanded(site, body), {"format": "application/n-quads"})
    assert set(named(quads.encode(), "nt")) == set(triples)


@pytest.mark.parametrize("thing", THINGS)
def test_what_a_client_has_already_is_not_sent_again(site: FlaskClient, thing: str) -> None:
    for form in ("html", "jsonld", "ttl", "nt"):
        path = f"/doc/{form}/{thing}"
        first = site.get(path)
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        again = site.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        other = site.get(path, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200
        if "Last-Modified" in first.headers:
            since = site.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
            assert (since.status_code, since.data) == (304, b""), path
            before = site.get(path, headers={"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"})
            assert before.status_code == 200
        # A page says when it was made, and the list of provinces is part of the software.
        assert ("Last-Modified" in first.headers) is (form != "html" and thing != "area/48")


def test_the_licence_leads_to_its_authority_law_and_announcement(site: FlaskClient) -> None:
    license = URIRef(f"{BASE}/id/lic/{TAIL}")
    here = graph(site, f"/doc/ttl/lic/{TAIL}")
    (law,) = here.objects(license, CV.hasLegalResource)
    (announcement,) = here.objects(license, URIRef("https://id.example.go.th/def/lic#displayAnnouncement"))
    (authority,) = here.objects(license, SCHEMA.issuedBy)
    for thing, kind in ((law, ELI.LegalResourceSubdivision), (announcement, ELI.LegalResource)):
        leads = site.get(str(thing).removeprefix(BASE), headers={"Accept": "text/turtle"})
        there = graph(site, leads.headers["Location"])
        assert (thing, RDF.type, kind) in there
    section = graph(site, "/doc/ttl/law/pha-2535/s38")
    of_type = URIRef(f"{BASE}/def/license-type/{FOOD}")
    assert (of_type, CV.hasLegalResource, law) in section
    assert (law, ELI.is_part_of, URIRef(f"{BASE}/id/law/pha-2535")) in section
    whole = graph(site, "/doc/ttl/law/pha-2535")
    assert (URIRef(f"{BASE}/id/law/pha-2535"), ELI.has_part, law) in whole
    told = graph(site, f"/doc/ttl/gazette/{TOWN}/display-2567")
    assert (announcement, DCTERMS.subject, of_type) in told
    assert (announcement, ELI.passed_by, authority) in told


def test_an_authority_tells_machines_what_its_page_tells_people(
    register: Register, client: FlaskClient, tmp_path: Path
) -> None:
    with_ministry = CATALOGUE.replace(
        'homepage = "https://dld.example.go.th/"',
        'homepage = "https://dld.example.go.th/"\nministry = { th = "กระทรวงเกษตรฯ", en = "Ministry of Agriculture" }',
    )
    path = tmp_path / "catalogue.toml"
    path.write_text(with_ministry, encoding="utf-8")
    declare(register, read_catalogue(path))
    department, town = (URIRef(f"{BASE}/id/auth/{code}") for code in (DEPARTMENT, TOWN))
    found = graph(client, f"/doc/ttl/auth/{DEPARTMENT}")
    ministry = found.value(department, ORG.unitOf)
    assert rdflib.Literal("กระทรวงเกษตรฯ", "th") in set(found.objects(ministry, SKOS.prefLabel))
    assert found.value(department, SCHEMA.sameAs) == URIRef(f"did:web:registry.example.go.th:auth:{DEPARTMENT}")
    assert found.value(department, LIC.grants) == URIRef(f"{BASE}/def/license-type/animal-clinic")
    assert found.value(department, LIC.publishes) == URIRef(f"{BASE}/id/catalog#{DEPARTMENT}/animal-clinic")
    found = graph(client, f"/doc/nt/auth/{TOWN}")
    assert found.value(town, ORG.unitOf) is None
    announcement = URIRef(f"{BASE}/id/gazette/{TOWN}/display-2567")
    assert (announcement, ELI.passed_by, town) in found
    assert found.value(town, LIC.displayAnnouncement) == announcement
    assert found.value(announcement, DCTERMS.subject) == URIRef(f"{BASE}/def/license-type/{FOOD}")
    links = client.get(f"/doc/ttl/auth/{TOWN}").headers.getlist("Link")
    assert f'</id/gazette/{TOWN}/display-2567>; rel="item"' in links
    assert f'</def/license-type/{FOOD}>; rel="item"' in links


def test_a_type_tells_machines_what_section_13_asks_of_it(
    register: Register, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, kind = graph(client, f"/doc/ttl/type/{FOOD}"), URIRef(f"{BASE}/def/license-type/{FOOD}")
    assert found.value(kind, LIC.displayRequired) is None, "what nobody stated is not told"
    path = tmp_path / "catalogue.toml"
    path.write_text(
        CATALOGUE.replace('code = "food-premises"\n', 'code = "food-premises"\ndisplay_required = true\n', 1), "utf-8"
    )
    declare(register, read_catalogue(path))
    found = graph(client, f"/doc/nt/type/{FOOD}")
    assert found.value(kind, LIC.displayRequired) == rdflib.Literal(True)
    law = URIRef(f"{BASE}/id/law/pha-2535/s38")
    assert found.value(kind, CV.hasLegalResource) == law
    assert found.value(law, ELI.number) is not None
    assert {str(each).rpartition("/")[2] for each in found.objects(kind, LIC.grantedBy)} == {TOWN, "x-office"}
    assert URIRef(f"{BASE}/id/gazette/{TOWN}/display-2567") in set(found.objects(kind, LIC.displayAnnouncement))
    face = {int(str(found.value(each, SCHEMA.position))): each for each in found.objects(kind, LIC.faceProfile)}
    assert sorted(face) == [1, 2, 3, 4, 5, 6]
    assert found.value(face[2], SCHEMA.valueRequired) == rdflib.Literal(True)
    assert str(found.value(face[2], LIC.disclosure)) == "masked"
    assert (str(found.value(face[5], SCHEMA.valueName)), str(found.value(face[5], SCHEMA.propertyID))) == (
        "particular",
        "area",
    )
    monkeypatch.setattr("registry.web.grantors.PAGE", 1)
    first = client.get(f"/doc/ttl/type/{FOOD}")
    assert '</def/license-type>; rel="collection"' in first.headers.getlist("Link")
    assert f'</doc/ttl/type/{FOOD}?after={TOWN}>; rel="next"' in first.headers.getlist("Link")
    rest = graph(client, f"/doc/ttl/type/{FOOD}?after={TOWN}")
    assert list(rest.objects(kind, LIC.grantedBy)) == [URIRef(f"{BASE}/id/auth/x-office")]


def test_a_type_that_hundreds_grant_is_told_the_quick_way(sqlite_register: Register) -> None:
    license_type = LicenseType(code=FOOD, name=LocalText(th="ก"), display_required=True)
    announcement = GazetteAnnouncement(code="a", title=LocalText(th="ก"), types=(FOOD,))
    grantors = [
        (LicensingAuthority(code=f"lao-{n:08d}", name=LocalText(th="ก"), level=Level.LOCAL), (announcement,))
        for n in range(200)
    ]
    found = plain_nquads(type_document(license_type, grantors, BASE), sqlite_register.loader)
    assert found is not None, "a general JSON-LD processor is asked for nothing so dear"
    assert found.count(b"#grantedBy>") == found.count(b"#displayAnnouncement>") == 200
    node = authority_document(grantors[0][0], [license_type], [announcement], BASE)
    assert plain_nquads(node, sqlite_register.loader) is not None


@pytest.mark.parametrize("thing", ["area/48", "law/pha-2535", f"gazette/{TOWN}/display-2567"])
def test_a_page_names_its_own_address_once_and_its_data(site: FlaskClient, thing: str) -> None:
    page = site.get(f"/doc/html/{thing}").text
    assert page.count('rel="canonical"') == 1
    assert f'<link rel="canonical" href="{BASE}/doc/html/{thing}">' in page
    assert f'<link rel="alternate" type="text/turtle" href="/doc/ttl/{thing}">' in page


def test_an_announcement_has_one_address(site: FlaskClient) -> None:
    for path in ("/id/gazette/lao-05480115/display-2567", "/doc/ttl/gazette/lao-05480115/display-2567"):
        answer = site.get(path)
        assert answer.status_code == 308
        assert answer.headers["Location"] == path.replace("lao-05480115", TOWN)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/id/law/none", "no-such-law"),
        ("/id/law/pha-2535/s1", "no-such-law"),
        ("/doc/ttl/law/none", "no-such-law"),
        (f"/id/gazette/{TOWN}/none", "no-such-announcement"),
        (f"/doc/nt/gazette/{DEPARTMENT}/display-2567", "no-such-announcement"),
        ("/id/gazette/x-none/display-2567", "no-such-authority"),
        ("/id/area/28", "no-such-area"),
        ("/id/area/480115", "no-such-area"),
        ("/id/area/๔๘", "no-such-area"),
        ("/doc/jsonld/area/4", "no-such-area"),
        ("/ver/lic/999999", "no-such-version"),
    ],
)
def test_what_is_not_there_is_explained(site: FlaskClient, path: str, code: str) -> None:
    answer = site.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json()["type"] == f"/problems/{code}"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_there_are_77_provinces_and_each_has_its_documents(site: FlaskClient) -> None:
    assert len(provinces()) == 77
    for code, area in provinces().items():
        assert area.name is not None
        page = site.get(f"/doc/html/area/{code}?lang=en")
        assert area.name.en in page.text
    assert site.get("/doc/html/area/48").text.count("/search?province=") == 1


def test_districts_and_subdistricts_are_those_that_licences_are_in(register: Register, client: FlaskClient) -> None:
    publish_places(register)
    assert client.get("/id/area/480115").status_code == 303
    there = graph(client, "/doc/ttl/area/480115")
    district, province = URIRef(f"{BASE}/id/area/4801"), URIRef(f"{BASE}/id/area/48")
    assert (URIRef(f"{BASE}/id/area/480115"), SCHEMA.containedInPlace, district) in there
    assert (district, SCHEMA.containedInPlace, province) in there
    assert (province, SCHEMA.name, rdflib.Literal("Nakhon Phanom", lang="en")) in there
    above = graph(client, "/doc/ttl/area/48")
    assert (province, SCHEMA.containsPlace, district) in above
    assert (district, SCHEMA.name, rdflib.Literal("เมืองนครพนม", lang="th")) in above
    assert client.get("/id/area/480199").status_code == 404, "of a person, whose address is masked"
    page = client.get("/doc/html/area/48").text
    assert "เมืองนครพนม" in page


def publish_places(register: Register) -> None:
    """A licence of a company in one subdistrict, and one of a person in another, whose address is not public."""
    from registry.intake.publish import publish
    from registry.intake.suspicion import SUSPICIONS
    from tests.registry.small import submission, table

    headings = (
        "number",
        "licensee",
        "subdistrict",
        "district",
        "province",
        "subdistrict_code",
        "issued_on",
        "expires_on",
    )
    rows = [
        ("20/2567", "บริษัท ตัวอย่าง จำกัด", "ตำบลโพธิ์ตาก", "อำเภอเมืองนครพนม", "480115"),
        ("21/2567", "นายสมชาย ใจดีมาก", "ตำบลลับ", "อำเภอเมืองนครพนม", "480199"),
    ]
    cells = [
        {
            "number": number,
            "licensee": licensee,
            "subdistrict": subdistrict,
            "district": district,
            "province": "นครพนม",
            "subdistrict_code": code,
            "issued_on": "2024-03-01",
            "expires_on": "2027-02-28",
        }
        for number, licensee, subdistrict, district, code in rows
    ]
    publish(register, submission(table(*cells, headings=headings), mapping=MAPPED), accept=SUSPICIONS)


def test_a_declaration_is_told_by_last_modified(
    filled: Register, client: FlaskClient, clock: Clock, tmp_path: Any
) -> None:
    path = f"/doc/ttl/lic/{TAIL}"
    first = client.get(path)
    clock.pass_by(days=1)
    (tmp_path / "c.toml").write_text(CATALOGUE.replace("Pho Tak SAO", "Pho Tak"), encoding="utf-8")
    declare(filled, read_catalogue(tmp_path / "c.toml"))
    clock.pass_by(seconds=2)
    since = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 200
    assert "Pho Tak SAO" not in since.text


def test_the_calendar_is_told_by_last_modified(filled: Register, client: FlaskClient, clock: Clock) -> None:
    path = f"/doc/ttl/lic/{TAIL}"
    first = client.get(path)
    clock.go_to(date(2028, 2, 29))
    since = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 200
    assert "license-status/expired" in since.text
    assert since.headers["Last-Modified"] == "Mon, 28 Feb 2028 17:00:00 GMT"


def test_within_the_second_of_a_change_no_last_modified_is_told(filled: Register, client: FlaskClient) -> None:
    act(filled, "12/2567", ActKind.SUSPEND)
    assert "Last-Modified" not in client.get(f"/doc/ttl/lic/{TAIL}").headers


# Versions


def test_each_version_is_told(site: FlaskClient, filled: Register) -> None:
    license = URIRef(f"{BASE}/id/lic/{TAIL}")
    here = graph(site, f"/doc/nt/lic/{TAIL}")
    versions = sorted(str(each) for each in here.objects(license, DCTERMS.hasVersion))
    assert len(versions) == 2
    ends = {}
    for version in versions:
        answer = site.get(version.removeprefix(BASE))
        assert (answer.status_code, answer.content_type) == (200, "application/ld+json")
        document = answer.get_json(force=True)
        quads = jsonld.to_rdf(expanded(site, document), {"format": "application/n-quads"})
        there = named(quads.encode(), "nt")
        assert (URIRef(version), DCTERMS.isVersionOf, license) in there
        assert (license, None, None) not in there, "a version says nothing of what the licence is now"
        ends[document["versionNumber"]] = document["expiresOn"]
        again = site.get(version.removeprefix(BASE), headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert ends == {1: "2027-02-28", 2: "2028-02-28"}
    first, second = sorted(versions, key=lambda each: int(each.rpartition("/")[2]))
    assert f'<{first.removeprefix(BASE)}>; rel="predecessor-version"' in site.get(
        second.removeprefix(BASE)
    ).headers.getlist("Link")


def test_a_version_to_come_is_not_public(filled: Register, client: FlaskClient, clock: Clock) -> None:
    coming = Term(valid_from=date(2024, 3, 1), expires_on=date(2030, 2, 28))
    act(filled, "13/2567", ActKind.REINSTATE)
    act(filled, "13/2567", ActKind.RENEW, date(2026, 12, 1), term=coming)
    tail = f"{TOWN}/{FOOD}/13~2F2567"
    before = client.get(f"/doc/jsonld/lic/{tail}").get_json(force=True)
    assert len(before["hasVersion"]) == 1
    newest = max(int(each.rpartition("/")[2]) for each in before["hasVersion"])
    with filled.database.reading() as session:
        highest = session.scalar(text("SELECT max(sequence) FROM license_version"))
    assert highest is not None
    assert highest > newest
    assert client.get(f"/ver/lic/{highest}").status_code == 404
    clock.go_to(date(2026, 12, 1))
    assert client.get(f"/ver/lic/{highest}").status_code == 200


def test_a_version_is_there_in_each_form(site: FlaskClient, filled: Register) -> None:
    path = f"/ver/lic/{find(filled, '12/2567').version_sequence}"
    plain = site.get(path)
    assert (plain.status_code, plain.content_type) == (200, "application/ld+json")
    lines = set(named(site.get(path, headers={"Accept": "application/n-triples"}).data, "nt"))
    for accept, media, kind in (
        ("text/turtle", "text/turtle; charset=utf-8", "turtle"),
        ("application/n-triples", "application/n-triples; charset=utf-8", "nt"),
    ):
        answer = site.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.content_type) == (200, media)
        assert set(named(answer.data, kind)) == lines
        assert "Accept" in answer.headers["Vary"]
        again = site.get(path, headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert plain.get_json(force=True)["id"] == BASE + path
    page = site.get(f"{path}?lang=en", headers={"Accept": "text/html,*/*;q=0.1"})
    assert (page.status_code, page.headers["Location"]) == (303, f"/doc/html/lic/{TAIL}?lang=en#versions")
    assert 'id="versions"' in site.get(page.headers["Location"].partition("#")[0]).text
    assert site.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_a_version_of_a_withdrawn_record_is_410(site: FlaskClient, filled: Register) -> None:
    version = find(filled, "12/2567").version_sequence
    with filled.database.writing() as session:
        session.execute(text("UPDATE license SET record_status = 'withdrawn' WHERE number = '12/2567'"))
    assert site.get(f"/ver/lic/{version}").status_code == 410
    assert site.get(f"/doc/linkset/lic/{TAIL}").status_code == 410
    assert site.get(f"/doc/jsonld/lic/{TAIL}?at=2025-01-31").status_code == 410


def test_what_came_with_a_list_that_was_taken_back_is_no_version(register: Register, client: FlaskClient) -> None:
    send(register, row("40/2567"))
    batch = send(register, row("40/2567", premises="ร้านที่ส่งมาผิด")).batch
    wrong = find(register, "40/2567").version_sequence
    assert client.get(f"/ver/lic/{wrong}").status_code == 200
    undo_batch(register, batch)
    assert client.get(f"/ver/lic/{wrong}").status_code == 404
    assert "ร้านที่ส่งมาผิด" not in client.get(f"/doc/jsonld/lic/{TOWN}/{FOOD}/40~2F2567?at=2025-01-31").text


@pytest.mark.parametrize("number", ["0", "01", "-1", "x", "๑", "9999999999999999999"])
def test_a_version_has_one_spelling(site: FlaskClient, number: str) -> None:
    assert site.get(f"/ver/lic/{number}").status_code == 404


def test_of_a_person_a_version_says_what_is_disclosed(register: Register, client: FlaskClient) -> None:
    send(register, row("30/2567", licensee="นายสมชาย ใจดีมาก", juristic_id="", street="99/123 ซอยลับเฉพาะ"))
    sequence = find(register, "30/2567").version_sequence
    tail = f"{TOWN}/{FOOD}/30~2F2567"
    for path in (f"/ver/lic/{sequence}", f"/doc/jsonld/lic/{tail}?at=2025-01-31", f"/doc/linkset/lic/{tail}"):
        told = client.get(path).text
        assert "ใจดีมาก" not in told
        assert "ซอยลับเฉพาะ" not in told


# What was in force on a day


@pytest.mark.parametrize(
    ("number", "day", "status", "end"),
    [
        ("12/2567", "2025-01-31", "active", "2027-02-28"),
        ("12/2567", "2026-11-21", "active", "2028-02-28"),
        ("12/2567", "2028-02-28", "active", "2028-02-28"),
        ("12/2567", "2028-03-01", "expired", "2028-02-28"),
        ("13/2567", "2026-11-20", "active", "2027-02-28"),
        ("13/2567", "2026-11-21", "suspended", "2027-02-28"),
    ],
)
def test_what_was_in_force_on_a_day(site: FlaskClient, number: str, day: str, status: str, end: str) -> None:
    tail = iri(number).tail
    answer = site.get(f"/doc/jsonld/lic/{tail}?at={day}")
    assert answer.status_code == 200, answer.text
    document = answer.get_json(force=True)
    assert document["licenseStatus"].rpartition("/")[2] == status
    assert document["expiresOn"] == end
    assert document["onDay"] == day
    assert document["versionOf"] == str(iri(number))
    assert ("still to come" in document["note"]["en"]) is (day > "2026-11-21")
    quads = jsonld.to_rdf(expanded(site, document), {"format": "application/n-quads"})
    triples = set(named(quads.encode(), "nt"))
    for form in ("ttl", "nt"):
        assert set(graph(site, f"/doc/{form}/lic/{tail}?at={day}")) == triples
    assert not any(str(subject) == str(iri(number)) for subject, *_ in triples)


def test_the_day_is_kept_on_the_way_to_the_document(site: FlaskClient) -> None:
    answer = site.get(f"/id/lic/{TAIL}?at=2025-01-31", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/doc/ttl/lic/{TAIL}?at=2025-01-31")
    assert site.get(answer.headers["Location"]).status_code == 200


def test_before_it_was_granted_there_was_no_licence(site: FlaskClient) -> None:
    answer = site.get(f"/doc/jsonld/lic/{TAIL}?at=2024-02-29")
    assert answer.status_code == 404
    assert answer.get_json()["type"] == "/problems/not-yet-granted"
    assert "2024-02-29" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("query", "taught"),
    [
        ("at=2568-01-31", "2025-01-31"),
        ("at=31/01/2025", "at=2025-01-31"),
        ("at=", "at=2025-01-31"),
        ("at=2025-02-30", "calendar"),
        ("at=0000-01-01", "calendar"),
        ("at=๒๐๒๕-๐๑-๓๑", "digits 0-9"),
        ("at=2025-1-31", "at=2025-01-31"),
    ],
)
def test_a_day_that_cannot_be_read_is_explained(site: FlaskClient, query: str, taught: str) -> None:
    answer = site.get(f"/doc/jsonld/lic/{TAIL}?{query}")
    assert answer.status_code == 400
    assert taught in answer.get_json()["detail"]


def test_a_page_does_not_tell_of_a_day(site: FlaskClient) -> None:
    for form in ("vc", "linkset"):
        assert site.get(f"/doc/{form}/lic/{TAIL}?at=2025-01-31").status_code == 400
    assert site.get(f"/doc/html/lic/{TAIL}?at=2025-01-31").status_code == 400


# Link sets and origins


def test_the_link_set_of_a_licence(site: FlaskClient) -> None:
    page = site.get(f"/doc/jsonld/lic/{TAIL}")
    assert f'</doc/linkset/lic/{TAIL}>; rel="linkset"; type="application/linkset+json"' in page.headers.getlist("Link")
    answer = site.get(f"/doc/linkset/lic/{TAIL}")
    assert (answer.status_code, answer.content_type) == (200, "application/linkset+json")
    (context,) = answer.get_json(force=True)["linkset"]
    assert context["anchor"] == f"{BASE}/id/lic/{TAIL}"
    assert {link["type"] for link in context["describedby"]} >= {"text/html", "application/ld+json", "application/vc"}
    hrefs = [link["href"] for name, links in context.items() if name != "anchor" for link in links]
    assert all(href.startswith("https://") for href in hrefs)
    for href in hrefs:
        if href.startswith(BASE):
            assert site.get(href.removeprefix(BASE)).status_code in {200, 303}, href
    assert f"{BASE}/id/law/pha-2535/s38" in hrefs
    assert json.dumps(context).count("/ver/lic/") == 2
    again = site.get(f"/doc/linkset/lic/{TAIL}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_browser_may_ask_before_it_reads(site: FlaskClient) -> None:
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
    for path in (f"/doc/jsonld/lic/{TAIL}", f"/id/lic/{TAIL}", "/id/area/48", "/search", "/ver/lic/1", "/trust.json"):
        answer = site.options(path, headers=asked)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]


def test_what_writes_and_what_a_token_opens_is_not_for_other_origins(site: FlaskClient) -> None:
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    for path in ("/verify", "/credentials/issue", "/api/v1/acts", "/api/v1/batches", f"/api/v1/licenses/{TAIL}"):
        assert "Access-Control-Allow-Origin" not in site.options(path, headers=asked).headers, path
    assert "Access-Control-Allow-Origin" not in site.get("/verify").headers
    assert "Access-Control-Allow-Origin" not in site.get("/api/v1/batches").headers
    assert "Access-Control-Allow-Origin" not in site.post("/search").headers
