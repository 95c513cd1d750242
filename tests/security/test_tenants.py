"""Cross-tenant requests: who asks is known from the token and never from the body, on every route that changes something."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from registry.intake.staging import stage
from registry.register import Register
from registry.tables import SignReportClosingRow, SignReportContentRow, SignReportRow
from registry.tokens import TokenScope, new_token
from tests.registry.small import (
    BASE,
    DEPARTMENT,
    FOOD,
    OFFICE,
    TOWN,
    current_credential,
    find,
    row,
    send,
    submission,
    table,
    table_sizes,
)
from verify.document import Document

ASKING = {"/credentials/verify", "/presentations/verify", "/codes/verify", "/verify", "/sparql"}
"""Answer a question, and change nothing."""
OPENED_BY_ITSELF = {"/show/<secret>"}
"""What is opened by a secret of 160 bits in the address, and no token (tests/registry/test_showing.py)."""
LICENSES = "/api/v1/licenses/<authority>/<type>"
TELLING = {"/report/lic/<path:tail>"}
"""Open to everybody, without a token: what is told is read by the licence's authority alone."""
WRITING = {
    "/credentials/issue",
    LICENSES,
    f"{LICENSES}/<path:number>",
    "/api/v1/access/<authority>/<type>/<path:number>",
    "/api/v1/files/<authority>/<type>/<path:number>",
    "/api/v1/show-links/<authority>/<type>/<path:number>",
    "/api/v1/acts",
    "/api/v1/reports/<reference>/close",
    "/api/v1/reports/<reference>/erase",
    "/api/v1/report-erasures",
    "/api/v1/batches",
    "/api/v1/batches/<int:number>/<any(publish, undo, restage, discard):deed>",
}


def test_every_route_that_takes_a_body_is_looked_at(sqlite_client: FlaskClient) -> None:
    rules = sqlite_client.application.url_map.iter_rules()
    found = {rule.rule for rule in rules if rule.methods and rule.methods - {"GET", "HEAD", "OPTIONS"}}
    assert found - {"/sandbox/credentials/issue"} == ASKING | TELLING | WRITING | OPENED_BY_ITSELF


def did(authority: str) -> str:
    return f"did:web:registry.example.go.th:auth:{authority}"


def licence(issuer: str, **face: Any) -> Document:
    """What the town's own system would send for one more of its licences."""
    subject = {
        "type": "License",
        "licenseNumber": "12/2567",
        "licenseType": f"{BASE}/def/license-type/{FOOD}",
        "licensee": [{"type": "Organization", "legalName": {"th": "บริษัท ตัวอย่าง จำกัด"}}],
        "issuedOn": "2024-03-01",
        "effectiveFrom": "2024-03-01",
        "expiresOn": "2027-02-28",
    }
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", f"{BASE}/ctx/license/v1"],
        "type": ["VerifiableCredential", "LicenseCredential"],
        "issuer": did(issuer),
        "credentialSubject": subject | face,
    }


def ask(client: FlaskClient, register: Register, caller: str, document: Document) -> int:
    _, token = new_token(register, caller, [TokenScope.ISSUE], register.now() + timedelta(days=1))
    return client.post(
        "/credentials/issue",
        data=json.dumps({"credential": document}),
        headers={"Authorization": f"Bearer {token}"},
        content_type="application/json",
    ).status_code


