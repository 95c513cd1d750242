"""The key commands as an operator types them: what they print, what they refuse, and never a secret."""

import base64
import json
import re
from pathlib import Path

import pytest

from registry.cli.keys import key_group
from tests.conftest import Token
from tests.issuers.test_hardware import logins
from tests.registry.commands import PUBLISH, Run, check_refused
from tests.registry.small import DEPARTMENT, TOWN, row, table

OF_TOWN = ("--authority", TOWN)
NEW = ("key", "new", *OF_TOWN, "--purpose", "credential")
LINE = re.compile(
    r" *(?P<number>\d+)  (?P<authority>\S+) +(?P<purpose>\S+) +(?P<algorithm>\S+) +(?P<where>database|token \S+) +"
    r"(?P<status>\S+) +(?P<since>\S+Z)  (?P<public>z\w+)"
)


def lines(output: str) -> list[dict[str, str]]:
    return [found.groupdict() for line in output.splitlines() if (found := LINE.fullmatch(line))]


def listed(run: Run, *options: str) -> list[dict[str, str]]:
    code, output, _ = run("key", "list", *options)
    assert code == 0
    found = lines(output)
    heading, *rows = output.splitlines()
    assert heading.split()[:3] == ["key", "authority", "purpose"]
    assert len(found) == len(rows), output
    return found


def key_of(run: Run, status: str, purpose: str = "credential") -> dict[str, str]:
    (found,) = [key for key in listed(run, *OF_TOWN) if (key["status"], key["purpose"]) == (status, purpose)]
    return found


def keys_in_did_document(run: Run) -> dict[str, dict[str, str]]:
    assert run("trust", "-o", "trust.json")[0] == 0
    trust = json.loads(Path("trust.json").read_text(encoding="utf-8"))
    (document,) = [issuer["didDocument"] for issuer in trust["issuers"] if issuer["did"].endswith(TOWN)]
    return {method["publicKeyMultibase"]: method for method in document["verificationMethod"]}


def credential(run: Run, number: str = "2/2567") -> Path:
    assert run("credential", number, "-o", "credential.json")[0] == 0
    return Path("credential.json")


def offline(file: Path | str) -> int:
    from verify.__main__ import main

    return main([str(file), "--trust", "trust.json"])


def test_listing(ready: Run) -> None:
    found = listed(ready)
    assert len(found) == 9
    assert {key["status"] for key in found} == {"active"}
    assert [key for key in found if key["authority"] == TOWN] == listed(ready, *OF_TOWN)
    check_refused(ready("key", "list", "--authority", "x-nobody"), "x-nobody")


@pytest.mark.parametrize("algorithm", ["ed25519", "p256"])
def test_rotation(ready: Run, tmp_path: Path, algorithm: str) -> None:
    old, before = key_of(ready, "active"), credential(ready).read_bytes()
    code, output, _ = ready(*NEW, "--algorithm", algorithm)
    (made,) = lines(output)
    assert (code, made["status"], made["algorithm"], made["where"]) == (0, "next", algorithm, "database")
    activate = re.search(r"license-registry (key activate .*)", output)
    assert activate, "what comes next is said as it is to be typed"
    assert "expires" not in keys_in_did_document(ready)[made["public"]]
    code, output, _ = ready(*activate[1].split())
    assert (code, lines(output)[0]["status"]) == (0, "active")
    assert key_of(ready, "retired")["public"] == old["public"]
    assert "expires" in keys_in_did_document(ready)[old["public"]]
    (tmp_path / "more.csv").write_bytes(table(row("7/2567")))
    assert ready(*PUBLISH, "more.csv")[0] == 0
    assert made["public"] in credential(ready, "7/2567").read_text(encoding="utf-8")
    keys_in_did_document(ready)
    assert offline("credential.json") == 0
    Path("old.json").write_bytes(before)
    assert offline("old.json") == 0


def test_compromise(ready: Run, capfd: pytest.CaptureFixture[str]) -> None:
    old, file = key_of(ready, "active"), credential(ready)
    before = file.read_bytes()
    # All of it was made at the same noon: from then on nothing can be told from what others made.
    code, output, _ = ready(
        "key", "compromise", *OF_TOWN, "--key", old["number"], "--since", "2026-11-21T12:00:00+07:00"
    )
    revoked, active = lines(output)
    assert (code, revoked["status"], revoked["since"], active["status"]) == (
        0,
        "compromised",
        "2026-11-21T05:00:00Z",
        "active",
    )
    assert "the credentials of 4 licences, 0 status lists" in output
    assert keys_in_did_document(ready)[old["public"]]["revoked"] == "2026-11-21T05:00:00Z"
    file.write_bytes(before)
    assert offline(file) == 1
    assert "revoked as of 2026-11-21T05:00:00+00:00" in capfd.readouterr().out
    assert credential(ready).read_bytes() != before
    assert offline(file) == 0
    code, output, _ = ready("key", "compromise", *OF_TOWN, "--key", old["public"], "--since", "2026-11-21T05:00:00Z")
    assert (code, "the credentials of 0 licences" in output) == (0, True)


