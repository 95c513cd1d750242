"""Acts: each changes the history, the status lists and the verdict at once, or nothing at all."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from registry.register import Register
from registry.services import ActRefused, NoSuchLicense, refresh
from registry.tables import CredentialRow
from registry.trust import trust_file
from tests.registry.small import (
    NOON,
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
from verify.trust import parse_trust
from verify.verdict import Answer
from verify.verifier import examine
from vocab.history import FINAL, ActKind, IllegalAct, Standing
from vocab.license import Term

NUMBER = "1/2567"


@pytest.fixture
def one(register: Register) -> Register:
    """A register with one active licence."""
    send(register, row(NUMBER))
    return register


def told(register: Register) -> tuple[str, str, str]:
    """What the register's live verdict, its trust file and its acts say of the licence: they must agree."""
    credential = current_credential(register, NUMBER)
    live = verdict(register, credential)
    offline = examine(credential, parse_trust(trust_file(register)), register.now())
    assert live.genuine.answer is offline.genuine.answer is Answer.YES
    return live.in_force.code, offline.in_force.code, status(register, NUMBER)


def test_a_granted_licence_is_in_force_everywhere(one: Register) -> None:
    assert told(one) == ("active", "active", "active")


@pytest.mark.parametrize(
    ("kind", "code", "in_law"),
    [
        (ActKind.SUSPEND, "suspended", "suspended"),
        (ActKind.REVOKE, "withdrawn", "revoked"),
        (ActKind.SURRENDER, "withdrawn", "surrendered"),
    ],
)
def test_an_act_is_told_at_once(one: Register, kind: ActKind, code: str, in_law: str) -> None:
    act(one, NUMBER, kind)
    assert told(one) == (code, code, in_law)


def test_reinstating_ends_a_suspension(one: Register) -> None:
    act(one, NUMBER, ActKind.SUSPEND)
    act(one, NUMBER, ActKind.REINSTATE)
    assert told(one) == ("active", "active", "active")


def test_a_renewal_gives_a_new_credential_and_withdraws_the_old(one: Register) -> None:
    old = current_credential(one, NUMBER)
    act(one, NUMBER, ActKind.RENEW, term=Term(valid_from=date(2024, 3, 1), expires_on=date(2030, 2, 28)))
    assert told(one) == ("active", "active", "active")
    assert verdict(one, old).in_force.code == "withdrawn"
    assert find(one, NUMBER).license.term.expires_on == date(2030, 2, 28)


def test_a_renewal_under_a_new_number_supersedes(one: Register) -> None:
    send(one, row("9/2570"))
    act(one, NUMBER, ActKind.RENEW, successor=iri("9/2570"))
    assert told(one) == ("withdrawn", "withdrawn", "superseded")


def test_a_revocation_by_mistake_is_declared_void(one: Register) -> None:
    old = current_credential(one, NUMBER)
    act(one, NUMBER, ActKind.REVOKE)
    act(one, NUMBER, ActKind.CORRECT, voids=2)
    assert told(one) == ("active", "active", "active")
    # Revocation is for good: the credential that the world saw revoked stays so, a new one takes its place.
    assert verdict(one, old).in_force.code == "withdrawn"
    assert len(credentials(one, NUMBER)) == 2
    assert len(find(one, NUMBER).history.acts) == 3


@pytest.mark.parametrize(
    ("kind", "options", "error"),
    [
        (ActKind.REINSTATE, {}, IllegalAct),
        (ActKind.RENEW, {}, ActRefused),
        (ActKind.CORRECT, {}, ActRefused),
        (ActKind.CORRECT, {"voids": 1}, IllegalAct),
        (ActKind.CORRECT, {"voids": 9}, IllegalAct),
        (ActKind.GRANT, {}, ActRefused),
        (ActKind.RENEW, {"successor": iri("404/2567")}, NoSuchLicense),
        (ActKind.SUSPEND, {"on": date(2020, 1, 1)}, IllegalAct),
    ],
)
def test_what_is_not_allowed_writes_nothing(
    one: Register, kind: ActKind, options: dict[str, object], error: type[Exception]
) -> None:
    before = table_sizes(one)
    with pytest.raises(error):
        act(one, NUMBER, kind, **options)  # type: ignore[arg-type] # each case has its own options
    assert table_sizes(one) == before
    assert told(one) == ("active", "active", "active")


