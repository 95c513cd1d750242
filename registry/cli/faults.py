"""The command that says what section 13 misses in what is public."""

import csv
import sys
from collections import Counter

import click

from registry.cli.opening import opened
from registry.faults import faults_found
from registry.intake.table import escaped
from vocab.section13 import Fault


@click.command("faults")
@click.option("--authority", metavar="CODE", default="", help="Only what this authority granted.")
@click.option("--fault", type=click.Choice([fault.value for fault in Fault]), help="Only this fault.")
def faults_command(authority: str, fault: str | None) -> None:
    """List what section 13 misses in each public licence, as CSV (rules: /def/shape/s13). Exit code 1 where there is any."""
    counts: Counter[str] = Counter()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("iri", "number", "fault"))
    for iri, found in faults_found(opened(), authority):
        for one in sorted(found):
            if fault in (None, one):
                counts[one] += 1
                writer.writerow((str(iri), escaped(iri.number), one.value))
    for name, count in counts.most_common():
        click.echo(f"{name}: {count:,} licences", err=True)
    sys.exit(1 if counts else 0)
