"""The public side: addresses, formats, errors, and what must never be said."""

import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from registry.intake.publish import publish
from registry.register import Register
from tests.registry.conftest import client_of
from tests.registry.small import (
    ADVERT,
    BASE,
    FOOD,
    MAPPING,
    OFFICE,
    TODAY,
    TOWN,
    Clock,
    act,
    current_credential,
    find,
    iri,
    open_small,
    row,
    send,
    submission,
    table,
)
from verify.document import MAX_BYTES
from vocab.history import ActKind

NUMBER = "12/2567"
TAIL = f"{TOWN}/{FOOD}/12~2F2567"
PERSON = {"licensee": "นายสมชาย ใจดีมาก", "street": "99/123 ซอยลับเฉพาะ", "juristic_id": ""}


def fill(register: Register) -> None:
    """Licences of several kinds."""
    send(
        register,
        row(NUMBER),
        row("จ3-9(6)-100/51ปจ"),
        row("5.ttl"),
        row("7/2567", aliases="ก.7;๗ ทับ ๒๕๖๗"),
        row("8/2567", **PERSON),
        row("9/2567", expires_on="2025-01-01"),
        row("10/2567"),
    )
    years = table(row("45", issued_on="2023-01-05"), row("45", issued_on="2024-01-05"))
    publish(register, submission(years, TOWN, ADVERT, MAPPING.partition("[columns.particulars]")[0]))
    act(register, "10/2567", ActKind.SUSPEND, TODAY)


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with these licences, made once."""
    file = tmp_path_factory.mktemp("filled") / "registry.db"
    shutil.copy(sqlite_template, file)
    register = open_small(f"sqlite:///{file}", "filled")
    fill(register)
    register.database.close()
    return file


@pytest.fixture
def shown(filled: Path, tmp_path: Path, clock: Clock) -> Iterator[Register]:
    """The register behind the site."""
    shutil.copy(filled, tmp_path / "shown.db")
    register = open_small(f"sqlite:///{tmp_path / 'shown.db'}", "shown", clock)
    yield register
    register.database.close()


@pytest.fixture
def site(shown: Register, tmp_path: Path) -> FlaskClient:
    return client_of(shown, tmp_path)


def test_both_engines_answer_alike(register: Register, client: FlaskClient, site: FlaskClient) -> None:
    fill(register)
    for path in (
        f"/id/lic/{TAIL}",
        f"/id/lic/{TOWN}/{ADVERT}/45",
        f"/doc/jsonld/lic/{TAIL}",
        "/search?q=ร้านตัวอย่าง",
        "/search?q=๑๒/๒๕๖๗",
        "/",
        f"/doc/html/auth/{TOWN}",
        f"/doc/html/type/{FOOD}",
        "/nonsense",
    ):
        here, there = client.get(path), site.get(path)
        assert (here.status_code, here.headers.get("Location")) == (there.status_code, there.headers.get("Location"))
        assert here.text == there.text


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "html"),
        ("*/*", "html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "html"),
        ("application/ld+json", "jsonld"),
        ("application/json", "jsonld"),
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/vc", "vc"),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", "jsonld"),
    ],
)
def test_the_licence_itself_leads_to_a_document(site: FlaskClient, accept: str, form: str) -> None:
    answer = site.get(f"/id/lic/{TAIL}", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/doc/{form}/lic/{TAIL}"
    assert answer.headers["Vary"] == "Accept"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'rel="describedby"' in answer.headers["Link"]
    assert site.get(answer.headers["Location"]).status_code == 200


def test_a_format_that_is_not_there_is_406(site: FlaskClient) -> None:
    answer = site.get(f"/id/lic/{TAIL}", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        (f"{TOWN}/{FOOD}/12%2F2567", TAIL),
        (f"{TOWN}/{FOOD}/12%2f2567", TAIL),
        (f"{TOWN}/{FOOD}/12%7E2F2567", TAIL),
        (f"{TOWN}/{FOOD}/12~2f2567", TAIL),
        (f"{TOWN}/{FOOD}/%312~2F2567", TAIL),
        (f"{TOWN}/{FOOD}/{quote('จ3-9(6)-100/51ปจ', safe='')}", iri("จ3-9(6)-100/51ปจ").tail),
        (f"{TOWN}/{FOOD}/{quote('ก.7')}", f"{TOWN}/{FOOD}/7~2F2567"),
    ],
)
@pytest.mark.parametrize("prefix", ["/id/lic/", "/doc/html/lic/", "/doc/jsonld/lic/"])
def test_another_spelling_leads_to_the_one_in_one_hop(
    site: FlaskClient, prefix: str, spelling: str, canonical: str
) -> None:
    answer = site.get(prefix + spelling)
    assert answer.status_code == 308
    assert answer.headers["Location"] == prefix + canonical
    assert site.get(answer.headers["Location"]).status_code in {200, 303}


def test_a_number_that_looks_like_a_file_is_a_number(site: FlaskClient) -> None:
    answer = site.get(f"/doc/html/lic/{TOWN}/{FOOD}/5.ttl")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/html")


def test_a_reused_number_offers_the_choice(site: FlaskClient) -> None:
    answer = site.get(f"/id/lic/{TOWN}/{ADVERT}/45")
    assert answer.status_code == 300
    for year in ("be2566", "be2567"):
        assert f"/doc/html/lic/{TOWN}/{ADVERT}/45/{year}" in answer.text
    for path in (f"/id/lic/{TOWN}/{ADVERT}/45", f"/doc/ttl/lic/{TOWN}/{ADVERT}/45"):
        answer = site.get(path, headers={"Accept": "text/turtle"})
        assert (answer.status_code, answer.content_type) == (300, "application/linkset+json")
        (told,) = answer.get_json(force=True)["linkset"]
        assert {each["href"] for each in told["alternate"]} == {
            f"{BASE}/id/lic/{TOWN}/{ADVERT}/45/{year}" for year in ("be2566", "be2567")
        }
        assert f'</id/lic/{TOWN}/{ADVERT}/45/be2566>; rel="alternate"' in answer.headers.getlist("Link")


@pytest.mark.parametrize(
    "path",
    [
        f"/id/lic/{TOWN}/{FOOD}/404",
        f"/id/lic/{TOWN}/{FOOD}/%FF",
        f"/id/lic/{TOWN}/{FOOD}/~ZZ",
        f"/id/lic/{TOWN}/{FOOD}/1/2/3/4",
        f"/id/lic/{TOWN}/{FOOD}/" + "9" * 3000,
        "/id/lic/../../etc/passwd",
        "/id/lic/nobody/food/1",
        "/id/auth/x-none",
        "/def/license-type/none",
        "/doc/pdf/lic/x",
        "/C/" + "0" * 26,
        "/C/short",
        "/qr/short.svg",
        "/vc/nothing",
        "/status/x-none/revocation/1",
        f"/status/{TOWN}/revocation/99999999999999999999",
        f"/auth/{OFFICE}x/did.json",
        "//id/lic/x",
        "/nonsense",
    ],
)
def test_what_never_existed_is_404_for_machines_and_people(site: FlaskClient, path: str) -> None:
    machine = site.get(path, headers={"Accept": "application/json"})
    person = site.get(path, headers={"Accept": "text/html"})
    assert machine.status_code == person.status_code == 404
    assert person.content_type.startswith("text/html")
    if not path.startswith("/C/"):
        assert machine.content_type == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= machine.get_json().keys()


def test_a_withdrawn_record_is_410(site: FlaskClient, shown: Register) -> None:
    with shown.database.writing() as session:
        session.execute(text("UPDATE license SET record_status = 'void' WHERE number = '12/2567'"))
    assert site.get(f"/id/lic/{TAIL}").status_code == 410
    assert site.get(f"/doc/html/lic/{TAIL}").status_code == 410


def test_the_formats_say_the_same(site: FlaskClient) -> None:
    def triples(form: str, kind: ox.RdfFormat) -> set[str]:
        answer = site.get(f"/doc/{form}/lic/{TAIL}")
        return {str(quad.triple) for quad in ox.parse(answer.data, format=kind)}

    nt = triples("nt", ox.RdfFormat.N_TRIPLES)
    assert len(nt) > 30
    assert triples("ttl", ox.RdfFormat.TURTLE) == nt
    subject = f"<{BASE}/id/lic/{TAIL}>"
    assert any(line.startswith(f"{subject} <http://purl.org/dc/terms/identifier>") for line in nt)


def test_documents_are_conditional_and_open(site: FlaskClient) -> None:
    for path in (f"/doc/jsonld/lic/{TAIL}", f"/doc/vc/lic/{TAIL}", f"/auth/{TOWN}/did.json", "/ctx/license/v1"):
        first = site.get(path)
        assert first.status_code == 200
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        again = site.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert site.head(path).status_code == 200


@pytest.mark.parametrize("kind", ["application/vc", "application/ld+json", "application/json"])
def test_a_status_list_comes_under_three_names(site: FlaskClient, kind: str) -> None:
    answer = site.get(f"/status/{TOWN}/revocation/1", headers={"Accept": kind})
    assert (answer.status_code, answer.content_type) == (200, kind)
    assert answer.get_json(force=True)["credentialSubject"]["statusPurpose"] == "revocation"


def test_credentials_are_verified_by_api(site: FlaskClient, shown: Register) -> None:
    def ask(credential: Any) -> tuple[int, dict[str, Any]]:
        answer = site.post("/credentials/verify", json={"verifiableCredential": credential, "options": {}})
        return answer.status_code, answer.get_json()

    good = json.loads(current_credential(shown, NUMBER))
    code, body = ask(good)
    assert (code, body["verified"]) == (200, True)
    for number, status in (("9/2567", "expired"), ("10/2567", "suspended")):
        code, body = ask(json.loads(current_credential(shown, number)))
        assert (code, body["verified"], body["verdict"]["genuine"]["answer"]) == (400, False, "yes")
        assert body["verdict"]["inForce"]["code"] == status
    good["credentialSubject"]["licenseNumber"] = "13/2567"
    code, body = ask(good)
    assert (code, body["verified"], body["verdict"]["genuine"]["answer"]) == (400, False, "no")
    assert body["problemDetails"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"{}",
        b'{"verifiableCredential": []}',
        b'{"verifiableCredential": "x"}',
        b'{"verifiableCredential": {}}',
        b'{"verifiableCredential": {}, "x": 1}',
        b'{"verifiableCredential": {}, "options": 1}',
        b'{"verifiableCredential": {}, "verifiableCredential": {}}',
        b'{"verifiableCredential": {"a": NaN}}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"verifiableCredential":' * 50_000,
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_bad_request_is_explained(site: FlaskClient, body: bytes) -> None:
    answer = site.post("/credentials/verify", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["verified"] is False
    assert answer.get_json()["problemDetails"][0]["detail"]


def test_an_oversize_body_is_413(site: FlaskClient) -> None:
    answer = site.post("/credentials/verify", data=b"x" * (3 * MAX_BYTES), content_type="application/json")
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert site.post("/verify", data={"text": "x" * (3 * MAX_BYTES)}).status_code == 413


def test_what_is_pasted_may_be_as_long_as_a_file(site: FlaskClient) -> None:
    # Each of these is within the limit that the refusal of a larger one names.
    body = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"x" * MAX_BYTES + b"\r\n--b--\r\n"
    assert site.post("/verify", data=body, content_type="multipart/form-data; boundary=b").status_code == 200
    fields = {f"field-{number}": "x" for number in range(30)}
    refused = site.post("/verify?lang=en", data=fields, content_type="multipart/form-data")
    assert refused.status_code == 413
    assert "more than 20 fields" in refused.text


def test_health(site: FlaskClient, shown: Register) -> None:
    assert site.get("/healthz").status_code == 200


def test_the_code_opens_the_page_in_either_case(site: FlaskClient, shown: Register) -> None:
    check_id = find(shown, NUMBER).check_id
    page = site.get(f"/C/{check_id}")
    assert page.status_code == 200
    assert NUMBER in page.text
    lower = site.get(f"/c/{check_id.lower()}")
    assert (lower.status_code, lower.headers["Location"]) == (308, f"/C/{check_id}")
    assert site.get(f"/qr/{check_id}.svg").content_type.startswith("image/svg+xml")
    assert site.get(f"/qr/{check_id}.png").data.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        (NUMBER, True),
        ("๑๒/๒๕๖๗", True),
        ("12 / 2567", True),
        (f"{BASE}/id/lic/{TAIL}", True),
        (f"/doc/html/lic/{TAIL}", True),
        ("ร้านตัวอย่าง", False),
        ("เลขที่ 12/67", False),
    ],
)
def test_search_leads_there_or_lists(site: FlaskClient, query: str, leads: bool) -> None:
    answer = site.get("/search", query_string={"q": query})
    if leads:
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/doc/html/lic/{TAIL}")
    else:
        assert answer.status_code == 200
        assert NUMBER in answer.text


@pytest.mark.parametrize("query", ["", "x", "%", "_", "<script>alert(1)</script>", "' OR 1=1 --", "ก" * 20_000, "\x00"])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_search_survives_anything(site: FlaskClient, query: str, lang: str) -> None:
    answer = site.get("/search", query_string={"q": query, "lang": lang})
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert f'<html lang="{lang}"' in answer.text


def test_the_verification_page(site: FlaskClient, shown: Register) -> None:
    credential = current_credential(shown, NUMBER)
    assert site.get("/verify").status_code == 200
    pasted = site.post("/verify?lang=en", data={"text": credential.decode()})
    assert "Genuine" in pasted.text
    assert f"/doc/html/lic/{TAIL}" in pasted.text
    uploaded = site.post("/verify?lang=en", data={"file": (BytesIO(credential), "credential.json")})
    assert "Genuine" in uploaded.text
    altered = site.post("/verify?lang=en", data={"text": credential.decode().replace("12/2567", "13/2567")})
    assert "Not genuine" in altered.text
    assert f"/doc/html/lic/{TAIL}" not in altered.text
    assert site.post("/verify", data={}).status_code == 200
    marked = site.post("/verify?lang=en", data={"file": (BytesIO(b"\xef\xbb\xbf" + credential), "credential.json")})
    assert "Genuine" in marked.text
    assert "Not genuine" not in marked.text
    for raw in (b"12/2567", b"[]", b'{"type": "TrustData"}'):
        answer = site.post("/verify?lang=en", data={"file": (BytesIO(raw), "x")}).text
        assert "Not a credential" in answer
        assert "Not genuine" not in answer


def test_every_answer_is_hardened(site: FlaskClient) -> None:
    for path in ("/", f"/doc/html/lic/{TAIL}", "/nonsense", "/healthz", f"/doc/jsonld/lic/{TAIL}", "/static/site.css"):
        answer = site.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        answer.close()


def test_what_is_masked_or_restricted_appears_nowhere(site: FlaskClient, shown: Register) -> None:
    record = find(shown, "8/2567")
    tail = record.license.iri.tail
    said = [site.get(f"/doc/{form}/lic/{tail}").text for form in ("html", "jsonld", "ttl", "nt", "vc")]
    said += [site.get(f"/C/{record.check_id}").text, site.get(f"/doc/html/lic/{tail}?lang=en").text]
    said += [site.get("/search", query_string={"q": query}).text for query in ("ใจดีมาก", "ร้านตัวอย่าง", "8/67")]
    said += [site.get("/").text, site.get("/trust.json").text]
    assert all("ใจดีมาก" not in page.replace('value="ใจดีมาก"', "").replace("“ใจดีมาก”", "") for page in said[:7])
    assert all("ซอยลับเฉพาะ" not in page for page in said)
    assert "ส***" in said[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prefix=st.sampled_from(["/id/lic/", "/doc/html/lic/", "/C/", "/search?q=", "/status/", "/vc/", "/qr/", "/"]),
    rest=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    body=st.binary(max_size=200),
)
def test_nothing_makes_a_500(sqlite_client: FlaskClient, prefix: str, rest: str, body: bytes) -> None:
    assert sqlite_client.get(prefix + quote(rest)).status_code < 500
    assert sqlite_client.get(prefix + quote(rest, safe="/?&=#%")).status_code < 500
    assert sqlite_client.post("/credentials/verify", data=body).status_code < 500
    assert sqlite_client.post("/verify", data={"text": rest}).status_code < 500
