"""`python -m verify`: exit codes, words and JSON."""

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from issuers.controller import PublishedKey, did_document
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
from tests.codes import ADDRESS, CHECK_ID, ONE, REVOKED, code, code_signer, compact, ed25519, issuer
from tests.packs import KEY, MADE, OTHER_KEY, contents, handed_over, packed, written
from verify import __main__ as command
from verify.document import MAX_BYTES
from verify.manifest import fingerprint
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


def pack_file(tmp_path: Path, **changed: Any) -> str:
    path = tmp_path / "inspector.pack"
    path.write_bytes(written(None, **changed)[2])
    return str(path)


def said_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    done = command.main(arguments)
    told = capsys.readouterr()
    return done, told.out + told.err


def test_a_code_is_checked_with_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done, said = said_of([code(), "--pack", pack_file(tmp_path)], capsys)
    assert done == 0
    assert "In force:     yes (active)" in said
    assert "On its face:  licenseNumber 12/2567; licensee" in said
    assert f"signed by the key {fingerprint(ed25519(KEY))}" in said
    assert "OLD" not in said
    done, said = said_of([code(compact(status=REVOKED)), "--pack", pack_file(tmp_path)], capsys)
    assert (done, "In force:     NO (withdrawn)" in said) == (1, True)


def test_a_code_is_read_from_a_file_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = pack_file(tmp_path)
    text = tmp_path / "code.txt"
    text.write_text(f"{code()}\r\n")
    assert said_of([str(text), "--pack", pack], capsys)[0] == 0
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"\xef\xbb\xbf" + code().encode())))
    assert said_of(["-", "--pack", pack], capsys)[0] == 0


def test_a_code_is_checked_with_trust_data_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trust.json"
    published = did_document(
        ONE.did,
        [PublishedKey(public_multibase=signer.public_multibase) for signer in (make_authority().signer, code_signer())],
    )
    node = trust_document(
        BASE, NOW - timedelta(hours=1), NOW + timedelta(days=1), [(issuer(), published)], make_lists(make_authority())
    )
    path.write_bytes(serialize(node))
    done, said = said_of([code(), "--trust", str(path)], capsys)
    assert (done, "In force:     yes (active)" in said) == (0, True)
    done, said = said_of([code(None, code_signer(ONE, "stranger")), "--trust", str(path)], capsys)
    assert (done, "could not be checked (key-unknown)" in said) == (2, True)


def test_an_address_of_a_code_is_never_fetched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = pack_file(tmp_path)
    # No socket is opened: tests would not let it.
    done, said = said_of([ADDRESS.lower(), "--pack", pack], capsys)
    assert (done, "could not be checked (no-digits)" in said) == (2, True)
    done, said = said_of([ADDRESS.replace(CHECK_ID, "0" * 26), "--pack", pack], capsys)
    assert (done, "could not be checked (not-issued)" in said) == (2, True)
    foreign = f"HTTPS://EVIL.EXAMPLE/C/{CHECK_ID}#1"
    done, said = said_of([foreign, "--pack", pack], capsys)
    assert (done, "HTTPS://EVIL.EXAMPLE, which is no register" in said) == (1, True)
    assert said_of([code()], capsys)[0] == 2, "nothing is trusted without trust data"


def test_old_data_is_called_old_and_the_verdict_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Later(FixedClock):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return NOW + timedelta(hours=30)

    monkeypatch.setattr(command, "datetime", Later)
    done, said = said_of([code(), "--pack", pack_file(tmp_path)], capsys)
    assert done == 0
    assert "OLD:          status as of 2026-11-21T" in said
    assert "31 hours old" in said


def test_the_pack_says_how_old_its_bits_are_and_not_their_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "inspector.pack"
    path.write_bytes(written(contents(made=NOW - timedelta(hours=30)), made=NOW - timedelta(hours=23))[2])
    done, said = said_of([code(), "--pack", str(path)], capsys)
    assert (done, "OLD" in said) == (0, False)
    assert "As of:        2026-11-19T" in said
    path.write_bytes(written(contents(made=NOW - timedelta(hours=30)), made=NOW - timedelta(hours=25))[2])
    assert "25 hours old" in said_of([code(), "--pack", str(path)], capsys)[1]


@pytest.mark.parametrize("source", ["--pack", "--trust"])
def test_standard_input_is_one_thing(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        command.main(["-", source, "-"])
    assert raised.value.code == 2
    assert "standard input holds one thing" in capsys.readouterr().err


def test_a_pack_that_cannot_be_used_checks_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expired = pack_file(tmp_path, expires=NOW)
    Path(expired).write_bytes(Path(expired).read_bytes()[:-1])
    assert said_of([code(), "--pack", expired], capsys) == (
        2,
        "verify: the file is not as packs are written: it was cut off\n",
    )
    other = ["--pack-key", "0000 0000 0000 0000 0000 0000 0000 0000"]
    done, said = said_of([code(), "--pack", pack_file(tmp_path), *other], capsys)
    assert (done, "signed by another key" in said) == (2, True)
    right = ["--pack-key", fingerprint(ed25519(KEY))]
    assert said_of([code(), "--pack", pack_file(tmp_path), *right], capsys)[0] == 0
    # Of another key, to which the expected one handed over: the newer one is told.
    newer = pack_file(tmp_path, key=OTHER_KEY, handovers=handed_over(KEY, OTHER_KEY))
    done, said = said_of([code(), "--pack", newer, *right], capsys)
    assert done == 0
    assert f"signed by the key {fingerprint(ed25519(OTHER_KEY))}, to which the one that you expect handed over" in said
    assert "handed over" not in said_of([code(), "--pack", newer], capsys)[1]


def test_a_credential_is_checked_with_a_pack_too(
    credential: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done, said = said_of([credential, "--pack", pack_file(tmp_path)], capsys)
    assert (done, "In force:     yes (active)" in said) == (0, True)
    path = tmp_path / "codes-only.pack"
    path.write_bytes(written(contents(keys=[packed(ONE)]))[2])
    done, said = said_of([credential, "--pack", str(path)], capsys)
    assert (done, "could not be checked (key-unknown)" in said) == (2, True)


@pytest.mark.parametrize("told", ["", " ", "zz", "0000 0000", f"{'0' * 32}0"])
def test_a_key_of_a_pack_that_is_no_fingerprint_is_2(
    told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        command.main([code(), "--pack", pack_file(tmp_path), "--pack-key", told])
    assert raised.value.code == 2
    assert "a fingerprint has 32 hexadecimal digits" in capsys.readouterr().err


@pytest.mark.parametrize("source", [[], ["--trust", "trust.json"]])
def test_a_key_of_a_pack_without_a_pack_is_2(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        command.main([code(), *source, "--pack-key", fingerprint(ed25519(KEY))])
    assert raised.value.code == 2
    assert "--pack-key says which --pack to take" in capsys.readouterr().err


def test_a_clock_that_is_behind_the_pack_blames_no_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = pack_file(tmp_path)
    # The licence began a day before; by a clock of the year before it would be to come.
    for behind, expected in ((timedelta(minutes=4), 0), (timedelta(days=400), 2)):
        clock = type("Behind", (FixedClock,), {"now": classmethod(lambda cls, tz=None, at=MADE - behind: at)})
        monkeypatch.setattr(command, "datetime", clock)
        done, said = said_of([code(), "--pack", pack], capsys)
        assert done == expected
        assert ("clock is wrong" in said) == (expected == 2)
        assert "pending" not in said
