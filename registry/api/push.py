"""Licences that an authority's own system pushes: one by its address, or many one a line, and what is answered.

What is pushed is read as the row of a file is (`registry.intake.rows.row`) and published as a licence that came alone
(`registry.intake.single`): with the same findings, and never backwards.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy.orm import Session

from registry import urls
from registry.api.wording import PUSHED
from registry.intake.diff import UNCHANGED
from registry.intake.finding import Finding
from registry.intake.mapping import Field
from registry.intake.plain import (
    PARTICULARS,
    is_plain,
    particular_codes,
    plain_members,
    plain_source,
    read_members,
    read_plain,
)
from registry.intake.rows.face import COLUMNS_OF
from registry.intake.rows.row import read_row
from registry.intake.rows.source import Source
from registry.intake.single import Arrival, Plan, plan_alone, publish_alone, with_renewed
from registry.intake.wording import explanation
from registry.record import LicenseRecord, RecordStatus
from registry.register import Register
from registry.services import NoSuchLicense
from registry.store import Store
from registry.tokens import AccessToken, NotPermitted, TokenScope
from registry.translation import LANGUAGES
from registry.web.pages import require_shown
from verify.document import Document
from vocab.authority import LicenseType, NumberingScheme
from vocab.disclosure import disclosed
from vocab.graph import Grantor
from vocab.iri import LicenseIri, lookup_key
from vocab.license import License

OUTCOMES = {"new": "created", "changed": "changed", "unchanged": "unchanged"}
"""What a plan's outcome is called in an answer."""


class LicenseRejected(ValueError):
    """A finding keeps the licence from being published. `extra` has all findings, as they are answered."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        blocking = [finding for finding in findings if finding.gravity == "blocks"]
        said = "; ".join(f"{finding.column or 'licence'}: {explanation(finding, 'en', PUSHED)}" for finding in blocking)
        super().__init__(said)
        self.findings = findings
        self.extra = {"findings": [finding_node(finding) for finding in findings]}


class LicenseEmpty(ValueError):
    """Nothing would be left of the licence: no licensee, no premises, no date."""


class NumberSimilar(ValueError):
    """A new licence whose number is nearly that of another one, or an alias of it. `extra` has the numbers of the others."""

    def __init__(self, number: str, others: Iterable[str]) -> None:
        listed = sorted(others)
        super().__init__(
            f"{number!r} is new, and nearly the number of another licence, or an alias of it ({', '.join(listed)}): send that "
            'one, or, if this is really a licence of its own, send it with "distinct": true'
        )
        self.extra = {"pointer": "/number", "others": listed}


class PreconditionFailed(ValueError):
    """The licence is not in the state that the request was made for (RFC 9110, 13.1). Nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preconditions:
    """The entity tags of `If-Match` and `If-None-Match`; `*` stands for any state. None where there is no such field."""

    match: frozenset[str] | None = None
    none_match: frozenset[str] | None = None

    @property
    def names_state(self) -> bool:
        """Whether the caller says which state it has seen."""
        return self.match is not None and "*" not in self.match


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A licence as it was read, with what was found in it. `distinct`: it is another one than those with similar numbers."""

    license: License
    findings: tuple[Finding, ...]
    distinct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A licence as it is answered: `document`, and the strong entity tag of exactly this document."""

    iri: LicenseIri
    document: Document
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of a licence that was pushed. `outcome`: created, changed or unchanged."""

    outcome: str
    view: View
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where an authority takes licences of one type: who grants, how numbers work, and how what is sent is read."""

    grantor: Grantor
    scheme: NumberingScheme
    sources: Mapping[bool, Source]

    @property
    def particulars(self) -> tuple[str, ...]:
        return particular_codes(self.grantor)


def open_counter(store: Store, caller: AccessToken, authority: str, license_type: str) -> Counter:
    """The counter of the caller's authority for one type.

    Raises `NotPermitted` for another authority or a type that it may not grant, `NoSuchLicenseType`.
    """
    caller.require(TokenScope.PUBLISH)
    if authority != caller.authority:
        raise NotPermitted(f"this token is of {caller.authority} (got an address of {authority[:60]!r})")
    store.require_license_type(license_type)
    mandate = next(iter(store.mandates(authority=authority, license_type=license_type)), None)
    if mandate is None:
        granted = ", ".join(item.type for item in store.mandates(authority=authority)) or "no type"
        raise NotPermitted(f"{authority} may not grant {license_type!r}; it may grant {granted}")
    grantor = store.grantor(authority, license_type)
    sources = {
        no_expiry: plain_source(store.base, grantor, mandate.scheme, store.today, no_expiry=no_expiry)
        for no_expiry in (False, True)
    }
    return Counter(grantor=grantor, scheme=mandate.scheme, sources=sources)


