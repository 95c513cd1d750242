"""Findings as files: the marked copy is the agency's file, explained; nothing in it runs, and it can be sent back."""

import csv
import io
from collections.abc import Sequence

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from registry.exports.export import findings_csv, marked_copy
from registry.exports.own_workbook import Task, mark, marked_in_place
from registry.exports.workbook import FILLS, storable
from registry.intake.batch import BatchState, Holds, Report, RowView
from registry.intake.finding import Finding
from registry.intake.reading import reading
from registry.intake.table import FINDINGS_HEADING, SUMMARY_SHEET, FileForm, Layout
from tests.registry.small import FOOD, NOON, TOWN

HEADINGS = ("เลขที่", "วันออก", "ร้าน")
BAD_DATE = Finding(code="date-no-such-day", column="วันออก", received="31/02/2567", proposed="29/02/2567")
UNUSUAL = Finding(code="number-unusual", column="เลขที่", received="=1+1", details={"pattern": r"\d+"})
NO_END = Finding(code="expiry-column-missing")
LIST = b"\xef\xbb\xbf" + "เลขที่,วันออก,ร้าน\n007/2567,31/02/2567,ก\n=1+1,1/2/2567,@ข\n3/2567,1/3/2567,-ค\n".encode()


def found(line: int, *findings: Finding, sheet: str = "", sheet_line: int | None = None) -> RowView:
    return RowView(
        line=line, sheet=sheet, sheet_line=sheet_line, number="", outcome="rejected", cells=(), findings=findings
    )


def report(name: str = "list.csv", rows: int = 3, findings: tuple[Finding, ...] = ()) -> Report:
    return Report(
        batch=7,
        authority=TOWN,
        license_type=FOOD,
        file_name=name,
        source="",
        state=BatchState.STAGED,
        sha256="",
        holds=Holds.PART,
        form=FileForm(kind="csv"),
        counts={"new": rows - 1, "changed": 0, "unchanged": 0, "rejected": 1, "repeated": 0},
        missing=0,
        license_count=0,
        findings=findings,
        suspicions={},
        seen_before=False,
        received_at=NOON,
        published_at=None,
        undone_at=None,
    )


ROWS = [found(2, BAD_DATE), found(3, UNUSUAL)]


def opened(body: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(body))


def sheet_of(body: bytes, name: str) -> Worksheet:
    sheet = opened(body)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def colour(sheet: Worksheet, place: str) -> object:
    return sheet[place].fill.fgColor.rgb if sheet[place].fill.fill_type else None


