"""Commands about the documents of licences: where they are, whether they are still there, and files that are kept here."""

from datetime import timedelta
from pathlib import Path

import click

from registry.access.acts import set_links, told
from registry.access.checker import DELAY, VISIT_SECONDS, check_links
from registry.access.checks import NOT_YET, OUTCOMES, Check, checks_of
from registry.access.files import Files, clear, upload, withdraw_file
from registry.access.link import Link
from registry.access.links import By
from registry.cli.naming import one
from registry.cli.opening import opened
from registry.cli.waiting import stopping
from registry.config import Settings
from registry.register import Register
from registry.terminal import said
from registry.web.access import RIGHTS
from verify.fetch import Fetcher
from vocab.access import AccessRefused, AccessRights, parse_access
from vocab.graph import date_time
from vocab.iri import LicenseIri


@click.group("access")
def access_group() -> None:
    """Say where the documents of licences are, look whether they are still there, and keep files of agencies."""


@access_group.command("show")
@click.argument("number_or_iri")
def show(number_or_iri: str) -> None:
    """Show the links to a licence's document, with the last check and the last good one."""
    register = opened()
    _print(register, one(register, number_or_iri).license.iri)


@access_group.command("set")
@click.argument("number_or_iri")
@click.option(
    "--rights",
    required=True,
    type=click.Choice([each.value for each in AccessRights]),
    help="Who may read the document.",
)
@click.option(
    "--access-url", default="", metavar="URL", help="A page that leads to it; of a restricted one, the log-in."
)
@click.option("--download-url", default="", metavar="URL", help="The address of the document itself.")
@click.option("--media-type", default="", metavar="TYPE", help="What it is, e.g. application/pdf.")
@click.option("--digest", default="", metavar="SRI", help="Its digest, e.g. sha256-... in base64.")
def set_command(
    number_or_iri: str, rights: str, access_url: str, download_url: str, media_type: str, digest: str
) -> None:
    """Say where the document of a licence is; what was declared before by this command or by the API is replaced."""
    register = opened()
    iri = one(register, number_or_iri).license.iri
    try:
        access = parse_access(
            rights=rights, access_url=access_url, download_url=download_url, media_type=media_type, digest=digest
        )
        set_links(register, iri, [access], By())
    except AccessRefused as error:
        hint = f"; is it {error.proposed} ?" if error.proposed else ""
        raise click.UsageError(f"{error}{hint}") from error
    _print(register, iri)


@access_group.command("withdraw")
@click.argument("number_or_iri")
def withdraw(number_or_iri: str) -> None:
    """Withdraw the links that were declared by this command or by the API; what a list says stays."""
    register = opened()
    iri = one(register, number_or_iri).license.iri
    set_links(register, iri, [], By())
    _print(register, iri)


@access_group.command("upload")
@click.argument("number_or_iri")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--redacted", is_flag=True, help="Nothing stands in the file that the register withholds of this licence."
)
def upload_command(number_or_iri: str, file: Path, redacted: bool) -> None:
    """Keep the PDF in FILE as the document of a licence, in the place of the one before. It must only show something."""
    register = opened()
    iri = one(register, number_or_iri).license.iri
    with file.open("rb") as body:
        upload(register, _files(), iri, body, By(), redacted=redacted)
    _print(register, iri)


@access_group.command("remove")
@click.argument("number_or_iri")
def remove(number_or_iri: str) -> None:
    """Show the PDF that was uploaded for a licence no more; its bytes go, where no other licence leads to them."""
    register = opened()
    iri = one(register, number_or_iri).license.iri
    withdraw_file(register, _files(), iri, By())
    _print(register, iri)


@access_group.command("clear")
def clear_command() -> None:
    """Remove the bytes of files that no link leads to, and what was left of uploads that were cut off."""
    click.echo(f"{clear(opened(), _files())} files removed")


@access_group.command("check")
@click.option(
    "--most", type=click.IntRange(1, 100_000), default=1_000, show_default=True, help="Visits in this run, at most."
)
@click.option(
    "--delay",
    type=click.IntRange(1, 3_600),
    default=int(DELAY.total_seconds()),
    show_default=True,
    metavar="SECONDS",
    help="How long to leave a host in peace between two visits.",
)
def check(most: int, delay: int) -> None:
    """Visit the public addresses that are due, politely, and stop. Exit code 1 where a document is not there as was said."""
    register = opened()
    is_well = True
    with stopping() as stop:

        def sleep(seconds: float) -> None:
            stop.wait(seconds)

        for done in check_links(
            register,
            Fetcher(seconds=VISIT_SECONDS),
            sleep,
            most=most,
            delay=timedelta(seconds=delay),
            is_stopped=stop.is_set,
        ):
            click.echo(f"{done.url}\n  {_words(done.check)}")
            is_well = is_well and not done.check.is_failure
    if not is_well:
        raise SystemExit(1)


def _files() -> Files:
    settings = Settings.from_environ()
    return Files(settings.files_folder, settings.files_quota << 20)


def _print(register: Register, iri: LicenseIri) -> None:
    with register.database.reading() as session:
        store = register.store(session)
        record = store.find(iri)
        assert record is not None
        links = told(store, record)
        checks = checks_of(session, (each.target for each in links))
    click.echo(str(iri))
    for link in links:
        click.echo(_line(link, checks.get(link.target or 0, NOT_YET)))
    if not links:
        click.echo("  no link")


def _line(link: Link, check: Check) -> str:
    access = link.access
    found = [f"  {link.number}  {link.origin}  {said(RIGHTS[access.rights])}"]
    found += [
        f"     {each}" for each in (access.access_url, access.download_url, access.media_type, access.digest) if each
    ]
    if check.attempted_at is not None:
        found.append(f"     {date_time(check.attempted_at)}: {_words(check)}")
    if check.good_at is not None:
        found.append(f"     last good {date_time(check.good_at)}")
    return "\n".join(found)


def _words(check: Check) -> str:
    return said(OUTCOMES[check.outcome], **check.details)
