"""The living figures: how many licences are public, how many of them are in force, and when data last came.

To count a million licences takes the better part of a second: each process counts once a minute, and says the same until then.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from sqlalchemy import func, or_, select

from registry.store import Store
from registry.tables import EntryRow
from vocab.history import Status

KEPT = timedelta(minutes=1)


@dataclass(frozen=True)
class Figures:
    """`licenses`: how many are public, by the codes of authority and type; those that none has are left out."""

    licenses: Mapping[tuple[str, str], int]
    in_force: int
    confirmed_at: datetime | None
    counted_at: datetime

    @cached_property
    def total(self) -> int:
        return sum(self.licenses.values())

    @cached_property
    def by_authority(self) -> Counter[str]:
        return self._by(0)

    @cached_property
    def by_type(self) -> Counter[str]:
        return self._by(1)

    def _by(self, place: int) -> Counter[str]:
        found: Counter[str] = Counter()
        for codes, count in self.licenses.items():
            found[codes[place]] += count
        return found


class LivingFigures:
    """The figures of one register, counted when they are asked for and not more often than once a minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._latest: Figures | None = None

    def at(self, store: Store, now: datetime) -> Figures:
        """The figures of the last minute. While somebody counts anew, the others read what was counted before."""
        latest = self._latest
        if latest is not None and latest.counted_at <= now < latest.counted_at + KEPT:
            return latest
        if latest is not None and self._lock.locked():
            return latest
        with self._lock:
            if self._latest is None or self._latest is latest:
                self._latest = counted(store, now)
            return self._latest


def counted(store: Store, now: datetime) -> Figures:
    """The figures as the lists have the licences; one that the calendar has ended since is not in force any more."""
    until = EntryRow.changes_on
    is_in_force = (EntryRow.status == Status.ACTIVE) & or_(until.is_(None), until > store.today)
    # Counted with a filter: for a condition, SQLite would go by way of an index, entry by entry, and take ten times as long.
    in_force = store.session.scalar(select(func.count().filter(is_in_force)).select_from(EntryRow))
    return Figures(
        licenses=store.counts(),
        in_force=in_force or 0,
        confirmed_at=store.latest_confirmation(),
        counted_at=now,
    )
