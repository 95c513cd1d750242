"""The change feed: what became public, in the register's order, as pages for linked data (LDES) and as plain JSON.

A page holds the changes of a range of sequences. It is full, and never changes again, once a later change is there: sequences
that are missing by then were taken by what was never committed (`registry.entries.Entries.finish`). Members are thin, and of a
licence that is public no longer the feed says that, by its IRI alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import urls
from registry.entries import ChangeKind
from registry.tables import ChangeRow, LicenseRow
from vocab.graph import Node, date_time
from vocab.open_data import AS, FEED_CONTEXT
from vocab.terms import LIC, LICENSE_STATUS, RECORD_STATUS

PAGE_SIZE = 500
MOST_LINKED = 1_000
"""So many pages are named by the first one; from each page the next can be reached, so from the oldest all of them."""


class NoSuchPage(LookupError):
    """The feed has no such page yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `license` is the IRI; the rest is what was so from then on, and says nothing for a deletion."""

    sequence: int
    kind: ChangeKind
    license: str
    at: datetime
    status: str
    record_status: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the feed. `following`: the number of the next page that has a change; None for the last, which still grows."""

    number: int
    changes: Sequence[Change]
    following: int | None

    @property
    def is_full(self) -> bool:
        return self.following is not None


def last_sequence(session: Session) -> int:
    """The sequence of the newest change; 0 where there is none."""
    return session.scalar(select(func.max(ChangeRow.sequence))) or 0


def changes_after(session: Session, base: str, after: int, limit: int, up_to: int | None = None) -> list[Change]:
    """At most `limit` changes after the sequence `after`, in order; none after `up_to`."""
    query = (
        select(
            ChangeRow.sequence,
            ChangeRow.kind,
            LicenseRow.tail,
            ChangeRow.at,
            ChangeRow.status,
            ChangeRow.record_status,
            ChangeRow.digest,
        )
        .join(LicenseRow, LicenseRow.id == ChangeRow.license_id)
        .where(ChangeRow.sequence > after)
        .order_by(ChangeRow.sequence)
        .limit(limit)
    )
    if up_to is not None:
        query = query.where(ChangeRow.sequence <= up_to)
    return [
        Change(sequence, ChangeKind(kind), f"{base}/id/lic/{tail}", at, status, record_status, digest)
        for sequence, kind, tail, at, status, record_status, digest in session.execute(query)
    ]


def page_of(session: Session, base: str, number: int) -> Page:
    """Page `number`, of the sequences from `number` * 500 + 1 on. Raises `NoSuchPage`."""
    first, last = number * PAGE_SIZE, (number + 1) * PAGE_SIZE
    if number and first >= last_sequence(session):
        raise NoSuchPage(f"the feed has no page {number} yet")
    later = session.scalar(select(func.min(ChangeRow.sequence)).where(ChangeRow.sequence > last))
    following = None if later is None else page_number(later)
    return Page(number, changes_after(session, base, first, PAGE_SIZE, last), following)


def page_number(sequence: int) -> int:
    """The page on which a change stands."""
    return (sequence - 1) // PAGE_SIZE


def page_body(base: str, page: Page) -> bytes:
    """The page as JSON-LD: the same bytes for the same page, whoever makes it."""
    address = base + urls.feed(page.number)
    relations = [_relation(base, f"{address}#next", page.following)] if page.following is not None else []
    node = {"id": address, "type": "Node", "immutable": page.is_full, "relation": relations}
    members = [_member(change, address) for change in page.changes]
    return _document({**_stream(base), "view": node, "member": members})


def root_body(session: Session, base: str) -> bytes:
    """The feed's own document: which pages there are, the oldest first, and of very many the newest."""
    address = base + urls.feed()
    last = page_number(max(last_sequence(session), 1))
    linked = sorted({0, *range(max(0, last + 1 - MOST_LINKED), last + 1)})
    relations = [_relation(base, f"{address}#page-{number}", number) for number in linked]
    return _document({**_stream(base), "view": {"id": address, "type": "Node", "relation": relations}})


def plain(change: Change) -> dict[str, Any]:
    """A change in plain JSON."""
    told: dict[str, Any] = {
        "sequence": change.sequence,
        "kind": change.kind.value,
        "license": change.license,
        "at": date_time(change.at),
    }
    if change.kind is not ChangeKind.DELETE:
        told |= {"status": change.status, "record": change.record_status, **_digest(change)}
    return told


def _stream(base: str) -> Node:
    return {
        "id": f"{base}{urls.feed()}#stream",
        "type": "EventStream",
        "timestampPath": AS + "published",
        "sequencePath": LIC + "sequence",
        "versionOfPath": AS + "object",
        "versionCreateObject": AS + "Create",
        "versionUpdateObject": AS + "Update",
        "versionDeleteObject": AS + "Delete",
    }


def _relation(base: str, iri: str, number: int) -> Node:
    return {
        "id": iri,
        "type": "GreaterThanOrEqualToRelation",
        "path": LIC + "sequence",
        "value": number * PAGE_SIZE + 1,
        "node": base + urls.feed(number),
    }


def _member(change: Change, page: str) -> Node:
    node: Node = {
        "id": f"{page}#{change.sequence}",
        "type": change.kind.value.capitalize(),
        "sequence": change.sequence,
        "published": date_time(change.at),
        "object": change.license,
    }
    if change.kind is not ChangeKind.DELETE:
        node |= {
            "status": LICENSE_STATUS + change.status,
            "recordStatus": RECORD_STATUS + change.record_status,
            **_digest(change),
        }
    return node


def _digest(change: Change) -> dict[str, str]:
    # A licence whose credential could not be made yet has none.
    return {"digest": f"sha256:{change.digest.hex()}"} if change.digest else {}


def _document(node: Node) -> bytes:
    return orjson.dumps({"@context": FEED_CONTEXT, **node})
