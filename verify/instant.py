"""Instants as the specifications write them: xsd:dateTimeStamp, compared as instants and never as text."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_DATE_TIME_STAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,40})?(Z|[+-](?:(0\d|1[0-3]):[0-5]\d|14:00))", re.ASCII
)
_END_OF_DAY = re.compile(r"(?<=T)24(?=:00:00(?:\.0+)?[Z+-])")
"""The first instant of the next day (XML Schema 1.1 part 2, 3.3.7: endOfDayFrag)."""


def parse_instant(text: object) -> datetime:
    """The aware datetime of an xsd:dateTimeStamp, to the microsecond. Raises ValueError: without a zone there is no instant."""
    if isinstance(text, str):
        return _parsed(text)
    raise ValueError(f"instant is not a text (got {str(text)[:40]!r})")


# A register's credentials begin and end on the same few days.
@lru_cache(maxsize=1024)
def _parsed(text: str) -> datetime:
    if not _DATE_TIME_STAMP.fullmatch(text):
        raise ValueError(
            f"instant is not a date and time with a zone (got {text[:40]!r}, e.g. 2026-11-21T10:00:00+07:00)"
        )
    started, is_end_of_day = _END_OF_DAY.subn("00", text)
    instant = datetime.fromisoformat(started)
    try:
        instant += timedelta(days=is_end_of_day)
        instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"instant is outside the years 1 to 9999 (got {text!r})") from error
    return instant
