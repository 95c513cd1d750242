"""What is counted of the whole register, for everybody: counted when somebody asks, and not more often than once a minute."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from registry.store import Store

KEPT = timedelta(minutes=1)
Counted = TypeVar("Counted")


class Living(Generic[Counted]):
    """What `count` gave in the last minute."""

    def __init__(self, count: Callable[[Store], Counted]) -> None:
        self._count = count
        self._lock = Lock()
        self._latest: tuple[datetime, Counted] | None = None

    def at(self, store: Store, now: datetime) -> Counted:
        """What was counted in the minute before `now`, or is counted now. While somebody counts anew, the others get what was
        counted before."""
        latest = self._latest
        if latest is not None and (latest[0] <= now < latest[0] + KEPT or self._lock.locked()):
            return latest[1]
        with self._lock:
            if self._latest is None or self._latest is latest:
                self._latest = (now, self._count(store))
            return self._latest[1]
