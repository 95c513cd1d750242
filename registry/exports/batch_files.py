"""What was found in a batch, as files that are made when they are asked for."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from registry.batches import rows_of
from registry.exports.export import findings_csv, marked_copy
from registry.intake.batch import Report
from registry.intake.diff import REJECTED
from registry.intake.keeping import kept_bytes
from registry.intake.mapping import parse_mapping
from registry.intake.reading import reading
from registry.intake.report import find_batch, read_report
from registry.intake.table import EXPORT_HEADINGS, Layout, escaped
from registry.intake.wording import explanation
from registry.register import Register
from registry.translation import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A batch's file as it arrived, and where its mapping says that the table is."""

    report: Report
    body: bytes
    layout: Layout


def kept_file(register: Register, batch_id: int) -> KeptFile:
    """The file of a batch. Raises `NoSuchBatch`."""
    with register.database.reading() as session:
        batch = find_batch(session, batch_id)
        return KeptFile(
            report=read_report(register, session, batch),
            body=kept_bytes(session, batch.file_sha256),
            layout=parse_mapping(batch.mapping, f"the mapping of batch {batch_id}").file if batch.mapping else Layout(),
        )


def findings_list(register: Register, batch_id: int) -> Iterator[bytes]:
    """All findings of a batch as CSV, in pieces. Raises `NoSuchBatch` before the first."""
    return findings_csv(kept_file(register, batch_id).report, rows_of(register, batch_id, with_findings=True))


def findings_workbook(register: Register, batch_id: int) -> bytes:
    """The agency's file as a workbook (XLSX) in which the bad cells are marked and explained. Raises `NoSuchBatch`."""
    file = kept_file(register, batch_id)
    return marked_copy(file.body, file.report, file.layout, rows_of(register, batch_id, with_findings=True))


def rejected_workbook(register: Register, batch_id: int) -> bytes:
    """The same, with the rejected rows only. Raises `NoSuchBatch`."""
    file = kept_file(register, batch_id)
    rows = rows_of(register, batch_id, (REJECTED,), with_findings=True)
    return marked_copy(file.body, file.report, file.layout, rows, only_these=True)


def rejected_list(register: Register, batch_id: int, lang: Language) -> Iterator[bytes]:
    """The rejected rows of a batch as CSV, as received, each with its line and what is wrong with it. Raises `NoSuchBatch`.

    It can be sent back repaired. Cells that a spreadsheet would run as a formula are escaped.
    """
    file = kept_file(register, batch_id)
    with reading(file.body, file.report.file_name, file.layout) as table:
        headings = table.headings
    yield b"\xef\xbb\xbf" + _line([*EXPORT_HEADINGS, *headings])
    for row in rows_of(register, batch_id, (REJECTED,)):
        wrong = "; ".join(
            f"{finding.column}: {explanation(finding, lang)}" if finding.column else explanation(finding, lang)
            for finding in row.findings
        )
        yield _line([str(row.line), wrong, *row.cells])


def _line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(map(escaped, cells))
    return text.getvalue().encode()
