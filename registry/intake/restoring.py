"""What undoing a batch gives back beside the licences that it published: what was said of others, and what it left behind."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from registry.intake.batch import BatchState
from registry.intake.diff import CHANGED, NEW, UNCHANGED
from registry.intake.writing import Writer
from registry.mappings import save_mapping, saved_mapping
from registry.record import RecordStatus
from registry.register import Register
from registry.store import Store
from registry.tables import AliasRow, BatchRow, LicenseRow, ReceivedRow, RecordChangeRow, VersionRow

PIECE = 500
HOLDING = (NEW, CHANGED, UNCHANGED)
"""The outcomes of rows whose licences are on the list that has them."""


class Restoring:
    """Gives back what one batch took, in the transaction of `session`, which holds the lock of its authority."""

    def __init__(self, register: Register, session: Session, store: Store, writer: Writer, batch: BatchRow) -> None:
        self._register = register
        self._session = session
        self._store = store
        self._writer = writer
        self._batch = batch

    def noted(self, kind: str) -> set[int]:
        """The licences of whose records the batch noted `kind`."""
        query = select(RecordChangeRow.license_id).where(
            RecordChangeRow.batch_id == self._batch.id, RecordChangeRow.kind == kind
        )
        return set(self._session.scalars(query))

    def records(self) -> Callable[[], None]:
        """What was called stale by the batch is not; what it found again is missing again, unless something later has it.

        Looks at what the batch noted now; what is returned does it.
        """
        steps = (
            (sorted(self.noted("stale")), RecordStatus.STALE, RecordStatus.PUBLISHED, "confirmed"),
            (sorted(self.noted("confirmed")), RecordStatus.PUBLISHED, RecordStatus.STALE, "stale"),
        )

        def restore() -> None:
            for ids, before, after, note in steps:
                for begin in range(0, len(ids), PIECE):
                    self._set_status(ids[begin : begin + PIECE], before, after, note)

        return restore

    def _set_status(self, ids: Sequence[int], before: RecordStatus, after: RecordStatus, note: str) -> None:
        # Batches of one authority and type are public in the order of their numbers: what another made public outdates them.
        later = select(BatchRow.id).where(others_published(self._batch), BatchRow.id > self._batch.id)
        is_confirmed_since = exists().where(
            ReceivedRow.batch_id.in_(later), ReceivedRow.tail == LicenseRow.tail, ReceivedRow.outcome.in_(HOLDING)
        )
        found = self._session.scalars(
            select(LicenseRow.id).where(LicenseRow.id.in_(ids), LicenseRow.record_status == before, ~is_confirmed_since)
        ).all()
        self._session.execute(
            update(LicenseRow)
            .where(LicenseRow.id.in_(found))
            .values(record_status=after)
            .execution_options(synchronize_session=False)
        )
        self._writer.note((license_id, note) for license_id in found)
        self._writer.follow(found)

    def lists(self) -> None:
        """What was on another list before this batch is on that one again, so that it can be missing from it."""
        batch = self._batch
        elsewhere = select(BatchRow.id).where(
            others_published(self._batch), (BatchRow.source != batch.source) | (BatchRow.channel != batch.channel)
        )
        if self._session.scalar(elsewhere.limit(1)) is None:
            return
        former = (
            select(BatchRow.source)
            .join(ReceivedRow, ReceivedRow.batch_id == BatchRow.id)
            .where(
                others_published(self._batch),
                BatchRow.channel == batch.channel,
                ReceivedRow.tail == LicenseRow.tail,
                ReceivedRow.outcome.in_(HOLDING),
            )
            # The order of publishing: these are numbers in text.
            .order_by(func.length(BatchRow.basis).desc(), BatchRow.basis.desc())
            .limit(1)
        )
        self._session.execute(
            update(LicenseRow)
            .where(self._stays())
            .values(source=former.scalar_subquery())
            .execution_options(synchronize_session=False)
        )

    def confirmations(self) -> None:
        """Its authority last sent a licence of the batch with the batch before that has it."""
        batch = self._batch
        earlier = self._session.execute(
            select(BatchRow.id, BatchRow.published_at)
            .where(others_published(self._batch), BatchRow.id < batch.id)
            .order_by(BatchRow.id.desc())
        ).all()
        for batch_id, published_at in earlier:
            left = (
                self._stays()
                & (LicenseRow.confirmed_at > earlier[0].published_at)
                & (LicenseRow.confirmed_at <= batch.published_at)
            )
            if self._session.scalar(select(LicenseRow.id).where(left).limit(1)) is None:
                return
            theirs = select(ReceivedRow.tail).where(ReceivedRow.batch_id == batch_id, ReceivedRow.outcome.in_(HOLDING))
            self._session.execute(
                update(LicenseRow)
                .where(left, LicenseRow.tail.in_(theirs))
                .values(confirmed_at=published_at)
                .execution_options(synchronize_session=False)
            )

    def aliases(self, license_ids: Sequence[int]) -> None:
        """What no face of some licences says any more, but for faces of batches that were undone, leads to them no longer."""
        for begin in range(0, len(license_ids), PIECE):
            query = select(AliasRow).where(AliasRow.license_id.in_(license_ids[begin : begin + PIECE]))
            found = self._session.scalars(query).all()
            remaining = self._remaining_aliases({row.license_id for row in found})
            gone = [row.id for row in found if row.number not in remaining[row.license_id]]
            self._session.execute(
                delete(AliasRow).where(AliasRow.id.in_(gone)).execution_options(synchronize_session=False)
            )

    def _remaining_aliases(self, license_ids: set[int]) -> dict[int, set[str]]:
        # A former face that was given back came in a batch that remains.
        undone = (
            select(VersionRow.sequence)
            .join(ReceivedRow, ReceivedRow.id == VersionRow.received_row_id)
            .join(BatchRow, BatchRow.id == ReceivedRow.batch_id)
            .where(
                VersionRow.license_id.in_(license_ids),
                (BatchRow.state == BatchState.UNDONE) | (BatchRow.id == self._batch.id),
            )
        )
        without = set(self._session.scalars(undone))
        versions = self._store.versions_of(sorted(license_ids))
        return {
            license_id: {
                alias
                for version in versions[license_id]
                if version.sequence not in without
                for alias in version.license.aliases
            }
            for license_id in license_ids
        }

    def mapping(self) -> None:
        """The mapping of the list is that of the batch before again, where it is that of this one now."""
        batch = self._batch
        newest = saved_mapping(self._session, batch.authority_id, batch.type_id, batch.source)
        former = self._session.scalar(
            select(BatchRow.mapping)
            .where(
                others_published(self._batch),
                BatchRow.channel == batch.channel,
                BatchRow.source == batch.source,
                BatchRow.id < batch.id,
            )
            .order_by(BatchRow.id.desc())
            .limit(1)
        )
        if newest is not None and newest.text == batch.mapping and former:
            now = self._register.now()
            save_mapping(self._session, batch.authority_id, batch.type_id, batch.source, former, now)

    def _stays(self) -> ColumnElement[bool]:
        """The licences of the batch that were public before it."""
        rows = select(ReceivedRow.tail).where(
            ReceivedRow.batch_id == self._batch.id, ReceivedRow.outcome.in_((CHANGED, UNCHANGED))
        )
        return LicenseRow.tail.in_(rows) & (LicenseRow.record_status != RecordStatus.WITHDRAWN)


def others_published(batch: BatchRow) -> ColumnElement[bool]:
    """The other batches of its authority and type that are public."""
    return (
        (BatchRow.authority_id == batch.authority_id)
        & (BatchRow.type_id == batch.type_id)
        & (BatchRow.state == BatchState.PUBLISHED)
        & (BatchRow.id != batch.id)
    )
