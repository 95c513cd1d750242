"""The acts on a licence: one transaction each, from the decision to the signed status list."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.entries import Entries, authorities_with_old_entries, entries_changing
from registry.intake.rows.text import MAX_TEXT, is_control
from registry.issuing import Issuance, authorities_with_old_lists
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import AuthorityRow, InstanceRow
from vocab.history import FINAL, Act, ActKind, History, record
from vocab.iri import LicenseIri, is_citizen_number
from vocab.license import Term

PIECE = 500
"""How many licences are looked at at once."""
MAX_AHEAD = timedelta(days=3653)


class NoSuchLicense(LookupError):
    """No licence of this register has the IRI."""


class ActRefused(ValueError):
    """The act cannot be recorded as it was given. Says what is missing or does not fit; `member` is what it is about, if one."""

    def __init__(self, message: str, member: str = "") -> None:
        super().__init__(message)
        self.extra = {"pointer": f"/{member}"} if member else {}


class LicenseWithdrawn(ActRefused):
    """The licence is not public any more: the list that it came in was taken back. Nothing is decided of it until it is again."""


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

    Raises `NoSuchLicense`, `LicenseWithdrawn`, `ActRefused`, `vocab.history.IllegalAct`; nothing is written then.
    """
    with register.database.writing() as session:
        return perform_in(register, session, iri, decision)


def perform_in(register: Register, session: Session, iri: LicenseIri, decision: Decision) -> LicenseRecord:
    """As `perform`, in the transaction of `session`, which the caller ends."""
    _require_complete(decision)
    _require_publishable(decision)
    store = register.store(session)
    authority = store.authority(iri.authority)
    if authority is not None:
        # Two officers must not each record an act on the same state.
        store.lock_authority(store.authority_id(authority.code))
    found = store.find(iri)
    if found is None:
        raise NoSuchLicense(f"no licence in this register has the IRI {iri}")
    _require_public(found)
    if decision.successor is not None:
        _require_successor(store, iri, decision.successor, register.today())
    _require_sensible_dates(decision, found, register.today())
    issuance = Issuance(register, session, store)
    act = _act(decision, found, register)
    history = record(found.history, act)
    store.add_act(found.id, history.acts[-1])
    store.note_change(store.authority_id(iri.authority), store.type_id(iri.type), found.id)
    if _gives_new_face(decision, found, history):
        _reissue(store, issuance, found, decision, register)
    issuance.follow(found.id, history, register.today())
    issuance.finish()
    _list(register, session, store, [found.id])
    changed = store.find(iri)
    assert changed is not None
    return changed


def refresh(register: Register) -> int:
    """Brings the status lists up to date: acts that took effect since, and lists about to become too old.

    Returns the number of lists that were signed. Safe to run at any time, by any number of processes.
    """
    today = register.today()
    with register.database.reading() as session:
        since = session.scalars(select(InstanceRow.refreshed_on)).one()
        changing = register.store(session).licenses_changing(since, today) if since != today else []
        old = authorities_with_old_lists(register, session) | authorities_with_old_entries(session, today)
    signed = _refresh_each(register, changing, old, today)
    if since != today:
        # What was being written when we looked may change today too, and nobody would look again.
        _wait_for_writers(register)
        with register.database.reading() as session:
            late = set(register.store(session).licenses_changing(since, today)) - set(changing)
        signed += _refresh_each(register, sorted(late), set(), today)
        with register.database.writing() as session:
            # A clock that jumped back must not make us believe that nothing is due when it comes forward again.
            session.scalars(select(InstanceRow)).one().refreshed_on = today
    return signed


def _refresh_each(register: Register, changing: Sequence[tuple[int, int]], old: Set[int], today: date) -> int:
    """A transaction for each authority: one that is being published keeps only its own lists waiting."""
    ids: dict[int, list[int]] = {authority_id: [] for authority_id in old}
    for authority_id, license_id in changing:
        ids.setdefault(authority_id, []).append(license_id)
    return sum(_refresh(register, authority_id, ids[authority_id], today) for authority_id in sorted(ids))


def _refresh(register: Register, authority_id: int, license_ids: list[int], today: date) -> int:
    with register.database.writing() as session:
        store = register.store(session)
        store.lock_authority(authority_id)
        issuance = Issuance(register, session, store)
        for begin in range(0, len(license_ids), PIECE):
            issuance.follow_all(store.histories(license_ids[begin : begin + PIECE]), today)
        signed = issuance.finish() + issuance.renew_lists(authority_id)
        _list(register, session, store, [*license_ids, *entries_changing(session, authority_id, today)])
        return signed


def _list(register: Register, session: Session, store: Store, ids: Sequence[int]) -> None:
    """Entries and changes follow; last of all, since others wait from then on."""
    entries = Entries(register, session, store)
    entries.follow(ids)
    entries.finish()


