"""Publishing in processes that die: by themselves, at a point that is counted, as suddenly as by kill -9.

One process is started and has all modules loaded; it forks for each attempt, so that a hundred of them take no time to start.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from registry.register import Register

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import json, os, sys
from tests.registry.attempts import attempt

for line in sys.stdin:
    answers, answer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(answers)
        try:
            attempt(answer, **json.loads(line))
        except BaseException as error:
            os.write(answer, json.dumps({"raised": f"{type(error).__name__}: {error}"}).encode())
        os._exit(0)
    os.close(answer)
    # Its workers hold the pipe no more than it does: the end of it is the end of all.
    with os.fdopen(answers) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    print(json.dumps({"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "said": said}), flush=True)
"""


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where an attempt dies: at its `number`th statement, before or after its `number`th commit (0 for nowhere), or before or
    after the commit that makes it public (-1)."""

    kind: str = "statement"
    number: int = 0


@dataclass(frozen=True)
class Ended:
    """How an attempt ended: by which signal (0: by itself), and what it said: its report's counts, and how far it counted."""

    signal: int
    counts: dict[str, int]
    statements: int
    commits: int
    raised: str


class Attempts:
    """Attempts to publish a file into the database of a register."""

    def __init__(self, server: "subprocess.Popen[str]", register: Register, file: Path, piece: int) -> None:
        self._server = server
        self._url = register.database.engine.url.render_as_string(hide_password=False)
        self._file = file
        self._number = 0
        self._piece = piece

    def make(self, point: Point = Point(), processes: int = 1) -> Ended:
        """One attempt, which dies at `point`."""
        self._number += 1
        asked = {
            "url": self._url,
            "file": str(self._file),
            "seed": self._number,
            "processes": processes,
            "piece": self._piece,
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps({**asked, **asdict(point)}), file=self._server.stdin, flush=True)
        told = json.loads(self._server.stdout.readline())
        said = json.loads(told["said"] or "{}")
        return Ended(
            told["signal"],
            said.get("counts", {}),
            said.get("statements", 0),
            said.get("commits", 0),
            said.get("raised", ""),
        )


@contextmanager
def attempts(register: Register, file: Path, piece: int = 500) -> Iterator[Attempts]:
    """Attempts to publish `file`, as the whole list of the town, with the mapping of `tests.registry.intake.lists.STATUS`.

    `piece` rows are done at a time.
    """
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield Attempts(server, register, file, piece)
        assert server.stdin is not None
        server.stdin.close()


def attempt(answer: int, url: str, file: str, seed: int, processes: int, piece: int, kind: str, number: int) -> None:
    """In a process of its own: publishes, or dies at the point. Writes to `answer` what it counted."""
    from sqlalchemy import event

    from registry.intake import publish as publishing
    from registry.intake import staging
    from registry.intake.suspicion import SUSPICIONS
    from registry.intake.workers import several_workers
    from tests.registry.intake.lists import STATUS, whole_list
    from tests.registry.small import open_small

    register = open_small(url, f"attempt {seed}")
    counted = {"statements": 0, "commits": 0}
    is_last = False
    staging.PIECE = publishing.PIECE = piece

    def die_at(what: str, here: int) -> None:
        if kind == what and (number == here or (number == -1 and is_last)):
            os.write(answer, json.dumps(counted).encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def on_statement(*_: object) -> None:
        counted["statements"] += 1
        die_at("statement", counted["statements"])

    commit = register.database.engine.dialect.do_commit

    def on_commit(connection: Any) -> None:
        counted["commits"] += 1
        die_at("before commit", counted["commits"])
        commit(connection)
        die_at("after commit", counted["commits"])

    save = getattr(publishing, "save_mapping")  # noqa: B009

    def on_saving(*given: Any) -> Any:
        nonlocal is_last
        is_last = True
        return save(*given)

    event.listen(register.database.engine, "before_cursor_execute", on_statement)
    setattr(register.database.engine.dialect, "do_commit", on_commit)  # noqa: B010
    # Called once, near the end of what makes a batch public.
    setattr(publishing, "save_mapping", on_saving)  # noqa: B010
    body = Path(file).read_bytes()
    with several_workers(processes) as workers:
        report = publishing.publish(register, whole_list(body, STATUS), tuple(SUSPICIONS), workers=workers)
    register.database.close()
    os.write(answer, json.dumps({"counts": dict(report.counts), **counted}).encode())