def test_the_authority_itself_may(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    assert ask(sqlite_client, sqlite_register, TOWN, licence(TOWN)) == 201


@pytest.mark.parametrize(
    ("caller", "document"),
    [
        (DEPARTMENT, licence(TOWN)),
        (OFFICE, licence(TOWN)),
        (OFFICE, licence(TOWN) | {"issuer": {"id": did(TOWN)}}),
        (OFFICE, licence(OFFICE, issuedBy={"id": f"{BASE}/id/auth/{TOWN}", "type": "Authority"})),
        (OFFICE, licence(OFFICE, id=f"{BASE}/id/lic/{TOWN}/{FOOD}/1~2F2567")),
        (DEPARTMENT, licence(DEPARTMENT)),
    ],
    ids=["its issuer", "another's issuer", "as an object", "its authority", "its number", "a type of others"],
)
def test_another_authority_changes_nothing(
    sqlite_client: FlaskClient, sqlite_register: Register, caller: str, document: Document
) -> None:
    send(sqlite_register, row("1/2567"))
    before, credential = table_sizes(sqlite_register), current_credential(sqlite_register, "1/2567")
    status = ask(sqlite_client, sqlite_register, caller, document)
    assert status in {400, 403}
    after = table_sizes(sqlite_register)
    assert {name: size for name, size in after.items() if size != before[name]}.keys() <= {"access_token"}
    assert current_credential(sqlite_register, "1/2567") == credential


def test_a_token_opens_nothing_on_the_routes_that_ask(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567"))
    _, token = new_token(sqlite_register, OFFICE, [TokenScope.ISSUE], sqlite_register.now() + timedelta(days=1))
    body = b'{"verifiableCredential":' + current_credential(sqlite_register, "1/2567") + b"}"
    before = table_sizes(sqlite_register)
    answers = [
        sqlite_client.post("/credentials/verify", data=body, headers=headers)
        for headers in ({}, {"Authorization": f"Bearer {token}"})
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert table_sizes(sqlite_register) == before


# The addresses below /api/v1

PLAIN = {"number": "1/2567", "licensee": "บริษัท ตัวอย่าง จำกัด", "expires_on": "2031-01-01"}
DECISION = {"kind": "revoke", "on": "2026-11-21", "order": "1", "reason": "x"}
NUMBER = f"/api/v1/licenses/{TOWN}/{FOOD}/1~2F2567"
REPORT = "7K3M9-QTX2B"
"""Of the town."""
NEEDED = {
    "/api/v1/acts": TokenScope.ACT,
    f"/api/v1/reports/{REPORT}/close": TokenScope.REPORT,
    f"/api/v1/reports/{REPORT}/erase": TokenScope.REPORT,
    "/api/v1/report-erasures": TokenScope.REPORT,
}
"""The scope for each address; `publish` for all others."""
ATTEMPTS: dict[str, tuple[str, str, Any]] = {
    "its licence": ("PUT", NUMBER, PLAIN),
    "its licence, by a slash": ("PUT", NUMBER.replace("~2F", "%2F"), PLAIN),
    "its licence, by a former code": ("PUT", NUMBER.replace(TOWN, "lao-05480115"), PLAIN),
    "a licence of its own with its authority in the body": (
        "PUT",
        NUMBER.replace(TOWN, OFFICE),
        {**PLAIN, "authority": TOWN},
    ),
    "its lines": ("POST", f"/api/v1/licenses/{TOWN}/{FOOD}", PLAIN),
    "its decision": ("POST", "/api/v1/acts", {**DECISION, "license": f"{BASE}/id/lic/{TOWN}/{FOOD}/1~2F2567"}),
    "its successor": (
        "POST",
        "/api/v1/acts",
        {
            **DECISION,
            "kind": "renew",
            "type": FOOD,
            "number": "1/2567",
            "successor": f"{BASE}/id/lic/{TOWN}/{FOOD}/1~2F2567",
        },
    ),
    "its file": ("POST", f"/api/v1/batches?type={FOOD}&authority={TOWN}", PLAIN),
    "the links of its licence": ("PUT", NUMBER.replace("licenses", "access"), {"links": []}),
    "the links of its licence, by a former code": (
        "PUT",
        NUMBER.replace("licenses", "access").replace(TOWN, "lao-05480115"),
        {"links": [{"rights": "nonPublic"}]},
    ),
    "the file of its licence": ("PUT", NUMBER.replace("licenses", "files"), b"%PDF-1.7"),
    "withdrawing the file of its licence": ("DELETE", NUMBER.replace("licenses", "files"), b""),
    "a link to show its licence": ("POST", NUMBER.replace("licenses", "show-links"), {}),
    "a link to show its licence, by a former code": (
        "POST",
        NUMBER.replace("licenses", "show-links").replace(TOWN, "lao-05480115"),
        {},
    ),
    "revoking links to its licence": ("DELETE", NUMBER.replace("licenses", "show-links"), {}),
    "publishing its batch": ("POST", "/api/v1/batches/2/publish", {}),
    "undoing its batch": ("POST", "/api/v1/batches/1/undo", {}),
    "comparing its batch": ("POST", "/api/v1/batches/2/restage", {}),
    "discarding its batch": ("POST", "/api/v1/batches/2/discard", {}),
    "closing its report": ("POST", f"/api/v1/reports/{REPORT}/close", {"reason": "x"}),
    "erasing its report": ("POST", f"/api/v1/reports/{REPORT}/erase", {"reason": "x"}),
}


def attempt(client: FlaskClient, register: Register, caller: str, scopes: list[TokenScope], name: str) -> int:
    method, path, body = ATTEMPTS[name]
    _, token = new_token(register, caller, scopes, register.now() + timedelta(days=1))
    media = "application/jsonl" if path.count("/") == 5 and "licenses" in path else "application/json"
    headers = {"Authorization": f"Bearer {token}"}
    data, media = (body, "application/pdf") if isinstance(body, bytes) else (json.dumps(body), media)
    return client.open(path, method=method, data=data, headers=headers, content_type=media).status_code


def add_report(register: Register) -> None:
    """A report of a sign of the town."""
    record = find(register, "1/2567")
    facts = {"sequence": 1, "reference": REPORT, "license_id": record.id, "wrong": "code", "at": register.now()}
    with register.database.writing() as session:
        authority_id = register.store(session).authority_id(TOWN)
        session.add(SignReportRow(authority_id=authority_id, **facts))
        session.flush()
        session.add(SignReportContentRow(report=1, text="", place="", photo=None))
        session.add(SignReportClosingRow(report=1, reason="x", at=register.now() - timedelta(days=30)))


def contents(register: Register) -> dict[str, Any]:
    """All rows of all tables but the tokens; what the index of SQLite has is in the entries."""
    from sqlalchemy import select

    from registry.tables import Base

    with register.database.reading() as session:
        return {
            name: sorted(map(repr, session.execute(select(table)).all()))
            for name, table in Base.metadata.tables.items()
            if name not in {"access_token", "entry_grams"}
        }


@pytest.mark.parametrize("name", ATTEMPTS)
def test_another_authority_reaches_nothing_below_api_v1(
    sqlite_client: FlaskClient, sqlite_register: Register, name: str
) -> None:
    send(sqlite_register, row("1/2567"))
    stage(sqlite_register, submission(table(row("2/2567"))))
    add_report(sqlite_register)
    before = contents(sqlite_register)
    status = attempt(sqlite_client, sqlite_register, OFFICE, list(TokenScope), name)
    assert status in {308, 400, 403, 404}, name
    assert contents(sqlite_register) == before


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_scope_opens_only_what_it_is_for(sqlite_client: FlaskClient, sqlite_register: Register, name: str) -> None:
    send(sqlite_register, row("1/2567"))
    stage(sqlite_register, submission(table(row("2/2567"))))
    add_report(sqlite_register)
    before = contents(sqlite_register)
    needed = NEEDED.get(ATTEMPTS[name][1], TokenScope.PUBLISH)
    others = [scope for scope in TokenScope if scope is not needed]
    assert attempt(sqlite_client, sqlite_register, TOWN, others, name) == 403
    assert contents(sqlite_register) == before


def test_an_authority_erases_its_own_reports_alone(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567"))
    add_report(sqlite_register)
    before = contents(sqlite_register)
    sent = {"closed_before": "2026-11-21", "reason": "x"}
    for caller, scopes, status in ((OFFICE, [TokenScope.REPORT], 200), (TOWN, [TokenScope.PUBLISH], 403)):
        _, token = new_token(sqlite_register, caller, scopes, sqlite_register.now() + timedelta(days=1))
        headers = {"Authorization": f"Bearer {token}"}
        answer = sqlite_client.post("/api/v1/report-erasures", json=sent, headers=headers)
        assert answer.status_code == status
        assert contents(sqlite_register) == before


def test_the_posters_of_its_batch_are_for_an_authority_itself(
    sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    batch = send(sqlite_register, row("1/2567")).batch
    path = f"/api/v1/batches/{batch}/posters.zip"
    for caller, scope, status in ((OFFICE, TokenScope.PUBLISH, 404), (TOWN, TokenScope.ACT, 403)):
        _, token = new_token(sqlite_register, caller, [scope], sqlite_register.now() + timedelta(days=1))
        assert sqlite_client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == status
