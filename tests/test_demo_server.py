"""The demo as a newcomer starts it: one command, a real server, and a credential that verifies without a network."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from verify import __main__ as verifier

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 300


@dataclass(frozen=True)
class Demo:
    """A running demo: what it printed, and where it is."""

    printed: str
    address: str
    home: Path

    def get(self, path: str, accept: str = "*/*") -> tuple[int, str, bytes]:
        """Status, content type and body; redirects are followed."""
        request = urllib.request.Request(self.address + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.headers["Content-Type"], response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read()

    def licenses(self) -> dict[str, str]:
        """The path of the page of each licence that was printed, by status."""
        found = re.findall(r"^  (active|suspended|expired) .*\n +http://[^/]+(/\S+)$", self.printed, re.MULTILINE)
        return dict(found)


def start(home: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    """Starts the demo; returns when it has printed everything, with what it printed."""
    environment = {**os.environ, "REGISTRY_HOME": str(home), "PORT": str(port), "REGISTRY_WORKERS": "2"}
    process = subprocess.Popen(
        [sys.executable, "-m", "registry.cli", "demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Stop with Ctrl-C" in line:
            break
    return process, "".join(lines)


def stop(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process, printed = start(home, port)
    try:
        running = Demo(printed, f"http://127.0.0.1:{port}", home)
        wait_until_it_answers(process, running)
        yield running
    finally:
        stop(process)


def wait_until_it_answers(process: subprocess.Popen[str], demo: Demo) -> None:
    """The server binds its port a moment after the last line was printed."""
    for _attempt in range(200):
        try:
            demo.get("/healthz")
        except urllib.error.URLError:
            assert process.poll() is None, demo.printed
            # Waits for the process to end, which it does not: a pause that also notices a crash.
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    raise AssertionError("the demo does not answer")


def test_prints_the_address_three_licences_and_a_code(demo: Demo) -> None:
    assert demo.address in demo.printed
    assert set(demo.licenses()) == {"active", "suspended", "expired"}
    assert "█" in demo.printed
    assert re.search(r"HTTP://LOCALHOST:\d+/C/[0-9A-Z]{26}", demo.printed)


def test_each_printed_licence_says_its_status_in_words(demo: Demo) -> None:
    for status, word in (("active", "In force"), ("suspended", "Suspended"), ("expired", "Expired")):
        code, kind, body = demo.get(demo.licenses()[status] + "?lang=en")
        assert (code, kind) == (200, "text/html; charset=utf-8")
        assert word in body.decode()


def test_what_can_be_tried_with_a_licence_is_there(demo: Demo) -> None:
    paths = dict(re.findall(r"^  ([a-z][a-z ]*?)  +http://[^/]+(/\S*)", demo.printed, re.MULTILINE))
    kinds = {use: demo.get(path)[:2] for use, path in paths.items()}
    html = "text/html; charset=utf-8"
    assert kinds == {
        "check it": (200, html),
        "without a network": (200, html),
        "hang it up": (200, "application/pdf"),
        "show it on a phone": (200, html),
        "put it on a web site": (200, "image/svg+xml; charset=utf-8"),
        "say that a sign is false": (200, html),
    }
    done = subprocess.run(
        [sys.executable, "-m", "registry.cli", "reports", "list"],
        cwd=ROOT,
        env={**os.environ, "REGISTRY_HOME": str(demo.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"\S+  \S+  x-dot  \S+  address\n", done.stdout)


def test_the_code_opens_the_same_licence(demo: Demo) -> None:
    path = re.search(r"/C/[0-9A-Z]{26}", demo.printed)
    assert path is not None
    code, _kind, body = demo.get(path.group())
    number = re.search(r"  active +(\S+)", demo.printed)
    assert code == 200
    assert number is not None
    assert number[1] in body.decode()


def test_a_saved_credential_verifies_without_a_network(
    demo: Demo, tmp_path: Path, socket_disabled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    # The files were fetched before; from here on no socket can be opened at all.
    trust = demo.home / "trust.json"
    for status, exit_code in (("active", 0), ("suspended", 1), ("expired", 1)):
        file = tmp_path / f"{status}.json"
        file.write_bytes(saved_credential(demo, status))
        assert verifier.main([str(file), "--trust", str(trust)]) == exit_code
        said = capsys.readouterr().out
        assert "Genuine:      yes" in said


def saved_credential(demo: Demo, status: str) -> bytes:
    """The credential from the register's own file, since sockets are off."""
    path = demo.licenses()[status].replace("/doc/html/", "")
    environment = {**os.environ, "REGISTRY_HOME": str(demo.home)}
    file = demo.home / "credential.json"
    subprocess.run(
        [sys.executable, "-m", "registry.cli", "credential", "/id/" + path, "-o", str(file)],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return file.read_bytes()


def test_the_api_gives_the_same_answer(demo: Demo) -> None:
    path = demo.licenses()["active"].replace("/html/", "/vc/")
    _code, kind, credential = demo.get(path)
    assert kind == "application/vc"
    body = json.dumps({"verifiableCredential": json.loads(credential)}).encode()
    request = urllib.request.Request(
        demo.address + "/credentials/verify", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert json.load(response)["verified"] is True


def test_an_act_shows_at_once_on_the_running_server(demo: Demo) -> None:
    path = demo.licenses()["active"]
    tail = path.replace("/doc/html/", "/id/")
    environment = {**os.environ, "REGISTRY_HOME": str(demo.home)}

    def act(kind: str) -> None:
        command = [sys.executable, "-m", "registry.cli", "act", kind, tail, "--on", "2026-11-01"]
        subprocess.run([*command, "--order", "1", "--reason", "x"], cwd=ROOT, env=environment, check=True)

    act("suspend")
    assert "Suspended" in demo.get(path + "?lang=en")[2].decode()
    act("reinstate")
    assert "In force" in demo.get(path + "?lang=en")[2].decode()


def test_a_second_start_keeps_the_data(demo: Demo) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process, printed = start(demo.home, port)
    try:
        assert re.findall(r"/doc/html/\S+", printed) == re.findall(r"/doc/html/\S+", demo.printed)
        assert f"http://127.0.0.1:{port}" in printed
    finally:
        stop(process)


def test_a_port_in_use_is_said_in_words(demo: Demo) -> None:
    port = demo.address.rpartition(":")[2]
    environment = {**os.environ, "REGISTRY_HOME": str(demo.home), "PORT": port}
    done = subprocess.run(
        [sys.executable, "-m", "registry.cli", "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "Traceback" not in done.stderr
