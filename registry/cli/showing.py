"""What the command line prints of a batch: its report, its findings, what it changes, and what to do next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice

import click

from registry.batches import LINKS, changes_of, missing_of, rows_of, taken_back
from registry.batches import STANDING as STANDING_FIELD
from registry.intake.batch import Batch, BatchState, FieldChange, Holds, Report, RowView
from registry.intake.diff import NEW, OUTCOMES, REJECTED
from registry.intake.finding import Finding
from registry.intake.gravity import Gravity
from registry.intake.suspicion import SUSPICIONS
from registry.intake.wording import (
    FIELD,
    GRAVITY,
    HOLDS,
    OUTCOME,
    STANDING,
    STATE,
    day_in_words,
    explanation,
    of_the_file,
)
from registry.register import Register
from registry.terminal import said, spoken, visible
from registry.translation import marked as _
from vocab.history import legal_date
from vocab.thai import format_date

MAX_FINDINGS_SHOWN = 20
MAX_FINDINGS_READ = 100_000
"""Of a batch with more, the first are summed up; the files of findings have all."""
MAX_PLACES_SHOWN = 5
_WAS_BEFORE = {
    BatchState.PUBLISHED: _("Batch %(batch)s was published already, on %(day)s. Nothing was done now."),
    BatchState.UNDONE: _("Batch %(batch)s was taken back already, on %(day)s. Nothing was done now."),
    BatchState.DISCARDED: _("Batch %(batch)s was put aside already. Nothing was done now."),
}
NO_EXPIRY = "no expiry"
"""What `registry.batches.fields_of` says of a licence that the law knows no end of."""


def print_report(register: Register, report: Report, sample: Sequence[RowView] = ()) -> None:
    """What is in a batch and what was found, the gravest first, and the command for what can be done next. `sample` are the rows
    on which the published rules were tried (`registry.intake.sampling`)."""
    counts = ", ".join(f"{report.counts[outcome]} {said(OUTCOME[outcome])}" for outcome in OUTCOMES)
    click.echo(
        said(_("Batch %(batch)s: %(rows)s rows: %(counts)s"), batch=report.batch, rows=report.rows, counts=counts)
    )
    form = ", ".join(filter(None, (report.form.kind, report.form.encoding, *report.form.sheets)))
    seen = "; " + said(_("these very bytes were published before")) if report.seen_before else ""
    click.echo(f"  {form}; {said(HOLDS[report.holds])}; sha256 {report.sha256}{seen}")
    if report.state is not BatchState.PUBLISHED:
        click.echo("  " + said(_("State: %(state)s"), state=said(STATE[report.state])))
    if report.state is BatchState.UNDONE:
        click.echo("  " + _taken_back_line(register, report))
    elif report.changes_nothing:
        click.echo("  " + said(_("Nothing changes.")))
    if report.holds is Holds.ALL and report.missing and report.state is not BatchState.UNDONE:
        click.echo("  " + _missing_line(report))
    for code, details in report.suspicions.items():
        click.echo("  " + said(_("suspicious (%(code)s)"), code=code) + f": {said(SUSPICIONS[code], **details)}")
    for finding in report.findings:
        click.echo(f"  {said(GRAVITY[finding.gravity])}: {of_the_file(finding, spoken())}")
    for line in finding_lines(rows_of(register, report.batch, with_findings=True)):
        click.echo(line)
    for line in _sample_lines(sample):
        click.echo("  " + line)
    for line in _next_steps(report):
        click.echo("  " + line)


def was_before(report: Report, state: BatchState) -> str:
    """What is said of a batch that is asked to become what it is already; "" of any other."""
    if report.state is not state:
        return ""
    at = report.undone_at if state is BatchState.UNDONE else report.published_at
    day = day_in_words(legal_date(at), spoken()) if at else ""
    return (
        said(_WAS_BEFORE[state], batch=report.batch, day=day) if day else said(_WAS_BEFORE[state], batch=report.batch)
    )


def _taken_back_line(register: Register, report: Report) -> str:
    done = taken_back(register, report.batch)
    return said(
        _(
            "%(withdrawn)s licences were withdrawn, %(restored)s got their former content back, "
            "%(found)s are no longer marked as missing, %(missing)s are missing again."
        ),
        withdrawn=done.withdrawn,
        restored=done.restored,
        found=done.found,
        missing=done.missing,
    )


def _missing_line(report: Report) -> str:
    return said(
        _("%(missing)s licences that are public are not in this list. They stay, marked as missing from it."),
        missing=report.missing,
    )


def _next_steps(report: Report) -> Iterator[str]:
    if report.counts[REJECTED]:
        yield (
            said(_("Rejected rows for repair, to be sent back with --part"))
            + f": license-registry batches rejected {report.batch} -o rejected.xlsx"
        )
    # A list without rows is nothing to publish, unless all of what is public were missing from it.
    if report.state is BatchState.STAGED and (report.rows or report.missing):
        yield said(_("Look at every change")) + f": license-registry batches show {report.batch}"
        words = "".join(f" --accept-{code}" for code in report.suspicions)
        label = said(_("If all this is right, publish it")) if words else said(_("Publish it"))
        yield f"{label}: license-registry publish --batch {report.batch}{words}"


def finding_lines(rows: Iterable[RowView]) -> Iterator[str]:
    """The findings of `rows`, the gravest first; the same sentence on many rows is said once, with the rows counted."""
    lang = spoken()
    groups: dict[tuple[Gravity, str, str], _Places] = {}
    found = ((row, finding) for row in rows for finding in row.findings)
    for row, finding in islice(found, MAX_FINDINGS_READ):
        key = (finding.gravity, finding.column, explanation(finding, lang))
        groups.setdefault(key, _Places()).add(row, finding)
    order = list(Gravity)
    ordered = sorted(groups.items(), key=lambda item: order.index(item[0][0]))
    for (gravity, column, message), places in ordered[:MAX_FINDINGS_SHOWN]:
        yield f"  {said(GRAVITY[gravity])}: {places}" + (f", {column}" if column else "") + f": {message}"
    if len(ordered) > MAX_FINDINGS_SHOWN:
        yield "  " + said(_("... and %(count)s more kinds of findings"), count=len(ordered) - MAX_FINDINGS_SHOWN)
    if next(found, None) is not None:
        yield "  " + said(_("Only the first %(count)s findings are summed up here."), count=MAX_FINDINGS_READ)


def _sample_lines(rows: Sequence[RowView]) -> Iterator[str]:
    if not rows:
        return
    places = ", ".join(row.place for row in rows)
    tried = _("The published rules for section 13 were tried on %(count)s rows (lines %(places)s):")
    yield said(tried, count=len(rows), places=places)
    yield from list(finding_lines(rows)) or ["  " + said(_("All of them are kept."))]


class _Places:
    """Where the same was found: how often, and the first places with what stands there."""

    def __init__(self) -> None:
        self._count = 0
        self._first: list[str] = []

    def add(self, row: RowView, finding: Finding) -> None:
        self._count += 1
        if len(self._first) < MAX_PLACES_SHOWN:
            cell = f" [{visible(finding.received)}]" if finding.received else ""
            meant = f" -> {visible(finding.proposed)}" if finding.proposed else ""
            self._first.append(f"{row.place}{cell}{meant}")

    def __str__(self) -> str:
        shown = ", ".join(self._first)
        if self._count == 1:
            return said(_("line %(place)s"), place=shown)
        if self._count > len(self._first):
            more = self._count - len(self._first)
            return said(
                _("%(count)s rows, lines %(places)s and %(more)s more"), count=self._count, places=shown, more=more
            )
        return said(_("%(count)s rows, lines %(places)s"), count=self._count, places=shown)


def print_differences(register: Register, report: Report, limit: int) -> None:
    """What a batch makes of what is public: new licences, changes field by field, and what is missing; `limit` of each."""
    labels = _labels(register, report.license_type)
    new = (
        f"{row.number}  ({said(_('line %(place)s'), place=row.place)})"
        for row in rows_of(register, report.batch, (NEW,))
    )
    _print_some(_("New licences"), report.counts[NEW], new, limit)
    changes = (
        f"{change.number}  {change_words(field, labels)}"
        for change in islice(changes_of(register, report.batch, limit=limit), limit)
        for field in change.fields
    )
    _print_some(_("Licences that change"), report.counts["changed"], changes, None)
    if report.missing:
        missing = (f"{item.number}  {item.name}".rstrip() for item in missing_of(register, report.batch))
        _print_some(_("Licences that are missing from this list"), report.missing, missing, limit)


def _print_some(title: str, count: int, lines: Iterable[str], limit: int | None) -> None:
    if not count:
        return
    click.echo(f"{said(title)}: {count}")
    for line in islice(lines, limit):
        click.echo(f"  {line}")
    if limit is not None and count > limit:
        click.echo("  " + said(_("... and %(count)s more (--rows shows more)"), count=count - limit))


def _labels(register: Register, license_type: str) -> Mapping[str, str]:
    """What the fields are called: ours, and the particulars as the type's face calls them."""
    with register.database.reading() as session:
        face = register.store(session).require_license_type(license_type).face
    own = {item.code: item.label.in_language(spoken()) for item in face if item.code}
    return {**{name: said(message) for name, message in FIELD.items()}, LINKS: said(_("The licence document")), **own}


