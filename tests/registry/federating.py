"""Two registers: one of an agency's own, on its real server behind a wire that tests can touch, and the one that harvests it."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_bytes

from flask import Flask

from registry.app import create_app
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
    """An agency's own register: `base` is the address of the wire in front of its server, a process of its own (`process`), or
    else its application in ours, which starts sooner."""

    base: str
    register: Register
    environ: Mapping[str, str]
    wire: LocalServer
    app: Flask
    process: "subprocess.Popen[bytes] | None" = None
    port: int = 0
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

    def stop(self) -> None:
        """Its server ends, and is not there any more."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    @property
    def asked(self) -> list[str]:
        return self.wire.asked


@contextmanager
def agency(folder: Path, *, is_served: bool = False) -> Iterator[Agency]:
    """The agency's register, with the catalogue of the small one; `is_served`: by the real server, in a process of its own."""
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
        settings = Settings.from_environ(own)
        register = initialise(settings, lambda: datetime.now(UTC), token_bytes)
        (folder / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
        declare(register, read_catalogue(folder / "catalogue.toml"))
        made = Agency(base, register, environ, wire, create_app(settings, register))
        wire.answers["*"] = lambda request: _forwarded(made, request)
        try:
            if is_served:
                _serve(made, folder, port)
            yield made
        finally:
            made.stop()
            register.database.close()


def _serve(made: Agency, folder: Path, port: int) -> None:
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "registry.cli", "serve"]
        made.process = subprocess.Popen(command, cwd=ROOT, env=dict(made.environ), stdout=log, stderr=log)
    made.port = port
    wait_for(made.process, f"http://127.0.0.1:{port}")


def _forwarded(agency: Agency, request: Request) -> Told:
    passed = {name: value for name, value in request.headers.items() if name in ("accept", "if-none-match")}
    told = _from_server(agency, request.path, passed) if agency.process else _from_app(agency, request.path, passed)
    for touch in agency.touch:
        told = touch(request.path, told)
    return told


def _from_app(agency: Agency, path: str, headers: Mapping[str, str]) -> Told:
    with agency.app.test_client().get(path, headers=dict(headers)) as reply:
        return _told(reply.status_code, reply.data, list(reply.headers.items()))


def _from_server(agency: Agency, path: str, headers: Mapping[str, str]) -> Told:
    asked = urllib.request.Request(f"http://127.0.0.1:{agency.port}{path}", headers=dict(headers))
    try:
        with _OPENER.open(asked, timeout=30) as reply:
            return _told(reply.status, reply.read(), reply.headers.items())
    except urllib.error.HTTPError as error:
        with error:
            return _told(error.code, error.read(), error.headers.items())
    except OSError:
        return Told(502)


def _told(status: int, body: bytes, headers: Iterable[tuple[str, str]]) -> Told:
    kept = tuple((name, value) for name, value in headers if name in ("ETag", "Location", "Content-Type"))
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
