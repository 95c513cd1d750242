"""Commands that make a register and say who grants what in it, and the one that gives out what verifiers trust."""

from pathlib import Path

import click

from registry.catalogue import declare, read_catalogue
from registry.cli.opening import made, opened, progress_bar
from registry.codes import complete_codes
from registry.config import Settings
from registry.entries import complete
from registry.trust import trust_file


@click.command()
def init() -> None:
    """Make the register in REGISTRY_HOME, or bring its schema up to date. Never loses anything."""
    settings = Settings.from_environ()
    register = made(settings)
    with progress_bar("Listing") as progress:
        completed = complete(register, progress)
    if completed:
        click.echo(f"Listed for the search and the change feed: {completed:,} licences that were published before")
    with progress_bar("Making codes") as progress:
        codes = complete_codes(register, progress)
    if codes:
        click.echo(f"Signed for the QR codes of licences that were published before: {codes:,}")
    click.echo(f"The register is in {settings.home}, its base is {register.base}")


@click.command("declare")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def declare_command(file: Path) -> None:
    """Declare authorities, license types, mandates and announcements from a TOML FILE. Repeating it changes nothing."""
    catalogue = read_catalogue(file)
    declare(opened(), catalogue)
    click.echo(
        f"Declared: {len(catalogue.authority)} authorities, {len(catalogue.type)} license types, "
        f"{len(catalogue.mandate)} mandates, {len(catalogue.announcement)} announcements"
    )


@click.command()
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def trust(output: Path) -> None:
    """Write the trust data for offline checking: authorities, keys, mandates and status lists as of now."""
    output.write_bytes(trust_file(opened()))
