"""docs/credentials.md, done as an engineer elsewhere would: the programs on the page, against a register on loopback."""

import hashlib
import json
import re
import secrets
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from bench.node import find_node
from registry.app import create_app
from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.intake.batch import Submission
from registry.intake.publish import publish
from registry.register import Register, initialise
from registry.services import Decision, perform
from tests.peers.javascript import HERE
from vocab.contexts import (
    EXAMPLES_V2,
    PINNED,
    credentials_v2_bytes,
    known_bytes,
    license_context_bytes,
    public_context_bytes,
)
from vocab.history import ActKind, legal_date
from vocab.iri import license_iri
from vocab.terms import CREDENTIALS_V2

ROOT = HERE.parents[1]
PAGE = (ROOT / "docs" / "credentials.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "example"
TOWN, FOOD = "lao-06480115", "food-premises"


@dataclass(frozen=True)
class Served:
    """A register that answers at `base`."""

    register: Register
    base: str

    def credential(self, segment: str) -> str:
        """The address of a credential, by the number as it stands in the licence's IRI."""
        return f"{self.base}/doc/vc/lic/{TOWN}/{FOOD}/{segment}"

    def get(self, address: str) -> bytes:
        with urllib.request.urlopen(address, timeout=30) as response:
            body: bytes = response.read()
            return body

    def suspend(self, number: str) -> None:
        today = legal_date(datetime.now(UTC))
        decision = Decision(kind=ActKind.SUSPEND, on=today, order="นพ 1/9", reason="ทดสอบ")
        perform(self.register, license_iri(self.base, TOWN, FOOD, number), decision)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The register of docs/example, with the machine's clock: their software has no other."""
    home = tmp_path_factory.mktemp("register")
    # The address is a part of what the register mints, so the port is taken before there is an application.
    with make_server("127.0.0.1", 0, Flask(__name__), threaded=True) as server:
        base = f"http://localhost:{server.server_port}"
        settings = Settings.from_environ({"REGISTRY_HOME": str(home), "REGISTRY_BASE_URL": base})
        register = initialise(settings, lambda: datetime.now(UTC), secrets.token_bytes)
        declare(register, read_catalogue(EXAMPLE / "catalogue.toml"))
        body = (EXAMPLE / "food-premises.csv").read_bytes()
        mapping = (EXAMPLE / "food-premises.toml").read_text(encoding="utf-8")
        publish(
            register, Submission(authority=TOWN, license_type=FOOD, file_name="list.csv", body=body, mapping=mapping)
        )
        server.app = create_app(settings, register)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Served(register, base)
        finally:
            server.shutdown()
            thread.join()
            register.database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An engineer's folder: the programs of the page, and what npm and pip installed for them."""
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "verify.mjs").write_text(block("js"), encoding="utf-8")
    (tmp_path / "by_hand.py").write_text(block("python"), encoding="utf-8")
    return tmp_path


def block(language: str) -> str:
    """The one program in `language` on the page."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def run(folder: Path, *command: str) -> tuple[int, str, str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_javascript_verifies_a_license_that_is_in_force(served: Served, folder: Path) -> None:
    code, out, errors = run(folder, find_node(), "verify.mjs", served.base, served.credential("12~2F2567"))
    assert (code, out) == (0, f"VERIFIED {served.base}/id/lic/{TOWN}/{FOOD}/12~2F2567\n"), errors


def test_the_javascript_refuses_what_is_suspended_or_expired(served: Served, folder: Path) -> None:
    served.suspend("14-2567")
    code, out, errors = run(folder, find_node(), "verify.mjs", served.base, served.credential("14-2567"))
    assert (code, out) == (1, "")
    assert "the status is set: suspension" in errors
    code, out, errors = run(folder, find_node(), "verify.mjs", served.base, served.credential("13~2F2567"))
    assert (code, out) == (1, "")
    assert 'is after "validUntil"' in errors


def test_the_javascript_asks_the_register_that_it_was_told_to_trust(served: Served, folder: Path) -> None:
    other = served.base.replace("localhost", "127.0.0.1")
    code, out, errors = run(folder, find_node(), "verify.mjs", other, served.credential("12~2F2567"))
    assert (code, out) == (1, "")
    assert f"this is no credential of {other}" in errors


def test_python_by_hand_shows_both_hashes_and_verifies(served: Served, folder: Path) -> None:
    credential = served.get(served.credential("12~2F2567"))
    files = {
        "license-v1.jsonld": served.get(f"{served.base}/ctx/license/v1"),
        "credentials-v2.jsonld": credentials_v2_bytes(),
        "credential.json": credential,
        "did.json": served.get(f"{served.base}/auth/{TOWN}/did.json"),
        "altered.json": credential.replace(b"12/2567", b"13/2567"),
    }
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    code, out, errors = run(folder, sys.executable, "by_hand.py", "credential.json", "did.json")
    assert code == 0, errors
    configuration, document, verdict = out.splitlines()
    assert verdict == "the signature fits"
    code, altered, errors = run(folder, sys.executable, "by_hand.py", "altered.json", "did.json")
    assert code == 1
    assert "InvalidSignature" in errors
    # Only what was changed has another hash.
    assert altered.splitlines()[0] == configuration
    assert altered.splitlines()[1] != document


def test_the_page_names_the_hashes_that_we_pin() -> None:
    listed = re.findall(r"^\| `(\S+)` \| `([0-9a-f]{64})`( \*)? \|$", PAGE, re.MULTILINE)
    contexts = {url: public_context_bytes(url) for url in (CREDENTIALS_V2, EXAMPLES_V2, *PINNED)}
    contexts["{base}/ctx/license/v1"] = license_context_bytes()
    assert {url: digest for url, digest, _ in listed} == {
        url: hashlib.sha256(raw).hexdigest() for url, raw in contexts.items()
    }
    assert {url for url, _, mark in listed if mark} == {url for url in PINNED if known_bytes(url) is None}
    assert set(re.findall(r"\b[0-9a-f]{64}\b", PAGE)) == {digest for _, digest, _ in listed}


def test_the_page_installs_what_was_tried() -> None:
    """What the page has people install is what package.json has for these tests."""
    named = set(re.findall(r"npm install (.*?)\nnode", PAGE, re.DOTALL)[0].replace("\\", "").split())
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert named <= package["dependencies"].keys() | package["devDependencies"].keys()
    imported = set(re.findall(r"from '(@[^']+)'", block("js")))
    assert imported <= named
