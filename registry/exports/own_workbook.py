"""Marks put into an agency's own workbook (XLSX), which keeps its sheets and formats and loses whatever acts by itself.

openpyxl takes as much memory and time as a hostile file asks for, so this is done in a process of its own, within bounds:
`python -m registry.exports.own_workbook` reads a task and writes the workbook.
"""

import io
import pickle
import resource
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from registry.exports.marking import MarkedRow, SummaryLine
from registry.exports.workbook import (
    AUTHOR,
    BOLD,
    NOTE_WIDTH,
    comment_budget,
    put_mark,
    put_note,
    put_summary,
    put_text,
    set_width,
)
from registry.intake.table import FINDINGS_HEADING, MAX_COLUMNS, SUMMARY_SHEET

MAX_MEMORY = 768 << 20
MAX_SECONDS = 120
_HEADINGS_WITHIN = 60
_PROJECT = Path(__file__).resolve().parents[2]


class WorkbookUnfit(ValueError):
    """There is no place for the marks in this workbook; its rows can be copied all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be done. Rows that name no sheet stand on `sheet`; `heading_line` counts where the headings are not found."""

    body: bytes
    headings: Sequence[str]
    sheet: str
    heading_line: int
    rows: Sequence[MarkedRow]
    summary: Sequence[SummaryLine]


def marked_in_place(task: Task) -> bytes | None:
    """The workbook with its marks, or None where that could not be done within bounds."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "registry.exports.own_workbook"],
            input=pickle.dumps(task),
            capture_output=True,
            timeout=MAX_SECONDS,
            check=True,
            cwd=_PROJECT,
            # Not ours: it has the secrets of the registry.
            env={},
        )
    except subprocess.SubprocessError:
        return None
    return done.stdout


def mark(task: Task) -> bytes:
    """The workbook of `task` with its marks. Raises `WorkbookUnfit`, and whatever openpyxl does on files that it cannot read."""
    book = load_workbook(io.BytesIO(task.body), data_only=True, keep_vba=False, keep_links=False)
    if SUMMARY_SHEET in book.sheetnames:
        del book[SUMMARY_SHEET]
    book.defined_names.clear()
    for each in book.worksheets:
        _make_harmless(_sheet(each))
    budget = comment_budget()
    columns: dict[str, int] = {}
    for row in task.rows:
        name = row.sheet or task.sheet
        sheet = _sheet(book[name])
        if name not in columns:
            columns[name] = _add_findings_column(sheet, task)
        notes = columns[name]
        for item in row.marks:
            # The column of findings of an earlier copy is not among the headings, and may stand before others.
            column = item.column + 1 if item.column + 1 < notes else item.column + 2
            put_mark(_written_cell(sheet, row.sheet_line, column), item, budget)
        put_note(_written_cell(sheet, row.sheet_line, notes), row)
    put_summary(book.create_sheet(SUMMARY_SHEET, 0), task.summary)
    book.active = 0
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _make_harmless(sheet: Worksheet) -> None:
    """Takes away what refers to elsewhere or is computed, and the marks of an earlier copy."""
    sheet.defined_names.clear()
    sheet.tables.clear()
    for drawn in ("_charts", "_images", "_pivots"):
        setattr(sheet, drawn, [])
    # It would colour over the marks.
    sheet.conditional_formatting = ConditionalFormattingList()
    validations = sheet.data_validations
    # Of the rules on input only lists of words are kept: any other may hold a formula.
    validations.dataValidation = [rule for rule in validations.dataValidation if str(rule.formula1).startswith('"')]
    sheet.sheet_view.tabSelected = False
    for cell in sheet._cells.values():
        if isinstance(cell, MergedCell):
            continue
        cell.hyperlink = None
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment = None
            cell.fill = PatternFill()


def _add_findings_column(sheet: Worksheet, task: Task) -> int:
    """The column of findings, empty but for its heading: that of an earlier copy, or a new one at the right."""
    width = max(sheet.max_column, len(task.headings))
    if width >= MAX_COLUMNS:
        raise WorkbookUnfit(f"there is no room for a column beside column {width}")
    line = _heading_line(sheet, task)
    column = next((cell.column for cell in sheet[line] if cell.value == FINDINGS_HEADING), width + 1)
    for (_, at), cell in sheet._cells.items():
        if at == column and isinstance(cell, Cell):
            cell.value, cell.fill = None, PatternFill()
    heading = put_text(_written_cell(sheet, line, column), FINDINGS_HEADING)
    heading.font = BOLD
    set_width(sheet, column, NOTE_WIDTH)
    return column


def _heading_line(sheet: Worksheet, task: Task) -> int:
    """The first row that has at least half of the headings; headings over two rows are where the first sheet has them."""
    headings = set(task.headings)
    last = min(sheet.max_row, _HEADINGS_WITHIN)
    for line, values in enumerate(sheet.iter_rows(max_row=last, values_only=True), 1):
        found = {" ".join(str(value).split()) for value in values if value is not None}
        if 2 * len(found & headings) >= len(headings):
            return line
    return task.heading_line


def _written_cell(sheet: Worksheet, line: int, column: int) -> Cell:
    """The cell that holds what stands in this place: of merged cells, the first."""
    cell = sheet.cell(line, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(area.min_row, area.min_col)
    assert isinstance(cell, Cell)
    return cell


def _sheet(found: object) -> Worksheet:
    if not isinstance(found, Worksheet):
        raise WorkbookUnfit("this sheet has no cells")
    return found


def main() -> None:
    """One task from standard input, by the process that started this one; the workbook to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    # Warnings are about parts of a workbook that openpyxl does not know and leaves out.
    warnings.simplefilter("ignore")
    sys.stdout.buffer.write(mark(pickle.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
