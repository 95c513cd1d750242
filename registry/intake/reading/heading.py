"""Where the headings of a sheet are, and what its columns are called."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median_low

from registry.intake.reading.sheet import Area, RawRow
from registry.intake.table import EXPORT_HEADINGS, MAX_CELL_CHARACTERS, MAX_COLUMNS, FileUnreadable, unescaped

LOOKED_AT = 30
"""Headings stand on one of so many rows from the top."""

_MAX_HEADING_LINES = 4
_TYPICAL_AMONG = 200
# A title above the table fills fewer cells than this share of what its rows fill.
_FILLED = 0.6
# What pandas calls a column without a name.
_UNNAMED = re.compile(r"Unnamed: \d+(_level_\d+)?")
_DATUM = re.compile(r"[\d๐-๙][\d๐-๙.,/:\- ]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The headings of a sheet, and where they were found.

    `first` and `last` are positions among the rows looked at; `names` has one for each column; `unnamed` and `twice` are those
    among them that are of our making; `exported`: the file is one that we gave out for repair.
    """

    first: int
    last: int
    names: tuple[str, ...]
    unnamed: tuple[str, ...]
    twice: tuple[str, ...]
    exported: bool = False


def find_heading(rows: Sequence[RawRow], merged: Iterable[Area] = (), line: int = 0) -> Heading:
    """The headings among the first rows of a sheet, none of them blank. `line` is where the mapping says that they are, or 0.

    Raises `FileUnreadable` where there is nothing on that line, or too much in it.
    """
    first, last = _block(rows, _position(rows, line), [area for area in merged if _is_partial(area, rows)])
    exported = tuple(rows[first][1][: len(EXPORT_HEADINGS)]) == EXPORT_HEADINGS
    # Only what we exported ourselves is unescaped: in an agency's own file an apostrophe is an apostrophe.
    texts = [_text(unescaped(cell) if exported else cell) for cell in _joined(rows[first : last + 1], merged)]
    while texts and not texts[-1]:
        texts.pop()
    below = [cells for _, cells in rows[last + 1 :]]
    texts += [""] * (_width(below) - len(texts))
    if len(texts) > MAX_COLUMNS:
        raise FileUnreadable("too-many-columns", found=len(texts), limit=MAX_COLUMNS)
    if max(map(len, texts), default=0) > MAX_CELL_CHARACTERS:
        raise FileUnreadable("cell-too-long", line=rows[last][0], limit=MAX_CELL_CHARACTERS)
    named = [text or f"column {letter(column)}" for column, text in enumerate(texts)]
    names = tuple(distinct(named))
    return Heading(
        first=first,
        last=last,
        names=names,
        unnamed=tuple(
            name
            for column, (text, name) in enumerate(zip(texts, names, strict=True))
            if not text and any(cells[column : column + 1] and cells[column].strip() for cells in below)
        ),
        twice=tuple(name for name, text in zip(names, named, strict=True) if name != text),
        exported=exported,
    )


def letter(column: int) -> str:
    """What a spreadsheet calls a column, counted from 0: A, B, ..., Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def distinct(names: Iterable[str]) -> Iterator[str]:
    """The names, each only once: the second of the same gets ` (2)`."""
    seen: set[str] = set()
    for name in names:
        free = next(each for n in count(1) if (each := name if n == 1 else f"{name} ({n})") not in seen)
        seen.add(free)
        yield free


def _text(cell: str) -> str:
    text = " ".join(cell.split())
    return "" if _UNNAMED.fullmatch(text) else text


def _position(rows: Sequence[RawRow], line: int) -> int:
    """Which of the rows has the headings: the first that fills about as many cells as the rows do, and not with data."""
    if line:
        for position, (begin, _) in enumerate(rows):
            if begin == line:
                return position
        raise FileUnreadable("heading-line-empty", line=line)
    texts = [[text for text in map(_text, cells) if text] for _, cells in rows[:_TYPICAL_AMONG]]
    typical = median_low([len(row) for row in texts])
    full = [position for position, row in enumerate(texts[:LOOKED_AT]) if row and len(row) >= _FILLED * typical]
    words = [position for position in full if 2 * sum(map(_is_datum, texts[position])) < len(texts[position])]
    return next(iter(words or full), 0)


def _is_datum(text: str) -> bool:
    return _DATUM.fullmatch(text) is not None


def _width(rows: Sequence[list[str]]) -> int:
    """How many columns the rows below the headings have: one that most of them fill is a column, with a heading or not."""
    filled = Counter(
        next((column for column in range(len(cells), 0, -1) if cells[column - 1].strip()), 0) for cells in rows
    )
    widths = sorted(filled.elements(), reverse=True)
    return widths[len(widths) // 2] if widths else 0


# Headings of several rows


def _is_partial(area: Area, rows: Sequence[RawRow]) -> bool:
    """Whether merged cells are a part of their row: a title over the whole width is none of the headings."""
    width = max((len(cells) for _, cells in rows), default=0)
    return area.right - area.left + 1 < max(width, 2)


def _block(rows: Sequence[RawRow], position: int, merged: Iterable[Area]) -> tuple[int, int]:
    """The first and the last of the rows that the headings fill, which merged cells show."""
    areas = list(merged)
    lines = [line for line, _ in rows]
    first = last = position
    while first and last - first + 1 < _MAX_HEADING_LINES:
        above, here = lines[first - 1], lines[first]
        # What stands alone above merged cells is a title.
        several = sum(1 for cell in rows[first - 1][1] if cell.strip()) > 1
        if not any(
            area.top <= above and (area.bottom >= here or (several and _is_over(area, above))) for area in areas
        ):
            break
        first -= 1
    while last + 1 < len(rows) and last - first + 1 < _MAX_HEADING_LINES:
        begin, here, below = lines[first], lines[last], lines[last + 1]
        starting = [area for area in areas if begin <= area.top <= here]
        if not any(
            area.bottom >= below or (_is_over(area, here) and _has_words(rows[last + 1][1], area)) for area in starting
        ):
            break
        last += 1
    return first, last


def _is_over(area: Area, line: int) -> bool:
    return area.bottom == line and area.right > area.left


def _has_words(cells: list[str], area: Area) -> bool:
    texts = [text for text in map(_text, cells[area.left : area.right + 1]) if text]
    return len(texts) > 1 and not any(map(_is_datum, texts))


def _joined(rows: Sequence[RawRow], merged: Iterable[Area]) -> list[str]:
    """One text for each column from the rows of the headings, those of merged cells given to all that they cover."""
    width = max(len(cells) for _, cells in rows)
    grid = {line: [*cells, *[""] * (width - len(cells))] for line, cells in rows}
    for area in merged if len(rows) > 1 else ():
        if area.top in grid and area.left < width:
            text = grid[area.top][area.left]
            for line in grid.keys() & range(area.top, area.bottom + 1):
                for column in range(area.left, min(area.right + 1, width)):
                    grid[line][column] = text
    columns = zip(*grid.values(), strict=True)
    return [" ".join(dict.fromkeys(filter(None, map(_text, column)))) for column in columns]
