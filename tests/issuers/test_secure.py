"""What would not verify is never released."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from issuers.secure import require_signed, require_verifiable, secure, serialize
from issuers.secure import sign as sign_only
from issuers.signer import Signer
from tests.builders import (
    LOADER,
    NOW,
    OTHER_LAO,
    SIGNED_AT,
    make_authority,
    make_credential,
    make_draft,
    make_issuer,
    make_trust,
    sign,
)
from verify.document import Document
from verify.errors import MalformedDocument, VerificationError
from verify.verdict import Answer
from verify.verifier import examine


@dataclass(frozen=True)
class FaultySigner:
    """A signer that claims to be `claimed` and gives another signature."""

    claimed: Signer
    signature: bytes

    @property
    def verification_method(self) -> str:
        return self.claimed.verification_method

    @property
    def cryptosuite(self) -> str:
        return self.claimed.cryptosuite

    def sign(self, data: bytes) -> bytes:
        return self.signature


GOOD = make_authority().signer


@pytest.mark.parametrize(
    "signature", [b"", bytes(63), bytes(64), bytes(65), GOOD.sign(b"something else"), b"\xff" * 64]
)
def test_a_signer_that_signs_wrongly_releases_nothing(signature: bytes) -> None:
    with pytest.raises(VerificationError):
        sign(make_draft(), FaultySigner(GOOD, signature))


def test_a_signer_with_anothers_name_releases_nothing() -> None:
    @dataclass(frozen=True)
    class Impostor:
        verification_method: str
        cryptosuite: str = "eddsa-rdfc-2022"

        def sign(self, data: bytes) -> bytes:
            return make_authority(OTHER_LAO).signer.sign(data)

    with pytest.raises(VerificationError):
        sign(make_draft(), Impostor(GOOD.verification_method))


def altered(raw: bytes, old: bytes, new: bytes) -> bytes:
    assert old in raw
    return raw.replace(old, new, 1)


@pytest.mark.parametrize("quick", [True, False])
def test_what_was_altered_on_its_way_out_is_not_released(quick: bool) -> None:
    raw, method = make_credential(), GOOD.verification_method
    proof = json.loads(raw)["proof"]
    value = proof["proofValue"]
    check = partial(require_signed if quick else partial(require_verifiable, thorough=False), loader=LOADER)
    check(raw, verification_method=method)
    for bad in (
        altered(raw, b"12/2567", b"13/2567"),
        altered(raw, proof["created"].encode(), b"2026-11-22T03:00:00Z"),
        altered(raw, value.encode(), (value[:-1] + ("2" if value[-1] != "2" else "3")).encode()),
        altered(raw, b'"licenseNumber"', b'"licenceNumber"'),
        altered(raw, b'"credentialSubject":{', b'"credentialSubject":{"name":"x",'),
    ):
        with pytest.raises(VerificationError):
            check(bad, verification_method=method)
    with pytest.raises(VerificationError):
        check(raw, verification_method=make_authority(OTHER_LAO).signer.verification_method)


def test_what_is_spelled_otherwise_is_read_as_a_whole_before_it_is_released() -> None:
    # Well signed, and no verifier would take it.
    raw = sign_only(make_draft() | {"evidence": []}, GOOD, created=SIGNED_AT, loader=LOADER)
    with pytest.raises(MalformedDocument):
        require_signed(raw, GOOD.verification_method, LOADER)


def without(key: str) -> Document:
    return {name: value for name, value in make_draft().items() if name != key}


@pytest.mark.parametrize(
    "draft",
    [
        without("issuer"),
        without("type"),
        without("credentialSubject"),
        make_draft() | {"undefined": "x"},
        make_draft() | {"id": "relative"},
        make_draft() | {"@context": ["https://www.w3.org/ns/credentials/v2", {"x": "urn:x:y"}]},
        make_draft() | {"validUntil": "2026-01-01"},
        make_draft() | {"credentialStatus": [{"type": "BitstringStatusListEntry"}]},
        make_draft() | {"evidence": []},
    ],
)
def test_a_draft_that_no_verifier_would_take_is_not_signed_for_release(draft: Document) -> None:
    with pytest.raises(MalformedDocument):
        sign(draft, GOOD)


def test_what_is_released_verifies_and_is_compact() -> None:
    raw = make_credential()
    assert raw == serialize(json.loads(raw))
    assert not raw.endswith(b"\n")
    trust = make_trust(make_issuer(make_authority()))
    assert examine(raw, trust, NOW).genuine.answer is Answer.YES


@pytest.mark.parametrize("thorough", [True, False])
def test_the_same_draft_key_and_instant_give_the_same_bytes(thorough: bool) -> None:
    options: dict[str, Any] = {"created": SIGNED_AT, "loader": LOADER, "thorough": thorough}
    assert secure(make_draft(), GOOD, **options) == secure(make_draft(), GOOD, **options) == make_credential()


def test_signing_leaves_the_draft_as_it_was() -> None:
    draft = make_draft()
    sign(draft, GOOD)
    assert draft == make_draft()
