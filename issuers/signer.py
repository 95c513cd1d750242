"""Who signs: a protocol, so that a key may live in memory or in hardware."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, cast

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from nacl.bindings import crypto_sign

from verify.cryptosuite import SIGNATURE_BYTES, cryptosuite_of
from verify.multikey import PublicKey, decode_public_key, encode_public_key

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
"""The kinds of key that we sign with; an elliptic curve key is one on P-256."""


class SigningUnavailable(RuntimeError):
    """No signature can be made now, and nothing is wrong with what should be signed. The words are for the operator: they may
    name files and hardware."""


class Signer(Protocol):
    """A key that signs for one DID. `verification_method` is the DID URL under which others find its public half."""

    @property
    def verification_method(self) -> str: ...

    @property
    def cryptosuite(self) -> str:
        """The cryptosuite that the key is for: `eddsa-rdfc-2022` for Ed25519, `ecdsa-rdfc-2019` for P-256."""

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`, 64 bytes: Ed25519, or `r` and `s` of ECDSA with SHA-256."""


@lru_cache(16)
def public_key_of(verification_method: str) -> PublicKey:
    """The public half of the key that a verification method of ours names: it stands behind its `#`. Raises `MalformedProof`.

    Kept, since a register tries thousands of signatures by the same few keys.
    """
    return decode_public_key(verification_method.rpartition("#")[2])


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A key held in memory. Its repr shows no secret."""

    did: str
    _key: PrivateKey
    public_multibase: str = field(init=False)
    verification_method: str = field(init=False)
    cryptosuite: str = field(init=False)
    _sodium_key: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # Made once: a register signs thousands of credentials with one key.
        public = self._key.public_key()
        object.__setattr__(self, "public_multibase", encode_public_key(public))
        object.__setattr__(self, "verification_method", f"{self.did}#{self.public_multibase}")
        object.__setattr__(self, "cryptosuite", cryptosuite_of(public))
        # libsodium's secret key is the seed and the public key.
        pair = b""
        if isinstance(self._key, Ed25519PrivateKey):
            pair = self._key.private_bytes_raw() + self._key.public_key().public_bytes_raw()
        object.__setattr__(self, "_sodium_key", pair)

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._key, Ed25519PrivateKey):
            # libsodium takes two thirds of the time that OpenSSL takes.
            return crypto_sign(data, self._sodium_key)[:SIGNATURE_BYTES]
        # RFC 6979: a poor source of randomness at the wrong moment would give the key away.
        r, s = decode_dss_signature(self._key.sign(data, ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"SoftwareSigner({self.verification_method})"

    def __reduce__(self) -> tuple[Any, ...]:
        # For worker processes of ours, by a pipe that nobody else has; it is written nowhere.
        return _restored, (self.did, self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _restored(did: str, key: bytes) -> SoftwareSigner:
    return SoftwareSigner(did, cast(PrivateKey, load_der_private_key(key, None)))
