"""The versions of a licence that the public may see: neither those that take effect only on a day to come, nor what came with a
list that was taken back."""

from collections.abc import Sequence, Set

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.record import LicenseRecord, Version, shown_versions
from registry.store import Store
from registry.tables import BatchRow, ReceivedRow, VersionRow


def public_versions(store: Store, record: LicenseRecord) -> list[Version]:
    """Oldest first."""
    return shown_versions(record.versions, record, taken_back_versions(store, record), store.today)


def taken_back_versions(store: Store, record: LicenseRecord) -> Set[int]:
    """The numbers of the versions that are not shown, since they came with a list that was taken back."""
    if len(record.versions) == 1:
        return frozenset()
    # The face that is public again is shown, whichever list it first came with.
    return taken_back(store.session, [record.id]).get(record.id, set()) - {record.version}


def taken_back(session: Session, ids: Sequence[int]) -> dict[int, Set[int]]:
    """The same of several licences, of those that have such versions. The version that undid it names the same row, and comes
    after."""
    query = (
        select(VersionRow.license_id, func.min(VersionRow.number))
        .join(ReceivedRow, ReceivedRow.id == VersionRow.received_row_id)
        .join(BatchRow, BatchRow.id == ReceivedRow.batch_id)
        .where(VersionRow.license_id.in_(ids), BatchRow.undone_at.is_not(None))
        .group_by(VersionRow.license_id, VersionRow.received_row_id)
    )
    found: dict[int, set[int]] = {}
    for license_id, number in session.execute(query):
        found.setdefault(license_id, set()).add(number)
    return dict(found)
