"""Publishing one licence that came alone, by the API: as the only row of a file, in one transaction; and never backwards."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.bulk import insert_rows, next_ids
from registry.intake.batch import BatchState, Holds
from registry.intake.diff import REJECTED, UNCHANGED, compare, ends_later, is_same
from registry.intake.finding import CATALOGUE, Finding
from registry.intake.keeping import FINDING_COLUMNS, finding_rows, keep_bytes
from registry.intake.rows.face import face_value
from registry.intake.workers import Workers
from registry.intake.writing import Received, Writer
from registry.record import LicenseRecord, RecordStatus
from registry.register import Register
from registry.store import Store
from registry.tables import BatchRow, CredentialRow, FindingRow, LicenseRow, ReceivedRow
from vocab.authority import FaceField, LicenseType, NumberingScheme
from vocab.disclosure import disclosed
from vocab.graph import Grantor
from vocab.history import FINAL
from vocab.iri import lookup_key
from vocab.license import License

ROW_COLUMNS = ("id", "batch_id", "line", "cells", "outcome", "license_id", "tail", "key", "document")
API = "api"
"""The channel of these batches."""

_UNDO = "this may be an old request that was sent again; if it is meant, publish it in a file or record a correction"

_WHY = {
    "renewed-unknown": (
        "the licence that it renews, %(number)s, is not in the register: publish that one first, or leave `renews` out"
    ),
    "decision-newer": "a decision recorded since (%(order)s, from %(day)s) gave it other dates, and the decision counts",
    "decision-contradicted": (
        "a decision recorded since (%(order)s, from %(day)s) gave it other dates: send those, or record a correction"
    ),
}
"""What is said to a program where the words for a file (`CATALOGUE`) would say that something was published."""


class NotIssued(ValueError):
    """The licence is well stated, but what the register knows of it already stands against publishing it so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request as it arrived: its body, and by which address."""

    body: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with one licence that came alone: as with the only row of a file."""

    outcome: str
    license: License
    existing: LicenseRecord | None
    findings: tuple[Finding, ...]


def plan_alone(
    store: Store, license: License, grantor: Grantor, scheme: NumberingScheme, *, knows_state: bool = False
) -> Plan:
    """What is to be done with `license`. Raises `NotIssued` unless it can be published exactly as it is stated.

    `knows_state`: whoever states it has seen what the licence is now, so that it is no old request that came late.

    What comes back as it was disclosed (a person's name masked) is the licence itself and no change of it. The caller has
    locked the authority.
    """
    existing = store.find(license.iri)
    if existing is not None and is_same(license, disclosed(existing.newest, grantor.license_type)):
        license = existing.newest
    if existing is not None and existing.history.standing(date.max) in FINAL:
        standing = existing.history.standing(date.max)
        raise NotIssued(f"the licence {license.iri} is {standing}, or will be: no further credential is issued for it")
    if existing is not None and not knows_state and not is_same(license, existing.newest):
        _require_news(store, license, existing, grantor.license_type)
    linked = with_renewed(store, license)
    found = compare(linked or license, None, existing, store.today)
    findings = (*found.findings, *_similar(store, license, found.outcome))
    if linked is None:
        findings = (_unknown_renewal(license), *findings)
    if found.outcome == REJECTED or found.license != license or linked is None:
        said = "; ".join(_WHY.get(finding.code, CATALOGUE[finding.code][1]) % finding.details for finding in findings)
        raise NotIssued(f"the licence {license.iri} is not published as it was sent: {said}")
    return Plan(found.outcome, license, existing, (*_oddities(license, grantor.license_type, scheme), *findings))


def with_renewed(store: Store, license: License) -> License | None:
    """The licence with the full IRI of the one that it renews, whose number may need a qualifier; None where no public licence
    bears that number, or several do."""
    named = license.renews
    if named is None:
        return license
    candidates = {found.license.iri for found in store.find_by_number(named) if found.is_shown} - {license.iri}
    if named.qualifier is not None and named in candidates:
        return license
    return replace(license, renews=candidates.pop()) if len(candidates) == 1 else None


def _unknown_renewal(license: License) -> Finding:
    number = license.renews.number if license.renews else ""
    return Finding(code="renewed-unknown", received=number, details={"number": number})


def _similar(store: Store, license: License, outcome: str) -> tuple[Finding, ...]:
    """Other numbers that are equal by their lookup key: one licence typed twice, perhaps."""
    if outcome == UNCHANGED:
        return ()
    authority_id, type_id = store.authority_id(license.iri.authority), store.type_id(license.iri.type)
    others = {*store.numbers_like(authority_id, type_id, lookup_key(license.number))} - {license.number}
    if not others:
        return ()
    details = {"other": ", ".join(sorted(others))}
    return (Finding(code="number-similar", received=license.number_as_received, details=details),)


