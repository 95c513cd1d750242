"""openvc-core, a verifier in Python: what it says of our documents, and where it has a rule of its own."""

import json
from dataclasses import replace
from typing import Any

import pytest
from openvc import VerificationPolicy, VerificationResult, verify_credential
from openvc.did.did_web import DidWebResolver
from openvc.proof.errors import ProofMalformed, SignatureInvalid
from openvc.status.status_list import CredentialSuspended

from tests.builders import (
    BASE,
    LAO,
    NOW,
    make_authority,
    make_credential,
    make_did_document,
    make_license,
    make_lists,
)
from vocab.contexts import license_context_bytes
from vocab.terms import license_context

AUTHORITY = make_authority()
CONTEXTS = {license_context(BASE): json.loads(license_context_bytes())}
DID_DOCUMENTS = {f"{BASE}/auth/{LAO}/did.json": make_did_document(AUTHORITY)}
RESOLVER = DidWebResolver(DID_DOCUMENTS.__getitem__)
WITHOUT_NAMES = replace(make_license(), premises=())
"""A licence in which nothing has the property `https://schema.org/name`."""


def theirs(credential: Any, lists: dict[str, bytes] | None = None) -> VerificationResult:
    published = make_lists(AUTHORITY) if lists is None else lists

    def status_list(url: str) -> dict[str, Any]:
        policy = VerificationPolicy(now=NOW, require_status=False)
        return dict(verify_credential(json.loads(published[url]), resolver=RESOLVER, policy=policy).credential)

    return verify_credential(
        credential,
        resolver=RESOLVER,
        extra_contexts=CONTEXTS,
        resolve_status_list=status_list,
        policy=VerificationPolicy(now=NOW, require_status_issuer_binding=True),
    )


def test_it_verifies_our_license_and_its_lists() -> None:
    result = theirs(json.loads(make_credential(WITHOUT_NAMES)))
    assert (result.issuer, result.format) == (AUTHORITY.did, "data-integrity:eddsa-rdfc-2022")
    assert result.status is not None


def test_it_refuses_what_is_altered_or_suspended() -> None:
    altered = json.loads(make_credential(WITHOUT_NAMES))
    altered["credentialSubject"]["licenseNumber"] = "13/2567"
    with pytest.raises(SignatureInvalid):
        theirs(altered)
    with pytest.raises(CredentialSuspended):
        theirs(json.loads(make_credential(WITHOUT_NAMES)), make_lists(AUTHORITY, suspended=[7]))


def test_it_wants_one_spelling_for_a_name() -> None:
    """As docs/credentials.md says: the signature is right, and a rule of its own refuses `placeName`."""
    with pytest.raises(ProofMalformed, match="placeName"):
        theirs(json.loads(make_credential()))
