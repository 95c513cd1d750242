"""Undoing a published batch: what is public is as it was before it, and what happened stays told.

Nothing is deleted. A licence that only this batch published is withdrawn, with its credentials; one that it changed gets its
former face back as a new version, and the batch's acts are declared void; what it called stale is not any more. What else it left
is in `registry.intake.restoring`.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.exchange.webhooks import Event, announce
from registry.intake.batch import BatchRefused, BatchState, Progress, Report
from registry.intake.diff import CHANGED, NEW
from registry.intake.report import find_batch, locked_batch, read_report
from registry.intake.restoring import HOLDING, Restoring, others_published
from registry.intake.staging import nothing
from registry.intake.wording import STATE
from registry.intake.writing import Reversal, Writer
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import (
    ActRow,
    AuthorityRow,
    BatchRow,
    LicenseRow,
    LicenseTypeRow,
    ReceivedRow,
    RecordChangeRow,
    VersionRow,
)
from registry.told import Message
from registry.translation import marked as _
from vocab.iri import parse_license_tail

PIECE = 500
SHOWN = 5


class UndoRefused(BatchRefused):
    """The batch cannot be undone: something was built on it. Says what."""

    code = "undo-refused"


def undo_batch(register: Register, batch_id: int, progress: Progress = nothing) -> Report:
    """Takes a published batch back, in one transaction; one that was undone stays so.

    Raises `NoSuchBatch`, `BatchRefused` for one that is not public, `UndoRefused` for one beneath later ones.
    """
    with register.database.writing() as session:
        store = register.store(session)
        store.lock_authority(find_batch(session, batch_id).authority_id)
        batch = locked_batch(session, batch_id)
        if batch.state != BatchState.UNDONE:
            _Undoing(register, session, store, batch).run(progress)
            batch.state = BatchState.UNDONE
            batch.undone_at = register.now()
            session.flush()
            announce(session, register, batch, Event.UNDONE)
        return read_report(register, session, batch)


class _Undoing:
    def __init__(self, register: Register, session: Session, store: Store, batch: BatchRow) -> None:
        if batch.state != BatchState.PUBLISHED:
            raise BatchRefused(
                _("batch %(batch)s (%(state)s) cannot be taken back: only what is published can"),
                batch=batch.id,
                state=Message(STATE[batch.state]),
            )
        self._session = session
        self._store = store
        self._batch = batch
        self._rows = select(ReceivedRow.id).where(ReceivedRow.batch_id == batch.id)
        self._require_last()
        authority = session.get_one(AuthorityRow, batch.authority_id).code
        license_type = session.get_one(LicenseTypeRow, batch.type_id).code
        (mandate,) = store.mandates(authority=authority, license_type=license_type)
        grantor = store.grantor(mandate.authority, mandate.type)
        self._writer = Writer(register, session, store, grantor, batch_id=batch.id, source=None)
        self._restoring = Restoring(register, session, store, self._writer, batch)

    def run(self, progress: Progress) -> None:
        # What this batch noted, before undoing it notes more.
        restore = self._restoring.records()
        made, changed = self._made(), self._changed()
        done, total = 0, len(made) + len(changed)
        for pieces, take_back in ((made, self._writer.withdraw), (changed, self._take_back)):
            for begin in range(0, len(pieces), PIECE):
                piece = pieces[begin : begin + PIECE]
                take_back(self._store.records(piece))
                done += len(piece)
                progress(done, total)
        restore()
        self._writer.restore_links()
        self._restoring.lists()
        self._restoring.confirmations()
        self._restoring.aliases([*made, *changed])
        self._writer.follow([*made, *changed])
        self._restoring.mapping()
        self._writer.finish()

    def _require_last(self) -> None:
        """Raises `UndoRefused` where a later batch or decision rests on this one."""
        batch = self._batch
        published = self._session.execute(
            select(BatchRow.id, BatchRow.basis, BatchRow.source)
            .where(others_published(self._batch), BatchRow.channel == self._batch.channel)
            .order_by(BatchRow.id.desc())
        )
        # What was published before batches had a basis came before all that have one.
        own = int(batch.basis or 0)
        later = {batch_id: source for batch_id, basis, source in published if int(basis or 0) > own}
        of_list = [batch_id for batch_id, source in later.items() if source == batch.source]
        if of_list:
            listed = ", ".join(map(str, of_list))
            raise UndoRefused(
                _(
                    "batch %(batch)s lies beneath later ones of the same list (%(later)s): undo these first, the newest first"
                ),
                batch=batch.id,
                later=listed,
            )
        holding = self._holding_the_same(later)
        if holding:
            listed = ", ".join(map(str, holding))
            raise UndoRefused(
                _(
                    "batch %(batch)s lies beneath later ones of other lists, which have some of its licences too (%(later)s): "
                    "undo these first, the newest first"
                ),
                batch=batch.id,
                later=listed,
            )
        touched = self._touched_since()
        if touched:
            numbers = ", ".join(parse_license_tail(self._store.base, tail).number for tail in touched[:SHOWN])
            more = Message(_("and %(count)s more"), count=len(touched) - SHOWN) if len(touched) > SHOWN else ""
            raise UndoRefused(
                _(
                    "batch %(batch)s is not undone: decisions or changes were recorded since on licences that it published "
                    "(%(numbers)s %(more)s); what was decided is not taken back with a file. Correct these licences one by one"
                ),
                batch=batch.id,
                numbers=numbers,
                more=more,
            )

    def _holding_the_same(self, batches: Collection[int]) -> Sequence[int]:
        """Those of some batches that confirm licences which this one published."""
        ours = select(ReceivedRow.tail).where(
            ReceivedRow.batch_id == self._batch.id, ReceivedRow.outcome.in_((NEW, CHANGED))
        )
        query = (
            select(ReceivedRow.batch_id)
            .distinct()
            .where(ReceivedRow.batch_id.in_(batches), ReceivedRow.outcome.in_(HOLDING), ReceivedRow.tail.in_(ours))
        )
        return sorted(self._session.scalars(query), reverse=True) if batches else ()

    def _touched_since(self) -> Sequence[str]:
        """The licences of the batch that something else changed later, by their tails."""
        found: list[str] = []
        for table, license_id, row_id in (
            (VersionRow, VersionRow.license_id, VersionRow.received_row_id),
            (ActRow, ActRow.license_id, ActRow.received_row_id),
        ):
            ours = (
                select(license_id.label("license_id"), func.max(table.sequence).label("last"))
                .join(ReceivedRow, ReceivedRow.id == row_id)
                .where(ReceivedRow.batch_id == self._batch.id)
                .group_by(license_id)
                .subquery()
            )
            # What a later batch did that is undone is undone with it: the rows of both are that batch's.
            query = (
                select(LicenseRow.tail)
                .join(ours, ours.c.license_id == LicenseRow.id)
                .join(table, (license_id == LicenseRow.id) & (table.sequence > ours.c.last))
                .outerjoin(ReceivedRow, ReceivedRow.id == row_id)
                .outerjoin(BatchRow, BatchRow.id == ReceivedRow.batch_id)
                .where(BatchRow.state.is_distinct_from(BatchState.UNDONE))
                .order_by(LicenseRow.tail)
            )
            found += self._session.scalars(query)
        # What was withdrawn and is public again may have no act of this batch; what was decided since rests on it all the same.
        again = select(RecordChangeRow.license_id).where(
            RecordChangeRow.batch_id == self._batch.id, RecordChangeRow.kind == "restored"
        )
        found += self._session.scalars(
            select(LicenseRow.tail)
            .join(ActRow, ActRow.license_id == LicenseRow.id)
            .where(LicenseRow.id.in_(again), ActRow.recorded_at > self._batch.published_at)
            .order_by(LicenseRow.tail)
        )
        return list(dict.fromkeys(found))

    def _made(self) -> Sequence[int]:
        """The licences whose first version came in this batch."""
        return self._session.scalars(
            select(VersionRow.license_id)
            .join(ReceivedRow, ReceivedRow.id == VersionRow.received_row_id)
            .where(ReceivedRow.batch_id == self._batch.id, VersionRow.number == 1)
            .order_by(VersionRow.license_id)
        ).all()

    def _changed(self) -> Sequence[int]:
        """The licences that were there before and to which this batch did something."""
        made = set(self._made())
        acted = select(ActRow.license_id).join(ReceivedRow, ReceivedRow.id == ActRow.received_row_id)
        # What was taken back before and is published again as it was has a new version and no act.
        renewed = select(VersionRow.license_id).join(ReceivedRow, ReceivedRow.id == VersionRow.received_row_id)
        of_batch = ReceivedRow.batch_id == self._batch.id
        found = self._session.scalars(acted.where(of_batch).union(renewed.where(of_batch)))
        return sorted(license_id for license_id in found if license_id not in made)

    def _take_back(self, records: Sequence[LicenseRecord]) -> None:
        """Declares void what the batch did, and gives the face of before back; what it published again is withdrawn again."""
        was_withdrawn = self._restoring.noted("restored")
        self._writer.withdraw([record for record in records if record.id in was_withdrawn])
        left = [record for record in records if record.id not in was_withdrawn]
        ids = [record.id for record in left]
        acts: dict[int, dict[int, int]] = {}
        for license_id, number, row_id in self._session.execute(
            select(ActRow.license_id, ActRow.number, ActRow.received_row_id)
            .where(ActRow.license_id.in_(ids), ActRow.received_row_id.in_(self._rows))
            .order_by(ActRow.number)
        ):
            acts.setdefault(license_id, {})[number] = row_id or 0
        first = dict(
            self._session.execute(
                select(VersionRow.license_id, func.min(VersionRow.number))
                .where(VersionRow.license_id.in_(ids), VersionRow.received_row_id.in_(self._rows))
                .group_by(VersionRow.license_id)
            ).all()
        )
        versions = self._store.versions_of(ids)
        self._writer.revert(
            [
                Reversal(
                    record,
                    acts[record.id],
                    versions[record.id][first[record.id] - 2].license if record.id in first else None,
                )
                for record in left
            ]
        )
        self._writer.note((record.id, "restored") for record in left)
