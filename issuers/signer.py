"""Who signs: a protocol, so that a key may live in memory or in hardware."""

from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verify.multikey import encode_ed25519


class Signer(Protocol):
    """A key that signs for one DID. `verification_method` is the DID URL under which others find its public half."""

    @property
    def verification_method(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature over `data`, 64 bytes."""


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A key held in memory. Its repr shows no secret."""

    did: str
    _key: Ed25519PrivateKey

    @property
    def public_multibase(self) -> str:
        return encode_ed25519(self._key.public_key())

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.public_multibase}"

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)

    def __repr__(self) -> str:
        return f"SoftwareSigner({self.verification_method})"
