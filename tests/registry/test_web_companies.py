"""Companies and their licences; never natural persons."""

import html
import json
import re

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from registry.register import Register
from registry.web.companies import IN_GRAPH
from tests.registry.public import check_entries
from tests.registry.small import BASE, OFFICE, TODAY, act, iri, row, send
from vocab.history import ActKind

COMPANY, OTHER, PERSON = "0105550000015", "0105550000023", "1101700203000"
NAME, LATER = "บริษัท ครัวดี จำกัด", "บริษัท ครัวดี (ประเทศไทย) จำกัด"
SCHEMA = "https://schema.org/"


def held(register: Register, count: int) -> None:
    send(register, *(row(f"{n}/2567", licensee=NAME, juristic_id=COMPANY) for n in range(1, count + 1)))


def triples(client: FlaskClient, path: str, form: ox.RdfFormat) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(client.get(path).data, format=form)}


def test_a_company_has_a_page_with_all_its_licences(register: Register, client: FlaskClient) -> None:
    held(register, 2)
    send(register, row("1/2567", licensee=LATER, juristic_id=COMPANY), authority=OFFICE)
    send(register, row("7/2567", licensee="บริษัท อื่น จำกัด", juristic_id=OTHER))
    page = client.get(f"/doc/html/juristic/{COMPANY}?lang=en").text
    assert f'<h1><bdi lang="th">{LATER}</bdi></h1>' in page
    assert "3 licences" in page
    assert NAME in page, "as it is also written"
    assert re.findall(r'<a href="/doc/html/lic/([^"?]*)', page) == [
        iri("1/2567", authority=OFFICE).tail,
        iri("2/2567").tail,
        iri("1/2567").tail,
    ]
    licence = client.get(f"/doc/html/lic/{iri('7/2567').tail}").text
    assert f'href="/doc/html/juristic/{OTHER}"' in licence


def test_a_licence_of_several_companies_is_found_by_each(register: Register, client: FlaskClient) -> None:
    both = row("1/2567", licensee="บริษัท ก จำกัด;บริษัท ข จำกัด", juristic_id=f"{COMPANY};{OTHER}")
    send(register, both, row("2/2567", licensee="บริษัท ข จำกัด", juristic_id=OTHER))
    of = {COMPANY: ["1/2567"], OTHER: ["2/2567", "1/2567"]}
    for number, held in of.items():
        page = client.get(f"/doc/html/juristic/{number}").text
        assert re.findall(r'<a href="/doc/html/lic/([^"?]*)', page) == [iri(each).tail for each in held]
        listed = client.get("/api/v1/licenses", query_string={"holder": number}).json
        assert listed is not None
        assert [each["number"] for each in listed["licenses"]] == held
    send(register, row("1/2567", licensee="บริษัท ก จำกัด", juristic_id=COMPANY))
    page = client.get(f"/doc/html/juristic/{OTHER}").text
    assert re.findall(r'<a href="/doc/html/lic/([^"?]*)', page) == [iri("2/2567").tail]
    check_entries(register)


@pytest.mark.parametrize(
    ("accept", "form"), [("", "html"), ("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("text/html", "html")]
)
def test_the_company_itself_leads_to_a_document(
    sqlite_register: Register, sqlite_client: FlaskClient, accept: str, form: str
) -> None:
    held(sqlite_register, 1)
    answer = sqlite_client.get(f"/id/juristic/{COMPANY}", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/doc/{form}/juristic/{COMPANY}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'rel="describedby"' in answer.headers["Link"]
    assert sqlite_client.get(f"/id/juristic/{COMPANY}", headers={"Accept": "image/png"}).status_code == 406


def test_its_documents_say_the_same_and_link_to_its_licences(register: Register, client: FlaskClient) -> None:
    held(register, 2)
    act(register, "1/2567", ActKind.REVOKE, TODAY)
    nt = triples(client, f"/doc/nt/juristic/{COMPANY}", ox.RdfFormat.N_TRIPLES)
    assert triples(client, f"/doc/ttl/juristic/{COMPANY}", ox.RdfFormat.TURTLE) == nt
    company = f"<{BASE}/id/juristic/{COMPANY}>"
    assert f'{company} <{SCHEMA}taxID> "{COMPANY}"' in nt
    assert f'{company} <{SCHEMA}legalName> "{NAME}"@th' in nt
    assert f"{company} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{SCHEMA}Organization>" in nt
    for number in ("1/2567", "2/2567"):
        assert any(line.startswith(f"<{iri(number)}> ") and line.endswith(f" {company}") for line in nt)
    assert any("license-status/revoked" in line for line in nt)
    jsonld = client.get(f"/doc/jsonld/juristic/{COMPANY}")
    assert jsonld.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"/doc/jsonld/juristic/{COMPANY}", headers={"If-None-Match": jsonld.headers["ETag"]})
    assert again.status_code == 304


def test_many_licences_go_on_in_further_documents(
    sqlite_register: Register, sqlite_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(sqlite_register, 25)
    first = sqlite_client.get(f"/doc/html/juristic/{COMPANY}?lang=en")
    (more,) = re.findall(r'href="([^"]*)" rel="next nofollow"', first.text)
    second = sqlite_client.get(html.unescape(more))
    seen = [re.findall(r'<a href="/doc/html/lic/([^"?]*)', page.text) for page in (first, second)]
    assert [len(page) for page in seen] == [20, 5]
    assert len({*seen[0], *seen[1]}) == 25
    assert "noindex" in second.text
    monkeypatch.setattr("registry.web.companies.IN_GRAPH", 10)
    path, found = f"/doc/jsonld/juristic/{COMPANY}", []
    while path:
        answer = sqlite_client.get(path)
        found += [node["id"] for node in json.loads(answer.data)["@graph"] if node["type"] == "License"]
        link = re.fullmatch(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
        path = link[1] if link else ""
    assert len(found) == len(set(found)) == 25


def test_as_many_as_it_takes_fit_into_one_document(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    held(sqlite_register, IN_GRAPH + 1)
    licenses = triples(sqlite_client, f"/doc/nt/juristic/{COMPANY}", ox.RdfFormat.N_TRIPLES)
    assert len({line.split(" ")[0] for line in licenses}) == IN_GRAPH + 1, "the company and its licences"


@pytest.mark.parametrize("number", [OTHER, "0105550000012", "x", "0" * 13, PERSON, "๐๑๐๕๕๕๐๐๐๐๐๑๕", "1" * 4000])
def test_what_holds_no_licence_is_404(sqlite_register: Register, sqlite_client: FlaskClient, number: str) -> None:
    held(sqlite_register, 1)
    send(sqlite_register, row("8/2567", licensee="นายสมชาย ใจดี", juristic_id=""))
    for path in ("/id/juristic", "/doc/html/juristic", "/doc/ttl/juristic"):
        assert sqlite_client.get(f"{path}/{number}").status_code == 404


def test_a_strange_cursor_is_refused(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    held(sqlite_register, 1)
    for form in ("html", "jsonld"):
        assert sqlite_client.get(f"/doc/{form}/juristic/{COMPANY}?after=x").status_code == 400
