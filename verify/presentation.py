"""The verification of a presentation (VC Data Model 2.0, 4.13): whoever presents signs, and each credential is verified."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verify.canonical import canonical_nquads
from verify.controlled_identifier import VerificationKey
from verify.credential import MAX_PROOFS, read_unsecured
from verify.data_model import data_model, identifier, items, require_identifiers, shown, types_of
from verify.document import Document, without
from verify.effort import MAX_CREDENTIALS
from verify.errors import (
    BeyondBounds,
    CouldNotCheck,
    IssuerMismatch,
    MalformedPresentation,
    UnknownIssuer,
    VerificationError,
)
from verify.form import require_as_read, require_presented_as_read
from verify.inline import require_signed_words
from verify.jose import ENVELOPED_PRESENTATION, Envelope, is_envelope, open_envelope
from verify.proof import AUTHENTICATION, Proof, SignedDocument, parse_proofs, require_asked
from verify.trust import Trust
from verify.verdict import Answer, Part, Verdict, unchecked_to_json
from verify.verifier import VerifiedCredential, examine_document, key_of, not_genuine, verdict_of
from vocab.contexts import document_loader
from vocab.graph import date_time

MAX_PROOFS_PRESENTED = 24
MAX_STATUS_ENTRIES_PRESENTED = 32
"""Of all credentials together: each proof can cost a canonical form, and each entry a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the presentation was asked for with. Where given, a presentation for anyone else or of another time is refused."""

    challenge: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A well-formed presentation; nothing in it is proven yet. `credentials` are documents that nobody has looked at."""

    holder: str
    credentials: tuple[Document, ...]
    proofs: tuple[Proof, ...]
    envelope: Envelope | None
    unsecured: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationVerdict:
    """`signature`: whether its holder made this presentation, for whoever asked. Each credential has its own verdict."""

    signature: Part
    credentials: tuple[Verdict, ...]
    checked_at: datetime
    not_checked: tuple[Part, ...] = ()

    @property
    def verified(self) -> bool:
        """Presented by its holder, and all that it holds is verified."""
        return self.signature.answer is Answer.YES and all(verdict.verified for verdict in self.credentials)

    def to_json(self) -> dict[str, Any]:
        """The verdict for the API, instants in UTC."""
        return {
            "signature": self.signature.to_json(),
            "credentials": [verdict.to_json() for verdict in self.credentials],
            "checkedAt": date_time(self.checked_at),
            "notChecked": unchecked_to_json(self.not_checked),
        }


def examine_presentation(document: Document, asked: Asked, trust: Trust, at: datetime) -> PresentationVerdict:
    """The verdict on a presentation that `parse_document` has read. Never raises for what it contains."""
    try:
        presentation = read_presentation(document)
        _require_signed(presentation, asked, trust, at)
    except (VerificationError, CouldNotCheck) as error:
        answer = Answer.NO if isinstance(error, VerificationError) else Answer.UNKNOWN
        return PresentationVerdict(signature=Part(answer, error.code, str(error)), credentials=(), checked_at=at)
    return PresentationVerdict(
        signature=Part(Answer.YES, "signed-by-holder", presentation.holder or f"a key of {_presenter(presentation)}"),
        credentials=tuple(_examine(credential, presentation, trust, at) for credential in presentation.credentials),
        checked_at=at,
        not_checked=tuple(_not_checked(presentation, asked)),
    )


def _not_checked(presentation: Presentation, asked: Asked) -> Iterator[Part]:
    for name, value in (("challenge", asked.challenge), ("domain", asked.domain)):
        if not value:
            yield Part(Answer.UNKNOWN, name, f"whether the {name} is the one that was asked with: none was given")
    if not presentation.holder:
        yield Part(Answer.UNKNOWN, "holder", "who presents it: no holder is named, and anybody can sign with a key")
    if not presentation.credentials:
        yield Part(Answer.UNKNOWN, "nothing-presented", "there is no credential in it: nothing was presented")


def _presenter(presentation: Presentation) -> str:
    """The DID whose key signed it, for one that names no holder."""
    if presentation.envelope is not None:
        return presentation.envelope.controller[:200]
    return presentation.proofs[0].controller[:200]


