"""Publishing a staged batch, in one step for readers: all of it, or nothing.

A crash leaves the batch staged, as it was; publishing it again does what is left, which is all of it.
"""

import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session

from registry.bulk import analyze
from registry.exchange.webhooks import Event, announce
from registry.federation.linking import link_published
from registry.intake.batch import (
    BatchOutdated,
    BatchRefused,
    BatchState,
    BatchSuspicious,
    Progress,
    Report,
    Submission,
)
from registry.intake.body import body_of
from registry.intake.diff import CHANGED, NEW, REJECTED, UNCHANGED
from registry.intake.judging import missing_ids
from registry.intake.keeping import kept_bytes
from registry.intake.report import find_batch, locked_batch, read_report
from registry.intake.staging import generation, nothing, stage
from registry.intake.suspicion import is_within
from registry.intake.wording import STATE
from registry.intake.workers import Workers, several_workers
from registry.intake.writing import Received, Writer
from registry.mappings import save_mapping
from registry.record import RecordStatus
from registry.register import Register
from registry.store import Store
from registry.tables import (
    ActRow,
    AuthorityRow,
    BatchRow,
    CredentialRow,
    LicenseRow,
    LicenseTypeRow,
    ReceivedRow,
    VersionRow,
)
from registry.told import Message
from registry.translation import marked as _
from vocab.history import IllegalAct

PIECE = 500
"""How many licences are signed and written at once."""
ATTEMPTS = 5
"""How often a file is compared anew because somebody else published meanwhile."""
RECEIVED = (ReceivedRow.id, ReceivedRow.document, ReceivedRow.claim, ReceivedRow.digest, ReceivedRow.access)


def publish(
    register: Register,
    submission: Submission,
    accept: Collection[str] = (),
    progress: Progress = nothing,
    workers: Workers | None = None,
) -> Report:
    """Stages a file and publishes it. Where what is public changed in between, it is compared with that once more; what is
    accepted holds for what was suspicious the first time, and no more of it.

    Raises as `stage` and `publish_batch`; a batch that is suspicious stays staged, for somebody to look at.
    """
    if workers is None:
        with several_workers() as own:
            return publish(register, submission, accept, progress, own)
    first: Mapping[str, Mapping[str, str]] | None = None
    for attempt in range(1, ATTEMPTS + 1):
        report = stage(register, submission, progress, workers)
        first = report.suspicions if first is None else first
        try:
            meant = [code for code in accept if is_within(report.suspicions.get(code), first.get(code))]
            return publish_batch(register, report.batch, meant, progress, workers)
        except BatchOutdated:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


def restage(register: Register, batch_id: int, progress: Progress = nothing) -> Report:
    """Compares a batch that was not published with what is public now. Returns the report of the batch that takes its place.

    Raises `NoSuchBatch`, `BatchRefused`, and as `stage`.
    """
    with register.database.reading() as session:
        batch = find_batch(session, batch_id)
        if batch.state in {BatchState.PUBLISHED, BatchState.UNDONE}:
            raise BatchRefused(
                _("batch %(batch)s (%(state)s) is not compared anew: send the file again"),
                batch=batch_id,
                state=Message(STATE[batch.state]),
            )
        report = read_report(register, session, batch)
        submission = Submission(
            authority=report.authority,
            license_type=report.license_type,
            file_name=report.file_name,
            body=body_of(io.BytesIO(kept_bytes(session, report.sha256))),
            mapping=batch.mapping or None,
            mapping_name=Message(_("the mapping of batch %(batch)s"), batch=batch_id),
            holds=report.holds,
            source=report.source,
        )
    return stage(register, submission, progress)


