"""How people name a licence and a day on the command line."""

from datetime import date

import click

from registry.record import LicenseRecord
from registry.register import Register
from registry.search import search
from vocab.iri import LicenseIri, parse_license_iri, registered
from vocab.thai import DateUnreadable, parse_date


class NotOne(LookupError):
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
        raise NotOne(f"several licences match {text!r}; name one by its IRI:{listed}")
    raise NotOne(f"no licence has the number or address {text!r}" + (f"; did you mean:{listed}" if listed else ""))


def iri_of(register: Register, text: str) -> LicenseIri:
    """The IRI that `text` is, or that of the licence it names. Raises `NotOne`, `vocab.iri.MalformedIri`."""
    return parse_license_iri(register.base, text) if "://" in text else one(register, text).license.iri
