"""The command line as people type it: what it prints, its exit codes, and words instead of tracebacks."""

import csv
import gc
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from issuers.hardware import HardwareUnavailable
from registry.config import Settings
from registry.register import Register
from registry.tokens import is_bearer_token
from tests.registry.commands import DECISION, PUBLISH, Run, check_refused
from tests.registry.small import BASE, CATALOGUE, FOOD, NOON, TOWN, row, table
from verify.scanned import examine_code
from verify.trust import parse_trust


def test_init_and_declare_say_what_they_did(run: Run, tmp_path: Path) -> None:
    code, output, _ = run("init")
    assert code == 0
    assert str(tmp_path / "home") in output
    assert BASE in output
    assert run("init") == (code, output, "")
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    code, output, _ = run("declare", "catalogue.toml")
    assert (code, "3 authorities, 3 license types, 4 mandates, 1 announcements" in output) == (0, True)


def test_another_base(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_BASE_URL", "https://other.example")
    check_refused(ready("init"), "frozen", BASE)


@pytest.mark.parametrize(
    "command", [("show", "1"), ("batches",), ("trust", "-o", "t.json"), ("refresh",), ("act", "revoke", "1", *DECISION)]
)
def test_before_init_every_command_says_what_to_do(run: Run, command: tuple[str, ...]) -> None:
    check_refused(run(*command), "license-registry init")


@pytest.mark.parametrize(("name", "value"), [("PORT", "x"), ("REGISTRY_BASE_URL", "x"), ("REGISTRY_LANG", "x")])
def test_a_bad_setting(ready: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    check_refused(ready("show", "1/2567"), name)


def test_a_database_that_does_not_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_DATABASE_URL", "postgresql+psycopg://nobody@/none?host=/nowhere")
    check_refused(run("show", "1"))


def test_a_home_that_is_no_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder", encoding="utf-8")
    check_refused(run("init"))


def test_a_bad_declaration(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[[authority]]\ncode = "NEW"', encoding="utf-8")
    check_refused(ready("declare", "bad.toml"), "bad.toml", "authority")
    check_refused(ready("declare", "nowhere.toml"), "nowhere.toml")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b'number\n"1', "quotation mark"),
        ("เลขที่\n1".encode(), "no column 'number'"),
    ],
)
def test_a_bad_file(ready: Run, tmp_path: Path, body: bytes, words: str) -> None:
    (tmp_path / "bad.csv").write_bytes(body)
    check_refused(ready(*PUBLISH, "bad.csv", "--mapping", "mapping.toml"), words)
    check_refused(ready(*PUBLISH, "bad.csv", "--mapping", "mapping.toml", "--dry-run"), words)


def test_a_bad_mapping(ready: Run, tmp_path: Path) -> None:
    for body, words in (
        (b"[columns", "cannot be read as TOML"),
        (b"\xff", "not saved as UTF-8"),
        (b"[columns]\nnumber = 1", "number is text"),
    ):
        (tmp_path / "bad.toml").write_bytes(body)
        check_refused(ready(*PUBLISH, "good.csv", "--mapping", "bad.toml"), "bad.toml", words)


def test_an_unknown_authority_or_type(ready: Run) -> None:
    bad = ("publish", "good.csv", "--authority", "x-nobody", "--type", FOOD)
    check_refused(ready(*bad), "x-nobody", TOWN)
    check_refused(ready("publish", "good.csv", "--authority", TOWN, "--type", "fireworks"), "fireworks", FOOD)
    check_refused(ready("publish", "nowhere.csv", "--authority", TOWN, "--type", FOOD), "nowhere.csv")
    check_refused(ready("publish", ".", "--authority", TOWN, "--type", FOOD), "directory")
    check_refused(ready("publish", "good.csv"), "--authority")


def test_show(ready: Run) -> None:
    code, output, _ = ready("show", "๑/๒๕๖๗")
    assert code == 2, "two licences are written 1/2567 and ๑-๒๕๖๗: one of them has to be named"
    code, output, _ = ready("show", "2/2567")
    assert code == 0
    assert f"{BASE}/id/lic/{TOWN}/{FOOD}/2~2F2567" in output
    assert "(active)" in output
    assert "HTTPS://REGISTRY.EXAMPLE.GO.TH/C/" in output
    assert ready("show", f"{BASE}/id/lic/{TOWN}/{FOOD}/2~2F2567")[1] == output
    code_address = output.split("QR: ")[1].strip()
    assert ready("show", code_address)[1] == output