def put_license(
    register: Register, caller: AccessToken, iri: LicenseIri, body: bytes, preconditions: Preconditions
) -> Pushed:
    """Publishes the licence `iri` as `body` (plain JSON) says, in one transaction; where nothing changes, nothing is written.

    Where numbers start again each year `iri` may lack its qualifier, which then comes from the days in the body, as with a file.
    Raises `registry.intake.plain.MemberRefused`, `LicenseRejected`, `LicenseEmpty`, `NumberSimilar`, `PreconditionFailed`,
    `registry.services.NoSuchLicense`, `registry.tokens.NotPermitted`, `registry.grantors.NoSuchLicenseType`,
    `registry.intake.single.NotIssued`; nothing is written then.
    """
    with register.database.writing() as session:
        store = register.store(session)
        counter = locked_counter(store, caller, iri.authority, iri.type)
        sent = read_license(counter, read_members(body), iri.number)
        license = sent.license
        if iri.qualifier is not None and license.iri != iri:
            raise NoSuchLicense(
                f"by its days this licence is {license.iri.tail} (got the address of {iri.tail}); numbers of this type are "
                "told apart by the year of issue"
            )
        found = store.find(license.iri)
        _require(preconditions, _etags(register, store, found, counter.grantor))
        plan = plan_license(store, counter, sent, knows_state=preconditions.names_state)
        if is_news(plan):
            arrival = Arrival(body=body, name=f"PUT {urls.api_license(license.iri)}")
            publish_alone(register, session, store, counter.grantor, plan, arrival)
        record = _stored(session, store, license.iri)
        view = view_of(register, store, record, counter.grantor, is_own=True)
        return Pushed(outcome=OUTCOMES[plan.outcome], view=view, findings=plan.findings)


def locked_counter(store: Store, caller: AccessToken, authority: str, license_type: str) -> Counter:
    """The counter, with the authority locked: what is read from here on cannot change under us."""
    caller.require(TokenScope.PUBLISH)
    store.lock_authority(store.authority_id(caller.authority))
    return open_counter(store, caller, authority, license_type)


def read_license(counter: Counter, document: Document, number: str | None = None) -> Sent:
    """The licence in a plain JSON object. Raises `MemberRefused`, `LicenseRejected`, `LicenseEmpty`."""
    plain = read_plain(document, counter.particulars, number)
    checked = read_row(plain.row(), counter.sources[plain.no_expiry])
    findings = tuple(_with_member(finding, counter.grantor.license_type) for finding in checked.findings)
    if checked.license is None:
        raise LicenseRejected(findings)
    _require_something(document, checked.license)
    return Sent(license=checked.license, findings=findings, distinct=plain.distinct)


def _require_something(document: Document, license: License) -> None:
    term = license.term
    if license.licensees or license.premises or license.issued_on or term.valid_from or term.expires_on:
        return
    nothing = [name for name, value in document.items() if value is None]
    told = f"; null, as sent for {', '.join(nothing)}, says that there is none" if nothing else ""
    raise LicenseEmpty(
        "an empty licence: it has no licensee, no premises and no date, and nothing would be left of what it had; the whole "
        f"licence is sent each time{told}"
    )


def plan_license(store: Store, counter: Counter, sent: Sent, *, knows_state: bool = False) -> Plan:
    """What is to be done with a licence that was read. `knows_state`: whoever sends it has seen what the licence is now.

    Raises `registry.intake.single.NotIssued`, `NumberSimilar`.
    """
    license = with_renewed(store, sent.license) or sent.license
    plan = plan_alone(store, license, counter.grantor, counter.scheme, knows_state=knows_state)
    if not sent.distinct and (plan.existing is None or not plan.existing.is_shown):
        _require_no_other(store, sent.license)
    known = {(finding.code, *sorted(finding.details.items())) for finding in sent.findings}
    further = [finding for finding in plan.findings if (finding.code, *sorted(finding.details.items())) not in known]
    placed = (_with_member(finding, counter.grantor.license_type) for finding in further)
    return replace(plan, findings=(*sent.findings, *placed))


def _require_no_other(store: Store, license: License) -> None:
    """Raises `NumberSimilar` where the number may be another spelling, or a former number, of a licence that is there."""
    iri = license.iri
    authority_id, type_id = store.authority_id(iri.authority), store.type_id(iri.type)
    similar = {*store.numbers_like(authority_id, type_id, lookup_key(license.number))} - {license.number}
    named = {found.license.number for found in store.find_by_alias(iri) if found.is_shown} - {license.number}
    if similar or named:
        raise NumberSimilar(license.number, similar | named)


