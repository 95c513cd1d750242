"""Thai digits, dates and text: reading and writing, both ways.  Nothing here guesses or reads a clock."""

import re
from datetime import date
from enum import StrEnum
from typing import Final, Literal, NamedTuple
from unicodedata import decimal, normalize

_THAI_DIGITS: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_OTHER_DIGIT: Final = re.compile(r"[^\D0-9]")
_ZERO_WIDTH: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_TO_REPAIR: Final = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u0e4d]|\u0e40\u0e40")
_NIKHAHIT_AA: Final = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")

_LEADING_VOWEL: Final = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")

_THAI_MONTHS: Final = (
    ("มกราคม", "ม.ค."),
    ("กุมภาพันธ์", "ก.พ."),
    ("มีนาคม", "มี.ค."),
    ("เมษายน", "เม.ย."),
    ("พฤษภาคม", "พ.ค."),
    ("มิถุนายน", "มิ.ย."),
    ("กรกฎาคม", "ก.ค."),
    ("สิงหาคม", "ส.ค."),
    ("กันยายน", "ก.ย."),
    ("ตุลาคม", "ต.ค."),
    ("พฤศจิกายน", "พ.ย."),
    ("ธันวาคม", "ธ.ค."),
)
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTHS: Final = {
    **{full: at for at, (full, _) in enumerate(_THAI_MONTHS, 1)},
    **{short.replace(".", ""): at for at, (_, short) in enumerate(_THAI_MONTHS, 1)},
    **{full.lower(): at for at, full in enumerate(_ENGLISH_MONTHS, 1)},
    **{full[:3].lower(): at for at, full in enumerate(_ENGLISH_MONTHS, 1)},
    "sept": 9,
}

# Dots and spaces inside an abbreviation come and go: ธ.ค., ธค, ธ. ค.
_MONTH_WORD: Final = "|".join(
    (
        *(r"\s?\.?\s?".join(short.split(".")[:2]) + r"\.?" for _, short in _THAI_MONTHS),
        *(rf"{name}\.?" for name in sorted(_MONTHS, key=len, reverse=True)),
    )
)
_ERA_WORD: Final = r"พุทธศักราช|คริสต์ศักราช|[พค]\s?\.?\s?ศ\.?|b\.?e\.?|a\.?d\.?|c\.?e\.?"
_YEAR: Final = rf"(?:(?P<era>{_ERA_WORD})\s*)?(?P<year>[0-9]{{4}}|[0-9]{{2}})"
_DAY: Final = r"(?:วันที่\s*)?(?P<day>[0-9]{1,2})"
_YEAR_FIRST: Final = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:[ t]00:00:00)?(?P<era>(?!))?"
)
_NUMERIC: Final = re.compile(rf"{_DAY}\s?(?P<mark>[/.-])\s?(?P<month>[0-9]{{1,2}})\s?(?P=mark)\s?{_YEAR}")
_WORDS: Final = re.compile(rf"{_DAY}[\s/,-]*(?:เดือน\s*)?(?P<month>{_MONTH_WORD})[\s/,-]*(?:ปี\s*)?{_YEAR}")
_OTHER_WORDS: Final = re.compile(rf"{_DAY}(?P<month>\D*[^\W\d_]\D*)(?:[0-9]{{4}}|[0-9]{{2}})")
_ANYWHERE: Final = re.compile(
    "(?<![0-9])(?:"
    + "|".join(re.sub(r"\?P<(?!mark)\w+>", "?:", form.pattern) for form in (_YEAR_FIRST, _NUMERIC, _WORDS))
    + ")(?![0-9])"
)
_LONGEST: Final = 80


class Era(StrEnum):
    """Which count of years: Buddhist (พ.ศ.) or Common (ค.ศ.)."""

    BUDDHIST = "be"
    COMMON = "ce"


BUDDHIST_OFFSET: Final = 543
# Closed ranges that cannot meet.  BE 2400-2842 is CE 1857-2299, so both cover every licence that a living
# register may hold; 2300-2399 may be an old BE year or a far CE one and needs a stated era.  Other years are
# slips of the pen, or "never" written as 9999.
_RANGES: Final = {Era.BUDDHIST: range(2400, 2843), Era.COMMON: range(1800, 2300)}
_EITHER_ERA: Final = range(2300, 2400)
# The years of the Common Era that a text may state when it is known to count in it.
COMMON_YEARS: Final = range(_RANGES[Era.COMMON].start, _EITHER_ERA.stop)
# Until B.E. 2483 the civil year began on 1 April (Calendar Year Act B.E. 2483): January "2480" was CE 1938 as
# then counted and is CE 1937 as counted now.
_FIRST_JANUARY_YEAR: Final = 2484


