"""`POST /credentials/issue`: another system publishes one licence, and gets its credential."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from issuers.keys import KeyEncryptionKeys
from registry.batches import batches, rejected_rows
from registry.issuing import Issuance
from registry.register import Register
from registry.tables import BatchRow, CredentialRow, ReceivedFileRow, SigningKeyRow
from registry.tokens import TokenScope, new_token, revoke_token
from tests.registry.small import (
    ADVERT,
    BASE,
    DEPARTMENT,
    FOOD,
    TODAY,
    TOWN,
    Clock,
    act,
    bit,
    credentials,
    current_credential,
    find,
    iri,
    row,
    send,
    status,
    table_sizes,
    verdict,
)
from vocab.history import ActKind
from vocab.license import Person, Term

DID = f"did:web:registry.example.go.th:auth:{TOWN}"
FACE: dict[str, Any] = {
    "type": "License",
    "licenseNumber": "12/2567",
    "licenseType": f"{BASE}/def/license-type/{FOOD}",
    "licensee": [{"type": "Organization", "legalName": {"th": "บริษัท ตัวอย่าง จำกัด"}}],
    "premises": [{"type": "Premises", "placeName": {"th": "ร้านตัวอย่าง"}, "address": {"province": "นครพนม"}}],
    "issuedOn": "2024-03-01",
    "effectiveFrom": "2024-03-01",
    "expiresOn": "2027-02-28",
}


def credential(**changes: Any) -> dict[str, Any]:
    """An unsecured licence credential; `changes` are those of its face."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", f"{BASE}/ctx/license/v1"],
        "type": ["VerifiableCredential", "LicenseCredential"],
        "issuer": DID,
        "credentialSubject": {key: value for key, value in {**FACE, **changes}.items() if value is not None},
    }


@dataclass
class Office:
    """An authority's own system, with its token."""

    client: FlaskClient
    token: str

    def ask(self, body: Any) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        # A client of its own: one is not for several threads.
        return self.client.application.test_client().post(
            "/credentials/issue", data=raw, headers=headers, content_type="application/json"
        )

    def issue(self, document: Any, **options: Any) -> TestResponse:
        return self.ask({"credential": document, **({"options": options} if options else {})})


def office_of(client: FlaskClient, register: Register, authority: str) -> Office:
    _, token = new_token(register, authority, [TokenScope.ISSUE], register.now() + timedelta(days=9))
    return Office(client, token)


@pytest.fixture
def office(client: FlaskClient, register: Register) -> Office:
    return office_of(client, register, TOWN)


@pytest.fixture
def sqlite_office(sqlite_client: FlaskClient, sqlite_register: Register) -> Office:
    return office_of(sqlite_client, sqlite_register, TOWN)


