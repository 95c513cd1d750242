"""Timing things beside each other: in turns and by the processor's own time, since the machine is never only ours."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Contestant:
    """Something to time. `work(n)` does it for item number `n`; `batch` is how many are done in a turn."""

    work: Callable[[int], object]
    batch: int


def in_turns(
    contestants: Mapping[str, Contestant], rounds: int, others: Mapping[str, Callable[[], float]]
) -> dict[str, list[float]]:
    """Seconds a piece in each round, by name. Every round each contestant has one turn, with items that it has not just had.

    `others` time themselves.
    """
    taken: dict[str, list[float]] = {name: [] for name in (*contestants, *others)}
    at = 0
    for each in contestants.values():
        for n in range(each.batch):
            each.work(n)
    for _ in range(rounds):
        for name, each in contestants.items():
            work = each.work
            began = time.process_time()
            for n in range(at, at + each.batch):
                work(n)
            taken[name].append((time.process_time() - began) / each.batch)
        for name, seconds in others.items():
            taken[name].append(seconds())
        at += max(each.batch for each in contestants.values())
    return taken


def ratio(of: list[float], to: list[float]) -> float:
    """How many times as fast the first is as the second, each in its best round: where neighbours disturbed it least."""
    return min(to) / min(of)
