"""The DID document of an authority (Controlled Identifiers 1.0): its public keys, retired ones included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verify.document import Document
from vocab.graph import date_time


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """The public half of a key. `expires` is set when it was retired, `revoked` when it was compromised."""

    public_multibase: str
    expires: datetime | None = None
    revoked: datetime | None = None


def did_document(did: str, keys: Sequence[PublishedKey]) -> Document:
    """The document served at the DID's address. No key is ever left out: what it signed must stay checkable."""
    methods = [_method(did, key) for key in keys]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _method(did: str, key: PublishedKey) -> Document:
    method = {
        "id": f"{did}#{key.public_multibase}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.public_multibase,
    }
    if key.expires is not None:
        method["expires"] = date_time(key.expires)
    if key.revoked is not None:
        method["revoked"] = date_time(key.revoked)
    return method
