"""What happens to a licence: its dates and the acts on it, all reckoned from `today`."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from vocab.history import ActKind

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Duration:
    """How long a licence lasts: `years` (0 is for good), to the end of the calendar year where `year_end`.

    `in_place` licences are renewed every year under their old number; `oldest` is how many years ago the first was
    granted where they last for good.
    """

    years: int
    year_end: bool = False
    in_place: bool = False
    oldest: int = 20

    @property
    def renumbers(self) -> bool:
        """Whether a renewal comes under a new number: those that end with the year, or never, keep theirs."""
        return self.years > 0 and not self.year_end

    def last_day(self, start: date) -> date | None:
        """The last day of a term that begins on `start`; None for good."""
        if not self.years:
            return None
        if self.year_end:
            return date(start.year + self.years - 1, 12, 31)
        return years_after(start, self.years) - _DAY

    def earliest(self, today: date) -> date:
        """The first day on which a term that still holds today can have begun."""
        if not self.years:
            return years_after(today, -self.oldest)
        if self.year_end:
            return date(today.year - self.years + 1, 1, 1)
        return years_after(today, -self.years) + _DAY


class State(StrEnum):
    """What the demo wants a licence to be today; the last three are active again or under another number."""

    ACTIVE = "active"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    PENDING = "pending"
    REINSTATED = "reinstated"
    SUSPENDED_ONCE = "suspended-once"
    RENEWED = "renewed"


@dataclass(frozen=True, kw_only=True)
class Dates:
    """The dates on the face; `expires_on` None is for good."""

    issued_on: date
    valid_from: date
    expires_on: date | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """An act to come after the grant; the order's number is given where it is written down."""

    kind: ActKind
    on: date
    until: date | None = None
    reason: str


_WEIGHTS: Final = {
    State.ACTIVE: 71.0,
    State.EXPIRED: 15.5,
    State.SUSPENDED: 3.2,
    State.REVOKED: 2.1,
    State.SURRENDERED: 1.1,
    State.PENDING: 2.5,
    State.REINSTATED: 0.8,
    State.SUSPENDED_ONCE: 0.8,
    State.RENEWED: 2.6,
}
_SUSPENDED: Final = (
    "ตรวจพบการไม่ปฏิบัติตามเงื่อนไขท้ายใบอนุญาต และไม่แก้ไขภายในกำหนด",
    "ไม่ชำระค่าธรรมเนียมรายปี",
    "สถานประกอบการไม่ถูกสุขลักษณะตามผลการตรวจ",
    "อยู่ระหว่างปรับปรุงอาคารตามคำสั่งเจ้าพนักงาน",
)
_REVOKED: Final = ("ฝ่าฝืนคำสั่งพักใช้ใบอนุญาต", "ขาดคุณสมบัติตามกฎหมาย", "ถูกพักใช้ใบอนุญาตเกินสองครั้งในรอบปี")
_SURRENDERED: Final = ("เลิกประกอบกิจการ", "โอนกิจการให้ผู้อื่น", "ย้ายสถานประกอบการไปนอกเขต")


def draw_state(rng: Random, duration: Duration, *, shows_start: bool, renumbers: bool) -> State:
    """A state that fits: nothing expires that lasts for good, nothing is pending whose first day is not shown."""
    weights = dict(_WEIGHTS)
    if not duration.years:
        weights[State.EXPIRED] = 0
    if not shows_start:
        weights[State.PENDING] = 0
    if not renumbers:
        weights[State.RENEWED] = 0
    return rng.choices(list(weights), list(weights.values()))[0]


def draw_dates(rng: Random, duration: Duration, state: State, today: date, *, shows_start: bool) -> Dates:
    """Dates that make a licence what `state` says; where the first day is not shown it is the day of issue."""
    if state is State.PENDING:
        start = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        issued = today - timedelta(days=rng.randint(0, 20))
        return Dates(issued_on=issued, valid_from=start, expires_on=duration.last_day(start))
    expired = state is State.EXPIRED
    start = _expired_start(rng, duration, today) if expired else day_between(rng, duration.earliest(today), today)
    issued = start
    if shows_start and duration.in_place:
        issued = day_between(rng, years_after(start, -8), start)
        start = max(issued, date(start.year, 1, 1))
    elif shows_start:
        issued = start - timedelta(days=rng.choice((0, 0, 0, 1, 3, 7)))
    return Dates(issued_on=issued, valid_from=start, expires_on=duration.last_day(start))


def dates_before(duration: Duration, later: Dates) -> Dates:
    """The term that ended on the day before `later` begins, under the old number."""
    start = years_after(later.valid_from, -duration.years)
    return Dates(issued_on=start, valid_from=start, expires_on=later.valid_from - _DAY)


def draw_events(rng: Random, state: State, dates: Dates, today: date) -> tuple[Event, ...]:
    """The acts after the grant that lead to `state` today (a renewal under a new number is not among them)."""
    start = max(dates.valid_from, dates.issued_on)
    match state:
        case State.SUSPENDED:
            on = day_between(rng, max(start, today - timedelta(days=60)), today)
            until = today + timedelta(days=rng.randint(10, 90)) if rng.random() < 0.6 else None
            return (_suspension(rng, on, until),)
        case State.REINSTATED:
            on = day_between(rng, max(start, today - timedelta(days=500)), today)
            back = day_between(rng, on, min(today, on + timedelta(days=45)))
            end = Event(kind=ActKind.REINSTATE, on=back, reason="แก้ไขปรับปรุงครบถ้วนตามคำสั่งแล้ว")
            return _suspension(rng, on, None), end
        case State.SUSPENDED_ONCE if start < today - timedelta(days=40):
            on = day_between(rng, max(start, today - timedelta(days=400)), today - timedelta(days=40))
            return (_suspension(rng, on, on + timedelta(days=rng.choice((6, 14, 29)))),)
        case State.REVOKED:
            on = day_between(rng, max(start, today - timedelta(days=700)), today)
            return (Event(kind=ActKind.REVOKE, on=on, reason=rng.choice(_REVOKED)),)
        case State.SURRENDERED:
            on = day_between(rng, max(start, today - timedelta(days=700)), today)
            return (Event(kind=ActKind.SURRENDER, on=on, reason=rng.choice(_SURRENDERED)),)
        case _:
            return ()


def day_between(rng: Random, first: date, last: date) -> date:
    """Any day from `first` to `last`, both included."""
    return first + timedelta(days=rng.randint(0, (last - first).days))


def years_after(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _expired_start(rng: Random, duration: Duration, today: date) -> date:
    if duration.year_end:
        year = today.year - rng.choice((1, 1, 2)) - duration.years + 1
        return day_between(rng, date(year, 1, 1), date(year, 12, 31))
    expired = today - timedelta(days=rng.randint(1, 900))
    return years_after(expired + _DAY, -duration.years)


def _suspension(rng: Random, on: date, until: date | None) -> Event:
    return Event(kind=ActKind.SUSPEND, on=on, until=until, reason=rng.choice(_SUSPENDED))
