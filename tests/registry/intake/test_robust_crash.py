"""A crash at any step of staging and publishing: nothing is public, and nothing is lost."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event, select

from registry.batches import batches
from registry.intake import publish as publishing
from registry.intake import staging, writing
from registry.intake.keeping import kept_bytes
from registry.intake.publish import publish
from registry.intake.writing import Writer
from registry.issuing import Issuance
from registry.register import Register
from registry.store import Store
from registry.tables import BatchRow, ReceivedRow
from tests.registry.small import (
    current_credential,
    row,
    send,
    submission,
    table,
    table_sizes,
    verdict,
)

RECEIVED = ("batch", "received_row", "finding")
"""The tables of what was received and is not public."""
UNFINISHED = BatchRow.state.in_(("received", "staging"))


class Crash(BaseException):
    """As sudden as a killed process: nothing that catches Exception catches it."""


STEPS: tuple[tuple[Any, str], ...] = (
    (staging, "keep_bytes"),
    (staging, "insert_rows"),
    (staging, "judge"),
    (staging, "announce"),
    (publishing, "missing_ids"),
    (publishing, "save_mapping"),
    (publishing, "announce"),
    (writing, "insert_rows"),
    (Writer, "_to_sign"),
    (Writer, "_keep_granted"),
    (Writer, "_keep_changed"),
    (Writer, "finish"),
    (Issuance, "keep"),
    (Issuance, "follow_all"),
    (Issuance, "finish"),
    (Store, "note_change"),
)
"""Where staging and publishing are made to crash."""


def crash_in(owner: Any, name: str, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    real: Callable[..., Any] = getattr(owner, name)

    def crashing(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        raise Crash(name)

    monkeypatch.setattr(owner, name, crashing)


def check_nothing_then_all(register: Register, before: dict[str, int], body: bytes) -> None:
    after = table_sizes(register)
    assert {name for name in after if after[name] != before[name]} <= {*RECEIVED, "received_file"}
    assert "published" not in {batch.state for batch in batches(register)[:-1]}
    assert verdict(register, current_credential(register, "1/2567")).exit_code == 0
    report = publish(register, submission(body))
    assert report.counts == {"new": 1, "changed": 1, "unchanged": 1, "rejected": 1, "repeated": 0}
    assert not report.seen_before
    states = [batch.state for batch in batches(register)]
    assert (states[0], states[-1], set(states[1:-1])) in (
        ("published", "published", set()),
        ("published", "published", {"discarded"}),
    )
    with register.database.reading() as session:
        assert kept_bytes(session, report.sha256) == body
        orphans = select(ReceivedRow.id).where(ReceivedRow.batch_id.in_(select(BatchRow.id).where(UNFINISHED)))
        assert session.scalars(orphans).all() == []
    assert verdict(register, current_credential(register, "3/2567")).exit_code == 0


CRASHING = table(row("1/2567", premises="ใหม่"), row("2/2567"), row("3/2567"), row(""))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("owner", "name"), STEPS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_crash_leaves_nothing_public_and_loses_nothing(
    sqlite_register: Register, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, after: bool
) -> None:
    send(sqlite_register, row("1/2567"), row("2/2567"))
    before = table_sizes(sqlite_register)
    with monkeypatch.context() as patch:
        crash_in(owner, name, patch, after=after)
        with pytest.raises(Crash):
            publish(sqlite_register, submission(CRASHING))
    check_nothing_then_all(sqlite_register, before, CRASHING)


def test_a_crash_in_signing(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    send(register, row("1/2567"), row("2/2567"))
    before = table_sizes(register)
    with monkeypatch.context() as patch:
        patch.setattr("registry.signing.require_verifiable", lambda *_args, **_named: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            publish(register, submission(CRASHING))
    check_nothing_then_all(register, before, CRASHING)


@pytest.mark.parametrize("number", range(4))
def test_a_crash_at_a_commit(register: Register, number: int) -> None:
    """The commits: the bytes and the batch, its rows, the judgement on them, and all that is public."""
    send(register, row("1/2567"), row("2/2567"))
    before = table_sizes(register)
    commits = count()

    def crash(_connection: object) -> None:
        if next(commits) == number:
            raise Crash("commit")

    event.listen(register.database.engine, "commit", crash)
    try:
        with pytest.raises(Crash):
            publish(register, submission(CRASHING))
    finally:
        event.remove(register.database.engine, "commit", crash)
    check_nothing_then_all(register, before, CRASHING)


def test_a_crash_before_the_bytes_are_kept(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    before = table_sizes(register)
    with monkeypatch.context() as patch:
        crash_in(staging, "keep_bytes", patch, after=False)
        with pytest.raises(Crash):
            publish(register, submission(CRASHING))
    assert table_sizes(register) == before
