"""Data Integrity 1.0: what a proof says, what is signed, and whether the signature fits. Alone, in sets and in chains."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from verify.canonical import canonical_nquads, plain_nquads
from verify.cryptosuite import KEY_OF, SIGNATURE_BYTES, require_fits
from verify.document import Document, without
from verify.effort import require_affordable
from verify.errors import (
    CouldNotCheck,
    InvalidSignature,
    MalformedDocument,
    MalformedProof,
    ProofExpired,
    UnknownMethod,
)
from verify.instant import parse_instant
from verify.multikey import PublicKey, from_multibase58
from vocab.contexts import DocumentLoader
from vocab.terms import CRYPTOSUITE_ECDSA

_KNOWN = ", ".join(KEY_OF)

P384_SIGNATURE_CHARACTERS = range(131, 134)
"""How long 96 bytes are in multibase, the signature of ecdsa-rdfc-2019 with the larger of its two curves."""
_EXPIRATION = b"<https://w3id.org/security#expiration>"

PROOF_TYPE = "DataIntegrityProof"
ASSERTION = "assertionMethod"
AUTHENTICATION = "authentication"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One parsed proof. `configuration` is all of it but the value: the options that are signed with the document."""

    id: str
    cryptosuite: str
    verification_method: str
    purpose: str
    created: datetime | None
    expires: datetime | None
    challenge: str
    domain: tuple[str, ...]
    previous: tuple[str, ...]
    signature: bytes
    configuration: Mapping[str, Any]
    node: Mapping[str, Any]

    @property
    def controller(self) -> str:
        """The DID that the verification method belongs to, by its own name."""
        return self.verification_method.partition("#")[0]

    def require_current(self, at: datetime) -> None:
        """Raises `ProofExpired` after the proof's own end (VC-DATA-INTEGRITY 2.1, `expires`)."""
        if self.expires is not None and at > self.expires:
            raise ProofExpired(f"proof expired at {self.expires.isoformat()}")


def parse_proof(node: object, purpose: str = ASSERTION) -> Proof:
    """One proof (VC-DATA-INTEGRITY 2.1, EDDSA 2.2.1). Raises `MalformedProof`; `UnknownMethod` for another type or suite."""
    if not isinstance(node, dict):
        raise MalformedProof(f"a proof is an object (got {type(node).__name__})")
    kind = node.get("type")
    if isinstance(kind, str) and kind not in ("", PROOF_TYPE):
        # Such as Ed25519Signature2020, the older suites.
        raise UnknownMethod(
            f"proof is of a type that this verifier does not know (got {kind[:60]!r}, knows {PROOF_TYPE})"
        )
    _require(node, "type", PROOF_TYPE)
    _require(node, "proofPurpose", purpose)
    suite = node.get("cryptosuite")
    if not isinstance(suite, str) or suite not in KEY_OF:
        if isinstance(suite, str) and suite:
            raise UnknownMethod(
                f"proof has a cryptosuite that this verifier does not know (got {suite[:60]!r}, knows {_KNOWN})"
            )
        raise MalformedProof(f"proof names its cryptosuite (got {str(suite)[:60]!r})")
    method = node.get("verificationMethod")
    if not isinstance(method, str) or "#" not in method or ":" not in method:
        raise MalformedProof(f"a verification method is a URL with a fragment (got {str(method)[:120]!r})")
    return Proof(
        id=_text(node, "id"),
        cryptosuite=suite,
        verification_method=method,
        purpose=purpose,
        created=_instant(node, "created"),
        expires=_instant(node, "expires"),
        challenge=_text(node, "challenge"),
        domain=_texts(node, "domain"),
        previous=_texts(node, "previousProof"),
        signature=_signature(node.get("proofValue"), suite),
        configuration=without(node, "proofValue"),
        node=node,
    )


def _signature(value: object, suite: str) -> bytes:
    try:
        return from_multibase58(value, length=SIGNATURE_BYTES)
    except MalformedProof:
        if suite == CRYPTOSUITE_ECDSA and isinstance(value, str) and len(value) in P384_SIGNATURE_CHARACTERS:
            raise UnknownMethod(
                f"proof is made with a key on P-384, and this verifier knows {suite} on P-256"
            ) from None
        raise


def parse_proofs(node: object, *, at_most: int, purpose: str = ASSERTION) -> tuple[Proof, ...]:
    """The proof, or the set or chain of proofs, of a document. Raises `MalformedProof`, also for a chain with a link missing."""
    nodes = node if isinstance(node, list) else [node]
    if not 1 <= len(nodes) <= at_most:
        raise MalformedProof(f"a document has 1 to {at_most} proofs (got {len(nodes)})")
    proofs = tuple([parse_proof(each, purpose) for each in nodes])
    if len(proofs) == 1 and not proofs[0].previous:
        return proofs
    ids = [proof.id for proof in proofs if proof.id]
    if any(one == other for one, other in combinations(nodes, 2)):
        raise MalformedProof("one proof stands twice")
    if len(set(ids)) != len(ids):
        raise MalformedProof("two proofs have the same id")
    for proof in proofs:
        missing = [previous for previous in proof.previous if previous not in ids or previous == proof.id]
        if missing:
            # VC-DATA-INTEGRITY 4.5, step 3.2.3: PROOF_VERIFICATION_ERROR.
            raise MalformedProof(f"the proof comes after one that is not there (previousProof {missing[0][:120]!r})")
    return proofs


