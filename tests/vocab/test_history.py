"""The transition table, and the status that follows from acts and dates (rule R8)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.builders import BASE
from vocab.history import (
    FINAL,
    TRANSITIONS,
    Act,
    ActKind,
    History,
    IllegalAct,
    Standing,
    Status,
    following,
    legal_date,
    record,
)
from vocab.iri import LicenseIri, license_iri
from vocab.license import Term

START = date(2026, 1, 1)
RECORDED = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)
NEXT_LICENSE = license_iri(BASE, "lao-06480115", "food-premises", "13/2568")
ONE_YEAR = Term(valid_from=START, expires_on=date(2026, 12, 31))
FOREVER = Term(valid_from=START, no_expiry=True)


def act(
    kind: ActKind,
    on: date | None = START,
    *,
    term: Term | None = None,
    until: date | None = None,
    successor: LicenseIri | None = None,
    voids: int | None = None,
    recorded_at: datetime = RECORDED,
) -> Act:
    return Act(
        number=1,
        kind=kind,
        effective_on=on,
        recorded_at=recorded_at,
        by="lao-06480115",
        term=term,
        until=until,
        successor=successor,
        voids=voids,
    )


def granted(term: Term = ONE_YEAR, *later: Act) -> History:
    return recorded([act(ActKind.GRANT, term=term), *later])


def recorded(acts: Sequence[Act]) -> History:
    history = History()
    for each in acts:
        history = record(history, each)
    return history


def reaching(standing: Standing) -> History:
    """A history that has this standing from 2 January on."""
    second = START + timedelta(days=1)
    match standing:
        case Standing.NOT_GRANTED:
            return History()
        case Standing.GRANTED:
            return granted()
        case Standing.SUSPENDED:
            return granted(ONE_YEAR, act(ActKind.SUSPEND, second))
        case Standing.REVOKED:
            return granted(ONE_YEAR, act(ActKind.REVOKE, second))
        case Standing.SURRENDERED:
            return granted(ONE_YEAR, act(ActKind.SURRENDER, second))
        case Standing.SUPERSEDED:
            return granted(ONE_YEAR, act(ActKind.RENEW, second, successor=NEXT_LICENSE))


# The transition table


@pytest.mark.parametrize("kind", ActKind)
@pytest.mark.parametrize("standing", Standing)
def test_every_pair_of_standing_and_kind_is_in_the_table_or_illegal(standing: Standing, kind: ActKind) -> None:
    history = reaching(standing)
    day = START + timedelta(days=2)
    assert history.standing(day) is standing
    expected = TRANSITIONS.get((standing, kind))
    if kind is ActKind.CORRECT and standing is not Standing.NOT_GRANTED:
        expected = standing
    if expected is not None:
        assert record(history, act(kind, day)).standing(day) is expected
        return
    with pytest.raises(IllegalAct) as raised:
        record(history, act(kind, day))
    assert (raised.value.kind, raised.value.standing) == (kind, standing)


@pytest.mark.parametrize("standing", Standing)
def test_a_renewal_under_a_new_number_supersedes_what_is_granted_or_suspended_only(standing: Standing) -> None:
    renewal = act(ActKind.RENEW, START + timedelta(days=2), successor=NEXT_LICENSE)
    if standing in FINAL | {Standing.NOT_GRANTED}:
        with pytest.raises(IllegalAct):
            following(standing, renewal)
    else:
        assert following(standing, renewal) is Standing.SUPERSEDED


def test_nothing_leads_out_of_a_final_standing() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] in FINAL]
    assert not [pair for pair, to in TRANSITIONS.items() if to is Standing.NOT_GRANTED]


# Status by hand-made cases


@pytest.mark.parametrize(
    ("history", "day", "status"),
    [
        (History(), START, Status.PENDING),
        (granted(), START - timedelta(days=1), Status.PENDING),
        (granted(), START, Status.ACTIVE),
        (granted(), date(2026, 12, 31), Status.ACTIVE),
        (granted(), date(2027, 1, 1), Status.EXPIRED),
        (granted(FOREVER), date.max, Status.ACTIVE),
        (granted(Term(valid_from=START)), START, Status.UNKNOWN),
        (granted(Term()), START, Status.UNKNOWN),
        (granted(Term(valid_from=date(2026, 6, 1), expires_on=date(2026, 12, 31))), START, Status.PENDING),
        (reaching(Standing.SUSPENDED), START, Status.ACTIVE),
        (reaching(Standing.SUSPENDED), START + timedelta(days=1), Status.SUSPENDED),
        (reaching(Standing.SUSPENDED), date(2027, 1, 1), Status.EXPIRED),
        (reaching(Standing.REVOKED), START, Status.ACTIVE),
        (reaching(Standing.REVOKED), START + timedelta(days=1), Status.REVOKED),
        (reaching(Standing.REVOKED), date(2027, 1, 1), Status.REVOKED),
        (reaching(Standing.SURRENDERED), START + timedelta(days=1), Status.SURRENDERED),
        (reaching(Standing.SUPERSEDED), START + timedelta(days=1), Status.SUPERSEDED),
    ],
)
def test_status_on_a_day(history: History, day: date, status: Status) -> None:
    assert history.status(day) is status


def test_a_suspension_with_an_end_ends_by_itself_after_its_last_day() -> None:
    history = granted(ONE_YEAR, act(ActKind.SUSPEND, date(2026, 3, 1), until=date(2026, 3, 15)))
    assert history.status(date(2026, 2, 28)) is Status.ACTIVE
    assert history.status(date(2026, 3, 1)) is Status.SUSPENDED
    assert history.status(date(2026, 3, 15)) is Status.SUSPENDED
    assert history.status(date(2026, 3, 16)) is Status.ACTIVE
    with pytest.raises(IllegalAct):
        record(history, act(ActKind.REINSTATE, date(2026, 3, 16)))
    again = record(history, act(ActKind.SUSPEND, date(2026, 3, 16)))
    assert again.status(date(2026, 12, 31)) is Status.SUSPENDED
    assert record(history, act(ActKind.REINSTATE, date(2026, 3, 15))).status(date(2026, 3, 15)) is Status.ACTIVE


def test_a_retroactive_act_changes_the_past_and_must_be_legal_there() -> None:
    history = granted(ONE_YEAR, act(ActKind.REVOKE, date(2026, 6, 1)))
    suspended = record(history, act(ActKind.SUSPEND, date(2026, 5, 1)))
    assert suspended.status(date(2026, 5, 1)) is Status.SUSPENDED
    assert suspended.status(date(2026, 6, 1)) is Status.REVOKED
    for impossible in (act(ActKind.SUSPEND, date(2026, 6, 2)), act(ActKind.AMEND, START - timedelta(days=1))):
        with pytest.raises(IllegalAct):
            record(history, impossible)


def test_a_retroactive_act_must_leave_later_acts_legal() -> None:
    history = granted(ONE_YEAR, act(ActKind.SUSPEND, date(2026, 3, 1)), act(ActKind.REINSTATE, date(2026, 4, 1)))
    with pytest.raises(IllegalAct) as raised:
        record(history, act(ActKind.REINSTATE, date(2026, 3, 10)))
    assert raised.value.kind is ActKind.REINSTATE


def test_a_voided_act_counts_for_nothing_and_is_still_told() -> None:
    history = granted(ONE_YEAR, act(ActKind.REVOKE, date(2026, 6, 1)))
    corrected = record(history, act(ActKind.CORRECT, date(2026, 7, 1), voids=2))
    assert corrected.status(date(2026, 6, 2)) is Status.ACTIVE
    assert [each.kind for each in corrected.acts] == [ActKind.GRANT, ActKind.REVOKE, ActKind.CORRECT]
    assert corrected.in_effect() == corrected.acts[:1]


@pytest.mark.parametrize("voids", [0, 1, 3, 4, -1])
def test_only_an_act_in_effect_that_is_no_grant_can_be_voided(voids: int) -> None:
    history = granted(ONE_YEAR, act(ActKind.REVOKE, date(2026, 6, 1)))
    history = record(history, act(ActKind.CORRECT, date(2026, 7, 1), voids=2))
    with pytest.raises(IllegalAct):
        record(history, act(ActKind.CORRECT, date(2026, 7, 2), voids=voids))


def test_an_act_on_which_another_leans_cannot_be_voided() -> None:
    history = granted(ONE_YEAR, act(ActKind.SUSPEND, date(2026, 3, 1)), act(ActKind.REINSTATE, date(2026, 4, 1)))
    with pytest.raises(IllegalAct):
        record(history, act(ActKind.CORRECT, date(2026, 5, 1), voids=2))


def test_a_correction_of_dates_gives_a_new_term() -> None:
    history = granted(ONE_YEAR, act(ActKind.CORRECT, date(2026, 2, 1), term=FOREVER))
    assert history.status(date(2030, 1, 1)) is Status.ACTIVE


def test_a_grant_without_a_day_comes_before_everything() -> None:
    history = recorded([act(ActKind.GRANT, None, term=Term()), act(ActKind.REVOKE, START)])
    assert history.status(date.min) is Status.UNKNOWN
    assert history.status(START) is Status.REVOKED


def test_what_was_known_on_a_past_day_can_still_be_told() -> None:
    late = act(ActKind.REVOKE, date(2026, 2, 1), recorded_at=RECORDED + timedelta(days=90))
    history = granted(ONE_YEAR, late)
    assert history.known_at(RECORDED).status(date(2026, 3, 1)) is Status.ACTIVE
    assert history.known_at(RECORDED + timedelta(days=90)).status(date(2026, 3, 1)) is Status.REVOKED
    assert history.known_at(RECORDED - timedelta(seconds=1)) == History()


def test_a_clock_that_jumped_back_makes_no_illegal_past() -> None:
    early = act(ActKind.SUSPEND, date(2026, 2, 1), recorded_at=RECORDED - timedelta(days=1))
    history = granted(ONE_YEAR, early)
    assert history.known_at(RECORDED - timedelta(days=1)).status(date(2026, 2, 1)) is Status.SUSPENDED
    assert history.known_at(RECORDED - timedelta(days=2)) == History()


def test_the_next_change_is_the_next_day_on_which_an_act_begins_or_a_suspension_has_ended() -> None:
    history = granted(
        ONE_YEAR,
        act(ActKind.SUSPEND, date(2026, 3, 1), until=date(2026, 3, 15)),
        act(ActKind.REVOKE, date(2026, 6, 1)),
    )
    assert history.next_change(START - timedelta(days=1)) == START
    assert history.next_change(START) == date(2026, 3, 1)
    assert history.next_change(date(2026, 3, 1)) == date(2026, 3, 16)
    assert history.next_change(date(2026, 3, 16)) == date(2026, 6, 1)
    assert history.next_change(date(2026, 6, 1)) is None
    assert History().next_change(START) is None


def test_a_suspension_to_the_end_of_time_never_ends() -> None:
    history = granted(FOREVER, act(ActKind.SUSPEND, until=date.max))
    assert history.next_change(START) is None
    assert history.status(date.max) is Status.SUSPENDED


# Acts


@pytest.mark.parametrize(
    "members",
    [
        {"kind": ActKind.REVOKE, "on": None},
        {"kind": ActKind.RENEW, "until": START},
        {"kind": ActKind.SUSPEND, "until": START - timedelta(days=1)},
        {"kind": ActKind.AMEND, "voids": 1},
        {"kind": ActKind.CORRECT, "voids": 2, "term": ONE_YEAR},
        {"kind": ActKind.GRANT, "successor": NEXT_LICENSE},
        {"kind": ActKind.GRANT, "recorded_at": datetime(2026, 1, 1)},  # noqa: DTZ001 # a naive datetime is the point
    ],
)
def test_an_act_that_contradicts_itself_cannot_be_made(members: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"act|end|correction|renewal|recorded_at"):
        act(**members)  # type: ignore[arg-type] # each row has the members of `act`


@pytest.mark.parametrize("until", [START, START + timedelta(days=1)])
def test_a_suspension_may_end_on_its_first_day_or_later(until: date) -> None:
    assert act(ActKind.SUSPEND, until=until).until == until


def test_a_legal_date_is_a_day_in_thailand() -> None:
    assert legal_date(datetime(2026, 1, 1, 16, 59, 59, tzinfo=UTC)) == date(2026, 1, 1)
    assert legal_date(datetime(2026, 1, 1, 17, 0, tzinfo=UTC)) == date(2026, 1, 2)
    with pytest.raises(ValueError, match="time zone"):
        legal_date(datetime(2026, 1, 1))  # noqa: DTZ001 # a naive datetime is the point


# Properties

days = st.dates()
near_days = st.integers(0, 40).map(lambda n: START + timedelta(days=n))
terms = st.builds(
    lambda begin, length, kind: (
        Term(valid_from=begin, no_expiry=True)
        if kind == "none"
        else Term(valid_from=begin if kind != "end" else None, expires_on=begin + timedelta(days=length))
        if kind != "begin"
        else Term(valid_from=begin)
    ),
    near_days,
    st.integers(0, 40),
    st.sampled_from(["none", "end", "begin", "both"]),
)


@st.composite
def any_acts(draw: st.DrawFn) -> Act:
    kind = draw(st.sampled_from(ActKind))
    on = draw(near_days)
    members: dict[str, object] = {}
    if kind is ActKind.SUSPEND and draw(st.booleans()):
        members["until"] = on + timedelta(days=draw(st.integers(0, 20)))
    if kind is ActKind.RENEW and draw(st.booleans()):
        members["successor"] = NEXT_LICENSE
    elif kind is ActKind.CORRECT and draw(st.booleans()):
        members["voids"] = draw(st.integers(1, 6))
    elif draw(st.booleans()):
        members["term"] = draw(terms)
    jump = timedelta(days=draw(st.integers(-3, 3)))
    return act(kind, on, recorded_at=RECORDED + jump, **members)  # type: ignore[arg-type] # chosen by kind above


@st.composite
def histories(draw: st.DrawFn) -> History:
    history = record(History(), act(ActKind.GRANT, draw(near_days), term=draw(terms)))
    for each in draw(st.lists(any_acts(), max_size=10)):
        try:
            history = record(history, each)
        except IllegalAct:
            continue
    return history


@given(histories(), st.one_of(days, near_days), st.integers(-5, 5))
def test_what_was_recorded_has_a_status_on_every_day(history: History, day: date, known: int) -> None:
    assert history.status(day) in Status
    assert history.known_at(RECORDED + timedelta(days=known)).status(day) in Status
    change = history.next_change(day)
    assert change is None or change > day


@given(histories())
def test_what_was_recorded_keeps_the_transition_table(history: History) -> None:
    standing = Standing.NOT_GRANTED
    until: date | None = None
    for each in history.in_effect():
        assert each.effective_on is not None
        if standing is Standing.SUSPENDED and until is not None and until < each.effective_on:
            standing = Standing.GRANTED
        if each.kind is ActKind.AMEND and standing in FINAL:
            # Recorded before the decision that ended the licence, and after it in effect: it does nothing.
            assert any(other.number > each.number for other in history.in_effect())
            continue
        allowed = {to for (source, kind), to in TRANSITIONS.items() if (source, kind) == (standing, each.kind)}
        if each.kind is ActKind.CORRECT:
            allowed = {standing} - {Standing.NOT_GRANTED}
        if each.successor is not None:
            allowed = {Standing.SUPERSEDED} if standing in {Standing.GRANTED, Standing.SUSPENDED} else set()
        assert len(allowed) == 1
        standing = allowed.pop()
        until = each.until if each.kind is ActKind.SUSPEND else until
    assert [each.number for each in history.acts] == list(range(1, len(history.acts) + 1))


@given(histories(), near_days)
def test_the_status_changes_by_an_act_only_on_a_day_of_change(history: History, day: date) -> None:
    change = history.next_change(day)
    assume(change is not None)
    assert change is not None
    assert history.standing(change - timedelta(days=1)) is history.standing(day)


@pytest.mark.parametrize("kind", [ActKind.REVOKE, ActKind.SURRENDER])
def test_an_amendment_does_not_keep_a_decision_of_an_earlier_day_away(kind: ActKind) -> None:
    amended = granted(ONE_YEAR, act(ActKind.AMEND, date(2026, 6, 2)))
    ended = record(amended, act(kind, date(2026, 6, 1)))
    assert ended.standing(date(2026, 6, 1)) in FINAL
    assert ended.standing(date(2026, 6, 3)) in FINAL
    assert ended.standing(date(2026, 5, 31)) is Standing.GRANTED
    with pytest.raises(IllegalAct):
        record(ended, act(ActKind.AMEND, date(2026, 6, 4)))
    # Other acts do stand in its way: what was renewed or suspended after the end must be looked at.
    with pytest.raises(IllegalAct):
        record(granted(ONE_YEAR, act(ActKind.SUSPEND, date(2026, 6, 2))), act(kind, date(2026, 6, 1)))
