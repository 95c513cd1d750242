"""Private keys at rest: encrypted with AES-256-GCM under a key-encryption key that is kept elsewhere.

A sealed secret is `nonce (12 bytes) || ciphertext and tag`; the verification method is authenticated with it, so that sealed
keys cannot be swapped between authorities.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from issuers.signer import SigningUnavailable, SoftwareSigner
from verify.cryptosuite import cryptosuite_of
from verify.multikey import decode_public_key
from vocab.terms import CRYPTOSUITE_ECDSA, CRYPTOSUITE_EDDSA

KEY_ENCRYPTION_KEY_BYTES = 32
NONCE_BYTES = 12
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve's base point (SP 800-186, 3.2.1.3)."""


class KeyPurpose(StrEnum):
    """What a key signs; each purpose has its own key."""

    CREDENTIAL = "credential"
    STATUS_LIST = "status-list"
    QR = "qr"


class Algorithm(StrEnum):
    """How a key signs."""

    ED25519 = "ed25519"
    P256 = "p256"


SEED_BYTES = {Algorithm.ED25519: 32, Algorithm.P256: 40}
"""How many random bytes a private key is made of. P-256: 64 bits more than its order has (FIPS 186-5, A.2.1)."""
_ALGORITHM = {CRYPTOSUITE_EDDSA: Algorithm.ED25519, CRYPTOSUITE_ECDSA: Algorithm.P256}


class KeyUnsealFailed(SigningUnavailable):
    """A sealed key cannot be opened: it is damaged, or the key-encryption key is another."""


@dataclass(frozen=True, slots=True)
class KeyEncryptionKeys:
    """The key that secrets are sealed with, 32 bytes. While it is being replaced there are two: both open, the next one seals."""

    current: bytes = field(repr=False)
    next: bytes | None = field(default=None, repr=False)

    @property
    def all(self) -> tuple[bytes, ...]:
        return (self.current,) if self.next is None else (self.next, self.current)

    def seal(self, secret: bytes, name: str, nonce: bytes) -> bytes:
        """`secret` encrypted for whoever asks for it by `name`. `nonce`: 12 random bytes, never used before with this key."""
        return seal(secret, name, self.all[0], nonce)

    def unseal(self, sealed: bytes, name: str) -> bytes:
        """The secret that was sealed under `name`, by either key. Raises `KeyUnsealFailed`."""
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        cause: Exception | None = None
        for key in self.all:
            try:
                return AESGCM(key).decrypt(nonce, body, name.encode())
            except (InvalidTag, ValueError) as error:  # ValueError: so short that there is not even a nonce
                cause = error
        raise KeyUnsealFailed(
            f"private key {name} cannot be opened: it is damaged, or the key-encryption key is not the one that it was sealed "
            "with (expected in REGISTRY_KEK_FILE or REGISTRY_KEK: the key of the time of `init` or of the last `key reseal`)"
        ) from cause


def algorithm_of(public_multibase: str) -> Algorithm:
    """How the key with this public half signs. Raises `verify.errors.MalformedProof` for a key of another kind."""
    return _ALGORITHM[cryptosuite_of(decode_public_key(public_multibase))]


def new_signer(did: str, seed: bytes, algorithm: Algorithm = Algorithm.ED25519) -> SoftwareSigner:
    """The signer whose private key is made of `seed`: `SEED_BYTES` bytes from a source of randomness. Raises ValueError."""
    if len(seed) != SEED_BYTES[algorithm]:
        raise ValueError(f"a seed for {algorithm} has {SEED_BYTES[algorithm]} bytes (got {len(seed)})")
    match algorithm:
        case Algorithm.ED25519:
            return SoftwareSigner(did, Ed25519PrivateKey.from_private_bytes(seed))
        case Algorithm.P256:
            number = int.from_bytes(seed, "big") % (_P256_ORDER - 1) + 1
            return SoftwareSigner(did, derive_private_key(number, SECP256R1()))


def seal(secret: bytes, name: str, key_encryption_key: bytes, nonce: bytes) -> bytes:
    """`secret` encrypted; `name` is authenticated with it. `nonce`: 12 random bytes, never used before with this key."""
    return nonce + AESGCM(key_encryption_key).encrypt(nonce, secret, name.encode())


def unseal(sealed: bytes, did: str, verification_method: str, keys: KeyEncryptionKeys) -> SoftwareSigner:
    """The signer in `sealed`. Raises `KeyUnsealFailed`."""
    seed = keys.unseal(sealed, verification_method)
    signer = new_signer(did, seed, algorithm_of(verification_method.rpartition("#")[2]))
    if signer.verification_method != verification_method:
        raise KeyUnsealFailed(
            f"sealed key is another's (got {signer.verification_method}, expected {verification_method})"
        )
    return signer
