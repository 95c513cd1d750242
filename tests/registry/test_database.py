"""The schema, its append-only tables and its transactions, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError

from registry.database import Database
from registry.register import Register
from registry.showing.links import new_show_link, open_link
from registry.tables import (
    APPEND_ONLY,
    FROZEN,
    AccessChangeRow,
    AuthorityRow,
    Base,
    InstanceRow,
    OriginAnswerRow,
    OriginRow,
    ReceivedFileRow,
    RecordChangeRow,
    SignReportClosingRow,
    SignReportErasureRow,
    SignReportRow,
)
from tests.registry.small import NOON, TODAY, find, row, send, table_sizes


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    assert not database.is_current()
    database.migrate()
    tables = set(inspect(database.engine).get_table_names())
    database.migrate()
    assert database.is_current()
    assert set(inspect(database.engine).get_table_names()) == tables
    database.close()


def test_the_migrations_make_what_the_tables_say(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    is_sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        opts = {"compare_server_default": True, "include_object": is_no_full_text if is_sqlite else None}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def is_no_full_text(_one: object, name: str | None, kind: str, _is_read: bool, _other: object) -> bool:
    """SQLite's full-text table is made of others, and the metadata has PostgreSQL's of its name."""
    return kind != "table" or not str(name).startswith("entry_grams")


def fill(register: Register) -> None:
    """A row in every table that is append-only."""
    send(register, row("1-2567"))
    with register.database.writing() as session:
        session.add(RecordChangeRow(license_id=1, batch_id=1, kind="stale", at=NOON))
        (sha256,) = session.scalars(select(ReceivedFileRow.sha256))
        session.add(an_origin())
        session.flush()
        session.add(AccessChangeRow(license_id=1, number=1, origin="command", kind="declare", document="{}", at=NOON))
        session.add(a_report())
        session.flush()
        session.add(SignReportClosingRow(report=1, reason="x", at=NOON))
        session.add(SignReportErasureRow(report=1, origin="command", reason="x", at=NOON))
        session.add(OriginAnswerRow(origin_id=1, url="https://elsewhere.example/", sha256=sha256, at=NOON))
    open_link(register, new_show_link(register, find(register, "1-2567"))[1])


def a_report() -> SignReportRow:
    return SignReportRow(sequence=1, authority_id=1, license_id=1, reference="x", wrong="x", at=NOON)


def an_origin() -> OriginRow:
    texts = ("name", "base", "did", "keys", "lease", "last", "etag", "doubt", "aside", "outcome")
    numbers = ("every_minutes", "cursor", "listing", "failures")
    empty = {**dict.fromkeys(texts, ""), **dict.fromkeys(numbers, 0)}
    return OriginRow(id=1, authority_id=1, created_at=NOON, next_at=NOON, is_dirty=False, **empty)


@pytest.mark.parametrize("name", APPEND_ONLY + FROZEN)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_what_is_append_only_cannot_be_changed(register: Register, name: str, statement: str) -> None:
    fill(register)
    column = Base.metadata.tables[name].columns.keys()[0]
    before = table_sizes(register)
    with pytest.raises(DatabaseError, match="append-only"), register.database.writing() as session:
        session.execute(text(statement.format(table=name, column=column)))
    assert table_sizes(register) == before


@pytest.mark.parametrize("name", APPEND_ONLY + FROZEN)
def test_sqlite_refuses_replacement_too(sqlite_register: Register, name: str) -> None:
    fill(sqlite_register)
    with pytest.raises(DatabaseError, match="append-only"), sqlite_register.database.writing() as session:
        session.execute(text(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}"))


def test_postgresql_refuses_truncation_too(postgresql_register: Register) -> None:
    for name in APPEND_ONLY + FROZEN:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            postgresql_register.database.writing() as session,
        ):
            session.execute(text(f"TRUNCATE {name} CASCADE"))


def test_sqlite_is_durable_and_does_not_block_readers(sqlite_register: Register) -> None:
    with sqlite_register.database.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA synchronous")) == 2


def test_readers_see_the_last_state_while_somebody_writes(register: Register) -> None:
    with register.database.writing() as session:
        session.add(AuthorityRow(code="x-new", document="{}"))
        session.flush()
        with register.database.reading() as reader:
            assert reader.scalar(select(AuthorityRow).where(AuthorityRow.code == "x-new")) is None
        session.rollback()


def test_an_exception_takes_everything_back(register: Register) -> None:
    before = table_sizes(register)
    with pytest.raises(RuntimeError, match="midway"):
        _fail_midway(register)
    assert table_sizes(register) == before
    with register.database.reading() as session:
        assert session.scalars(select(InstanceRow.base_url)).one() == register.base


def _fail_midway(register: Register) -> None:
    with register.database.writing() as session:
        session.add(AuthorityRow(code="x-new", document="{}"))
        session.flush()
        session.scalars(select(InstanceRow)).one().base_url = "https://elsewhere.example"
        session.flush()
        raise RuntimeError("midway")


def test_reading_writes_nothing(register: Register) -> None:
    with register.database.reading() as session:
        session.add(AuthorityRow(code="x-new", document="{}"))
        session.flush()
    assert table_sizes(register)["authority"] == 3


def test_instants_come_back_in_utc(register: Register) -> None:
    with register.database.reading() as session:
        instance = session.scalars(select(InstanceRow)).one()
    assert instance.created_at == NOON
    assert instance.created_at.utcoffset() == NOON.utcoffset()
    assert instance.refreshed_on == TODAY


def test_an_instant_without_zone_is_refused(register: Register) -> None:
    with pytest.raises(Exception, match="time zone"), register.database.writing() as session:
        session.scalars(select(InstanceRow)).one().created_at = NOON.replace(tzinfo=None)
