"""Leases: each piece of work is taken by one worker, and looking for one reads a few and not all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.exchange import leases
from registry.exchange.leases import Lease, take
from registry.exchange.webhooks import queued
from registry.register import Register
from registry.tables import AuthorityRow, DeliveryRow, WebhookRow
from tests.registry.small import NOON, TOWN

LIFE = timedelta(minutes=2)


def queue(register: Register, count: int) -> None:
    """So many messages that are due."""
    with register.database.writing() as session:
        authority_id = session.scalars(select(AuthorityRow.id).where(AuthorityRow.code == TOWN)).one()
        webhook = WebhookRow(
            authority_id=authority_id, url="https://agency.example/", sealed=b"", created_at=NOON, removed_at=None
        )
        session.add(webhook)
        session.flush()
        session.add_all(queued(webhook.id, f"msg_{number}", "", NOON) for number in range(count))


def taken(register: Register) -> Lease[DeliveryRow] | None:
    return take(register, DeliveryRow, LIFE)


def test_workers_share_what_is_due_and_nothing_is_taken_twice(register: Register) -> None:
    count = 2 * leases.LOOKED_AT + 5
    queue(register, count)
    found = [lease.row_id for _ in range(count) if (lease := taken(register)) is not None]
    assert sorted(found) == found == list(dict.fromkeys(found))
    assert len(found) == count
    assert taken(register) is None


def test_few_are_read_however_many_wait(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(register, 3 * leases.LOOKED_AT)
    looked: list[int] = []
    first = leases._first

    def noting(*arguments: object) -> object:
        found = first(*arguments)  # type: ignore[arg-type]
        looked.append(len(found))
        return found

    monkeypatch.setattr(leases, "_first", noting)
    assert taken(register) is not None
    assert looked == [leases.LOOKED_AT]


def test_who_comes_last_to_all_that_it_saw_looks_again(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others take everything between its look and its grasp."""
    count = leases.LOOKED_AT + 3
    queue(register, count)
    first = leases._first

    def others_are_quicker(*arguments: object) -> object:
        found = first(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(leases, "_first", first)
        for _ in found:
            assert taken(register) is not None
        return found

    monkeypatch.setattr(leases, "_first", others_are_quicker)
    lease = taken(register)
    assert lease is not None
    rest = [one.row_id for _ in range(count) if (one := taken(register)) is not None]
    assert len(rest) == 2
    assert lease.row_id not in rest
