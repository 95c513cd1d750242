"""Private keys at rest: encrypted with AES-256-GCM under a key-encryption key that is kept elsewhere.

A sealed key is `nonce (12 bytes) || ciphertext and tag`; the verification method is authenticated with it, so that sealed keys
cannot be swapped between authorities.
"""

from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from issuers.signer import SoftwareSigner

KEY_ENCRYPTION_KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyPurpose(StrEnum):
    """What a key signs; each purpose has its own key."""

    CREDENTIAL = "credential"
    STATUS_LIST = "status-list"


class KeyUnsealFailed(RuntimeError):
    """A sealed key cannot be opened: it is damaged, or the key-encryption key is another."""


def new_signer(did: str, seed: bytes) -> SoftwareSigner:
    """The signer whose Ed25519 private key is `seed`: 32 bytes from a source of randomness."""
    return SoftwareSigner(did, Ed25519PrivateKey.from_private_bytes(seed))


def seal(seed: bytes, verification_method: str, key_encryption_key: bytes, nonce: bytes) -> bytes:
    """`seed` encrypted. `nonce`: 12 random bytes, never used before with this key."""
    return nonce + AESGCM(key_encryption_key).encrypt(nonce, seed, verification_method.encode())


def unseal(sealed: bytes, did: str, verification_method: str, key_encryption_key: bytes) -> SoftwareSigner:
    """The signer in `sealed`. Raises `KeyUnsealFailed`."""
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        seed = AESGCM(key_encryption_key).decrypt(nonce, body, verification_method.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: so short that there is not even a nonce
        raise KeyUnsealFailed(
            f"private key {verification_method} cannot be opened: it is damaged, or the key-encryption key is not the one "
            "that it was sealed with (expected the key in REGISTRY_KEK_FILE or REGISTRY_KEK of the time of `init`)"
        ) from error
    signer = new_signer(did, seed)
    if signer.verification_method != verification_method:
        raise KeyUnsealFailed(
            f"sealed key is another's (got {signer.verification_method}, expected {verification_method})"
        )
    return signer
