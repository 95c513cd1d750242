"""Data Integrity 1.0 with the cryptosuite eddsa-rdfc-2022: what is signed, and whether the signature fits."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature as SignatureRefused
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verify.canonical import canonical_nquads
from verify.document import Document
from verify.errors import InvalidSignature, MalformedProof
from verify.instant import parse_instant
from verify.multikey import from_multibase58
from vocab.contexts import DocumentLoader
from vocab.terms import CRYPTOSUITE_EDDSA

SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One parsed proof. `configuration` is all of it but the value: the options that are signed with the document."""

    verification_method: str
    purpose: str
    created: datetime | None
    expires: datetime | None
    signature: bytes
    configuration: Mapping[str, Any]

    @property
    def controller(self) -> str:
        """The DID that the verification method belongs to, by its own name."""
        return self.verification_method.partition("#")[0]


def parse_proof(node: object) -> Proof:
    """One proof (VC-DATA-INTEGRITY 2.1, EDDSA 2.2.1). Raises `MalformedProof`; unknown suites and types are refused."""
    if not isinstance(node, dict):
        raise MalformedProof(f"a proof is an object (got {type(node).__name__})")
    _require(node, "type", "DataIntegrityProof")
    _require(node, "cryptosuite", CRYPTOSUITE_EDDSA)
    _require(node, "proofPurpose", "assertionMethod")
    method = node.get("verificationMethod")
    if not isinstance(method, str) or "#" not in method or not method.startswith("did:"):
        raise MalformedProof(f"a verification method is a DID URL with a fragment (got {str(method)[:120]!r})")
    if "previousProof" in node:
        raise MalformedProof("proof chains are not supported (got previousProof)")
    return Proof(
        verification_method=method,
        purpose=node["proofPurpose"],
        created=_instant(node, "created"),
        expires=_instant(node, "expires"),
        signature=from_multibase58(node.get("proofValue"), length=SIGNATURE_BYTES),
        configuration={key: value for key, value in node.items() if key != "proofValue"},
    )


def hash_data(unsecured: Document, configuration: Mapping[str, Any], loader: DocumentLoader) -> bytes:
    """The 64 bytes that are signed (EDDSA 3.2.4). Raises `MalformedDocument`.

    The hash of the proof configuration comes first: the other order verifies our own proofs and nobody else's. The
    configuration takes the document's `@context` (EDDSA 3.2.5).
    """
    with_context = {"@context": unsecured["@context"], **configuration}
    return (
        hashlib.sha256(canonical_nquads(with_context, loader)).digest()
        + hashlib.sha256(canonical_nquads(unsecured, loader)).digest()
    )


def require_signature(unsecured: Document, proof: Proof, key: Ed25519PublicKey, loader: DocumentLoader) -> None:
    """Raises `InvalidSignature` unless `proof` was made by `key` over `unsecured`; `MalformedDocument` as `hash_data`."""
    try:
        key.verify(proof.signature, hash_data(unsecured, proof.configuration, loader))
    except SignatureRefused as error:
        raise InvalidSignature(
            f"signature does not fit the document: it was altered or signed by another key (method {proof.verification_method})"
        ) from error


def _require(node: Document, key: str, expected: str) -> None:
    if node.get(key) != expected:
        raise MalformedProof(f"proof has the wrong {key} (got {str(node.get(key))[:60]!r}, expected {expected!r})")


def _instant(node: Document, key: str) -> datetime | None:
    if key not in node:
        return None
    try:
        return parse_instant(node[key])
    except ValueError as error:
        raise MalformedProof(f"proof has a bad {key}: {error}") from error
