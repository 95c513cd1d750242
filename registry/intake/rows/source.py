"""Where rows come from: who sends them, of which type, and in which cells of a row each field stands."""

import re
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from registry.intake.finding import Finding
from registry.intake.mapping import Field, Mapping, StatusColumn
from registry.intake.rows.face import columns_missing, has_column
from vocab.authority import FaceField, FaceItem, LicenseType, NumberingScheme
from vocab.thai import normalize_text


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of a row that a field is read from: `positions`, with their `headings`, or a `constant` where it has none."""

    headings: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    constant: str = ""

    @property
    def heading(self) -> str:
        """The (first) heading, for findings."""
        return self.headings[0] if self.headings else ""

    def received(self, cells: tuple[str, ...], joint: str = " ") -> str:
        """The cell as received; where there are several, those that are not empty, joined."""
        if len(self.positions) == 1:
            return cells[self.positions[0]]
        if not self.positions:
            return self.constant
        return joint.join(cell for cell in map(cells.__getitem__, self.positions) if cell.strip())


@dataclass(frozen=True, slots=True)
class StatusColumns:
    """The columns that say what became of a licence."""

    text: Column
    day: Column
    reason: Column


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping as it fits a file with certain headings: made once for all its rows.

    `fields` has every field, `links` what is said of the document; `particulars` the items of the face that have a column;
    `required` the items that must not be empty; `blank` what means "nothing" and `endless` what means "never ends", both in
    lower case.
    """

    fields: ReadOnly[Field, Column]
    particulars: tuple[tuple[FaceItem, Column], ...]
    agreements: tuple[tuple[re.Pattern[str], Column], ...]
    status: StatusColumns | None
    links: ReadOnly[str, Column]
    required: tuple[FaceItem, ...]
    blank: frozenset[str]
    longest_blank: int
    endless: frozenset[str]


# Not slotted: what is made once is kept in it.
@dataclass(frozen=True, kw_only=True)
class Source:
    """What is needed to read a row: who sends it, of which type, how its numbers and columns work, and the day."""

    base: str
    authority: str
    license_type: LicenseType
    scheme: NumberingScheme
    mapping: Mapping
    headings: tuple[str, ...]
    today: date

    @cached_property
    def columns(self) -> Columns:
        """The mapping's columns in a file with these headings, which has them all (`registry.intake.mapping.require_columns`)."""
        mapping = self.mapping
        blank = frozenset(text.lower() for text in mapping.cells.blank)
        return Columns(
            fields={
                name: self._column(mapping.columns.get(name, ()), mapping.constants.get(name, "")) for name in Field
            },
            particulars=tuple(
                (item, self._column(headings))
                for code, headings in mapping.particulars.items()
                if (item := self.license_type.item(FaceField.PARTICULAR, code)) is not None
            ),
            agreements=tuple((re.compile(each.pattern), self._column((each.column,))) for each in mapping.agreements),
            status=self._status(mapping.status) if mapping.status else None,
            links={name: self._column((each,)) for name, each in mapping.access.named.items()}
            if mapping.access
            else {},
            required=tuple(item for item in self.license_type.face if item.required and has_column(mapping, item)),
            blank=blank,
            longest_blank=max(map(len, blank), default=0),
            endless=frozenset(normalize_text(text).lower() for text in mapping.cells.no_expiry),
        )

    def _status(self, status: StatusColumn) -> StatusColumns:
        names = (status.column, status.date, status.reason)
        return StatusColumns(*(self._column((name,) if name else ()) for name in names))

    def _column(self, headings: tuple[str, ...], constant: str = "") -> Column:
        return Column(headings, tuple(map(self.headings.index, headings)), constant)


def read_file_findings(source: Source) -> tuple[Finding, ...]:
    """What is wrong with the file as a whole."""
    return columns_missing(source.license_type, source.mapping)
