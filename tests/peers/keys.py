"""Key pairs that both sides can sign with: made from a seed here, handed over as JWK."""

import base64
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from issuers.keys import new_signer
from issuers.signer import SoftwareSigner
from tests.builders import seed_of
from verify.multikey import encode_public_key
from vocab.terms import CRYPTOSUITE_ECDSA, CRYPTOSUITE_EDDSA


@dataclass(frozen=True)
class P256Signer:
    """A key on P-256 that signs for `did` (`Signer`), as an authority's hardware would."""

    did: str
    key: EllipticCurvePrivateKey

    @property
    def public_multibase(self) -> str:
        return encode_public_key(self.key.public_key())

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.public_multibase}"

    @property
    def cryptosuite(self) -> str:
        return CRYPTOSUITE_ECDSA

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(data, ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass(frozen=True)
class KeyPair:
    """One key pair: a signer here, and what sign.mjs takes there."""

    signer: SoftwareSigner | P256Signer
    jwk: dict[str, str]

    @property
    def did(self) -> str:
        return self.signer.did

    def there(self, *, date: str = "2026-01-05T02:00:00Z") -> dict[str, Any]:
        """The key as sign.mjs takes it. `date`: the proof's `created`."""
        return {
            "cryptosuite": self.signer.cryptosuite,
            "alg": self.jwk["alg"],
            "jwk": self.jwk,
            "id": self.signer.verification_method,
            "controller": self.did,
            "date": date,
        }


def key_pair(name: str, cryptosuite: str = CRYPTOSUITE_EDDSA, *, did: str = "") -> KeyPair:
    """The key pair named `name`, for `did` (for its own did:key if empty)."""
    if cryptosuite == CRYPTOSUITE_ECDSA:
        return _p256(name, did)
    seed = seed_of(name)
    raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    signer = new_signer(did, seed)
    jwk = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": _base64url(raw), "d": _base64url(seed)}
    return KeyPair(signer if did else new_signer(f"did:key:{signer.public_multibase}", seed), jwk)


def _p256(name: str, did: str) -> KeyPair:
    secret = derive_private_key(int.from_bytes(seed_of(name), "big") >> 1, SECP256R1())
    numbers = secret.private_numbers()
    d, x, y = (
        _base64url(number.to_bytes(32, "big"))
        for number in (numbers.private_value, numbers.public_numbers.x, numbers.public_numbers.y)
    )
    signer = P256Signer(did or f"did:key:{encode_public_key(secret.public_key())}", secret)
    return KeyPair(signer, {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": x, "y": y, "d": d})


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
