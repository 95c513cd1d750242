"""Pictures and PDFs are read in few places on a machine, which all processes of the server share."""

from collections.abc import Callable

from registry.places import Places
from registry.presented.reading import Presented, read_presented, redrawn_photo

Reader = Callable[[bytes, str], Presented]
"""Opens a picture or PDF elsewhere, for a caller. Raises `Unreadable`, `EndpointBusy`."""
Redrawer = Callable[[bytes, str], bytes]
"""Draws a picture anew elsewhere, for a caller. Raises the same."""


class ReadingRoom:
    """Reads where there is a place, for one file of a caller at a time."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def read(self, raw: bytes, who: str) -> Presented:
        """What stands in a picture or PDF. Raises `Unreadable`, `EndpointBusy`."""
        with self._places.held(who):
            return read_presented(raw)

    def redraw(self, raw: bytes, who: str) -> bytes:
        """A picture, drawn anew. Raises `Unreadable`, `EndpointBusy`."""
        with self._places.held(who):
            return redrawn_photo(raw)
