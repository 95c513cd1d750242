"""The command that writes dumps."""

from pathlib import Path

import click

from registry.cli.opening import opened, progress_bar
from registry.config import Settings
from registry.dumps.dump import Dumping, dump
from registry.dumps.pieces import put_folder
from registry.intake.workers import several_workers


@click.command("dump")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Default: REGISTRY_DATA_FOLDER.")
@click.option("--authority", metavar="CODE", default="", help="Only what this authority granted.")
@click.option("--type", "license_type", metavar="CODE", default="", help="Only licences of this type.")
@click.option("--processes", type=click.IntRange(1, 64), help="Default: one for each processor core.")
def dump_command(output: Path | None, authority: str, license_type: str, processes: int | None) -> None:
    """Write all that is public as files (CSV, JSON lines, N-Triples), signed, with the change feed that goes on from there."""
    settings, register = Settings.from_environ(), opened()
    folder = output or settings.data_folder
    with progress_bar("Licences") as progress, several_workers(processes) as workers:
        done = dump(
            Dumping(register, folder, workers, settings.data_license, progress, put_folder(settings.home, folder)),
            authority=authority,
            license_type=license_type,
        )
    for each in done:
        click.echo(
            f"{each.authority} {each.license_type}: {each.count:,} licences, {each.made:,} of them anew, {each.bytes:,} bytes"
        )
    click.echo(f"Dumped to {folder}: {len(done)} datasets" + (f", up to change {done[0].cursor}" if done else ""))
