"""Multikey and multibase (Controlled Identifiers 1.0, section 2.2.2 and 2.4): base58btc and base64url only."""

import base64
import re

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verify.errors import MalformedProof

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey
"""The kinds of key that we verify with; an elliptic curve key is one on P-256."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
ED25519_PUBLIC = b"\xed\x01"
"""The multicodec prefix of an Ed25519 public key, as a varint."""
P256_PUBLIC = b"\x80\x24"
"""That of a public key on P-256, whose point is compressed (33 bytes)."""
_P256_START = "zDn"
"""How the Multikey of every P-256 key begins, since the prefix is its first two bytes."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def base58_encode(data: bytes) -> str:
    """`data` in base58btc; leading zero bytes become leading `1`s."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data, "big")
    digits = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    return "1" * zeros + "".join(reversed(digits))


def base58_decode(text: str, *, length: int) -> bytes:
    """The `length` bytes that `text` stands for. Raises `MalformedProof` for any other text: there is one spelling only."""
    # 58 > 2^5.8: more characters than this cannot fit, and big integers are not free.
    if len(text) > length * 11 // 8 + 1:
        raise MalformedProof(f"base58 text is too long for {length} bytes (got {len(text)} characters)")
    number = 0
    for character in text:
        if character not in _VALUE:
            raise MalformedProof(f"character is not in the base58 alphabet (got {character!r})")
        number = number * 58 + _VALUE[character]
    if number.bit_length() > length * 8:
        raise MalformedProof(f"base58 text stands for more than {length} bytes")
    data = number.to_bytes(length, "big")
    if base58_encode(data) != text:
        raise MalformedProof(f"base58 text does not stand for exactly {length} bytes")
    return data


def multibase58(data: bytes) -> str:
    return "z" + base58_encode(data)


def from_multibase58(text: object, *, length: int) -> bytes:
    """Raises `MalformedProof` unless `text` is `z` and the base58btc form of exactly `length` bytes."""
    if not isinstance(text, str) or not text.startswith("z"):
        raise MalformedProof(f"a multibase value in base58btc begins with 'z' (got {str(text)[:20]!r})")
    return base58_decode(text[1:], length=length)


def multibase64url(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_multibase64url(text: str, *, at_most: int) -> bytes:
    """Raises ValueError unless `text` is `u` and unpadded base64url of at most `at_most` bytes."""
    if not text.startswith("u") or not _BASE64URL.fullmatch(text[1:]):
        raise ValueError("a multibase value in base64url begins with 'u' and has no padding")
    if len(text) > at_most * 4 // 3 + 4:
        raise ValueError(f"base64url text is longer than {at_most} bytes need")
    return base64.urlsafe_b64decode(text[1:] + "=" * (-(len(text) - 1) % 4))


def encode_public_key(key: PublicKey) -> str:
    """The `publicKeyMultibase` of `key`: `z6Mk...` for Ed25519, `zDn...` for P-256."""
    if isinstance(key, Ed25519PublicKey):
        return multibase58(ED25519_PUBLIC + key.public_bytes_raw())
    return multibase58(P256_PUBLIC + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


def decode_public_key(multikey: object) -> PublicKey:
    """The key in a `publicKeyMultibase`. Raises `MalformedProof` for any other kind than Ed25519 and P-256."""
    if isinstance(multikey, str) and multikey.startswith(_P256_START):
        data = from_multibase58(multikey, length=35)
        if data.startswith(P256_PUBLIC):
            return _p256(data[2:])
    else:
        data = from_multibase58(multikey, length=34)
        if data.startswith(ED25519_PUBLIC):
            return Ed25519PublicKey.from_public_bytes(data[2:])
    raise MalformedProof(
        f"key is neither an Ed25519 nor a P-256 public key (got prefix 0x{data[:2].hex()}, expected 0xed01 or 0x8024)"
    )


def _p256(point: bytes) -> EllipticCurvePublicKey:
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError as error:
        raise MalformedProof("key is no point on the curve P-256") from error
