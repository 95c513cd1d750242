"""Date cells: the day in one, or the finding that says why there is none.

`vocab.thai.parse_date` reads what people write. Here is what programs make of it: serial numbers, Excel's zero date, times.
"""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from vocab.history import legal_date
from vocab.thai import DateUnreadable, Era, arabic_digits, format_date, month_number, parse_date

LONGEST = 80
_EPOCH = date(1899, 12, 30)
ZERO_DAYS = frozenset({date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)})
"""What an empty cell with a date format turns into: day 0 or 1 of a spreadsheet's calendar."""
_ZERO = re.compile(
    r"[01](?:\.0)?|(?:00:00(?::00)?|12:00:00 AM)|(?:1900|0000)-0[01]-00.*|0?0/0?1/1900|0?1/0?0/1900|00/00/0000",
    re.ASCII | re.IGNORECASE,
)
_SERIAL = re.compile(r"(?P<days>[1-9]\d{4})(?:\.\d+)?", re.ASCII)
LAST_SERIAL = 80_000
"""In the year 2119. Serials begin at 10,000, in 1927: a smaller number may be a bare year, a month or a day."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_TIME = re.compile(
    r"(?P<day>.*\d)(?:\s*[T,]\s*|\s+)(?:เวลา\s*)?"
    r"(?:\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:[AP]\.?M\.?|น\.?)?|\d{1,2}\.\d\d\s*น\.?)",
    re.ASCII | re.IGNORECASE,
)
_RUN_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})[\s/-]*([^\W\d_][^\d/-]*?)[\s/-]*(\d{4})")
_ERA_WORD = re.compile(r"[พค]\.?\s?ศ\.?\s*|[bac]\.?[ed]\.?\s*(?=\d)", re.IGNORECASE)
NO_EXPIRY = frozenset(
    {
        *(
            "ตลอดชีพ",
            "ตลอดชีวิต",
            "ตลอดไป",
            "ไม่มีกำหนด",
            "ไม่มีกำหนดอายุ",
            "ไม่มีกำหนดเวลา",
            "ไม่มีวันหมดอายุ",
            "ไม่หมดอายุ",
            "ไม่มีหมดอายุ",
            "ถาวร",
        ),
        *("no expiry", "no expiration", "never expires", "does not expire", "permanent", "indefinite", "lifetime"),
    }
)
"""Words that say of a licence that it never ends, in lower case. They count only where the agency agrees to them."""
_PAST, _FUTURE = 40, 20
"""How many years from today a day with a two-digit year is looked for, before and after."""


class DateCell(NamedTuple):
    """The day in a cell, or None; the code of the finding about it, or empty; and what the cell should perhaps be."""

    day: date | None
    code: str = ""
    proposed: str = ""


def read_date(text: str, era: Era | None, today: date) -> DateCell:
    """The day in `text`, which is not blank and in the form of `normalize_text`. `era` as in `parse_date`."""
    # Nothing that long is a date, and it is not kept.
    return _read_date(text, era, today) if len(text) <= LONGEST else DateCell(None, "date-unknown-form")


# A file has few different days in many rows.
@lru_cache(maxsize=8192)
def _read_date(text: str, era: Era | None, today: date) -> DateCell:
    plain = arabic_digits(text)
    if _ZERO.fullmatch(plain):
        return DateCell(None, "date-zero")
    if (serial := _SERIAL.fullmatch(plain)) is not None and int(serial["days"]) <= LAST_SERIAL:
        day = _EPOCH + timedelta(days=int(serial["days"]))
        return DateCell(day, "date-serial", _written(day))
    if _INSTANT.fullmatch(plain):
        return _of_instant(plain)
    timed = _TIME.fullmatch(plain)
    try:
        day = parse_date(timed["day"] if timed else plain, era=era)
    except DateUnreadable as error:
        return DateCell(None, f"date-{error.reason}", _proposed(plain, error, today))
    return DateCell(None, "date-zero") if day in ZERO_DAYS else DateCell(day)


def _of_instant(text: str) -> DateCell:
    """The Thai day of a time with its zone: programs write midnight in Thailand as 17:00 of the day before, in UTC."""
    try:
        day = parse_date(legal_date(datetime.fromisoformat(text)).isoformat())
    except (ValueError, OverflowError):
        return DateCell(None, "date-unknown-form")
    if day in ZERO_DAYS:
        return DateCell(None, "date-zero")
    return DateCell(day) if day.isoformat() == text[:10] else DateCell(day, "date-of-zone", _written(day))


def _written(day: date) -> str:
    return format_date(day, lang="th", style="numeric")


def _proposed(text: str, error: DateUnreadable, today: date) -> str:
    """The date that was most likely meant; empty where two are as likely, or none."""
    day: date | None = None
    with suppress(DateUnreadable):
        match error.reason:
            case "month-out-of-range" if (found := _NUMERIC.fullmatch(text)) and int(found[1]) <= 12:
                day = parse_date(f"{found[3]}/{found[1]}/{found[4]}")
            case "two-digit-year":
                day = _near(text, today)
            case "unknown-month" if (words := _WORDS.fullmatch(text)) and (month := month_number(words[2])):
                day = parse_date(f"{words[1]}/{month}/{words[3]}")
            case "unknown-form" if run := _RUN_TOGETHER.fullmatch(text):
                day = parse_date("-".join(run.groups()))
            case "era-contradicts-year":
                day = parse_date(_ERA_WORD.sub("", text))
    return "" if day is None else _written(day)


def _near(text: str, today: date) -> date | None:
    """The one day that a two-digit year can mean within a licence's life; None where it can mean two."""
    days = set()
    for era in Era:
        with suppress(DateUnreadable):
            days.add(parse_date(text, era=era))
    near = [day for day in days if today.year - _PAST <= day.year <= today.year + _FUTURE]
    return near[0] if len(near) == 1 else None
