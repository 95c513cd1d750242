"""Registers to test on: each starts as a copy of one that was made once, since keys and migrations take time."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.app import create_app
from registry.config import Settings
from registry.register import Register
from tests.conftest import PostgresServer
from tests.registry.commands import Run, make_ready, runner
from tests.registry.office import Office, office_of
from tests.registry.small import TOWN, Clock, make_small, open_small

_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the small catalogue."""
    folder = tmp_path_factory.mktemp("template")
    make_small(f"sqlite:///{folder / 'registry.db'}", folder)
    return folder / "registry.db"


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database with the small catalogue."""
    with postgresql_server.fresh_database("small") as url:
        make_small(url, tmp_path_factory.mktemp("template"))
        yield "small"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sqlite_register(sqlite_template: Path, tmp_path: Path, clock: Clock) -> Iterator[Register]:
    """The small register on SQLite."""
    shutil.copy(sqlite_template, tmp_path / "registry.db")
    register = open_small(f"sqlite:///{tmp_path / 'registry.db'}", "test", clock)
    yield register
    register.database.close()


@pytest.fixture
def postgresql_register(
    postgresql_server: PostgresServer, postgresql_template: str, clock: Clock
) -> Iterator[Register]:
    """The small register on PostgreSQL."""
    name = f"register_{next(_numbers)}"
    with postgresql_server.fresh_database(name, template=postgresql_template) as url:
        register = open_small(url, "test", clock)
        yield register
        register.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def register(request: pytest.FixtureRequest) -> Register:
    """Runs the test twice, on the small register on each engine."""
    found: Register = request.getfixturevalue(f"{request.param}_register")
    return found


def client_of(register: Register, home: Path) -> FlaskClient:
    settings = Settings.from_environ({"REGISTRY_HOME": str(home)})
    return create_app(settings, register).test_client()


@pytest.fixture
def client(register: Register, tmp_path: Path) -> FlaskClient:
    """The web application on the small register, on each engine."""
    return client_of(register, tmp_path)


@pytest.fixture
def sqlite_client(sqlite_register: Register, tmp_path: Path) -> FlaskClient:
    return client_of(sqlite_register, tmp_path)


@pytest.fixture
def office(client: FlaskClient, register: Register) -> Office:
    return office_of(client, register, TOWN)


@pytest.fixture
def sqlite_office(sqlite_client: FlaskClient, sqlite_register: Register) -> Office:
    return office_of(sqlite_client, sqlite_register, TOWN)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in an environment of its own; gives its exit code, output and errors."""
    return runner(tmp_path, monkeypatch, capfd)


@pytest.fixture
def ready(run: Run, tmp_path: Path) -> Run:
    """As `run`, with a register that has four licences, and the files `good.csv` and `mapping.toml`."""
    make_ready(run, tmp_path)
    return run
