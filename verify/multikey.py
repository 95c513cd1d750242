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
_NO_DIGIT = 255
_VALUES = bytes(_ALPHABET.find(chr(code)) % 256 for code in range(256))
"""Of each byte the value as a digit, or `_NO_DIGIT`."""
_58_2, _58_4, _58_6, _58_8, _58_10 = (58**n for n in (2, 4, 6, 8, 10))
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_MAX_DIGITS = 128
_LANES = [
    int.from_bytes((bytes(size) + b"\xff" * size) * (_MAX_DIGITS // 2 // size), "big")
    for size in (1, 2, 4, 8, 16, 32, 64)
]
"""Every second byte, every second two bytes, and so on up to half of `_MAX_DIGITS`."""
ED25519_PUBLIC = b"\xed\x01"
"""The multicodec prefix of an Ed25519 public key, as a varint."""
P256_PUBLIC = b"\x80\x24"
"""That of a public key on P-256, whose point is compressed (33 bytes)."""
_P256_START = "zDn"
"""How the Multikey of every P-256 key begins, since the prefix is its first two bytes."""
_OTHER_KINDS = ("z6LS", "zQ3s", "z82", "z2J9", "z4MX", "zUC7")
"""How the Multikeys of X25519, secp256k1, P-384, P-521, RSA and BLS12-381 begin."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def base58_encode(data: bytes) -> str:
    """`data` in base58btc; leading zero bytes become leading `1`s."""
    number = int.from_bytes(data, "big")
    zeros = len(data) - (number.bit_length() + 7) // 8
    pairs: list[str] = []
    # In pieces that fit a machine word, and these in pairs: dividing the whole number for each digit is what is slow.
    while number:
        number, piece = divmod(number, _58_10)
        pairs += (
            _PAIRS[piece % _58_2],
            _PAIRS[piece // _58_2 % _58_2],
            _PAIRS[piece // _58_4 % _58_2],
            _PAIRS[piece // _58_6 % _58_2],
            _PAIRS[piece // _58_8],
        )
    pairs.reverse()
    return "1" * zeros + "".join(pairs).lstrip("1")


def base58_decode(text: str, *, length: int) -> bytes:
    """The `length` bytes that `text` stands for. Raises `MalformedProof` for any other text: there is one spelling only."""
    # 58 > 2^5.8: more characters than this cannot fit, and big integers are not free.
    if len(text) > min(length * 11 // 8 + 1, _MAX_DIGITS):
        raise MalformedProof(f"base58 text is too long for {length} bytes (got {len(text)} characters)")
    try:
        digits = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        digits = bytes([_NO_DIGIT])
    if _NO_DIGIT in digits:
        found = next(character for character in text if character not in _ALPHABET)
        raise MalformedProof(f"character is not in the base58 alphabet (got {found!r})")
    # All digits at once: neighbours become digits of base 58^2, these of base 58^4, and so on, in lanes of one big integer.
    number = int.from_bytes(digits, "big")
    base, bits = 58, 8
    for mask in _LANES:
        number = (number & mask) + base * ((number >> bits) & mask)
        base, bits = base * base, 2 * bits
    if number.bit_length() > length * 8:
        raise MalformedProof(f"base58 text stands for more than {length} bytes")
    zeros = length - (number.bit_length() + 7) // 8
    if len(text) - len(text.lstrip("1")) != zeros:
        raise MalformedProof(f"base58 text does not stand for exactly {length} bytes")
    return number.to_bytes(length, "big")


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


def is_of_another_kind(multikey: object) -> bool:
    """Whether this is the Multikey of a kind that exists, and that we do not verify with."""
    return isinstance(multikey, str) and multikey.startswith(_OTHER_KINDS)


def _p256(point: bytes) -> EllipticCurvePublicKey:
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError as error:
        raise MalformedProof("key is no point on the curve P-256") from error
