"""The verification endpoints in the VC API form: 200 for what is verified, 400 with its problems for all else, and no 500."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, make_credential, make_trust
from tests.strangers import ASKED, OTHER, issue, make_jwt, make_vc, make_vc_1_1, make_vp, present, sign
from verify.document import Document, parse_document
from verify.jose import enveloped
from verify.presentation import examine_presentation
from verify.scanned import examine_code
from verify.verifier import examine_document
from verify.web import verification_blueprint

TRUST = make_trust(live=True)
VC, VP = issue(make_vc()), present(make_vp(issue(make_vc())))
OPTIONS = {"challenge": ASKED.challenge, "domain": ASKED.domain}
APP = Flask(__name__)
APP.register_blueprint(
    verification_blueprint(
        lambda document: examine_document(document, TRUST, NOW),
        lambda document, asked: examine_presentation(document, asked, TRUST, NOW),
        lambda scanned: examine_code(scanned, TRUST, NOW),
    )
)


@pytest.fixture
def client() -> FlaskClient:
    return APP.test_client()


def answered(client: FlaskClient, path: str, body: Any) -> tuple[int, Document]:
    """Status and JSON, which are asserted to fit each other."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = client.post(path, data=raw, content_type="application/json")
    found: Document = response.get_json()
    assert found["verified"] is (response.status_code == 200)
    assert response.status_code in {200, 400}
    assert ("problemDetails" in found) is (response.status_code == 400)
    for problem in found.get("problemDetails", []):
        assert problem.keys() == {"type", "title", "status", "detail"}
        assert problem["type"].startswith("/problems/")
    return response.status_code, found


def codes(found: Document) -> list[str]:
    return [problem["type"].removeprefix("/problems/") for problem in found.get("problemDetails", [])]


def credential(client: FlaskClient, document: Any, options: Any = None) -> list[str]:
    """The codes of the problems of a credential, none where it is verified."""
    body = {"verifiableCredential": document} | ({} if options is None else {"options": options})
    return codes(answered(client, "/credentials/verify", body)[1])


def presentation(client: FlaskClient, document: Any, options: Any = None) -> list[str]:
    body = {"verifiablePresentation": document, "options": OPTIONS if options is None else options}
    return codes(answered(client, "/presentations/verify", body)[1])


@pytest.mark.parametrize(
    "document",
    [
        VC,
        issue(make_vc_1_1()),
        parse_document(make_credential()),
        enveloped(make_jwt(make_vc())),
        make_jwt(make_vc()),
    ],
    ids=["2.0", "1.1", "licence", "envelope", "bare JWT"],
)
def test_what_is_verified_is_200(client: FlaskClient, document: Any) -> None:
    assert credential(client, document) == []
    for options in ({}, {"checks": ["proof"]}, {"expectedProofPurpose": "assertionMethod"}, {"returnCredential": True}):
        assert credential(client, document, options) == []


def test_a_stranger_is_no_problem_and_is_said(client: FlaskClient) -> None:
    _, found = answered(client, "/credentials/verify", {"verifiableCredential": VC})
    assert found["verdict"]["signature"]["answer"] == "yes"
    assert found["verdict"]["issuer"] == {
        "answer": "no",
        "code": "stranger",
        "detail": f"none of the register's authorities: {VC['issuer']}",
    }


def test_every_refusal_says_why(client: FlaskClient) -> None:
    assert credential(client, VC | {"name": "x"})[0] == "invalid-signature"
    assert credential(client, issue(make_vc(validUntil="2026-02-01T00:00:00Z"))) == ["expired"]
    assert credential(client, sign(make_vc(), OTHER))[0] == "issuer-mismatch"
    assert credential(client, make_vc())[0] == "malformed-proof"
    assert presentation(client, present(make_vp(VC, sign(make_vc(), OTHER))))[0] == "issuer-mismatch"


def test_what_was_asked_for_is_compared(client: FlaskClient) -> None:
    for options in ({"expectedProofPurpose": "authentication"}, {"challenge": "x"}, {"domain": "x"}):
        for document in (VC, enveloped(make_jwt(make_vc())), make_jwt(make_vc())):
            assert credential(client, document, options) == ["malformed-proof"]
    bound = sign(make_vc(), challenge="c", domain="d")
    assert credential(client, bound, {"challenge": "c", "domain": "d"}) == []
    assert credential(client, bound, {"challenge": "c", "domain": "e"}) == ["malformed-proof"]
    token = make_jwt(make_vc(nonce="c", aud="d"))
    assert credential(client, token, {"challenge": "c", "domain": "d"}) == []
    assert credential(client, token, {"challenge": "d", "domain": "d"}) == ["malformed-proof"]


