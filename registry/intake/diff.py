"""The difference between what was received and what is public: what is to be done with one licence, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from registry.intake.finding import Finding
from registry.intake.rows.status import Claim
from registry.record import LicenseRecord, RecordStatus
from vocab.history import FINAL, THAI_TIME, Act, ActKind, History, IllegalAct, Standing, record
from vocab.license import License, Term

NEW, CHANGED, UNCHANGED, REJECTED, REPEATED = "new", "changed", "unchanged", "rejected", "repeated"
OUTCOMES = (NEW, CHANGED, UNCHANGED, REJECTED, REPEATED)

_DECISIONS = {
    Standing.SUSPENDED: ActKind.SUSPEND,
    Standing.REVOKED: ActKind.REVOKE,
    Standing.SURRENDERED: ActKind.SURRENDER,
}
"""The act by which a licence comes to stand as a status column says."""
_ENDS = frozenset({ActKind.REVOKE, ActKind.SURRENDER})
IMPOSSIBLE = (IllegalAct, ValueError)
"""What is raised where acts do not fit a history."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is to be done with a licence: one of `OUTCOMES`; the licence to publish, None where it is rejected; what was found."""

    outcome: str
    license: License | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAct:
    """An act that follows from what was received. `effective_on` is None only for a grant whose day nobody states."""

    kind: ActKind
    effective_on: date | None
    term: Term | None = None
    until: date | None = None
    reason: str = ""


def compare(
    license: License, claim: Claim | None, existing: LicenseRecord | None, today: date, *, has_renewals: bool = False
) -> Comparison:
    """What is to be done with `license`, of which `existing` is what the register holds.

    `has_renewals`: the file has a row for each period of a licence, so that one about an earlier period is no news.
    """
    if existing is None:
        return Comparison(NEW, license)
    if existing.record_status == RecordStatus.WITHDRAWN:
        return _compare_withdrawn(license, claim, existing, today)
    if has_renewals and license.term != existing.newest.term and license.term in _terms_said(existing.history):
        return Comparison(UNCHANGED, existing.newest)
    respected, findings = _respect_decisions(license, existing)
    if respected is None:
        return Comparison(REJECTED, None, findings)
    act, contradiction = claimed_act(claim, existing, today)
    findings += contradiction
    same = is_same(respected, existing.newest)
    # As it will be when all recorded acts have taken effect: nothing can follow a revocation, be it a coming one.
    standing = existing.history.standing(date.max)
    if not same and standing in FINAL:
        details = {"standing": standing.value}
        return Comparison(
            REJECTED, None, (*findings, Finding(code="act-needed", received=license.number, details=details))
        )
    if same and act is None:
        return Comparison(UNCHANGED, respected, findings)
    try:
        foreseen(respected, claim, existing, today)
    except IMPOSSIBLE as error:
        return Comparison(REJECTED, None, (*findings, impossible(license, claim, error)))
    return Comparison(CHANGED, respected, findings)


def _compare_withdrawn(license: License, claim: Claim | None, existing: LicenseRecord, today: date) -> Comparison:
    """What was taken back may be published again, whatever it says now; a decision that ended the licence stays one."""
    standing = existing.history.standing(date.max)
    if standing in FINAL:
        finding = Finding(code="act-needed", received=license.number, details={"standing": standing.value})
        return Comparison(REJECTED, None, (finding,))
    try:
        foreseen(license, claim, existing, today)
    except IMPOSSIBLE as error:
        return Comparison(REJECTED, None, (impossible(license, claim, error),))
    return Comparison(NEW, license)


def foreseen(license: License, claim: Claim | None, existing: LicenseRecord | None, today: date) -> LicenseRecord:
    """What the register will hold once `license` is published. Raises `IMPOSSIBLE`: its acts do not fit the history."""
    acts = acts_of_change(license, claim, existing, today) if existing else acts_of_grant(license, claim, today)
    midnight = datetime.combine(today, time(), THAI_TIME)
    history = existing.history if existing else History()
    grown = with_acts(history, acts, by=license.iri.authority, recorded_at=midnight)
    filed = frozenset(act.number for act in grown.acts[len(history.acts) :])
    if existing is not None:
        terms = existing.terms | {license.term}
        return replace(existing, newest=license, terms=terms, history=grown, filed=existing.filed | filed)
    return LicenseRecord(
        id=0,
        check_id="",
        license=license,
        newest=license,
        terms=frozenset({license.term}),
        decision=None,
        history=grown,
        filed=filed,
        version=1,
        version_sequence=0,
        newest_version=1,
        record_status=RecordStatus.PUBLISHED,
        created_at=midnight,
        modified_at=midnight,
        confirmed_at=midnight,
    )


