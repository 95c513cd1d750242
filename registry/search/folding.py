"""Text as it is searched: folded, and cut into pairs of neighbouring characters.

Thai is written without spaces between words, and people put them where they like: they are taken out on both sides. What is
searched for is then part of a text exactly where all its pairs are pairs of the text and it stands there as a whole; the pairs
find the candidates by an index, the text itself decides. The same numbers stand for pairs in every database.
"""

import re
from collections.abc import Iterable
from operator import add
from unicodedata import normalize
from zlib import crc32

from vocab.thai import arabic_digits, normalize_text

LINE = "\n"
"""Between texts: nothing that is searched for reaches from one into the next."""
SHORTEST = 2
LONGEST = 200
"""Characters of one text that is searched by. What is longer is cut off there."""
AROUND = "\"'“”‘’«»()[]{}.,;:!?…"
"""What people type around a word."""
KEPT = 1 << 16
"""So many pairs and values are remembered."""
_LOW = 0x7FFFFFFF
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_TONES_BEHIND_SARA_AM = re.compile("\u0e33([\u0e48-\u0e4b]+)")


def fold(text: str) -> str:
    """`text` on one line, without case, white space, accents of Latin letters and differences of digit script; tone marks stand
    before SARA AM, however they were typed."""
    plain = arabic_digits(normalize_text(text)).casefold()
    if _ACCENTED.search(plain):
        plain = normalize_text(_ACCENTS.sub("", normalize("NFD", plain)))
    return _TONES_BEHIND_SARA_AM.sub("\\1\u0e33", "".join(plain.split()))


def squeezed(text: str) -> str:
    """The letters and digits of `text` alone, folded: what is left of a number where its separators were not typed."""
    return "".join(filter(str.isalnum, fold(text)))


def folded_lines(texts: Iterable[str]) -> str:
    """Each of `texts` folded, on a line of its own; each once, and none that is empty."""
    folded = (fold(text)[:LONGEST] for text in texts)
    return LINE.join(dict.fromkeys(filter(None, folded)))


class _Numbers(dict[str, int]):
    """The numbers of texts, so many of them kept."""

    def __missing__(self, text: str) -> int:
        number = crc32(text.encode("utf-8", "surrogatepass")) & _LOW
        if len(self) < KEPT:
            self[text] = number
        return number


_NUMBERS = _Numbers()


def grams(lines: str) -> set[int]:
    """The pairs of neighbouring characters in folded lines, as numbers of 31 bits."""
    number = _NUMBERS.__getitem__
    return set().union(*(map(number, map(add, line, line[1:])) for line in lines.split(LINE)))


def facet_gram(name: str, value: str) -> int:
    """The number that stands for a value by which lists are narrowed, beside those of pairs: two may be the same by chance."""
    return _NUMBERS[f"{name}={value}"]
