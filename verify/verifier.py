"""The verification of a credential, in numbered steps, once.

1. Parse it: every bound and every form, before any cryptography.
2. Find its issuer among the authorities that are trusted.
3. Find the key that the proof names: the issuer's own, listed for assertions, neither revoked nor expired.
4. Check the signature of every proof.
5. Check the mandate: the issuer may grant this type, and the license's IRI is one of the issuer's own.
   After 1 to 5 the credential is genuine.
6. Check the dates: pending before, expired after; both ends are inclusive.
7. Check every status entry against a current list, signed by the same issuer.
   After 6 and 7 it is known whether it is in force, as of when the lists were made.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from verify.controlled_identifier import VerificationKey
from verify.credential import Credential, StatusEntry, read_credential
from verify.document import Document, parse_document
from verify.errors import (
    CouldNotCheck,
    IssuerMismatch,
    KeyUnknown,
    MalformedCredential,
    NotMandated,
    VerificationError,
)
from verify.proof import Proof, require_signature
from verify.status import read_status_list
from verify.trust import Issuer, Trust
from verify.verdict import Answer, Part, Verdict
from vocab.contexts import DocumentLoader, document_loader
from vocab.history import Status
from vocab.iri import LicenseIri, MalformedIri, parse_license_iri
from vocab.resource import authority_iri, license_type_iri

VerifiedCredential = NewType("VerifiedCredential", Credential)
"""A credential after steps 2 to 5: what a function takes that must not be given an unproven one (rule R2)."""

NOT_A_LICENSE = Part(Answer.UNKNOWN, "not-a-license", "this credential is no license: it proves nothing about one")
THIS_PLACE = Part(Answer.UNKNOWN, "this-place", "whether the license belongs to the place or person before you")


def verify_credential(credential: Credential, trust: Trust, at: datetime) -> VerifiedCredential:
    """Steps 2 to 5. Returns the credential, proven genuine; raises `VerificationError` or `CouldNotCheck`."""
    loader = document_loader(trust.bases)
    issuer = _require_signed(credential, trust, loader, at)
    # 5. The mandate
    if credential.is_license:
        _require_mandate(credential, issuer, trust)
    return VerifiedCredential(credential)


def examine(raw: bytes, trust: Trust, at: datetime) -> Verdict:
    """All steps, for bytes from anywhere. Never raises for what the bytes contain: the verdict says it.

    `at` is the instant of checking (aware). Failures to check are "unknown", never "no".
    """
    try:
        document = parse_document(raw)
    except VerificationError as error:
        return _not_genuine(Part(Answer.NO, error.code, str(error)), at, None)
    return examine_document(document, trust, at)


def examine_document(document: Document, trust: Trust, at: datetime) -> Verdict:
    """All steps, for a document that `parse_document` has read, as `examine`."""
    # 1. Parse
    try:
        credential = read_credential(document)
    except VerificationError as error:
        return _not_genuine(Part(Answer.NO, error.code, str(error)), at, None)
    try:
        verified = verify_credential(credential, trust, at)
    except VerificationError as error:
        return _not_genuine(Part(Answer.NO, error.code, str(error)), at, credential)
    except CouldNotCheck as error:
        return _not_genuine(Part(Answer.UNKNOWN, error.code, str(error)), at, credential)
    in_force = _in_force(verified, trust, at)
    not_checked = [THIS_PLACE if credential.is_license else NOT_A_LICENSE]
    if in_force.part.answer is Answer.UNKNOWN:
        not_checked.append(in_force.part)
    if not trust.live:
        not_checked.append(Part(Answer.UNKNOWN, "since-then", "what happened after the trust data was made"))
    return Verdict(
        genuine=Part(Answer.YES, "signed-by-authority", trust.issuer(credential.issuer).name.in_language("en")),
        in_force=in_force.part,
        as_of=in_force.as_of,
        checked_at=at,
        not_checked=tuple(not_checked),
        credential=credential,
    )


def _not_genuine(part: Part, at: datetime, credential: Credential | None) -> Verdict:
    """A verdict that stops before the status: what is not proven genuine has no status to speak of."""
    status = Part(Answer.UNKNOWN, "not-examined", "the status is looked at only for what is proven genuine")
    not_checked = (part, status) if part.answer is Answer.UNKNOWN else (status,)
    return Verdict(
        genuine=part,
        in_force=status,
        as_of=None,
        checked_at=at,
        not_checked=not_checked,
        credential=credential,
    )


def _require_signed(credential: Credential, trust: Trust, loader: DocumentLoader, at: datetime) -> Issuer:
    # 2. The issuer
    issuer = trust.issuer(credential.issuer)
    for proof in credential.proofs:
        # 3. The key
        key = _require_key(proof, issuer, trust)
        key.require_usable(created=proof.created, at=at)
        if proof.expires is not None and at > proof.expires:
            raise MalformedCredential(f"proof expired at {proof.expires.isoformat()}")
        # 4. The signature
        require_signature(credential.unsecured, proof, key.public_key, loader)
    return issuer


def _require_key(proof: Proof, issuer: Issuer, trust: Trust) -> VerificationKey:
    if proof.controller != issuer.did:
        raise IssuerMismatch(f"key is not the issuer's (got {proof.controller[:120]}, expected {issuer.did})")
    key = issuer.keys.get(proof.verification_method)
    if key is not None:
        return key
    # A key is published before it is used: trust data that is newer than the proof would have it.
    if trust.live or (proof.created is not None and proof.created <= trust.as_of):
        raise IssuerMismatch(f"the issuer has no such key ({proof.verification_method[:200]})")
    raise KeyUnknown(
        f"the trust data of {trust.as_of.isoformat()} does not have the key {proof.verification_method[:200]}"
    )


def _require_mandate(credential: Credential, issuer: Issuer, trust: Trust) -> None:
    if credential.license_type not in issuer.may_grant:
        raise NotMandated(f"{issuer.did} may not grant this type (got {credential.license_type[:200]!r})")
    if credential.authority != issuer.authority:
        raise NotMandated(
            f"the face names another authority (got {credential.authority[:200]!r}, expected {issuer.authority!r})"
        )
    iri = _license_iri(credential, trust)
    if authority_iri(iri.base, iri.authority) != issuer.authority:
        raise NotMandated(f"the license is in another authority's name space ({iri})")
    if license_type_iri(iri.base, iri.type) != credential.license_type:
        raise NotMandated(f"the license's IRI names another type ({iri})")
    if credential.subject.get("licenseNumber") != iri.number:
        raise MalformedCredential(f"the license's IRI names another number ({iri})")


def _license_iri(credential: Credential, trust: Trust) -> LicenseIri:
    text = str(credential.subject.get("id"))
    for base in trust.bases:
        if text.startswith(base + "/"):
            try:
                return parse_license_iri(base, text)
            except MalformedIri as error:
                raise MalformedCredential(f"the subject is no license IRI: {error}") from error
    raise MalformedCredential(f"the license is not of a register that we know ({text[:200]})")


@dataclass(frozen=True, slots=True)
class _InForce:
    part: Part
    as_of: datetime | None


def _in_force(credential: VerifiedCredential, trust: Trust, at: datetime) -> _InForce:
    # 6. The dates: they need no list, so they can be told even when the lists cannot.
    if credential.valid_until is not None and at > credential.valid_until:
        return _InForce(
            Part(Answer.NO, Status.EXPIRED, f"valid until {credential.valid_until.isoformat()}"), trust.as_of
        )
    if credential.valid_from is not None and at < credential.valid_from:
        return _InForce(Part(Answer.NO, Status.PENDING, f"valid from {credential.valid_from.isoformat()}"), trust.as_of)
    # 7. The status lists
    as_of: datetime | None = None
    found: dict[str, datetime] = {}
    unknown: Part | None = None
    for entry in credential.status:
        try:
            is_set, made = _status(credential, entry, trust, at)
        except (VerificationError, CouldNotCheck) as error:
            # A list that is missing or forged says nothing of the license itself, and takes nothing from what another says.
            unknown = Part(Answer.UNKNOWN, "status-unavailable", f"{error.code}: {error}")
            continue
        as_of = made if as_of is None else min(as_of, made)
        if is_set:
            found[entry.purpose] = made
    # A bit that is set is known from its own list; that none is set is known only as well as by the older of the lists.
    if "revocation" in found:
        return _InForce(
            Part(Answer.NO, "withdrawn", "revoked, surrendered, or replaced by a newer credential"), found["revocation"]
        )
    if "suspension" in found:
        return _InForce(Part(Answer.NO, Status.SUSPENDED, "suspended"), found["suspension"])
    if unknown is not None:
        return _InForce(unknown, None)
    if credential.is_license and credential.valid_until is None and credential.subject.get("noExpiry") is not True:
        return _InForce(
            Part(Answer.UNKNOWN, "expiry-not-stated", "the authority has not stated until when it is valid"),
            as_of,
        )
    return _InForce(Part(Answer.YES, Status.ACTIVE, ""), as_of)


def _status(credential: Credential, entry: StatusEntry, trust: Trust, at: datetime) -> tuple[bool, datetime]:
    status_list, list_credential = read_status_list(trust.status_list(entry.list_url), entry, at)
    if list_credential.issuer != credential.issuer:
        raise IssuerMismatch(
            f"status list issuer does not match (got {list_credential.issuer}, expected {credential.issuer})"
        )
    _require_signed(list_credential, trust, document_loader(trust.bases), at)
    return status_list.is_set(entry.index), status_list.as_of
