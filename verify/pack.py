"""The inspector pack: what is needed to judge codes and credentials without a network, once its manifest's signature was right.

docs/pack-format.md has the format, in the CBOR of codes (`verify.cbor`). Nothing of a part is used before its digest is right.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from verify.controlled_identifier import VerificationKey
from verify.errors import MalformedProof, PackAltered, PackMalformed, StatusUnavailable
from verify.manifest import (
    AUTHORITIES,
    BITS,
    CODE_KEYS,
    ISSUED,
    OTHER_KEYS,
    TIMES,
    TYPES,
    Manifest,
    as_code,
    as_list,
    as_map,
    instant,
    public_key,
    read,
)
from verify.multikey import PublicKey, decode_public_key, encode_public_key
from verify.proof import ASSERTION
from verify.status import MAXIMUM_BITS, MINIMUM_BITS, StatusList
from verify.trust import CODES, CREDENTIALS, STATUS_LISTS, Issuer, KnownRegister
from vocab.license import LocalText
from vocab.resource import authority_iri, did_web, license_type_iri, status_list_iri

PURPOSES: Final = {1: "revocation", 2: "suspension"}
USES: Final = {1: CREDENTIALS, 2: STATUS_LISTS}
"""What keys sign, apart from codes."""
HASHES: Final = 7
"""How many bits of a filter each id sets."""


def read_pack(manifest: Manifest, parts: Mapping[bytes, bytes]) -> "Pack":
    """The pack, of a manifest that `open_manifest` returned. Raises `PackAltered` for a part that is not the one that is named,
    or missing, and `PackMalformed`."""
    contents: dict[tuple[int, int], bytes] = {}
    for part in manifest.parts:
        body = parts.get(part.sha256)
        if body is None or len(body) != part.size or hashlib.sha256(body).digest() != part.sha256:
            raise PackAltered(f"a part of the pack is missing or altered (kind {part.kind}, number {part.index})")
        contents[part.kind, part.index] = body
    base = manifest.base
    authorities = [
        Authority(as_code(each[1]), _name(each), tuple(as_code(one) for one in each[4]))
        for each in _members(contents, AUTHORITIES, {1: str, 2: str, 3: str, 4: list}, {1, 4})
    ]
    keys: dict[str, list[PackedKey]] = {each.code: [] for each in authorities}
    for key in _keys(contents):
        if key.authority not in keys:
            raise PackMalformed(f"a key of the pack is nobody's (got {key.authority!r})")
        keys[key.authority].append(key)
    knows_all = any(kind == OTHER_KEYS for kind, _ in contents)
    issuers = (_issuer(base, each, keys[each.code], has_other_keys=not knows_all) for each in authorities)
    return Pack(
        base=base,
        as_of=manifest.made,
        manifest=manifest,
        issuers={issuer.did: issuer for issuer in issuers},
        type_names={as_code(each[1]): _name(each) for each in _members(contents, TYPES, {1: str, 2: str, 3: str}, {1})},
        lists=dict(_lists(base, contents)),
        filters=[body for (kind, _), body in sorted(contents.items()) if kind == ISSUED],
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority as a pack tells of it: its code, name, and the codes of the types that it may grant."""

    code: str
    name: LocalText
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackedKey:
    """A key of an authority (its code), and what alone it signs: `qr`, `credential` or `status-list`."""

    authority: str
    use: str
    public_key: PublicKey
    expires: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class PackedList:
    """The bits of a status list of `issuer` (a DID), compressed; `made` and `until` are those of the list itself."""

    issuer: str
    purpose: str
    made: datetime
    until: datetime
    count: int
    compressed: bytes

    def bits(self) -> bytes:
        """Raises `StatusUnavailable` where they are not what was announced."""
        inflater = zlib.decompressobj(wbits=-15)
        try:
            bits = inflater.decompress(self.compressed, self.count // 8 + 1)
        except zlib.error as error:
            raise StatusUnavailable(f"the pack's status list cannot be read ({error})") from error
        if not inflater.eof or inflater.unused_data or len(bits) * 8 != self.count:
            raise StatusUnavailable("the pack's status list is of another length than it says")
        return bits


@dataclass(frozen=True, kw_only=True)
class Pack(KnownRegister):
    """An opened pack: a `verify.trust.Trust`, good for as long as its manifest says."""

    manifest: Manifest
    type_names: Mapping[str, LocalText]
    lists: Mapping[str, PackedList]
    filters: Sequence[bytes]

    def status_list(self, url: str, at: datetime) -> bytes:
        return self.resolver.status_list(url, at)

    def known_list(self, url: str, at: datetime) -> StatusList | None:
        found = self.lists.get(url)
        if found is None:
            if url.startswith(f"{self.base}/"):
                raise StatusUnavailable(f"the pack has no status list {url[:200]}")
            return None
        return StatusList(
            url=url,
            issuer=found.issuer,
            purpose=found.purpose,
            as_of=found.made,
            bits=found.bits(),
            is_over=at > found.until,
        )

    def may_be_issued(self, check_id: str) -> bool:
        # Without filters nothing is known.
        return not self.filters or is_in(self.filters, check_id)


def places(check_id: str, segments: int) -> tuple[int, Iterator[int]]:
    """Which segment of a filter an id belongs to, and the numbers whose remainders are its bits there."""
    digest = hashlib.sha256(check_id.encode()).digest()
    segment, first, step = (int.from_bytes(digest[at : at + 4], "big") for at in (0, 4, 8))
    return segment % segments, (first + n * (step | 1) for n in range(HASHES))


def is_in(filters: Sequence[bytes], check_id: str) -> bool:
    """Whether a filter has the id: False is certain, True is wrong for one stranger in 100."""
    segment, numbers = places(check_id, len(filters))
    bits = filters[segment]
    return all(bits[(at := number % (8 * len(bits))) >> 3] & (0x80 >> (at & 7)) for number in numbers)


def _members(
    contents: Mapping[tuple[int, int], bytes], kind: int, kinds: Mapping[int, type], needed: set[int]
) -> Iterator[dict[int, Any]]:
    """The maps that the parts of one kind list."""
    for (each, index), body in sorted(contents.items()):
        if each == kind:
            for said in as_list(read(body, f"part {index} of kind {kind}")):
                yield as_map(said, kinds, needed)


def _lists(base: str, contents: Mapping[tuple[int, int], bytes]) -> Iterator[tuple[str, PackedList]]:
    kinds = {1: str, 2: int, 3: int, 4: int, 5: bytes}
    for (kind, index), body in sorted(contents.items()):
        if kind != BITS:
            continue
        lists = [as_map(each, kinds, set(kinds)) for each in as_list(read(body, f"part {index} of lists"))]
        times = as_list(read(contents.get((TIMES, index), b"\x80"), f"part {index} of instants"))
        if len(times) != 2 * len(lists):
            raise PackMalformed("the pack's lists and their instants are not as many")
        for each, made, until in zip(lists, times[::2], times[1::2], strict=True):
            if each[2] not in PURPOSES or each[4] % 8 or not MINIMUM_BITS <= each[4] <= MAXIMUM_BITS or each[3] < 1:
                raise PackMalformed("a status list of the pack is of another form")
            code, purpose = as_code(each[1]), PURPOSES[each[2]]
            found = PackedList(did_web(base, code), purpose, instant(made), instant(until), each[4], each[5])
            yield status_list_iri(base, code, purpose, each[3]), found


def _keys(contents: Mapping[tuple[int, int], bytes]) -> Iterator[PackedKey]:
    for said in _members(contents, CODE_KEYS, {1: str, 2: bytes, 3: int, 4: int}, {1, 2}):
        yield PackedKey(as_code(said[1]), CODES, public_key(said[2]), *_ends(said))
    for said in _members(contents, OTHER_KEYS, {1: str, 2: str, 3: int, 4: int, 5: int}, {1, 2, 5}):
        if said[5] not in USES:
            raise PackMalformed(f"a key of the pack signs something that is not known here (got {said[5]})")
        try:
            public = decode_public_key(said[2])
        except MalformedProof as error:
            raise PackMalformed(f"a key of the pack is none ({error})") from error
        yield PackedKey(as_code(said[1]), USES[said[5]], public, *_ends(said))


def _ends(said: Mapping[int, Any]) -> list[datetime | None]:
    return [instant(said[member]) if member in said else None for member in (3, 4)]


def _issuer(base: str, authority: Authority, keys: Sequence[PackedKey], *, has_other_keys: bool) -> Issuer:
    did = did_web(base, authority.code)
    named = {f"{did}#{encode_public_key(key.public_key)}": key for key in keys}
    return Issuer(
        did=did,
        name=authority.name,
        authority=authority_iri(base, authority.code),
        may_grant=frozenset(license_type_iri(base, each) for each in authority.types),
        keys={
            method: VerificationKey(
                id=method,
                public_key=key.public_key,
                purposes=frozenset({ASSERTION}),
                expires=key.expires,
                revoked=key.revoked,
            )
            for method, key in named.items()
        },
        uses={method: key.use for method, key in named.items()},
        has_other_keys=has_other_keys,
    )


def _name(said: Mapping[int, Any]) -> LocalText:
    try:
        return LocalText(th=said.get(2, ""), en=said.get(3, ""))
    except ValueError as error:
        raise PackMalformed("a name in the pack is empty in both languages") from error
