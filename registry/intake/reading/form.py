"""A sheet that is a form and not a table: what a licence has stands in one column, beside it the content.

Agencies show one licence so, on a sheet that looks it up. It is read as a table of one row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from registry.intake.reading.heading import distinct
from registry.intake.reading.sheet import RawRow

LONGEST = 200
"""A form has no more rows than this."""

_MAX_LABEL = 150
_FEWEST_LABELS = 3
_UNNAMED = re.compile(r"Unnamed: \d+")
_LABEL = re.compile(
    r"(เลขที่|เลขทะเบียน|ใบอนุญาต|ชื่อ|ที่อยู่|ที่ตั้ง|วันที่|วันออก|วันหมด|ประเภท|สถานะ|จังหวัด|อำเภอ|ตำบล"
    r"|licen[cs]e|permit|name|address|date|type|status|issued|expir|province|district)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as the headings and the one row of a table. `left_out` are the lines whose text belongs to no label."""

    line: int
    headings: tuple[str, ...]
    cells: tuple[str, ...]
    left_out: tuple[int, ...]


def read_form(rows: Sequence[RawRow]) -> Form | None:
    """The form that all rows of a sheet are, or None where they are a table."""
    if not _FEWEST_LABELS <= len(rows) <= LONGEST:
        return None
    rows = [(line, cells) for line, cells in rows if not all(map(_UNNAMED.fullmatch, cells))]
    used = sorted({column for _, cells in rows for column, cell in enumerate(cells) if cell.strip()})
    if len(used) != 2:
        return None
    pairs = [_Pair(line, " ".join(_cell(cells, used[0]).split()), _cell(cells, used[1])) for line, cells in rows]
    filled = [pair for pair in pairs if pair.label and pair.value.strip()]
    labels = {pair.label for pair in filled if _LABEL.match(pair.label)}
    # In a table of two columns the words of headings stand beside each other, and the numbers below them.
    if len(labels) < _FEWEST_LABELS or any(_LABEL.fullmatch(pair.value.strip()) for pair in filled):
        return None
    kept = [pair for pair in pairs if 0 < len(pair.label) <= _MAX_LABEL]
    lines = {pair.line for pair in kept}
    return Form(
        line=next(pair.line for pair in kept if pair.label in labels),
        headings=tuple(distinct(pair.label for pair in kept)),
        cells=tuple(pair.value for pair in kept),
        left_out=tuple(pair.line for pair in pairs if pair.line not in lines),
    )


class _Pair(NamedTuple):
    line: int
    label: str
    value: str


def _cell(cells: list[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""
