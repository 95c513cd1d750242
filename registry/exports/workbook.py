"""New workbooks (XLSX) with the rows of a table, their bad cells marked. Every cell is text: nothing in them is a formula."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from registry.exports.marking import Mark, MarkedRow, SummaryLine
from registry.intake.table import FINDINGS_HEADING, SUMMARY_SHEET, OpenTable, SourceRow, escaped

FILLS = {
    "blocks": PatternFill("solid", fgColor="FFFFC7CE"),
    "warns": PatternFill("solid", fgColor="FFFFEB9C"),
    "informs": PatternFill("solid", fgColor="FFDDEBF7"),
}
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
AS_TEXT = "@"
"""The number format of text: what somebody types into such a cell stays as typed, leading zeros too."""
AUTHOR = "license-registry"
MAX_COMMENTS = 5_000
"""More comments than this make a workbook slow to open; the column of findings says the same."""
NOTE_WIDTH = 80
"""Of the column of findings, in characters."""
LAST_ROW = 1_048_576
_TITLE_LENGTH = 31
_UNFIT_FOR_TITLE = re.compile(r"[\\*?:/\[\]\x00-\x1f]")
_ESCAPED = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f]")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """`text` as a workbook stores it: signs that XML cannot have become `_xHHHH_` (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda sign: f"_x{ord(sign[0][0]):04X}_{sign[0][1:]}", _NO_CHARACTER.sub("\ufffd", text))


def put_text(cell: Cell, text: str) -> Cell:
    """Makes `text` the content of a cell, as text whatever it begins with, and returns the cell."""
    cell.value = storable(text)
    cell.data_type = "s"
    cell.number_format = AS_TEXT
    cell.quotePrefix = escaped(text) != text
    return cell


def put_mark(cell: Cell, mark: Mark, budget: Iterator[int]) -> Cell:
    """Colours a cell and explains it, as long as `budget` has comments left and nobody else's comment stands there."""
    cell.fill = FILLS[mark.gravity]
    if cell.comment is None and next(budget, None) is not None:
        cell.comment = Comment(storable(mark.text), AUTHOR, width=420, height=60 + 20 * (len(mark.text) // 40))
    return cell


def put_note(cell: Cell, row: MarkedRow) -> Cell:
    """Fills the cell of a row in the column of findings."""
    put_text(cell, row.note)
    cell.fill = FILLS[row.gravity]
    cell.alignment = WRAPPED
    return cell


def comment_budget() -> Iterator[int]:
    """Gives out the comments that one workbook may have."""
    return iter(range(MAX_COMMENTS))


def set_width(sheet: WriteOnlyWorksheet | Worksheet, column: int, width: int) -> None:
    """Makes a column so many characters wide."""
    # openpyxl's write-only sheets have dimensions too; its type stubs do not say so.
    sheet.column_dimensions[get_column_letter(column)].width = width  # type: ignore[union-attr]


def put_summary(sheet: WriteOnlyWorksheet | Worksheet, lines: Iterable[SummaryLine]) -> None:
    """Writes the lines of the first sheet."""
    for column, width in enumerate((70, 70, 30), 1):
        set_width(sheet, column, width)
    for number, line in enumerate(lines):
        cells = [put_text(WriteOnlyCell(sheet), text) for text in line.cells]
        for cell in cells:
            cell.alignment = WRAPPED
            if number == 0:
                cell.font = BOLD
        if line.gravity:
            cells[0].fill = FILLS[line.gravity]
        sheet.append(cells)


class Copy:
    """A new workbook of a table's rows, each on the line that it has in its file."""

    def __init__(self, table: OpenTable) -> None:
        self._book = Workbook(write_only=True)
        self._summary = self._book.create_sheet(SUMMARY_SHEET)
        self._table = table
        self._sheets: dict[str, _Sheet] = {}
        self._budget = comment_budget()

    def add(self, row: SourceRow, found: MarkedRow | None, *, on_its_line: bool) -> None:
        """Writes a row; `on_its_line` leaves as many lines free above it as there are in the file."""
        line = row.line if row.sheet_line is None else row.sheet_line
        sheet = self._sheets.get(row.sheet)
        if sheet is None:
            name = row.sheet or next(iter(self._table.form.sheets), "") or "1"
            sheet = self._sheets[row.sheet] = self._new_sheet(name, line - 1 if on_its_line else 1)
        sheet.write(row.cells, found, line if on_its_line else 1, self._budget)

    def finish(self, lines: Iterable[SummaryLine]) -> bytes:
        """The whole file, with these lines on its first sheet. Nothing can be added afterwards."""
        if not self._sheets:
            self._new_sheet("1", 1)
        put_summary(self._summary, lines)
        file = io.BytesIO()
        self._book.save(file)
        return file.getvalue()

    def _new_sheet(self, name: str, first_line: int) -> "_Sheet":
        title = _UNFIT_FOR_TITLE.sub("_", name).strip("'")[:_TITLE_LENGTH] or "1"
        sheet = _Sheet(self._book.create_sheet(title), len(self._table.headings))
        # What stood above the headings is not in the copy: its lines stay free.
        sheet.write_headings(self._table.headings, min(self._table.form.heading_line, first_line))
        return sheet


class _Sheet:
    def __init__(self, sheet: WriteOnlyWorksheet, width: int) -> None:
        self._sheet = sheet
        self._width = width
        self._written = 0
        # Used again for each cell without a mark: one is written before the next is asked for, and setting a style takes long.
        self._cell, self._formula = (put_text(WriteOnlyCell(sheet), text) for text in ("", "="))
        set_width(sheet, width + 1, NOTE_WIDTH)

    def write_headings(self, headings: Sequence[str], line: int) -> None:
        cells = [put_text(WriteOnlyCell(self._sheet), text) for text in (*headings, FINDINGS_HEADING)]
        for cell in cells:
            cell.font = BOLD
        self._append(iter(cells), line)

    def write(self, cells: Sequence[str], found: MarkedRow | None, line: int, budget: Iterator[int]) -> None:
        self._append(self._plain(cells) if found is None else iter(self._marked(cells, found, budget)), line)

    def _append(self, cells: Iterator[Cell], line: int) -> None:
        for _ in range(min(line, LAST_ROW) - self._written - 1):
            self._sheet.append([])
            self._written += 1
        if self._written < LAST_ROW:
            self._sheet.append(cell for cell in cells)
            self._written += 1

    def _plain(self, cells: Sequence[str]) -> Iterator[Cell]:
        placed = [*cells[: self._width], "", *cells[self._width :]] if len(cells) > self._width else cells
        return map(self._plain_cell, placed)

    def _plain_cell(self, text: str) -> Cell:
        cell = self._cell if escaped(text) == text else self._formula
        cell.value = storable(text)
        cell.data_type = "s"
        return cell

    def _marked(self, cells: Sequence[str], found: MarkedRow, budget: Iterator[int]) -> list[Cell]:
        # A row may have more or fewer cells than there are headings: the note stands in its own column all the same.
        padded = [*cells, *[""] * (self._width - len(cells))]
        written = [put_text(WriteOnlyCell(self._sheet), text) for text in padded]
        for mark in found.marks:
            put_mark(written[mark.column], mark, budget)
        note = put_note(WriteOnlyCell(self._sheet), found)
        return [*written[: self._width], note, *written[self._width :]]
