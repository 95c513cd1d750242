"""Where a list begins in its file, what its columns are called, and what of it is no row of the list."""

import io

import openpyxl
import pytest

from registry.intake.reading.heading import letter
from registry.intake.reading.part import is_total
from registry.intake.table import FINDINGS_HEADING, SUMMARY_SHEET
from tests.registry.intake.reading.files import Read, as_csv, as_xlsx, fill, read, read_here, saved
from tests.registry.intake.reading.test_delimited import refusal

HEADINGS = ["เลขที่ใบอนุญาต", "ชื่อร้าน", "จังหวัด", "วันออก"]
ROWS = [["1/2567", "ครัว ก", "นครพนม", "1/2/2567"], ["2/2567", "ครัว ข", "นครพนม", "2/2/2567"]]
CELLS = [tuple(row) for row in ROWS]


def test_rows_above_the_headings_are_left_out_and_named() -> None:
    titles = [["รายชื่อร้าน ปี 2567", "", "", ""], ["", "", "", ""], ["ข้อมูล ณ", "1 ม.ค. 2568", "", ""]]
    found = read(as_csv([*titles, HEADINGS, *ROWS]))
    assert (found.headings, found.cells, found.lines) == (tuple(HEADINGS), CELLS, [5, 6])
    assert found.form.heading_line == 4
    finding = found.finding("rows-above-heading")
    assert finding.received == "รายชื่อร้าน ปี 2567"
    assert finding.details == {"count": "2", "lines": "1, 3"}


def test_headings_with_line_ends_and_many_spaces() -> None:
    found = read(as_csv([["เลขที่\nใบอนุญาต", "  ชื่อ   ร้าน\r\n(ไทย) "], ["1", "ก"]]))
    assert found.headings == ("เลขที่ ใบอนุญาต", "ชื่อ ร้าน (ไทย)")


def test_columns_without_a_heading_are_called_by_their_letter() -> None:
    found = read(as_csv([["number", "", "name", ""], ["1", "x", "a", "p"], ["2", "", "b", "q"]]))
    assert found.headings == ("number", "column B", "name", "column D")
    assert found.finding("heading-unnamed").details == {"columns": "column B, column D"}


def test_a_column_that_few_rows_have_is_none() -> None:
    found = read(as_csv([["number", "name"], ["1", "a"], ["2", "b", "oops"], ["3", "c"]]))
    assert found.headings == ("number", "name")
    assert found.cells[1] == ("2", "b", "oops")


def test_letters() -> None:
    assert [letter(column) for column in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_the_names_that_pandas_gives_are_no_headings() -> None:
    unnamed = [f"Unnamed: {n}" for n in range(4)]
    found = read(as_csv([unnamed, HEADINGS, *ROWS]))
    assert (found.headings, found.cells) == (tuple(HEADINGS), CELLS)
    index = read(as_csv([["Unnamed: 0", "number", "name"], ["0", "1/2567", "a"], ["1", "2/2567", "b"]]))
    assert index.headings == ("column A", "number", "name")


def test_the_same_heading_twice() -> None:
    found = read(as_csv([["date", "number", "date", " date ", "date (2)"], ["1", "2", "3", "4", "5"]]))
    assert found.headings == ("date", "number", "date (2)", "date (3)", "date (2) (2)")
    assert found.finding("heading-twice").details == {"columns": "date (2), date (3), date (2) (2)"}


def test_the_mapping_may_say_where_the_headings_are() -> None:
    body = as_csv([["a", "b"], ["number", "name"], ["1", "x"]])
    assert read(body).headings == ("a", "b")
    found = read(body, heading_line=2)
    assert (found.headings, found.cells) == (("number", "name"), [("1", "x")])
    error = refusal(as_csv([["number", "name"], [], ["1", "x"]]), heading_line=2)
    assert (error.reason, error.details) == ("heading-line-empty", {"line": 2})


def test_headings_that_stand_again_on_each_page() -> None:
    found = read(as_csv([HEADINGS, ROWS[0], HEADINGS, ROWS[1]]))
    assert found.cells == CELLS
    assert found.finding("heading-repeated").details == {"count": "1", "lines": "3"}


def test_rows_that_add_up_others_are_left_out_and_named() -> None:
    totals = [["รวม", "", "", "2 ราย"], ["รวมทั้งสิ้น 2 แห่ง", "", "", ""], ["Grand total:", "", "", "1,234.50"]]
    found = read(as_csv([HEADINGS, ROWS[0], totals[0], ROWS[1], *totals[1:]]))
    assert found.cells == CELLS
    finding = found.finding("total-row-left-out")
    assert finding.received == "รวม 2 ราย"
    assert finding.details == {"count": "3", "lines": "3, 5, 6"}


@pytest.mark.parametrize(
    "cells",
    [
        ["รวมยา จำกัด", "", "", ""],
        ["รวม", "ร้านยา", "", ""],
        ["Total Beauty", "12/2567", "", ""],
        ["Total", "12", "Bangkok", ""],
        ["sum sum", "", "", ""],
        ["ยอดรวมพาณิชย์", "12", "", ""],
    ],
)
def test_names_that_begin_with_such_a_word_are_rows(cells: list[str]) -> None:
    assert not is_total(cells)
    assert read(as_csv([HEADINGS, *ROWS, cells])).cells[-1] == tuple(cells)


def test_many_rows_left_out_are_not_all_listed() -> None:
    found = read(as_csv([["number", "name"], *[["รวม", "1"]] * 15, ["1", "a"]]))
    assert found.finding("total-row-left-out").details == {
        "count": "15",
        "lines": "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …",
    }


# Merged cells


def book_of(rows: list[list[str]], *merged: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(rows)))
    for area in merged:
        book.worksheets[0].merge_cells(area)
    return saved(book)


