"""CSV and its kin: a text's rows, decoded and split as they are asked for."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from registry.intake.body import Body, opened
from registry.intake.reading.encoding import encoding_of
from registry.intake.reading.sheet import Container, OpenSheet, RawRow, Sheet
from registry.intake.table import MAX_CELL_CHARACTERS, MAX_ROW_CHARACTERS, FileUnreadable

DELIMITERS = ",;\t|"

_SAMPLE_CHARACTERS = 1 << 16
_TYPICAL_ROW_BYTES = 100
# Excel's own hint on the first line.
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=([,;\t|])\"?\r?\n", re.IGNORECASE)


def delimited(body: Body, encoding: str = "") -> Container:
    """The one table of a CSV file; `encoding` as the mapping says. Raises `FileUnreadable`."""
    found = encoding_of(body, encoding)
    delimiter = _delimiter(body, found)
    height = len(body) // _TYPICAL_ROW_BYTES + 1

    def open_sheet() -> OpenSheet:
        return OpenSheet(rows=_rows(body, found, delimiter), height=height)

    return Container(kind="csv", sheets=(Sheet(name="", open=open_sheet),), encoding=found, delimiter=delimiter)


def text_lines(body: Body, encoding: str) -> io.TextIOWrapper:
    """The text, decoded piece by piece; lines keep the ends that they have."""
    return io.TextIOWrapper(opened(body), encoding=encoding, newline="")


def _rows(body: Body, encoding: str, delimiter: str) -> Iterator[RawRow]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = Lines(text_lines(body, encoding))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            yield begin, cells
            begin = reader.line_num + 1
            lines.room = MAX_ROW_CHARACTERS
    except csv.Error as error:
        if "field limit" in str(error):
            raise FileUnreadable("cell-too-long", line=begin, limit=MAX_CELL_CHARACTERS) from error
        raise FileUnreadable("not-csv", line=begin, cause=str(error)) from error


class Lines:
    """Lines, one at a time, for a reader of rows. A row may stand on many of them, but `room` is how long it may still become."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.room = MAX_ROW_CHARACTERS
        self._text = text
        self._line = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(self.room + 1)
        if not line:
            raise StopIteration
        self._line += 1
        self.room -= len(line)
        if self.room < 0:
            raise FileUnreadable("row-too-long", line=self._line, limit=MAX_ROW_CHARACTERS)
        if "\0" in line:
            raise FileUnreadable("undecodable", encoding=self._text.encoding, byte="0x00", line=self._line)
        return line


def _delimiter(body: Body, encoding: str) -> str:
    """What separates the cells: what gives the most rows the same width; what stands in quotation marks separates nothing."""
    sample = text_lines(body, encoding).read(_SAMPLE_CHARACTERS)
    told = _SEPARATOR_LINE.match(sample)
    if told:
        return told[1]
    # The last line of a long sample may be cut off.
    lines = list(io.StringIO(sample, newline=""))
    lines = lines[:-1] if len(sample) == _SAMPLE_CHARACTERS and len(lines) > 1 else lines
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        widths = Counter(len(cells) for cells in reader if any(map(str.strip, cells)))
    except csv.Error:
        return 0, 0
    several = Counter({width: count for width, count in widths.items() if width > 1})
    if not several:
        return 0, 0
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    return count / widths.total(), width
