"""Acts and what follows from them: the status of a licence on any day is computed, never stored (rule R8).

Days are days of Thai legal time (UTC+7). A history is append-only: an act that was recorded in error is not removed
but declared void by a later `correct`, so that what the register said on a past day can still be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

from vocab.iri import LicenseIri
from vocab.license import Term

THAI_TIME = timezone(timedelta(hours=7), "+07:00")


def legal_date(instant: datetime) -> date:
    """The day in Thailand at `instant` (aware). Raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs its time zone (got {instant!r})")
    return instant.astimezone(THAI_TIME).date()


class Status(StrEnum):
    """The licence in law. `UNKNOWN` is an answer too: the source does not say until when it may be used."""

    ACTIVE = "active"
    PENDING = "pending"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


class ActKind(StrEnum):
    """The dated decisions that make and change a licence."""

    GRANT = "grant"
    RENEW = "renew"
    AMEND = "amend"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    SURRENDER = "surrender"
    CORRECT = "correct"


class Standing(StrEnum):
    """What the acts alone say, before any date of expiry is looked at."""

    NOT_GRANTED = "not-granted"
    GRANTED = "granted"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    SUPERSEDED = "superseded"


TRANSITIONS: Mapping[tuple[Standing, ActKind], Standing] = MappingProxyType(
    {
        (Standing.NOT_GRANTED, ActKind.GRANT): Standing.GRANTED,
        (Standing.GRANTED, ActKind.RENEW): Standing.GRANTED,
        (Standing.GRANTED, ActKind.AMEND): Standing.GRANTED,
        (Standing.GRANTED, ActKind.SUSPEND): Standing.SUSPENDED,
        (Standing.GRANTED, ActKind.REVOKE): Standing.REVOKED,
        (Standing.GRANTED, ActKind.SURRENDER): Standing.SURRENDERED,
        # A suspended licence may be renewed or amended and stays suspended.
        (Standing.SUSPENDED, ActKind.RENEW): Standing.SUSPENDED,
        (Standing.SUSPENDED, ActKind.AMEND): Standing.SUSPENDED,
        (Standing.SUSPENDED, ActKind.REINSTATE): Standing.GRANTED,
        (Standing.SUSPENDED, ActKind.REVOKE): Standing.REVOKED,
        (Standing.SUSPENDED, ActKind.SURRENDER): Standing.SURRENDERED,
    }
)
"""Every act that is allowed, and where it leads; a `correct` leads nowhere else and is allowed on any granted licence."""

FINAL = frozenset({Standing.REVOKED, Standing.SURRENDERED, Standing.SUPERSEDED})


