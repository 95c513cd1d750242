"""The two databases to measure on: SQLite in a new file, PostgreSQL started for this run alone, as the tests start theirs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import text

from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.register import Register, initialise, open_register
from tests.conftest import PostgresServer, find_postgresql, running_postgresql

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
CATALOGUE = Path(__file__).parents[1] / "docs" / "example" / "catalogue.toml"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
LASTING = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
"""As a server is run that must not lose anything: unlike the tests', this one waits for the disk."""


@dataclass(frozen=True)
class Place:
    """Where a register is, or is to be made. It can be sent to another process."""

    home: Path
    url: str

    @property
    def settings(self) -> Settings:
        return self.settings_with()

    def settings_with(self, **environ: str) -> Settings:
        """Those of the register, and others."""
        own = {"REGISTRY_HOME": str(self.home), "REGISTRY_DATABASE_URL": self.url}
        return Settings.from_environ(own | {"REGISTRY_BASE_URL": "https://license.example.go.th"} | environ)

    def make(self) -> Register:
        """A new register with the example's authority and type."""
        register = initialise(self.settings, lambda: NOW, Random(1).randbytes)
        declare(register, read_catalogue(CATALOGUE))
        return register

    def open(self) -> Register:
        """The register that was made here, with other random bytes than it was made with."""
        return open_register(self.settings, lambda: NOW, Random(2).randbytes)


class Engine:
    """One of the two databases. `server` is None for SQLite."""

    def __init__(self, name: str, server: PostgresServer | None) -> None:
        self.name = name
        self._server = server
        self._numbers = count(1)

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Where nothing is yet; removed at the end."""
        with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
            home = Path(folder)
            if self._server is None:
                yield Place(home, f"sqlite:///{home / 'registry.db'}")
                return
            with self._server.fresh_database(f"bench_{next(self._numbers)}") as url:
                yield Place(home, url)


@contextmanager
def engines() -> Iterator[list[Engine]]:
    """SQLite, and PostgreSQL where its server programs are installed."""
    programs = find_postgresql()
    if programs is None:
        yield [Engine(SQLITE, None)]
        return
    with running_postgresql(programs, **LASTING) as server:
        yield [Engine(SQLITE, None), Engine(POSTGRESQL, server)]


def size_on_disk(register: Register) -> int:
    """Bytes of the whole database, with what was deleted in it and not used again."""
    with register.database.reading() as session:
        if register.database.engine.dialect.name == "postgresql":
            return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        pages, size = (session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
        return int(pages * size)


def size_of_tables(register: Register) -> dict[str, int]:
    """Bytes of each table that has any, with its indexes."""
    if register.database.engine.dialect.name == "postgresql":
        query = (
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    else:
        query = "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY tbl_name"
    with register.database.reading() as session:
        return {name: int(size) for name, size in session.execute(text(query)) if size}


def log_position(register: Register) -> int:
    """How many bytes PostgreSQL has written to its log (WAL) in all; 0 for SQLite."""
    if register.database.engine.dialect.name != "postgresql":
        return 0
    with register.database.reading() as session:
        return int(session.execute(text("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")).scalar_one())
