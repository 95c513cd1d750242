"""Commands about one licence."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from issuers.qr import Correction, png, qr_address, svg, terminal
from registry import urls
from registry.cli.naming import Day, NotOne, iri_of, one
from registry.cli.opening import keep_trust_file, opened
from registry.codes import code_text
from registry.record import LicenseRecord
from registry.record_changes import record_changes, withdrawal
from registry.search import find_withdrawn
from registry.services import Decision, perform
from registry.terminal import print_license, print_withdrawn, said
from registry.translation import marked as _
from registry.web import wording
from vocab.history import ActKind
from vocab.license import Term


@click.command()
@click.argument("number_or_iri")
def show(number_or_iri: str) -> None:
    """Show a licence: its face, its status today, and its acts. Of one that was withdrawn, when and why."""
    register = opened()
    with register.database.reading() as session:
        store = register.store(session)
        withdrawn = find_withdrawn(store, number_or_iri)
        try:
            records: Sequence[LicenseRecord] = [one(register, number_or_iri)]
        except NotOne:
            records = withdrawn
            if not records:
                raise
        for record in records:
            grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
            names = grantor.license_type.name, grantor.authority.name
            if record.is_shown:
                print_license(record, *names, record.history.status(store.today))
            else:
                print_withdrawn(record, *names, withdrawal(record_changes(session, record.id)))
            page = said(_("Page"))
            click.echo(f"  {page}: {register.base}{urls.license_document(record.license.iri, 'html')}")
            if record.is_shown:
                click.echo(f"  QR: {qr_address(register.base, record.check_id)}")


@click.command()
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
    register = opened()
    record = one(register, number_or_iri)
    decision = Decision(
        kind=ActKind(kind),
        on=on,
        order=order,
        reason=reason,
        until=_as_date(options["until"]),
        term=_term(record, options),
        successor=iri_of(register, str(options["successor"])) if options["successor"] else None,
        voids=options["voids"] if isinstance(options["voids"], int) else None,
    )
    changed = perform(register, record.license.iri, decision)
    keep_trust_file(register)
    status = changed.history.status(register.today())
    click.echo(f"{changed.license.iri}\n  {said(wording.STATUS[status])} ({status})")
    if on > register.today():
        click.echo(f"  {said(wording.ACT[decision.kind])}: recorded, takes effect on {on}")


@click.command()
@click.argument("number_or_iri")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="An .svg or .png file.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Correction]),
    default=Correction.M.value,
    show_default=True,
    help="How much of it may be lost: M 15 %, Q 25 %, for places where it gets dirty.",
)
def qr(number_or_iri: str, output: Path | None, level: str) -> None:
    """Write the licence's QR code to a file, or show it in the terminal: its address, and what is signed for offline checking."""
    register = opened()
    record = one(register, number_or_iri)
    with register.database.reading() as session:
        text = code_text(session, register.base, record.check_id, record.version_sequence)
    if output is None:
        click.echo(terminal(text, Correction(level)))
    elif output.suffix.lower() == ".svg":
        output.write_text(svg(text, Correction(level)), encoding="utf-8")
    elif output.suffix.lower() == ".png":
        output.write_bytes(png(text, Correction(level)))
    else:
        raise click.BadParameter(f"the file ends in .svg or .png (got {output.name})")
    click.echo(qr_address(register.base, record.check_id))


@click.command()
@click.argument("number_or_iri")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def credential(number_or_iri: str, output: Path) -> None:
    """Write the licence's signed credential to a file."""
    register = opened()
    record = one(register, number_or_iri)
    with register.database.reading() as session:
        row = register.store(session).credential(record.version_sequence)
        if row is None:
            raise NotOne(_("the licence %(iri)s has no credential yet"), iri=record.license.iri)
        output.write_bytes(row.body)


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
