"""What was received, for those who look at it: the list of batches, and the rows, changes and missing licences of one."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from registry.access.links import list_before
from registry.codec import Codec
from registry.intake.batch import FILE, Batch, BatchState, Change, FieldChange, RowView
from registry.intake.diff import CHANGED, claimed_act
from registry.intake.finding import Finding
from registry.intake.judging import missing_ids
from registry.intake.mapping import Field
from registry.intake.report import find_batch, read_finding
from registry.intake.rows.links import load_links
from registry.intake.rows.status import Claim
from registry.record import LicenseRecord, RecordStatus
from registry.record_changes import RecordChangeKind
from registry.register import Register
from registry.store import Store
from registry.tables import (
    AuthorityRow,
    BatchRow,
    FindingRow,
    LicenseTypeRow,
    ReceivedRow,
    RecordChangeRow,
    VersionRow,
)
from vocab.iri import parse_license_tail
from vocab.license import License, Organization

AT_ONCE = 500
"""How many rows are loaded at once."""
STANDING = "standing"
"""The field of a `Change` for what a status column says."""
LINKS = "access"
"""The field of a `Change` for where the licence's document is."""


def batches(
    register: Register, authority: str = "", *, before: int | None = None, limit: int | None = None
) -> list[Batch]:
    """The files received (from `authority`, if given), newest first. What came by the API is not among them.

    Only those with a number below `before`, and no more than `limit`, where these are given.
    """
    query = (
        select(BatchRow, AuthorityRow.code, LicenseTypeRow.code)
        .join(AuthorityRow, AuthorityRow.id == BatchRow.authority_id)
        .join(LicenseTypeRow, LicenseTypeRow.id == BatchRow.type_id)
        .where(BatchRow.channel == FILE)
        .order_by(BatchRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(BatchRow.id < before)
    if authority:
        query = query.where(AuthorityRow.code == authority)
    with register.database.reading() as session:
        return [
            Batch(
                id=row.id,
                authority=code,
                license_type=license_type,
                file_name=row.file_name,
                source=row.source,
                state=BatchState(row.state),
                received_at=row.received_at,
                counts=row.counts,
                suspicions=tuple(json.loads(row.suspicions)),
            )
            for row, code, license_type in session.execute(query)
        ]


def rows_of(
    register: Register,
    batch_id: int,
    outcomes: Collection[str] = (),
    *,
    with_findings: bool = False,
    after_line: int = 0,
    limit: int | None = None,
) -> Iterator[RowView]:
    """The rows of a batch in the order of the file: of some `outcomes` (default: all), or only those with findings.

    The first that are given have a line greater than `after_line`. Raises `NoSuchBatch`.
    """
    with register.database.reading() as session:
        find_batch(session, batch_id)
        query = select(ReceivedRow).where(ReceivedRow.batch_id == batch_id).order_by(ReceivedRow.line)
        if outcomes:
            query = query.where(ReceivedRow.outcome.in_(outcomes))
        if with_findings:
            query = query.where(
                ReceivedRow.id.in_(select(FindingRow.received_row_id).where(FindingRow.batch_id == batch_id))
            )
        left = limit
        while left is None or left > 0:
            size = AT_ONCE if left is None else min(AT_ONCE, left)
            rows = session.scalars(query.where(ReceivedRow.line > after_line).limit(size)).all()
            if not rows:
                return
            found = _findings(session, [row.id for row in rows])
            yield from [row_view(register.base, row, found.get(row.id, ())) for row in rows]
            after_line = rows[-1].line
            left = None if left is None else left - len(rows)
            session.expunge_all()


def _findings(session: Session, row_ids: Sequence[int]) -> Mapping[int, Sequence[Finding]]:
    found: dict[int, list[Finding]] = {}
    query = select(FindingRow).where(FindingRow.received_row_id.in_(row_ids)).order_by(FindingRow.id)
    for row in session.scalars(query):
        found.setdefault(row.received_row_id or 0, []).append(read_finding(row))
    return found


def row_view(base: str, row: ReceivedRow, findings: Sequence[Finding]) -> RowView:
    """A row as people look at it, with what was found in it."""
    return RowView(
        line=row.line,
        sheet=row.sheet,
        sheet_line=row.sheet_line,
        number=parse_license_tail(base, row.tail).number if row.tail else "",
        outcome=row.outcome,
        cells=tuple(map(str, row.cells["cells"])),
        findings=tuple(findings),
    )


def changes_of(register: Register, batch_id: int, *, after_line: int = 0, limit: int | None = None) -> Iterator[Change]:
    """The licences that a batch changes, or changed, field by field, in the order of the file. Raises `NoSuchBatch`."""
    with register.database.reading() as session:
        find_batch(session, batch_id)
        store = register.store(session)
        query = (
            select(ReceivedRow)
            .where(ReceivedRow.batch_id == batch_id, ReceivedRow.outcome == CHANGED)
            .order_by(ReceivedRow.line)
        )
        left = limit
        while left is None or left > 0:
            size = AT_ONCE if left is None else min(AT_ONCE, left)
            rows = session.scalars(query.where(ReceivedRow.line > after_line).limit(size)).all()
            if not rows:
                return
            for row in rows:
                license = register.codec.load(row.document or "", License)
                claim = register.codec.load(row.claim, Claim) if row.claim else None
                existing = store.find(license.iri)
                before = _before(session, register.codec, row, existing)
                yield Change(
                    line=row.line,
                    number=license.number,
                    fields=(
                        *_differences(before, license, claim, existing, store.today),
                        *_other_links(session, register.codec, row, existing),
                    ),
                )
            after_line = rows[-1].line
            left = None if left is None else left - len(rows)
            session.expunge_all()


def _before(session: Session, codec: Codec, row: ReceivedRow, existing: LicenseRecord | None) -> License | None:
    """The face that the row changes, or changed: that before the version which came in it, or the newest where none did yet."""
    if existing is None:
        return None
    # The first: when the batch is undone, the former face comes back as of the same row.
    number = session.scalar(select(func.min(VersionRow.number)).where(VersionRow.received_row_id == row.id))
    if number is None:
        return existing.newest
    document = session.scalar(
        select(VersionRow.document).where(VersionRow.license_id == existing.id, VersionRow.number == number - 1)
    )
    return codec.load(document, License) if document else None


def _other_links(
    session: Session, codec: Codec, row: ReceivedRow, existing: LicenseRecord | None
) -> tuple[FieldChange, ...]:
    """Where the licence's document was, and is from then on, where the row changes that."""
    if row.access is None or existing is None:
        return ()
    before = list_before(session, codec, existing.id, row.batch_id)
    after = load_links(codec, row.access)
    return (
        FieldChange(
            LINKS, *("; ".join(each.access.address or each.access.rights for each in said) for said in (before, after))
        ),
    )


def _differences(
    before: License | None, after: License, claim: Claim | None, existing: LicenseRecord | None, today: date
) -> tuple[FieldChange, ...]:
    old, new = fields_of(before) if before else {}, fields_of(after)
    names = [name for name in dict.fromkeys([*new, *old]) if old.get(name, "") != new.get(name, "")]
    changes = [FieldChange(name, old.get(name, ""), new.get(name, "")) for name in names]
    act = claimed_act(claim, existing, today)[0] if existing else None
    if act is not None and existing is not None and claim is not None:
        changes.append(FieldChange(STANDING, existing.history.standing(today).value, claim.standing.value))
    return tuple(changes)


def fields_of(license: License) -> dict[str, str]:
    """What a licence says, field by field, as texts: named as in a mapping, particulars by their code."""
    names = [licensee.name for licensee in license.licensees]
    places = license.premises
    found = {
        Field.NUMBER.value: license.number,
        Field.LICENSEE.value: "; ".join(name.th for name in names if name.th),
        Field.LICENSEE_EN.value: "; ".join(name.en for name in names if name.en),
        Field.JURISTIC_ID.value: "; ".join(
            holder.juristic_id
            for holder in license.licensees
            if isinstance(holder, Organization) and holder.juristic_id
        ),
        Field.PREMISES.value: "; ".join(place.name.th for place in places if place.name and place.name.th),
        Field.PREMISES_EN.value: "; ".join(place.name.en for place in places if place.name and place.name.en),
        **{
            name: "; ".join(value for place in places if (value := getattr(place.address, name)))
            for name in ("street", "subdistrict", "district", "province", "postal_code", "subdistrict_code")
        },
        Field.LATITUDE.value: "; ".join(place.latitude for place in places if place.latitude),
        Field.LONGITUDE.value: "; ".join(place.longitude for place in places if place.longitude),
        Field.ACTIVITY.value: "; ".join(map(str, license.activities)),
        Field.CONDITION.value: "; ".join(license.conditions),
        Field.ISSUED_ON.value: str(license.issued_on or ""),
        Field.VALID_FROM.value: str(license.term.valid_from or ""),
        Field.EXPIRES_ON.value: "no expiry" if license.term.no_expiry else str(license.term.expires_on or ""),
        Field.RENEWS.value: license.renews.number if license.renews else "",
        Field.ALIASES.value: "; ".join(license.aliases),
        **{
            code: "; ".join(item.value for item in license.particulars if item.code == code)
            for code in dict.fromkeys(item.code for item in license.particulars)
        },
    }
    return {name: text for name, text in found.items() if text}


@dataclass(frozen=True, slots=True)
class Missing:
    """A licence that is on the list so far and not in the file. `id` is its own in the register, by which they are ordered."""

    id: int
    number: str
    name: str


def missing_of(register: Register, batch_id: int, *, after: int = 0, limit: int | None = None) -> Iterator[Missing]:
    """The licences whose records a batch makes, or made, stale: those with an id above `after`. Raises `NoSuchBatch`."""
    with register.database.reading() as session:
        batch = find_batch(session, batch_id)
        store = register.store(session)
        left = limit
        while left is None or left > 0:
            size = AT_ONCE if left is None else min(AT_ONCE, left)
            ids = _missing_ids(store, session, batch, after, size)
            if not ids:
                return
            for record in store.records(ids):
                yield Missing(record.id, record.newest.number, _name(record.newest))
            after = ids[-1]
            left = None if left is None else left - len(ids)
            session.expunge_all()
            batch = find_batch(session, batch_id)


def _missing_ids(store: Store, session: Session, batch: BatchRow, after: int, limit: int) -> Sequence[int]:
    if batch.state not in {BatchState.PUBLISHED, BatchState.UNDONE}:
        return missing_ids(store, session, batch, after=after, limit=limit)
    noted = (
        select(RecordChangeRow.license_id)
        .where(
            RecordChangeRow.batch_id == batch.id,
            RecordChangeRow.kind == RecordStatus.STALE,
            RecordChangeRow.license_id > after,
        )
        .order_by(RecordChangeRow.license_id)
        .limit(limit)
    )
    return session.scalars(noted).all()


def _name(license: License) -> str:
    """What people know the licence by beside its number: the premises, or else an organization that holds it."""
    places = [str(place.name) for place in license.premises if place.name]
    holders = [str(holder.name) for holder in license.licensees if isinstance(holder, Organization)]
    return next(iter([*places, *holders]), "")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many licences were withdrawn when a batch was undone, got their former face back, are not missing any more, and are
    missing again."""

    withdrawn: int
    restored: int
    found: int
    missing: int


def taken_back(register: Register, batch_id: int) -> TakenBack:
    """What undoing a batch did, as was noted then. Raises `NoSuchBatch`."""
    of_batch = RecordChangeRow.batch_id == batch_id

    def noted(kind: RecordChangeKind) -> Select[int]:
        return select(RecordChangeRow.license_id).where(of_batch, RecordChangeRow.kind == kind)

    newest = select(func.max(RecordChangeRow.id)).where(of_batch).group_by(RecordChangeRow.license_id)
    is_newest = RecordChangeRow.id.in_(newest)
    # What publishing noted as well was noted the other way round when it was undone.
    queries = (
        noted(RecordChangeKind.WITHDRAWN),
        noted(RecordChangeKind.RESTORED).where(RecordChangeRow.license_id.not_in(noted(RecordChangeKind.WITHDRAWN))),
        noted(RecordChangeKind.CONFIRMED).where(
            is_newest, RecordChangeRow.license_id.in_(noted(RecordChangeKind.STALE))
        ),
        noted(RecordChangeKind.STALE).where(
            is_newest, RecordChangeRow.license_id.in_(noted(RecordChangeKind.CONFIRMED))
        ),
    )
    with register.database.reading() as session:
        find_batch(session, batch_id)
        counts = [
            session.scalar(select(func.count()).select_from(query.distinct().subquery())) or 0 for query in queries
        ]
    return TakenBack(*counts)
