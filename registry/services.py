"""The acts on a licence: one transaction each, from the decision to the signed status list."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from registry.issuing import Issuance
from registry.register import Register
from registry.store import LicenseRecord, Store
from registry.tables import InstanceRow, LicenseRow
from vocab.history import Act, ActKind, History, record
from vocab.iri import LicenseIri
from vocab.license import Term


class NoSuchLicense(LookupError):
    """No licence has this IRI."""

    def __init__(self, iri: LicenseIri) -> None:
        super().__init__(f"no licence in this register has the IRI {iri}")
        self.iri = iri


class ActRefused(ValueError):
    """The act cannot be recorded as it was given. Says what is missing or does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An act as an officer states it. `on` is the day from which it takes effect, in Thai legal time."""

    kind: ActKind
    on: date
    order: str = ""
    reason: str = ""
    until: date | None = None
    term: Term | None = None
    successor: LicenseIri | None = None
    voids: int | None = None


def perform(register: Register, iri: LicenseIri, decision: Decision) -> LicenseRecord:
    """Records an act on the licence `iri` and lets its credentials and status lists follow, in one transaction.

    Raises `NoSuchLicense`, `ActRefused`, `vocab.history.IllegalAct`; nothing is written then.
    """
    _require_complete(decision)
    with register.database.writing() as session:
        store = register.store(session)
        # The lock keeps two officers from recording an act each on the same state.
        session.scalar(select(LicenseRow.id).where(LicenseRow.tail == iri.tail).with_for_update())
        found = store.find(iri)
        if found is None:
            raise NoSuchLicense(iri)
        if decision.successor is not None and store.find(decision.successor) is None:
            raise NoSuchLicense(decision.successor)
        issuance = Issuance(register, session, store)
        act = _act(decision, found, register)
        history = record(found.history, act)
        store.add_act(found.id, history.acts[-1])
        if _gives_new_face(decision, found, history):
            _reissue(store, issuance, found, decision, register)
        issuance.follow(found.id, history, register.today())
        issuance.finish()
        session.flush()
        changed = store.find(iri)
        assert changed is not None
        return changed


def refresh(register: Register) -> int:
    """Brings the status lists up to date: acts that took effect since, and lists about to become too old.

    Returns the number of lists that were signed. Safe to run at any time, by any number of processes.
    """
    with register.database.writing() as session:
        store = register.store(session)
        issuance = Issuance(register, session, store)
        instance = session.scalars(select(InstanceRow).with_for_update()).one()
        today = register.today()
        for license_id in store.licenses_changing(instance.refreshed_on, today):
            issuance.follow(license_id, store.history(license_id), today)
        # A clock that jumped back must not make us believe that nothing is due when it comes forward again.
        instance.refreshed_on = today
        return issuance.renew_lists()


def _act(decision: Decision, found: LicenseRecord, register: Register) -> Act:
    return Act(
        number=len(found.history.acts) + 1,
        kind=decision.kind,
        effective_on=decision.on,
        recorded_at=register.now(),
        by=found.license.iri.authority,
        order=decision.order,
        reason=decision.reason,
        term=decision.term,
        until=decision.until,
        successor=decision.successor,
        voids=decision.voids,
    )


def _require_complete(decision: Decision) -> None:
    match decision.kind:
        case ActKind.GRANT:
            raise ActRefused("a licence is granted by publishing it, not by an act on one that exists")
        case ActKind.RENEW if (decision.term is None) == (decision.successor is None):
            raise ActRefused("a renewal needs either its new day of expiry or the licence that takes its place")
        case ActKind.CORRECT if decision.term is None and decision.voids is None:
            raise ActRefused("a correction needs the corrected dates or the number of the act that it declares void")
        case _:
            return


def _gives_new_face(decision: Decision, found: LicenseRecord, history: History) -> bool:
    # A voided revocation needs a new credential: the old one's revocation bit was public, and revocation is for good.
    voided = next((act for act in found.history.acts if act.number == decision.voids), None)
    if voided is not None and voided.kind in {ActKind.REVOKE, ActKind.SURRENDER}:
        return True
    if voided is not None and voided.kind is ActKind.RENEW:
        return True
    return decision.term is not None and decision.term != found.newest.term


def _reissue(store: Store, issuance: Issuance, found: LicenseRecord, decision: Decision, register: Register) -> None:
    history = store.history(found.id)
    term = decision.term or history.term(date.max)
    license = replace(found.newest, term=term)
    sequence = store.add_version(found.id, license, now=register.now(), received_row_id=None)
    grantor = store.grantor(license.iri.authority, license.iri.type)
    issuance.issue(license, grantor, license_id=found.id, version_sequence=sequence)
