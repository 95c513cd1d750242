"""Proving what an origin listed, a few licences at a time; what was proven is written down before others are asked for."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from registry.federation.asking import Busy, Gone, Strange
from registry.federation.attempt import Attempt
from registry.federation.harvested import note_proof, pending, set_state
from registry.federation.proving import Proven, Refused, prove
from registry.federation.states import State
from registry.tables import HarvestedRow
from verify.errors import FetchFailed
from verify.trust import TrustData
from vocab.iri import parse_license_iri

PIECE = 25
"""So many licences are asked for between two times that what was proven is written down."""
MOST_SILENT = 5
"""After so many licences in a row that are not answered, no more are asked for."""
MOST_AGAIN = 500
"""So many of those that were refused are asked for again in one attempt."""

Proof = Proven | Refused | Gone


def examine_listed(attempt: Attempt, trust: TrustData) -> int:
    """Proves what was listed, and tries again what was refused. Returns how many were not answered.

    Raises `Busy`, `FetchFailed` where the register does not answer at all; `LeaseLost`.
    """
    # Those of before: what is refused now was asked for now.
    again = _some(attempt, State.REFUSED, 0, MOST_AGAIN)
    silent = done = last = 0
    while not attempt.is_stopped() and (piece := _some(attempt, State.LISTED, last, PIECE)):
        last = piece[-1][0]
        silent += _examine(attempt, trust, piece)
        done += len(piece)
        attempt.progress(done, 0)
    for begin in range(0, len(again), PIECE):
        if not attempt.is_stopped():
            silent += _examine(attempt, trust, again[begin : begin + PIECE])
    return silent


def _some(attempt: Attempt, state: State, after: int, limit: int) -> list[tuple[int, str, bytes]]:
    with attempt.register.database.reading() as session:
        rows = pending(session, attempt.origin.id, after, limit, state)
        return [(row.id, row.iri, row.named) for row in rows]


def _examine(attempt: Attempt, trust: TrustData, piece: Sequence[tuple[int, str, bytes]]) -> int:
    attempt.hold()
    found: dict[int, Proof] = {}
    in_a_row = 0
    for row_id, iri, named in piece:
        try:
            found[row_id] = _proof(attempt, trust, iri, named)
            in_a_row = 0
        except (Busy, FetchFailed):
            # Of a licence that is not answered nothing is known, and it is asked for again.
            in_a_row += 1
            if in_a_row >= MOST_SILENT:
                _note(attempt, found)
                raise
    _note(attempt, found)
    return len(piece) - len(found)


def _proof(attempt: Attempt, trust: TrustData, text: str, named: bytes) -> Proof:
    iri = parse_license_iri(attempt.origin.base, text)
    kind = attempt.types[iri.type]
    try:
        return prove(
            text,
            named,
            attempt.asking.document(iri, "vc"),
            attempt.asking.document(iri, "jsonld"),
            trust=trust,
            at=attempt.register.now(),
            grantor=kind.grantor,
            scheme=kind.scheme,
        )
    except (Refused, Gone) as found:
        return found
    except Strange as error:
        return Refused("document", error)


def _note(attempt: Attempt, found: Mapping[int, Proof]) -> None:
    now = attempt.register.now()
    with attempt.writing() as (session, origin):
        for row in session.scalars(select(HarvestedRow).where(HarvestedRow.id.in_(list(found)))):
            before = _what_counts(row)
            proof = found[row.id]
            if isinstance(proof, Gone):
                set_state(row, State.GONE, now, "document", str(proof))
            else:
                note_proof(row, proof, attempt.register.base, now)
            # What was merely looked at again makes no new list.
            if _what_counts(row) != before:
                origin.is_dirty = True


def _what_counts(row: HarvestedRow) -> tuple[object, ...]:
    """By what of a licence the list that is published of it is another one, or its row is linked to another credential."""
    is_on_the_list = row.state in (State.PROVEN, State.LISTED) and row.proven_at is not None
    return is_on_the_list, row.digest, row.cells
