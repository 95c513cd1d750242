"""A decision that an authority's own system sends: read from JSON, recorded once, answered with what the licence is now."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from registry import urls
from registry.api.answered import Answer, KeyedRequest, earlier_answer, keep_answer
from registry.intake.plain import MemberRefused, read_members
from registry.record import LicenseRecord
from registry.register import Register
from registry.services import Decision, NoSuchLicense, perform_in
from registry.store import Store
from registry.tokens import AccessToken, NotPermitted, TokenScope
from verify.document import Document
from vocab.face import Claim, ClaimRefused
from vocab.graph import date_time
from vocab.history import Act, ActKind, IllegalAct, Standing
from vocab.iri import LicenseIri, MalformedIri, NumberRefused, license_iri, parse_license_iri
from vocab.license import Term

KINDS = tuple(kind.value for kind in ActKind if kind not in {ActKind.GRANT, ActKind.AMEND})
"""What can be sent; a licence is granted and amended by putting it."""
MEMBERS = (
    *("license", "type", "number", "qualifier", "kind", "on", "order", "reason"),
    *("until", "term", "successor", "voids"),
)
_TERM_MEMBERS = ("valid_from", "expires_on", "no_expiry")


_ENDING = (ActKind.SUSPEND, ActKind.REINSTATE, ActKind.REVOKE, ActKind.SURRENDER, ActKind.RENEW)
"""What changes where a licence stands."""


class ActConflicts(IllegalAct):
    """As `IllegalAct`, said to a program: `act` is the number of the act that stands against it, 0 where there is none."""

    def __init__(self, message: str, kind: ActKind, standing: Standing, act: int) -> None:
        super().__init__(message, kind, standing, act)
        self.extra = {"act": act} if act else {"pointer": "/voids"} if kind is ActKind.CORRECT else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRequest:
    """A decision as it was sent: the JSON with its pointers, for what only the register can complete."""

    claim: Claim
    kind: ActKind


def read_act_request(body: bytes) -> ActRequest:
    """The request in `body`. Raises `registry.intake.plain.MemberRefused`."""
    claim = Claim(read_members(body))
    with _as_members():
        _require_members(claim, MEMBERS)
        kind = claim["kind"]
        if kind.value not in KINDS:
            raise ClaimRefused(kind.pointer, kind.value, f"one of {', '.join(KINDS)} is expected here")
        return ActRequest(claim=claim, kind=ActKind(kind.value))


def record_act(register: Register, caller: AccessToken, request: ActRequest, keyed: KeyedRequest | None) -> Answer:
    """Records the decision in one transaction, or answers as before where the same request was answered before.

    Raises `NotPermitted`, `NoSuchLicense`, `MemberRefused`, `registry.services.ActRefused`, `vocab.history.IllegalAct`,
    `registry.api.answered.KeyReused`; nothing is written then.
    """
    caller.require(TokenScope.ACT)
    with _as_members(), register.database.writing() as session:
        store = register.store(session)
        authority_id = store.authority_id(caller.authority)
        # The same request twice at a time: the second one waits here, and finds the answer of the first.
        store.lock_authority(authority_id)
        earlier = earlier_answer(session, authority_id, keyed)
        if earlier is not None:
            return earlier
        answer = _recorded(register, session, store, caller, request)
        keep_answer(session, authority_id, keyed, answer, register.now())
        return answer


@contextmanager
def _as_members() -> Iterator[None]:
    """What reads the claims of a credential reads this JSON too; what it refuses here is no claim."""
    try:
        yield
    except ClaimRefused as error:
        sent = "nothing" if error.sent == "None" else error.sent
        raise MemberRefused(error.pointer, f"{error.expected} (got {sent})") from error


def _recorded(register: Register, session: Session, store: Store, caller: AccessToken, request: ActRequest) -> Answer:
    claim = request.claim
    record = _licence(store, caller, claim)
    successor = claim["successor"]
    decision = Decision(
        kind=request.kind,
        on=_required_day(claim),
        order=claim["order"].text(),
        reason=claim["reason"].text(),
        until=claim["until"].day(),
        term=_term(claim["term"], record),
        successor=None if successor.is_absent else _iri(store, caller, successor, record.license.iri.type).license.iri,
        voids=_voided(claim["voids"]),
    )
    try:
        changed = perform_in(register, session, record.license.iri, decision)
    except IllegalAct as error:
        raise _conflict(record, decision, error) from error
    return Answer(201, orjson.dumps(_node(register, changed)))


def _conflict(record: LicenseRecord, decision: Decision, error: IllegalAct) -> ActConflicts:
    """What stands against the decision: an act that is recorded already, by its number."""
    acts, on = record.history.in_effect(), decision.on
    later = error.__cause__.act if isinstance(error.__cause__, IllegalAct) else 0
    before = [act for act in acts if act.effective_on is None or act.effective_on <= on]
    found = [act for act in acts if act.number == later] or [act for act in before if act.kind in _ENDING]
    if decision.voids is not None or not found:
        standing = f"is not possible on a licence that is {error.standing}"
        told = "voids names no act that is in effect and no grant" if decision.voids is not None else standing
        return ActConflicts(f"{decision.kind}: {told}", decision.kind, error.standing, 0)
    act = found[-1]
    return ActConflicts(
        f"{decision.kind} from {on} does not fit act {act.number}, {act.kind} from {act.effective_on}; if that was a mistake, "
        f'declare it void first: "kind": "correct", "voids": {act.number}',
        decision.kind,
        error.standing,
        act.number,
    )


def _require_members(claim: Claim, known: tuple[str, ...]) -> None:
    if not isinstance(claim.value, dict):
        raise ClaimRefused(claim.pointer, claim.value, "an object is expected here")
    for name in claim.value:
        if name not in known:
            raise ClaimRefused(
                claim[name].pointer, claim.value[name], f"there is no such member; there are {', '.join(known)}"
            )


def _required_day(claim: Claim) -> Any:
    day = claim["on"].day()
    if day is None:
        raise ClaimRefused("/on", None, "the day from which the decision takes effect is expected here")
    return day


def _licence(store: Store, caller: AccessToken, claim: Claim) -> LicenseRecord:
    """The licence that the request names, by `license` or by `type` and `number`. Raises as `record_act`."""
    named, number = claim["license"], claim["number"]
    if named.is_absent == number.is_absent:
        raise ClaimRefused("/license", named.value, "its IRI is expected here, or instead its `type` and `number`")
    if not named.is_absent:
        return _iri(store, caller, named, "")
    kind = claim["type"].text()
    if not kind:
        raise ClaimRefused("/type", None, "the type of the licence is expected beside its number")
    return _iri(store, caller, number, kind, claim["qualifier"].text() or None)


def _iri(
    store: Store, caller: AccessToken, claim: Claim, license_type: str, qualifier: str | None = None
) -> LicenseRecord:
    """The caller's licence that a text names: its IRI, or its number where the type is known."""
    text = claim.text()
    try:
        if "://" in text:
            iri = parse_license_iri(store.base, text)
        else:
            iri = license_iri(store.base, caller.authority, license_type, str(claim.value), qualifier)
    except (MalformedIri, NumberRefused) as error:
        raise ClaimRefused(claim.pointer, claim.value, "the IRI or the number of a licence is expected here") from error
    if iri.authority != caller.authority:
        raise NotPermitted(f"this token is of {caller.authority} (got a licence of {iri.authority})")
    return _one(store, iri)


