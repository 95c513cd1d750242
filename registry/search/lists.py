"""The lists that authorities published last, and the licences that something was found about in them."""

from datetime import datetime

from sqlalchemy import Select, func, select

from registry.intake.batch import FILE, BatchState
from registry.tables import BatchRow, FindingRow, LicenseRow, ReceivedRow


def last_lists(authorities: Select[int] | None = None) -> Select[int, int, int, datetime]:
    """The batch that was published last of each list of each authority and type, and was not taken back: `id`, `authority_id`,
    `type_id` and `published_at`. With `authorities`, the ids of some, only theirs."""
    order = (BatchRow.published_at.desc(), BatchRow.id.desc())
    rank = func.row_number().over(
        partition_by=(BatchRow.authority_id, BatchRow.type_id, BatchRow.source), order_by=order
    )
    columns = (BatchRow.id, BatchRow.authority_id, BatchRow.type_id, BatchRow.published_at)
    published = select(*columns, rank.label("rank")).where(
        BatchRow.channel == FILE, BatchRow.state == BatchState.PUBLISHED
    )
    if authorities is not None:
        published = published.where(BatchRow.authority_id.in_(authorities))
    ranked = published.subquery()
    return select(ranked.c.id, ranked.c.authority_id, ranked.c.type_id, ranked.c.published_at).where(ranked.c.rank == 1)


def licenses_with_findings(gravity: str) -> Select[int]:
    """The ids of the licences on which a last list has a finding of this gravity; they may be public from a list before."""
    last = last_lists().subquery()
    return (
        select(LicenseRow.id)
        .join(ReceivedRow, ReceivedRow.tail == LicenseRow.tail)
        .join(FindingRow, FindingRow.received_row_id == ReceivedRow.id)
        .where(FindingRow.gravity == gravity, ReceivedRow.batch_id.in_(select(last.c.id)))
    )
