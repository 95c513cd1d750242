"""The codes of licences: what stands in them beside the address, for those that have none yet, and anew after a key was lost.

A code is made with its credential (`registry.issuing`) and stored; nothing is signed when somebody looks at it.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from issuers.compact import draft_compact, require_sealed, sealed_code
from issuers.keys import KeyPurpose
from issuers.qr import qr_address
from registry.bulk import insert_rows
from registry.issuing import CODE_COLUMNS
from registry.keyring import ensure_keys, signer
from registry.register import Register
from registry.store import Store
from registry.tables import AuthorityRow, CodeRow, CredentialRow, LicenseRow, VersionRow
from verify.compact import to_digits
from vocab.disclosure import disclosed
from vocab.license import License

CHUNK = 500
Progress = Callable[[int, int], None]
"""Called with (codes done, how many there are: 0 where nobody has counted)."""


def code_text(session: Session, base: str, check_id: str, version_sequence: int | None) -> str:
    """What the code of a licence holds: its address and, where the version's newest credential has a code, the digits. None for
    a version: the address alone."""
    body = session.scalar(
        select(CodeRow.body)
        .join(CredentialRow, CredentialRow.id == CodeRow.credential_id)
        .where(CredentialRow.version_sequence == version_sequence)
        .order_by(CredentialRow.number.desc(), CodeRow.number.desc())
        .limit(1)
    )
    address = qr_address(base, check_id)
    return f"{address}#{to_digits(body)}" if body else address


def complete_codes(register: Register, progress: Progress = lambda done, total: None) -> int:
    """Gives the authorities of an older register their keys for codes, and its credentials their codes. Returns how many codes.
    Safe to repeat, and to begin again after an interruption."""
    _complete_keys(register)
    without = (
        select(CredentialRow.id)
        .outerjoin(CodeRow, CodeRow.credential_id == CredentialRow.id)
        .where(CodeRow.credential_id.is_(None))
    )
    return _make(register, without, progress)


def remake_codes(register: Register, key_number: int, progress: Progress) -> int:
    """Makes anew the codes that the key with this number signed last. Returns how many."""
    newer = aliased(CodeRow)
    has_newer = (
        select(newer.number).where(newer.credential_id == CodeRow.credential_id, newer.number > CodeRow.number).exists()
    )
    return _make(
        register, select(CodeRow.credential_id).where(CodeRow.signing_key_id == key_number, ~has_newer), progress
    )


def _complete_keys(register: Register) -> None:
    with register.database.reading() as session:
        have = select(AuthorityRow.id, AuthorityRow.code).order_by(AuthorityRow.id)
        authorities = session.execute(have).all()
    for authority_id, code in authorities:
        with register.database.writing() as session:
            register.store(session).lock_authority(authority_id)
            ensure_keys(register, session, authority_id, code)


def _make(register: Register, wanted: Select[str], progress: Progress) -> int:
    """Makes a code for each credential that `wanted` finds, a number in each transaction."""
    column = wanted.selected_columns[0]
    done, last = 0, ""
    while True:
        with register.database.writing() as session:
            ids = session.scalars(wanted.where(column > last).order_by(column).limit(CHUNK)).all()
            if not ids:
                return done
            _lock(register.store(session), ids)
            # Somebody else may have made some of them meanwhile.
            _make_some(register, session, session.scalars(wanted.where(column.in_(ids))).all())
        last = ids[-1]
        done += len(ids)
        progress(done, 0)


def _lock(store: Store, ids: Sequence[str]) -> None:
    of_them = select(CredentialRow.authority_id).where(CredentialRow.id.in_(ids)).distinct()
    for authority_id in sorted(store.session.scalars(of_them)):
        store.lock_authority(authority_id)


def _make_some(register: Register, session: Session, ids: Sequence[str]) -> None:
    store = register.store(session)
    rows = session.execute(
        select(
            CredentialRow.id,
            CredentialRow.list_number,
            CredentialRow.list_index,
            LicenseRow.check_id,
            VersionRow.document,
        )
        .join(LicenseRow, LicenseRow.id == CredentialRow.license_id)
        .join(VersionRow, VersionRow.sequence == CredentialRow.version_sequence)
        .where(CredentialRow.id.in_(ids))
    ).all()
    last = select(CodeRow.credential_id, func.max(CodeRow.number)).where(CodeRow.credential_id.in_(ids))
    numbers = {row[0]: row[1] for row in session.execute(last.group_by(CodeRow.credential_id))}
    now = register.now()
    signers = {}
    found = []
    for row in rows:
        license = register.codec.load(row.document, License)
        authority = license.iri.authority
        if authority not in signers:
            signers[authority] = signer(register, session, authority, KeyPurpose.QR)
        key_id, key = signers[authority]
        public = disclosed(license, store.require_license_type(license.iri.type))
        said = draft_compact(public, status=(row.list_number, row.list_index), made=now)
        body = sealed_code(said, register.base, row.check_id, key)
        if body:
            require_sealed(body, register.base, row.check_id, key)
        found.append((row.id, numbers.get(row.id, 0) + 1, key_id, body, now))
    insert_rows(session, CodeRow, CODE_COLUMNS, found)
