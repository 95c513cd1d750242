"""The profile of CBOR: one encoding of each value, the same as another implementation's, and nothing else is read."""

from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.cbor import MAX_ARGUMENT, CborRefused, decoded, encoded

numbers = st.integers(-MAX_ARGUMENT - 1, MAX_ARGUMENT) | st.integers(-300, 300)
leaves = numbers | st.binary(max_size=30) | st.text(max_size=30) | st.just(True)
lists = st.lists(leaves, max_size=30)
# Below 24 and not negative, since the other implementation has the older order of keys.
values = leaves | lists | st.dictionaries(st.integers(0, 23), leaves | lists, max_size=24)


@given(values)
def test_a_value_has_one_encoding_and_another_implementation_the_same(value: Any) -> None:
    raw = encoded(value)
    assert decoded(raw) == value
    assert raw == cbor2.dumps(value, canonical=True)


@given(st.binary(max_size=30))
@settings(max_examples=2_000)
def test_any_bytes_are_the_one_encoding_or_refused(data: bytes) -> None:
    try:
        value = decoded(data)
    except CborRefused:
        return
    assert encoded(value) == data
    assert cbor2.loads(data) == value


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
