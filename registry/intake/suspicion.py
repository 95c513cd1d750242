"""What is suspicious in a file as a whole: it may still be right, and somebody must say so by name before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.translation import marked as _

MISSING, COLLISIONS, DATES, CITIZEN_NUMBERS = "missing", "collisions", "dates", "citizen-numbers"
ENDINGS, HOLDERS, NUMBERS = "endings", "holders", "numbers"

MISSING_SHARE = 0.05
"""More than this share of a list gone at once is rather a file cut short than so many licences ended."""
MOVED_SHARE = 0.05
MOVED_AT_LEAST = 3
HOLDERS_SHARE = 0.1
HOLDERS_AT_LEAST = 5
NUMBERS_SHARE = 0.5
NUMBERS_AT_LEAST = 5


SUSPICIONS: Mapping[str, str] = {
    MISSING: _(
        "%(missing)s of the %(public)s licences of this list that are public are not in the file (%(percent)s %%). "
        "Is it the whole list? If it is only a part, say so (--part)."
    ),
    COLLISIONS: _(
        "%(count)s new numbers differ from other numbers only in spaces, signs or digit script. Are these licences that are "
        "in the list already?"
    ),
    DATES: _(
        "The dates of %(count)s of %(compared)s licences change, and not by a renewal. Was a column mistaken, or the era?"
    ),
    CITIZEN_NUMBERS: _(
        "%(count)s rows have a citizen's 13-digit number in a column that is published. These rows stay out in any case; "
        "is the mapping right?"
    ),
    ENDINGS: _(
        "By its status column the file ends or suspends %(count)s of %(compared)s licences. What is revoked stays so: a new "
        "credential must be issued. Is the column right?"
    ),
    HOLDERS: _(
        "The holder or the place of %(count)s of %(compared)s licences changes. Was one column sorted alone, or two exchanged?"
    ),
    NUMBERS: _(
        "%(count)s of %(rows)s numbers do not look as numbers of this kind do. Is this the right list, and the right column?"
    ),
}
"""Each is accepted by its own name: `--accept-missing` and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is counted in a staged file. `public`: licences of its list that are public; `missing` of them are not in it;
    `collisions`: new numbers that equal another by lookup key. Of `compared` licences that are public, `moved` change dates
    without a renewal, `ending` are ended or suspended by a status column, `rehoused` change holder or place. Of `rows`,
    `unusual` have a number that the scheme does not expect."""

    public: int
    missing: int
    collisions: int
    compared: int
    moved: int
    citizen_numbers: int
    ending: int = 0
    rehoused: int = 0
    unusual: int = 0
    rows: int = 0


def is_within(now: Mapping[str, str] | None, before: Mapping[str, str] | None) -> bool:
    """Whether no more is suspicious now than it was before, by the details of one suspicion (None: it was not there)."""
    return now is None or (before is not None and _size(now) <= _size(before))


def _size(details: Mapping[str, str]) -> int:
    return int(details.get("missing") or details["count"])


def suspicions(figures: Figures) -> dict[str, dict[str, str]]:
    """What must be accepted, by code, with what its message (`SUSPICIONS`) is filled with."""
    found: dict[str, dict[str, str]] = {}
    if figures.missing > figures.public * MISSING_SHARE:
        percent = f"{100 * figures.missing / figures.public:.1f}"
        found[MISSING] = {"missing": str(figures.missing), "public": str(figures.public), "percent": percent}
    if figures.collisions:
        found[COLLISIONS] = {"count": str(figures.collisions)}
    if figures.moved >= MOVED_AT_LEAST and figures.moved > figures.compared * MOVED_SHARE:
        found[DATES] = {"count": str(figures.moved), "compared": str(figures.compared)}
    if figures.citizen_numbers:
        found[CITIZEN_NUMBERS] = {"count": str(figures.citizen_numbers)}
    if figures.ending >= MOVED_AT_LEAST and figures.ending > figures.compared * MOVED_SHARE:
        found[ENDINGS] = {"count": str(figures.ending), "compared": str(figures.compared)}
    if figures.rehoused >= HOLDERS_AT_LEAST and figures.rehoused > figures.compared * HOLDERS_SHARE:
        found[HOLDERS] = {"count": str(figures.rehoused), "compared": str(figures.compared)}
    if figures.unusual >= NUMBERS_AT_LEAST and figures.unusual > figures.rows * NUMBERS_SHARE:
        found[NUMBERS] = {"count": str(figures.unusual), "rows": str(figures.rows)}
    return found
