"""The same number several times in one file: a repetition, the periods of one licence, or a contradiction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.orm import Session

from registry.bulk import insert_rows
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
from registry.intake.keeping import FINDING_COLUMNS, finding_rows
from registry.intake.preparing import Prepared
from registry.intake.rows.status import Claim
from registry.intake.table import place_in_file
from registry.store import Store
from registry.tables import BatchRow, FindingRow, ReceivedRow
from vocab.iri import LicenseIri, parse_license_tail
from vocab.license import License, Term

MAX_PERIODS = 200
"""How many rows of one number can be the periods of one licence."""
MAX_GROUP = 1_000
"""How many rows of one number are looked at one by one."""


PLACE = (ReceivedRow.line, ReceivedRow.sheet, ReceivedRow.sheet_line)
"""Where a row stands: what `place_in_file` is asked with."""


@dataclass(slots=True)
class JudgedBatch:
    """A staged batch that is being judged, in the transaction of `session`."""

    store: Store
    session: Session
    batch: BatchRow
    prepared: Prepared

    def add(self, row_id: int | None, *findings: Finding) -> None:
        rows = finding_rows(self.batch.id, row_id, findings)
        self.session.add_all(FindingRow(**dict(zip(FINDING_COLUMNS, row, strict=True))) for row in rows)

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
        right, and none of them is published. A row that is blocked for something else may be the right one."""
        groups = self.session.execute(
            select(ReceivedRow.tail, func.count())
            .where(self.of_batch, ReceivedRow.tail.is_not(None), self._counts)
            .group_by(ReceivedRow.tail)
            .having(func.count() > 1, func.count().filter(ReceivedRow.outcome != REJECTED) > 0)
            .order_by(ReceivedRow.tail)
        ).all()
        for tail, count in groups:
            assert tail is not None
            if count > MAX_GROUP:
                self._set_all_aside(tail)
                continue
            rows = self.session.scalars(select(ReceivedRow).where(self._of(tail)).order_by(ReceivedRow.line)).all()
            self._judge_group(rows)
            self.session.flush()
            # A file may be one long list of repeats.
            for row in rows:
                self.session.expunge(row)

    @property
    def _counts(self) -> ColumnElement[bool]:
        """Which rows count: of a licence's periods, a blocked one blocks itself only."""
        return ReceivedRow.outcome != REJECTED if self.prepared.has_renewals else true()

    def _of(self, tail: str) -> ColumnElement[bool]:
        return self.of_batch & (ReceivedRow.tail == tail) & self._counts

    def _set_all_aside(self, tail: str) -> None:
        """Judges rows that are too many to be looked at one by one: all say letter by letter the same, or none can be right."""
        texts = (
            ReceivedRow.outcome,
            func.coalesce(ReceivedRow.document, ""),
            func.coalesce(ReceivedRow.claim, ""),
            func.coalesce(ReceivedRow.access, ""),
        )
        ranges = self.session.execute(
            select(*(bound(text) for text in texts for bound in (func.min, func.max))).where(self._of(tail))
        ).one()
        agree = all(ranges[place] == ranges[place + 1] for place in range(0, len(ranges), 2))
        first, *others = self.session.execute(
            select(ReceivedRow.id, *PLACE).where(self._of(tail)).order_by(ReceivedRow.line)
        ).all()
        code, outcome = ("number-repeated", REPEATED) if agree else ("number-twice", REJECTED)
        aside = [(row.id, first[1:]) for row in others] + ([] if agree else [(first.id, others[0][1:])])
        number = self.iri(tail).number
        which = self._of(tail) & (ReceivedRow.id != first.id) if agree else self._of(tail)
        self.session.execute(
            update(ReceivedRow)
            .where(which)
            .values(outcome=outcome, document=None, digest=None, access=None)
            .execution_options(synchronize_session=False)
        )
        found = (
            row
            for row_id, other in aside
            for row in finding_rows(
                self.batch.id, row_id, [Finding(code=code, received=number, details={"other": place_in_file(*other)})]
            )
        )
        insert_rows(self.session, FindingRow, FINDING_COLUMNS, found)

    def _judge_group(self, rows: Sequence[ReceivedRow]) -> None:
        if self.prepared.has_renewals:
            rows = self._without_past(rows)
        if any(row.outcome == REJECTED for row in rows):
            self._contradict(rows)
            return
        contents = [self._content(row) for row in rows]
        if self._agree(rows, contents):
            for row in rows[1:]:
                self._set_aside(row, rows[0], REPEATED, "number-repeated")
        elif self.prepared.has_renewals and len({_end(content.term) for content in contents}) <= MAX_PERIODS:
            self._order_renewals(rows, contents)
        else:
            self._contradict(rows)

    def _contradict(self, rows: Sequence[ReceivedRow]) -> None:
        """Says of each row on which line its number stands too; none of them is published."""
        for row in rows:
            self._set_aside(row, next(other for other in rows if other is not row), REJECTED, "number-twice")

    def _agree(self, rows: Sequence[ReceivedRow], contents: Sequence[License]) -> bool:
        """Whether all rows say the same: of the licence, of where it stands, of where its document is. An unchanged row says
        what is public."""
        same = all(is_same(content, contents[0]) for content in contents)
        said = {(row.outcome, row.claim if row.outcome != UNCHANGED else None, row.access) for row in rows}
        return same and len(said) <= 1

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
                row.outcome, row.document, row.claim, row.access = UNCHANGED, None, None, None
        return [row for row in news if row.outcome != UNCHANGED]

    def _content(self, row: ReceivedRow) -> License:
        """What the row says; that of an unchanged row is what is public."""
        if row.document is not None:
            return self.load(row.document)
        (record,) = self.store.records([row.license_id or 0])
        return record.newest

    def _set_aside(self, row: ReceivedRow, other: ReceivedRow, outcome: str, code: str) -> None:
        number = self.iri(row.tail or "").number
        self.add(
            row.id,
            Finding(
                code=code, received=number, details={"other": place_in_file(other.line, other.sheet, other.sheet_line)}
            ),
        )
        row.outcome, row.document, row.digest, row.access = outcome, None, None, None

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
            if not self._agree([row for row, _ in group], [other for _, other in group]):
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
