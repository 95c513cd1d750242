"""After a key was compromised: it is revoked as of the suspect instant, and what it signed is signed anew by another key.

1. Revoke the key. From then on verifiers refuse what it signed; the register itself still accepts the very bytes that it had
   recorded before that instant.
2. See that another key signs for its purpose: the one that waits longest, or one that is made now. With 1 in one transaction
   where a key can be had.
3. A key for status lists: sign its lists anew. A key for credentials: issue each licence's credentials anew and withdraw the old
   ones, a number of licences in each transaction; their codes are made with them. A key for codes: make the codes that it signed
   anew.

Every transaction leaves a state that is true, and what is left to do is read from the register itself: run again after a crash,
it goes on where it stopped. The codes that are printed go on leading to their licences: they name the licence, not its
credential. Without a network they are refused where the key for codes was lost, and read as withdrawn where that for credentials
was: an inspector opens the address.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from issuers.hardware import KeyReference
from issuers.keys import KeyPurpose, algorithm_of
from issuers.signer import SigningUnavailable
from registry.codes import remake_codes
from registry.config import SettingInvalid
from registry.entries import Entries
from registry.issuing import Issuance, holding_versions
from registry.keyring import Key, KeyRefused, active_key, add_key, described, locked_key, make_active
from registry.register import Register
from registry.store import Store
from registry.tables import CredentialRow, LicenseRow, SigningKeyRow
from vocab.graph import Grantor, date_time

CHUNK = 200
"""How many licences are issued anew in one transaction."""

Progress = Callable[[int, int], None]
"""Called with (licences done, licences in all)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeying:
    """What was done: the key that was revoked, the one that signs now, how many lists, licences and codes were signed anew."""

    revoked: Key
    active: Key
    lists: int
    licenses: int
    codes: int


def compromise(
    register: Register, authority: str, name: str, since: datetime, progress: Progress = lambda done, total: None
) -> Rekeying:
    """Does all of the above for the key `name` of `authority`, suspect from the instant `since` on.

    Raises `NoSuchAuthority`, `NoSuchKey`, `KeyRefused`, and what making and opening keys raise. Repeating it with the same
    instant does what is left to do, which may be nothing.
    """
    revoked = _revoke(register, authority, name, since)
    try:
        active = _replace(register, revoked)
        lists = _sign_lists(register, revoked) if revoked.purpose is KeyPurpose.STATUS_LIST else 0
        licenses = _reissue(register, revoked, progress) if revoked.purpose is KeyPurpose.CREDENTIAL else 0
        codes = remake_codes(register, revoked.number, progress) if revoked.purpose is KeyPurpose.QR else 0
    except (SigningUnavailable, SettingInvalid) as error:
        # Said first, or it would read as if nothing had been done.
        raise type(error)(
            f"key {revoked.number} IS revoked as of {date_time(since)}, and that is public; what it signed is not all signed "
            f"anew yet, because {error}. Until that is mended nothing can be issued; then run the same command again"
        ) from error
    return Rekeying(revoked=revoked, active=active, lists=lists, licenses=licenses, codes=codes)


def _revoke(register: Register, authority: str, name: str, since: datetime) -> Key:
    with register.database.writing() as session:
        row = locked_key(register, session, authority, name)
        now = register.now()
        if since > now:
            raise KeyRefused(f"the suspect time is in the future (got {date_time(since)}, now it is {date_time(now)})")
        if row.revoked_at is not None and since > row.revoked_at:
            raise KeyRefused(
                f"key {row.id} was revoked as of {date_time(row.revoked_at)}: that is public, and a later instant "
                f"({date_time(since)}) would make signatures genuine again that were said to be none; an earlier one is possible"
            )
        if since < row.created_at:
            raise KeyRefused(
                f"key {row.id} was made at {date_time(row.created_at)}, after the suspect time {date_time(since)}; if it was "
                "never safe, give the instant at which it was made"
            )
        row.revoked_at = since
        session.flush()
        # At once, so that nobody finds the authority without a key. Where none can be had, revoking is what matters, and
        # the next step says why.
        with suppress(SigningUnavailable, SettingInvalid), session.begin_nested():
            _see_to_active(register, session, authority, row)
        return described(row, authority)