def publish_batch(
    register: Register,
    batch_id: int,
    accept: Collection[str] = (),
    progress: Progress = nothing,
    workers: Workers | None = None,
) -> Report:
    """Makes a staged batch public. `accept`: what is suspicious in it and is meant so, by code. One that is public stays so.

    Raises `NoSuchBatch`, `BatchSuspicious`, `BatchOutdated`, `BatchRefused`; nothing is public then that was not before.
    """
    if workers is None:
        with several_workers() as own:
            return publish_batch(register, batch_id, accept, progress, own)
    with register.database.writing() as session:
        store = register.store(session)
        # The lock first: what is read under it cannot change until all of this is public.
        store.lock_authority(find_batch(session, batch_id).authority_id)
        batch = locked_batch(session, batch_id)
        if batch.state != BatchState.PUBLISHED:
            _require_publishable(session, batch, accept)
            try:
                _Publication(register, session, store, batch).run(workers, progress)
            except IllegalAct as error:
                # Some acts take effect on the day of publishing, which may be another than that of staging.
                raise BatchOutdated(_outdated(batch_id)) from error
            batch.state = BatchState.PUBLISHED
            batch.published_at = register.now()
            batch.accepted = " ".join(sorted(accept))
            # From now on it says where the batch stands in the order of publishing.
            batch.basis = str(generation(session, batch.authority_id, batch.type_id))
            session.flush()
            announce(session, register, batch, Event.PUBLISHED)
        return read_report(register, session, batch)


def discard_batch(register: Register, batch_id: int) -> Report:
    """Puts a batch aside that was not published; it is kept and never public. Raises `NoSuchBatch`, `BatchRefused`."""
    with register.database.writing() as session:
        register.store(session).lock_authority(find_batch(session, batch_id).authority_id)
        batch = locked_batch(session, batch_id)
        if batch.state in {BatchState.PUBLISHED, BatchState.UNDONE}:
            raise BatchRefused(
                _(
                    "batch %(batch)s (%(state)s) cannot be put aside; "
                    "`license-registry batches undo` takes back what is published"
                ),
                batch=batch_id,
                state=Message(STATE[batch.state]),
            )
        batch.state = BatchState.DISCARDED
        session.flush()
        return read_report(register, session, batch)


def _require_publishable(session: Session, batch: BatchRow, accept: Collection[str]) -> None:
    if batch.state != BatchState.STAGED:
        raise BatchRefused(
            _(
                "batch %(batch)s (%(state)s) cannot be published, only one that is checked and waits: send the file again"
            ),
            batch=batch.id,
            state=Message(STATE[batch.state]),
        )
    if batch.basis != str(generation(session, batch.authority_id, batch.type_id)):
        raise BatchOutdated(_outdated(batch.id))
    report = {code: details for code, details in json.loads(batch.suspicions).items() if code not in accept}
    if report:
        words = " ".join(f"--accept-{code}" for code in report)
        raise BatchSuspicious(
            Message(
                _(
                    "batch %(batch)s is suspicious (%(codes)s) and was not published: look at it "
                    "(`license-registry batches show %(batch)s`); if it is right, publish it with %(words)s"
                ),
                batch=batch.id,
                codes=", ".join(report),
                words=words,
            ),
            batch.id,
            report,
        )


def _outdated(batch_id: int) -> Message:
    return Message(
        _(
            "what is public has changed since batch %(batch)s was compared with it: compare it again "
            "(`license-registry publish --batch %(batch)s --again`), look, and publish it then"
        ),
        batch=batch_id,
    )


