"""What changes seldom and is asked for always (who grants what, by which keys): read once, and known while it is true."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

MOST = 5_000
"""More than the authorities that one process is asked about within a minute; where there are more, it begins anew."""
Read = TypeVar("Read")


class Known:
    """What was read in one state of the database. `found` is None for who writes: what he reads, he may just have written."""

    def __init__(self, found: dict[Hashable, Any] | None) -> None:
        self._found = found

    def once(self, what: Hashable, read: Callable[[], Read]) -> Read:
        """What `read` gives, or gave in this state. Only what was found is known: that there is none is asked again."""
        if self._found is None:
            return read()
        known = self._found.get(what)
        if known is None:
            known = read()
            if known is not None and len(self._found) < MOST:
                self._found[what] = known
        return cast(Read, known)


class Knowledge:
    """What one process knows of the last state that it saw."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: object = None
        self._found: dict[Hashable, Any] = {}

    def at(self, state: object | None) -> Known:
        """What is known of this state (`Database.state`), seen before anything is read; nothing is where there is none."""
        if state is None:
            return Known(None)
        with self._lock:
            if state != self._state or len(self._found) >= MOST:
                self._state, self._found = state, {}
            return Known(self._found)
