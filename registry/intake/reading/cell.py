"""What a spreadsheet has in a cell, as text."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from registry.intake.reading.sheet import RawRow

_EXACT = 1e15
_HALF_A_SECOND = timedelta(milliseconds=500)


def texts(rows: Iterable[Sequence[object]], left: int = 0) -> Iterator[RawRow]:
    """The rows as text, from line 1; `left` columns stand empty before their first cell."""
    before = [""] * left
    for line, row in enumerate(rows, 1):
        yield line, before + [cell if type(cell) is str else cell_text(cell) for cell in row]


def cell_text(cell: object) -> str:
    """A cell as text: whole numbers without a fraction, dates as year-month-day in the year that is stored."""
    match cell:
        case float():
            return str(int(cell)) if -_EXACT < cell < _EXACT and cell.is_integer() else repr(cell)
        case None:
            return ""
        case bool():
            return str(cell).upper()
        case datetime():
            # A time of day is a fraction of a day: it is never exact.
            cell = (cell + _HALF_A_SECOND).replace(microsecond=0)
            return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
        case time() if cell == time.min:
            # Excel's day zero, or nothing o'clock: in both cases a zero is what is stored.
            return "0"
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
