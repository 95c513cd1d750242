"""Commands about the files that agencies send."""

import csv
from pathlib import Path

import click

from registry.batches import batches, rejected_rows
from registry.cli.opening import keep_trust_file, opened, progress_bar, read_text
from registry.intake.diff import REJECTED
from registry.intake.finding import CATALOGUE
from registry.intake.publish import Submission, preview, publish
from registry.terminal import batch_line, print_report, said


@click.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--authority", required=True, metavar="CODE", help="Who grants these licences, e.g. lao-06480115.")
@click.option("--type", "license_type", required=True, metavar="CODE", help="What they are, e.g. food-premises.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Which column is what.")
@click.option("--dry-run", is_flag=True, help="Show what would be published, and write nothing.")
def publish_command(file: Path, authority: str, license_type: str, mapping: Path | None, dry_run: bool) -> None:
    """Publish the licences in a CSV FILE. Good rows are published; bad ones are kept for repair."""
    submission = Submission(
        authority=authority,
        license_type=license_type,
        file_name=file.name,
        body=file.read_bytes(),
        mapping=read_text(mapping) if mapping else None,
        mapping_name=mapping.name if mapping else "mapping",
    )
    register = opened()
    if dry_run:
        report = preview(register, submission)
    else:
        with progress_bar(f"Publishing {file.name}") as progress:
            report = publish(register, submission, progress)
        keep_trust_file(register)
    print_report(report, dry_run=dry_run)
    if report.counts[REJECTED]:
        # For whoever runs this from a schedule: something waits for repair.
        raise SystemExit(1)


@click.command("batches")
@click.option("--rejected", type=int, metavar="BATCH", help="Write the rejected rows of a batch to a CSV file (-o).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file for --rejected.")
def batches_command(rejected: int | None, output: Path | None) -> None:
    """List the files received and what became of them; export rejected rows for repair."""
    register = opened()
    if rejected is None:
        for batch in batches(register):
            click.echo(batch_line(batch))
        return
    if output is None:
        raise click.BadParameter("--rejected needs a file: -o rejected.csv")
    headings, rows = rejected_rows(register, rejected, lambda code, details: said(CATALOGUE[code][1], **details))
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    click.echo(f"{len(rows)} rows written to {output}")
