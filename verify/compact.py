"""The compact payload of a QR code: what stands behind the `#` of `HTTPS://HOST/C/<id>#<digits>`, written and read.

docs/qr-format.md has the format for those who implement it elsewhere. Digits stand for bytes, these are a COSE_Sign1 (RFC 9052)
over a map of CBOR (RFC 8949) in its deterministic form, with texts in SCSU (UTS 6); the address before the `#` is signed with it.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from verify import cbor, scsu
from verify.cryptosuite import SIGNATURE_BYTES, require_fits
from verify.errors import MalformedCompact, UnknownMethod
from verify.multikey import PublicKey
from vocab.terms import CRYPTOSUITE_EDDSA

_ID = "[0-9a-hjkmnp-tv-z]{26}"
_ADDRESS = re.compile(
    rf"(https?)://([0-9a-z.\-]{{1,253}}(?::[0-9]{{1,5}})?)/c/({_ID})/?(?:\?.*)?", re.ASCII | re.IGNORECASE | re.DOTALL
)
_LIKE_A_CODE = re.compile(
    rf"https?://[^/?#\\]+/c/(?:{_ID}/?(?:\?[^#]*)?|[^#]*#.*)", re.ASCII | re.IGNORECASE | re.DOTALL
)
_DEFAULT_PORTS = {"HTTP": ":80", "HTTPS": ":443"}
_DIGITS_ONLY = re.compile(r"[0-9]*")
_BLANKS = re.compile("[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+")
"""What programs for messages put into a long text, or around it."""
MAX_BYTES = 1_024
"""Of a whole payload. Ours have 200 to 400; what is larger makes a code that no phone reads from a wall."""
MAX_CHARACTERS = 4_096
"""Of all that was scanned or pasted, blanks left out."""
ALGORITHM = -19
"""Ed25519 (RFC 9864, 2.2): the one algorithm."""
KEY_ID_BYTES = 8
LICENSEES, PREMISES, ADDRESS_LINES = 5, 6, 7
LEFT_OUT = frozenset({LICENSEES, PREMISES, ADDRESS_LINES})
"""The members that a code can do without, where it would be too large."""
LONGEST_DISPLAY = 300
"""Seconds for which a code that was made for a screen may be good."""
_GROUP_BYTES, _GROUP_DIGITS = 7, 17
_DIGITS = (0, 3, 5, 8, 10, 13, 15, 17)
"""How many digits so many bytes take."""
_EPOCH = date(1970, 1, 1)
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS: Final = ((date.min - _EPOCH).days, (date.max - _EPOCH).days)
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""What no text of a code has. Lines are kept: several names stand on one each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """What a QR code says of a licence. `made` is when it was signed; several names or premises stand on a line each.

    The authority is not said: it is that of the key. `status` is the number of its status lists and its index in them.
    `left_out` says which texts (`LEFT_OUT`) the licence has and the code had no room for. `shown_until` is set in a code
    that was made for a screen, and is good until then.
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
    left_out: frozenset[int] = frozenset()
    shown_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload whose signature is still to be checked: nothing in `payload` is to be believed before."""

    key_id: bytes
    payload: bytes
    signature: bytes
    to_be_signed: bytes

    def opened(self, key: PublicKey) -> Compact:
        """What it says, where the key signed it. Raises `InvalidSignature`, `MalformedCompact`, `UnknownMethod`."""
        self.require_signed(key)
        return _compact(self.payload)

    def require_signed(self, key: PublicKey) -> None:
        """Raises `InvalidSignature` unless the key signed it, `KeyNotUsable` for a key of another kind."""
        require_fits(self.signature, self.to_be_signed, key, CRYPTOSUITE_EDDSA)


def key_id(public_key: bytes) -> bytes:
    """How a payload names the key that signed it: the beginning of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES]


