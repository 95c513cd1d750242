"""Whether the records here agree with what their authority's own register says. Where they do not, and this register could not
follow, the record is stale until they do: the authority is right in law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from registry.entries import Entries
from registry.federation.origins import DOUBTS
from registry.federation.states import LOOP, STALE_THERE, State
from registry.intake.judging import EXPECTED_IN_A_LIST
from registry.original import Original, original_in
from registry.record import RecordStatus
from registry.register import Register
from registry.tables import EntryRow, HarvestedRow, LicenseRow, OriginRow
from vocab.history import Status

PIECE = 500
_BY_THE_CALENDAR = frozenset({Status.ACTIVE, Status.PENDING, Status.EXPIRED, Status.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Reason:
    code: str
    details: Mapping[str, str]


_AGREES = _Reason("", {})


def agree(register: Register, origin_id: int, *, only: State | None = None) -> int:
    """Makes stale what disagrees with the origin, and public again what was stale for that and agrees. Returns how many changed.

    `only`: looks at those in one state. A transaction for each piece; safe to repeat, and after a crash.
    """
    changed = last = 0
    while True:
        with register.database.writing() as session:
            origin = session.get_one(OriginRow, origin_id)
            register.store(session).lock_authority(origin.authority_id)
            rows = session.execute(_pairs(origin, last, only)).all()
            if not rows:
                return changed
            last = rows[-1].HarvestedRow.id
            changed += _settle(register, session, origin, rows)


def _pairs(origin: OriginRow, after: int, only: State | None) -> Select[HarvestedRow, LicenseRow, EntryRow]:
    """Licences there with the same here, in the order of their ids."""
    query = (
        select(HarvestedRow, LicenseRow, EntryRow)
        .join(LicenseRow, LicenseRow.tail == HarvestedRow.tail)
        .outerjoin(EntryRow, EntryRow.license_id == LicenseRow.id)
        .where(
            HarvestedRow.origin_id == origin.id,
            HarvestedRow.id > after,
            LicenseRow.authority_id == origin.authority_id,
            LicenseRow.record_status != RecordStatus.WITHDRAWN,
        )
        .order_by(HarvestedRow.id)
        .limit(PIECE)
    )
    return query if only is None else query.where(HarvestedRow.state == only)


def _settle(
    register: Register,
    session: Session,
    origin: OriginRow,
    rows: Sequence[Row[HarvestedRow, LicenseRow, EntryRow]],
) -> int:
    now, changed = register.now(), []
    for theirs, ours, entry in rows:
        if theirs.state == State.NOT_OWN:
            wanted = _dropped(origin, theirs, ours)
        else:
            known = original_in(ours.original)
            wanted = _wanted(theirs, ours, known, _reason(origin, theirs, entry, known), now)
        if wanted is not None:
            changed.append({"id": ours.id, **wanted})
    if changed:
        session.execute(update(LicenseRow), changed)
        entries = Entries(register, session, register.store(session))
        entries.follow([int(str(change["id"])) for change in changed])
        entries.finish()
    return len(changed)


def _dropped(origin: OriginRow, theirs: HarvestedRow, ours: LicenseRow) -> dict[str, object] | None:
    """What that register has from here, or from another, is no original of ours; the record stands as it was."""
    known = original_in(ours.original)
    if known is None or known.iri != theirs.iri:
        return None
    # What is on no list is not missed from one.
    alone = {"source": None, "row_digest": None} if ours.source == origin.name and theirs.step == LOOP else {}
    status = RecordStatus.PUBLISHED if known.reason else ours.record_status
    return {"original": "", "record_status": status, **alone}


def _wanted(
    theirs: HarvestedRow, ours: LicenseRow, known: Original | None, reason: _Reason | None, now: datetime
) -> dict[str, object] | None:
    """What is to be written of a licence here; None for nothing."""
    if reason is None or (known is None and not reason.code):
        return None
    before = known or Original(iri=theirs.iri, noted_at=now)
    if (before.reason, dict(before.details)) == (reason.code, dict(reason.details)) and known is not None:
        return None
    since = (before.since if before.reason == reason.code else now) if reason.code else None
    after = replace(before, reason=reason.code, details=dict(reason.details), since=since, noted_at=now)
    if reason.code:
        return {"original": after.dump(), "record_status": RecordStatus.STALE}
    is_back = ours.record_status == RecordStatus.STALE
    return {"original": after.dump(), "record_status": RecordStatus.PUBLISHED if is_back else ours.record_status}


def _reason(origin: OriginRow, theirs: HarvestedRow, entry: EntryRow | None, known: Original | None) -> _Reason | None:
    """Why the two disagree; `_AGREES`, or None where nothing can be said yet."""
    if origin.doubt in DOUBTS:
        return _Reason(origin.doubt, {})
    match State(theirs.state):
        case State.LISTED | State.NOT_OWN:
            return None
        case State.REFUSED:
            return _Reason("refused", {"step": theirs.step})
        case State.GONE:
            # What has ended may leave a register.
            is_expected = entry is not None and entry.status in EXPECTED_IN_A_LIST
            return _Reason("gone", {}) if is_expected else _AGREES
        case State.PROVEN:
            return _difference(theirs, entry, known)


def _difference(theirs: HarvestedRow, entry: EntryRow | None, known: Original | None) -> _Reason:
    ours, until = (entry.status, entry.expires_on) if entry is not None else ("", None)
    if _statuses_differ(theirs.status, ours, theirs.expires_on, until):
        return _Reason("differs", {"theirs": theirs.status, "ours": ours})
    is_linked = known is not None and known.digest == theirs.digest.hex()
    if not is_linked or theirs.expires_on != until:
        return _Reason("newer", {})
    return _Reason(STALE_THERE, {}) if theirs.step == STALE_THERE else _AGREES


def _statuses_differ(theirs: str, ours: str, their_end: date | None, our_end: date | None) -> bool:
    """Whether two registers say different things. What only the calendar changes is told by the days: they were asked at
    different times."""
    calendar = {theirs, ours} <= _BY_THE_CALENDAR
    if calendar and Status.UNKNOWN not in {theirs, ours}:
        return False
    # Once its last day is over, a suspended licence is told as expired.
    is_over = {theirs, ours} == {Status.SUSPENDED, Status.EXPIRED} and their_end == our_end
    return theirs != ours and not is_over
