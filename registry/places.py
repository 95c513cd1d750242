"""How many costly things are at work at once on a machine: each holds a locked file, so all processes of the server count.

A process that dies gives its places back: the system ends its locks.
"""

import fcntl
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

WAITING_SECONDS = 4.0
PAUSE_SECONDS = 0.02
CALLERS = 256
"""Files for those who ask: two of them share one by chance, and then do not have places at the same time."""


class EndpointBusy(RuntimeError):
    """So many are being answered that there is no place for one more."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class Places:
    """So many (`count`) are at work at once, by all who share the folder. Of those who find none so many (`waiting`) wait, for
    `seconds`, and go before whoever comes later; each keeps a process of the server busy, so there are few.

    `clock` tells seconds, `pause` lets some pass.
    """

    folder: Path
    count: int
    waiting: int = 0
    seconds: float = WAITING_SECONDS
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    @contextmanager
    def held(self, who: str = "") -> Iterator[None]:
        """Holds a place while the block runs. `who` asks has one at most, or waits for one, at a time; an empty name is nobody's.

        Raises `EndpointBusy`.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as own:
            if who and not _locked_one(self._files("caller", [_number_of(who)]), own):
                raise EndpointBusy("another request of this caller is being answered: send this one when it is")
            self._take(own)
            yield

    def _take(self, own: ExitStack) -> None:
        with ExitStack() as queue:
            with self._alone():
                if not self._is_awaited() and self._found(own):
                    return
                if not _locked_one(self._files("waiting", range(self.waiting)), queue):
                    raise self._busy()
            until = self.clock() + self.seconds
            while self.clock() < until:
                self.pause(PAUSE_SECONDS)
                with self._alone():
                    if self._found(own):
                        return
        raise self._busy()

    def _found(self, own: ExitStack) -> bool:
        return _locked_one(self._files("place", range(self.count)), own)

    def _is_awaited(self) -> bool:
        """Whether somebody waits: those who come now do not go before them."""
        with ExitStack() as tried:
            return not all(_locked_one([file], tried) for file in self._files("waiting", range(self.waiting)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else looks or takes meanwhile; it is never held while somebody waits or works."""
        with (self.folder / "door").open("ab") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield

    def _files(self, kind: str, numbers: Iterable[int]) -> list[Path]:
        return [self.folder / f"{kind}-{number}" for number in numbers]

    def _busy(self) -> EndpointBusy:
        return EndpointBusy(
            f"{self.count} such requests are being answered, which is all there may be at once: ask again in a moment"
        )


def _locked_one(files: Iterable[Path], own: ExitStack) -> bool:
    """Locks the first of the files that nobody holds, until `own` ends. Whether there was one."""
    for each in files:
        file = each.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        own.enter_context(file)
        return True
    return False


def _number_of(who: str) -> int:
    return int.from_bytes(hashlib.blake2b(who.encode(errors="replace"), digest_size=2).digest()) % CALLERS