def split_address(scanned: str) -> tuple[str, str]:
    """The address of a code in capitals, without what was added to it, and its digits; no digits where it has only an address.
    Raises `MalformedCompact`.

    Browsers and chats write it in their own ways (docs/qr-format.md, section 1). Nothing more is believed for that: the signature
    covers the address that comes out.
    """
    text = without_blanks(scanned)
    if len(text) > MAX_CHARACTERS:
        raise MalformedCompact(f"this is longer than any code of a licence (at most {MAX_CHARACTERS} characters)")
    address, _, digits = text.partition("#")
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise MalformedCompact(
            f"this is no code of a licence (got {address[:60]!r}, expected HTTPS://host/C/ and 26 characters)"
        )
    way, host, check_id = (part.upper() for part in match.groups())
    return f"{way}://{host.removesuffix(_DEFAULT_PORTS[way])}/C/{check_id}", digits


def signed_address(address: str, base: str) -> str | None:
    """An address of `split_address` as the register at `base` signs it, by whichever of http and https it was written; None where
    it is of another register."""
    own, rest = base.upper(), address.partition("://")[2]
    return f"{own}/C/{rest[-26:]}" if rest.startswith(f"{own.partition('://')[2]}/C/") else None


def is_code(text: str) -> bool:
    """Whether a text has the form of a code, damaged or too long perhaps, or of its address: no document is fetched there."""
    return _LIKE_A_CODE.fullmatch(without_blanks(text)) is not None


def without_blanks(text: str) -> str:
    """A text without any blanks and line breaks, also those of no width."""
    return _BLANKS.sub("", text)


