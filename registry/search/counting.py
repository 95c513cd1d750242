"""How many licences are public, by authority, type and status."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.tables import AuthorityRow, EntryRow, LicenseTypeRow

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

    def by_status(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for (_, _, status), count in sorted(self.licenses.items()):
            found[status] += count
        return dict(found)


def count_licenses(session: Session, *, authority: str = "", license_type: str = "") -> Counts:
    """The public licences of an authority, of a type, or all, as the lists have them."""
    query = (
        select(EntryRow.authority_id, EntryRow.type_id, EntryRow.status, func.count())
        .group_by(EntryRow.authority_id, EntryRow.type_id, EntryRow.status)
        .order_by(EntryRow.authority_id, EntryRow.type_id, EntryRow.status)
    )
    if authority:
        query = query.where(EntryRow.authority_id.in_(select(AuthorityRow.id).where(AuthorityRow.code == authority)))
    if license_type:
        query = query.where(EntryRow.type_id.in_(select(LicenseTypeRow.id).where(LicenseTypeRow.code == license_type)))
    authorities = _codes(session, AuthorityRow)
    types = _codes(session, LicenseTypeRow)
    return Counts(
        {
            (authorities[authority_id], types[type_id], status): count
            for authority_id, type_id, status, count in session.execute(query)
        }
    )


def _codes(session: Session, table: type[AuthorityRow] | type[LicenseTypeRow]) -> dict[int, str]:
    return {row.id: row.code for row in session.execute(select(table.id, table.code))}
