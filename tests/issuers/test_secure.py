"""What would not verify is never released."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from issuers.secure import secure, serialize
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
