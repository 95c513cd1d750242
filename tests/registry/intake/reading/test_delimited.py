"""CSV: on which line each row stands, what separates its cells, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake import reading
from registry.intake.reading import assembling
from registry.intake.table import FileUnreadable
from tests.registry.intake.reading.files import as_csv, read


def refusal(body: bytes, name: str = "", **layout: object) -> FileUnreadable:
    """Why the file cannot be read."""
    with pytest.raises(FileUnreadable) as caught:
        read(body, name, **layout)
    assert "%(" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xef\xbb\xbf\n,,\n", "empty"),
        (b"<!DOCTYPE html><html></html>", "web-page"),
        (b"\xef\xbb\xbf\n <table border=1>", "web-page"),
        (b"%PDF-1.7 ...", "kind-unknown"),
        (b"\x89PNG\r\n\x1a\n", "kind-unknown"),
        (b'<?xml version="1.0"?><Workbook/>', "kind-unknown"),
        (b"number\n1\0", "undecodable"),
        (b'number\n"1"2', "not-csv"),
        (b'number,name\n1,"no end\n2,b', "not-csv"),
        (b"number,name\n" + b"x" * 32_768 + b",1", "cell-too-long"),
        (b"n" * 32_768 + b",name\n1,2", "cell-too-long"),
        (b"number,name\n" + b"x,y," * 250_001 + b",1", "row-too-long"),
        (b",".join(b"c%d" % n for n in range(501)), "too-many-columns"),
    ],
)
def test_unreadable_files(body: bytes, reason: str) -> None:
    assert refusal(body).reason == reason


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembling, "MAX_ROWS", 2)
    assert read(b"number\n1\n2").cells == [("1",), ("2",)]
    assert refusal(b"number\n1\n2\n3").reason == "too-many-rows"
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)
    assert refusal(b"number\n1\n2\n3").details == {"size": 12, "limit": 10}


def test_a_refusal_names_the_line() -> None:
    assert refusal(b'number\n1\n"no end').details["line"] == 3
    assert refusal(b"number,name\n1,2\n" + b"x" * 40_000 + b",1").details["line"] == 3


def test_blank_rows_and_trailing_columns() -> None:
    found = read("\ufeff\r\nเลขที่, ชื่อ  ร้าน ,,\r\n\r\n1,ก,,\r\n,,,\r\n2,ข,,\r\n".encode())
    assert found.headings == ("เลขที่", "ชื่อ ร้าน")
    assert [(row.line, row.cells) for row in found.rows] == [(4, ("1", "ก")), (6, ("2", "ข"))]
    assert found.form.heading_line == 2
    assert found.findings == []


def test_lines_are_those_of_the_file_whatever_stands_in_cells() -> None:
    found = read(b'number,note\n1,"a ""quoted"" word,\nand a second\n\nand a fourth line"\n2,b\n\n3,"c\r\nd"\n4,e')
    assert [(row.line, row.cells[0]) for row in found.rows] == [(2, "1"), (6, "2"), (8, "3"), (10, "4")]
    assert found.rows[0].cells[1] == 'a "quoted" word,\nand a second\n\nand a fourth line'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    found = read(as_csv([["number", "name"], ["1", "ก"], ["2", "ข"]], delimiter=delimiter, end=end))
    assert found.headings == ("number", "name")
    assert [(row.line, row.cells) for row in found.rows] == [(2, ("1", "ก")), (3, ("2", "ข"))]
    assert found.form.delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter", "headings"),
    [
        ('"ชื่อ, ที่อยู่, โทร";เลขที่\n"ก, ข";1/2567\n', ";", ("ชื่อ, ที่อยู่, โทร", "เลขที่")),
        ("number;address\n1;12, Road, Town\n2;13, Road, Town\n", ";", ("number", "address")),
        ("number,address,types\n1,Road,a;b\n2,Road,a;b\n", ",", ("number", "address", "types")),
        ("A list, of 2567\n\nnumber|name\n1|a\n2|b\n3|c\n", "|", ("number", "name")),
        ("sep=;\nnumber;name, address\n1;a\n", ";", ("number", "name, address")),
        ("number\n1\n2\n", ",", ("number",)),
    ],
)
def test_the_delimiter_is_what_makes_rows_even(text: str, delimiter: str, headings: tuple[str, ...]) -> None:
    found = read(text.encode())
    assert (found.form.delimiter, found.headings) == (delimiter, headings)


def test_cells_are_not_interpreted() -> None:
    cells = ("007", " 1/2567 ", "๑๒", "1E5", "TRUE", "25/12/2558", '="0123"', "=1+1", "'1", "22308.0")
    text = as_csv([[f"h{n}" for n in range(len(cells))], cells])
    assert read(text).cells == [cells]


def test_a_file_that_we_gave_out_for_repair_is_unescaped() -> None:
    found = read(b"line,findings,number\n2,'=wrong,'=1+1\n")
    assert found.cells == [("2", "=wrong", "=1+1")]


def test_rows_keep_cells_that_no_heading_has() -> None:
    found = read(b"number,name\n1,a\n2,b,c\n3\n4,d,,\n")
    assert found.cells == [("1", "a"), ("2", "b", "c"), ("3",), ("4", "d")]


def test_rows_come_in_chunks() -> None:
    from registry.intake.reading import reading as open_table

    body = b"number,name\n" + b"".join(b"%d,a\n" % n for n in range(2_500))
    with open_table(body) as table:
        sizes = [len(chunk) for chunk in table.chunks]
    assert sizes == [1_000, 1_000, 500]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_unreadable(body: bytes) -> None:
    if body.startswith((b"PK", b"\xd0\xcf")):
        return
    try:
        found = read(body)
    except FileUnreadable:
        return
    assert found.headings
    assert len(found.headings) == len(set(found.headings))
