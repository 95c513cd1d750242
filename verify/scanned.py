"""The verification of a scanned QR code, in the steps of `verify.verifier`: what is signed is short, and proves the same.

1. Take it apart: the address, of a host that is trusted, and the digits behind it.
2. Find the key that it names, and the authority whose key it is.
3. Ask of the key what is asked of any: for codes, neither revoked nor expired when the code was made.
4. Check the signature, over the digits and the address.
5. Check the mandate.
6. and 7. The dates, and the status lists of the licence's credential.

Between 5 and 6: a code that was made for a screen is good for its minute. After it the signature is still the authority's, and
nobody knows whether this is the screen or a picture of it.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from verify.compact import ADDRESS_LINES, LICENSEES, PREMISES, Compact, signed_address, split_address, unseal
from verify.credential import Credential, StatusEntry
from verify.errors import (
    CouldNotCheck,
    DisplayAhead,
    DisplayOver,
    KeyNotUsable,
    MalformedCompact,
    NoDigits,
    NotIssued,
    NoTrustData,
    UnknownIssuer,
    VerificationError,
)
from verify.mandate import require_mandate
from verify.proof import ASSERTION
from verify.trust import CODES, Issuer, Trust
from verify.verdict import Answer, Part, Verdict
from verify.verifier import VerifiedCredential, not_genuine, verdict_of
from vocab.graph import date_time
from vocab.history import THAI_TIME
from vocab.iri import LicenseIri, MalformedIri, NumberRefused
from vocab.resource import license_type_iri, status_list_iri
from vocab.terms import LICENSE_CREDENTIAL

PURPOSES = ("revocation", "suspension")
SKEW = timedelta(seconds=30)
"""By so much may the clock of who checks be wrong."""
_NAMES = {LICENSEES: "licensee", PREMISES: "premises", ADDRESS_LINES: "address"}


def examine_code(scanned: str, trust: Trust, at: datetime) -> Verdict:
    """The verdict on what a scanner read. `at` is the instant of checking (aware). Never raises for what the text contains."""
    credential: Credential | None = None
    try:
        credential, authority, compact = _proven(scanned, trust, at)
        require_mandate(credential, authority, trust)
    except VerificationError as error:
        return not_genuine(Part(Answer.NO, error.code, str(error)), at, credential)
    except CouldNotCheck as error:
        return not_genuine(Part(Answer.UNKNOWN, error.code, str(error)), at, credential)
    verified = VerifiedCredential(credential, authority)
    try:
        _require_shown_now(compact, at)
    except CouldNotCheck as error:
        part, signed = Part(Answer.UNKNOWN, error.code, str(error)), verdict_of(verified, trust, at)
        return replace(not_genuine(part, at, credential), signature=signed.signature, issuer=signed.issuer)
    return verdict_of(verified, trust, at)


def _require_shown_now(compact: Compact, at: datetime) -> None:
    """Raises `DisplayOver`, `DisplayAhead` for a code that was made for a screen, and not for this moment."""
    if compact.shown_until is None:
        return
    if at > compact.shown_until + SKEW:
        raise DisplayOver(
            f"the code was made for a screen and was good until {compact.shown_until.isoformat()}: it may be a picture of it"
        )
    if at < compact.made - SKEW:
        raise DisplayAhead(f"the code was made for a screen at {compact.made.isoformat()}, which is still to come")


def _proven(scanned: str, trust: Trust, at: datetime) -> tuple[Credential, Issuer, Compact]:
    # 1. The address and the digits
    written, digits = split_address(scanned)
    base, address = next(
        ((base, signed) for base in trust.bases if (signed := signed_address(written, base)) is not None),
        (None, written),
    )
    if not trust.bases:
        raise NoTrustData("nothing says which registers and keys to trust, so the code could not be checked")
    if base is None:
        raise UnknownIssuer(
            f"the code leads to {address.partition('/C/')[0]}, which is no register that is trusted here"
        )
    if not digits:
        if not trust.may_be_issued(address.rpartition("/")[2]):
            raise NotIssued(
                f"no licence had this code as of {trust.as_of.isoformat()}: it is false, or newer than that"
            )
        raise NoDigits("the code has only an address, and nothing that is signed: open the address")
    sealed = unseal(digits, address)
    # 2. The key
    authority, key = trust.code_key(sealed.key_id)
    if authority.uses.get(key.id) != CODES:
        raise KeyNotUsable(f"key is for another use ({key.id[:200]})")
    # 4. The signature; 3. comes after it, since when the code was made is signed.
    compact = sealed.opened(key.public_key)
    key.require_usable(purpose=ASSERTION, created=compact.made, at=at)
    return _credential(compact, base, authority), authority, compact


def _credential(compact: Compact, base: str, authority: Issuer) -> Credential:
    """What the code says, as a credential says it: the same steps go on with it."""
    code = authority.authority.rpartition("/")[2]
    try:
        iri = LicenseIri(base, code, compact.license_type, compact.number, compact.qualifier or None)
    except (MalformedIri, NumberRefused) as error:
        raise MalformedCompact(f"the code's number makes no licence IRI ({error})") from error
    number, index = compact.status
    subject: dict[str, Any] = {
        "id": str(iri),
        "type": "License",
        "licenseNumber": iri.number,
        "licenseType": license_type_iri(base, compact.license_type),
        "issuedBy": authority.authority,
        "noExpiry": compact.no_expiry,
    }
    said = {
        "licensee": compact.licensees,
        "premises": compact.premises,
        "address": compact.address,
        "issuedOn": compact.issued_on.isoformat() if compact.issued_on else "",
        "shownUntil": date_time(compact.shown_until) if compact.shown_until else "",
    }
    document = subject | {name: value for name, value in said.items() if value}
    if compact.left_out:
        document["notInCode"] = [_NAMES[each] for each in sorted(compact.left_out)]
    return Credential(
        id=str(iri),
        types=frozenset({LICENSE_CREDENTIAL}),
        issuer=authority.did,
        valid_from=_begin(compact.valid_from),
        valid_until=_end(compact.expires_on),
        subject=document,
        status=tuple(
            StatusEntry(purpose=purpose, index=index, list_url=status_list_iri(base, code, purpose, number))
            for purpose in PURPOSES
        ),
        proofs=(),
        document=document,
        unsecured=document,
    )


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), THAI_TIME)


def _end(day: date | None) -> datetime | None:
    """The last second of the day, which is in it: as the credential has it."""
    return None if day is None else datetime.combine(day, time(23, 59, 59), THAI_TIME)