def test_a_new_licence_is_published_and_its_credential_is_the_answer(office: Office, register: Register) -> None:
    answer = office.issue(credential())
    assert (answer.status_code, answer.content_type) == (201, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == current_credential(register, "12/2567")
    assert verdict(register, answer.data).genuine.answer == "yes"
    assert verdict(register, answer.data).in_force.code == "active"
    record = find(register, "12/2567")
    assert [(item.kind, item.effective_on) for item in record.history.acts] == [(ActKind.GRANT, date(2024, 3, 1))]
    assert office.client.get(f"/C/{record.check_id}").status_code == 200


def test_what_was_sent_stands_in_the_credential(office: Office) -> None:
    sent = credential()
    signed = office.issue(sent).get_json(force=True)
    subject = signed["credentialSubject"]
    for key in ("licenseNumber", "issuedOn", "effectiveFrom", "expiresOn"):
        assert subject[key] == sent["credentialSubject"][key]
    assert subject["licenseType"]["id"] == sent["credentialSubject"]["licenseType"]
    assert subject["id"] == str(iri("12/2567"))
    assert signed["issuer"]["id"] == DID
    assert signed["validUntil"] == "2027-02-28T23:59:59+07:00"
    assert {entry["statusPurpose"] for entry in signed["credentialStatus"]} == {"revocation", "suspension"}


def test_the_same_as_by_a_file(sqlite_office: Office, sqlite_register: Register) -> None:
    # What a file published is not published again, and the other way round.
    send(sqlite_register, row("12/2567"))
    stored = current_credential(sqlite_register, "12/2567")
    assert sqlite_office.issue(credential()).data == stored
    assert sqlite_office.issue(credential(licenseNumber="13/2567")).status_code == 201
    report = send(sqlite_register, row("12/2567"), row("13/2567"))
    assert [plan.outcome for plan in report.rows] == ["unchanged", "unchanged"]
    # And an act of the API is that of the authority's data, not an officer's decision.
    assert find(sqlite_register, "13/2567").decision is None


def test_asking_again_hands_out_the_same_credential(office: Office, register: Register, clock: Clock) -> None:
    first = office.issue(credential())
    before = table_sizes(register)
    clock.pass_by(hours=2)
    again = office.issue(credential())
    assert (again.status_code, again.data) == (201, first.data)
    # The credential itself, sent back without its proof, is the same request.
    whole = first.get_json(force=True)
    del whole["proof"]
    assert office.issue(whole).data == first.data
    assert table_sizes(register) == before
    assert find(register, "12/2567").confirmed_at == register.now()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"expiresOn": "2028-02-28"}, ActKind.RENEW),
        ({"expiresOn": "2027-01-31"}, ActKind.CORRECT),
        ({"condition": ["ห้ามใช้เสียงดัง"]}, ActKind.AMEND),
    ],
)
def test_a_change_is_recorded_as_of_a_file(
    office: Office, register: Register, change: dict[str, Any], kind: ActKind
) -> None:
    first = office.issue(credential())
    second = office.issue(credential(**change))
    assert second.status_code == 201
    assert second.data != first.data
    assert [item.kind for item in find(register, "12/2567").history.acts] == [ActKind.GRANT, kind]
    old, new = credentials(register, "12/2567")
    assert (bit(register, old, "revocation"), bit(register, new, "revocation")) == (True, False)
    assert verdict(register, second.data).in_force.code == "active"
    assert verdict(register, first.data).in_force.code == "withdrawn"


def test_a_person_is_masked_as_in_a_file(sqlite_office: Office, sqlite_register: Register) -> None:
    person = {"type": "Person", "fullName": {"th": "นายสมชาย ใจดีมาก"}}
    answer = sqlite_office.issue(credential(licensee=[person]))
    assert answer.status_code == 201
    assert "สมชาย" not in answer.data.decode()
    assert answer.get_json(force=True)["credentialSubject"]["licensee"][0]["fullName"] == {"th": "นายส*** ใจ***"}
    licensee = find(sqlite_register, "12/2567").license.licensees[0]
    assert isinstance(licensee, Person)
    assert str(licensee.name) == "นายสมชาย ใจดีมาก"
    # What was handed out comes back: it is the licence, and its mask is no new name.
    masked = answer.get_json(force=True)
    del masked["proof"]
    assert sqlite_office.issue(masked).data == answer.data
    assert sqlite_office.issue(credential(licensee=[person])).data == answer.data


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.get_json(force=True)
    assert body["type"] == f"/problems/{code}"
    return body


