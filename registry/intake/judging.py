"""Judging the rows of a staged batch together: what each alone does not show. By the database, so that no file is too long."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, Text, and_, column, exists, func, select, update, values
from sqlalchemy.orm import Session

from registry.bulk import insert_rows
from registry.intake.batch import Holds
from registry.intake.diff import (
    CHANGED,
    NEW,
    OUTCOMES,
    REJECTED,
    REPEATED,
    UNCHANGED,
    Comparison,
    claimed_act,
    compare,
    ends_later,
)
from registry.intake.finding import Finding
from registry.intake.keeping import FINDING_COLUMNS, finding_rows
from registry.intake.mapping import Field
from registry.intake.preparing import Prepared
from registry.intake.repeats import PLACE, JudgedBatch, Repeats
from registry.intake.rows.source import read_file_findings
from registry.intake.rows.status import Claim
from registry.intake.suspicion import Figures, suspicions
from registry.intake.table import place_in_file
from registry.record import LicenseRecord, RecordStatus
from registry.store import Store
from registry.tables import BatchRow, FindingRow, LicenseRow, ReceivedRow
from vocab.history import ActKind, Status
from vocab.iri import LicenseIri
from vocab.license import Address, License

PUBLISHABLE = (NEW, CHANGED)
PIECE = 500
MAX_SAID = 10_000
"""Of how many rows is said that they are nearly the same as others: more say no more, and fill the memory."""
EXPECTED_IN_A_LIST = frozenset({Status.ACTIVE, Status.PENDING, Status.SUSPENDED, Status.UNKNOWN})
"""A full list may leave out what has ended; what is in force, or may be, must be in it."""


@dataclass(slots=True)
class Judgement:
    """What is noted while the rows go by: `renewing` are the ids of rows that name another licence; `moved` counts rows of
    licences that are public and whose dates change otherwise than by a renewal, of `compared`; `ending` are ended
    or suspended, `rehoused` get another holder or place."""

    renewing: list[int] = field(default_factory=list)
    compared: int = 0
    moved: int = 0
    ending: int = 0
    rehoused: int = 0

    def count(self, existing: LicenseRecord, found: Comparison, claim: Claim | None, today: date) -> None:
        if existing.record_status == RecordStatus.WITHDRAWN:
            return
        self.compared += 1
        before = existing.newest
        if found.license is not None and _dates(found.license) != _dates(before):
            self.moved += not ends_later(found.license.term, before.term)
        if found.outcome != CHANGED or found.license is None:
            return
        act, _ = claimed_act(claim, existing, today)
        self.ending += act is not None and act.kind is not ActKind.REINSTATE
        self.rehoused += _names(found.license) != _names(before) or _is_elsewhere(found.license, before)


def _dates(license: License) -> tuple[object, ...]:
    return license.issued_on, license.term


def _names(license: License) -> tuple[object, ...]:
    return license.licensees, tuple(place.name for place in license.premises)


def _is_elsewhere(license: License, before: License) -> bool:
    """Whether another place is said than before; one of which more is said is the same."""
    return any(old and new != old for new, old in zip(_place(license), _place(before), strict=True))


def _place(license: License) -> tuple[str, ...]:
    address = license.premises[0].address if license.premises else Address()
    return address.street, address.subdistrict, address.district, address.province


def judge(
    store: Store,
    session: Session,
    batch: BatchRow,
    prepared: Prepared,
    judgement: Judgement,
    file_findings: Sequence[Finding],
) -> None:
    """Completes the outcomes and findings of a batch and says what is suspicious in it, in the transaction of `session`."""
    judging = _Judging(store, session, batch, prepared)
    judging.link_renewals(judgement.renewing)
    Repeats(store, session, batch, prepared).mark()
    collisions = judging.look_for_similar()
    judging.look_for_same_place()
    judging.add(None, *file_findings, *read_file_findings(prepared.source))
    session.flush()
    missing, public = judging.missing(), judging.public()
    counts = dict(
        session.execute(
            select(ReceivedRow.outcome, func.count())
            .where(ReceivedRow.batch_id == batch.id)
            .group_by(ReceivedRow.outcome)
        ).all()
    )
    batch.counts = {outcome: counts.get(outcome, 0) for outcome in OUTCOMES} | {"missing": missing, "public": public}
    figures = Figures(
        public=public,
        missing=missing,
        collisions=collisions,
        compared=judgement.compared,
        moved=judgement.moved,
        citizen_numbers=judging.rows_with("citizen-number-public", "number-is-citizen-number"),
        ending=judgement.ending,
        rehoused=judgement.rehoused,
        unusual=judging.rows_with("number-unusual"),
        rows=sum(counts.values()),
    )
    batch.suspicions = json.dumps(suspicions(figures))


def missing_licenses(batch: BatchRow) -> ColumnElement[bool]:
    """Which licences are public, on the list that the batch is an issue of, and not in it."""
    in_file = exists().where(ReceivedRow.batch_id == batch.id, ReceivedRow.tail == LicenseRow.tail)
    return of_list(batch) & (LicenseRow.record_status == RecordStatus.PUBLISHED) & ~in_file


def of_list(batch: BatchRow) -> ColumnElement[bool]:
    """Which licences were last on the list that the batch is an issue of."""
    return (
        (LicenseRow.authority_id == batch.authority_id)
        & (LicenseRow.type_id == batch.type_id)
        & (LicenseRow.source == batch.source)
    )


def missing_ids(
    store: Store, session: Session, batch: BatchRow, *, after: int = 0, limit: int | None = None
) -> list[int]:
    """The ids of the licences that should be in the file and are not, ascending; none where it holds only a part of its list.

    Only those above `after`, and no more than `limit`, where these are given.
    """
    found: list[int] = []
    query = select(LicenseRow.id).where(missing_licenses(batch)).order_by(LicenseRow.id).limit(PIECE)
    while batch.holds == Holds.ALL and (ids := session.scalars(query.where(LicenseRow.id > after)).all()):
        records = store.records(ids)
        found += [record.id for record in records if record.history.status(store.today) in EXPECTED_IN_A_LIST]
        after = ids[-1]
        if limit is not None and len(found) >= limit:
            return found[:limit]
    return found


class _Judging(JudgedBatch):
    # Renewals

    def link_renewals(self, row_ids: Sequence[int]) -> None:
        """Gives `renews` its full IRI: the number alone may need the qualifier of the licence that bears it."""
        for begin in range(0, len(row_ids), PIECE):
            self._link_piece(row_ids[begin : begin + PIECE])

    def _link_piece(self, row_ids: Sequence[int]) -> None:
        query = select(
            *(ReceivedRow.id, ReceivedRow.license_id, ReceivedRow.document, ReceivedRow.claim, ReceivedRow.digest),
            ReceivedRow.access,
        ).where(ReceivedRow.id.in_(row_ids))
        rows = [(row, self.load(row.document)) for row in self.session.execute(query)]
        bearing = self._bearing({license.renews for _, license in rows if license.renews})
        ids = [row.license_id for row, _ in rows if row.license_id is not None]
        existing = {record.id: record for record in self.store.records(ids)}
        updates, findings = [], []
        for row, license in rows:
            assert license.renews is not None
            number = license.renews.number
            candidates = bearing.get(number, set()) - {license.iri}
            renewed = candidates.pop() if len(candidates) == 1 else None
            if renewed is None:
                column = self.prepared.source.mapping.heading(Field.RENEWS)
                unknown = Finding(code="renewed-unknown", column=column, received=number, details={"number": number})
                findings += finding_rows(self.batch.id, row.id, [unknown])
            updates.append(
                {"id": row.id, "digest": row.digest if renewed else None}
                | self._compared_again(
                    row.claim, replace(license, renews=renewed), existing.get(row.license_id), row.access is not None
                )
            )
        self.session.execute(update(ReceivedRow), updates)
        insert_rows(self.session, FindingRow, FINDING_COLUMNS, findings)

    def _bearing(self, named: set[LicenseIri]) -> dict[str, set[LicenseIri]]:
        """The licences that bear the numbers of `named`, public or in this file: they are of one authority and type."""
        stored = select(LicenseRow.tail).where(
            LicenseRow.authority_id == self.batch.authority_id,
            LicenseRow.type_id == self.batch.type_id,
            LicenseRow.number.in_([iri.number for iri in named]),
            LicenseRow.record_status != RecordStatus.WITHDRAWN,
        )
        in_file = self._rows_of(sorted(iri.tail for iri in named)).where(self.of_batch, ReceivedRow.outcome != REJECTED)
        found: dict[str, set[LicenseIri]] = {}
        for tail in (*self.session.scalars(stored), *self.session.scalars(in_file)):
            iri = self.iri(tail or "")
            found.setdefault(iri.number, set()).add(iri)
        return found

    def _rows_of(self, tails: Sequence[str]) -> Select[str | None]:
        """The tails of rows of these licences; where years tell numbers apart, of any year. The index on the tail finds them."""
        tail = ReceivedRow.tail
        if not self.prepared.source.scheme.has_years:
            return select(tail).where(tail.in_(tails))
        # A slash stands before a qualifier, and "0" comes next to it. By bytes, which is what the index is ordered by.
        ranges = values(column("after", Text), column("before", Text), name="ranges")
        named = ranges.data([(f"{begin}/", f"{begin}0") for begin in tails]).cte("named")
        above, below = ("~>~", "~<~") if self.session.get_bind().dialect.name == "postgresql" else (">", "<")
        between = and_(tail.bool_op(above)(named.c.after), tail.bool_op(below)(named.c.before))
        return select(tail).select_from(named).join(ReceivedRow, between)

    def _compared_again(
        self, claim: str | None, license: License, existing: LicenseRecord | None, has_other_links: bool
    ) -> dict[str, object]:
        said = self.store.codec.load(claim, Claim) if claim else None
        found = compare(license, said, existing, self.store.today, has_renewals=self.prepared.has_renewals)
        if has_other_links and found.outcome == UNCHANGED and existing is not None:
            return {"outcome": CHANGED, "document": self.store.codec.dump(existing.newest)}
        keeps = found.license is not None and found.outcome != UNCHANGED
        return {"outcome": found.outcome, "document": self.store.codec.dump(found.license) if keeps else None}

    # Nearly the same

    def look_for_similar(self) -> int:
        """Numbers that are equal by their lookup key: one licence typed twice, perhaps. Returns how many new rows are so."""
        twins = (
            select(ReceivedRow.key)
            .where(self.of_batch, ReceivedRow.key.is_not(None), ReceivedRow.outcome.not_in((REJECTED, REPEATED)))
            .group_by(ReceivedRow.key)
            .having(func.count(ReceivedRow.tail.distinct()) > 1)
        )
        in_file: dict[str, set[str]] = {}
        for key, tail in self.session.execute(
            select(ReceivedRow.key, ReceivedRow.tail)
            .where(self.of_batch, ReceivedRow.key.in_(twins))
            .order_by(ReceivedRow.line)
            .limit(MAX_SAID)
        ):
            in_file.setdefault(str(key), set()).add(str(tail))
        public: dict[int, set[str]] = {}
        rows: dict[int, ReceivedRow] = {}
        publishable = self.of_batch & ReceivedRow.outcome.in_(PUBLISHABLE)
        for row, tail in self.session.execute(
            select(ReceivedRow, LicenseRow.tail)
            .join(
                LicenseRow,
                (LicenseRow.authority_id == self.batch.authority_id)
                & (LicenseRow.type_id == self.batch.type_id)
                & (LicenseRow.key == ReceivedRow.key)
                & (LicenseRow.tail != ReceivedRow.tail)
                & (LicenseRow.record_status != RecordStatus.WITHDRAWN),
            )
            .where(publishable)
            .limit(MAX_SAID)
        ):
            rows[row.id] = row
            public.setdefault(row.id, set()).add(tail)
        if in_file:
            like = select(ReceivedRow).where(publishable, ReceivedRow.key.in_(twins)).order_by(ReceivedRow.line)
            for row in self.session.scalars(like.limit(MAX_SAID)):
                rows[row.id] = row
        return sum(
            self._say_similar(row, {*in_file.get(row.key or "", ()), *public.get(row.id, ())}) for row in rows.values()
        )

    def _say_similar(self, row: ReceivedRow, tails: set[str]) -> bool:
        own = self.iri(row.tail or "").number
        others = sorted({self.iri(tail).number for tail in tails} - {own})
        if not others:
            return False
        column = self.prepared.source.mapping.heading(Field.NUMBER)
        received = self.load(row.document).number_as_received if row.document else own
        finding = Finding(code="number-similar", column=column, received=received, details={"other": ", ".join(others)})
        self.add(row.id, finding)
        row.digest = None
        return row.outcome == NEW

    def look_for_same_place(self) -> None:
        """One place under two numbers may be a renewal that nobody ended: worth a look, and no more."""
        places = (
            select(ReceivedRow.place)
            .where(self.of_batch, ReceivedRow.place.is_not(None), ReceivedRow.outcome.in_(PUBLISHABLE))
            .group_by(ReceivedRow.place)
            .having(func.count(ReceivedRow.tail.distinct()) > 1)
        )
        first: dict[str, tuple[str, str]] = {}
        query = (
            select(ReceivedRow.id, *PLACE, ReceivedRow.place, ReceivedRow.tail, ReceivedRow.document)
            .where(self.of_batch, ReceivedRow.outcome.in_(PUBLISHABLE), ReceivedRow.place.in_(places))
            .order_by(ReceivedRow.line)
            .limit(MAX_SAID)
        )
        for row_id, line, sheet, sheet_line, place, tail, document in self.session.execute(query).all():
            before = first.setdefault(str(place), (place_in_file(line, sheet, sheet_line), str(tail)))
            if before[1] == tail or document is None:
                continue
            name = next(str(found.name) for found in self.load(document).premises if found.name)
            details = {"other": before[0], "number": self.iri(before[1]).number}
            self.add(row_id, Finding(code="premises-twice", received=name, details=details))
            self.session.execute(update(ReceivedRow).where(ReceivedRow.id == row_id).values(digest=None))

    # Figures

    def missing(self) -> int:
        return len(missing_ids(self.store, self.session, self.batch))

    def public(self) -> int:
        query = select(func.count()).select_from(LicenseRow)
        return (
            self.session.scalar(query.where(of_list(self.batch), LicenseRow.record_status == RecordStatus.PUBLISHED))
            or 0
        )

    def rows_with(self, *codes: str) -> int:
        """In how many rows one of these was found."""
        query = select(func.count(FindingRow.received_row_id.distinct())).where(
            FindingRow.batch_id == self.batch.id, FindingRow.code.in_(codes)
        )
        return self.session.scalar(query) or 0
