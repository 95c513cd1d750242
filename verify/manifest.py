"""The manifest of an inspector pack (docs/pack-format.md): who signed it, until when it is good, and the digest of each part."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verify import cbor
from verify.compact import ALGORITHM, key_id
from verify.cryptosuite import SIGNATURE_BYTES, require_fits
from verify.errors import InvalidSignature, PackAltered, PackExpired, PackMalformed, PackOfAnotherKey, PackOlder
from vocab.terms import CRYPTOSUITE_EDDSA

FORM: Final = 1
MAX_PACK_BYTES: Final = 64 << 20
MAX_MANIFEST_BYTES: Final = 1 << 20
MAX_PART_BYTES: Final = 16 << 20
MAX_PARTS: Final = 4_096
MAX_HANDOVERS: Final = 16
AUTHORITIES, CODE_KEYS, TYPES, BITS, TIMES, ISSUED, OTHER_KEYS = range(1, 8)
"""The kinds of parts."""
CONTEXT: Final = b"inspector pack"
"""The external data of the signature: what is signed so is a pack and nothing else."""
HANDOVER: Final = b"inspector pack handover"
"""That of a handover."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BASE = re.compile(r"https?://[a-z0-9.-]{1,253}(?::[0-9]{1,5})?", re.ASCII)
_CODE = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the manifest names it; `index` tells apart those of one kind."""

    kind: int
    index: int
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Handover:
    """An older key's word for the one after it: the 32 bytes of `key`, when, and its signature over `handover_to_be_signed`."""

    key: bytes
    at: datetime
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a signed manifest says. `raw` are its bytes, `key` the 32 bytes of the public key that signed it.

    `stale_after`: from this age on, what the pack says is called old. `is_demo`: all of it is made up. `handovers`, oldest first:
    each key handed over to that of the next, the last one to `key`.
    """

    base: str
    key: bytes
    made: datetime
    expires: datetime
    stale_after: timedelta
    parts: tuple[Part, ...]
    is_demo: bool
    handovers: tuple[Handover, ...]
    raw: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of the parts together."""
        return sum(part.size for part in self.parts)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys that may be expected of it, oldest first: those that handed over, and the one that signed it."""
        return (*(each.key for each in self.handovers), self.key)

    def lacking(self, have: Iterable[bytes]) -> list[Part]:
        """The parts that somebody who has parts with these digests still has to fetch."""
        known = set(have)
        return [part for part in self.parts if part.sha256 not in known]


def fingerprint(key: bytes) -> str:
    """How people compare the key of a pack: half of its SHA-256, in groups of four."""
    digits = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def told_fingerprint(text: str) -> str:
    """What somebody was told of a key: its 32 hexadecimal digits. Blanks and colons are allowed; all else raises ValueError."""
    digits = re.sub(r"[\s:]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{32}", digits):
        raise ValueError(f"a fingerprint has 32 hexadecimal digits (got {text[:80]!r})")
    return digits


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure (RFC 9052, 4.4) of a manifest."""
    return cbor.encoded(["Signature1", protected, CONTEXT, payload])


def handover_to_be_signed(base: str, key: bytes, following: bytes, at: datetime) -> bytes:
    """What `key` signs so that whoever expects it at the register `base` expects the key `following` from then on."""
    return cbor.encoded(["Signature1", header(key), HANDOVER, cbor.encoded([base, following, seconds(at)])])


def header(key: bytes) -> bytes:
    """The protected header of whatever this key signs."""
    return cbor.encoded({1: ALGORITHM, 4: key_id(key)})


