"""The front page's figures, and what search engines are told: where each page stands, in which languages, what it is about."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from registry.figures import LivingFigures
from registry.intake.publish import publish
from registry.register import Register
from tests.registry.small import (
    ADVERT,
    BASE,
    FOOD,
    MAPPING,
    TODAY,
    TOWN,
    Clock,
    act,
    find,
    iri,
    row,
    send,
    submission,
    table,
)
from vocab.history import ActKind

XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
COMPANIES = ("0105550000015", "0105550000023", "0994000165501")
PERSON = {"licensee": "นายสมชาย ใจดีมาก", "street": "99/123 ซอยลับเฉพาะ", "juristic_id": ""}


def figures(client: FlaskClient) -> dict[str, str]:
    text = client.get("/?lang=en").text
    found = re.findall(r"<dt>([^<]*)</dt><dd>(?:<a[^>]*>)?(?:<time[^>]*>)?([^<]*)<", text)
    return {name: value.strip() for name, value in found}


def test_the_front_page_counts_what_is_public(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"), row("2/2567"), row("3/2567", expires_on="2025-01-01"))
    act(register, "2/2567", ActKind.SUSPEND, TODAY)
    found = figures(client)
    assert (found["Licences"], found["In force today"]) == ("3", "1")
    assert (found["Authorities"], found["Types of licence"]) == ("3", "3")
    assert "2026" in found["Data last received"]


def test_the_figures_are_counted_once_a_minute(register: Register, clock: Clock) -> None:
    living = LivingFigures()

    def total() -> int:
        with register.database.reading() as session:
            return living.at(register.store(session), register.now()).total

    assert total() == 0
    send(register, row("1/2567"))
    clock.pass_by(seconds=59)
    assert total() == 0
    clock.pass_by(seconds=1)
    assert total() == 1


def test_a_licence_whose_last_day_is_over_is_not_in_force(
    register: Register, client: FlaskClient, clock: Clock
) -> None:
    send(register, row("1/2567", expires_on="2026-12-31"))
    assert figures(client)["In force today"] == "1"
    clock.go_to(date(2027, 1, 1))
    assert figures(client)["In force today"] == "0", "though nobody has refreshed the register yet"


def locations(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/xml")
    return [str(found.text) for found in ET.fromstring(answer.data).findall(".//s:loc", XML)]


def test_the_site_map_leads_to_every_public_page(
    register: Register, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.web.sitemap.PART", 4)
    monkeypatch.setattr("registry.web.sitemap.PIECE", 3)
    send(register, *(row(f"{n}/2567") for n in range(1, 11)), row("จ3-9(6)-100/51ปจ"))
    send(
        register,
        *(row(f"{n}/2568", juristic_id=COMPANIES[0]) for n in range(1, 7)),
        row("7/2568", licensee="บริษัท ก จำกัด;บริษัท ข จำกัด", juristic_id=";".join(COMPANIES[:2])),
        row("8/2568", licensee="บริษัท ข จำกัด;บริษัท ค จำกัด", juristic_id=";".join(COMPANIES[1:])),
        row("9/2568", licensee="บริษัท ค จำกัด", juristic_id=COMPANIES[2]),
    )
    parts = locations(client, "/sitemap.xml")
    assert parts[0] == f"{BASE}/sitemap/catalogue.xml"
    found = [location for part in parts for location in locations(client, part.removeprefix(BASE))]
    assert len(found) == len(set(found))
    numbers = [*(f"{n}/2567" for n in range(1, 11)), "จ3-9(6)-100/51ปจ"]
    assert {f"{BASE}/doc/html/lic/{iri(number).tail}" for number in numbers} <= set(found)
    assert {f"{BASE}/doc/html/juristic/{company}" for company in COMPANIES} <= set(found)
    assert {f"{BASE}/", f"{BASE}/doc/html/auth/{TOWN}", f"{BASE}/doc/html/type/{FOOD}"} <= set(found)
    for location in found:
        page = client.get(location.removeprefix(BASE))
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{location}">' in page.text
        assert "noindex" not in page.text


def test_parts_without_licences_are_not_there(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    assert locations(sqlite_client, "/sitemap.xml") == [f"{BASE}/sitemap/catalogue.xml"]
    for name in ("1", "0", "01", "๑", "x", "9999999"):
        assert sqlite_client.get(f"/sitemap/{name}.xml").status_code == 404
    report = send(sqlite_register, row("1/2567"))
    assert report is not None
    assert len(locations(sqlite_client, "/sitemap/1.xml")) == 1


def test_robots_are_led_to_the_site_map_and_away_from_lists(sqlite_client: FlaskClient) -> None:
    lines = sqlite_client.get("/robots.txt").text.splitlines()
    assert lines == ["User-agent: *", "Disallow: /search?", "Disallow: /api/", f"Sitemap: {BASE}/sitemap.xml"]


@pytest.mark.parametrize(
    "path", ["/", "/search", "/verify", "/docs/api", f"/doc/html/auth/{TOWN}", f"/doc/html/type/{FOOD}", "/section-13"]
)
@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_page_says_where_it_stands_in_both_languages(sqlite_client: FlaskClient, path: str, lang: str) -> None:
    page = sqlite_client.get(f"{path}?lang={lang}&utm_source=x").text
    own = path if lang == "th" else f"{path}?lang=en"
    assert re.findall(r'<link rel="canonical" href="([^"]*)">', page) == [BASE + own]
    assert re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', page) == [
        ("th", BASE + path),
        ("en", f"{BASE}{path}?lang=en"),
        ("x-default", BASE + path),
    ]


def test_the_page_of_a_code_is_that_of_its_licence(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    send(sqlite_register, row("1/2567"))
    page = sqlite_client.get(f"/C/{find(sqlite_register, '1/2567').check_id}").text
    assert f'<link rel="canonical" href="{BASE}/doc/html/lic/{iri("1/2567").tail}">' in page


def test_a_page_of_an_error_stands_nowhere(sqlite_client: FlaskClient) -> None:
    page = sqlite_client.get("/doc/html/lic/x/y/z", headers={"Accept": "text/html"}).text
    assert "noindex" in page
    assert "canonical" not in page


def data_block(client: FlaskClient, number: str, qualifier: str | None = None, kind: str = FOOD) -> dict[str, Any]:
    page = client.get(f"/doc/html/lic/{iri(number, qualifier, license_type=kind).tail}?lang=en").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert page.count("<script") == page.count('<script type="module" src="/static/') + 1
    found: dict[str, Any] = json.loads(block)
    return found


def test_a_licence_describes_itself_to_search_engines(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    send(sqlite_register, row("1/2567"), row("</script><b>"))
    found = data_block(sqlite_client, "1/2567")
    assert found == {
        "@context": "https://schema.org",
        "@type": "GovernmentPermit",
        "@id": str(iri("1/2567")),
        "url": f"{BASE}/doc/html/lic/{iri('1/2567').tail}",
        "identifier": "1/2567",
        "name": "Food premises licence 1/2567",
        "description": "In force",
        "issuedBy": {
            "@type": "GovernmentOrganization",
            "@id": f"{BASE}/id/auth/{TOWN}",
            "name": "Pho Tak SAO",
            "url": f"{BASE}/doc/html/auth/{TOWN}",
        },
        "validIn": {"@type": "AdministrativeArea", "@id": f"{BASE}/id/area/48"},
        "validFrom": "2024-03-01",
        "validUntil": "2027-02-28",
    }
    assert data_block(sqlite_client, "</script><b>")["identifier"] == "</script><b>"


def test_the_data_block_has_nothing_that_is_withheld(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    send(sqlite_register, row("8/2567", **PERSON))
    bare = MAPPING.partition("[columns.particulars]")[0]
    publish(sqlite_register, submission(table(row("9", **PERSON)), TOWN, ADVERT, bare))
    for block in (data_block(sqlite_client, "8/2567"), data_block(sqlite_client, "9", "be2567", ADVERT)):
        said = json.dumps(block, ensure_ascii=False)
        assert not [word for word in ("สมชาย", "ใจดี", "ส***", "ลับเฉพาะ", "99/123", "ร้านตัวอย่าง") if word in said]
