"""The signing keys of authorities, as the register keeps them: made, activated, retired, published, and never deleted.

A key waits (`next`) until it is activated, so that it is published before its use; then it signs until another one of its
purpose is activated. Every change is one transaction, made under the authority's lock.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from issuers.controller import PublishedKey, did_document
from issuers.hardware import KeyReference
from issuers.keys import NONCE_BYTES, SEED_BYTES, Algorithm, KeyPurpose, algorithm_of, new_signer, unseal
from issuers.signer import Signer, SigningUnavailable
from registry.register import Register
from registry.tables import AuthorityRow, InstanceRow, PackKeyRow, SigningKeyRow
from verify.document import Document
from vocab.resource import did_web


class KeyStatus(StrEnum):
    """Where a key is in its life. What it signed stays checkable in all but the last."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class NoSuchKey(LookupError):
    """The authority has no such key. Says which keys it has."""


class NoActiveKey(SigningUnavailable):
    """The authority has no key that signs for the purpose."""


class KeyRefused(ValueError):
    """The key cannot be used or changed as was asked. Says what it is and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is told of a key. `token` is the label of the hardware that holds it, empty for one that is sealed here."""

    number: int
    authority: str
    purpose: KeyPurpose
    algorithm: Algorithm
    status: KeyStatus
    public_multibase: str
    token: str
    created_at: datetime
    activated_at: datetime | None
    retired_at: datetime | None
    revoked_at: datetime | None


def keys_of(register: Register, authority: str = "") -> list[Key]:
    """The keys of `authority` (default: of all), oldest first."""
    with register.database.reading() as session:
        if authority:
            register.store(session).authority_id(authority)
        return keys_in(session, authority)


def keys_in(session: Session, authority: str = "") -> list[Key]:
    """The same, in the transaction of `session`."""
    query = select(SigningKeyRow, AuthorityRow.code).join(AuthorityRow, AuthorityRow.id == SigningKeyRow.authority_id)
    if authority:
        query = query.where(AuthorityRow.code == authority)
    rows = session.execute(query.order_by(AuthorityRow.code, SigningKeyRow.purpose, SigningKeyRow.id))
    return [described(row, code) for row, code in rows]


def new_key(register: Register, authority: str, purpose: KeyPurpose, algorithm: Algorithm, token: str = "") -> Key:
    """Makes the next key of `authority` for `purpose`; `token` names the hardware to make it in. It is published at once.

    Raises `NoSuchAuthority`, `issuers.hardware.HardwareUnavailable`, `SettingInvalid`.
    """
    with register.database.writing() as session:
        row = add_key(register, session, authority, purpose, algorithm, token)
        return described(row, authority)


def activate_key(register: Register, authority: str, name: str) -> Key:
    """Makes a waiting key the one that signs for its purpose, and retires the one that did.

    `name` is the key's number, its Multikey or its verification method. Raises `NoSuchAuthority`, `NoSuchKey`, `KeyRefused`,
    and what opening the key raises: a key that cannot sign must not take the place of one that does.
    """
    with register.database.writing() as session:
        row = locked_key(register, session, authority, name)
        if status_of(row) is not KeyStatus.NEXT:
            raise KeyRefused(f"key {row.id} is {status_of(row)}: only a key that is {KeyStatus.NEXT} can be activated")
        make_active(register, session, authority, row)
        return described(row, authority)


def retire_key(register: Register, authority: str, name: str) -> Key:
    """Puts a waiting key aside for good. Raises as `activate_key`; the key that signs is retired by activating another."""
    with register.database.writing() as session:
        row = locked_key(register, session, authority, name)
        match status_of(row):
            case KeyStatus.ACTIVE:
                raise KeyRefused(
                    f"key {row.id} signs for {row.purpose}, and without one nothing can be issued: make another with "
                    "`license-registry key new` and activate that one, which retires this"
                )
            case KeyStatus.RETIRED | KeyStatus.COMPROMISED as status:
                raise KeyRefused(f"key {row.id} is {status} already")
            case KeyStatus.NEXT:
                row.retired_at = register.now()
        return described(row, authority)


