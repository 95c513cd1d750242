"""Leases: which of several workers is at a piece of work, and until when it is believed to be.

A row is taken by one conditional UPDATE, so that two workers never both have it. A worker that died is taken over once its lease
has run out; should it come back, it no longer holds the row, and what it found is not written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from registry.register import Register
from registry.tables import AccessHostRow, DeliveryRow, OriginRow, SourceRow
from registry.tables.base import Leased

Work = TypeVar("Work", SourceRow, DeliveryRow, OriginRow, AccessHostRow)
LOOKED_AT = 20
"""How many rows are looked at for one that is free: more than there are workers."""


@dataclass(frozen=True, slots=True)
class Lease(Generic[Work]):
    """The right to work on one row. `token` is a secret of the worker that took it."""

    kind: type[Work]
    row_id: int
    token: str


def take(
    register: Register, kind: type[Work], life: timedelta, *which: ColumnElement[bool], due_only: bool = True
) -> Lease[Work] | None:
    """Takes the row that has been due for longest and that nobody is at, for as long as `life`; None where there is none.

    `which` narrows the choice down; without `due_only` a row need not be due.
    """
    now = register.now()
    free = and_(or_(kind.lease_until.is_(None), kind.lease_until <= now), *which)
    if due_only:
        free = and_(free, kind.next_at <= now)
    # Looked for without the write lock: mostly there is nothing to do. What others took meanwhile is not found again.
    while found := _first(register, kind, free):
        for row_id in found:
            lease = Lease(kind, row_id, register.random_bytes(16).hex())
            with register.database.writing() as session:
                taken = session.execute(
                    update(kind)
                    .where(kind.id == row_id, free)
                    .values(lease=lease.token, lease_until=now + life)
                    .returning(kind.id)
                ).one_or_none()
            if taken is not None:
                return lease
    return None


def _first(register: Register, kind: type[Work], free: ColumnElement[bool]) -> Sequence[int]:
    """The ids of the rows that have been due for longest: some, since one is wanted and others may take the first ones."""
    with register.database.reading() as session:
        return session.scalars(select(kind.id).where(free).order_by(kind.next_at, kind.id).limit(LOOKED_AT)).all()


def extend(register: Register, lease: Lease[Work], life: timedelta) -> bool:
    """Holds the row for as long as `life` from now on; False where another worker has it, or it was taken away."""
    with register.database.writing() as session:
        row = held(session, lease)
        if row is not None:
            row.lease_until = register.now() + life
        return row is not None


def held(session: Session, lease: Lease[Work]) -> Work | None:
    """The row, locked in the transaction of `session`, if `lease` still holds it."""
    kind = lease.kind
    return session.scalar(select(kind).where(kind.id == lease.row_id, kind.lease == lease.token).with_for_update())


def give_back(row: Leased) -> None:
    """Ends the lease of a row that is `held`."""
    row.lease, row.lease_until = "", None