def require_asked(node: object, challenge: str, domain: str, purpose: str) -> None:
    """Raises `MalformedProof` where a proof has another challenge, domain or purpose than was asked for, where one was."""
    if not isinstance(node, dict):
        return
    for member, asked in (("challenge", challenge), ("domain", domain), ("proofPurpose", purpose)):
        found = node.get(member, "")
        if asked and asked not in (found if isinstance(found, list) else [found]):
            raise MalformedProof(
                f"proof has another {member} than was asked for (got {str(found)[:120]!r}, expected {asked[:120]!r}): "
                "made for somebody else, or used before"
            )


@dataclass(frozen=True, slots=True)
class PlainForm:
    """The canonical forms of a document and of the options of its one proof. Both have one plain spelling (`verify.compiled`)."""

    document: bytes
    options: bytes

    @property
    def signed(self) -> bytes:
        """The 64 bytes that are signed (EDDSA 3.2.4): the hash of the options, and that of the document."""
        return hashlib.sha256(self.options).digest() + hashlib.sha256(self.document).digest()


def plain_form(document: Document, loader: DocumentLoader, received: bytes = b"") -> PlainForm | None:
    """That of a secured document, or None for one that is spelled otherwise, or that says what its contexts do not know.

    `received` is the text that it was read from, where that is at hand.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or "@context" in proof or not isinstance(proof.get("proofValue"), str):
        return None
    options = without(proof, "proofValue")
    options["@context"] = document.get("@context")
    try:
        of_document = plain_nquads(without(document, "proof"), loader, received)
        of_options = None if of_document is None else plain_nquads(options, loader)
    except (MalformedDocument, CouldNotCheck):
        return None
    return None if of_document is None or of_options is None else PlainForm(of_document, of_options)


class SignedDocument:
    """A document without its proofs and what its proofs sign; its hash is made once for all of them.

    `plain` is what was made of it already, where it was.
    """

    def __init__(
        self, unsecured: Document, proofs: Sequence[Proof], loader: DocumentLoader, plain: PlainForm | None = None
    ) -> None:
        self._unsecured = unsecured
        self._proofs = proofs
        self._loader = loader
        self._plain = plain
        self._nquads: bytes | None = plain.document if plain else None

    @property
    def nquads(self) -> bytes:
        """The canonical form. Raises `MalformedDocument`."""
        if self._nquads is None:
            self._nquads = canonical_nquads(self._unsecured, self._loader)
        return self._nquads

    def require_signature(self, proof: Proof, key: PublicKey) -> None:
        """Raises `InvalidSignature` unless `key` made `proof`; `KeyNotUsable` for a key of another kind; `MalformedDocument`."""
        try:
            require_fits(proof.signature, self._signed(proof), key, proof.cryptosuite)
        except InvalidSignature as error:
            raise InvalidSignature(f"{error} (method {proof.verification_method[:200]})") from error

    def _signed(self, proof: Proof) -> bytes:
        if self._plain is not None and len(self._proofs) == 1 and self._proofs[0] is proof and not proof.previous:
            return _hashes_of(self._plain.options, proof.configuration, self._plain.document)
        if not proof.previous:
            nquads = self.nquads
        else:
            # VC-DATA-INTEGRITY 4.5: what comes later in a chain signs the document with the proofs that it names.
            before = [dict(each.node) for each in self._proofs if each.id in proof.previous]
            document = {**self._unsecured, "proof": before}
            require_affordable(document, times=sum(bool(each.previous) for each in self._proofs))
            nquads = canonical_nquads(document, self._loader)
        return _hashes(self._unsecured["@context"], proof.configuration, nquads, self._loader)


def hash_data(unsecured: Document, configuration: Mapping[str, Any], loader: DocumentLoader) -> bytes:
    """The 64 bytes that are signed (EDDSA 3.2.4, ECDSA 3.2.4). Raises `MalformedDocument`."""
    return _hashes(unsecured["@context"], configuration, canonical_nquads(unsecured, loader), loader)


def _hashes(context: Any, configuration: Mapping[str, Any], nquads: bytes, loader: DocumentLoader) -> bytes:
    """The hash of the proof configuration and that of the document.

    The configuration's comes first: the other order verifies our own proofs and nobody else's. It takes the document's
    `@context` (EDDSA 3.2.5).
    """
    if configuration.get("@context", context) != context:
        # In a proof it would give the signed options another meaning than the document's.
        raise MalformedProof("a proof has the context of its document")
    return _hashes_of(canonical_nquads({**configuration, "@context": context}, loader), configuration, nquads)


def _hashes_of(options: bytes, configuration: Mapping[str, Any], nquads: bytes) -> bytes:
    if (_EXPIRATION in options) != ("expires" in configuration):
        # Under another name the end of a proof would be signed and never read.
        raise MalformedProof("a proof states its end under its plain name, expires, or not at all")
    return hashlib.sha256(options).digest() + hashlib.sha256(nquads).digest()


def _require(node: Document, key: str, expected: str) -> None:
    if node.get(key) != expected:
        raise MalformedProof(f"proof has the wrong {key} (got {str(node.get(key))[:60]!r}, expected {expected!r})")


def _text(node: Document, key: str) -> str:
    value = node.get(key, "")
    if not isinstance(value, str):
        raise MalformedProof(f"proof has a bad {key}: it is a text (got {str(value)[:60]!r})")
    return value


def _texts(node: Document, key: str) -> tuple[str, ...]:
    if key not in node:
        return ()
    value = node[key]
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise MalformedProof(f"proof has a bad {key}: it is a text, or several (got {str(value)[:60]!r})")
    return tuple(values)


def _instant(node: Document, key: str) -> datetime | None:
    if key not in node:
        return None
    try:
        return parse_instant(node[key])
    except ValueError as error:
        raise MalformedProof(f"proof has a bad {key}: {error}") from error
