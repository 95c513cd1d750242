"""A transaction over midnight: what takes effect on the new day is on the lists on that day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.register import Register
from registry.services import Decision, perform, refresh
from registry.store import Store
from tests.registry.intake.lists import HERE, STATUS, listing
from tests.registry.public import check_agreement
from tests.registry.small import TODAY, Clock, act, bit, credentials, iri, open_small, row, send, status
from vocab.history import ActKind

TOMORROW = TODAY + timedelta(days=1)
BEFORE_MIDNIGHT = datetime(2026, 11, 21, 16, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 21, 17, 1, tzinfo=UTC)
REVOKED_TOMORROW = Decision(kind=ActKind.REVOKE, on=TOMORROW, order="1/2569", reason="ทดสอบ")


@pytest.fixture
def elsewhere(register: Register) -> Iterator[Register]:
    """The same register in another process, where it is a minute before midnight."""
    url = register.database.engine.url.render_as_string(hide_password=False)
    other = open_small(url, "elsewhere", Clock(BEFORE_MIDNIGHT))
    yield other
    other.database.close()


def is_revoked(register: Register, number: str = "1/2567") -> bool:
    return all(bit(register, credential, "revocation") for credential in credentials(register, number))


def test_what_is_committed_after_the_calendar_was_read_is_not_missed(
    register: Register, elsewhere: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(register, row("1/2567"))
    clock.now = AFTER_MIDNIGHT
    looked: list[list[tuple[int, int]]] = []
    look = Store.licenses_changing

    def look_then_commit(store: Store, since: date, today: date) -> list[tuple[int, int]]:
        found = look(store, since, today)
        if not looked:
            looked.append(found)
            perform(elsewhere, iri("1/2567"), REVOKED_TOMORROW)
        return found

    monkeypatch.setattr(Store, "licenses_changing", look_then_commit)
    refresh(register)
    assert looked == [[]]
    assert (status(register, "1/2567"), is_revoked(register)) == ("revoked", True)
    check_agreement(register)


def test_what_came_after_the_last_look_of_that_day_is_seen_the_next_day(
    register: Register, elsewhere: Register, clock: Clock
) -> None:
    send(register, row("1/2567"))
    clock.now = AFTER_MIDNIGHT
    refresh(register)
    perform(elsewhere, iri("1/2567"), REVOKED_TOMORROW)
    clock.pass_by(days=1)
    refresh(register)
    assert is_revoked(register)
    check_agreement(register)


def test_the_end_of_a_suspension_is_seen_the_next_day(register: Register, elsewhere: Register, clock: Clock) -> None:
    send(register, row("1/2567"))
    act(register, "1/2567", ActKind.SUSPEND, TODAY - timedelta(days=1))
    clock.now = AFTER_MIDNIGHT
    refresh(register)
    perform(elsewhere, iri("1/2567"), Decision(kind=ActKind.CORRECT, on=TODAY, order="2", reason="ผิด", voids=2))
    until = Decision(kind=ActKind.SUSPEND, on=TODAY, until=TODAY, order="3", reason="ทดสอบ")
    perform(elsewhere, iri("1/2567"), until)
    (credential,) = credentials(register, "1/2567")
    assert bit(register, credential, "suspension")
    clock.pass_by(days=1)
    refresh(register)
    assert not bit(register, credential, "suspension")
    check_agreement(register)


def test_a_publication_over_midnight_says_what_is_so_on_the_new_day(register: Register, clock: Clock) -> None:
    send(register, row("1/2567"), row("3/2567"))
    told = {"status": "เพิกถอน", "status_on": str(TOMORROW)}
    rows = [row("1/2567", **told), row("2/2567", **told), row("3/2567")]
    report = stage(register, listing(*rows, mapping=STATUS), workers=HERE)
    clock.now = BEFORE_MIDNIGHT

    def midnight(_done: int, _total: int) -> None:
        clock.now = AFTER_MIDNIGHT

    publish_batch(register, report.batch, report.suspicions, midnight, HERE)
    # Nobody looked at the calendar again.
    assert [is_revoked(register, each["number"]) for each in rows] == [True, True, False]
    check_agreement(register)


def test_what_was_recorded_on_its_day_is_not_looked_at_again(register: Register, clock: Clock) -> None:
    """After a whole list was published, the next days do not go through all of it."""
    send(register, row("1/2567", issued_on=str(TODAY), valid_from=str(TODAY)), row("2/2567"))
    act(register, "2/2567", ActKind.SUSPEND)
    act(register, "1/2567", ActKind.REVOKE, TOMORROW)
    clock.go_to(TOMORROW + timedelta(days=1))
    with register.database.reading() as session:
        found = register.store(session).licenses_changing(TOMORROW, register.today())
    with register.database.reading() as session:
        store = register.store(session)
        assert [store.history(license_id).acts[-1].kind for _, license_id in found] == [ActKind.REVOKE]
