"""kill -9 in the middle: nothing lost, nothing twice, nothing half-issued; and no process stays behind."""

import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.batches import batches, rows_of
from registry.intake.publish import publish
from registry.intake.suspicion import SUSPICIONS
from registry.register import Register
from registry.tables import BatchRow
from tests.conftest import LONG
from tests.registry.attempts import ROOT, Attempts, Ended, Point, attempts
from tests.registry.intake.lists import STATUS, WIDE, listing
from tests.registry.public import check_agreement
from tests.registry.small import find, row, table, table_sizes

ROWS = 100_000 if LONG else 600
PIECE = 500 if LONG else 60
REPEATED = 5
KILLS = 50
PUBLIC = ("license", "license_version", "act", "credential", "status_list", "alias", "record_change", "mapping")
"""The tables of what is public, or follows from publishing."""


def first_month() -> list[dict[str, str]]:
    """A tenth of the list, and some that are missing a month later."""
    kept = [row(f"{number}/2567", premises=f"ร้าน {number}") for number in range(1, ROWS // 5)]
    gone = [row(f"{number}/2560") for number in range(1, ROWS // 50)]
    return kept + gone


def second_month() -> list[dict[str, str]]:
    """A list with rows of every kind."""
    made = []
    for number in range(1, ROWS + 1):
        cells = {"premises": f"ร้าน {number}"}
        if number % 7 == 0:
            cells["premises"] += " ใหม่"
        if number % 11 == 0:
            cells["aliases"] = f"กท {number}"
        if number % 13 == 0:
            cells |= {"status": "พักใช้", "status_on": "2026-11-01"}
        if number % 101 == 0:
            cells["issued_on"] = "31/02/2567"
        made.append(row(f"{number if number % 97 else number - 1}/2567", **cells))
    return made + made[:REPEATED]


def public_sizes(register: Register) -> dict[str, int]:
    sizes = table_sizes(register)
    return {name: sizes[name] for name in PUBLIC}


def points(whole: Ended) -> list[Point]:
    """Points at random, the same in every run; commits too, from both sides, but the one that makes all of it public."""
    chance = random.Random(20261121)
    commits = [
        Point(kind=f"{side} commit", number=number)
        for number in (1, 2, whole.commits - 1)
        for side in ("before", "after")
    ]
    numbers = chance.sample(range(1, whole.statements), KILLS - len(commits) - 1)
    return [*(Point(number=number) for number in sorted(numbers)), *commits]


def check_nothing(register: Register, before: Mapping[str, int]) -> None:
    assert public_sizes(register) == before
    assert sum(batch.state == "published" for batch in batches(register)) == 1


def check_all(register: Register, body: list[dict[str, str]], number: int) -> None:
    """Each row of the file is in batch `number` once, as it was, and what became public of it agrees."""
    done = next(batch for batch in batches(register) if batch.id == number)
    assert done.state == "published"
    rows = list(rows_of(register, done.id))
    assert [view.line for view in rows] == list(range(2, len(body) + 2))
    for view, sent in zip(rows, body, strict=True):
        # Of a row that was known again nothing but its licence is kept.
        assert view.cells in ((), tuple(sent.get(heading, "") for heading in WIDE))
        assert view.number == sent["number"] or view.outcome == "rejected"
    with register.database.reading() as session:
        unfinished = select(BatchRow.id).where(BatchRow.state.not_in(("published", "staged", "discarded")))
        assert session.scalars(unfinished).all() == []
    check_agreement(register, verified=max(ROWS // 100, 1))


def begin(register: Register, home: Path) -> Path:
    """A register with the first month, and the file of the second."""
    publish(register, listing(*first_month(), mapping=STATUS), tuple(SUSPICIONS))
    file = home / "second.csv"
    file.write_bytes(table(*second_month(), headings=WIDE))
    return file


def resume(register: Register, made: Attempts, before: Mapping[str, int]) -> None:
    """Publishes at last, and looks whether the report's counts are the file's."""
    body = second_month()
    ended = made.make(processes=2)
    assert (ended.signal, ended.raised) == (0, "")
    assert sum(ended.counts.values()) == len(body)
    twice = 2 * sum(number % 97 == 0 and number % 101 != 0 for number in range(1, ROWS + 1))
    unreadable = sum(number % 101 == 0 for number in range(1, ROWS + 1))
    assert (ended.counts["rejected"], ended.counts["repeated"]) == (twice + unreadable, REPEATED)
    assert public_sizes(register)["license"] == before["license"] + ended.counts["new"]
    check_all(register, body, batches(register)[0].id)
    # And nothing is left to do.
    again = made.make()
    assert (again.counts["new"], again.counts["changed"]) == (0, 0)


def test_killed_fifty_times_and_resumed(register: Register, tmp_path: Path) -> None:
    file = begin(register, tmp_path)
    before = public_sizes(register)
    with attempts(register, file, PIECE) as made:
        whole = made.make(Point(kind="before commit", number=-1))
        assert whole.signal == signal.SIGKILL
        check_nothing(register, before)
        for number, point in enumerate(points(whole)):
            ended = made.make(point, processes=2 if number % 16 == 0 else 1)
            assert (ended.signal, ended.raised) == (signal.SIGKILL, ""), point
            check_nothing(register, before)
        resume(register, made, before)
        assert find(register, "1/2560").record_status == "stale"


PUBLISHING = """
import sys
from pathlib import Path
from registry.intake.publish import publish
from registry.intake.suspicion import SUSPICIONS
from registry.intake.workers import several_workers
from tests.registry.intake.lists import STATUS, whole_list
from tests.registry.small import open_small

url, file = sys.argv[1:]
with several_workers(2) as workers:
    publish(
        open_small(url, "killed"),
        whole_list(Path(file).read_bytes(), STATUS),
        tuple(SUSPICIONS),
        lambda done, total: print(done, total, flush=True),
        workers,
    )
"""
"""Tells how far it is, so that it can be killed there."""


@pytest.mark.parametrize("piece", [1, 8])
def test_no_worker_outlives_who_started_it(sqlite_register: Register, tmp_path: Path, piece: int) -> None:
    """The workers of a publisher that was killed, while they check rows or sign, end too: they hold its output."""
    (tmp_path / "list.csv").write_bytes(table(*(row(f"{number}/2567") for number in range(1, 4_001)), headings=WIDE))
    url = sqlite_register.database.engine.url.render_as_string()
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISHING, url, str(tmp_path / "list.csv")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(piece):
            assert process.stdout.readline().endswith("\n")
        process.kill()
        # The end of a pipe is the end of all who could write to it.
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    assert public_sizes(sqlite_register)["license"] == 0


@pytest.mark.parametrize("side", ["before", "after"])
def test_killed_when_it_becomes_public(register: Register, tmp_path: Path, side: str) -> None:
    """All or nothing, and the next attempt finds which."""
    file = begin(register, tmp_path)
    with attempts(register, file, PIECE) as made:
        assert made.make(Point(kind=f"{side} commit", number=-1)).signal == signal.SIGKILL
        states = [batch.state for batch in batches(register)]
        assert states == [{"before": "staged", "after": "published"}[side], "published"]
        again = made.make()
        assert (again.counts["new"] == 0) is (side == "after")
        assert sum(again.counts.values()) == len(second_month())
        check_all(register, second_month(), batches(register)[side == "after"].id)
