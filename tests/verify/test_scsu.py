"""SCSU: what we write, any reader reads; and we read all of it, or refuse it in our own words."""

import pytest
import scsu  # noqa: F401 (registers the codec of another implementation)
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.scsu import ScsuRefused, compressed, expanded

texts = st.text(st.characters(exclude_categories=["Cs"]))
thai = st.text(st.sampled_from([*map(chr, range(0x0E01, 0x0E3B)), *map(chr, range(0x0E3F, 0x0E5C)), *"abc 12/\n"]))


@given(texts | thai)
def test_every_text_comes_back(text: str) -> None:
    assert expanded(compressed(text)) == text


@given(texts | thai)
def test_another_implementation_reads_what_we_write(text: str) -> None:
    assert compressed(text).decode("SCSU") == text


@given(texts | thai)
def test_we_read_what_another_implementation_writes(text: str) -> None:
    assert expanded(text.encode("SCSU")) == text


@given(thai)
def test_a_thai_character_is_one_byte(text: str) -> None:
    assert len(compressed(text)) <= len(text) + 2


def test_ascii_is_itself() -> None:
    text = "".join(map(chr, [*range(0x20, 0x7F), 0x0A]))
    assert compressed(text) == text.encode()


@given(st.binary(max_size=40))
@settings(max_examples=2_000)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        text = expanded(data)
    except ScsuRefused:
        return
    assert expanded(compressed(text)) == text


# UTS 6, section 9: the examples of the standard.
EXAMPLES = {
    "d6 6c 20 66 6c 69 65 df 74": "Öl fließt",
    "12 9c be c1 ba b2 b0": "Москва",
    "08 00 1b 4c ea 16 ca d3 94 0f 53 ef 61 1b e5 84 c4 0f 53 ef 61 1b e5 84 c4 16 ca d3 94 08 02 0f 53 4a 4e 16 7d 00 "
    "30 82 52 4d 30 6b 6d 41 88 4c e5 97 9f 08 0c 16 ca d3 94 15 ae 0e 6b 4c 08 0d 8c b4 a3 9f ca 99 cb 8b c2 97 cc aa "
    "84 08 02 0e 7c 73 e2 16 a3 b7 cb 93 d3 b4 c5 dc 9f 0e 79 3e 06 ae b1 9d 93 d3 08 0c be a3 8f 08 88 be a3 8d d3 a8 "
    "a3 97 c5 17 89 08 0d 15 d2 08 01 93 c8 aa 8f 0e 61 1b 99 cb 0e 4e ba 9f a1 ae 93 a8 a0 08 02 08 0c e2 16 a3 b7 cb "
    "0f 4f e1 80 05 ec 60 8d ea 06 d3 e6 0f 8a 00 30 44 65 b9 e4 fe e7 c2 06 cb 82": None,
}


@pytest.mark.parametrize("data", EXAMPLES)
def test_the_examples_of_the_standard(data: str) -> None:
    raw = bytes.fromhex(data)
    assert expanded(raw) == (EXAMPLES[data] or raw.decode("SCSU"))


@pytest.mark.parametrize("tag", [*range(0x10, 0x18), *range(0x18, 0x20), *range(0x01, 0x09)])
def test_windows_are_those_of_the_other_implementation(tag: int) -> None:
    for byte in range(1, 256):
        data = bytes([tag, byte, 0xC1, 0x41])
        try:
            found = expanded(data)
        except ScsuRefused:
            continue
        assert found == data.decode("SCSU"), data.hex()


@pytest.mark.parametrize(
    "data", ["0c", "18 00", "18 a8", "18 f8", "0f f2", "0f d8 3c", "0f d8 3c 00 41", "0e", "0e 00", "01"]
)
def test_what_is_reserved_or_cut_off_is_refused(data: str) -> None:
    with pytest.raises(ScsuRefused):
        expanded(bytes.fromhex(data))


def test_extended_windows() -> None:
    assert expanded(bytes.fromhex("0b 61 fa b5 b6")) == bytes.fromhex("0b 61 fa b5 b6").decode("SCSU")
    assert expanded(bytes.fromhex("0f f1 61 fa b5")) == bytes.fromhex("0f f1 61 fa b5").decode("SCSU")
