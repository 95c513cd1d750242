"""The signs of how a licence stands, for badges and cards: the colours and shapes of the pages (static/site.css), once more.

What is told apart by colour is told by shape and words too: a tick in a circle, an exclamation mark in a triangle, a cross in an
octagon. Where there is no licence there is nothing to tell: a dash on grey.
"""

from collections.abc import Mapping
from dataclasses import dataclass

GREEN, AMBER, RED, GREY, NAVY = "green", "amber", "red", "grey", "navy"
INK, SOFT = "#17212b", "#4b5967"

_CIRCLE = "M1.5 12a10.5 10.5 0 1 0 21 0a10.5 10.5 0 1 0-21 0z"
_TICK = "M6.5 12.5l4 4 7-8.5"


@dataclass(frozen=True, slots=True)
class Sign:
    """`ink` is for what stands on `ground`; `edge` is told from white. `shape` and what is `cut` out
    of it are paths in a square of 24."""

    ground: str
    ink: str
    edge: str
    shape: str
    cut: str

    def drawn(self) -> str:
        """The shape as elements of an SVG."""
        return (
            f'<path d="{self.shape}" fill="{self.ink}"/><path d="{self.cut}" fill="none" stroke="{self.ground}" '
            f'stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>'
        )


SIGNS: Mapping[str, Sign] = {
    GREEN: Sign("#0b6a3d", "#ffffff", "#0b6a3d", _CIRCLE, _TICK),
    AMBER: Sign("#ffd15c", "#2b1f00", "#8a5a00", "M12 1.2L23.4 22H.6z", "M12 8.5v6.2M12 17.9v.6"),
    RED: Sign("#a5181f", "#ffffff", "#a5181f", "M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z", "M8 8l8 8M16 8l-8 8"),
    GREY: Sign(SOFT, "#ffffff", SOFT, _CIRCLE, "M7 12h10"),
    NAVY: Sign("#123a68", "#ffffff", "#123a68", _CIRCLE, _TICK),
}
COLOUR_OF_TONE: Mapping[str, str] = {"good": GREEN, "wait": AMBER, "bad": RED}
"""By the colour class of a page's band."""
