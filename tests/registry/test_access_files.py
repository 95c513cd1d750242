"""PDFs that authorities upload: only what shows something is kept, once, and shown as long as a public licence leads to it."""

import base64
import hashlib
import io
import os
import threading
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from pikepdf import Dictionary, Encryption
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from registry.access import files as module
from registry.access.files import Files, QuotaExceeded, clear, upload, withdraw_file
from registry.access.links import By
from registry.access.pdf.scanning import FileRefused, require_only_shown
from registry.intake.undo import undo_batch
from registry.register import Register
from registry.tables import AccessFileRow, LicenseAccessRow
from tests.registry.commands import Run
from tests.registry.office import problem
from tests.registry.pdfs import ACTIVE, active, bytes_of, good, plain
from tests.registry.public import check_entries
from tests.registry.pushing import System
from tests.registry.small import BASE, DEPARTMENT, FOOD, TOWN, Clock, find, iri, row, send

API = f"/api/v1/files/{TOWN}/{FOOD}/1~2F2567"
LINKS = API.replace("/files/", "/access/")
PERSON = {"licensee": "นายกฤษณพงศ์ วรรณสมบูรณ์", "juristic_id": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files of `client` are."""
    return tmp_path / "files"


@pytest.fixture
def kept(folder: Path) -> Files:
    return Files(folder, 1 << 30)


def put(system: System, body: bytes, path: str = API, media: str = "application/pdf") -> TestResponse:
    return system.client.put(path, data=body, headers=system.headers, content_type=media)


def address(body: bytes) -> str:
    return f"/file/{hashlib.sha256(body).hexdigest()}.pdf"


def get(client: FlaskClient, path: str, **headers: str) -> tuple[int, bytes, Headers]:
    """Status, body and header fields of what is at an address; nothing of it stays open."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.get(path, headers=sent) as answer:
        return answer.status_code, answer.data, answer.headers


def on_disk(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "lock")


# Looking through


def scan(body: bytes, folder: Path) -> None:
    file = folder / "x.pdf"
    file.write_bytes(body)
    require_only_shown(file)


def test_what_only_shows_something_passes(tmp_path: Path) -> None:
    scan(good(), tmp_path)
    scan(bytes_of(plain(), object_stream_mode=pikepdf.ObjectStreamMode.generate), tmp_path)
    scan(bytes_of(plain(), linearize=True), tmp_path)


@pytest.mark.parametrize("name", ACTIVE)
def test_what_is_active_is_found_and_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match="print it to PDF anew") as raised:
        scan(active(name), tmp_path)
    assert any(ACTIVE[name][1] in each["what"] for each in raised.value.extra["found"]), raised.value
    assert all(each["object"].isdecimal() for each in raised.value.extra["found"])


