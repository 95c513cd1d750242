"""What a dump is made of, as it is stored: read in pieces, all of one snapshot, and understood elsewhere."""

from array import array
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.access.links import stored_links
from registry.dumps.stored import StoredAct, StoredLicense, StoredVersion
from registry.tables import ActRow, EntryRow, LicenseRow, VersionRow
from registry.versions import taken_back


def public_ids(session: Session, authority_id: int, type_id: int) -> Sequence[int]:
    """The public licences of one authority and type, in the order in which they were first published: eight bytes for each."""
    query = select(EntryRow.license_id).where(EntryRow.authority_id == authority_id, EntryRow.type_id == type_id)
    found = session.scalars(query.order_by(EntryRow.license_id).execution_options(yield_per=10_000))
    return array("q", found)


def read(session: Session, ids: Sequence[int]) -> list[StoredLicense]:
    """The licences with these ids, a piece."""
    few = list(ids)
    versions: dict[int, list[StoredVersion]] = {one: [] for one in few}
    acts: dict[int, list[StoredAct]] = {one: [] for one in few}
    columns = VersionRow.sequence, VersionRow.number, VersionRow.document, VersionRow.recorded_at
    of_versions = select(VersionRow.license_id, *columns).where(VersionRow.license_id.in_(few))
    for row in session.execute(of_versions.order_by(VersionRow.number)):
        versions[row.license_id].append(StoredVersion(row.sequence, row.number, row.document, row.recorded_at))
    of_acts = select(ActRow.license_id, ActRow.document, ActRow.received_row_id).where(ActRow.license_id.in_(few))
    for one, document, row_id in session.execute(of_acts.order_by(ActRow.number)):
        acts[one].append(StoredAct(document, row_id is not None))
    rows = session.execute(
        select(
            LicenseRow.id,
            LicenseRow.check_id,
            LicenseRow.record_status,
            LicenseRow.created_at,
            LicenseRow.confirmed_at,
            LicenseRow.original,
            LicenseRow.linked_at,
            EntryRow.digest,
        )
        .join(EntryRow, EntryRow.license_id == LicenseRow.id)
        .where(LicenseRow.id.in_(few))
        .order_by(LicenseRow.id)
    )
    hidden, links = taken_back(session, few), stored_links(session, few)
    return [
        StoredLicense(*row, versions[row.id], acts[row.id], hidden.get(row.id, frozenset()), links.get(row.id, []))
        for row in rows
    ]
