"""What was received: the list of batches, and the rejected rows of one, ready to be repaired."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from registry.intake.diff import REJECTED
from registry.intake.publish import FILE
from registry.intake.table import EXPORT_HEADINGS, escaped, read_table
from registry.register import Register
from registry.tables import AuthorityRow, BatchRow, FindingRow, LicenseTypeRow, ReceivedFileRow, ReceivedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file received, and how many of its rows became what."""

    id: int
    authority: str
    license_type: str
    file_name: str
    state: str
    received_at: datetime
    counts: Mapping[str, int]


class NoSuchBatch(LookupError):
    """There is no batch with this number."""


def batches(register: Register) -> list[Batch]:
    """All files received, newest first. What came by the API is not among them: there is nothing to repair."""
    with register.database.reading() as session:
        rows = session.execute(
            select(BatchRow, AuthorityRow.code, LicenseTypeRow.code)
            .join(AuthorityRow, AuthorityRow.id == BatchRow.authority_id)
            .join(LicenseTypeRow, LicenseTypeRow.id == BatchRow.type_id)
            .where(BatchRow.channel == FILE)
            .order_by(BatchRow.id.desc())
        )
        return [
            Batch(
                id=row.id,
                authority=authority,
                license_type=license_type,
                file_name=row.file_name,
                state=row.state,
                received_at=row.received_at,
                counts=row.counts,
            )
            for row, authority, license_type in rows
        ]


def rejected_rows(
    register: Register, batch_id: int, explain: Callable[[str, Mapping[str, str]], str]
) -> tuple[list[str], list[list[str]]]:
    """The headings and rejected rows of a batch as received, each with its line and what is wrong with it.

    Cells that a spreadsheet would run as a formula are escaped with an apostrophe. Raises `NoSuchBatch`.
    """
    with register.database.reading() as session:
        batch = session.get(BatchRow, batch_id)
        if batch is None or batch.channel != FILE:
            raise NoSuchBatch(f"there is no batch {batch_id}; `license-registry batches` lists them")
        headings = read_table(session.get_one(ReceivedFileRow, batch.file_sha256).body).headings
        rows = session.scalars(
            select(ReceivedRow)
            .where(ReceivedRow.batch_id == batch_id, ReceivedRow.outcome == REJECTED)
            .order_by(ReceivedRow.line)
        ).all()
        found = []
        for row in rows:
            findings = session.scalars(select(FindingRow).where(FindingRow.received_row_id == row.id)).all()
            wrong = "; ".join(
                f"{finding.column}: {explain(finding.code, finding.details)}".lstrip(": ") for finding in findings
            )
            found.append([str(row.line), escaped(wrong), *(escaped(str(cell)) for cell in row.cells["cells"])])
        return [*EXPORT_HEADINGS, *map(escaped, headings)], found
