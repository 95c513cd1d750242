"""What conftest.py and pyproject.toml promise the tests: two engines, each time empty; no network but
loopback; and no skip that passes unseen in CI."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import NullPool, create_engine, inspect, text
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from tests.conftest import PostgresServer


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_database_answers_and_is_fresh(database_url: str, attempt: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("CREATE TABLE left_behind (name TEXT)"))
        connection.execute(text("INSERT INTO left_behind VALUES ('ใบอนุญาต')"))
        assert connection.scalar(text("SELECT name FROM left_behind")) == "ใบอนุญาต"


def test_database_url_names_the_engine_it_runs_on(database_url: str, request: pytest.FixtureRequest) -> None:
    backend = make_url(database_url).get_backend_name()
    assert backend in request.node.name


def test_postgresql_is_dropped_with_a_connection_left_open(postgresql_server: "PostgresServer") -> None:
    with postgresql_server.fresh_database("left_open") as url:
        engine = create_engine(url)
        connection = engine.connect()
        connection.execute(text("SELECT 1"))
    connection.invalidate()
    engine.dispose()
    with postgresql_server.fresh_database("left_open"):
        pass


def test_template_is_copied(postgresql_server: "PostgresServer") -> None:
    with postgresql_server.fresh_database("migrated_once") as template:
        engine = create_engine(template, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE license (number TEXT)"))
        with postgresql_server.fresh_database("copied", template="migrated_once") as url:
            assert inspect(create_engine(url, poolclass=NullPool)).get_table_names() == ["license"]


def test_only_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    # Not on the list of allowed hosts, and harmless if the block should fail.
    with pytest.raises(SocketConnectBlockedError), socket.socket() as client:
        client.connect(("127.0.0.2", 9))


SKIPPING_TEST = "import pytest\n\ndef test_skipped() -> None:\n    pytest.skip('no reason given')\n"
SHARED_DATA_TEST = "def test_shared(shared_data: object) -> None:\n    assert shared_data\n"
POSTGRESQL_TEST = "def test_postgresql(postgresql_url: str) -> None:\n    assert postgresql_url\n"


def run_pytest(
    tmp_path: Path, test: str, *options: str, ci: bool, shared: bool, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs one test file under a copy of our conftest.py, in a tree of its own with or without shared/."""
    tests = tmp_path / "repository" / "tests"
    tests.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("conftest.py"), tests)
    (tests / "test_planted.py").write_text(test, encoding="utf-8")
    if shared:
        (tmp_path / "shared" / "data").mkdir(parents=True)
    environment = os.environ | {"CI": "true" if ci else "", "PATH": path or os.environ["PATH"]}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir=.", *options, "tests"]
    return subprocess.run(
        command, cwd=tests.parent, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("options", [(), ("--numprocesses=1",)], ids=["one process", "xdist"])
def test_skip_fails_the_run_in_ci(tmp_path: Path, options: tuple[str, ...]) -> None:
    run = run_pytest(tmp_path, SKIPPING_TEST, *options, ci=True, shared=True)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_planted.py::test_skipped: Skipped: no reason given" in run.stdout


def test_module_level_skip_fails_the_run_in_ci(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, "import pytest\npytest.importorskip('absent_module')\n", ci=True, shared=True)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_planted.py: Skipped: could not import 'absent_module'" in run.stdout


@pytest.mark.parametrize(("ci", "shared"), [(False, True), (True, False)], ids=["not in CI", "no shared data"])
def test_skip_is_allowed_elsewhere(tmp_path: Path, ci: bool, shared: bool) -> None:
    assert run_pytest(tmp_path, SKIPPING_TEST, ci=ci, shared=shared).returncode == pytest.ExitCode.OK


@pytest.mark.parametrize(("shared", "outcome"), [(True, "1 passed"), (False, "1 skipped")])
def test_shared_data_is_skipped_when_absent(tmp_path: Path, shared: bool, outcome: str) -> None:
    run = run_pytest(tmp_path, SHARED_DATA_TEST, ci=False, shared=shared)
    assert outcome in run.stdout


@pytest.mark.parametrize(
    ("ci", "outcome", "status"),
    [(False, "1 skipped", pytest.ExitCode.OK), (True, "1 error", pytest.ExitCode.TESTS_FAILED)],
    ids=["elsewhere", "in CI"],
)
def test_absent_postgresql(tmp_path: Path, ci: bool, outcome: str, status: pytest.ExitCode) -> None:
    # Debian's own directory is out of a test's reach: the copy looks elsewhere.
    run = run_pytest(
        tmp_path,
        "import glob\nglob.glob = lambda pattern: []\n" + POSTGRESQL_TEST,
        "-rs",
        ci=ci,
        shared=False,
        path="/nonexistent",
    )
    assert run.returncode == status
    assert outcome in run.stdout
    assert "apt-get install postgresql" in run.stdout
