"""Reading in a process of its own (`__main__.py` here), which may have so much memory and time and no more.

Whatever a file does to the process that reads it, it is a `FileUnreadable` here. What comes from there is text and numbers only.
"""

import json
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import orjson

from registry.intake.body import Body, blocks
from registry.intake.finding import Finding
from registry.intake.table import FileForm, FileUnreadable, Layout, OpenTable, SourceRow

MEMORY_MB = 512
"""What the process may have, the file itself included."""
LENGTH_BYTES = 4
"""Each piece that the process sends stands behind its length."""

_ROOT = Path(__file__).resolve().parents[3]
# Seconds by the clock without anything read, on a machine that has much else to do: computing has its own, shorter limit.
_SILENCE_SECONDS = 90
# How a process ends that gets no more memory: by itself, or by the system where the machine has none.
_OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL})


@contextmanager
def confined(body: Body, name: str, layout: Layout) -> Iterator[OpenTable]:
    """The table in a file, read by another process as its chunks are asked for; the process ends with the block.

    Raises `FileUnreadable`, whatever becomes of the process.
    """
    with tempfile.TemporaryFile() as file:
        for block in blocks(body):
            file.write(block)
        file.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-E", "-s", "-W", "ignore", "-m", __package__, json.dumps([name, asdict(layout)])],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=_ROOT,
            # It needs no setting, and what might take it over must find no secret.
            env={},
        )
    assert process.stdout is not None
    try:
        yield _table(_Pieces(process, process.stdout))
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _table(pieces: "_Pieces") -> OpenTable:
    first = pieces.next()
    form = FileForm(**first["form"] | {"sheets": tuple(first["form"]["sheets"])})
    findings: list[Finding] = []
    return OpenTable(headings=tuple(first["headings"]), form=form, chunks=_chunks(pieces, findings), findings=findings)


def _chunks(pieces: "_Pieces", findings: list[Finding]) -> Iterator[list[SourceRow]]:
    while isinstance(piece := pieces.next(), list):
        yield [SourceRow(row["line"], tuple(row["cells"]), row["sheet"], row["sheet_line"]) for row in piece]
    findings += (Finding(**finding) for finding in piece["findings"])


class _Pieces:
    """What the process sends: the table's form, lists of rows, and at last the findings; or why it cannot be read."""

    def __init__(self, process: subprocess.Popen[bytes], out: IO[bytes]) -> None:
        self._process = process
        self._out = out

    def next(self) -> Any:
        """The next piece. Raises `FileUnreadable` where the process says so, says nothing any more, or came to an end."""
        piece = orjson.loads(self._read(int.from_bytes(self._read(LENGTH_BYTES))))
        if isinstance(piece, dict) and "unreadable" in piece:
            raise FileUnreadable(piece["unreadable"], **piece["details"])
        return piece

    def _read(self, count: int) -> bytearray:
        found = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            while len(found) < count:
                if not selector.select(_SILENCE_SECONDS):
                    raise FileUnreadable("too-much-time")
                more = self._out.read(count - len(found))
                if not more:
                    raise self._end()
                found += more
        return found

    def _end(self) -> FileUnreadable:
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return FileUnreadable("too-much-time")
        if code in _OUT_OF_MEMORY:
            return FileUnreadable("too-much-memory", limit=MEMORY_MB)
        return FileUnreadable("reader-died", cause=f"exit code {code}")
