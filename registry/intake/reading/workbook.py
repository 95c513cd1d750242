"""XLSX, XLS and ODS: the sheets of a workbook as rows of text. It is called in the confined process only."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import IO

import python_calamine as calamine

from registry.intake.reading.cell import texts
from registry.intake.reading.confinement import MEMORY_MB
from registry.intake.reading.locked import is_locked
from registry.intake.reading.sheet import Area, Container, OpenSheet, RawRow, Sheet
from registry.intake.table import FileUnreadable

Allow = Callable[[float], None]
"""Gives the process so many seconds of computing until it has to show its next rows."""

_MB = 1 << 20
_ROOM_AT_ONCE = 420 * _MB
_ROOM_FOR_SHARED = 420 * _MB
# Measured: what calamine needs for a cell, and for a byte of the texts that cells share.
_BYTES_FOR_CELL = 100
_BYTES_FOR_SHARED = 1.2
_HEAVY = 64 * _MB
_SAMPLE = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c[ >]")
_SHARED = "xl/sharedStrings.xml"
_SECONDS_FOR_SHARED_MB = 0.1


def workbook(file: IO[bytes], kind: str, parts: list[zipfile.ZipInfo], allow: Allow) -> Container:
    """The sheets of a workbook; `parts` are those of its ZIP file, none for XLS. Raises `FileUnreadable`."""
    shared = sum(part.file_size for part in parts if part.filename == _SHARED)
    if shared > _ROOM_FOR_SHARED:
        raise FileUnreadable("too-much-memory", limit=MEMORY_MB)
    if kind == "xlsx" and _needs(file, parts, shared) > _ROOM_AT_ONCE:
        allow(_SECONDS_FOR_SHARED_MB * shared / _MB)
        # openpyxl takes long to load, and few files are so large.
        from registry.intake.reading.streamed import streamed_sheets  # noqa: PLC0415

        sheets = streamed_sheets(file)
    else:
        sheets = _sheets(file)
    heavy = sum(part.file_size for part in parts) > _HEAVY
    return Container(kind=kind, sheets=sheets, heavy=heavy)


def _needs(file: IO[bytes], parts: list[zipfile.ZipInfo], shared: int) -> float:
    """About how many bytes calamine needs for the largest sheet: by the cells in its beginning and the size of its XML."""
    sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
    if not sheets:
        return 0
    largest = max(sheets, key=lambda part: part.file_size)
    try:
        with zipfile.ZipFile(file) as archive, archive.open(largest) as xml:
            sample = xml.read(_SAMPLE)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise FileUnreadable("damaged", cause=str(error)) from error
    cells = len(_CELL.findall(sample)) * largest.file_size / max(len(sample), 1)
    return cells * _BYTES_FOR_CELL + shared * _BYTES_FOR_SHARED + sum(part.compress_size for part in parts)


def _sheets(file: IO[bytes]) -> tuple[Sheet, ...]:
    file.seek(0)
    try:
        book = calamine.CalamineWorkbook.from_filelike(file)
    except calamine.PasswordError as error:
        raise FileUnreadable("password") from error
    except calamine.CalamineError as error:
        # It tries all kinds and says of the last only that it is none.
        if is_locked(file):
            raise FileUnreadable("password") from error
        raise FileUnreadable("damaged", cause=str(error)) from error
    return tuple(
        Sheet(
            name=sheet.name,
            open=partial(_open, book, sheet.name),
            hidden=sheet.visible != calamine.SheetVisibleEnum.Visible,
        )
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    )


def _open(book: calamine.CalamineWorkbook, name: str) -> OpenSheet:
    try:
        sheet = book.get_sheet_by_name(name)
    except calamine.CalamineError as error:
        raise FileUnreadable("damaged", cause=str(error)) from error
    merged = tuple(
        Area(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in sorted(sheet.merged_cell_ranges or ())
    )
    left = sheet.start[1] if sheet.start else 0
    return OpenSheet(rows=filled_down(texts(sheet.iter_rows(), left), merged), height=sheet.height, merged=merged)


def filled_down(rows: Iterator[RawRow], merged: Iterable[Area]) -> Iterator[RawRow]:
    """The rows, what is merged over several of them given to each that has something of its own."""
    coming = iter(sorted((area for area in merged if area.bottom > area.top), key=lambda area: area.top))
    following = next(coming, None)
    if following is None:
        yield from rows
        return
    over: list[tuple[Area, str]] = []
    for line, cells in rows:
        over = [(area, text) for area, text in over if area.bottom >= line]
        if over and any(map(str.strip, cells)):
            for area, text in over:
                cells += [""] * (area.left + 1 - len(cells))
                cells[area.left] = cells[area.left] or text
        while following is not None and following.top <= line:
            if following.top == line and following.left < len(cells):
                over.append((following, cells[following.left]))
            following = next(coming, None)
        yield line, cells