def test_compromise_of_a_status_list_key(ready: Run) -> None:
    key = key_of(ready, "active", "status-list")
    code, output, _ = ready("key", "compromise", *OF_TOWN, "--key", key["number"], "--since", "2026-11-21T05:00:00Z")
    assert (code, "0 licences, 2 status lists" in output) == (0, True)
    file = credential(ready)
    keys_in_did_document(ready)
    assert offline(file) == 0


@pytest.mark.parametrize("kept_fresh", [("key", "activate"), ("key", "retire")])
def test_the_trust_file_in_the_home_folder_follows(ready: Run, tmp_path: Path, kept_fresh: tuple[str, str]) -> None:
    file = tmp_path / "home" / "trust.json"
    assert ready("trust", "-o", str(file))[0] == 0
    made = lines(ready(*NEW)[1])[0]
    assert made["public"] in file.read_text(encoding="utf-8")
    before = file.read_bytes()
    assert ready(*kept_fresh, *OF_TOWN, "--key", made["number"])[0] == 0
    assert file.read_bytes() != before


def test_retiring(ready: Run) -> None:
    made = lines(ready(*NEW)[1])[0]
    check_refused(ready("key", "retire", *OF_TOWN, "--key", key_of(ready, "active")["number"]), "key new")
    assert lines(ready("key", "retire", *OF_TOWN, "--key", made["number"])[1])[0]["status"] == "retired"
    check_refused(ready("key", "activate", *OF_TOWN, "--key", made["number"]), "retired")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new", "--authority", TOWN), "--purpose"),
        (("new", "--authority", TOWN, "--purpose", "poster"), "'poster'"),
        (("new", "--authority", TOWN, "--purpose", "credential", "--algorithm", "rsa"), "'rsa'"),
        (
            ("new", "--authority", TOWN, "--purpose", "qr", "--algorithm", "p256"),
            "QR codes are signed by ed25519 keys only",
        ),
        (("new", "--authority", "x-nobody", "--purpose", "credential"), "x-nobody"),
        (("new", "--authority", TOWN, "--purpose", "credential", "--pkcs11", "x"), "REGISTRY_PKCS11_MODULE"),
        (("activate", "--authority", TOWN, "--key", "99"), "it has 1 (credential, active)"),
        (("activate", "--authority", TOWN), "--key"),
        (("retire", "--authority", DEPARTMENT, "--key", "1"), "no key '1'"),
        (("compromise", "--authority", TOWN, "--key", "1"), "--since"),
        (("compromise", "--authority", TOWN, "--key", "1", "--since", "yesterday"), "2026-11-21T14:30:00+07:00"),
        (("compromise", "--authority", TOWN, "--key", "1", "--since", "2026-11-21T12:00:00"), "offset"),
        (("compromise", "--authority", TOWN, "--key", "1", "--since", "2026-11-22"), "in the future"),
        (("compromise", "--authority", TOWN, "--key", "1", "--since", "2026-11-20"), "was made at"),
        (("compromise", "--authority", TOWN, "--key", "1", "--since", "31/02/2569"), "no-such-day"),
        (("dance",), "dance"),
    ],
)
def test_what_is_refused(ready: Run, arguments: tuple[str, ...], words: str) -> None:
    before = listed(ready)
    check_refused(ready("key", *arguments), words)
    assert listed(ready) == before