def is_news(plan: Plan) -> bool:
    """Whether there is anything to write: not for a licence that is public exactly as it was sent."""
    is_public = plan.existing is not None and plan.existing.record_status == RecordStatus.PUBLISHED
    return plan.outcome != UNCHANGED or not is_public


def _require(preconditions: Preconditions, etags: frozenset[str] | None) -> None:
    """RFC 9110, 13.1.1 and 13.1.2. `etags` are those of the present state, None where there is no licence."""
    wanted, unwanted = preconditions.match, preconditions.none_match
    if wanted is not None and (etags is None or not ("*" in wanted or wanted & etags)):
        there = "the licence has changed since" if etags is not None else "there is no such licence"
        raise PreconditionFailed(f"{there}: get it again, and send it with its present ETag in If-Match")
    if unwanted is not None and etags is not None and ("*" in unwanted or unwanted & etags):
        raise PreconditionFailed("the licence is there already: get it, and send it with its present ETag in If-Match")


def _stored(session: Session, store: Store, iri: LicenseIri) -> LicenseRecord:
    session.flush()
    session.expire_all()
    record = store.find(iri)
    assert record is not None
    return record


def _etags(register: Register, store: Store, record: LicenseRecord | None, grantor: Grantor) -> frozenset[str] | None:
    """The entity tags of the present state, that of the authority's own view and that of the public one; None without one."""
    if record is None or not record.is_shown:
        return None
    return frozenset(view_of(register, store, record, grantor, is_own=is_own).etag for is_own in (True, False))


def find_view(register: Register, caller: AccessToken | None, iri: LicenseIri) -> View | LicenseIri:
    """The licence `iri`: to its authority's own system in full, to everybody else as it is disclosed.

    Where the number is an alias, the licence that bears it. Raises `NoSuchLicense`, `RecordWithdrawn`.
    """
    with register.database.reading() as session:
        store = register.store(session)
        record = store.find(iri)
        if record is not None:
            require_shown(store, record, iri.number)
        if record is None:
            aliases = [found.license.iri for found in store.find_by_alias(iri) if found.is_shown]
            if len(aliases) == 1 and iri.qualifier is None:
                return aliases[0]
            bearing = [found.license.iri.tail for found in store.find_by_number(iri) if found.is_shown]
            others = f"; the number is borne by {', '.join(bearing)}" if bearing else ""
            raise NoSuchLicense(f"no licence in this register has the IRI {iri}{others}")
        is_own = caller is not None and caller.authority == iri.authority and TokenScope.PUBLISH in caller.scopes
        return view_of(register, store, record, store.grantor(iri.authority, iri.type), is_own=is_own)


def view_of(register: Register, store: Store, record: LicenseRecord, grantor: Grantor, *, is_own: bool) -> View:
    """A licence as it is answered. The authority sees its newest face as it sent it; others the present one, as disclosed."""
    iri, base = record.license.iri, register.base
    face = record.newest if is_own else disclosed(record.license, grantor.license_type)
    document: dict[str, Any] = {
        "iri": str(iri),
        "check": base + urls.check(record.check_id),
        "version": record.newest_version if is_own else record.version,
        "status": record.history.status(store.today).value,
        "record": record.record_status,
        "license": plain_members(face),
        "complete": is_plain(face),
        "links": {
            "self": base + urls.api_license(iri),
            "credential": base + urls.license_document(iri, "vc"),
            **{form: base + urls.license_document(iri, form) for form in urls.FORMATS if form != "vc"},
        },
    }
    digest = hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return View(iri=iri, document=document, etag=digest[:32])


def finding_node(finding: Finding, instead: Mapping[str, str] = PUSHED) -> Document:
    """A finding as it is answered: in which member, what was read, what is wrong in both languages, and what it might be.

    `instead` has the words that differ from those for a file.
    """
    return {
        "code": finding.code,
        "gravity": finding.gravity.value,
        "member": finding.column,
        "received": finding.received,
        "message": {lang: explanation(finding, lang, instead) for lang in LANGUAGES},
        "proposed": finding.proposed,
    }


_MEMBERS: Mapping[str, str] = {"number-similar": Field.NUMBER, "renewed-unknown": Field.RENEWS}
"""To which member a finding belongs that of a file is one about the whole row."""


def _with_member(finding: Finding, license_type: LicenseType) -> Finding:
    items = {
        str(item.label): f"{PARTICULARS}.{item.code}" if item.code else COLUMNS_OF[item.field][0]
        for item in license_type.face
    }
    named = items.get(finding.details.get("item", "")) if finding.code == "item-missing" else _MEMBERS.get(finding.code)
    return replace(finding, column=finding.column or named or "")
