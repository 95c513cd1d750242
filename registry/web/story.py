"""What became of a licence over time: the versions of its face and what changed, its chain of renewals, others of its number.

Only what may be disclosed is compared and shown. What came with a list that was taken back is not shown again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import literal, select

from registry.batches import fields_of
from registry.intake.mapping import Field
from registry.intake.wording import FIELD
from registry.record import LicenseRecord
from registry.store import Store
from registry.tables import AliasRow, EntryRow, LicenseRow
from registry.versions import taken_back_versions
from vocab.authority import LicenseType
from vocab.disclosure import disclosed
from vocab.iri import LicenseIri, lookup_key
from vocab.license import License, LocalText

LONGEST = 20
"""So many renewals are followed to either side."""
MOST = 20
"""So many others are named that have a number, and as many that once had it."""
_DAYS = {Field.ISSUED_ON.value, Field.VALID_FROM.value, Field.EXPIRES_ON.value}
_HIDDEN = {Field.SUBDISTRICT_CODE.value}
"""Repeats for programs what stands beside it in words."""


@dataclass(frozen=True, slots=True)
class FaceChange:
    """One field that changed. `name` is a message, or the label of a particular; a value is empty where there is none."""

    name: str | LocalText
    before: str | date
    after: str | date


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceVersion:
    """One version of the face and what was changed by it; the first changed nothing. `is_taken_back`: it came with a list that
    was taken back, and nothing of it is shown."""

    number: int
    recorded_at: datetime
    is_current: bool
    is_taken_back: bool
    changes: Sequence[FaceChange]


def face_versions(store: Store, record: LicenseRecord, license_type: LicenseType) -> list[FaceVersion]:
    """The versions of a licence, newest first; none where there was only ever one."""
    if len(record.versions) == 1:
        return []
    taken_back = taken_back_versions(store, record)
    found: list[FaceVersion] = []
    before: License | None = None
    for version in record.versions:
        is_shown = version.number not in taken_back
        after = disclosed(version.license, license_type)
        found.append(
            FaceVersion(
                number=version.number,
                recorded_at=version.recorded_at,
                is_current=version.number == record.version,
                is_taken_back=not is_shown,
                changes=_changes(before, after) if before is not None and is_shown else (),
            )
        )
        before = after if is_shown else before
    return found[::-1]


def chain(store: Store, record: LicenseRecord) -> list[LicenseRecord]:
    """The licences of which each renews the one before, oldest first, this one among them. Only those that are shown."""
    seen = {record.id}
    earlier = _walk(record, lambda each: _shown(store, each.license.renews), seen)
    return [*reversed(earlier), record, *_walk(record, lambda each: _renewal(store, each), seen)]


def successor_of(record: LicenseRecord) -> LicenseIri | None:
    """The licence that replaced this one, as its acts say."""
    return next((act.successor for act in record.history.in_effect() if act.successor is not None), None)


def bearers(store: Store, record: LicenseRecord) -> list[LicenseRecord]:
    """The other licences of the authority and type that bear, or once bore, one of the numbers of this one."""
    session, numbers, iri = store.session, (record.license.number, *record.license.aliases), record.license.iri
    authority_id, type_id = store.authority_id(iri.authority), store.type_id(iri.type)
    own = select(LicenseRow.id).where(
        LicenseRow.authority_id == authority_id, LicenseRow.type_id == type_id, LicenseRow.number.in_(numbers)
    )
    # By the key, which is indexed; what an authority has in all is never looked through.
    once = select(AliasRow.license_id).where(
        AliasRow.key.in_([lookup_key(number) for number in numbers]),
        AliasRow.number.in_(numbers),
        AliasRow.authority_id == authority_id,
        AliasRow.type_id == type_id,
    )
    ids = {*session.scalars(own.limit(MOST)), *session.scalars(once.limit(MOST))} - {record.id}
    return [each for each in store.records(sorted(ids)) if each.is_shown] if ids else []


def _renewal(store: Store, record: LicenseRecord) -> LicenseRecord | None:
    """The licence that replaced this one: as its acts say, or else the first that says itself that it renews it."""
    successor = successor_of(record)
    if successor is not None:
        return _shown(store, successor)
    # Both conditions: the index has only what renews another licence. Written out, since of a parameter PostgreSQL's plan for all
    # its values cannot know that.
    saying_so = (EntryRow.renews == record.license.iri.tail) & (EntryRow.renews != literal("", literal_execute=True))
    ids = select(EntryRow.license_id).where(saying_so).order_by(EntryRow.license_id).limit(1)
    return next(iter(store.records(store.session.scalars(ids).all())), None)


def _shown(store: Store, iri: LicenseIri | None) -> LicenseRecord | None:
    found = store.find(iri) if iri is not None else None
    return found if found is not None and found.is_shown else None


def _walk(
    record: LicenseRecord, following: Callable[[LicenseRecord], LicenseRecord | None], seen: set[int]
) -> list[LicenseRecord]:
    """The licences that follow each other from this one on, without it and without those that were `seen`."""
    found: list[LicenseRecord] = []
    present = record
    while len(found) < LONGEST and (after := following(present)) is not None:
        # What renews itself in a circle is a mistake of the data, and no page goes round with it.
        if after.id in seen:
            break
        found.append(after)
        seen.add(after.id)
        present = after
    return found


def _changes(before: License, after: License) -> tuple[FaceChange, ...]:
    old, new = fields_of(before), fields_of(after)
    labels = {item.code: item.label for each in (before, after) for item in each.particulars}
    names = [name for name in dict.fromkeys([*new, *old]) if old.get(name) != new.get(name) and name not in _HIDDEN]
    return tuple(
        FaceChange(labels[name] if name in labels else FIELD[name], _value(name, old), _value(name, new))
        for name in names
    )


def _value(name: str, fields: dict[str, str]) -> str | date:
    text = fields.get(name, "")
    return date.fromisoformat(text) if name in _DAYS and text[:1].isdigit() else text
