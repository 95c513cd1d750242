"""The sandbox issuer: signs whatever is well formed, and is a stranger to everyone."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from issuers.keys import KeyEncryptionKeys
from issuers.status import LIST_BITS
from registry.app import create_app
from registry.config import SettingInvalid, Settings
from registry.register import Register
from registry.resealing import reseal
from registry.sandbox import open_sandbox
from registry.tables import SandboxKeyRow, SandboxListRow
from registry.tokens import TokenScope, new_token
from tests.registry.conftest import client_of
from tests.registry.office import Office, problem
from tests.registry.office import credential as license_credential
from tests.registry.small import BASE, KEY, TOWN

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


def anything(**changes: Any) -> dict[str, Any]:
    """A credential of the data model 2.0 that somebody made up."""
    made: dict[str, Any] = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:somebody",
        "credentialSubject": {"id": "did:example:subject", "name": "Alice"},
    }
    return {key: value for key, value in {**made, **changes}.items() if value is not None}


@dataclass
class Playground:
    """The web application with the sandbox open."""

    client: FlaskClient
    register: Register

    @property
    def dids(self) -> dict[str, str]:
        return open_sandbox(self.register).dids

    def issue(self, document: Any, path: str = "/sandbox/credentials/issue", **options: Any) -> TestResponse:
        return self.client.post(path, json={"credential": document, **({"options": options} if options else {})})

    def verify(self, secured: Any) -> tuple[int, dict[str, Any]]:
        answer = self.client.post("/credentials/verify", json={"verifiableCredential": secured})
        return answer.status_code, answer.get_json()


def playground_of(register: Register, home: Path) -> Playground:
    settings = Settings.from_environ({"REGISTRY_HOME": str(home), "REGISTRY_SANDBOX": "1"})
    return Playground(create_app(settings, register).test_client(), register)


@pytest.fixture
def sandbox(register: Register, tmp_path: Path) -> Playground:
    return playground_of(register, tmp_path)


@pytest.fixture
def sqlite_sandbox(sqlite_register: Register, tmp_path: Path) -> Playground:
    return playground_of(sqlite_register, tmp_path)


@pytest.mark.parametrize("path", ["/sandbox/credentials/issue", "/credentials/issue"])
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"])
def test_what_is_issued_verifies_as_a_strangers(sandbox: Playground, path: str, suite: str) -> None:
    answer = sandbox.issue(anything(), path, cryptosuite=suite)
    assert (answer.status_code, answer.content_type) == (201, "application/json")
    issued = answer.get_json()
    assert issued["issuer"] == sandbox.dids[suite]
    assert issued["proof"]["cryptosuite"] == suite
    assert "id" not in issued
    status, body = sandbox.verify(issued)
    assert (status, body["verified"]) == (200, True)
    assert body["verdict"]["issuer"]["code"] == "stranger"
    issued["credentialSubject"]["name"] = "Bob"
    assert sandbox.verify(issued)[0] == 400


def test_a_page_calls_it_a_stranger_and_no_licence(sqlite_sandbox: Playground) -> None:
    issued = sqlite_sandbox.issue(anything()).text
    page = sqlite_sandbox.client.post("/verify?lang=en", data={"text": issued}).text
    assert 'class="band good"' not in page
    # Whoever it was is told to those who can make something of it.
    assert sqlite_sandbox.dids["eddsa-rdfc-2022"] in page.partition("Detail for technicians")[2]
    thai = sqlite_sandbox.client.post("/verify", data={"text": issued}).text
    assert "ลายมือชื่อถูกต้อง" in thai
    assert "ลายเซ็น" not in thai
    assert "authorit" in page


def test_the_issuer_is_replaced_and_the_rest_of_it_kept(sqlite_sandbox: Playground) -> None:
    named = anything(issuer={"id": "https://example.edu/issuers/1", "name": "Example University"})
    issued = sqlite_sandbox.issue(named).get_json()
    assert issued["issuer"] == {"id": sqlite_sandbox.dids["eddsa-rdfc-2022"], "name": "Example University"}
    own = sqlite_sandbox.dids["ecdsa-rdfc-2019"]
    assert sqlite_sandbox.issue(anything(issuer=own)).get_json()["proof"]["cryptosuite"] == "ecdsa-rdfc-2019"


def test_nobody_takes_a_test_for_a_licence(sqlite_sandbox: Playground) -> None:
    for path in ("/sandbox/credentials/issue", "/credentials/issue"):
        problem(sqlite_sandbox.issue(license_credential(), path), 403, "not-permitted")


@pytest.mark.parametrize(
    "change",
    [
        {"type": ["VerifiableCredential", "LicenseCredential"]},
        {"type": "LicenseCredential"},
        {"@context": [V2, f"{BASE}/ctx/license/v1"]},
        {"@context": [V2, "https://another.example.go.th/ctx/license/v1"]},
    ],
)
def test_what_calls_itself_a_licence_is_not_signed(sqlite_sandbox: Playground, change: dict[str, Any]) -> None:
    for path in ("/sandbox/credentials/issue", "/credentials/issue"):
        refused = problem(sqlite_sandbox.issue(anything(**change), path), 403, "not-permitted")
        assert "calls itself a licence" in refused["detail"]


def test_what_is_well_formed_is_issued_as_it_is(sqlite_sandbox: Playground) -> None:
    known = {
        "@context": [V2, EXAMPLES],
        "id": "urn:uuid:b1b7b4a4-4a3a-4b0e-8a8e-0d0d4b0a4a4a",
        "type": ["ExampleCredential", "VerifiableCredential"],
        "credentialSubject": [{"name": "Alice"}, {"id": "did:example:b", "favouriteColour": "blue"}],
        "validFrom": "2023-02-26T01:19:19.123Z",
        "validUntil": "2023-02-26T01:19:20-06:00",
        "evidence": {"type": "SomeEvidence"},
        "credentialStatus": {"type": "CredentialStatusList2017"},
        "name": [{"@value": "ใบรับรอง", "@language": "th", "@direction": "ltr"}],
    }
    issued = sqlite_sandbox.issue(anything(**known)).get_json()
    assert {key: issued[key] for key in known} == known


def test_a_credential_of_the_data_model_1_1(sqlite_sandbox: Playground) -> None:
    old = anything(
        **{"@context": [V1], "issuanceDate": "2024-01-01T00:00:00Z", "credentialSubject": {"id": "did:ex:a"}}
    )
    issued = sqlite_sandbox.issue(old).get_json()
    assert issued["@context"] == [V1, "https://w3id.org/security/data-integrity/v2"]
    assert "credentialStatus" not in issued, "its context has no word for it"
    assert sqlite_sandbox.verify(issued)[0] == 200


def test_a_credential_in_a_jws(sqlite_sandbox: Playground) -> None:
    issued = sqlite_sandbox.issue(anything(), format="application/vc+jwt").get_json()
    assert issued["type"] == "EnvelopedVerifiableCredential"
    assert issued["id"].startswith("data:application/vc+jwt,ey")
    assert sqlite_sandbox.verify(issued)[0] == 200


def test_each_credential_has_its_own_place_in_a_list(sandbox: Playground) -> None:
    entries = [sandbox.issue(anything()).get_json()["credentialStatus"] for _ in range(3)]
    assert len({entry["statusListIndex"] for entry in entries}) == 3
    assert len({entry["statusListCredential"] for entry in entries}) == 1
    other = sandbox.issue(anything(), cryptosuite="ecdsa-rdfc-2019").get_json()
    assert other["credentialStatus"]["statusListCredential"] != entries[0]["statusListCredential"]
    path = entries[0]["statusListCredential"].removeprefix(BASE)
    for accept in ("application/vc", "application/ld+json", "application/json"):
        served = sandbox.client.get(path, headers={"Accept": accept})
        assert (served.status_code, served.content_type) == (200, accept)
        assert json.loads(served.data)["issuer"] == sandbox.dids["eddsa-rdfc-2022"]


def test_a_full_list_is_followed_by_another(sqlite_sandbox: Playground) -> None:
    first = sqlite_sandbox.issue(anything()).get_json()["credentialStatus"]
    with sqlite_sandbox.register.database.writing() as session:
        session.execute(update(SandboxListRow).values(next_index=LIST_BITS - 1))
    last = sqlite_sandbox.issue(anything()).get_json()["credentialStatus"]
    after = sqlite_sandbox.issue(anything()).get_json()["credentialStatus"]
    assert last["statusListIndex"] == str(LIST_BITS - 1)
    assert last["statusListCredential"] == first["statusListCredential"]
    assert (after["statusListIndex"], after["statusListCredential"]) == ("0", f"{BASE}/sandbox/status/2")


BAD: list[tuple[str, dict[str, Any]]] = [
    ("point 1: no context", {"@context": None}),
    ("point 1: contexts in another order", {"@context": [EXAMPLES, V2]}),
    ("point 1: a context that nobody knows", {"@context": [V2, "https://example.com"]}),
    ("point 1: a context that is no URL", {"@context": [V2, "https ://not-a-url/"]}),
    ("point 1: a number as context", {"@context": [V2, 7]}),
    ("point 2: no type", {"type": None}),
    ("point 2: not VerifiableCredential", {"type": ["Other"]}),
    ("point 2: a type that is not mapped", {"type": ["VerifiableCredential", "Unheard"]}),
    ("point 3: id null", {"id": json.loads("null"), "name": 7}),
    ("point 3: several ids", {"id": ["did:example:a", "did:example:b"]}),
    ("point 3: an id with a space", {"id": "https ://not-a-url"}),
    ("point 3: a subject's id", {"credentialSubject": {"id": ["did:example:a"], "name": "x"}}),
    ("point 4: no issuer", {"issuer": None}),
    ("point 4: an issuer that is no URL", {"issuer": "fake-issuer"}),
    ("point 4: an issuer object without a URL", {"issuer": {"id": "fake-issuer"}}),
    ("point 5: no subject", {"credentialSubject": None}),
    ("point 5: an empty subject", {"credentialSubject": {}}),
    ("point 5: one of two empty", {"credentialSubject": [{"name": "x"}, {}]}),
    ("point 6: a date in words", {"validFrom": "Sat 25 Feb 2023 07:16:31 PM CST"}),
    (
        "point 6: an end before the beginning",
        {"validFrom": "2025-01-01T00:00:00Z", "validUntil": "2024-01-01T00:00:00Z"},
    ),
    ("point 7: a name with another key", {"name": {"@value": "x", "url": "https://x.example"}}),
    ("point 7: an issuer's description", {"issuer": {"id": "did:ex:a", "description": {"@value": "x", "u": 1}}}),
    ("point 8: a status without a type", {"credentialStatus": {"id": "did:example:status"}}),
    ("point 8: evidence without a type", {"evidence": {"id": "did:example:evidence"}}),
    ("point 8: a schema without an id", {"credentialSchema": {"type": "JsonSchema"}}),
    ("point 9: a resource without a digest", {"relatedResource": {"id": V2}}),
    ("point 9: a wrong digest", {"relatedResource": {"id": V2, "digestSRI": "sha384-AAAA"}}),
    ("point 10: a protected term", {"@context": [V2, {"VerifiableCredential": "https://example.org/x"}]}),
    ("point 15: an undefined term", {"credentialSubject": {"unheard": "x"}}),
    ("point 16: a direction of another kind", {"name": {"@value": "x", "@direction": "up"}}),
    (
        "point 31: a malformed status entry",
        {
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": 7,
                "statusListCredential": "https://example.com",
            }
        },
    ),
    ("a proof already", {"proof": {"type": "DataIntegrityProof"}}),
]


@pytest.mark.parametrize("change", [case[1] for case in BAD], ids=[case[0] for case in BAD])
def test_what_is_malformed_is_refused(sqlite_sandbox: Playground, change: dict[str, Any]) -> None:
    problem(sqlite_sandbox.issue(anything(**change)), 400, "request-refused")


def test_a_null_id_is_refused(sqlite_sandbox: Playground) -> None:
    problem(sqlite_sandbox.issue({**anything(), "id": None}), 400, "request-refused")
    problem(sqlite_sandbox.issue({**anything(), "issuer": None}), 400, "request-refused")


def test_an_unknown_cryptosuite_is_refused(sqlite_sandbox: Playground) -> None:
    problem(sqlite_sandbox.issue(anything(), cryptosuite="bbs-2023"), 400, "request-refused")


def test_tokens_where_the_sandbox_is_open(sqlite_sandbox: Playground) -> None:
    register, client = sqlite_sandbox.register, sqlite_sandbox.client
    own = Office(client, open_sandbox(register).token)
    assert own.issue(anything()).status_code == 201
    problem(own.issue(license_credential()), 403, "not-permitted")
    _, token = new_token(register, TOWN, [TokenScope.ISSUE], register.now() + timedelta(days=1))
    office = Office(client, token)
    assert office.issue(license_credential()).status_code == 201
    problem(office.issue(anything()), 403, "not-permitted")
    problem(office.issue(anything(issuer=sqlite_sandbox.dids["eddsa-rdfc-2022"])), 403, "not-permitted")
    problem(Office(client, "licreg_" + "0" * 72).issue(anything()), 401, "not-authenticated")


def test_it_is_closed_unless_it_was_opened(sqlite_register: Register, tmp_path: Path) -> None:
    client = client_of(sqlite_register, tmp_path)
    assert client.get("/sandbox").status_code == 404
    assert client.post("/sandbox/credentials/issue", json={"credential": anything()}).status_code == 404
    problem(client.post("/credentials/issue", json={"credential": anything()}), 401, "not-authenticated")
    with sqlite_register.database.reading() as session:
        assert session.scalars(select(SandboxKeyRow)).all() == []
    assert not Settings.from_environ({}).sandbox
    with pytest.raises(SettingInvalid, match="REGISTRY_SANDBOX"):
        Settings.from_environ({"REGISTRY_SANDBOX": "yes"})


def test_its_keys_are_made_once_and_kept_sealed(register: Register) -> None:
    first, second = open_sandbox(register), open_sandbox(register)
    assert first.dids == second.dids
    assert first.token == second.token
    assert first.token not in repr(first)
    starts = {"eddsa-rdfc-2022": "did:key:z6Mk", "ecdsa-rdfc-2019": "did:key:zDn"}
    assert all(first.dids[suite].startswith(start) for suite, start in starts.items())


def test_its_keys_survive_another_key_encryption_key(register: Register) -> None:
    before = open_sandbox(register)
    fresh = bytes(range(32, 64))
    register.key_encryption_keys = lambda: KeyEncryptionKeys(KEY, fresh)
    reseal(register)
    register.key_encryption_keys = lambda: KeyEncryptionKeys(fresh)
    assert open_sandbox(register).dids == before.dids


def test_its_page_says_plainly_what_it_is(sqlite_sandbox: Playground) -> None:
    client = sqlite_sandbox.client
    english, thai = client.get("/sandbox?lang=en").text, client.get("/sandbox").text
    assert "proves nothing" in english
    assert "ไม่เป็นหลักฐาน" in thai
    for did in sqlite_sandbox.dids.values():
        assert did in english
        assert did in thai
    listed = client.get("/sandbox", headers={"Accept": "application/json"})
    assert [issuer["id"] for issuer in listed.get_json()["issuers"]] == list(sqlite_sandbox.dids.values())
    assert listed.headers["Vary"] == "Accept"


def test_a_list_that_is_not_there(sqlite_sandbox: Playground) -> None:
    for number in (1, 2**31, 10**30):
        assert sqlite_sandbox.client.get(f"/sandbox/status/{number}").status_code == 404


def test_a_list_has_one_address(sqlite_sandbox: Playground) -> None:
    sqlite_sandbox.issue(anything())
    assert sqlite_sandbox.client.get("/sandbox/status/1").status_code == 200
    for number in ("01", "๑", "0", "-1", "9999999999"):
        assert sqlite_sandbox.client.get(f"/sandbox/status/{number}").status_code == 404
