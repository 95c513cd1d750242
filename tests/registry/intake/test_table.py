"""From bytes to a table: what is refused and why, and on which line each row stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake import table
from registry.intake.table import REASONS, FileUnreadable, escaped, read_table, unescaped

BAD: dict[str, bytes] = {
    "empty": b" \r\n\t ",
    "excel-file": b"PK\x03\x04 and so on",
    "web-page": b"<!DOCTYPE html><html></html>",
    "not-utf-8": "number\nกข".encode("cp874"),
    "no-heading": b"number,,name\n1,2,3",
    "heading-twice": b"number,name, number \n1,2,3",
    "not-csv": b'number,name\n1,"no end\n2,b',
    "too-many-columns": b",".join(b"c%d" % n for n in range(501)),
    "too-large": b"number\n1\n2\n3\n4\n5",
    "too-many-rows": b"number\n1\n2\n3",
}


@pytest.mark.parametrize("reason", list(REASONS))
def test_every_reason(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if reason == "too-large":
        monkeypatch.setattr(table, "MAX_FILE_BYTES", 10)
    if reason == "too-many-rows":
        monkeypatch.setattr(table, "MAX_ROWS", 2)
    with pytest.raises(FileUnreadable) as caught:
        read_table(BAD[reason])
    assert caught.value.reason == reason
    assert "%(" not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xef\xbb\xbf\n,,\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel-file"),
        ("number\n1".encode("utf-16"), "not-utf-8"),
        (b"number\n1\0", "not-utf-8"),
        (b"number,name\n" + b"x" * 20_001 + b",1", "not-csv"),
        (b'number\n"1"2', "not-csv"),
    ],
)
def test_other_unreadable_files(raw: bytes, reason: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        read_table(raw)
    assert caught.value.reason == reason


def test_where_the_bad_byte_is() -> None:
    with pytest.raises(FileUnreadable) as caught:
        read_table(b"number,name\n1,a\n2,\xa1\xd2\n")
    assert caught.value.details == {"byte": "0xa1", "line": 3}
    with pytest.raises(FileUnreadable, match="line 3"):
        read_table(b'number\n1\n"no end')


def test_bom_and_blank_rows_and_trailing_columns() -> None:
    found = read_table("\ufeff\r\nเลขที่, ชื่อ  ร้าน ,,\r\n\r\n1,ก,,\r\n,,,\r\n2,ข,,\r\n".encode())
    assert found.headings == ("เลขที่", "ชื่อ ร้าน")
    assert [(row.line, row.cells[:2]) for row in found.rows] == [(4, ("1", "ก")), (6, ("2", "ข"))]


def test_lines_are_those_of_the_file_whatever_stands_in_cells() -> None:
    found = read_table(
        b'number,note\n1,"a ""quoted"" word,\nand a second\n\nand a fourth line"\n2,b\n\n3,"c\r\nd"\n4,e'
    )
    assert [(row.line, row.cells[0]) for row in found.rows] == [(2, "1"), (6, "2"), (8, "3"), (10, "4")]
    assert found.rows[0].cells[1] == 'a "quoted" word,\nand a second\n\nand a fourth line'


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters(delimiter: str, end: str) -> None:
    text = end.join([f"number{delimiter}name", f"1{delimiter}ก", f"2{delimiter}ข"])
    found = read_table(text.encode())
    assert found.headings == ("number", "name")
    assert [row.cells for row in found.rows] == [("1", "ก"), ("2", "ข")]


def test_what_stands_in_quotation_marks_separates_nothing() -> None:
    found = read_table('"ชื่อ, ที่อยู่, โทร";เลขที่\n"ก, ข";1/2567\n'.encode())
    assert found.headings == ("ชื่อ, ที่อยู่, โทร", "เลขที่")
    assert found.rows[0].cells == ("ก, ข", "1/2567")


def test_cells_are_not_interpreted() -> None:
    cells = ("007", " 1/2567 ", "๑๒", "1E5", "TRUE", "25/12/2558")
    found = read_table(("a,b,c,d,e,f\n" + ",".join(cells)).encode())
    assert found.rows[0].cells == cells


@given(st.text())
def test_what_we_export_for_repair_comes_back(cell: str) -> None:
    if not cell.startswith("'"):
        assert unescaped(escaped(cell)) == cell
    assert not escaped(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_unreadable(raw: bytes) -> None:
    try:
        found = read_table(raw)
    except FileUnreadable:
        return
    assert found.headings
