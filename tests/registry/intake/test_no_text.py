"""Signs that are no text (NUL, half of a surrogate pair), in cells and in names: each keeps at most its own row back."""

import io
import json
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from flask.testing import FlaskClient

from registry.intake.batch import Holds, Submission, is_list_name, plain_file_name
from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.register import Register
from tests.registry.commands import Run
from tests.registry.intake.lists import HERE, listing, whole_list
from tests.registry.office import problem
from tests.registry.pushing import LICENSE, System
from tests.registry.small import FOOD, HEADINGS, MAPPING, TOWN, find, row, rows_in, table

JSON = '[columns]\nnumber = "number"\nlicensee = "licensee"\nexpires_on = "expires_on"\naliases = "aliases"\n'


def workbook(street: str, sheet: str = "Sheet") -> bytes:
    book = openpyxl.Workbook()
    only = book.active
    assert only is not None
    only.title = sheet
    only.append(list(HEADINGS))
    for each in (row("5/2567", street="STREET"), row("6/2567")):
        only.append([each.get(name, "") for name in HEADINGS])
    body = io.BytesIO()
    book.save(body)
    made = io.BytesIO()
    with zipfile.ZipFile(body) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"STREET", street.encode()))
    return made.getvalue()


def as_json(**members: str) -> bytes:
    rows = [
        {"number": number, "licensee": "ก", "expires_on": "2027-01-01", "aliases": "x", **more}
        for number, more in (("5/2567", members), ("6/2567", {}))
    ]
    return json.dumps(rows).encode()


FILES: dict[str, tuple[str, bytes, str]] = {
    "in a cell": ("f.json", as_json(licensee="a\0b"), JSON),
    "in an alias": ("f.json", as_json(aliases="a\0b"), JSON),
    "in the number": ("f.json", as_json(number="5\0/2567"), JSON),
    "in a date": ("f.json", as_json(expires_on="1\0"), JSON),
    "not mapped": ("f.json", as_json(other="a\0b"), JSON),
    "in a heading": ("f.json", as_json(**{"oth\0er": "a"}), JSON),
    "in a workbook": ("f.xlsx", workbook("a_x0000_b"), MAPPING),
    "in a workbook's sheet": ("f.xlsx", workbook("a", sheet="S_x0000_"), MAPPING),
}


@pytest.mark.parametrize("case", list(FILES))
def test_what_is_no_text_ends_no_staging(register: Register, case: str) -> None:
    name, body, mapping = FILES[case]
    file = replace(whole_list(body, mapping, holds=Holds.PART), file_name=name)
    report = stage(register, file, workers=HERE)
    views = rows_in(register, report)
    said = [text for view in views for each in view.findings for text in (each.received, *each.details.values())]
    assert not any(sign in text for text in said for sign in ("\0", "\ud800"))
    publish_batch(register, report.batch, workers=HERE)
    assert find(register, "6/2567").record_status == "published"


def test_what_was_received_is_kept_as_it_came(register: Register) -> None:
    name, body, mapping = FILES["in a cell"]
    report = stage(register, replace(whole_list(body, mapping), file_name=name), workers=HERE)
    view, _ = rows_in(register, report)
    assert "a\0b" in view.cells
    (finding,) = [each for each in view.findings if each.code == "text-refused"]
    assert finding.received == "a\ufffdb"


def test_one_bad_line_does_not_take_its_chunk_with_it(client: FlaskClient, register: Register) -> None:
    system = System(client, register)
    sent = [LICENSE | {"number": f"{n}/2567", **({"aliases": ["a\0b"]} if n == 2 else {})} for n in (1, 2, 3)]
    *each, last = [json.loads(line) for line in system.send_lines(sent).data.splitlines()]
    assert last["summary"]["created"] == 3, each
    assert find(register, "3/2567").record_status == "published"


@pytest.mark.parametrize("source", ["a\0b", "x" * 101, " shops", "7", "a\u202eb", "a\nb", "\ud800"])
def test_what_is_no_name_of_a_list_is_refused(client: FlaskClient, register: Register, source: str) -> None:
    assert not is_list_name(source)
    with pytest.raises(ValueError, match="called so"):
        listing(row("1/2567"), source=source)
    if source == "\ud800":
        return  # No form can hold it.
    system = System(client, register)
    refused = system.upload(table(row("1/2567")), mapping=MAPPING, source=source)
    assert problem(refused, 400, "member-refused")["pointer"] == "/source"


def test_names_of_lists_in_thai_are_names(sqlite_register: Register) -> None:
    assert all(is_list_name(name) for name in ("shops", "ร้านอาหาร ปี 2569", "a", "x" * 100))
    assert stage(sqlite_register, listing(row("1/2567"), source="ร้านอาหาร"), workers=HERE).source == "ร้านอาหาร"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a\0.csv", "a.csv"),
        ("a\x1b[2J\r\n.csv", "a[2J.csv"),
        ("a\u202evsc.exe", "avsc.exe"),
        ("\ud800", "file"),
        ("", "file"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("บัญชี ๒๕๖๙.xlsx", "บัญชี ๒๕๖๙.xlsx"),
    ],
)
def test_the_name_of_a_file_is_kept_without_what_is_no_text(name: str, kept: str) -> None:
    assert plain_file_name(name) == kept


def test_a_file_of_a_strange_name_is_staged(register: Register) -> None:
    file: Submission = replace(listing(row("1/2567")), file_name="a\0\u202e" + "b" * 300 + ".csv")
    assert stage(register, file, workers=HERE).file_name == "b" * 196 + ".csv"


@pytest.mark.parametrize("field", ["type", "mapping"])
def test_a_field_that_is_no_text_is_refused(client: FlaskClient, register: Register, field: str) -> None:
    system = System(client, register)
    fields = {"mapping": MAPPING, field: (FOOD if field == "type" else MAPPING) + "\0"}
    assert system.upload(table(row("1/2567")), **fields).status_code == 400


@pytest.mark.parametrize("command", ["publish", "map"])
def test_the_command_line_refuses_what_is_no_name_of_a_list(ready: Run, command: str) -> None:
    code, output, errors = ready(command, "good.csv", "--authority", TOWN, "--type", FOOD, "--source", "a\u202eb")
    assert (code, output) == (2, "")
    assert "a list's name has at most 100 printable characters" in errors
