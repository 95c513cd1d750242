"""DID documents (Controlled Identifiers 1.0): which keys a DID has, and for what it lists each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from verify.document import Document
from verify.errors import KeyNotUsable, MalformedDocument, UnknownMethod
from verify.instant import parse_instant
from verify.multikey import PublicKey, decode_public_key, is_of_another_kind
from verify.proof import ASSERTION, AUTHENTICATION

RELATIONSHIPS = (ASSERTION, AUTHENTICATION)
"""The verification relationships that we ask about: making claims, and presenting them."""
MAX_METHODS = 1_000
"""In all lists together. A point on a curve takes time to find, and nobody has this many keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationKey:
    """A public key of a DID. `purposes`: the relationships that it is listed for. `expires` and `revoked`: instants or None."""

    id: str
    public_key: PublicKey
    purposes: frozenset[str] = frozenset({ASSERTION})
    expires: datetime | None = None
    revoked: datetime | None = None

    def require_usable(self, *, purpose: str, created: datetime | None, at: datetime) -> None:
        """Raises `KeyNotUsable` for a key that is not listed for `purpose`, that was revoked, or whose proof was made (or not
        dated) after it expired."""
        if purpose not in self.purposes:
            raise KeyNotUsable(f"key is not listed for {purpose} by its owner ({self.id[:200]})")
        if self.revoked is not None:
            raise KeyNotUsable(f"key was revoked as of {self.revoked.isoformat()} ({self.id[:200]})")
        if self.expires is not None and (created or at) > self.expires:
            raise KeyNotUsable(
                f"key expired at {self.expires.isoformat()}, before the proof was made ({self.id[:200]})"
            )


def parse_did_document(document: Document, did: str) -> Mapping[str, VerificationKey]:
    """The keys of `did`, by their id. Raises `MalformedDocument` where ids and controllers do not agree.

    Methods that are listed for nothing that we ask about are passed over: they cannot have made a proof that we accept. Those
    that are no Multikey, or one of a kind that we do not verify with, raise `UnknownMethod` when they are asked for with `[]`.
    """
    if document.get("id") != did:
        raise MalformedDocument(f"DID document is another's (got {str(document.get('id'))[:120]!r}, expected {did!r})")
    listed = {purpose: _list(document, purpose) for purpose in RELATIONSHIPS}
    names = {purpose: _names(methods, did) for purpose, methods in listed.items()}
    embedded = [method for methods in listed.values() for method in methods if isinstance(method, dict)]
    keys = _Keys()
    if sum(map(len, [_list(document, "verificationMethod"), *listed.values()])) > MAX_METHODS:
        raise MalformedDocument(f"DID document lists too many verification methods (at most {MAX_METHODS})")
    for method in [*_list(document, "verificationMethod"), *embedded]:
        if not isinstance(method, dict) or not isinstance(method.get("type"), str):
            continue
        name = _absolute(method.get("id"), did)
        purposes = frozenset(purpose for purpose in RELATIONSHIPS if isinstance(name, str) and name in names[purpose])
        if not purposes:
            continue
        if method["type"] != "Multikey" or is_of_another_kind(method.get("publicKeyMultibase")):
            keys.others.add(str(name))
            continue
        key = _key(method, name, did, purposes)
        if key.id in keys:
            # Of two methods with one id, one could say "revoked" and the other not.
            raise MalformedDocument(f"verification method is listed twice (got {key.id[:200]!r})")
        keys[key.id] = key
    if keys.others & keys.keys():
        raise MalformedDocument("verification method is listed twice, as different kinds")
    return keys


class _Keys(dict[str, VerificationKey]):
    """Keys by their id. `others` are there as well, and nothing can be said of what they sign."""

    def __init__(self) -> None:
        super().__init__()
        self.others: set[str] = set()

    def __missing__(self, method: str) -> VerificationKey:
        if method in self.others:
            raise UnknownMethod(f"key is of a kind that this verifier does not know ({method[:200]})")
        raise KeyError(method)


def _list(document: Document, member: str) -> list[object]:
    methods = document.get(member, [])
    if not isinstance(methods, list):
        raise MalformedDocument(f"verificationMethod, {' and '.join(RELATIONSHIPS)} are lists (got {member} otherwise)")
    return methods


def _names(methods: list[object], did: str) -> frozenset[str]:
    found = (_absolute(method.get("id") if isinstance(method, dict) else method, did) for method in methods)
    return frozenset(name for name in found if isinstance(name, str))


def _absolute(name: object, did: str) -> object:
    """DID 1.0, 3.2.2: a document may name its own methods by the fragment alone."""
    return did + name if isinstance(name, str) and name.startswith("#") else name


def _key(method: Document, identifier: object, did: str, purposes: frozenset[str]) -> VerificationKey:
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
        public_key=decode_public_key(method.get("publicKeyMultibase")),
        purposes=purposes,
        expires=expires,
        revoked=revoked,
    )
