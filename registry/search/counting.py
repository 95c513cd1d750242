"""How many licences are public, by authority, type and status."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.tables import AuthorityRow, EntryRow, LicenseTypeRow

KEPT = timedelta(minutes=1)
Key = tuple[str, str, str]
"""The codes of an authority, a type and a status."""


@dataclass(frozen=True)
class Counts:
    """How many licences have each combination; those that none has are left out."""

    licenses: Mapping[Key, int]

    @cached_property
    def total(self) -> int:
        return sum(self.licenses.values())

    def of(self, authority: str, license_type: str) -> int:
        """How many of a type an authority has."""
        return sum(
            count for (one, other, _), count in self.licenses.items() if (one, other) == (authority, license_type)
        )

    def only(self, *, authority: str = "", license_type: str = "") -> "Counts":
        """Those of one authority, or of one type."""
        wanted = (authority, license_type)
        return Counts(
            {
                key: count
                for key, count in self.licenses.items()
                if all(not code or code == own for code, own in zip(wanted, key, strict=False))
            }
        )

    def by_status(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for (_, _, status), count in sorted(self.licenses.items()):
            found[status] += count
        return dict(found)


class LivingCounts:
    """The counts of one register as of the last minute: to count a million licences takes the better part of a second."""

    def __init__(self) -> None:
        self._latest: tuple[datetime, Counts] | None = None

    def at(self, session: Session, now: datetime) -> Counts:
        """What was counted in the minute before `now`, or is counted now."""
        if self._latest is None or not self._latest[0] <= now < self._latest[0] + KEPT:
            self._latest = (now, count_licenses(session))
        return self._latest[1]


def count_licenses(session: Session) -> Counts:
    """The public licences as the lists have them."""
    query = (
        select(EntryRow.authority_id, EntryRow.type_id, EntryRow.status, func.count())
        .group_by(EntryRow.authority_id, EntryRow.type_id, EntryRow.status)
        .order_by(EntryRow.authority_id, EntryRow.type_id, EntryRow.status)
    )
    authorities, types = _codes(session, AuthorityRow), _codes(session, LicenseTypeRow)
    return Counts(
        {
            (authorities[authority_id], types[type_id], status): count
            for authority_id, type_id, status, count in session.execute(query)
        }
    )


def _codes(session: Session, table: type[AuthorityRow] | type[LicenseTypeRow]) -> dict[int, str]:
    return {row.id: row.code for row in session.execute(select(table.id, table.code))}