def _replace(register: Register, revoked: Key) -> Key:
    """The key that signs now for the purpose of `revoked`."""
    with register.database.writing() as session:
        row = locked_key(register, session, revoked.authority, str(revoked.number))
        return described(_see_to_active(register, session, revoked.authority, row), revoked.authority)


def _see_to_active(register: Register, session: Session, authority: str, row: SigningKeyRow) -> SigningKeyRow:
    """The active key for the purpose of `row`, else the one that waits longest, else a new one: made active."""
    active = active_key(session, row.authority_id, KeyPurpose(row.purpose))
    if active is None:
        active = _waiting(session, row) or _another(register, session, authority, row)
        make_active(register, session, authority, active)
    return active


def _waiting(session: Session, row: SigningKeyRow) -> SigningKeyRow | None:
    return session.scalar(
        select(SigningKeyRow)
        .where(
            SigningKeyRow.authority_id == row.authority_id,
            SigningKeyRow.purpose == row.purpose,
            SigningKeyRow.activated_at.is_(None),
            SigningKeyRow.retired_at.is_(None),
            SigningKeyRow.revoked_at.is_(None),
        )
        .order_by(SigningKeyRow.id)
        .limit(1)
    )


def _another(register: Register, session: Session, authority: str, row: SigningKeyRow) -> SigningKeyRow:
    """A key of the same kind as `row`, in the same place."""
    token = KeyReference.parse(row.hardware).token if row.hardware is not None else ""
    return add_key(register, session, authority, KeyPurpose(row.purpose), algorithm_of(row.public_multibase), token)


def _sign_lists(register: Register, revoked: Key) -> int:
    method = f"#{revoked.public_multibase}".encode()
    with register.database.writing() as session:
        row = locked_key(register, session, revoked.authority, str(revoked.number))
        issuance = Issuance(register, session, register.store(session))
        return issuance.sign_lists(row.authority_id, lambda body: method in body)


def _reissue(register: Register, revoked: Key, progress: Progress) -> int:
    """Returns how many licences got a new credential by this run."""
    with register.database.reading() as session:
        left = list(session.scalars(_affected(revoked)))
    done = 0
    for start in range(0, len(left), CHUNK):
        progress(start, len(left))
        with register.database.writing() as session:
            locked_key(register, session, revoked.authority, str(revoked.number))
            store = register.store(session)
            issuance = Issuance(register, session, store)
            grantor = cache(store.grantor)
            # Some may have been issued anew since: by a renewal, or by another run of this.
            for license_id in left[start : start + CHUNK]:
                done += _reissue_license(store, issuance, grantor, license_id, revoked.number)
            issuance.finish()
            entries = Entries(register, session, store)
            entries.follow(left[start : start + CHUNK])
            entries.finish()
    progress(len(left), len(left))
    return done


def _affected(revoked: Key) -> Select[int]:
    """The licences of which some version's newest credential is signed by the key; first those which the register itself accepts
    no more. A version that no longer holds keeps its credential, and its licence is among them for ever."""
    newer = aliased(CredentialRow)
    has_newer = (
        select(newer.id)
        .where(newer.version_sequence == CredentialRow.version_sequence, newer.number > CredentialRow.number)
        .exists()
    )
    return (
        select(CredentialRow.license_id)
        .where(CredentialRow.signing_key_id == revoked.number, ~has_newer)
        .group_by(CredentialRow.license_id)
        .order_by(func.max(CredentialRow.issued_at).desc(), CredentialRow.license_id)
    )


def _reissue_license(
    store: Store, issuance: Issuance, grantor: Callable[[str, str], Grantor], license_id: int, key_id: int
) -> bool:
    """Signs anew each credential of the licence that the key signed and that still says something: of every version that holds
    now or later, and of the newest. Returns whether there was one."""
    versions, history = store.versions(license_id), store.history(license_id)
    holding = holding_versions(versions, history, store.today) | {versions[-1].sequence}
    is_affected = False
    for version in versions:
        last = store.credential(version.sequence) if version.sequence in holding else None
        if last is not None and last.signing_key_id == key_id:
            is_affected = True
            issuance.issue(
                version.license,
                grantor(version.license.iri.authority, version.license.iri.type),
                license_id=license_id,
                license_check_id=store.session.get_one(LicenseRow, license_id).check_id,
                version_sequence=version.sequence,
                number=last.number + 1,
            )
    if is_affected:
        issuance.follow(license_id, history, store.today)
    return is_affected
