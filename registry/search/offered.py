"""What lists can be narrowed to: the authorities, types and provinces of which there is any public licence, uncounted."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select, text

from registry.search.entry import AUTHORITY, PROVINCE, TYPE
from registry.search.listing import Wanted
from registry.store import Store
from registry.tables import AuthorityRow, EntryRow, LicenseTypeRow, MandateRow

MINISTRY = "ministry"
_PROVINCES = text(
    "WITH RECURSIVE named(province) AS ("
    "SELECT min(province) FROM entry UNION ALL "
    "SELECT (SELECT min(entry.province) FROM entry WHERE entry.province > named.province) "
    "FROM named WHERE named.province IS NOT NULL"
    ") SELECT province FROM named WHERE province <> ''"
)
"""From each province to the next by their index: a million entries are not looked through for 77 names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """`mandates` are the codes of authorities and types; `ministries` tells the ministry of an authority, if it has one, by its
    Thai and its English name."""

    mandates: tuple[tuple[str, str], ...]
    ministries: Mapping[str, tuple[str, str]]
    provinces: tuple[str, ...]

    def of(self, wanted: Wanted) -> dict[str, list[str]]:
        """By facet, what a list may be narrowed to beside its authority, type and ministry: each value once, by code or name."""
        kept = [
            (authority, license_type)
            for authority, license_type in self.mandates
            if wanted.authorities in ((), (authority,))
            and wanted.type in ("", license_type)
            and (not wanted.ministry or wanted.ministry in self.ministries.get(authority, ()))
        ]
        authorities = sorted({authority for authority, _ in kept})
        return {
            MINISTRY: sorted(
                {th or en for code in authorities if code in self.ministries for th, en in [self.ministries[code]]}
            ),
            AUTHORITY: authorities,
            TYPE: sorted({license_type for _, license_type in kept}),
            PROVINCE: list(self.provinces),
        }


def offered(store: Store) -> Offered:
    """What there is now: a look into an index for each mandate, and for each province."""
    any_license = exists().where(
        EntryRow.authority_id == MandateRow.authority_id, EntryRow.type_id == MandateRow.type_id
    )
    query = (
        select(AuthorityRow.code, LicenseTypeRow.code, AuthorityRow.ministry, AuthorityRow.ministry_en)
        .select_from(MandateRow)
        .join(AuthorityRow, AuthorityRow.id == MandateRow.authority_id)
        .join(LicenseTypeRow, LicenseTypeRow.id == MandateRow.type_id)
        .where(any_license)
    )
    rows = store.session.execute(query).all()
    return Offered(
        mandates=tuple((authority, license_type) for authority, license_type, _, _ in rows),
        ministries={authority: (th or "", en or "") for authority, _, th, en in rows if th or en},
        provinces=tuple(store.session.scalars(_PROVINCES)),
    )