class IllegalAct(ValueError):
    """The act is not allowed where it would stand in the history.

    Carries `.kind`, `.standing` (what the licence was just before) and `.act` (the number of the act, 0 where it has none).
    """

    def __init__(self, message: str, kind: ActKind, standing: Standing, act: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.standing = standing
        self.act = act


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One decision. `number` counts from 1 within the licence, in the order of recording.

    `effective_on` is None only for a grant whose day the source does not state. `term` comes with a grant, a renewal,
    and a correction of dates; `until` (inclusive) may come with a suspension; `successor` with a renewal under a new
    number; `voids` is the number of the act that a correction declares void.
    """

    number: int
    kind: ActKind
    effective_on: date | None
    recorded_at: datetime
    by: str
    order: str = ""
    reason: str = ""
    decided_on: date | None = None
    term: Term | None = None
    until: date | None = None
    successor: LicenseIri | None = None
    voids: int | None = None

    def __post_init__(self) -> None:
        if self.effective_on is None and self.kind is not ActKind.GRANT:
            raise ValueError(f"an act of kind {self.kind} needs the day from which it takes effect")
        if self.until is not None and (
            self.kind is not ActKind.SUSPEND or self.until < (self.effective_on or self.until)
        ):
            raise ValueError(f"an end on {self.until} fits only a suspension that begins on or before it")
        if self.voids is not None and self.kind is not ActKind.CORRECT:
            raise ValueError("only a correction declares another act void")
        if self.voids is not None and self.term is not None:
            raise ValueError("a correction either declares an act void or gives a term")
        if self.successor is not None and self.kind is not ActKind.RENEW:
            raise ValueError("only a renewal names a successor")
        if self.recorded_at.tzinfo is None:
            raise ValueError(f"recorded_at needs its time zone (got {self.recorded_at!r})")


@dataclass(frozen=True, slots=True)
class History:
    """The acts of one licence in the order of recording. Made by `record`, which keeps the transition table."""

    acts: tuple[Act, ...] = ()

    def in_effect(self, at: date | None = None) -> tuple[Act, ...]:
        """The acts that count on day `at` (all, if None): not declared void, in the order in which they take effect.

        What takes effect on the same day keeps the order of recording; a grant without a day comes first.
        """
        if len(self.acts) == 1 and self.acts[0].voids is None:
            first = self.acts[0].effective_on
            return self.acts if at is None or first is None or first <= at else ()
        void = {act.voids for act in self.acts if act.voids is not None}
        acts = [act for act in self.acts if act.number not in void and act.voids is None]
        if at is not None:
            acts = [act for act in acts if act.effective_on is None or act.effective_on <= at]
        return tuple(sorted(acts, key=lambda act: (act.effective_on or date.min, act.number)))

    def standing(self, at: date) -> Standing:
        """What the acts say on day `at`, without regard to expiry."""
        return _walk(self.in_effect(at), at)

    def term(self, at: date) -> Term:
        """The term that holds on day `at`: that of the last act that gave one."""
        terms = [act.term for act in self.in_effect(at) if act.term is not None]
        return terms[-1] if terms else Term()

    def status(self, at: date) -> Status:
        """The status of the licence on day `at`: acts first, then the dates (expiry is no act)."""
        standing = self.standing(at)
        match standing:
            case Standing.NOT_GRANTED:
                return Status.PENDING
            case Standing.REVOKED | Standing.SURRENDERED | Standing.SUPERSEDED:
                return Status(standing.value)
            case Standing.GRANTED | Standing.SUSPENDED:
                return _status_by_dates(self.term(at), at, suspended=standing is Standing.SUSPENDED)

    def known_at(self, instant: datetime) -> "History":
        """What the register knew at `instant`: the acts that had been recorded by then.

        The order of recording is the truth where a clock jumped back: what was recorded before a known act was known.
        """
        known = max((act.number for act in self.acts if act.recorded_at <= instant), default=0)
        return History(self.acts[:known])

    def next_change(self, after: date) -> date | None:
        """The first day after `after` on which an act or the end of a suspension takes effect; None if there is none."""
        days = {act.effective_on for act in self.in_effect() if act.effective_on is not None}
        ends = (act.until for act in self.in_effect() if act.until is not None)
        days |= {end + timedelta(days=1) for end in ends if end < date.max}
        return min((day for day in days if day > after), default=None)

    def last_day(self, until: date) -> date | None:
        """The last day until `until` from which an act, its end or the dates may have said something else."""
        days = {act.effective_on for act in self.acts}
        days |= {_day_after(act.until) for act in self.acts}
        for term in (act.term for act in self.acts if act.term is not None):
            days |= {term.valid_from, _day_after(term.expires_on)}
        return max((day for day in days if day is not None and day <= until), default=None)

    def next_status_change(self, after: date) -> date | None:
        """The first day after `after` on which the licence has another status or other dates, as far as is known."""
        days: set[date | None] = set()
        for act in self.acts:
            if act.effective_on is not None:
                days.add(act.effective_on)
            if act.until is not None and act.until < date.max:
                days.add(act.until + timedelta(days=1))
            if act.term is not None:
                days |= {act.term.valid_from, _day_after(act.term.expires_on)}
        now = self.status(after), self.term(after)
        coming = sorted(day for day in days if day is not None and day > after)
        return next((day for day in coming if (self.status(day), self.term(day)) != now), None)


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day is not None and day < date.max else None


def _status_by_dates(term: Term, at: date, *, suspended: bool) -> Status:
    if term.expires_on is not None and at > term.expires_on:
        return Status.EXPIRED
    if suspended:
        return Status.SUSPENDED
    if term.valid_from is not None and at < term.valid_from:
        return Status.PENDING
    if term.expires_on is None and not term.no_expiry:
        return Status.UNKNOWN
    return Status.ACTIVE


def following(standing: Standing, act: Act) -> Standing:
    """Where `act` leads from `standing`. Raises `IllegalAct`."""
    if act.kind is ActKind.CORRECT and standing is not Standing.NOT_GRANTED:
        return standing
    if act.kind is ActKind.RENEW and act.successor is not None and standing not in FINAL | {Standing.NOT_GRANTED}:
        return Standing.SUPERSEDED
    try:
        return TRANSITIONS[standing, act.kind]
    except KeyError:
        raise IllegalAct(
            f"{act.kind} is not allowed on a licence that is {standing} (act {act.number})",
            act.kind,
            standing,
            act.number,
        ) from None


def record(history: History, act: Act) -> History:
    """`history` with `act` added and numbered. Raises `IllegalAct` if the acts, ordered by effect, would not be legal."""
    act = replace(act, number=len(history.acts) + 1)
    if act.voids is not None:
        _require_voidable(history, act)
    grown = History((*history.acts, act))
    try:
        _walk(grown.in_effect(), date.max)
    except IllegalAct as error:
        if error.act in {0, act.number}:
            raise
        later = next(other for other in history.acts if other.number == error.act)
        raise IllegalAct(
            f"{act.kind} does not fit before what is recorded for later already: act {later.number}, {later.kind} from "
            f"{later.effective_on}; declare that void first (correct --voids {later.number})",
            act.kind,
            error.standing,
            act.number,
        ) from error
    return grown


def _walk(acts: tuple[Act, ...], at: date) -> Standing:
    """The standing on day `at` after `acts` (in order of effect); a suspension with an end ends by itself.

    Paper takes its time: a decision that ends the licence may be recorded after an amendment and take effect before it. The
    amendment has nothing to amend then, and stands in nobody's way.
    """
    standing = Standing.NOT_GRANTED
    suspended_until: date | None = None
    ended_by = 0
    for act in acts:
        if act.kind is ActKind.AMEND and standing in FINAL and act.number < ended_by:
            continue
        standing = following(_after_suspension(standing, suspended_until, act.effective_on or date.min), act)
        if standing in FINAL and not ended_by:
            ended_by = act.number
        if act.kind is ActKind.SUSPEND:
            suspended_until = act.until
    return _after_suspension(standing, suspended_until, at)


def _after_suspension(standing: Standing, until: date | None, at: date) -> Standing:
    ended = standing is Standing.SUSPENDED and until is not None and until < at
    return Standing.GRANTED if ended else standing


def _require_voidable(history: History, act: Act) -> None:
    in_effect = {other.number: other for other in history.in_effect()}
    target = in_effect.get(act.voids or 0)
    if target is None or target.kind is ActKind.GRANT:
        raise IllegalAct(
            f"a correction voids an act that is in effect and no grant (got act {act.voids})",
            act.kind,
            Standing.GRANTED,
        )
