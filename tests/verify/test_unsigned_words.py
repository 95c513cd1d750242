"""Nothing that a reader sees can be added to what was signed: keywords, contexts, members beside a token or hidden in one."""

import json
from typing import Any

import pytest

from tests.builders import NOW, make_authority, make_credential, make_draft, make_lists, make_trust
from tests.strangers import CRED, issue, make_jwt, make_vc, make_vp, present, presented, said
from verify.document import Document, parse_document
from verify.jose import enveloped
from verify.verdict import Answer
from verify.verifier import examine
from vocab.terms import CREDENTIALS_V2, LIC, LICENSE_CREDENTIAL

LICENSE = parse_document(make_credential())
LISTS = make_lists(make_authority())
KEYWORDS: tuple[dict[str, Any], ...] = (
    {"@language": "any text"},
    {"@direction": "rtl"},
    {"@index": "any text"},
    {"@language": "th", "@direction": "ltr"},
    {"@included": []},
    {"@value": "any text"},
)
PLACES: tuple[tuple[Any, ...], ...] = (
    (),
    ("issuer",),
    ("proof",),
    ("credentialStatus", 0),
    ("credentialSubject",),
    ("credentialSubject", "issuedBy"),
    ("credentialSubject", "premises", 0),
    ("credentialSubject", "premises", 0, "address"),
    ("name", 0),
)


def with_added(document: Document, place: tuple[Any, ...], added: Document) -> bytes:
    changed = json.loads(json.dumps(document))
    node = changed
    for step in place:
        node = node[step]
    node |= added
    return json.dumps(changed).encode()


@pytest.mark.parametrize("added", KEYWORDS, ids=lambda added: next(iter(added)))
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_keyword_can_be_added_to_a_licence(place: tuple[Any, ...], added: Document) -> None:
    if place == ("name", 0) and added.keys() & {"@value", "@language"}:
        added = {"@index": "any text"}
    verdict = examine(with_added(LICENSE, place, added), make_trust(), NOW)
    assert verdict.genuine.answer is Answer.NO


@pytest.mark.parametrize("added", KEYWORDS, ids=lambda added: next(iter(added)))
@pytest.mark.parametrize("place", [(), ("proof",), ("credentialSubject",)], ids=str)
def test_no_keyword_can_be_added_to_a_status_list(place: tuple[Any, ...], added: Document) -> None:
    (raw, *_) = LISTS.values()
    assert examine(with_added(parse_document(raw), place, added), make_trust(), NOW).genuine.answer is Answer.NO


TERM = "https://example.org/score"
SIGNED = issue(
    make_vc(context=[CREDENTIALS_V2, {"score": TERM}], credentialSubject={"id": "did:example:1", "score": "5"})
)


@pytest.mark.parametrize("keyword", ["@index", "@language", "@direction", "@included", "@nest", "@reverse", "@graph"])
def test_no_context_makes_a_claim_of_what_is_not_signed(keyword: str) -> None:
    assert said(SIGNED) == "verified"
    subject = {"id": "did:example:1", "hidden": "5", "score": "100"}
    altered = SIGNED | {"@context": [CREDENTIALS_V2, {"score": keyword, "hidden": TERM}], "credentialSubject": subject}
    assert said(altered) != "verified"
    added = SIGNED | {
        "@context": [CREDENTIALS_V2, {"score": TERM, "grantedBy": keyword}],
        "credentialSubject": {"id": "did:example:1", "score": "5", "grantedBy": "a department"},
    }
    assert said(added) != "verified"


@pytest.mark.parametrize("added", KEYWORDS, ids=lambda added: next(iter(added)))
def test_no_keyword_can_be_added_to_what_a_stranger_signed(added: Document) -> None:
    for place in ((), ("credentialSubject",), ("proof",)):
        altered = json.loads(with_added(SIGNED, place, added))
        assert said(altered) != "verified"


@pytest.mark.parametrize("container", ["@index", "@id", "@type", "@graph", ["@graph", "@index"]])
def test_no_map_of_a_context_holds_what_is_not_signed(container: object) -> None:
    contexts = [
        CREDENTIALS_V2,
        {"score": TERM, "degree": {"@id": "https://example.org/degree", "@container": container}},
    ]
    subject = {"id": "did:example:1", "score": "5", "degree": {"PhD Medicine": []}}
    assert said(SIGNED | {"@context": contexts, "credentialSubject": subject}) != "verified"


def test_a_context_inside_may_define_terms() -> None:
    contexts: list[Any] = [
        CREDENTIALS_V2,
        {
            "@vocab": "https://example.org/",
            "Score": {
                "@id": "https://example.org/Score",
                "@context": {"points": {"@id": "https://example.org/points"}},
            },
            "degree": {"@id": "https://example.org/degree", "@container": "@set", "@protected": True},
        },
        {"@context": {"score": TERM}},
    ]
    subject = {"id": "did:example:1", "type": "Score", "points": "1", "degree": ["a", "b"], "score": {"@value": "5"}}
    assert said(issue(make_vc(context=contexts, credentialSubject=subject))) == "verified"


def test_nothing_can_be_added_to_a_presentation() -> None:
    good = present(make_vp(issue(make_vc())))
    assert presented(good).verified
    for added in (
        *KEYWORDS,
        {"@context": [CREDENTIALS_V2, {"statement": "@index"}], "statement": "I hold licence 12/2567"},
    ):
        assert not presented(good | added).verified


def test_nothing_stands_beside_a_token() -> None:
    envelope = enveloped(make_jwt(make_vc()))
    assert said(envelope) == "verified"
    for added in ({"issuer": "did:web:x"}, {"validUntil": "2040-01-01T00:00:00Z"}, {"proof": {"x": 1}}, {"name": "x"}):
        assert said(envelope | added) == "malformed-proof"
    assert said(envelope | {"@context": [CREDENTIALS_V2, "https://evil.example"]}) == "malformed-proof"


@pytest.mark.parametrize(
    "changes",
    [
        {CRED + "validUntil": {"@value": "2020-01-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}},
        {"@context": [CREDENTIALS_V2, {"Foo": LIC + LICENSE_CREDENTIAL}], "type": ["VerifiableCredential", "Foo"]},
        {"undefined": "x"},
        {"@index": "x"},
    ],
)
def test_a_token_hides_nothing_that_a_proof_could_not(changes: Document) -> None:
    assert said(make_jwt(make_vc() | changes)) not in {"verified", "stranger"}


@pytest.mark.parametrize("typ", ["kb+jwt", "at+jwt", "vp+jwt", 5, [], None])
def test_a_token_of_another_type_is_no_credential(typ: object) -> None:
    assert said(make_jwt(make_vc(), typ=typ)) == "malformed-proof"


def test_a_licence_is_written_in_a_token_as_it_is_in_json() -> None:
    draft = make_draft()
    assert said(make_jwt(draft | {"@language": "any text"}, make_authority().signer), make_trust()) != "verified"
