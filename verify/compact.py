"""The compact payload of a QR code: what stands behind the `#` of `HTTPS://HOST/C/<id>#<digits>`, written and read.

docs/qr-format.md has the format for those who implement it elsewhere. Digits stand for bytes, these are a COSE_Sign1 (RFC 9052)
over a map of CBOR (RFC 8949) in its deterministic form, with texts in SCSU (UTS 6); the address before the `#` is signed with it.
"""

import codecs
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import cbor2
import scsu  # noqa: F401 (registers the codec)

from verify.cryptosuite import SIGNATURE_BYTES, require_fits
from verify.errors import MalformedCompact, UnknownMethod
from verify.multikey import PublicKey
from vocab.terms import CRYPTOSUITE_EDDSA

ADDRESS = re.compile(r"HTTPS?://[0-9A-Z.\-:]{1,253}/C/[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)
MAX_BYTES = 1_024
"""Of a whole payload. Ours have 200 to 400; what is larger makes a code that no phone reads from a wall."""
ALGORITHM = -19
"""Ed25519 (RFC 9864, 2.2): the one algorithm."""
KEY_ID_BYTES = 8
_GROUP_BYTES, _GROUP_DIGITS = 7, 17
_DIGITS = (0, 3, 5, 8, 10, 13, 15, 17)
"""How many digits so many bytes take."""
_EPOCH = date(1970, 1, 1)
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_PRINTABLE = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")
_THAI = {code: code for code in range(0x20, 0x7F)} | {0x0A: 0x0A} | {0x0E00 + n: 0x80 + n for n in range(0x80)}
_FROM_THAI = "".join(chr(next((code for code, byte in _THAI.items() if byte == at), 0xFFFE)) for at in range(256))
_THAI_WINDOW = b"\x18\x1c"
"""SD0 with the offset of U+0E00: from here on one byte is one Thai character, and ASCII is itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """What a QR code says of a licence. `made` is when it was signed; several names or premises stand on a line each.

    The authority is not said: it is that of the key. `status` is the number of its status lists and its index in them.
    """

    made: datetime
    license_type: str
    number: str
    qualifier: str = ""
    licensees: str = ""
    premises: str = ""
    address: str = ""
    issued_on: date | None = None
    valid_from: date | None = None
    expires_on: date | None = None
    no_expiry: bool = False
    status: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload whose signature is still to be checked: nothing in `payload` is to be believed before."""

    key_id: bytes
    payload: bytes
    signature: bytes
    to_be_signed: bytes

    def opened(self, key: PublicKey) -> Compact:
        """What it says, where the key signed it. Raises `InvalidSignature`, `MalformedCompact`, `UnknownMethod`."""
        require_fits(self.signature, self.to_be_signed, key, CRYPTOSUITE_EDDSA)
        return _compact(self.payload)


def key_id(public_key: bytes) -> bytes:
    """How a payload names the key that signed it: the beginning of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES]


def split_address(scanned: str) -> tuple[str, str]:
    """The address and the digits of a code; no digits where it has only an address. Raises `MalformedCompact`."""
    address, _, digits = scanned.strip().partition("#")
    if not ADDRESS.fullmatch(address):
        raise MalformedCompact(
            f"this is no code of a licence (got {address[:60]!r}, expected HTTPS://host/C/ and 26 characters)"
        )
    return address, digits


def seal(compact: Compact, address: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The digits of a payload that is signed for this address. Raises ValueError for texts that a code does not hold."""
    payload = cbor2.dumps(_members(compact), canonical=True)
    protected = _protected(key_id(public_key))
    signature = sign(_to_be_signed(protected, address, payload))
    return to_digits(cbor2.dumps([protected, {}, payload, signature], canonical=True))


def unseal(digits: str, address: str) -> Sealed:
    """The payload behind an address, as `seal` writes it and in no other spelling. Raises `MalformedCompact`, `UnknownMethod`."""
    raw = from_digits(digits)
    parts = _read(raw, "the code")
    if not isinstance(parts, list) or len(parts) != 4 or parts[1] != {}:
        raise MalformedCompact("the code is no COSE_Sign1 (expected a list of four, without unprotected headers)")
    protected, _, payload, signature = parts
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise MalformedCompact("the code is no COSE_Sign1 (expected three byte strings)")
    if len(signature) != SIGNATURE_BYTES:
        raise MalformedCompact(f"a signature has {SIGNATURE_BYTES} bytes (got {len(signature)})")
    headers = _read(protected, "its header")
    if not isinstance(headers, dict) or headers.keys() != {1, 4}:
        raise UnknownMethod("the code's header is of another release (expected the algorithm and the key)")
    if headers[1] != ALGORITHM:
        raise UnknownMethod(
            f"the code is signed by an algorithm that is not known here (got {headers[1]!r}, expected {ALGORITHM})"
        )
    if not isinstance(headers[4], bytes) or len(headers[4]) != KEY_ID_BYTES:
        raise MalformedCompact(f"a key is named by {KEY_ID_BYTES} bytes")
    return Sealed(headers[4], payload, signature, _to_be_signed(protected, address, payload))


def to_digits(data: bytes) -> str:
    """Bytes as decimal digits, seven as 17."""
    groups = (data[at : at + _GROUP_BYTES] for at in range(0, len(data), _GROUP_BYTES))
    return "".join(f"{int.from_bytes(group, 'big'):0{_DIGITS[len(group)]}d}" for group in groups)


def from_digits(digits: str) -> bytes:
    """The bytes of `to_digits`. Raises `MalformedCompact` for anything that it does not write."""
    if not digits.isascii() or not digits.isdecimal():
        raise MalformedCompact("the code holds something else than digits")
    if len(digits) > MAX_BYTES * _GROUP_DIGITS // _GROUP_BYTES + 1:
        raise MalformedCompact(f"the code is longer than any of ours (got {len(digits)} digits)")
    found = []
    for at in range(0, len(digits), _GROUP_DIGITS):
        group = digits[at : at + _GROUP_DIGITS]
        if len(group) not in _DIGITS:
            raise MalformedCompact("the code was cut off (so many digits stand for no number of bytes)")
        size, number = _DIGITS.index(len(group)), int(group)
        if number >> 8 * size:
            raise MalformedCompact("the code holds a number that stands for no bytes")
        found.append(number.to_bytes(size, "big"))
    return b"".join(found)


def compressed(text: str) -> bytes:
    """A text in SCSU; lines are kept, other control characters raise ValueError."""
    if not _PRINTABLE.fullmatch(text):
        raise ValueError(f"a code holds no control characters (got {text[:60]!r})")
    if text.isascii():
        return text.encode()
    try:
        return _THAI_WINDOW + codecs.charmap_encode(text, "strict", _THAI)[0]
    except UnicodeEncodeError:
        return text.encode("SCSU")


def expanded(data: bytes) -> str:
    """The text in SCSU. Raises `MalformedCompact`."""
    try:
        text = _plain(data)
        if text is None:
            text = data.decode("SCSU")
    except (UnicodeError, ValueError, IndexError, KeyError) as error:
        raise MalformedCompact(f"a text of the code cannot be read ({error})") from error
    if not _PRINTABLE.fullmatch(text):
        raise MalformedCompact("a text of the code has control characters")
    return text


def _plain(data: bytes) -> str | None:
    """The text, where it is written as `compressed` writes Thai and ASCII: SCSU as a whole takes a hundred times as long."""
    try:
        if data.startswith(_THAI_WINDOW):
            return codecs.charmap_decode(data[len(_THAI_WINDOW) :], "strict", _FROM_THAI)[0]
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return None
    return text if _PRINTABLE.fullmatch(text) else None


def _protected(key: bytes) -> bytes:
    return cbor2.dumps({1: ALGORITHM, 4: key}, canonical=True)


def _to_be_signed(protected: bytes, address: str, payload: bytes) -> bytes:
    """The Sig_structure (RFC 9052, 4.4): the address is the external data, so that a payload does not fit
    under another."""
    return cbor2.dumps(["Signature1", protected, address.encode("ascii"), payload], canonical=True)


def _members(compact: Compact) -> dict[int, Any]:
    found: dict[int, Any] = {
        1: int((compact.made - _FIRST_INSTANT).total_seconds()),
        2: compact.license_type,
        3: compressed(compact.number),
        4: compact.qualifier,
        5: compressed(compact.licensees),
        6: compressed(compact.premises),
        7: compressed(compact.address),
        8: _day_number(compact.issued_on),
        9: _day_number(compact.valid_from),
        10: _day_number(compact.expires_on),
        11: compact.no_expiry or None,
        12: list(compact.status),
    }
    return {key: value for key, value in found.items() if value not in ("", b"", None)}


def _compact(payload: bytes) -> Compact:
    """Reads a payload whose signature was checked."""
    members = _read(payload, "its content")
    if not isinstance(members, dict):
        raise MalformedCompact("the code's content is no map")
    if not members.keys() <= _KINDS.keys():
        raise UnknownMethod("the code says something that this release does not know")
    for key, value in members.items():
        # `True` is an integer to Python.
        if type(value) is not _KINDS[key]:
            raise MalformedCompact(f"member {key} is of another kind (got {type(value).__name__})")
    if not {1, 2, 3, 12} <= members.keys():
        raise MalformedCompact("the code lacks when it was made, the type, the number or the status")
    status = members[12]
    if len(status) != 2 or not all(type(each) is int and 0 <= each < 1 << 32 for each in status):
        raise MalformedCompact("the status is a list of two numbers")
    try:
        return Compact(
            made=_FIRST_INSTANT + timedelta(seconds=members[1]),
            license_type=members[2],
            number=expanded(members[3]),
            qualifier=members.get(4, ""),
            licensees=expanded(members.get(5, b"")),
            premises=expanded(members.get(6, b"")),
            address=expanded(members.get(7, b"")),
            issued_on=_day(members, 8),
            valid_from=_day(members, 9),
            expires_on=_day(members, 10),
            no_expiry=members.get(11, False),
            status=(status[0], status[1]),
        )
    except OverflowError as error:
        raise MalformedCompact(f"a day or instant of the code is in no calendar ({error})") from error


_KINDS: Mapping[int, type] = {
    **{1: int, 2: str, 3: bytes, 4: str, 5: bytes, 6: bytes, 7: bytes},
    **{8: int, 9: int, 10: int, 11: bool, 12: list},
}
"""What each member is."""


def _day_number(day: date | None) -> int | None:
    return None if day is None else (day - _EPOCH).days


def _day(members: Mapping[int, Any], key: int) -> date | None:
    return _EPOCH + timedelta(days=members[key]) if key in members else None


def _read(data: bytes, what: str) -> Any:
    """CBOR in its deterministic form (RFC 8949, 4.2.1), and nothing after it."""
    try:
        with BytesIO(data) as stream:
            found = cbor2.CBORDecoder(stream).decode()
        if cbor2.dumps(found, canonical=True) != data:
            raise MalformedCompact(f"{what} is not in the one form that CBOR has for it")
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError, MemoryError) as error:
        raise MalformedCompact(f"{what} is no CBOR ({type(error).__name__}: {str(error)[:100]})") from error
    return found
