"""Workbooks: what a cell is as text, where each row stands, and files that are too large for memory."""

import datetime
import io

import openpyxl
import pytest
import xlwt  # type: ignore[import-untyped]

from registry.intake.reading import workbook
from registry.intake.reading.cell import cell_text
from registry.intake.reading.sheet import Area
from registry.intake.reading.streamed import PackedTexts
from registry.intake.reading.workbook import filled_down
from registry.intake.table import FileUnreadable
from tests.registry.intake.reading.files import as_shared_xlsx, as_xls, as_xlsx, read, read_here, saved
from tests.registry.intake.reading.test_delimited import refusal


def moment(*parts: int) -> datetime.datetime:
    """A date and time of day as spreadsheets have them: of no time zone."""
    return datetime.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (22308.0, "22308"),
        (3101200123456.0, "3101200123456"),
        (-5.0, "-5"),
        (0.1, "0.1"),
        (1e22, "1e+22"),
        (float("nan"), "nan"),
        (7, "7"),
        (True, "TRUE"),
        (False, "FALSE"),
        (None, ""),
        ("=1+1", "=1+1"),
        (datetime.date(2015, 12, 25), "2015-12-25"),
        (moment(2558, 12, 25), "2558-12-25"),
        (moment(2015, 12, 25, 13, 5), "2015-12-25 13:05:00"),
        (moment(2015, 12, 24, 23, 59, 59, 999_999), "2015-12-25"),
        (datetime.time(8, 30), "08:30:00"),
        (datetime.time(0, 0), "0"),
        (datetime.timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_cells_as_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def odd_book() -> bytes:
    """A sheet that begins in C3, with every kind of cell."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for column, heading in enumerate(("number", "float", "date", "time", "zero", "text", "error"), 3):
        sheet.cell(3, column, heading)
    day_zero = sheet.cell(5, 7, 0)
    for column, cell in enumerate(
        ("12/2567", 22308.0, datetime.date(2015, 12, 25), datetime.time(8, 30), None, " a\n b "), 3
    ):
        sheet.cell(4, column, cell)
    day_zero.number_format = "dd/mm/yyyy"
    sheet.cell(5, 3, "13/2567")
    sheet.cell(5, 9, "#N/A").data_type = "e"
    sheet.cell(9, 3, "14/2567")
    return saved(book)


ODD_HEADINGS = ("column A", "column B", "number", "float", "date", "time", "zero", "text", "error")
ODD_CELLS = [
    ("", "", "12/2567", "22308", "2015-12-25", "08:30:00", "", " a\n b ", ""),
    ("", "", "13/2567", "", "", "", "0", "", ""),
    ("", "", "14/2567", "", "", "", "", "", ""),
]


def test_rows_stand_where_the_spreadsheet_shows_them() -> None:
    found = read(odd_book())
    assert (found.headings, found.cells) == (ODD_HEADINGS, ODD_CELLS)
    assert (found.lines, found.form.heading_line, found.form.sheets) == ([4, 5, 9], 3, ("Sheet",))
    assert found.findings == []


@pytest.mark.parametrize(
    "body",
    [
        odd_book(),
        as_xlsx([["number", "name"], *[[f"{n}/2567", "ก" * n] for n in range(50)]]),
        as_shared_xlsx([["number", "name"], *[[f"{n}/2567", "ก" * (n % 7 + 1)] for n in range(50)]]),
    ],
)
def test_a_file_too_large_for_memory_is_read_row_by_row_and_the_same(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = read_here(body)
    monkeypatch.setattr(workbook, "_ROOM_AT_ONCE", 0)
    streamed = read_here(body)
    assert (streamed.headings, streamed.lines) == (at_once.headings, at_once.lines)
    assert [padded(cells, len(at_once.headings)) for cells in streamed.cells] == at_once.cells


def padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def test_shared_texts_too_large_for_any_way_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_ROOM_FOR_SHARED", 10)
    with pytest.raises(FileUnreadable) as caught:
        read_here(as_shared_xlsx([["number"], ["1"]]))
    assert caught.value.reason == "too-much-memory"


def test_shared_texts_are_joined_from_their_runs_without_phonetic_hints() -> None:
    xml = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>ก</t></si><si/>'
        "<si><r><t>ข</t></r><r><t xml:space='preserve'> ค</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si></sst>"
    )
    found = PackedTexts(io.BytesIO(xml.encode()))
    assert list(found) == ["ก", "", "ข ค"]
    assert found[1:] == ["", "ข ค"]
    with pytest.raises(IndexError):
        found[-1]


def test_cells_merged_over_rows_in_xls() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("S")
    for line, row in enumerate([["d", "number"], ["", "1"], ["", "2"]]):
        page.write(line, 1, row[1])
    page.write(0, 0, "d")
    page.write_merge(1, 2, 0, 0, "A")
    file = io.BytesIO()
    book.save(file)
    assert read_here(file.getvalue()).cells == [("A", "1"), ("A", "2")]


def test_filling_down_respects_what_is_there() -> None:
    rows = [(1, ["a", "x"]), (2, ["", "y"]), (3, ["b", "z"]), (5, ["", "w"])]
    filled = list(filled_down(iter(rows), [Area(1, 0, 3, 1), Area(4, 0, 9, 0)]))
    assert filled == [(1, ["a", "x"]), (2, ["a", "y"]), (3, ["b", "z"]), (5, ["", "w"])]


def test_charts_are_no_sheets() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([["number"], ["1"]])))
    book.create_chartsheet("chart")
    assert read_here(saved(book)).cells == [("1",)]


@pytest.mark.parametrize(
    "body",
    [
        as_xls([["number"], ["1"]])[:1_000],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000,
        as_xlsx([["number"], ["1"]])[:-40],
        b"PK\x03\x04 and so on",
    ],
)
def test_damaged_workbooks(body: bytes) -> None:
    assert refusal(body).reason == "damaged"


def test_a_workbook_without_anything() -> None:
    assert refusal(as_xlsx([])).reason == "empty"


def test_a_cell_as_long_as_a_spreadsheet_can_have() -> None:
    book = as_xlsx([["number", "name"], ["1", "a"], ["2", "x" * 32_767]])
    assert len(read(book).cells[1][1]) == 32_767


def encrypted_head() -> bytes:
    """The beginning of a compound file with the stream of an encrypted workbook."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000) + "EncryptedPackage".encode("utf-16-le") + bytes(999)


def xls_with_password() -> bytes:
    """An XLS whose fifth record says that the others are encrypted."""
    return as_xls([["เลขที่"], ["1"]]).replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00")


@pytest.mark.parametrize("body", [encrypted_head(), xls_with_password()])
def test_a_workbook_with_a_password(body: bytes) -> None:
    assert refusal(body).reason == "password"


def test_a_damaged_workbook_has_no_password() -> None:
    assert refusal(as_xls([["เลขที่"], ["1"]])[:700]).reason == "damaged"


def book_of_sheets(**sheets: list[list[str]]) -> bytes:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for cells in rows:
            page.append(cells)
    return saved(book)


def test_sheets_that_are_one_list_are_named() -> None:
    found = read_here(book_of_sheets(ปี67=[["เลขที่"], ["1"]], ปี68=[["เลขที่"], ["2"]]))
    assert found.cells == [("1",), ("2",)]
    assert found.finding("sheets-joined").details["sheets"] == "ปี67, ปี68"


@pytest.mark.parametrize("name", ["ยกเลิกแล้ว", "ทะเบียนเก่า", "Old_list", "cancelled", "เพิกถอน"])
def test_a_sheet_of_what_is_over_is_left_out_and_named(name: str) -> None:
    file = book_of_sheets(**{"ทะเบียน": [["เลขที่"], ["1"]], name: [["เลขที่"], ["2"], ["3"]]})
    found = read_here(file)
    assert found.cells == [("1",)]
    assert found.finding("sheet-by-name-left-out").details["sheets"] == name
    assert [finding.code for finding in found.findings] == ["sheet-by-name-left-out"]
    named = read_here(file, sheet=name)
    assert (named.cells, named.findings) == ([("2",), ("3",)], [])


@pytest.mark.parametrize("name", ["Gold", "Folder", "ทะเบียน"])
def test_other_names_of_sheets_say_nothing(name: str) -> None:
    found = read_here(book_of_sheets(**{"ใบอนุญาต": [["เลขที่"], ["1"]], name: [["เลขที่"], ["2"]]}))
    assert found.cells == [("1",), ("2",)]


def test_where_all_are_of_what_is_over_they_are_read() -> None:
    found = read_here(book_of_sheets(สรุป=[["ปี"], ["2567"]], ทะเบียนเก่า=[["เลขที่"], ["1"]]))
    assert found.cells == [("1",)]
