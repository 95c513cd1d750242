"""Work by several processes: in order, a few pieces ahead and no more, and clear words where one is lost."""

import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest

from registry.intake.batch import BatchState
from registry.intake.granting import Granted, Granting, ToSign, grant
from registry.intake.publish import publish, publish_batch
from registry.intake.staging import stage
from registry.intake.suspicion import SUSPICIONS
from registry.intake.workers import AHEAD, FEW, WorkerLost, several_workers
from registry.register import Register
from tests.registry.intake.lists import listing
from tests.registry.public import check_agreement, public_state
from tests.registry.small import row, table_sizes


def tenfold(context: int, piece: list[int]) -> tuple[int, int]:
    return context * sum(piece), os.getpid()


def refusing(context: int, piece: list[int]) -> list[int]:
    if piece == [context]:
        raise ValueError(f"piece {context}")
    return piece


def dying(context: int, piece: list[int]) -> list[int]:
    if piece == [context]:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def pieces_of(count: int) -> list[tuple[int, list[int]]]:
    return [(number, [number]) for number in range(count)]


def test_what_goes_out_comes_back_in_order() -> None:
    with several_workers(2) as workers:
        done = list(workers.map(tenfold, 10, pieces_of(40)))
        assert [(key, made) for key, (made, _) in done] == [(number, 10 * number) for number in range(40)]
        assert {process for _, (_, process) in done[:FEW]} == {os.getpid()}
        assert os.getpid() not in {process for _, (_, process) in done[FEW:]}
        # Once they are there, they do all of the next work.
        again = list(workers.map(tenfold, 10, pieces_of(4)))
        assert os.getpid() not in {process for _, (_, process) in again}


def test_nothing_to_do_is_done_here_and_in_its_place() -> None:
    work = [(number, [] if number % 3 else [number]) for number in range(40)]
    with several_workers(2) as workers:
        done = list(workers.map(tenfold, 10, work))
    assert [made for _, (made, _) in done] == [0 if number % 3 else 10 * number for number in range(40)]
    assert {process for number, (_, process) in done if number % 3} == {os.getpid()}


@pytest.mark.parametrize(("processes", "pieces"), [(0, 20), (1, 20), (2, FEW), (8, FEW)])
def test_a_little_work_is_done_here(processes: int, pieces: int) -> None:
    with several_workers(processes) as workers:
        done = list(workers.map(tenfold, 10, pieces_of(pieces)))
    assert [made for _, made in done] == [(10 * number, os.getpid()) for number in range(pieces)]


def test_pieces_are_taken_only_a_few_ahead() -> None:
    taken = 0

    def pieces() -> Iterator[tuple[int, list[int]]]:
        nonlocal taken
        for taken in range(1, 101):
            yield taken, [taken]

    with several_workers(2) as workers:
        for done, _ in workers.map(tenfold, 1, pieces()):
            assert taken - done <= 2 * (1 + AHEAD)
    assert taken == 100


def test_what_the_work_raises_is_raised_here() -> None:
    with several_workers(2) as workers, pytest.raises(ValueError, match="piece 5"):
        list(workers.map(refusing, 5, pieces_of(20)))


def test_a_worker_that_is_killed_is_told_of() -> None:
    with several_workers(2) as workers, pytest.raises(WorkerLost, match="do the same again"):
        list(workers.map(dying, 5, pieces_of(100)))


def test_workers_publish_the_same_as_one_process(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.intake.staging.PIECE", 5)
    monkeypatch.setattr("registry.intake.publish.PIECE", 5)
    file = listing(*(row(f"{number}/2567") for number in range(1, 41)))
    changed = listing(*(row(f"{number}/2567", premises=f"ร้าน {number}") for number in range(1, 41)))
    with several_workers(2) as workers:
        assert publish(register, file, workers=workers).counts["new"] == 40
        check_agreement(register, verified=10)
        assert publish(register, changed, SUSPICIONS, workers=workers).counts["changed"] == 40
    check_agreement(register, verified=10)


def test_a_lost_worker_leaves_a_batch_that_can_be_published(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.intake.publish.PIECE", 5)
    report = stage(register, listing(*(row(f"{number}/2567") for number in range(1, 41))))
    before = table_sizes(register)
    with monkeypatch.context() as patch, several_workers(2) as workers:
        patch.setattr("registry.intake.writing.grant", killing)
        with pytest.raises(WorkerLost):
            publish_batch(register, report.batch, workers=workers)
    assert table_sizes(register) == before
    assert public_state(register) == {}
    assert publish_batch(register, report.batch).state is BatchState.PUBLISHED
    assert len(public_state(register)) == 40


def killing(context: Granting, piece: list[ToSign]) -> list[Granted]:
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return grant(context, piece)
