"""Workers as real processes, on the register of a test: the clock, the switch for loopback and the point of death are given."""

import base64
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from registry.register import Register
from tests.registry.commands import OF_THE_ENVIRONMENT
from tests.registry.small import KEY

ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import importlib, os, signal, sys
from datetime import datetime
from registry.cli import harvest, main, opening, origin, webhook
from verify.fetch import Fetcher

at, dies_at = sys.argv[1:3]
opening.clock = lambda: datetime.fromisoformat(at)
harvest.Fetcher = webhook.Fetcher = origin.Fetcher = lambda **more: Fetcher(**{**more, "allow_loopback": True})
if dies_at:
    module, name = dies_at.split(":")
    setattr(importlib.import_module(module), name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
sys.argv = ["license-registry", *sys.argv[3:]]
main()
"""
"""`license-registry` at a given time, that kills itself where it would call a given function (`module:name`)."""


def start(register: Register, home: Path, at: datetime, *arguments: str, dies_at: str = "") -> "subprocess.Popen[str]":
    """A command in a process of its own, on the database of `register`."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_THE_ENVIRONMENT}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, at.isoformat(), dies_at, *arguments],
        cwd=ROOT,
        env={
            **environment,
            "REGISTRY_HOME": str(home),
            "REGISTRY_DATABASE_URL": register.database.engine.url.render_as_string(hide_password=False),
            "REGISTRY_KEK": base64.b64encode(KEY).decode(),
            "REGISTRY_LANG": "en",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Its exit code, output and errors, once it has ended."""
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors
