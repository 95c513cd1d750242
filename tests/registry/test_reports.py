"""A sign that does not match: told by anybody, without a name; read and closed by the authority, and by no other."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry import reports as queue
from registry.app import create_app
from registry.config import SettingInvalid, Settings
from registry.exchange.webhooks import new_webhook
from registry.intake.undo import undo_batch
from registry.places import EndpointBusy
from registry.register import Register
from registry.reports import (
    Mismatch,
    NoSuchReport,
    ReportClosed,
    ReportRefused,
    Told,
    close_report,
    receive_report,
    report,
    reports,
)
from registry.tables import DeliveryRow, SignReportContentRow, SignReportRow
from registry.tokens import TokenScope, new_token
from registry.web.counts import SharedCounts
from registry.web.limits import caller_of
from tests.registry.commands import Run
from tests.registry.sheets import photo, saved
from tests.registry.small import BASE, NOON, OFFICE, TOWN, find, iri, row, send, table_sizes

NUMBER = "1/2567"
PATH = f"/report/lic/{iri(NUMBER).tail}"
GPS = saved(Image.new("RGB", (60, 40), "red"), "JPEG", comment=b"SECRET")


@pytest.fixture
def told(register: Register) -> Register:
    send(register, row(NUMBER))
    return register


@pytest.fixture
def sqlite_told(sqlite_register: Register) -> Register:
    send(sqlite_register, row(NUMBER))
    return sqlite_register


def tell(client: FlaskClient, path: str = PATH, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    return client.post(f"{path}?lang=en", data=fields, headers=headers or {}, content_type="multipart/form-data")


@dataclass(frozen=True)
class Kept:
    """All columns of a report, and of what it says."""

    reference: str
    license_id: int
    wrong: str
    at: datetime
    text: str
    place: str
    photo: bytes | None


def rows(register: Register) -> list[Kept]:
    fact, content = SignReportRow, SignReportContentRow
    wanted = select(
        *(fact.reference, fact.license_id, fact.wrong, fact.at), *(content.text, content.place, content.photo)
    )
    with register.database.reading() as session:
        found = session.execute(wanted.join(content, content.report == fact.sequence).order_by(fact.sequence))
        return [Kept(*row) for row in found]


def bearer(register: Register, authority: str = TOWN, scope: TokenScope = TokenScope.REPORT) -> dict[str, str]:
    _, token = new_token(register, authority, [scope], register.now() + timedelta(days=1))
    return {"Authorization": f"Bearer {token}"}


# Telling


def test_the_form_is_about_the_licence_and_asks_for_no_name(sqlite_client: FlaskClient, sqlite_told: Register) -> None:
    page = sqlite_client.get(f"{PATH}?lang=en").text
    assert NUMBER in page
    assert "Pho Tak SAO" in page
    assert "Please give no names" in page
    names = set(re.findall(r'name="(\w+)"', page.partition("<main")[2])) - {"robots"}
    assert names == {"wrong", "text", "place", "photo", "website"}
    assert "noindex" in page
    assert sqlite_client.get(PATH.replace("1~2F", "9~2F")).status_code == 404
    assert sqlite_client.get("/report/lic/x").status_code == 404
    moved = sqlite_client.get(PATH.replace("~2F", "%2F"))
    assert (moved.status_code, moved.headers["Location"]) == (308, PATH)


def test_a_report_reaches_the_queue_of_the_authority(client: FlaskClient, told: Register) -> None:
    answer = tell(
        client,
        wrong=["address", "name", "nonsense"],
        text=" ป้ายนี้อยู่ที่ร้านอื่น\r\nคนละถนน ",
        place="ตลาดเช้า",
        photo=(BytesIO(GPS + b"SECRET"), "me at home.jpg"),
    )
    assert answer.status_code == 303
    (kept,) = rows(told)
    assert answer.headers["Location"] == f"/report/sent/{kept.reference}?lang=en"
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", kept.reference)
    assert (kept.wrong, kept.text, kept.place) == ("address name", "ป้ายนี้อยู่ที่ร้านอื่น\nคนละถนน", "ตลาดเช้า")
    assert (kept.license_id, kept.at) == (find(told, NUMBER).id, NOON)
    assert kept.photo is not None
    assert b"SECRET" not in kept.photo
    assert Image.open(BytesIO(kept.photo)).format == "JPEG"
    thanks = client.get(answer.headers["Location"])
    assert thanks.status_code == 200
    assert kept.reference in thanks.text
    assert "Pho Tak SAO" in thanks.text
    assert "ตลาดเช้า" not in thanks.text, "what was told is for the authority"
    assert client.get("/report/sent/AAAAA-AAAAA").status_code == 404


def test_nothing_of_who_tells_is_kept() -> None:
    assert {column.name for column in SignReportRow.__table__.columns} == {
        *("sequence", "reference", "authority_id", "license_id", "wrong", "at")
    }
    assert {column.name for column in SignReportContentRow.__table__.columns} == {"report", "text", "place", "photo"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Mark what does not match"),
        ({"wrong": "nonsense"}, "Mark what does not match"),
        ({"text": "x" * 1_001}, "too long"),
        ({"wrong": "code", "place": "x" * 301}, "too long"),
        ({"text": "a\x07b"}, "cannot be read"),
        ({"wrong": "code", "website": "https://spam.example"}, "leave it empty"),
        ({"wrong": "code", "photo": (b"GIF89a", "x.gif")}, "send a JPEG, PNG or WebP"),
        ({"wrong": "code", "photo": (b"<svg onload=alert(1)>", "x.jpg")}, "send a JPEG, PNG or WebP"),
        ({"wrong": "code", "photo": (b"%PDF-1.7", "x.jpg")}, "send a JPEG, PNG or WebP"),
        ({"wrong": "code", "photo": (photo("X" * 60)[:300], "x.png")}, "could not be read"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)
def test_what_is_not_taken_is_explained_and_kept_in_the_form(
    sqlite_client: FlaskClient, sqlite_told: Register, fields: dict[str, Any], says: str
) -> None:
    sent: dict[str, Any] = {
        name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in fields.items()
    }
    answer = tell(sqlite_client, **sent)
    assert answer.status_code == 400
    assert says in answer.text.partition('role="alert"')[2].partition("</p>")[0]
    assert ('value="code" checked' in answer.text) == (fields.get("wrong") == "code")
    assert rows(sqlite_told) == []


def test_a_photo_that_is_too_large_is_not_taken(
    sqlite_client: FlaskClient, sqlite_told: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.web.report.MAX_FILE_BYTES", 1_000)
    answer = tell(sqlite_client, wrong="code", photo=(BytesIO(b"\xff\xd8\xff" + b"\0" * 1_000), "x.jpg"))
    assert (answer.status_code, "too large" in answer.text) == (400, True)
    assert rows(sqlite_told) == []


def test_another_site_cannot_make_its_visitors_report(sqlite_client: FlaskClient, sqlite_told: Register) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 303), ("none", 303)):
        assert tell(sqlite_client, wrong="code", headers={"Sec-Fetch-Site": site}).status_code == status
    assert len(rows(sqlite_told)) == 2
    # What one could do at worst: reports, and nothing else.
    before = table_sizes(sqlite_told)
    tell(sqlite_client, wrong="code")
    after = table_sizes(sqlite_told)
    assert {name for name, size in after.items() if size != before[name]} == {*("sign_report", "sign_report_content")}


def test_who_sends_many_is_told_to_wait(sqlite_told: Register, tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {"REGISTRY_HOME": str(tmp_path), "REGISTRY_WORKERS": "1", "REGISTRY_REPORT_LIMIT": "2/hour"}
    )
    client = create_app(settings, sqlite_told).test_client()
    assert [tell(client, wrong="code").status_code for _ in range(3)] == [303, 303, 429]
    assert client.get(PATH).status_code == 200
    other = client.post(PATH, data={"wrong": "code"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 303


@pytest.mark.parametrize("error", [EndpointBusy("busy"), queue.QueueFull("full"), OSError("no power")])
def test_what_was_not_taken_by_our_fault_is_not_counted(
    sqlite_told: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    settings = Settings.from_environ(
        {"REGISTRY_HOME": str(tmp_path), "REGISTRY_WORKERS": "1", "REGISTRY_REPORT_LIMIT": "2/hour"}
    )
    client = create_app(settings, sqlite_told).test_client()

    def failing(*_: object) -> str:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("registry.web.report.receive_report", failing)
        assert {tell(client, wrong="code").status_code for _ in range(5)} <= {500, 503}
    # One that says nothing counts, and so does one that is taken.
    assert [tell(client).status_code, *(tell(client, wrong="code").status_code for _ in range(2))] == [400, 303, 429]


def test_what_was_typed_stands_in_the_form_again_whoever_refuses(sqlite_told: Register, tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {"REGISTRY_HOME": str(tmp_path), "REGISTRY_WORKERS": "1", "REGISTRY_REPORT_LIMIT": "1/hour"}
    )
    client = create_app(settings, sqlite_told).test_client()
    tell(client, wrong="code")
    refused = tell(client, wrong="code", text="ป้ายอยู่ผิดที่", place="ตลาดเช้า", photo=(BytesIO(GPS), "x.jpg"))
    assert refused.status_code == 429
    assert 'value="code" checked' in refused.text
    assert "ป้ายอยู่ผิดที่</textarea>" in refused.text
    assert 'value="ตลาดเช้า"' in refused.text
    said = refused.text.partition('role="alert"')[2].partition("</p>")[0]
    minutes = re.search(r"again in (\d+) minutes", said)
    assert minutes is not None
    assert 0 <= int(minutes[1]) * 60 - int(refused.headers["Retry-After"]) < 60
    assert "choose the photo again" in said


def test_a_full_queue_loses_nothing_that_was_typed(
    sqlite_client: FlaskClient, sqlite_told: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_OPEN", 0)
    refused = tell(sqlite_client, text="ป้ายอยู่ผิดที่")
    assert refused.status_code == 503
    assert "ป้ายอยู่ผิดที่</textarea>" in refused.text
    assert "Please tell it directly" in refused.text
    assert "choose the photo again" not in refused.text


def test_the_number_of_reports_holds_for_all_processes_together(sqlite_told: Register, tmp_path: Path) -> None:
    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path), "REGISTRY_REPORT_LIMIT": "2/hour"})
    counts = SharedCounts()
    clients = [create_app(settings, sqlite_told, counts).test_client() for _ in range(2)]
    assert [tell(clients[number % 2], wrong="code").status_code for number in range(4)] == [303, 303, 429, 429]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ร้าน\u00a0นี้\u3000ผิดที่", "ร้าน นี้ ผิดที่"),
        ("\ufeffร้าน\u200bนี้\u00ad\u200e", "ร้านนี้"),
        ("👩\u200d🔬 a\tb\r\nc\u2028d", "👩\u200d🔬 a\tb\nc\nd"),
    ],
    ids=["blanks", "unseen", "joined"],
)
def test_ordinary_text_is_taken_as_it_is_meant(
    sqlite_client: FlaskClient, sqlite_told: Register, typed: str, kept: str
) -> None:
    assert tell(sqlite_client, text=typed, place=typed).status_code == 303
    (row,) = rows(sqlite_told)
    assert (row.text, row.place) == (kept, kept)
    assert close_report(sqlite_told, row.reference, typed).reason == kept


@pytest.mark.parametrize("letter", ["\x07", "\x7f", "\ud800", "\u202e", "\u2066"])
def test_what_cannot_be_read_or_turns_a_text_round_is_refused(sqlite_told: Register, letter: str) -> None:
    with pytest.raises(ReportRefused):
        receive_report(sqlite_told, find(sqlite_told, NUMBER), Told(wrong=frozenset(), text=f"ก{letter}ข"))
    reference = receive_report(sqlite_told, find(sqlite_told, NUMBER), Told(wrong=frozenset({Mismatch.CODE})))
    with pytest.raises(ReportRefused):
        close_report(sqlite_told, reference, f"ก{letter}ข")


@pytest.mark.parametrize(("proxies", "statuses"), [("0", [303, 429, 429]), ("1", [303, 303, 429])])
def test_behind_a_proxy_each_visitor_counts_for_himself(
    sqlite_told: Register, tmp_path: Path, proxies: str, statuses: list[int]
) -> None:
    environ = {
        "REGISTRY_HOME": str(tmp_path),
        "REGISTRY_WORKERS": "1",
        "REGISTRY_REPORT_LIMIT": "1/hour",
        "REGISTRY_PROXIES": proxies,
    }
    client = create_app(Settings.from_environ(environ), sqlite_told).test_client()
    # What stands before the proxy's own word is the visitor's, who may say anything.
    sent = ("192.0.2.1", "192.0.2.2", "198.51.100.9, 192.0.2.2")
    found = [tell(client, wrong="code", headers={"X-Forwarded-For": each}).status_code for each in sent]
    assert found == statuses


def test_a_limit_that_is_none_is_refused(sqlite_register: Register, tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {"REGISTRY_HOME": str(tmp_path), "REGISTRY_WORKERS": "1", "REGISTRY_REPORT_LIMIT": "often"}
    )
    with pytest.raises(SettingInvalid, match="REGISTRY_REPORT_LIMIT"):
        create_app(settings, sqlite_register)


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("unix:", "unix:"),
        (None, ""),
    ],
)
def test_who_is_counted_as_one(address: str | None, who: str) -> None:
    assert caller_of(address) == who


def test_a_queue_does_not_grow_without_end(
    sqlite_client: FlaskClient, sqlite_told: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_OPEN", 2)
    references = [tell(sqlite_client, wrong="code").headers["Location"].rpartition("/")[2][:11] for _ in range(2)]
    full = tell(sqlite_client, wrong="code")
    assert full.status_code == 503
    assert "Please tell it directly" in full.text
    close_report(sqlite_told, references[0], "ตรวจแล้ว")
    assert tell(sqlite_client, wrong="code").status_code == 303


def test_of_what_is_shown_no_more_nothing_is_told(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    undo_batch(sqlite_register, send(sqlite_register, row(NUMBER)).batch)
    assert sqlite_client.get(PATH).status_code == 410
    assert tell(sqlite_client, wrong="code").status_code == 410
    assert rows(sqlite_register) == []


def test_the_authority_is_told_by_its_webhook(sqlite_client: FlaskClient, sqlite_told: Register) -> None:
    new_webhook(sqlite_told, TOWN, "https://agency.example/hook")
    new_webhook(sqlite_told, OFFICE, "https://office.example/hook")
    tell(sqlite_client, wrong=["code"], text="ข้อความ", place="ตลาด")
    with sqlite_told.database.reading() as session:
        (message,) = [json.loads(body) for body in session.scalars(select(DeliveryRow.body))]
    reference = rows(sqlite_told)[0].reference
    assert message["type"] == "report.received"
    assert message["data"] == {
        "report": reference,
        "authority": TOWN,
        "license": str(iri(NUMBER)),
        "wrong": ["code"],
        "photo": False,
        "link": f"{BASE}/api/v1/reports/{reference}",
    }


# Reading and closing


def test_a_report_is_closed_once_and_with_a_reason(told: Register) -> None:
    reference = receive_report(told, find(told, NUMBER), Told(wrong=frozenset({Mismatch.CODE})))
    for reason in ("", "  ", "x" * 1_001, "a\x00b"):
        with pytest.raises(ReportRefused):
            close_report(told, reference, reason)
    closed = close_report(told, reference, " ตรวจแล้ว ")
    assert (closed.reason, closed.closed_at) == ("ตรวจแล้ว", NOON)
    with pytest.raises(ReportClosed):
        close_report(told, reference, "อีกครั้ง")
    assert reports(told) == []
    assert [each.reference for each in reports(told, is_open=False)] == [reference]
    assert report(told, reference).reason == "ตรวจแล้ว"
    with pytest.raises(NoSuchReport):
        close_report(told, "AAAAA-AAAAA", "x")
    for empty in (Told(wrong=frozenset()), Told(wrong=frozenset({Mismatch.CODE}), text="\x00")):
        with pytest.raises(ReportRefused):
            receive_report(told, find(told, NUMBER), empty)


def test_the_queue_is_read_and_closed_by_api(client: FlaskClient, told: Register) -> None:
    tell(client, wrong=["code", "dates"], text="ข้อความ", place="ตลาด", photo=(BytesIO(GPS), "x.jpg"))
    tell(client, wrong=["other"])
    headers = bearer(told)
    page = client.get("/api/v1/reports", headers=headers).get_json()
    assert page["next"] is None
    first, second = page["items"]
    assert first == {
        "reference": first["reference"],
        "at": "2026-11-21T05:00:00Z",
        "license": str(iri(NUMBER)),
        "number": NUMBER,
        "wrong": ["code", "dates"],
        "text": "ข้อความ",
        "place": "ตลาด",
        "photo": f"{BASE}/api/v1/reports/{first['reference']}/photo",
        "closed_at": None,
        "reason": "",
        "erased": None,
    }
    assert second["photo"] is None
    own = f"/api/v1/reports/{first['reference']}"
    assert client.get(own, headers=headers).get_json() == first
    picture = client.get(f"{own}/photo", headers=headers)
    assert (picture.content_type, picture.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert picture.data == rows(told)[0].photo
    assert client.get(f"/api/v1/reports/{second['reference']}/photo", headers=headers).status_code == 404
    closed = client.post(f"{own}/close", json={"reason": "ตรวจแล้ว"}, headers=headers)
    assert (closed.status_code, closed.get_json()["reason"]) == (200, "ตรวจแล้ว")
    again = client.post(f"{own}/close", json={"reason": "ตรวจแล้ว"}, headers=headers)
    assert (again.status_code, again.get_json()["type"]) == (409, "/problems/report-closed")

    def listed(state: str) -> list[str]:
        answer = client.get(f"/api/v1/reports?state={state}", headers=headers).get_json()
        return [each["reference"] for each in answer["items"]]

    assert listed("open") == [second["reference"]]
    assert listed("closed") == [first["reference"]]
    assert listed("all") == [first["reference"], second["reference"]]


def test_the_queue_goes_on_page_by_page(
    sqlite_client: FlaskClient, sqlite_told: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.web.api_reports.PAGE", 2)
    sent = [
        receive_report(sqlite_told, find(sqlite_told, NUMBER), Told(wrong=frozenset({Mismatch.CODE}))) for _ in range(5)
    ]
    headers, found, path = bearer(sqlite_told), [], "/api/v1/reports"
    while path:
        page = sqlite_client.get(path, headers=headers).get_json()
        found += [each["reference"] for each in page["items"]]
        path = (page["next"] or "").removeprefix(BASE)
    assert found == sent


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/reports?state=x", None, 400),
        ("GET", "/api/v1/reports?after=x", None, 400),
        ("GET", "/api/v1/reports/AAAAA-AAAAA", None, 404),
        ("POST", "/api/v1/reports/AAAAA-AAAAA/close", {"reason": "x"}, 404),
        ("POST", "/api/v1/reports/AAAAA-AAAAA/close", {"reason": 1}, 400),
        ("POST", "/api/v1/reports/AAAAA-AAAAA/close", {"reason": "x", "more": 1}, 400),
        ("POST", "/api/v1/reports/AAAAA-AAAAA/close", {"reason": " "}, 422),
        ("POST", "/api/v1/reports/AAAAA-AAAAA/close", [], 400),
    ],
)
def test_bad_questions_about_reports_are_problems(
    sqlite_client: FlaskClient, sqlite_told: Register, method: str, path: str, body: Any, status: int
) -> None:
    answer = sqlite_client.open(path, method=method, json=body, headers=bearer(sqlite_told))
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


READING = ("/api/v1/reports/{}", "/api/v1/reports/{}/photo")


def test_no_other_authority_reads_or_closes_a_report(client: FlaskClient, told: Register) -> None:
    tell(client, wrong="code", text="ข้อความ", photo=(BytesIO(GPS), "x.jpg"))
    (kept,) = rows(told)
    other = bearer(told, OFFICE)
    assert client.get("/api/v1/reports?state=all", headers=other).get_json() == {"items": [], "next": None}
    for path in READING:
        assert client.get(path.format(kept.reference), headers=other).status_code == 404
    closed = client.post(f"/api/v1/reports/{kept.reference}/close", json={"reason": "x"}, headers=other)
    assert closed.status_code == 404
    assert reports(told, is_open=False) == []
    for scope in TokenScope:
        headers = bearer(told, TOWN, scope)
        for path in ("/api/v1/reports", *READING):
            expected = 200 if scope is TokenScope.REPORT else 403
            assert client.get(path.format(kept.reference), headers=headers).status_code == expected
    for path in ("/api/v1/reports", *READING):
        assert client.get(path.format(kept.reference)).status_code == 401


def test_the_queue_is_read_and_closed_by_commands(ready: Run, tmp_path: Path) -> None:
    from registry.cli.opening import opened

    register = opened()
    with register.database.reading() as session:
        (record,) = register.store(session).records([1])
    jpeg = saved(Image.new("RGB", (8, 8)), "JPEG")
    told = Told(wrong=frozenset({Mismatch.CODE}), text="หนึ่ง\nสอง", place="ตลาด", photo=jpeg)
    reference = receive_report(register, record, told)
    register.database.close()
    assert (listed := ready("reports", "list"))[0] == 0
    assert reference in listed[1]
    assert "code  photo" in listed[1]
    shown = ready("reports", "show", reference)[1]
    for said in (record.license.number, "หนึ่ง / สอง", "ตลาด", f"reports photo {reference}"):
        assert said in shown
    assert ready("reports", "photo", reference, "-o", str(tmp_path / "p.jpg"))[0] == 0
    assert (tmp_path / "p.jpg").read_bytes() == jpeg
    assert ready("reports", "close", reference, "--reason", "ตรวจแล้ว") == (0, f"{reference} is closed\n", "")
    assert ready("reports", "list")[1] == ""
    assert "closed" in ready("reports", "list", "--all")[1]
    assert "ตรวจแล้ว" in ready("reports", "show", reference)[1]
    code, _, error = ready("reports", "close", reference, "--reason", "x")
    assert (code, "closed before" in error) == (2, True)
    assert ready("reports", "show", "AAAAA-AAAAA")[0] == 2
