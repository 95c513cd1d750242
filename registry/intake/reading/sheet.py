"""The nouns between a file and its table: sheets of rows of text, whatever they came in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from registry.intake.finding import Finding

RawRow = tuple[int, list[str]]
"""The line on which a row begins in its sheet, from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Area:
    """Merged cells: lines from 1, columns from 0, both ends included. Only the first cell has the content."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSheet:
    """The rows of a sheet, used up as they are read. `height` is how many there are, perhaps only roughly."""

    rows: Iterator[RawRow]
    height: int
    merged: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet, or one file without sheets. `open` may be called again and begins anew.

    `headings` are those of rows that carry their own names (JSON); elsewhere they are found among the rows.
    """

    name: str
    open: Callable[[], OpenSheet]
    hidden: bool = False
    headings: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What is in a file. `heavy`: two of its sheets may not fit into memory at once."""

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    heavy: bool = False
    findings: tuple[Finding, ...] = field(default=())
