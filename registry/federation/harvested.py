"""Licences of other registers, as they are kept: which there are, what state each is in, and what of them was proven."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.entries import ChangeKind
from registry.federation.proving import Proven, Refused
from registry.federation.states import ELSEWHERE, LOOP, STALE_THERE, State
from registry.tables import HarvestedRow, OriginRow
from vocab.iri import LicenseIri, MalformedIri, parse_license_iri

PIECE = 500


class Listing:
    """Lists what an origin tells of: licences of its authority and of types that it may grant here, and nothing else."""

    def __init__(
        self, session: Session, origin: OriginRow, authority: str, types: Mapping[str, int], now: datetime
    ) -> None:
        self._session = session
        self._origin = origin
        self._authority = authority
        self._types = types
        self._now = now

    def take(self, told: Iterable[tuple[str, ChangeKind, bytes]]) -> None:
        """Notes licences as they were told: (IRI, what happened, digest of the credential). The last of one licence counts."""
        aside = json.loads(self._origin.aside)
        wanted: dict[str, tuple[LicenseIri, ChangeKind, bytes]] = {}
        for text, kind, digest in told:
            iri = self._own(text)
            if iri is None:
                aside = {"count": str(int(aside.get("count", "0")) + 1), "example": text[:200]}
            else:
                wanted[text] = iri, kind, digest
        self._origin.aside = json.dumps(aside)
        names = list(wanted)
        for begin in range(0, len(names), PIECE):
            self._note({name: wanted[name] for name in names[begin : begin + PIECE]})

    def _own(self, text: str) -> LicenseIri | None:
        try:
            iri = parse_license_iri(self._origin.base, text)
        except MalformedIri:
            return None
        return iri if iri.authority == self._authority and iri.type in self._types else None

    def _note(self, told: Mapping[str, tuple[LicenseIri, ChangeKind, bytes]]) -> None:
        query = select(HarvestedRow).where(HarvestedRow.origin_id == self._origin.id, HarvestedRow.iri.in_(told))
        known = {row.iri: row for row in self._session.scalars(query)}
        for text, (iri, kind, digest) in told.items():
            row = known.get(text)
            if row is None:
                if kind is ChangeKind.DELETE:
                    continue
                row = _new_row(self._origin.id, self._types[iri.type], text, iri.tail, self._now)
                self._session.add(row)
            row.listing = self._origin.listing
            if kind is ChangeKind.DELETE:
                set_state(row, State.GONE, self._now, "feed", "the feed says that it is deleted")
                self._origin.is_dirty = True
            elif not (row.state == State.NOT_OWN and row.step == LOOP):
                row.named = digest
                row.state = State.LISTED
        self._session.flush()

    def end(self) -> None:
        """All of it is listed: what was there before and is not any more is gone."""
        left = self._session.scalars(
            select(HarvestedRow).where(
                HarvestedRow.origin_id == self._origin.id,
                HarvestedRow.listing < self._origin.listing,
                HarvestedRow.state != State.GONE,
            )
        )
        for row in left:
            row.listing = self._origin.listing
            set_state(row, State.GONE, self._now, "feed", "it is not listed any more")
            self._origin.is_dirty = True


def _new_row(origin_id: int, type_id: int, iri: str, tail: str, now: datetime) -> HarvestedRow:
    return HarvestedRow(
        origin_id=origin_id,
        type_id=type_id,
        iri=iri,
        listing=0,
        state=State.LISTED,
        named=b"",
        # What it is probably here; known once it is proven.
        tail=tail,
        digest=b"",
        credential="",
        cells="[]",
        status="",
        expires_on=None,
        lost="",
        step="",
        words="",
        since=now,
        proven_at=None,
    )


def set_state(row: HarvestedRow, state: State, now: datetime, step: str = "", words: str = "") -> None:
    """Puts a licence into a state; since when it is in it, for this reason, stays what it was."""
    if (row.state, row.step) != (state, step):
        row.since = now
    row.state, row.step, row.words = state, step, words[:500]


def note_proof(row: HarvestedRow, found: Proven | Refused, here: str, now: datetime) -> None:
    """Notes what became of proving a licence. `here` is the base of this register."""
    if isinstance(found, Refused):
        set_state(row, State.REFUSED, now, found.step, found.words)
        return
    if any(name.startswith(f"{here}/") for name in found.told.same_as):
        set_state(row, State.NOT_OWN, now, LOOP, f"it is from here ({found.told.same_as[0]})")
        return
    if found.told.same_as:
        set_state(row, State.NOT_OWN, now, ELSEWHERE, f"it is from {found.told.same_as[0]}")
        return
    step = STALE_THERE if found.told.is_stale else ""
    set_state(row, State.PROVEN, now, step, "its register is not sure of it itself" if step else "")
    if row.digest != found.digest:
        # When this very credential was first proven: that it was looked at again is no news.
        row.digest, row.proven_at = found.digest, now
    row.tail, row.credential = found.license.iri.tail, found.credential
    row.cells = json.dumps(found.cells, ensure_ascii=False)
    row.status, row.expires_on, row.lost = found.status.value, found.license.term.expires_on, found.lost


def pending(
    session: Session, origin_id: int, after: int, limit: int, state: State = State.LISTED
) -> Sequence[HarvestedRow]:
    """Licences still to be proven, with an id above `after`; or those that were refused, which are tried again."""
    query = select(HarvestedRow).where(
        HarvestedRow.origin_id == origin_id, HarvestedRow.state == state, HarvestedRow.id > after
    )
    return session.scalars(query.order_by(HarvestedRow.id).limit(limit)).all()


def list_rows(session: Session, origin_id: int, type_id: int) -> Iterator[list[str]]:
    """The rows of the list of one type: each licence as it was proven last, while nothing newer is known against it."""
    held = (State.PROVEN, State.LISTED)
    query = select(HarvestedRow.id, HarvestedRow.cells).where(
        HarvestedRow.origin_id == origin_id,
        HarvestedRow.type_id == type_id,
        HarvestedRow.state.in_(held),
        HarvestedRow.proven_at.is_not(None),
    )
    last = 0
    while rows := session.execute(query.where(HarvestedRow.id > last).order_by(HarvestedRow.id).limit(PIECE)).all():
        yield from (json.loads(cells) for _, cells in rows)
        last = rows[-1][0]


def refused(session: Session, origin_id: int, limit: int) -> Sequence[HarvestedRow]:
    """Some licences that are not as they should be, newest first: refused, gone, not its own, or with something lost."""
    query = select(HarvestedRow).where(
        HarvestedRow.origin_id == origin_id,
        (HarvestedRow.state.not_in((State.PROVEN, State.LISTED))) | (HarvestedRow.lost != ""),
    )
    return session.scalars(query.order_by(HarvestedRow.since.desc(), HarvestedRow.id).limit(limit)).all()


def count_of(session: Session, origin_id: int, state: State) -> int:
    """How many licences of an origin are in a state."""
    query = select(func.count()).where(HarvestedRow.origin_id == origin_id, HarvestedRow.state == state)
    return session.scalar(query) or 0
