"""How the public answers do, measured by the service itself: counted in memory, written once a minute at most.

Nothing is measured while the service does not run or cannot be reached, nor where nobody asks; the last minute of a process that
ends is lost. Nothing of a request is kept but that it came.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from registry.register import Register
from registry.tables import ProbeRow

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
MOST_WAITING = 1_440
"""So many minutes wait where the database takes none; the oldest are given up."""


@dataclass(slots=True)
class Minute:
    """What was answered in one minute."""

    begin: datetime
    requests: int = 0
    errors: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured since `since`: requests, those answered with an error of ours, the minutes in which somebody asked and
    those of them without such an error, and the mean time of an answer."""

    since: datetime
    requests: int
    errors: int
    minutes: int
    good_minutes: int
    milliseconds: int

    @property
    def answered_share(self) -> float:
        """The share of requests that were answered without an error of ours."""
        return 1 - self.errors / self.requests

    @property
    def good_share(self) -> float:
        """The share of the minutes in which somebody asked that had no such error."""
        return self.good_minutes / self.minutes

    @property
    def mean_milliseconds(self) -> float:
        return self.milliseconds / self.requests


class Meter:
    """Counts the answers of one process."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._lock = threading.Lock()
        self._present: Minute | None = None
        self._waiting: deque[Minute] = deque(maxlen=MOST_WAITING)

    def add(self, seconds: float, *, is_error: bool) -> None:
        """Counts one answer; when a minute is over, writes it. Never raises: what is asked for is answered all the same."""
        begin = self._register.now().replace(second=0, microsecond=0)
        with self._lock:
            present = self._present
            if present is not None and present.begin != begin:
                self._waiting.append(present)
                self._write()
                present = None
            self._present = present = present or Minute(begin)
            present.requests += 1
            present.errors += is_error
            present.seconds += seconds

    def _write(self) -> None:
        try:
            # Whoever asks does not wait for a list that is being published: it is written a minute later.
            with self._register.database.writing_at_once() as session:
                session.add_all(
                    ProbeRow(
                        minute=each.begin,
                        requests=each.requests,
                        errors=each.errors,
                        milliseconds=round(each.seconds * 1000),
                    )
                    for each in self._waiting
                )
                session.execute(delete(ProbeRow).where(ProbeRow.minute < self._register.now() - KEPT))
        except SQLAlchemyError:
            log.debug("the measured minutes are written later", exc_info=True)
        else:
            self._waiting.clear()


def measured(session: Session, now: datetime) -> Measured | None:
    """What was measured in the last 30 days; None where nothing was."""
    minutes = (
        select(
            ProbeRow.minute,
            func.sum(ProbeRow.requests).label("requests"),
            func.sum(ProbeRow.errors).label("errors"),
            func.sum(ProbeRow.milliseconds).label("milliseconds"),
        )
        .where(ProbeRow.minute >= now - KEPT)
        .group_by(ProbeRow.minute)
        .subquery()
    )
    row = session.execute(
        select(
            func.min(minutes.c.minute),
            func.sum(minutes.c.requests),
            func.sum(minutes.c.errors),
            func.count(),
            func.sum(case((minutes.c.errors == 0, 1), else_=0)),
            func.sum(minutes.c.milliseconds),
        )
    ).one()
    since, requests, errors, count, good, milliseconds = row
    if not requests:
        return None
    return Measured(
        since=since,
        requests=int(requests),
        errors=int(errors),
        minutes=count,
        good_minutes=int(good),
        milliseconds=int(milliseconds),
    )
