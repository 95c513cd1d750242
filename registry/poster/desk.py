"""Where pages are set for whoever asks: few at once on a machine, and what was set before is given again while it is at hand."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from registry.on_disk import put_file
from registry.places import EndpointBusy, Places
from registry.poster.typesetting import Job, Typesetter

MOST_BYTES = 64 << 20


class DeskBusy(RuntimeError):
    """So many pages are being set that there is no place for one more."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "5"}


class Desk:
    """Sets pages, where there is a place, and for one who asks one at a time.

    The same job gives the same bytes, so what was set is kept in the folder `kept`, by all that went into it.
    """

    def __init__(self, places: Places, kept: Path) -> None:
        self._places = places
        self._kept = kept

    def set(self, job: Job, admit: Callable[[], object] = lambda: None, who: str = "") -> bytes:
        """The page as a file, for `who` asks. `admit` is asked before one is set, and raises where there may not be more.

        Raises `DeskBusy`, `registry.poster.typesetting.TypesettingFailed`, and what `admit` raises.
        """
        file = self._kept / hashlib.sha256(job.packed()).hexdigest()
        with suppress(OSError):
            return file.read_bytes()
        admit()
        with self.place(who) as typesetter:
            made = typesetter.set(job)
        # What cannot be kept is set again.
        with suppress(OSError):
            _keep(file, made)
        return made

    @contextmanager
    def place(self, who: str = "") -> Iterator[Typesetter]:
        """A place for setting many pages in a row. Raises `DeskBusy`."""
        try:
            with self._places.held(who), Typesetter() as typesetter:
                yield typesetter
        except EndpointBusy as error:
            raise DeskBusy("other posters and cards are being made: ask again in a moment") from error


def _keep(file: Path, made: bytes) -> None:
    """Puts a file into its folder, whole or not at all, and drops the oldest there beyond `MOST_BYTES`."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    put_file(file, made)
    listed = []
    for each in file.parent.iterdir():
        # Another process may have dropped it in between.
        with suppress(FileNotFoundError):
            about = each.stat()
            listed.append((about.st_mtime_ns, about.st_size, each))
    room = MOST_BYTES
    for _, size, each in sorted(listed, reverse=True):
        room -= size
        if room < 0:
            each.unlink(missing_ok=True)