def test_a_name_that_is_written_otherwise_is_the_same_name(tmp_path: Path) -> None:
    pdf = plain()
    pdf.Root.OpenAction = Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("xxxx"))
    # As long as before, so that the table of objects still holds.
    body = bytes_of(pdf).replace(b"/JS (xxxx) /S /JavaScript", b"/JS (xx) /S /J#61vaScript")
    assert b"/J#61vaScript" in body
    with pytest.raises(FileRefused, match="JavaScript"):
        scan(body, tmp_path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "does not begin"),
        (b"<html><script>alert(1)</script></html>", "does not begin"),
        (b"PK\3\4" + good(), "does not begin"),
        (good() + b"<script>alert(1)</script>", "does not end"),
        (good()[:200], "does not end"),
        (b"%PDF-1.7\n%%EOF", "damaged"),
        (good().replace(b"xref", b"xrxf"), "damaged"),
        (bytes_of(plain(), encryption=Encryption(owner="a", user="b")), "password"),
        (bytes_of(plain(), encryption=Encryption(owner="a", user="")), "password"),
        (bytes_of(pikepdf.Pdf.new()), "no pages"),
    ],
    ids=[
        "empty",
        "page",
        "polyglot",
        "with a tail",
        "cut off",
        "nothing",
        "damaged",
        "encrypted",
        "protected",
        "no pages",
    ],
)
def test_what_cannot_be_looked_through_whole_is_refused(tmp_path: Path, body: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        scan(body, tmp_path)


def test_a_file_that_is_made_to_be_too_much_is_refused_within_limits(tmp_path: Path) -> None:
    """Arrays in arrays, a million deep; and a stream of objects that unpacks to gigabytes."""
    deep = b"%PDF-1.7\n1 0 obj\n" + b"[" * 1_000_000 + b"\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"
    with pytest.raises(FileRefused):
        scan(deep, tmp_path)
    pdf = plain()
    pdf.Root[pikepdf.Name("/X")] = pdf.make_indirect(pikepdf.Array([pikepdf.Array([])] * 150_000))
    scan(bytes_of(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate), tmp_path)


# Uploading


def test_an_authority_uploads_the_document_of_its_licence(
    register: Register, client: FlaskClient, folder: Path
) -> None:
    send(register, row("1/2567"))
    system, body = System(client, register), good()
    answer = put(system, body)
    assert answer.status_code == 200, answer.text
    (link,) = answer.get_json()["links"]
    sha256 = hashlib.sha256(body).digest()
    assert link == {
        "id": f"{iri('1/2567')}#access-1",
        "origin": "file",
        "rights": "public",
        "download_url": BASE + address(body),
        "media_type": "application/pdf",
        "digest": f"sha256-{base64.b64encode(sha256).decode()}",
        "size": len(body),
        "since": "2026-11-21T05:00:00Z",
    }
    assert on_disk(folder) == [address(body).rpartition("/")[2]]
    assert put(system, body).get_json() == answer.get_json()
    node = client.get(f"/doc/jsonld/lic/{iri('1/2567').tail}").get_json(force=True)
    (told,) = node["licenseAccess"]
    assert (told["byteSize"], told["retrieved"]) == (str(len(body)), "2026-11-21T05:00:00Z")
    page = client.get(f"/doc/html/lic/{iri('1/2567').tail}?lang=en").text
    assert "Kept here as" in page
    for word in ("<iframe", "<embed", "<object data"):
        assert word not in page, "never inlined"
    check_entries(register)


def test_it_is_served_to_be_downloaded_and_never_run(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    send(sqlite_register, row("1/2567"))
    body = good()
    put(System(sqlite_client, sqlite_register), body)
    status, data, headers = get(sqlite_client, address(body))
    assert (status, data, headers["Content-Type"]) == (200, body, "application/pdf")
    plain_name = 'attachment; filename="license-food-premises-1-2567.pdf"; filename*=UTF-8'
    assert headers["Content-Disposition"].startswith(f"{plain_name}''")
    assert "%E0%B9%83%E0%B8%9A%E0%B8%AD%E0%B8%99%E0%B8%B8%E0%B8%8D" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["ETag"] == f'"{hashlib.sha256(body).hexdigest()}"'
    assert headers["Cache-Control"] == "public, max-age=86400, immutable"
    assert "Access-Control-Allow-Origin" not in headers
    assert get(sqlite_client, address(body), If_None_Match=headers["ETag"])[0] == 304
    assert get(sqlite_client, address(body), Range="bytes=5-9")[:2] == (206, body[5:10])
    assert get(sqlite_client, address(body), Range="bytes=0-1,3-4")[0] == 200
    with sqlite_client.head(address(body)) as head:
        assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(body)))
    for other in ("/file/x.pdf", f"/file/{'0' * 64}.pdf", f"/file/{'A' * 64}.pdf", "/file/..%2f..%2fkek.pdf"):
        assert get(sqlite_client, other)[0] == 404, other


def test_the_file_name_is_the_licences_own_whatever_it_has(
    sqlite_register: Register, sqlite_client: FlaskClient
) -> None:
    send(sqlite_register, row('กท."; x=\\1/2567'))
    named = find(sqlite_register, iri('กท."; x=\\1/2567')).license.iri
    body = good()
    put(System(sqlite_client, sqlite_register), body, f"/api/v1/files/{named.tail}")
    value = get(sqlite_client, address(body))[2]["Content-Disposition"]
    assert value.count('"') == 2
    assert "\\" not in value
    assert value.isascii()


def test_the_same_bytes_are_kept_once_and_as_long_as_anybody_leads_to_them(
    register: Register, client: FlaskClient, folder: Path
) -> None:
    send(register, row("1/2567"), row("2/2567"))
    system, body, second = System(client, register), good(), API.replace("1~2F", "2~2F")
    put(system, body)
    put(system, body, second)
    assert len(on_disk(folder)) == 1
    assert client.delete(API, headers=system.headers).get_json()["links"] == []
    assert get(client, address(body))[0] == 200, "the other licence still leads to it"
    assert client.delete(second, headers=system.headers).status_code == 200
    problem(client.get(address(body)), 410, "file-withdrawn")
    assert on_disk(folder) == []
    put(system, body)
    assert get(client, address(body))[0] == 200, "uploaded again, it is there again"


def test_another_file_takes_the_place_of_the_one_before(register: Register, client: FlaskClient, folder: Path) -> None:
    send(register, row("1/2567"))
    system = System(client, register)
    put(system, good())
    put(system, good("another"))
    assert get(client, address(good()))[0] == 410
    assert get(client, address(good("another")))[0] == 200
    assert len(on_disk(folder)) == 1


def test_the_file_of_a_withdrawn_licence_is_shown_no_more(register: Register, client: FlaskClient) -> None:
    report = send(register, row("1/2567"))
    put(System(client, register), good())
    undo_batch(register, report.batch)
    assert get(client, address(good()))[0] == 410
    send(register, row("1/2567"))
    assert get(client, address(good()))[0] == 200


@pytest.mark.parametrize("name", ["script when opened", "attached"])
def test_what_is_active_is_kept_nowhere(
    sqlite_register: Register, sqlite_client: FlaskClient, folder: Path, name: str
) -> None:
    send(sqlite_register, row("1/2567"))
    answer = problem(put(System(sqlite_client, sqlite_register), active(name)), 422, "file-refused")
    assert answer["found"]
    assert on_disk(folder) == []


