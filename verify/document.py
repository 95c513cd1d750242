"""Bytes to JSON, once, with every bound that a hostile document could test (design: trust, first table)."""

import codecs
import contextlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import orjson

from verify.errors import MalformedDocument, NotJson

Document = dict[str, Any]

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_INTEGER = 2**53 - 1
"""Beyond this, JavaScript verifiers would read another number."""

# Possessive, and the closing quote may be missing: a string that never ends is read once, not once from each of its quotes.
_BRACKETS_AND_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_TOO_DEEP = b"\n" + b"  " * MAX_DEPTH
"""How a line begins that is `MAX_DEPTH` levels down; line breaks in texts are escaped."""
MAX_INDENTED = 64 << 10
"""A deep document is hundreds of times as large when it is indented."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_document(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Document:
    """The JSON object in `raw` (UTF-8). Raises `MalformedDocument`, its leaf `NotJson` for what is no JSON object at all.

    Refused: more than `max_bytes`, nesting deeper than `MAX_DEPTH`, duplicate keys, NaN and Infinity, integers that not
    every platform reads alike, lone surrogates, and anything that is not an object.
    """
    if len(raw) > max_bytes:
        raise MalformedDocument(f"document is too large (got {len(raw)} bytes, at most {max_bytes})")
    found = _parsed_if_compact(raw)
    return _parsed_strictly(raw) if found is None else found


def in_utf_8(raw: bytes) -> bytes:
    """`raw` without the mark that some editors put before a text, and in UTF-8 where the mark says UTF-16; otherwise as it is."""
    if raw.startswith(codecs.BOM_UTF8):
        return raw[len(codecs.BOM_UTF8) :]
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with contextlib.suppress(UnicodeError):
            return raw.decode("utf-16").encode()
    return raw


def _parsed_if_compact(raw: bytes) -> Document | None:
    """The object in `raw` if it is written as `orjson` writes it, which most documents are; otherwise None: look more closely.

    A parser that lets something pass cannot write it again: of two equal keys it keeps one, and the other spellings of a number
    or a text are not its own. So equal bytes mean that nothing was there that is not in the value.
    """
    try:
        found = orjson.loads(raw)
        if type(found) is not dict or orjson.dumps(found, option=orjson.OPT_STRICT_INTEGER) != raw:
            return None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    # How deep it is can be read from how far an indented text is indented.
    if len(raw) > MAX_INDENTED or _TOO_DEEP in orjson.dumps(found, option=orjson.OPT_INDENT_2):
        return None
    return found


def _parsed_strictly(raw: bytes) -> Document:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"document is not UTF-8 (byte {error.start} is 0x{raw[error.start]:02x})") from error
    _require_shallow(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        raise NotJson(f"document is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    if not isinstance(value, dict):
        raise NotJson(f"document is not a JSON object (got {json_kind(value)})")
    if "\\u" in text:
        _require_no_surrogates(value)
    return value


def json_kind(value: object) -> str:
    """What was read, as JSON calls it: the value itself may be what nobody should read."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def without(node: Mapping[str, Any], member: str) -> Document:
    """A copy of `node` without this member."""
    found = dict(node)
    found.pop(member, None)
    return found


def strings(value: object) -> Iterator[str]:
    """Every string in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def _require_shallow(text: str) -> None:
    depth = 0
    for match in _BRACKETS_AND_STRINGS.finditer(text):
        token = match.group()
        if token in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedDocument(f"document is nested deeper than {MAX_DEPTH} levels")
        elif token in "]}":
            depth -= 1


def _require_no_surrogates(value: object) -> None:
    for text in strings(value):
        if _SURROGATE.search(text):
            raise MalformedDocument("document contains a lone surrogate, which is no character")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Document:
    found: Document = {}
    for key, value in pairs:
        if key in found:
            raise MalformedDocument(f"key stands twice in one object (got {key[:60]!r})")
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedDocument(f"{name} is not JSON")


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedDocument(f"number is beyond what can be read (got {digits[:20]})")
    return number


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise MalformedDocument(
            f"integer is beyond what every platform reads alike (got {digits[:20]}, at most 2^53-1)"
        )
    return int(digits)