def impossible(license: License, claim: Claim | None, error: Exception, column: str = "") -> Finding:
    """What to say of a row whose acts do not fit the licence's history."""
    standing = claim.standing if claim is not None else Standing.GRANTED
    return Finding(
        code="status-impossible",
        column=column,
        received=license.number,
        details={"standing": standing.value, "why": str(error), **_hindrance(error)},
    )


def _hindrance(error: Exception) -> dict[str, str]:
    """What stands against an act, as a code with its details (`registry.intake.wording.HINDRANCE`)."""
    if not isinstance(error, IllegalAct) or isinstance(error.__cause__, ValueError):
        return {"hindrance": "later" if isinstance(error.__cause__, IllegalAct) else "days"}
    return {"hindrance": "standing", "now": error.standing.value}


def _taken_back(history: History) -> frozenset[int]:
    """The acts of a batch that was undone, which may be said again. What an officer declares void has an order and stays so."""
    return frozenset(act.voids for act in history.acts if act.voids is not None and not act.order)


def _terms_said(history: History) -> frozenset[Term]:
    """All dates that the licence was given, also those that do not count any more."""
    undone = _taken_back(history)
    return frozenset(act.term for act in history.acts if act.term is not None and act.number not in undone)


def is_same(one: License | None, other: License | None) -> bool:
    """Whether two licences say the same; white space around the number in the cell is no content."""
    if one is None or other is None:
        return one is other
    return replace(one, number_as_received=other.number_as_received) == other


def _respect_decisions(license: License, existing: LicenseRecord) -> tuple[License | None, tuple[Finding, ...]]:
    """What to publish of a row: one that has dates of before must not undo what an officer decided since.

    A later end than the decision's is a renewal as always. Dates that the licence once had are left aside. Any others contradict
    the decision, and a person must say which are right.
    """
    decision, decided = existing.decision, existing.newest.term
    if decision is None or license.term == decided or ends_later(license.term, decided):
        return license, ()
    known = license.term in existing.terms
    details = {"day": str(decision.effective_on), "order": decision.order}
    code = "decision-newer" if known else "decision-contradicted"
    finding = Finding(code=code, received=license.number, details=details)
    return replace(license, term=decided) if known else None, (finding,)


def ends_later(new: Term, old: Term) -> bool:
    """Whether `new` ends on a later day than `old`, which has a last day."""
    return old.expires_on is not None and (new.no_expiry or (new.expires_on or date.min) > old.expires_on)


def acts_of_change(license: License, claim: Claim | None, existing: LicenseRecord, today: date) -> list[NewAct]:
    """The acts that make `existing` what was received: for other content, and for what a status column says."""
    claimed, _ = claimed_act(claim, existing, today)
    acts = [claimed] if claimed else []
    if is_same(license, existing.newest):
        return acts
    content = _act_of_content(license, existing, today)
    end = claimed.effective_on if claimed and claimed.kind in _ENDS else None
    if end is not None and content.effective_on is not None and _last_given(existing) <= end < content.effective_on:
        # What a list says of a licence that has ended was so before its end.
        content = replace(content, effective_on=end)
    return [content, *acts]


def acts_of_grant(license: License, claim: Claim | None, today: date) -> list[NewAct]:
    """The acts of a licence that is new to the register: its grant, and what a status column says happened since."""
    grant = NewAct(kind=ActKind.GRANT, effective_on=license.issued_on or license.term.valid_from, term=license.term)
    if claim is None or claim.standing not in _DECISIONS:
        return [grant]
    on = claim.on or max(today, grant.effective_on or today)
    return [grant, NewAct(kind=_DECISIONS[claim.standing], effective_on=on, until=claim.until, reason=claim.reason)]


