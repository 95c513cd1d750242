"""What a call costs, measured: in a process of its own, which is stopped where there is no bound."""

import gc
import os
import pickle
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

CPU_SECONDS = 2.0
MEMORY_BYTES = 256 << 20
"""What no hostile document may cost (design: trust; the issue "Credentials to the standard")."""
_STOP_SECONDS = 20
_STOP_BYTES = 4 << 30


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time of the process, and by how much its largest resident size grew."""

    seconds: float
    memory: int

    @property
    def is_bounded(self) -> bool:
        return self.seconds <= CPU_SECONDS and self.memory <= MEMORY_BYTES


def measured(call: Callable[[], T]) -> tuple[T, Cost]:
    """What `call` returns (something small that can be pickled), and its cost. Raises AssertionError where it had to be stopped.

    Forked, so that it begins with all that is loaded here; what a call leaves in memory does not count for the next one. What
    is loaded here is not the call's to clear away either: after thousands of tests the collector's walk through it, and
    the pages that are copied on the way, would cost more than the call.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (_STOP_SECONDS, _STOP_SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (_STOP_BYTES, _STOP_BYTES))
            gc.freeze()
            before, began = _peak(), time.process_time()
            found = call()
            cost = Cost(time.process_time() - began, _peak() - before)
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump((found, cost), pipe)
            code = 0
        finally:
            # Not sys.exit: nothing of the test runner may run a second time.
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        raw = pipe.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"stopped with status {status}: it took over {_STOP_SECONDS} s, {_STOP_BYTES} bytes, or raised"
    result: tuple[T, Cost] = pickle.loads(raw)
    return result


def measured_each(calls: Sequence[Callable[[], T]]) -> list[tuple[T, Cost]]:
    """The same for several, one after another in one process: the memory is that of all up to each."""

    def each() -> list[tuple[T, Cost]]:
        before, results = _peak(), []
        for call in calls:
            began = time.process_time()
            found = call()
            results.append((found, Cost(time.process_time() - began, _peak() - before)))
        return results

    return measured(each)[0]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
