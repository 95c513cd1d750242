"""Fixtures that every package's tests share: real databases, the shared data, and no silent skips in CI."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

SHARED = Path(__file__).resolve().parents[2] / "shared"
IN_CI = os.environ.get("CI") == "true"

# `make test-long`: larger budgets for properties and fuzzers. What a test sets for itself stays as it is.
LONG = os.environ.get("REGISTRY_TEST_LONG") == "1"
settings.register_profile("long", max_examples=2_000)
if LONG:
    settings.load_profile("long")

NO_POSTGRESQL = (
    "PostgreSQL's server programs (initdb, postgres) are not on PATH or in /usr/lib/postgresql/*/bin; "
    "on Debian and Ubuntu: apt-get install postgresql"
)
NO_SOFTHSM = (
    "SoftHSM2 (softhsm2-util and libsofthsm2.so) is not installed, which stands for hardware that holds keys; "
    "on Debian and Ubuntu: apt-get install softhsm2"
)
SOFTHSM_MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/*/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
START_TIMEOUT = 60.0  # seconds; a cold, loaded CI machine needs a few
PORT = 5432  # only a part of the socket's name; said everywhere, or PGPORT would be obeyed


@dataclass(frozen=True)
class PostgresServer:
    """A running server that only this test session knows: a Unix socket and no TCP port."""

    socket_directory: Path
    superuser: str

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://{self.superuser}@/{database}?host={self.socket_directory}&port={PORT}"

    def connect(self) -> psycopg.Connection:
        """A connection outside any database under test; autocommit, as CREATE DATABASE requires."""
        return psycopg.connect(
            host=str(self.socket_directory),
            port=PORT,
            user=self.superuser,
            dbname="postgres",
            autocommit=True,
        )

    @contextmanager
    def fresh_database(self, name: str, *, template: str = "template1") -> Iterator[str]:
        """The URL of a new copy of `template`, dropped at the end even if a connection was left open."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        try:
            yield self.url(name)
        finally:
            with self.connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def find_postgresql() -> Path | None:
    """Where PostgreSQL's server programs are: on PATH, else Debian's newest; None when nowhere."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    # Debian keeps the server's programs off the PATH. By version number: "9.6" is older than "15".
    debian = (Path(name) for name in glob.glob("/usr/lib/postgresql/*/bin"))
    candidates += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    return next((each for each in candidates if (each / "initdb").exists() and (each / "postgres").exists()), None)


def unprivileged_user() -> str | None:
    """The account to run PostgreSQL as; None for our own. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@contextmanager
def running_postgresql(programs: Path, **others: str) -> Iterator[PostgresServer]:
    """Starts a server on an empty data directory; stops it and removes everything at the end. `others`: settings of its own."""
    user = unprivileged_user()
    # Not pytest's tmp_path: other accounts may not enter its parents; a socket's path has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="registry-pg-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        if user is not None:
            shutil.chown(home, user, pwd.getpwnam(user).pw_gid)
        server = PostgresServer(socket_directory=home, superuser="registry")
        # A user's PGDATA or PGPORT must not change what we start. LC_ALL: a log in English on any machine.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        environment["LC_ALL"] = "C"

        def start(*command: str | Path) -> subprocess.Popen[bytes]:
            with (home / "log").open("ab") as log:
                return subprocess.Popen(
                    command,
                    cwd=home,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    user=user,
                    group=None if user is None else pwd.getpwnam(user).pw_gid,
                    extra_groups=None if user is None else [],
                )

        # Locale C: code that leans on the server's collation fails here, not at an office with another one.
        initdb = start(
            programs / "initdb",
            "--pgdata=data",
            f"--username={server.superuser}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        if initdb.wait(START_TIMEOUT) != 0:
            raise RuntimeError(f"initdb failed:\n{(home / 'log').read_text()}")
        # Nothing here outlives the session, so nothing waits for the disk.
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(home),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "timezone": "UTC",
            **others,
        }
        options = [f"--{key}={value}" for key, value in settings.items()]
        process = start(programs / "postgres", "-D", "data", *options)
        try:
            wait_until_ready(server, process, home / "log")
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: there is nothing to keep
            process.wait(START_TIMEOUT)


def wait_until_ready(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the server answers; raises RuntimeError, with its log, when it stops or is too slow."""
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """A throw-away PostgreSQL; one for each pytest-xdist worker, so that workers share nothing."""
    programs = find_postgresql()
    if programs is None:
        if IN_CI:
            pytest.fail(NO_POSTGRESQL, pytrace=False)
        pytest.skip(NO_POSTGRESQL)
    with running_postgresql(programs) as server:
        yield server


_numbers = count(1)


@pytest.fixture
def postgresql_url(postgresql_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database that no other test sees."""
    with postgresql_server.fresh_database(f"test_{next(_numbers)}") as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'registry.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Runs the test twice, on an empty database of each engine that we support."""
    # By name: asking for both fixtures would start PostgreSQL for the SQLite half too.
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@dataclass(frozen=True)
class Token:
    """A PKCS#11 token: the library that reaches it, its label, and its user PIN."""

    module: str
    label: str
    pin: str


def find_softhsm() -> str | None:
    """Where SoftHSM2's PKCS#11 library is; None when nowhere."""
    found = [path for pattern in SOFTHSM_MODULES for path in sorted(glob.glob(pattern))]
    return found[0] if found and shutil.which("softhsm2-util") else None


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Token:
    """An empty token that only this test sees, kept in files by SoftHSM2."""
    module = find_softhsm()
    if module is None:
        if IN_CI:
            pytest.fail(NO_SOFTHSM, pytrace=False)
        pytest.skip(NO_SOFTHSM)
    made = Token(module=module, label="registry", pin="5678-test")
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", made.label, "--so-pin", "so-1234", "--pin", made.pin],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return made


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Reference codes and real registers, which live beside the repository and are not part of it."""
    directory = SHARED / "data"
    if not directory.is_dir():
        pytest.skip("there is no shared/data beside the repository")
    return directory


def forbidden_skips(config: pytest.Config) -> list[str]:
    """What was skipped although CI has all that the tests need; always empty elsewhere."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    # pytest-xdist's workers have no reporter; their reports arrive at the one process that has.
    if not IN_CI or not SHARED.is_dir() or reporter is None:
        return []
    # A module that is skipped as a whole is reported once by each worker.
    return sorted({f"{report.nodeid}: {skip_reason(report)}" for report in reporter.stats.get("skipped", [])})


def skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if forbidden_skips(session.config) and session.exitstatus in {
        pytest.ExitCode.OK,
        pytest.ExitCode.NO_TESTS_COLLECTED,
    }:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    forbidden = forbidden_skips(config)
    if forbidden:
        terminalreporter.section("skipped in CI, which is a failure", red=True)
        for skip in forbidden:
            terminalreporter.line(skip)
        return
    reasons = Counter(
        skip_reason(report).removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
    )
    if reasons:
        terminalreporter.section("not tested on this machine, and how to get it", yellow=True)
        for reason, number in reasons.most_common():
            terminalreporter.line(f"{number} tests: {reason}")
