"""Commands about reports of signs that do not match their licence: an authority's queue."""

import sys
from datetime import datetime
from pathlib import Path

import click

from registry.cli.keys import Instant
from registry.cli.opening import REMAINS, opened
from registry.report_erasure import erase_closed_before, erase_report, is_purged
from registry.reports import close_report, report, report_photo, reports
from registry.urls import license_page
from vocab.graph import date_time
from vocab.history import legal_date


@click.group("reports")
def reports_group() -> None:
    """Read what people told of signs that do not match their licence, close what was dealt with, erase what must go."""


@reports_group.command("list")
@click.option("--authority", default="", metavar="CODE", help="Only the reports for this authority.")
@click.option("--all", "is_all", is_flag=True, help="The closed ones too.")
def list_command(authority: str, is_all: bool) -> None:
    """List the open reports, oldest first: reference, when, for whom, which licence, what does not match."""
    register = opened()
    after = 0
    while page := reports(register, authority, is_open=None if is_all else True, after=after):
        for item in page:
            wrong = " ".join(item.wrong) or "-"
            photo = "  photo" if item.has_photo else ""
            closed = f"  closed {date_time(item.closed_at)}" if item.closed_at else ""
            erased = f"  erased {date_time(item.erased.at)}" if item.erased else ""
            facts = f"{item.reference}  {date_time(item.at)}  {item.authority}  {item.number}  {wrong}"
            click.echo(f"{facts}{photo}{closed}{erased}")
        after = page[-1].sequence


@reports_group.command()
@click.argument("reference")
def show(reference: str) -> None:
    """Show the report REFERENCE."""
    register = opened()
    item = report(register, reference)
    click.echo(f"{item.reference}  {date_time(item.at)}  for {item.authority}")
    click.echo(f"  Licence: {item.number}  {register.base}{license_page(item.tail)}")
    click.echo(f"  Does not match: {' '.join(item.wrong) or '-'}")
    if item.place:
        click.echo(f"  Where: {_one_line(item.place)}")
    if item.text:
        click.echo(f"  Text: {_one_line(item.text)}")
    if item.has_photo:
        click.echo(f"  Photo: license-registry reports photo {item.reference} -o photo.jpg")
    if item.closed_at:
        click.echo(f"  Closed {date_time(item.closed_at)}: {_one_line(item.reason)}")
    if item.erased:
        by = item.erased
        click.echo(f"  Text, place and photo erased {date_time(by.at)} by {by.by}: {_one_line(by.reason)}")


@reports_group.command()
@click.argument("reference")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The JPEG file to write."
)
def photo(reference: str, output: Path) -> None:
    """Write the photo of the report REFERENCE."""
    output.write_bytes(report_photo(opened(), reference))
    click.echo(f"{output}")


@reports_group.command()
@click.argument("reference")
@click.option("--reason", required=True, help="What was found and done; it stays with the report.")
def close(reference: str, reason: str) -> None:
    """Close the report REFERENCE: it is not listed as open any more. Its text and photo are erased REGISTRY_REPORT_DAYS later."""
    closed = close_report(opened(), reference, reason)
    click.echo(f"{closed.reference} is closed")


@reports_group.command()
@click.argument("reference", default="")
@click.option("--closed-before", "before", type=Instant(), metavar="DATE", help="Of all that were closed before then.")
@click.option("--authority", default="", metavar="CODE", help="Only of the reports for this authority.")
@click.option("--reason", default="", help="Why; it stays with the report, so no personal data.")
def erase(reference: str, before: datetime | None, authority: str, reason: str) -> None:
    """Erase text, place and photo of the report REFERENCE, or of all --closed-before a day, for good.

    That there was a report, of which licence, what did not match, how it was closed, and this erasure stay. Exit code 1: it is
    erased, but bytes of it remain in the files of the database, since somebody reads it.
    """
    if bool(reference) == (before is not None):
        raise click.UsageError("name one report, or say --closed-before, and not both")
    if before is None and not reason:
        raise click.UsageError("say with --reason why it is erased")
    register = opened()
    if before is None:
        erased = erase_report(register, reference, reason, authority)
        click.echo(f"{erased.reference} is erased")
    else:
        count = erase_closed_before(register, before, reason or f"closed before {legal_date(before)}", authority)
        click.echo(f"{count} reports were erased")
    if not is_purged(register):
        click.echo(REMAINS, err=True)
        sys.exit(1)


def _one_line(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines() if line.strip())
