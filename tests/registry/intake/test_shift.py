"""Shifted rows: an unquoted comma or a missing cell is recognised, and where it seems to begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake.rows.row import CheckedRow, read_row
from registry.intake.table import SourceRow
from tests.registry.intake.sources import GOOD, source
from vocab.iri import is_citizen_number

HEADINGS = (
    *("number", "juristic_id", "licensee", "street", "district", "postal_code", "issued_on", "expires_on"),
    *("latitude", "longitude", "remark"),
)
COLUMNS = "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in HEADINGS[:-1])
ROW = {**GOOD, "juristic_id": "0105536000011", "latitude": "17.4", "longitude": "104.7", "remark": "x"}
CELLS = [ROW[heading] for heading in HEADINGS]
TAIL = "lao-06480115/food-premises/1~2F2567"


def read(*cells: str) -> CheckedRow:
    return read_row(SourceRow(2, cells), source(COLUMNS, headings=HEADINGS))


def test_the_row_as_it_should_be() -> None:
    assert read(*CELLS).findings == ()


def test_a_comma_that_made_one_cell_two() -> None:
    checked = read(*CELLS[:3], "99", " หมู่ 3", *CELLS[4:])
    (finding,) = checked.findings
    assert (checked.license, checked.tail) == (None, TAIL)
    # Between the juristic number, which fits, and the postal code, which does not, nothing tells where.
    assert (finding.code, finding.column, finding.received) == ("row-shifted", "licensee", ROW["licensee"])
    assert finding.details == {"found": "12", "expected": "11"}
    assert finding.proposed == ""


def test_where_there_is_one_place_only_the_repair_is_proposed() -> None:
    headings, cells = ("number", "street", "postal_code"), ("1/2567", "99", " หมู่ 3", "48000")
    mapping = "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in headings)
    (finding,) = read_row(SourceRow(2, cells), source(mapping, headings=headings)).findings
    assert (finding.code, finding.column, finding.received, finding.proposed) == (
        "row-shifted",
        "street",
        "99",
        "99, หมู่ 3",
    )


def test_a_shift_that_pushed_out_the_last_cell() -> None:
    """The row has as many cells as the heading: where the last was empty, or the file's reader cut it off."""
    checked = read(*CELLS[:3], "99", " หมู่ 3", *CELLS[4:-1])
    assert ([finding.code for finding in checked.findings], checked.license, checked.tail) == (
        ["row-moved"],
        None,
        TAIL,
    )


def test_a_cell_that_is_missing() -> None:
    for cells in ([*CELLS[:3], *CELLS[4:]], [*CELLS[:3], *CELLS[4:], ""]):
        checked = read(*cells)
        (finding,) = checked.findings
        assert (finding.code, checked.license, checked.tail) == (
            "row-shifted" if len(cells) == 10 else "row-moved",
            None,
            TAIL,
        )
        assert finding.column in HEADINGS[2:6]


def test_a_shift_before_the_number_leaves_it_unread() -> None:
    headings = ("remark", *HEADINGS[:-1])
    cells = ("a", "b", *CELLS[:-1])
    checked = read_row(SourceRow(2, cells), source(COLUMNS, headings=headings))
    assert ([finding.code for finding in checked.findings], checked.tail) == (["row-shifted"], None)


def test_a_postal_code_among_the_dates_is_no_day() -> None:
    """48000 is a spreadsheet's number of a day in 2031 too."""
    headings = ("number", "street", "issued_on", "expires_on", "postal_code", "remark")
    mapping = "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in headings[:-1])
    cells = ("1/2567", "1/3/2567", "28/2/2570", "48000", "ข้างวัด", "")
    checked = read_row(SourceRow(2, cells), source(mapping, headings=headings))
    assert ([finding.code for finding in checked.findings], checked.license) == (["row-moved"], None)


@pytest.mark.parametrize("cells", [["2/2567", "a", "b"], ["x"], [*CELLS, "more"], [*CELLS, "", "", "more"]])
def test_too_many_or_too_few_cells_without_a_sign_of_where(cells: list[str]) -> None:
    (finding,) = read(*cells).findings
    assert (finding.code, finding.column) == ("row-shifted", "")
    assert finding.details == {"found": str(len(cells)), "expected": "11"}


def test_empty_cells_at_the_end_are_harmless() -> None:
    assert read(*CELLS, "", " ", "").findings == ()


def test_two_bad_cells_are_no_shift() -> None:
    checked = read(*CELLS[:5], "4800", "31/02/2567", *CELLS[7:])
    assert [finding.code for finding in checked.findings] == ["date-no-such-day", "code-wrong"]


def test_nobodys_number_is_repeated() -> None:
    cells = [*CELLS[:2], "1234567890121", "99", " หมู่ 3", *CELLS[4:]]
    (finding,) = read(*cells).findings
    assert finding.code == "row-shifted"
    assert not is_citizen_number(finding.received + finding.proposed)


@given(st.integers(2, 4), st.text(st.characters(categories=["L"]), min_size=1), st.booleans())
def test_wherever_a_comma_stands_the_row_is_kept_back(at: int, text: str, cut: bool) -> None:
    cells = [*CELLS[: at + 1], text, *CELLS[at + 1 :]]
    checked = read(*(cells[:-1] if cut else cells))
    assert checked.license is None
    (finding,) = checked.findings
    assert finding.column in HEADINGS[2:5]


PLACED = (
    "issued_on",
    "number",
    "licensee",
    "premises",
    "street",
    "district",
    "province",
    "area",
    "expires_on",
    "remark",
)
PLACED_COLUMNS = "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in PLACED if name not in ("area", "remark"))
PLACE = {**GOOD, "area": "105", "remark": ""}


def read_placed(*cells: str) -> CheckedRow:
    return read_row(SourceRow(2, cells), source(PLACED_COLUMNS, headings=PLACED))


def test_a_province_shows_a_shift_where_dates_do_not() -> None:
    cells = [PLACE[name] for name in PLACED]
    assert read_placed(*cells).findings == ()
    # A comma in the name; the last column was empty. The dates before it stand where they should.
    moved = read_placed(*cells[:2], "บริษัท ตัวอย่าง", " จำกัด", *cells[3:-1])
    assert (moved.license, [finding.code for finding in moved.findings]) == (None, ["row-moved"])
    # "Delete cell, shift left".
    deleted = read_placed(*cells[:3], *cells[4:], "")
    assert (deleted.license, [finding.code for finding in deleted.findings]) == (None, ["row-moved"])


@pytest.mark.parametrize("province", ["จ.นครพนม", "กทม.", "Nakhon Phanom", "Bangkok", "IL", "ILLINOIS", ""])
def test_a_province_as_people_write_it_and_of_other_countries(province: str) -> None:
    cells = [{**PLACE, "province": province}[name] for name in PLACED]
    assert read_placed(*cells).findings == ()


@pytest.mark.parametrize("province", ["เชียงใหมม่", "105", "ถ.นิตโย"])
def test_what_is_no_province_is_published_as_received_and_said(province: str) -> None:
    checked = read_placed(*[{**PLACE, "province": province}[name] for name in PLACED])
    assert [finding.code for finding in checked.findings] == ["province-unknown"]
    assert checked.license is not None
    assert checked.license.premises[0].address.province == province
