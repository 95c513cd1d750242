"""What re-users fetch: the feed's pages, the files of dumps and the catalogue, and how they may be kept and resumed."""

import base64
import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, FOAF, RDF, URIRef
from sqlalchemy import insert

from registry.intake.undo import undo_batch
from registry.register import Register
from registry.tables import ChangeRow
from tests.registry.conftest import client_of
from tests.registry.mirroring import dump_here, members
from tests.registry.small import ADVERT, BASE, CLINIC, DEPARTMENT, FOOD, OFFICE, TOWN, act, iri, row, send
from verify.canonical import general_nquads
from vocab.history import ActKind

AS = rdflib.Namespace("https://www.w3.org/ns/activitystreams#")
TREE = rdflib.Namespace("https://w3id.org/tree#")
LDES = rdflib.Namespace("https://w3id.org/ldes#")
LIC = rdflib.Namespace("https://id.example.go.th/def/lic#")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.feed.PAGE_SIZE", 2)


@pytest.fixture
def dumped(register: Register, tmp_path: Path) -> Register:
    """A register with a dump where its application looks for one."""
    send(register, row("1/2567"), row("2/2567"))
    dump_here(register, tmp_path / "data")
    return register


# The feed


def test_an_empty_feed_has_one_page(client: FlaskClient) -> None:
    assert members(client) == []
    answer = client.get("/feed/lic/0")
    assert (answer.status_code, answer.content_type) == (200, "application/ld+json")
    assert client.get("/feed/lic/1").status_code == 404
    assert client.get("/api/v1/changes").get_json() == {
        "changes": [],
        "cursor": 0,
        "next": f"{BASE}/api/v1/changes?after=0&limit=500",
        "more": False,
    }


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_a_page_is_linked_data(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    act(register, "1/2567", ActKind.SUSPEND)
    graph = rdflib.Graph().parse(data=client.get("/feed/lic/0").data, format="json-ld")
    (stream,) = graph.subjects(RDF.type, LDES.EventStream)
    found = sorted(graph.objects(stream, TREE.member), key=str)
    assert [graph.value(each, RDF.type) for each in found] == [AS.Create, AS.Update]
    assert [graph.value(each, LIC.sequence).toPython() for each in found] == [1, 2]  # type: ignore[union-attr]
    assert {graph.value(each, AS.object) for each in found} == {URIRef(str(iri("1/2567")))}
    assert not any(isinstance(term, rdflib.BNode) for triple in graph for term in triple)
    root = rdflib.Graph().parse(data=client.get("/feed/lic").data, format="json-ld")
    assert set(root.objects(None, TREE.node)) == {URIRef(f"{BASE}/feed/lic/0")}


def test_what_was_withdrawn_is_told_by_its_iri_alone(register: Register, client: FlaskClient) -> None:
    undo_batch(register, send(register, row("1/2567")).batch)
    last = members(client)[-1]
    assert last.keys() == {"id", "type", "sequence", "published", "object"}
    assert (last["type"], last["object"]) == ("Delete", str(iri("1/2567")))
    assert client.get("/api/v1/changes?after=1").get_json()["changes"][0].keys() == {
        "sequence",
        "kind",
        "license",
        "at",
    }


@pytest.mark.usefixtures("small_pages")
def test_a_full_page_never_changes_and_the_last_one_is_asked_for_again(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"), row("2/2567"))
    # As many as a page holds, and not full yet: a later change must have begun another.
    assert "immutable" not in client.get("/feed/lic/0").headers["Cache-Control"]
    send(register, row("3/2567"))
    full = client.get("/feed/lic/0")
    assert "immutable" in full.headers["Cache-Control"]
    assert "max-age=30" in client.get("/feed/lic/1").headers["Cache-Control"]
    act(register, "1/2567", ActKind.REVOKE)
    send(register, row("4/2567"))
    again = client.get("/feed/lic/0")
    assert (again.data, again.headers["ETag"]) == (full.data, full.headers["ETag"])
    assert not again.headers["ETag"].startswith("W/")
    assert client.get("/feed/lic/0", headers={"If-None-Match": full.headers["ETag"]}).status_code == 304
    assert [each["sequence"] for each in members(client)] == [1, 2, 3, 4, 5]
    assert full.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.usefixtures("small_pages")
def test_sequences_that_are_missing_break_nothing(postgresql_register: Register, tmp_path: Path) -> None:
    """On PostgreSQL a transaction that fails leaves a gap, here one that is longer than a page."""
    register, client = postgresql_register, client_of(postgresql_register, tmp_path)
    send(register, row("1/2567"))
    with register.database.engine.connect() as connection:
        change = {
            "license_id": 1,
            "kind": "update",
            "at": register.now(),
            "status": "",
            "record_status": "",
            "digest": b"",
        }
        connection.execute(insert(ChangeRow), [change] * 6)
        connection.rollback()
    send(register, row("2/2567"))
    assert [each["sequence"] for each in members(client)] == [1, 8]
    # The pages of the gap are there, for whoever counts pages.
    between = client.get("/feed/lic/1").get_json(force=True)
    assert (between["member"], between["view"]["immutable"]) == ([], True)
    assert between["view"]["relation"][0]["node"] == f"{BASE}/feed/lic/3"


def test_changes_are_read_from_anywhere(register: Register, client: FlaskClient) -> None:
    send(register, *(row(f"{n}/2567") for n in range(5)))
    told = client.get("/api/v1/changes?after=2&limit=2").get_json()
    assert [each["sequence"] for each in told["changes"]] == [3, 4]
    assert (told["cursor"], told["more"]) == (4, True)
    rest = client.get(told["next"].removeprefix(BASE)).get_json()
    assert [each["sequence"] for each in rest["changes"]] == [5]
    assert rest["more"] is False
    assert client.get("/api/v1/changes?after=5").get_json()["cursor"] == 5
    ahead = client.get("/api/v1/changes?after=6")
    assert (ahead.status_code, ahead.get_json()["type"]) == (400, "/problems/member-refused")
    assert "has the sequence 5" in ahead.text


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1e3", "limit=0", "limit=1001", "after=" + "9" * 19])
def test_what_is_no_number_is_refused(sqlite_client: FlaskClient, query: str) -> None:
    answer = sqlite_client.get(f"/api/v1/changes?{query}")
    assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/member-refused")


@pytest.mark.parametrize("page", ["01", "๑", "x", "-1", "1.jsonld"])
def test_a_page_has_one_spelling(sqlite_client: FlaskClient, page: str) -> None:
    assert sqlite_client.get(f"/feed/lic/{page}").status_code == 404


# The files


def current(client: FlaskClient, form: str) -> str:
    """The path of the present file of a format."""
    answer = client.get(f"/data/{TOWN}/{FOOD}/licenses.{form}.zst")
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_file_is_served_with_what_it_is(dumped: Register, client: FlaskClient) -> None:
    manifest: dict[str, Any] = client.get(f"/data/{TOWN}/{FOOD}/manifest.json").get_json(force=True)
    for listed in manifest["distribution"]:
        answer = client.get(listed["downloadURL"].removeprefix(BASE))
        assert (answer.status_code, answer.content_type) == (200, "application/zstd")
        sha256 = hashlib.sha256(answer.data)
        assert sha256.hexdigest() == listed["checksum"]["checksumValue"]
        assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:"
        assert answer.headers["Content-Length"] == listed["byteSize"]
        assert "Content-Encoding" not in answer.headers
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_download_is_resumed(dumped: Register, client: FlaskClient) -> None:
    path = current(client, "nt")
    whole = client.get(path)
    etag, size = whole.headers["ETag"], len(whole.data)
    cuts = [0, 7, size // 2, size]
    parts = []
    for begin, end in pairwise(cuts):
        part = client.get(path, headers={"Range": f"bytes={begin}-{end - 1}", "If-Range": etag})
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
        assert part.headers["Repr-Digest"] == whole.headers["Repr-Digest"], "of the whole file"
        parts.append(part.data)
    assert b"".join(parts) == whole.data
    other = client.get(path, headers={"Range": "bytes=7-", "If-Range": '"another"'})
    assert (other.status_code, other.data) == (200, whole.data)
    several = client.get(path, headers={"Range": "bytes=0-1,5-6"})
    assert (several.status_code, several.data) == (200, whole.data)
    beyond = client.get(path, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    # No body is read of these, so it is for the server to close the file.
    with client.get(path, headers={"If-None-Match": etag}) as unchanged:
        assert unchanged.status_code == 304
    with client.head(path) as head:
        assert (head.headers["Content-Length"], head.data) == (str(size), b"")


def test_a_newer_dump_takes_the_place_of_the_old_files(dumped: Register, client: FlaskClient, tmp_path: Path) -> None:
    old = current(client, "csv")
    send(dumped, row("3/2567"))
    dump_here(dumped, tmp_path / "data")
    assert current(client, "csv") != old
    assert client.get(old).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/data/{TOWN}/{ADVERT}/licenses.xml.zst",
        f"/data/{TOWN}/{FOOD}/.lock",
        f"/data/{TOWN}/{CLINIC}/manifest.json",
        "/data/x-none/none/manifest.json",
        "/data/../data/manifest.json",
        f"/data/{TOWN}/{FOOD}/..%2F..%2F..%2Fregistry.db",
        f"/data/{TOWN}/../{FOOD}/manifest.json",
        "/data/feed/lic/0.jsonld",
    ],
)
def test_nothing_else_is_served(
    sqlite_register: Register, sqlite_client: FlaskClient, tmp_path: Path, path: str
) -> None:
    dump_here(sqlite_register, tmp_path / "data")
    (tmp_path / "data" / TOWN / CLINIC).mkdir()
    (tmp_path / "data" / TOWN / CLINIC / "manifest.json").write_text("{}")
    assert sqlite_client.get(path).status_code == 404


# The catalogue


@pytest.mark.parametrize("path", ["/id/catalog", "/data/", "/data"])
def test_the_catalogue_is_found(sqlite_client: FlaskClient, path: str) -> None:
    for accept, form in (("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("text/html", "html")):
        answer = sqlite_client.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/doc/{form}/catalog")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Accept" in answer.headers["Vary"]
        assert sqlite_client.get(answer.headers["Location"]).status_code == 200
    assert sqlite_client.get(path, headers={"Accept": "image/png"}).status_code == 406
    english = sqlite_client.get(path, query_string={"lang": "en"}, headers={"Accept": "text/html"})
    assert english.headers["Location"] == "/doc/html/catalog?lang=en"
    assert sqlite_client.options(path).headers["Access-Control-Allow-Origin"] == "*"


def test_the_catalogue_lists_every_dataset(dumped: Register, client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/doc/ttl/catalog").data, format="turtle")
    (catalog,) = graph.subjects(RDF.type, DCAT.Catalog)
    listed = {str(each).partition("#")[2] for each in graph.objects(catalog, DCAT.dataset)}
    assert listed == {
        f"{TOWN}/{FOOD}",
        f"{TOWN}/{ADVERT}",
        f"{DEPARTMENT}/{CLINIC}",
        f"{OFFICE}/{FOOD}",
        "changes",
    }
    dataset = URIRef(f"{BASE}/id/catalog#{TOWN}/{FOOD}")
    assert graph.value(dataset, DCTERMS.publisher) == URIRef(f"{BASE}/id/auth/{TOWN}")
    assert graph.value(dataset, DCTERMS.license) is not None
    assert graph.value(dataset, DCTERMS.accrualPeriodicity) is not None
    assert graph.value(dataset, LIC.cursor).toPython() == 2  # type: ignore[union-attr]
    media = {
        str(graph.value(each, DCAT.mediaType)).rpartition("/")[2] for each in graph.objects(dataset, DCAT.distribution)
    }
    assert media == {"csv", "jsonl", "n-triples"}
    for each in graph.objects(dataset, DCAT.distribution):
        download = client.get(str(graph.value(each, DCAT.downloadURL)).removeprefix(BASE))
        assert len(download.data) == graph.value(each, DCAT.byteSize).toPython()  # type: ignore[union-attr]
    (service,) = graph.subjects(RDF.type, DCAT.DataService)
    assert client.get(str(graph.value(service, DCAT.endpointURL)).removeprefix(BASE)).status_code == 200
    assert not any(isinstance(term, rdflib.BNode) for triple in graph for term in triple)


def test_each_dataset_that_was_dumped_leads_to_its_signed_manifest(dumped: Register, client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/doc/nt/catalog").data, format="nt")
    found = dict(graph.subject_objects(FOAF.isPrimaryTopicOf))
    assert set(found) == {each for each in graph.subjects(DCTERMS.subject) if (each, DCAT.distribution, None) in graph}
    for dataset, manifest in found.items():
        assert (manifest, RDF.type, LIC.SignedManifest) in graph
        told = client.get(str(manifest).removeprefix(BASE)).get_json(force=True)
        assert (told["id"], told["proof"]["type"]) == (str(dataset), "DataIntegrityProof")


def test_all_its_formats_say_the_same(dumped: Register, client: FlaskClient) -> None:
    turtle, triples = client.get("/doc/ttl/catalog").data, client.get("/doc/nt/catalog").data
    assert set(ox.parse(turtle, format=ox.RdfFormat.TURTLE)) == set(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))
    document = client.get("/doc/jsonld/catalog").get_json(force=True)
    assert general_nquads(document, dumped.loader, is_ours=True) == triples
    context = client.get("/ctx/data/v1")
    assert document["@context"] == [f"{BASE}/ctx/data/v1", f"{BASE}/ctx/catalogue/v1"]
    assert "immutable" in context.headers["Cache-Control"]


def test_people_see_the_catalogue(dumped: Register, client: FlaskClient) -> None:
    english, thai = client.get("/doc/html/catalog?lang=en").text, client.get("/doc/html/catalog").text
    assert "Open data" in english
    assert "ข้อมูลเปิด" in thai
    for page in (english, thai):
        assert f"/data/{TOWN}/{FOOD}/manifest.json" in page
        assert "<script" not in page
    assert "Not dumped yet" not in english


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=5-2", "bytes=a-b", "bytes", "bytes=-", "bytes=0-1,5-6"])
def test_a_range_that_is_none_is_ignored(dumped: Register, client: FlaskClient, asked: str) -> None:
    path = client.get(f"/data/{TOWN}/{FOOD}/licenses.csv.zst").headers["Location"]
    whole = client.get(path)
    answer = client.get(path, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, whole.data)


def test_who_has_the_file_is_told_so_before_a_range_is_looked_at(dumped: Register, client: FlaskClient) -> None:
    path = client.get(f"/data/{TOWN}/{FOOD}/licenses.csv.zst").headers["Location"]
    etag = client.get(path).headers["ETag"]
    with client.get(path, headers={"Range": "bytes=0-9", "If-None-Match": etag}) as answer:
        assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize(
    "body", [b"garbage", b"[]", b"{}", b"\xff", b'{"distribution": 1}', b'{"distribution": [{"downloadURL": "x"}]}']
)
def test_a_manifest_that_is_none_takes_nothing_else_with_it(
    dumped: Register, client: FlaskClient, tmp_path: Path, body: bytes
) -> None:
    (tmp_path / "data" / TOWN / FOOD / "manifest.json").write_bytes(body)
    for name in ("manifest.json", "licenses.csv.zst"):
        assert client.get(f"/data/{TOWN}/{FOOD}/{name}").status_code == 404
    assert client.get(f"/data/{DEPARTMENT}/{CLINIC}/manifest.json").status_code == 200
    for form in ("html", "jsonld", "ttl", "nt"):
        assert client.get(f"/doc/{form}/catalog?again={form}").status_code == 200
    dump_here(dumped, tmp_path / "data")
    assert client.get(f"/data/{TOWN}/{FOOD}/manifest.json").status_code == 200


@pytest.mark.usefixtures("small_pages")
def test_pages_of_the_feed_are_mended_by_the_next_dump(register: Register, client: FlaskClient, tmp_path: Path) -> None:
    send(register, *(row(f"{n}/2567") for n in range(7)))
    data, puts = tmp_path / "data", tmp_path / "puts"
    dump_here(register, data, puts=puts)
    pages = sorted((data / "feed" / "lic").iterdir())
    assert len(pages) == 5
    whole = {path.name: path.read_bytes() for path in pages}
    for path in pages:
        for spoil in (path.unlink, lambda path=path: path.write_bytes(b"Delete")):
            spoil()
            dump_here(register, data, puts=puts)
            assert {each.name: each.read_bytes() for each in pages} == whole
    (puts / "feed.json").write_bytes(b"[1")
    pages[0].unlink()
    dump_here(register, data, puts=puts)
    assert pages[0].read_bytes() == whole[pages[0].name] == client.get("/feed/lic/0").data


# What is asked for


@pytest.mark.parametrize("path", ["/api/v1/licenses", "/api/v1/authorities", "/api/v1/types", "/api/v1/changes"])
def test_lists_are_asked_for_by_pages_of_others(sqlite_client: FlaskClient, path: str) -> None:
    before = {"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}
    answer = sqlite_client.options(path, headers={**before, "Access-Control-Request-Headers": "if-none-match"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "Authorization" not in answer.headers["Access-Control-Allow-Headers"]


def test_what_a_token_opens_is_not_asked_for_by_pages_of_others(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.options(f"/api/v1/licenses/{TOWN}/{FOOD}/1~2F2567")
    assert "Access-Control-Allow-Methods" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle;charset=utf-8", "ttl"),
        ("text/html; charset=utf-8", "html"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
        ("application/n-triples;charset=utf-8;q=0.9, text/html;q=0.1", "nt"),
        ("application/linkset+json", "linkset"),
    ],
)
def test_parameters_of_a_type_ask_for_nothing_else(
    register: Register, client: FlaskClient, accept: str, form: str
) -> None:
    send(register, row("1/2567"))
    answer = client.get(f"/id/lic/{iri('1/2567').tail}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/doc/{form}/lic/{iri('1/2567').tail}")
    assert client.get(answer.headers["Location"]).status_code == 200