def _one(store: Store, iri: LicenseIri) -> LicenseRecord:
    record = store.find(iri)
    if record is not None:
        return record
    named = store.find_by_number(iri) if iri.qualifier is None else []
    # Of one that was taken back is said so, where no other bears the number.
    bearing = [found for found in named if found.is_shown] or named
    if len(bearing) == 1:
        return bearing[0]
    choices = ", ".join(str(found.license.iri) for found in bearing)
    raise NoSuchLicense(
        f"several licences have this number, name one by its IRI: {choices}"
        if choices
        else f"no licence in this register has the IRI {iri}"
    )


def _term(claim: Claim, record: LicenseRecord) -> Term | None:
    """The new dates: what is left out stays as it is."""
    if claim.is_absent:
        return None
    _require_members(claim, _TERM_MEMBERS)
    endless, begins, ends = claim["no_expiry"], claim["valid_from"].day(), claim["expires_on"].day()
    if not endless.is_absent and endless.value is not True:
        raise ClaimRefused(endless.pointer, endless.value, "true, or nothing, is expected here")
    if endless.is_absent and begins is None and ends is None:
        raise ClaimRefused(claim.pointer, claim.value, f"one of {', '.join(_TERM_MEMBERS)} is expected here")
    old, is_endless = record.newest.term, endless.value is True
    try:
        return Term(
            valid_from=begins or old.valid_from,
            expires_on=ends if is_endless else ends or old.expires_on,
            no_expiry=is_endless or (old.no_expiry and ends is None),
        )
    except ValueError as error:
        raise ClaimRefused(claim.pointer, claim.value, str(error)) from error


def _voided(claim: Claim) -> int | None:
    if claim.value is not None and (isinstance(claim.value, bool) or not isinstance(claim.value, int)):
        raise ClaimRefused(claim.pointer, claim.value, "the number of the act that is declared void is expected here")
    return claim.value


def _node(register: Register, record: LicenseRecord) -> Document:
    """The answer: the act that was recorded, and the licence as it is now."""
    iri = record.license.iri
    return {
        "act": act_node(iri, record.history.acts[-1]),
        "license": {
            "iri": str(iri),
            "check": register.base + urls.check(record.check_id),
            "status": record.history.status(register.today()).value,
            "version": record.newest_version,
            "links": {
                "self": register.base + urls.api_license(iri),
                "credential": register.base + urls.license_document(iri, "vc"),
                "html": register.base + urls.license_document(iri, "html"),
            },
        },
    }


def act_node(iri: LicenseIri, act: Act) -> Document:
    """An act as it is answered; what it does not have is left out."""
    term = act.term and {
        "valid_from": act.term.valid_from and act.term.valid_from.isoformat(),
        "expires_on": act.term.expires_on and act.term.expires_on.isoformat(),
        "no_expiry": act.term.no_expiry,
    }
    node = {
        "id": iri.fragment("act", act.number),
        "number": act.number,
        "kind": act.kind.value,
        "on": act.effective_on and act.effective_on.isoformat(),
        "order": act.order,
        "reason": act.reason,
        "until": act.until and act.until.isoformat(),
        "term": term and {name: value for name, value in term.items() if value},
        "successor": act.successor and str(act.successor),
        "voids": act.voids,
        "recorded_at": date_time(act.recorded_at),
    }
    return {name: value for name, value in node.items() if value}
