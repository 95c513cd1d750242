"""What the command line prints: reports and licences, in the language of the reader."""

import click

from registry.batches import Batch
from registry.config import Settings
from registry.intake.diff import OUTCOMES, REJECTED
from registry.intake.finding import CATALOGUE, Gravity
from registry.intake.publish import Report
from registry.intake.text import is_control
from registry.record import LicenseRecord
from registry.translation import language, translate
from registry.web import wording
from vocab.license import LocalText
from vocab.thai import format_date

MAX_FINDINGS_SHOWN = 20
MAX_ROWS_SHOWN = 5
MAX_CELL_SHOWN = 60


def said(message: str, **values: object) -> str:
    """`message` in the language of the command line."""
    return translate(language(Settings.from_environ().lang), message, **values)


def print_report(report: Report, *, dry_run: bool) -> None:
    total = len(report.rows)
    counts = ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in OUTCOMES)
    head = "Dry run, nothing written" if dry_run else f"Batch {report.batch}"
    click.echo(f"{head}: {total} rows: {counts}")
    click.echo(
        f"  file sha256 {report.sha256}" + ("; these very bytes were published before" if report.seen_before else "")
    )
    if report.changes_nothing:
        good = total - report.counts[REJECTED]
        click.echo(
            f"  Nothing changes: {good} good rows are public already." if good else "  Nothing changes: no good rows."
        )
    for finding in report.findings:
        click.echo(f"  {finding.gravity}: {said(CATALOGUE[finding.code][1], **finding.details)}")
    lines = _finding_lines(report)
    for line in lines[:MAX_FINDINGS_SHOWN]:
        click.echo(line)
    if len(lines) > MAX_FINDINGS_SHOWN:
        click.echo(f"  ... and {len(lines) - MAX_FINDINGS_SHOWN} more kinds of findings")
    if report.counts[REJECTED] and not dry_run:
        click.echo(f"  Rejected rows for repair: license-registry batches --rejected {report.batch} -o rejected.csv")


def _finding_lines(report: Report) -> list[str]:
    """The findings on rows, the gravest first; the same sentence on many rows is said once, with the rows counted."""
    groups: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for row in report.rows:
        for finding in row.findings:
            message = said(CATALOGUE[finding.code][1], **finding.details)
            groups.setdefault((finding.gravity, finding.column, message), []).append((row.line, finding.received))
    order = [Gravity.BLOCKS, Gravity.WARNS, Gravity.INFORMS]
    lines = []
    for (gravity, column, message), places in sorted(groups.items(), key=lambda item: order.index(Gravity(item[0][0]))):
        shown = ", ".join(
            f"{line} [{visible(received)}]" if received else str(line) for line, received in places[:MAX_ROWS_SHOWN]
        )
        more = f" and {len(places) - MAX_ROWS_SHOWN} more" if len(places) > MAX_ROWS_SHOWN else ""
        where = "line" if len(places) == 1 else f"{len(places)} rows, lines"
        lines.append(f"  {gravity}: {where} {shown}{more}" + (f", {column}" if column else "") + f": {message}")
    return lines


def visible(received: str) -> str:
    """A cell for a terminal: short, and without the characters that would move the cursor or turn the text around."""
    text = "".join(f"<U+{ord(sign):04X}>" if is_control(sign) else sign for sign in received)
    return text if len(text) <= MAX_CELL_SHOWN else text[:MAX_CELL_SHOWN] + "…"


def print_license(record: LicenseRecord, type_name: LocalText, authority: LocalText, status: str) -> None:
    lang = Settings.from_environ().lang
    license = record.license
    click.echo(f"{license.number}  {type_name.in_language(lang)}")
    click.echo(f"  {license.iri}")
    click.echo(f"  {said(wording.STATUS[status])} ({status}) | {authority.in_language(lang)}")
    for licensee in license.licensees:
        click.echo(f"  {licensee.name.in_language(lang)}")
    for place in license.premises:
        click.echo(f"  {place.name.in_language(lang) if place.name else ''} {place.address.province}".rstrip())
    for act in record.history.acts:
        day = (
            format_date(act.effective_on, lang=language(lang), style="short")
            if act.effective_on
            else "(day not stated)"
        )
        click.echo(f"  {act.number}. {said(wording.ACT[act.kind])} {day} {act.order} {act.reason}".rstrip())


def batch_line(batch: Batch) -> str:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in batch.counts.items() if count)
    return (
        f"{batch.id}  {batch.received_at:%Y-%m-%d %H:%M}Z  {batch.authority} {batch.license_type}  {batch.file_name}  "
        f"{batch.state}: {counts or 'nothing'}"
    )
