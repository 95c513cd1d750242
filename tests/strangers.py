"""Issuers and holders of whom the register knows nothing, and what they sign, well or badly: for all that is beyond licences."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuers.secure import add_proof, secure_any
from issuers.signer import SoftwareSigner
from issuers.status import encode_bits, with_bit
from tests.builders import LOADER, NOW, SIGNED_AT, make_trust, seed_of
from verify.document import Document, parse_document
from verify.errors import CouldNotCheck, FetchFailed, MalformedDocument
from verify.fetch import Fetcher
from verify.jose import enveloped
from verify.multikey import encode_public_key, multibase58
from verify.presentation import Asked, PresentationVerdict, examine_presentation
from verify.proof import hash_data
from verify.resolver import Resolver
from verify.status import MINIMUM_BITS
from verify.trust import TrustData
from verify.verdict import Answer, Verdict
from verify.verifier import examine_document
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2

EXAMPLES_V1 = "https://www.w3.org/2018/credentials/examples/v1"
EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"
CRED = "https://www.w3.org/2018/credentials#"
XSD = "http://www.w3.org/2001/XMLSchema#"
LIST_URL = "https://issuer.example/status/1"
ABSENT: Any = ...
"""As the value of a member: the member is left out."""


def make_stranger(name: str = "stranger") -> SoftwareSigner:
    """A did:key with an Ed25519 key."""
    key = Ed25519PrivateKey.from_private_bytes(seed_of(name))
    return SoftwareSigner(f"did:key:{encode_public_key(key.public_key())}", key)


def make_p256_stranger(name: str = "stranger") -> SoftwareSigner:
    """A did:key with a key on P-256."""
    key = derive_private_key(int.from_bytes(hashlib.sha256(seed_of(name)).digest()[:31], "big"), SECP256R1())
    return SoftwareSigner(f"did:key:{encode_public_key(key.public_key())}", key)


STRANGER, OTHER, P256 = make_stranger(), make_stranger("other"), make_p256_stranger()
TRUST = make_trust()
"""An authority that has nothing to do with any of these; offline."""


def changed(document: Document, changes: Mapping[str, Any]) -> Document:
    """`document` with these members, `ABSENT` ones left out; `context` stands for `@context`."""
    named = {"@context" if key == "context" else key: value for key, value in changes.items()}
    return {key: value for key, value in (document | named).items() if value is not ABSENT}


def make_vc(**changes: Any) -> Document:
    """An unsecured credential of the data model 2.0, by `STRANGER`."""
    document = {
        "@context": [CREDENTIALS_V2],
        "id": "urn:uuid:0c07c1ce-57cb-41af-bef2-1b932b986873",
        "type": ["VerifiableCredential"],
        "issuer": STRANGER.did,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:subject", "name": "Alice"},
    }
    return changed(document, changes)


def make_vc_1_1(**changes: Any) -> Document:
    """The same of the data model 1.1, with the context that its proof needs."""
    document = {
        "@context": [CREDENTIALS_V1, DATA_INTEGRITY_V2, EXAMPLES_V1],
        "id": "urn:uuid:0c07c1ce-57cb-41af-bef2-1b932b986873",
        "type": ["VerifiableCredential"],
        "issuer": STRANGER.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:subject", "alumniOf": "The School of Examples"},
    }
    return changed(document, changes)


def make_list_entry(**changes: Any) -> Document:
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": LIST_URL,
    }
    return changed(entry, changes)


def make_list(*set_bits: int, url: str = LIST_URL, **changes: Any) -> Document:
    """An unsecured status list of `STRANGER`, as other software makes it: it has no dates."""
    bits = bytes(MINIMUM_BITS // 8)
    for index in set_bits:
        bits = with_bit(bits, index, True)
    subject = {
        "id": f"{url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": encode_bits(bits),
    }
    document = make_vc(
        id=url,
        type=["VerifiableCredential", "BitstringStatusListCredential"],
        credentialSubject=subject,
        validFrom=ABSENT,
    )
    return changed(document, changes)


def issue(unsecured: Document, signer: SoftwareSigner = STRANGER) -> Document:
    """As an honest issuer does. Raises `MalformedDocument` for what is not well formed."""
    return secure_any(unsecured, signer, created=SIGNED_AT, loader=LOADER)


def sign(unsecured: Document, signer: SoftwareSigner = STRANGER, **proof: Any) -> Document:
    """With any proof: nothing is looked at but that it has a canonical form. `proof` changes the signed options."""
    return {**unsecured, "proof": make_proof(unsecured, signer, **proof)}


def make_proof(unsecured: Document, signer: SoftwareSigner = STRANGER, **members: Any) -> Document:
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": signer.cryptosuite,
        "created": "2026-01-05T02:00:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    configuration = changed(options, members)
    signature = signer.sign(hash_data(unsecured, configuration, LOADER))
    return configuration | {"proofValue": multibase58(signature)}


def make_vp(*credentials: Document, **changes: Any) -> Document:
    """An unsecured presentation by `STRANGER`."""
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": STRANGER.did,
        "verifiableCredential": list(credentials),
    }
    return changed(document, changes)


ASKED = Asked(challenge="u0123456789", domain="verifier.example")


def present(unsecured: Document, signer: SoftwareSigner = STRANGER, asked: Asked = ASKED) -> Document:
    """As an honest holder does."""
    options = {"challenge": asked.challenge, "domain": asked.domain}
    return add_proof(unsecured, signer, created=NOW, loader=LOADER, purpose="authentication", options=options)


def make_jwt(payload: Document, signer: SoftwareSigner = STRANGER, **header: Any) -> str:
    """A JWS in its compact form, whatever its header says."""
    names = {"eddsa-rdfc-2022": "EdDSA", "ecdsa-rdfc-2019": "ES256"}
    plain = {"alg": names[signer.cryptosuite], "kid": signer.verification_method, "typ": "vc+jwt"}
    return sign_jws(json.dumps(changed(plain, header)).encode(), json.dumps(payload).encode(), signer)


def sign_jws(header: bytes, payload: bytes, signer: SoftwareSigner = STRANGER) -> str:
    signed = f"{base64url(header)}.{base64url(payload)}"
    return f"{signed}.{base64url(signer.sign(signed.encode()))}"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# What the verifier says


def verdict(document: Document, trust: TrustData = TRUST, at: datetime = NOW) -> Verdict:
    """The verdict on `document` as it arrives: as bytes of JSON."""
    return examine_document(parse_document(json.dumps(document).encode()), trust, at)


def said(document: Document | str, trust: TrustData = TRUST, at: datetime = NOW) -> str:
    """`verified`, or the code of what stands in the way first; a text is a JWS."""
    found = verdict(enveloped(document) if isinstance(document, str) else document, trust, at)
    if found.verified:
        return "verified"
    return next(part.code for part in (found.signature, found.in_force) if part.answer is not Answer.YES)


MALFORMED = frozenset({"malformed-credential", "malformed-document"})


def require_accepted(*documents: Document) -> None:
    """Asserts that each unsecured credential is issued, and verified then."""
    for document in documents:
        assert said(issue(document)) == "verified", document


def require_refused(*documents: Document) -> None:
    """Asserts that nobody issues any of the credentials, and that each is refused for its form, whatever its proof."""
    proof = issue(make_vc())["proof"]
    for document in documents:
        with pytest.raises(MalformedDocument):
            issue(document)
        assert said({**document, "proof": proof}) in MALFORMED, document


def require_unchecked(*documents: Document) -> None:
    """Asserts that nobody issues any of the credentials, and that nothing is said against them, whatever their proof."""
    proof = issue(make_vc())["proof"]
    for document in documents:
        with pytest.raises(CouldNotCheck):
            issue(document)
        assert verdict({**document, "proof": proof}).signature.answer is Answer.UNKNOWN, document


def presented(
    document: Document, asked: Asked = ASKED, trust: TrustData = TRUST, at: datetime = NOW
) -> PresentationVerdict:
    return examine_presentation(parse_document(json.dumps(document).encode()), asked, trust, at)


def said_of(document: Document, asked: Asked = ASKED, trust: TrustData = TRUST, at: datetime = NOW) -> str:
    """The same for a presentation; of its credentials, the first that is not verified."""
    found = presented(document, asked, trust, at)
    if found.verified:
        return "verified"
    if found.signature.answer is not Answer.YES:
        return found.signature.code
    return next(
        part.code
        for each in found.credentials
        for part in (each.signature, each.in_force)
        if part.answer is not Answer.YES
    )


@dataclass(frozen=True, slots=True)
class Web(Fetcher):
    """The public web, as far as these tests know it."""

    pages: Mapping[str, Document] = field(default_factory=dict)

    def get(self, url: str, *, accept: str = "", max_bytes: int = 1 << 20) -> bytes:
        if url not in self.pages:
            raise FetchFailed(f"{url} answered 404, expected 200")
        return json.dumps(self.pages[url]).encode()


def trust_with(pages: Mapping[str, Document]) -> TrustData:
    """`TRUST`, for a verifier that can reach these pages and no others."""
    return replace(TRUST, resolver=Resolver(Web(pages=pages)))


WEB_DID = "did:web:issuer.example"
WEB_ADDRESS = "https://issuer.example/.well-known/did.json"


def make_web_issuer(did: str = WEB_DID) -> SoftwareSigner:
    return SoftwareSigner(did, Ed25519PrivateKey.from_private_bytes(seed_of("web")))


def make_web_document(did: str = WEB_DID, **method: Any) -> Document:
    """The DID document of `make_web_issuer`, with these members of its method changed."""
    signer = make_web_issuer(did)
    plain = {
        "id": signer.verification_method,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": signer.public_multibase,
    }
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [changed(plain, method)],
        "assertionMethod": [signer.verification_method],
        "authentication": [signer.verification_method],
    }