def _oddities(license: License, license_type: LicenseType, scheme: NumberingScheme) -> tuple[Finding, ...]:
    """What looks unusual in the licence itself, or is missing from its face; it is published all the same, as from a file."""
    found = []
    if not scheme.expects(license.number):
        details = {"pattern": scheme.pattern}
        found.append(Finding(code="number-unusual", received=license.number_as_received, details=details))
    for item in license_type.face:
        if item.required and not face_value(license, item.field, item.code):
            found.append(
                Finding(code="expiry-missing")
                if item.field is FaceField.EXPIRES_ON
                else Finding(code="item-missing", details={"item": str(item.label)})
            )
    return tuple(found)


def _require_news(store: Store, license: License, existing: LicenseRecord, license_type: LicenseType) -> None:
    """A request that comes again, late, does not undo what came after it. Raises `NotIssued`.

    Nothing in a request says when it was made, so a face that the licence once had, or dates that it once had and that end no
    later than those of now, are taken for old ones.
    """
    for version in existing.versions:
        if is_same(license, version.license) or is_same(license, disclosed(version.license, license_type)):
            raise NotIssued(
                f"the licence {license.iri} is not changed back to what it was (version {version.number}, recorded "
                f"{version.recorded_at.date()}): {_UNDO}"
            )
    dates = existing.newest.term
    if license.term != dates and license.term in existing.terms and not ends_later(license.term, dates):
        raise NotIssued(f"the licence {license.iri} is not given dates back that it had before: {_UNDO}")


def publish_alone(
    register: Register, session: Session, store: Store, grantor: Grantor, plan: Plan, arrival: Arrival
) -> CredentialRow:
    """Carries out a plan of `plan_alone`. Returns the licence's newest credential, signed now or before.

    What changes nothing writes nothing. A record that was stale is confirmed by being sent again.
    """
    is_stale = plan.existing is not None and plan.existing.record_status == RecordStatus.STALE
    if plan.outcome != UNCHANGED or is_stale:
        publish_plans(register, session, store, grantor, [(1, plan)], arrival)
    session.flush()
    found = session.scalar(
        select(CredentialRow)
        .join(LicenseRow, LicenseRow.id == CredentialRow.license_id)
        .where(LicenseRow.tail == plan.license.iri.tail)
        .order_by(CredentialRow.version_sequence.desc(), CredentialRow.number.desc())
        .limit(1)
    )
    assert found is not None
    return found


def publish_plans(
    register: Register,
    session: Session,
    store: Store,
    grantor: Grantor,
    plans: Sequence[tuple[int, Plan]],
    arrival: Arrival,
) -> None:
    """Carries out plans of `plan_alone`, each with the line that it came in, as one batch; no two are of one licence."""
    now = register.now()
    sha256 = hashlib.sha256(arrival.body).hexdigest()
    keep_bytes(session, sha256, arrival.body, now)
    batch = BatchRow(
        authority_id=store.authority_id(grantor.authority.code),
        type_id=store.type_id(grantor.license_type.code),
        file_sha256=sha256,
        file_name=arrival.name,
        mapping="",
        state=BatchState.PUBLISHED,
        received_at=now,
        published_at=now,
        counts=dict(Counter(plan.outcome for _, plan in plans)),
        channel=API,
        holds=Holds.PART,
        undone_at=None,
    )
    session.add(batch)
    session.flush()
    ids = next_ids(session, ReceivedRow, len(plans))
    rows = [_row(register, row_id, batch.id, line, plan) for row_id, (line, plan) in zip(ids, plans, strict=True)]
    insert_rows(session, ReceivedRow, ROW_COLUMNS, rows)
    found = [
        finding
        for row_id, (_, plan) in zip(ids, plans, strict=True)
        for finding in finding_rows(batch.id, row_id, plan.findings)
    ]
    insert_rows(session, FindingRow, FINDING_COLUMNS, found)
    new, changed, confirmed = [], [], []
    for row_id, (_, plan) in zip(ids, plans, strict=True):
        received = Received(row_id, register.codec.dump(plan.license), "", None)
        if plan.existing is None:
            new.append(received)
        elif plan.outcome == UNCHANGED:
            confirmed.append(plan.existing.id)
        else:
            changed.append(received)
    writer = Writer(register, session, store, grantor, batch_id=batch.id, source=None)
    alone = Workers(1)
    for write, piece in ((writer.grant, new), (writer.change, changed)):
        if piece:
            list(write([piece], alone))
    if confirmed:
        writer.confirm(confirmed)
    writer.finish()


def _row(register: Register, row_id: int, batch_id: int, line: int, plan: Plan) -> tuple[object, ...]:
    """The row for `ROW_COLUMNS`."""
    return (
        row_id,
        batch_id,
        line,
        {"cells": []},
        plan.outcome,
        plan.existing.id if plan.existing else None,
        plan.license.iri.tail,
        lookup_key(plan.license.number),
        register.codec.dump(plan.license),
    )


def newest_credential(store: Store, plan: Plan) -> CredentialRow | None:
    """The credential of the newest version of a licence that is there already."""
    if plan.existing is None:
        return None
    return store.credential(plan.existing.versions[-1].sequence)
