"""What a batch is and what became of it, as everybody is told."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.intake.batch import FILE, BatchState, Holds, NoSuchBatch, Report
from registry.intake.diff import OUTCOMES
from registry.intake.finding import Finding
from registry.intake.table import FileForm
from registry.register import Register
from registry.tables import AuthorityRow, BatchRow, FindingRow, LicenseTypeRow


def report_of(register: Register, batch_id: int) -> Report:
    """The report of a batch that came as a file. Raises `NoSuchBatch`."""
    with register.database.reading() as session:
        return read_report(register, session, find_batch(session, batch_id))


def find_batch(session: Session, batch_id: int) -> BatchRow:
    """The batch with this number, if it came as a file. Raises `NoSuchBatch`."""
    batch = session.get(BatchRow, batch_id) if 0 < batch_id < 2**31 else None
    if batch is None or batch.channel != FILE:
        raise NoSuchBatch(batch_id)
    return batch


def locked_batch(session: Session, batch_id: int) -> BatchRow:
    """The batch as it is now, and nobody else changes it until the transaction ends. Raises `NoSuchBatch`.

    Whoever needs the lock of its authority too takes that one first.
    """
    batch = find_batch(session, batch_id)
    session.refresh(batch, with_for_update=True)
    return batch


def read_report(register: Register, session: Session, batch: BatchRow) -> Report:
    """The report of `batch`, in the transaction of `session`."""
    findings = session.scalars(
        select(FindingRow)
        .where(FindingRow.batch_id == batch.id, FindingRow.received_row_id.is_(None))
        .order_by(FindingRow.id)
    )
    return Report(
        batch=batch.id,
        authority=session.get_one(AuthorityRow, batch.authority_id).code,
        license_type=session.get_one(LicenseTypeRow, batch.type_id).code,
        file_name=batch.file_name,
        source=batch.source,
        state=BatchState(batch.state),
        sha256=batch.file_sha256,
        holds=Holds(batch.holds),
        form=_form(register, batch),
        counts={outcome: batch.counts.get(outcome, 0) for outcome in OUTCOMES},
        missing=batch.counts.get("missing", 0),
        license_count=batch.counts.get("public", 0),
        findings=tuple(read_finding(row) for row in findings),
        suspicions=json.loads(batch.suspicions),
        seen_before=_seen_before(session, batch),
        received_at=batch.received_at,
        published_at=batch.published_at,
        undone_at=batch.undone_at,
    )


def read_finding(row: FindingRow) -> Finding:
    """The finding in a row."""
    return Finding(code=row.code, column=row.column, received=row.received, details=row.details, proposed=row.proposed)


def _form(register: Register, batch: BatchRow) -> FileForm:
    # What was published before files had a form was CSV.
    return register.codec.load(batch.form, FileForm) if batch.form != "{}" else FileForm(kind="csv")


def _seen_before(session: Session, batch: BatchRow) -> bool:
    """Whether these very bytes were published before this batch."""
    query = select(BatchRow.id).where(
        BatchRow.authority_id == batch.authority_id,
        BatchRow.type_id == batch.type_id,
        BatchRow.file_sha256 == batch.file_sha256,
        BatchRow.state == BatchState.PUBLISHED,
        BatchRow.channel == FILE,
        BatchRow.id < batch.id,
    )
    return session.scalar(query.limit(1)) is not None
