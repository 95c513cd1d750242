"""The rows of licences written by the register's own way, beside what the bare driver takes for the very same rows."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, cast

import orjson
import psycopg
from sqlalchemy import BigInteger
from sqlalchemy.orm import Session

from bench.engines import Engine
from bench.synthetic import CREDENTIAL, Lot, Owner, Row, Sample, lots, own, reserve
from registry.bulk import insert_rows
from registry.register import Register
from registry.tables import LicenseRow

ROUNDS = 4
TYPES = dict.fromkeys(("document", "cells"), "text")
TYPES |= dict.fromkeys(("body", "digest", "row_digest"), "bytea")
TYPES |= dict.fromkeys(("created_at", "confirmed_at", "recorded_at", "issued_at"), "timestamptz")
TYPES |= dict.fromkeys(("effective_on", "until"), "date")
"""PostgreSQL's types of columns by name, where the name of a whole number or a text does not say it."""


def writing(engine: Engine, count: int, sample: Sample) -> dict[str, Any]:
    """Seconds for `count` licences (five tables, commit and all), by us and by the driver, in turns: the best of the rounds."""
    ours: list[float] = []
    bare: list[float] = []
    with engine.place() as place:
        register = place.make()
        with register.database.writing() as session:
            owner = own(session)
        first = 1
        for _ in range(ROUNDS):
            for taken, write in ((ours, by_us), (bare, by_driver)):
                taken.append(_turn(register, owner, first, count, write, sample))
                first += count
        register.database.close()
    return {"licences": count, "ours": min(ours), "bare": min(bare), "ratio": min(bare) / min(ours)}


Writer = Callable[[Session, list[Lot]], float]


def _turn(register: Register, owner: Owner, first: int, count: int, write: Writer, sample: Sample) -> float:
    with register.database.writing() as session:
        made = lots(owner, reserve(session, count), first, sample)
        taken = write(session, made)
        began = time.perf_counter()
        session.commit()
        taken += time.perf_counter() - began
    with register.database.reading() as session:
        if session.get(LicenseRow, made[1].rows[-1][0]) is None:
            raise RuntimeError("the rows were not written")
    return taken


def by_us(session: Session, made: list[Lot]) -> float:
    began = time.perf_counter()
    for lot in made:
        insert_rows(session, lot.table, lot.columns, lot.rows)
    return time.perf_counter() - began


def by_driver(session: Session, made: list[Lot]) -> float:
    """Everything that can be ready beforehand is: the texts of the statements, and each value as the driver takes it."""
    driver = session.connection().connection.driver_connection
    is_sqlite = isinstance(driver, sqlite3.Connection)
    ready = [(lot, [tuple(map(_plain if is_sqlite else _ready, row)) for row in lot.rows]) for lot in made]
    began = time.perf_counter()
    for lot, rows in ready:
        if is_sqlite:
            places = ", ".join("?" * len(lot.columns))
            cast(sqlite3.Connection, driver).executemany(f"INSERT INTO {_target(lot)} VALUES ({places})", rows)
        else:
            _copy(cast("psycopg.Connection[Any]", driver), lot, rows)
    return time.perf_counter() - began


def _copy(driver: "psycopg.Connection[Any]", lot: Lot, rows: Sequence[Row]) -> None:
    with driver.cursor() as cursor, cursor.copy(f"COPY {_target(lot)} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_type(lot, at) for at in range(len(lot.columns))])
        for row in rows:
            copy.write_row(row)


def _type(lot: Lot, at: int) -> str:
    name = lot.columns[at]
    if name == "id" and lot.columns is CREDENTIAL:
        return "text"
    if isinstance(lot.table.__table__.columns[name].type, BigInteger):
        return "int8"
    return TYPES.get(name) or ("int4" if isinstance(lot.rows[0][at], int) else "text")


def _target(lot: Lot) -> str:
    return f"{lot.table.__tablename__} ({', '.join(lot.columns)})"


def _ready(value: object) -> object:
    return orjson.dumps(value).decode() if isinstance(value, dict) else value


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")
        case date():
            return value.isoformat()
        case other:
            return _ready(other)
