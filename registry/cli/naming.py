"""How people name a licence and a day on the command line."""

from datetime import date

import click

from registry.intake.batch import MAX_LIST_NAME, is_list_name
from registry.record import LicenseRecord
from registry.register import Register
from registry.search import search
from registry.told import Told
from registry.translation import marked as _
from vocab.iri import LicenseIri, parse_license_iri, registered
from vocab.thai import DateUnreadable, parse_date


class NotOne(Told, LookupError):
    """The text names no licence, or more than one."""


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


class ListName(click.ParamType[str]):
    """What an authority calls one of its lists (`registry.intake.batch.is_list_name`), or nothing."""

    name = "name"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text and not is_list_name(text):
            self.fail(
                f"a list's name has at most {MAX_LIST_NAME} printable characters and is no number (got {text[:100]!r})",
                param,
                ctx,
            )
        return text


def one(register: Register, text: str) -> LicenseRecord:
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
        raise NotOne(_("several licences match '%(text)s'; name one by its IRI:%(choices)s"), text=text, choices=listed)
    if listed:
        raise NotOne(
            _("no licence has the number or address '%(text)s'; did you mean:%(choices)s"), text=text, choices=listed
        )
    raise NotOne(_("no licence has the number or address '%(text)s'"), text=text)


def iri_of(register: Register, text: str) -> LicenseIri:
    """The IRI that `text` is, or that of the licence it names. Raises `NotOne`, `vocab.iri.MalformedIri`."""
    return parse_license_iri(register.base, text) if "://" in text else one(register, text).license.iri
