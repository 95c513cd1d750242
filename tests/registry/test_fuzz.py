"""The running service and its description, held to each other by a fuzzer (schemathesis): no 500, no undocumented answer.

A few minutes under `make test-long`; here a small budget.
"""

import copy
import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.intake.publish import publish
from registry.register import Register, initialise
from registry.tables import CredentialRow, LicenseRow
from registry.tokens import TokenScope, new_token
from tests.conftest import LONG
from tests.registry.office import credential as license_credential
from tests.registry.pushing import LICENSE
from tests.registry.small import ADVERT, CATALOGUE, MAPPING, TOWN, row, submission, table
from tests.registry.test_sandbox import anything

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 400 if LONG else 12
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)


@dataclass(frozen=True)
class Service:
    """A service that runs on loopback, with licences in it, and a token of an authority."""

    address: str
    description: dict[str, Any]
    token: str


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("service")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        "REGISTRY_HOME": str(home),
        "PORT": str(port),
        "REGISTRY_BASE_URL": f"http://localhost:{port}",
        "REGISTRY_SANDBOX": "1",
        "REGISTRY_RATE_LIMIT": "1000000/minute",
        "REGISTRY_WORKERS": "2",
    }
    examples, token = _fill(home, environ)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "registry.cli", "serve"],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        description = json.loads(_first_answer(process, f"{address}/openapi.json", home / "log"))
        issued = _sandbox_credential(address)
        yield Service(address, _with_examples(description, examples, issued), token)
    finally:
        process.terminate()
        process.wait(30)


def _fill(home: Path, environ: dict[str, str]) -> tuple[dict[str, str], str]:
    """Licences of several kinds, and a token. Returns what names of things are there, by parameter."""
    register = initialise(Settings.from_environ(environ), lambda: datetime.now(UTC), secrets.token_bytes)
    (home / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(home / "catalogue.toml"))
    publish(register, submission(table(row("12/2567"), row("13/2567", expires_on="2025-01-01"), row("๑๔/๒๕๖๗"))))
    years = table(row("45", issued_on="2023-01-05"), row("45", issued_on="2024-01-05"))
    publish(register, submission(years, TOWN, ADVERT, MAPPING.partition("[columns.particulars]")[0]))
    _, token = new_token(register, TOWN, list(TokenScope), register.now() + timedelta(days=1))
    examples = _names(register)
    register.database.close()
    return examples, token


def _names(register: Register) -> dict[str, str]:
    with register.database.reading() as session:
        check_id = session.scalars(select(LicenseRow.check_id)).first()
        credential_id = session.scalars(select(CredentialRow.id)).first()
    assert check_id is not None
    assert credential_id is not None
    return {"check_id": check_id, "credential_id": credential_id}


def _first_answer(process: subprocess.Popen[bytes], address: str, log: Path) -> bytes:
    for _attempt in range(300):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                body: bytes = answer.read()
                return body
        except OSError:
            # Waits for the process to end, which it does not: a pause that also notices a crash.
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
    raise AssertionError(f"the service does not answer: {log.read_text()[-2_000:]}")


def _sandbox_credential(address: str) -> Any:
    body = json.dumps({"credential": anything()}).encode()
    request = urllib.request.Request(
        f"{address}/sandbox/credentials/issue", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _with_examples(description: dict[str, Any], names: dict[str, str], issued: Any) -> dict[str, Any]:
    """The description with what is there to be found, so that more than "not found" is asked for."""
    found = copy.deepcopy(description)
    for methods in found["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in names:
                    parameter["example"] = names[parameter["name"]]
    bodies = {
        "/credentials/issue": {"credential": license_credential()},
        "/sandbox/credentials/issue": {"credential": anything()},
        "/credentials/verify": {"verifiableCredential": issued, "options": {"checks": ["proof"]}},
    }
    for path, body in bodies.items():
        found["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"] = body
    lines = found["paths"]["/api/v1/licenses/{authority}/{type}"]["post"]["requestBody"]["content"]
    lines["application/jsonl"]["example"] = "".join(
        json.dumps(LICENSE | {"number": f"{n}/2567"}) + "\n" for n in (1, 2)
    )
    return found


def fuzz(service: Service, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    file = home / "openapi.json"
    file.write_text(json.dumps(service.description), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(file), "--url", service.address),
        *("--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES), "--seed", "20261121", "--no-color"),
        *("--phases", "examples,coverage,fuzzing,stateful", "--suppress-health-check", "all", "--continue-on-failure"),
        *options,
    ]
    environ = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.registry.fuzz_hooks", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=home, env=environ, capture_output=True, text=True, check=False)


def test_the_service_answers_as_it_is_described(service: Service, tmp_path: Path) -> None:
    done = fuzz(service, tmp_path)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


def test_so_it_does_for_an_authority(service: Service, tmp_path: Path) -> None:
    header = f"Authorization: Bearer {service.token}"
    done = fuzz(service, tmp_path, "--header", header, "--include-path-regex", "^/(credentials/issue|api/v1)")
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


def test_an_answer_that_is_not_described_would_be_noticed(service: Service, tmp_path: Path) -> None:
    path = "/vc/{credential_id}"
    silent = copy.deepcopy(service.description)
    del silent["paths"][path]["get"]["responses"]["404"]
    done = fuzz(replace(service, description=silent), tmp_path, "--include-path", path)
    assert done.returncode == 1
    assert "Undocumented status code" in done.stdout
