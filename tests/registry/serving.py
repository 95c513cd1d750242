"""The service as its users have it: a process of its own."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving(environ: Mapping[str, str], address: str, log: Path) -> Iterator[None]:
    """`license-registry serve` with this environment, answering at `address`, until the end of the block."""
    with log.open("wb") as file:
        command = [sys.executable, "-m", "registry.cli", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=file, stderr=file)
    try:
        wait_for(process, address)
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for(process: "subprocess.Popen[bytes]", address: str) -> None:
    """Returns once the service answers. Raises AssertionError where it ends or stays silent."""
    for _attempt in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=10).close()
        except OSError:
            # A pause that also notices a crash.
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        else:
            return
    raise AssertionError("the server does not answer")
