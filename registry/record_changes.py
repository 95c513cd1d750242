"""What happened to the register's record of a licence, which is no act: missing from a list, taken back, there again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.tables import BatchRow, RecordChangeRow
from vocab.history import legal_date


class RecordChangeKind(StrEnum):
    """`STALE`: missing from the full list; `CONFIRMED`: in a list again; `WITHDRAWN`: published by a list that was taken back;
    `RESTORED`: public again, or again as it was before a list that was taken back."""

    STALE = "stale"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """One change by a batch. `listed_on`: the day (in Thailand) on which the batch's list came; it was published at
    `published_at` and taken back at `undone_at`, if it was."""

    kind: RecordChangeKind
    at: datetime
    batch: int
    listed_on: date
    published_at: datetime | None
    undone_at: datetime | None

    @property
    def is_undoing(self) -> bool:
        """Whether it was done when the list was taken back, and not when it was published."""
        return self.undone_at is not None and self.published_at is not None and self.at > self.published_at


def record_changes(session: Session, license_id: int) -> tuple[RecordChange, ...]:
    """The changes of one record, oldest first."""
    rows = session.execute(
        select(
            RecordChangeRow.kind,
            RecordChangeRow.at,
            RecordChangeRow.batch_id,
            BatchRow.received_at,
            BatchRow.published_at,
            BatchRow.undone_at,
        )
        .join(BatchRow, BatchRow.id == RecordChangeRow.batch_id)
        .where(RecordChangeRow.license_id == license_id)
        .order_by(RecordChangeRow.id)
    )
    return tuple(
        RecordChange(
            kind=RecordChangeKind(kind),
            at=at,
            batch=batch,
            listed_on=legal_date(received_at),
            published_at=published_at,
            undone_at=undone_at,
        )
        for kind, at, batch, received_at, published_at, undone_at in rows
    )


def withdrawal(changes: Sequence[RecordChange]) -> RecordChange | None:
    """The change by which a record was withdrawn last, or None."""
    return next((change for change in reversed(changes) if change.kind is RecordChangeKind.WITHDRAWN), None)


def missing_from(changes: Sequence[RecordChange]) -> date | None:
    """The day of the list in which a stale record is missing: of the last such list that was not taken back."""
    stale = (change for change in reversed(changes) if change.kind is RecordChangeKind.STALE)
    return next((change.listed_on for change in stale if change.undone_at is None), None)
