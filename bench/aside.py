"""Work in a process of its own, and how much memory it takes with all the processes that it starts."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")
EVERY = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes at their highest: of all processes together, what they share counted once; and of the largest alone."""

    together: int
    largest: int


def memory_figures(name: str, memory: Memory | None) -> dict[str, int | None]:
    """The two as figures: under `name`, and under `name`, largest process."""
    together, largest = (memory.together, memory.largest) if memory else (None, None)
    return {name: together, f"{name}, largest process": largest}


def aside(work: Callable[..., Made], *arguments: object) -> tuple[Made, Memory | None]:
    """What `work(*arguments)` gives in a new process, and the memory that it took; None where the system does not tell.

    `work` is a function of a module. Raises RuntimeError, with what it raised there.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    watch = _Watch(process.pid or 0)
    watch.start()
    try:
        made, error = ours.recv()
    except EOFError:
        made, error = None, "it ended without an answer"
    finally:
        memory = watch.finish()
        process.join()
    if error is not None:
        raise RuntimeError(f"{work.__name__} failed in its process: {error}")
    return made, memory


def _work(answer: Connection, work: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    try:
        answer.send((work(*arguments), None))
    except Exception as error:
        answer.send((None, repr(error)))
        raise


class _Watch(threading.Thread):
    """Looks at a process and its descendants again and again, until it is told to finish."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self._together = self._largest = 0

    def run(self) -> None:
        while not self._done.wait(EVERY):
            found = [memory for pid in _family(self._pid) if (memory := _memory(pid)) is not None]
            self._together = max(self._together, sum(shared for shared, _ in found))
            self._largest = max([self._largest, *(whole for _, whole in found)])

    def finish(self) -> Memory | None:
        self._done.set()
        self.join()
        return Memory(self._together, self._largest) if self._largest else None


def _family(pid: int) -> Iterator[int]:
    """The process and all that it started, and so on."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            yield from _family(int(child))


def _memory(pid: int) -> tuple[int, int] | None:
    """Bytes of a process: its share (what several use is divided by how many), and all that it uses."""
    lines = (line.split() for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines())
    found = {words[0]: int(words[1]) << 10 for words in lines if len(words) == 3 and words[2] == "kB"}
    return (found["Pss:"], found["Rss:"]) if "Pss:" in found else None


def _read(path: Path) -> str:
    """What the system says there; nothing where the process has ended or there is no such file."""
    try:
        return path.read_text()
    except OSError:
        return ""
