"""Another vendor's JavaScript and we take each other's credentials for good, and refuse each other's altered ones."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from issuers.controller import PublishedKey, did_document
from issuers.jose import secure_jwt
from issuers.secure import add_proof, secure, secure_any
from tests.builders import (
    BASE,
    LOADER,
    NOW,
    SIGNED_AT,
    make_authority,
    make_credential,
    make_did_document,
    make_draft,
    make_issuer,
    make_lists,
    make_person_license,
    make_status_list,
    make_trust,
)
from tests.peers.javascript import Answer, sign, verify
from tests.peers.keys import KeyPair, key_pair
from verify.document import Document
from verify.jose import enveloped
from verify.presentation import Asked, PresentationVerdict, examine_presentation
from verify.trust import TrustData
from verify.verdict import Answer as Ours
from verify.verdict import Verdict
from verify.verifier import examine_document
from vocab.contexts import license_context_bytes
from vocab.terms import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    CRYPTOSUITE_ECDSA,
    CRYPTOSUITE_EDDSA,
    DATA_INTEGRITY_V2,
    license_context,
)

SUITES = [CRYPTOSUITE_EDDSA, CRYPTOSUITE_ECDSA]
AT = NOW.isoformat()
CHALLENGE, DOMAIN = "b1a7c3", "inspection.example.go.th"
CONTEXT = {license_context(BASE): json.loads(license_context_bytes())}
AUTHORITY = make_authority()
LISTS = {url: json.loads(raw) for url, raw in make_lists(AUTHORITY).items()}
PUBLISHED = CONTEXT | LISTS | {AUTHORITY.did: make_did_document(AUTHORITY)}
"""All that the register serves: what an integrator's loader would fetch."""


def theirs(*credentials: Any, documents: dict[str, Any] | None = None) -> list[Answer]:
    return verify([{"credential": each, "now": AT} for each in credentials], documents or PUBLISHED)


def ours(document: Document, trust: TrustData | None = None) -> Verdict:
    return examine_document(document, trust or make_trust(), NOW)


def ours_presented(document: Document, asked: Asked) -> PresentationVerdict:
    return examine_presentation(document, asked, make_trust(), NOW)


def a_diploma(issuer: str, model: str = CREDENTIALS_V2) -> Document:
    """A credential of a stranger: nothing in it is of our vocabulary."""
    term = (
        {"validFrom": "2026-01-01T00:00:00Z"}
        if model == CREDENTIALS_V2
        else {"issuanceDate": "2026-01-01T00:00:00Z", "expirationDate": "2027-01-01T00:00:00Z"}
    )
    return {
        "@context": [model, {"Diploma": "https://school.example/Diploma", "course": "https://school.example/course"}],
        "id": "urn:uuid:5b0a5d4c-6a38-4a3b-9a6c-1b1f4f2a9c11",
        "type": ["VerifiableCredential", "Diploma"],
        "issuer": issuer,
        **term,
        "credentialSubject": {"id": "did:example:student", "course": 'สุขาภิบาลอาหาร "๑" \\ 🎵'},
    }


def a_presentation(holder: str, *credentials: Document) -> Document:
    return {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": list(credentials),
    }


def mutants(document: Document) -> Iterator[tuple[str, Document]]:
    """`document` with each of its texts changed, each of its members dropped, one at a time."""
    for path in paths(document):
        for change in ("changed", "dropped"):
            altered = copy.deepcopy(document)
            place: Any = altered
            for step in path[:-1]:
                place = place[step]
            if change == "dropped":
                del place[path[-1]]
            elif isinstance(place[path[-1]], str):
                place[path[-1]] = place[path[-1]][:-1] + ("0" if place[path[-1]][-1:] != "0" else "1")
            else:
                continue
            yield f"{'.'.join(map(str, path))} {change}", altered


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield (*path, step)
        yield from paths(item, (*path, step))


def of_p256() -> tuple[KeyPair, dict[str, Any], TrustData]:
    """The authority with a key on P-256: the key, what is published, and the trust in it."""
    pair = key_pair("hardware", CRYPTOSUITE_ECDSA, did=AUTHORITY.did)
    document = did_document(pair.did, [PublishedKey(public_multibase=pair.signer.public_multibase)])
    return pair, PUBLISHED | {pair.did: document}, make_trust(make_issuer(AUTHORITY, document=document))


# Ours, verified by theirs


