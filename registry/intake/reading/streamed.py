"""XLSX files that do not fit into memory: read by openpyxl row by row. It is called in the confined process only."""

from array import array
from collections.abc import Sequence
from functools import partial
from typing import IO, overload
from xml.etree.ElementTree import iterparse

from openpyxl.cell.cell import ERROR_CODES
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from registry.intake.reading.cell import texts
from registry.intake.reading.sheet import OpenSheet, Sheet

_TYPICAL_ROW_BYTES = 500


def streamed_sheets(file: IO[bytes]) -> tuple[Sheet, ...]:
    """The sheets of an XLSX, whose rows are parsed as they are asked for. Merged cells are not known of it."""
    file.seek(0)
    reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return tuple(
        Sheet(name=sheet.title, open=partial(_open, sheet, height), hidden=sheet.sheet_state != "visible")
        for sheet, height in reader.sheets
    )


def _open(sheet: ReadOnlyWorksheet, height: int) -> OpenSheet:
    found = sheet.iter_rows(values_only=True)  # type: ignore[misc]
    rows = ([None if cell in ERROR_CODES else cell for cell in row] for row in found)
    return OpenSheet(rows=texts(rows), height=height)


class _Sheet(ReadOnlyWorksheet):
    """A sheet that is not asked for its own size: what it says need not be true, and openpyxl looks for it in the whole file."""

    def _get_size(self) -> None:
        self.reset_dimensions()


class _Reader(ExcelReader):
    """openpyxl's reader, but for the texts that cells share: they are packed, as Python strings they would take four times the
    room. `sheets` have about how many rows each has beside them."""

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as xml:
                self.shared_strings = PackedTexts(xml)  # type: ignore[assignment]

    def read_worksheets(self) -> None:
        self.sheets: list[tuple[ReadOnlyWorksheet, int]] = []
        for found, relation in self.parser.find_sheets():
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                sheet = _Sheet(self.wb, found.name, relation.target, self.shared_strings)
                sheet.sheet_state = found.state or "visible"
                self.sheets.append((sheet, self.archive.getinfo(relation.target).file_size // _TYPICAL_ROW_BYTES))


class PackedTexts(Sequence[str]):
    """The texts of a table of shared strings (ECMA-376 part 1, 18.4.9): their runs joined, without phonetic hints."""

    def __init__(self, xml: IO[bytes]) -> None:
        self._packed = bytearray()
        self._ends = array("Q", [0])
        item, text, hint = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("si", "t", "rPh"))
        root = None
        hints = 0
        for event, node in iterparse(xml, ("start", "end")):
            root = node if root is None else root
            if node.tag == hint:
                hints += 1 if event == "start" else -1
            elif event == "end" and node.tag == text and not hints:
                self._packed += (node.text or "").encode()
            elif event == "end" and node.tag == item:
                self._ends.append(len(self._packed))
                root.clear()

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._packed[self._ends[index] : self._ends[index + 1]].decode()