def with_acts(history: History, acts: Iterable[NewAct], *, by: str, recorded_at: datetime) -> History:
    """`history` with `acts` recorded, in their order. Raises `IllegalAct`, also for an end before the beginning."""
    for act in acts:
        try:
            made = Act(
                number=1,
                kind=act.kind,
                effective_on=act.effective_on,
                recorded_at=recorded_at,
                by=by,
                term=act.term,
                until=act.until,
                reason=act.reason,
            )
        except ValueError as error:
            raise IllegalAct(str(error), act.kind, history.standing(act.effective_on or date.max)) from error
        history = record(history, made)
    return history


def _act_of_content(license: License, existing: LicenseRecord, today: date) -> NewAct:
    """A later end is a renewal, other dates are a correction, and other content is an amendment."""
    old, new = existing.newest.term, license.term
    # Never before the grant or what gave the dates so far: the newest dates would not hold then.
    earliest = _last_given(existing)
    today = max(today, earliest)
    if old == new:
        return NewAct(kind=ActKind.AMEND, effective_on=today)
    if ends_later(new, old):
        return NewAct(kind=ActKind.RENEW, effective_on=max(_beginning(new, old, today), earliest), term=new)
    return NewAct(kind=ActKind.CORRECT, effective_on=today, term=new)


def _last_given(existing: LicenseRecord) -> date:
    """The day from which the newest dates hold."""
    given = (act.effective_on for act in existing.history.in_effect() if act.term is not None)
    return max(filter(None, given), default=date.min)


def _beginning(new: Term, old: Term, today: date) -> date:
    """The day from which renewed dates hold: the old ones hold until the new ones begin, so that a renewal in time does not stop
    the licence in between, and one that was recorded late begins where it says."""
    assert old.expires_on is not None
    if new.valid_from is None:
        return today
    if new.valid_from > min(today, old.expires_on):
        return new.valid_from
    return min(today, date.fromordinal(old.expires_on.toordinal() + 1))


def claimed_act(claim: Claim | None, existing: LicenseRecord, today: date) -> tuple[NewAct | None, tuple[Finding, ...]]:
    """The act that a status column adds to the history; None where the history has it, or where a decision stands against it.

    What an officer recorded counts, whatever the list goes on saying; what a list said before may be changed by the next one.
    """
    if claim is None:
        return None, ()
    history = existing.history
    standing = history.standing(max(today, claim.on or today))
    if claim.standing not in _DECISIONS:
        return _claimed_in_force(claim, existing, standing, today)
    kind = _DECISIONS[claim.standing]
    undone = _taken_back(history)
    said_before = any(
        act.kind is kind and (claim.on is None or act.effective_on == claim.on) and act.number not in undone
        for act in history.acts
    )
    if standing is claim.standing:
        return None, ()
    if said_before or history.standing(date.max) in FINAL:
        return None, (_contradiction(claim, existing, standing),)
    begun = [act.effective_on for act in history.in_effect() if act.effective_on]
    on = claim.on or max(today, min(begun, default=today))
    return NewAct(kind=kind, effective_on=on, until=claim.until, reason=claim.reason), ()


def _claimed_in_force(
    claim: Claim, existing: LicenseRecord, standing: Standing, today: date
) -> tuple[NewAct | None, tuple[Finding, ...]]:
    last = _last_decision(existing)
    filed = last if last is not None and last.number in existing.filed else None
    # A suspension that a list announced, and that this one does not know any more, is answered before it begins.
    is_coming = filed is not None and filed.kind is ActKind.SUSPEND and (filed.effective_on or today) > today
    if standing in {Standing.GRANTED, Standing.NOT_GRANTED} and not is_coming:
        return None, ()
    if filed is not None and (is_coming or standing is Standing.SUSPENDED):
        since = filed.effective_on or today
        on = claim.on if claim.on and claim.on > since else max(today, since)
        return NewAct(kind=ActKind.REINSTATE, effective_on=on, reason=claim.reason), ()
    return None, (_contradiction(claim, existing, standing),)


def _last_decision(existing: LicenseRecord) -> Act | None:
    decisions = {*_DECISIONS.values(), ActKind.REINSTATE, ActKind.RENEW}
    return next((act for act in reversed(existing.history.in_effect()) if act.kind in decisions), None)


def _contradiction(claim: Claim, existing: LicenseRecord, standing: Standing) -> Finding:
    last = _last_decision(existing)
    details = {
        "claimed": claim.standing.value,
        "standing": standing.value,
        "day": str(last.effective_on) if last else "",
        "order": last.order if last else "",
    }
    return Finding(code="status-contradicts", received=existing.newest.number, details=details)