def test_what_is_merged_over_rows_is_given_to_each() -> None:
    rows = [
        ["อำเภอ", "เลขที่", "ชื่อ"],
        ["เมือง", "1", "ก"],
        ["", "2", "ข"],
        ["", "", ""],
        ["ท่าอุเทน", "3", "ค"],
        ["", "4", "ง"],
    ]
    found = read_here(book_of(rows, "A2:A4", "A5:A6"))
    assert found.cells == [("เมือง", "1", "ก"), ("เมือง", "2", "ข"), ("ท่าอุเทน", "3", "ค"), ("ท่าอุเทน", "4", "ง")]
    assert found.lines == [2, 3, 5, 6]


def test_a_column_in_which_each_row_has_its_own_is_not_filled() -> None:
    rows = [["อำเภอ", "เลขที่"], ["เมือง", "1"], ["", ""], ["ท่าอุเทน", "3"]]
    file = book_of([*rows, ["", "4"]], "A2:A3", "B2:B3", "A4:A5")
    assert read_here(file, own=("เลขที่",)).cells == [("เมือง", "1"), ("ท่าอุเทน", "3"), ("ท่าอุเทน", "4")]
    with_text = book_of([["อำเภอ", "เลขที่", "ชื่อ"], ["เมือง", "1", "ก"], ["", "", "ข"]], "A2:A3", "B2:B3")
    assert read_here(with_text, own=("เลขที่",)).cells == [("เมือง", "1", "ก"), ("เมือง", "", "ข")]


def test_a_heading_merged_over_several_is_joined_with_them() -> None:
    rows = [
        ["ทะเบียนร้าน ปี 2567", "", "", "", ""],
        ["เลขที่", "ที่ตั้ง", "", "วันที่", ""],
        ["", "อำเภอ", "จังหวัด", "ออก", "หมดอายุ"],
        ["1/2567", "เมือง", "นครพนม", "1/2/2567", "1/2/2568"],
    ]
    found = read_here(book_of(rows, "A1:E1", "A2:A3", "B2:C2", "D2:E2"))
    assert found.headings == ("เลขที่", "ที่ตั้ง อำเภอ", "ที่ตั้ง จังหวัด", "วันที่ ออก", "วันที่ หมดอายุ")
    assert (found.cells, found.form.heading_line) == ([tuple(rows[3])], 3)


def test_a_title_merged_over_a_part_of_the_width_is_no_heading() -> None:
    rows = [["ทะเบียนร้าน", "", "", ""], HEADINGS, *ROWS]
    found = read_here(book_of(rows, "A1:C1"))
    assert (found.headings, found.cells) == (tuple(HEADINGS), CELLS)


# Several sheets


