"""Credentials and presentations in a JWS (Securing Verifiable Credentials using JOSE and COSE, 3.1): `application/vc+jwt`.

The payload is the credential itself. Nothing is canonicalised: what is signed are the bytes that are read.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verify.cryptosuite import SIGNATURE_BYTES, cryptosuite_of, require_fits
from verify.data_model import items, shown
from verify.document import MAX_BYTES, Document, parse_document
from verify.errors import InvalidSignature, KeyNotUsable, MalformedProof, ProofExpired, UnknownMethod
from verify.multikey import PublicKey
from vocab.terms import CREDENTIALS_V2

ENVELOPED_CREDENTIAL = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION = "EnvelopedVerifiablePresentation"
MEDIA_TYPES = {
    ENVELOPED_CREDENTIAL: ("application/vc+jwt", "application/jwt"),
    ENVELOPED_PRESENTATION: ("application/vp+jwt", "application/jwt"),
}
_ENVELOPE = {"@context", "id", "type"}
_TYPES = {
    ENVELOPED_CREDENTIAL: ("vc+jwt", "application/vc+jwt", "vc-ld+jwt", "JWT", "jwt"),
    ENVELOPED_PRESENTATION: ("vp+jwt", "application/vp+jwt", "vp-ld+jwt", "JWT", "jwt"),
}
_OTHER_ENVELOPES = frozenset(
    f"application/{name}" for name in ("vc+cose", "vp+cose", "vc+sd-jwt", "vp+sd-jwt", "sd-jwt", "dc+sd-jwt", "sd-cwt")
)
EDDSA, ES256 = "EdDSA", "ES256"

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_HEADER = frozenset({"alg", "kid", "typ", "cty", "iss"})
_CLAIMS = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce"})
"""The registered claims that may stand beside the members of the credential (3.1.3), and `nonce` of a presentation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A JWS that was taken apart; nothing in it is proven yet. `document` is its payload without the registered claims."""

    token: str
    algorithm: str
    verification_method: str
    document: Document
    issued_at: datetime | None
    not_before: datetime | None
    expires: datetime | None
    audience: tuple[str, ...]
    nonce: str

    @property
    def controller(self) -> str:
        """The DID that the key belongs to, by its own name."""
        return self.verification_method.partition("#")[0]

    def require_current(self, at: datetime) -> None:
        """Raises `ProofExpired` from `exp` on and before `nbf` (RFC 7519, 4.1.4 and 4.1.5)."""
        if self.expires is not None and at >= self.expires:
            raise ProofExpired(f"token expired at {self.expires.isoformat()}")
        if self.not_before is not None and at < self.not_before:
            raise ProofExpired(f"token is not good before {self.not_before.isoformat()}")

    def require_signature(self, key: PublicKey) -> None:
        """Raises `InvalidSignature` unless `key` signed it; `KeyNotUsable` for a key of another kind than the algorithm's."""
        if (self.algorithm == EDDSA) != isinstance(key, Ed25519PublicKey):
            raise KeyNotUsable(f"key is of another kind than {self.algorithm} takes ({self.verification_method[:200]})")
        signed, _, signature = self.token.rpartition(".")
        try:
            # A JWS signs with the same two algorithms as the cryptosuites, in the same form (RFC 7518 3.4, RFC 8037 3.1).
            require_fits(_decoded(signature), signed.encode(), key, cryptosuite_of(key))
        except InvalidSignature as error:
            raise InvalidSignature(
                "signature does not fit the token: it was altered or signed by another key "
                f"(method {self.verification_method[:200]})"
            ) from error


def is_compact(raw: bytes) -> bool:
    """Whether `raw` looks like a JWS in its compact form, and not like JSON."""
    return (
        raw[:1] != b"{"
        and len(raw) <= MAX_BYTES
        and _COMPACT.fullmatch(raw.decode("ascii", "replace").strip()) is not None
    )


def enveloped(token: str, kind: str = ENVELOPED_CREDENTIAL) -> Document:
    """The object that holds a compact JWS in JSON (VC Data Model 2.0, 4.13.1 and 4.13.2)."""
    return {"@context": [CREDENTIALS_V2], "id": f"data:{MEDIA_TYPES[kind][0]},{token}", "type": kind}


def is_envelope(document: Document, kind: str = ENVELOPED_CREDENTIAL) -> bool:
    """Whether `document` says that it holds a secured credential (or presentation) as a `data:` URL."""
    return kind in items(document, "type")


