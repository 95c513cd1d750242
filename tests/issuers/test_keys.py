"""Private keys at rest: sealed to their verification method, opened by their key-encryption key only, never shown."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from issuers.keys import (
    SEED_BYTES,
    Algorithm,
    KeyEncryptionKeys,
    KeyUnsealFailed,
    algorithm_of,
    new_signer,
    seal,
    unseal,
)
from tests.builders import OTHER_LAO, make_authority, seed_of
from verify.cryptosuite import require_fits
from verify.multikey import decode_public_key, multibase58

KEK = seed_of("key-encryption key")
KEYS = KeyEncryptionKeys(KEK)
NONCE = bytes(12)
SEED = seed_of("credential key")
DID = make_authority().did
SIGNER = new_signer(DID, SEED)
METHOD = SIGNER.verification_method
SEALED = seal(SEED, METHOD, KEK, NONCE)


def test_a_sealed_key_is_opened_by_its_key_encryption_key() -> None:
    assert unseal(SEALED, DID, METHOD, KEYS).sign(b"x") == SIGNER.sign(b"x")


def test_a_sealed_key_does_not_hold_the_key() -> None:
    assert SEED not in SEALED
    assert len(SEALED) == 12 + 32 + 16


def test_another_key_encryption_key_opens_nothing() -> None:
    with pytest.raises(KeyUnsealFailed, match="REGISTRY_KEK"):
        unseal(SEALED, DID, METHOD, KeyEncryptionKeys(seed_of("another")))


def test_a_sealed_key_cannot_be_given_to_another_authority() -> None:
    other = make_authority(OTHER_LAO)
    with pytest.raises(KeyUnsealFailed):
        unseal(SEALED, other.did, other.signer.verification_method, KEYS)
    with pytest.raises(KeyUnsealFailed):
        unseal(SEALED, other.did, METHOD, KEYS)


def test_a_seed_sealed_under_another_keys_name_is_refused() -> None:
    with pytest.raises(KeyUnsealFailed, match="another's"):
        unseal(seal(seed_of("other seed"), METHOD, KEK, NONCE), DID, METHOD, KEYS)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_damaged_sealed_key_opens_nothing(at: int, mask: int) -> None:
    damaged = bytearray(SEALED)
    damaged[at] ^= mask
    with pytest.raises(KeyUnsealFailed):
        unseal(bytes(damaged), DID, METHOD, KEYS)


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_a_cut_off_sealed_key_opens_nothing(length: int) -> None:
    with pytest.raises(KeyUnsealFailed):
        unseal(SEALED[:length], DID, METHOD, KEYS)


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


def test_while_the_key_encryption_key_is_replaced_both_open_and_the_next_one_seals() -> None:
    following = seed_of("next key-encryption key")
    both = KeyEncryptionKeys(KEK, following)
    assert both.unseal(SEALED, METHOD) == SEED
    resealed = both.seal(SEED, METHOD, NONCE)
    assert KeyEncryptionKeys(following).unseal(resealed, METHOD) == both.unseal(resealed, METHOD) == SEED
    with pytest.raises(KeyUnsealFailed):
        KEYS.unseal(resealed, METHOD)


def test_key_encryption_keys_show_no_secret() -> None:
    shown = repr(KeyEncryptionKeys(KEK, seed_of("next key-encryption key")))
    assert shown == "KeyEncryptionKeys()"


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_of_each_algorithm_signs_and_is_sealed(algorithm: Algorithm) -> None:
    seed = (seed_of("seed") + seed_of("more"))[: SEED_BYTES[algorithm]]
    made = new_signer(DID, seed, algorithm)
    assert algorithm_of(made.public_multibase) is algorithm
    assert made.public_multibase.startswith({"ed25519": "z6Mk", "p256": "zDn"}[algorithm])
    for data in (b"", b"data", bytes(64)):
        assert len(made.sign(data)) == 64
        assert made.sign(data) == made.sign(data), "no randomness is needed when signing"
        require_fits(made.sign(data), data, decode_public_key(made.public_multibase), made.cryptosuite)
    opened = unseal(seal(seed, made.verification_method, KEK, NONCE), DID, made.verification_method, KEYS)
    assert opened.sign(b"x") == made.sign(b"x")


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_seed_of_another_length_makes_no_key(algorithm: Algorithm) -> None:
    for length in (0, 31, 33, 39, 41):
        with pytest.raises(ValueError, match="bytes"):
            new_signer(DID, bytes(length), algorithm)


def test_rfc_6979_vector_of_p256_with_sha256() -> None:
    """RFC 6979, A.2.5: the private key, its public point, and the signature over "sample"."""
    number = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    made = new_signer(DID, (number - 1).to_bytes(40, "big"), Algorithm.P256)
    point = 0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
    assert made.public_multibase == multibase58(b"\x80\x24\x03" + point.to_bytes(32, "big"))
    assert made.sign(b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )
