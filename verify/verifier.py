"""The verification of a credential, in numbered steps, once.

1. Parse it: every bound and every form, before any cryptography.
2. Find its issuer: an authority of the register, or a stranger.
3. Find the key that the proof names: the issuer's own, listed for the purpose, neither revoked nor expired. Of a revoked key
   the register, asked itself, still accepts what it had recorded before.
4. Check the signature of every proof.
5. Check the mandate: the authority may grant this type, and the license's IRI is one of its own.
   After 1 to 5 the credential of an authority is genuine; of a stranger's it is known that the stranger signed it.
6. Check the dates: pending before, expired after; both ends are inclusive.
7. Check every status entry against a current list, signed by the same issuer.
   After 6 and 7 it is known whether it is in force, as of when the lists were made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from verify.canonical import canonical_nquads
from verify.checked import CheckedLists
from verify.controlled_identifier import VerificationKey
from verify.credential import Credential, StatusEntry, read_credential, read_unsecured
from verify.data_model import items
from verify.document import MAX_BYTES, Document, in_utf_8, parse_document
from verify.errors import (
    BeyondBounds,
    ContextUnknown,
    CouldNotCheck,
    IssuerMismatch,
    KeyNotUsable,
    KeyUnknown,
    MalformedDocument,
    MalformedStatusList,
    NotACredential,
    NotJson,
    UnknownIssuer,
    VerificationError,
)
from verify.form import require_as_read, require_terms
from verify.inline import require_signed_words
from verify.jose import Envelope, enveloped, is_compact, is_envelope, open_envelope
from verify.mandate import require_mandate
from verify.proof import ASSERTION, Proof, SignedDocument
from verify.status import StatusList, read_status_list
from verify.trust import CREDENTIALS, STATUS_LISTS, Issuer, Trust, may_be_newer
from verify.verdict import Answer, Part, Verdict
from vocab.contexts import document_loader
from vocab.history import Status
from vocab.resource import did_web

NOT_A_LICENSE = Part(Answer.UNKNOWN, "not-a-license", "this credential is no license: it proves nothing about one")
THIS_PLACE = Part(Answer.UNKNOWN, "this-place", "whether the license belongs to the place or person before you")
_WITHDRAWN = Part(Answer.NO, "withdrawn", "revoked, surrendered, or replaced by a newer credential")
_SUSPENDED = Part(Answer.NO, Status.SUSPENDED, "suspended")
_WAS_SUSPENDED = Part(Answer.UNKNOWN, "was-suspended", "it was suspended, by a list that is too old to tell of today")
_ACTIVE = Part(Answer.YES, Status.ACTIVE, "")
NO_STATUS = Part(Answer.UNKNOWN, "not-examined", "the status is looked at only for what is proven genuine")
_CHECKED_LISTS = CheckedLists()
_OF_CREDENTIALS = frozenset({"credentialSubject", "issuer", "proof"})
"""What has none of these does not even claim to be a credential."""


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A credential after steps 2 to 5: what a function takes that must not be given an unproven one (rule R2).

    `authority` is the register's authority that issued it, or None for a stranger's.
    """

    credential: Credential
    authority: Issuer | None


def verify_credential(
    credential: Credential, trust: Trust, at: datetime, envelope: Envelope | None = None
) -> VerifiedCredential:
    """Steps 2 to 5. Returns the credential, proven its issuer's; raises `VerificationError` or `CouldNotCheck`.

    `envelope` is what it was taken out of, for one that is secured from without.
    """
    authority = _Signing(credential, trust, at, CREDENTIALS).require(envelope)
    # 5. The mandate
    require_mandate(credential, authority, trust)
    return VerifiedCredential(credential, authority)


def examine(raw: bytes, trust: Trust, at: datetime) -> Verdict:
    """All steps, for bytes from anywhere: a JSON document, or a JWT in its compact form. Never raises for what they contain.

    `at` is the instant of checking (aware). Failures to check are "unknown", never "no", and so is what is no credential at all.
    """
    raw = in_utf_8(raw)
    if len(raw) > MAX_BYTES:
        part = Part(Answer.UNKNOWN, BeyondBounds.code, f"larger than what is looked at (at most {MAX_BYTES} bytes)")
        return not_genuine(part, at, None)
    try:
        document = enveloped(raw.decode().strip()) if is_compact(raw) else parse_document(raw)
    except NotJson as error:
        return not_genuine(_no_credential(error), at, None)
    except VerificationError as error:
        return not_genuine(Part(Answer.NO, error.code, str(error)), at, None)
    return examine_document(document, trust, at, raw)


def examine_document(document: Document, trust: Trust, at: datetime, received: bytes = b"") -> Verdict:
    """All steps, for a document that `parse_document` has read (from `received`, where that is at hand), as `examine`."""
    credential: Credential | None = None
    try:
        # 1. Parse
        envelope = open_envelope(document) if is_envelope(document) else None
        credential = (
            read_unsecured(envelope.document)
            if envelope
            else read_credential(document, document_loader(trust.bases), received)
        )
        authority = _Signing(credential, trust, at, CREDENTIALS).require(envelope)
    except VerificationError as error:
        claims = _claims_to_be_a_credential(document)
        part = Part(Answer.NO, error.code, str(error)) if claims else _no_credential(error)
        return not_genuine(part, at, credential)
    except CouldNotCheck as error:
        return not_genuine(Part(Answer.UNKNOWN, error.code, str(error)), at, credential)
    try:
        require_mandate(credential, authority, trust)
    except VerificationError as error:
        return _not_mandated(Part(Answer.NO, error.code, str(error)), at, credential)
    return verdict_of(VerifiedCredential(credential, authority), trust, at)


def _claims_to_be_a_credential(document: Document) -> bool:
    types = items(document, "type")
    if "VerifiableCredential" in types or is_envelope(document):
        return True
    return "VerifiablePresentation" not in types and not _OF_CREDENTIALS.isdisjoint(document)


def _no_credential(error: VerificationError) -> Part:
    return Part(Answer.UNKNOWN, NotACredential.code, f"this is no credential, and nothing was checked ({error})")


def verdict_of(verified: VerifiedCredential, trust: Trust, at: datetime) -> Verdict:
    """Steps 6 and 7, and the verdict on what passed those before."""
    credential, authority = verified.credential, verified.authority
    in_force = _in_force(verified, trust, at)
    not_checked = [THIS_PLACE if credential.is_license else NOT_A_LICENSE]
    if in_force.part.answer is Answer.UNKNOWN:
        not_checked.append(in_force.part)
    not_checked += [
        Part(Answer.UNKNOWN, "related-resource", f"the digest of {url[:200]}") for url in credential.unchecked_resources
    ]
    if authority is None:
        genuine = Part(Answer.UNKNOWN, "stranger", "signed by somebody of whom the register knows nothing")
        issuer = Part(Answer.NO, "stranger", f"none of the register's authorities: {credential.issuer[:200]}")
        not_checked.append(genuine)
    else:
        name = authority.name.in_language("en")
        genuine = _genuine(credential, authority, name)
        issuer = _yes("authority-with-mandate" if credential.is_license else "authority", name)
        if not trust.live:
            not_checked.append(Part(Answer.UNKNOWN, "since-then", "what happened after the trust data was made"))
    return Verdict(
        genuine=genuine,
        signature=_signed(credential),
        issuer=issuer,
        in_force=in_force.part,
        as_of=in_force.as_of,
        checked_at=at,
        not_checked=tuple(not_checked),
        credential=credential,
    )


def _genuine(credential: Credential, authority: Issuer, name: str) -> Part:
    for proof in credential.proofs:
        revoked = authority.keys[proof.verification_method].revoked
        if revoked is not None:
            told = f"{name}; recorded by the register before the key was revoked as of {revoked.isoformat()}"
            return Part(Answer.YES, "recorded-before-revocation", told)
    return _yes("signed-by-authority", name)


def _signed(credential: Credential) -> Part:
    return _yes("signed-by-issuer", f"by a key of {credential.issuer[:200]}")


# Of one authority thousands of credentials say the same.
@lru_cache(maxsize=1024)
def _yes(code: str, detail: str) -> Part:
    return Part(Answer.YES, code, detail)


def not_genuine(part: Part, at: datetime, credential: Credential | None) -> Verdict:
    """A verdict that stops before the status: what is not proven genuine has no status to speak of."""
    not_checked = (part, NO_STATUS) if part.answer is Answer.UNKNOWN else (NO_STATUS,)
    issuer = Part(Answer.UNKNOWN, "not-examined", "who issued it is known only of what is proven")
    return Verdict(
        genuine=part,
        signature=part,
        issuer=issuer,
        in_force=NO_STATUS,
        as_of=None,
        checked_at=at,
        not_checked=not_checked,
        credential=credential,
    )


def _not_mandated(part: Part, at: datetime, credential: Credential) -> Verdict:
    """A verdict on what an authority did sign and had no right to."""
    return Verdict(
        genuine=part,
        signature=_signed(credential),
        issuer=part,
        in_force=NO_STATUS,
        as_of=None,
        checked_at=at,
        not_checked=(NO_STATUS,),
        credential=credential,
    )


@dataclass(frozen=True, slots=True)
class _Signing:
    """Steps 2 to 4 on one credential. `use` is what the key is asked to have signed: a credential or a status list."""

    credential: Credential
    trust: Trust
    at: datetime
    use: str

    def require(self, envelope: Envelope | None = None) -> Issuer | None:
        """Returns the authority whose signature it is, or None where a stranger's is right. Raises otherwise."""
        # 2. The issuer
        authority = self._authority(envelope)
        try:
            self._require_signed(authority, envelope)
        except (BeyondBounds, ContextUnknown) as error:
            if authority is None:
                raise
            # What an authority of ours signs, we can read: whoever made this is another.
            raise MalformedDocument(str(error)) from error
        return authority

    def _require_signed(self, authority: Issuer | None, envelope: Envelope | None) -> None:
        if authority is not None and self.credential.plain is None:
            # What an authority of ours signs has one spelling, whatever it is.
            require_terms(self.credential.document)
        if envelope is not None:
            self._require_own(envelope.controller)
            key = self._key(envelope.verification_method, authority, envelope.issued_at)
            key.require_usable(purpose=ASSERTION, created=envelope.issued_at, at=self.at)
            envelope.require_current(self.at)
            envelope.require_signature(key.public_key)
            # What no context defines means nothing, and what a context renames is not read, in an envelope as well.
            nquads = canonical_nquads(self.credential.unsecured, document_loader(self.trust.bases))
            if not self.credential.is_license:
                require_as_read(self.credential.unsecured, nquads)
            return
        loader = document_loader(self.trust.bases)
        signed = SignedDocument(self.credential.unsecured, self.credential.proofs, loader, self.credential.plain)
        controllers = [proof.controller for proof in self.credential.proofs]
        # A stranger's set needs one proof of its issuer (VC-DATA-INTEGRITY 4.5); we and our authorities sign alone.
        self._require_own(
            *controllers if authority else controllers[:1] if self.credential.issuer not in controllers else ()
        )
        for proof in self.credential.proofs:
            self._require_proof(proof, signed, authority)
        if not self.credential.is_license:
            require_as_read(self.credential.unsecured, signed.nquads)
            for proof in self.credential.proofs:
                require_signed_words(proof.node)

    def _authority(self, envelope: Envelope | None) -> Issuer | None:
        issuer, as_of = self.credential.issuer, self.trust.as_of
        try:
            return self.trust.issuer(issuer)
        except UnknownIssuer as error:
            made = [envelope.issued_at] if envelope else [proof.created for proof in self.credential.proofs]
            own = tuple(did_web(base, "") for base in self.trust.bases)
            if issuer.startswith(own) and all(may_be_newer(self.trust, each) for each in made):
                raise KeyUnknown(f"the trust data of {as_of.isoformat()} has no {issuer[:200]}") from error
            if self.credential.is_license:
                raise  # Nobody else may even claim to grant one.
            return None

    def _require_own(self, *controllers: str) -> None:
        for controller in controllers:
            if controller != self.credential.issuer:
                raise IssuerMismatch(
                    f"key is not the issuer's (got {controller[:120]}, expected {self.credential.issuer[:120]})"
                )

    def _require_proof(self, proof: Proof, signed: SignedDocument, authority: Issuer | None) -> None:
        # 3. The key
        key = self._key(proof.verification_method, authority, proof.created)
        if (
            key.revoked is not None
            and authority is not None
            and self.trust.recorded_before(self.credential.document, key.revoked)
        ):
            # The register had it before anybody else can have had the key: what it says was said by the authority.
            key = replace(key, revoked=None)
        key.require_usable(purpose=proof.purpose, created=proof.created, at=self.at)
        proof.require_current(self.at)
        # 4. The signature
        signed.require_signature(proof, key.public_key)

    def _key(self, method: str, authority: Issuer | None, created: datetime | None) -> VerificationKey:
        if authority is None:
            return key_of(method, self.trust.stranger(method.partition("#")[0], self.at))
        key = authority.keys.get(method)
        if key is None:
            # A key is published before it is used: trust data that is newer than the proof would have it.
            if self.trust.live or not (authority.has_other_keys or may_be_newer(self.trust, created)):
                raise IssuerMismatch(f"the issuer has no such key ({method[:200]})")
            raise KeyUnknown(f"the trust data of {self.trust.as_of.isoformat()} does not have the key {method[:200]}")
        if authority.uses.get(method, self.use) != self.use:
            raise KeyNotUsable(
                f"key is for another use (got {authority.uses[method]}, expected {self.use}, {method[:200]})"
            )
        return key


def key_of(method: str, keys: Mapping[str, VerificationKey]) -> VerificationKey:
    """The key with the id `method` among those of its controller. Raises `IssuerMismatch`."""
    try:
        return keys[method]
    except KeyError:
        raise IssuerMismatch(f"its controller has no such key ({method[:200]})") from None


@dataclass(frozen=True, slots=True)
class _InForce:
    part: Part
    as_of: datetime | None


def _in_force(verified: VerifiedCredential, trust: Trust, at: datetime) -> _InForce:
    credential = verified.credential
    # 6. The dates: they need no list, so they can be told even when the lists cannot.
    if credential.valid_until is not None and at > credential.valid_until:
        return _InForce(
            Part(Answer.NO, Status.EXPIRED, f"valid until {credential.valid_until.isoformat()}"), trust.as_of
        )
    if credential.valid_from is not None and at < credential.valid_from:
        return _InForce(Part(Answer.NO, Status.PENDING, f"valid from {credential.valid_from.isoformat()}"), trust.as_of)
    # 7. The status lists
    as_of: datetime | None = None
    found: dict[str, StatusList] = {}
    unknown: Part | None = None
    for entry in credential.status:
        try:
            status_list = _status_list(verified, entry, trust, at)
            if status_list.is_set(entry.index):
                found[entry.purpose] = status_list
        except (VerificationError, CouldNotCheck) as error:
            # A list that is missing or forged says nothing of the license itself, and takes nothing from what another says.
            unknown = Part(Answer.UNKNOWN, "status-unavailable", f"{error.code}: {error}")
            continue
        as_of = status_list.as_of if as_of is None else min(as_of, status_list.as_of)
    # A bit that is set is known from its own list; that none is set is known only as well as by the older of the lists.
    if (revoked := found.get("revocation")) is not None:
        return _InForce(_WITHDRAWN, revoked.as_of)
    if (suspended := found.get("suspension")) is not None:
        return _InForce(_WAS_SUSPENDED if suspended.is_over else _SUSPENDED, suspended.as_of)
    if credential.unknown_status and unknown is None:
        unknown = Part(
            Answer.UNKNOWN, "status-unknown", f"a status that we cannot read: {credential.unknown_status[0]}"
        )
    if unknown is not None:
        return _InForce(unknown, None)
    if credential.is_license and credential.valid_until is None and credential.subject.get("noExpiry") is not True:
        return _InForce(
            Part(Answer.UNKNOWN, "expiry-not-stated", "the authority has not stated until when it is valid"),
            as_of,
        )
    return _InForce(_ACTIVE, as_of)


def _status_list(verified: VerifiedCredential, entry: StatusEntry, trust: Trust, at: datetime) -> StatusList:
    credential, authority = verified.credential, verified.authority
    if (known := trust.known_list(entry.list_url, at)) is not None:
        known.require_for(entry, credential.issuer)
        return known
    raw = trust.status_list(entry.list_url, at)
    status_list = _CHECKED_LISTS.get(raw, entry, authority, at) if authority is not None else None
    return status_list or _checked_list(raw, credential, entry, trust, at)


def _checked_list(raw: bytes, credential: Credential, entry: StatusEntry, trust: Trust, at: datetime) -> StatusList:
    status_list, list_credential = read_status_list(raw, entry, at)
    status_list.require_for(entry, credential.issuer)
    authority = _Signing(list_credential, trust, at, STATUS_LISTS).require()
    if authority is not None:
        if list_credential.valid_from is None:
            # What is kept in a file for days could be replayed for ever.
            raise MalformedStatusList("an authority's list says from when it holds")
        _CHECKED_LISTS.put(raw, status_list, list_credential, authority)
    return status_list
