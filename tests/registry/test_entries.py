"""Entries and changes follow what is public, whoever changed it, in the order in which it became public."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from registry import entries as module
from registry.catalogue import declare, read_catalogue
from registry.entries import ChangeKind, Entries, complete
from registry.intake.undo import undo_batch
from registry.register import Register
from registry.search.listing import Wanted, listing
from registry.services import refresh
from registry.tables import ChangeRow, EntryGramsRow, EntryRow
from tests.registry.public import check_entries
from tests.registry.small import CATALOGUE, Clock, act, row, send
from vocab.history import ActKind

SHOP = {"premises": "ร้านข้าวแกงป้าแดง"}


def told(register: Register) -> list[tuple[str, str]]:
    """The changes so far: kind and status."""
    with register.database.reading() as session:
        rows = session.scalars(select(ChangeRow).order_by(ChangeRow.sequence))
        return [(row.kind, row.status) for row in rows]


def found(register: Register, name: str) -> int:
    with register.database.reading() as session:
        return len(listing(register.store(session), Wanted(text=name)).ids)


def test_each_act_is_a_change_and_nothing_else_is(register: Register) -> None:
    send(register, row("1/2567", **SHOP))
    assert told(register) == [("create", "active")]
    send(register, row("1/2567", **SHOP))
    assert len(told(register)) == 1
    act(register, "1/2567", ActKind.SUSPEND)
    act(register, "1/2567", ActKind.REINSTATE)
    act(register, "1/2567", ActKind.REVOKE)
    assert told(register)[1:] == [("update", "suspended"), ("update", "active"), ("update", "revoked")]
    check_entries(register)


def test_undo_takes_the_licence_out_of_lists_and_publishing_again_brings_it_back(register: Register) -> None:
    report = send(register, row("1/2567", **SHOP))
    assert found(register, "ข้าวแกง") == 1
    undo_batch(register, report.batch)
    assert found(register, "ข้าวแกง") == 0
    assert told(register)[-1][0] == ChangeKind.DELETE
    send(register, row("1/2567", **SHOP))
    assert found(register, "ข้าวแกง") == 1
    assert [kind for kind, _ in told(register)] == ["create", "delete", "create"]


def test_what_is_renamed_is_found_by_its_new_name_only(register: Register) -> None:
    send(register, row("1/2567", **SHOP))
    send(register, row("1/2567", premises="ก๋วยเตี๋ยวเรือ"))
    assert (found(register, "ข้าวแกง"), found(register, "เตี๋ยว")) == (0, 1)


def test_the_calendar_changes_entries(register: Register, clock: Clock) -> None:
    send(register, row("1/2567", expires_on="2026-12-31"), row("2/2567"))
    clock.go_to(date(2026, 12, 31))
    refresh(register)
    assert len(told(register)) == 2
    clock.go_to(date(2027, 1, 1))
    refresh(register)
    assert told(register)[2:] == [("update", "expired")]
    refresh(register)
    assert len(told(register)) == 3
    check_entries(register)


def test_what_a_type_does_not_disclose_any_more_is_found_no_more(register: Register, tmp_path: Path) -> None:
    send(register, row("1/2567", licensee="นายสมชาย ใจดี", **SHOP))
    shop = 'field = "premises-name", label = { th = "ชื่อร้าน", en = "Shop" }, required = false'
    assert shop in CATALOGUE
    file = tmp_path / "catalogue.toml"
    file.write_text(CATALOGUE.replace(shop, f'{shop}, disclosure = "restricted"'), encoding="utf-8")
    assert found(register, "ข้าวแกง") == 1
    declare(register, read_catalogue(file))
    assert found(register, "ข้าวแกง") == 0
    check_entries(register)


def test_a_person_is_not_found_by_name(register: Register) -> None:
    send(register, row("1/2567", licensee="นายสมชาย ใจดี", **SHOP))
    assert (found(register, "สมชาย"), found(register, "ใจดี"), found(register, "ข้าวแกง")) == (0, 0, 1)


def test_a_register_from_before_is_completed_once(register: Register) -> None:
    send(register, *(row(f"{number}/2567", **SHOP) for number in range(1, 8)))
    with register.database.writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(delete(EntryGramsRow))
        else:
            session.connection().exec_driver_sql("INSERT INTO entry_grams (entry_grams) VALUES ('delete-all')")
        session.execute(delete(EntryRow))
    assert found(register, "ข้าวแกง") == 0
    assert complete(register) == 7
    assert found(register, "ข้าวแกง") == 7
    assert complete(register) == 0
    check_entries(register)


def test_changes_of_a_long_list_wait_in_the_database(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 3)
    send(register, *(row(f"{number}/2567") for number in range(1, 12)))
    send(register, *(row(f"{number}/2567", **SHOP) for number in range(1, 12)))
    kinds = [kind for kind, _ in told(register)]
    assert kinds == ["create"] * 11 + ["update"] * 11
    check_entries(register)


def test_what_is_rolled_back_leaves_nothing(register: Register) -> None:
    send(register, row("1/2567", **SHOP))

    def fail_at_last() -> None:
        with register.database.writing() as session:
            session.execute(update(EntryRow).values(status="revoked"))
            entries = Entries(register, session, register.store(session))
            assert entries.follow([1]) == 1
            entries.finish()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_last()
    assert len(told(register)) == 1
    check_entries(register)


@pytest.mark.parametrize("statement", [update(ChangeRow).values(kind="x"), delete(ChangeRow)])
def test_changes_are_append_only(register: Register, statement: object) -> None:
    send(register, row("1/2567"))
    with pytest.raises(DatabaseError), register.database.writing() as session:
        session.execute(statement)  # type: ignore[call-overload] # one of two kinds


def test_what_has_a_lower_number_became_public_before(postgresql_register: Register) -> None:
    """Whoever reads the feed up to some number misses nothing that has a lower one."""
    register = postgresql_register
    send(register, row("1/2567"), row("2/2567"))

    def change(number: int, *, then: Callable[[], None]) -> None:
        with register.database.writing() as session:
            session.execute(update(EntryRow).where(EntryRow.license_id == number).values(name="-"))
            entries = Entries(register, session, register.store(session))
            assert entries.follow([number]) == 1
            entries.finish()
            then()

    with ThreadPoolExecutor(1) as other:

        def begin_the_second() -> None:
            second.append(other.submit(change, 2, then=lambda: None))
            while not is_somebody_waiting(register):
                assert not second[0].done()
            assert len(told(register)) == 2

        second: list[Future[None]] = []
        change(1, then=begin_the_second)
        second[0].result()
    with register.database.reading() as session:
        assert list(session.scalars(select(ChangeRow.license_id).order_by(ChangeRow.sequence)))[2:] == [1, 2]


def is_somebody_waiting(register: Register) -> bool:
    with register.database.reading() as session:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(session.execute(text(waiting)).scalar_one())
