"""From what was decided to what is public: licences, acts, versions and credentials, in the caller's transaction.

One way for all that comes from an authority, be it a row of a file or a licence that came alone; many at a time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from issuers.qr import check_id
from registry.bulk import insert_rows, next_ids
from registry.entries import Entries
from registry.intake.diff import acts_of_change, is_same, with_acts
from registry.intake.granting import Finder, Granted, Granting, StoredAct, ToSign, finder, grant, sign, stored_act
from registry.intake.linking import Linking
from registry.intake.rows.status import Claim
from registry.intake.workers import Workers
from registry.issuing import Issuance, IssuedVersion
from registry.record import LicenseRecord, RecordStatus
from registry.register import Register
from registry.signing import Signed
from registry.store import Store
from registry.tables import ActRow, AliasRow, LicenseRow, RecordChangeRow, VersionRow
from vocab.graph import Grantor
from vocab.history import FINAL, Act, ActKind, History, record
from vocab.license import License

LICENSE_COLUMNS = (
    *("id", "tail", "authority_id", "type_id", "number", "qualifier", "key", "weak_key", "check_id", "record_status"),
    *("created_at", "confirmed_at", "row_digest", "source"),
)
VERSION_COLUMNS = ("sequence", "license_id", "number", "document", "recorded_at", "received_row_id")
ACT_COLUMNS = (
    *("sequence", "license_id", "number", "kind", "effective_on", "until", "document", "recorded_at"),
    "received_row_id",
)
ALIAS_COLUMNS = ("license_id", "authority_id", "type_id", "number", "key", "weak_key")


class Received(NamedTuple):
    """A licence to publish: the row it came in, what it says, the digest by which that row is known again, and its links
    (`registry.intake.rows.links`) where these change."""

    row_id: int | None
    document: str
    claim: str
    digest: bytes | None
    links: str = ""


class Reversal(NamedTuple):
    """What is taken back of a licence: its `acts` (number -> row), and the face of `before` (None: it has it still)."""

    existing: LicenseRecord
    acts: Mapping[int, int]
    before: License | None


class _Changed(NamedTuple):
    received: Received
    existing: LicenseRecord
    license: License
    history: History
    reissued: bool
    confirmed_at: datetime


class Writer:
    """Writes what one batch publishes, in the transaction of `session`. Call `finish` last.

    The caller has locked the authority (`Store.lock_authority`) before it looked at what is public. `source` names the list, None
    for what came in no file.
    """

    def __init__(
        self, register: Register, session: Session, store: Store, grantor: Grantor, *, batch_id: int, source: str | None
    ) -> None:
        self._register = register
        self._session = session
        self._store = store
        self._grantor = grantor
        self._batch_id = batch_id
        self._source = source
        self._issuance = Issuance(register, session, store)
        self._entries = Entries(register, session, store)
        self._now = register.now()
        self._linking = Linking(session, register.codec, grantor.license_type, batch_id, self._now)
        self._authority_id = store.authority_id(grantor.authority.code)
        self._type_id = store.type_id(grantor.license_type.code)
        self._granting = Granting(
            self._issuance.signing(grantor), register.base, grantor.authority.code, store.today, self._now
        )

    def grant(self, pieces: Iterable[Sequence[Received]], workers: Workers) -> Iterator[int]:
        """Publishes licences that are new. Gives how many after each piece."""
        work = ((piece, self._to_sign((one, check_id(self._register.new_id())) for one in piece)) for piece in pieces)
        keyed = (((piece, jobs), jobs) for piece, jobs in work)
        for (piece, jobs), granted in self._able(workers).map(grant, self._granting, keyed):
            self._keep_granted(piece, jobs, granted)
            yield len(piece)

    def change(self, pieces: Iterable[Sequence[Received]], workers: Workers) -> Iterator[int]:
        """Publishes what changes of licences that are there. Gives how many after each piece.

        No licence is in more than one piece: what a piece is compared with is what is stored when it is taken.
        """
        work = (
            (changes, self._to_sign((one.received, one.existing.check_id) for one in changes if one.reissued))
            for changes in map(self._changes, pieces)
        )
        keyed = (((changes, jobs), jobs) for changes, jobs in work)
        for (changes, jobs), signed in self._able(workers).map(sign, self._granting, keyed):
            self._keep_changed(changes, jobs, signed)
            yield len(changes)

    def finish(self) -> None:
        """Signs the status lists that changed, and puts what changed in the register's order."""
        self._session.flush()
        self._issuance.finish()
        self._store.note_change(self._authority_id, self._type_id)
        self._entries.finish()

    def _able(self, workers: Workers) -> Workers:
        # A key in hardware is asked from here.
        return workers if self._granting.signing.can_travel else Workers(1)

    def _to_sign(self, pieces: Iterable[tuple[Received, str]]) -> list[ToSign]:
        """What is to be signed, of rows and the ids of their licences' codes."""
        found = list(pieces)
        places = self._issuance.places(self._grantor, len(found))
        return [
            ToSign(one.document, one.claim, code, check_id(self._register.new_id()), *place)
            for (one, code), place in zip(found, places, strict=True)
        ]

    # New licences

    def _keep_granted(self, piece: Sequence[Received], jobs: Sequence[ToSign], granted: Sequence[Granted]) -> None:
        ids = next_ids(self._session, LicenseRow, len(piece))
        sequences = next_ids(self._session, VersionRow, len(piece))
        insert_rows(self._session, LicenseRow, LICENSE_COLUMNS, map(self._license_row, ids, piece, jobs, granted))
        insert_rows(
            self._session,
            VersionRow,
            VERSION_COLUMNS,
            (
                (sequence, license_id, 1, one.document, self._now, one.row_id)
                for sequence, license_id, one in zip(sequences, ids, piece, strict=True)
            ),
        )
        self._keep_acts(
            (license_id, one.row_id, act)
            for license_id, one, made in zip(ids, piece, granted, strict=True)
            for act in made.acts
        )
        self._keep_aliases(
            (license_id, alias) for license_id, made in zip(ids, granted, strict=True) for alias in made.aliases
        )
        issued = [
            (job, made.signed, IssuedVersion(license_id, sequence))
            for job, made, license_id, sequence in zip(jobs, granted, ids, sequences, strict=True)
        ]
        self._issuance.keep(self._grantor, issued)
        told = self._linking.keep_new((one, each.links, each.document) for one, each in zip(ids, piece, strict=True))
        self._entries.add(
            self._authority_id,
            self._type_id,
            ((one, made.listed._replace(access=told.get(one, ""))) for one, made in zip(ids, granted, strict=True)),
        )
        for job, made in zip(jobs, granted, strict=True):
            if made.is_ended or made.is_suspended:
                self._issuance.mark(self._grantor, job, revoked=made.is_ended, suspended=made.is_suspended)

    def _license_row(self, license_id: int, one: Received, job: ToSign, made: Granted) -> tuple[object, ...]:
        return (
            license_id,
            made.tail,
            self._authority_id,
            self._type_id,
            made.finder.number,
            made.qualifier,
            made.finder.key,
            made.finder.weak_key,
            job.check_id,
            RecordStatus.PUBLISHED.value,
            self._now,
            self._now,
            one.digest,
            self._source,
        )

    def _keep_acts(self, acts: Iterable[tuple[int, int | None, StoredAct]]) -> None:
        found = list(acts)
        sequences = next_ids(self._session, ActRow, len(found))
        insert_rows(
            self._session,
            ActRow,
            ACT_COLUMNS,
            (
                (sequence, license_id, *act, self._now, row_id)
                for sequence, (license_id, row_id, act) in zip(sequences, found, strict=True)
            ),
        )

    def _keep_aliases(self, aliases: Iterable[tuple[int, Finder]]) -> None:
        insert_rows(
            self._session,
            AliasRow,
            ALIAS_COLUMNS,
            ((license_id, self._authority_id, self._type_id, *alias) for license_id, alias in aliases),
        )

    # Licences that change

    def _changes(self, piece: Sequence[Received]) -> list[_Changed]:
        codec = self._register.codec
        licenses = [codec.load(one.document, License) for one in piece]
        query = select(LicenseRow.id).where(LicenseRow.tail.in_([license.iri.tail for license in licenses]))
        records = self._store.records(self._session.scalars(query).all())
        by_tail = {record.newest.iri.tail: record for record in records}
        return [
            self._change(one, license, by_tail[license.iri.tail]) for one, license in zip(piece, licenses, strict=True)
        ]

    def _change(self, one: Received, license: License, existing: LicenseRecord) -> _Changed:
        claim = self._register.codec.load(one.claim, Claim) if one.claim else None
        acts = acts_of_change(license, claim, existing, self._store.today)
        history = with_acts(existing.history, acts, by=self._grantor.authority.code, recorded_at=self._now)
        # What was taken back has no credential that holds, whatever it says.
        reissued = existing.record_status == RecordStatus.WITHDRAWN or not is_same(license, existing.newest)
        return _Changed(one, existing, license, history, reissued, self._now)

    def _keep_changed(self, changes: Sequence[_Changed], jobs: Sequence[ToSign], signatures: Sequence[Signed]) -> None:
        self._keep_acts(
            (change.existing.id, change.received.row_id, self._stored(act))
            for change in changes
            for act in change.history.acts[len(change.existing.history.acts) :]
        )
        reissued = [change for change in changes if change.reissued]
        signed = list(zip(reissued, jobs, signatures, strict=True))
        sequences = next_ids(self._session, VersionRow, len(signed))
        insert_rows(
            self._session,
            VersionRow,
            VERSION_COLUMNS,
            (
                (
                    sequence,
                    change.existing.id,
                    change.existing.newest_version + 1,
                    change.received.document,
                    self._now,
                    change.received.row_id,
                )
                for sequence, (change, _, _) in zip(sequences, signed, strict=True)
            ),
        )
        issued = [
            (job, body, IssuedVersion(change.existing.id, sequence))
            for sequence, (change, job, body) in zip(sequences, signed, strict=True)
        ]
        self._issuance.keep(self._grantor, issued)
        self._linking.keep((change.existing.id, change.received.links) for change in changes)
        self._update(changes)
        self._issuance.follow_all({change.existing.id: change.history for change in changes}, self._store.today)
        self._entries.follow([change.existing.id for change in changes])

    def _stored(self, act: Act) -> StoredAct:
        return stored_act(self._register.codec.dump(act), act)

    def _update(self, changes: Sequence[_Changed]) -> None:
        """What finds the licences follows them; whatever was said of their records is over."""
        ids = [change.existing.id for change in changes]
        rows = [
            {
                "id": change.existing.id,
                "confirmed_at": change.confirmed_at,
                "record_status": RecordStatus.PUBLISHED.value,
                "row_digest": change.received.digest,
            }
            | ({"source": self._source} if self._source is not None else {})
            for change in changes
        ]
        self._session.execute(update(LicenseRow), rows)
        known: dict[int, set[str]] = {}
        for license_id, number in self._session.execute(
            select(AliasRow.license_id, AliasRow.number).where(AliasRow.license_id.in_(ids))
        ):
            known.setdefault(license_id, set()).add(number)
        # An alias once public goes on leading here, even when the agency no longer lists it.
        self._keep_aliases(
            (change.existing.id, finder(alias))
            for change in changes
            for alias in change.license.aliases
            if alias not in known.get(change.existing.id, ())
        )
        self.note(
            (change.existing.id, "restored" if change.existing.record_status == RecordStatus.WITHDRAWN else "confirmed")
            for change in changes
            if change.existing.record_status != RecordStatus.PUBLISHED
        )

    # Taking back

    def withdraw(self, records: Sequence[LicenseRecord]) -> None:
        """Takes licences out of the public register, with their credentials; their records and numbers stay."""
        self._session.execute(
            update(LicenseRow)
            .where(LicenseRow.id.in_([record.id for record in records]))
            .values(record_status=RecordStatus.WITHDRAWN, row_digest=None)
            .execution_options(synchronize_session=False)
        )
        self.note((record.id, "withdrawn") for record in records)
        histories = {record.id: record.history for record in records}
        self._issuance.follow_all(histories, self._store.today)
        self._entries.follow(list(histories))

    def revert(self, reversals: Sequence[Reversal]) -> None:
        """Declares acts of licences void and gives each its former face back. It is told as of the rows that are taken back."""
        changes = [self._reversal(*one) for one in reversals]
        jobs = self._to_sign((change.received, change.existing.check_id) for change in changes if change.reissued)
        self._keep_changed(changes, jobs, sign(self._granting, jobs))

    def _reversal(self, existing: LicenseRecord, acts: Mapping[int, int], before: License | None) -> _Changed:
        history = existing.history
        for number in sorted(acts, reverse=True):
            history = record(history, self._voiding(existing, number))
        today = self._store.today
        # A credential that was revoked stays so: what holds again needs another.
        is_back = existing.history.standing(today) in FINAL and history.standing(today) not in FINAL
        face = before or existing.newest
        received = Received(min(acts.values()), self._register.codec.dump(face), "", None)
        # What is taken back was not sent again.
        return _Changed(received, existing, face, history, before is not None or is_back, existing.confirmed_at)

    def _voiding(self, existing: LicenseRecord, number: int) -> Act:
        begun = [act.effective_on for act in existing.history.in_effect() if act.effective_on]
        return Act(
            number=1,
            kind=ActKind.CORRECT,
            effective_on=max(self._store.today, min(begun, default=self._store.today)),
            recorded_at=self._now,
            by=self._grantor.authority.code,
            reason=f"ยกเลิกการเผยแพร่ชุดที่ {self._batch_id} (batch {self._batch_id} undone)",
            voids=number,
        )

    def restore_links(self) -> None:
        """Makes the links that the batch changed what they were before it."""
        self.follow(self._linking.restore())

    def confirm(self, ids: Sequence[int]) -> None:
        """What was missing from the last list is there again, as it was."""
        self._session.execute(
            update(LicenseRow)
            .where(LicenseRow.id.in_(ids))
            .values(record_status=RecordStatus.PUBLISHED, confirmed_at=self._now)
            .execution_options(synchronize_session=False)
        )
        self.note((license_id, "confirmed") for license_id in ids)
        self.follow(ids)

    def follow(self, ids: Sequence[int]) -> None:
        """Lets entries and changes follow what became of these licences' records."""
        self._entries.follow(ids)

    def note(self, changes: Iterable[tuple[int, str]]) -> None:
        """Notes what happened to records: (licence id, kind)."""
        insert_rows(
            self._session,
            RecordChangeRow,
            ("license_id", "batch_id", "kind", "at"),
            ((license_id, self._batch_id, kind, self._now) for license_id, kind in changes),
        )
