"""Commands about origins: registers of authorities' own, whose licences are harvested."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import click

from registry.cli.opening import keep_trust_file, opened
from registry.exchange.sources import MAX_MINUTES, MIN_MINUTES
from registry.federation.following import follow_due
from registry.federation.harvested import refused
from registry.federation.origins import (
    OUTCOMES,
    NoSuchOrigin,
    Origin,
    add_origin,
    list_origin_anew,
    origin_named,
    origins,
    remove_origin,
    trust_origin,
)
from registry.intake.batch import Progress
from registry.register import Register
from registry.terminal import said, visible
from verify.fetch import Fetcher
from verify.guard import LOOPBACK
from vocab.graph import date_time

SHOWN = 50
_FINGERPRINT = click.option(
    "--fingerprint", default="", metavar="SHA256", help="That of its keys, as the agency told it by another way."
)
_FIRST_USE = click.option(
    "--trust-on-first-use",
    "trusts_first",
    is_flag=True,
    help="Take the keys that are served now, without asking anybody.",
)


def fetcher_of(register: Register) -> Fetcher:
    """The guarded client. A register that is itself tried on one's own machine may ask others there."""
    return Fetcher(allow_loopback=urlsplit(register.base).hostname in LOOPBACK)


@click.group()
def origin() -> None:
    """Add, list and remove registers of authorities' own, from which their licences are harvested."""


@origin.command()
@click.argument("name")
@click.argument("base")
@click.option("--authority", required=True, metavar="CODE", help="Whose licences are taken; those of others never are.")
@click.option("--issuer", "did", default="", metavar="DID", help="Who signs there, where its software is not ours.")
@_FINGERPRINT
@_FIRST_USE
@click.option(
    "--every",
    type=click.IntRange(MIN_MINUTES, MAX_MINUTES),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="How often to ask it.",
)
def add(name: str, base: str, authority: str, did: str, fingerprint: str, trusts_first: bool, every: int) -> None:
    """Harvest the licences of an authority from its own register at BASE (https://its.host) from now on, as NAME.

    Without --fingerprint it shows the keys that sign there and their fingerprint, and adds nothing: ask the agency.
    """
    register = opened()
    made = add_origin(
        register,
        fetcher_of(register),
        authority=authority,
        name=name,
        base=base,
        did=did,
        agreed=fingerprint,
        trusts_first=trusts_first,
        every=timedelta(minutes=every),
    )
    click.echo(_line(made))


@origin.command("list")
@click.option("--authority", default="", metavar="CODE", help="Only the origins of this authority.")
def list_command(authority: str) -> None:
    """List the origins: whose, where, how many licences are in which state, and what became of the last attempt."""
    for item in origins(opened(), authority):
        click.echo(_line(item))


@origin.command()
@click.argument("name")
def show(name: str) -> None:
    """Show origin NAME, its keys, and the licences that were refused, are gone, or lost something on the way."""
    register = opened()
    item = origin_named(register, name)
    click.echo(_line(item))
    click.echo(f"  Keys agreed to ({item.fingerprint}):")
    for key in sorted(item.keys):
        click.echo(f"    {key}")
    with register.database.reading() as session:
        for row in refused(session, item.id, SHOWN):
            click.echo(f"  {row.state} since {date_time(row.since)}: {row.iri}")
            if row.words:
                click.echo(f"    {row.step}: {visible(row.words[:60]) if not row.words.isprintable() else row.words}")
            if row.lost:
                click.echo(f"    not carried over: {row.lost}")


@origin.command()
@click.argument("name")
@_FINGERPRINT
@_FIRST_USE
def trust(name: str, fingerprint: str, trusts_first: bool) -> None:
    """Take the keys that origin NAME serves now for its own too, once the agency has confirmed their fingerprint."""
    register = opened()
    done = trust_origin(register, fetcher_of(register), name, agreed=fingerprint, trusts_first=trusts_first)
    click.echo(_line(done))


@origin.command()
@click.argument("name")
def anew(name: str) -> None:
    """List all licences of origin NAME anew at the next attempt: after its feed or dump contradicted what it had said."""
    click.echo(_line(list_origin_anew(opened(), name)))


@origin.command()
@click.argument("name")
def remove(name: str) -> None:
    """Harvest origin NAME no more. What was published of it stays."""
    removed = remove_origin(opened(), name)
    click.echo(f"Origin {removed.name} of {removed.authority} is removed")


def origin_if_any(register: Register, name: str) -> Origin | None:
    """The origin of this name, or None."""
    try:
        return origin_named(register, name)
    except NoSuchOrigin:
        return None


def follow(
    register: Register, chosen: Origin | None, is_stopped: Callable[[], bool], progress: Progress
) -> Iterator[Origin]:
    """Follows the origins that are due, or the chosen one, and says what became of each."""
    found = follow_due(
        register,
        fetcher_of(register),
        origin_id=chosen.id if chosen else None,
        is_stopped=is_stopped,
        progress=progress,
    )
    for done in found:
        click.echo(f"{done.name} ({done.authority}): {said(OUTCOMES[done.outcome.code], **done.outcome.details)}")
        if done.outcome.code not in {"new", "unchanged"}:
            keep_trust_file(register)
        yield done


def _line(item: Origin) -> str:
    """An origin, and under it what became of the last attempt."""
    checked = f"checked {date_time(item.checked_at)}, " if item.checked_at else ""
    failures = f" ({item.failures} failures in a row)" if item.failures else ""
    counts = ", ".join(f"{count} {state}" for state, count in item.counts.items()) or "no licences yet"
    aside = ""
    if item.aside:
        aside = f"\n  {item.aside['count']} changes of others were not taken, such as {item.aside['example']}"
    return (
        f"{item.name}  {item.authority}  {item.base}  {item.did}\n"
        f"  {counts}\n"
        f"  every {int(item.every.total_seconds()) // 60} minutes, {checked}next {date_time(item.next_at)}: "
        f"{said(OUTCOMES[item.outcome.code], **item.outcome.details)}{failures}{aside}"
    )
