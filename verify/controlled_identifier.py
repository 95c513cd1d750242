"""DID documents (Controlled Identifiers 1.0): which keys a DID lists for making assertions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verify.document import Document
from verify.errors import KeyNotUsable, MalformedDocument
from verify.instant import parse_instant
from verify.multikey import decode_ed25519


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationKey:
    """A public key that its controller lists under `assertionMethod`. `expires` and `revoked` are instants or None."""

    id: str
    public_key: Ed25519PublicKey
    expires: datetime | None = None
    revoked: datetime | None = None

    def require_usable(self, *, created: datetime | None, at: datetime) -> None:
        """Raises `KeyNotUsable` for a revoked key, or for a proof made (or not dated) after the key expired."""
        if self.revoked is not None:
            raise KeyNotUsable(f"key was revoked at {self.revoked.isoformat()} ({self.id})")
        if self.expires is not None and (created or at) > self.expires:
            raise KeyNotUsable(f"key expired at {self.expires.isoformat()}, before the proof was made ({self.id})")


def parse_did_document(document: Document, did: str) -> Mapping[str, VerificationKey]:
    """The keys of `did` for assertions, by their id. Raises `MalformedDocument` where ids and controllers do not agree.

    Keys that are of another kind than Ed25519 Multikey are passed over: they cannot have made our proofs.
    """
    if document.get("id") != did:
        raise MalformedDocument(f"DID document is another's (got {str(document.get('id'))[:120]!r}, expected {did!r})")
    listed = document.get("assertionMethod", [])
    methods = document.get("verificationMethod", [])
    if not isinstance(listed, list) or not isinstance(methods, list):
        raise MalformedDocument("verificationMethod and assertionMethod are lists")
    embedded = [method for method in listed if isinstance(method, dict)]
    names = [method.get("id") if isinstance(method, dict) else method for method in listed]
    keys: dict[str, VerificationKey] = {}
    for method in [*methods, *embedded]:
        if not isinstance(method, dict) or method.get("id") not in names or method.get("type") != "Multikey":
            continue
        key = _key(method, did)
        if key.id in keys:
            # Of two methods with one id, one could say "revoked" and the other not.
            raise MalformedDocument(f"verification method is listed twice (got {key.id[:200]!r})")
        keys[key.id] = key
    return keys


def _key(method: Document, did: str) -> VerificationKey:
    identifier = method.get("id")
    if not isinstance(identifier, str) or not identifier.startswith(did + "#") or method.get("controller") != did:
        raise MalformedDocument(
            f"verification method and controller do not agree with {did!r} (got {str(identifier)[:120]!r})"
        )
    try:
        expires = parse_instant(method["expires"]) if "expires" in method else None
        revoked = parse_instant(method["revoked"]) if "revoked" in method else None
    except ValueError as error:
        raise MalformedDocument(f"verification method has a bad date: {error}") from error
    return VerificationKey(
        id=identifier,
        public_key=decode_ed25519(method.get("publicKeyMultibase")),
        expires=expires,
        revoked=revoked,
    )
