"""The answer of `/verify`: the verdict on what was given, and the licence that it names, if it is proven to name one."""

from dataclasses import dataclass, replace

from issuers.qr import qr_address
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.translation import marked as _
from registry.web import pages, wording
from verify.verdict import Answer, Verdict
from vocab.iri import LicenseIri, MalformedIri, parse_license_iri

OLDER = wording.Band(
    "wait",
    _("An older copy of this licence"),
    _(
        "It is genuine, but the authority has replaced it by a newer one. Do not rely on what it says: ask for the new one."
    ),
)
"""Of what is genuine and withdrawn, where the licence itself is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """`verdict` is what is said, line by line. `named` is the page of the licence that was proven to be named, if it is shown
    here; `number` its number, also where it is not. `is_code`: a QR code was examined, and no credential."""

    verdict: Verdict
    band: wording.Band
    is_code: bool
    named: pages.LicensePage | None = None
    number: str = ""

    @property
    def is_older(self) -> bool:
        return self.band is OLDER


def examined(register: Register, store: Store, verdict: Verdict, scanned: str = "") -> Examined:
    """The answer to a verdict on the code `scanned`, or on a credential.

    Nothing of a licence is in it unless the verdict says that this licence's authority signed what was given. Where it is shown
    here, what the register knows of it now is said in place of what its status lists say.
    """
    is_code = bool(scanned)
    iri = _proven_iri(register, verdict)
    if iri is None:
        return Examined(verdict=verdict, band=wording.band(verdict), is_code=is_code)
    record = store.find(iri)
    if record is not None and is_code and not _is_code_of(register, record, scanned):
        return Examined(verdict=verdict, band=wording.band(verdict), is_code=True)
    if record is None or not record.is_shown:
        return Examined(verdict=verdict, band=wording.band(verdict), is_code=is_code, number=iri.number)
    page = pages.license_page(register, store, record, qr_address(register.base, record.check_id))
    related = tuple(part for part in verdict.not_checked if part.code == "related-resource")
    now = replace(
        verdict,
        in_force=page.verdict.in_force,
        as_of=page.verdict.as_of,
        not_checked=(*page.verdict.not_checked, *related),
    )
    is_older = verdict.in_force.answer is Answer.NO and now.in_force.answer is Answer.YES
    band = OLDER if is_older else wording.band(now)
    return Examined(verdict=now, band=band, is_code=is_code, named=page, number=iri.number)


def _proven_iri(register: Register, verdict: Verdict) -> LicenseIri | None:
    """The licence that something genuine is about; of anything else nothing is to be believed."""
    if verdict.credential is None or verdict.genuine.answer is not Answer.YES:
        return None
    try:
        return parse_license_iri(register.base, str(verdict.credential.subject.get("id")))
    except MalformedIri:
        return None


def _is_code_of(register: Register, record: LicenseRecord, scanned: str) -> bool:
    """Whether the address in a code is that of the licence which it says it is of: both are signed."""
    return scanned.strip().partition("#")[0].upper() == qr_address(register.base, record.check_id)
