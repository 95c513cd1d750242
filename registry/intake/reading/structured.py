"""JSON and JSON lines: a list of objects, read one at a time; the names in them are the headings."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from registry.intake.body import Body
from registry.intake.reading.delimited import Lines, text_lines
from registry.intake.reading.encoding import encoding_of
from registry.intake.reading.sheet import Container, OpenSheet, RawRow, Sheet
from registry.intake.table import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROW_CHARACTERS, FileUnreadable

Record = tuple[int, dict[str, Any]]
"""The place of an object in its file, from 1 (its line, in JSON lines), and what it has."""

_BLOCK = 1 << 16
_TYPICAL_ROW_BYTES = 300


def json_list(body: Body, encoding: str = "") -> Container:
    """The list in a JSON file: objects in an array, or in the one such array of an object. Raises `FileUnreadable`."""
    return _container("json", body, encoding, _records)


def json_lines(body: Body, encoding: str = "") -> Container:
    """The list in a file with an object on each line. Raises `FileUnreadable`."""
    return _container("jsonl", body, encoding, _line_records)


def is_json_lines(body: Body, encoding: str = "") -> bool:
    """Whether a text that begins with an object goes on with another on the next line."""
    lines = (line for line in Lines(text_lines(body, encoding_of(body, encoding))) if line.strip())
    try:
        first, second = json.loads(next(lines)), next(lines, "")
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and second.lstrip().startswith("{")


def _container(
    kind: str, body: Body, encoding: str, records: Callable[[io.TextIOWrapper], Iterator[Record]]
) -> Container:
    found = encoding_of(body, encoding)
    # An object need not have all that others have: only the last one tells what the columns are.
    names: dict[str, None] = {}
    for place, record in records(text_lines(body, found)):
        names |= dict.fromkeys(cells_of(record, place))
        if len(names) > MAX_COLUMNS:
            raise FileUnreadable("too-many-columns", found=len(names), limit=MAX_COLUMNS)

    def rows() -> Iterator[RawRow]:
        for place, record in records(text_lines(body, found)):
            cells = cells_of(record, place)
            yield place, [cells.get(name, "") for name in names]

    def open_sheet() -> OpenSheet:
        return OpenSheet(rows=rows(), height=len(body) // _TYPICAL_ROW_BYTES + 1)

    return Container(kind=kind, encoding=found, sheets=(Sheet(name="", open=open_sheet, headings=tuple(names)),))


# One object to cells


def cells_of(record: dict[str, Any], place: int) -> dict[str, str]:
    """The cells of an object: what is within another is called `outer.inner`, several values stand on lines of one cell."""
    cells: dict[str, str] = {}
    for path, value in _leaves(record):
        name = " ".join(path.split()) or "-"
        text = _text(value)
        if len(text) > MAX_CELL_CHARACTERS:
            raise FileUnreadable("cell-too-long", line=place, limit=MAX_CELL_CHARACTERS)
        cells[name if name not in cells else f"{name} (2)"] = text
    return cells


def _leaves(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return str(value).upper()
        case list() if not any(isinstance(item, dict | list) for item in value):
            return "\n".join(filter(None, map(_text, value)))
        case _:
            return json.dumps(value, ensure_ascii=False)


# Many objects, one at a time


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a value")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return members


# Numbers stay as they are written: 007, 1.50 and thirteen digits.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_members)


def _line_records(text: io.TextIOWrapper) -> Iterator[Record]:
    lines = Lines(text)
    for number, line in enumerate(lines, 1):
        lines.room = MAX_ROW_CHARACTERS
        if not line.strip():
            continue
        try:
            record = _DECODER.decode(line)
        except (ValueError, RecursionError) as error:
            raise _damaged(number, error) from error
        if not isinstance(record, dict):
            raise FileUnreadable("json-form", cause=f"line {number} is not an object")
        yield number, record


def _records(text: io.TextIOWrapper) -> Iterator[Record]:
    cursor = _Cursor(text)
    if cursor.sign() == "[":
        yield from enumerate(_elements(cursor), 1)
    else:
        yield from _of_object(cursor)
    if cursor.sign():
        raise cursor.damaged("there is more behind the end")


def _of_object(cursor: "_Cursor") -> Iterator[Record]:
    """The objects in the one array of an object; an object without is itself the only one."""
    lists: list[str] = []
    others: dict[str, Any] = {}
    for name in _names(cursor):
        if cursor.begins_list_of_objects():
            lists.append(name)
            if len(lists) > 1:
                raise FileUnreadable("json-form", cause=f"there are several ({', '.join(lists)})")
            yield from enumerate(_elements(cursor), 1)
        else:
            others[name] = cursor.value()
    if not lists:
        yield 1, others


def _names(cursor: "_Cursor") -> Iterator[str]:
    """The names of an object's members; the caller takes each value before it asks for the next."""
    cursor.take("{")
    more = cursor.sign() != "}"
    while more:
        name = cursor.value()
        if not isinstance(name, str):
            raise cursor.damaged("a name is expected")
        cursor.take(":")
        yield name
        more = cursor.sign() == ","
        if more:
            cursor.take(",")
    cursor.take("}")


