"""What stands in the columns of a file: how full they are, what repeats, and what their cells look like."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice

from registry.intake.guessing.headings import is_province
from registry.intake.rows.dates import NO_EXPIRY, read_date
from registry.intake.table import SourceRow
from vocab.iri import is_citizen_number, is_juristic_number
from vocab.names import looks_like_organization, split_person_name
from vocab.place import is_latitude, is_longitude
from vocab.thai import arabic_digits, normalize_text

_KEPT = 400
"""As many different cells of a column are looked at closely."""
_LONGEST = 200
_ANY_DAY = date(2000, 1, 1)
"""The day on which a cell is read here: only what is proposed for an unreadable date depends on it."""
_DATE_FAULTS = frozenset(
    f"date-{reason}"
    for reason in ("two-digit-year", "no-such-day", "month-out-of-range", "year-out-of-range", "unknown-month")
)
_YEAR = re.compile(r"(\d\d)\D*$", re.ASCII)
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?", re.ASCII)
_WEB = re.compile(r"(https?://|www\.)\S+$", re.IGNORECASE)
_WEB_FILE = re.compile(r"(https?://|www\.)\S+\.(pdf|jpe?g|png|tiff?)([?#]\S*)?$", re.IGNORECASE)
_FORM = re.compile(r"\d+|[^\W\d_]+")


class Trait(StrEnum):
    """What a cell can look like."""

    DATE = "date"
    SHORT_YEAR = "short-year"
    NUMERIC = "numeric"
    CITIZEN = "citizen"
    JURISTIC = "juristic"
    PROVINCE = "province"
    POSTAL = "postal"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    NAME = "name"
    LATIN = "latin"
    DIGITS = "digits"
    WEB = "web"
    WEB_FILE = "web-file"


@dataclass(slots=True)
class Column:
    """One column: `rows` and `filled` cells, `distinct` contents of them, and some of the contents in the order of the file."""

    heading: str
    position: int
    rows: int = 0
    filled: int = 0
    contents: dict[str, int] = field(default_factory=dict)
    """Content (normalised) -> in how many rows it stands."""
    is_counter: bool = True
    """Whether its cells count the rows: 1, 2, 3, or on from another number."""
    _last: int | None = None
    _shares: dict[Trait, float] = field(default_factory=dict)

    def add(self, cell: str, blank: frozenset[str]) -> None:
        """Takes one more cell in."""
        self.rows += 1
        text = normalize_text(cell)
        if not text or text.casefold() in blank:
            return
        self.filled += 1
        self.contents[text] = self.contents.get(text, 0) + 1
        if self.is_counter:
            digits = arabic_digits(text)
            number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None
            self.is_counter = number is not None and (self._last is None or number == self._last + 1)
            self._last = number

    @property
    def distinct(self) -> float:
        """The share of the filled cells whose content stands in no earlier row, 0 to 1."""
        return len(self.contents) / self.filled if self.filled else 0.0

    @property
    def samples(self) -> list[str]:
        """The first contents, each once."""
        return [text[:_LONGEST] for text, _ in zip(self.contents, range(_KEPT), strict=False)]

    def share(self, trait: Trait) -> float:
        """In how many of the cells looked at the content has the trait, 0 to 1."""
        if trait not in self._shares:
            self._shares[trait] = self.share_of(_TESTS[trait])
        return self._shares[trait]

    def share_of(self, test: Callable[[str], bool]) -> float:
        """The same for any test of a cell. Each content counts as often as it stands there: most licences of a list may end on
        one day."""
        looked_at = list(islice(self.contents.items(), _KEPT))
        cells = sum(count for _, count in looked_at)
        return sum(count for text, count in looked_at if test(text[:_LONGEST])) / cells if cells else 0.0


def read_columns(headings: Sequence[str], rows: Iterable[SourceRow], blank: frozenset[str]) -> list[Column]:
    """The columns of a table, in its order. `blank` are the cells that mean "nothing", folded in case."""
    columns = [Column(heading, position) for position, heading in enumerate(headings)]
    for row in rows:
        for column, cell in zip(columns, row.cells, strict=False):
            column.add(cell, blank)
    return columns


def short_years(column: Column) -> list[int]:
    """The last two digits of the years of those dates in `column` that have only two."""
    dates = [arabic_digits(text) for text in column.samples if _has_short_year(text)]
    return [int(found[1]) for text in dates if (found := _YEAR.search(text))]


def form_of(text: str) -> str:
    """The shape of a number: 01-393/2550 and 02-278/2556 have the same."""
    return _FORM.sub(lambda found: "9" if found[0].isdecimal() else "A", arabic_digits(text))


def _is_date(text: str) -> bool:
    if text.lower() in NO_EXPIRY:
        return True
    found = read_date(text, None, _ANY_DAY)
    # A number may count days, and much else.
    return found.code in _DATE_FAULTS or (found.day is not None and found.code != "date-serial")


def _has_short_year(text: str) -> bool:
    return read_date(text, None, _ANY_DAY).code == "date-two-digit-year"


def _is_person_or_organization(text: str) -> bool:
    return looks_like_organization(text) or bool(split_person_name(text)[0])


def _is_postal_code(text: str) -> bool:
    return re.fullmatch(r"\d{5}", arabic_digits(text), re.ASCII) is not None


def _is_latin(text: str) -> bool:
    return not re.search(r"[\u0e00-\u0e7f]", text) and re.search("[A-Za-z]", text) is not None


def _has_digits(text: str) -> bool:
    return re.search(r"\d", text) is not None


_TESTS: Mapping[Trait, Callable[[str], bool]] = {
    Trait.DATE: _is_date,
    Trait.SHORT_YEAR: _has_short_year,
    Trait.NUMERIC: lambda text: _NUMBER.fullmatch(arabic_digits(text)) is not None,
    Trait.CITIZEN: is_citizen_number,
    Trait.JURISTIC: lambda text: is_juristic_number(re.sub(r"[ -]", "", arabic_digits(text))),
    Trait.PROVINCE: is_province,
    Trait.POSTAL: _is_postal_code,
    Trait.LATITUDE: lambda text: "." in text and is_latitude(text),
    Trait.LONGITUDE: lambda text: "." in text and is_longitude(text),
    Trait.NAME: _is_person_or_organization,
    Trait.LATIN: _is_latin,
    Trait.DIGITS: _has_digits,
    Trait.WEB: lambda text: _WEB.match(text) is not None,
    Trait.WEB_FILE: lambda text: _WEB_FILE.match(text) is not None,
}
