"""What a checker found at the address of a link: the last attempt, and apart from it the last one that was good."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.tables import AccessTargetRow
from registry.translation import marked as _


class Outcome(StrEnum):
    """What became of an attempt. Only `GOOD` and `CHANGED` are good; of those in `UNTOLD` nothing is said about the link."""

    NEW = "new"
    GOOD = "good"
    CHANGED = "changed"
    GONE = "gone"
    LOGIN = "login"
    ELSEWHERE = "elsewhere"
    WRONG_TYPE = "wrong-type"
    WRONG_DIGEST = "wrong-digest"
    TOO_LARGE = "too-large"
    BUSY = "busy"
    STRANGE = "strange"
    UNREACHABLE = "unreachable"
    NOT_PUBLIC = "not-public"
    ROBOTS = "robots"
    ROBOTS_UNKNOWN = "robots-unknown"
    OURS = "ours"


OUTCOMES: Mapping[Outcome, str] = {
    Outcome.NEW: _("The address has not been looked at yet."),
    Outcome.GOOD: _("The document was there."),
    Outcome.CHANGED: _("A document was there, and it is another one than at the check before."),
    Outcome.GONE: _("There is nothing at this address any more (the answer was %(status)s)."),
    Outcome.LOGIN: _(
        "The address asks for a log-in (the answer was %(status)s), and was given as one that everybody can read."
    ),
    Outcome.ELSEWHERE: _("The address leads on to another host, %(host)s, which was not looked at."),
    Outcome.WRONG_TYPE: _("What is there is of another kind than was stated: %(found)s, not %(expected)s."),
    Outcome.WRONG_DIGEST: _("What is there is not the document that was stated: its digest differs."),
    Outcome.TOO_LARGE: _("What is there is larger than %(limit)s MB, and was not compared."),
    Outcome.BUSY: _("The host could not answer at that time (the answer was %(status)s)."),
    Outcome.STRANGE: _("The host did not give the document (the answer was %(status)s)."),
    Outcome.UNREACHABLE: _("The host of this address could not be reached, while others could."),
    Outcome.NOT_PUBLIC: _("The address leads into a network that the public cannot reach."),
    Outcome.ROBOTS: _("Not looked at: the host asks programs to stay away from this address (robots.txt)."),
    Outcome.ROBOTS_UNKNOWN: _("Not looked at: the host does not say whether programs may come (robots.txt)."),
    Outcome.OURS: _("Could not be looked at from here. That says nothing about the link."),
}
"""What is said of an attempt. None of it says anything about the licence."""

FINE = frozenset({Outcome.GOOD, Outcome.CHANGED})
UNTOLD = frozenset({Outcome.NEW, Outcome.OURS, Outcome.ROBOTS, Outcome.ROBOTS_UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The last attempt, `outcome` at `attempted_at`; and when it was last good, with the kind and size of what was there then."""

    outcome: Outcome = Outcome.NEW
    details: Mapping[str, str] = field(default_factory=dict)
    attempted_at: datetime | None = None
    good_at: datetime | None = None
    media_type: str = ""
    size: int | None = None

    @property
    def is_fine(self) -> bool:
        return self.outcome in FINE

    @property
    def is_failure(self) -> bool:
        """Whether the attempt says something about the link that its readers should know."""
        return self.outcome not in FINE and self.outcome not in UNTOLD

    @property
    def words(self) -> str:
        return OUTCOMES[self.outcome]


NOT_YET = Check()


def checks_of(session: Session, targets: Iterable[int | None]) -> dict[int, Check]:
    """What was found at the addresses with these ids."""
    ids = [each for each in targets if each is not None]
    if not ids:
        return {}
    rows = session.scalars(select(AccessTargetRow).where(AccessTargetRow.id.in_(ids)))
    return {row.id: check_in(row) for row in rows}


def check_in(row: AccessTargetRow) -> Check:
    return Check(
        outcome=Outcome(row.outcome),
        details=json.loads(row.details),
        attempted_at=row.attempted_at,
        good_at=row.good_at,
        media_type=row.media_type,
        size=row.size,
    )
