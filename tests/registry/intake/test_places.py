"""Where something stands is said as people find it: the sheet (or the file in a ZIP) with its own row."""

import io
import zipfile

import pytest

from registry.intake import repeats
from registry.intake.batch import RowView
from registry.intake.table import place_in_file
from registry.intake.wording import explanation, of_the_file
from registry.register import Register
from tests.registry.small import FOOD, MAPPING, TOWN, preview, row, submission, table


def zipped(**files: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return body.getvalue()


def words(view: RowView, code: str) -> str:
    (text,) = (explanation(finding, "en") for finding in view.findings if finding.code == code)
    return text


def test_a_place_is_a_line_or_a_row_of_a_sheet() -> None:
    assert place_in_file(12, "", None) == "12"
    assert place_in_file(12, "ข", 4) == "ข!4"


@pytest.mark.parametrize("most", [repeats.MAX_GROUP, 1], ids=["one-by-one", "at-once"])
def test_the_other_row_of_a_number_is_named_with_its_file(
    sqlite_register: Register, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(repeats, "MAX_GROUP", most)
    files = zipped(a=table(row("1/2567")), b=table(row("2/2567"), row("1/2567", premises="อื่น")))
    report, views = preview(sqlite_register, submission(files, TOWN, FOOD, MAPPING))
    assert report.counts["rejected"] == 2
    first, _, second = views
    assert (first.place, second.place) == ("a.csv!2", "b.csv!3")
    assert "on line b.csv!3 " in words(first, "number-twice")
    assert "on line a.csv!2 " in words(second, "number-twice")


def test_the_same_place_under_another_number_is_named_with_its_file(sqlite_register: Register) -> None:
    files = zipped(a=table(row("1/2567")), b=table(row("2/2567")))
    _, (_, second) = preview(sqlite_register, submission(files, TOWN, FOOD, MAPPING))
    assert "on line a.csv!2 " in words(second, "premises-twice")


def test_what_is_said_of_one_of_several_files_names_it(sqlite_register: Register) -> None:
    title = "บัญชีรายชื่อ\n".encode()
    files = zipped(a=table(row("1/2567")), b=title + table(row("2/2567")))
    report, _ = preview(sqlite_register, submission(files, TOWN, FOOD, MAPPING))
    (above,) = (finding for finding in report.findings if finding.code == "rows-above-heading")
    assert (above.details["sheet"], above.details["lines"]) == ("b.csv", "1")
    assert of_the_file(above, "en").startswith("b.csv: Above the headings there are 1 rows (line 1).")


def test_of_a_single_sheet_nobody_needs_to_be_told_which(sqlite_register: Register) -> None:
    title = "บัญชีรายชื่อ\n".encode()
    report, _ = preview(sqlite_register, submission(title + table(row("1/2567")), TOWN, FOOD, MAPPING))
    (above,) = (finding for finding in report.findings if finding.code == "rows-above-heading")
    assert "sheet" not in above.details
    assert of_the_file(above, "en").startswith("Above the headings")


def test_a_file_of_headings_only_is_said_to_have_no_rows(sqlite_register: Register) -> None:
    report, rows = preview(sqlite_register, submission(table(), TOWN, FOOD, MAPPING))
    assert (report.rows, rows) == (0, [])
    assert "no-rows" in [finding.code for finding in report.findings]
    report, _ = preview(sqlite_register, submission(table(row("1/2567")), TOWN, FOOD, MAPPING))
    assert "no-rows" not in [finding.code for finding in report.findings]
