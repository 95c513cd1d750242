"""The acts: each changes the history, the lists and the verdict at once, and an act that is not allowed changes nothing."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from registry.register import Register
from registry.services import ActRefused, Decision, NoSuchLicense, perform, refresh
from registry.store import current_version
from registry.tables import CredentialRow, InstanceRow, LicenseRow, StatusListRow
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
    send,
    status,
    table_sizes,
    verdict,
)
from verify.verdict import Answer
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


def test_suspend_and_reinstate(register: Register) -> None:
    granted(register)
    act(register, NUMBER, ActKind.SUSPEND)
    (credential,) = credentials(register, NUMBER)
    assert status(register, NUMBER) == "suspended"
    assert (bit(register, credential, "suspension"), bit(register, credential, "revocation")) == (True, False)
    assert in_force(register) == ("no", "suspended")
    act(register, NUMBER, ActKind.REINSTATE)
    assert status(register, NUMBER) == "active"
    assert not bit(register, credential, "suspension")
    assert in_force(register) == ("yes", "active")
    assert in_force(register, "2/2567") == ("yes", "active")


@pytest.mark.parametrize(("kind", "word"), [(ActKind.REVOKE, "revoked"), (ActKind.SURRENDER, "surrendered")])
def test_revoke_and_surrender(register: Register, kind: ActKind, word: str) -> None:
    granted(register)
    record = act(register, NUMBER, kind)
    (credential,) = credentials(register, NUMBER)
    assert (status(register, NUMBER), record.version) == (word, 1)
    assert bit(register, credential, "revocation")
    assert in_force(register) == ("no", "withdrawn")
    assert in_force(register, "2/2567") == ("yes", "active")


def test_amend_keeps_the_credential(register: Register) -> None:
    granted(register)
    act(register, NUMBER, ActKind.AMEND)
    assert len(credentials(register, NUMBER)) == 1
    assert in_force(register) == ("yes", "active")
    assert [item.kind for item in find(register, NUMBER).history.acts] == [ActKind.GRANT, ActKind.AMEND]


@pytest.mark.parametrize("kind", [ActKind.RENEW, ActKind.CORRECT])
def test_new_dates_are_a_new_credential(register: Register, kind: ActKind) -> None:
    granted(register)
    record = act(register, NUMBER, kind, term=LONGER)
    old, new = credentials(register, NUMBER)
    assert record.license.term == LONGER
    assert b"2029-02-28" in new.body
    assert verdict(register, old.body).in_force.code == "withdrawn"
    assert in_force(register) == ("yes", "active")


def test_renewed_under_a_new_number(register: Register) -> None:
    granted(register)
    record = act(register, NUMBER, ActKind.RENEW, successor=iri("2/2567"))
    assert record.history.acts[-1].successor == iri("2/2567")
    assert status(register, NUMBER) == "superseded"
    assert in_force(register) == ("no", "withdrawn")
    assert in_force(register, "2/2567") == ("yes", "active")


def test_a_decision_for_a_later_day_waits(register: Register, clock: Clock) -> None:
    granted(register)
    act(register, NUMBER, ActKind.REVOKE, LATER)
    assert (status(register, NUMBER), in_force(register)) == ("active", ("yes", "active"))
    clock.go_to(LATER - timedelta(days=1))
    refresh(register)
    assert (status(register, NUMBER), in_force(register)) == ("active", ("yes", "active"))
    clock.go_to(LATER)
    refresh(register)
    assert (status(register, NUMBER), in_force(register)) == ("revoked", ("no", "withdrawn"))


def test_a_suspension_ends_by_the_calendar(register: Register, clock: Clock) -> None:
    granted(register)
    act(register, NUMBER, ActKind.SUSPEND, LATER, until=LATER + timedelta(days=5))
    seen = []
    for days in (0, 9, 10, 15, 16):
        clock.go_to(TODAY + timedelta(days=days))
        refresh(register)
        seen.append((status(register, NUMBER), in_force(register)[1]))
    assert seen == [(word, word) for word in ("active", "active", "suspended", "suspended", "active")]


def test_a_day_is_a_day_in_thailand(register: Register, clock: Clock) -> None:
    granted(register)
    act(register, NUMBER, ActKind.SUSPEND, LATER)
    clock.go_to(LATER)
    clock.pass_by(hours=-12, minutes=-1)
    assert refresh(register) >= 0
    assert status(register, NUMBER) == "active"
    clock.pass_by(minutes=2)
    refresh(register)
    assert (status(register, NUMBER), in_force(register)) == ("suspended", ("no", "suspended"))


def test_missed_days_are_made_up_for(register: Register, clock: Clock) -> None:
    """Nobody ran the register for a month: nothing that fell due is forgotten."""
    granted(register)
    act(register, NUMBER, ActKind.SUSPEND, LATER, until=LATER + timedelta(days=2))
    act(register, "2/2567", ActKind.REVOKE, LATER)
    clock.go_to(TODAY + timedelta(days=30))
    refresh(register)
    assert in_force(register) == ("yes", "active")
    assert in_force(register, "2/2567") == ("no", "withdrawn")


def test_a_clock_that_jumps_ahead_and_back(register: Register, clock: Clock) -> None:
    granted(register)
    act(register, NUMBER, ActKind.SUSPEND, LATER)
    for day, word in ((LATER, "suspended"), (TODAY, "active"), (LATER, "suspended")):
        clock.go_to(day)
        refresh(register)
        assert in_force(register)[1] == word


def test_an_end_that_was_renewed_early_holds(register: Register, clock: Clock) -> None:
    """A renewal with effect from a later day leaves what holds today alone, whatever its dates say."""
    granted(register)
    act(register, NUMBER, ActKind.RENEW, LATER, term=LONGER)
    assert find(register, NUMBER).license.term.expires_on == date(2027, 2, 28)
    assert in_force(register) == ("yes", "active")
    clock.go_to(LATER)
    refresh(register)
    assert find(register, NUMBER).license.term == LONGER
    assert in_force(register) == ("yes", "active")
    assert [verdict(register, item.body).exit_code for item in credentials(register, NUMBER)] == [1, 0]


def test_a_renewal_to_come_does_not_revive_what_has_expired(register: Register, clock: Clock) -> None:
    send(register, row(NUMBER, expires_on="2026-10-31"))
    act(register, NUMBER, ActKind.RENEW, LATER, term=LONGER)
    assert (status(register, NUMBER), in_force(register)) == ("expired", ("no", "expired"))
    clock.go_to(LATER)
    refresh(register)
    assert (status(register, NUMBER), in_force(register)) == ("active", ("yes", "active"))


def test_a_correction_to_a_later_beginning(register: Register) -> None:
    granted(register)
    act(register, NUMBER, ActKind.CORRECT, term=Term(valid_from=LATER, expires_on=date(2027, 2, 28)))
    assert (status(register, NUMBER), in_force(register)) == ("pending", ("no", "pending"))
    old, _new = credentials(register, NUMBER)
    assert verdict(register, old.body).in_force.code == "withdrawn"


@pytest.mark.parametrize("kind", [ActKind.REVOKE, ActKind.SURRENDER])
@pytest.mark.parametrize("first_day", ["2024-03-01", "2027-01-01"])
def test_a_withdrawal_that_was_an_error(register: Register, kind: ActKind, first_day: str) -> None:
    """The licence lives on under a new credential; the one that was withdrawn stays so."""
    send(register, row(NUMBER, issued_on="", valid_from=first_day))
    day = date.fromisoformat(first_day)
    act(register, NUMBER, kind, max(day, TODAY))
    before = credentials(register, NUMBER)
    if day <= TODAY:
        assert bit(register, before[0], "revocation")
    act(register, NUMBER, ActKind.CORRECT, max(day, TODAY), voids=2)
    old, new = credentials(register, NUMBER)
    assert bit(register, old, "revocation")
    assert not bit(register, new, "revocation")
    assert current_credential(register, NUMBER) == new.body
    assert in_force(register)[1] == ("active" if day <= TODAY else "pending") == status(register, NUMBER)


@pytest.mark.parametrize("kind", [ActKind.RENEW, ActKind.CORRECT])
def test_dates_that_were_an_error(register: Register, kind: ActKind) -> None:
    granted(register)
    act(register, NUMBER, kind, term=Term(valid_from=date(2024, 3, 1), expires_on=date(2025, 1, 1)))
    assert in_force(register) == ("no", "expired")
    act(register, NUMBER, ActKind.CORRECT, voids=2)
    assert find(register, NUMBER).license.term.expires_on == date(2027, 2, 28)
    assert (status(register, NUMBER), in_force(register)) == ("active", ("yes", "active"))
    assert [bit(register, item, "revocation") for item in credentials(register, NUMBER)] == [True, True, False]


def test_a_successor_that_was_an_error(register: Register) -> None:
    granted(register)
    act(register, NUMBER, ActKind.RENEW, successor=iri("2/2567"))
    act(register, NUMBER, ActKind.CORRECT, voids=2)
    assert (status(register, NUMBER), in_force(register)) == ("active", ("yes", "active"))


def test_a_suspension_that_was_an_error(register: Register) -> None:
    granted(register)
    act(register, NUMBER, ActKind.SUSPEND)
    act(register, NUMBER, ActKind.CORRECT, voids=2)
    assert len(credentials(register, NUMBER)) == 1
    assert in_force(register) == ("yes", "active")


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


@pytest.mark.parametrize("kind", [kind for kind in ActKind if kind not in {ActKind.GRANT, ActKind.CORRECT}])
def test_nothing_follows_a_revocation(sqlite_register: Register, kind: ActKind) -> None:
    granted(sqlite_register)
    act(sqlite_register, NUMBER, ActKind.REVOKE)
    with pytest.raises(IllegalAct):
        act(sqlite_register, NUMBER, kind, term=LONGER if kind is ActKind.RENEW else None)
    assert in_force(sqlite_register) == ("no", "withdrawn")


def test_another_authority_is_not_touched(register: Register) -> None:
    granted(register)
    send(register, row(NUMBER), authority="x-office")
    act(register, NUMBER, ActKind.REVOKE)
    other = iri(NUMBER, authority="x-office")
    assert verdict(register, current_credential(register, other)).exit_code == 0


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


def test_lists_are_signed_again_after_a_day(register: Register, clock: Clock) -> None:
    granted(register)
    first = list_bodies(register)
    clock.pass_by(hours=23)
    assert refresh(register) == 0
    assert list_bodies(register) == first
    clock.pass_by(hours=2)
    assert refresh(register) == 2
    assert list_bodies(register) != first
    assert refresh(register) == 0
    found = verdict(register, current_credential(register, NUMBER))
    assert found.as_of == clock.now


def test_a_list_that_is_too_old_is_no_answer(register: Register, clock: Clock) -> None:
    granted(register)
    act(register, "2/2567", ActKind.REVOKE)
    clock.pass_by(days=7, seconds=1)
    for number in (NUMBER, "2/2567"):
        found = verdict(register, current_credential(register, number))
        assert (found.genuine.answer, found.in_force.answer) == (Answer.YES, Answer.UNKNOWN)
        assert found.exit_code == 2
    refresh(register)
    assert (in_force(register)[0], in_force(register, "2/2567")[0]) == ("yes", "no")


def test_the_day_of_the_last_refresh_is_kept(register: Register, clock: Clock) -> None:
    clock.go_to(LATER)
    refresh(register)
    with register.database.reading() as session:
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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=7), number=st.integers(1, 10**12))
def test_lists_say_what_the_acts_say(
    sqlite_register: Register, clock: Clock, steps: list[tuple[str, int, int | None]], number: int
) -> None:
    """Whatever officers do, in whatever order, and whenever the day turns."""
    clock.go_to(TODAY)
    refresh(sqlite_register)
    name = f"{number}/2567"
    if send(sqlite_register, row(name)).changes_nothing:
        return
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
    _check_everything(sqlite_register)


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


def _check_everything(register: Register) -> None:
    today = register.today()
    with register.database.reading() as session:
        store = register.store(session)
        rows = session.scalars(select(CredentialRow)).all()
        tails = dict(session.execute(select(LicenseRow.id, LicenseRow.tail)).tuples().all())
        faces = {license_id: (store.versions(license_id), store.history(license_id)) for license_id in tails}
    for item in rows:
        versions, history = faces[item.license_id]
        standing = history.standing(today)
        holds = current_version(versions, history, today).sequence == item.version_sequence
        assert bit(register, item, "suspension") == (standing is Standing.SUSPENDED)
        if standing in FINAL:
            assert bit(register, item, "revocation")
        if holds and standing not in FINAL:
            assert not bit(register, item, "revocation"), "what holds has a credential that says so"
            answer = verdict(register, item.body).in_force.answer
            word = history.status(today)
            assert answer == {"active": "yes", "unknown": "unknown"}.get(word, "no"), word
        if item.version_sequence < current_version(versions, history, today).sequence:
            later = {
                other.effective_on for other in history.in_effect() if other.effective_on and other.effective_on > today
            }
            comes_back = any(current_version(versions, history, day).sequence == item.version_sequence for day in later)
            assert bit(register, item, "revocation") or comes_back
