"""Several at once: two files, a file and an undo, a file and a decision, in threads with connections of their own."""

import threading
from collections.abc import Callable

import pytest

from registry.batches import batches
from registry.intake.batch import BatchRefused, Holds
from registry.intake.publish import discard_batch, publish, publish_batch
from registry.intake.staging import stage
from registry.intake.undo import undo_batch
from registry.register import Register
from tests.registry.intake.lists import HERE, issue, listing
from tests.registry.public import check_agreement, public_state
from tests.registry.small import NOON, Clock, act, find, open_small, row, status
from vocab.history import ActKind

LIST = [row(f"{number}/2567", premises=f"ร้าน {number}") for number in range(1, 13)]


def at_once(register: Register, *jobs: Callable[[Register], object]) -> list[BaseException]:
    """Does all of them at the same moment; what they raised."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(len(jobs))
    url = register.database.engine.url.render_as_string(hide_password=False)

    def do(number: int, job: Callable[[Register], object]) -> None:
        own = open_small(url, f"at once {number} {len(batches(register))}", Clock(NOON))
        barrier.wait()
        try:
            job(own)
        except BaseException as error:
            raised.append(error)
        finally:
            own.database.close()

    threads = [threading.Thread(target=do, args=item) for item in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_whole_lists_at_the_same_moment(register: Register) -> None:
    """The later one is compared with the earlier one, and then all of the list is as it says."""
    issue(register, *LIST)
    one = [*({**each, "area": "20"} for each in LIST[:6]), *LIST[6:]]
    two = [*LIST[:6], *({**each, "area": "30"} for each in LIST[6:])]
    assert at_once(register, *(lambda own, rows=rows: issue(own, *rows) for rows in (one, two))) == []
    published = [batch for batch in batches(register) if batch.state == "published"]
    # What the later one had to change: all that the earlier one did, and its own.
    assert sorted(batch.counts["changed"] for batch in published) == [0, 6, 12]
    areas = ["".join(item.value for item in find(register, each["number"]).newest.particulars) for each in LIST]
    assert areas in ([each.get("area", "") for each in one], [each.get("area", "") for each in two])
    check_agreement(register)


def test_one_batch_published_by_two(register: Register) -> None:
    report = stage(register, listing(*LIST), workers=HERE)
    raised = at_once(register, *(lambda own: publish_batch(own, report.batch, workers=HERE),) * 3)
    assert raised == []
    assert {find(register, each["number"]).version for each in LIST} == {1}
    check_agreement(register)


def test_one_batch_published_and_put_aside(register: Register) -> None:
    """One of the two, and what is public is told as published."""
    report = stage(register, listing(*LIST), workers=HERE)
    raised = at_once(
        register,
        lambda own: publish_batch(own, report.batch, workers=HERE),
        lambda own: discard_batch(own, report.batch),
    )
    (error,) = raised
    assert isinstance(error, BatchRefused)
    (batch,) = batches(register)
    assert (batch.state, len(public_state(register))) in {("published", 12), ("discarded", 0)}


def test_one_batch_published_and_its_file_sent_again(register: Register) -> None:
    """What is public is never told as put aside: it could not be undone any more."""
    report = stage(register, listing(*LIST), workers=HERE)
    raised = at_once(
        register,
        lambda own: publish_batch(own, report.batch, workers=HERE),
        lambda own: publish(own, listing(*LIST), workers=HERE),
    )
    assert all(isinstance(error, BatchRefused) for error in raised)
    assert {find(register, each["number"]).version for each in LIST} == {1}
    made = [batch for batch in batches(register) if batch.counts.get("new") and batch.state == "published"]
    assert len(made) == 1
    for batch in batches(register):
        if batch.state == "published":
            undo_batch(register, batch.id)
    assert public_state(register) == {}
    check_agreement(register)


def test_a_file_and_an_undo(register: Register) -> None:
    """Either the file came first, and the undo is refused, or it is compared with what the undo left."""
    issue(register, *LIST)
    below = issue(register, *({**each, "premises": "สอง"} for each in LIST))
    raised = at_once(
        register,
        lambda own: undo_batch(own, below.batch),
        lambda own: issue(own, *({**each, "premises": "สาม"} for each in LIST)),
    )
    assert all(isinstance(error, BatchRefused) for error in raised)
    assert len(raised) <= 1
    states = {batch.id: batch.state for batch in batches(register)}
    assert (states[below.batch] == "undone") is (raised == [])
    assert {str(record.newest.premises[0].name) for record in (find(register, each["number"]) for each in LIST)} == {
        "สาม"
    }
    check_agreement(register)


def test_two_undo_one_batch(register: Register) -> None:
    issue(register, *LIST)
    before = public_state(register)
    report = issue(register, *({**each, "premises": "สอง"} for each in LIST))
    raised = at_once(register, *(lambda own: undo_batch(own, report.batch),) * 3)
    assert raised == []
    assert public_state(register) == before
    assert {find(register, each["number"]).version for each in LIST} == {3}
    check_agreement(register)


@pytest.mark.parametrize("kind", [ActKind.SUSPEND, ActKind.REVOKE])
def test_a_file_and_a_decision(register: Register, kind: ActKind) -> None:
    issue(register, *LIST)
    changed = [{**each, "premises": "สอง"} for each in LIST]
    raised = at_once(
        register,
        lambda own: issue(own, *changed),
        lambda own: act(own, "1/2567", kind),
        lambda own: act(own, "2/2567", kind),
    )
    assert raised == []
    standing = {ActKind.SUSPEND: "suspended", ActKind.REVOKE: "revoked"}[kind]
    assert [status(register, number) for number in ("1/2567", "2/2567", "3/2567")] == [standing, standing, "active"]
    assert str(find(register, "3/2567").newest.premises[0].name) == "สอง"
    check_agreement(register)


def test_two_lists_of_one_authority(register: Register) -> None:
    jobs = [
        lambda own, source=source: issue(own, row(f"{source}/2567"), source=f"list{source}", holds=Holds.ALL)
        for source in range(1, 5)
    ]
    assert at_once(register, *jobs) == []
    assert {shown.record for shown in public_state(register).values()} == {"published"}
    assert len(public_state(register)) == 4
    check_agreement(register)
