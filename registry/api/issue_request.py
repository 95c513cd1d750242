"""What another system asks us to sign (VC API, `POST /credentials/issue`): read, compared with what we would say, published.

A licence credential that is asked for is read back into a licence, drafted by us, and issued only if our draft says all that
was sent. So this address can say nothing that a published file could not say.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy.orm import Session

from issuers.draft import draft_credential
from issuers.jose import secure_jwt
from issuers.keys import KeyPurpose
from issuers.secure import serialize
from registry.intake.finding import CATALOGUE
from registry.intake.rows.text import text_fault
from registry.intake.single import Arrival, newest_credential, plan_alone, publish_alone
from registry.keyring import signer
from registry.register import Register
from registry.store import Store
from registry.tables import InstanceRow
from registry.tokens import AccessToken, NotPermitted, TokenScope
from verify.data_model import identifier
from verify.document import Document, parse_document
from verify.errors import MalformedDocument
from verify.jose import enveloped
from vocab.authority import Mandate
from vocab.face import Claim, ClaimRefused, read_face, require_reproduced
from vocab.graph import Grantor
from vocab.iri import MalformedIri, parse_license_iri
from vocab.license import License
from vocab.resource import did_web, license_type_iri
from vocab.terms import CREDENTIALS_V2, LICENSE_CREDENTIAL, license_context
from vocab.thai import normalize_text

MAX_ITEMS = 100
"""The longest list that a licence's face may have."""

DATA_INTEGRITY, JOSE = "application/vc", "application/vc+jwt"
FORMATS = (DATA_INTEGRITY, JOSE)


class RequestRefused(ValueError):
    """The request is not of the form of the VC API, or asks for what this register does not do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """A request to issue. `issuer` is the one that the credential names; `cryptosuite` is empty where none is asked for."""

    credential: Document
    issuer: str
    format: str
    cryptosuite: str
    body: bytes


def read_issue_request(body: bytes) -> IssueRequest:
    """The request in `body`: `{"credential": {...}, "options": {...}?}`. Raises `RequestRefused`.

    An issuer that is missing is never filled in (design: HTTP contract).
    """
    try:
        document = parse_document(body)
    except MalformedDocument as error:
        raise RequestRefused(f"{error.code}: {error}") from error
    unknown = document.keys() - {"credential", "options"}
    if unknown:
        raise RequestRefused(f"the request has members that we do not know (got {_listed(unknown)})")
    credential = document.get("credential")
    if not isinstance(credential, dict):
        raise RequestRefused(
            f'the request is {{"credential": {{...}}, "options": {{}}}} (got {type(credential).__name__} as credential)'
        )
    form, cryptosuite = _options(document.get("options", {}))
    return IssueRequest(
        credential=credential, issuer=_issuer(credential), format=form, cryptosuite=cryptosuite, body=body
    )


def _options(options: object) -> tuple[str, str]:
    if not isinstance(options, dict):
        raise RequestRefused(f"options is an object (got {type(options).__name__})")
    if "mandatoryPointers" in options:
        raise RequestRefused("mandatoryPointers belongs to selective disclosure, which this register does not issue")
    unknown = options.keys() - {"format", "cryptosuite"}
    if unknown:
        raise RequestRefused(f"options that we do not know (got {_listed(unknown)}, known: cryptosuite, format)")
    form, cryptosuite = options.get("format", DATA_INTEGRITY), options.get("cryptosuite", "")
    if form not in FORMATS:
        raise RequestRefused(f"options.format is one of {', '.join(FORMATS)} (got {str(form)[:80]!r})")
    if not isinstance(cryptosuite, str):
        raise RequestRefused(f"options.cryptosuite is a name (got {type(cryptosuite).__name__})")
    return form, cryptosuite


def _issuer(credential: Document) -> str:
    try:
        return identifier(credential.get("issuer"), "issuer")
    except MalformedDocument as error:
        raise RequestRefused(f"{error.code}: {error}; it is never filled in") from error


@dataclass(frozen=True, slots=True)
class Issued:
    """The credential, and the codes of what looked unusual in the licence (`registry.intake.finding`), one for each finding."""

    credential: bytes
    findings: tuple[str, ...]


def issue_license(register: Register, caller: AccessToken, request: IssueRequest) -> Issued:
    """Publishes the licence that `request` states, and answers with its credential: signed now, or before if nothing changed.

    Raises `NotPermitted`, `RequestRefused`, `vocab.face.ClaimRefused`, `registry.intake.single.NotIssued`; nothing is
    written then. One transaction: acts, version, status entry and signature become public together.
    """
    caller.require(TokenScope.ISSUE)
    own = did_web(register.base, caller.authority)
    if request.issuer != own:
        raise NotPermitted(f"this token issues as {own} only (got issuer {request.issuer[:200]!r})")
    if request.cryptosuite:
        raise RequestRefused("options.cryptosuite is for the sandbox: the authority's own key decides")
    _require_form(register, request.credential)
    face = Claim(request.credential)["credentialSubject"]
    _require_publishable(face)
    with register.database.writing() as session:
        store = register.store(session)
        # What is read from here on cannot change under us.
        store.lock_authority(store.authority_id(caller.authority))
        mandate = _mandate(register, store, caller, face)
        grantor = store.grantor(mandate.authority, mandate.type)
        license = read_face(face, grantor, mandate.scheme)
        if license.issued_on is not None and license.issued_on > register.today():
            raise ClaimRefused(face["issuedOn"].pointer, str(license.issued_on), "the day of issue is in the future")
        plan = plan_alone(store, license, grantor, mandate.scheme)
        # Only a licence that is there already, and as it is, has an id and a place in the status lists before it is signed.
        known = newest_credential(store, plan) if plan.outcome == "unchanged" else None
        is_demo = session.get_one(InstanceRow, 1).is_demo
        drafted = _draft(license, grantor, known.body if known else None, is_demo=is_demo)
        require_reproduced(Claim(request.credential), drafted)
        arrival = Arrival(body=request.body, name="POST /credentials/issue")
        issued = publish_alone(register, session, store, grantor, plan, arrival).body
        secured = _enveloped(register, session, caller, issued) if request.format == JOSE else issued
        return Issued(secured, tuple(finding.code for finding in plan.findings))


def _enveloped(register: Register, session: Session, caller: AccessToken, issued: bytes) -> bytes:
    """The same credential in a JWS instead of with a proof; made on request and not kept."""
    unsecured = orjson.loads(issued)
    del unsecured["proof"]
    _, key = signer(register, session, caller.authority, KeyPurpose.CREDENTIAL)
    return serialize(enveloped(secure_jwt(unsecured, key, created=register.now(), loader=register.loader)))


def _require_form(register: Register, credential: Document) -> None:
    """What makes it a licence credential of this register, before anything in it is read. Raises `ClaimRefused`."""
    contexts = [CREDENTIALS_V2, license_context(register.base)]
    types = ["VerifiableCredential", LICENSE_CREDENTIAL]
    for key, expected in (("@context", contexts), ("type", types)):
        if credential.get(key) != expected:
            raise ClaimRefused(f"/{key}", credential.get(key), f"a licence credential has {expected} here")
    if "proof" in credential:
        raise ClaimRefused("/proof", credential["proof"], "what is to be signed has no proof yet")


def _require_publishable(face: Claim) -> None:
    """Every text may be published, and no list is longer than a licence's is. Raises `ClaimRefused`."""
    for claim in _values(face):
        if isinstance(claim.value, list) and len(claim.value) > MAX_ITEMS:
            raise ClaimRefused(claim.pointer, f"{len(claim.value)} items", f"at most {MAX_ITEMS} items fit")
        fault = text_fault(normalize_text(claim.value)) if isinstance(claim.value, str) else None
        if fault is not None:
            code, details = fault
            # What may be a person's number is not repeated.
            sent = claim.value if code == "text-refused" else "what is not repeated here"
            raise ClaimRefused(claim.pointer, sent, CATALOGUE[code][1] % details)


