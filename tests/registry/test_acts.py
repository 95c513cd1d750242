"""Acts in unusual order: to come, declared void, refused, interrupted; whatever happens, the lists say what the acts say."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from registry.record import current_version
from registry.register import Register
from registry.services import ActRefused, Decision, NoSuchLicense, perform, refresh
from registry.tables import CredentialRow, InstanceRow, StatusListRow
from tests.registry.small import (
    TODAY,
    Clock,
    act,
    bit,
    credentials,
    current_credential,
    find,
    iri,
    row,
    rows_in,
    send,
    status,
    table_sizes,
    verdict,
)
from vocab.history import FINAL, ActKind, IllegalAct, Standing
from vocab.license import Term

NUMBER = "1/2567"
LONGER = Term(valid_from=date(2024, 3, 1), expires_on=date(2029, 2, 28))
LATER = TODAY + timedelta(days=10)


def granted(register: Register) -> None:
    send(register, row(NUMBER), row("2/2567"))


def in_force(register: Register, number: str = NUMBER) -> tuple[str, str]:
    """The answer and the reason for the credential that the register serves."""
    part = verdict(register, current_credential(register, number)).in_force
    return part.answer, part.code


def test_an_amendment_needs_what_it_amends(sqlite_register: Register) -> None:
    granted(sqlite_register)
    with pytest.raises(ActRefused, match="publish the list"):
        act(sqlite_register, NUMBER, ActKind.AMEND)
    send(sqlite_register, row(NUMBER, premises="ชื่อใหม่"))
    assert [item.kind for item in find(sqlite_register, NUMBER).history.acts] == [ActKind.GRANT, ActKind.AMEND]


@pytest.mark.parametrize("kind", [ActKind.RENEW, ActKind.CORRECT])
def test_new_dates_are_a_new_credential(sqlite_register: Register, kind: ActKind) -> None:
    granted(sqlite_register)
    record = act(sqlite_register, NUMBER, kind, term=LONGER)
    old, new = credentials(sqlite_register, NUMBER)
    assert record.license.term == LONGER
    assert b"2029-02-28" in new.body
    assert verdict(sqlite_register, old.body).in_force.code == "withdrawn"
    assert in_force(sqlite_register) == ("yes", "active")


def test_a_day_is_a_day_in_thailand(sqlite_register: Register, clock: Clock) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.SUSPEND, LATER)
    clock.go_to(LATER)
    clock.pass_by(hours=-12, minutes=-1)
    assert refresh(sqlite_register) >= 0
    assert status(sqlite_register, NUMBER) == "active"
    clock.pass_by(minutes=2)
    refresh(sqlite_register)
    assert (status(sqlite_register, NUMBER), in_force(sqlite_register)) == ("suspended", ("no", "suspended"))


def test_missed_days_are_made_up_for(register: Register, clock: Clock) -> None:
    """Nobody ran the register for a month: nothing that fell due is forgotten."""
    granted(register)
    act(register, NUMBER, ActKind.SUSPEND, LATER, until=LATER + timedelta(days=2))
    act(register, "2/2567", ActKind.REVOKE, LATER)
    clock.go_to(TODAY + timedelta(days=30))
    refresh(register)
    assert in_force(register) == ("yes", "active")
    assert in_force(register, "2/2567") == ("no", "withdrawn")


def test_a_clock_that_jumps_ahead_and_back(sqlite_register: Register, clock: Clock) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.SUSPEND, LATER)
    for day, word in ((LATER, "suspended"), (TODAY, "active"), (LATER, "suspended")):
        clock.go_to(day)
        refresh(sqlite_register)
        assert in_force(sqlite_register)[1] == word


def test_an_end_that_was_renewed_early_holds(sqlite_register: Register, clock: Clock) -> None:
    """A renewal with effect from a later day leaves what holds today alone, whatever its dates say."""
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.RENEW, LATER, term=LONGER)
    assert find(sqlite_register, NUMBER).license.term.expires_on == date(2027, 2, 28)
    assert in_force(sqlite_register) == ("yes", "active")
    clock.go_to(LATER)
    refresh(sqlite_register)
    assert find(sqlite_register, NUMBER).license.term == LONGER
    assert in_force(sqlite_register) == ("yes", "active")
    assert [verdict(sqlite_register, item.body).exit_code for item in credentials(sqlite_register, NUMBER)] == [1, 0]


def test_a_renewal_to_come_does_not_revive_what_has_expired(sqlite_register: Register, clock: Clock) -> None:
    send(sqlite_register, row(NUMBER, expires_on="2026-10-31"))
    act(sqlite_register, NUMBER, ActKind.RENEW, LATER, term=LONGER)
    assert (status(sqlite_register, NUMBER), in_force(sqlite_register)) == ("expired", ("no", "expired"))
    clock.go_to(LATER)
    refresh(sqlite_register)
    assert (status(sqlite_register, NUMBER), in_force(sqlite_register)) == ("active", ("yes", "active"))


def test_a_correction_to_a_later_beginning(sqlite_register: Register) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.CORRECT, term=Term(valid_from=LATER, expires_on=date(2027, 2, 28)))
    assert (status(sqlite_register, NUMBER), in_force(sqlite_register)) == ("pending", ("no", "pending"))
    old, _new = credentials(sqlite_register, NUMBER)
    assert verdict(sqlite_register, old.body).in_force.code == "withdrawn"


@pytest.mark.parametrize("kind", [ActKind.REVOKE, ActKind.SURRENDER])
@pytest.mark.parametrize("first_day", ["2024-03-01", "2027-01-01"])
def test_a_withdrawal_that_was_an_error(sqlite_register: Register, kind: ActKind, first_day: str) -> None:
    """The licence lives on under a new credential; the one that was withdrawn stays so."""
    send(sqlite_register, row(NUMBER, issued_on="", valid_from=first_day))
    day = date.fromisoformat(first_day)
    act(sqlite_register, NUMBER, kind, max(day, TODAY))
    before = credentials(sqlite_register, NUMBER)
    if day <= TODAY:
        assert bit(sqlite_register, before[0], "revocation")
    act(sqlite_register, NUMBER, ActKind.CORRECT, max(day, TODAY), voids=2)
    old, new = credentials(sqlite_register, NUMBER)
    assert bit(sqlite_register, old, "revocation")
    assert not bit(sqlite_register, new, "revocation")
    assert current_credential(sqlite_register, NUMBER) == new.body
    assert in_force(sqlite_register)[1] == ("active" if day <= TODAY else "pending") == status(sqlite_register, NUMBER)


def test_a_renewal_does_not_shorten(sqlite_register: Register) -> None:
    granted(sqlite_register)
    with pytest.raises(ActRefused, match="record a correction"):
        act(sqlite_register, NUMBER, ActKind.RENEW, term=Term(expires_on=date(2025, 1, 1)))
    with pytest.raises(ActRefused, match="is the year right"):
        act(sqlite_register, NUMBER, ActKind.SUSPEND, date(2100, 1, 1))


def test_a_licence_is_replaced_by_one_that_is_held(sqlite_register: Register) -> None:
    granted(sqlite_register)
    send(sqlite_register, row("2/2567"))
    send(sqlite_register, row("3/2567"), authority="x-office")
    act(sqlite_register, NUMBER, ActKind.RENEW, successor=iri("2/2567"))
    with pytest.raises(ActRefused, match="superseded itself"):
        act(sqlite_register, "2/2567", ActKind.RENEW, successor=iri(NUMBER))
    with pytest.raises(ActRefused, match="another authority"):
        act(sqlite_register, "2/2567", ActKind.RENEW, successor=iri("3/2567", authority="x-office"))


def test_what_is_recorded_for_later_is_named(sqlite_register: Register) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.SUSPEND, TODAY + timedelta(days=30))
    with pytest.raises(IllegalAct, match="act 2, suspend from"):
        act(sqlite_register, NUMBER, ActKind.SUSPEND)


def test_an_old_file_does_not_undo_a_decision(sqlite_register: Register) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.RENEW, term=LONGER)
    again = send(sqlite_register, row(NUMBER))
    assert [plan.outcome for plan in rows_in(sqlite_register, again)] == ["unchanged"]
    assert [finding.code for finding in rows_in(sqlite_register, again)[0].findings] == ["decision-newer"]
    other_name = send(sqlite_register, row(NUMBER, premises="ชื่อใหม่"))
    assert [plan.outcome for plan in rows_in(sqlite_register, other_name)] == ["changed"]
    record = find(sqlite_register, NUMBER)
    assert record.license.term == LONGER
    assert str(record.license.premises[0].name) == "ชื่อใหม่"
    assert [
        plan.outcome for plan in rows_in(sqlite_register, send(sqlite_register, row(NUMBER, premises="ชื่อใหม่")))
    ] == ["unchanged"]
    contradiction = send(sqlite_register, row(NUMBER, expires_on="2028-01-01"))
    assert [plan.outcome for plan in rows_in(sqlite_register, contradiction)] == ["rejected"]
    assert rows_in(sqlite_register, contradiction)[0].findings[-1].code == "decision-contradicted"
    later = send(sqlite_register, row(NUMBER, expires_on="2035-01-01"))
    assert [plan.outcome for plan in rows_in(sqlite_register, later)] == ["changed"]
    assert find(sqlite_register, NUMBER).license.term.expires_on == date(2035, 1, 1)


def test_dates_that_were_an_error(sqlite_register: Register) -> None:
    granted(sqlite_register)
    kind = ActKind.CORRECT
    act(sqlite_register, NUMBER, kind, term=Term(valid_from=date(2024, 3, 1), expires_on=date(2025, 1, 1)))
    assert in_force(sqlite_register) == ("no", "expired")
    act(sqlite_register, NUMBER, ActKind.CORRECT, voids=2)
    assert find(sqlite_register, NUMBER).license.term.expires_on == date(2027, 2, 28)
    assert (status(sqlite_register, NUMBER), in_force(sqlite_register)) == ("active", ("yes", "active"))
    assert [bit(sqlite_register, item, "revocation") for item in credentials(sqlite_register, NUMBER)] == [
        True,
        True,
        False,
    ]


def test_a_successor_that_was_an_error(sqlite_register: Register) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.RENEW, successor=iri("2/2567"))
    act(sqlite_register, NUMBER, ActKind.CORRECT, voids=2)
    assert (status(sqlite_register, NUMBER), in_force(sqlite_register)) == ("active", ("yes", "active"))


def test_a_suspension_that_was_an_error(sqlite_register: Register) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.SUSPEND)
    act(sqlite_register, NUMBER, ActKind.CORRECT, voids=2)
    assert len(credentials(sqlite_register, NUMBER)) == 1
    assert in_force(sqlite_register) == ("yes", "active")


Attempt = Callable[[Register], object]
REFUSED: dict[str, tuple[Attempt, type[Exception]]] = {
    "grant": (lambda r: act(r, NUMBER, ActKind.GRANT), ActRefused),
    "reinstate what is not suspended": (lambda r: act(r, NUMBER, ActKind.REINSTATE), IllegalAct),
    "renew without dates": (lambda r: act(r, NUMBER, ActKind.RENEW), ActRefused),
    "renew with both": (lambda r: act(r, NUMBER, ActKind.RENEW, term=LONGER, successor=iri("2/2567")), ActRefused),
    "its own successor": (lambda r: act(r, NUMBER, ActKind.RENEW, successor=iri(NUMBER)), ActRefused),
    "unknown successor": (lambda r: act(r, NUMBER, ActKind.RENEW, successor=iri("9")), NoSuchLicense),
    "correct nothing": (lambda r: act(r, NUMBER, ActKind.CORRECT), ActRefused),
    "correct twice": (lambda r: act(r, NUMBER, ActKind.CORRECT, term=LONGER, voids=1), ActRefused),
    "void the grant": (lambda r: act(r, NUMBER, ActKind.CORRECT, voids=1), IllegalAct),
    "void what is not there": (lambda r: act(r, NUMBER, ActKind.CORRECT, voids=7), IllegalAct),
    "dates with a suspension": (lambda r: act(r, NUMBER, ActKind.SUSPEND, term=LONGER), ActRefused),
    "dates with an amendment": (lambda r: act(r, NUMBER, ActKind.AMEND, term=LONGER), ActRefused),
    "end of a revocation": (lambda r: act(r, NUMBER, ActKind.REVOKE, until=LATER), ActRefused),
    "end before the beginning": (lambda r: act(r, NUMBER, ActKind.SUSPEND, LATER, until=TODAY), ActRefused),
    "successor of a suspension": (lambda r: act(r, NUMBER, ActKind.SUSPEND, successor=iri("2/2567")), ActRefused),
    "void by a revocation": (lambda r: act(r, NUMBER, ActKind.REVOKE, voids=1), ActRefused),
    "before the grant": (lambda r: act(r, NUMBER, ActKind.REVOKE, date(2020, 1, 1)), IllegalAct),
    "unknown licence": (lambda r: act(r, "99/2567", ActKind.REVOKE), NoSuchLicense),
    "citizen number": (
        lambda r: perform(r, iri(NUMBER), Decision(kind=ActKind.REVOKE, on=TODAY, reason="บัตร 1-2345-67890-12-1")),
        ActRefused,
    ),
    "hidden direction": (
        lambda r: perform(r, iri(NUMBER), Decision(kind=ActKind.REVOKE, on=TODAY, order="ที่\u202e1")),
        ActRefused,
    ),
    "endless reason": (
        lambda r: perform(r, iri(NUMBER), Decision(kind=ActKind.REVOKE, on=TODAY, reason="ก" * 5000)),
        ActRefused,
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_not_allowed_writes_nothing(sqlite_register: Register, name: str) -> None:
    granted(sqlite_register)
    before, lists = table_sizes(sqlite_register), list_bodies(sqlite_register)
    attempt, error = REFUSED[name]
    with pytest.raises(error) as caught:
        attempt(sqlite_register)
    assert "1-2345-67890-12-1" not in str(caught.value)
    assert table_sizes(sqlite_register) == before
    assert list_bodies(sqlite_register) == lists
    assert in_force(sqlite_register) == ("yes", "active")


@pytest.mark.parametrize(
    "kind", [kind for kind in ActKind if kind not in {ActKind.GRANT, ActKind.CORRECT, ActKind.AMEND}]
)
def test_nothing_follows_a_revocation(sqlite_register: Register, kind: ActKind) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.REVOKE)
    with pytest.raises(IllegalAct):
        act(sqlite_register, NUMBER, kind, term=LONGER if kind is ActKind.RENEW else None)
    assert in_force(sqlite_register) == ("no", "withdrawn")


def test_another_authority_is_not_touched(sqlite_register: Register) -> None:
    granted(sqlite_register)
    send(sqlite_register, row(NUMBER), authority="x-office")
    act(sqlite_register, NUMBER, ActKind.REVOKE)
    other = iri(NUMBER, authority="x-office")
    assert verdict(sqlite_register, current_credential(sqlite_register, other)).exit_code == 0


def test_a_crash_while_deciding_leaves_the_licence_as_it_was(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted(register)
    before, lists = table_sizes(register), list_bodies(register)
    with monkeypatch.context() as patch:
        patch.setattr("registry.issuing.Issuance._sign", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            act(register, NUMBER, ActKind.REVOKE)
    assert (table_sizes(register), list_bodies(register)) == (before, lists)


# Status lists


def list_bodies(register: Register) -> list[bytes]:
    with register.database.reading() as session:
        return list(session.scalars(select(StatusListRow.body).order_by(StatusListRow.id)))


def test_the_day_of_the_last_refresh_is_kept(sqlite_register: Register, clock: Clock) -> None:
    clock.go_to(LATER)
    refresh(sqlite_register)
    with sqlite_register.database.reading() as session:
        assert session.scalars(select(InstanceRow.refreshed_on)).one() == LATER


def test_a_full_list_is_followed_by_a_new_one(sqlite_register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.issuing.LIST_BITS", 8)
    monkeypatch.setattr("verify.status.MINIMUM_BITS", 8)
    send(sqlite_register, *(row(f"{number}/2567") for number in range(1, 11)))
    act(sqlite_register, "10/2567", ActKind.REVOKE)
    with sqlite_register.database.reading() as session:
        places = session.execute(select(CredentialRow.list_number, CredentialRow.list_index)).all()
    assert sorted(map(tuple, places)) == [*((1, index) for index in range(8)), (2, 0), (2, 1)]
    assert in_force(sqlite_register, "10/2567") == ("no", "withdrawn")
    assert in_force(sqlite_register, "2/2567") == ("yes", "active")


STEPS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 20), st.none()),
    st.tuples(
        st.sampled_from([kind.value for kind in ActKind if kind is not ActKind.GRANT]),
        st.integers(-5, 20),
        st.none() | st.integers(0, 15),
    ),
)


_numbers = count(1)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=7))
def test_lists_say_what_the_acts_say(
    sqlite_register: Register, clock: Clock, steps: list[tuple[str, int, int | None]]
) -> None:
    """Whatever officers do, in whatever order, and whenever the day turns."""
    clock.go_to(TODAY)
    refresh(sqlite_register)
    name = f"{next(_numbers)}/2567"
    send(sqlite_register, row(name))
    for kind, days, more in steps:
        today = sqlite_register.today()
        if kind == "wait":
            clock.go_to(today + timedelta(days=days))
            refresh(sqlite_register)
            continue
        try:
            perform(sqlite_register, iri(name), _decision(ActKind(kind), today + timedelta(days=days), more))
        except (IllegalAct, ActRefused):
            continue
        _check_lists(sqlite_register, name)
    _check_lists(sqlite_register, name)


def _decision(kind: ActKind, on: date, more: int | None) -> Decision:
    term = Term(valid_from=date(2024, 3, 1), expires_on=on + timedelta(days=30 * more)) if more is not None else None
    match kind:
        case ActKind.SUSPEND:
            return Decision(kind=kind, on=on, until=None if more is None else on + timedelta(days=more))
        case ActKind.RENEW:
            return Decision(kind=kind, on=on, term=term or LONGER)
        case ActKind.CORRECT if more is not None and more % 2:
            return Decision(kind=kind, on=on, voids=more // 2 + 1)
        case ActKind.CORRECT:
            return Decision(kind=kind, on=on, term=term or LONGER)
        case _:
            return Decision(kind=kind, on=on)


def _check_lists(register: Register, name: str) -> None:
    """The bits of all credentials of a licence, and the verdict on the one that holds, against the acts."""
    today = register.today()
    record = find(register, name)
    with register.database.reading() as session:
        versions = register.store(session).versions(record.id)
    history = record.history
    standing = history.standing(today)
    days = [act.effective_on for act in history.in_effect() if act.effective_on and act.effective_on > today]
    to_come = {current_version(versions, history, day).sequence for day in days}
    for item in credentials(register, name):
        assert bit(register, item, "suspension") == (standing is Standing.SUSPENDED)
        withdrawn = bit(register, item, "revocation")
        if item.version_sequence == record.version_sequence:
            assert withdrawn == (standing in FINAL)
            answer = verdict(register, item.body).in_force.answer
            assert answer == {"active": "yes", "unknown": "unknown"}.get(history.status(today), "no")
        else:
            assert withdrawn or (item.version_sequence in to_come and standing not in FINAL)
