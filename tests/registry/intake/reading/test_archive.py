"""ZIP files of lists."""

import pytest

from registry.intake.reading import archive
from registry.intake.table import FileUnreadable
from tests.registry.intake.reading.files import as_csv, as_json, as_xlsx, read, read_here, zipped
from tests.registry.intake.reading.test_delimited import refusal

HEADINGS = ["เลขที่ใบอนุญาต", "ชื่อร้าน"]
JANUARY, FEBRUARY = [HEADINGS, ["1/2567", "ก"]], [HEADINGS, ["2/2567", "ข"], ["3/2567", "ค"]]


def test_lists_with_the_same_headings_are_one_table() -> None:
    body = zipped(
        {
            "2567/": b"",
            "2567/มกราคม.csv": as_csv(JANUARY, "cp874"),
            "2567/กุมภาพันธ์.xlsx": as_xlsx(FEBRUARY, "แผ่น 1"),
            "2567/อ่านก่อน.pdf": b"%PDF",
            "__MACOSX/._x.csv": b"x",
            ".DS_Store": b"x",
        }
    )
    found = read(body)
    assert found.cells == [("1/2567", "ก"), ("2/2567", "ข"), ("3/2567", "ค")]
    sheet = "2567/กุมภาพันธ์.xlsx: แผ่น 1"
    assert [(row.line, row.sheet, row.sheet_line) for row in found.rows] == [
        (2, "2567/มกราคม.csv", 2),
        (4, sheet, 2),
        (5, sheet, 3),
    ]
    assert found.form.sheets == ("2567/มกราคม.csv", sheet)
    assert (found.form.kind, found.form.encoding) == ("zip", "cp874")
    assert found.finding("file-left-out").details == {"files": "2567/อ่านก่อน.pdf"}


def test_lists_with_other_headings_are_left_out() -> None:
    body = zipped({"a.csv": as_csv(FEBRUARY), "b.json": as_json([["x", "y"], ["1", "2"]])})
    found = read_here(body)
    assert len(found.rows) == 2
    assert found.finding("sheet-left-out").details == {"sheets": "b.json", "read": "a.csv"}
    assert read_here(body, sheet="b.json").headings == ("x", "y")


def test_names_as_windows_writes_them() -> None:
    # The old way: nothing says that the name is UTF-8, and its bytes are those of the Windows it was made on.
    body = zipped({"xxxxxx.csv": as_csv(JANUARY)}).replace(b"xxxxxx", "มกราคม".encode("cp874"))
    assert read_here(body).form.sheets == ("มกราคม.csv",)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({}, "archive-empty"),
        ({"a.pdf": b"%PDF", "b.txt.bak": b"x"}, "archive-empty"),
        ({"a.csv": as_csv(JANUARY), "b.zip": b"PK"}, "archive-nested"),
        ({"a.csv": as_csv(JANUARY), "b.rar": b"Rar!"}, "archive-nested"),
        ({"a.csv": as_csv(JANUARY), "b.csv": zipped({"c.csv": b"x"})}, "archive-nested"),
        ({"a.csv": b""}, "empty"),
        ({"a.csv": as_csv(JANUARY), "b.csv": b"a,b\n1,\xff\xff"}, "member-unreadable"),
        ({"a.csv": as_csv(JANUARY), "b.xlsx": b"PK\x03\x04"}, "member-unreadable"),
        ({"a.csv": b"<html>"}, "web-page"),
        ({"word/document.xml": b"<x/>"}, "kind-unknown"),
    ],
)
def test_unreadable_archives(parts: dict[str, bytes], reason: str) -> None:
    assert refusal(zipped(parts)).reason == reason


def test_a_member_that_cannot_be_read_is_named() -> None:
    error = refusal(zipped({"a.csv": as_csv(JANUARY), "b.json": b"[{]"}))
    assert error.details["part"] == "b.json"
    assert "line 1" in str(error)


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_PARTS", 2)
    with pytest.raises(FileUnreadable) as caught:
        read_here(zipped({f"{n}.csv": b"a" for n in range(3)}))
    assert (caught.value.reason, caught.value.details) == ("archive-crowded", {"found": 3, "limit": 2})


def test_parts_with_a_password() -> None:
    body = bytearray(zipped({"a.csv": as_csv(JANUARY)}))
    body[body.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(body)).reason == "password"


def test_lists_that_are_larger_than_a_file_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 10)
    with pytest.raises(FileUnreadable) as caught:
        read_here(zipped({"a.csv": as_csv(JANUARY)}))
    assert caught.value.reason == "archive-too-large"