def change_words(change: FieldChange, labels: Mapping[str, str]) -> str:
    """A change as people read it: `วันหมดอายุ: 28/02/2569 -> 28/02/2570`."""
    before, after = (_value(change.field, text) for text in (change.before, change.after))
    return f"{labels.get(change.field, change.field)}: {before} -> {after}"


def _value(field: str, text: str) -> str:
    if not text:
        return said(_("(nothing)"))
    if text == NO_EXPIRY:
        return said(_("No expiry"))
    if field == STANDING_FIELD:
        return said(STANDING[text]) if text in STANDING else text
    with suppress(ValueError):
        return (
            format_date(date.fromisoformat(text), lang=spoken(), style="numeric") if len(text) == 10 else visible(text)
        )
    return visible(text)


def batch_line(batch: Batch) -> str:
    """A batch in the list of batches."""
    counts = ", ".join(
        f"{batch.counts[outcome]} {said(OUTCOME[outcome])}" for outcome in OUTCOMES if batch.counts.get(outcome)
    )
    waits = " " + said(_("suspicious (%(code)s)"), code=", ".join(batch.suspicions)) if _waits(batch) else ""
    source = f" [{batch.source}]" if batch.source else ""
    return (
        f"{batch.id}  {batch.received_at:%Y-%m-%d %H:%M}Z  {batch.authority} {batch.license_type}{source}  {batch.file_name}  "
        f"{said(STATE[batch.state])}{waits}: {counts or '-'}"
    )


def _waits(batch: Batch) -> bool:
    return batch.state is BatchState.STAGED and bool(batch.suspicions)
