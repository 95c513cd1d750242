"""Rows to nouns and back: all queries on licences, their history and those who grant them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from registry.grantors import Grantors
from registry.tables import (
    ActRow,
    AliasRow,
    AuthorityRow,
    CredentialRow,
    LicenseRow,
    LicenseTypeRow,
    VersionRow,
)
from vocab.history import Act, History
from vocab.iri import LicenseIri, lookup_key, weak_key
from vocab.license import License, Organization, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRecord:
    """A licence as the register holds it: the face that holds today, its history, and the record about it.

    `newest` is another face than `license` only while an act that is already recorded has not taken effect. `terms` are
    those of all its faces; `decision` is the act that gave its present dates, where an officer recorded it and no file did.
    """

    id: int
    check_id: str
    license: License
    newest: License
    terms: frozenset[Term]
    decision: Act | None
    history: History
    version: int
    version_sequence: int
    record_status: str
    created_at: datetime
    modified_at: datetime
    confirmed_at: datetime

    @property
    def is_shown(self) -> bool:
        """Whether the record is public: not withdrawn as void or as a duplicate."""
        return self.record_status in {"published", "stale"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of a licence's face, and when the register took it down."""

    sequence: int
    number: int
    license: License
    recorded_at: datetime


def current_version(versions: Sequence[Version], history: History, at: date) -> Version:
    """The version that holds on day `at`: the newest with the dates that the acts give for that day (rule R8).

    Before the first act takes effect it is the version that will hold then. `versions` are one or more, oldest first.
    """
    acts = [act for act in history.in_effect() if act.term is not None]
    begun = [act for act in acts if act.effective_on is None or act.effective_on <= at]
    holding = begun or [act for act in acts if act.effective_on == acts[0].effective_on]
    term = holding[-1].term if holding else None
    return next((version for version in reversed(versions) if version.license.term == term), versions[-1])


class NoSuchCode(LookupError):
    """No licence of this register has the QR code."""


