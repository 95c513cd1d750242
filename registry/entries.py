"""What lists, search and the change feed know of licences follows them, in the transaction that changes them.

An entry says what is public of a licence now; a change says that something became public, in the order in which it did. Whoever
writes licences says which (`Entries.follow`); what differs is found here, so saying too much does no harm.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Column, Integer, MetaData, Table, delete, insert, select, text, update
from sqlalchemy.orm import Session

from registry.access.link import StoredLink, links_digest, links_told
from registry.access.links import stored_links
from registry.areas import areas_of, note_areas
from registry.bulk import insert_rows
from registry.record import LicenseRecord, RecordStatus
from registry.register import ENTRIES_FORM, Register
from registry.search.entry import Entry, entry_of
from registry.search.folding import LINE
from registry.search.index import add_grams, remove_grams
from registry.store import Store
from registry.tables import (
    AuthorityRow,
    ChangeRow,
    CredentialRow,
    EntryRow,
    InstanceRow,
    JointHolderRow,
    LicenseRow,
    LicenseTypeRow,
)
from vocab.authority import LicenseType
from vocab.disclosure import disclosed
from vocab.history import History, Status
from vocab.license import License

ENTRY_COLUMNS = (
    *("license_id", "authority_id", "type_id", "text", "name", "juristic_id", "province", "district", "activities"),
    *("status", "record_status", "changes_on", "issued_on", "expires_on", "is_incomplete"),
    "renews",
    *("modified_at", "digest", "access"),
)
_HOLDERS = ENTRY_COLUMNS.index("juristic_id")
CHANGE_COLUMNS = ("license_id", "kind", "at", "status", "record_status", "changes_on", "digest")
PIECE = 500
_FEED_LOCK = 0x6C6963  # "lic": nothing else in the database is locked by this number
FEW = 2_000
"""So many changes wait in memory; those of a long list wait in a table of the connection's own."""
_WAITING = Table(
    "waiting_change",
    MetaData(),
    Column("place", Integer, primary_key=True),
    *(Column(name, ChangeRow.__table__.columns[name].type) for name in CHANGE_COLUMNS),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


class ChangeKind(StrEnum):
    """What happened to what is public of a licence (ActivityStreams' Create, Update and Delete)."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Listed(NamedTuple):
    """A licence's entry as the columns of its table have it but for the ids and the instant, what a change tells of it (status,
    record status, day of the next change), what it is indexed by, its districts and subdistricts: (code,
    name), and what stands for its links."""

    cells: tuple[object, ...]
    told: tuple[object, ...]
    grams: tuple[int, ...]
    digest: bytes
    areas: tuple[tuple[str, str], ...]
    access: str = ""


def listed(license: License, license_type: LicenseType, history: History, today: date, body: bytes) -> Listed:
    """The entry of a licence that is public; `body` is its credential."""
    public = disclosed(license, license_type)
    entry = entry_of(license, public, license_type, history, RecordStatus.PUBLISHED, today)
    return _listed(public, entry, sha256(body).digest())


class Entries:
    """Keeps entries, index and changes of one transaction in step. Call `finish` last, and nothing that locks after it."""

    def __init__(self, register: Register, session: Session, store: Store) -> None:
        self._register = register
        self._session = session
        self._store = store
        self._now = register.now()
        self._waiting: list[tuple[object, ...]] = []
        self._is_spilled = False
        self._authorities: set[int] = set()
        self._areas: dict[str, str] = {}

    def add(self, authority_id: int, type_id: int, new: Iterable[tuple[int, Listed]]) -> None:
        """Adds the entries of licences that are new: (licence id, entry)."""
        found = list(new)
        self._authorities.add(authority_id)
        self._areas.update(area for _, of in found for area in of.areas)
        self._insert([(one, authority_id, type_id, *of.cells, self._now, of.digest, of.access) for one, of in found])
        add_grams(self._session, ((one, of.grams) for one, of in found))
        self._wait((one, ChangeKind.CREATE, *of.told, of.digest) for one, of in found)

    def follow(self, ids: Sequence[int]) -> int:
        """Brings the entries of these licences up to date with what is stored of them; what differs is a change. Returns how
        many did."""
        return sum(self._follow(ids[begin : begin + PIECE]) for begin in range(0, len(ids), PIECE))

    def finish(self) -> None:
        """Puts the changes in the register's order, behind all that became public before. Where a new day has begun meanwhile,
        the entries are of that day."""
        today = self._register.today()
        if self._authorities and today != self._store.today:
            self._store = self._register.store(self._session)
            for authority_id in sorted(self._authorities):
                self.follow(entries_changing(self._session, authority_id, today))
        if not (self._waiting or self._is_spilled or self._areas):
            return
        self._session.flush()
        if self._session.get_bind().dialect.name == "postgresql":
            # Held until the commit is seen by all: what has a lower number is public by then.
            self._session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _FEED_LOCK})
        if self._is_spilled:
            columns = [_WAITING.c[name] for name in CHANGE_COLUMNS]
            waiting = select(*columns).order_by(_WAITING.c.place)
            self._session.execute(insert(ChangeRow).from_select(CHANGE_COLUMNS, waiting))
            self._session.execute(delete(_WAITING))
            self._is_spilled = False
        insert_rows(self._session, ChangeRow, CHANGE_COLUMNS, self._waiting)
        self._waiting.clear()
        if self._areas:
            # Under the same lock: of two lists from one place, the second finds what the first has noted.
            note_areas(self._session, self._areas, self._now)
            self._areas.clear()

    def _follow(self, ids: Sequence[int]) -> int:
        self._session.flush()
        for held in list(self._session.identity_map.values()):
            # What was written past the session is read again.
            if isinstance(held, LicenseRow | EntryRow):
                self._session.expire(held)
        rows = {row.license_id: row for row in self._rows(ids)}
        records = self._store.records(list(dict.fromkeys(ids)))
        shown = [record for record in records if record.is_shown]
        digests = self._digests(shown)
        mandates = self._mandates(shown)
        links = stored_links(self._session, [record.id for record in shown])
        wanted = {
            record.id: self._wanted(
                record, mandates[_mandate(record)], digests.get(record.version_sequence, b""), links.get(record.id, ())
            )
            for record in shown
        }
        outdated = [row for one, row in rows.items() if one not in wanted or wanted[one].cells != row.cells]
        differing = {one: made for one, made in wanted.items() if one not in rows or made.cells != rows[one].cells}
        remove_grams(self._session, ((row.license_id, row.entry.grams()) for row in outdated))
        gone = [row.license_id for row in outdated]
        for table in (JointHolderRow, EntryRow):
            of_them = delete(table).where(table.license_id.in_(gone))
            self._session.execute(of_them.execution_options(synchronize_session=False))
        self._insert([(one, *made.cells) for one, made in differing.items()])
        add_grams(self._session, ((one, made.grams) for one, made in differing.items()))
        changes = list(self._changes(rows, wanted.keys(), differing))
        self._wait(changes)
        return len(changes)

    def _insert(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Writes entries, as `ENTRY_COLUMNS` has them."""
        insert_rows(self._session, EntryRow, ENTRY_COLUMNS, rows)
        held = ((row[0], str(row[_HOLDERS])) for row in rows)
        several = [(one, each) for one, holders in held if LINE in holders for each in holders.split(LINE)]
        insert_rows(self._session, JointHolderRow, ("license_id", "juristic_id"), several)

    def _changes(
        self, rows: Mapping[int, "_Row"], wanted: Collection[int], differing: Mapping[int, Listed]
    ) -> Iterator[tuple[object, ...]]:
        for one, row in rows.items():
            if one not in wanted:
                status, changes_on = row.entry.status.value, row.entry.changes_on
                yield one, ChangeKind.DELETE, status, RecordStatus.WITHDRAWN.value, changes_on, b""
        for one, made in differing.items():
            kind = ChangeKind.UPDATE if one in rows else ChangeKind.CREATE
            yield one, kind, *made.told, made.digest

    def _mandates(self, records: Sequence[LicenseRecord]) -> dict[tuple[str, str], tuple[int, int, LicenseType]]:
        """By the codes of authority and type: their ids, and the type. Asked once for all of them."""
        store = self._store
        found = {
            (authority, kind): (store.authority_id(authority), store.type_id(kind), store.require_license_type(kind))
            for authority, kind in set(map(_mandate, records))
        }
        self._authorities |= {authority_id for authority_id, _, _ in found.values()}
        return found

    def _wanted(
        self,
        record: LicenseRecord,
        mandate: tuple[int, int, LicenseType],
        digest: bytes,
        links: Sequence[StoredLink],
    ) -> Listed:
        """The entry that a public licence should have, with all columns but for its own id."""
        authority_id, type_id, license_type = mandate
        license, history = record.license, record.history
        public = disclosed(license, license_type)
        entry = entry_of(license, public, license_type, history, record.record_status, self._store.today)
        made = _listed(public, entry, digest)
        self._areas.update(made.areas)
        codec = self._register.codec
        told = links_told((each.read(codec) for each in links), record.license, license_type)
        access = links_digest(told, codec)
        return made._replace(cells=(authority_id, type_id, *made.cells, record.modified_at, digest, access))

    def _digests(self, records: Sequence[LicenseRecord]) -> dict[int, bytes]:
        """The SHA-256 of the newest credential of each record's present version, by the version's sequence."""
        sequences = [record.version_sequence for record in records]
        found = self._session.execute(
            select(CredentialRow.version_sequence, CredentialRow.body)
            .where(CredentialRow.version_sequence.in_(sequences))
            .order_by(CredentialRow.number)
        )
        return {sequence: sha256(body).digest() for sequence, body in found}

    def _rows(self, ids: Sequence[int]) -> Iterator["_Row"]:
        query = (
            select(EntryRow, AuthorityRow.code, LicenseTypeRow.code)
            .join(AuthorityRow, AuthorityRow.id == EntryRow.authority_id)
            .join(LicenseTypeRow, LicenseTypeRow.id == EntryRow.type_id)
            .where(EntryRow.license_id.in_(ids))
        )
        for row, authority, license_type in self._session.execute(query):
            cells = tuple(getattr(row, name) for name in ENTRY_COLUMNS[1:])
            yield _Row(row.license_id, cells, entry_in(row, authority, license_type))

    def _wait(self, changes: Iterable[tuple[object, ...]]) -> None:
        """Keeps changes (licence id, kind, status, record status, day of the next change, digest) until `finish`."""
        self._waiting += [(one, str(kind), self._now, *rest) for one, kind, *rest in changes]
        if len(self._waiting) > FEW:
            if not self._is_spilled:
                _WAITING.create(self._session.connection(), checkfirst=True)
                self._is_spilled = True
            insert_rows(self._session, _WAITING, CHANGE_COLUMNS, self._waiting)
            self._waiting.clear()


