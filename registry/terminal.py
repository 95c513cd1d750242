"""What the command line prints, in the language of the reader."""

import click

from registry.config import SettingInvalid, Settings
from registry.federation.words import reason_in
from registry.intake.rows.text import is_control
from registry.intake.table import REASONS, FileUnreadable
from registry.problems import EXPECTED, problem_of
from registry.record import LicenseRecord, RecordStatus
from registry.record_changes import RecordChange
from registry.told import Told
from registry.translation import Language, language, translate
from registry.translation import marked as _
from registry.web import wording
from vocab.history import legal_date
from vocab.license import LocalText
from vocab.thai import format_date

MAX_CELL_SHOWN = 60


def spoken() -> Language:
    """The language of the command line."""
    return language(Settings.from_environ().lang)


def said(message: str, **values: object) -> str:
    """`message` in the language of the command line."""
    return translate(spoken(), message, **values)


def in_our_words(error: Exception) -> str:
    """An error that was expected, for a person: in their language, or at least what kind of error it is, before its details."""
    if isinstance(error, SettingInvalid):
        # The language is a setting too.
        return str(error)
    lang = spoken()
    if isinstance(error, Told):
        return error.said(lang)
    if isinstance(error, FileUnreadable):
        return said(REASONS[error.reason], **error.details)
    if lang == "en" or not isinstance(error, EXPECTED):
        return str(error)
    return f"{said(problem_of(error).title)} ({error})"


def visible(received: str) -> str:
    """A cell for a terminal: short, and without the characters that would move the cursor or turn the text around."""
    text = "".join(f"<U+{ord(sign):04X}>" if is_control(sign) else sign for sign in received)
    return text if len(text) <= MAX_CELL_SHOWN else text[:MAX_CELL_SHOWN] + "…"


def print_license(record: LicenseRecord, type_name: LocalText, authority: LocalText, status: str) -> None:
    lang = spoken()
    license = record.license
    click.echo(f"{license.number}  {type_name.in_language(lang)}")
    click.echo(f"  {license.iri}")
    click.echo(f"  {said(wording.STATUS[status])} ({status}) | {authority.in_language(lang)}")
    if record.original is not None:
        click.echo("  " + said(_("The same licence in its authority's own register: %(iri)s"), iri=record.original.iri))
    if record.original is not None and record.original.reason:
        click.echo("  " + reason_in(lang, record.original))
    elif record.record_status == RecordStatus.STALE:
        click.echo(
            "  " + said(_("It is not in the last list of its authority. That alone ends no licence: ask there."))
        )
    for licensee in license.licensees:
        click.echo(f"  {licensee.name.in_language(lang)}")
    for place in license.premises:
        click.echo(f"  {place.name.in_language(lang) if place.name else ''} {place.address.province}".rstrip())
    for act in record.history.acts:
        day = format_date(act.effective_on, lang=lang, style="short") if act.effective_on else "(day not stated)"
        click.echo(f"  {act.number}. {said(wording.ACT[act.kind])} {day} {act.order} {act.reason}".rstrip())


def print_withdrawn(
    record: LicenseRecord, type_name: LocalText, authority: LocalText, withdrawal: RecordChange | None
) -> None:
    """What is said of a record that is not shown any more; nothing of what it said."""
    lang = spoken()
    click.echo(f"{record.license.number}  {type_name.in_language(lang)}")
    click.echo(f"  {record.license.iri}")
    click.echo(f"  {authority.in_language(lang)}")
    if withdrawal is None:
        click.echo("  " + said(_("This record is not shown any more.")))
        return
    message = _(
        "This record was withdrawn on %(day)s: batch %(batch)s, in which it came, was taken back. "
        "This says neither that there is such a licence nor that there is none."
    )
    day = format_date(legal_date(withdrawal.at), lang=lang, style="short" if lang == "th" else "numeric")
    click.echo("  " + said(message, day=day, batch=withdrawal.batch))
