"""A preview's last question: some rows of a batch as they would be public, tried by the published shapes. Nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from registry.access.link import Link, Origin
from registry.access.links import links_of
from registry.batches import row_view
from registry.intake.batch import BatchState, RowView
from registry.intake.diff import IMPOSSIBLE, foreseen
from registry.intake.finding import RULE_BROKEN, Finding
from registry.intake.judging import PUBLISHABLE
from registry.intake.report import find_batch
from registry.intake.rows.links import load_links
from registry.intake.rows.status import Claim
from registry.record import LicenseRecord
from registry.register import Register
from registry.shapes import Rule, broken_by
from registry.store import Store
from registry.tables import BatchRow, FindingRow, ReceivedRow
from vocab.license import License

UNNUMBERED = 100_000
"""From here on links are counted that have no number yet: nothing of them is stored."""
SAMPLE = 20
"""So many rows are tried: each takes some 30 ms."""


def sampled_rows(register: Register, batch_id: int) -> list[RowView]:
    """Some rows of a batch that would be published, in the order of the file; their findings are the rules that they do not keep.

    The first and the last, the first with a status, the first with each kind of finding, and others evenly between: the same
    batch gives the same rows. Raises `NoSuchBatch`.
    """
    with register.database.reading() as session:
        batch = find_batch(session, batch_id)
        store = register.store(session)
        rows = session.scalars(select(ReceivedRow).where(ReceivedRow.id.in_(_chosen(session, batch))))
        tried = []
        for row in sorted(rows, key=lambda row: row.line):
            record = _as_public(register, store, batch, row)
            rules = broken_by(store, record, register.loader, _links(store, record, row)) if record is not None else []
            tried.append(row_view(register.base, row, [_finding(rule) for rule in rules]))
        return tried


def _chosen(session: Session, batch: BatchRow) -> list[int]:
    """The ids of the rows to look at, at most `SAMPLE`."""
    of_batch = (
        ReceivedRow.batch_id == batch.id,
        ReceivedRow.outcome.in_(PUBLISHABLE),
        ReceivedRow.document.is_not(None),
    )
    last = session.scalar(select(func.max(ReceivedRow.line)).where(*of_batch))
    if last is None:
        return []
    first = session.scalars(select(func.min(ReceivedRow.line)).where(*of_batch)).one()

    def next_one(*further: ColumnElement[bool]) -> int | None:
        query = select(ReceivedRow.id).where(*of_batch, *further).order_by(ReceivedRow.line)
        return session.scalar(query.limit(1))

    found = (
        select(func.min(ReceivedRow.id))
        .join(FindingRow, FindingRow.received_row_id == ReceivedRow.id)
        .where(*of_batch, FindingRow.batch_id == batch.id)
        .group_by(FindingRow.code)
        .order_by(func.min(ReceivedRow.id))
    )
    telling = _some(
        (
            next_one(),
            next_one(ReceivedRow.line == last),
            next_one(ReceivedRow.claim.is_not(None)),
            *session.scalars(found.limit(SAMPLE)),
        )
    )
    left = SAMPLE - len(telling)
    steps = (first + (last - first) * step // (left + 1) for step in range(1, left + 1))
    return _some((*telling, *(next_one(ReceivedRow.line >= line) for line in steps)))


def _some(ids: Iterable[int | None]) -> list[int]:
    return list(dict.fromkeys(one for one in ids if one is not None))[:SAMPLE]


def _as_public(register: Register, store: Store, batch: BatchRow, row: ReceivedRow) -> LicenseRecord | None:
    """The licence of a row as it would be public, or as it is where the batch is; None where its acts do not fit any more."""
    license = register.codec.load(row.document or "", License)
    existing = store.find(license.iri)
    if batch.state == BatchState.PUBLISHED and existing is not None:
        return existing
    claim = register.codec.load(row.claim, Claim) if row.claim else None
    try:
        record = foreseen(license, claim, existing, store.today)
    except IMPOSSIBLE:
        return None
    return replace(record, license=record.newest)


def _links(store: Store, record: LicenseRecord, row: ReceivedRow) -> Sequence[Link] | None:
    """The links that the licence of a row would have; None for those that it has."""
    if row.access is None:
        return None
    kept = [each for each in links_of(store.session, store.codec, record.id) if each.origin is not Origin.LIST]
    said = load_links(store.codec, row.access)
    own = [
        Link(number=UNNUMBERED + n, origin=Origin.LIST, declared=each, at=record.modified_at)
        for n, each in enumerate(said)
    ]
    return [*kept, *own]


def _finding(rule: Rule) -> Finding:
    return Finding(code=RULE_BROKEN, details={"rule": rule.name, "th": rule.message.th, "en": rule.message.en})
