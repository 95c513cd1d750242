"""The difference between what was received and what is public: what is to be done with each licence, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from registry.intake.finding import Finding
from registry.intake.mapping import Field
from registry.intake.row import Source, read_row
from registry.intake.table import SourceRow, Table
from registry.record import LicenseRecord
from registry.store import Store
from vocab.history import FINAL, ActKind
from vocab.iri import LicenseIri, lookup_key
from vocab.license import License, Term

NEW, CHANGED, UNCHANGED, REJECTED, REPEATED = "new", "changed", "unchanged", "rejected", "repeated"
OUTCOMES = (NEW, CHANGED, UNCHANGED, REJECTED, REPEATED)

ALONE = SourceRow(1, ())
"""The row of a licence that came in no file."""


@dataclass(slots=True)
class RowPlan:
    """What is to be done with one row, and what was found in it. `license` is None where the row is not published."""

    row: SourceRow
    outcome: str
    license: License | None
    existing: LicenseRecord | None
    findings: tuple[Finding, ...]

    @property
    def line(self) -> int:
        return self.row.line


def plan_rows(store: Store, table: Table, source: Source) -> list[RowPlan]:
    """What is to be done with each row, judged by the rows together and by what is public."""
    checked = [read_row(row, source) for row in table.rows]
    plans = [
        RowPlan(each.row, REJECTED if each.license is None else NEW, each.license, None, each.findings)
        for each in checked
    ]
    _judge(store, plans, {name: headings[0] for name, headings in source.mapping.columns.items()})
    return plans


def plan_license(store: Store, license: License) -> RowPlan:
    """What is to be done with one licence that came alone: the same as with the only row of a file."""
    plan = RowPlan(ALONE, NEW, license, None, ())
    _judge(store, [plan], {})
    return plan


def _judge(store: Store, plans: list[RowPlan], columns: Mapping[str, str]) -> None:
    """Judges the plans by each other and by what is public. `columns` are the file's headings, for the findings."""
    _mark_repeats(plans)
    _look_for_same_place(plans)
    _link_renewals(store, plans, columns)
    by_key: dict[str, set[str]] = {}
    for plan in plans:
        if plan.license is not None:
            by_key.setdefault(lookup_key(plan.license.number), set()).add(plan.license.number)
    for plan in plans:
        if plan.license is not None:
            _compare(store, plan)
            _look_for_similar(store, plan, by_key, columns)


def _mark_repeats(plans: list[RowPlan]) -> None:
    """The same number twice: harmless with the same content; with other content nobody can tell which is right."""
    groups: dict[LicenseIri, list[RowPlan]] = {}
    for plan in plans:
        if plan.license is not None:
            groups.setdefault(plan.license.iri, []).append(plan)
    for group in groups.values():
        if len(group) == 1:
            continue
        first = group[0]
        same = all(is_same(plan.license, first.license) for plan in group)
        for plan in group[1:] if same else group:
            other = next(item for item in group if item is not plan)
            details = {"other": str(other.line)}
            number = plan.license.number if plan.license else ""
            code = "number-repeated" if same else "number-twice"
            plan.findings += (Finding(code=code, received=number, details=details),)
            plan.outcome = REPEATED if same else REJECTED
            plan.license = None


def is_same(one: License | None, other: License | None) -> bool:
    """Whether two licences say the same; white space around the number in the cell is no content."""
    if one is None or other is None:
        return one is other
    return replace(one, number_as_received=other.number_as_received) == other


def _look_for_same_place(plans: list[RowPlan]) -> None:
    """One place under two numbers may be a renewal that nobody ended: worth a look, and no more."""
    seen: dict[tuple[str, str, str], RowPlan] = {}
    for plan in plans:
        for place in plan.license.premises if plan.license else ():
            key = (str(place.name or ""), place.address.district, place.address.province)
            first = seen.setdefault(key, plan)
            if first is not plan and first.license and key[0]:
                details = {"other": str(first.line), "number": first.license.number}
                plan.findings += (Finding(code="premises-twice", received=key[0], details=details),)


