"""Counts in memory that all processes of one server share: a quota is the same, whichever of them is met.

Nothing of it is on a disk. Who is counted stands there as a digest, with a key that is made with the memory and goes with it.
"""

import fcntl
import hashlib
import mmap
import secrets
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from limits.storage.base import Storage

BUCKETS, SLOTS = 4_096, 16
"""Of each bucket, where its slots are full, the count that ends first is forgotten: whoever it is of may ask more."""
_SLOT = struct.Struct("<16sdQ")
"""Whose it is, when it ends (in seconds since 1970), and the count."""
_BUCKET_BYTES = SLOTS * _SLOT.size


@dataclass(frozen=True, slots=True)
class _Count:
    """Where it stands, what was counted, and until when."""

    at: int
    count: int
    end: float


class SharedCounts(Storage):
    """Made before the processes are forked, which then count together; made by each for itself, they do not.

    A process that dies while it counts keeps nobody waiting: the system gives back its lock.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(wrap_exceptions=True)
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._memory = mmap.mmap(-1, BUCKETS * _BUCKET_BYTES)
        # Locked, and never written.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with this object)
        weakref.finalize(self, self._file.close)
        self._threads = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts `amount` more, or less, and never below 0. The window begins with the first, and ends `expiry` seconds later."""
        digest = self._digest(key)
        with self._alone():
            found = self._find(digest)
            count = max(0, found.count + amount)
            _SLOT.pack_into(self._memory, found.at, digest, found.end if found.count else self._clock() + expiry, count)
            return count

    def get(self, key: str) -> int:
        """What was counted in the window; 0 where there is none."""
        with self._alone():
            return self._find(self._digest(key)).count

    def get_expiry(self, key: str) -> float:
        """When the window ends; now, where there is none."""
        with self._alone():
            return self._find(self._digest(key)).end

    def check(self) -> bool:
        """Whether it can count."""
        return not self._memory.closed

    def reset(self) -> int | None:
        """Forgets everything."""
        with self._alone():
            self._memory[:] = bytes(len(self._memory))
        return None

    def clear(self, key: str) -> None:
        """Forgets one count."""
        with self._alone():
            _SLOT.pack_into(self._memory, self._find(self._digest(key)).at, bytes(16), 0.0, 0)

    def _digest(self, key: str) -> bytes:
        return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16, key=self._key).digest()

    def _find(self, digest: bytes) -> _Count:
        """The count under this digest, or an empty one in the place of one that is over or ends first."""
        now = self._clock()
        start = int.from_bytes(digest[:4]) % BUCKETS * _BUCKET_BYTES
        first, first_end = start, float("inf")
        for at in range(start, start + _BUCKET_BYTES, _SLOT.size):
            whose, end, count = _SLOT.unpack_from(self._memory, at)
            if whose == digest and end > now:
                return _Count(at, count, end)
            if end < first_end:
                first, first_end = at, end
        return _Count(first, 0, now)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The lock of a file is each process's own, and shared by its threads.
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