def test_the_limits_of_an_upload(
    sqlite_register: Register, sqlite_client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(sqlite_register, row("1/2567"))
    system = System(sqlite_client, sqlite_register)
    assert put(system, good(), media="text/html").status_code == 415
    assert put(system, good() + b" " * (21 << 20)).status_code == 413
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 100)
    problem(put(system, good()), 422, "file-refused")
    assert put(system, good(), f"{API}?redacted=yes").status_code == 400
    assert on_disk(folder) == []
    problem(put(System(sqlite_client, sqlite_register, DEPARTMENT), good()), 403, "not-permitted")
    assert sqlite_client.put(API, data=good(), content_type="application/pdf").status_code == 401


def test_an_authority_has_so_much_room_and_no_more(register: Register, folder: Path) -> None:
    send(register, row("1/2567"), row("2/2567"))
    size = len(good())
    files = Files(folder, size + 100)
    upload(register, files, iri("1/2567"), io.BytesIO(good()), By())
    upload(register, files, iri("2/2567"), io.BytesIO(good()), By())
    with pytest.raises(QuotaExceeded, match="withdraw some"):
        upload(register, files, iri("2/2567"), io.BytesIO(good("another")), By())
    assert len(on_disk(folder)) == 1
    withdraw_file(register, files, iri("1/2567"), By())
    upload(register, files, iri("2/2567"), io.BytesIO(good("another")), By())
    assert len(on_disk(folder)) == 1


# What is not disclosed


def test_a_document_of_a_person_is_kept_only_where_it_is_said_to_hide_what_is_hidden(
    register: Register, client: FlaskClient, folder: Path
) -> None:
    send(register, row("1/2567", **PERSON))
    system = System(client, register)
    problem(put(system, good()), 422, "file-not-redacted")
    assert on_disk(folder) == []
    assert put(system, good(), f"{API}?redacted=1").status_code == 200
    assert get(client, address(good()))[0] == 200


def test_a_file_disappears_when_the_licence_gets_something_to_hide(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    put(System(client, register), good())
    send(register, row("1/2567", **PERSON))
    assert get(client, address(good()))[0] == 410
    assert client.get(LINKS).get_json()["links"] == []


# Crashes and others at the same time


def test_a_crash_before_the_end_leaves_nothing_that_is_led_to(
    register: Register, kept: Files, folder: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    send(register, row("1/2567"))

    def crash(*_: Any) -> None:
        raise OSError("no space left on device")

    for name in ("put", "path"):
        monkeypatch.setattr(Files, name, crash)
        with pytest.raises(OSError, match="no space"):
            upload(register, kept, iri("1/2567"), io.BytesIO(good()), By())
        monkeypatch.undo()
    with register.database.reading() as session:
        assert session.scalars(select(AccessFileRow)).all() == []
        assert session.scalars(select(LicenseAccessRow)).all() == []
    assert on_disk(folder) == []


def test_what_a_killed_upload_left_is_cleared_away(sqlite_register: Register, kept: Files, folder: Path) -> None:
    (folder / "incoming").mkdir(parents=True)
    old, new = folder / "incoming" / "old", folder / "incoming" / "new"
    for path in (old, new):
        path.write_bytes(b"%PDF")
    os.utime(old, (1, 1))
    clear(sqlite_register, kept)
    assert on_disk(folder) == ["new"]


def test_two_uploads_at_a_time_leave_one_of_both(register: Register, kept: Files, folder: Path) -> None:
    send(register, row("1/2567"))
    bodies = [good(), good("another")]
    threads = [
        threading.Thread(target=upload, args=(register, kept, iri("1/2567"), io.BytesIO(body), By())) for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with register.database.reading() as session:
        (row_of_link,) = session.scalars(select(LicenseAccessRow)).all()
        assert on_disk(folder) == [f"{row_of_link.file_sha256}.pdf"]


def test_a_file_whose_bytes_are_gone_is_a_fault_of_ours(
    sqlite_register: Register, sqlite_client: FlaskClient, folder: Path
) -> None:
    send(sqlite_register, row("1/2567"))
    put(System(sqlite_client, sqlite_register), good())
    next(folder.glob("*/*.pdf")).unlink()
    assert get(sqlite_client, address(good()))[0] == 503


def test_commands_upload_and_remove(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(good())
    (tmp_path / "bad.pdf").write_bytes(active("script when opened"))
    code, output, errors = ready("access", "upload", "1/2567", "good.pdf")
    assert (code, errors) == (0, "")
    assert address(good()) in output
    code, _output, errors = ready("access", "upload", "1/2567", "bad.pdf")
    assert code == 2
    assert "JavaScript" in errors
    assert "in object" in errors
    assert address(good()) not in ready("access", "remove", "1/2567")[1]
    assert on_disk(tmp_path / "home" / "files") == []
    assert ready("access", "clear")[1] == "0 files removed\n"