def ensure_keys(register: Register, session: Session, authority_id: int, code: str) -> None:
    """Gives the authority one active key for each purpose, where it has none."""
    for purpose in KeyPurpose:
        if active_key(session, authority_id, purpose) is None:
            row = add_key(register, session, code, purpose, Algorithm.ED25519)
            make_active(register, session, code, row)


def signer(register: Register, session: Session, authority_code: str, purpose: KeyPurpose) -> tuple[int, Signer]:
    """The id and the opened key that signs for `purpose`. Raises `SigningUnavailable`, `SettingInvalid`."""
    authority_id = session.scalar(select(AuthorityRow.id).where(AuthorityRow.code == authority_code))
    row = active_key(session, authority_id, purpose) if authority_id is not None else None
    if row is None:
        raise NoActiveKey(
            f"authority {authority_code} has no active key for {purpose}: make one with `license-registry key new` and "
            "activate it"
        )
    return row.id, open_key(register, row, authority_code, purpose)


def open_key(register: Register, row: SigningKeyRow, authority: str, purpose: KeyPurpose) -> Signer:
    """The key of `row`, to sign for `purpose`. Raises `KeyRefused` for another purpose than its own, or while it may not sign."""
    if row.purpose != purpose:
        raise KeyRefused(f"key {row.id} is for {row.purpose} and signs nothing for {purpose}")
    if row.retired_at is not None or row.revoked_at is not None:
        raise KeyRefused(f"key {row.id} is {status_of(row)} and signs nothing any more")
    return opened_half(register, row, did_web(register.base, authority))


def opened_half(register: Register, row: SigningKeyRow | PackKeyRow, did: str) -> Signer:
    """The key of `row`, which is that of `did`. Raises `SigningUnavailable`, `SettingInvalid`."""
    if row.hardware is not None:
        return register.hardware.signer(did, row.public_multibase, KeyReference.parse(row.hardware))
    return unseal(row.sealed or b"", did, f"{did}#{row.public_multibase}", register.key_encryption_keys())


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


