"""Text that was encoded as UTF-8 twice: somebody's program took its bytes for those of another encoding."""

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_THAI = re.compile(r"[\u0e01-\u0e5b]")
# The first two bytes of every Thai letter in UTF-8, as the encodings in question show them.
_SIGNS = {"western": re.compile("à[¸¹]"), "thai": re.compile("เ[ธน]")}


@dataclass(frozen=True, slots=True)
class Repair:
    """How cells are put right. `via` is the encoding for which their bytes were taken."""

    via: str
    letters: dict[int, int]
    sign: re.Pattern[str]

    def text(self, cell: str) -> str | None:
        """The cell as it was written, or None where it is not of this kind or cannot be put right in full."""
        if not self.sign.search(cell):
            return None
        try:
            return codecs.charmap_encode(cell, "strict", self.letters)[0].decode()
        except UnicodeError:
            return None

    def is_broken(self, cell: str) -> bool:
        """Whether a cell that could not be put right looks as if it should have been."""
        return self.via != THAI and self.sign.search(cell) is not None


WESTERN = "Windows-1252"
THAI = "Windows-874"


def _letters(*encodings: str) -> dict[int, int]:
    """Which byte each letter was. Bytes without a letter are shown as control characters, as browsers do it."""
    found = {byte: byte for byte in range(256)} if "latin-1" in encodings else {byte: byte for byte in range(160)}
    for encoding in encodings:
        for byte in range(256):
            letter = bytes([byte]).decode(encoding, "ignore")
            if letter:
                found[ord(letter)] = byte
    return found


_REPAIRS = (
    Repair(WESTERN, _letters("latin-1", "cp1252"), _SIGNS["western"]),
    Repair(THAI, _letters("cp874"), _SIGNS["thai"]),
)


def find_repair(rows: Iterable[list[str]]) -> Repair | None:
    """How the cells of these rows are to be put right, or None where they are right."""
    cells = [cell for row in rows for cell in row if _NOT_ASCII.search(cell)]
    return next((repair for repair in _REPAIRS if _fits(repair.text, cells)), None)


def _fits(text: Callable[[str], str | None], cells: list[str]) -> bool:
    """Whether most of the cells become Thai: what is right already becomes nothing at all."""
    repaired = [cell for cell in map(text, cells) if cell is not None and _THAI.search(cell)]
    return bool(repaired) and 2 * len(repaired) >= len(cells)
