"""Two registers: one of an agency's own, on its real server behind a wire that tests can touch, and the one that harvests it."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_bytes

from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.federation.following import follow_due
from registry.federation.origins import Origin, add_origin
from registry.intake.publish import publish
from registry.intake.suspicion import SUSPICIONS
from registry.record import LicenseRecord
from registry.register import Register, initialise
from registry.services import Decision, perform
from tests.local_server import LocalServer, Request, Told, local_server
from tests.registry.serving import wait_for
from tests.registry.small import CATALOGUE, FOOD, MAPPING, TOWN, Clock, find, row, submission, table
from verify.fetch import Fetcher
from vocab.history import ActKind
from vocab.iri import license_iri

ROOT = Path(__file__).resolve().parents[2]
LOCAL = Fetcher(allow_loopback=True)
NAME = "town"
Touch = Callable[[str, Told], Told]
"""What becomes of an answer on its way: by the path that was asked, with its query."""


class _Unled(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        """Whoever asked is told, and goes there himself."""


_OPENER = urllib.request.build_opener(_Unled)


@dataclass
class Agency:
    """An agency's own register: `base` is the address of the wire in front of its server."""

    base: str
    register: Register
    environ: Mapping[str, str]
    wire: LocalServer
    process: "subprocess.Popen[bytes]"
    touch: list[Touch] = field(default_factory=list)

    def send(self, *rows: Mapping[str, str], authority: str = TOWN, license_type: str = FOOD) -> int:
        mapping = MAPPING if license_type == FOOD else MAPPING.partition("[columns.particulars]")[0]
        file = submission(table(*rows), authority, license_type, mapping)
        return publish(self.register, file, accept=SUSPICIONS).batch

    def act(self, number: str, kind: ActKind, **more: object) -> None:
        iri = license_iri(self.base, TOWN, FOOD, number)
        on = more.pop("on", self.register.today())
        assert isinstance(on, date)
        decision = Decision(kind=kind, on=on, order="ที่ 1/2569", reason="สุขลักษณะ", **more)  # type: ignore[arg-type]
        perform(self.register, iri, decision)

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "registry.cli", *arguments],
            cwd=ROOT,
            env=dict(self.environ),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    @property
    def asked(self) -> list[str]:
        return self.wire.asked


@contextmanager
def agency(folder: Path, catalogue: str = CATALOGUE) -> Iterator[Agency]:
    """The agency's register on its real server, with the catalogue of the small one."""
    folder.mkdir(parents=True, exist_ok=True)
    with local_server() as wire, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        base = wire.url("")
        own = {
            "REGISTRY_HOME": str(folder / "home"),
            "PORT": str(port),
            "REGISTRY_BASE_URL": base,
            "REGISTRY_WORKERS": "1",
        }
        environ = {**{name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}, **own}
        register = initialise(Settings.from_environ(own), lambda: datetime.now(UTC), token_bytes)
        (folder / "catalogue.toml").write_text(catalogue, encoding="utf-8")
        declare(register, read_catalogue(folder / "catalogue.toml"))
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "registry.cli", "serve"]
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        made = Agency(base, register, environ, wire, process)
        wire.answers["*"] = lambda request: _forwarded(made, port, request)
        try:
            wait_for(process, f"http://127.0.0.1:{port}")
            yield made
        finally:
            process.terminate()
            process.wait(30)
            register.database.close()


def _forwarded(agency: Agency, port: int, request: Request) -> Told:
    passed = {name: value for name, value in request.headers.items() if name in ("accept", "if-none-match")}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{request.path}", headers=passed)
    try:
        with _OPENER.open(asked, timeout=30) as reply:
            told = _told(reply.status, reply.read(), reply.headers.items())
    except urllib.error.HTTPError as error:
        with error:
            told = _told(error.code, error.read(), error.headers.items())
    except OSError:
        told = Told(502)
    for touch in agency.touch:
        told = touch(request.path, told)
    return told


def _told(status: int, body: bytes, headers: object) -> Told:
    kept = tuple((name, value) for name, value in headers if name in ("ETag", "Location", "Content-Type"))  # type: ignore[attr-defined]
    return Told(status, body, kept)


@dataclass
class Here:
    """The register that harvests, at the present instant."""

    register: Register
    clock: Clock

    def add(self, agency: Agency, authority: str = TOWN, name: str = NAME) -> Origin:
        self.clock.now = datetime.now(UTC)
        return add_origin(self.register, LOCAL, authority=authority, name=name, base=agency.base, trusts_first=True)

    def follow(self, origin: Origin) -> Origin:
        self.clock.now = datetime.now(UTC)
        (done,) = follow_due(self.register, LOCAL, origin_id=origin.id)
        return done

    def find(self, number: str) -> LicenseRecord:
        return find(self.register, number)


def rows(*numbers: int) -> list[dict[str, str]]:
    return [row(f"{number}/2567") for number in numbers]


def changed(member: str, value: object) -> Callable[[bytes], bytes]:
    """An answer with one member changed."""
    return lambda body: json.dumps({**json.loads(body), member: value}).encode()
