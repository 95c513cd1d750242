"""Work on many rows, by several processes at once where that is worth it. What goes out comes back in order.

A worker knows only what it is handed with each piece of work, and ends when the process that started it does.
"""

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

Context = TypeVar("Context")
Key = TypeVar("Key")
Piece = TypeVar("Piece", bound=Sized)
Made = TypeVar("Made")

FEW = 2
"""So many pieces that are not empty are done here: starting processes takes longer."""
MAX_WORKERS = 8
ALLOCATIONS = 50_000
"""After so many the collector looks for what refers to itself."""
AHEAD = 2
"""Pieces that wait for each worker, beside the one it is at: it is never idle, and memory stays bounded."""


class WorkerLost(OSError):
    """A worker process ended in the middle of its work: it was killed, perhaps because memory ran out."""

    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}


class Workers:
    """A pool that is started by the first long enough work and lives until `close`. `processes`: 0 or 1 for none."""

    def __init__(self, processes: int) -> None:
        self._processes = min(processes, MAX_WORKERS)
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self, work: Callable[[Context, Piece], Made], context: Context, pieces: Iterable[tuple[Key, Piece]]
    ) -> Iterator[tuple[Key, Made]]:
        """What `work(context, piece)` makes of each piece, beside its key, in order. Pieces are taken only a few ahead.
        An empty one is done at once.

        `work` is a function of a module, and `context`, `piece` and what is made can be pickled. Raises what `work` raises, and
        `WorkerLost`.
        """
        packed = b""
        begun = 0
        waiting: deque[tuple[Key, Future[Made]]] = deque()
        for key, piece in pieces:
            # Nothing to do is done here, and so are the first pieces: processes are started for what is worth it.
            if not piece or self._processes < 2 or (self._pool is None and begun < FEW):
                waiting.append((key, _done(work(context, piece))))
            else:
                packed = packed or pickle.dumps(context)
                with _explained():
                    waiting.append((key, self._started().submit(_do, work, packed, piece)))
            begun += bool(piece)
            while waiting and (waiting[0][1].done() or len(waiting) > self._processes * (1 + AHEAD)):
                found, future = waiting.popleft()
                yield found, _result(future)
        while waiting:
            found, future = waiting.popleft()
            yield found, _result(future)

    def close(self) -> None:
        """Ends the processes; what they are at is given up."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Spawned, not forked: a fork would take over locks and database connections of threads that it does not have.
            self._pool = ProcessPoolExecutor(
                self._processes, mp_context=multiprocessing.get_context("spawn"), initializer=_follow_parent
            )
        return self._pool


@contextmanager
def several_workers(processes: int | None = None) -> Iterator[Workers]:
    """Workers for one task: `processes` of them, or one for each processor core."""
    workers = Workers(processes if processes is not None else os.cpu_count() or 1)
    try:
        yield workers
    finally:
        workers.close()


def _done(made: Made) -> Future[Made]:
    future: Future[Made] = Future()
    future.set_result(made)
    return future


def _result(future: Future[Made]) -> Made:
    with _explained():
        return future.result()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BrokenExecutor as error:
        raise WorkerLost(
            "a worker process was ended from outside while it checked or signed rows (did the machine run out of memory?); "
            "nothing of this file is public that was not before: do the same again"
        ) from error


def _do(work: Callable[[Any, Any], Made], context: bytes, piece: Any) -> Made:
    return work(_unpacked(context), piece)


@lru_cache(4)
def _unpacked(context: bytes) -> Any:
    return pickle.loads(context)  # our own parent's bytes, by a pipe that nobody else has


def _follow_parent() -> None:
    """A parent that was killed closes nothing: its workers would wait for it for ever. Ctrl-C is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is there for good is not looked through by the collector again and again.
    gc.collect()
    gc.freeze()
    # Next to nothing that is made for a row refers to itself.
    gc.set_threshold(ALLOCATIONS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
