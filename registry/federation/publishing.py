"""Publishing what was proven of an origin: a list for each type, by the same way as an agency's file, with all that guards it."""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.exchange.harvest import HarvestFailed, publish_list
from registry.exchange.sources import Outcome
from registry.federation.attempt import Attempt, Failed, Taken
from registry.federation.harvested import list_rows
from registry.federation.table import mapping_text, table_body
from registry.intake.batch import FILE, BatchState, Holds, Submission
from registry.intake.staging import empty_and_discard
from registry.tables import BatchRow, OriginRow

PUT_ASIDE = frozenset({BatchState.UNDONE, BatchState.DISCARDED})


def publish_proven(attempt: Attempt) -> Outcome:
    """Publishes the list of each type, where it is another one than the last. Raises `Failed`, `LeaseLost`."""
    with attempt.register.database.reading() as session:
        is_dirty = session.get_one(OriginRow, attempt.origin.id).is_dirty
    if not (is_dirty or attempt.is_asked_for):
        return Outcome("unchanged", {})
    outcomes = [found for code, kind in attempt.types.items() if (found := _publish(attempt, code, kind)) is not None]
    if all(outcome.code == "published" for outcome in outcomes):
        with attempt.writing() as (_session, row):
            row.is_dirty = False
    return _together(outcomes)


def _publish(attempt: Attempt, code: str, kind: Taken) -> Outcome | None:
    """None where there is nothing new to publish."""
    origin = attempt.origin
    with attempt.register.database.reading() as session:
        rows = list(list_rows(session, origin.id, kind.id))
        body = table_body(kind.grantor.license_type, rows)
        newest = _newest_batch(session, attempt, kind)
    if not rows and newest is None:
        return None
    if newest is not None and newest.file_sha256 == hashlib.sha256(body).hexdigest():
        settled = _settled(newest, attempt.is_asked_for)
        if settled is not None:
            return settled if settled.code != "published" else None
    submission = Submission(
        authority=origin.authority,
        license_type=code,
        file_name=f"{origin.name}-{code}.csv",
        body=body,
        mapping=mapping_text(kind.grantor.license_type),
        mapping_name=origin.name,
        holds=Holds.ALL,
        source=origin.name,
    )
    try:
        pulled = publish_list(attempt.register, attempt.lease, submission, {}, attempt.progress)
    except HarvestFailed as error:
        raise Failed("unusable", words=error.outcome.details.get("words", error.outcome.code)) from error
    _discard_former(attempt, kind, pulled.batch or 0)
    return pulled.outcome


def _settled(batch: BatchRow, is_asked_for: bool) -> Outcome | None:
    """What became of a list with these very bytes; None where it is to be sent again."""
    number = str(batch.id)
    match batch.state:
        case BatchState.PUBLISHED:
            return Outcome("published", {"batch": number})
        case BatchState.STAGED:
            return Outcome("waits", {"batch": number, "suspicions": ", ".join(sorted(json.loads(batch.suspicions)))})
        case state if state in PUT_ASIDE and not is_asked_for:
            return Outcome("put-aside", {"batch": number})
        case _:
            return None


def _newest_batch(session: Session, attempt: Attempt, kind: Taken) -> BatchRow | None:
    """The newest batch of the origin's list of a type that was looked at to its end."""
    return session.scalar(
        select(BatchRow)
        .where(*_of_list(session, attempt, kind), BatchRow.state.not_in((BatchState.RECEIVED, BatchState.STAGING)))
        .order_by(BatchRow.id.desc())
        .limit(1)
    )


def _discard_former(attempt: Attempt, kind: Taken, batch: int) -> None:
    """A former list that still waits for a person is out of date."""
    with attempt.register.database.writing() as session:
        attempt.register.store(session).lock_authority(session.get_one(OriginRow, attempt.origin.id).authority_id)
        waiting = select(BatchRow).where(
            *_of_list(session, attempt, kind), BatchRow.state == BatchState.STAGED, BatchRow.id < batch
        )
        for former in session.scalars(waiting.with_for_update()):
            empty_and_discard(session, former)


def _of_list(session: Session, attempt: Attempt, kind: Taken) -> tuple[ColumnElement[bool], ...]:
    authority_id = session.get_one(OriginRow, attempt.origin.id).authority_id
    return (
        BatchRow.authority_id == authority_id,
        BatchRow.type_id == kind.id,
        BatchRow.source == attempt.origin.name,
        BatchRow.channel == FILE,
    )


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """What became of the lists of all types: what needs a person first."""
    for code in ("waits", "put-aside", "published"):
        found = [outcome.details for outcome in outcomes if outcome.code == code]
        if found:
            details = {"batches": ", ".join(each["batch"] for each in found)}
            if code == "waits":
                details["suspicions"] = ", ".join(each["suspicions"] for each in found)
            return Outcome(code, details)
    return Outcome("unchanged", {})
