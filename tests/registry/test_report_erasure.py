"""What people wrote and photographed is gone for good when it must be; that they reported, and who had it erased, stays."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from registry.app import create_app
from registry.config import Settings
from registry.database import MIGRATIONS, Database
from registry.register import Register
from registry.report_erasure import erase_closed_before, erase_overdue, erase_report, is_purged
from registry.reports import (
    Eraser,
    Erasure,
    Mismatch,
    NoSuchReport,
    ReportRefused,
    Told,
    close_report,
    receive_report,
    report,
    report_photo,
    reports,
)
from registry.tables import SignReportContentRow, SignReportErasureRow
from registry.tokens import TokenScope, new_token
from tests.registry.commands import Run
from tests.registry.small import NOON, OFFICE, TOWN, Clock, find, iri, row, send, table_sizes

NUMBER = "1/2567"
SECRET = "พยานชื่อสมชายลับมาก"
PHOTO = b"\xff\xd8\xff" + b"SECRETPHOTO" * 20_000
"""Larger than a page of either database."""


@pytest.fixture
def told(register: Register) -> Register:
    send(register, row(NUMBER))
    return register


@pytest.fixture
def sqlite_told(sqlite_register: Register) -> Register:
    send(sqlite_register, row(NUMBER))
    return sqlite_register


def tell(register: Register, photo: bytes | None = PHOTO) -> str:
    what = Told(wrong=frozenset({Mismatch.CODE}), text=SECRET, place=f"บ้าน{SECRET}", photo=photo)
    return receive_report(register, find(register, NUMBER), what)


def stored(register: Register) -> list[str]:
    """All rows about reports, with all that stands in them."""
    tables = ("sign_report", "sign_report_content", "sign_report_closing", "sign_report_erasure", "delivery")
    with register.database.reading() as session:
        return [repr(each) for name in tables for each in session.execute(text(f"SELECT * FROM {name}"))]


def lies_in(folder: Path) -> bool:
    """Whether a byte of what was told lies in a file."""
    files = [each.read_bytes() for each in folder.rglob("*") if each.is_file()]
    return any(SECRET.encode() in each or b"SECRETPHOTO" in each for each in files)


def bearer(register: Register, authority: str = TOWN) -> dict[str, str]:
    _, token = new_token(register, authority, [TokenScope.REPORT], register.now() + timedelta(days=1))
    return {"Authorization": f"Bearer {token}"}


def test_what_was_written_goes_and_that_it_was_stays(told: Register) -> None:
    reference, other = tell(told), tell(told)
    close_report(told, reference, "ตรวจแล้ว")
    erased = erase_report(told, reference, " เจ้าของข้อมูลขอ ")
    assert (erased.text, erased.place, erased.has_photo) == ("", "", False)
    assert erased.erased == Erasure(NOON, Eraser.COMMAND, "เจ้าของข้อมูลขอ")
    assert (erased.reference, erased.number, erased.wrong) == (reference, NUMBER, (Mismatch.CODE,))
    assert (erased.at, erased.closed_at, erased.reason) == (NOON, NOON, "ตรวจแล้ว")
    assert report(told, reference) == erased
    assert [each.erased for each in reports(told, is_open=None)] == [erased.erased, None]
    with pytest.raises(NoSuchReport):
        report_photo(told, reference)
    assert report(told, other).text == SECRET
    assert sum(SECRET in each for each in stored(told)) == 1
    assert report_photo(told, other) == PHOTO


def test_a_second_erasure_changes_nothing(told: Register, clock: Clock) -> None:
    reference = tell(told)
    first = erase_report(told, reference, "หนึ่ง")
    before = stored(told)
    clock.now = NOON + timedelta(days=1)
    assert erase_report(told, reference, "สอง") == first
    assert erase_closed_before(told, clock.now, "สาม") == 0
    assert stored(told) == before


def test_an_open_report_stays_open(told: Register) -> None:
    reference = tell(told)
    erase_report(told, reference, "ขอ")
    assert [each.reference for each in reports(told)] == [reference]
    closed = close_report(told, reference, "ตรวจแล้ว")
    assert closed.erased is not None
    assert reports(told) == []


def test_what_was_closed_long_ago_goes_and_nothing_else(told: Register, clock: Clock) -> None:
    old, new, waiting = tell(told), tell(told), tell(told)
    close_report(told, old, "ตรวจแล้ว")
    clock.now = NOON + timedelta(days=10)
    close_report(told, new, "ตรวจแล้ว")
    assert erase_overdue(told, 10) == 0
    clock.now += timedelta(seconds=1)
    assert erase_overdue(told, 10) == 1
    assert report(told, old).erased == Erasure(clock.now, Eraser.TERM, "closed more than 10 days ago")
    assert erase_overdue(told, 10) == 0
    clock.now = NOON + timedelta(days=9_999)
    assert erase_closed_before(told, NOON + timedelta(days=10), "พ้นกำหนด") == 0
    assert erase_closed_before(told, clock.now, "พ้นกำหนด", OFFICE) == 0
    assert erase_closed_before(told, clock.now, "พ้นกำหนด", TOWN) == 1
    assert report(told, new).erased == Erasure(clock.now, Eraser.COMMAND, "พ้นกำหนด")
    assert report(told, waiting).text == SECRET


def test_where_nothing_is_due_nothing_is_written(told: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    close_report(told, tell(told), "ตรวจแล้ว")
    monkeypatch.setattr(Database, "writing", lambda _: pytest.fail("it was written"))
    assert erase_overdue(told, 10) == 0


def test_without_a_reason_or_by_another_authority_nothing_is_erased(told: Register) -> None:
    reference = tell(told)
    before = stored(told)
    for reason in ("", " ", "x" * 1_001, "a\x00b"):
        with pytest.raises(ReportRefused):
            erase_report(told, reference, reason)
        with pytest.raises(ReportRefused):
            erase_closed_before(told, NOON, reason)
    for asked in ((reference, OFFICE), ("AAAAA-AAAAA", "")):
        with pytest.raises(NoSuchReport):
            erase_report(told, asked[0], "x", asked[1])
    assert stored(told) == before


def test_of_an_erasure_that_fails_nothing_is_done(
    told: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        close_report(told, tell(told), "ตรวจแล้ว")
    clock.now = NOON + timedelta(days=1)
    before = stored(told)
    noted: list[int] = []

    def failing(session: Any, number: int, *arguments: Any) -> None:
        noted.append(number)
        if len(noted) == 2:
            raise OSError("no power")
        noting(session, number, *arguments)

    from registry import report_erasure

    noting: Callable[..., None] = report_erasure._note_and_delete
    monkeypatch.setattr(report_erasure, "_note_and_delete", failing)
    with pytest.raises(OSError, match="no power"):
        erase_closed_before(told, clock.now, "ขอ")
    assert stored(told) == before


def test_the_database_lets_nothing_go_that_is_not_noted(told: Register) -> None:
    tell(told)
    before = stored(told)
    for statement in (
        "DELETE FROM sign_report_content",
        "UPDATE sign_report_content SET text = ''",
        "DELETE FROM sign_report",
    ):
        with pytest.raises(DatabaseError, match="append-only"), told.database.writing() as session:
            session.execute(text(statement))
    assert stored(told) == before


@pytest.mark.parametrize("photo", [None, PHOTO], ids=["a text", "a photo too"])
def test_no_byte_of_it_is_left_in_the_files_of_sqlite(
    sqlite_told: Register, tmp_path: Path, photo: bytes | None
) -> None:
    references = [tell(sqlite_told, photo) for _ in range(30)]
    assert lies_in(tmp_path)
    for reference in references:
        erase_report(sqlite_told, reference, "ขอ")
        assert is_purged(sqlite_told)
    assert not lies_in(tmp_path)


def test_while_somebody_reads_it_is_erased_and_bytes_remain(
    sqlite_told: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.database.PURGE_SECONDS", 0)
    reference = tell(sqlite_told)
    with sqlite_told.database.reading() as session:
        assert len(session.scalars(select(SignReportContentRow.text)).all()) == 1
        erase_report(sqlite_told, reference, "ขอ")
        assert not is_purged(sqlite_told)
        assert lies_in(tmp_path)
    assert report(sqlite_told, reference).erased is not None
    assert lies_in(tmp_path)
    assert is_purged(sqlite_told)
    assert not lies_in(tmp_path)


def test_where_nothing_was_erased_nothing_is_purged(told: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(told)
    monkeypatch.setattr(Database, "purge", lambda *_: pytest.fail("it was purged"))
    assert is_purged(told)


def test_what_is_to_come_ends_nothing(told: Register) -> None:
    close_report(told, tell(told), "ตรวจแล้ว")
    before = stored(told)
    with pytest.raises(ReportRefused, match="is to come"):
        erase_closed_before(told, NOON + timedelta(seconds=1), "ขอ")
    assert stored(told) == before


# By API, by command, by itself


def test_an_authority_erases_by_api(client: FlaskClient, told: Register, clock: Clock) -> None:
    reference, other = tell(told), tell(told)
    headers, own = bearer(told), f"/api/v1/reports/{reference}"
    answer = client.post(f"{own}/erase", json={"reason": "เจ้าของข้อมูลขอ"}, headers=headers)
    assert answer.status_code == 200
    expected = {"at": "2026-11-21T05:00:00Z", "by": "token", "reason": "เจ้าของข้อมูลขอ"}
    assert answer.get_json()["erased"] == expected
    assert (answer.get_json()["text"], answer.get_json()["place"], answer.get_json()["photo"]) == ("", "", None)
    assert answer.get_json()["purged"] is True
    assert client.post(f"{own}/erase", json={"reason": "อีกครั้ง"}, headers=headers).get_json() == answer.get_json()
    listed = client.get("/api/v1/reports?state=all", headers=headers).get_json()["items"]
    assert [each["erased"] for each in listed] == [expected, None]
    assert client.get(f"{own}/photo", headers=headers).status_code == 404
    with told.database.reading() as session:
        assert session.scalars(select(SignReportErasureRow.token_id)).one() is not None
    close_report(told, other, "ตรวจแล้ว")
    clock.now = NOON + timedelta(hours=20)
    for day, count in (("2026-11-21", 0), ("2026-11-22", 1), ("2026-11-22", 0)):
        sent = {"closed_before": day, "reason": "พ้นกำหนด"}
        many = client.post("/api/v1/report-erasures", json=sent, headers=headers)
        assert (many.status_code, many.get_json()) == (200, {"erased": count, "purged": True})
    assert not any(SECRET in each for each in stored(told))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/reports/AAAAA-AAAAA/erase", {"reason": "x"}, 404),
        ("/api/v1/reports/AAAAA-AAAAA/erase", {}, 400),
        ("/api/v1/reports/AAAAA-AAAAA/erase", {"reason": " "}, 422),
        ("/api/v1/report-erasures", {"reason": "x"}, 400),
        ("/api/v1/report-erasures", {"closed_before": "2026-02-30", "reason": "x"}, 400),
        ("/api/v1/report-erasures", {"closed_before": "21/11/2569", "reason": "x"}, 400),
        *[
            ("/api/v1/report-erasures", {"closed_before": day, "reason": "x"}, 400)
            for day in ("2026-11-22", "2569-01-01", "9999-12-31", "0001-01-01", "0000-01-01", "1899-12-31")
        ],
        ("/api/v1/report-erasures", {"closed_before": "2026-11-21", "reason": ""}, 422),
        ("/api/v1/report-erasures", {"closed_before": "2026-11-21", "reason": "x", "more": "y"}, 400),
        ("/api/v1/report-erasures", [], 400),
    ],
)
def test_bad_requests_erase_nothing(
    sqlite_client: FlaskClient, sqlite_told: Register, path: str, body: Any, status: int
) -> None:
    close_report(sqlite_told, tell(sqlite_told), "ตรวจแล้ว")
    headers = bearer(sqlite_told)
    before = table_sizes(sqlite_told)
    answer = sqlite_client.post(path, json=body, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert table_sizes(sqlite_told) == before


def test_the_api_says_which_days_it_takes(sqlite_client: FlaskClient, sqlite_told: Register) -> None:
    sent = {"closed_before": "2569-01-01", "reason": "x"}
    problem = sqlite_client.post("/api/v1/report-erasures", json=sent, headers=bearer(sqlite_told)).get_json()
    assert (problem["type"], problem["pointer"]) == ("/problems/member-refused", "/closed_before")
    assert "of the Common Era, 2026-11-21 at the latest" in problem["detail"]


def test_the_api_says_that_bytes_remain_and_purges_when_asked_again(
    sqlite_client: FlaskClient, sqlite_told: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.database.PURGE_SECONDS", 0)
    headers, path = bearer(sqlite_told), f"/api/v1/reports/{tell(sqlite_told)}/erase"
    many = {"closed_before": "2026-11-21", "reason": "x"}
    with sqlite_told.database.reading() as session:
        session.scalars(select(SignReportContentRow.text)).all()
        first = sqlite_client.post(path, json={"reason": "ขอ"}, headers=headers).get_json()
        assert sqlite_client.post("/api/v1/report-erasures", json=many, headers=headers).get_json() == {
            "erased": 0,
            "purged": False,
        }
    assert first["purged"] is False
    assert lies_in(tmp_path)
    again = sqlite_client.post(path, json={"reason": "ขอ"}, headers=headers).get_json()
    assert again == {**first, "purged": True}
    assert not lies_in(tmp_path)


@pytest.mark.parametrize("again", [("erase", "--closed-before", "2026-11-21"), ("erase",), ("refresh",)])
def test_commands_say_that_bytes_remain_and_purge_when_run_again(
    ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: tuple[str, ...]
) -> None:
    from registry.cli.opening import opened

    monkeypatch.setattr("registry.database.PURGE_SECONDS", 0)
    register = opened()
    reference = tell(register)
    one = ("reports", "erase", reference, "--reason", "ขอ")
    command = {"refresh": again, "erase": ("reports", *again) if len(again) > 1 else one}[again[0]]
    assert ready("refresh")[0] == 0
    with register.database.reading() as session:
        session.scalars(select(SignReportContentRow.text)).all()
        code, output, errors = ready(*one)
        assert (code, output) == (1, f"{reference} is erased\n")
        assert "bytes of reports that were erased remain" in errors
        assert "run license-registry refresh, or this command again" in errors
        code, _output, errors = ready(*command)
        assert code == 1
        assert "bytes of reports that were erased remain" in errors
    assert lies_in(tmp_path)
    code, _output, errors = ready(*command)
    assert (code, errors) == (0, "")
    assert not lies_in(tmp_path)
    register.database.close()


def test_it_is_erased_by_commands_and_by_the_regular_one(
    ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.cli.opening import opened

    register = opened()
    with register.database.reading() as session:
        (record,) = register.store(session).records([1])
    what = Told(wrong=frozenset({Mismatch.CODE}), text=SECRET)
    one, two, three = (receive_report(register, record, what) for _ in range(3))
    for each in (two, three):
        close_report(register, each, "ตรวจแล้ว")
    register.database.close()
    for wrong in (
        *(("erase", "--closed-before", day) for day in ("2026-11-22", "2569-11-22", "9999-12-31", "0001-01-01")),
        ("erase", "--closed-before", "0001-01-01T00:00:00+07:00"),
        ("erase",),
        ("erase", one),
        ("erase", one, "--closed-before", "2026-11-22"),
        ("erase", one, "--reason", "\t"),
    ):
        assert ready("reports", *wrong)[0] == 2
    assert ready("reports", "erase", one, "--reason", "ขอ") == (0, f"{one} is erased\n", "")
    shown = ready("reports", "show", one)[1]
    assert "Text, place and photo erased 2026-11-21T05:00:00Z by command: ขอ" in shown
    assert SECRET not in shown
    assert "erased 2026-11-21T05:00:00Z" in ready("reports", "list")[1]
    assert ready("reports", "erase", "--closed-before", "2026-11-21")[1] == "0 reports were erased\n"
    monkeypatch.setattr("registry.cli.opening.clock", lambda: NOON + timedelta(days=8))
    monkeypatch.setenv("REGISTRY_REPORT_DAYS", "9")
    assert ready("refresh")[0] == 0
    assert SECRET in ready("reports", "show", two)[1]
    assert (
        ready("reports", "erase", "--closed-before", "2026-11-22", "--authority", TOWN)[1] == "2 reports were erased\n"
    )
    assert "by command: closed before 2026-11-22" in ready("reports", "show", two)[1]


def test_refreshing_erases_what_is_due(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from registry.cli.opening import opened

    register = opened()
    with register.database.reading() as session:
        (record,) = register.store(session).records([1])
    reference = receive_report(register, record, Told(wrong=frozenset(), text=SECRET))
    close_report(register, reference, "ตรวจแล้ว")
    register.database.close()
    monkeypatch.setattr("registry.cli.opening.clock", lambda: NOON + timedelta(days=366))
    assert ready("refresh")[0] == 0
    assert "by term: closed more than 365 days ago" in ready("reports", "show", reference)[1]


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "erased 30 days after the authority has closed the report"),
        ("th", "ลบถาวรเมื่อครบ 30 วันหลังจากหน่วยงานปิดเรื่อง"),
    ],
)
def test_the_form_says_how_long_it_is_kept(sqlite_told: Register, tmp_path: Path, lang: str, says: str) -> None:
    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path), "REGISTRY_REPORT_DAYS": "30"})
    client = create_app(settings, sqlite_told).test_client()
    assert says in client.get(f"/report/lic/{iri(NUMBER).tail}?lang={lang}").text


# Registers of before


def test_what_was_told_before_can_be_erased_too(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.execution_options(writes=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        for statement in (
            "INSERT INTO authority (id, code, document) VALUES (1, 'x-a', '{}')",
            "INSERT INTO license_type (id, code, document) VALUES (1, 'food', '{}')",
            "INSERT INTO license (id, tail, authority_id, type_id, number, qualifier, key, weak_key, check_id, record_status, "
            "created_at, confirmed_at) VALUES (1, 'x-a/food/1', 1, 1, '1', '', '1', '1', 'C1', 'published', "
            "'2026-02-01 05:00:00', '2026-02-01 05:00:00')",
            "INSERT INTO sign_report (sequence, reference, authority_id, license_id, wrong, text, place, photo, at) VALUES "
            f"(1, 'AAAAA-AAAAA', 1, 1, 'code', '{SECRET}', 'place', NULL, '2026-02-01 05:00:00')",
            "INSERT INTO sign_report_closing (report, reason, at) VALUES (1, 'x', '2026-02-01 05:00:00')",
        ):
            connection.execute(text(statement))
    database.migrate()
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT text, place, photo FROM sign_report_content")).one()
        assert tuple(found) == (SECRET, "place", None)
        assert "text" not in set(connection.execute(text("SELECT * FROM sign_report")).keys())
    database.close()