def open_manifest(
    raw: bytes,
    at: datetime,
    *,
    key: bytes | None = None,
    fingerprint_of_key: str | None = None,
    held: datetime | None = None,
) -> Manifest:
    """The manifest, if it may be used at `at` (aware).

    `key` is the key that is expected, None at the first use; `fingerprint_of_key` is what somebody was told of it (ValueError for
    what is none). It signed the manifest, or handed over to the one that did; that one is kept by the caller, and expected from
    then on. `held` is when the pack that is already there was made. Raises `PackMalformed`, `PackOfAnotherKey`, `PackAltered`,
    `PackOlder`, `PackExpired`, in this order.
    """
    told = None if fingerprint_of_key is None else told_fingerprint(fingerprint_of_key)
    if len(raw) > MAX_MANIFEST_BYTES:
        raise PackMalformed(f"a manifest has {MAX_MANIFEST_BYTES} bytes at most (got {len(raw)})")
    outer = read(raw, "the manifest", levels=2)
    if not isinstance(outer, list) or len(outer) != 4 or outer[1] != {}:
        raise PackMalformed("the manifest is no COSE_Sign1")
    protected, _, payload, signature = outer
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise PackMalformed("the manifest is no COSE_Sign1 (expected three byte strings)")
    found = _manifest(read(payload, "the manifest's content"), raw)
    if protected != header(found.key) or len(signature) != SIGNATURE_BYTES:
        raise PackMalformed("the manifest's header or signature is of another form")
    if (key is not None and key not in found.keys) or (
        told is not None and told not in {told_fingerprint(fingerprint(each)) for each in found.keys}
    ):
        raise PackOfAnotherKey(
            f"the pack is signed by another key than the expected one (its own: {fingerprint(found.key)})"
        )
    _require_signed(signature, to_be_signed(protected, payload), found.key, "the pack's signature")
    for each, following in zip(found.handovers, found.keys[1:], strict=True):
        said = handover_to_be_signed(found.base, each.key, following, each.at)
        _require_signed(each.signature, said, each.key, "the signature of a handover to another key")
    if held is not None and found.made < held:
        raise PackOlder(
            f"the pack is older than the one at hand (made {found.made.isoformat()}, held {held.isoformat()})"
        )
    if at > found.expires:
        raise PackExpired(f"the pack expired at {found.expires.isoformat()}: get it anew")
    return found


