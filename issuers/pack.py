"""Writing inspector packs (docs/pack-format.md): deterministic, so that what did not change is the same part again."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verify import cbor
from verify.manifest import (
    AUTHORITIES,
    BITS,
    CODE_KEYS,
    FORM,
    ISSUED,
    OTHER_KEYS,
    TIMES,
    TYPES,
    Handover,
    Part,
    header,
    seconds,
    to_be_signed,
)
from verify.multikey import encode_public_key
from verify.pack import PURPOSES, USES, Authority, PackedKey, places
from verify.trust import CODES
from vocab.license import LocalText

AUTHORITIES_A_PART = 64
IDS_A_SEGMENT = 4_096
MOST_SEGMENTS = 1_024
MOST_IDS = 2_000_000
"""More ids than these get no filter: at 10 bits each it would be what a phone waits for (2.5 MB)."""
BITS_AN_ID = 10
"""With 7 hashes: of 1,000 ids that were never issued, 8 are not recognised as such."""
_NUMBER_OF_PURPOSE = {purpose: number for number, purpose in PURPOSES.items()}
_NUMBER_OF_USE = {use: number for number, use in USES.items()}


@dataclass(frozen=True, slots=True)
class ListBits:
    """A status list: its bits, and the instants of its credential."""

    authority: str
    purpose: str
    number: int
    bits: bytes
    made: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PackContents:
    """All that a pack says. `ids` are those in the codes of all licences that were ever published, None for no filter."""

    base: str
    authorities: Sequence[Authority]
    keys: Sequence[PackedKey]
    type_names: Mapping[str, LocalText]
    lists: Sequence[ListBits]
    ids: Sequence[str] | None


def packed_parts(contents: PackContents) -> dict[tuple[int, int], bytes]:
    """The parts, by kind and index."""
    buckets = _power(len(contents.authorities), AUTHORITIES_A_PART)
    found: dict[tuple[int, int], list[cbor.Value]] = defaultdict(list)
    for authority in sorted(contents.authorities, key=lambda each: each.code):
        said: dict[int, cbor.Value] = {1: authority.code, 4: sorted(authority.types), **_name(authority.name)}
        found[AUTHORITIES, _bucket(authority.code, buckets)].append(said)
    for key in sorted(contents.keys, key=lambda each: (each.authority, each.use, encode_public_key(each.public_key))):
        kind = CODE_KEYS if key.use == CODES else OTHER_KEYS
        found[kind, _bucket(key.authority, buckets)].append(_key(key))
    for code, name in sorted(contents.type_names.items()):
        found[TYPES, 0].append({1: code} | _name(name))
    for each in sorted(contents.lists, key=lambda each: (each.authority, each.purpose, each.number)):
        bucket = _bucket(each.authority, buckets)
        found[BITS, bucket].append(_list(each))
        found[TIMES, bucket] += (seconds(each.made), seconds(each.until))
    parts = {place: cbor.encoded(said) for place, said in found.items()}
    if contents.ids is not None and len(contents.ids) <= MOST_IDS:
        parts |= {(ISSUED, index): body for index, body in enumerate(filters(contents.ids))}
    return dict(sorted(parts.items()))


def signed_manifest(
    base: str,
    parts: Mapping[tuple[int, int], bytes],
    *,
    made: datetime,
    expires: datetime,
    stale_after: timedelta,
    is_demo: bool = False,
    handovers: Sequence[Handover] = (),
    public_key: bytes,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """The manifest of these parts, signed by the Ed25519 key whose public half is `public_key`; `handovers` lead to it."""
    listed = [Part(kind, index, hashlib.sha256(body).digest(), len(body)) for (kind, index), body in parts.items()]
    payload = cbor.encoded(
        {
            1: FORM,
            2: base,
            3: public_key,
            4: seconds(made),
            5: seconds(expires),
            6: int(stale_after.total_seconds()),
            7: [[part.kind, part.index, part.sha256, part.size] for part in listed],
            **({8: True} if is_demo else {}),
            **({9: [[each.key, seconds(each.at), each.signature] for each in handovers]} if handovers else {}),
        }
    )
    protected = header(public_key)
    return cbor.encoded([protected, {}, payload, sign(to_be_signed(protected, payload))])


def filters(ids: Iterable[str]) -> list[bytes]:
    """The segments of a Bloom filter that has all `ids` in it."""
    ids = list(ids)
    segments = min(_power(len(ids), IDS_A_SEGMENT), MOST_SEGMENTS)
    members: list[list[list[int]]] = [[] for _ in range(segments)]
    for each in ids:
        segment, numbers = places(each, segments)
        members[segment].append(list(numbers))
    return [_filter(each) for each in members]


def _filter(members: list[list[int]]) -> bytes:
    bits = bytearray(max(8, -(-len(members) * BITS_AN_ID // 8)))
    for numbers in members:
        for number in numbers:
            at = number % (8 * len(bits))
            bits[at >> 3] |= 0x80 >> (at & 7)
    return bytes(bits)


def _power(count: int, each: int) -> int:
    """The least power of two of parts that hold about `each` of `count` things."""
    return 1 << max(0, (-(-count // each) - 1).bit_length())


def _bucket(code: str, buckets: int) -> int:
    return int.from_bytes(hashlib.sha256(code.encode()).digest()[:4], "big") % buckets


def _key(key: PackedKey) -> dict[int, cbor.Value]:
    dates = {3: key.expires, 4: key.revoked}
    ends: dict[int, cbor.Value] = {member: seconds(instant) for member, instant in dates.items() if instant is not None}
    if isinstance(key.public_key, Ed25519PublicKey) and key.use == CODES:
        return {1: key.authority, 2: key.public_key.public_bytes_raw(), **ends}
    return {1: key.authority, 2: encode_public_key(key.public_key), **ends, 5: _NUMBER_OF_USE[key.use]}


def _list(each: ListBits) -> Mapping[int, cbor.Value]:
    purpose = _NUMBER_OF_PURPOSE[each.purpose]
    return {1: each.authority, 2: purpose, 3: each.number, 4: 8 * len(each.bits), 5: _deflated(each.bits)}


def _deflated(bits: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflater.compress(bits) + deflater.flush()


def _name(name: LocalText) -> dict[int, str]:
    return {member: text for member, text in ((2, name.th), (3, name.en)) if text}
