"""The command line: parse, call one service, print. Errors go to stderr, in words, with exit code 2."""

import csv
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import OperationalError

from issuers.keys import KeyUnsealFailed
from issuers.qr import png, qr_address, svg, terminal
from registry import urls
from registry.batches import NoSuchBatch, batches, rejected_rows
from registry.catalogue import declare, read_catalogue
from registry.config import SettingInvalid, Settings
from registry.intake.diff import REJECTED
from registry.intake.finding import CATALOGUE
from registry.intake.publish import Submission, preview, publish
from registry.intake.table import REASONS, FileUnreadable
from registry.problems import EXPECTED
from registry.register import Register, initialise, open_register
from registry.search import search
from registry.server import PortTaken, require_free_port, serve
from registry.services import Decision, perform, refresh
from registry.store import LicenseRecord
from registry.terminal import batch_line, print_license, print_report, said
from registry.trust import trust_file
from registry.web import wording
from vocab.history import ActKind
from vocab.iri import LicenseIri, parse_license_iri, registered
from vocab.license import Term
from vocab.thai import DateUnreadable, parse_date


class Day(click.ParamType[date]):
    """A date in any form that `vocab.thai` reads."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return parse_date(str(value))
        except DateUnreadable as error:
            self.fail(f"{error} (e.g. 2026-11-21 or 21/11/2569)", param, ctx)


class NotOne(LookupError):
    """The text names no licence, or more than one."""


TRUST_FILE = "trust.json"
EXPLAINED: tuple[type[Exception], ...] = (*EXPECTED, NotOne, NoSuchBatch, PortTaken, KeyUnsealFailed)
"""What is answered with words and exit code 2."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="license-registry")
def cli() -> None:
    """The license registry: existing licences become IRIs, signed credentials and QR codes that anyone can check."""


@cli.command()
def init() -> None:
    """Make the register in REGISTRY_HOME, or bring its schema up to date. Never loses anything."""
    settings = Settings.from_environ()
    register = initialise(settings, _clock, secrets.token_bytes)
    click.echo(f"The register is in {settings.home}, its base is {register.base}")


@cli.command("declare")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def declare_command(file: Path) -> None:
    """Declare authorities, license types, mandates and announcements from a TOML FILE. Repeating it changes nothing."""
    catalogue = read_catalogue(file)
    declare(_open(), catalogue)
    click.echo(
        f"Declared: {len(catalogue.authority)} authorities, {len(catalogue.type)} license types, "
        f"{len(catalogue.mandate)} mandates, {len(catalogue.announcement)} announcements"
    )


@cli.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--authority", required=True, metavar="CODE", help="Who grants these licences, e.g. lao-06480115.")
@click.option("--type", "license_type", required=True, metavar="CODE", help="What they are, e.g. food-premises.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Which column is what.")
@click.option("--dry-run", is_flag=True, help="Show what would be published, and write nothing.")
def publish_command(file: Path, authority: str, license_type: str, mapping: Path | None, dry_run: bool) -> None:
    """Publish the licences in a CSV FILE. Good rows are published; bad ones are kept for repair."""
    submission = Submission(
        authority=authority,
        license_type=license_type,
        file_name=file.name,
        body=file.read_bytes(),
        mapping=_read_text(mapping) if mapping else None,
        mapping_name=mapping.name if mapping else "mapping",
    )
    register = _open()
    if dry_run:
        report = preview(register, submission)
    else:
        with _progress(f"Publishing {file.name}") as progress:
            report = publish(register, submission, progress)
        _keep_trust_file(register)
    print_report(report, dry_run=dry_run)
    if report.counts[REJECTED]:
        # For whoever runs this from a schedule: something waits for repair.
        raise SystemExit(1)


@cli.command()
@click.argument("number_or_iri")
def show(number_or_iri: str) -> None:
    """Show a licence: its face, its status today, and its acts."""
    register = _open()
    with register.database.reading() as session:
        store = register.store(session)
        record = _one(register, number_or_iri)
        grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
        print_license(record, grantor.license_type.name, grantor.authority.name, record.history.status(store.today))
    click.echo(f"  {said('Page')}: {register.base}{urls.license_document(record.license.iri, 'html')}")
    click.echo(f"  QR: {qr_address(register.base, record.check_id)}")


