"""`POST /credentials/issue`: who may not ask, and what the register would not say."""

import json
from typing import Any

import pytest

from registry.register import Register
from registry.tokens import revoke_token
from tests.registry.office import DID, Office, credential, office_of, problem
from tests.registry.small import (
    ADVERT,
    BASE,
    DEPARTMENT,
    FOOD,
    TOWN,
    Clock,
    table_sizes,
)


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
    ("a Buddhist year as the end", {"expiresOn": "2570-10-31"}, "/expiresOn"),
    ("a Buddhist year as the beginning", {"effectiveFrom": "2569-11-01"}, "/effectiveFrom"),
    ("a Buddhist year as the day of issue", {"issuedOn": "2569-11-01"}, "/issuedOn"),
    ("a year that means never", {"expiresOn": "9999-12-31"}, "/expiresOn"),
    ("a year before all licences", {"effectiveFrom": "1500-11-01"}, "/effectiveFrom"),
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


def test_a_day_of_issue_in_another_era_is_no_address_that_is_missing(sqlite_office: Office) -> None:
    advert = {"licenseType": f"{BASE}/def/license-type/{ADVERT}", "licenseNumber": "45", "licensee": None}
    for day in ("2569-11-01", "1600-01-01", "1850-01-01"):
        body = problem(
            sqlite_office.issue(credential(**advert, issuedOn=day, effectiveFrom=None)), 400, "claim-refused"
        )
        assert body["pointer"] == "/credentialSubject/issuedOn"
