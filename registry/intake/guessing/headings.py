"""How agencies call their columns: the synonyms of `headings.toml`, and how near a heading comes to them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from pathlib import Path

from vocab.thai import arabic_digits, normalize_text

WHOLE = 1.0
"""The likeness of a heading that is one of the names."""
DOUBTFUL = 0.6
"""The likeness of a heading that many lists have for other things too."""

_SYNONYMS_FILE = Path(__file__).with_name("headings.toml")
# Vowel and tone marks of Thai are no word characters to `re`, and are what tells words apart.
_PROVINCE_WORDS = re.compile(r"^(จังหวัด|จ\.)\s*")
_SIGNS = re.compile(r"[^\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|_")
_BRACKETS = re.compile(r"[(\[（].*?[)\]）]")
_SHORTEST_PART = 3
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What a column is called, folded: `names` and `doubtful` are whole headings; `parts`, longest first, give one away."""

    names: frozenset[str]
    doubtful: frozenset[str]
    parts: tuple[str, ...]


@cache
def synonyms() -> Mapping[str, Synonyms]:
    """The synonyms by field, and by the other kinds of columns that `headings.toml` names."""
    document = tomllib.loads(_SYNONYMS_FILE.read_text(encoding="utf-8"))
    return {
        kind: Synonyms(
            names=frozenset(map(folded, entry["names"])),
            doubtful=frozenset(map(folded, entry.get("doubtful", ()))),
            parts=tuple(sorted(map(folded, entry["parts"]), key=len, reverse=True)),
        )
        for kind, entry in document.items()
    }


def folded(heading: str) -> str:
    """`heading` without what says nothing: case, spaces, brackets, dots, underscores; with one spelling of licence."""
    return _SIGNS.sub("", arabic_digits(normalize_text(heading)).casefold()).replace("licence", "license")


def is_province(text: str) -> bool:
    """Whether `text` is the name of a Thai province, in Thai or English, with or without its title."""
    return folded(_PROVINCE_WORDS.sub("", text)) in synonyms()["province_values"].names


def nearest_province(text: str) -> str:
    """The province that `text` is a misspelling of, perhaps; empty where none is near."""
    return next(
        iter(get_close_matches(folded(_PROVINCE_WORDS.sub("", text)), synonyms()["province_values"].names, 1, 0.8)), ""
    )


def likeness(heading: str, kind: str) -> float:
    """How surely a column with this heading is one of `kind`, 0 to `WHOLE`.

    The whole heading says it surely; without what stands in brackets nearly so; a part says the more, the longer it is.
    """
    known = synonyms()[kind]
    text = folded(heading)
    if text in known.names or text == folded(kind):
        return WHOLE
    if text in known.doubtful:
        return DOUBTFUL
    if folded(_BRACKETS.sub("", heading)) in known.names:
        return 0.85
    part = next((part for part in known.parts if part in text), "")
    return 0.4 + 0.45 * len(part) / len(text) if part else 0.0


def likeness_to_label(heading: str, labels: Iterable[str]) -> float:
    """How surely a heading is that of an item with one of these labels, 0 to `WHOLE`."""
    text = folded(heading)
    wanted = [folded(label) for label in labels]
    if text and text in wanted:
        return WHOLE
    return max((_resemblance(text, label) for label in wanted if label and text), default=0.0)


def _resemblance(one: str, other: str) -> float:
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= _SHORTEST_PART and shorter in longer:
        return 0.4 + 0.45 * len(shorter) / len(longer)
    alike = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return alike * DOUBTFUL if alike >= _ALIKE else 0.0


def renamed(old: str, field: str, headings: Iterable[str]) -> str:
    """The one of `headings` that a column called `old` for `field` is probably called now; empty where none looks like it."""
    known = field in synonyms()

    def nearness(heading: str) -> float:
        alike = SequenceMatcher(None, folded(old), folded(heading), autojunk=False).ratio()
        return max(alike, likeness(heading, field) if known else 0.0)

    best = max(headings, key=nearness, default="")
    return best if best and nearness(best) >= _ALIKE else ""
