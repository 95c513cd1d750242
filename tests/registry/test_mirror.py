"""The example that mirrors a register, run as anybody runs it: against the real server, with nothing but its address."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import pytest
import rdflib

from registry.access.acts import set_links
from registry.access.links import By
from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.intake.undo import undo_batch
from registry.register import Register, initialise
from registry.services import Decision, perform
from tests.registry.mirroring import in_the_register
from tests.registry.serving import serving
from tests.registry.small import CATALOGUE, FOOD, TOWN, row, send
from vocab.access import LicenseAccess, parse_access
from vocab.history import ActKind
from vocab.iri import license_iri

ROOT = Path(__file__).resolve().parents[2]
MIRROR = ROOT / "examples" / "mirror.py"


@dataclass(frozen=True)
class Service:
    """A server that runs on loopback, its register, and the environment of its commands."""

    address: str
    register: Register
    environ: dict[str, str]

    def dump(self) -> None:
        command = [sys.executable, "-m", "registry.cli", "dump"]
        subprocess.run(command, cwd=ROOT, env=self.environ, check=True, capture_output=True)

    def act(self, number: str, kind: ActKind) -> None:
        today = self.register.today()
        iri = license_iri(self.address, TOWN, FOOD, number)
        perform(self.register, iri, Decision(kind=kind, on=today, order="1", reason="x"))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    own = {
        "REGISTRY_HOME": str(tmp_path / "home"),
        "PORT": str(port),
        "REGISTRY_BASE_URL": address,
        "REGISTRY_WORKERS": "1",
    }
    environ = {**{name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}, **own}
    register = initialise(Settings.from_environ(own), lambda: datetime.now(UTC), token_bytes)
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(tmp_path / "catalogue.toml"))
    try:
        with serving(environ, address, tmp_path / "log"):
            yield Service(address, register, environ)
    finally:
        register.database.close()


def mirror(service: Service, folder: Path) -> str:
    """Runs the example. Returns what it says."""
    command = [sys.executable, str(MIRROR), service.address, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_copy(service: Service, folder: Path) -> None:
    """The copy has the licences that are public, each with its status and all that the register says under its IRI."""
    expected = {iri: known.status for iri, known in in_the_register(service.register).items()}
    copied = {}
    for path in folder.glob("*.nt"):
        graph = rdflib.Graph().parse(path, format="nt")
        name = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        iri = rdflib.URIRef(name)
        status = graph.value(iri, rdflib.URIRef("http://www.w3.org/ns/adms#status"))
        copied[name] = str(status).rpartition("/")[2]
        served = rdflib.Graph().parse(name.replace("/id/lic/", "/doc/nt/lic/"), format="nt")
        assert set(served) <= set(graph), "all that the register says of the licence"
        own = {triple for triple in graph if str(triple[0]).startswith(name)}
        assert own <= set(served), "and under its name nothing else"
    assert copied == expected


def test_a_mirror_stays_up_to_date(service: Service, tmp_path: Path) -> None:
    register, copy = service.register, tmp_path / "copy"
    send_at(service, "1/2567", "2/2567", "3/2567")
    service.dump()
    assert mirror(service, copy).startswith("3 licences")
    check_copy(service, copy)
    batch = send_at(service, "4/2567", "5/2567")
    service.act("1/2567", ActKind.SUSPEND)
    service.act("2/2567", ActKind.REVOKE)
    assert mirror(service, copy).startswith("5 licences")
    check_copy(service, copy)
    undo_batch(register, batch)
    service.act("1/2567", ActKind.REINSTATE)
    # A second copy begins at the old dump, with all that came after it.
    for folder in (copy, tmp_path / "other"):
        assert mirror(service, folder).startswith("3 licences")
        check_copy(service, folder)


def test_links_are_mirrored_from_the_dump_and_from_the_feed(service: Service, tmp_path: Path) -> None:
    copy, site = tmp_path / "copy", "https://www.photak.example.go.th"
    send_at(service, "1/2567", "2/2567", "3/2567")
    link(service, "1/2567", parse_access(rights="public", download_url=f"{site}/1.pdf", media_type="application/pdf"))
    link(service, "2/2567", parse_access(rights="restricted", access_url=f"{site}/login"))
    service.dump()
    mirror(service, copy)
    check_copy(service, copy)
    assert documents_in(copy) == 2
    link(service, "1/2567")
    link(service, "2/2567", parse_access(rights="nonPublic"))
    link(service, "3/2567", *(parse_access(rights="public", access_url=f"{site}/{n}") for n in range(3)))
    # A second copy begins at the old dump; a third at a new one, which takes from the old what has not changed.
    for folder in (copy, tmp_path / "other", tmp_path / "third"):
        if folder.name == "third":
            service.dump()
        mirror(service, folder)
        check_copy(service, folder)
        assert documents_in(folder) == 4


def link(service: Service, number: str, *links: LicenseAccess) -> None:
    set_links(service.register, license_iri(service.address, TOWN, FOOD, number), links, By())


def documents_in(folder: Path) -> int:
    return sum(path.read_text(encoding="utf-8").count("lic#licenseAccess>") for path in folder.glob("*.nt"))


def test_a_manifest_that_was_altered_is_not_taken(service: Service, tmp_path: Path) -> None:
    send_at(service, "1/2567")
    service.dump()
    (path,) = Path(service.environ["REGISTRY_HOME"]).glob(f"**/{TOWN}/{FOOD}/manifest.json")
    path.write_bytes(path.read_bytes().replace(b'"entities":"1"', b'"entities":"2"'))
    command = [sys.executable, str(MIRROR), service.address, str(tmp_path / "copy")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0
    assert "verify.errors." in done.stderr
    assert not (tmp_path / "copy" / "state.json").exists()


def test_a_mirror_that_is_ahead_of_its_register_says_so(service: Service, tmp_path: Path) -> None:
    send_at(service, "1/2567")
    mirror(service, tmp_path)
    (tmp_path / "state.json").write_text('{"cursor": 99}')
    command = [sys.executable, str(MIRROR), service.address, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0
    assert "begin anew: " in done.stderr
    assert "has the sequence 1" in done.stderr


def test_a_register_without_dumps_is_mirrored_by_its_feed(service: Service, tmp_path: Path) -> None:
    send_at(service, "1/2567")
    assert mirror(service, tmp_path / "copy").startswith("1 licences")
    check_copy(service, tmp_path / "copy")


def send_at(service: Service, *numbers: str) -> int:
    return send(service.register, *(row(number) for number in numbers)).batch