def texts(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def workbook(**sheets: Sequence[Sequence[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_findings_as_csv() -> None:
    body = b"".join(findings_csv(report(findings=(NO_END,)), [*ROWS, found(9, BAD_DATE, sheet="ข", sheet_line=4)]))
    assert body.startswith(b"\xef\xbb\xbf")
    whole, date, number, elsewhere = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert (whole["row"], whole["code"], whole["gravity"]) == ("", "expiry-column-missing", "warns")
    assert (date["sheet"], date["row"], date["column"], date["gravity"]) == ("", "2", "วันออก", "blocks")
    assert (date["received"], date["proposed"]) == ("31/02/2567", "29/02/2567")
    assert date["message_en"].startswith("The calendar has no such day")
    assert date["message_th"] != date["message_en"]
    assert number["received"] == "'=1+1", "no spreadsheet program runs it"
    assert (elsewhere["sheet"], elsewhere["row"]) == ("ข", "4")


def test_what_is_said_of_a_file_names_the_sheet_and_the_rows_where_it_has_them() -> None:
    above = Finding(code="rows-above-heading", received="บัญชี", details={"count": "2", "lines": "1, 2", "sheet": "ข"})
    (line,) = csv.DictReader(io.StringIO(b"".join(findings_csv(report(findings=(above,)), [])).decode("utf-8-sig")))
    assert (line["sheet"], line["row"]) == ("ข", "1, 2")
    sheet = sheet_of(marked_copy(LIST, report(findings=(above,)), Layout(), ROWS), SUMMARY_SHEET)
    assert any(str(cell).startswith("ข: ") for line in texts(sheet) for cell in line)


def test_rows_that_stand_elsewhere_in_a_copy_say_where_they_stood() -> None:
    body = saved(workbook(ก=[HEADINGS, ("1", "2", "3")], ข=[HEADINGS, ("4", "5", "6"), ("7", "31/02/2567", "9")]))
    found_in_b = found(5, BAD_DATE, sheet="ข", sheet_line=3)
    copy = marked_copy(body, report("list.xlsx"), Layout(), [found_in_b], only_these=True)
    note = str(sheet_of(copy, "ข")["D2"].value)
    assert note.startswith("แถวที่ ข!3 ในไฟล์ของท่าน / Row ข!3 of your file\n")
    assert any("ข!3" in str(cell) for line in texts(sheet_of(copy, SUMMARY_SHEET)) for cell in line)
    with reading(copy, "rejected.xlsx", Layout()) as table:
        (chunk,) = table.chunks
        assert table.headings == HEADINGS
        assert [row.cells for row in chunk] == [("7", "31/02/2567", "9")]


def test_a_csv_becomes_a_workbook_with_each_row_on_its_line() -> None:
    body = b"title\n\n" + LIST[3:]
    copy = marked_copy(
        body, report(findings=(NO_END,)), Layout(heading_line=3), [found(4, BAD_DATE), found(5, UNUSUAL)]
    )
    book = opened(copy)
    front, sheet = book.worksheets
    assert front.title == SUMMARY_SHEET
    assert [cell.value for cell in sheet[3]] == [*HEADINGS, FINDINGS_HEADING]
    assert [cell.value for cell in sheet[4]][:3] == ["007/2567", "31/02/2567", "ก"]
    assert [cell.value for cell in sheet[6]][:3] == ["3/2567", "1/3/2567", "-ค"]
    assert sheet["B4"].fill.fgColor.rgb == FILLS["blocks"].fgColor.rgb
    assert sheet["A5"].fill.fgColor.rgb == FILLS["warns"].fgColor.rgb
    assert sheet["A4"].fill.fill_type is None
    said = sheet["B4"].comment
    assert said is not None
    assert "ปฏิทิน" in said.text
    assert "The calendar has no such day" in said.text
    assert "29/02/2567" in said.text, "what it should perhaps be"
    assert "วันออก: " in str(sheet["D4"].value)
    assert sheet["D6"].value is None


def test_the_summary_counts_and_explains_the_colours() -> None:
    front = opened(marked_copy(LIST, report(findings=(NO_END,)), Layout(), ROWS))[SUMMARY_SHEET]
    lines = [[cell.value for cell in line] for line in front.iter_rows()]
    assert ["ไฟล์", "File", "list.csv", None] in [line[:4] for line in lines]
    assert ["ใหม่", "new", "2"] in [line[:3] for line in lines]
    assert any(str(line[1]).startswith("No column says until when") for line in lines)
    kinds = [line for line in lines if line[2] in HEADINGS]
    assert [(line[2], line[3]) for line in kinds] == [
        ("วันออก", "1 แถว แถวแรกคือแถวที่ 2 / 1 rows, the first in row 2"),
        ("เลขที่", "1 แถว แถวแรกคือแถวที่ 3 / 1 rows, the first in row 3"),
    ]
    reds = [line[0].value for line in front.iter_rows() if line[0].fill.fgColor.rgb == FILLS["blocks"].fgColor.rgb]
    assert str(reds[0]).startswith("สีแดง")


def test_nothing_in_a_copy_is_a_formula() -> None:
    sheet = opened(marked_copy(LIST, report(), Layout(), ROWS)).worksheets[1]
    for place, text in (("A3", "=1+1"), ("C3", "@ข"), ("C4", "-ค")):
        assert (sheet[place].value, sheet[place].data_type) == (text, "s")
        assert sheet[place].quotePrefix, "and it stays text when somebody edits it"
    assert sheet["A2"].number_format == "@", "leading zeros stay"


def test_signs_that_xml_cannot_have() -> None:
    assert storable("a\0b\rc") == "a_x0000_b_x000D_c"
    assert storable("_x0041_ _x_") == "_x005F_x0041_ _x_"
    assert storable("\ud800\uffff") == "\ufffd\ufffd"
    assert storable("ก\nข\tค") == "ก\nข\tค"


def test_an_agencys_workbook_stays_its_own() -> None:
    book = workbook(ปก=[["รายงาน"]], ข้อมูล=[HEADINGS, ["007/2567", "31/02/2567", "ก"], ["2", "1/2/2567", "ข"]])
    data = book["ข้อมูล"]
    data["A1"].font = Font(bold=True, color="FF00FF00")
    data["C3"].comment = Comment("ของเจ้าหน้าที่", "เจ้าหน้าที่")
    data.column_dimensions["C"].width = 33
    copy = mark(task(saved(book), found_rows=[found(2, BAD_DATE), found(3, UNUSUAL, BAD_DATE)]))
    after = opened(copy)
    assert after.sheetnames == [SUMMARY_SHEET, "ปก", "ข้อมูล"]
    sheet = after["ข้อมูล"]
    assert sheet["A1"].font.color.rgb == "FF00FF00"
    assert sheet.column_dimensions["C"].width == 33
    assert (sheet["C3"].comment.text, sheet["A2"].value) == ("ของเจ้าหน้าที่", "007/2567")
    assert colour(sheet, "B2") == FILLS["blocks"].fgColor.rgb
    assert colour(sheet, "A3") == FILLS["warns"].fgColor.rgb
    assert colour(sheet, "D3") == FILLS["blocks"].fgColor.rgb, "the gravest"
    assert sheet["D1"].value == FINDINGS_HEADING
    assert texts(after["ปก"]) == [["รายงาน"]]


def task(body: bytes, found_rows: Sequence[RowView], headings: Sequence[str] = HEADINGS) -> Task:
    from registry.exports.marking import Tally, marked, summary

    tally = Tally()
    rows = [marked(row, headings) for row in tally.watch(found_rows)]
    return Task(
        body=body,
        headings=headings,
        sheet="ข้อมูล",
        heading_line=1,
        rows=rows,
        summary=summary(report("list.xlsx"), tally),
    )


def test_what_acts_by_itself_is_not_carried_over() -> None:
    book = workbook(ข้อมูล=[HEADINGS, ["=1+1", '=HYPERLINK("http://bad.example","x")', "ก"]])
    data = book["ข้อมูล"]
    data["C2"].hyperlink = "http://bad.example/"
    book.defined_names["bad"] = DefinedName("bad", attr_text="cmd|' /C calc'!A0")
    for formula in ('"ก,ข"', "=WEBSERVICE(1)"):
        rule = DataValidation(type="list", formula1=formula)
        rule.add("C2:C9")
        data.add_data_validation(rule)
    copy = mark(task(saved(book), [found(2, BAD_DATE)]))
    after = opened(copy)
    sheet = after["ข้อมูล"]
    assert [(cell.value, cell.data_type) for cell in sheet[2]][:3] == [(None, "n"), (None, "n"), ("ก", "s")]
    assert sheet["C2"].hyperlink is None
    assert list(after.defined_names) == []
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == ['"ก,ข"']
    assert b"bad.example" not in copy


def test_marks_of_an_earlier_copy_are_taken_away() -> None:
    first = mark(task(saved(workbook(ข้อมูล=[HEADINGS, ["1", "31/02/2567", "ก"]])), [found(2, BAD_DATE)]))
    again = opened(mark(task(first, [found(2, UNUSUAL)])))
    assert again.sheetnames == [SUMMARY_SHEET, "ข้อมูล"]
    sheet = again["ข้อมูล"]
    assert [cell.value for cell in sheet[1]] == [*HEADINGS, FINDINGS_HEADING]
    assert (colour(sheet, "B2"), sheet["B2"].comment) == (None, None)
    assert colour(sheet, "A2") == FILLS["warns"].fgColor.rgb


def test_a_merged_cell_is_marked_where_its_value_is() -> None:
    book = workbook(ข้อมูล=[HEADINGS, ["1", "31/02/2567", "ก"], ["2", None, "ข"]])
    book["ข้อมูล"].merge_cells("B2:B3")
    sheet = opened(mark(task(saved(book), [found(3, BAD_DATE)])))["ข้อมูล"]
    assert colour(sheet, "B2") == FILLS["blocks"].fgColor.rgb


def test_a_hostile_workbook_is_not_marked_and_does_no_harm() -> None:
    book = workbook(ข้อมูล=[HEADINGS, ["1", "31/02/2567", "ก"]])
    book["ข้อมูล"].merged_cells.add("A1:XFD1048576")
    assert marked_in_place(task(saved(book), [found(2, BAD_DATE)])) is None
    assert marked_in_place(task(b"PK no workbook", [found(2, BAD_DATE)])) is None
    good = saved(workbook(ข้อมูล=[HEADINGS, ["1", "31/02/2567", "ก"]]))
    assert marked_in_place(task(good, [found(2, BAD_DATE)])) is not None


def table_of(body: bytes, name: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    with reading(body, name) as table:
        return table.headings, [row.cells for chunk in table.chunks for row in chunk]


def test_a_workbook_of_the_agency_is_marked_where_it_is() -> None:
    book = workbook(
        ปก=[["รายงาน"]], ข้อมูล=[["บัญชีใบอนุญาต"], HEADINGS, ["007", "31/02/2567", "ก"], ["2", "1/2/2567", "ข"]]
    )
    body = saved(book)
    place = found(4, BAD_DATE, sheet="ข้อมูล", sheet_line=3)
    copy = marked_copy(body, report("list.xlsx"), Layout(), [place])
    assert opened(copy).sheetnames == [SUMMARY_SHEET, "ปก", "ข้อมูล"]
    assert colour(sheet_of(copy, "ข้อมูล"), "B3") == FILLS["blocks"].fgColor.rgb
    assert table_of(copy, "list.xlsx") == table_of(body, "list.xlsx"), "the copy is read as the list itself"


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Cf"))
CELLS = st.text(LETTERS, max_size=12) | st.sampled_from(
    ["=1+1", "+1", "-ค", "@ข", "'=1", "_x0041_", "0012", "TRUE", "#N/A", "1.10"]
)


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(1, 999).map(lambda n: f"{n:03}/2567"), CELLS, CELLS), min_size=1, max_size=5)
)
def test_a_copy_of_a_list_is_read_as_the_list_itself(rows: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("เลขที่ใบอนุญาต", "วันออก", "ร้าน"), *rows])
    body = text.getvalue().encode()
    headings, cells = table_of(body, "list.csv")
    copy = marked_copy(body, report(rows=len(rows)), Layout(), [found(2, BAD_DATE)])
    again, copied = table_of(copy, "copy.xlsx")
    assert again == headings
    assert [[cell.strip() for cell in row] for row in copied] == [[cell.strip() for cell in row] for row in cells]


def test_of_a_long_list_only_the_rows_with_findings_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.exports.export.MAX_ROWS_COPIED", 2)
    book = opened(marked_copy(LIST, report(), Layout(), [found(3, UNUSUAL)]))
    front, sheet = book.worksheets
    assert [[cell.value for cell in line][:3] for line in sheet.iter_rows()] == [
        list(HEADINGS),
        ["=1+1", "1/2/2567", "@ข"],
    ]
    assert any(cell.value == "The file is long: only the rows with findings are in this copy." for cell in front["B"])


def test_a_column_behind_the_findings_of_an_earlier_copy() -> None:
    lines = [["เลขที่", "วันออก", FINDINGS_HEADING, "ร้าน"], ["1", "31/02/2567", "เก่า", "ก"]]
    shop = Finding(code="text-too-long", column="ร้าน", details={"found": "9", "limit": "5"})
    sheet = opened(mark(task(saved(workbook(ข้อมูล=lines)), [found(2, shop)])))["ข้อมูล"]
    assert colour(sheet, "D2") == FILLS["blocks"].fgColor.rgb
    assert str(sheet["C2"].value).startswith("ร้าน: ")