class DateUnreadable(ValueError):
    """Text that is not one certain date.  `received` is the text; `reason` is a stable code.

    Codes of this class: unknown-form, unknown-month, year-out-of-range, era-contradicts-year,
    era-contradicts-argument.
    """

    def __init__(self, received: str, reason: str, got: str, expected: str) -> None:
        super().__init__(received, reason, got, expected)
        self.received, self.reason, self.got, self.expected = received, reason, got, expected

    def __str__(self) -> str:
        received = self.received[:_LONGEST]
        return f"date {received!r} not read: {self.reason} (got {self.got}, expected {self.expected})"


class ImpossibleDate(DateUnreadable):
    """A form that is known, and a day that never was.  Codes: month-out-of-range, no-such-day."""


class AmbiguousDate(DateUnreadable):
    """A form that is known, and more than one day that it may mean.  Codes: two-digit-year, old-new-year."""


class _Parts(NamedTuple):
    day: int
    month: int
    year: str
    stated: Era | None


def arabic_digits(text: str) -> str:
    """`text` with every decimal digit of any script as 0-9."""
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda digit: str(decimal(digit[0])), text)


def thai_digits(text: str) -> str:
    """`text` with 0-9 as ๐-๙."""
    return text.translate(_THAI_DIGITS)


def normalize_text(text: str) -> str:
    """The form in which text is signed and shown; idempotent.

    NFC; SARA AM composed, `เเ` as `แ`; zero-width characters removed; white space of any kind as single
    spaces, none at the ends.
    """
    if _TO_REPAIR.search(text) is None:
        return normalize("NFC", " ".join(text.split()))
    text = normalize("NFC", text.translate(_ZERO_WIDTH))
    text = _NIKHAHIT_AA.sub("\\1\u0e33", text).replace("\u0e40\u0e40", "\u0e41")
    return normalize("NFC", " ".join(text.split()))


def in_thai_order(text: str) -> str:
    """A key that puts Thai names into the order of a Thai dictionary, as far as letters go: a vowel that is written before its
    consonant counts behind it."""
    return _LEADING_VOWEL.sub(r"\2\1", text)


def parse_date(text: str, *, era: Era | None = None) -> date:
    """The one date that `text` means; raises DateUnreadable or a subclass, never guesses.

    Numeric dates are day/month/year, always: a date in US order is refused when its "month" is over 12 and is
    read as day/month otherwise.  Year-first with hyphens is ISO 8601 (a midnight that a spreadsheet adds is
    allowed), in either era.  Years 2400-2842 are Buddhist and 1800-2299 common.  `era` is what years of two digits
    are (BE 25yy, CE 20yy), and those from 2300 to 2399; พ.ศ. or ค.ศ. in the text must agree with it and with the year.
    """
    parts = _read_parts(text)
    if not 1 <= parts.month <= 12:
        raise ImpossibleDate(text, "month-out-of-range", f"month {parts.month}", "day/month/year, month 1-12")
    year = _common_year(text, parts, era)
    try:
        return date(year, parts.month, parts.day)
    except ValueError as error:
        got = f"day {parts.day}, month {parts.month}, year {parts.year} (CE {year})"
        raise ImpossibleDate(text, "no-such-day", got, "a day of that month") from error


def split_dates(text: str, *, era: Era | None = None) -> tuple[tuple[str, ...], tuple[date, ...]]:
    """`text` cut at the dates in it: the texts around them, one more than there are dates, and the dates.

    The texts have 0-9 as digits and lower case.  Raises DateUnreadable for what has the form of a date and is none.
    """
    plain = normalize_text(arabic_digits(text)).lower()
    found = list(_ANYWHERE.finditer(plain))
    begins, ends = (0, *(each.end() for each in found)), (*(each.start() for each in found), len(plain))
    around = tuple(plain[begin:end].strip() for begin, end in zip(begins, ends, strict=True))
    return around, tuple(parse_date(each[0], era=era) for each in found)


