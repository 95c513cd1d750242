"""What refuses says so in the language of whoever reads it, and what to do."""

from datetime import date
from pathlib import Path

import pytest

from registry.told import Message, Told
from tests.registry.commands import DECISION, PUBLISH, Run
from tests.registry.small import FOOD, TOWN, row, table

WHOSE = ("--authority", TOWN, "--type", FOOD)
ENGLISH_WORDS = ("batch", "mapping", "licence", "column ", "there is", "published", "undone", "first", "authority ")


@pytest.fixture
def thai(ready: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("REGISTRY_LANG", "th")
    return ready


def check_thai(answer: tuple[int, str, str], *words: str) -> str:
    """The refusal (exit code 2), which has these words and, beside the commands in it, none in English."""
    code, output, errors = answer
    assert code == 2, output + errors
    for word in words:
        assert word in errors
    plain = " ".join(piece for number, piece in enumerate(errors.split("`")) if number % 2 == 0)
    plain = plain.removeprefix("license-registry: ").partition("license-registry")[0]
    assert not [word for word in ENGLISH_WORDS if word in plain], errors
    return errors


def test_a_message_says_its_parts_in_the_same_language() -> None:
    part = Message("version %(version)s of the mapping", version=3)
    whole = Message("%(lines)s", lines=(part, Message("there is no batch"), date(2026, 11, 21)))
    assert whole == "version 3 of the mapping\nthere is no batch\n21 November 2026"
    assert whole.said("th") == "การจับคู่คอลัมน์รุ่นที่ 3\nthere is no batch\n21 พฤศจิกายน พ.ศ. 2569"


def test_an_error_keeps_its_english_for_machines() -> None:
    error = Told("version %(version)s of the mapping", version=3)
    assert str(error) == "version 3 of the mapping"
    assert error.said("th") == "การจับคู่คอลัมน์รุ่นที่ 3"
    assert str(Told("100 % of it")) == "100 % of it", "without details nothing is filled in"


def test_columns_with_new_names_are_named_in_short_lines_with_the_command(thai: Run, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[columns]\nnumber = "เลขที่"\nexpires_on = "วันหมดอายุ"\n', encoding="utf-8")
    (tmp_path / "มีนาคม 2.csv").write_text("เลขที่ใบอนุญาต,วันที่หมดอายุ,โทร\n1/2567,31/12/2569,0\n", encoding="utf-8")
    errors = check_thai(
        thai(*PUBLISH, "มีนาคม 2.csv", "--mapping", "m.toml"),
        "\n  ไม่มีคอลัมน์ “เลขที่” (เปลี่ยนชื่อเป็น “เลขที่ใบอนุญาต” หรือไม่)\n",
        "\n  ไม่มีคอลัมน์ “วันหมดอายุ” (เปลี่ยนชื่อเป็น “วันที่หมดอายุ” หรือไม่)\n",
        f"license-registry map 'มีนาคม 2.csv' --authority {TOWN} --type {FOOD} --save",
    )
    assert all(len(line) < 160 for line in errors.splitlines())


def test_batches_that_refuse_say_so_in_thai(thai: Run, tmp_path: Path) -> None:
    check_thai(thai("batches", "show", "99"), "ไม่มีชุดข้อมูลที่ 99")
    (tmp_path / "next.csv").write_bytes(table(row("9/2567")))
    assert thai(*PUBLISH, "next.csv", "--dry-run")[0] == 0
    check_thai(thai("batches", "undo", "2"), "ชุดข้อมูลที่ 2", "ตรวจแล้ว ยังไม่เผยแพร่")
    (tmp_path / "other.csv").write_bytes(table(row("10/2567")))
    assert thai(*PUBLISH, "other.csv")[0] == 0
    check_thai(thai("publish", "--batch", "2"), "license-registry publish --batch 2 --again")
    check_thai(thai("batches", "discard", "3"), "เผยแพร่แล้ว")
    check_thai(thai("publish", "--batch", "3", "--again"), "โปรดส่งไฟล์มาใหม่")
    check_thai(thai("batches", "undo", "1"), "(3)", "เริ่มจากชุดใหม่สุด")
    assert thai("act", "suspend", "10/2567", *DECISION)[0] == 0
    check_thai(thai("batches", "undo", "3"), "10/2567", "แก้ใบอนุญาตเหล่านี้ทีละใบ")
    assert thai("batches", "discard", "2")[0] == 0
    check_thai(thai("publish", "--batch", "2"), "ทิ้งแล้ว")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("publish", "--authority", "x-nobody", "--type", FOOD, "good.csv"), ("x-nobody", TOWN)),
        (("publish", "--authority", TOWN, "--type", "animal-clinic", "good.csv"), ("ไม่มีอำนาจ", FOOD)),
        (("map", "good.csv", "--authority", "x-nobody", "--type", FOOD), ("ทะเบียนนี้ไม่มีหน่วยงาน “x-nobody”",)),
        (("map", "good.csv", "--authority", TOWN, "--type", "x-none"), ("ทะเบียนนี้ไม่มีใบอนุญาตประเภท “x-none”",)),
        (("map", "good.csv", *WHOSE, "--set", "number=เลข"), ("ไฟล์ไม่มีคอลัมน์ “เลข”",)),
        (("show", "404/2567"), ("ไม่มีใบอนุญาตเลขที่",)),
        (("show", "1-2567"), ("1/2567",)),
        ((*PUBLISH, "good.csv", "--mapping", "broken.toml"), ("broken.toml: ช่อง number ไม่มีคอลัมน์",)),
        (("act", "reinstate", "1/2567", *DECISION), ("คำสั่งนี้",)),
    ],
    ids=["authority", "mandate", "map-authority", "map-type", "column", "number", "similar", "mapping", "act"],
)
def test_every_refusal_is_thai(thai: Run, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    (tmp_path / "broken.toml").write_text("[columns]\n", encoding="utf-8")
    code, output, errors = thai(*arguments)
    assert code == 2, output + errors
    for word in words:
        assert word in errors
