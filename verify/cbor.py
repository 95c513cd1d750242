"""CBOR (RFC 8949) as far as our codes have it, in its deterministic form (4.2.1) and no other.

What a stranger holds before a camera is read here before any signature is checked. cbor2 reads and writes it; of what it reads
only the profile of docs/qr-format.md is taken, and only in the one spelling in which we write it: no tags, floats or indefinite
lengths, no null, no argument of eight bytes, few levels.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

import cbor2

Value: TypeAlias = "int | bytes | str | bool | Sequence[Value] | Mapping[int, Value]"

MAX_ARGUMENT = (1 << 32) - 1
MAX_DEPTH = 3
"""A list or map in a list or map in a list or map: none of ours goes deeper than two."""


class CborRefused(ValueError):
    """These bytes are not of the profile. Says what was found."""


def encoded(value: Value) -> bytes:
    """The one encoding of `value`. Raises ValueError for what the profile cannot say."""
    return cbor2.dumps(_ordered(value, MAX_DEPTH))


def decoded(data: bytes, *, levels: int = MAX_DEPTH) -> Value:
    """The value that `data` is the one encoding of, with lists and maps in so many levels at most. Raises `CborRefused`."""
    try:
        value: Value = cbor2.loads(
            data,
            max_depth=levels,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            tag_hook=_refuse_tag,
            semantic_decoders=_NO_TAGS,
        )
        again = encoded(value)
    except cbor2.CBORDecodeEOF as error:
        raise CborRefused("it was cut off") from error
    except (cbor2.CBORError, ValueError) as error:
        raise CborRefused(str(error)) from error
    if again != data:
        raise CborRefused("it is followed by more, or is not in the shortest form and the order that there is")
    return value


def _ordered(value: Any, levels: int) -> Any:
    """The value, its maps in the order of their encoded keys. Raises ValueError for what is not of the profile."""
    match value:
        case True | bytes() | str():
            return value
        case bool():
            raise ValueError("what is not so is left out of a code")
        case int():
            return _number(value)
        case Mapping() | Sequence() if not levels:
            raise ValueError("more levels than a code has")
        case Mapping():
            return {_number(key): _ordered(value[key], levels - 1) for key in sorted(value, key=_place)}
        case Sequence():
            return [_ordered(each, levels - 1) for each in value]
        case _:
            raise ValueError(f"a value of a kind that no code has ({type(value).__name__})")


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("a key is no number")
    if not -MAX_ARGUMENT - 1 <= value <= MAX_ARGUMENT:
        raise ValueError(f"a code holds no number of more than 32 bits (got {value})")
    return value


def _place(key: Any) -> tuple[bool, int]:
    """Where a key stands in a map: in the order of the bytes, the negative ones last."""
    return _number(key) < 0, abs(key)


def _refuse_tag(*_: object) -> NoReturn:
    raise CborRefused("a tag, which no code has")


class _NoTags(dict[int, Any]):
    """Instead of what cbor2 would make of tags: patterns, dates, references."""

    def __missing__(self, tag: int) -> Any:
        return _refuse_tag


_NO_TAGS = _NoTags()
