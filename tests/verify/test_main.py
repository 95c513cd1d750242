"""`python -m verify`: exit codes, words and JSON."""

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from issuers.secure import serialize
from tests.builders import (
    BASE,
    NOW,
    make_authority,
    make_credential,
    make_did_document,
    make_issuer,
    make_lists,
)
from verify import __main__ as command
from verify.document import MAX_BYTES
from verify.trust import trust_document


class FixedClock(datetime):
    """The one clock of the command, held at NOW."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override] # the command always asks for UTC
        assert tz is UTC
        return NOW


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "datetime", FixedClock)
    monkeypatch.setattr(command, "DEFAULT_TRUST", tmp_path / "none.json")


@pytest.fixture
def credential(tmp_path: Path) -> str:
    path = tmp_path / "credential.json"
    path.write_bytes(make_credential())
    return str(path)


def trust_file(tmp_path: Path, *, expires: datetime = NOW + timedelta(days=1), revoked: tuple[int, ...] = ()) -> str:
    authority = make_authority()
    issuers = [(make_issuer(authority)[0], make_did_document(authority))]
    path = tmp_path / "trust.json"
    node = trust_document(BASE, NOW - timedelta(hours=1), expires, issuers, make_lists(authority, revoked=revoked))
    path.write_bytes(serialize(node))
    return str(path)


def test_genuine_and_in_force_is_0(credential: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([credential, "--trust", trust_file(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Genuine:      yes (signed-by-authority)" in said
    assert "In force:     yes (active)" in said
    assert "1 authorities" in said
    assert f"{BASE}/id/lic/lao-06480115/food-premises/12~2F2567" in said


def test_revoked_and_fake_are_1(credential: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([credential, "--trust", trust_file(tmp_path, revoked=(7,))]) == 1
    assert "In force:     NO (withdrawn)" in capsys.readouterr().out
    Path(credential).write_bytes(make_credential().replace(b"12/2567", b"12/2568"))
    assert command.main([credential, "--trust", trust_file(tmp_path)]) == 1
    assert "Genuine:      NO" in capsys.readouterr().out


def test_without_trust_data_nothing_is_fake(credential: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([credential]) == 2
    assert "could not be checked" in capsys.readouterr().out


NO_CREDENTIALS: dict[str, bytes] = {
    "nothing": b"",
    "a page": b"<!doctype html><title>502 Bad Gateway</title>",
    "a list": b"[]",
    "an object": b"{}",
    "half a credential": make_credential()[:-100],
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a paper": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a long paper": b"%PDF-1.7\n" + bytes(MAX_BYTES),
    "a number": "๑๒/๒๕๖๗".encode(),
    "keys": serialize(make_did_document(make_authority())),
    "a mark of UTF-16 and no more": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("raw", NO_CREDENTIALS.values(), ids=NO_CREDENTIALS)
def test_what_is_no_credential_is_2_and_never_not_genuine(
    raw: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "input"
    file.write_bytes(raw)
    assert command.main([str(file), "--trust", trust_file(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert "NO" not in said
    assert ("beyond-bounds" if len(raw) > MAX_BYTES else "not-a-credential") in said


def test_the_trust_data_itself_is_no_credential(tmp_path: Path) -> None:
    trust = trust_file(tmp_path)
    assert command.main([trust, "--trust", trust]) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_mark_before_the_text_changes_nothing(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "marked.json"
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    file.write_bytes(mark + make_credential().decode().encode(encoding))
    assert command.main([str(file), "--trust", trust_file(tmp_path)]) == 0


@pytest.mark.parametrize("missing", ["credential", "trust"])
def test_a_file_that_is_not_there_is_2(
    missing: str, credential: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "absent.json")
    arguments = [absent] if missing == "credential" else [credential, "--trust", absent]
    assert command.main(arguments) == 2
    assert "absent.json" in capsys.readouterr().err


def test_a_directory_is_2(tmp_path: Path) -> None:
    assert command.main([str(tmp_path)]) == 2


def test_expired_or_malformed_trust_data_is_2(
    credential: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = trust_file(tmp_path, expires=NOW - timedelta(seconds=1))
    assert command.main([credential, "--trust", old]) == 2
    assert "expired" in capsys.readouterr().err
    Path(old).write_bytes(b"{}")
    assert command.main([credential, "--trust", old]) == 2
    assert "trust data" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["http://example.org/x", "https://127.0.0.1/x", "file:///etc/passwd", "https://[::1"])
def test_an_address_that_is_not_fetched_is_2(url: str, credential: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([url]) == 2
    assert command.main([credential, "--trust", url]) == 2
    assert capsys.readouterr().err.count("verify:") == 2


def test_the_verdict_as_json(credential: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([credential, "--trust", trust_file(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["genuine"]["answer"] == found["inForce"]["answer"] == "yes"
    assert found["checkedAt"] == "2026-11-21T03:00:00Z"


def test_nothing_unproven_moves_the_cursor_or_hides(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = json.loads(make_credential())
    forged = "https://x.example/\u0085Genuine:   yes (signed-by-authority)\u009b2K\u202e"
    document["credentialSubject"]["id"] = forged
    file = tmp_path / "forged.json"
    file.write_bytes(serialize(document))
    assert command.main([str(file)]) != 0
    said = capsys.readouterr().out
    assert "\nGenuine:   yes" not in said
    assert said.isprintable() or all(sign.isprintable() or sign == "\n" for sign in said)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(make_credential())))
    assert command.main(["-", "--trust", trust_file(tmp_path)]) == 0


@pytest.mark.parametrize(
    "raw", [b'{"proof":1}', b'{"issuer":{}}', b'{"type":"VerifiableCredential"}', b'{"a":1,"a":2}']
)
def test_what_claims_to_be_a_credential_and_is_none_is_1(raw: bytes, credential: str, tmp_path: Path) -> None:
    Path(credential).write_bytes(raw)
    assert command.main([credential, "--trust", trust_file(tmp_path)]) == 1


def test_bad_arguments_are_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        command.main([])
    assert raised.value.code == 2
    assert "usage" in capsys.readouterr().err
