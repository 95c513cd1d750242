"""Many rows at once: written as the ORM writes them, in the caller's transaction, under ids that are nobody else's."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from registry.bulk import CHUNK, analyze, insert_rows, next_ids
from registry.register import Register
from registry.tables import (
    ActRow,
    Base,
    BatchRow,
    CredentialRow,
    FindingRow,
    LicenseRow,
    MappingRow,
    ReceivedRow,
    RecordChangeRow,
)
from tests.registry.small import NOON, row, send

BANGKOK = timezone(timedelta(hours=7))
TEXTS = (
    "",
    "plain",
    "๑๒/๒๕๖๗ ก\u0e33",
    "a\tb\nc\\N\\.\r\n",
    "\\N",
    "\\.",
    "\"quoted\", 'it'",
    "😀\U0010ffff",
    "\x01\x7f",
    "NULL",
)
CELLS: tuple[dict[str, Any], ...] = (
    {},
    {"cells": [*TEXTS, "\0", "\ud800"]},
    {"n": 1, "deep": [{"x": None, "y": True}]},
)
INSTANTS = (
    NOON,
    NOON.astimezone(BANGKOK),
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(2558, 12, 25, 1, 2, 3, 4, tzinfo=BANGKOK),
)
DAYS = (None, date(1, 1, 1), date(2024, 2, 29), date(2558, 12, 25))
BYTES = (b"", b"\0\\x00\n", bytes(range(256)))


def samples() -> dict[type[Base], tuple[tuple[str, ...], list[tuple[Any, ...]]]]:
    """Rows of tables that have columns of every kind; the first column is the key."""
    received = [
        (n + 10, 1, n + 100, CELLS[n % 3], "new", 1, text, None if n % 2 else text, BYTES[n % 3], None, n - 3)
        for n, text in enumerate(TEXTS)
    ]
    findings = [(n + 10, 1, 10 + n, text, "x", "warns", text, {"a": text}, text) for n, text in enumerate(TEXTS)]
    acts = [
        (n + 10, 1, n + 10, "grant", DAYS[n % 4], DAYS[-n % 4], INSTANTS[n % 4], text, 10 + n)
        for n, text in enumerate(TEXTS)
    ]
    credentials = [
        (f"id{n}", 1, 1, n + 10, 1, 1, 2**31 - 1 - n, 1, BYTES[n % 3], INSTANTS[n % 4]) for n in range(len(TEXTS))
    ]
    return {
        ReceivedRow: (
            ("id", "batch_id", "line", "cells", "outcome", "license_id", "tail", "document", "digest", "claim", "wave"),
            received,
        ),
        FindingRow: (
            ("id", "batch_id", "received_row_id", "column", "code", "gravity", "received", "details", "proposed"),
            findings,
        ),
        ActRow: (
            (
                *("sequence", "license_id", "number", "kind", "effective_on", "until", "recorded_at", "document"),
                "received_row_id",
            ),
            acts,
        ),
        CredentialRow: (
            (
                *("id", "license_id", "version_sequence", "number", "authority_id", "list_number", "list_index"),
                *("signing_key_id", "body", "issued_at"),
            ),
            credentials,
        ),
    }


def as_stored(session: Session, table: type[Base]) -> list[tuple[Any, ...]]:
    """Every row as the database itself has it, with the kind of each value: no type of ours reads it."""
    connection = session.connection()
    columns = [column.name for column in Base.metadata.tables[table.__tablename__].columns]
    names = [connection.dialect.identifier_preparer.quote(name) for name in columns]
    kind, value = ("typeof({0})", "{0}") if connection.dialect.name == "sqlite" else ("pg_typeof({0})", "{0}::text")
    wanted = ", ".join(f"{kind.format(name)}, {value.format(name)}" for name in names)
    rows = connection.exec_driver_sql(f"SELECT {wanted} FROM {table.__tablename__} ORDER BY {names[0]}")
    return [tuple(found) for found in rows]


def by_orm(session: Session, table: type[Base], columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    for values in rows:
        session.add(table(**dict(zip(columns, values, strict=True))))
        session.flush()


def test_what_is_written_is_what_the_orm_would_have_written(register: Register) -> None:
    send(register, row("1-2567"))
    stored: list[dict[type[Base], list[tuple[Any, ...]]]] = []
    for write in (by_orm, insert_rows):
        with register.database.reading() as session:
            for table, (columns, rows) in samples().items():
                write(session, table, columns, rows)
            stored.append({table: as_stored(session, table) for table in samples()})
    assert stored[0] == stored[1]
    assert all(len(found) >= len(TEXTS) for found in stored[1].values())


def test_thai_in_json_is_written_as_it_is(register: Register) -> None:
    send(register, row("1-2567", premises="ร้านตัวอย่าง"))
    with register.database.reading() as session:
        assert any("ร้านตัวอย่าง" in str(value) for found in as_stored(session, ReceivedRow) for value in found)


def changes(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    return [(each, 1, 1, "stale", NOON) for each in ids]


CHANGE = ("id", "license_id", "batch_id", "kind", "at")


def test_more_rows_than_are_held_at_once_come_from_a_generator(register: Register) -> None:
    send(register, row("1-2567"))
    with register.database.writing() as session:
        ids = next_ids(session, RecordChangeRow, CHUNK + 2)
        assert insert_rows(session, RecordChangeRow, CHANGE, (each for each in changes(ids))) == CHUNK + 2
        assert insert_rows(session, RecordChangeRow, CHANGE, []) == 0
    with register.database.reading() as session:
        assert list(session.scalars(select(RecordChangeRow.id).order_by(RecordChangeRow.id))) == list(ids)


def test_nothing_stays_of_a_transaction_that_failed(register: Register) -> None:
    send(register, row("1-2567"))
    with register.database.writing() as session:
        insert_rows(session, RecordChangeRow, CHANGE, changes(next_ids(session, RecordChangeRow, 3)))
        session.rollback()
    with register.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RecordChangeRow)) == 0


def test_what_the_session_holds_is_written_first(register: Register) -> None:
    send(register, row("1-2567"))
    with register.database.writing() as session:
        session.add(MappingRow(id=77, authority_id=1, type_id=1, source="", version=9, document="", saved_at=NOON))
        assert min(next_ids(session, MappingRow, 1)) != 77
        columns = ("id", "authority_id", "type_id", "source", "version", "document", "saved_at")
        with pytest.raises(IntegrityError):
            insert_rows(session, MappingRow, columns, [(78, 1, 1, "", 9, "", NOON)])
        session.rollback()


@pytest.mark.parametrize("values", [(None, 1, "stale", NOON), (1, 999, "stale", NOON), (1, 1, None, NOON)])
def test_what_the_database_refuses_is_an_error_as_from_the_orm(register: Register, values: tuple[Any, ...]) -> None:
    send(register, row("1-2567"))
    with pytest.raises(IntegrityError), register.database.writing() as session:
        insert_rows(session, RecordChangeRow, CHANGE[1:], [values])


def test_append_only_rows_are_not_replaced(register: Register) -> None:
    send(register, row("1-2567"))
    columns, rows = samples()[ActRow]
    with pytest.raises(DBAPIError), register.database.writing() as session:
        insert_rows(session, ActRow, columns, [(1, *rows[0][1:-1], None)])


def test_columns_that_are_left_out_get_their_default(register: Register) -> None:
    send(register, row("1-2567"))
    with register.database.writing() as session:
        (key,) = next_ids(session, ReceivedRow, 1)
        insert_rows(session, ReceivedRow, ("id", "batch_id", "line", "cells", "outcome"), [(key, 1, 9, {}, "new")])
        found = session.get_one(ReceivedRow, key)
        assert (found.sheet, found.wave, found.sheet_line, found.cells) == ("", 0, None, {})


def test_ids_are_fresh_and_ascending(register: Register) -> None:
    send(register, row("1-2567"), row("2-2567"))
    with register.database.writing() as session:
        taken = set(session.scalars(select(LicenseRow.id)))
        ids = next_ids(session, LicenseRow, 5)
        assert list(ids) == sorted(ids)
        assert len({*ids, *taken}) == len(taken) + 5
        assert list(next_ids(session, LicenseRow, 0)) == []


def test_the_orm_goes_on_after_ids_that_were_reserved(register: Register) -> None:
    send(register, row("1-2567"))
    with register.database.writing() as session:
        ids = next_ids(session, RecordChangeRow, 3)
        insert_rows(session, RecordChangeRow, CHANGE, changes(ids))
        later = RecordChangeRow(license_id=1, batch_id=1, kind="stale", at=NOON)
        session.add(later)
        session.flush()
        assert later.id > max(ids)


def test_two_transactions_at_once_get_other_ids(postgresql_register: Register) -> None:
    """On SQLite there is no second writer."""
    database = postgresql_register.database
    with database.writing() as one, database.writing() as other:
        turns = [next_ids(session, BatchRow, 3) for session in (one, other, one, other)]
    assert len({each for ids in turns for each in ids}) == 12


def test_full_tables_are_known_to_be_full(postgresql_register: Register) -> None:
    send(postgresql_register, row("1-2567"))
    with postgresql_register.database.writing() as session:
        insert_rows(session, RecordChangeRow, CHANGE, changes(next_ids(session, RecordChangeRow, 1_200)))
        analyze(session, 999, BatchRow)
        analyze(session, 1_200, RecordChangeRow, LicenseRow)
        counted = session.execute(text("SELECT relname, reltuples FROM pg_class WHERE reltuples > 0"))
        assert {name: count for name, count in counted if name in {"record_change", "license", "batch"}} == {
            "record_change": 1_200,
            "license": 1,
        }


def test_there_is_nothing_to_count_on_sqlite(sqlite_register: Register) -> None:
    with sqlite_register.database.writing() as session:
        analyze(session, 1_200, RecordChangeRow)
        assert not session.scalar(text("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"))
