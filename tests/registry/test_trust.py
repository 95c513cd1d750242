"""The register, its trust file, its pack and its pages give the same answers."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from issuers.keys import KeyPurpose
from issuers.secure import secure
from registry.keyring import signer
from registry.register import Register
from registry.services import refresh
from registry.tables import SigningKeyRow
from registry.trust import RegisterTrust, trust_file
from registry.web.pages import verdict_of
from tests.registry.offline import pack_of, trust_of
from tests.registry.small import (
    BASE,
    DEPARTMENT,
    OFFICE,
    TODAY,
    TOWN,
    Clock,
    act,
    current_credential,
    find,
    iri,
    row,
    send,
    verdict,
)
from verify.errors import StatusUnavailable, UnknownIssuer
from verify.trust import parse_trust
from verify.verdict import Answer
from verify.verifier import examine
from vocab.history import ActKind
from vocab.license import Term

ROWS = (
    row("1/2567"),
    row("2/2567"),
    row("3/2567"),
    row("4/2567"),
    row("5/2567", expires_on="2026-11-20"),
    row("6/2567", expires_on="2026-11-21"),
    row("7/2567", expires_on=""),
    row("8/2567", issued_on="", valid_from="2026-11-22"),
    row("9/2567", issued_on="", valid_from="2026-11-21"),
    row("10/2567", issued_on="2026-11-22"),
    row("11/2567"),
    row("12/2567", licensee="นายสมชาย ใจดี"),
    row("13/2567", expires_on="2026-11-20"),
    row("14/2567", expires_on="2026-11-20"),
    row("15/2567"),
)


@pytest.fixture
def mixed(sqlite_register: Register) -> Register:
    """Licences in every state that there is."""
    send(sqlite_register, *ROWS)
    act(sqlite_register, "2/2567", ActKind.SUSPEND)
    act(sqlite_register, "3/2567", ActKind.REVOKE)
    act(sqlite_register, "4/2567", ActKind.RENEW, successor=iri("1/2567"))
    act(sqlite_register, "11/2567", ActKind.SURRENDER)
    act(sqlite_register, "13/2567", ActKind.REVOKE)
    act(sqlite_register, "14/2567", ActKind.RENEW, TODAY + timedelta(days=3), term=Term(expires_on=date(2029, 1, 1)))
    act(sqlite_register, "15/2567", ActKind.REVOKE)
    act(sqlite_register, "15/2567", ActKind.CORRECT, voids=2)
    return sqlite_register


def published(register: Register) -> list[str]:
    with register.database.reading() as session:
        store = register.store(session)
        return [f"{n}/2567" for n in range(1, 16) if store.find(iri(f"{n}/2567")) is not None]


@pytest.mark.parametrize("days", [0, 1, 3, 5])
def test_all_four_agree_on_every_licence(mixed: Register, clock: Clock, days: int) -> None:
    clock.go_to(TODAY + timedelta(days=days))
    refresh(mixed)
    trust, pack = trust_of(mixed), pack_of(mixed)
    seen = set()
    for number in published(mixed):
        credential = current_credential(mixed, number)
        own, offline, packed = (
            verdict(mixed, credential),
            *(examine(credential, each, mixed.now()) for each in (trust, pack)),
        )
        with mixed.database.reading() as session:
            record = find(mixed, number)
            page = verdict_of(mixed, mixed.store(session), record, record.history.status(mixed.today()), credential)
        assert (
            own.genuine.answer == offline.genuine.answer == packed.genuine.answer == page.genuine.answer == Answer.YES
        )
        assert own.in_force == offline.in_force == packed.in_force, number
        assert own.in_force.answer == page.in_force.answer, number
        seen.add(page.in_force.code)
    if days == 0:
        assert seen == {"active", "suspended", "revoked", "superseded", "surrendered", "expired", "pending", "unknown"}


def test_a_day_of_issue_to_come_is_not_published(mixed: Register) -> None:
    """Its credential would be in force before the licence is granted."""
    assert "10/2567" not in published(mixed)


def test_the_trust_file_says_who_may_grant_what_and_until_when(mixed: Register) -> None:
    raw = trust_file(mixed)
    trust = parse_trust(raw)
    assert trust.base == BASE
    assert set(trust.issuers) == {f"did:web:registry.example.go.th:auth:{code}" for code in (TOWN, DEPARTMENT, OFFICE)}
    assert trust.issuers[f"did:web:registry.example.go.th:auth:{OFFICE}"].may_grant == {
        f"{BASE}/def/license-type/food-premises"
    }
    assert mixed.now() < trust.expires <= mixed.now() + timedelta(days=7)
    assert len(trust.status_lists) == 2
    assert b"sealed" not in raw
    assert json.loads(raw)["type"] == "TrustData"


def test_an_empty_register_has_a_trust_file(register: Register) -> None:
    assert parse_trust(trust_file(register)).status_lists == {}


@pytest.mark.parametrize(
    "did",
    [
        "did:web:registry.example.go.th:auth:x-nobody",
        "did:web:registry.example.go.th:auth:lao-05480115",
        "did:web:elsewhere.example:auth:lao-06480115",
        "did:key:z6Mk",
        "lao-06480115",
        "",
    ],
)
def test_strangers(register: Register, did: str) -> None:
    with register.database.reading() as session, pytest.raises(UnknownIssuer):
        RegisterTrust(register, session).issuer(did)


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}/status/{TOWN}/revocation/99",
        f"{BASE}/status/{TOWN}/revocation/1/",
        f"{BASE}/status/{TOWN}/revocation/๑",
        f"{BASE}/status/{TOWN}/revocation/01",
        f"{BASE}/status/{TOWN}/revocation/-1",
        f"{BASE}/status/{TOWN}/revocation/9999999999",
        f"{BASE}/status/{TOWN}/other/1",
        f"https://elsewhere.example/status/{TOWN}/revocation/1",
        "",
    ],
)
def test_lists_that_are_not_there(sqlite_register: Register, url: str) -> None:
    send(sqlite_register, row("1/2567"))
    with sqlite_register.database.reading() as session, pytest.raises(StatusUnavailable):
        RegisterTrust(sqlite_register, session).status_list(url, sqlite_register.now())


def test_another_authority_cannot_grant_in_this_name(sqlite_register: Register) -> None:
    """A real key of this register, but not of the authority whose licence it is."""
    send(sqlite_register, row("1/2567"))
    document = json.loads(current_credential(sqlite_register, "1/2567"))
    del document["proof"]
    with sqlite_register.database.reading() as session:
        _, key = signer(sqlite_register, session, DEPARTMENT, KeyPurpose.CREDENTIAL)
    forged = document | {"issuer": {"id": f"did:web:registry.example.go.th:auth:{DEPARTMENT}"}}
    for unsecured, code in ((document, "issuer-mismatch"), (forged, "not-mandated")):
        raw = secure(unsecured, key, created=sqlite_register.now(), loader=sqlite_register.loader)
        assert verdict(sqlite_register, raw).genuine.code == code


def test_a_key_that_was_compromised(register: Register) -> None:
    send(register, row("1/2567"))
    credential = current_credential(register, "1/2567")
    with register.database.writing() as session:
        for key in session.scalars(select(SigningKeyRow)):
            key.revoked_at = register.now()
    found = verdict(register, credential)
    assert (found.genuine.answer, found.genuine.code) == (Answer.NO, "key-not-usable")
    assert examine(credential, parse_trust(trust_file(register)), register.now()).genuine == found.genuine
