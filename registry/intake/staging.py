"""Staging a file: every row is checked and compared with what is public; all of it is kept, and nothing of it is public.

A file is taken in chunks, a transaction for each. A crash leaves a batch in state `staging`, which nobody sees as finished; the
same file sent again takes its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry.access.link import Origin, StoredLink
from registry.access.links import stored_links
from registry.bulk import analyze, insert_rows, next_ids
from registry.codec import Codec
from registry.exchange.webhooks import Event, announce
from registry.intake.batch import (
    FILE,
    BatchRefused,
    BatchState,
    Progress,
    Report,
    Submission,
    plain_file_name,
)
from registry.intake.checking import Cells, Checked, check_rows
from registry.intake.diff import CHANGED, NEW, REJECTED, UNCHANGED, compare
from registry.intake.finding import Finding
from registry.intake.judging import Judgement, judge
from registry.intake.keeping import FINDING_COLUMNS, finding_rows, keep_bytes, storable
from registry.intake.preparing import ChosenMapping, Prepared, choose_mapping, prepare
from registry.intake.reading import reading
from registry.intake.report import locked_batch, report_of
from registry.intake.rows.links import load_links
from registry.intake.rows.status import Claim
from registry.intake.table import FileUnreadable, OpenTable, SourceRow
from registry.intake.wording import STATE
from registry.intake.workers import Workers, several_workers
from registry.record import LicenseRecord
from registry.register import Register
from registry.tables import BatchRow, FindingRow, LicenseRow, MandateRow, ReceivedRow
from registry.told import Message
from registry.translation import marked as _
from vocab.license import License

PIECE = 500
"""How many rows are checked, compared and written at once."""

ROW_COLUMNS = (
    *("id", "batch_id", "line", "sheet", "sheet_line", "cells", "outcome", "license_id", "tail", "key", "place"),
    *("digest", "document", "claim", "access", "wave"),
)


NO_CELLS: dict[str, list[str]] = {"cells": []}


def nothing(done: int, total: int) -> None:
    """The progress that nobody looks at."""


def stage(
    register: Register, submission: Submission, progress: Progress = nothing, workers: Workers | None = None
) -> Report:
    """Keeps and checks a file, and compares it with what is public. Nothing becomes public.

    Raises `FileUnreadable`, `MappingInvalid`, `MandateMissing`: the file as a whole cannot be used, and no batch is left of it
    (where its fault shows only after many rows, a batch that is discarded, with its bytes).
    """
    with register.database.reading() as session:
        chosen = choose_mapping(register.store(session), session, submission)
    sha256 = submission.sha256
    with reading(submission.body, submission.file_name, chosen.layout) as table:
        staging = _begin(register, submission, sha256, chosen, table)
        try:
            if workers is None:
                with several_workers() as own:
                    staging.take(table, own, progress)
            else:
                staging.take(table, workers, progress)
        except FileUnreadable:
            _discard(register, staging.batch_id)
            raise
        staging.finish(table)
    return report_of(register, staging.batch_id)


def _begin(
    register: Register, submission: Submission, sha256: str, chosen: ChosenMapping, table: OpenTable
) -> "_Staging":
    """Keeps the bytes and opens a batch, so that nothing that arrived is lost whatever happens next."""
    with register.database.writing() as session:
        store = register.store(session)
        prepared = prepare(register, store, submission, chosen, table)
        keep_bytes(session, sha256, submission.body, register.now())
        _supersede(session, prepared, submission.source, sha256)
        batch = BatchRow(
            authority_id=prepared.authority_id,
            type_id=prepared.type_id,
            file_sha256=sha256,
            file_name=plain_file_name(submission.file_name),
            mapping=prepared.mapping_text,
            state=BatchState.STAGING,
            received_at=register.now(),
            published_at=None,
            counts={},
            channel=FILE,
            source=submission.source,
            holds=prepared.holds,
            form=register.codec.dump(table.form),
            basis=str(generation(session, prepared.authority_id, prepared.type_id)),
            undone_at=None,
        )
        session.add(batch)
        session.flush()
        return _Staging(register, prepared, batch.id)


def _supersede(session: Session, prepared: Prepared, source: str, sha256: str) -> None:
    """Puts aside what an earlier attempt with the same bytes left: by a crash, or staged and not published."""
    unfinished = (BatchState.RECEIVED, BatchState.STAGING, BatchState.STAGED)
    found = (
        select(BatchRow)
        .where(
            BatchRow.authority_id == prepared.authority_id,
            BatchRow.type_id == prepared.type_id,
            BatchRow.source == source,
            BatchRow.file_sha256 == sha256,
            BatchRow.state.in_(unfinished),
            BatchRow.channel == FILE,
        )
        .order_by(BatchRow.id)
        # Somebody may be about to finish or to publish one of them.
        .with_for_update()
    )
    for batch in session.scalars(found):
        empty_and_discard(session, batch)


def empty_and_discard(session: Session, batch: BatchRow) -> None:
    """Makes a batch that is not public one that nobody will publish. Of one that was never finished, the rows are dropped."""
    if batch.state == BatchState.STAGING:
        session.execute(delete(FindingRow).where(FindingRow.batch_id == batch.id))
        session.execute(delete(ReceivedRow).where(ReceivedRow.batch_id == batch.id))
    batch.state = BatchState.DISCARDED
    session.flush()


def _discard(register: Register, batch_id: int) -> None:
    with register.database.writing() as session:
        empty_and_discard(session, locked_batch(session, batch_id))


def generation(session: Session, authority_id: int, type_id: int) -> int:
    """How often what is public of an authority and type has changed."""
    query = select(MandateRow.generation).where(MandateRow.authority_id == authority_id, MandateRow.type_id == type_id)
    return session.scalars(query).one()


@dataclass(slots=True)
class _Piece:
    """Some rows: those that are just as they were when they were last published, by line, and those that must be checked."""

    rows: list[SourceRow]
    digests: list[bytes]
    known: dict[int, tuple[int, str, str]]
    unknown: list[Cells]


@dataclass(slots=True)
class _Staging:
    """One batch while it is staged."""

    register: Register
    prepared: Prepared
    batch_id: int
    judgement: Judgement = field(default_factory=Judgement)

    def take(self, table: OpenTable, workers: Workers, progress: Progress) -> None:
        """Checks and compares all rows, and writes them down."""
        done = 0
        pieces = (self._piece(rows) for rows in _in_pieces(table.chunks))
        work = ((piece, piece.unknown) for piece in pieces)
        for piece, checked in workers.map(check_rows, self.prepared.source, work):
            with self._writing() as session:
                self._write(session, piece, checked)
            done += len(piece.rows)
            progress(done, 0)
        with self._writing() as session:
            analyze(session, done, ReceivedRow)

    def finish(self, table: OpenTable) -> None:
        """Judges the rows by each other and lets the batch be looked at."""
        with self._writing() as session:
            store = self.register.store(session)
            batch = session.get_one(BatchRow, self.batch_id)
            judge(store, session, batch, self.prepared, self.judgement, table.findings)
            batch.form = self.register.codec.dump(table.form)
            batch.state = BatchState.STAGED
            session.flush()
            announce(session, self.register, batch, Event.STAGED)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with self.register.database.writing() as session:
            state = locked_batch(session, self.batch_id).state
            if state != BatchState.STAGING:
                raise BatchRefused(
                    _(
                        "batch %(batch)s (%(state)s) is not being checked any more: the same file was sent again meanwhile; "
                        "look at the newest batch (`license-registry batches`)"
                    ),
                    batch=self.batch_id,
                    state=Message(STATE[state]),
                )
            yield session

    def _piece(self, rows: list[SourceRow]) -> _Piece:
        """Tells the rows that say just what is public from the others, without reading them."""
        stem = blake2b(self.prepared.fingerprint, digest_size=16)
        digests = []
        for row in rows:
            hashed = stem.copy()
            # Lengths first: no cell can say what stands in two.
            hashed.update(f"{[*map(len, row.cells)]}{''.join(row.cells)}".encode("utf-8", "surrogatepass"))
            digests.append(hashed.digest())
        with self.register.database.reading() as session:
            # By the digest alone, for which the mandate counts too: SQLite would look through all licences of an authority.
            found = session.execute(
                select(LicenseRow.row_digest, LicenseRow.id, LicenseRow.tail, LicenseRow.key).where(
                    LicenseRow.row_digest.in_(digests)
                )
            )
            by_digest = {digest: (license_id, tail, key) for digest, license_id, tail, key in found}
        known, unknown = {}, []
        for row, digest in zip(rows, digests, strict=True):
            if (license := by_digest.get(digest)) is not None:
                known[row.line] = license
            else:
                unknown.append((row.line, row.cells, row.sheet, row.sheet_line))
        return _Piece(rows, digests, known, unknown)

    def _write(self, session: Session, piece: _Piece, checked: Sequence[Checked]) -> None:
        """Compares the rows with what is public, and writes them down with what was found in them."""
        codec = self.register.codec
        existing = self._existing(session, checked)
        linked = stored_links(
            session, [record.id for record in existing.values()] if any(one.links for one in checked) else []
        )
        ids = next_ids(session, ReceivedRow, len(piece.rows))
        left = iter(checked)
        rows: list[tuple[object, ...]] = []
        findings: list[tuple[object, ...]] = []
        for row_id, row, digest in zip(ids, piece.rows, piece.digests, strict=True):
            where = (row_id, self.batch_id, row.line, storable(row.sheet), row.sheet_line)
            if (known := piece.known.get(row.line)) is not None:
                rows.append((*where, NO_CELLS, UNCHANGED, *known, None, digest, None, None, None, 0))
                self.judgement.compared += 1
                continue
            one = next(left)
            public = existing.get(one.tail or "")
            claim = codec.load(one.claim, Claim) if one.claim else None
            outcome, license_id, document, found = self._compared(codec, one, claim, public)
            links = self._new_links(codec, one, outcome, public, linked)
            if links and outcome == UNCHANGED and public is not None:
                outcome, document = CHANGED, codec.dump(public.newest)
            if one.renews and document is not None:
                self.judgement.renewing.append(row_id)
            # A row in which something was found is read again the next time, and so it is said again.
            is_known_again = (
                not found and outcome != REJECTED and _is_settled(claim, public, self.prepared.source.today)
            )
            rows.append(
                (
                    *where,
                    {"cells": list(row.cells)},
                    outcome,
                    license_id,
                    one.tail,
                    one.key,
                    one.place,
                    digest if is_known_again else None,
                    document,
                    one.claim or None,
                    links or None,
                    0,
                )
            )
            findings += finding_rows(self.batch_id, row_id, found)
        insert_rows(session, ReceivedRow, ROW_COLUMNS, rows)
        insert_rows(session, FindingRow, FINDING_COLUMNS, findings)

    def _new_links(
        self,
        codec: Codec,
        one: Checked,
        outcome: str,
        public: LicenseRecord | None,
        linked: Mapping[int, Sequence[StoredLink]],
    ) -> str:
        """What a row says of its licence's document, where that is something else than is public; else empty."""
        if not one.links or outcome == REJECTED:
            return ""
        stored = linked.get(public.id, ()) if public is not None else ()
        former = [each.document for each in stored if each.origin == Origin.LIST]
        if [codec.dump(each) for each in load_links(codec, one.links)] == former:
            return ""
        if self.prepared.has_renewals and public is not None and outcome == UNCHANGED:
            # Of an earlier period no document takes the place of that of the present one.
            license = codec.load(one.document, License)
            if license.term != public.newest.term:
                return ""
        return one.links

    def _existing(self, session: Session, checked: Sequence[Checked]) -> dict[str, LicenseRecord]:
        tails = [one.tail for one in checked if one.document]
        ids = session.scalars(select(LicenseRow.id).where(LicenseRow.tail.in_(tails))).all() if tails else []
        records = self.register.store(session).records(ids)
        return {record.newest.iri.tail: record for record in records}

    def _compared(
        self, codec: Codec, one: Checked, claim: Claim | None, existing: LicenseRecord | None
    ) -> tuple[str, int | None, str | None, tuple[Finding, ...]]:
        """What is to be done with a row: outcome, the licence's id where it is public, the document to publish, findings."""
        if not one.document:
            return REJECTED, None, None, one.findings
        if existing is None:
            return NEW, None, one.document, one.findings
        license = codec.load(one.document, License)
        found = compare(license, claim, existing, self.prepared.source.today, has_renewals=self.prepared.has_renewals)
        self.judgement.count(existing, found, claim, self.prepared.source.today)
        document = codec.dump(found.license) if found.license is not None and found.outcome != UNCHANGED else None
        return found.outcome, existing.id, document, (*one.findings, *found.findings)


def _is_settled(claim: Claim | None, existing: LicenseRecord | None, today: date) -> bool:
    """Whether comparing the row gives the same on any later day.

    What a status column says is compared with where the licence stands on that day, and so nothing recorded or claimed may take
    effect later; of what else a row says, no day changes the comparison.
    """
    if claim is None:
        return True
    if existing is not None and existing.history.next_change(today) is not None:
        return False
    return (claim.on or today) <= today and (claim.until is None or claim.until < today)


def _in_pieces(chunks: Iterator[list[SourceRow]]) -> Iterator[list[SourceRow]]:
    for chunk in chunks:
        for begin in range(0, len(chunk), PIECE):
            yield chunk[begin : begin + PIECE]
