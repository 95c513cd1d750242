"""The example that follows links, run as anybody runs it: against the real server, with an address and a number."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
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
from vocab.contexts import catalogue_context_bytes, license_context_bytes
from vocab.history import ActKind
from vocab.iri import license_iri
from vocab.terms import PREFIXES

ROOT = Path(__file__).resolve().parents[2]
FOLLOW = ROOT / "examples" / "follow.py"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on loopback, with licences of two authorities."""
    home = tmp_path_factory.mktemp("followed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://localhost:{port}"
    own = {"REGISTRY_HOME": str(home), "PORT": str(port), "REGISTRY_BASE_URL": base, "REGISTRY_WORKERS": "1"}
    register = initialise(Settings.from_environ(own), lambda: datetime.now(UTC), token_bytes)
    (home / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(home / "catalogue.toml"))
    send(register, row("12/2567", expires_on="2099-12-31"), row("13/2567"), row("14/2567"))
    send(register, row("14/2567"), authority=OFFICE)
    decision = Decision(kind=ActKind.REVOKE, on=register.today(), order="1", reason="x")
    perform(register, license_iri(base, TOWN, FOOD, "13/2567"), decision)
    register.database.close()
    environ = {**{name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}, **own}
    with serving(environ, base, home / "log"):
        yield base


def follow(address: str, number: str) -> tuple[int, str]:
    """Runs the example; its exit code and what it says."""
    command = [sys.executable, str(FOLLOW), address, number]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_the_guide_does_what_it_says(address: str) -> None:
    """What the guide has engineers elsewhere type, on this server."""
    (code,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "linked-data.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert "https://license.example.go.th/" in code
    found: dict[str, Any] = {}
    exec(code.replace("https://license.example.go.th", address), found)
    assert str(found["status"]) == "https://id.example.go.th/def/license-status/active"
    assert str(found["authority"]) == f"{address}/id/auth/{TOWN}"
    assert [str(law) for law in found["laws"]] == [f"{address}/id/law/pha-2535/s38"]
    assert [str(each) for each in found["announced"]] == [f"{address}/id/gazette/{TOWN}/display-2567"]


def test_every_property_that_the_guide_names_is_one_of_our_documents() -> None:
    guide = (ROOT / "docs" / "linked-data.md").read_text(encoding="utf-8")
    table = guide.partition("## What the graph of a licence says")[2].partition("So ask")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+:\w+)`", row)}
    assert len(named) > 15
    contexts = (license_context_bytes() + catalogue_context_bytes()).decode()
    for name in named:
        prefix, _, local = name.partition(":")
        assert f'"{PREFIXES[prefix]}{local}"' in contexts, name


@pytest.mark.parametrize("where", ["http://localhost:1", "{address}/nothing-here", "no address"])
def test_that_there_is_no_registry_is_said(address: str, where: str) -> None:
    code, said = follow(where.format(address=address), "12/2567")
    assert (code, "does not answer" in said) == (2, True)


def test_from_a_number_to_everything_behind_it(address: str) -> None:
    code, said = follow(address, "๑๒/๒๕๖๗")
    lines = [" ".join(line.split()) for line in said.splitlines()]
    for name, iri, words in (
        ("Licence", f"/id/lic/{TOWN}/{FOOD}/12~2F2567", "12/2567"),
        ("Type", f"/def/license-type/{FOOD}", "Food premises licence"),
        ("Authority", f"/id/auth/{TOWN}", "Pho Tak SAO"),
        ("Law", "/id/law/pha-2535/s38", "พ.ร.บ. การสาธารณสุข พ.ศ. 2535"),
        ("Announcement", f"/id/gazette/{TOWN}/display-2567", "ประกาศ"),
    ):
        place = lines.index(f"{name}: {address}{iri}")
        assert lines[place + 1] == words
    assert any(line.startswith(f"Part of: {address}/id/law/pha-2535") for line in lines)
    assert "NOTHING IS SAID" not in said
    assert "Genuine: yes (signed-by-authority) Pho Tak SAO" in lines
    assert "In force: yes (active)" in lines
    assert code == 0


def test_what_is_not_in_force_is_said(address: str) -> None:
    code, said = follow(address, "13/2567")
    assert "license-status/revoked" in said
    assert "In force:     NO" in said
    assert code == 1


def test_several_and_none_are_told(address: str) -> None:
    assert follow(address, "14/2567") == (
        2,
        "2 licences bear this number\n"
        f"  {address}/id/lic/{OFFICE}/{FOOD}/14~2F2567\n"
        f"  {address}/id/lic/{TOWN}/{FOOD}/14~2F2567\n",
    )
    assert follow(address, "99/2567") == (2, "0 licences bear this number\n")