@cli.command()
@click.argument(
    "kind", type=click.Choice([kind.value for kind in ActKind if kind not in {ActKind.GRANT, ActKind.AMEND}])
)
@click.argument("number_or_iri")
@click.option("--on", required=True, type=Day(), help="The day from which it takes effect.")
@click.option("--order", required=True, help="The order's reference, e.g. 'ที่ สธ 0702/123'.")
@click.option("--reason", required=True, help="Why, in a sentence; it is published.")
@click.option("--until", type=Day(), help="Last day of a suspension.")
@click.option("--expires", type=Day(), help="New last day, for renew and correct.")
@click.option("--valid-from", type=Day(), help="New first day, for renew and correct; default: as it is.")
@click.option("--no-expiry", is_flag=True, help="The renewed or corrected licence has no last day.")
@click.option("--successor", metavar="IRI", help="The licence under a new number that this renewal made.")
@click.option("--voids", type=int, metavar="N", help="The number of the act that this correction declares void.")
def act(kind: str, number_or_iri: str, on: date, order: str, reason: str, **options: object) -> None:
    """Record a decision on a licence. Its page, its status list and every verdict follow at once."""
    register = _open()
    record = _one(register, number_or_iri)
    decision = Decision(
        kind=ActKind(kind),
        on=on,
        order=order,
        reason=reason,
        until=_as_date(options["until"]),
        term=_term(record, options),
        successor=_iri(register, str(options["successor"])) if options["successor"] else None,
        voids=options["voids"] if isinstance(options["voids"], int) else None,
    )
    changed = perform(register, record.license.iri, decision)
    _keep_trust_file(register)
    status = changed.history.status(register.today())
    click.echo(f"{changed.license.iri}\n  {said(wording.STATUS[status])} ({status})")
    if on > register.today():
        click.echo(f"  {said(wording.ACT[decision.kind])}: recorded, takes effect on {on}")


@cli.command()
@click.argument("number_or_iri")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="An .svg or .png file.")
def qr(number_or_iri: str, output: Path | None) -> None:
    """Write the licence's QR code to a file, or show it in the terminal."""
    register = _open()
    address = qr_address(register.base, _one(register, number_or_iri).check_id)
    if output is None:
        click.echo(terminal(address))
    elif output.suffix.lower() == ".svg":
        output.write_text(svg(address), encoding="utf-8")
    elif output.suffix.lower() == ".png":
        output.write_bytes(png(address))
    else:
        raise click.BadParameter(f"the file ends in .svg or .png (got {output.name})")
    click.echo(address)


@cli.command()
@click.argument("number_or_iri")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def credential(number_or_iri: str, output: Path) -> None:
    """Write the licence's signed credential to a file."""
    register = _open()
    record = _one(register, number_or_iri)
    with register.database.reading() as session:
        row = register.store(session).credential(record.version_sequence)
        if row is None:
            raise NotOne(f"the licence {record.license.iri} has no credential yet")
        output.write_bytes(row.body)


@cli.command()
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def trust(output: Path) -> None:
    """Write the trust data for offline checking: authorities, keys, mandates and status lists as of now."""
    output.write_bytes(trust_file(_open()))


@cli.command("batches")
@click.option("--rejected", type=int, metavar="BATCH", help="Write the rejected rows of a batch to a CSV file (-o).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file for --rejected.")
def batches_command(rejected: int | None, output: Path | None) -> None:
    """List the files received and what became of them; export rejected rows for repair."""
    register = _open()
    if rejected is None:
        for batch in batches(register):
            click.echo(batch_line(batch))
        return
    if output is None:
        raise click.BadParameter("--rejected needs a file: -o rejected.csv")
    headings, rows = rejected_rows(register, rejected, lambda code, details: said(CATALOGUE[code][1], **details))
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    click.echo(f"{len(rows)} rows written to {output}")


