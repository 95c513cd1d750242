"""The signing keys of authorities, as the register keeps them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from issuers.controller import PublishedKey, did_document
from issuers.keys import KeyPurpose, new_signer, seal, unseal
from issuers.signer import SoftwareSigner
from registry.register import Register
from registry.tables import AuthorityRow, SigningKeyRow
from verify.document import Document
from vocab.resource import did_web


def ensure_keys(register: Register, session: Session, authority_id: int, code: str) -> None:
    """Gives the authority one active key for each purpose, where it has none."""
    for purpose in KeyPurpose:
        if _active(session, authority_id, purpose) is None:
            _add_key(register, session, authority_id, code, purpose)


def signer(
    register: Register, session: Session, authority_code: str, purpose: KeyPurpose
) -> tuple[int, SoftwareSigner]:
    """The id and the opened key that signs for `purpose`. Raises LookupError, `KeyUnsealFailed`, `SettingInvalid`."""
    authority_id = session.scalar(select(AuthorityRow.id).where(AuthorityRow.code == authority_code))
    row = _active(session, authority_id, purpose) if authority_id is not None else None
    if row is None:
        raise LookupError(f"authority {authority_code} has no active key for {purpose}")
    did = did_web(register.base, authority_code)
    method = f"{did}#{row.public_multibase}"
    assert row.sealed is not None
    return row.id, unseal(row.sealed, did, method, register.key_encryption_key())


def published_document(register: Register, session: Session, authority_code: str) -> Document:
    """The DID document of an authority: every key that it ever had."""
    rows = session.scalars(
        select(SigningKeyRow)
        .join(AuthorityRow, AuthorityRow.id == SigningKeyRow.authority_id)
        .where(AuthorityRow.code == authority_code)
        .order_by(SigningKeyRow.id)
    )
    keys = [
        PublishedKey(public_multibase=row.public_multibase, expires=row.retired_at, revoked=row.revoked_at)
        for row in rows
    ]
    return did_document(did_web(register.base, authority_code), keys)


def _active(session: Session, authority_id: int, purpose: KeyPurpose) -> SigningKeyRow | None:
    return session.scalar(
        select(SigningKeyRow)
        .where(
            SigningKeyRow.authority_id == authority_id,
            SigningKeyRow.purpose == purpose.value,
            SigningKeyRow.retired_at.is_(None),
            SigningKeyRow.revoked_at.is_(None),
        )
        .order_by(SigningKeyRow.id.desc())
        .limit(1)
    )


def _add_key(register: Register, session: Session, authority_id: int, code: str, purpose: KeyPurpose) -> None:
    seed = register.random_bytes(32)
    made = new_signer(did_web(register.base, code), seed)
    session.add(
        SigningKeyRow(
            authority_id=authority_id,
            purpose=purpose.value,
            public_multibase=made.public_multibase,
            sealed=seal(seed, made.verification_method, register.key_encryption_key(), register.random_bytes(12)),
            hardware=None,
            created_at=register.now(),
            activated_at=register.now(),
            retired_at=None,
            revoked_at=None,
        )
    )
    session.flush()
