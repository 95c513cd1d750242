"""Many rows at once, by the quickest way that each engine has, in the caller's transaction.

SQLite takes them by the driver's own executemany, PostgreSQL by COPY. What is written is what the ORM would have written: each
column's own type makes the value that its driver takes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, cast

import psycopg
from sqlalchemy import Column, Connection, Table, select, text
from sqlalchemy import func as sql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import Date, DateTime

from registry.database import driver_errors
from registry.tables import Base, Instant

Row = tuple[Any, ...]
CHUNK = 5_000
"""How many rows are held at once; more are not quicker."""
WORTH_COUNTING = 1_000
REMEMBERED = 4_096
"""Days and instants of one column whose form is kept: thousands of licences begin on the same ones."""


def insert_rows(session: Session, table: type[Base] | Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Writes `rows`: tuples in the order of `columns`, of values as the table's attributes have them. Returns how many.

    Columns that are left out get what the database itself gives them (a default, or NULL). What the session holds unwritten
    goes first. Raises SQLAlchemy's `DBAPIError`, as the ORM does; the transaction cannot go on then.
    """
    session.flush()
    connection = session.connection()
    found = [_table(table).columns[name] for name in columns]
    write = _copy if connection.dialect.name == "postgresql" else _execute
    rows = iter(rows)
    count = 0
    while chunk := list(islice(rows, CHUNK)):
        write(connection, found, _for_the_driver(found, connection.dialect, chunk))
        count += len(chunk)
    return count


def next_ids(session: Session, table: type[Base], count: int) -> Sequence[int]:
    """`count` ids, ascending, for rows of `table` that the caller writes in this transaction, before it asks for more.

    No other transaction gets them: PostgreSQL takes them from the table's sequence; on SQLite the caller has the write lock.
    """
    (column,) = _table(table).primary_key.columns
    session.flush()
    if session.connection().dialect.name == "postgresql":
        query = "SELECT nextval(pg_get_serial_sequence(:table, :column)) FROM generate_series(1, :count)"
        names = {"table": _table(table).name, "column": column.name, "count": count}
        return sorted(session.scalars(text(query), names))
    last = session.scalar(select(sql.max(column))) or 0
    return range(last + 1, last + 1 + count)


def analyze(session: Session, added: int, *tables: type[Base]) -> None:
    """Has PostgreSQL count what is in `tables`, where so many rows were `added` that its plans for joins would be ruinous.

    It would take full tables for empty ones: its own counting comes a minute later. SQLite plans by its indexes and needs none.
    Others that have the same tables counted wait until this transaction ends.
    """
    if added >= WORTH_COUNTING and session.connection().dialect.name == "postgresql":
        session.flush()
        session.execute(text(f"ANALYZE {', '.join(_table(table).name for table in tables)}"))


def _table(table: type[Base] | Table) -> Table:
    return table if isinstance(table, Table) else cast(Table, table.__table__)


def _execute(connection: Connection, columns: Sequence[Column[Any]], rows: Iterable[Row]) -> None:
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {_target(connection.dialect, columns)} VALUES ({places})"
    connection.exec_driver_sql(statement, list(rows))


def _copy(connection: Connection, columns: Sequence[Column[Any]], rows: Iterable[Row]) -> None:
    statement = f"COPY {_target(connection.dialect, columns)} FROM STDIN (FORMAT BINARY)"
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with driver_errors(statement, connection.dialect), driver.cursor() as cursor, cursor.copy(statement) as copy:
        # Binary fields have no type of their own: without these a small number would go as two bytes.
        copy.set_types([column.type.compile(connection.dialect).lower() for column in columns])
        for row in rows:
            copy.write_row(row)


def _target(dialect: Dialect, columns: Sequence[Column[Any]]) -> str:
    quote = dialect.identifier_preparer.quote
    return f"{quote(columns[0].table.name)} ({', '.join(quote(column.name) for column in columns)})"


def _for_the_driver(columns: Sequence[Column[Any]], dialect: Dialect, rows: list[Row]) -> Iterator[Row]:
    """The rows with each value as the driver takes it: column by column, since most columns need nothing done."""
    values: list[Iterable[Any]] = []
    for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
        convert = _converter(column, dialect)
        values.append(cells if convert is None else map(convert, cells))
    return zip(*values, strict=True)


def _converter(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What the column's type does to a value before the driver gets it; None for nothing."""
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is not None and isinstance(column.type, Date | DateTime | Instant):
        return lru_cache(REMEMBERED)(convert)
    return convert
