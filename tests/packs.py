"""Inspector packs as the tests of `verify.pack` need them: of the authorities, keys and lists of `tests.codes`."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from issuers.pack import ListBits, PackContents, packed_parts, signed_manifest
from issuers.signer import Signer, SoftwareSigner
from issuers.status import LIST_BITS
from tests.builders import BASE, FOOD, HAZARD, NOW, make_signer
from tests.builders import Authority as Signing
from tests.codes import CHECK_ID, ONE, OTHER, OTHER_ID, REVOKED, SUSPENDED, code_signer, ed25519
from verify.manifest import Handover, Manifest, handover_to_be_signed, open_manifest, whole
from verify.multikey import decode_public_key
from verify.pack import Authority, Pack, PackedKey, read_pack
from verify.trust import CODES, CREDENTIALS
from vocab.license import LocalText

MADE = NOW - timedelta(hours=1)
UNTIL = NOW + timedelta(days=6)
STALE = timedelta(hours=24)
KEY = make_signer("pack", BASE)
OTHER_KEY = make_signer("another pack", BASE)
Parts = dict[tuple[int, int], bytes]


def bits(*indexes: int) -> bytes:
    """A list with these bits set."""
    found = bytearray(LIST_BITS // 8)
    for index in indexes:
        found[index >> 3] |= 0x80 >> (index & 7)
    return bytes(found)


def packed(who: Signing, use: str = CODES, signer: Signer | None = None, **ends: datetime) -> PackedKey:
    """A key as a pack has it: that of `who` for codes, or of `signer` for `use`; `ends` are `expires` and `revoked`."""
    method = (signer or code_signer(who)).verification_method
    return PackedKey(who.code, use, decode_public_key(method.rpartition("#")[2]), **ends)


def contents(
    *,
    revoked: Iterable[int] = (REVOKED[1],),
    ids: Iterable[str] | None = (CHECK_ID, OTHER_ID),
    keys: Iterable[PackedKey] | None = None,
    made: datetime = MADE,
    until: datetime = UNTIL,
    extra: Iterable[ListBits] = (),
) -> PackContents:
    """What the pack of these tests says; each of it can be another."""
    own = [key for each in (ONE, OTHER) for key in (packed(each), packed(each, CREDENTIALS, each.signer))]
    return PackContents(
        base=BASE,
        authorities=[
            Authority(ONE.code, ONE.authority.name, (FOOD,)),
            Authority(OTHER.code, OTHER.authority.name, (HAZARD,)),
        ],
        keys=own if keys is None else list(keys),
        type_names={
            FOOD: LocalText(th="ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร", en="Food premises"),
            HAZARD: LocalText(th="กิจการที่เป็นอันตราย"),
        },
        lists=[
            ListBits(ONE.code, "revocation", 1, bits(*revoked), made, until),
            ListBits(ONE.code, "suspension", 1, bits(SUSPENDED[1]), made, until),
            *extra,
        ],
        ids=None if ids is None else list(ids),
    )


def manifest(parts: Mapping[tuple[int, int], bytes], key: SoftwareSigner = KEY, **changed: Any) -> bytes:
    """The signed manifest of these parts."""
    said: dict[str, Any] = {"made": MADE, "expires": UNTIL, "stale_after": STALE} | changed
    return signed_manifest(BASE, parts, public_key=ed25519(key), sign=key.sign, **said)


def handed_over(*signers: SoftwareSigner) -> list[Handover]:
    """That each of these keys handed over to the next, an hour after the one before."""
    found = []
    for n, (signer, following) in enumerate(pairwise(signers)):
        key, at = ed25519(signer), MADE - timedelta(days=7) + timedelta(hours=n)
        said = handover_to_be_signed(BASE, key, ed25519(following), at)
        found.append(Handover(key, at, signer.sign(said)))
    return found


def written(what: PackContents | None = None, **changed: Any) -> tuple[Manifest, dict[bytes, bytes], bytes]:
    """A pack: its opened manifest, its parts by digest, and all of it as one file."""
    parts = packed_parts(what or contents())
    found = open_manifest(manifest(parts, **changed), NOW)
    by_digest = {part.sha256: parts[part.kind, part.index] for part in found.parts}
    return found, by_digest, whole(found, by_digest)


def pack(what: PackContents | None = None) -> Pack:
    """An opened pack."""
    found, parts, _ = written(what)
    return read_pack(found, parts)