def open_envelope(document: Document, kind: str = ENVELOPED_CREDENTIAL) -> Envelope:
    """What is in an enveloped credential or presentation. Raises `MalformedProof`, `MalformedDocument`, `UnknownMethod`."""
    if items(document, "@context") != [CREDENTIALS_V2] or items(document, "type") != [kind]:
        raise MalformedProof(
            f"an envelope has the one context {CREDENTIALS_V2} and the one type {kind} (got {shown(document)})"
        )
    if document.keys() != _ENVELOPE:
        # What stands beside the token is signed by nobody.
        raise MalformedProof(
            f"an envelope has @context, id and type and nothing else (got {', '.join(document)[:120]})"
        )
    scheme, _, rest = str(document["id"]).partition(":")
    media_type, comma, token = rest.partition(",")
    if scheme != "data" or not comma:
        raise MalformedProof(f"the id of an envelope is data:{MEDIA_TYPES[kind][0]},... (got {shown(document['id'])})")
    if media_type in _OTHER_ENVELOPES:
        raise UnknownMethod(f"an envelope of a kind that this verifier does not read (got {media_type})")
    if media_type not in MEDIA_TYPES[kind]:
        raise MalformedProof(f"an envelope of this type holds {MEDIA_TYPES[kind][0]} (got {media_type[:80]!r})")
    return _read(token, kind)


def _read(token: str, kind: str) -> Envelope:
    if not _COMPACT.fullmatch(token):
        raise MalformedProof("a JWS has three parts in base64url, with dots between them")
    head, body, signature = token.split(".")
    header, payload = parse_document(_decoded(head)), parse_document(_decoded(body))
    algorithm = _algorithm(header)
    unknown = header.keys() - _HEADER
    if unknown:
        # Among them `crit`, what must be understood and is not, and keys of its own that say nothing of who signed.
        raise UnknownMethod(
            f"the JWS has header parameters that this verifier does not know (got {', '.join(sorted(unknown))[:100]})"
        )
    if header.get("typ", _TYPES[kind][0]) not in _TYPES[kind]:
        # A token of another kind, signed for another end (RFC 8725, 3.11).
        raise MalformedProof(f"the JWS is of another type (typ {shown(header['typ'])}, expected {_TYPES[kind][0]})")
    if len(_decoded(signature)) != SIGNATURE_BYTES:
        raise MalformedProof("a JWS by EdDSA or ES256 ends in a signature of 64 bytes")
    if payload.keys() & {"vc", "vp"}:
        # The form of the data model 1.1; beside one of 2.0, a second credential (VC-JOSE-COSE 1.1.2.1).
        raise UnknownMethod("the payload of the JWS is read as the credential itself, and has no claim vc or vp")
    document = {key: value for key, value in payload.items() if key not in _CLAIMS}
    for issuer in (header.get("iss"), payload.get("iss")):
        if issuer is not None and issuer != _stated(document):
            raise MalformedProof(f"iss is another than the issuer or holder (got {shown(issuer)})")
    return Envelope(
        token=token,
        algorithm=algorithm,
        verification_method=_method(header, document),
        document=document,
        issued_at=_instant(payload, "iat"),
        not_before=_instant(payload, "nbf"),
        expires=_instant(payload, "exp"),
        audience=tuple(str(each) for each in items(payload, "aud")),
        nonce=_nonce(payload),
    )


def _nonce(payload: Document) -> str:
    nonce = payload.get("nonce", "")
    if not isinstance(nonce, str):
        raise MalformedProof(f"nonce is a text (got {shown(nonce)})")
    return nonce


def _algorithm(header: Document) -> str:
    algorithm = header.get("alg")
    if algorithm == "Ed25519":  # RFC 9864 gives the same algorithm its own name.
        return EDDSA
    if algorithm not in (EDDSA, ES256):  # a tuple: it may be a list or an object
        if isinstance(algorithm, str) and algorithm and algorithm.lower() != "none" and algorithm[:2].upper() != "HS":
            raise UnknownMethod(f"the JWS has an algorithm that this verifier does not know (got {algorithm[:60]!r})")
        raise MalformedProof(f"the JWS has no algorithm of signatures (got {shown(algorithm)})")
    return str(algorithm)


def _method(header: Document, document: Document) -> str:
    """The key's full name: `kid`, which may leave out the issuer's DID, and a did:key needs no `kid`."""
    owner, kid = _stated(document), header.get("kid", "")
    if not isinstance(kid, str):
        raise MalformedProof(f"kid is a text (got {shown(kid)})")
    if kid.startswith("did:") and "#" in kid:
        return kid
    if not kid and owner.startswith("did:key:"):
        return f"{owner}#{owner.removeprefix('did:key:')}"
    if not kid or not owner:
        raise MalformedProof(f"kid names the key, as a DID URL (got {shown(kid)})")
    return f"{owner}#{kid.removeprefix('#')}"


def _stated(document: Document) -> str:
    """The issuer of a credential, or the holder of a presentation, as it says itself."""
    node = document.get("issuer", document.get("holder"))
    value = node.get("id") if isinstance(node, dict) else node
    return value if isinstance(value, str) else ""


def _instant(payload: Document, claim: str) -> datetime | None:
    value = payload.get(claim)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 37:
        raise MalformedProof(f"{claim} is a number of seconds since 1970 (got {shown(value)})")
    return datetime.fromtimestamp(value, UTC)


def _decoded(text: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise MalformedProof("a part of the JWS is no base64url") from error
    # There is one spelling: spare bits in the last character would be a second one.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise MalformedProof("a part of the JWS is base64url in another spelling than its own")
    return data