def _link_renewals(store: Store, plans: list[RowPlan], columns: Mapping[str, str]) -> None:
    """Gives `renews` its full IRI: the number alone may need the qualifier of the licence that bears it."""
    known: dict[str, list[LicenseIri]] = {}
    for plan in plans:
        if plan.license is not None:
            known.setdefault(plan.license.number, []).append(plan.license.iri)
    for plan in plans:
        license = plan.license
        if license is None or license.renews is None:
            continue
        number = license.renews.number
        stored = [found.license.iri for found in store.find_by_number(license.renews)]
        candidates = {iri for iri in (*known.get(number, ()), *stored) if iri != license.iri}
        if license.renews.qualifier is not None and license.renews in candidates:
            continue
        if len(candidates) == 1:
            plan.license = replace(license, renews=candidates.pop())
            continue
        plan.license = replace(license, renews=None)
        column = columns.get(Field.RENEWS, "")
        plan.findings += (Finding(code="renewed-unknown", column=column, received=number, details={"number": number}),)


def _compare(store: Store, plan: RowPlan) -> None:
    assert plan.license is not None
    plan.existing = store.find(plan.license.iri)
    if plan.existing is None:
        return
    license = _respect_decisions(plan, plan.license, plan.existing)
    plan.license = license
    if license is None or is_same(license, plan.existing.newest):
        plan.outcome = REJECTED if license is None else UNCHANGED
        return
    # As it will be when all recorded acts have taken effect: nothing can follow a revocation, be it a coming one.
    standing = plan.existing.history.standing(date.max)
    if standing in FINAL:
        plan.findings += (Finding(code="act-needed", received=license.number, details={"standing": standing.value}),)
        plan.outcome, plan.license = REJECTED, None
        return
    plan.outcome = CHANGED


def _respect_decisions(plan: RowPlan, license: License, existing: LicenseRecord) -> License | None:
    """What to publish of a row: one that has dates of before must not undo what an officer decided since.

    A later end than the decision's is a renewal as always. Dates that the licence once had are left aside. Any others contradict
    the decision, and a person must say which are right.
    """
    decision, decided = existing.decision, existing.newest.term
    if decision is None or license.term == decided or ends_later(license.term, decided):
        return license
    known = license.term in existing.terms
    details = {"day": str(decision.effective_on), "order": decision.order}
    code = "decision-newer" if known else "decision-contradicted"
    plan.findings += (Finding(code=code, received=license.number, details=details),)
    return replace(license, term=decided) if known else None


def ends_later(new: Term, old: Term) -> bool:
    """Whether `new` ends on a later day than `old`, which has a last day."""
    return old.expires_on is not None and (new.no_expiry or (new.expires_on or date.min) > old.expires_on)


def _look_for_similar(store: Store, plan: RowPlan, by_key: dict[str, set[str]], columns: Mapping[str, str]) -> None:
    license = plan.license
    if license is None or plan.outcome == UNCHANGED:
        return
    key = lookup_key(license.number)
    authority_id, type_id = store.authority_id(license.iri.authority), store.type_id(license.iri.type)
    others = {*by_key.get(key, ()), *store.numbers_like(authority_id, type_id, key)} - {license.number}
    if others:
        column = columns.get(Field.NUMBER, "")
        details = {"other": ", ".join(sorted(others))}
        plan.findings += (
            Finding(code="number-similar", column=column, received=license.number_as_received, details=details),
        )


def kind_of_change(license: License, existing: LicenseRecord, today: date) -> tuple[ActKind, date, Term | None]:
    """A later end is a renewal, other dates are a correction, and other content is an amendment."""
    old, new = existing.newest.term, license.term
    # Never before the grant or what gave the dates so far: the newest dates would not hold then.
    given = [act.effective_on for act in existing.history.in_effect() if act.term is not None and act.effective_on]
    earliest = max(given, default=date.min)
    today = max(today, earliest)
    if old == new:
        return ActKind.AMEND, today, None
    if old.expires_on is not None and (new.no_expiry or (new.expires_on or date.min) > old.expires_on):
        # The old dates hold until the new ones begin: a renewal in time does not stop the licence in between.
        begins = new.valid_from if new.valid_from and new.valid_from > min(today, old.expires_on) else today
        return ActKind.RENEW, max(begins, earliest), new
    return ActKind.CORRECT, today, new