def _mandate(record: LicenseRecord) -> tuple[str, str]:
    return record.license.iri.authority, record.license.iri.type


def entries_changing(session: Session, authority_id: int, today: date) -> list[int]:
    """The licences of the authority whose entries the calendar has outdated."""
    query = select(EntryRow.license_id).where(EntryRow.authority_id == authority_id, EntryRow.changes_on <= today)
    return list(session.scalars(query.order_by(EntryRow.license_id)))


def authorities_with_old_entries(session: Session, today: date) -> set[int]:
    """The ids of the authorities that have such licences."""
    return set(session.scalars(select(EntryRow.authority_id).where(EntryRow.changes_on <= today).distinct()))


def complete(register: Register, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Makes the entries that public licences of an older register lack; those that an older release made, anew, and what is
    noted of areas with them. Returns of how many licences. Safe to repeat, and to begin again after an interruption. `progress`
    is called with how many are done, and 0 for how many there are: nobody has counted."""
    done = last = 0
    with register.database.reading() as session:
        is_of_today = session.scalars(select(InstanceRow.entries_form)).one() >= ENTRIES_FORM
    query = select(LicenseRow.id, LicenseRow.authority_id).where(LicenseRow.record_status != RecordStatus.WITHDRAWN)
    if is_of_today:
        lacking = query.outerjoin(EntryRow, EntryRow.license_id == LicenseRow.id)
        query = lacking.where(EntryRow.license_id.is_(None))
    query = query.order_by(LicenseRow.id).limit(PIECE)
    while True:
        with register.database.writing() as session:
            found = session.execute(query.where(LicenseRow.id > last)).all()
            if not found:
                session.execute(update(InstanceRow).values(entries_form=ENTRIES_FORM))
                return done
            store = register.store(session)
            for authority_id in sorted({row.authority_id for row in found}):
                store.lock_authority(authority_id)
            entries = Entries(register, session, store)
            entries.follow([row.id for row in found])
            entries.finish()
        last = found[-1].id
        done += len(found)
        progress(done, 0)


def relist(register: Register, session: Session, type_id: int) -> None:
    """Brings the entries of all licences of a type up to date with what the type says now, in the transaction of `session`."""
    store = register.store(session)
    of_type = LicenseRow.type_id == type_id
    for authority_id in session.scalars(
        select(LicenseRow.authority_id).where(of_type).distinct().order_by(LicenseRow.authority_id)
    ).all():
        # What is being published by the type's former words is done first.
        store.lock_authority(authority_id)
    entries = Entries(register, session, store)
    query = select(LicenseRow.id).where(of_type).order_by(LicenseRow.id).limit(PIECE)
    last = 0
    while ids := session.scalars(query.where(LicenseRow.id > last)).all():
        entries.follow(ids)
        last = ids[-1]
    entries.finish()


def _listed(public: License, entry: Entry, digest: bytes) -> Listed:
    told = (entry.status.value, entry.record_status.value, entry.changes_on)
    cells = (
        *(entry.text, entry.name, LINE.join(entry.juristic_ids)),
        *(entry.province, entry.district, LINE.join(entry.activities)),
        *(*told, entry.issued_on, entry.expires_on, entry.is_incomplete, entry.renews),
    )
    return Listed(cells, told, tuple(entry.grams()), digest, tuple(areas_of(public)))


def entry_in(row: EntryRow, authority: str, license_type: str) -> Entry:
    """The entry in a row of its table."""
    return Entry(
        authority=authority,
        type=license_type,
        text=row.text,
        name=row.name,
        juristic_ids=tuple(filter(None, row.juristic_id.split(LINE))),
        province=row.province,
        district=row.district,
        activities=tuple(filter(None, row.activities.split(LINE))),
        status=Status(row.status),
        record_status=RecordStatus(row.record_status),
        changes_on=row.changes_on,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        is_incomplete=row.is_incomplete,
        renews=row.renews,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as it is stored: its columns but the licence's id, and as a noun."""

    license_id: int
    cells: tuple[object, ...]
    entry: Entry
