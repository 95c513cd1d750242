"""Who signs: a protocol, so that a key may live in memory or in hardware."""

from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verify.multikey import encode_public_key
from vocab.terms import CRYPTOSUITE_EDDSA


class Signer(Protocol):
    """A key that signs for one DID. `verification_method` is the DID URL under which others find its public half."""

    @property
    def verification_method(self) -> str: ...
    @property
    def cryptosuite(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`, 64 bytes: by Ed25519, or `r` and `s` of ECDSA on P-256 with SHA-256."""


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A key held in memory. Its repr shows no secret."""

    did: str
    _key: Ed25519PrivateKey

    @property
    def public_multibase(self) -> str:
        return encode_public_key(self._key.public_key())

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.public_multibase}"

    @property
    def cryptosuite(self) -> str:
        return CRYPTOSUITE_EDDSA

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)

    def __repr__(self) -> str:
        return f"SoftwareSigner({self.verification_method})"
