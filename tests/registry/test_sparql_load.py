"""All of the register in its SPARQL endpoint, as an operator does it: `dump`, `sparql-load`, and the running server is asked."""

import json
import os
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.register import initialise
from registry.services import Decision, perform
from tests.registry.serving import serving
from tests.registry.small import CATALOGUE, FOOD, OFFICE, TOWN, row, send
from vocab.history import ActKind
from vocab.iri import license_iri

ROOT = Path(__file__).resolve().parents[2]
COMPANY, OTHER = "0105550000015", "0105550000023"
LICENSES = (
    "SELECT ?number ?status { ?license a schema:GovernmentPermit ; dct:identifier ?number ; adms:status ?status } "
    "ORDER BY ?number"
)


@dataclass(frozen=True)
class Instance:
    """A register in a home of its own, and the address at which it is served."""

    environ: dict[str, str]
    base: str

    def run(self, *arguments: str) -> str:
        """One command, as an operator types it; what it says."""
        command = [sys.executable, "-m", "registry.cli", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, query: str) -> list[dict[str, str]]:
        """The rows of an answer, each value as text."""
        address = f"{self.base}/sparql?{urllib.parse.urlencode({'query': query, 'format': 'json'})}"
        with urllib.request.urlopen(address, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        return [{name: term["value"] for name, term in each.items()} for each in found["results"]["bindings"]]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    home = tmp_path_factory.mktemp("asked")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://localhost:{port}"
    own = {
        "REGISTRY_HOME": str(home),
        "PORT": str(port),
        "REGISTRY_BASE_URL": base,
        "REGISTRY_WORKERS": "1",
        "REGISTRY_LANG": "en",
    }
    register = initialise(Settings.from_environ(own), lambda: datetime.now(UTC), token_bytes)
    (home / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(home / "catalogue.toml"))
    several = row("2/2567", licensee="บริษัท ก จำกัด;บริษัท ข จำกัด", juristic_id=f"{COMPANY};{OTHER}")
    send(register, row("1/2567", juristic_id=COMPANY, expires_on="2099-12-31"), several, row("3/2567"))
    send(register, row("4/2567", licensee="นายสมชาย ใจดีมาก", juristic_id=""), authority=OFFICE)
    decision = Decision(kind=ActKind.REVOKE, on=register.today(), order="1", reason='ผิด "เงื่อนไข" \\ ข้อ 1')
    perform(register, license_iri(base, TOWN, FOOD, "3/2567"), decision)
    register.database.close()
    environ = {**{name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}, **own}
    with serving(environ, base, home / "log"):
        yield Instance(environ, base)


def test_what_is_dumped_is_loaded_and_asked(instance: Instance) -> None:
    assert instance.ask(LICENSES) == [], "the small graph has no licences"
    assert "4 datasets" in instance.run("dump", "--processes", "1")
    home = Path(instance.environ["REGISTRY_HOME"])
    said = instance.run("sparql-load", str(home / "data"))
    assert " triples of 4 files" in said
    found = instance.ask(LICENSES)
    assert [each["number"] for each in found] == ["1/2567", "2/2567", "3/2567", "4/2567"]
    assert [each["status"].rpartition("/")[2] for each in found][:3] == ["active", "active", "revoked"]
    held = instance.ask(
        "SELECT ?number { ?license lic:licensee ?who ; dct:identifier ?number . "
        f'?who schema:taxID "{COMPANY}" }} ORDER BY ?number'
    )
    assert [each["number"] for each in held] == ["1/2567", "2/2567"]
    # From a licence to what the small graph knows: one graph, without a second address to ask.
    law = instance.ask(
        'SELECT DISTINCT ?law ?name { ?license dct:identifier "1/2567" ; dct:type ?type ; schema:issuedBy ?by . '
        "?type cv:hasLegalResource ?law . ?by skos:prefLabel ?name }"
    )
    assert {each["law"] for each in law} == {f"{instance.base}/id/law/pha-2535/s38"}
    reason = instance.ask(
        "SELECT ?reason { ?license lic:act ?act . ?act ?p ?reason FILTER(CONTAINS(STR(?reason), 'เงื่อนไข')) }"
    )
    assert [each["reason"] for each in reason] == ['ผิด "เงื่อนไข" \\ ข้อ 1']
    persons = instance.ask("SELECT ?o { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'ใจดีมาก')) }")
    assert persons == [], "nothing is in it that is not public"
