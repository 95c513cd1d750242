"""Which licence of another register a licence here is: noted in the transaction that publishes it, and found again by its IRI."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from registry.federation.states import State
from registry.intake.diff import CHANGED, NEW, UNCHANGED
from registry.original import Original, original_in
from registry.tables import BatchRow, FindingRow, HarvestedRow, LicenseRow, OriginRow, ReceivedRow

PIECE = 500
CONTRADICTING = (
    *("decision-newer", "decision-contradicted", "status-contradicts", "status-impossible", "act-needed"),
    "status-unknown",
)
"""Findings by which a row of the list was not published as its register says it."""


def link_published(session: Session, batch: BatchRow, now: datetime) -> list[int]:
    """Notes of the licences that a batch published of an origin's list which licence there each is, in the transaction of
    `session`. Returns the ids of those of which that is news."""
    origin = session.scalar(
        select(OriginRow.id).where(
            OriginRow.authority_id == batch.authority_id, OriginRow.name == batch.source, OriginRow.removed_at.is_(None)
        )
    )
    if origin is None:
        return []
    of_row = (ReceivedRow.tail == HarvestedRow.tail) & (ReceivedRow.batch_id == batch.id)
    contradicted = exists().where(FindingRow.received_row_id == ReceivedRow.id, FindingRow.code.in_(CONTRADICTING))
    query = (
        select(HarvestedRow, LicenseRow.id, LicenseRow.original)
        .join(LicenseRow, LicenseRow.tail == HarvestedRow.tail)
        .join(ReceivedRow, of_row)
        .where(
            HarvestedRow.origin_id == origin,
            HarvestedRow.type_id == batch.type_id,
            HarvestedRow.state == State.PROVEN,
            ReceivedRow.outcome.in_((NEW, CHANGED, UNCHANGED)),
            ~contradicted,
        )
        .order_by(HarvestedRow.id)
        .limit(PIECE)
    )
    linked: list[int] = []
    last = 0
    while rows := session.execute(query.where(HarvestedRow.id > last)).all():
        news = {
            license_id: original.dump()
            for row, license_id, stored in rows
            if (original := _linked(row, original_in(stored), now)) is not None
        }
        if news:
            session.execute(update(LicenseRow), [{"id": one, "original": text} for one, text in news.items()])
        linked += news
        last = rows[-1][0].id
    return linked


def _linked(row: HarvestedRow, known: Original | None, now: datetime) -> Original | None:
    """What is to be noted; None where nothing of it is new."""
    made = Original(
        iri=row.iri,
        credential=row.credential,
        digest=row.digest.hex(),
        proven_at=row.proven_at,
        noted_at=known.noted_at if known is not None else now,
    )
    return None if made == known else replace(made, noted_at=now)


def originals_here(session: Session, iri: str) -> Sequence[int]:
    """The licences here that are the licence `iri` of another register."""
    query = (
        select(LicenseRow.id)
        .join(HarvestedRow, HarvestedRow.tail == LicenseRow.tail)
        .where(HarvestedRow.iri == iri, LicenseRow.original != "")
        .order_by(LicenseRow.id)
    )
    return session.scalars(query.limit(2)).all()
