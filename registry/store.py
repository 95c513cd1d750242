"""Rows to nouns and back: all queries on licences, their history and those who grant them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import BindParameter, Select, bindparam, func, select, update

from registry.grantors import Grantors
from registry.lookup import Located, locate
from registry.record import LicenseRecord, RecordStatus, Stored, Version, license_record
from registry.tables import (
    ActRow,
    AliasRow,
    AuthorityRow,
    CredentialRow,
    EntryRow,
    LicenseRow,
    LicenseTypeRow,
    MandateRow,
    VersionRow,
)
from vocab.history import Act, History, legal_date
from vocab.iri import LicenseIri, lookup_key, weak_key
from vocab.license import License

LOOKED_AT_AGAIN = timedelta(days=2)


# What every page asks, made once: to make a statement takes SQLAlchemy as long as to answer it takes SQLite.
_LICENSE, _VERSION, _ACT = LicenseRow.__table__.c, VersionRow.__table__.c, ActRow.__table__.c
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_ROW = select(
    _LICENSE.id,
    _LICENSE.check_id,
    _LICENSE.record_status,
    _LICENSE.created_at,
    _LICENSE.confirmed_at,
    _LICENSE.original,
    _LICENSE.linked_at,
)
_BY_TAIL = _ROW.where(_LICENSE.tail == bindparam("tail"))
_BY_ID = _ROW.where(_LICENSE.id.in_(_IDS))
_VERSIONS = (
    select(_VERSION.license_id, _VERSION.sequence, _VERSION.number, _VERSION.document, _VERSION.recorded_at)
    .where(_VERSION.license_id.in_(_IDS))
    .order_by(_VERSION.number)
)
_ACTS = (
    select(_ACT.license_id, _ACT.document, _ACT.received_row_id).where(_ACT.license_id.in_(_IDS)).order_by(_ACT.number)
)


class NoSuchCode(LookupError):
    """No licence of this register has the QR code."""


class Store(Grantors):
    """The queries, in the transaction of `session`. Nothing here commits."""

    # Licences

    def find(self, iri: LicenseIri) -> LicenseRecord | None:
        """The licence with exactly this IRI, or None."""
        self.session.flush()
        rows = self.session.execute(_BY_TAIL, {"tail": iri.tail}).all()
        return next(iter(self._made(rows).values()), None)

    def locate(self, iri: LicenseIri) -> Located | None:
        """Where the licence with exactly this IRI is, at the speed of the database itself; `find` reads all of it."""
        return locate(self.session, iri.tail)

    def find_by_check_id(self, check_id: str) -> LicenseRecord | None:
        """The licence whose QR code holds `check_id`, or None."""
        return next(iter(self._records(select(LicenseRow.id).where(LicenseRow.check_id == check_id))), None)

    def find_by_id(self, license_id: int) -> LicenseRecord | None:
        return next(iter(self.records([license_id])), None)

    def find_by_alias(self, iri: LicenseIri) -> list[LicenseRecord]:
        """The licences that bear the number of `iri` as an alias."""
        return self._records(
            select(AliasRow.license_id)
            .where(
                AliasRow.authority_id == self._authority_id(iri.authority),
                AliasRow.type_id == self._type_id(iri.type),
                AliasRow.number == iri.number,
            )
            .order_by(AliasRow.license_id)
        )

    def find_by_number(self, iri: LicenseIri) -> list[LicenseRecord]:
        """All licences of the authority and type that bear the number of `iri`, whatever their qualifier."""
        return self._records(
            select(LicenseRow.id)
            .where(
                LicenseRow.authority_id == self._authority_id(iri.authority),
                LicenseRow.type_id == self._type_id(iri.type),
                LicenseRow.number == iri.number,
            )
            .order_by(LicenseRow.qualifier)
        )

    def numbers_like(self, authority_id: int, type_id: int, key: str) -> list[str]:
        """The numbers of public licences of one authority and type that share a lookup key."""
        query = select(LicenseRow.number).where(
            LicenseRow.authority_id == authority_id,
            LicenseRow.type_id == type_id,
            LicenseRow.key == key,
            LicenseRow.record_status != RecordStatus.WITHDRAWN,
        )
        return list(self.session.scalars(query))

    def versions(self, license_id: int) -> list[Version]:
        """All faces of a licence, oldest first."""
        return self.versions_of([license_id]).get(license_id, [])

    def versions_of(self, ids: Sequence[int]) -> dict[int, list[Version]]:
        """All faces of each licence, oldest first."""
        # What is not of SQLAlchemy's ORM does not see by itself what was added and not yet sent.
        self.session.flush()
        versions: dict[int, list[Version]] = {}
        for found in self.session.execute(_VERSIONS, {"ids": ids}):
            version = Version(
                sequence=found.sequence,
                number=found.number,
                license=self.codec.load(found.document, License),
                recorded_at=found.recorded_at,
            )
            versions.setdefault(found.license_id, []).append(version)
        return versions

    def history(self, license_id: int) -> History:
        return self.histories([license_id])[license_id]

    def histories(self, ids: Sequence[int]) -> dict[int, History]:
        """The history of each licence."""
        acts: dict[int, list[Act]] = {license_id: [] for license_id in ids}
        query = select(ActRow.license_id, ActRow.document).where(ActRow.license_id.in_(ids)).order_by(ActRow.number)
        for license_id, document in self.session.execute(query):
            acts[license_id].append(self.codec.load(document, Act))
        return {license_id: History(tuple(found)) for license_id, found in acts.items()}

    def licenses_changing(self, since: date, today: date) -> list[tuple[int, int]]:
        """The licences whose status or valid face changes by the calendar alone, after `since` and until `today`.

        Each as (authority id, licence id). Where the clock jumped back, it is what changes between the two days. Of some days
        before, what was recorded as coming is there again: written over midnight, it may have come after the last look.
        """
        first, last = sorted((since, today))
        again = first - LOOKED_AT_AGAIN
        changing = select(LicenseRow.authority_id, LicenseRow.id, ActRow.effective_on, ActRow.until, ActRow.recorded_at)
        joined = changing.join(ActRow, ActRow.license_id == LicenseRow.id)
        begins = joined.where(ActRow.effective_on > again, ActRow.effective_on <= last)
        ends = joined.where(ActRow.until >= again, ActRow.until < last)
        days = [
            *((row, row.effective_on) for row in self.session.execute(begins)),
            *((row, row.until + timedelta(days=1)) for row in self.session.execute(ends)),
        ]
        return sorted(
            {(row.authority_id, row.id) for row, day in days if day > first or legal_date(row.recorded_at) < day}
        )

    def credential(self, version_sequence: int) -> CredentialRow | None:
        """The newest credential of one version of a licence."""
        return self.session.scalar(
            select(CredentialRow)
            .where(CredentialRow.version_sequence == version_sequence)
            .order_by(CredentialRow.number.desc())
            .limit(1)
        )

    def credential_by_id(self, credential_id: str) -> CredentialRow | None:
        return self.session.get(CredentialRow, credential_id)

    def counts(self) -> dict[tuple[str, str], int]:
        """The number of licences that are public by authority code and type code, from an index alone."""
        mandate = EntryRow.authority_id, EntryRow.type_id
        pairs = self.session.execute(select(*mandate, func.count()).group_by(*mandate)).all()
        authorities = {row.id: row.code for row in self.session.execute(select(AuthorityRow.id, AuthorityRow.code))}
        types = {row.id: row.code for row in self.session.execute(select(LicenseTypeRow.id, LicenseTypeRow.code))}
        return {(authorities[authority], types[kind]): count for authority, kind, count in pairs}

    def latest_confirmation(self, authority: str = "") -> datetime | None:
        """When the register last received data (of `authority`, if given)."""
        query = select(func.max(LicenseRow.confirmed_at))
        if authority:
            query = query.join(AuthorityRow, AuthorityRow.id == LicenseRow.authority_id).where(
                AuthorityRow.code == authority
            )
        return self.session.scalar(query)

    # Writing: additions only, but for what finds a licence

    def lock_authority(self, authority_id: int) -> None:
        """Makes other writers of this authority wait until the transaction ends; SQLite has one writer anyhow.

        Taken before anything else is read: what is then read cannot change under the writer, and no two wait for each other.
        """
        # NO KEY UPDATE: a file may still be received for the authority while another one is published.
        query = select(AuthorityRow.id).where(AuthorityRow.id == authority_id).with_for_update(key_share=True)
        self.session.scalar(query)

    def add_version(self, license_id: int, license: License, *, now: datetime, received_row_id: int | None) -> int:
        """A new face. Returns its sequence in the register; what finds the licence follows it."""
        number = (
            self.session.scalar(select(func.max(VersionRow.number)).where(VersionRow.license_id == license_id)) or 0
        )
        version = VersionRow(
            license_id=license_id,
            number=number + 1,
            document=self.codec.dump(license),
            recorded_at=now,
            received_row_id=received_row_id,
        )
        self.session.add(version)
        row = self.session.get_one(LicenseRow, license_id)
        self._set_aliases(row, license.aliases)
        self.session.flush()
        return version.sequence

    def add_act(self, license_id: int, act: Act, *, received_row_id: int | None = None) -> None:
        self.session.add(
            ActRow(
                license_id=license_id,
                number=act.number,
                kind=act.kind.value,
                effective_on=act.effective_on,
                until=act.until,
                recorded_at=act.recorded_at,
                document=self.codec.dump(act),
                received_row_id=received_row_id,
            )
        )

    def note_change(self, authority_id: int, type_id: int, license_id: int | None = None) -> None:
        """Notes that something public of an authority and type changed: what was compared with it before is outdated.

        `license_id` is the licence that changed, where no row of a file says how: none is known again by its digest then.
        """
        mandate = update(MandateRow).where(MandateRow.authority_id == authority_id, MandateRow.type_id == type_id)
        self.session.execute(mandate.values(generation=MandateRow.generation + 1))
        if license_id is not None:
            self.session.execute(update(LicenseRow).where(LicenseRow.id == license_id).values(row_digest=None))

    def _set_aliases(self, row: LicenseRow, aliases: Iterable[str]) -> None:
        known = set(self.session.scalars(select(AliasRow.number).where(AliasRow.license_id == row.id)))
        for number in aliases:
            # An alias once public goes on leading here, even when the agency no longer lists it.
            if number not in known:
                self.session.add(
                    AliasRow(
                        license_id=row.id,
                        authority_id=row.authority_id,
                        type_id=row.type_id,
                        number=number,
                        key=lookup_key(number),
                        weak_key=weak_key(number),
                    )
                )

    def _authority_id(self, code: str) -> int | None:
        return self.session.scalar(select(AuthorityRow.id).where(AuthorityRow.code == code))

    def _type_id(self, code: str) -> int | None:
        return self.session.scalar(select(LicenseTypeRow.id).where(LicenseTypeRow.code == code))

    def _records(self, ids: Select[int]) -> list[LicenseRecord]:
        return self.records(self.session.scalars(ids).all())

    def records(self, ids: Sequence[int]) -> list[LicenseRecord]:
        """The licences with these ids, in this order; a few queries for all of them."""
        self.session.flush()
        made = self._made(self.session.execute(_BY_ID, {"ids": ids}).all()) if ids else {}
        return [made[license_id] for license_id in ids if license_id in made]

    def _made(self, rows: Sequence[Stored]) -> dict[int, LicenseRecord]:
        """The licences in these rows, by their ids."""
        if not rows:
            return {}
        ids = [row.id for row in rows]
        versions = self.versions_of(ids)
        acts: dict[int, list[tuple[Act, bool]]] = {}
        for license_id, document, row_id in self.session.execute(_ACTS, {"ids": ids}):
            acts.setdefault(license_id, []).append((self.codec.load(document, Act), row_id is not None))
        return {
            row.id: license_record(row, versions[row.id], acts.get(row.id, []), self.today)
            for row in rows
            if row.id in versions
        }
