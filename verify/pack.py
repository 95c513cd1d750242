"""The inspector pack: what a phone without a network needs to judge codes, opened once its manifest's signature was right.

docs/pack-format.md has the format, in the CBOR of codes (`verify.cbor`). Nothing of a part is used before its digest is right.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verify.compact import key_id
from verify.controlled_identifier import VerificationKey
from verify.document import Document
from verify.errors import KeyUnknown, PackAltered, PackMalformed, StatusUnavailable, UnknownIssuer
from verify.manifest import (
    AUTHORITIES,
    BITS,
    ISSUED,
    KEYS,
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
from verify.multikey import encode_public_key
from verify.proof import ASSERTION
from verify.resolver import Resolver
from verify.status import MAXIMUM_BITS, MINIMUM_BITS, StatusList
from verify.trust import CODES, Issuer
from vocab.license import LocalText
from vocab.resource import authority_iri, did_web, license_type_iri, status_list_iri

PURPOSES: Final = {1: "revocation", 2: "suspension"}
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
    mandates: dict[str, Authority] = {}
    for each in _members(contents, AUTHORITIES, {1: str, 2: str, 3: str, 4: list}, {1, 4}):
        code = as_code(each[1])
        mandates[code] = Authority(code, _name(each), tuple(as_code(one) for one in each[4]))
    keys = [_key(base, each) for each in _members(contents, KEYS, {1: str, 2: bytes, 3: int, 4: int}, {1, 2})]
    return Pack(
        manifest=manifest,
        authorities=mandates,
        keys=keys,
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
class PackedList:
    """The bits of a status list, compressed; `made` and `until` are those of the list itself."""

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
class Pack:
    """An opened pack: `verify.trust.Trust` for codes. It has the authorities' keys for codes and no others, so a credential's own
    signature cannot be checked with it."""

    manifest: Manifest
    authorities: Mapping[str, Authority]
    keys: Sequence[tuple[str, VerificationKey]]
    type_names: Mapping[str, LocalText]
    lists: Mapping[str, PackedList]
    filters: Sequence[bytes]
    resolver: Resolver = field(default_factory=Resolver)
    live: bool = False
    issuers: Mapping[str, Issuer] = field(init=False, repr=False)
    code_keys: Mapping[bytes, tuple[str, VerificationKey]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        own: dict[str, dict[str, VerificationKey]] = {code: {} for code in self.authorities}
        for code, key in self.keys:
            if code not in own:
                raise PackMalformed(f"a key of the pack is nobody's (got {code!r})")
            own[code][key.id] = key
        issuers = {
            did_web(self.manifest.base, code): self._issuer(each, own[code]) for code, each in self.authorities.items()
        }
        object.__setattr__(self, "issuers", issuers)
        object.__setattr__(self, "code_keys", {_id_of(key): (code, key) for code, key in self.keys})

    def _issuer(self, authority: Authority, keys: Mapping[str, VerificationKey]) -> Issuer:
        base, code = self.manifest.base, authority.code
        return Issuer(
            did=did_web(base, code),
            name=authority.name,
            authority=authority_iri(base, code),
            may_grant=frozenset(license_type_iri(base, each) for each in authority.types),
            keys=keys,
            uses=dict.fromkeys(keys, CODES),
            has_other_keys=True,
        )

    @property
    def base(self) -> str:
        return self.manifest.base

    @property
    def bases(self) -> frozenset[str]:
        return frozenset({self.manifest.base})

    @property
    def as_of(self) -> datetime:
        return self.manifest.made

    def issuer(self, did: str) -> Issuer:
        try:
            return self.issuers[did]
        except KeyError:
            raise UnknownIssuer(f"issuer is none of the authorities of {self.base} (got {did[:120]})") from None

    def code_key(self, key_id: bytes) -> tuple[Issuer, VerificationKey]:
        try:
            code, key = self.code_keys[key_id]
            return self.issuers[did_web(self.base, code)], key
        except KeyError:
            raise KeyUnknown(
                f"the pack of {self.as_of.isoformat()} does not have the key of this code ({key_id.hex()})"
            ) from None

    def stranger(self, did: str, at: datetime) -> Mapping[str, VerificationKey]:
        return self.resolver.keys(did, at)

    def status_list(self, url: str, at: datetime) -> bytes:
        return self.resolver.status_list(url, at)

    def known_list(self, url: str, at: datetime) -> StatusList | None:
        found = self.lists.get(url)
        if found is None:
            if url.startswith(f"{self.base}/"):
                raise StatusUnavailable(f"the pack has no status list {url[:200]}")
            return None
        return StatusList(url=url, purpose=found.purpose, as_of=found.made, bits=found.bits(), is_over=at > found.until)

    def may_be_issued(self, check_id: str) -> bool:
        # Without filters nothing is known.
        return not self.filters or is_in(self.filters, check_id)

    def recorded_before(self, document: Document, instant: datetime) -> bool:
        return False


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
            purpose = PURPOSES[each[2]]
            found = PackedList(purpose, instant(made), instant(until), each[4], each[5])
            yield status_list_iri(base, as_code(each[1]), purpose, each[3]), found


def _key(base: str, said: Mapping[int, Any]) -> tuple[str, VerificationKey]:
    code, public = as_code(said[1]), public_key(said[2])
    key = VerificationKey(
        id=f"{did_web(base, code)}#{encode_public_key(public)}",
        public_key=public,
        purposes=frozenset({ASSERTION}),
        expires=instant(said[3]) if 3 in said else None,
        revoked=instant(said[4]) if 4 in said else None,
    )
    return code, key


def _id_of(key: VerificationKey) -> bytes:
    public = key.public_key
    return key_id(public.public_bytes_raw()) if isinstance(public, Ed25519PublicKey) else b""


def _name(said: Mapping[int, Any]) -> LocalText:
    try:
        return LocalText(th=said.get(2, ""), en=said.get(3, ""))
    except ValueError as error:
        raise PackMalformed("a name in the pack is empty in both languages") from error
