"""What is public of a harvested licence: where it is from, in every form, and why its record is stale."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient

from registry.federation.linking import originals_here
from registry.federation.origins import origins
from registry.register import Register
from tests.local_server import Told
from tests.registry.conftest import client_of
from tests.registry.federating import Agency, Here, agency, rows
from tests.registry.mirroring import dump_here, file_of, manifests
from tests.registry.small import FOOD, TOWN, Clock, row, send
from vocab.history import ActKind
from vocab.iri import license_iri

TAIL = "lao-06480115/food-premises/1~2F2567"
SCHEMA, DCT = "https://schema.org/", "http://purl.org/dc/terms/"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Agency]:
    with agency(tmp_path / "agency") as made:
        made.send(*rows(1, 2))
        yield made


@pytest.fixture
def here(sqlite_register: Register, clock: Clock) -> Here:
    return Here(sqlite_register, clock)


@pytest.fixture
def client(here: Here, town: Agency, tmp_path: Path) -> FlaskClient:
    here.follow(here.add(town))
    return client_of(here.register, tmp_path)


def test_every_form_says_where_it_is_from(client: FlaskClient, here: Here, town: Agency, tmp_path: Path) -> None:
    theirs = f"{town.base}/id/lic/{TAIL}"
    ours = rdflib.URIRef(f"{here.register.base}/id/lic/{TAIL}")
    original = here.find("1/2567").original
    assert original is not None
    for form, name in (("jsonld", "json-ld"), ("ttl", "turtle"), ("nt", "nt")):
        body = client.get(f"/doc/{form}/lic/{TAIL}").data
        if form == "jsonld":
            document = json.loads(body)
            assert document["sameAs"] == [theirs]
            assert document["record"]["source"] == original.credential
            assert document["record"]["sourceDigest"] == f"sha256:{original.digest}"
            continue
        graph = rdflib.Graph().parse(data=body, format=name)
        assert set(graph.objects(ours, rdflib.URIRef(SCHEMA + "sameAs"))) == {rdflib.URIRef(theirs)}
        assert set(graph.objects(None, rdflib.URIRef(DCT + "source"))) == {rdflib.URIRef(original.credential)}
    (links,) = client.get(f"/doc/linkset/lic/{TAIL}").get_json(force=True)["linkset"]
    assert links[SCHEMA + "sameAs"] == [{"href": theirs}]
    assert links["via"] == [{"href": original.credential, "type": "application/vc"}]
    page = client.get(f"/doc/html/lic/{TAIL}?lang=en").text
    assert theirs in page
    assert original.digest in page
    assert "Where the two differ, that one counts" in page

    dump_here(here.register, tmp_path / "dumps")
    for manifest in manifests(tmp_path / "dumps"):
        if manifest["entities"] == "2":
            table = csv.DictReader(io.StringIO(file_of(tmp_path / "dumps", manifest, "csv").decode("utf-8-sig")))
            assert theirs in {each["same_as"] for each in table}
            assert theirs.encode() in file_of(tmp_path / "dumps", manifest, "nt")
            assert theirs.encode() in file_of(tmp_path / "dumps", manifest, "jsonl")


def test_the_iri_of_the_other_register_finds_it(client: FlaskClient, here: Here, town: Agency) -> None:
    for address in (f"{town.base}/id/lic/{TAIL}", f"{town.base}/doc/html/lic/{TAIL}"):
        page = client.get("/search", query_string={"q": address, "lang": "en"}, follow_redirects=True).text
        assert "1/2567" in page
    with here.register.database.reading() as session:
        assert len(originals_here(session, f"{town.base}/id/lic/{TAIL}")) == 1
        assert list(originals_here(session, f"https://elsewhere.example/id/lic/{TAIL}")) == []


def test_a_licence_that_came_otherwise_says_nothing_of_others(client: FlaskClient, here: Here) -> None:
    send(here.register, row("77/2567"))
    tail = TAIL.replace("1~2F", "77~2F")
    document = client.get(f"/doc/jsonld/lic/{tail}").get_json(force=True)
    assert "sameAs" not in document
    assert "source" not in document["record"]
    assert "own register" not in client.get(f"/doc/html/lic/{tail}?lang=en").text


def test_a_disagreement_is_told_in_both_languages(client: FlaskClient, here: Here, town: Agency) -> None:
    town.act("1/2567", ActKind.SUSPEND)
    town.touch.append(lambda path, told: _without_anything(told) if f"/doc/jsonld/lic/{TAIL}" in path else told)
    here.follow(origins(here.register, TOWN)[0])
    document = client.get(f"/doc/jsonld/lic/{TAIL}").get_json(force=True)
    assert document["record"]["recordStatus"].endswith("/stale")
    assert document["record"]["invalidatedAt"] <= datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "could not be proven: its document cannot be read" in document["record"]["note"]["en"]
    assert "อ่านเอกสารของใบอนุญาตไม่ได้" in document["record"]["note"]["th"]
    assert "อ่านเอกสารของใบอนุญาตไม่ได้" in client.get(f"/doc/html/lic/{TAIL}").text
    page = client.get(f"/doc/html/lic/{TAIL}?lang=en").text
    assert "could not be proven" in page
    assert f'href="{town.base}/id/lic/{TAIL}"' in page


def test_what_the_authority_contradicts_is_not_called_in_force(client: FlaskClient, here: Here, town: Agency) -> None:
    successor = license_iri(town.base, TOWN, FOOD, "2/2567")
    town.act("1/2567", ActKind.RENEW, successor=successor)
    here.follow(origins(here.register, TOWN)[0])
    page = client.get(f"/doc/html/lic/{TAIL}?lang=en").text
    assert "The authority says otherwise" in page
    assert "“Replaced by a new licence”, and here it is “In force”" in page
    assert "The licence may be used today." not in page


def _without_anything(told: Told) -> Told:
    return replace(told, body=b"{}", headers=())