def test_a_number_that_names_no_licence_or_several(ready: Run) -> None:
    check_refused(ready("show", "99/2567"), "99/2567")
    check_refused(ready("show", "5/67"), "did you mean", "05/2567")
    check_refused(ready("show", "1 / 2567"), "several", "1~2F2567", "%E0%B9%91-")
    assert ready("show", "1/2567")[0] == 0
    check_refused(ready("act", "revoke", "1-2567", *DECISION), "several")
    check_refused(ready("qr", ""), "no licence")
    check_refused(ready("credential", "http://[", "-o", "x.json"), "no licence")
    check_refused(ready("show", "\udcff"), "no licence")


def test_acts_are_told_at_once(ready: Run) -> None:
    code, output, _ = ready("act", "suspend", "2/2567", *DECISION)
    assert code == 0
    assert "Suspended (suspended)" in output
    assert "(suspended)" in ready("show", "2/2567")[1]
    assert ready("act", "reinstate", "2/2567", *DECISION)[0] == 0
    assert ready("act", "renew", "2/2567", *DECISION, "--expires", "31 ธ.ค. 2572")[0] == 0
    assert b"2029-12-31" in _credential(ready)
    assert ready("act", "renew", "05/2567", *DECISION, "--successor", "2/2567")[0] == 0
    assert "(superseded)" in ready("show", "05/2567")[1]
    assert ready("act", "revoke", "2/2567", *DECISION)[0] == 0
    assert ready("act", "correct", "2/2567", *DECISION, "--voids", "5")[0] == 0
    assert "(active)" in ready("show", "2/2567")[1]


def _credential(run: Run) -> bytes:
    assert run("credential", "2/2567", "-o", "credential.json")[0] == 0
    return Path("credential.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("suspend", "2/2567", "--on", "31/02/2569", "--order", "x", "--reason", "y"), "no-such-day"),
        (("suspend", "2/2567", "--on", "20/11/69", "--order", "x", "--reason", "y"), "two-digit-year"),
        (("suspend", "2/2567", "--on", "soon", "--order", "x", "--reason", "y"), "'soon'"),
        (("suspend", "2/2567", "--order", "x", "--reason", "y"), "--on"),
        (("suspend", "2/2567", "--on", "2026-11-20", "--reason", "y"), "--order"),
        (("pardon", "2/2567", *DECISION), "pardon"),
        (("grant", "2/2567", *DECISION), "grant"),
        (("reinstate", "2/2567", *DECISION), "not allowed"),
        (("renew", "2/2567", *DECISION), "new day of expiry"),
        (("renew", "2/2567", *DECISION, "--expires", "2020-01-01"), "ends"),
        (("renew", "2/2567", *DECISION, "--successor", "77/2567"), "77/2567"),
        (("renew", "2/2567", *DECISION, "--successor", "http://elsewhere.example/1"), "elsewhere"),
        (("renew", "2/2567", *DECISION, "--successor", "2/2567"), "its own place"),
        (("revoke", "2/2567", *DECISION, "--until", "2026-12-01"), "suspension"),
        (("revoke", "2/2567", *DECISION, "--voids", "1"), "correction"),
        (("revoke", "2/2567", *DECISION, "--expires", "2030-01-01"), "new dates"),
        (("correct", "2/2567", *DECISION, "--voids", "1"), "voids"),
        (("correct", "2/2567", *DECISION, "--voids", "x"), "'x'"),
        (("revoke", "2/2567", "--on", "2026-11-20", "--order", "x", "--reason", "บัตร 1234567890121"), "citizen"),
        (("revoke", "2/2567", "--on", "2020-01-01", "--order", "x", "--reason", "y"), "not allowed"),
    ],
)
def test_a_bad_decision(ready: Run, arguments: tuple[str, ...], words: str) -> None:
    before = ready("show", "2/2567")
    answer = ready("act", *arguments)
    check_refused(answer, words)
    assert "1234567890121" not in answer[2]
    assert ready("show", "2/2567") == before


