"""`license-registry map` and `mappings`: what a person sees, what goes into a file, and what is kept."""

from pathlib import Path

import pytest

from registry.intake.mapping import parse_mapping
from tests.registry.commands import PUBLISH, Run, check_refused
from tests.registry.small import FOOD, TOWN

WHOSE = ("--authority", TOWN, "--type", FOOD)
LIST = """เลขที่,ผู้รับใบอนุญาต,ชื่อร้าน,จังหวัด,พื้นที่ (ตร.ม.),วันหมดอายุ,บัตรประชาชน
21/2567,บริษัท ครัวดี จำกัด,ครัวดี,นครพนม,80,31/12/2570,1101700203451
22/2567,บริษัท ครัวเด่น จำกัด,ครัวเด่น,นครพนม,95,31/12/2570,3100600445635
"""


@pytest.fixture
def file(ready: Run, tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_the_mapping_goes_to_stdout_and_what_people_read_to_stderr(ready: Run, file: Path) -> None:
    code, output, errors = ready("map", "list.csv")
    assert code == 0
    assert parse_mapping(output, "stdout").columns["number"] == ("เลขที่",)
    assert "list.csv: csv, utf-8, headings on line 1, 2 rows" in errors
    assert "number (Licence number): “เลขที่” | likely 80% | the heading suggests it, 100 % of the cells fit" in errors
    assert "21/2567 | 22/2567" in errors
    assert "31/12/2570 → 2027-12-31" in errors
    assert "Citizens’ numbers, never published: “บัตรประชาชน”" in errors
    assert "Missing for section 13, which asks for the items on the licence: Issued on" in errors


def test_with_a_file_for_the_mapping_people_read_stdout(ready: Run, file: Path, tmp_path: Path) -> None:
    code, output, errors = ready("map", "list.csv", *WHOSE, "-o", "list.toml")
    assert (code, errors) == (0, "")
    assert "particulars.area: “พื้นที่ (ตร.ม.)”" in output
    assert "The mapping is in list.toml. Correct there what is wrong." in output
    mapping = parse_mapping((tmp_path / "list.toml").read_text(encoding="utf-8"), "list.toml")
    assert mapping.particulars == {"area": ("พื้นที่ (ตร.ม.)",)}


def test_it_speaks_thai(ready: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_LANG", "th")
    _code, _output, errors = ready("map", "list.csv")
    assert "list.csv: csv, utf-8, หัวตารางอยู่บรรทัดที่ 1, 2 แถว" in errors
    assert "แน่ใจ" in errors
    assert "ยังขาดตามมาตรา 13" in errors


def test_what_was_proposed_is_published_as_it_stands(ready: Run, file: Path) -> None:
    assert ready("map", "list.csv", *WHOSE, "-o", "list.toml")[0] == 0
    code, output, _errors = ready(*PUBLISH, "list.csv", "--mapping", "list.toml", "--part")
    assert code == 0
    assert "2 rows: 2 new, 0 changed" in output
    assert ready("show", "21/2567")[0] == 0


def test_what_was_kept_is_used_for_the_files_of_its_source(ready: Run, file: Path) -> None:
    code, _output, errors = ready("map", "list.csv", *WHOSE, "--source", "ร้านอาหาร", "--save")
    assert code == 0
    assert "Kept as version 1." in errors
    check_refused(ready(*PUBLISH, "list.csv", "--source", "ตลาด"), "no mapping was given")
    command = f"license-registry map list.csv --authority {TOWN} --type {FOOD} --source ตลาด -o mapping.toml"
    check_refused(ready(*PUBLISH, "list.csv", "--source", "ตลาด"), command.replace("ตลาด", "'ตลาด'"))
    code, output, _errors = ready(*PUBLISH, "list.csv", "--source", "ร้านอาหาร")
    assert code == 0
    assert "2 rows: 2 new, 0 changed" in output


def test_a_kept_mapping_is_corrected_by_the_next_version(ready: Run, file: Path, tmp_path: Path) -> None:
    ready("map", "list.csv", *WHOSE, "--source", "a", "-o", "list.toml", "--save")
    assert (
        "Kept as version 1." in ready("map", "list.csv", *WHOSE, "--source", "a", "--mapping", "list.toml", "--save")[2]
    )
    corrected = (tmp_path / "list.toml").read_text(encoding="utf-8") + "[constants]\nno_expiry = true\n"
    (tmp_path / "list.toml").write_text(corrected, encoding="utf-8")
    code, output, errors = ready("map", "list.csv", *WHOSE, "--source", "a", "--mapping", "list.toml", "--save")
    assert (code, output) == (0, corrected)
    assert "Kept as version 2." in errors
    assert "you said so" in errors
    code, listed, _errors = ready("mappings", *WHOSE)
    assert [line.split()[:2] for line in listed.splitlines()] == [["-", "1"], ["a", "2"], ["a", "1"]]
    assert ready("mappings", *WHOSE, "--source", "a", "--version", "2")[1] == corrected


def test_a_renamed_column_is_named_with_its_new_name(ready: Run, file: Path) -> None:
    ready("map", "list.csv", *WHOSE, "--source", "a", "--save")
    file.write_text(LIST.replace("วันหมดอายุ", "วันที่หมดอายุ"), encoding="utf-8")
    refused = ready(*PUBLISH, "list.csv", "--source", "a")
    check_refused(refused, "version 1 of the mapping of 'a'", "no column 'วันหมดอายุ' (is it 'วันที่หมดอายุ' now?)")


def test_what_one_says_oneself_counts(ready: Run, file: Path) -> None:
    code, output, errors = ready(
        "map", "list.csv", "--set", "street=ชื่อร้าน", "--set", "street=จังหวัด", "--set", "expires_on="
    )
    assert code == 0
    columns = parse_mapping(output, "stdout").columns
    assert columns["street"] == ("ชื่อร้าน", "จังหวัด")
    assert "expires_on" not in columns
    assert "street (House number and street): “ชื่อร้าน”, “จังหวัด” | certain 100% | you said so" in errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "nomber=เลขที่"), ("--set is field=heading", "number", "nomber=เลขที่")),
        (("--set", "number=เลข"), ("the file has no column 'เลข'", "its columns are เลขที่")),
        (("--save",), ("--save needs --authority and --type",)),
        (("--authority", TOWN), ("--authority and --type belong together",)),
        (("--authority", TOWN, "--type", "animal-clinic"), ("may not grant 'animal-clinic'",)),
        (("--authority", "x-nobody", "--type", FOOD), ("there is no authority 'x-nobody'",)),
        (("--mapping", "mapping.toml", "--set", "number=เลขที่"), ("exclude each other",)),
        (("--mapping", "mapping.toml"), ("no column 'number'",)),
    ],
)
def test_what_cannot_be_done_is_said(
    ready: Run, file: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    check_refused(ready("map", "list.csv", *arguments), *words)


def test_a_file_without_numbers_says_what_is_missing(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("ก,ข\nค,ง\n", encoding="utf-8")
    code, _output, errors = ready("map", "other.csv")
    assert code == 0
    assert "Missing for section 13, which asks for the items on the licence: Licence number" in errors
    check_refused(ready("map", "other.csv", *WHOSE, "--save"), "the field number has no column")


def test_a_file_that_is_none_is_explained(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_text("<!doctype html><html></html>", encoding="utf-8")
    check_refused(ready("map", "page.csv"), "This is a web page and not a list")


def test_no_version_of_that_number(ready: Run) -> None:
    check_refused(ready("mappings", *WHOSE, "--version", "9"), "there is no version 9")


def test_eras_days_and_statuses_are_thai_words(ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_LANG", "th")
    rows = "".join(
        f"{number}/2567,31/12/70,{status}\n" for number, status in ((1, "ปกติ"), (2, "หมดอายุ"), (3, "เพิกถอน"))
    )
    (tmp_path / "old.csv").write_text("เลขที่ใบอนุญาต,วันหมดอายุ,สถานะ\n" + rows, encoding="utf-8")
    code, _output, errors = ready("map", "old.csv")
    assert code == 0
    assert "จะอ่านเป็นปี พ.ศ.\n" in errors
    assert "31/12/70 → 31 ธ.ค. 2570" in errors
    assert "“ปกติ” (1 แถว): ใช้ได้\n" in errors
    assert "“หมดอายุ” (1 แถว): ไม่บอกอะไรเพิ่ม ดูจากวันที่แทน" in errors
    assert "“เพิกถอน” (1 แถว): เพิกถอน" in errors


def test_a_mapping_that_an_editor_of_windows_saved(ready: Run, file: Path, tmp_path: Path) -> None:
    text = '[columns]\nnumber = "เลขที่"\nexpires_on = "วันหมดอายุ"\n'
    (tmp_path / "marked.toml").write_text(text, encoding="utf-8-sig")
    assert ready(*PUBLISH, "list.csv", "--mapping", "marked.toml", "--dry-run")[0] == 0
    (tmp_path / "old.toml").write_text(text, encoding="cp874")
    for command in ((*PUBLISH, "list.csv"), ("map", "list.csv")):
        check_refused(ready(*command, "--mapping", "old.toml"), "not saved as UTF-8", "Notepad")


def test_the_share_of_dates_that_fit_is_that_of_those_that_can_be_read(ready: Run, tmp_path: Path) -> None:
    rows = "".join(f"{at}/2567,บริษัท {at} จำกัด,{day}\n" for at, day in enumerate(("1/3/24", "1/3/67", "1/3/2567"), 1))
    (tmp_path / "mix.csv").write_text("เลขที่,ผู้รับใบอนุญาต,วันหมดอายุ\n" + rows, encoding="utf-8")
    _code, _output, errors = ready("map", "mix.csv")
    assert "the heading says it, 33 % of the cells fit" in errors
    assert "1/3/24 → not readable" in errors
    assert "Say in the mapping which era" in errors


def test_words_for_no_end_are_proposed_to_be_agreed_to(ready: Run, tmp_path: Path) -> None:
    days = ("28/02/2575", "ตลอดชีพ", "28/02/2575", "Permanent")
    rows = "".join(f"{at}/2567,บริษัท {at} จำกัด,01/03/2567,{day}\n" for at, day in enumerate(days, 31))
    (tmp_path / "list.csv").write_text("เลขที่,ผู้รับใบอนุญาต,วันออก,วันหมดอายุ\n" + rows, encoding="utf-8")
    code, output, _errors = ready("map", "list.csv", *WHOSE, "-o", "list.toml")
    assert code == 0
    assert "ตลอดชีพ → no end" in output
    assert "Licences with “ตลอดชีพ”, “Permanent” as the last day are read as without end." in output
    mapping = (tmp_path / "list.toml").read_text(encoding="utf-8")
    assert parse_mapping(mapping, "list.toml").cells.no_expiry == ("ตลอดชีพ", "Permanent")
    assert "4 rows: 4 new" in ready(*PUBLISH, "list.csv", "--mapping", "list.toml", "--dry-run")[1]
    (tmp_path / "list.toml").write_text(mapping.replace("no_expiry", "# no_expiry"), encoding="utf-8")
    assert "ตลอดชีพ → not readable" in ready("map", "list.csv", "--mapping", "list.toml")[2]
    assert (
        "2 new, 0 changed, 0 unchanged, 2 rejected"
        in ready(*PUBLISH, "list.csv", "--mapping", "list.toml", "--dry-run")[1]
    )