def test_a_day_is_one_in_thailand(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.registry.small import NOON

    monkeypatch.setattr("registry.cli.opening.clock", lambda: NOON.replace(day=25))
    code, output, _ = ready("key", "compromise", *OF_TOWN, "--key", "1", "--since", "23/11/2569")
    assert (code, lines(output)[0]["since"]) == (0, "2026-11-22T17:00:00Z")


def test_resealing(ready: Run, tmp_path: Path) -> None:
    kek = tmp_path / "home" / "kek"
    old = kek.read_text(encoding="ascii").strip()
    code, output, _ = ready("key", "reseal")
    assert code == 0
    assert "9 private keys" in output
    assert str(kek) in output
    new = kek.read_text(encoding="ascii").strip()
    assert new != old
    for secret in (old, new):
        assert secret not in output
    assert (tmp_path / "home" / "kek.until-20261121T050000Z").read_text(encoding="ascii").strip() == old
    assert ready("act", "suspend", "2/2567", "--on", "2026-11-20", "--order", "x", "--reason", "y")[0] == 0


def test_resealing_with_keys_from_the_environment(ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = (tmp_path / "home" / "kek").read_text(encoding="ascii").strip()
    monkeypatch.setenv("REGISTRY_KEK", old)
    answer = ready("key", "reseal")
    check_refused(answer, "REGISTRY_KEK_NEXT")
    assert old not in answer[2]
    following = base64.b64encode(bytes(range(32))).decode()
    monkeypatch.setenv("REGISTRY_KEK_NEXT", following)
    code, output, _ = ready("key", "reseal")
    assert (code, "unset REGISTRY_KEK_NEXT" in output) == (0, True)
    assert following not in output
    monkeypatch.delenv("REGISTRY_KEK_NEXT")
    check_refused(ready(*NEW), "cannot be opened")
    assert len(listed(ready)) == 9, "nothing is sealed with another key than the rest"
    check_refused(
        ready("key", "compromise", *OF_TOWN, "--key", "1", "--since", "2026-11-21T05:00:00Z"), "cannot be opened"
    )
    monkeypatch.setenv("REGISTRY_KEK", following)
    assert ready("key", "compromise", *OF_TOWN, "--key", "1", "--since", "2026-11-21T05:00:00Z")[0] == 0


def test_keys_in_hardware(ready: Run, token: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_in_token = (*NEW, "--pkcs11", token.label)
    check_refused(ready(*made_in_token), "REGISTRY_PKCS11_MODULE")
    monkeypatch.setenv("REGISTRY_PKCS11_MODULE", token.module)
    check_refused(ready(*made_in_token), "REGISTRY_PKCS11_PIN_FILE")
    monkeypatch.setenv("REGISTRY_PKCS11_PIN_FILE", str(tmp_path / "pin"))
    check_refused(ready(*made_in_token), str(tmp_path / "pin"))
    (tmp_path / "pin").write_text("wrong-pin\n", encoding="utf-8")
    answer = ready(*made_in_token)
    check_refused(answer, "PinIncorrect", "REGISTRY_PKCS11_PIN")
    assert "wrong-pin" not in answer[2]
    (tmp_path / "pin").write_text(token.pin + "\n", encoding="utf-8")
    check_refused(ready(*NEW, "--pkcs11", "other"), "'other'", token.label)
    (made,) = lines(ready(*made_in_token)[1])
    assert made["where"] == f"token {token.label}"
    assert ready("key", "activate", *OF_TOWN, "--key", made["number"])[0] == 0
    (tmp_path / "more.csv").write_bytes(table(row("7/2567")))
    assert ready(*PUBLISH, "more.csv")[0] == 0
    file = credential(ready, "7/2567")
    assert made["public"] in file.read_text(encoding="utf-8")
    keys_in_did_document(ready)
    assert offline(file) == 0
    monkeypatch.delenv("REGISTRY_PKCS11_PIN_FILE")
    monkeypatch.setenv("REGISTRY_PKCS11_PIN", token.pin)
    assert "Encrypted anew: 9 private keys" in ready("key", "reseal")[1]
    (tmp_path / "more.csv").write_bytes(table(row("8/2567")))
    assert ready(*PUBLISH, "more.csv")[0] == 0


def test_a_wrong_pin_is_tried_once_in_a_command(ready: Run, token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    """Revoking tries to have another key at once, and says why there is none in a second step: not with a second login."""
    monkeypatch.setenv("REGISTRY_PKCS11_MODULE", token.module)
    monkeypatch.setenv("REGISTRY_PKCS11_PIN", token.pin)
    (made,) = lines(ready(*NEW, "--pkcs11", token.label)[1])
    assert ready("key", "activate", *OF_TOWN, "--key", made["number"])[0] == 0
    monkeypatch.setenv("REGISTRY_PKCS11_PIN", "wrong-pin")
    tried = logins(monkeypatch, token)
    answer = ready("key", "compromise", *OF_TOWN, "--key", made["number"], "--since", "2026-11-21T05:00:00Z")
    check_refused(answer, "PinIncorrect", "refused before")
    assert tried == ["wrong-pin"]
    assert key_of(ready, "compromised")["number"] == made["number"]


def test_no_command_shows_a_secret(ready: Run, tmp_path: Path) -> None:
    kek = (tmp_path / "home" / "kek").read_text(encoding="ascii").strip()
    for arguments in (NEW, ("key", "list"), ("key", "reseal"), ("key", "-h")):
        code, output, errors = ready(*arguments)
        assert code == 0
        assert kek not in output + errors
        assert "sealed" not in output + errors


def test_every_command_has_a_help_text(run: Run) -> None:
    assert set(key_group.commands) == {"new", "list", "activate", "retire", "compromise", "reseal"}
    for name in key_group.commands:
        code, output, _ = run("key", name, "-h")
        assert code == 0
        assert len(output.splitlines()) > 4
