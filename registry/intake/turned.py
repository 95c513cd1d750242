"""A table that stands on its side, as on a form: labels below one another, and what is filled in beside them."""

from collections.abc import Sequence

MAX_LINES = 2_000
_LONGEST_LABEL = 200


def turn(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The same table upright: the labels as headings in the first row, then a row for each column that is filled in.

    A line without a label or without anything beside it (a title, a note, a section) is left out. Labels are in the column that
    has the most of them; a column beside it counts where it is filled on at least half as many lines as the fullest.
    Gives nothing where no line has both.
    """
    width = max(map(len, rows), default=0)
    cells = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows[:MAX_LINES]]
    labels_at = max(range(width), key=lambda at: _labelled(cells, at), default=0)
    lines = [row for row in cells if _is_labelled(row, labels_at)]
    filled = {at: sum(bool(row[at]) for row in lines) for at in range(labels_at + 1, width)}
    columns = [at for at, count in filled.items() if count and count * 2 >= max(filled.values())]
    lines = [row for row in lines if any(row[at] for at in columns)]
    if not lines:
        return []
    return [[row[labels_at].rstrip(" :：") for row in lines], *([row[at] for row in lines] for at in columns)]


def _labelled(cells: Sequence[Sequence[str]], at: int) -> int:
    return sum(_is_labelled(row, at) for row in cells)


def _is_labelled(row: Sequence[str], at: int) -> bool:
    return bool(row[at]) and len(row[at]) <= _LONGEST_LABEL and any(row[at + 1 :])