def test_qr(ready: Run, tmp_path: Path) -> None:
    code, output, _ = ready("qr", "2/2567")
    assert code == 0
    assert "█" in output
    assert "HTTPS://REGISTRY.EXAMPLE.GO.TH/C/" in output
    assert ready("qr", "2/2567", "-o", "code.svg")[0] == 0
    assert (tmp_path / "code.svg").read_text(encoding="utf-8").startswith("<svg")
    assert ready("qr", "2/2567", "-o", "CODE.PNG")[0] == 0
    assert (tmp_path / "CODE.PNG").read_bytes().startswith(b"\x89PNG")
    check_refused(ready("qr", "2/2567", "-o", "code.gif"), "code.gif", ".svg")
    assert not (tmp_path / "code.gif").exists()
    check_refused(ready("qr", "2/2567", "-o", "nowhere/code.svg"), "nowhere")


def test_a_saved_credential_verifies_offline(ready: Run, capfd: pytest.CaptureFixture[str]) -> None:
    from verify.__main__ import main as verify

    raw = _credential(ready)
    assert ready("trust", "-o", "trust.json")[0] == 0
    assert verify(["credential.json", "--trust", "trust.json"]) == 0
    Path("credential.json").write_bytes(raw.replace("ร้านตัวอย่าง".encode(), "ร้านอื่น".encode()))
    assert verify(["credential.json", "--trust", "trust.json"]) == 1
    Path("credential.json").write_bytes(raw)
    assert ready("act", "suspend", "2/2567", *DECISION)[0] == 0
    assert ready("trust", "-o", "trust.json")[0] == 0
    assert verify(["credential.json", "--trust", "trust.json"]) == 1
    capfd.readouterr()
    assert json.loads(raw)["issuer"]["id"].startswith("did:web:registry.example.go.th")


def test_refresh_and_help(ready: Run) -> None:
    assert ready("refresh")[0] == 0
    check_refused(ready("refresh", "--every", "0"), "--every")
    for command in ((), ("-h",), ("publish", "-h"), ("act", "-h")):
        assert ready(*command)[0] in {0, 2}
    check_refused(ready("dance"), "dance")