def test_without_a_token_nothing_is_issued(sqlite_office: Office) -> None:
    sqlite_office.token = ""
    answer = sqlite_office.issue(credential())
    problem(answer, 401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="license-registry"'
    answer = sqlite_office.ask(b"{")
    problem(answer, 401, "not-authenticated")


def test_a_token_that_does_not_hold(sqlite_office: Office, sqlite_register: Register, clock: Clock) -> None:
    revoke_token(sqlite_register, 1)
    answer = sqlite_office.issue(credential())
    assert "revoked" in problem(answer, 401, "not-authenticated")["detail"]
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    other = office_of(sqlite_office.client, sqlite_register, TOWN)
    clock.pass_by(days=10)
    assert "expired" in problem(other.issue(credential()), 401, "not-authenticated")["detail"]
    other.token = "licreg_" + "0" * 72
    body = problem(other.issue(credential()), 401, "not-authenticated")
    assert other.token not in json.dumps(body)


def test_the_issuer_is_the_callers_own_and_never_filled_in(sqlite_office: Office, sqlite_register: Register) -> None:
    without = credential()
    del without["issuer"]
    problem(sqlite_office.issue(without), 400, "request-refused")
    unnamed: list[Any] = [None, "", 7, {}, {"id": None}, ["did:web:x"]]
    for issuer in unnamed:
        problem(sqlite_office.issue({**credential(), "issuer": issuer}), 400, "request-refused")
    others: list[Any] = [f"did:web:registry.example.go.th:auth:{DEPARTMENT}", {"id": "did:key:z6Mk"}, DID + "#key"]
    for issuer in others:
        problem(sqlite_office.issue({**credential(), "issuer": issuer}), 403, "not-permitted")
    department = office_of(sqlite_office.client, sqlite_register, DEPARTMENT)
    problem(department.issue(credential()), 403, "not-permitted")


def test_only_what_the_authority_may_grant_under_its_own_name(sqlite_office: Office) -> None:
    clinic = credential(licenseType=f"{BASE}/def/license-type/animal-clinic")
    assert "may not grant" in problem(sqlite_office.issue(clinic), 403, "not-permitted")["detail"]
    elsewhere = credential(id=f"{BASE}/id/lic/{DEPARTMENT}/{FOOD}/12~2F2567")
    assert "name space" in problem(sqlite_office.issue(elsewhere), 403, "not-permitted")["detail"]
    foreign = credential(licenseType="https://elsewhere.example/type")
    assert problem(sqlite_office.issue(foreign), 400, "claim-refused")["pointer"] == "/credentialSubject/licenseType"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("an id of their own", {"id": f"{BASE}/vc/1"}, "/id"),
    ("a place in a list", {"credentialStatus": {"type": "BitstringStatusListEntry"}}, "/credentialStatus"),
    ("another window", {"validUntil": "2030-01-01T00:00:00Z"}, "/validUntil"),
    ("another name", {"name": "Licence to drive"}, "/name"),
    ("another issuer name", {"issuer": {"id": DID, "name": "Somebody"}}, "/issuer/name"),
    ("an unknown member", {"evidence": {"type": "Evidence"}}, "/evidence"),
    ("a description", {"description": "x"}, "/description"),
    ("no context of ours", {"@context": ["https://www.w3.org/ns/credentials/v2"]}, "/@context"),
    ("no type of ours", {"type": ["VerifiableCredential"]}, "/type"),
    ("a proof", {"proof": {}}, "/proof"),
    ("no subject", {"credentialSubject": None}, "/credentialSubject"),
    ("several subjects", {"credentialSubject": [{}]}, "/credentialSubject"),
]


