"""What is said of a PDF that was looked through."""

from typing import NamedTuple


class Active(NamedTuple):
    """Something active: in which object of the file (its number), and what it is."""

    place: str
    what: str