def test_thai_is_spoken_where_it_is_asked_for(ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_LANG", "th")
    (tmp_path / "bad.csv").write_bytes(b"")
    code, _, errors = ready(*PUBLISH, "bad.csv")
    assert code == 2
    assert any("\u0e01" <= character <= "\u0e5b" for character in errors)


def test_a_token_is_printed_once_listed_and_revoked(ready: Run) -> None:
    code, output, errors = ready(
        "token", "new", "--authority", TOWN, "--label", "the office's own system", "--days", "30"
    )
    assert (code, is_bearer_token(output.strip())) == (0, True), "the token alone, for a pipe"
    assert "shown this once" in errors
    assert output.strip() not in errors
    line = f"1  {TOWN}  issue  2026-11-21 to 2026-12-21  valid  the office's own system\n"
    assert ready("token", "list")[1] == line
    assert ready("token", "list", "--authority", "dep-0706")[:2] == (0, "")
    check_refused(ready("token", "list", "--authority", "x-nobody"), "x-nobody")
    assert ready("token", "revoke", "1")[1] == f"Token 1 of {TOWN} is revoked\n"
    again = f"Token 1 of {TOWN} was already revoked, at 2026-11-21T05:00:00Z\n"
    assert ready("token", "revoke", "1") == (0, again, "")
    assert "revoked" in ready("token", "list")[1]


def test_refreshing_goes_on_in_its_process_after_a_round_that_failed(
    ready: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the process that remembers which PIN was refused: one that ended would be started anew and try it again."""
    parents = [1, 1, 1, 1, 2]
    registers: list[Register] = []
    slept: list[int] = []

    def refuse(register: Register) -> None:
        registers.append(register)
        raise HardwareUnavailable("token 'x' cannot be opened: PinIncorrect")

    monkeypatch.setattr("registry.cli.serving.bring_up_to_date", refuse)
    monkeypatch.setattr("registry.cli.serving.os.getppid", lambda: parents.pop(0))
    monkeypatch.setattr("registry.cli.serving.time.sleep", slept.append)
    code, _, errors = ready("refresh", "--every", "60")
    assert (code, slept) == (0, [60, 60, 60])
    assert len({id(register) for register in registers}) == 1, "one register, so one memory of refused PINs"
    assert errors.count("PinIncorrect; the next round is in 60 seconds\n") == 3


def test_a_token_that_cannot_be_is_refused_in_words(ready: Run) -> None:
    check_refused(ready("token", "new", "--authority", "x-nobody"), "x-nobody")
    check_refused(ready("token", "new", "--authority", TOWN, "--scope", "everything"), "everything", "issue")
    check_refused(ready("token", "new", "--authority", TOWN, "--days", "0"), "0")
    check_refused(ready("token", "new", "--authority", TOWN, "--label", "a\nb"), "label")
    check_refused(ready("token", "revoke", "7"), "7", "token list")


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_nothing_of_the_database_is_open_where_a_server_forks(
    ready: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A worker that took over a connection would hold no lock of SQLite's, and lose what it writes."""
    found: list[list[str]] = []

    def look(settings: Settings) -> None:
        names = (os.path.realpath(each) for each in Path("/proc/self/fd").iterdir())
        found.append([name for name in names if name.startswith(str(settings.home))])

    monkeypatch.setattr("registry.cli.serving.serve", look)
    monkeypatch.setattr("registry.demo.run.write_demo", lambda *_: None)
    monkeypatch.setenv("REGISTRY_SANDBOX", "1")
    gc.collect()
    gc.disable()
    try:
        code, _, errors = ready(command)
    finally:
        gc.enable()
    assert (code, errors, found) == (0, "", [[]])


def test_serve_says_that_the_sandbox_is_open(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.cli.serving.serve", lambda settings: None)
    assert "sandbox" not in ready("serve")[1]
    monkeypatch.setenv("REGISTRY_SANDBOX", "1")
    said = ready("serve")[1]
    assert "proves nothing" in said
    assert "did:key:z6Mk" in said
    assert is_bearer_token(said.partition("token, for clients that need one: ")[2].splitlines()[0])


def test_what_section_13_misses_is_listed(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "endless.csv").write_bytes(table(row("9/2567", expires_on="")))
    ready(*PUBLISH, "endless.csv", "--part")
    code, out, errors = ready("faults")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == (1 if rows else 0)
    assert sum(int(line.split(": ")[1].split()[0]) for line in errors.splitlines()) == len(rows)
    missing = [each for each in rows if each["fault"] == "expiry"]
    assert [each["number"] for each in missing] == ["9/2567"]
    assert all(each["iri"].startswith(f"{BASE}/id/lic/") for each in rows)
    lacking = [each["number"] for each in rows if each["fault"] == "face-item"]
    assert "9/2567" in lacking
    assert ready("faults", "--fault", "face-item")[1].count("\n") == len(lacking) + 1
    assert ready("faults", "--fault", "expiry")[1].count("\n") == 2
    assert ready("faults", "--authority", "dep-0706")[:2] == (0, "iri,number,fault\n")
    check_refused(ready("faults", "--authority", "dep-9999"), "dep-9999")


def test_qr_holds_what_is_signed(ready: Run, tmp_path: Path) -> None:
    for level in ("M", "Q"):
        assert ready("qr", "2/2567", "--level", level, "-o", f"{level}.png")[0] == 0
    read = [zxingcpp.read_barcodes(Image.open(tmp_path / f"{level}.png"))[0].text for level in ("M", "Q")]
    assert read[0] == read[1]
    assert ready("trust", "-o", "trust.json")[0] == 0
    found = examine_code(read[0], parse_trust((tmp_path / "trust.json").read_bytes()), NOON)
    assert found.genuine.code == "signed-by-authority"
    check_refused(ready("qr", "2/2567", "--level", "H"), "'H'")


def test_a_folder_that_is_no_longer_there(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = "import os, sys; os.chdir(sys.argv[1]); os.rmdir(sys.argv[1]); from registry.command import main; main()"
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-c", script, str(gone)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("license-registry: โฟลเดอร์")
    assert "Traceback" not in done.stderr