def test_an_unknown_licence_is_said_so(one: Register) -> None:
    with pytest.raises(NoSuchLicense, match="404~2F2567"):
        act(one, "404/2567", ActKind.REVOKE)


def test_a_future_act_takes_effect_on_its_day(one: Register, clock: Clock) -> None:
    act(one, NUMBER, ActKind.REVOKE, TODAY + timedelta(days=10))
    assert told(one) == ("active", "active", "active")
    clock.go_to(TODAY + timedelta(days=9))
    refresh(one)
    assert told(one)[2] == "active"
    clock.go_to(TODAY + timedelta(days=10))
    refresh(one)
    assert told(one) == ("withdrawn", "withdrawn", "revoked")


def test_a_suspension_with_an_end_ends_by_the_calendar(one: Register, clock: Clock) -> None:
    act(one, NUMBER, ActKind.SUSPEND, until=TODAY + timedelta(days=3))
    clock.go_to(TODAY + timedelta(days=3))
    refresh(one)
    assert told(one) == ("suspended", "suspended", "suspended")
    clock.go_to(TODAY + timedelta(days=4))
    refresh(one)
    assert told(one) == ("active", "active", "active")


def test_lists_are_signed_anew_each_day_and_too_old_ones_are_not_relied_on(one: Register, clock: Clock) -> None:
    clock.pass_by(days=8)
    stale = verdict(one, current_credential(one, NUMBER))
    assert (stale.genuine.answer, stale.in_force.answer) == (Answer.YES, Answer.UNKNOWN)
    assert stale.in_force.code == "status-unavailable"
    assert refresh(one) >= 2
    assert told(one)[0] == "active"
    assert refresh(one) == 0


def test_a_renewal_that_has_not_begun_leaves_the_old_credential_in_force(one: Register, clock: Clock) -> None:
    begins = date(2027, 3, 1)
    old = current_credential(one, NUMBER)
    send(one, row(NUMBER, valid_from="2027-03-01", expires_on="2030-02-28"))
    assert verdict(one, old).in_force.code == "active"
    clock.go_to(begins)
    refresh(one)
    assert verdict(one, old).in_force.answer is Answer.NO
    assert told(one) == ("active", "active", "active")


legal_kinds = st.lists(
    st.tuples(
        st.sampled_from([ActKind.SUSPEND, ActKind.REINSTATE, ActKind.REVOKE, ActKind.SURRENDER, ActKind.CORRECT]),
        st.integers(-30, 30),
        st.integers(0, 20),
    ),
    max_size=5,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=legal_kinds, later=st.integers(0, 60))
def test_the_lists_say_what_the_acts_say(
    sqlite_register: Register, clock: Clock, acts: list[tuple[ActKind, int, int]], later: int
) -> None:
    clock.now = NOON
    refresh(sqlite_register)
    number = f"{table_sizes(sqlite_register)['license'] + 1}/2567"
    send(sqlite_register, row(number))
    for kind, days, length in acts:
        on = TODAY + timedelta(days=days)
        until = on + timedelta(days=length) if kind is ActKind.SUSPEND and length else None
        voids = length if kind is ActKind.CORRECT else None
        try:
            act(sqlite_register, number, kind, on, until=until, voids=voids)
        except (IllegalAct, ActRefused):
            continue
    clock.go_to(TODAY + timedelta(days=later))
    refresh(sqlite_register)
    standing = find(sqlite_register, number).history.standing(sqlite_register.today())
    newest = credentials(sqlite_register, number)[-1]
    # A credential that was revoked stays revoked, even when a later correction is itself about the past.
    assert bit(sqlite_register, newest, "suspension") == (standing is Standing.SUSPENDED)
    assert bit(sqlite_register, newest, "revocation") >= (standing in FINAL)


def test_no_place_in_a_list_is_used_twice(one: Register) -> None:
    send(one, *(row(f"{n}/2568") for n in range(2, 8)))
    act(one, NUMBER, ActKind.RENEW, term=Term(expires_on=date(2031, 1, 1)))
    with one.database.reading() as session:
        places = session.execute(
            select(CredentialRow.authority_id, CredentialRow.list_number, CredentialRow.list_index)
        ).all()
    assert len(set(places)) == len(places) == 8
