"""A process of its own for a stranger's file: it has no setting, and what might take it over finds no secret.

What it may take of the machine it limits itself, before it opens anything (`__main__.py` of its package).
"""

import subprocess
import sys
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[1]


def run_confined(
    package: str, argument: str, seconds: float, stdin: IO[bytes] | int, stdout: IO[bytes] | int
) -> subprocess.CompletedProcess[bytes]:
    """Runs a package of ours to its end, with one argument. Raises `subprocess.TimeoutExpired` where that takes longer."""
    return subprocess.run(
        [sys.executable, "-E", "-s", "-W", "ignore", "-m", package, argument],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        cwd=_ROOT,
        # One arena: each more of them takes 64 MiB of the addresses that it may have.
        env={"MALLOC_ARENA_MAX": "1"},
        check=False,
    )