@cli.command("refresh")
@click.option("--every", type=click.IntRange(min=1), metavar="SECONDS", help="Go on, at this interval, until stopped.")
def refresh_command(every: int | None) -> None:
    """Bring the status lists up to date: acts that took effect, lists about to become too old."""
    register = _open()
    if every is None:
        _refresh(register)
        return
    parent = os.getppid()
    # Ends with the server that started it: a killed server must not leave it behind.
    while os.getppid() == parent:
        try:
            _refresh(register)
        except Exception as error:
            click.echo(
                f"license-registry refresh: {type(error).__name__}: {_first_line(error)}; trying again", err=True
            )
        time.sleep(every)


@cli.command("serve")
def serve_command() -> None:
    """Serve the public pages and API on HOST:PORT (127.0.0.1:8000)."""
    settings = Settings.from_environ()
    _refresh(_open())
    click.echo(f"Serving on http://{settings.host}:{settings.port}")
    serve(settings)


@cli.command()
def demo() -> None:
    """Make a register with made-up data, once, and serve it."""
    from registry.demo.run import show_demo, write_demo

    settings = Settings.from_environ()
    register = initialise(settings, _clock, secrets.token_bytes)
    require_free_port(settings)
    write_demo(register, settings.home, _progress)
    refresh(register)
    # For `python -m verify` without a network; acts, publishing and refreshing keep it fresh.
    (settings.home / TRUST_FILE).write_bytes(trust_file(register))
    show_demo(register, settings)
    serve(settings)


def main() -> None:
    """Runs the command line.

    Exit codes: 0 done; 1 done, but rows were rejected; 2 the input or a setting was wrong; 70 a fault of ours.
    """
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except FileUnreadable as error:
        click.echo(f"license-registry: {said(REASONS[error.reason], **error.details)}", err=True)
        sys.exit(2)
    except EXPLAINED as error:
        click.echo(f"license-registry: {error}", err=True)
        sys.exit(2)
    except (OSError, OperationalError) as error:
        click.echo(f"license-registry: {_first_line(error)}", err=True)
        sys.exit(2)
    except Exception as error:
        click.echo(f"license-registry: a fault of ours, {type(error).__name__}: {_first_line(error)}", err=True)
        sys.exit(70)


def _refresh(register: Register) -> None:
    """Brings the status lists up to date and, only where one was signed, the trust data with them."""
    if refresh(register):
        _keep_trust_file(register)


def _keep_trust_file(register: Register) -> None:
    """Makes the trust data in the home folder anew, where there is one (the demo puts it there)."""
    file = Settings.from_environ().home / TRUST_FILE
    if file.exists():
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(trust_file(register))
        fresh.replace(file)


def _clock() -> datetime:
    return datetime.now(UTC)


def _open() -> Register:
    return open_register(Settings.from_environ(), _clock, secrets.token_bytes)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingInvalid(f"{path} is not UTF-8 (byte {error.start})") from error


def _one(register: Register, text: str) -> LicenseRecord:
    """The one licence that `text` names: its IRI, the address of its QR, or its number. Raises `NotOne`."""
    with register.database.reading() as session:
        found = search(register.store(session), text)
    verbatim = [record for record in found.exact if record.license.number == registered(text)]
    for candidates in (verbatim, found.exact):
        if len(candidates) == 1:
            return candidates[0]
    choices = found.exact or found.similar or found.named
    listed = "".join(f"\n  {record.license.number}  {record.license.iri}" for record in choices)
    if found.exact:
        raise NotOne(f"several licences match {text!r}; name one by its IRI:{listed}")
    raise NotOne(f"no licence has the number or address {text!r}" + (f"; did you mean:{listed}" if listed else ""))


def _iri(register: Register, text: str) -> LicenseIri:
    return parse_license_iri(register.base, text) if "://" in text else _one(register, text).license.iri


def _as_date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _term(record: LicenseRecord, options: dict[str, object]) -> Term | None:
    expires, begins = _as_date(options["expires"]), _as_date(options["valid_from"])
    if expires is None and begins is None and not options["no_expiry"]:
        return None
    old = record.newest.term
    ends = None if options["no_expiry"] else expires or old.expires_on
    no_expiry = bool(options["no_expiry"]) or (old.no_expiry and ends is None)
    try:
        return Term(valid_from=begins or old.valid_from, expires_on=ends, no_expiry=no_expiry)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; without a terminal, nothing is drawn."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


if __name__ == "__main__":
    main()
