"""A PDF looked through before it is kept: by a process that may have so much time and memory and no more."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from registry.access.pdf.found import Active
from registry.confined import run_confined

SECONDS = 60.0
"""By the clock, on a machine that has much else to do: computing has its own, shorter limit."""
_AGAIN = "print it to PDF anew (Print, then Save as PDF) and send that file"


class FileRefused(ValueError):
    """A file that is not kept here. `found` says what of it, and in which object of the file."""

    def __init__(self, message: str, found: Sequence[Active] = ()) -> None:
        super().__init__(message)
        self.extra = {"found": [{"object": each.place, "what": each.what} for each in found]} if found else {}


def require_only_shown(file: Path) -> None:
    """Raises `FileRefused` unless the PDF only shows something. Nothing of it is carried out."""
    try:
        done = run_confined(__package__, str(file.absolute()), SECONDS, subprocess.DEVNULL, subprocess.PIPE)
    except subprocess.TimeoutExpired as error:
        raise FileRefused(f"the PDF takes too long to be looked through: {_AGAIN}") from error
    if done.returncode != 0 or not done.stdout:
        # Whatever brought the process down may bring a reader's program down too.
        raise FileRefused(f"the PDF could not be looked through: {_AGAIN}")
    answer = json.loads(done.stdout)
    if "unreadable" in answer:
        raise FileRefused(f"this is no PDF that can be looked through whole: {answer['unreadable']}; {_AGAIN}")
    found = [Active(*each) for each in answer["active"]]
    if found:
        listed = "; ".join(f"{each.what} in object {each.place}" for each in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise FileRefused(f"the PDF does more than to show something: {listed}{more}; {_AGAIN}", found)
