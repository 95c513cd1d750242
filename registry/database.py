"""The engine, transactions and migrations. SQLite in WAL mode by default; PostgreSQL by its URL."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import orjson
import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from registry.config import SettingInvalid

BUSY_TIMEOUT_SECONDS = 60
PURGE_SECONDS = 5
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One database. `reading()` and `writing()` each open a session in one transaction."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(writes=True)
        # PostgreSQL's own default shows each statement what was committed before it: half of a publication, to who reads twice.
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._watching = threading.Lock()
        self._watch: Connection | None = None
        self._tells = "PRAGMA data_version" if is_sqlite else "SELECT pg_current_snapshot()::text"
        self._reader = self.engine if is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose reads all see one state; it is rolled back at the end."""
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose writes are committed together at the end, or, on any exception, not at all.

        On SQLite the write lock is taken at the start: two writers wait for each other instead of failing midway.
        """
        with Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def writing_at_once(self) -> Iterator[Session]:
        """As `writing`, for what need not be written now: where another writer is at it, raises `OperationalError` at once."""
        if self.engine.dialect.name != "sqlite":
            with self.writing() as session:
                yield session
            return
        with self._writer.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA busy_timeout = 0")
            try:
                with Session(connection) as session, session.begin():
                    yield session
            finally:
                driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")

    @staticmethod
    def is_writing(session: Session) -> bool:
        """Whether it is one of `writing`."""
        return bool(session.get_bind().get_execution_options().get("writes"))

    def state(self) -> object | None:
        """A value that is another one after any commit, by whatever process; None where the database does not tell.

        The same value twice: what was read after the first and what is read after the second is the same. It may change for
        nothing, where a writer gave up.
        """
        with self._watching:
            try:
                if self._watch is None:
                    # A connection that never writes: SQLite tells each one of the commits of others.
                    self._watch = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                driver: Any = self._watch.connection.driver_connection
                return cast(object, driver.execute(self._tells).fetchone())
            except (DBAPIError, sqlite3.Error, psycopg.Error):
                self._stop_watching()
                return None

    def _stop_watching(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            with suppress(DBAPIError):
                watch.invalidate()
                watch.close()

    def purge(self, table: str) -> bool:
        """After rows of a table were deleted for good: what is left of them in SQLite's log or PostgreSQL's pages goes as well.

        Returns whether it did: False where somebody reads SQLite's log for longer than `PURGE_SECONDS`; it lies there until this
        is called again. Of PostgreSQL True says that the table was vacuumed.
        """
        is_sqlite = self.engine.dialect.name == "sqlite"
        with self.engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            if is_sqlite:
                driver.execute(f"PRAGMA busy_timeout = {PURGE_SECONDS * 1000}")
                statement = "PRAGMA wal_checkpoint(TRUNCATE)"
                try:
                    with driver_errors(statement, self.engine.dialect):
                        is_kept, *_frames = driver.execute(statement).fetchone()
                finally:
                    driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
                return not is_kept
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(f"VACUUM {table}")
            return True

    def keep_private(self) -> None:
        """Makes a new SQLite file one that only its owner may read: it holds files and rows as they were received."""
        path = self.engine.url.database
        if self.engine.dialect.name == "sqlite" and path and path != ":memory:":
            Path(path).touch(mode=0o600)

    def migrate(self) -> None:
        """Brings the schema to the newest version. Safe to repeat; runs in one transaction."""
        with self._writer.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def is_current(self) -> bool:
        """Whether the schema is the newest version."""
        with self.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        return found == ScriptDirectory(str(MIGRATIONS)).get_current_head()

    def close(self) -> None:
        with self._watching:
            self._stop_watching()
        self.engine.dispose()


@contextmanager
def driver_errors(statement: str, dialect: Dialect) -> Iterator[None]:
    """Where a statement goes to the driver itself: its errors leave as SQLAlchemy's `DBAPIError`, as from any other query."""
    base = psycopg.Error if dialect.name == "postgresql" else sqlite3.Error
    try:
        yield
    except base as error:
        raise DBAPIError.instance(statement, None, error, base, dialect=dialect) from error


def in_words(error: OperationalError) -> str:
    """What happened to the database and what to do, for people."""
    cause = str(error.orig or error).partition("\n")[0].strip()
    advice = "nothing of what was being done is public: {}, and run the same command again"
    if isinstance(error.orig, psycopg.errors.DiskFull) or "disk is full" in cause:
        return f"there is no space left for the database ({cause}); {advice.format('make room')}"
    if "database is locked" in cause:
        return (
            f"another process has been writing to the database for a minute ({cause}); {advice.format('let it finish')}"
        )
    if isinstance(error.orig, psycopg.OperationalError):
        todo = advice.format("see that it is there")
        return f"the database does not answer, or the connection to it was lost ({cause}); {todo}"
    return f"the database cannot be used ({cause})"


def _as_json(value: object) -> str:
    """JSON text with Thai as it is, which is half as long as its escapes and much quicker to write."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        # A cell may hold half a surrogate pair; it is kept as it came, in escapes.
        return json.dumps(value)


def _engine(url: str) -> Engine:
    """Raises `SettingInvalid` for a URL that names no database that can be used; the URL may hold a password: not shown."""
    is_sqlite = url.startswith("sqlite")
    options: dict[str, Any] = (
        {"connect_args": {"timeout": BUSY_TIMEOUT_SECONDS}} if is_sqlite else {"pool_pre_ping": True}
    )
    try:
        engine = create_engine(url, json_serializer=_as_json, **options)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise SettingInvalid(
            "REGISTRY_DATABASE_URL is no database URL that can be used (expected e.g. sqlite:////srv/registry/registry.db or "
            "postgresql+psycopg://user@host/database)"
        ) from error
    if not is_sqlite:
        return engine
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # We say BEGIN ourselves: the driver's own rules would put DDL and reads outside of transactions.
    connection.isolation_level = None
    # Larger pages more than double bulk inserts (design: speed); has no effect once the file exists.
    connection.execute("PRAGMA page_size = 16384")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten in the file, whatever SQLite was built with: what people asked to be erased is gone.
    connection.execute("PRAGMA secure_delete = ON")
    # 16 MiB in place of 2: the indexes of an office's licences stay in memory while its list is published.
    connection.execute("PRAGMA cache_size = -16384")
    # INSERT OR REPLACE then fires the triggers on DELETE too, by which what is append-only stays so.
    connection.execute("PRAGMA recursive_triggers = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
