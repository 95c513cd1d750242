"""The command that says what section 13 misses in what is public."""

import csv
import sys
from collections import Counter
from collections.abc import Collection, Iterator

import click

from registry.cli.opening import opened
from registry.faults import FACE_ITEM, faults_found, lacking_found
from registry.intake.table import escaped
from registry.register import Register
from registry.shapes import broken_in_sample
from vocab.iri import LicenseIri
from vocab.section13 import Fault


@click.command("faults")
@click.option("--authority", metavar="CODE", default="", help="Only what this authority granted.")
@click.option("--fault", type=click.Choice([*(fault.value for fault in Fault), FACE_ITEM]), help="Only this fault.")
@click.option("--sample", type=click.IntRange(1, 10_000), metavar="N", help="Run the published shapes on N licences.")
@click.option("--seed", default="1", metavar="TEXT", help="Decides which licences are in the sample.")
def faults_command(authority: str, fault: str | None, sample: int | None, seed: str) -> None:
    """List what section 13 misses in each public licence, as CSV (rules: /def/shape/s13). Exit code 1 where there is any.

    All licences are looked at by the register's own rules, which say the same as the shapes and are quicker; last come those that
    lack an item which stands on every licence of their type (face-item), which no shape sees. With --sample, the
    shapes themselves run, on the documents of N licences as they are public; the same seed chooses the same ones.
    """
    register = opened()
    looked_at = _all_faults(register, authority) if sample is None else _by_shapes(register, sample, seed, authority)
    counts: Counter[str] = Counter()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("iri", "number", "fault"))
    for iri, found in looked_at:
        for one in sorted(found):
            if fault in (None, one):
                counts[one] += 1
                writer.writerow((str(iri), escaped(iri.number), one))
    for name, count in counts.most_common():
        click.echo(f"{name}: {count:,} licences", err=True)
    sys.exit(1 if counts else 0)


def _all_faults(register: Register, authority: str) -> Iterator[tuple[LicenseIri, Collection[str]]]:
    yield from faults_found(register, authority)
    for iri in lacking_found(register, authority):
        yield iri, [FACE_ITEM]


def _by_shapes(
    register: Register, size: int, seed: str, authority: str
) -> Iterator[tuple[LicenseIri, Collection[str]]]:
    for iri, rules in broken_in_sample(register, size, seed, authority):
        yield iri, [rule.name for rule in rules]