def seal(compact: Compact, address: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """A payload that is signed for this address. Raises ValueError for what a code does not hold."""
    if split_address(address) != (address, ""):
        raise ValueError(f"a code is signed for an address in capitals, with nothing behind it (got {address[:300]!r})")
    payload = cbor.encoded(_members(compact))
    protected = _protected(key_id(public_key))
    signature = sign(_to_be_signed(protected, address, payload))
    return cbor.encoded([protected, {}, payload, signature])


def size(compact: Compact) -> int:
    """How many bytes it has once it is sealed, whatever the key and the address."""
    return len(
        cbor.encoded([_protected(bytes(KEY_ID_BYTES)), {}, cbor.encoded(_members(compact)), bytes(SIGNATURE_BYTES)])
    )


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
    whole = len(data) // _GROUP_BYTES * _GROUP_BYTES
    found = [f"{int.from_bytes(data[at : at + 7], 'big'):017d}" for at in range(0, whole, _GROUP_BYTES)]
    rest = data[whole:]
    return "".join(found) + (f"{int.from_bytes(rest, 'big'):0{_DIGITS[len(rest)]}d}" if rest else "")


def digits_of(size: int) -> int:
    """How many digits so many bytes are."""
    return size // _GROUP_BYTES * _GROUP_DIGITS + _DIGITS[size % _GROUP_BYTES]


def from_digits(digits: str) -> bytes:
    """The bytes of `to_digits`. Raises `MalformedCompact` for anything that it does not write."""
    if not _DIGITS_ONLY.fullmatch(digits):
        raise MalformedCompact("the code holds something else than digits")
    if len(digits) > MAX_BYTES * _GROUP_DIGITS // _GROUP_BYTES + 1:
        raise MalformedCompact(f"the code is longer than any of ours (got {len(digits)} digits)")
    rest = len(digits) % _GROUP_DIGITS
    if rest not in _DIGITS:
        raise MalformedCompact("the code was cut off (so many digits stand for no number of bytes)")
    whole = len(digits) - rest
    try:
        found = [
            int(digits[at : at + _GROUP_DIGITS]).to_bytes(_GROUP_BYTES, "big") for at in range(0, whole, _GROUP_DIGITS)
        ]
        found += [int(digits[whole:]).to_bytes(_DIGITS.index(rest), "big")] if rest else []
    except OverflowError:
        raise MalformedCompact("the code holds a number that stands for no bytes") from None
    return b"".join(found)


def _compressed(text: str) -> bytes:
    """A text in SCSU. Raises ValueError for control characters, but for the ends of lines."""
    if _CONTROL.search(text):
        raise ValueError(f"a code holds no control characters (got {text[:60]!r})")
    return scsu.compressed(text)


def _expanded(data: bytes) -> str:
    """The text in SCSU. Raises `MalformedCompact`."""
    try:
        text = scsu.expanded(data)
    except scsu.ScsuRefused as error:
        raise MalformedCompact(f"a text of the code cannot be read ({error})") from error
    if _CONTROL.search(text):
        raise MalformedCompact("a text of the code has control characters")
    return text


def _protected(key: bytes) -> bytes:
    return cbor.encoded({1: ALGORITHM, 4: key})


def _to_be_signed(protected: bytes, address: str, payload: bytes) -> bytes:
    """The Sig_structure (RFC 9052, 4.4): the address is the external data, so that a payload does not fit
    under another."""
    return cbor.encoded(["Signature1", protected, address.encode("ascii"), payload])


def _members(compact: Compact) -> dict[int, Any]:
    found: dict[int, Any] = {
        1: _seconds(compact.made),
        2: compact.license_type,
        3: _compressed(compact.number),
        4: compact.qualifier,
        5: _compressed(compact.licensees),
        6: _compressed(compact.premises),
        7: _compressed(compact.address),
        8: _day_number(compact.issued_on),
        9: _day_number(compact.valid_from),
        10: _day_number(compact.expires_on),
        11: compact.no_expiry or None,
        12: list(compact.status),
        13: sorted(compact.left_out),
        14: _seconds(compact.shown_until) if compact.shown_until else None,
    }
    return {key: value for key, value in found.items() if value not in ("", b"", None, [])}


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
    status = _numbers(members, 12)
    if len(status) != 2:
        raise MalformedCompact(f"the status is a list of two numbers (got {len(status)})")
    left_out = _numbers(members, 13)
    if not LEFT_OUT.issuperset(left_out) or sorted(set(left_out)) != left_out:
        raise MalformedCompact("what was left out is told by the numbers of texts, in their order")
    if members[1] < 0:
        raise MalformedCompact("the code was made before there were codes")
    if 14 in members and not 0 < members[14] - members[1] <= LONGEST_DISPLAY:
        raise MalformedCompact(f"what is made for a screen is good for 1 to {LONGEST_DISPLAY} seconds")
    return Compact(
        made=_FIRST_INSTANT + timedelta(seconds=members[1]),
        license_type=members[2],
        number=_expanded(members[3]),
        qualifier=members.get(4, ""),
        licensees=_expanded(members.get(5, b"")),
        premises=_expanded(members.get(6, b"")),
        address=_expanded(members.get(7, b"")),
        issued_on=_day(members, 8),
        valid_from=_day(members, 9),
        expires_on=_day(members, 10),
        no_expiry=members.get(11, False),
        status=(status[0], status[1]),
        left_out=frozenset(left_out),
        shown_until=_FIRST_INSTANT + timedelta(seconds=members[14]) if 14 in members else None,
    )


_KINDS: Final[Mapping[int, type]] = {
    **{1: int, 2: str, 3: bytes, 4: str, 5: bytes, 6: bytes, 7: bytes},
    **{8: int, 9: int, 10: int, 11: bool, 12: list, 13: list, 14: int},
}
"""What each member is."""


def _numbers(members: Mapping[int, Any], key: int) -> Sequence[int]:
    found: list[int] = members.get(key, [])
    if not all(type(each) is int and each >= 0 for each in found):
        raise MalformedCompact(f"member {key} is a list of numbers from 0")
    return found


def _seconds(instant: datetime) -> int:
    return int((instant - _FIRST_INSTANT).total_seconds())


def _day_number(day: date | None) -> int | None:
    return None if day is None else (day - _EPOCH).days


def _day(members: Mapping[int, Any], key: int) -> date | None:
    if key not in members:
        return None
    if not _DAYS[0] <= members[key] <= _DAYS[1]:
        raise MalformedCompact(f"a day of the code is in no calendar (got {members[key]})")
    return _EPOCH + timedelta(days=members[key])


def _read(data: bytes, what: str) -> Any:
    try:
        return cbor.decoded(data)
    except cbor.CborRefused as error:
        raise MalformedCompact(f"{what} is not as our codes are written: {error}") from error
