"""What somebody may try on the public side that is no ordinary mistake, and faults below it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from registry.register import Register
from tests.registry.conftest import client_of
from tests.registry.small import FOOD, TOWN, Clock, current_credential, find, row, send

NUMBER = "12/2567"
TAIL = f"{TOWN}/{FOOD}/12~2F2567"


@pytest.mark.parametrize("lang", ["%0d%0aSet-Cookie:a=b", "%0a", "%00", "ก", "en%26q=1", "../..", "TH"])
@pytest.mark.parametrize("path", [f"/id/lic/{TAIL}", f"/id/lic/{TOWN}/{FOOD}/12%2F2567", "/search?q=12/2567"])
def test_a_redirect_takes_nothing_from_the_query(
    sqlite_client: FlaskClient, sqlite_register: Register, path: str, lang: str
) -> None:
    send(sqlite_register, row(NUMBER))
    answer = sqlite_client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code in {303, 308}
    assert answer.headers["Location"] in {f"/doc/html/lic/{TAIL}", f"/id/lic/{TAIL}"}
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "code", ["%0a", "%0d%0aX:y", "ก" * 26, "%00", "I" * 26, "i" * 26, "..%2f..", "0" * 25, "0" * 27]
)
@pytest.mark.parametrize("path", ["/c/", "/C/"])
def test_a_code_that_is_none_leads_nowhere(sqlite_client: FlaskClient, path: str, code: str) -> None:
    answer = sqlite_client.get(path + code)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/id/auth/%00",
        "/doc/ttl/auth/x%00",
        "/def/license-type/%00",
        "/doc/jsonld/type/%00",
        "/vc/%00",
        "/auth/%00/did.json",
        f"/status/{TOWN}%00/revocation/1",
        f"/status/{TOWN}/revocation%00/1",
        f"/id/lic/{TOWN}/{FOOD}/%00",
        "/C/%00",
        "/qr/%00.svg",
        "/%00",
        "/vc/%ED%A0%80",
        "/id/auth/%FF",
        "/id/auth/" + "x" * 5000,
    ],
)
def test_characters_that_no_database_stores(postgresql_register: Register, tmp_path: Path, path: str) -> None:
    assert client_of(postgresql_register, tmp_path).get(path).status_code == 404


def test_a_credential_of_strange_issuers_is_no_fault_of_ours(client: FlaskClient, register: Register) -> None:
    send(register, row(NUMBER))
    credential = json.loads(current_credential(register, NUMBER))
    for issuer in (
        "did:web:a:b\0",
        "did:web:registry.example.go.th:auth:\u0000",
        "did:web:" + "x" * 9000,
        "x:\ud800",
        5,
    ):
        body = json.dumps({"verifiableCredential": credential | {"issuer": issuer}})
        answer = client.post("/credentials/verify", data=body)
        assert answer.status_code == 400
        assert answer.get_json()["verified"] is False


@pytest.mark.parametrize("status", ["void", "duplicate"])
def test_a_withdrawn_record_shows_nobody(client: FlaskClient, register: Register, status: str) -> None:
    """Not by its number, and not by the code that is printed on the wall either."""
    send(register, row(NUMBER, licensee="บริษัท ลับเฉพาะ จำกัด"))
    check_id = find(register, NUMBER).check_id
    with register.database.writing() as session:
        session.execute(text(f"UPDATE license SET record_status = '{status}'"))
    for path in (f"/C/{check_id}", f"/id/lic/{TAIL}", *(f"/doc/{form}/lic/{TAIL}" for form in ("html", "nt", "vc"))):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "ลับเฉพาะ" not in answer.text


def test_errors_under_id_are_not_kept_by_caches(sqlite_client: FlaskClient) -> None:
    for accept in ("text/html", "application/json"):
        answer = sqlite_client.get(f"/id/lic/{TOWN}/{FOOD}/404", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Cache-Control"], answer.headers["Vary"]) == (
            404,
            "no-store",
            "Accept",
        )


def test_without_its_tables_the_registry_is_not_healthy(client: FlaskClient, register: Register) -> None:
    with register.database.writing() as session:
        session.execute(text("ALTER TABLE instance RENAME TO gone"))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable"})


def test_a_database_that_is_gone_says_nothing_about_licences(
    sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    send(sqlite_register, row(NUMBER))
    credential = current_credential(sqlite_register, NUMBER)
    sqlite_register.database.close()
    file = sqlite_register.database.engine.url.database
    assert file is not None
    for name in (file, f"{file}-wal", f"{file}-shm"):
        Path(name).unlink(missing_ok=True)
    for answer in (
        sqlite_client.get(f"/doc/jsonld/lic/{TAIL}"),
        sqlite_client.get(f"/doc/html/lic/{TAIL}?lang=en"),
        sqlite_client.post("/credentials/verify", data=b'{"verifiableCredential": ' + credential + b"}"),
        sqlite_client.post("/verify?lang=en", data={"text": credential.decode()}),
        sqlite_client.get("/healthz"),
    ):
        assert answer.status_code == 503
        assert "no such table" not in answer.text
        assert "Not genuine" not in answer.text
        assert str(file) not in answer.text


def test_old_lists_are_could_not_check_and_not_fake(
    sqlite_client: FlaskClient, sqlite_register: Register, clock: Clock
) -> None:
    send(sqlite_register, row(NUMBER))
    credential = current_credential(sqlite_register, NUMBER)
    clock.now += timedelta(days=8)
    answer = sqlite_client.post("/credentials/verify", data=b'{"verifiableCredential": ' + credential + b"}")
    body = answer.get_json()
    assert (answer.status_code, body["verified"]) == (400, False)
    assert (body["verdict"]["genuine"]["answer"], body["verdict"]["inForce"]["answer"]) == ("yes", "unknown")
