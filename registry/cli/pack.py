"""The commands that make the inspector pack, and about the keys that sign it. None of them shows a secret."""

from datetime import timedelta
from pathlib import Path

import click

from registry.cli.keys import TOKEN
from registry.cli.opening import opened
from registry.config import Settings
from registry.pack.folder import PackFolder
from registry.pack.key import Ending, PackKey, pack_keys, rotate_pack_key
from registry.register import Register
from verify.manifest import Manifest, fingerprint
from vocab.graph import date_time


@click.group("pack", invoke_without_command=True)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Also write all of it to this file."
)
@click.pass_context
def pack_command(context: click.Context, output: Path | None) -> None:
    """Make the inspector pack anew: what codes and credentials are checked with where there is no network."""
    if context.invoked_subcommand is not None:
        if output is not None:
            raise click.UsageError("--output is for the pack itself: give it without a further command")
        return
    folder, manifest = _renewed(opened())
    if output is not None:
        output.write_bytes(folder.whole().read_bytes())
    click.echo(
        f"The pack of {manifest.base}: {manifest.size:,} bytes in {len(manifest.parts)} parts, "
        f"made {manifest.made.isoformat()}, good until {manifest.expires.isoformat()}"
    )
    click.echo(f"Its key, to compare with the checker: {fingerprint(manifest.key)}")


@pack_command.command("keys")
def keys_command() -> None:
    """List the keys that signed packs, oldest first: number, status, since when, where it is, fingerprint."""
    for key in pack_keys(opened()):
        click.echo(_line(key))


@pack_command.command("rotate-key")
@TOKEN
@click.option("--compromised", is_flag=True, help="Others may have the present key: it does not vouch for the next.")
@click.option("--lost", is_flag=True, help="The present key cannot sign any more: it does not vouch for the next.")
def rotate_command(token: str | None, compromised: bool, lost: bool) -> None:
    """Sign packs with a new key from now on, and make the pack anew. Phones that expect the key of before follow by its word."""
    if compromised and lost:
        raise click.UsageError("--compromised and --lost: give one of the two, which is kept as the reason")
    ending = Ending.COMPROMISED if compromised else Ending.LOST if lost else Ending.HANDED_OVER
    register = opened()
    keys = rotate_pack_key(register, ending, token or "")
    for key in keys[-2:]:
        click.echo(_line(key))
    _renewed(register)
    before = keys[-2].ended if len(keys) > 1 else None
    if before is None:
        click.echo("This is the first key. Tell your inspectors its fingerprint.")
    elif before is Ending.HANDED_OVER:
        click.echo(
            "Phones take the new key by themselves. Tell your inspectors its fingerprint, for those with a new phone."
        )
    else:
        click.echo(
            "No phone takes the new key by itself: tell your inspectors both fingerprints, by another way than this register's "
            "pages. Each compares the new one with what the checker shows at the next update, and accepts it there."
        )


def _renewed(register: Register) -> tuple[PackFolder, Manifest]:
    settings = Settings.from_environ()
    folder = PackFolder(register, settings.pack_folder, timedelta(hours=settings.pack_stale_hours))
    return folder, folder.renew()


def _line(key: PackKey) -> str:
    where = f"token {key.token}" if key.token else "database"
    since = date_time(key.ended_at or key.created_at)
    return f"{key.number:>4}  {key.ended or 'active':<11}  {since:<20}  {where:<14}  {fingerprint(key.public_key)}"
