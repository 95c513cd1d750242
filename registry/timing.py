"""Since when what is public is as it is, for `Last-Modified`: never earlier than it became so, and None where nobody can tell."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import ChangeRow, InstanceRow
from vocab.history import THAI_TIME


def settled(modified: datetime, now: datetime) -> datetime | None:
    """`modified` as it may be told, or None within its second: what changes once more in it would seem to be unchanged
    (RFC 9110, 8.8.2.2)."""
    return modified if now >= modified.replace(microsecond=0) + timedelta(seconds=1) else None


def declared_at(register: Register, store: Store) -> datetime | None:
    """Since when it is declared as now who grants what."""
    at = _declared(store)
    return None if at is None else settled(at, register.now())


def _declared(store: Store) -> datetime | None:
    return store.known.once("declared", lambda: store.session.scalar(select(InstanceRow.declared_at)))


def modified_at(register: Register, store: Store, record: LicenseRecord) -> datetime | None:
    """Since when a licence's document is as it is: its acts and faces, its record, the calendar, and who granted it."""
    declared = _declared(store)
    if declared is None:
        return None
    changed = store.session.scalar(select(func.max(ChangeRow.at)).where(ChangeRow.license_id == record.id))
    day = record.history.last_day(store.today)
    found = [declared, record.modified_at, *filter(None, (changed, _midnight(day) if day else None))]
    return settled(max(found), register.now())


def _midnight(day: date) -> datetime:
    """The instant at which `day` begins in Thailand."""
    return datetime.combine(day, time(), THAI_TIME)
