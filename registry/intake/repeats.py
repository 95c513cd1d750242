"""The same number several times in one file: a repetition, the periods of one licence, or a contradiction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from registry.intake.diff import (
    CHANGED,
    IMPOSSIBLE,
    NEW,
    REJECTED,
    REPEATED,
    UNCHANGED,
    foreseen,
    impossible,
    is_same,
)
from registry.intake.finding import Finding
from registry.intake.preparing import Prepared
from registry.intake.rows.status import Claim
from registry.store import Store
from registry.tables import BatchRow, FindingRow, ReceivedRow
from vocab.iri import LicenseIri, parse_license_tail
from vocab.license import License, Term


@dataclass(slots=True)
class JudgedBatch:
    """A staged batch that is being judged, in the transaction of `session`."""

    store: Store
    session: Session
    batch: BatchRow
    prepared: Prepared

    def add(self, row_id: int | None, *findings: Finding) -> None:
        for finding in findings:
            self.session.add(
                FindingRow(
                    batch_id=self.batch.id,
                    received_row_id=row_id,
                    column=finding.column,
                    code=finding.code,
                    gravity=finding.gravity.value,
                    received=finding.received,
                    details=dict(finding.details),
                    proposed=finding.proposed,
                )
            )

    @property
    def of_batch(self) -> ColumnElement[bool]:
        return ReceivedRow.batch_id == self.batch.id

    def load(self, document: str) -> License:
        return self.store.codec.load(document, License)

    def iri(self, tail: str) -> LicenseIri:
        return parse_license_tail(self.store.base, tail)

    def claim(self, row: ReceivedRow) -> Claim | None:
        return self.store.codec.load(row.claim, Claim) if row.claim else None


class Repeats(JudgedBatch):
    """What is to be done with rows of one number."""

    def mark(self) -> None:
        """The same number twice: harmless with the same content; renewals where the agency says so; else nobody can tell which is
        right, and none of them is published."""
        tails = self.session.scalars(
            select(ReceivedRow.tail)
            .where(self.of_batch, ReceivedRow.tail.is_not(None), ReceivedRow.outcome != REJECTED)
            .group_by(ReceivedRow.tail)
            .having(func.count() > 1)
            .order_by(ReceivedRow.tail)
        ).all()
        for tail in tails:
            query = (
                select(ReceivedRow)
                .where(self.of_batch, ReceivedRow.tail == tail, ReceivedRow.outcome != REJECTED)
                .order_by(ReceivedRow.line)
            )
            rows = self.session.scalars(query).all()
            self._judge_group(rows)
            self.session.flush()
            # A file may be one long list of repeats.
            for row in rows:
                self.session.expunge(row)

    def _judge_group(self, rows: Sequence[ReceivedRow]) -> None:
        if self.prepared.has_renewals:
            rows = self._without_past(rows)
        contents = [self._content(row) for row in rows]
        if all(is_same(content, contents[0]) for content in contents):
            for row in rows[1:]:
                self._set_aside(row, rows[0], REPEATED, "number-repeated")
        elif self.prepared.has_renewals:
            self._order_renewals(rows, contents)
        else:
            for row in rows:
                self._set_aside(row, next(other for other in rows if other is not row), REJECTED, "number-twice")

    def _without_past(self, rows: Sequence[ReceivedRow]) -> Sequence[ReceivedRow]:
        """The rows that say something new: an earlier period than that which is public does not, be it known or not."""
        news = [row for row in rows if row.outcome != UNCHANGED]
        public = next((row.license_id for row in rows if row.license_id is not None and row.outcome != NEW), None)
        if public is None:
            return news
        (record,) = self.store.records([public])
        ends = {row.id: _end(self._content(row).term) for row in rows}
        # Where all end before it, the last of them puts an end right.
        newest = min(_end(record.newest.term), max(ends.values()))
        for row in news:
            if ends[row.id] < newest:
                row.outcome, row.document, row.claim = UNCHANGED, None, None
        return [row for row in news if row.outcome != UNCHANGED]

    def _content(self, row: ReceivedRow) -> License:
        """What the row says; that of an unchanged row is what is public."""
        if row.document is not None:
            return self.load(row.document)
        (record,) = self.store.records([row.license_id or 0])
        return record.newest

    def _set_aside(self, row: ReceivedRow, other: ReceivedRow, outcome: str, code: str) -> None:
        number = self.iri(row.tail or "").number
        self.add(row.id, Finding(code=code, received=number, details={"other": str(other.line)}))
        row.outcome, row.document, row.digest = outcome, None, None

    def _order_renewals(self, rows: Sequence[ReceivedRow], contents: Sequence[License]) -> None:
        """Rows of one number as the periods of one licence, the oldest first; two that end on the same day contradict."""
        by_end: dict[date, list[tuple[ReceivedRow, License]]] = {}
        for row, license in zip(rows, contents, strict=True):
            by_end.setdefault(_end(license.term), []).append((row, license))
        wave = 0
        record = self.store.find(contents[0].iri)
        newest = max(by_end)
        for end, group in sorted(by_end.items(), key=lambda item: item[0]):
            (first, license), *others = group
            if any(not is_same(license, other) for _, other in others):
                for row, _ in group:
                    self._set_aside(
                        row, next(other for other, _ in group if other is not row), REJECTED, "number-twice"
                    )
                continue
            for row, _ in others:
                self._set_aside(row, first, REPEATED, "number-repeated")
            if end != newest:
                # What a row of an earlier period says of the licence's standing is said of that period.
                first.claim = None
            try:
                record = foreseen(license, self.claim(first), record, self.store.today)
            except IMPOSSIBLE as error:
                first.outcome, first.document = REJECTED, None
                self.add(first.id, impossible(license, self.claim(first), error))
            else:
                first.wave = wave
                first.outcome = CHANGED if wave else first.outcome
                wave += 1
            # What comes next makes what this row says a matter of the past.
            first.digest = None


def _end(term: Term) -> date:
    """What periods of one licence are ordered by: one without an end is the newest."""
    return term.expires_on or date.max
