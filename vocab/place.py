"""Where in Thailand something is: the forms of coordinates and codes. Anything else is a slip and is not published."""

import re

from vocab.thai import normalize_text

_COORDINATE = re.compile(r"-?\d{1,3}(\.\d{1,10})?", re.ASCII)
_POSTAL_CODE = re.compile(r"\d{5}", re.ASCII)
_SUBDISTRICT_CODE = re.compile(r"\d{6}", re.ASCII)


_TITLE = re.compile(r"(จังหวัด|จ\.|อำเภอ|อ\.|เขต|ตำบล|ต\.|แขวง|province of |changwat |amphoe |khet )\s*", re.IGNORECASE)
_BANGKOK = frozenset({"กรุงเทพ", "กรุงเทพฯ", "กทม", "กทม.", "กรุงเทพมหานครฯ", "bangkok"})
BANGKOK = "กรุงเทพมหานคร"


def place_name(text: str) -> str:
    """The name of a province, district or subdistrict without its title; Bangkok under its one name. Empty for empty."""
    plain = normalize_text(text)
    if plain.casefold() in _BANGKOK:
        return BANGKOK
    title = _TITLE.match(plain)
    return plain[title.end() :] if title is not None and title.end() < len(plain) else plain


def is_latitude(text: str) -> bool:
    """Whether `text` is a decimal number of degrees (WGS 84) between the south and the north of Thailand."""
    return _COORDINATE.fullmatch(text) is not None and 5 <= float(text) <= 21


def is_longitude(text: str) -> bool:
    """The same, between its west and its east."""
    return _COORDINATE.fullmatch(text) is not None and 97 <= float(text) <= 106


def is_postal_code(text: str) -> bool:
    return _POSTAL_CODE.fullmatch(text) is not None


def is_subdistrict_code(text: str) -> bool:
    return _SUBDISTRICT_CODE.fullmatch(text) is not None
