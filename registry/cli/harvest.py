"""Commands about sources, addresses from which lists are fetched on a schedule, and the worker that fetches them."""

from collections.abc import Callable
from datetime import timedelta

import click

from registry.cli.opening import keep_trust_file, opened, progress_bar
from registry.cli.origin import follow, origin_if_any
from registry.cli.waiting import go_on, stopping
from registry.exchange.deliveries import deliver_due
from registry.exchange.harvest import harvest_due
from registry.exchange.sources import (
    MAX_MINUTES,
    MIN_MINUTES,
    OUTCOMES,
    Outcome,
    Source,
    add_source,
    has_mapping,
    remove_source,
    source_named,
    sources,
)
from registry.federation.origins import Origin
from registry.intake.batch import Holds, Progress
from registry.intake.staging import nothing
from registry.register import Register
from registry.terminal import said
from verify.fetch import Fetcher
from vocab.graph import date_time


@click.group()
def source() -> None:
    """Add, list and remove the addresses from which an authority's lists are fetched on a schedule."""


@source.command()
@click.argument("name")
@click.argument("url")
@click.option("--authority", required=True, metavar="CODE", help="Whose list it is.")
@click.option("--type", "license_type", required=True, metavar="CODE", help="What kind of licences are in it.")
@click.option(
    "--holds",
    type=click.Choice([holds.value for holds in Holds]),
    default=Holds.ALL.value,
    show_default=True,
    help="Whether the file has all licences of the list, or only a part.",
)
@click.option(
    "--every",
    type=click.IntRange(MIN_MINUTES, MAX_MINUTES),
    default=24 * 60,
    show_default=True,
    metavar="MINUTES",
    help="How often to fetch it.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="HOST",
    help="A host it may redirect to (also *.example.org); may be repeated.",
)
def add(name: str, url: str, authority: str, license_type: str, holds: str, every: int, hosts: tuple[str, ...]) -> None:
    """Fetch URL from now on, as NAME: an https address of a file, or a share link of Google Sheets, Drive or OneDrive.

    Its columns are read by the mapping that is saved for the same authority, type and source (`license-registry map --save`).
    """
    register = opened()
    made = add_source(
        register,
        authority=authority,
        license_type=license_type,
        name=name,
        url=url,
        hosts=hosts,
        holds=Holds(holds),
        every=timedelta(minutes=every),
    )
    click.echo(_line(made))
    if not has_mapping(register, made):
        click.echo(
            "No mapping is saved for this source yet. If the columns do not have the names of our own fields: "
            f"license-registry map FILE --authority {authority} --type {license_type} --source '{name}' --save",
            err=True,
        )


@source.command("list")
@click.option("--authority", default="", metavar="CODE", help="Only the sources of this authority.")
def list_command(authority: str) -> None:
    """List the sources: whose, where, when they were fetched last and will be next, and what became of it."""
    for item in sources(opened(), authority):
        click.echo(_line(item))


@source.command()
@click.argument("name")
def remove(name: str) -> None:
    """Fetch source NAME (or its number) no more. What was published of it stays."""
    removed = remove_source(opened(), name)
    click.echo(f"Source {removed.id} ({removed.name}) of {removed.authority} is removed")


@click.command()
@click.option("--once", is_flag=True, help="One round: what is due now, and stop.")
@click.option(
    "--source",
    "name",
    metavar="NAME",
    help="Only this source (or its number) or origin, now, due or not, even the same file again; and stop.",
)
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for sources that are due.",
)
def harvest(once: bool, name: str | None, every: int) -> None:
    """Fetch the sources and ask the origins that are due, and publish what is new where nothing is suspicious, until stopped.

    Several may run at once. Each round also delivers what webhooks are to be told. With --once or --source: exit code 1 where
    something failed or waits for a person.
    """
    register = opened()
    followed = origin_if_any(register, name) if name is not None else None
    chosen = source_named(register, name) if name is not None and followed is None else None
    with stopping() as stop:
        if name is None and not once:
            go_on("harvest", lambda: _round(register, None, stop.is_set), every, stop)
            return
        with progress_bar("Harvesting") as progress:
            if followed is None:
                is_well = _round(register, chosen, stop.is_set, progress)
            else:
                is_well = _follow_alone(register, followed, stop.is_set, progress)
    if not is_well:
        raise SystemExit(1)


def _round(
    register: Register, chosen: Source | None, is_stopped: Callable[[], bool], progress: Progress = nothing
) -> bool:
    """One round. Returns whether nothing in it needs a person."""
    harvested: list[Source] = []
    followed: list[Origin] = []
    try:
        for done in harvest_due(
            register, Fetcher(), source_id=chosen.id if chosen else None, is_stopped=is_stopped, progress=progress
        ):
            harvested.append(done)
            click.echo(f"{done.name} ({done.authority} {done.license_type}): {_told(done.outcome)}")
            if done.outcome.code == "published":
                keep_trust_file(register)
        if chosen is None:
            followed += follow(register, None, is_stopped, progress)
    finally:
        deliver_due(register, Fetcher(), is_stopped)
    if chosen is not None and not harvested:
        click.echo(f"Another worker is at source {chosen.id} ({chosen.name}) now", err=True)
        return False
    return not (any(done.needs_person for done in harvested) or any(done.needs_person for done in followed))


def _follow_alone(register: Register, chosen: Origin, is_stopped: Callable[[], bool], progress: Progress) -> bool:
    """As `_round`, for one origin."""
    followed = list(follow(register, chosen, is_stopped, progress))
    if not followed:
        click.echo(f"Another worker is at origin {chosen.name} now", err=True)
    return bool(followed) and not any(done.needs_person for done in followed)


def _told(outcome: Outcome) -> str:
    return said(OUTCOMES[outcome.code], **outcome.details)


def _line(item: Source) -> str:
    """A source, and under it what became of the last attempt."""
    checked = f"checked {date_time(item.checked_at)}, " if item.checked_at else ""
    hosts = f", may redirect to {' '.join(item.hosts)}" if item.hosts else ""
    failures = f" ({item.failures} failures in a row)" if item.failures else ""
    return (
        f"{item.id}  {item.name}  {item.authority} {item.license_type}  {item.url}{hosts}\n"
        f"  every {int(item.every.total_seconds()) // 60} minutes, {checked}next {date_time(item.next_at)}: "
        f"{_told(item.outcome)}{failures}"
    )
