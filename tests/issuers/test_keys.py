"""Private keys at rest: sealed to their verification method, opened by their key-encryption key only, never shown."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from issuers.keys import KeyUnsealFailed, new_signer, seal, unseal
from tests.builders import OTHER_LAO, make_authority, seed_of
from verify.cryptosuite import require_fits
from verify.multikey import decode_public_key

KEK = seed_of("key-encryption key")
NONCE = bytes(12)
SEED = seed_of("credential key")
DID = make_authority().did
SIGNER = new_signer(DID, SEED)
METHOD = SIGNER.verification_method
SEALED = seal(SEED, METHOD, KEK, NONCE)


def test_a_sealed_key_is_opened_by_its_key_encryption_key() -> None:
    assert unseal(SEALED, DID, METHOD, KEK).sign(b"x") == SIGNER.sign(b"x")


def test_a_sealed_key_does_not_hold_the_key() -> None:
    assert SEED not in SEALED
    assert len(SEALED) == 12 + 32 + 16


def test_another_key_encryption_key_opens_nothing() -> None:
    with pytest.raises(KeyUnsealFailed, match="REGISTRY_KEK"):
        unseal(SEALED, DID, METHOD, seed_of("another"))


def test_a_sealed_key_cannot_be_given_to_another_authority() -> None:
    other = make_authority(OTHER_LAO)
    with pytest.raises(KeyUnsealFailed):
        unseal(SEALED, other.did, other.signer.verification_method, KEK)
    with pytest.raises(KeyUnsealFailed):
        unseal(SEALED, other.did, METHOD, KEK)


def test_a_seed_sealed_under_another_keys_name_is_refused() -> None:
    with pytest.raises(KeyUnsealFailed, match="another's"):
        unseal(seal(seed_of("other seed"), METHOD, KEK, NONCE), DID, METHOD, KEK)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_damaged_sealed_key_opens_nothing(at: int, mask: int) -> None:
    damaged = bytearray(SEALED)
    damaged[at] ^= mask
    with pytest.raises(KeyUnsealFailed):
        unseal(bytes(damaged), DID, METHOD, KEK)


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_a_cut_off_sealed_key_opens_nothing(length: int) -> None:
    with pytest.raises(KeyUnsealFailed):
        unseal(SEALED[:length], DID, METHOD, KEK)


def test_a_key_encryption_key_of_the_wrong_length_is_no_crash_later() -> None:
    with pytest.raises(ValueError, match="bit"):
        seal(SEED, METHOD, b"short", NONCE)


def test_a_signer_shows_no_secret() -> None:
    for shown in (repr(SIGNER), str(SIGNER), f"{SIGNER}", f"{[SIGNER]}"):
        assert METHOD in shown
        assert SEED.hex() not in shown
        assert "private" not in shown.lower()


def test_a_signers_method_names_its_public_key() -> None:
    key = decode_public_key(METHOD.partition("#")[2])
    assert key == Ed25519PrivateKey.from_private_bytes(SEED).public_key()
    require_fits(SIGNER.sign(b"data"), b"data", key, SIGNER.cryptosuite)
