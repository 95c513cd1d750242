"""From the sheets of a file to its one table: which of them belong to it, and their rows in chunks."""

import re
from collections.abc import Iterator
from dataclasses import replace

from registry.intake.finding import Finding
from registry.intake.reading.part import Part, open_part
from registry.intake.reading.sheet import Container, Sheet
from registry.intake.table import (
    MAX_CELL_CHARACTERS,
    MAX_ROWS,
    SUMMARY_SHEET,
    FileForm,
    FileUnreadable,
    Layout,
    OpenTable,
    SourceRow,
)

ROWS_IN_CHUNK = 1_000
CHARACTERS_IN_CHUNK = 4_000_000

_OF_LICENSES = re.compile(r"เลขที่|เลขทะเบียน|ใบอนุญาต|licen[cs]e|permit|number|\bno\b", re.IGNORECASE)
_GONE = re.compile(r"ยกเลิก|เพิกถอน|เลิกกิจการ|เก่า|(?<![a-z])(cancel(l?ed|lations?)?|revoked|old)(?![a-z])", re.IGNORECASE)


def assemble(container: Container, layout: Layout) -> OpenTable:
    """The table in `container`. Raises `FileUnreadable`, also while its chunks are read."""
    sheets = _sheets(container, layout)
    # Of large sheets only one is in memory: they are closed once their headings are known, and opened again.
    closing = container.heavy and len(sheets) > 1
    opened = (open_part(sheet, layout) for sheet in sheets)
    parts = [replace(part, rows=iter(())) if closing else part for part in opened if part is not None]
    if not parts:
        raise FileUnreadable("empty")
    current = _current(parts)
    chosen = _chosen(current)
    findings = [*container.findings, *_about_sheets(container, layout, parts, current, chosen)]
    form = FileForm(
        kind=container.kind,
        encoding=container.encoding,
        delimiter=container.delimiter,
        sheets=tuple(part.sheet.name for part in chosen if part.sheet.name),
        heading_line=chosen[0].line,
    )
    again = (open_part(part.sheet, layout) for part in chosen)
    reading = (part for part in again if part is not None) if closing else iter(chosen)
    # Where there is one sheet only, nobody needs to be told which.
    rows = _rows(reading, findings, named=len(container.sheets) > 1)
    return OpenTable(headings=chosen[0].headings, form=form, chunks=_chunks(rows), findings=findings)


def _sheets(container: Container, layout: Layout) -> list[Sheet]:
    sheets = [sheet for sheet in container.sheets if sheet.name != SUMMARY_SHEET]
    if not layout.sheet:
        return [sheet for sheet in sheets if not sheet.hidden]
    named = [sheet for sheet in sheets if sheet.name.strip() == layout.sheet.strip()]
    if not named:
        raise FileUnreadable("sheet-unknown", sheet=layout.sheet, sheets=", ".join(sheet.name for sheet in sheets))
    return named


def _current(parts: list[Part]) -> list[Part]:
    """The sheets without those whose names say that what is in them is over, where a list is left then."""
    current = [part for part in parts if not _GONE.search(part.sheet.name)]
    return current if any(map(_is_list, current)) else parts


def _is_list(part: Part) -> bool:
    return any(map(_OF_LICENSES.search, part.headings))


def _chosen(parts: list[Part]) -> list[Part]:
    """The sheets that are one table, in their order: those with the same headings, of all such the ones that are the list."""
    alike: dict[tuple[str, ...], list[Part]] = {}
    for part in parts:
        alike.setdefault(part.headings, []).append(part)
    return max(alike.values(), key=_weight)


def _weight(parts: list[Part]) -> tuple[bool, int]:
    return _is_list(parts[0]), sum(part.cells for part in parts)


def _about_sheets(
    container: Container, layout: Layout, parts: list[Part], current: list[Part], chosen: list[Part]
) -> list[Finding]:
    if layout.sheet:
        # The mapping has said what is wanted.
        return []
    kept = list(dict.fromkeys(part.sheet.name for part in chosen))
    others = [part.sheet.name for part in current if part.sheet.name not in kept]
    gone = [part.sheet.name for part in parts if all(part is not each for each in current)]
    joined = kept if len(kept) > 1 else []
    hidden = [sheet.name for sheet in container.sheets if sheet.hidden]
    return [
        Finding(code=code, details={"sheets": ", ".join(names), "read": ", ".join(kept)})
        for code, names in (
            ("sheets-joined", joined),
            ("sheet-left-out", others),
            ("sheet-by-name-left-out", gone),
            ("sheet-hidden", hidden),
        )
        if names
    ]


def _rows(parts: Iterator[Part], findings: list[Finding], *, named: bool) -> Iterator[SourceRow]:
    """The rows of the sheets one behind the other; lines go on from sheet to sheet."""
    before = count = 0
    for part in parts:
        name = part.sheet.name if named else ""
        last = before
        for line, cells in part.rows:
            count += 1
            if count > MAX_ROWS:
                raise FileUnreadable("too-many-rows", limit=MAX_ROWS)
            last = before + line
            yield SourceRow(last, tuple(cells), name, line if name else None)
        findings += [_of_sheet(finding, name) for finding in part.findings]
        before = last
    if not count:
        findings.append(Finding(code="no-rows"))


def _of_sheet(finding: Finding, sheet: str) -> Finding:
    return replace(finding, details={**finding.details, "sheet": sheet}) if sheet else finding


def _chunks(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    chunk: list[SourceRow] = []
    room = CHARACTERS_IN_CHUNK
    for row in rows:
        size = sum(map(len, row.cells))
        if size > MAX_CELL_CHARACTERS and max(map(len, row.cells)) > MAX_CELL_CHARACTERS:
            raise FileUnreadable("cell-too-long", line=row.line, limit=MAX_CELL_CHARACTERS)
        chunk.append(row)
        room -= size
        if len(chunk) == ROWS_IN_CHUNK or room < 0:
            yield chunk
            chunk, room = [], CHARACTERS_IN_CHUNK
    if chunk:
        yield chunk