def test_they_verify_our_licenses_and_status_lists() -> None:
    credentials = [json.loads(raw) for raw in (make_credential(), make_credential(make_person_license()))]
    assert theirs(*credentials, *LISTS.values()) == [Answer(True, "")] * 4


def test_they_see_that_our_license_is_suspended() -> None:
    url, suspended = make_status_list(AUTHORITY, "suspension", [7])
    (answer,) = theirs(json.loads(make_credential()), documents=PUBLISHED | {url: json.loads(suspended)})
    assert answer == Answer(False, "status is set: suspension")


def test_they_verify_our_licenses_signed_on_p256() -> None:
    pair, published, trust = of_p256()
    raw = secure(make_draft(status=[]), pair.signer, created=SIGNED_AT, loader=LOADER)
    assert theirs(json.loads(raw), documents=published) == [Answer(True, "")]
    assert ours(json.loads(raw), trust).genuine.code == "signed-by-authority"


@pytest.mark.parametrize("model", [CREDENTIALS_V2, CREDENTIALS_V1])
@pytest.mark.parametrize("suite", SUITES)
def test_they_verify_what_our_sandbox_signs(suite: str, model: str) -> None:
    signer = key_pair("sandbox", suite).signer
    secured = secure_any(a_diploma(signer.did, model), signer, created=SIGNED_AT, loader=LOADER)
    assert theirs(secured) == [Answer(True, "")]


@pytest.mark.parametrize("suite", SUITES)
def test_they_verify_our_licenses_in_a_jwt(suite: str) -> None:
    pair, published, _ = of_p256()
    signer = pair.signer if suite == CRYPTOSUITE_ECDSA else AUTHORITY.signer
    draft = make_draft()
    token = secure_jwt(draft, signer, created=SIGNED_AT, loader=LOADER)
    header, payload, signature = token.split(".")
    other = f"{header}.{payload}.{'A' * len(signature)}"
    documents = published if suite == CRYPTOSUITE_ECDSA else PUBLISHED
    good, bad = verify([{"jwt": token}, {"jwt": other}], documents)
    assert good == Answer(True, "", {**draft, "iat": int(SIGNED_AT.timestamp())})
    assert bad == Answer(False, "signature verification failed")


def test_they_verify_a_presentation_that_we_signed_of_a_license() -> None:
    holder = key_pair("holder").signer
    presented = add_proof(
        a_presentation(holder.did, json.loads(make_credential())),
        holder,
        created=SIGNED_AT,
        loader=LOADER,
        purpose="authentication",
        options={"challenge": CHALLENGE, "domain": DOMAIN},
    )
    job = {"presentation": presented, "now": AT}
    good, replayed = verify(
        [job | {"challenge": CHALLENGE, "domain": DOMAIN}, job | {"challenge": "another", "domain": DOMAIN}], PUBLISHED
    )
    assert good == Answer(True, "")
    assert not replayed.verified
    assert "challenge" in replayed.errors


# Theirs, verified by ours


@pytest.mark.parametrize("suite", SUITES)
def test_we_verify_a_license_that_they_signed_with_the_authoritys_key(suite: str) -> None:
    p256, published, trust = of_p256()
    pair = p256 if suite == CRYPTOSUITE_ECDSA else key_pair(AUTHORITY.code, did=AUTHORITY.did)
    documents, trust = (published, trust) if suite == CRYPTOSUITE_ECDSA else (PUBLISHED, make_trust())
    draft = make_draft()
    (secured,) = sign([{"credential": draft, "keys": [pair.there()], "now": AT}], documents)
    verdict = ours(secured, trust)
    assert verdict.genuine.code == "signed-by-authority", verdict.genuine
    if suite == CRYPTOSUITE_EDDSA:
        # Ed25519 leaves no choice: the same document, key and options are the same bytes.
        assert secured == json.loads(make_credential())
        assert verdict.verified


@pytest.mark.parametrize("model", [CREDENTIALS_V2, CREDENTIALS_V1])
@pytest.mark.parametrize("suite", SUITES)
def test_we_verify_credentials_that_they_signed_for_a_stranger(suite: str, model: str) -> None:
    pair = key_pair("school", suite)
    (secured,) = sign([{"credential": a_diploma(pair.did, model), "keys": [pair.there()], "now": AT}], {})
    assert (DATA_INTEGRITY_V2 in secured["@context"]) == (model == CREDENTIALS_V1)
    verdict = ours(secured)
    assert verdict.verified, verdict
    assert verdict.issuer.code == "stranger"
    assert verdict.genuine.answer is Ours.UNKNOWN


