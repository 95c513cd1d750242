"""Publishing a file: keep the bytes, check every row, publish the good ones, keep the bad ones for repair.

Two transactions. The first keeps what arrived; the second publishes all of it or nothing. A crash between the two leaves a
batch in state `received`, which the next run of the same file takes up again.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.intake.diff import CHANGED, NEW, OUTCOMES, RowPlan, plan_rows
from registry.intake.finding import Finding
from registry.intake.mapping import parse_mapping, require_columns, same_names
from registry.intake.row import Source, read_file_findings
from registry.intake.table import Table, read_table
from registry.intake.writing import Writer, keep_bytes
from registry.register import Register
from registry.store import Store
from registry.tables import BatchRow
from vocab.graph import Grantor

FILE = "file"
"""The channel of these batches."""

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all)."""


class MandateMissing(LookupError):
    """The authority is not declared, or has no right to grant the type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A file as it arrived. `mapping` is TOML text, or None to use the one of the last batch."""

    authority: str
    license_type: str
    file_name: str
    body: bytes
    mapping: str | None = None
    mapping_name: str = "mapping"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a file. `batch` is None for a dry run; `seen_before` says that these very bytes were published;
    `findings` are about the file as a whole."""

    batch: int | None
    sha256: str
    rows: tuple[RowPlan, ...]
    seen_before: bool
    findings: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def changes_nothing(self) -> bool:
        return not any(row.outcome in {NEW, CHANGED} for row in self.rows)


def preview(register: Register, submission: Submission) -> Report:
    """What `publish` would do, without writing anything. Raises as `publish`."""
    with register.database.reading() as session:
        store = register.store(session)
        prepared = _prepare(register, store, session, submission)
        plans = plan_rows(store, prepared.table, prepared.source)
        return Report(
            batch=None,
            sha256=submission.sha256,
            rows=tuple(plans),
            seen_before=_seen_before(session, store, submission),
            findings=read_file_findings(prepared.source),
        )


def publish(register: Register, submission: Submission, progress: Progress = lambda done, total: None) -> Report:
    """Publishes the good rows of a file, in one step for readers.

    Raises `FileUnreadable`, `MappingInvalid`, `MandateMissing`: the file as a whole cannot be used, and nothing is written.
    """
    with register.database.reading() as session:
        _prepare(register, register.store(session), session, submission)
    _receive(register, submission)
    with register.database.writing() as session:
        store = register.store(session)
        store.lock_authority(store.authority_id(submission.authority))
        batch, seen_before = _open_batch(register, session, store, submission)
        prepared = _prepare(register, store, session, submission)
        plans = plan_rows(store, prepared.table, prepared.source)
        writer = Writer(register, session, store, prepared.grantor, batch.id)
        for done, plan in enumerate(plans, 1):
            writer.write(plan)
            progress(done, len(plans))
        writer.finish()
        report = Report(
            batch=batch.id,
            sha256=submission.sha256,
            rows=tuple(plans),
            seen_before=seen_before,
            findings=read_file_findings(prepared.source),
        )
        writer.add_findings(report.findings, None)
        batch.state = "published"
        batch.published_at = register.now()
        batch.mapping = prepared.mapping_text
        batch.counts = report.counts
        return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    source: Source
    grantor: Grantor
    table: Table
    mapping_text: str


def _prepare(register: Register, store: Store, session: Session, submission: Submission) -> _Prepared:
    mandate = next(iter(store.mandates(authority=submission.authority, license_type=submission.license_type)), None)
    if mandate is None:
        raise MandateMissing(_explain_mandate(store, submission))
    table = read_table(submission.body)
    text, name = _mapping_text(session, store, submission, table)
    mapping = parse_mapping(text, name)
    grantor = store.grantor(mandate.authority, mandate.type)
    particulars = frozenset(item.code for item in grantor.license_type.face if item.code)
    require_columns(mapping, table.headings, particulars, name)
    source = Source(
        base=register.base,
        authority=mandate.authority,
        license_type=grantor.license_type,
        scheme=mandate.scheme,
        mapping=mapping,
        headings=table.headings,
        today=store.today,
    )
    return _Prepared(source=source, grantor=grantor, table=table, mapping_text=text)


def _explain_mandate(store: Store, submission: Submission) -> str:
    if store.authority(submission.authority) is None:
        known = ", ".join(authority.code for authority in store.authorities()) or "none yet"
        return f"there is no authority {submission.authority!r} in this register (known: {known})"
    granted = ", ".join(item.type for item in store.mandates(authority=submission.authority)) or "no type"
    return f"authority {submission.authority} may not grant {submission.license_type!r}; it may grant {granted}"


def _mapping_text(session: Session, store: Store, submission: Submission, table: Table) -> tuple[str, str]:
    if submission.mapping is not None:
        return submission.mapping, submission.mapping_name
    last = session.scalar(
        select(BatchRow.mapping)
        .where(
            BatchRow.authority_id == store.authority_id(submission.authority),
            BatchRow.type_id == store.type_id(submission.license_type),
            BatchRow.state == "published",
            BatchRow.channel == FILE,
        )
        .order_by(BatchRow.id.desc())
        .limit(1)
    )
    if last is not None:
        return last, "the mapping of the last batch"
    return same_names(table.headings), "the file's own headings"


def _seen_before(session: Session, store: Store, submission: Submission) -> bool:
    return (
        session.scalar(
            select(BatchRow.id).where(
                BatchRow.authority_id == store.authority_id(submission.authority),
                BatchRow.type_id == store.type_id(submission.license_type),
                BatchRow.file_sha256 == submission.sha256,
                BatchRow.state == "published",
                BatchRow.channel == FILE,
            )
        )
        is not None
    )


def _receive(register: Register, submission: Submission) -> None:
    """Keeps the bytes and opens a batch, so that nothing that arrived is lost whatever happens next."""
    with register.database.writing() as session:
        keep_bytes(session, submission.sha256, submission.body, register.now())
        _open_batch(register, session, register.store(session), submission)


def _open_batch(register: Register, session: Session, store: Store, submission: Submission) -> tuple[BatchRow, bool]:
    """The batch of these bytes that is not published yet: a new one, or one that a crash left behind.

    Beside it, whether these bytes were published before.
    """
    authority_id, type_id = store.authority_id(submission.authority), store.type_id(submission.license_type)
    batch = session.scalar(
        select(BatchRow)
        .where(
            BatchRow.authority_id == authority_id,
            BatchRow.type_id == type_id,
            BatchRow.file_sha256 == submission.sha256,
            BatchRow.state == "received",
            BatchRow.channel == FILE,
        )
        .order_by(BatchRow.id)
        .limit(1)
    )
    if batch is None:
        batch = BatchRow(
            authority_id=authority_id,
            type_id=type_id,
            file_sha256=submission.sha256,
            file_name=submission.file_name,
            mapping=submission.mapping or "",
            state="received",
            received_at=register.now(),
            published_at=None,
            counts={},
            channel=FILE,
        )
        session.add(batch)
        session.flush()
    return batch, _seen_before(session, store, submission)