def test_presentations_are_asked_with_challenge_domain_and_purpose(client: FlaskClient) -> None:
    assert presentation(client, VP) == []
    assert presentation(client, VP, {**OPTIONS, "expectedProofPurpose": "authentication"}) == []
    assert presentation(client, VP, {**OPTIONS, "expectedProofPurpose": "assertionMethod"}) == ["malformed-proof"]
    for changes in ({"challenge": "x"}, {"domain": "x"}):
        assert presentation(client, VP, OPTIONS | changes) == ["malformed-proof"]
    token = make_jwt(make_vp(VC) | {"nonce": ASKED.challenge, "aud": ASKED.domain}, typ="vp+jwt")
    for document in (token, enveloped(token, "EnvelopedVerifiablePresentation")):
        assert presentation(client, document) == []
        assert presentation(client, document, OPTIONS | {"challenge": "x"}) == ["malformed-proof"]
        assert presentation(client, document, {"expectedProofPurpose": "assertionMethod"}) == ["malformed-proof"]


BAD_BODIES: list[Any] = [
    *(b"", b"{", b"[]", b"null", b"\xff", b'{"a":1,"a":2}', b'"x"'),
    *({}, {"options": {}}, {"verifiableCredential": None}, {"verifiableCredential": 1}, {"verifiableCredential": []}),
    *({"verifiableCredential": ""}, {"verifiableCredential": "a.b.c"}, {"verifiableCredential": {}}),
    *({"verifiableCredential": VC, "options": None}, {"verifiableCredential": VC, "options": []}),
    *(
        {"verifiableCredential": VC, "options": {"challenge": 1}},
        {"verifiableCredential": VC, "options": {"unknown": 1}},
    ),
    *({"verifiableCredential": VC, "more": 1}, {"verifiableCredential": {"type": ["NonconformingDocument"]}}),
    *({"verifiablePresentation": None}, {"verifiablePresentation": {"type": ["NonconformingDocument"]}}, VC, VP),
]


@pytest.mark.parametrize("path", ["/credentials/verify", "/presentations/verify"])
@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_body_that_asks_for_nothing_is_400(client: FlaskClient, path: str, body: Any) -> None:
    assert answered(client, path, body)[0] == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"options": {"foo": 1}},
        {"options": {"challenge": None}},
        {"options": {"domain": ["x"]}},
        {"options": None},
        {"more": 1},
        {"verifiableCredential": None},
        {"verifiableCredential": []},
    ],
    ids=str,
)
def test_a_request_that_is_not_understood_says_nothing_of_the_credential(
    client: FlaskClient, changes: Document
) -> None:
    status, found = answered(client, "/credentials/verify", {"verifiableCredential": VC} | changes)
    assert (status, codes(found)) == (400, ["malformed-request"])
    assert "verdict" not in found
    assert "(got " in found["problemDetails"][0]["detail"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_is_a_malformed_request(client: FlaskClient, raw: bytes) -> None:
    for path, member in (
        ("/credentials/verify", "verifiableCredential"),
        ("/presentations/verify", "verifiablePresentation"),
    ):
        _, found = answered(client, path, raw)
        assert codes(found) == ["malformed-request"]
        assert member in found["problemDetails"][0]["detail"]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from([VC, VP, VC["proof"], make_jwt(make_vc())]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@context", "type", "id", "proof", "issuer", "alg", "verifiableCredential", "holder"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["/credentials/verify", "/presentations/verify"]),
    st.sampled_from(["verifiableCredential", "verifiablePresentation"]),
    ANYTHING,
    ANYTHING,
)
def test_any_body_has_an_answer(path: str, member: str, document: Any, options: Any) -> None:
    answered(APP.test_client(), path, {member: document, "options": options})
    if isinstance(document, dict):
        answered(APP.test_client(), path, {member: document})


@settings(max_examples=100, deadline=None)
@given(ANYTHING, ANYTHING)
def test_any_token_has_an_answer(header: Any, payload: Any) -> None:
    members = header if isinstance(header, dict) else {"kid": header}
    token = make_jwt(payload, **{str(key): value for key, value in members.items() if key != "signer"})
    for path, member in (
        ("/credentials/verify", "verifiableCredential"),
        ("/presentations/verify", "verifiablePresentation"),
    ):
        answered(APP.test_client(), path, {member: token})