def _elements(cursor: "_Cursor") -> Iterator[dict[str, Any]]:
    cursor.take("[")
    more = cursor.sign() != "]"
    while more:
        element = cursor.value()
        if not isinstance(element, dict):
            raise FileUnreadable("json-form", cause=f"what stands on line {cursor.line} is not an object")
        yield element
        more = cursor.sign() == ","
        if more:
            cursor.take(",")
    cursor.take("]")


class _Cursor:
    """A place in a JSON text, of which only the piece around it is in memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._buffer = ""
        self._position = 0
        self._lines_before = 0

    @property
    def line(self) -> int:
        return self._lines_before + self._buffer.count("\n", 0, self._position) + 1

    def damaged(self, cause: object) -> FileUnreadable:
        return _damaged(self.line, cause)

    def sign(self) -> str:
        """The next character that is not a space, or nothing at the end."""
        while True:
            while self._position < len(self._buffer) and self._buffer[self._position] in " \t\r\n":
                self._position += 1
            if self._position < len(self._buffer):
                return self._buffer[self._position]
            if not self._read_on():
                return ""

    def take(self, sign: str) -> None:
        found = self.sign()
        if found != sign:
            raise self.damaged(f"{sign} is expected, not {found or 'the end'}")
        self._position += 1

    def begins_list_of_objects(self) -> bool:
        if self.sign() != "[":
            return False
        while not self._buffer[self._position + 1 :].lstrip():
            if not self._read_on():
                return False
        return self._buffer[self._position + 1 :].lstrip().startswith("{")

    def value(self) -> object:
        """The next value, as a whole."""
        if not self.sign():
            raise self.damaged("a value is expected, not the end")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._position)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._read_on():
                    raise self.damaged(error) from error
                continue
            # What ends where the piece ends may go on in the next: 12 may be the begin of 123.
            if end < len(self._buffer) or not self._read_on():
                self._position = end
                return value

    def _read_on(self) -> bool:
        """Reads at least as much again as is left; whether there was more."""
        rest = self._buffer[self._position :]
        if len(rest) > MAX_ROW_CHARACTERS:
            raise FileUnreadable("row-too-long", line=self.line, limit=MAX_ROW_CHARACTERS)
        more = self._text.read(max(_BLOCK, len(rest)))
        self._lines_before += self._buffer.count("\n", 0, self._position)
        self._buffer, self._position = rest + more, 0
        return bool(more)


def _damaged(line: int, cause: object) -> FileUnreadable:
    if isinstance(cause, RecursionError):
        cause = "too many levels within each other"
    elif isinstance(cause, json.JSONDecodeError):
        cause = cause.msg
    return FileUnreadable("json-damaged", line=line, cause=str(cause))