@pytest.mark.parametrize(("change", "place"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_the_register_would_not_say_is_refused(
    sqlite_office: Office, sqlite_register: Register, change: dict[str, Any], place: str
) -> None:
    before = table_sizes(sqlite_register)
    assert problem(sqlite_office.issue({**credential(), **change}), 400, "claim-refused")["pointer"] == place
    assert table_sizes(sqlite_register) == before


TEXTS: list[tuple[str, dict[str, Any], str]] = [
    ("a citizen's number", {"condition": ["1-2345-67890-12-1"]}, "/condition/0"),
    ("a control character", {"condition": ["a\u202eb"]}, "/condition/0"),
    ("too long", {"condition": ["ก" * 2001]}, "/condition/0"),
    ("too many", {"condition": [str(number) for number in range(101)]}, "/condition"),
    ("a number as a spreadsheet writes it", {"condition": ["1.23457E+12"]}, "/condition/0"),
    ("issued in the future", {"issuedOn": "2026-11-22", "effectiveFrom": None}, "/issuedOn"),
]


@pytest.mark.parametrize(("change", "place"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_what_a_file_may_not_say_is_refused_too(sqlite_office: Office, change: dict[str, Any], place: str) -> None:
    body = problem(sqlite_office.issue(credential(**change)), 400, "claim-refused")
    assert body["pointer"] == "/credentialSubject" + place
    assert "2345" not in json.dumps(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"credential": {}, "credential": {}}',
        b"{}",
        b'{"credential": "x"}',
        b'{"credential": {}, "more": 1}',
        b'{"credential": {}, "options": []}',
    ],
)
def test_what_is_no_request_is_refused(sqlite_office: Office, body: bytes) -> None:
    problem(sqlite_office.ask(body), 400, "request-refused")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mandatoryPointers": ["/issuer"]}, "selective disclosure"),
        ({"credentialId": "x"}, "credentialId"),
        ({"format": "application/vc+sd-jwt"}, "application/vc+jwt"),
        ({"cryptosuite": "ecdsa-rdfc-2019"}, "sandbox"),
        ({"cryptosuite": 1}, "name"),
    ],
)
def test_options_that_are_not_known_are_refused(sqlite_office: Office, options: dict[str, Any], said: str) -> None:
    assert said in problem(sqlite_office.issue(credential(), **options), 400, "request-refused")["detail"]


def test_a_licence_credential_in_a_jws(sqlite_office: Office, sqlite_register: Register) -> None:
    answer = sqlite_office.issue(credential(), format="application/vc+jwt")
    assert answer.status_code == 201
    envelope = answer.get_json()
    assert envelope["type"] == "EnvelopedVerifiableCredential"
    assert verdict(sqlite_register, answer.data).genuine.answer == "yes"
    assert verdict(sqlite_register, answer.data).in_force.code == "active"
    with_proof = sqlite_office.issue(credential()).get_json()
    assert with_proof == json.loads(current_credential(sqlite_register, "12/2567"))
    act(sqlite_register, "12/2567", ActKind.SUSPEND)
    assert verdict(sqlite_register, answer.data).in_force.code == "suspended"


def test_a_licence_that_was_taken_away_gets_no_credential(sqlite_office: Office, sqlite_register: Register) -> None:
    sqlite_office.issue(credential())
    act(sqlite_register, "12/2567", ActKind.REVOKE)
    assert "revoked" in problem(sqlite_office.issue(credential()), 409, "not-issued")["detail"]
    problem(sqlite_office.issue(credential(expiresOn="2029-01-01")), 409, "not-issued")
    assert status(sqlite_register, "12/2567") == "revoked"


def test_a_suspended_licence_stays_suspended(sqlite_office: Office, sqlite_register: Register) -> None:
    first = sqlite_office.issue(credential())
    act(sqlite_register, "12/2567", ActKind.SUSPEND, TODAY)
    assert sqlite_office.issue(credential()).data == first.data
    renewed = sqlite_office.issue(credential(expiresOn="2029-01-01"))
    assert verdict(sqlite_register, renewed.data).in_force.code == "suspended"


def test_an_officers_decision_is_not_undone(sqlite_office: Office, sqlite_register: Register) -> None:
    sqlite_office.issue(credential())
    corrected = Term(valid_from=date(2024, 3, 1), expires_on=date(2026, 12, 31))
    act(sqlite_register, "12/2567", ActKind.CORRECT, TODAY, term=corrected)
    problem(sqlite_office.issue(credential(expiresOn="2026-11-30")), 409, "not-issued")
    later = sqlite_office.issue(credential(expiresOn="2027-02-28"))
    assert later.status_code == 201, "a later end is a renewal as always"


