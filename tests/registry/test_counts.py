"""Counts that processes share: nobody has a quota for each process that he meets, and nothing of who asks is kept."""

import multiprocessing
import os
import signal

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from registry.config import Settings
from registry.server import Server
from registry.web import counts as module
from registry.web.counts import SharedCounts

FORK = multiprocessing.get_context("fork")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_begins_with_the_first_and_ends() -> None:
    clock = Clock()
    counts = SharedCounts(clock)
    assert (counts.get("a"), counts.get_expiry("a")) == (0, 1_000)
    assert [counts.incr("a", 60), counts.incr("a", 60, 3), counts.incr("b", 60)] == [1, 4, 1]
    clock.now += 59
    assert counts.incr("a", 60) == 5
    assert (counts.get("a"), counts.get("b"), counts.get_expiry("a")) == (5, 1, 1_060)
    clock.now += 1
    assert (counts.get("a"), counts.get_expiry("a")) == (0, 1_060)
    assert counts.incr("a", 60) == 1
    counts.clear("a")
    assert counts.get("a") == 0
    assert [counts.incr("c", 60, amount) for amount in (2, -1, -5, 1)] == [2, 1, 0, 1]
    counts.incr("b", 60)
    counts.reset()
    assert counts.get("b") == 0
    assert counts.check()


def test_a_quota_ends_and_begins_again() -> None:
    clock = Clock()
    limiter, item = FixedWindowRateLimiter(SharedCounts(clock)), parse("2/minute")
    assert [limiter.hit(item, "address", "192.0.2.1") for _ in range(3)] == [True, True, False]
    assert limiter.get_window_stats(item, "address", "192.0.2.1") == (1_060, 0)
    assert limiter.hit(item, "address", "192.0.2.2")
    clock.now += 60
    assert limiter.hit(item, "address", "192.0.2.1")


def count_many(counts: SharedCounts) -> None:
    for _ in range(500):
        counts.incr("a", 3_600)


def die_counting(counts: SharedCounts) -> None:
    with counts._alone():
        os.kill(os.getpid(), signal.SIGKILL)


def test_processes_count_together_and_none_that_dies_stops_the_others() -> None:
    counts = SharedCounts()
    dying = FORK.Process(target=die_counting, args=(counts,))
    several = [FORK.Process(target=count_many, args=(counts,)) for _ in range(3)]
    for process in (dying, *several):
        process.start()
    count_many(counts)
    for process in (dying, *several):
        process.join()
    assert [process.exitcode for process in (dying, *several)] == [-signal.SIGKILL, 0, 0, 0]
    assert counts.get("a") == 2_000


def test_nothing_says_who_was_counted() -> None:
    counts = SharedCounts()
    counts.incr("address/192.0.2.1", 60)
    assert b"192.0.2.1" not in bytes(counts._memory)
    other = SharedCounts()
    other.incr("address/192.0.2.1", 60)
    assert bytes(other._memory) != bytes(counts._memory), "nor can it be found by trying all addresses"


def test_where_there_is_no_room_the_one_that_ends_first_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUCKETS", 1)
    clock = Clock()
    counts = SharedCounts(clock)
    for number in range(module.SLOTS):
        counts.incr(str(number), 60 + number)
    counts.incr("more", 600)
    assert [counts.get(each) for each in ("0", "1", "more")] == [0, 1, 1]
    clock.now += 61
    counts.incr("again", 600)
    assert [counts.get(each) for each in ("1", "2", "more", "again")] == [0, 1, 1, 1]


def test_all_processes_of_the_server_get_the_same_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    monkeypatch.setattr("registry.server.create_app", lambda settings, counts: given.append(counts))
    server = Server(Settings.from_environ({}))
    # As each worker does, after it was forked.
    server.load()
    server.load()
    assert isinstance(given[0], SharedCounts)
    assert given[0] is given[1]
