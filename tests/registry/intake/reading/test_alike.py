"""The same table is read whatever it comes in."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.registry.intake.reading.files import (
    Read,
    as_csv,
    as_json,
    as_json_lines,
    as_ods,
    as_xls,
    as_xlsx,
    read,
    read_here,
    zipped,
)

THAI = "".join(map(chr, [*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E5C)]))
# Letters that every one of the encodings has, and what tries to break rows and cells apart.
LETTERS = st.sampled_from(THAI + "AZaz09" + " ,;|'\"/-.=+@()#&<>" + "\n\t")
CELLS = st.text(LETTERS, max_size=12).filter(lambda text: text == text.strip() and "\r" not in text)
HEADINGS = ["เลขที่ใบอนุญาต", "ชื่อร้าน", "จังหวัด", "หมายเหตุ"]
ROWS = st.lists(
    # The number keeps a row from being blank, and from being taken for one that adds up others.
    st.tuples(st.integers(1, 9999).map("ก-{}/2567".format), CELLS, CELLS, CELLS).map(list),
    min_size=1,
    max_size=6,
)
FEW = settings(max_examples=12, deadline=None)


def check(found: Read, rows: list[list[str]], kind: str) -> None:
    assert found.headings == tuple(HEADINGS)
    assert found.cells == [tuple(row) for row in rows]
    assert found.form.kind == kind
    assert found.findings == []


@FEW
@given(ROWS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv(encoding: str, delimiter: str, rows: list[list[str]]) -> None:
    found = read(as_csv([HEADINGS, *rows], encoding, delimiter))
    check(found, rows, "csv")
    assert (found.form.encoding, found.form.delimiter) == (encoding, delimiter)


@FEW
@given(ROWS)
def test_xlsx(rows: list[list[str]]) -> None:
    check(read_here(as_xlsx([HEADINGS, *rows])), rows, "xlsx")


@FEW
@given(ROWS)
def test_xls(rows: list[list[str]]) -> None:
    check(read_here(as_xls([HEADINGS, *rows])), rows, "xls")


@FEW
@given(ROWS)
def test_ods(rows: list[list[str]]) -> None:
    # OpenDocument keeps runs of spaces and tabs as elements of their own, which `as_ods` does not write.
    plain = [[" ".join(cell.split()) for cell in row] for row in rows]
    check(read_here(as_ods([HEADINGS, *plain])), plain, "ods")


@FEW
@given(ROWS)
def test_json(rows: list[list[str]]) -> None:
    check(read_here(as_json([HEADINGS, *rows])), rows, "json")


@FEW
@given(ROWS)
def test_json_lines(rows: list[list[str]]) -> None:
    check(read_here(as_json_lines([HEADINGS, *rows]), "list.jsonl"), rows, "jsonl")


@FEW
@given(ROWS)
def test_zip(rows: list[list[str]]) -> None:
    check(read_here(zipped({"รายการ.csv": as_csv([HEADINGS, *rows])})), rows, "zip")


TYPED: list[list[object]] = [
    ["เลขที่ใบอนุญาต", "ทุน", "วันออก", "พิกัด", "ใช้"],
    ["ก-1", 22308, datetime.date(2015, 12, 25), 13.7563, True],
    ["ก-2", 1105558000001, datetime.date(2024, 2, 29), -0.5, False],
]
AS_TEXT = [("ก-1", "22308", "2015-12-25", "13.7563", "TRUE"), ("ก-2", "1105558000001", "2024-02-29", "-0.5", "FALSE")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (as_xlsx(TYPED), "xlsx"),
        (as_xls(TYPED), "xls"),
        (as_ods(TYPED), "ods"),
        (as_json([[str(cell) if isinstance(cell, datetime.date) else cell for cell in row] for row in TYPED]), "json"),
        (as_csv([TYPED[0], *AS_TEXT]), "csv"),
        (zipped({"a/b.xlsx": as_xlsx(TYPED)}), "zip"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_numbers_dates_and_truths_are_the_same_text(body: bytes, kind: str) -> None:
    """Through the process that the registry reads with."""
    found = read(body)
    assert (found.form.kind, found.cells) == (kind, AS_TEXT)
    assert found == read_here(body)
