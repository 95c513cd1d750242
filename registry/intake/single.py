"""Publishing one licence that came alone, by the API: as the only row of a file, in one transaction; and never backwards."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from registry.intake.diff import REJECTED, UNCHANGED, RowPlan, ends_later, is_same, plan_license
from registry.intake.finding import CATALOGUE, Finding
from registry.intake.row import face_value
from registry.intake.writing import Writer, keep_bytes
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import BatchRow, CredentialRow
from vocab.authority import FaceField, LicenseType, NumberingScheme
from vocab.disclosure import disclosed
from vocab.graph import Grantor
from vocab.history import FINAL
from vocab.license import License

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


def plan_alone(store: Store, license: License, grantor: Grantor, scheme: NumberingScheme) -> RowPlan:
    """What is to be done with `license`. Raises `NotIssued` unless it can be published exactly as it is stated.

    What comes back as it was disclosed (a person's name masked) is the licence itself and no change of it. The caller has
    locked the authority.
    """
    existing = store.find(license.iri)
    if existing is not None and is_same(license, disclosed(existing.newest, grantor.license_type)):
        license = existing.newest
    if existing is not None and existing.history.standing(date.max) in FINAL:
        standing = existing.history.standing(date.max)
        raise NotIssued(f"the licence {license.iri} is {standing}, or will be: no further credential is issued for it")
    if existing is not None and not is_same(license, existing.newest):
        _require_news(store, license, existing, grantor.license_type)
    plan = plan_license(store, license)
    if plan.outcome == REJECTED or plan.license != license:
        said = "; ".join(
            _WHY.get(finding.code, CATALOGUE[finding.code][1]) % finding.details for finding in plan.findings
        )
        raise NotIssued(f"the licence {license.iri} is not published as it was sent: {said}")
    plan.findings = (*_oddities(license, grantor.license_type, scheme), *plan.findings)
    return plan


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
    for version in store.versions(existing.id):
        if is_same(license, version.license) or is_same(license, disclosed(version.license, license_type)):
            raise NotIssued(
                f"the licence {license.iri} is not changed back to what it was (version {version.number}, recorded "
                f"{version.recorded_at.date()}): {_UNDO}"
            )
    dates = existing.newest.term
    if license.term != dates and license.term in existing.terms and not ends_later(license.term, dates):
        raise NotIssued(f"the licence {license.iri} is not given dates back that it had before: {_UNDO}")


def publish_alone(
    register: Register, session: Session, store: Store, grantor: Grantor, plan: RowPlan, arrival: Arrival
) -> CredentialRow:
    """Carries out a plan of `plan_alone`. Returns the licence's newest credential, signed now or before."""
    now = register.now()
    if plan.outcome == UNCHANGED and plan.existing is not None:
        store.confirm(plan.existing.id, now)
        stored = newest_credential(store, plan)
        assert stored is not None
        return stored
    sha256 = hashlib.sha256(arrival.body).hexdigest()
    keep_bytes(session, sha256, arrival.body, now)
    batch = BatchRow(
        authority_id=store.authority_id(grantor.authority.code),
        type_id=store.type_id(grantor.license_type.code),
        file_sha256=sha256,
        file_name=arrival.name,
        mapping="",
        state="published",
        received_at=now,
        published_at=now,
        counts={plan.outcome: 1},
        channel=API,
    )
    session.add(batch)
    session.flush()
    writer = Writer(register, session, store, grantor, batch.id)
    credential_id = writer.write(plan)
    writer.finish()
    session.flush()
    issued = store.credential_by_id(credential_id or "")
    assert issued is not None
    return issued


def newest_credential(store: Store, plan: RowPlan) -> CredentialRow | None:
    """The credential of the newest version of a licence that is there already."""
    if plan.existing is None:
        return None
    return store.credential(store.versions(plan.existing.id)[-1].sequence)
