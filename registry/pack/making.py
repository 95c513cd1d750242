"""What stands in the inspector pack: read from the register in one state of it."""

from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from issuers.pack import MOST_IDS, ListBits, PackContents, packed_parts, signed_manifest
from registry.issuing import LIST_VALIDITY
from registry.pack.key import pack_signer
from registry.register import Register
from registry.tables import AuthorityRow, LicenseRow, SigningKeyRow, StatusListRow
from verify.multikey import decode_public_key
from verify.pack import Authority, PackedKey
from verify.trust import CODES


@dataclass(frozen=True, slots=True)
class Made:
    """A pack: its manifest, and its parts by kind and index."""

    manifest: bytes
    parts: dict[tuple[int, int], bytes]


def make_pack(register: Register, stale_after: timedelta) -> Made:
    """The pack of this moment. Raises `SettingInvalid`, `SigningUnavailable`."""
    key = pack_signer(register)
    # Before anything is read: what changes meanwhile is newer than the pack says it is.
    made = register.now()
    with register.database.reading() as session:
        contents = _contents(register, session)
    parts = packed_parts(contents)
    manifest = signed_manifest(
        register.base,
        parts,
        made=made,
        # Each list says itself until when it is good: one that an authority cannot renew must not end what all others say.
        expires=made + LIST_VALIDITY,
        stale_after=stale_after,
        is_demo=register.is_demo(),
        handovers=key.handovers,
        public_key=key.public_key,
        sign=key.sign,
    )
    return Made(manifest, parts)


def _contents(register: Register, session: Session) -> PackContents:
    store = register.store(session)
    grants: dict[str, list[str]] = {}
    for mandate in store.mandates():
        grants.setdefault(mandate.authority, []).append(mandate.type)
    ids = session.scalar(select(func.count()).select_from(LicenseRow)) or 0
    return PackContents(
        base=register.base,
        authorities=[Authority(each.code, each.name, tuple(grants.get(each.code, ()))) for each in store.authorities()],
        keys=_keys(session),
        type_names={each.code: each.name for each in store.license_types()},
        lists=_lists(session),
        # Also those that were withdrawn: they were issued.
        ids=session.scalars(select(LicenseRow.check_id)).all() if ids <= MOST_IDS else None,
    )


def _keys(session: Session) -> list[PackedKey]:
    """All keys that ever signed anything for an authority: what is not among them is no key of its."""
    rows = session.execute(
        select(
            AuthorityRow.code,
            SigningKeyRow.purpose,
            SigningKeyRow.public_multibase,
            SigningKeyRow.retired_at,
            SigningKeyRow.revoked_at,
        ).join(AuthorityRow, AuthorityRow.id == SigningKeyRow.authority_id)
    )
    found = (
        PackedKey(code, use, decode_public_key(public), retired, revoked)
        for code, use, public, retired, revoked in rows
    )
    # Codes are signed with Ed25519 and nothing else: another key for them signs none.
    return [key for key in found if key.use != CODES or isinstance(key.public_key, Ed25519PublicKey)]


def _lists(session: Session) -> list[ListBits]:
    rows = session.execute(
        select(
            AuthorityRow.code,
            StatusListRow.purpose,
            StatusListRow.number,
            StatusListRow.bits,
            StatusListRow.made_at,
            StatusListRow.valid_until,
        ).join(AuthorityRow, AuthorityRow.id == StatusListRow.authority_id)
    )
    return [ListBits(*row) for row in rows]
