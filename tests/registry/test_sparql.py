"""The SPARQL endpoint: what it knows, in which forms it answers, and what it cannot be made to do."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from backports import zstd
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.app import create_app
from registry.config import Settings
from registry.datasets import Dumps
from registry.places import Places
from registry.register import Register
from registry.sparql import asking
from registry.sparql.asking import Found, QueryRefused, QueryTooCostly, ask
from registry.sparql.keeping import ALL, GraphKeeper, folder_of
from tests.local_server import local_server
from tests.registry.commands import Run
from tests.registry.mirroring import dump_here
from tests.registry.small import ADVERT, BASE, FOOD, OFFICE, TODAY, TOWN, Clock, act, row, send
from vocab.history import ActKind

OBSERVED = "<http://purl.org/linked-data/sdmx/2009/measure#obsValue>"
EVERYTHING = "SELECT * WHERE { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def keeper(register: Register, home: Path) -> GraphKeeper:
    settings = Settings.from_environ({"REGISTRY_HOME": str(home)})
    return GraphKeeper(register, home, Dumps(settings.data_folder, settings.data_license))


def fill(register: Register) -> None:
    send(register, row("1/2567"), row("2/2567"), row("3/2567", licensee="นายสมชาย ใจดีมาก"))
    send(register, row("1/2567"), authority=OFFICE)
    act(register, "2/2567", ActKind.SUSPEND, TODAY)


def get(
    client: FlaskClient, query: str, accept: str = "application/sparql-results+json", **further: str
) -> TestResponse:
    return client.get("/sparql", query_string={"query": query, **further}, headers={"Accept": accept})


def rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    bindings = answer.get_json(force=True)["results"]["bindings"]
    return [{name: cell["value"] for name, cell in each.items()} for each in bindings]


def problem(answer: TestResponse, status: int, code: str) -> str:
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    found: dict[str, Any] = answer.get_json()
    assert found["type"] == f"/problems/{code}"
    return str(found["detail"])


def counted(client: FlaskClient) -> dict[tuple[str, str, str], int]:
    query = f"""SELECT ?authority ?type ?status ?n WHERE {{
        ?each a <http://purl.org/linked-data/cube#Observation> ; schema:issuedBy ?authority ; dct:type ?type ; {OBSERVED} ?n .
        OPTIONAL {{ ?each adms:status ?status }} }}"""
    found = rows(get(client, query))
    last = [tuple(each.get(name, "").rpartition("/")[2] for name in ("authority", "type", "status")) for each in found]
    return {(one, two, three): int(each["n"]) for (one, two, three), each in zip(last, found, strict=True)}


def test_it_knows_who_grants_what_and_how_much(register: Register, client: FlaskClient, clock: Clock) -> None:
    fill(register)
    counts = counted(client)
    assert counts[TOWN, FOOD, ""] == 3
    assert counts[TOWN, FOOD, "active"] == 2
    assert counts[TOWN, FOOD, "suspended"] == 1
    assert counts[OFFICE, FOOD, ""] == 1
    assert counts[TOWN, ADVERT, ""] == 0, "what it may grant is there, too"
    act(register, "3/2567", ActKind.REVOKE)
    clock.pass_by(seconds=30)
    assert counted(client) == counts, "a look a minute"
    clock.pass_by(seconds=31)
    assert counted(client)[TOWN, FOOD, "revoked"] == 1


def test_it_knows_the_datasets_and_their_dumps(
    sqlite_client: FlaskClient, sqlite_register: Register, clock: Clock, tmp_path: Path
) -> None:
    fill(sqlite_register)
    files = "SELECT ?file { ?set a dcat:Dataset ; dct:publisher ?authority ; dcat:distribution/dcat:downloadURL ?file }"
    sets = f"SELECT ?x {{ ?x a dcat:Dataset ; dct:publisher <{BASE}/id/auth/{TOWN}> }}"
    assert len(rows(get(sqlite_client, sets))) == 2
    assert rows(get(sqlite_client, files)) == []
    dump_here(sqlite_register, tmp_path / "data")
    clock.pass_by(minutes=1)
    found = [each["file"] for each in rows(get(sqlite_client, files))]
    assert len(found) == len(set(found)) > 3
    assert all(sqlite_client.get(each.removeprefix(BASE)).status_code == 200 for each in found)


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (f"SELECT ?x {{ <{BASE}/id/auth/{TOWN}> skos:prefLabel ?x FILTER(lang(?x) = 'en') }}", "Pho Tak SAO"),
        (f"SELECT ?x {{ <{BASE}/def/license-type/{FOOD}> cv:hasLegalResource ?x }}", f"{BASE}/id/law/pha-2535/s38"),
        (f"SELECT ?x {{ <{BASE}/id/law/pha-2535/s38> dct:title ?x }}", "พ.ร.บ. การสาธารณสุข พ.ศ. 2535"),
        (f"SELECT ?x {{ ?x eli:passed_by <{BASE}/id/auth/{TOWN}> }}", f"{BASE}/id/gazette/{TOWN}/display-2567"),
        (f"SELECT ?x {{ <{BASE}/id/law/pha-2535/s38> eli:is_part_of ?x }}", f"{BASE}/id/law/pha-2535"),
        (f"SELECT ?x {{ <{BASE}/id/gazette/{TOWN}/display-2567> ?covers ?x }}", f"{BASE}/def/license-type/{FOOD}"),
        ('SELECT ?x { ?c skos:notation "active" ; skos:prefLabel ?x FILTER(lang(?x) = "en") }', "active"),
        ('SELECT ?x { lic:condition rdfs:label ?x FILTER(lang(?x) = "en") }', "condition"),
    ],
)
def test_it_knows_authorities_types_laws_announcements_and_code_lists(
    sqlite_client: FlaskClient, query: str, value: str
) -> None:
    assert {"x": value} in rows(get(sqlite_client, query))


def test_no_licence_and_no_person_is_in_it(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    fill(sqlite_register)
    said = get(sqlite_client, EVERYTHING).text
    assert "/id/lic/" not in said
    assert "สมชาย" not in said
    assert "ส***" not in said


@pytest.mark.parametrize(
    ("accept", "kind", "begins"),
    [
        ("", "application/sparql-results+json", b'{"head"'),
        ("*/*", "application/sparql-results+json", b'{"head"'),
        ("application/json", "application/sparql-results+json", b'{"head"'),
        ("application/sparql-results+xml", "application/sparql-results+xml", b"<?xml"),
        ("text/csv", "text/csv; charset=utf-8", b"p\r\n"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", b"?p\n"),
        ("text/csv;q=0.1, application/sparql-results+xml", "application/sparql-results+xml", b"<?xml"),
    ],
)
def test_results_come_in_four_forms(sqlite_client: FlaskClient, accept: str, kind: str, begins: bytes) -> None:
    answer = get(sqlite_client, "SELECT DISTINCT ?p { ?s ?p ?o }", accept)
    assert (answer.status_code, answer.content_type) == (200, kind)
    assert answer.data.startswith(begins)
    assert "Accept" in answer.vary


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE {{ <{iri}> ?p ?o }}", "DESCRIBE <{iri}>"])
def test_graphs_come_in_three_forms(sqlite_client: FlaskClient, query: str) -> None:
    asked = query.format(iri=f"{BASE}/id/auth/{TOWN}")
    assert "text/turtle" in get(sqlite_client, asked, "*/*").content_type
    for accept, form in (("text/turtle", "ttl"), ("application/n-triples", "nt"), ("application/rdf+xml", "rdf")):
        answer, named = get(sqlite_client, asked, accept), get(sqlite_client, asked, "*/*", format=form)
        assert answer.content_type.startswith(accept)
        assert "อบต.โพธิ์ตาก" in answer.text
        assert answer.data == named.data


def test_the_three_ways_to_ask_are_one(sqlite_client: FlaskClient) -> None:
    query = "ASK { ?s a org:FormalOrganization }"
    by_form = sqlite_client.post("/sparql", data={"query": query}, headers={"Accept": "application/json"})
    by_body = sqlite_client.post("/sparql", data=query, content_type="application/sparql-query")
    assert get(sqlite_client, query).get_json(force=True)["boolean"] is True
    assert get(sqlite_client, query).data == by_form.data == by_body.data
    refused = sqlite_client.post("/sparql", data=query, content_type="application/sparql-update")
    assert refused.status_code == 415
    assert sqlite_client.post("/sparql", data=b"\xff", content_type="application/sparql-query").status_code == 400


def test_answers_are_conditional_and_open(sqlite_client: FlaskClient) -> None:
    answer = get(sqlite_client, "ASK {}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = sqlite_client.get(
        "/sparql", query_string={"query": "ASK {}"}, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    asked = sqlite_client.options("/sparql")
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert get(sqlite_client, "nonsense").headers["Access-Control-Allow-Origin"] == "*"


def test_a_form_that_does_not_fit_is_406(sqlite_client: FlaskClient) -> None:
    for query, accept in ((EVERYTHING, "text/turtle"), ("DESCRIBE <x:y>", "text/csv"), ("ASK {}", "image/png")):
        problem(get(sqlite_client, query, accept), 406, "http-406")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "empty"),
        ("SELECT", "1:7"),
        ("x" * 20_001, "20,000"),
        ("INSERT DATA { <x:a> <x:b> 1 }", "only answers questions"),
        ("DELETE WHERE { ?s ?p ?o }", "only answers questions"),
        ("LOAD <file:///etc/passwd>", "only answers questions"),
        ("CLEAR ALL", "only answers questions"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "asks nobody"),
        ("SELECT * { service silent ?x { ?s ?p ?o } }", "asks nobody"),
        ("SELECT * FROM <http://example.org/> { ?s ?p ?o }", "one here"),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", "one here"),
    ],
)
def test_what_cannot_be_asked_is_explained(sqlite_client: FlaskClient, query: str, says: str) -> None:
    assert says in problem(get(sqlite_client, query), 400, "query-refused")
    page = get(sqlite_client, query, "text/html", lang="en")
    if query:
        assert page.status_code == 400
        assert says in page.text


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?service { ?service a ?from FILTER(str(?from) != "delete this from there") }',
        "SELECT * { ?add schema:Service ?o } # load and insert",
        "SELECT * { ?s <http://example.org/service> ?o }",
    ],
)
def test_words_in_names_and_texts_are_no_clauses(sqlite_client: FlaskClient, query: str) -> None:
    assert get(sqlite_client, query).status_code == 200


@pytest.mark.parametrize(
    "parameter",
    ["default-graph-uri=x:y", "named-graph-uri=x:y", "update=CLEAR%20ALL", "query=ASK%20%7B%7D", "format=pdf"],
)
def test_other_graphs_forms_and_second_queries_are_refused(sqlite_client: FlaskClient, parameter: str) -> None:
    problem(sqlite_client.get(f"/sparql?query=ASK%20%7B%7D&{parameter}"), 400, "query-refused")
    problem(sqlite_client.get("/sparql", headers={"Accept": "application/json"}), 400, "query-refused")
    problem(sqlite_client.post("/sparql", data={"x": "y"}), 400, "query-refused")


@pytest.fixture
def store(sqlite_register: Register, tmp_path: Path) -> Path:
    return keeper(sqlite_register, tmp_path).current()


@pytest.mark.parametrize(
    "clause",
    ["SERVICE {} {{ ?s ?p ?o }}", "SERVICE SILENT {} {{ ?s ?p ?o }}", "?x ?y ?z . SERVICE SILENT {} {{ ?s ?p ?o }}"],
)
def test_nothing_is_asked_elsewhere_however_it_is_written(
    store: Path, clause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the words were not looked at: what holds is that the process can open nothing.
    monkeypatch.setattr(asking, "require_askable", lambda query: None)
    with local_server() as server:
        query = "SELECT * {{ {} }}".format(clause.format(f"<{server.url('/')}>"))
        try:
            found = ask(store, query, "json", "ttl")
        except QueryRefused:
            assert "SILENT" not in clause
        else:
            assert "SILENT" in clause
            assert b"http" not in found.body or b"?x" in query.encode()
        assert server.requests == []


def test_nothing_is_changed(store: Path) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in store.iterdir() if file.suffix == ".sst"}
    assert before
    with pytest.raises(QueryRefused):
        ask(store, "INSERT DATA { <x:a> <x:b> 1 }", "json", "ttl")
    assert json.loads(ask(store, "ASK { <x:a> ?p ?o }", "json", None).body)["boolean"] is False
    assert {file.name: file.stat().st_mtime_ns for file in store.iterdir() if file.suffix == ".sst"} == before


def test_a_query_without_end_is_ended(sqlite_client: FlaskClient) -> None:
    detail = problem(get(sqlite_client, ENDLESS), 422, "query-too-costly")
    assert "LIMIT" in detail
    assert get(sqlite_client, "ASK {}").status_code == 200


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (
            'SELECT ?x40 { BIND("xxxxxxxxxxxxxxxx" AS ?x0) '
            + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
            + " }",
            "memory",
        ),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "8,388,608 bytes"),
    ],
    ids=["memory", "answer"],
)
def test_a_query_has_only_so_much_room(store: Path, query: str, says: str) -> None:
    with pytest.raises(QueryTooCostly, match=says):
        ask(store, query, "json", "ttl")


def test_only_so_many_are_answered_at_once(sqlite_client: FlaskClient, tmp_path: Path) -> None:
    both = Places(folder_of(tmp_path), 2)
    with both.held(), both.held():
        answer = get(sqlite_client, "ASK {}")
        assert "at once" in problem(answer, 503, "endpoint-busy")
        assert answer.headers["Retry-After"] == "5"
    assert get(sqlite_client, "ASK {}").status_code == 200


def test_a_graph_that_was_replaced_meanwhile_is_looked_for_again(
    sqlite_client: FlaskClient, sqlite_register: Register, tmp_path: Path
) -> None:
    assert get(sqlite_client, "ASK {}").status_code == 200
    fill(sqlite_register)
    # Another process of the server makes the new one, and removes the old.
    current = keeper(sqlite_register, tmp_path).current()
    assert [path for path in folder_of(tmp_path).iterdir() if path.is_dir()] == [current]
    assert counted(sqlite_client)[TOWN, FOOD, ""] == 3


def test_it_can_be_closed(sqlite_register: Register, tmp_path: Path) -> None:
    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path), "REGISTRY_SPARQL": "0"})
    client = create_app(settings, sqlite_register).test_client()
    assert "closed" in problem(get(client, "ASK {}"), 404, "http-404")
    assert client.post("/sparql", data={"query": "ASK {}"}).status_code == 404


@pytest.mark.parametrize("lang", ["th", "en"])
def test_people_get_a_page(sqlite_client: FlaskClient, lang: str) -> None:
    page = sqlite_client.get(f"/sparql?lang={lang}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert f'<html lang="{lang}"' in page.text
    assert "<textarea" in page.text
    found = get(sqlite_client, "SELECT ?s ?label { ?s skos:prefLabel ?label } ORDER BY ?s", "text/html", lang=lang)
    assert "Pho Tak SAO" in found.text
    assert f'<a href="{BASE}/id/auth/{TOWN}">' in found.text
    assert "&amp;format=csv" in found.text
    for query, says in (
        ("ASK { ?s ?p ?o }", {"th": "ใช่", "en": "Yes"}[lang]),
        ("DESCRIBE <x:y>", ""),
        (f"DESCRIBE <{BASE}/id/auth/{TOWN}>", "Pho Tak"),
        ("SELECT * { ?s <x:none> ?o }", {"th": "ไม่พบ", "en": "Nothing was found"}[lang]),
        ('SELECT ("<script>alert(1)</script>" AS ?x) {}', "&lt;script&gt;"),
        ('SELECT ("javascript:alert(1)" AS ?x) {}', "<td>javascript:"),
    ):
        answer = get(sqlite_client, query, "text/html", lang=lang)
        assert answer.status_code == 200
        assert says in answer.text
        assert "<script" not in answer.text


def test_all_of_it_can_be_loaded_from_dumps(ready: Run, tmp_path: Path) -> None:
    dumps = tmp_path / "dumps"
    (dumps / "below").mkdir(parents=True)
    (dumps / "one.nt").write_text('<x:one> <x:p> "1" .\n<x:two> <x:p> "2" .\n')
    (dumps / "below" / "two.nt.zst").write_bytes(zstd.compress(b'<x:three> <x:p> "3" .\n'))
    code, out, _ = ready("sparql-load", str(dumps))
    assert (code, "of 2 files" in out) == (0, True)
    (all_of_it,) = tmp_path.rglob(f"sparql/{ALL}")
    query = "SELECT ?s { ?s <x:p> ?o } ORDER BY ?s"

    def found() -> Found:
        return ask(all_of_it, query, "csv", None)

    assert found().body == b"s\r\nx:one\r\nx:three\r\nx:two\r\n"
    assert json.loads(ask(all_of_it, "ASK { ?s a org:FormalOrganization }", "json", None).body)["boolean"] is True
    for broken in (b"<x:one> <x:p> .\n", zstd.compress(b"<x:one> <x:p>\n")[:-3]):
        (dumps / "below" / "two.nt.zst").write_bytes(broken)
        code, _, err = ready("sparql-load", str(dumps))
        assert (code, "cannot be read" in err) == (2, True), err
        assert found().body.count(b"\n") == 4, "what was loaded stays"
    shutil.rmtree(dumps)
    dumps.mkdir()
    code, _, err = ready("sparql-load", str(dumps))
    assert (code, "*.nt.zst" in err) == (2, True)


def test_what_was_loaded_is_asked_instead(sqlite_client: FlaskClient, tmp_path: Path, store: Path) -> None:
    os_folder = folder_of(tmp_path)
    shutil.copytree(store, os_folder / ALL)
    shutil.rmtree(store)
    assert get(sqlite_client, "ASK { ?s a org:FormalOrganization }").get_json(force=True)["boolean"] is True
    assert {path.name for path in os_folder.iterdir() if path.is_dir()} == {ALL}


def test_a_small_query_is_answered_every_time(tmp_path: Path) -> None:
    """The store begins threads; each must find room for itself within the limit of memory."""
    folder = tmp_path / "store"
    store = ox.Store(str(folder))
    store.add(ox.Quad(ox.NamedNode("https://a.example/s"), ox.NamedNode("https://a.example/p"), ox.Literal("o")))
    store.flush()
    del store
    with ThreadPoolExecutor(4) as several:
        found = list(several.map(lambda _: ask(folder, "ASK {}", "csv", None).kind, range(80)))
    assert set(found) == {"results"}
