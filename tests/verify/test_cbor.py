"""The profile of CBOR: one encoding of each value, that of RFC 8949, and nothing else is read. Another implementation agrees on
what it has read (tests/peers/test_packs.py)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.cbor import MAX_ARGUMENT, CborRefused, decoded, encoded

numbers = st.integers(-MAX_ARGUMENT - 1, MAX_ARGUMENT) | st.integers(-300, 300)
leaves = numbers | st.binary(max_size=30) | st.text(max_size=30) | st.just(True)
lists = st.lists(leaves, max_size=30)
values = leaves | lists | st.dictionaries(numbers, leaves | lists, max_size=24)
# RFC 8949, appendix A.
EXAMPLES: list[tuple[str, Any]] = [
    ("00", 0),
    ("17", 23),
    ("1818", 24),
    ("1903e8", 1000),
    ("1a000f4240", 1_000_000),
    ("20", -1),
    ("3863", -100),
    ("3903e7", -1000),
    ("40", b""),
    ("4401020304", bytes([1, 2, 3, 4])),
    ("60", ""),
    ("6161", "a"),
    ("62225c", '"\\'),
    ("63e6b0b4", "\u6c34"),
    ("64f0908591", "\U00010151"),
    ("80", []),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", list(range(1, 26))),
    ("a0", {}),
    ("a201020304", {1: 2, 3: 4}),
    ("f5", True),
]
NOT_OF_THE_PROFILE = (
    *("1b000000e8d4a51000", "c249010000000000000000", "3bffffffffffffffff"),
    *("f90000", "f93c00", "fb3ff199999999999a", "f97c00", "f97e00"),
    *("f4", "f6", "f7", "f0", "f8ff"),
    *("c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "d74401020304", "d818456449455446"),
    *("d82076687474703a2f2f7777772e6578616d706c652e636f6d", "d81c80", "d82361ff", "d9010280", "d903e801"),
    *("a26161016162820203", "826161a161626163", "a1f501", "a1810101"),
    *("5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "bf6346756ef563416d7421ff"),
    *(
        "8181818101",
        "81818180",
        "818181a0",
        "a101a101a101a0",
        "1800",
        "190017",
        "1a0000ffff",
        "9801",
        "a2010101",
        "a201010102",
        "a202010101",
        "a220010101",
    ),
    *("0000", "61ff", "63eda080", "", "19", "6261", "8201", "ff", "1c", "9bffffffffffffffff", "5bffffffffffffffff"),
)


@given(values)
def test_a_value_has_one_encoding(value: Any) -> None:
    assert decoded(encoded(value)) == value


@pytest.mark.parametrize(("raw", "value"), EXAMPLES)
def test_an_example_of_the_specification(raw: str, value: Any) -> None:
    assert encoded(value).hex() == raw
    found = decoded(bytes.fromhex(raw))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("raw", NOT_OF_THE_PROFILE)
def test_what_is_not_of_the_profile_is_refused(raw: str) -> None:
    with pytest.raises(CborRefused):
        decoded(bytes.fromhex(raw))


def test_neither_depth_nor_length_costs_much() -> None:
    for raw in (
        b"\x81" * 1_000_000,
        b"\xa1\x01" * 500_000,
        b"\xd8\x1c" * 500_000,
        b"\x9a\xff\xff\xff\xff" + b"\x01" * 9,
    ):
        with pytest.raises(CborRefused):
            decoded(raw)


@given(st.binary(max_size=30))
@settings(max_examples=2_000)
def test_any_bytes_are_the_one_encoding_or_refused(data: bytes) -> None:
    try:
        value = decoded(data)
    except CborRefused:
        return
    assert encoded(value) == data


@given(values, st.data())
def test_an_altered_byte_is_another_value_or_refused(value: Any, data: st.DataObject) -> None:
    raw = bytearray(encoded(value))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        found = decoded(bytes(raw))
    except CborRefused:
        return
    assert encoded(found) == bytes(raw)


@pytest.mark.parametrize("value", [False, 1 << 32, -(1 << 32) - 1, [0, False]])
def test_what_the_profile_cannot_say_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match="code"):
        encoded(value)


def test_keys_stand_in_the_order_of_their_encoding() -> None:
    assert encoded({-1: 1, 24: 2, 0: 3}).hex() == "a30003181802" + "2001"
    assert decoded(bytes.fromhex("a300031818022001")) == {0: 3, 24: 2, -1: 1}
    # The order of before (RFC 7049, 3.9), which other writers still have.
    with pytest.raises(CborRefused):
        decoded(bytes.fromhex("a300032001181802"))