@pytest.mark.parametrize("suite", SUITES)
def test_we_verify_presentations_that_they_signed(suite: str) -> None:
    holder, school = key_pair("holder", suite), key_pair("school", suite)
    diploma, *_ = sign([{"credential": a_diploma(school.did), "keys": [school.there()], "now": AT}], {})
    presentation = a_presentation(holder.did, json.loads(make_credential()), diploma)
    job = {"presentation": presentation, "keys": [holder.there()], "challenge": CHALLENGE, "domain": DOMAIN, "now": AT}
    (presented,) = sign([job], PUBLISHED)
    verdict = ours_presented(presented, Asked(challenge=CHALLENGE, domain=DOMAIN))
    assert verdict.verified, verdict
    assert [each.issuer.code for each in verdict.credentials] == ["authority-with-mandate", "stranger"]
    for asked in (Asked(challenge="another", domain=DOMAIN), Asked(challenge=CHALLENGE, domain="other.example")):
        assert not ours_presented(presented, asked).verified


def test_we_verify_a_set_of_their_proofs_and_each_must_hold() -> None:
    school = key_pair("school")
    keys = [school.there(), school.there(date="2026-02-01T00:00:00Z")]
    (secured,) = sign([{"credential": a_diploma(school.did), "keys": keys, "now": AT}], {})
    first, second = secured["proof"]
    assert first["created"] != second["created"]
    assert ours(secured).verified
    swapped = secured | {"proof": [first, second | {"proofValue": first["proofValue"]}]}
    assert ours(swapped).signature.code == "invalid-signature"
    # Theirs is content with one proof of a set that holds; ours wants all (design: credentials, point 17).
    assert [answer.verified for answer in theirs(secured, swapped)] == [True, True]


@pytest.mark.parametrize("suite", SUITES)
def test_we_verify_their_jwt(suite: str) -> None:
    school = key_pair("school", suite)
    diploma = a_diploma(school.did)
    good, wrong_key = sign(
        [
            {"jwt": diploma, "typ": "vc+jwt", "keys": [school.there()]},
            {
                "jwt": diploma,
                "typ": "vc+jwt",
                "keys": [key_pair("other", suite).there() | {"id": school.there()["id"]}],
            },
        ],
        {},
    )
    verdict = ours(enveloped(good))
    assert verdict.verified, verdict
    assert verdict.issuer.code == "stranger"
    assert ours(enveloped(wrong_key)).signature.code == "invalid-signature"


# Altered: refused by both


def test_both_refuse_our_license_with_anything_changed_or_dropped() -> None:
    altered = dict(mutants(json.loads(make_credential())))
    assert len(altered) > 150
    for (name, document), answer in zip(altered.items(), theirs(*altered.values()), strict=True):
        verdict = ours(document)
        assert verdict.genuine.answer is not Ours.YES, name
        assert not answer.verified, name


def test_both_refuse_our_status_list_with_anything_changed_or_dropped() -> None:
    altered = dict(mutants(next(iter(LISTS.values()))))
    for (name, document), answer in zip(altered.items(), theirs(*altered.values()), strict=True):
        assert ours(document).genuine.answer is not Ours.YES, name
        assert not answer.verified, name


@pytest.mark.parametrize("suite", SUITES)
def test_both_refuse_what_they_signed_with_anything_changed_or_dropped(suite: str) -> None:
    pair = key_pair("school", suite)
    (secured,) = sign([{"credential": a_diploma(pair.did), "keys": [pair.there()], "now": AT}], {})
    altered = dict(mutants(secured))
    for (name, document), answer in zip(altered.items(), theirs(*altered.values()), strict=True):
        assert not ours(document).verified, name
        assert not answer.verified, name


def test_both_refuse_a_license_signed_by_another_authority() -> None:
    other = make_authority("lao-05500201")
    forged = add_proof(make_draft(), other.signer, created=SIGNED_AT, loader=LOADER)
    (answer,) = theirs(forged, documents=PUBLISHED | {other.did: make_did_document(other)})
    assert not answer.verified
    assert ours(forged, make_trust(make_issuer(AUTHORITY), make_issuer(other))).genuine.code == "issuer-mismatch"
