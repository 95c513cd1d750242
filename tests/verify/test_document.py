"""Bytes to JSON: every bound holds, and hostile input is refused quickly."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.document import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_INTEGER,
    _parsed_if_compact,
    _parsed_strictly,
    parse_document,
    strings,
)
from verify.errors import MalformedDocument

QUICK = 2.0  # seconds of this process; each input below takes milliseconds, or minutes where the guard is missing


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{}{}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": [{"b": "x\\ud83dx"}]}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "c": 2, "b": 3}}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"a": "\n"}',
        b'{"a": 01}',
    ],
)
def test_what_is_not_one_sound_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedDocument):
        parse_document(raw)


@pytest.mark.parametrize("number", [MAX_INTEGER, -MAX_INTEGER, 0])
def test_integers_that_every_platform_reads_alike_are_taken(number: int) -> None:
    assert parse_document(b'{"a":%d}' % number) == {"a": number}


@pytest.mark.parametrize("digits", [str(MAX_INTEGER + 1), str(-MAX_INTEGER - 1), "9" * 500_000])
def test_larger_integers_are_refused(digits: str) -> None:
    with pytest.raises(MalformedDocument, match="integer"):
        parse_document(f'{{"a":{digits}}}'.encode())


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert parse_document(b'{"a": "\\ud83c\\udfb5"}') == {"a": "🎵"}


def test_size_is_bounded_before_anything_else() -> None:
    fits = b'{"a":"' + b"x" * (MAX_BYTES - 8) + b'"}'
    assert len(fits) == MAX_BYTES
    assert parse_document(fits)
    with pytest.raises(MalformedDocument, match="too large"):
        parse_document(fits + b" ")
    with pytest.raises(MalformedDocument, match="too large"):
        parse_document(b'{"a": 1}', max_bytes=7)


@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ('{"a":[', "]}")])
def test_depth_is_bounded(opening: str, closing: str) -> None:
    levels = MAX_DEPTH // opening.count("{") // (2 if "[" in opening else 1)
    assert parse_document((opening * levels + "1" + closing * levels).encode())
    with pytest.raises(MalformedDocument, match="nested"):
        parse_document((opening * (levels + 1) + "1" + closing * (levels + 1)).encode())


def test_brackets_inside_strings_are_no_depth() -> None:
    text = "[{" * 1_000 + '"\\'
    assert parse_document(json.dumps({"a": text}).encode()) == {"a": text}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"[" * 5_000,
        b'{"a":' * 100_000,
        b'"' + b'\\"' * (MAX_BYTES // 2 - 1),
        b'{"a":"' + b'\\"' * (MAX_BYTES // 2 - 4) + b"\\",
        b'"' * MAX_BYTES,
        b"\\" * MAX_BYTES,
        b'{"a":"' + b"\\" * (MAX_BYTES - 6),
    ],
    ids=["deep", "deep list", "very deep", "escaped quotes", "escape at the end", "quotes", "escapes", "one string"],
)
def test_hostile_text_is_refused_quickly(raw: bytes) -> None:
    began = time.process_time()
    with pytest.raises(MalformedDocument):
        parse_document(raw)
    assert time.process_time() - began < QUICK


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values, max_size=5), st.booleans())
def test_sound_json_is_read_as_it_is(document: dict[str, object], ascii_only: bool) -> None:
    assert parse_document(json.dumps(document, ensure_ascii=ascii_only).encode()) == document


@given(st.binary(max_size=60) | st.text('[]{}",:\\u0aeE.-+ truefalsn', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        document = parse_document(raw)
    except MalformedDocument:
        return
    assert document == json.loads(raw)


compact = st.dictionaries(st.text(max_size=3), json_values, max_size=4).map(
    lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
)


@given(
    compact,
    st.integers(0, 200),
    st.sampled_from([*'{}[]",:\\ 019.-eE+u', '"a":1,', "9" * 17, "1e400", "\ud800", "NaN"]),
)
def test_the_quick_way_reads_what_the_strict_way_reads(text: str, at: int, inserted: str) -> None:
    """Whatever is put into a document, nothing is read quickly that is refused when looked at closely."""
    for raw in (text, text[: at % (len(text) + 1)] + inserted + text[at % (len(text) + 1) :]):
        quick = _parsed_if_compact(raw.encode(errors="surrogatepass"))
        if quick is not None:
            assert json.dumps(quick) == json.dumps(_parsed_strictly(raw.encode()))


@pytest.mark.parametrize("closing", [b"1", b"{}", b"[]", b'"]]]]"', b'{"a":1,"b":[]}'])
@pytest.mark.parametrize("levels", range(MAX_DEPTH - 2, MAX_DEPTH + 2))
def test_both_ways_count_levels_alike(levels: int, closing: bytes) -> None:
    raw = b'{"a":' * levels + closing + b"}" * levels
    try:
        strict = _parsed_strictly(raw)
    except MalformedDocument:
        assert _parsed_if_compact(raw) is None
    else:
        assert parse_document(raw) == strict


def test_what_is_compact_is_read_quickly() -> None:
    raw = '{"a":["ก",1,true,null,{"b":"\\n"}]}'.encode()
    assert _parsed_if_compact(raw) == json.loads(raw)


def test_strings_are_keys_and_values_at_any_depth() -> None:
    assert list(strings({"a": ["b", {"c": "d"}], "e": 1, "f": None})) == ["a", "b", "c", "d", "e", "f"]
