"""Encodings: found and shown, letters that were broken put right, and nothing lost in silence."""

import pytest

from tests.registry.intake.reading.files import as_csv, as_json, as_xlsx, read, read_here
from tests.registry.intake.reading.test_delimited import refusal

ROWS = [["เลขที่", "ชื่อร้าน"], ["1/2567", "ครัวภูเก็ต"], ["2/2567", "ร้าน “ยาดี”"]]
CELLS = [("1/2567", "ครัวภูเก็ต"), ("2/2567", "ร้าน “ยาดี”")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le", "utf-16-be"])
def test_it_is_found(encoding: str) -> None:
    found = read(as_csv(ROWS, encoding))
    assert (found.form.encoding, found.cells) == (encoding, CELLS)


@pytest.mark.parametrize("name", ["TIS-620", "windows-874", "cp874", "iso_8859_11"])
def test_the_mapping_may_say_it(name: str) -> None:
    assert read(as_csv(ROWS, "cp874"), encoding=name).form.encoding == "cp874"
    assert read("name\ncafé\n".encode("latin-1"), encoding="latin-1").cells == [("café",)]
    # What the file itself says of its encoding is not a matter of opinion.
    assert read(as_csv(ROWS, "utf-8-sig"), encoding=name).cells == CELLS


def test_an_unknown_one_is_refused() -> None:
    error = refusal(as_csv(ROWS), encoding="big5")
    assert error.reason == "encoding-unknown"
    assert "utf-8" in str(error)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_where_the_bad_byte_is(encoding: str) -> None:
    body = as_csv(ROWS * 100, encoding)
    broken = body[:-30] + b"\xff" + body[-30:]
    error = refusal(broken)
    assert error.reason == "undecodable"
    assert error.details["byte"] == "0xff"
    assert error.details["line"] == broken[: broken.index(b"\xff")].count(b"\n") + 1


def test_where_the_bad_byte_is_behind_the_first_block() -> None:
    body = b"number,name\n" + "1,ร้าน\n".encode() * 100_000
    assert refusal(body + b"2,\xe0\xb8").details == {"encoding": "utf-8", "byte": "0xe0", "line": 100_002}


def test_a_byte_that_windows_874_has_not() -> None:
    error = refusal(as_csv(ROWS, "cp874") + b"3/2567,\xff\n")
    assert error.details == {"encoding": "cp874", "byte": "0xff", "line": 4}


def test_half_a_letter_of_utf_16() -> None:
    assert refusal(as_csv(ROWS, "utf-16") + b"\n").reason == "undecodable"


def test_what_is_not_thai_is_not_read_as_thai() -> None:
    assert refusal("name\ncafé\nsoirée\n".encode("latin-1")).reason == "encoding-unclear"


# Encoded twice


def twice(text: str, encoding: str) -> str:
    """The text as a program shows it that takes its UTF-8 for another encoding, as browsers do: no byte is without a sign."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize(
    ("encoding", "via"), [("latin-1", "Windows-1252"), ("cp1252", "Windows-1252"), ("cp874", "Windows-874")]
)
def test_utf_8_encoded_twice_is_put_right(encoding: str, via: str) -> None:
    every = "".join(map(chr, [*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5C)]))
    rows = [["เลขที่", "ชื่อ"], ["1/2567", every], ["2/2567", "“ก” – 100 %"]]
    broken = [[twice(cell, encoding) for cell in row] for row in rows]
    for body in (as_csv(broken), as_csv(broken, "utf-16")):
        found = read(body)
        assert found.headings == ("เลขที่", "ชื่อ")
        assert found.cells == [tuple(row) for row in rows[1:]]
        finding = found.finding("encoding-repaired")
        assert (finding.received, finding.proposed) == (broken[0][0], "เลขที่")
        assert finding.details == {"via": via}


@pytest.mark.parametrize("encoding", ["latin-1", "cp874"])
def test_cells_of_workbooks_and_json_are_put_right_too(encoding: str) -> None:
    broken = [[twice(cell, encoding) for cell in row] for row in ROWS]
    for body in (as_json(broken), as_xlsx(broken) if encoding == "cp874" else as_json(broken)):
        assert read_here(body).cells == CELLS


def test_what_cannot_be_put_right_is_named() -> None:
    rows = [[twice(cell, "latin-1") for cell in row] for row in ROWS]
    rows += [["3/2567", twice("ร้าน", "latin-1")[:-1] + "?"]]
    found = read(as_csv(rows))
    assert found.cells[-1][1] == rows[-1][1]
    assert found.finding("encoding-broken").details == {"count": "1", "lines": "4"}


@pytest.mark.parametrize("text", ["เธอ เนย เธี", "café à ¸", "plain", "€ – ‘’"])
def test_what_is_right_stays(text: str) -> None:
    found = read(as_csv([["เลขที่", "ชื่อ"], ["1", text], ["2", "ร้าน"]]))
    assert found.cells[0][1] == text
    assert found.findings == []