def read_presentation(document: Document) -> Presentation:
    """Raises `MalformedDocument` or one of its leaves, `UnknownMethod`, `BeyondBounds`."""
    envelope = (
        open_envelope(document, ENVELOPED_PRESENTATION) if is_envelope(document, ENVELOPED_PRESENTATION) else None
    )
    inner = envelope.document if envelope else document
    data_model(inner)
    types_of(inner, "VerifiablePresentation")
    require_identifiers(without(inner, "verifiableCredential"))
    credentials = items(inner, "verifiableCredential")
    if not all(isinstance(item, dict) for item in credentials):
        raise MalformedPresentation(
            f"verifiableCredential is an object, or several (got {shown(inner['verifiableCredential'])})"
        )
    if len(credentials) > MAX_CREDENTIALS:
        raise BeyondBounds(f"more is presented than we look at (got {len(credentials)}, at most {MAX_CREDENTIALS})")
    _require_few(credentials)
    return Presentation(
        holder=identifier(inner["holder"], "holder") if "holder" in inner else "",
        credentials=tuple(credentials),
        proofs=() if envelope else parse_proofs(document.get("proof"), at_most=MAX_PROOFS, purpose=AUTHENTICATION),
        envelope=envelope,
        unsecured=without(inner, "proof"),
    )


def _require_few(credentials: list[Document]) -> None:
    opened = [_opened(credential) for credential in credentials]
    for member, most in (("proof", MAX_PROOFS_PRESENTED), ("credentialStatus", MAX_STATUS_ENTRIES_PRESENTED)):
        if (count := sum(len(items(credential, member)) for credential in opened)) > most:
            raise BeyondBounds(f"what is presented has too many of {member} (got {count}, at most {most})")


def _opened(credential: Document) -> Document:
    try:
        return open_envelope(credential).document if is_envelope(credential) else credential
    except (VerificationError, CouldNotCheck):
        # It has a verdict of its own, later.
        return {}


def _require_signed(presentation: Presentation, asked: Asked, trust: Trust, at: datetime) -> None:
    if presentation.envelope is not None:
        _require_enveloped(presentation.envelope, presentation.holder, asked, trust, at)
        nquads = canonical_nquads(presentation.unsecured, document_loader(trust.bases))
        require_presented_as_read(presentation.unsecured, nquads)
        return
    signed = SignedDocument(presentation.unsecured, presentation.proofs, document_loader(trust.bases))
    for proof in presentation.proofs:
        require_asked(proof.node, asked.challenge, asked.domain, AUTHENTICATION)
        _require_holder(proof.controller, presentation.holder)
        key = key_of(proof.verification_method, _keys(proof.controller, trust, at))
        key.require_usable(purpose=AUTHENTICATION, created=proof.created, at=at)
        proof.require_current(at)
        signed.require_signature(proof, key.public_key)
    require_presented_as_read(presentation.unsecured, signed.nquads)
    for proof in presentation.proofs:
        require_signed_words(proof.node)


def _require_enveloped(envelope: Envelope, holder: str, asked: Asked, trust: Trust, at: datetime) -> None:
    # A JWT says the same by its own names (3.1.3): `nonce` and `aud`.
    stated = {"challenge": envelope.nonce, "domain": list(envelope.audience), "proofPurpose": AUTHENTICATION}
    require_asked(stated, asked.challenge, asked.domain, AUTHENTICATION)
    _require_holder(envelope.controller, holder)
    key = key_of(envelope.verification_method, _keys(envelope.controller, trust, at))
    key.require_usable(purpose=AUTHENTICATION, created=envelope.issued_at, at=at)
    envelope.require_current(at)
    envelope.require_signature(key.public_key)


def _require_holder(controller: str, holder: str) -> None:
    if holder and controller != holder:
        raise IssuerMismatch(f"key is not the holder's (got {controller[:120]}, expected {holder[:120]})")


def _keys(controller: str, trust: Trust, at: datetime) -> Mapping[str, VerificationKey]:
    try:
        return trust.issuer(controller).keys
    except UnknownIssuer:
        return trust.stranger(controller, at)


def _examine(document: Document, presentation: Presentation, trust: Trust, at: datetime) -> Verdict:
    if "proof" in document or is_envelope(document):
        return examine_document(document, trust, at)
    # Without a proof of its own it is what the holder says, secured by the presentation (4.13.4).
    try:
        credential = read_unsecured(document)
        if not presentation.holder or credential.issuer != presentation.holder:
            raise IssuerMismatch(
                f"a credential without a proof is the holder's own (issuer {credential.issuer[:120]}, holder "
                f"{presentation.holder[:120] or 'not named'})"
            )
        if credential.is_license:
            raise UnknownIssuer("a license is signed by its authority, and never by whoever presents it")
        if presentation.envelope is None:
            require_as_read(document, canonical_nquads(document, document_loader(trust.bases)))
    except VerificationError as error:
        return not_genuine(Part(Answer.NO, error.code, str(error)), at, None)
    except CouldNotCheck as error:
        return not_genuine(Part(Answer.UNKNOWN, error.code, str(error)), at, None)
    return verdict_of(VerifiedCredential(credential, None), trust, at)
