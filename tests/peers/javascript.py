"""Digital Bazaar's JavaScript, asked from here: `verify.mjs` and `sign.mjs` in this folder, each run once for many jobs."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.node import find_node

HERE = Path(__file__).resolve().parent
Job = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What their verifier says: its verdict, and the messages of all its errors in one text."""

    verified: bool
    errors: str
    payload: Any = None


def run(script: Path, *arguments: str, given: str = "", cwd: Path = HERE) -> str:
    """What `script` prints. A script that fails, fails the test with what it said."""
    done = subprocess.run(
        [find_node(), str(script), *arguments], input=given, capture_output=True, text=True, check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def verify(jobs: Sequence[Job], documents: Mapping[str, Any]) -> list[Answer]:
    """Their answers, one a job (see verify.mjs). `documents`: all that can be fetched, by address."""
    answers = json.loads(run(HERE / "verify.mjs", given=json.dumps({"documents": documents, "jobs": jobs})))
    assert len(answers) == len(jobs)
    return [Answer(each["verified"], "; ".join(each["errors"]), each.get("payload")) for each in answers]


def sign(jobs: Sequence[Job], documents: Mapping[str, Any]) -> list[Any]:
    """What they sign, one document (or compact JWS) a job (see sign.mjs)."""
    signed: list[Any] = json.loads(run(HERE / "sign.mjs", given=json.dumps({"documents": documents, "jobs": jobs})))
    assert len(signed) == len(jobs)
    return signed