def _wait_for_writers(register: Register) -> None:
    """Returns when every transaction that had locked an authority is over. Whoever comes later knows the present day."""
    with register.database.reading() as session:
        ids = session.scalars(select(AuthorityRow.id).order_by(AuthorityRow.id)).all()
    for authority_id in ids:
        with register.database.writing() as session:
            register.store(session).lock_authority(authority_id)


def _act(decision: Decision, found: LicenseRecord, register: Register) -> Act:
    try:
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
    except ValueError as error:
        # Of what an act itself refuses, each is about the one of these that was given.
        given = next((name for name in ("until", "successor", "voids") if getattr(decision, name) is not None), "")
        raise ActRefused(str(error), given) from error


def _require_complete(decision: Decision) -> None:
    match decision.kind:
        case ActKind.GRANT:
            raise ActRefused("a licence is granted by publishing it, not by an act on one that exists", "kind")
        case ActKind.RENEW if (decision.term is None) == (decision.successor is None):
            raise ActRefused("a renewal needs either its new day of expiry or the licence that takes its place", "term")
        case ActKind.CORRECT if decision.term is None and decision.voids is None:
            raise ActRefused(
                "a correction needs the corrected dates or the number of the act that it declares void", "term"
            )
        case ActKind.AMEND:
            raise ActRefused(
                "an amendment changes what the licence says: publish the list with the changed row", "kind"
            )
        case ActKind.RENEW | ActKind.CORRECT:
            return
        case _ if decision.term is not None:
            raise ActRefused(f"only a renewal and a correction give new dates (got {decision.kind})", "term")
        case _:
            return


def _require_public(found: LicenseRecord) -> None:
    if not found.is_shown:
        raise LicenseWithdrawn(
            f"the licence {found.newest.iri} is not public any more: the list that it came in was taken back; publish it again, "
            "then record what was decided"
        )


def _require_successor(store: Store, iri: LicenseIri, successor: LicenseIri, today: date) -> None:
    """A licence is replaced by another one of the same authority and type that is itself still held."""
    if successor == iri:
        raise ActRefused("a licence cannot take its own place: name the licence under the new number", "successor")
    found = store.find(successor)
    if found is None:
        raise NoSuchLicense(f"no licence in this register has the IRI {successor}")
    _require_public(found)
    if (successor.authority, successor.type) != (iri.authority, iri.type):
        raise ActRefused(f"the licence that takes its place is of another authority or type ({successor})", "successor")
    standing = found.history.standing(today)
    if standing in FINAL:
        raise ActRefused(f"the licence that should take its place is {standing} itself ({successor})", "successor")


def _require_sensible_dates(decision: Decision, found: LicenseRecord, today: date) -> None:
    if decision.on > today.replace(month=1, day=1) + MAX_AHEAD:
        raise ActRefused(
            f"the act would take effect on {decision.on}, more than ten years ahead: is the year right?", "on"
        )
    if decision.kind is not ActKind.RENEW or decision.term is None:
        return
    old, new = found.newest.term.expires_on, decision.term.expires_on
    if new is not None and (new < decision.on or (old is not None and new <= old)):
        raise ActRefused(
            f"a renewal ends later than what it renews (got {new}, so far {old}, from {decision.on}); to put a wrong date "
            "right, record a correction",
            "term/expires_on",
        )


def _require_publishable(decision: Decision) -> None:
    """Order and reason are public and stay so: acts are never removed."""
    for name, text in (("order", decision.order), ("reason", decision.reason)):
        if not text.strip():
            raise ActRefused(
                f"the {name} is empty; it is published with the act, and an act without it tells nobody why", name
            )
        if len(text) > MAX_TEXT:
            raise ActRefused(f"the {name} has {len(text)} characters, at most {MAX_TEXT} fit", name)
        control = next((character for character in text if is_control(character)), None)
        if control is not None:
            raise ActRefused(f"the {name} contains an invisible control character (U+{ord(control):04X})", name)
        if is_citizen_number(text):
            raise ActRefused(
                f"the {name} is published and contains a citizen's 13-digit number: leave the number out", name
            )


def _gives_new_face(decision: Decision, found: LicenseRecord, history: History) -> bool:
    # A credential that was withdrawn is withdrawn for good: what brings the licence back, or its dates, needs a new one.
    voided = next((act for act in found.history.acts if act.number == decision.voids), None)
    if voided is not None and (
        voided.term is not None or voided.kind in {ActKind.REVOKE, ActKind.SURRENDER, ActKind.RENEW}
    ):
        return True
    return decision.term is not None and decision.term != found.newest.term


def _reissue(store: Store, issuance: Issuance, found: LicenseRecord, decision: Decision, register: Register) -> None:
    history = store.history(found.id)
    term = decision.term or history.term(date.max)
    license = replace(found.newest, term=term)
    sequence = store.add_version(found.id, license, now=register.now(), received_row_id=None)
    grantor = store.grantor(license.iri.authority, license.iri.type)
    issuance.issue(license, grantor, license_id=found.id, license_check_id=found.check_id, version_sequence=sequence)