def seal_secret(register: Register, session: Session, secret: bytes, name: str) -> bytes:
    """`secret` encrypted under `name`, in the transaction of `session`.

    Raises `SettingInvalid`, and `KeyUnsealFailed` where the key-encryption key is not that of the secrets which are there.
    """
    # `resealing` takes this lock alone: a secret sealed with a key that is about to go would be lost with it.
    session.scalar(select(InstanceRow.id).with_for_update(read=True, key_share=True))
    keys = register.key_encryption_keys()
    newest = session.execute(
        select(SigningKeyRow.sealed, SigningKeyRow.public_multibase, AuthorityRow.code)
        .join(AuthorityRow, AuthorityRow.id == SigningKeyRow.authority_id)
        .where(SigningKeyRow.sealed.is_not(None))
        .order_by(SigningKeyRow.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and newest.sealed is not None:
        keys.unseal(newest.sealed, f"{did_web(register.base, newest.code)}#{newest.public_multibase}")
    return keys.seal(secret, name, register.random_bytes(NONCE_BYTES))


def unseal_secret(register: Register, sealed: bytes, name: str) -> bytes:
    """The secret that was sealed under `name`. Raises `KeyUnsealFailed`, `SettingInvalid`."""
    return register.key_encryption_keys().unseal(sealed, name)


def status_of(row: SigningKeyRow) -> KeyStatus:
    if row.revoked_at is not None:
        return KeyStatus.COMPROMISED
    if row.retired_at is not None:
        return KeyStatus.RETIRED
    return KeyStatus.NEXT if row.activated_at is None else KeyStatus.ACTIVE


def described(row: SigningKeyRow, authority: str) -> Key:
    return Key(
        number=row.id,
        authority=authority,
        purpose=KeyPurpose(row.purpose),
        algorithm=algorithm_of(row.public_multibase),
        status=status_of(row),
        public_multibase=row.public_multibase,
        token=KeyReference.parse(row.hardware).token if row.hardware is not None else "",
        created_at=row.created_at,
        activated_at=row.activated_at,
        retired_at=row.retired_at,
        revoked_at=row.revoked_at,
    )


def active_key(session: Session, authority_id: int, purpose: KeyPurpose) -> SigningKeyRow | None:
    """The key that signs; the database sees to it that there is one at most."""
    return session.scalar(
        select(SigningKeyRow).where(
            SigningKeyRow.authority_id == authority_id,
            SigningKeyRow.purpose == purpose.value,
            SigningKeyRow.activated_at.is_not(None),
            SigningKeyRow.retired_at.is_(None),
            SigningKeyRow.revoked_at.is_(None),
        )
    )


def locked_key(register: Register, session: Session, authority: str, name: str) -> SigningKeyRow:
    """The key that `name` names, with its authority locked. Raises `NoSuchAuthority`, `NoSuchKey`."""
    store = register.store(session)
    authority_id = store.authority_id(authority)
    store.lock_authority(authority_id)
    rows = session.scalars(
        select(SigningKeyRow).where(SigningKeyRow.authority_id == authority_id).order_by(SigningKeyRow.id)
    ).all()
    public = name.rpartition("#")[2]
    for row in rows:
        if public in {str(row.id), row.public_multibase}:
            return row
    known = ", ".join(f"{row.id} ({row.purpose}, {status_of(row)})" for row in rows) or "none"
    raise NoSuchKey(f"authority {authority} has no key {name[:120]!r}; it has {known} (`license-registry key list`)")


def add_key(
    register: Register, session: Session, authority: str, purpose: KeyPurpose, algorithm: Algorithm, token: str = ""
) -> SigningKeyRow:
    """A new key that waits, in the transaction of `session`. Raises as `new_key`."""
    if purpose is KeyPurpose.QR and algorithm is not Algorithm.ED25519:
        raise KeyRefused(
            f"QR codes are signed by {Algorithm.ED25519} keys only (got {algorithm}): a checker without a network knows one "
            "algorithm, and one signature. Where hardware has no Ed25519, leave this key sealed in the register; it can hold the "
            "authority's others"
        )
    row = SigningKeyRow(
        authority_id=register.store(session).authority_id(authority), purpose=purpose.value, created_at=register.now()
    )
    did, label = did_web(register.base, authority), f"{authority} {purpose}"
    make_private_half(register, session, row, did, algorithm, token, label)
    session.add(row)
    session.flush()
    return row


def make_private_half(
    register: Register,
    session: Session,
    row: SigningKeyRow | PackKeyRow,
    did: str,
    algorithm: Algorithm,
    token: str,
    label: str,
) -> None:
    """Makes the key pair of `row`, which is that of `did`: sealed, or in the hardware `token` under `label`.

    Raises `issuers.hardware.HardwareUnavailable`, `SettingInvalid`, `KeyUnsealFailed`.
    """
    if token:
        # A transaction that fails after this leaves a key in the token that nothing points to and nobody uses.
        reference, row.public_multibase = register.hardware.generate(token, algorithm, register.random_bytes(16), label)
        row.hardware = str(reference)
    else:
        seed = register.random_bytes(SEED_BYTES[algorithm])
        made = new_signer(did, seed, algorithm)
        row.public_multibase = made.public_multibase
        row.sealed = seal_secret(register, session, seed, made.verification_method)


def make_active(register: Register, session: Session, authority: str, row: SigningKeyRow) -> None:
    """Lets `row` sign for its purpose and retires the key that did, in the transaction of `session`."""
    purpose = KeyPurpose(row.purpose)
    open_key(register, row, authority, purpose).sign(b"")
    former = active_key(session, row.authority_id, purpose)
    if former is not None:
        former.retired_at = register.now()
        # Before the other: the database knows one active key of a purpose at a time.
        session.flush()
    row.activated_at = register.now()
    session.flush()
