"""What section 13 asks of a licence that is public, and what is missing or cannot be so: the shapes' rules, for a noun.

`data/shapes.ttl` says the same of a licence's graph. A fault has the name of the shape or constraint that finds it there;
tests hold the two together.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

from vocab.access import LicenseAccess
from vocab.authority import GazetteAnnouncement
from vocab.graph import Grantor
from vocab.history import ActKind, History, Status
from vocab.license import License, Person

BUDDHIST_FROM = 2400
"""No licence is granted for so long: a year from this on is one of the Buddhist era that was taken over as it stood."""
_CITIZEN_NUMBER = re.compile(r"[0-9]{13}")
_ENDED_BY = {
    Status.SUSPENDED: ActKind.SUSPEND,
    Status.REVOKED: ActKind.REVOKE,
    Status.SURRENDERED: ActKind.SURRENDER,
    Status.SUPERSEDED: ActKind.RENEW,
}


class Fault(StrEnum):
    """What is wrong with a licence as it is public. `ANNOUNCEMENT` is a warning: display may not be claimed; and so is `ACCESS`:
    nobody is led to its document."""

    LEGAL_BASIS = "legal-basis"
    LICENSEE = "licensee"
    ISSUED_ON = "issued-on"
    ISSUED_YEAR = "issued-year"
    BEGIN_YEAR = "begin-year"
    END_YEAR = "end-year"
    EXPIRY = "expiry"
    LAPSED = "lapsed"
    ACT = "act-missing"
    SUCCESSOR = "successor-missing"
    ANNOUNCEMENT = "announcement"
    ACCESS = "access"
    GAZETTE_REFERENCE = "gazette-reference"
    GAZETTE_DATE = "gazette-date"
    GAZETTE_ORDER = "gazette-order"
    CITIZEN_NUMBER = "citizen-number"


def faults(
    license: License, grantor: Grantor, history: History, status: Status, today: date, links: Sequence[LicenseAccess]
) -> frozenset[Fault]:
    """The faults of a licence with this status. Takes a licence that is already `disclosed`, and the links that are told."""
    found = set(_of_the_face(license, grantor))
    if not links:
        found.add(Fault.ACCESS)
    found |= set(_of_the_status(license, history, status, today))
    for announcement in grantor.announcements:
        found |= set(_of_an_announcement(announcement))
    return frozenset(found)


def _of_the_face(license: License, grantor: Grantor) -> Iterator[Fault]:
    if not grantor.license_type.legal_basis:
        yield Fault.LEGAL_BASIS
    if not license.licensees:
        yield Fault.LICENSEE
    if license.issued_on is None:
        yield Fault.ISSUED_ON
    elif license.issued_on.year >= BUDDHIST_FROM:
        yield Fault.ISSUED_YEAR
    term = license.term
    if term.valid_from is not None and term.valid_from.year >= BUDDHIST_FROM:
        yield Fault.BEGIN_YEAR
    if term.expires_on is not None and term.expires_on.year >= BUDDHIST_FROM:
        yield Fault.END_YEAR
    if term.expires_on is None and not term.no_expiry:
        yield Fault.EXPIRY
    if not grantor.announcements:
        yield Fault.ANNOUNCEMENT
    names = (text for each in license.licensees if isinstance(each, Person) for text in (each.name.th, each.name.en))
    if any(_CITIZEN_NUMBER.search(re.sub(r"[ -]", "", text)) for text in names):
        yield Fault.CITIZEN_NUMBER


def _of_the_status(license: License, history: History, status: Status, today: date) -> Iterator[Fault]:
    expires_on = license.term.expires_on
    if status is Status.ACTIVE and expires_on is not None and expires_on < today:
        yield Fault.LAPSED
    acts = history.in_effect()
    kind = _ENDED_BY.get(status)
    if kind is not None and not any(act.kind is kind for act in acts):
        yield Fault.ACT
    if status is Status.SUPERSEDED and not any(act.successor is not None for act in acts):
        yield Fault.SUCCESSOR


def _of_an_announcement(announcement: GazetteAnnouncement) -> Iterator[Fault]:
    if not announcement.gazette_ref:
        yield Fault.GAZETTE_REFERENCE
    if announcement.published_on is None:
        yield Fault.GAZETTE_DATE
    elif announcement.in_force_from is not None and announcement.in_force_from < announcement.published_on:
        yield Fault.GAZETTE_ORDER
