"""`sparql-load`: all of the register in the SPARQL endpoint, from its dumps."""

from pathlib import Path

import click

from registry.cli.opening import opened
from registry.config import Settings
from registry.datasets import Dumps
from registry.sparql.keeping import load_all


@click.command("sparql-load")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DUMPDIR")
def sparql_load(folder: Path) -> None:
    """Load the N-Triples in DUMPDIR (*.nt, *.nt.zst), and what SPARQL has anyhow, into a store that /sparql asks from then on."""
    settings = Settings.from_environ()
    dumps = Dumps(settings.data_folder, settings.data_license)
    loaded, triples = load_all(opened(), settings.home, dumps, folder)
    click.echo(f"{triples:,} triples of {loaded} files; to go back to the small graph, delete the folder sparql/all")