def test_a_renewed_licence_must_be_there(sqlite_office: Office) -> None:
    renewing = credential(renews=str(iri("11/2566")))
    assert "11/2566" in problem(sqlite_office.issue(renewing), 409, "not-issued")["detail"]
    assert sqlite_office.issue(credential(licenseNumber="11/2566")).status_code == 201
    answer = sqlite_office.issue(renewing)
    assert answer.get_json(force=True)["credentialSubject"]["renews"] == str(iri("11/2566"))


def test_numbers_that_start_again_each_year(sqlite_office: Office, sqlite_register: Register) -> None:
    advert = {"licenseType": f"{BASE}/def/license-type/{ADVERT}", "licenseNumber": "45", "licensee": None}
    for year in ("2023", "2024"):
        answer = sqlite_office.issue(credential(**advert, issuedOn=f"{year}-01-05", effectiveFrom=None))
        assert answer.status_code == 201
    assert find(sqlite_register, iri("45", "be2567", license_type=ADVERT)).license.number == "45"
    undated = credential(**advert, issuedOn=None, effectiveFrom=None)
    assert problem(sqlite_office.issue(undated), 400, "claim-refused")["pointer"] == "/credentialSubject/issuedOn"


def test_asking_twice_at_once_publishes_once(office: Office, register: Register) -> None:
    with ThreadPoolExecutor(4) as many:
        answers = list(many.map(lambda _: office.issue(credential()), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(credentials(register, "12/2567")) == 1


def test_a_crash_leaves_nothing(office: Office, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    before = table_sizes(register)

    def crash(*_arguments: Any) -> int:
        raise RuntimeError("midway")

    with monkeypatch.context() as patch:
        patch.setattr(Issuance, "finish", crash)
        problem(office.issue(credential()), 500, "internal-error")
    assert table_sizes(register) == before
    assert office.issue(credential()).status_code == 201


def test_what_arrived_is_kept(sqlite_office: Office, sqlite_register: Register) -> None:
    body = json.dumps({"credential": credential()}).encode()
    sqlite_office.ask(body)
    with sqlite_register.database.reading() as session:
        assert session.scalars(select(ReceivedFileRow.body)).all() == [body]
        assert session.scalars(select(BatchRow.channel)).all() == ["api"]
        assert session.scalar(select(func.count()).select_from(CredentialRow)) == 1
    # It is no file: nothing to list, nothing to repair, and no mapping for the next file.
    assert batches(sqlite_register) == []
    with pytest.raises(LookupError):
        rejected_rows(sqlite_register, 1, lambda code, details: code)
    assert [plan.outcome for plan in send(sqlite_register, row("12/2567")).rows] == ["unchanged"]


def test_the_token_is_in_no_log_and_no_answer(
    sqlite_office: Office, sqlite_register: Register, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(0)

    def crash(*_arguments: Any) -> int:
        raise RuntimeError("midway")

    monkeypatch.setattr(Issuance, "finish", crash)
    answers = [sqlite_office.issue(credential()), sqlite_office.ask(b"{"), sqlite_office.client.get("/")]
    assert caplog.text
    assert all(sqlite_office.token not in text for text in (caplog.text, *(answer.text for answer in answers)))


@pytest.mark.parametrize("why", ["hardware", "key-encryption key", "no key"])
def test_where_nothing_can_be_signed_nothing_is_published(
    office: Office, register: Register, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with register.database.writing() as session:
        key = session.scalars(select(SigningKeyRow).where(SigningKeyRow.purpose == "credential")).all()[0]
        if why == "hardware":
            key.sealed, key.hardware = None, "pkcs11:token=secret-label;id=%00"
        elif why == "no key":
            key.retired_at = register.now()
    if why == "key-encryption key":
        register.key_encryption_keys = lambda: KeyEncryptionKeys(bytes(32))
    before = table_sizes(register)["license"]
    answer = office.issue(credential())
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/signing-unavailable")
    # What the operator needs to know is in the log, and nowhere else.
    assert answer.get_json()["detail"] == ""
    assert "secret-label" not in answer.text
    assert "cannot answer" in caplog.text
    assert table_sizes(register)["license"] == before