def _values(claim: Claim) -> Iterator[Claim]:
    yield claim
    match claim.value:
        case dict():
            for key in claim.value:
                yield from _values(claim[key])
        case list():
            for item in claim.items():
                yield from _values(item)


def _mandate(register: Register, store: Store, caller: AccessToken, face: Claim) -> Mandate:
    """The caller's right to grant what the face states. Raises `NotPermitted`."""
    prefix = license_type_iri(register.base, "")
    named = face["licenseType"].identifier()
    if not named.startswith(prefix):
        raise ClaimRefused(face["licenseType"].pointer, face["licenseType"].value, f"a type of licence, {prefix}...")
    mandates = store.mandates(authority=caller.authority)
    found = next((mandate for mandate in mandates if mandate.type == named.removeprefix(prefix)), None)
    if found is None:
        granted = ", ".join(mandate.type for mandate in mandates) or "no type"
        raise NotPermitted(f"{caller.authority} may not grant {named[:200]}; it may grant {granted}")
    try:
        iri = parse_license_iri(register.base, face["id"].identifier())
    except MalformedIri:
        # Absent, or refused with its pointer when it is compared with what the register would say.
        return found
    if iri.authority != caller.authority:
        raise NotPermitted(f"the licence {iri} is in the name space of {iri.authority}, not of {caller.authority}")
    return found


def _draft(license: License, grantor: Grantor, stored: bytes | None, *, is_demo: bool) -> Document:
    """The credential as we would say it of the licence as it was stated: what is masked later is compared in full."""
    drafted = draft_credential(license, grantor, credential_id="", status=(), is_demo=is_demo)
    del drafted["id"]
    if stored is None:
        return drafted
    credential = orjson.loads(stored)
    return drafted | {key: credential[key] for key in ("id", "credentialStatus") if key in credential}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))[:100]