class _Publication:
    """One batch while it is published, in the transaction of `session`."""

    def __init__(self, register: Register, session: Session, store: Store, batch: BatchRow) -> None:
        self._register = register
        self._session = session
        self._store = store
        self._batch = batch
        authority = session.get_one(AuthorityRow, batch.authority_id).code
        license_type = session.get_one(LicenseTypeRow, batch.type_id).code
        (mandate,) = store.mandates(authority=authority, license_type=license_type)
        self._writer = Writer(
            register,
            session,
            store,
            store.grantor(mandate.authority, mandate.type),
            batch_id=batch.id,
            source=batch.source,
        )

    def run(self, workers: Workers, progress: Progress) -> None:
        missing = missing_ids(self._store, self._session, self._batch)
        self._count_missing(len(missing))
        total, done = self._batch.counts[NEW] + self._batch.counts[CHANGED], 0
        is_new = (ReceivedRow.outcome == NEW) & ReceivedRow.license_id.is_(None)
        is_known = ReceivedRow.outcome.in_((NEW, CHANGED)) & ~is_new
        steps = [
            self._writer.grant(self._pieces(is_new), workers),
            self._writer.change(self._pieces(is_known), workers),
            *(self._writer.change(self._later_pieces(ids), workers) for ids in self._later_waves()),
        ]
        for step in steps:
            for count in step:
                done += count
                progress(done, total)
        self._confirm()
        self._mark_missing(missing)
        self._save_mapping()
        self._writer.follow(link_published(self._session, self._batch, self._register.now()))
        self._writer.finish()
        analyze(self._session, total, LicenseRow, VersionRow, ActRow, CredentialRow)

    def _rows(self) -> ColumnElement[bool]:
        return ReceivedRow.batch_id == self._batch.id

    def _pieces(self, which: ColumnElement[bool]) -> Iterator[list[Received]]:
        """The rows of the first wave to publish, in the order of the file."""
        last = 0
        while True:
            rows = self._session.execute(
                select(ReceivedRow.line, *RECEIVED)
                .where(self._rows(), which, ReceivedRow.wave == 0, ReceivedRow.line > last)
                .order_by(ReceivedRow.line)
                .limit(PIECE)
            ).all()
            if not rows:
                return
            last = rows[-1].line
            yield [_received(row) for row in rows]

    def _later_waves(self) -> list[list[int]]:
        """The ids of the rows to publish in each wave but the first. They are few, and looked for once."""
        waves: dict[int, list[int]] = {}
        query = select(ReceivedRow.wave, ReceivedRow.id).where(
            self._rows(), ReceivedRow.wave > 0, ReceivedRow.outcome == CHANGED
        )
        for wave, row_id in self._session.execute(query.order_by(ReceivedRow.wave, ReceivedRow.line)):
            waves.setdefault(wave, []).append(row_id)
        return list(waves.values())

    def _later_pieces(self, ids: Sequence[int]) -> Iterator[list[Received]]:
        for begin in range(0, len(ids), PIECE):
            query = select(*RECEIVED).where(ReceivedRow.id.in_(ids[begin : begin + PIECE])).order_by(ReceivedRow.line)
            yield [_received(row) for row in self._session.execute(query)]

    def _confirm(self) -> None:
        """Notes of the licences in the file that stay as they are that their authority sent them again, and in which row."""
        self._again_on_the_list()
        unchanged = self._rows() & (ReceivedRow.outcome == UNCHANGED)
        # Without the outcome: the index on the tail must be the one that is used. Not max(): PostgreSQL has none for bytes.
        digest = (
            select(ReceivedRow.digest)
            .where(self._rows(), ReceivedRow.tail == LicenseRow.tail, ReceivedRow.digest.is_not(None))
            .order_by(ReceivedRow.digest.desc())
            .limit(1)
        )
        self._session.execute(
            update(LicenseRow)
            .where(LicenseRow.id.in_(select(ReceivedRow.license_id).where(unchanged)))
            .values(confirmed_at=self._register.now(), source=self._batch.source, row_digest=digest.scalar_subquery())
            .execution_options(synchronize_session=False)
        )

    def _again_on_the_list(self) -> None:
        """What was missing from the last list and is in this one is not stale any more.

        A row that is rejected only tells that its licence is on the list that it was on.
        """
        is_on_it = (ReceivedRow.outcome != REJECTED) | (LicenseRow.source == self._batch.source)
        found = (
            select(LicenseRow.id)
            .join(ReceivedRow, (ReceivedRow.tail == LicenseRow.tail) & self._rows())
            .where(LicenseRow.record_status == RecordStatus.STALE, is_on_it)
        )
        ids = list(dict.fromkeys(self._session.scalars(found)))
        self._set_status(ids, RecordStatus.PUBLISHED)
        self._writer.note((license_id, "confirmed") for license_id in ids)

    def _mark_missing(self, ids: list[int]) -> None:
        """A licence that is missing from the whole list is not deleted: its record is stale, until somebody says what is so."""
        self._set_status(ids, RecordStatus.STALE)
        self._writer.note((license_id, "stale") for license_id in ids)

    def _set_status(self, ids: list[int], status: RecordStatus) -> None:
        for begin in range(0, len(ids), PIECE):
            self._session.execute(
                update(LicenseRow)
                .where(LicenseRow.id.in_(ids[begin : begin + PIECE]))
                .values(record_status=status)
                .execution_options(synchronize_session=False)
            )
        self._writer.follow(ids)

    def _count_missing(self, missing: int) -> None:
        self._batch.counts = {**self._batch.counts, "missing": missing}

    def _save_mapping(self) -> None:
        batch = self._batch
        save_mapping(
            self._session, batch.authority_id, batch.type_id, batch.source, batch.mapping, self._register.now()
        )


def _received(row: Row[*tuple[Any, ...]]) -> Received:
    return Received(row.id, row.document, row.claim or "", row.digest, row.access or "")
