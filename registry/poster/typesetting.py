"""Pages set by Typst, in a process of its own (`__main__.py` here) that may have so much time and memory, and our files only."""

import base64
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from registry.poster.glyphs import FONTS

SECONDS = 20.0
"""For one page, by the clock, on a machine that has much else to do: computing has its own, shorter limit."""
MOST_BYTES = 8 << 20
"""Of what is set, and of all that goes into it."""
LENGTH_BYTES = 4
_ROOT = Path(__file__).resolve().parents[2]


class TypesettingFailed(RuntimeError):
    """The page could not be set. A fault of ours; it says nothing about a licence."""


class Form(StrEnum):
    PDF = "pdf"
    PNG = "png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A page to set: the template by its name, the files that it reads, and the instant that the file says it was made."""

    template: str
    form: Form
    files: Mapping[str, bytes] = field(default_factory=dict)
    made: datetime | None = None

    def packed(self) -> bytes:
        """The same job has the same bytes."""
        files = {name: base64.b64encode(body).decode() for name, body in sorted(self.files.items())}
        made = int(self.made.timestamp()) if self.made else None
        return orjson.dumps({"template": self.template, "form": self.form, "files": files, "made": made})


class Typesetter:
    """A process that sets one page after the other, started for the first and ended with the block. Of one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def set(self, job: Job) -> bytes:
        """The page as a file. Raises `TypesettingFailed`; the next page is then set by another process."""
        packed = job.packed()
        if len(packed) > MOST_BYTES:
            raise TypesettingFailed(f"what is to be set has more than {MOST_BYTES} bytes")
        process = self._process or self._start()
        try:
            answer = _asked(process, packed)
        except (OSError, TimeoutError, EOFError) as error:
            self.close()
            raise TypesettingFailed(f"the process that sets pages came to an end ({type(error).__name__})") from error
        except BaseException:
            self.close()
            raise
        if answer[:1] != b"+":
            raise TypesettingFailed(f"the page could not be set: {answer[1:400].decode('utf-8', 'replace')}")
        return answer[1:]

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            assert process.stdin is not None
            assert process.stdout is not None
            # What was not sent any more, nobody waits for.
            with suppress(OSError):
                process.stdin.close()
            process.stdout.close()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        if not any(FONTS.glob("*.ttf")):
            raise TypesettingFailed(f"there are no fonts in {FONTS}: `make demo` or `make test` brings them")
        self._process = subprocess.Popen(
            [sys.executable, "-E", "-s", "-W", "ignore", "-m", __package__, str(FONTS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=_ROOT,
            # It needs no setting, and what might take it over must find no secret.
            env={"MALLOC_ARENA_MAX": "1", "RAYON_NUM_THREADS": "1"},
        )
        return self._process


def _asked(process: "subprocess.Popen[bytes]", packed: bytes) -> bytes:
    assert process.stdin is not None
    rest = memoryview(len(packed).to_bytes(LENGTH_BYTES) + packed)
    while rest:
        rest = rest[process.stdin.write(rest) :]
    until = time.monotonic() + SECONDS
    size = int.from_bytes(_read(process, LENGTH_BYTES, until))
    if not 0 < size <= MOST_BYTES:
        raise EOFError
    return _read(process, size, until)


def _read(process: "subprocess.Popen[bytes]", count: int, until: float) -> bytes:
    found = bytearray()
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(found) < count:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            more = process.stdout.read(count - len(found))
            if not more:
                raise EOFError
            found += more
    return bytes(found)
