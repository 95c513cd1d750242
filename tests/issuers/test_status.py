"""Status lists as they are made: read back bit by bit, and always the same bytes."""

import gzip
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.status import LIST_BITS, PURPOSES, encode_bits, with_bit
from tests.builders import LAO, NOW, make_authority, make_entries, make_status_list
from verify.errors import MalformedStatusList
from verify.multikey import from_multibase64url
from verify.status import MINIMUM_BITS, StatusList, decode_bits, read_status_list

EMPTY = bytes(LIST_BITS // 8)
indexes = st.integers(0, LIST_BITS - 1)


def test_a_list_is_as_long_as_the_specification_asks() -> None:
    assert LIST_BITS >= MINIMUM_BITS == 131_072
    assert PURPOSES == ("revocation", "suspension")


def test_index_0_is_the_left_most_bit() -> None:
    assert with_bit(EMPTY, 0, True)[0] == 0b1000_0000
    assert with_bit(EMPTY, 7, True)[0] == 0b0000_0001
    assert with_bit(EMPTY, 8, True)[:2] == b"\0\x80"
    assert with_bit(EMPTY, LIST_BITS - 1, True)[-1] == 1


@settings(max_examples=30)
@given(st.sets(indexes, max_size=20))
def test_the_bits_that_were_set_are_read_back(chosen: set[int]) -> None:
    bits = EMPTY
    for index in chosen:
        bits = with_bit(bits, index, True)
    found = StatusList(
        url="u", issuer="did:web:i.example", purpose="revocation", as_of=NOW, bits=decode_bits(encode_bits(bits))
    )
    near = {near for index in chosen for near in (index - 1, index, index + 1) if 0 <= near < LIST_BITS}
    assert {index for index in near if found.is_set(index)} == chosen
    assert sum(byte.bit_count() for byte in found.bits) == len(chosen)


@given(indexes, st.booleans())
def test_setting_a_bit_twice_is_setting_it_once_and_clearing_undoes_it(index: int, value: bool) -> None:
    once = with_bit(EMPTY, index, value)
    assert with_bit(once, index, value) == once
    assert with_bit(once, index, False) == EMPTY
    assert bytes(LIST_BITS // 8) == EMPTY


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=64), st.integers(0, 9))
def test_any_bits_survive_encoding(pattern: bytes, more: int) -> None:
    bits = (pattern * MINIMUM_BITS)[: MINIMUM_BITS // 8 + more]
    assert decode_bits(encode_bits(bits)) == bits


@pytest.mark.parametrize("index", [LIST_BITS, LIST_BITS * 2, -LIST_BITS * 2])
def test_a_bit_beyond_the_list_cannot_be_set(index: int) -> None:
    with pytest.raises(IndexError):
        with_bit(EMPTY, index, True)


@pytest.mark.parametrize("index", [-1, -8, -LIST_BITS])
def test_a_negative_index_is_no_index_from_the_end(index: int) -> None:
    with pytest.raises(IndexError):
        with_bit(EMPTY, index, True)
    found = StatusList(url="u", issuer="did:web:i.example", purpose="revocation", as_of=NOW, bits=EMPTY)
    with pytest.raises(MalformedStatusList):
        found.is_set(index)


def test_the_encoding_is_u_base64url_gzip_and_names_no_time() -> None:
    encoded = encode_bits(EMPTY)
    raw = from_multibase64url(encoded, at_most=1 << 16)
    assert gzip.decompress(raw) == EMPTY
    assert raw[4:8] == bytes(4)
    assert encoded == encode_bits(EMPTY)


def test_a_signed_list_is_read_by_a_verifier() -> None:
    entry = make_entries(LAO, 7)[0]
    _, raw = make_status_list(make_authority(), "revocation", [7, 9])
    found, credential = read_status_list(raw, entry, NOW)
    assert [index for index in range(16) if found.is_set(index)] == [7, 9]
    assert found.as_of == NOW - timedelta(hours=1)
    assert credential.issuer == make_authority().did
    assert raw == make_status_list(make_authority(), "revocation", [7, 9])[1]
