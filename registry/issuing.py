"""Issuing: a version becomes a signed credential, an act becomes bits of a status list, in the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from issuers.keys import KeyPurpose
from issuers.qr import check_id
from issuers.signer import Signer
from issuers.status import LIST_BITS, PURPOSES, draft_status_list, secure_status_list, set_bit
from registry.bulk import insert_rows
from registry.keyring import signer
from registry.record import RecordStatus, Version, current_version
from registry.register import Register
from registry.signing import CredentialSigning, Signed, SigningJob
from registry.store import Store
from registry.tables import AuthorityRow, CodeRow, CredentialRow, InstanceRow, LicenseRow, StatusListRow
from vocab.graph import Grantor
from vocab.history import FINAL, History, Standing
from vocab.license import License
from vocab.resource import did_web, status_list_iri

LIST_VALIDITY = timedelta(days=7)
"""After this long without a fresh list, verifiers say "could not check"."""
LIST_RENEWAL = timedelta(days=1)
PIECE = 500
"""How many licences are looked at at once."""
CREDENTIAL_COLUMNS = (
    *("id", "license_id", "version_sequence", "number", "authority_id", "list_number", "list_index", "signing_key_id"),
    *("body", "issued_at"),
)
CODE_COLUMNS = ("credential_id", "number", "signing_key_id", "body", "made_at")
PLACE_COLUMNS = (
    CredentialRow.id,
    CredentialRow.license_id,
    CredentialRow.version_sequence,
    CredentialRow.authority_id,
    CredentialRow.list_number,
    CredentialRow.list_index,
)


class IssuedVersion(NamedTuple):
    """Which version of which licence a credential is for; it is that version's `number`th."""

    license_id: int
    sequence: int
    number: int = 1


class Placed(Protocol):
    """A credential that is to be signed, by its id and its place in the status lists."""

    @property
    def credential_id(self) -> str: ...

    @property
    def list_number(self) -> int: ...

    @property
    def list_index(self) -> int: ...


class CredentialPlace(NamedTuple):
    """A credential's place in the status lists of its authority."""

    id: str
    license_id: int
    version_sequence: int
    authority_id: int
    list_number: int
    list_index: int


