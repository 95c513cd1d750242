"""Pictures and PDFs read by another process (`__main__.py` here), which may have so much memory and time and no more.

Whatever a file does to that process, it is an `Unreadable` here. What comes from there is text, and points of a picture.
"""

import base64
import json
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from registry.confined import run_confined
from registry.presented.found import Unreadable

SECONDS = 20.0
"""By the clock, on a machine that has much else to do: computing has its own, shorter limit."""
# How a process ends that gets no more memory: by itself, or by the system where the machine has none.
_OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL})


@dataclass(frozen=True, slots=True)
class Presented:
    """What stands in a picture or PDF: the texts of its codes, and the credentials that are attached to it."""

    codes: Sequence[str]
    credentials: Sequence[bytes]


def read_presented(raw: bytes) -> Presented:
    """What stands in a JPEG, PNG, WebP or PDF. Raises `Unreadable`."""
    answer, _photo = _asked("codes", raw)
    return Presented(answer["codes"], [base64.b64decode(each) for each in answer["credentials"]])


def redrawn_photo(raw: bytes) -> bytes:
    """A JPEG, PNG or WebP as a JPEG of its points alone. Raises `Unreadable`."""
    return _asked("photo", raw)[1]


def _asked(wanted: str, raw: bytes) -> tuple[dict[str, list[str]], bytes]:
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as answered:
        file.write(raw)
        file.seek(0)
        try:
            done = run_confined(__package__, wanted, SECONDS, file, answered)
        except subprocess.TimeoutExpired as error:
            raise Unreadable("too-much-time") from error
        answered.seek(0)
        said, _, photo = answered.read().partition(b"\n")
    if done.returncode == -signal.SIGXCPU:
        raise Unreadable("too-much-time")
    if done.returncode in _OUT_OF_MEMORY:
        raise Unreadable("too-much-memory")
    if done.returncode != 0:
        raise Unreadable("reader-died")
    answer = json.loads(said)
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    return answer, photo