def sheets_of(sheets: dict[str, list[list[str]]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        book.create_sheet(name)
        fill(book, name, rows)
    return book


def places(found: Read) -> list[tuple[int, str, int | None]]:
    return [(row.line, row.sheet, row.sheet_line) for row in found.rows]


def test_sheets_with_the_same_headings_are_one_table() -> None:
    book = sheets_of({"มกราคม": [HEADINGS, ROWS[0]], "ว่าง": [], "กุมภาพันธ์": [["ชื่อเรื่อง"], HEADINGS, ROWS[1]]})
    found = read_here(saved(book))
    assert found.cells == CELLS
    assert places(found) == [(2, "มกราคม", 2), (5, "กุมภาพันธ์", 3)]
    assert found.form.sheets == ("มกราคม", "กุมภาพันธ์")


def test_the_list_is_chosen_among_sheets_and_the_others_are_named() -> None:
    codes = [["code", "ชื่อจังหวัด", "x"], *[[str(n), "นครพนม", "y"] for n in range(20)]]
    book = sheets_of({"รหัส": codes, "รายการ": [HEADINGS, *ROWS]})
    found = read_here(saved(book))
    assert (found.cells, found.form.sheets) == (CELLS, ("รายการ",))
    assert places(found) == [(2, "รายการ", 2), (3, "รายการ", 3)]
    assert found.finding("sheet-left-out").details == {"sheets": "รหัส", "read": "รายการ"}
    named = read_here(saved(book), sheet="รหัส")
    assert (named.headings, len(named.rows), named.findings) == (("code", "ชื่อจังหวัด", "x"), 20, [])


def test_a_sheet_that_is_not_there() -> None:
    error = refusal(as_xlsx([HEADINGS, *ROWS], "A"), sheet="B")
    assert (error.reason, error.details) == ("sheet-unknown", {"sheet": "B", "sheets": "A"})


def test_hidden_sheets_are_left_out_and_named() -> None:
    book = sheets_of({"รายการ": [HEADINGS, ROWS[0]], "เก่า": [HEADINGS, ROWS[1]]})
    book["เก่า"].sheet_state = "hidden"
    found = read_here(saved(book))
    assert found.cells == CELLS[:1]
    assert found.finding("sheet-hidden").details == {"sheets": "เก่า", "read": "รายการ"}
    assert read_here(saved(book), sheet="เก่า").cells == CELLS[1:]


def test_what_we_added_to_a_copy_is_left_out_when_it_comes_back() -> None:
    rows = [[*HEADINGS, FINDINGS_HEADING, "extra"], [*ROWS[0], "wrong", "x"], [*ROWS[1], "", "y"]]
    found = read_here(saved(sheets_of({SUMMARY_SHEET: [["a", "b"], ["1", "2"]], "รายการ": rows})))
    assert found.headings == (*HEADINGS, "extra")
    assert found.cells == [(*CELLS[0], "x"), (*CELLS[1], "y")]
    assert found.findings == []


# Forms


FORM = [
    ["ตรวจสอบสถานะ", ""],
    ["เลขที่ใบอนุญาต", "นย1 กท 21/2540"],
    ["ชื่อผู้รับอนุญาต", "บริษัท ตัวอย่าง จำกัด"],
    ["", ""],
    ["วันที่หมดอายุ", "27/11/2571"],
    ["", "พิมพ์หน้านี้"],
    ["วันที่หมดอายุ", "28/11/2571"],
]


def test_a_form_is_a_table_of_one_row() -> None:
    found = read(as_csv([["", "", *row] for row in FORM]))
    assert found.headings == ("ตรวจสอบสถานะ", "เลขที่ใบอนุญาต", "ชื่อผู้รับอนุญาต", "วันที่หมดอายุ", "วันที่หมดอายุ (2)")
    assert found.cells == [("", "นย1 กท 21/2540", "บริษัท ตัวอย่าง จำกัด", "27/11/2571", "28/11/2571")]
    assert (found.lines, found.form.heading_line) == ([2], 0)
    assert found.finding("form-turned").details == {"count": "1", "lines": "6"}


def test_a_table_of_two_columns_is_no_form() -> None:
    rows = [["เลขที่ใบอนุญาต", "ชื่อร้าน"], ["1/2567", "ชื่อดี"], ["2/2567", "ที่อยู่สุข"], ["3/2567", "วันที่รัก"]]
    found = read(as_csv(rows))
    assert (found.headings, len(found.rows)) == (("เลขที่ใบอนุญาต", "ชื่อร้าน"), 3)


FOUR = [["เลขที่", "ชื่อ", "จังหวัด", "วันออก"], ["1", "ก", "นครพนม", "1/1/2567"]]


@pytest.mark.parametrize(
    "note",
    ["หมายเหตุ: ข้อมูล ณ วันที่ 1", "ที่มา: กองสาธารณสุข", "(ลงชื่อ) ....", "ข้อมูล ณ วันที่ 1", "ผู้รับรองข้อมูล", "Source: the town"],
)
def test_notes_and_signatures_are_left_out_and_named(note: str) -> None:
    found = read_here(as_csv([*FOUR, [note, "", "", ""], ["", "", "", note]]))
    assert found.cells == [tuple(FOUR[1])]
    assert (found.finding("note-row-left-out").details, found.finding("note-row-left-out").received) == (
        {"count": "2", "lines": "3, 4"},
        note,
    )


@pytest.mark.parametrize("row", [["หมายเหตุ", "ข", "", ""], ["Notes 12/2567", "", "", ""], ["2", "", "", ""]])
def test_other_rows_are_of_the_list(row: list[str]) -> None:
    assert len(read_here(as_csv([*FOUR, row])).rows) == 2