class Issuance:
    """What one transaction issues. Call `finish` last: it signs each changed status list once.

    The order is that of the design: status entry, signature, check of our own output, then the caller's commit makes all of it
    public or none. The caller has locked the authority (`Store.lock_authority`): indexes and bits are then nobody else's.
    """

    def __init__(self, register: Register, session: Session, store: Store) -> None:
        self._register = register
        self._session = session
        self._store = store
        self._signers: dict[tuple[str, KeyPurpose], tuple[int, Signer]] = {}
        self._next_index: dict[int, tuple[int, int]] = {}
        # As bytes, not one by one: a large batch changes millions of them.
        self._bits: dict[tuple[int, str, int], tuple[StatusListRow, bytearray]] = {}
        self._codes: dict[int, str] = {}
        self._signings: dict[int, CredentialSigning] = {}
        self._is_demo = session.scalars(select(InstanceRow.is_demo)).one()

    def issue(
        self,
        license: License,
        grantor: Grantor,
        *,
        license_id: int,
        license_check_id: str,
        version_sequence: int,
        number: int = 1,
    ) -> str:
        """Signs the credential of a version and stores it; it is that version's `number`th. Returns its id."""
        (place,) = self.places(grantor, 1)
        job = SigningJob(license, license_check_id, check_id(self._register.new_id()), *place)
        (signed,) = self.signing(grantor).sign([job])
        version = IssuedVersion(license_id, version_sequence, number)
        self.keep(grantor, [(job, signed, version)])
        return job.credential_id

    def signing(self, grantor: Grantor) -> CredentialSigning:
        """What signs the credentials of this authority and type in this transaction."""
        found = self._signings.get(id(grantor))
        if found is None:
            _, key = self._signer(grantor.authority.code, KeyPurpose.CREDENTIAL)
            _, code_key = self._signer(grantor.authority.code, KeyPurpose.QR)
            found = CredentialSigning(grantor, key, code_key, is_demo=self._is_demo, created=self._register.now())
            self._signings[id(grantor)] = found
        return found

    def places(self, grantor: Grantor, count: int) -> list[tuple[int, int]]:
        """So many places in the authority's status lists, as (list, index), that nobody has or had."""
        authority_id = self._authority_id(grantor)
        return [self._allocate(authority_id) for _ in range(count)]

    def keep(self, grantor: Grantor, issued: Sequence[tuple[Placed, Signed, IssuedVersion]]) -> None:
        """Stores signed credentials and their codes, each for a version that is stored already."""
        authority_id = self._authority_id(grantor)
        key_id, _ = self._signer(grantor.authority.code, KeyPurpose.CREDENTIAL)
        now = self._register.now()
        insert_rows(
            self._session,
            CredentialRow,
            CREDENTIAL_COLUMNS,
            (
                (job.credential_id, *version, authority_id, job.list_number, job.list_index, key_id, signed.body, now)
                for job, signed, version in issued
            ),
        )
        code_key_id, _ = self._signer(grantor.authority.code, KeyPurpose.QR)
        codes = ((job.credential_id, 1, code_key_id, signed.code, now) for job, signed, _ in issued)
        insert_rows(self._session, CodeRow, CODE_COLUMNS, codes)
        for number in {job.list_number for job, _, _ in issued}:
            for purpose in PURPOSES:
                # Even when no bit is set: the list must exist once an entry points to it.
                self._bits_of(authority_id, purpose, number)

    def mark(self, grantor: Grantor, job: Placed, *, revoked: bool, suspended: bool) -> None:
        """Sets the bits of a credential that is just being stored."""
        authority_id = self._authority_id(grantor)
        for purpose, value in (("revocation", revoked), ("suspension", suspended)):
            set_bit(self._bits_of(authority_id, purpose, job.list_number), job.list_index, value)

    def follow(self, license_id: int, history: History, at: date) -> None:
        """Sets the bits of all credentials of a licence to what `history` says on day `at`."""
        self.follow_all({license_id: history}, at)

    def follow_all(self, histories: Mapping[int, History], at: date) -> None:
        """Sets the bits of all credentials of some licences to what their histories say on day `at`.

        A credential is withdrawn when the licence is revoked, surrendered or superseded, when its version neither holds on
        that day nor on a later one (what a renewal replaces goes on being valid until the renewal takes effect), and when the
        version has a newer credential. So are all those of a licence whose record is withdrawn: it is published no longer.
        """
        self._session.flush()
        versions = self._store.versions_of(list(histories))
        withdrawn = set(
            self._session.scalars(
                select(LicenseRow.id).where(
                    LicenseRow.id.in_(histories), LicenseRow.record_status == RecordStatus.WITHDRAWN
                )
            )
        )
        rows: dict[int, list[CredentialPlace]] = {}
        for row in self._session.execute(
            select(*PLACE_COLUMNS)
            .where(CredentialRow.license_id.in_(histories))
            .order_by(CredentialRow.version_sequence, CredentialRow.number)
        ):
            rows.setdefault(row.license_id, []).append(CredentialPlace(*row))
        for license_id, history in histories.items():
            standing = history.standing(at)
            ended = license_id in withdrawn or standing in FINAL
            holding = set() if ended else holding_versions(versions[license_id], history, at)
            credentials = rows.get(license_id, [])
            newest = {credential.version_sequence: credential.id for credential in credentials}
            for credential in credentials:
                is_newest = credential.id == newest[credential.version_sequence]
                if ended or credential.version_sequence not in holding or not is_newest:
                    # Set and never cleared: a revocation that was public is for good (Bitstring Status List, 2.1).
                    self._set(credential, "revocation", True)
                self._set(credential, "suspension", standing is Standing.SUSPENDED)

    def finish(self) -> int:
        """Signs every list that changed, and its twin of the other purpose, so that both are of one instant. Returns how many."""
        self._follow_the_calendar()
        pairs: dict[tuple[int, int], list[StatusListRow]] = {}
        changed: set[tuple[int, int]] = set()
        for (authority_id, _, number), (row, bits) in self._bits.items():
            if bits != row.bits or not row.body:
                row.bits = bytes(bits)
                changed.add((authority_id, number))
            pairs.setdefault((authority_id, number), []).append(row)
        signed = 0
        for pair in changed:
            for row in pairs[pair]:
                self._sign(row)
                signed += 1
        self._bits.clear()
        return signed

    def _follow_the_calendar(self) -> None:
        """A day may have begun since the transaction looked at the calendar: its lists say what is so on that day."""
        today = self._register.today()
        authorities = {authority_id for authority_id, _, _ in self._bits}
        if today == self._store.today or not authorities:
            return
        changing = self._store.licenses_changing(self._store.today, today)
        ids = [license_id for authority_id, license_id in changing if authority_id in authorities]
        for begin in range(0, len(ids), PIECE):
            self.follow_all(self._store.histories(ids[begin : begin + PIECE]), today)

    def renew_lists(self, authority_id: int) -> int:
        """Signs again every list of the authority that is older than a day, or from the future. Returns how many."""
        is_due = _is_due(self._register.now())
        rows = self._session.scalars(
            select(StatusListRow).where(StatusListRow.authority_id == authority_id, is_due)
        ).all()
        for row in rows:
            self._sign(row)
        return len(rows)

    def sign_lists(self, authority_id: int, is_due: Callable[[bytes], bool]) -> int:
        """Signs again every list of the authority whose present form `is_due`. Returns how many."""
        rows = [
            row
            for row in self._session.scalars(select(StatusListRow).where(StatusListRow.authority_id == authority_id))
            if is_due(row.body)
        ]
        for row in rows:
            self._sign(row)
        return len(rows)

    def _authority_id(self, grantor: Grantor) -> int:
        authority_id = self._store.authority_id(grantor.authority.code)
        self._codes[authority_id] = grantor.authority.code
        return authority_id

    def _set(self, row: CredentialPlace, purpose: str, value: bool) -> None:
        set_bit(self._bits_of(row.authority_id, purpose, row.list_number), row.list_index, value)

    def _bits_of(self, authority_id: int, purpose: str, number: int) -> bytearray:
        key = (authority_id, purpose, number)
        if key not in self._bits:
            row = self._list(*key)
            self._bits[key] = (row, bytearray(row.bits))
        return self._bits[key][1]

    def _allocate(self, authority_id: int) -> tuple[int, int]:
        """The next place in the authority's lists; never one that was used (Bitstring Status List, 2.1)."""
        if authority_id not in self._next_index:
            number = (
                self._session.scalar(
                    select(func.max(CredentialRow.list_number)).where(CredentialRow.authority_id == authority_id)
                )
                or 1
            )
            last = self._session.scalar(
                select(func.max(CredentialRow.list_index)).where(
                    CredentialRow.authority_id == authority_id, CredentialRow.list_number == number
                )
            )
            self._next_index[authority_id] = (number, 0 if last is None else last + 1)
        number, index = self._next_index[authority_id]
        if index >= LIST_BITS:
            number, index = number + 1, 0
        self._next_index[authority_id] = (number, index + 1)
        return number, index

    def _list(self, authority_id: int, purpose: str, number: int) -> StatusListRow:
        row = self._session.scalar(
            select(StatusListRow).where(
                StatusListRow.authority_id == authority_id,
                StatusListRow.purpose == purpose,
                StatusListRow.number == number,
            )
        )
        if row is None:
            now = self._register.now()
            row = StatusListRow(
                authority_id=authority_id,
                purpose=purpose,
                number=number,
                bits=bytes(LIST_BITS // 8),
                body=b"",
                made_at=now,
                valid_until=now,
            )
            self._session.add(row)
        return row

    def _sign(self, row: StatusListRow) -> None:
        authority = self._code(row.authority_id)
        now = self._register.now()
        until = now + LIST_VALIDITY
        unsecured = draft_status_list(
            status_list_iri(self._register.base, authority, row.purpose, row.number),
            did_web(self._register.base, authority),
            row.purpose,
            row.bits,
            valid_from=now,
            valid_until=until,
        )
        _, key = self._signer(authority, KeyPurpose.STATUS_LIST)
        row.body = secure_status_list(unsecured, key, created=now, loader=self._register.loader)
        row.made_at = now
        row.valid_until = until

    def _signer(self, authority: str, purpose: KeyPurpose) -> tuple[int, Signer]:
        if (authority, purpose) not in self._signers:
            self._signers[authority, purpose] = signer(self._register, self._session, authority, purpose)
        return self._signers[authority, purpose]

    def _code(self, authority_id: int) -> str:
        if authority_id not in self._codes:
            self._codes[authority_id] = self._session.get_one(AuthorityRow, authority_id).code
        return self._codes[authority_id]


def holding_versions(versions: Sequence[Version], history: History, at: date) -> set[int]:
    """The sequences of the versions that hold on day `at` or, by acts that are recorded already, on a later one."""
    later = {act.effective_on for act in history.in_effect() if act.effective_on and act.effective_on > at}
    return {current_version(versions, history, day).sequence for day in (at, *later)}


def authorities_with_old_lists(register: Register, session: Session) -> set[int]:
    """The ids of the authorities that have a list to sign again."""
    return set(session.scalars(select(StatusListRow.authority_id).where(_is_due(register.now()))))


def _is_due(now: datetime) -> ColumnElement[bool]:
    # A list from the future was made while the clock was ahead: until then nobody may rely on it.
    return or_(StatusListRow.made_at < now - LIST_RENEWAL, StatusListRow.made_at > now)
