"""The links of licences as they are stored: read for whoever shows them, and written with their history.

A licence has links of three origins that do not touch each other: what its authority's list says, what was declared by the API or
a command, and the file that was uploaded. Each change is kept for ever; what stands now is beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from registry.access.link import Declared, Link, Origin, StoredLink
from registry.bulk import insert_rows
from registry.codec import Codec
from registry.record import LicenseRecord
from registry.tables import AccessChangeRow, LicenseAccessRow, LicenseRow
from vocab.access import AccessRights

MOST = 5
"""Links of one origin that a licence has at most."""
CHANGE_COLUMNS = ("license_id", "number", "origin", "kind", "document", "at", "batch_id", "token_id")
LINK_COLUMNS = ("license_id", "number", "origin", "document", "at", "is_visited", "file_sha256")
DECLARE, REPLACE, WITHDRAW = "declare", "replace", "withdraw"


@dataclass(frozen=True, slots=True)
class By:
    """By what a link was changed: a batch, a token, or neither: the command line."""

    batch_id: int | None = None
    token_id: int | None = None


_LINK = LicenseAccessRow.__table__.c
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
# Made once: to make a statement takes SQLAlchemy as long as to answer it takes SQLite.
_LINKS = (
    select(_LINK.license_id, _LINK.number, _LINK.origin, _LINK.document, _LINK.at, _LINK.target_id)
    .where(_LINK.license_id.in_(_IDS))
    .order_by(_LINK.license_id, _LINK.number)
)


def stored_links(session: Session, ids: Sequence[int]) -> dict[int, list[StoredLink]]:
    """The links of those of the licences that have any, in the order of their numbers."""
    found: dict[int, list[StoredLink]] = {}
    rows = session.execute(_LINKS, {"ids": ids}) if ids else ()
    for license_id, number, origin, document, at, target in rows:
        found.setdefault(license_id, []).append(StoredLink(number, origin, document, at, target))
    return found


def links_of(session: Session, codec: Codec, license_id: int) -> tuple[Link, ...]:
    """The links of one licence, what the public is not told included."""
    return tuple(each.read(codec) for each in stored_links(session, [license_id]).get(license_id, ()))


def known_links(session: Session, codec: Codec, record: LicenseRecord) -> tuple[Link, ...]:
    """The same of a licence as it was read; of one that never had a link nothing is asked."""
    return links_of(session, codec, record.id) if record.has_links else ()


def list_before(session: Session, codec: Codec, license_id: int, batch_id: int) -> tuple[Declared, ...]:
    """The links that lists had said of a licence before a batch; all that they have said, where it is not public yet."""
    row = AccessChangeRow
    query = select(row.number, row.document, row.batch_id).where(
        row.license_id == license_id, row.origin == Origin.LIST.value
    )
    found: dict[int, str] = {}
    for number, document, batch in session.execute(query.order_by(row.sequence)):
        if batch == batch_id:
            break
        found[number] = document
    return tuple(codec.load(document, Declared) for _, document in sorted(found.items()) if document)


def write_links(
    session: Session, codec: Codec, wanted: Mapping[int, Sequence[Declared]], origin: Origin, by: By, now: datetime
) -> set[int]:
    """Makes the links of an origin those that are `wanted`, by licence. Returns the licences whose links changed.

    What stays as it is keeps its number, and so does, as far as there are such, what takes the place of another.
    """
    stored = stored_links(session, list(wanted))
    last = _last_numbers(session, list(wanted))
    changes: list[tuple[object, ...]] = []
    for license_id, all_of_it in wanted.items():
        former = {each.number: each.document for each in stored.get(license_id, ()) if each.origin == origin}
        steps = _steps(former, [codec.dump(each) for each in all_of_it])
        if steps:
            free = last.get(license_id, 0) + 1
            for number, kind, document in steps:
                changes.append(
                    (license_id, number or free, origin.value, kind, document, now, by.batch_id, by.token_id)
                )
                free += not number
    _keep(session, codec, changes, now)
    return {int(str(change[0])) for change in changes}


def _steps(former: Mapping[int, str], wanted: Sequence[str]) -> list[tuple[int, str, str]]:
    """What is to be done: (number, or 0 for one that is new; kind; document)."""
    fresh = list(dict.fromkeys(wanted))
    gone = []
    for number, document in sorted(former.items()):
        if document in fresh:
            fresh.remove(document)
        else:
            gone.append(number)
    replaced = [(number, REPLACE, document) for number, document in zip(gone, fresh, strict=False)]
    withdrawn = [(number, WITHDRAW, "") for number in gone[len(fresh) :]]
    return [*replaced, *withdrawn, *((0, DECLARE, document) for document in fresh[len(gone) :])]


def restore_links(session: Session, codec: Codec, batch_id: int, now: datetime) -> set[int]:
    """Makes the links that a batch changed what they were before it. Returns the licences whose links change by that."""
    row = AccessChangeRow
    first = (
        select(row.license_id, row.number, func.min(row.sequence).label("first"))
        .where(row.batch_id == batch_id)
        .group_by(row.license_id, row.number)
        .subquery()
    )
    before = (
        select(row.document)
        .where(row.license_id == first.c.license_id, row.number == first.c.number, row.sequence < first.c.first)
        .order_by(row.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = session.execute(select(first.c.license_id, first.c.number, before.label("document"))).all()
    stored = {
        (license_id, each.number): each.document
        for license_id, links in stored_links(session, [each.license_id for each in found]).items()
        for each in links
    }
    changes: list[tuple[object, ...]] = []
    for license_id, number, document in found:
        former = document or ""
        present = stored.get((license_id, number), "")
        if former != present:
            kind = WITHDRAW if not former else REPLACE if present else DECLARE
            changes.append((license_id, number, Origin.LIST.value, kind, former, now, batch_id, None))
    _keep(session, codec, changes, now)
    return {int(str(change[0])) for change in changes}


def _keep(session: Session, codec: Codec, changes: Sequence[tuple[object, ...]], now: datetime) -> None:
    """Writes changes (`CHANGE_COLUMNS`) down, and what stands after them."""
    if not changes:
        return
    insert_rows(session, AccessChangeRow, CHANGE_COLUMNS, changes)
    rows = []
    for license_id, number, origin, kind, document, *_ in changes:
        if kind != DECLARE:
            session.execute(
                delete(LicenseAccessRow)
                .where(LicenseAccessRow.license_id == license_id, LicenseAccessRow.number == number)
                .execution_options(synchronize_session=False)
            )
        if kind != WITHDRAW:
            declared = codec.load(str(document), Declared)
            is_visited = declared.access.rights is AccessRights.PUBLIC and not declared.sha256
            rows.append((license_id, number, origin, document, now, is_visited, declared.sha256 or None))
    insert_rows(session, LicenseAccessRow, LINK_COLUMNS, rows)
    session.execute(
        update(LicenseRow)
        .where(LicenseRow.id.in_({change[0] for change in changes}))
        .values(linked_at=now)
        .execution_options(synchronize_session=False)
    )


def _last_numbers(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """The highest number that a link of each licence ever had."""
    row = AccessChangeRow
    query = select(row.license_id, func.max(row.number)).where(row.license_id.in_(ids)).group_by(row.license_id)
    return dict(session.execute(query).all())
