"""The disk is full, or the database starts again in the middle: clear words, nothing public, and it works afterwards."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from registry.batches import batches
from registry.database import in_words
from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.register import Register
from tests.conftest import IN_CI, NO_POSTGRESQL, PostgresServer, find_postgresql, running_postgresql
from tests.registry.commands import PUBLISH, Run
from tests.registry.intake.lists import HERE, listing
from tests.registry.public import check_agreement, public_state
from tests.registry.small import make_small, open_small, row, table

ROWS = [row(f"{number}/2567", premises=f"ร้าน {number}") for number in range(1, 401)]


@contextmanager
def no_more_pages_than(pages: int) -> Iterator[None]:
    """Every SQLite database is on a disk with so much room."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def pages_of(file: Path) -> int:
    with sqlite3.connect(file) as connection:
        (count,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    return int(count)


@pytest.mark.parametrize("room", [0, 1, 4, 12, 24, 40])
def test_the_disk_is_full(ready: Run, tmp_path: Path, room: int) -> None:
    """While the file is kept, while its rows are, or while they become public."""
    (tmp_path / "list.csv").write_bytes(table(*ROWS))
    command = (
        *PUBLISH,
        "list.csv",
        "--mapping",
        "mapping.toml",
        *(f"--accept-{word}" for word in ("missing", "dates")),
    )
    database = tmp_path / "home" / "registry.db"
    shown = ready("show", "1/2567")
    with no_more_pages_than(pages_of(database) + room):
        code, output, errors = ready(*command)
        assert code == 2, output
        assert "no space left" in errors
        assert "run the same command again" in errors
        # What is public can still be read.
        assert ready("show", "1/2567") == shown
        assert ready("show", "400/2567")[0] != 0
    assert ready(*command)[0] == 0
    assert ready("show", "400/2567")[0] == 0
    with sqlite3.connect(database) as connection:
        states = [state for (state,) in connection.execute("SELECT state FROM batch ORDER BY id")]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert (states[0], states[-1]) == ("published", "published")
    assert set(states[1:-1]) <= {"discarded"}


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server that is made to crash: no other test may be on it."""
    programs = find_postgresql()
    if programs is None:
        if IN_CI:
            pytest.fail(NO_POSTGRESQL, pytrace=False)
        pytest.skip(NO_POSTGRESQL)
    with running_postgresql(programs, synchronous_commit="on") as server:
        yield server


def crash(server: PostgresServer, connection: Connection) -> None:
    """The server's process for this connection is killed: it ends all others too and recovers, as when it starts again."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with server.connect() as witness:
        os.kill(driver.info.backend_pid, signal.SIGKILL)
        # Ends when the server ends it.
        with pytest.raises(psycopg.OperationalError):
            witness.execute("SELECT pg_sleep(600)")


def wait_for(server: PostgresServer) -> None:
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            continue
        return


def at_statement(register: Register, words: str, number: int, do: Callable[[Connection], None]) -> None:
    """Does something once, before the `number`th statement that contains `words`."""
    seen = 0

    def count(connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        nonlocal seen
        seen += words in statement
        if words in statement and seen == number:
            do(connection)

    event.listen(register.database.engine, "before_cursor_execute", count)


@pytest.mark.parametrize(
    ("words", "number"),
    [("UPDATE license", 1), ("status_list", 1), ("UPDATE mandate", 1), ("UPDATE batch", 1), ("nextval", 3)],
)
def test_the_database_starts_again_in_the_middle_of_publishing(
    own_server: PostgresServer, tmp_path: Path, words: str, number: int
) -> None:
    with own_server.fresh_database("restarted") as url:
        make_small(url, tmp_path)
        register = open_small(url, "restarted")
        report = stage(register, listing(*ROWS), workers=HERE)
        at_statement(register, words, number, lambda connection: crash(own_server, connection))
        with pytest.raises(OperationalError) as raised:
            publish_batch(register, report.batch, workers=HERE)
        assert "connection to it was lost" in in_words(raised.value)
        wait_for(own_server)
        assert public_state(register) == {}
        assert [batch.state for batch in batches(register)] == ["staged"]
        assert publish_batch(register, report.batch, workers=HERE).counts["new"] == len(ROWS)
        assert len(public_state(register)) == len(ROWS)
        check_agreement(register, verified=50)
        register.database.close()


@pytest.mark.parametrize("words", ["nextval", "UPDATE batch"])
def test_the_database_starts_again_in_the_middle_of_staging(
    own_server: PostgresServer, tmp_path: Path, words: str
) -> None:
    with own_server.fresh_database("restarted") as url:
        make_small(url, tmp_path)
        register = open_small(url, "restarted")
        at_statement(register, words, 1, lambda connection: crash(own_server, connection))
        with pytest.raises(OperationalError):
            stage(register, listing(*ROWS, ROWS[0]), workers=HERE)
        wait_for(own_server)
        assert [batch.state for batch in batches(register)] == ["staging"]
        report = stage(register, listing(*ROWS, ROWS[0]), workers=HERE)
        assert (report.counts["new"], report.counts["repeated"]) == (len(ROWS), 1)
        assert [batch.state for batch in batches(register)] == ["staged", "discarded"]
        register.database.close()
