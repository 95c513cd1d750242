"""The cryptosuites that we know, each with the one kind of key that it takes.

eddsa-rdfc-2022 (VC-DI-EDDSA 3.2) signs with Ed25519, ecdsa-rdfc-2019 (VC-DI-ECDSA 3.2) with P-256 and SHA-256. Both hash alike.
Ed25519 is verified by libsodium, which takes three fifths of the time that OpenSSL takes and refuses keys of small order.
"""

from cryptography.exceptions import InvalidSignature as SignatureRefused
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from verify.errors import InvalidSignature, KeyNotUsable
from verify.multikey import PublicKey
from vocab.terms import CRYPTOSUITE_ECDSA, CRYPTOSUITE_EDDSA

SIGNATURE_BYTES = 64
"""Of both suites: an Ed25519 signature, or `r` and `s` of 32 bytes each."""
KEY_OF = {CRYPTOSUITE_EDDSA: Ed25519PublicKey, CRYPTOSUITE_ECDSA: EllipticCurvePublicKey}
"""The kind of key for each suite that is known."""


def cryptosuite_of(key: PublicKey) -> str:
    """The name of the suite that `key` is for."""
    return CRYPTOSUITE_EDDSA if isinstance(key, Ed25519PublicKey) else CRYPTOSUITE_ECDSA


def require_fits(signature: bytes, data: bytes, key: PublicKey, cryptosuite: str) -> None:
    """Raises `InvalidSignature` unless `key` signed `data`; `KeyNotUsable` for a key of another kind than the suite's."""
    if cryptosuite_of(key) != cryptosuite:
        raise KeyNotUsable(f"key is of another kind than {cryptosuite} takes (it is one for {cryptosuite_of(key)})")
    try:
        if len(signature) != SIGNATURE_BYTES:
            raise SignatureRefused
        if isinstance(key, Ed25519PublicKey):
            crypto_sign_open(signature + data, key.public_bytes_raw())
        else:
            key.verify(_der(signature), data, ECDSA(SHA256()))
    except (SignatureRefused, BadSignatureError) as error:
        raise InvalidSignature(
            "signature does not fit the document: it was altered or signed by another key"
        ) from error


def _der(signature: bytes) -> bytes:
    """The DER form that `cryptography` takes, of `r` and `s` in 32 bytes each (VC-DI-ECDSA 3.2.7)."""
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
