"""CBOR (RFC 8949) as far as our codes have it, in its deterministic form (4.2.1) and no other.

What a stranger holds before a camera is read here before any signature is checked. So nothing is known that we do not write: no
tags, floats or indefinite lengths, no null, no argument of eight bytes, few levels. docs/qr-format.md states it as a profile.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "int | bytes | str | bool | Sequence[Value] | Mapping[int, Value]"

MAX_ARGUMENT = (1 << 32) - 1
MAX_DEPTH = 3
"""A list or map in a list or map in a list or map: none of ours goes deeper than two."""
_TRUE = 0xF5
_SHORT = [bytes([byte]) for byte in range(256)]
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP = range(6)


class CborRefused(ValueError):
    """These bytes are not of the profile. Says what was found."""


def encoded(value: Value) -> bytes:
    """The one encoding of `value`. Raises ValueError for what the profile cannot say."""
    match value:
        case True:
            return bytes([_TRUE])
        case False:
            raise ValueError("what is not so is left out of a code")
        case int():
            return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case bytes():
            return _head(_BYTES, len(value)) + value
        case str():
            raw = value.encode()
            return _head(_TEXT, len(raw)) + raw
        case Mapping():
            members = sorted((encoded(key), encoded(member)) for key, member in value.items())
            return _head(_MAP, len(members)) + b"".join(key + member for key, member in members)
        case _:
            return _head(_LIST, len(value)) + b"".join(map(encoded, value))


def decoded(data: bytes) -> Value:
    """The value that `data` is the one encoding of. Raises `CborRefused`."""
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise CborRefused(f"{len(data) - end} bytes follow the end")
    return value


def _head(kind: int, argument: int) -> bytes:
    if argument > MAX_ARGUMENT:
        raise ValueError(f"a code holds no number of more than 32 bits (got {argument})")
    if argument < 24:
        return _SHORT[kind << 5 | argument]
    power = 0 if argument < 1 << 8 else 1 if argument < 1 << 16 else 2
    return _SHORT[kind << 5 | 24 + power] + argument.to_bytes(1 << power, "big")


def _item(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    """The value that begins at `at`, and where it ends."""
    if at < len(data) and data[at] == _TRUE:
        return True, at + 1
    kind, argument, at = _argument(data, at)
    match kind:
        case 0:
            return argument, at
        case 1:
            return -1 - argument, at
        case 2 | 3:
            end = at + argument
            if end > len(data):
                raise CborRefused("it was cut off")
            return data[at:end] if kind == _BYTES else _text(data[at:end]), end
        case 4 | 5:
            if depth == MAX_DEPTH:
                raise CborRefused(f"more than {MAX_DEPTH} levels")
            return (_list if kind == _LIST else _map)(data, at, argument, depth + 1)
        case _:
            raise CborRefused(f"a value of a kind that no code has (major type {kind})")


def _argument(data: bytes, at: int) -> tuple[int, int, int]:
    """The major type and the argument of the head at `at`, and where it ends."""
    if at >= len(data):
        raise CborRefused("it was cut off")
    kind, short = data[at] >> 5, data[at] & 31
    if short < 24:
        return kind, short, at + 1
    if short > 26:
        raise CborRefused(f"a length or number in a form that no code has ({short})")
    size = 1 << short - 24
    end = at + 1 + size
    if end > len(data):
        raise CborRefused("it was cut off")
    argument = int.from_bytes(data[at + 1 : end], "big")
    if argument < (24 if size == 1 else 1 << 4 * size):
        raise CborRefused("a number is not in its shortest form")
    return kind, argument, end


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise CborRefused("a text is not UTF-8") from error


def _list(data: bytes, at: int, count: int, depth: int) -> tuple[Value, int]:
    found: list[Value] = []
    for _ in range(count):
        value, at = _item(data, at, depth)
        found.append(value)
    return found, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[Value, int]:
    """Keys are numbers, in the order of their encoding: each stands once."""
    found: dict[int, Value] = {}
    last = b""
    for _ in range(count):
        begin = at
        kind, argument, at = _argument(data, at)
        if kind not in {_UNSIGNED, _NEGATIVE}:
            raise CborRefused("a key is no number")
        if data[begin:at] <= last:
            raise CborRefused("keys are not in their order, or stand twice")
        last = data[begin:at]
        found[argument if kind == _UNSIGNED else -1 - argument], at = _item(data, at, depth)
    return found, at