class Store(Grantors):
    """The queries, in the transaction of `session`. Nothing here commits."""

    # Licences

    def find(self, iri: LicenseIri) -> LicenseRecord | None:
        """The licence with exactly this IRI, or None."""
        return self._record(self.session.scalar(select(LicenseRow).where(LicenseRow.tail == iri.tail)))

    def find_by_check_id(self, check_id: str) -> LicenseRecord | None:
        """The licence whose QR code holds `check_id`, or None."""
        return self._record(self.session.scalar(select(LicenseRow).where(LicenseRow.check_id == check_id)))

    def find_by_id(self, license_id: int) -> LicenseRecord | None:
        return self._record(self.session.get(LicenseRow, license_id))

    def find_by_alias(self, iri: LicenseIri) -> list[LicenseRecord]:
        """The licences that bear the number of `iri` as an alias."""
        ids = self.session.scalars(
            select(AliasRow.license_id)
            .where(
                AliasRow.authority_id == self._authority_id(iri.authority),
                AliasRow.type_id == self._type_id(iri.type),
                AliasRow.number == iri.number,
            )
            .order_by(AliasRow.license_id)
        )
        return self._records(ids)

    def find_by_number(self, iri: LicenseIri) -> list[LicenseRecord]:
        """All licences of the authority and type that bear the number of `iri`, whatever their qualifier."""
        ids = self.session.scalars(
            select(LicenseRow.id)
            .where(
                LicenseRow.authority_id == self._authority_id(iri.authority),
                LicenseRow.type_id == self._type_id(iri.type),
                LicenseRow.number == iri.number,
            )
            .order_by(LicenseRow.qualifier)
        )
        return self._records(ids)

    def numbers_like(self, authority_id: int, type_id: int, key: str) -> list[str]:
        """The registered numbers of one authority and type that share a lookup key."""
        return list(
            self.session.scalars(
                select(LicenseRow.number).where(
                    LicenseRow.authority_id == authority_id, LicenseRow.type_id == type_id, LicenseRow.key == key
                )
            )
        )

    def versions(self, license_id: int) -> list[Version]:
        """All faces of a licence, oldest first."""
        rows = self.session.scalars(
            select(VersionRow).where(VersionRow.license_id == license_id).order_by(VersionRow.number)
        )
        return [
            Version(
                sequence=row.sequence,
                number=row.number,
                license=self.codec.load(row.document, License),
                recorded_at=row.recorded_at,
            )
            for row in rows
        ]

    def _decision(self, license_id: int, history: History) -> Act | None:
        """The act that gave the present dates, if it did not come from a file."""
        act = next((act for act in reversed(history.in_effect()) if act.term is not None), None)
        from_file = act and self.session.scalar(
            select(ActRow.received_row_id).where(ActRow.license_id == license_id, ActRow.number == act.number)
        )
        return act if from_file is None else None

    def history(self, license_id: int) -> History:
        rows = self.session.scalars(
            select(ActRow.document).where(ActRow.license_id == license_id).order_by(ActRow.number)
        )
        return History(tuple(self.codec.load(document, Act) for document in rows))

    def licenses_changing(self, since: date, today: date) -> list[tuple[int, int]]:
        """The licences whose status or valid face changes by the calendar alone, after `since` and until `today`.

        Each as (authority id, licence id). Where the clock jumped back, it is what changes between the two days.
        """
        first, last = sorted((since, today))
        begins = select(ActRow.license_id).where(ActRow.effective_on > first, ActRow.effective_on <= last)
        ends = select(ActRow.license_id).where(ActRow.until >= first, ActRow.until < last)
        changing = begins.union(ends).subquery()
        rows = self.session.execute(
            select(LicenseRow.authority_id, LicenseRow.id).where(LicenseRow.id.in_(select(changing.c.license_id)))
        )
        return sorted((authority_id, license_id) for authority_id, license_id in rows)

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
        """The number of licences by authority code and type code, in one query."""
        rows = self.session.execute(
            select(AuthorityRow.code, LicenseTypeRow.code, func.count())
            .select_from(LicenseRow)
            .join(AuthorityRow, AuthorityRow.id == LicenseRow.authority_id)
            .join(LicenseTypeRow, LicenseTypeRow.id == LicenseRow.type_id)
            .group_by(AuthorityRow.code, LicenseTypeRow.code)
        )
        return {(authority, license_type): count for authority, license_type, count in rows}

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

    def add_license(self, license: License, *, check_id: str, now: datetime) -> int:
        """A new identity. Its first version and act are added by the caller."""
        iri = license.iri
        row = LicenseRow(
            tail=iri.tail,
            authority_id=self.authority_id(iri.authority),
            type_id=self.type_id(iri.type),
            number=iri.number,
            qualifier=iri.qualifier or "",
            key=lookup_key(iri.number),
            weak_key=weak_key(iri.number),
            check_id=check_id,
            record_status="published",
            search_text=search_text(license),
            created_at=now,
            confirmed_at=now,
        )
        self.session.add(row)
        self.session.flush()
        return row.id

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
        row.search_text = search_text(license)
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

    def confirm(self, license_id: int, now: datetime) -> None:
        """Notes that the authority sent this licence again."""
        self.session.get_one(LicenseRow, license_id).confirmed_at = now

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

    def _records(self, ids: Iterable[int]) -> list[LicenseRecord]:
        return [record for license_id in list(ids) if (record := self.find_by_id(license_id)) is not None]

    def _record(self, row: LicenseRow | None) -> LicenseRecord | None:
        if row is None:
            return None
        versions = self.versions(row.id)
        if not versions:
            return None
        history = self.history(row.id)
        current = current_version(versions, history, self.today)
        last_act = max((act.recorded_at for act in history.acts), default=current.recorded_at)
        return LicenseRecord(
            id=row.id,
            check_id=row.check_id,
            license=current.license,
            newest=versions[-1].license,
            terms=frozenset(each.license.term for each in versions),
            decision=self._decision(row.id, history),
            history=history,
            version=current.number,
            version_sequence=current.sequence,
            record_status=row.record_status,
            created_at=row.created_at,
            modified_at=max(versions[-1].recorded_at, last_act),
            confirmed_at=row.confirmed_at,
        )


def search_text(license: License) -> str:
    """What a person may search a licence by, folded: names of companies and premises. Names of persons are left out."""
    texts: list[str] = []
    for licensee in license.licensees:
        if isinstance(licensee, Organization):
            texts += [licensee.name.th, licensee.name.en]
    for premises in license.premises:
        if premises.name is not None:
            texts += [premises.name.th, premises.name.en]
    return "\n".join(text.casefold() for text in texts if text)
