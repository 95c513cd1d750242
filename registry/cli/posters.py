"""Commands for what licensees show."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from issuers.qr import Correction
from registry import urls
from registry.cli.naming import NotOne, one
from registry.cli.opening import opened, progress_bar
from registry.poster.batch import batch_posters, poster_name
from registry.poster.poster import PosterRefused, Size, Wish, poster_job
from registry.poster.typesetting import Typesetter, TypesettingFailed
from registry.showing.links import TO_OPEN, TO_SHOW, new_show_link, revoke_show_links, show_links
from registry.translation import language

_LEFT_OUT = (NotOne, PosterRefused, TypesettingFailed)
"""Why one of several licences has no poster; the others have theirs."""


@click.command("poster")
@click.argument("numbers_or_iris", nargs=-1)
@click.option("--batch", type=int, metavar="N", help="Posters of all licences in force of a batch, as a ZIP.")
@click.option(
    "--size",
    type=click.Choice([size.value for size in Size]),
    default=Size.A4.value,
    show_default=True,
    help="The sheet; a sticker is 100 by 150 mm.",
)
@click.option("--lang", type=click.Choice(["th", "en"]), default="th", show_default=True, help="Its language.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Correction]),
    default=Correction.M.value,
    show_default=True,
    help="How much of the code may be lost: M 15 %, Q 25 %, for outdoors.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The PDF of one licence (default: poster-NUMBER.pdf), the folder for those of several, the ZIP of a batch.",
)
def poster(
    numbers_or_iris: tuple[str, ...], batch: int | None, size: str, lang: str, level: str, output: Path | None
) -> None:
    """Write the poster of each licence as a PDF to print and hang up, with its signed credential inside."""
    if bool(numbers_or_iris) == (batch is not None):
        raise click.UsageError("name licences, or a batch with --batch")
    register = opened()
    wish = Wish(size=Size(size), lang=language(lang), level=Correction(level))
    with Typesetter() as typesetter:
        if batch is not None:
            file = output or Path(f"batch-{batch}-posters.zip")
            with progress_bar(f"Posters of batch {batch}") as progress:
                pieces = batch_posters(register, batch, wish, typesetter, progress)
                first = next(pieces)
                with file.open("wb") as out:
                    out.write(first)
                    out.writelines(pieces)
            click.echo(str(file))
            return
        left_out = 0
        for n, text in enumerate(numbers_or_iris, 1):
            try:
                record = one(register, text)
                with register.database.reading() as session:
                    body = typesetter.set(poster_job(register, session, record, wish))
            except _LEFT_OUT as why:
                if len(numbers_or_iris) == 1:
                    raise
                click.echo(f"Left out: {text}: {why}", err=True)
                left_out += 1
                continue
            name = poster_name(n, record.license.number)
            if len(numbers_or_iris) == 1:
                file = output or Path(f"poster-{name.partition('-')[2]}")
            else:
                folder = output or Path()
                folder.mkdir(parents=True, exist_ok=True)
                file = folder / name
            file.write_bytes(body)
            click.echo(str(file))
    if left_out:
        sys.exit(1)


class _NewByDefault(click.Group):
    """`show-link NUMBER` makes a link, as `show-link new NUMBER` does."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["new", *args]
        return super().resolve_command(ctx, args)


@click.group("show-link", cls=_NewByDefault)
def show_link() -> None:
    """Make, list and revoke the links by which a licensee shows a licence on a phone. `show-link NUMBER` makes one."""


@show_link.command("new")
@click.argument("number_or_iri")
@click.option(
    "--open-within",
    type=click.IntRange(1, 90),
    help=f"Days in which it is opened (default: {TO_OPEN.days}, or as few as it shows).",
)
@click.option(
    "--show-for",
    type=click.IntRange(1, 3660),
    default=TO_SHOW.days,
    show_default=True,
    help="Days for which the phone shows.",
)
def new(number_or_iri: str, open_within: int | None, show_for: int) -> None:
    """Make a link for the holder of a licence and print it, once: only its digest is kept. It works on one phone."""
    register = opened()
    record = one(register, number_or_iri)
    to_open = None if open_within is None else timedelta(days=open_within)
    link, secret = new_show_link(register, record, to_open=to_open, to_show=timedelta(days=show_for))
    click.echo(
        f"A link for the holder of {record.license.number}, to be opened once until {link.expires_at:%Y-%m-%d}. "
        "Send it to nobody else.",
        err=True,
    )
    click.echo(register.base + urls.show(secret))


@show_link.command("list")
@click.argument("number_or_iri")
def list_links(number_or_iri: str) -> None:
    """List the links of a licence: when they were made and opened, and whether they still hold. The links are not kept."""
    register = opened()
    for link in show_links(register, one(register, number_or_iri).id):
        opened_at = f", opened {link.opened_at:%Y-%m-%d %H:%M}Z" if link.opened_at else ""
        click.echo(f"{link.id}  {link.state(register.now())}  made {link.made_at:%Y-%m-%d %H:%M}Z{opened_at}")


@show_link.command("revoke")
@click.argument("number_or_iri")
def revoke(number_or_iri: str) -> None:
    """Make all links of a licence worthless, opened or not: the phone was lost, or is somebody else's now."""
    register = opened()
    click.echo(f"Revoked: {revoke_show_links(register, one(register, number_or_iri).id)}")
