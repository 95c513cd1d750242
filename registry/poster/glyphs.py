"""Which characters the fonts of posters have: what they lack is replaced by a sign, and said, and never left out silently."""

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"
LACKING = "[?]"
"""Stands for a run of characters that the fonts do not have: emoji, Chinese, Arabic."""
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
"""What takes no room and needs no glyph."""
_REPEATED = re.compile(r"(.)\1{9,}")
"""No word of any language: where it may be broken nobody can tell, so it may be anywhere."""


def printable(text: str) -> str:
    """`text` as it can be set: composed, on one line, without what turns the direction round; `LACKING` for what has no glyph."""
    found = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category in {"Cc", "Zl", "Zp", "Zs"}:
            found.append(" ")
        elif category == "Cf" or char in _INVISIBLE:
            continue
        elif ord(char) in covered():
            found.append(char)
        elif not found or found[-1] != LACKING:
            found.append(LACKING)
    return _REPEATED.sub(lambda run: "\u200b".join(run[0]), " ".join("".join(found).split()))


def one_line_of(text: str) -> str:
    """`text` for a place whose fonts are the reader's: as `printable`, with the characters that our fonts do not have."""
    kept = (
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Zs"} else char
        for char in unicodedata.normalize("NFC", text)
        if unicodedata.category(char) not in {"Cf", "Cs"}
    )
    return " ".join("".join(kept).split())


@cache
def covered() -> frozenset[int]:
    """The code points that each of the fonts has."""
    files = sorted(FONTS.glob("*.ttf"))
    return frozenset.intersection(*(_mapped(file.read_bytes()) for file in files)) if files else frozenset()


def _mapped(font: bytes) -> frozenset[int]:
    """The code points that a font maps to a glyph (OpenType `cmap`, formats 4 and 12)."""
    tables: dict[bytes, int] = {}
    for n in range(struct.unpack_from(">H", font, 4)[0]):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * n)
        tables[name] = offset
    start = tables[b"cmap"]
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">HHI", font, start + 4 + 8 * n)[2]
        match struct.unpack_from(">H", font, at)[0]:
            case 4:
                found |= _segments(font, at)
            case 12:
                for group in range(struct.unpack_from(">I", font, at + 12)[0]):
                    first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
                    found.update(range(first, last + 1))
            case _:
                continue
    return frozenset(found)


def _segments(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1) if code != 0xFFFF}