def split_whole(raw: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """The manifest and the parts, by digest, of a pack in one file. Raises `PackMalformed`. Nothing of it is checked yet."""
    if len(raw) > MAX_PACK_BYTES:
        raise PackMalformed(f"a pack has {MAX_PACK_BYTES} bytes at most (got {len(raw)})")
    # Judged by nobody yet, so it must not cost more than what it can be: byte strings, of which two bytes say how many there are.
    if raw[:1] and not 0x80 <= raw[0] <= 0x99:
        raise PackMalformed("this file is no pack (expected a manifest and its parts)")
    found = read(raw, "the file", levels=1)
    if not isinstance(found, list) or not found or not all(isinstance(each, bytes) for each in found):
        raise PackMalformed("this file is no pack (expected a manifest and its parts)")
    manifest, *parts = found
    return manifest, {hashlib.sha256(part).digest(): part for part in parts}


def whole(manifest: Manifest, parts: Mapping[bytes, bytes]) -> bytes:
    """The pack as one file: the manifest and each part, in the manifest's order. KeyError where a part is missing."""
    return cbor.encoded([manifest.raw, *(parts[part.sha256] for part in manifest.parts)])


def _require_signed(signature: bytes, said: bytes, key: bytes, what: str) -> None:
    try:
        require_fits(signature, said, public_key(key), CRYPTOSUITE_EDDSA)
    except InvalidSignature as error:
        raise PackAltered(f"{what} does not fit: the pack was altered on its way") from error


def _manifest(said: Any, raw: bytes) -> Manifest:
    kinds: dict[int, type] = {1: int, 2: str, 3: bytes, 4: int, 5: int, 6: int, 7: list, 8: bool, 9: list}
    members = as_map(said, kinds, set(range(1, 8)))
    if members[1] != FORM:
        raise PackMalformed(f"the pack is of another release (got form {members[1]}, expected {FORM})")
    if not _BASE.fullmatch(members[2]) or len(members[3]) != 32:
        raise PackMalformed("the manifest names no register, or no key")
    if len(members[7]) > MAX_PARTS:
        raise PackMalformed(f"a pack has {MAX_PARTS} parts at most (got {len(members[7])})")
    parts = tuple(_part(each) for each in members[7])
    places = [(part.kind, part.index) for part in parts]
    if sorted(set(places)) != places or sum(part.size for part in parts) > MAX_PACK_BYTES:
        raise PackMalformed("the manifest's parts are in disorder, stand twice or are too large")
    if 9 in members and not 1 <= len(members[9]) <= MAX_HANDOVERS:
        raise PackMalformed(
            f"a pack has 1 to {MAX_HANDOVERS} handovers, or says nothing of them (got {len(members[9])})"
        )
    handovers = tuple(_handover(each) for each in members.get(9, []))
    if len({members[3], *(each.key for each in handovers)}) <= len(handovers):
        raise PackMalformed("the pack's handovers go round in a circle: a key stands there twice")
    return Manifest(
        base=members[2],
        key=members[3],
        made=instant(members[4]),
        expires=instant(members[5]),
        stale_after=timedelta(seconds=natural(members[6])),
        parts=parts,
        is_demo=8 in members,
        handovers=handovers,
        raw=raw,
    )


def _handover(said: Any) -> Handover:
    if not isinstance(said, list) or len(said) != 3:
        raise PackMalformed("a handover is a key, an instant and a signature")
    key, at, signature = said
    if not isinstance(key, bytes) or len(key) != 32 or not isinstance(signature, bytes):
        raise PackMalformed("a handover is a key, an instant and a signature")
    if len(signature) != SIGNATURE_BYTES:
        raise PackMalformed(f"a signature has {SIGNATURE_BYTES} bytes (got {len(signature)})")
    return Handover(key, instant(at), signature)


def _part(said: Any) -> Part:
    if not isinstance(said, list) or len(said) != 4:
        raise PackMalformed("a part is named by four values")
    kind, index, sha256, size = said
    if not isinstance(sha256, bytes) or len(sha256) != 32 or natural(size) > MAX_PART_BYTES:
        raise PackMalformed("a part is named by its digest and its size")
    if natural(kind) not in range(AUTHORITIES, OTHER_KEYS + 1):
        raise PackMalformed(f"the pack is of another release (a part of kind {kind})")
    return Part(kind, natural(index), sha256, size)


def public_key(raw: bytes) -> Ed25519PublicKey:
    """The Ed25519 key of 32 bytes."""
    if len(raw) != 32:
        raise PackMalformed(f"a key has 32 bytes (got {len(raw)})")
    return Ed25519PublicKey.from_public_bytes(raw)


def read(raw: bytes, what: str, *, levels: int = cbor.MAX_DEPTH) -> Any:
    """The value in `raw`, with lists and maps in so many levels at most. Here as below, what is of another form is a
    `PackMalformed`."""
    try:
        return cbor.decoded(raw, levels=levels)
    except cbor.CborRefused as error:
        raise PackMalformed(f"{what} is not as packs are written: {error}") from error


def as_list(said: Any) -> list[Any]:
    """A list."""
    if not isinstance(said, list):
        raise PackMalformed("a part of the pack is no list")
    return said


def as_map(said: Any, kinds: Mapping[int, type], needed: set[int]) -> dict[int, Any]:
    """A map whose members are of their kinds, and none of the needed missing."""
    if not isinstance(said, dict) or not needed <= said.keys() or not said.keys() <= kinds.keys():
        raise PackMalformed("the pack lacks something, or says something that is not known here")
    # `True` is an integer to Python.
    if any(type(value) is not kinds[key] for key, value in said.items()):
        raise PackMalformed("the pack says something in another form")
    return said


def as_code(said: Any) -> str:
    """The code of an authority or a type."""
    if not isinstance(said, str) or not _CODE.fullmatch(said):
        raise PackMalformed("a code in the pack is of another form")
    return said


def natural(said: Any) -> int:
    """A number from 0."""
    if type(said) is not int or said < 0:
        raise PackMalformed("the pack has something else where a number is expected")
    return said


def instant(said: Any) -> datetime:
    """An instant, from seconds since 1970."""
    return _EPOCH + timedelta(seconds=natural(said))


def seconds(at: datetime) -> int:
    """The reverse of `instant`."""
    return int((at - _EPOCH).total_seconds())
