"""`sparql-load`: all of the register in the SPARQL endpoint, from its dumps."""

from pathlib import Path

import click

from registry.cli.opening import opened
from registry.config import Settings
from registry.sparql.keeping import load_all


@click.command("sparql-load")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DUMPDIR")
def sparql_load(folder: Path) -> None:
    """Load the N-Triples in DUMPDIR (*.nt, *.nt.zst), and what SPARQL has anyhow, into a store that /sparql asks from then on."""
    loaded, triples = load_all(opened(), Settings.from_environ().home, folder)
    click.echo(f"{triples:,} triples of {loaded} files; to go back to the small graph, delete the folder sparql/all")