def month_number(word: str) -> int | None:
    """The month, 1 to 12, that a Thai or English word names: in full, abbreviated, or begun so that it can be no other.

    None for anything else. Stricter than this, `parse_date` reads full names and the usual abbreviations only.
    """
    plain = re.sub(r"[\s.]", "", normalize_text(word[:_LONGEST])).lower()
    if plain in _MONTHS:
        return _MONTHS[plain]
    begun = {month for name, month in _MONTHS.items() if len(plain) > 2 and name.startswith(plain)}
    return begun.pop() if len(begun) == 1 else None


def _read_parts(text: str) -> _Parts:
    plain = normalize_text(arabic_digits(text)).lower() if len(text) <= _LONGEST else ""
    if (found := _YEAR_FIRST.fullmatch(plain) or _NUMERIC.fullmatch(plain)) is not None:
        month = int(found["month"])
    elif (found := _WORDS.fullmatch(plain)) is not None:
        month = _MONTHS[re.sub(r"[\s.]", "", found["month"])]
    elif (other := _OTHER_WORDS.fullmatch(plain)) is not None:
        raise DateUnreadable(text, "unknown-month", other["month"].strip(), "a Thai or English month")
    else:
        raise DateUnreadable(text, "unknown-form", "no known form", "such as 25/12/2558, 25 ธ.ค. 2558 or 2015-12-25")
    return _Parts(int(found["day"]), month, found["year"], _stated_era(found["era"]))


def _stated_era(word: str | None) -> Era | None:
    if word is None:
        return None
    return Era.BUDDHIST if word[0] in "พb" else Era.COMMON


def _common_year(text: str, parts: _Parts, argument: Era | None) -> int:
    if argument is not None and parts.stated is not None and argument is not parts.stated:
        raise DateUnreadable(text, "era-contradicts-argument", f"{parts.stated} in the text", argument)
    era = parts.stated or argument
    if len(parts.year) == 2:
        if era is None:
            raise AmbiguousDate(text, "two-digit-year", f"year {parts.year}", "four digits, or a known era")
        year = int(parts.year) + (2500 if era is Era.BUDDHIST else 2000)
    else:
        year = int(parts.year)
        era = _era_of(text, year, parts.stated, argument)
    if era is Era.COMMON:
        return year
    if year < _FIRST_JANUARY_YEAR and parts.month <= 3:
        raise AmbiguousDate(text, "old-new-year", f"month {parts.month} of B.E. {year}", "the year in C.E.")
    return year - BUDDHIST_OFFSET


def _era_of(text: str, year: int, stated: Era | None, argument: Era | None) -> Era:
    inside = next((known for known, years in _RANGES.items() if year in years), None)
    if inside is not None and stated not in (None, inside):
        raise DateUnreadable(text, "era-contradicts-year", f"year {year} as {stated}", f"a year of {stated}")
    marked = (stated or argument) if year in _EITHER_ERA else None
    if (known := inside or marked) is None:
        raise DateUnreadable(text, "year-out-of-range", f"year {year}", "1800-2299 or 2400-2842")
    return known


def format_date(day: date, *, lang: Literal["th", "en"], style: Literal["long", "short", "numeric"]) -> str:
    """`day` in words or figures: Thai in the Buddhist era as counted today, English in the Common Era.

    Numeric is 25/12/2558 in Thai and ISO 8601 in English, where 05/06 would have two readings.
    `parse_date` reads every Thai form back, for days from 1941-01-01.
    """
    thai_year = day.year + BUDDHIST_OFFSET
    match lang, style:
        case "th", "long":
            return f"{day.day} {_THAI_MONTHS[day.month - 1][0]} พ.ศ. {thai_year}"
        case "th", "short":
            return f"{day.day} {_THAI_MONTHS[day.month - 1][1]} {thai_year}"
        case "th", "numeric":
            return f"{day.day:02}/{day.month:02}/{thai_year}"
        case "en", "long":
            return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
        case "en", "short":
            return f"{day.day} {_ENGLISH_MONTHS[day.month - 1][:3]} {day.year}"
        case "en", "numeric":
            return day.isoformat()
        case other:
            raise ValueError(f"no such date style (got {other}, expected th or en; long, short or numeric)")
