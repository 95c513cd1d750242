"""Publishing a list from the command line: look first, publish with a word where something is suspicious, repair, take back."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from registry.intake.suspicion import SUSPICIONS
from registry.intake.table import FINDINGS_HEADING, SUMMARY_SHEET
from tests.registry.commands import DECISION, PUBLISH, Run, check_refused
from tests.registry.small import FOOD, TOWN, row, table

WHOLE = ("publish", "--authority", TOWN, "--type", FOOD, "--all")
FOUR = [row("1/2567"), row("2/2567"), row("05/2567"), row("๑-๒๕๖๗")]
"""What `ready` has published."""


def write(folder: Path, name: str, *rows: dict[str, str]) -> str:
    (folder / name).write_bytes(table(*rows))
    return name


def test_a_dry_run_makes_nothing_public_and_says_how_to_publish(ready: Run, tmp_path: Path) -> None:
    rows = [row("1/2567", premises="ใหม่"), row("2/2567"), row("9/2567"), row("", issued_on="31/02/2567")]
    file = write(tmp_path, "next.csv", *rows)
    code, output, _ = ready(*PUBLISH, file, "--dry-run")
    assert code == 1, "a row is rejected"
    assert output.startswith("Batch 2: 4 rows: 1 new, 1 changed, 1 unchanged, 1 rejected, 0 repeated\n")
    assert "checked, nothing of it is public yet" in output
    assert "blocks: line 5 [31/02/2567], issued_on: The calendar has no such day" in output
    assert "Publish it: license-registry publish --batch 2\n" in output
    check_refused(ready("show", "9/2567"), "9/2567")
    code, output, _ = ready("publish", "--batch", "2")
    assert code == 1
    assert "nothing of it is public" not in output
    assert ready("show", "9/2567")[0] == 0
    assert ready("publish", "--batch", "2")[0] == 1, "once more changes nothing"


def test_the_same_file_again_changes_nothing(ready: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "next.csv", row("9/2567"))
    assert ready(*PUBLISH, file)[0] == 0
    code, output, _ = ready(*PUBLISH, file)
    assert code == 0
    assert "1 unchanged" in output
    assert "published before" in output
    assert "Nothing changes" in output


def test_what_changes_is_shown_field_by_field(ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = row("2/2567", expires_on="2028-02-29", area="12 ตร.ม.", premises="")
    file = write(tmp_path, "next.csv", row("9/2567"), changed)
    assert ready(*PUBLISH, file, "--dry-run")[0] == 0
    code, output, _ = ready("batches", "show", "2")
    assert code == 0
    assert "New licences: 1\n  9/2567  (line 2)\n" in output
    assert "2/2567  Valid until: 2027-02-28 -> 2028-02-29\n" in output
    assert "2/2567  Area: (nothing) -> 12 ตร.ม.\n" in output
    assert "2/2567  Name of the premises: ร้านตัวอย่าง -> (nothing)\n" in output
    monkeypatch.setenv("REGISTRY_LANG", "th")
    output = ready("batches", "show", "2")[1]
    assert "2/2567  วันหมดอายุ: 28/02/2570 -> 29/02/2571\n" in output
    assert "2/2567  พื้นที่: (ว่าง) -> 12 ตร.ม.\n" in output
    assert ready("publish", "--batch", "2")[0] == 0
    assert "2/2567  วันหมดอายุ: 28/02/2570 -> 29/02/2571\n" in ready("batches", "show", "2")[1], "and so afterwards"


def test_many_missing_licences_need_a_word(ready: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "next.csv", *FOUR[1:])
    code, output, _ = ready(*WHOLE, file)
    assert code == 1
    assert "suspicious (missing): 1 of the 4 licences" in output
    assert "If all this is right, publish it: license-registry publish --batch 2 --accept-missing\n" in output
    assert "suspicious (missing)" in ready("batches")[1].splitlines()[0]
    assert "missing from this list: 1\n  1/2567  ร้านตัวอย่าง\n" in ready("batches", "show", "2")[1]
    assert ready("publish", "--batch", "2", "--accept-dates")[0] == 1, "that was another word"
    assert "not in the last list of its authority" not in ready("show", "1/2567")[1]
    assert ready("publish", "--batch", "2", "--accept-missing")[0] == 0
    shown = ready("show", "1/2567")
    assert (shown[0], "(active)" in shown[1]) == (0, True), "missing from a list ends no licence"
    assert "not in the last list of its authority" in shown[1]


@pytest.mark.parametrize("word", SUSPICIONS)
def test_every_word_that_is_asked_for_can_be_said(ready: Run, word: str) -> None:
    code, _, errors = ready("publish", "--batch", "1", f"--accept-{word}")
    assert (code, errors) == (0, "")


def test_undo_says_what_it_did_and_what_stands_against_it(ready: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "next.csv", row("9/2567"), row("2/2567", expires_on="2028-02-29"))
    assert ready(*PUBLISH, file)[0] == 0
    code, output, _ = ready("batches", "undo", "2")
    assert code == 0
    assert "undone: what it published was taken back" in output
    assert "was withdrawn on 2026-11-21: batch 2" in ready("show", "9/2567")[1]
    assert ready("batches", "undo", "2")[0] == 0, "once more changes nothing"
    assert ready(*PUBLISH, write(tmp_path, "more.csv", row("10/2567")))[0] == 0
    assert ready("act", "suspend", "10/2567", *DECISION)[0] == 0
    check_refused(ready("batches", "undo", "3"), "10/2567", "decisions")
    check_refused(ready("batches", "undo", "1"), "beneath", "3")
    check_refused(ready("batches", "undo", "99"), "99")


def test_a_batch_is_put_aside(ready: Run, tmp_path: Path) -> None:
    assert ready(*PUBLISH, write(tmp_path, "next.csv", row("9/2567")), "--dry-run")[0] == 0
    code, output, _ = ready("batches", "discard", "2")
    assert (code, "discarded" in output) == (0, True)
    check_refused(ready("publish", "--batch", "2"), "discarded")
    check_refused(ready("batches", "discard", "1"), "published")


def test_what_became_outdated_is_compared_again(ready: Run, tmp_path: Path) -> None:
    assert ready(*PUBLISH, write(tmp_path, "one.csv", row("9/2567")), "--dry-run")[0] == 0
    assert ready(*PUBLISH, write(tmp_path, "two.csv", row("10/2567")))[0] == 0
    check_refused(ready("publish", "--batch", "2"), "--again")
    code, output, _ = ready("publish", "--batch", "2", "--again")
    assert code == 0
    assert output.startswith("Batch 4: 1 rows: 1 new")
    assert ready("publish", "--batch", "4")[0] == 0


def test_repair_by_csv(ready: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "next.csv", row("8/2567", issued_on="31/02/2567", street="-", area="=1+1"))
    assert ready(*PUBLISH, file)[0] == 1
    code, output, _ = ready("batches")
    assert code == 0
    assert output.splitlines()[0].startswith("2 ")
    assert "1 rejected" in output
    assert ready("batches", "--authority", "x-office")[:2] == (0, "")
    assert ready("batches", "rejected", "2", "-o", "rejected.csv")[0] == 0
    with (tmp_path / "rejected.csv").open(encoding="utf-8-sig", newline="") as opened:
        (rejected,) = csv.DictReader(opened)
    assert rejected["line"] == "2"
    assert "The calendar has no such day" in rejected["findings"]
    assert rejected["area"] == "'=1+1"
    rejected["issued_on"] = "28/02/2567"
    (tmp_path / "repaired.csv").write_bytes(table(rejected, headings=tuple(rejected)))
    code, output, _ = ready(*PUBLISH, "repaired.csv")
    assert (code, "1 new" in output) == (0, True)
    check_refused(ready("batches", "rejected", "99", "-o", "x.csv"), "99")
    check_refused(ready("batches", "rejected", "2"), "-o")
    check_refused(ready("batches", "rejected", "2", "-o", "x.pdf"), ".xlsx")
    check_refused(ready("batches", "rejected", "2", "-o", "nowhere/x.csv"), "nowhere")


@pytest.mark.parametrize("command", ["findings", "rejected"])
def test_repair_in_a_marked_workbook(ready: Run, tmp_path: Path, command: str) -> None:
    file = write(tmp_path, "next.csv", row("7/2567"), row("8/2567", issued_on="31/02/2567", area="=1+1"))
    assert ready(*PUBLISH, file)[0] == 1
    assert ready("batches", command, "2", "-o", "marked.xlsx")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert book.sheetnames[0] == SUMMARY_SHEET
    sheet = book.worksheets[1]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0][-1] == FINDINGS_HEADING
    assert len(lines) == {"findings": 3, "rejected": 2}[command]
    column = lines[0].index("issued_on")
    sheet.cell(len(lines), column + 1).value = "28/02/2567"
    book.save(tmp_path / "repaired.xlsx")
    code, output, _ = ready(*PUBLISH, "repaired.xlsx")
    assert (code, "1 new" in output) == (0, True), output
    assert "=1+1" in ready("batches", "show", "3")[1] or ready("show", "8/2567")[0] == 0


def test_findings_as_csv(ready: Run, tmp_path: Path) -> None:
    assert ready(*PUBLISH, write(tmp_path, "next.csv", row("8/2567", issued_on="31/02/2567")))[0] == 1
    assert ready("batches", "findings", "2", "-o", "findings.csv")[0] == 0
    text = (tmp_path / "findings.csv").read_bytes().decode("utf-8-sig")
    (found,) = [line for line in csv.DictReader(io.StringIO(text)) if line["code"] == "date-no-such-day"]
    assert (found["row"], found["column"], found["received"]) == ("2", "issued_on", "31/02/2567")
    check_refused(ready("batches", "findings", "99", "-o", "x.csv"), "99")
    check_refused(ready("batches", "findings", "99", "-o", "x.xlsx"), "99")
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "FILE"),
        (("good.csv", "--batch", "1"), "FILE"),
        (("good.csv",), "--authority"),
        (("good.csv", "--authority", TOWN), "--type"),
        (("--batch", "1", "--part"), "--batch"),
        (("--batch", "1", "--source", "x"), "--batch"),
        (("--batch", "99"), "99"),
        (("good.csv", "--authority", TOWN, "--type", FOOD, "--again"), "--again"),
    ],
)
def test_options_that_do_not_fit_each_other(ready: Run, arguments: tuple[str, ...], words: str) -> None:
    check_refused(ready("publish", *arguments), words)


def test_what_was_done_before_is_said_and_not_done_again(ready: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "next.csv", row("2/2567", premises="ใหม่"), row("9/2567"))
    assert ready(*PUBLISH, file)[0] == 0
    code, output, _ = ready("publish", "--batch", "2")
    assert (code, output.splitlines()[0]) == (
        0,
        "Batch 2 was published already, on 2026-11-21. Nothing was done now.",
    )
    code, output, _ = ready("batches", "undo", "2")
    assert code == 0
    done = "  1 licences were withdrawn, 1 got their former content back, 0 are no longer marked as missing"
    assert done in output
    assert "already" not in output
    code, output, _ = ready("batches", "undo", "2")
    assert (code, output.splitlines()[0]) == (
        0,
        "Batch 2 was taken back already, on 2026-11-21. Nothing was done now.",
    )
    assert done in output


def test_what_is_put_aside_twice_is_said_to_be_so(ready: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "next.csv", row("9/2567"))
    assert ready(*PUBLISH, file, "--dry-run")[0] == 0
    assert "already" not in ready("batches", "discard", "2")[1]
    code, output, _ = ready("batches", "discard", "2")
    assert (code, output.splitlines()[0]) == (0, "Batch 2 was put aside already. Nothing was done now.")


def test_a_licence_that_was_taken_back_says_when_and_with_which_batch(
    ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ready(*PUBLISH, write(tmp_path, "next.csv", row("9/2567", premises="ร้านลับ")))[0] == 0
    page = next(line for line in ready("show", "9/2567")[1].splitlines() if line.startswith("  Page: "))
    assert ready("batches", "undo", "2")[0] == 0
    address = page.removeprefix("  Page: ")
    for named in ("9/2567", address, address.replace("/doc/html/", "/id/")):
        code, output, _ = ready("show", named)
        assert code == 0
        assert "withdrawn on 2026-11-21: batch 2, in which it came, was taken back" in output
        assert page in output
        assert "ร้านลับ" not in output
        assert "QR" not in output
    monkeypatch.setenv("REGISTRY_LANG", "th")
    output = ready("show", "9/2567")[1]
    assert "ถูกถอนออกเมื่อ 21 พ.ย. 2569 เพราะยกเลิกการเผยแพร่ชุดข้อมูลที่ 2" in output
    assert "  หน้าเว็บ: " in output
    check_refused(ready("show", "99/2567"), "ไม่มีใบอนุญาตเลขที่")


def test_a_list_without_rows_is_said_to_be_so(ready: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "empty.csv")
    code, output, _ = ready(*PUBLISH, file, "--dry-run")
    assert code == 1
    assert "warns: The file has headings and no rows below them: there is nothing to publish." in output
    assert "license-registry publish --batch" not in output
    code, output, _ = ready(*PUBLISH, file)
    assert code == 1
    assert "there is nothing to publish" in output
    code, output, _ = ready(*WHOLE, file, "--dry-run")
    assert (code, "--accept-missing" in output) == (1, True), "all would be missing"
