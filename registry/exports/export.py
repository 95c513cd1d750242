"""Findings as files: a list of them (CSV), and a copy of the agency's own file with the bad cells marked and explained (XLSX).

Functions of what is kept of a batch; they ask no database. No cell of these files is run as a formula by a spreadsheet program.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator

from registry.exports.marking import (
    FOUND_ONLY,
    IN_PLACE,
    THESE_ONLY,
    WHOLE,
    MarkedRow,
    Tally,
    marked,
    summary,
    with_place,
)
from registry.exports.own_workbook import Task, marked_in_place
from registry.exports.workbook import Copy
from registry.intake.batch import Report, RowView
from registry.intake.finding import Finding
from registry.intake.reading import reading
from registry.intake.table import Layout, OpenTable, escaped
from registry.intake.wording import explanation

FINDINGS_HEADINGS = ("sheet", "row", "column", "gravity", "code", "received", "message_th", "message_en", "proposed")
MAX_ROWS_COPIED = 200_000
"""Of a longer file only rows with findings are in the marked copy, and not more than this: nobody looks through more."""
MAX_BYTES_IN_PLACE = 48 << 20
"""How much XML an agency's workbook may have for marks to be put into it; of a larger one the rows are copied."""
_LINES_AT_ONCE = 500


def findings_csv(report: Report, rows: Iterable[RowView]) -> Iterator[bytes]:
    """All findings, one a line, as UTF-8 that Excel recognises; those about the file as a whole first.

    `rows` are those with findings. Cells that a spreadsheet would run as a formula are escaped.
    """
    yield b"\xef\xbb\xbf" + _csv([FINDINGS_HEADINGS])
    lines = [
        _line(finding.details.get("sheet", ""), finding.details.get("lines", ""), finding)
        for finding in report.findings
    ]
    for row in rows:
        where = str(row.line if row.sheet_line is None else row.sheet_line)
        lines += (_line(row.sheet, where, finding) for finding in row.findings)
        if len(lines) >= _LINES_AT_ONCE:
            yield _csv(lines)
            lines = []
    yield _csv(lines)


def _line(sheet: str, row: str, finding: Finding) -> tuple[str, ...]:
    return (
        sheet,
        row,
        finding.column,
        finding.gravity.value,
        finding.code,
        finding.received,
        explanation(finding, "th"),
        explanation(finding, "en"),
        finding.proposed,
    )


def _csv(lines: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(map(escaped, line) for line in lines)
    return text.getvalue().encode()


def marked_copy(
    body: bytes, report: Report, layout: Layout, rows: Iterable[RowView], *, only_these: bool = False
) -> bytes:
    """The agency's file `body` as a workbook (XLSX) in which each bad cell is coloured and explained.

    A column at the right explains each row, and a first sheet sums up; both are left out when the copy comes back repaired. An
    XLSX file stays the agency's own, with its sheets and formats, but without formulas (their values stay), macros and links. Of
    every other file, and of a very large one, the rows are copied, each on its own line, as text. `rows` are those with
    findings, in the order of their lines; with `only_these`, no others are in the copy. Raises `FileUnreadable` as `reading`,
    which has read the same bytes before.
    """
    whole = report.rows <= MAX_ROWS_COPIED and not only_these
    tally = Tally()
    watched = tally.watch(rows)
    with reading(body, report.file_name, layout) as table:
        if whole and _fits_in_place(body, table):
            found = [marked(row, table.headings) for row in watched]
            own = marked_in_place(
                Task(
                    body=body,
                    headings=table.headings,
                    sheet=table.form.sheets[0],
                    heading_line=table.form.heading_line,
                    rows=found,
                    summary=summary(report, tally, IN_PLACE),
                )
            )
            return own or _copied(table, found, report, tally, WHOLE)
        note = WHOLE if whole else FOUND_ONLY if not only_these else THESE_ONLY
        return _copied(table, (marked(row, table.headings) for row in watched), report, tally, note)


def _fits_in_place(body: bytes, table: OpenTable) -> bool:
    """Whether the cells of the table are those of a workbook that is small enough."""
    # A form that was turned into a table has no line of headings, and its cells stand elsewhere.
    if table.form.kind != "xlsx" or not table.form.sheets or not table.form.heading_line:
        return False
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return sum(part.file_size for part in parts.infolist()) <= MAX_BYTES_IN_PLACE


def _copied(table: OpenTable, found: Iterable[MarkedRow], report: Report, tally: Tally, note: str) -> bytes:
    """A new workbook of the table's rows: of all of them, or of the found ones; `note` says which."""
    whole = note == WHOLE
    copy = Copy(table)
    coming = iter(found)
    mark = next(coming, None)
    room = MAX_ROWS_COPIED
    for row in (row for chunk in table.chunks for row in chunk):
        while mark is not None and mark.line < row.line:
            mark = next(coming, None)
        here = mark if mark is not None and mark.line == row.line else None
        if (whole or here) and room:
            copy.add(row, here if whole else here and with_place(here, row), on_its_line=whole)
            room -= 1
    # What nobody asked for yet is counted all the same.
    for _ in coming:
        pass
    return copy.finish(summary(report, tally, note))
