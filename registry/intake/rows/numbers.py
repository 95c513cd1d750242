"""What a spreadsheet program does to licence numbers, and what they were before, told by the numbering scheme."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from vocab.authority import NumberingScheme
from vocab.thai import BUDDHIST_OFFSET, arabic_digits, month_number

MOST_ZEROS = 4
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:[ T]00:00:00)?", re.ASCII)
_SLASHED = re.compile(r"(?P<one>\d\d?)[/-](?P<two>\d\d?)[/-](?P<year>\d{4})", re.ASCII)
_MONTH_YEAR = re.compile(r"(?P<month>[^\W\d_][^\d-]*?)[\s-]*(?P<year>\d{4}|\d\d)")
_DAY_MONTH = re.compile(r"(?P<day>\d\d?)[\s-]*(?P<month>[^\W\d_][^\d-]*)")
_DECIMAL = re.compile(r"0\.\d+|\d+\.\d{6,}|\d(?:\.\d+)?e-\d+", re.ASCII | re.IGNORECASE)
"""What a division leaves: 7/2567 is 0.0027."""
_DIGITS = re.compile(r"\d+", re.ASCII)
_LONGEST = 40
_FIRST_YEAR = 1900


class Suspicion(NamedTuple):
    """What probably happened to a number (the code of a finding), and what it was; empty where that is not certain."""

    code: str
    number: str


def suspicion(number: str, scheme: NumberingScheme, granted_on: date | None) -> Suspicion | None:
    """What a spreadsheet did to `number`, which does not look as the scheme says. None where there is no sign of it.

    `granted_on` tells years apart where the scheme leaves a choice.
    """
    if not scheme.pattern or len(number) > _LONGEST:
        return None
    if zeros := list(filter(scheme.expects, with_zeros(number))):
        return Suspicion("leading-zeros-lost", zeros[0] if len(zeros) == 1 else "")
    if number.endswith(".0") and scheme.expects(whole := number.removesuffix(".0")):
        return Suspicion("number-became-decimal", whole)
    if _DECIMAL.fullmatch(number):
        return Suspicion("number-became-decimal", "")
    before = candidates(number, scheme)
    # Figures between strokes may be a number that is merely unusual; a month's name or a day in ISO form is not.
    if before or (any(before_date(arabic_digits(number))) and not _SLASHED.fullmatch(number)):
        return Suspicion("number-became-date", _chosen(before, granted_on))
    return None


def candidates(number: str, scheme: NumberingScheme) -> list[str]:
    """All numbers of the scheme's form of which a program may have made the date `number`."""
    return [typed for typed in dict.fromkeys(before_date(arabic_digits(number))) if scheme.expects(typed)]


def with_zeros(number: str) -> Iterator[str]:
    """`number` with one to four zeros in front, where it begins with a digit."""
    if number[:1].isascii() and number[:1].isdigit():
        yield from ("0" * count + number for count in range(1, MOST_ZEROS + 1))


def before_date(text: str) -> Iterator[str]:
    """What may have been typed where a program made the date `text` of it: 12/2567 for 2567-12-01 or Dec-67."""
    if (iso := _ISO.fullmatch(text)) is not None:
        yield from _of_day(int(iso["day"]), int(iso["month"]), int(iso["year"]))
    elif (slashed := _SLASHED.fullmatch(text)) is not None:
        one, two, year = int(slashed["one"]), int(slashed["two"]), int(slashed["year"])
        # Programs write the month first where they are set to the United States.
        yield from _of_day(one, two, year)
        yield from _of_day(two, one, year)
    elif (words := _MONTH_YEAR.fullmatch(text)) is not None and (month := month_number(words["month"])):
        year = int(words["year"])
        years = _years(year) if year > 99 else (words["year"], f"{2500 + year}", f"{2000 + year}", f"{1900 + year}")
        yield from _joined(month, years)
    elif (words := _DAY_MONTH.fullmatch(text)) is not None and (month := month_number(words["month"])):
        day = int(words["day"])
        yield from (f"{a}{mark}{b}" for mark in "/-" for a, b in ((day, month), (month, day)))


def _of_day(day: int, month: int, year: int) -> Iterator[str]:
    # A spreadsheet's days begin in 1900: 0657-01-04 is a number that is merely unusual.
    if not 1 <= month <= 12 or year < _FIRST_YEAR:
        return
    years = _years(year)
    if day == 1:
        yield from _joined(month, years)
    yield from (f"{day}{mark}{month}{mark}{typed}" for mark in "/-" for typed in years)


def _years(year: int) -> tuple[str, ...]:
    """The year as typed: of either era, with four digits or two."""
    shown = (year,) if year > 2299 else (year, year + BUDDHIST_OFFSET)
    return *map(str, shown), *(f"{each % 100:02}" for each in shown)


def _joined(month: int, years: tuple[str, ...]) -> Iterator[str]:
    for year in years:
        for mark in "/-":
            yield f"{month}{mark}{year}"
            yield f"{year}{mark}{month}"


def _chosen(numbers: list[str], granted_on: date | None) -> str:
    """The only one, or the only one of the year of the grant."""
    if len(numbers) > 1 and granted_on is not None:
        years = {str(granted_on.year), str(granted_on.year + BUDDHIST_OFFSET)}
        numbers = [number for number in numbers if years & set(_DIGITS.findall(number))]
    return numbers[0] if len(numbers) == 1 else ""
