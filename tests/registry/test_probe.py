"""The service measures its own public answers: minute by minute, without making anybody wait, and without keeping who asked."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError

from registry.probe import Meter, measured
from registry.register import Register
from registry.tables import ProbeRow
from tests.registry.small import TOWN, Clock


def rows(register: Register) -> list[tuple[int, int, int]]:
    with register.database.reading() as session:
        found = session.scalars(select(ProbeRow).order_by(ProbeRow.minute, ProbeRow.id))
        return [(row.requests, row.errors, row.milliseconds) for row in found]


def test_a_minute_is_written_when_it_is_over(register: Register, clock: Clock) -> None:
    meter = Meter(register)
    meter.add(0.25, is_error=False)
    meter.add(0.5, is_error=True)
    assert rows(register) == []
    clock.pass_by(minutes=1)
    meter.add(0.125, is_error=False)
    assert rows(register) == [(2, 1, 750)]
    clock.pass_by(seconds=10)
    meter.add(0.125, is_error=False)
    assert rows(register) == [(2, 1, 750)]
    clock.pass_by(hours=1)
    meter.add(0.0, is_error=False)
    assert rows(register) == [(2, 1, 750), (2, 0, 250)]


def test_what_processes_measured_is_added_up_by_the_minute(register: Register, clock: Clock) -> None:
    begin = clock.now
    for errors in (0, 1):
        meter = Meter(register)
        for minute in range(3):
            clock.now = begin + timedelta(minutes=minute)
            meter.add(0.01, is_error=bool(errors) and minute == 1)
        clock.pass_by(minutes=1)
        meter.add(0.0, is_error=False)
    with register.database.reading() as session:
        found = measured(session, clock.now)
    assert found is not None
    assert (found.since, found.requests, found.errors, found.minutes, found.good_minutes) == (begin, 6, 1, 3, 2)
    assert found.mean_milliseconds == 10
    assert found.answered_share == pytest.approx(5 / 6)


def test_what_is_older_than_thirty_days_is_forgotten(register: Register, clock: Clock) -> None:
    meter = Meter(register)
    meter.add(0.01, is_error=False)
    clock.pass_by(minutes=1)
    meter.add(0.01, is_error=False)
    clock.pass_by(days=31)
    with register.database.reading() as session:
        assert measured(session, clock.now) is None
    meter.add(0.01, is_error=False)
    assert len(rows(register)) == 0


def test_nobody_waits_for_another_writer(sqlite_register: Register, clock: Clock) -> None:
    meter = Meter(sqlite_register)
    meter.add(0.01, is_error=False)
    clock.pass_by(minutes=1)
    with sqlite_register.database.writing() as busy:
        busy.execute(delete(ProbeRow))
        meter.add(0.01, is_error=False)
        with (
            pytest.raises(OperationalError, match="locked"),
            sqlite_register.database.writing_at_once() as at_once,
        ):
            at_once.execute(delete(ProbeRow))
    assert rows(sqlite_register) == []
    clock.pass_by(minutes=1)
    meter.add(0.01, is_error=False)
    assert len(rows(sqlite_register)) == 2
    with sqlite_register.database.reading() as session:
        # Whoever uses the connection next waits again as before.
        assert session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000


def test_public_reads_are_measured_and_nothing_else(client: FlaskClient, register: Register, clock: Clock) -> None:
    assert "ยังไม่ได้วัด" in client.get("/section-13").text
    for path in ("/", f"/doc/html/auth/{TOWN}", "/nonsense", "/static/site.css", "/healthz", "/api/v1/batches"):
        client.get(path).close()
    client.post("/verify", data={"text": "{}"})
    clock.pass_by(minutes=1)
    page = client.get("/section-13?lang=en").text
    assert "Not measured yet." in page
    clock.pass_by(seconds=1)
    page = client.get("/section-13?lang=en").text
    assert "100.00 %" in page
    assert "(0 errors in 4 requests)" in page
    with register.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProbeRow)) == 1
