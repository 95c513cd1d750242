"""Unsecured to secured: add a proof (eddsa-rdfc-2022), and verify it before anything is released."""

import json
from datetime import datetime

from issuers.signer import Signer
from verify.canonical import canonical_nquads, general_nquads
from verify.credential import read_credential
from verify.document import Document
from verify.errors import InvalidSignature
from verify.multikey import decode_ed25519, multibase58
from verify.proof import hash_data, parse_proof, require_signature
from vocab.contexts import DocumentLoader
from vocab.graph import date_time
from vocab.terms import CRYPTOSUITE_EDDSA


def secure(
    unsecured: Document, signer: Signer, *, created: datetime, loader: DocumentLoader, thorough: bool = True
) -> bytes:
    """The secured document as compact JSON, UTF-8. Raises `VerificationError` if it would not verify.

    What leaves has been parsed and its signature checked against the public key in the verification method's own name:
    the secret key, the hash and the encoding are all tried by the eyes of a verifier. `thorough` also has a full JSON-LD
    processor make the canonical form anew; in bulk a sample is enough, since the table is the same for all.
    """
    configuration = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE_EDDSA,
        "created": date_time(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(hash_data(unsecured, configuration, loader))
    secured = {**unsecured, "proof": {**configuration, "proofValue": multibase58(signature)}}
    raw = serialize(secured)
    credential = read_credential(json.loads(raw))
    if thorough and general_nquads(credential.unsecured, loader) != canonical_nquads(credential.unsecured, loader):
        raise InvalidSignature("the fast canonical form is not that of the JSON-LD processor; nothing is released")
    key = decode_ed25519(signer.verification_method.partition("#")[2])
    require_signature(credential.unsecured, parse_proof(secured["proof"]), key, loader)
    return raw


def serialize(document: Document) -> bytes:
    """Compact JSON in UTF-8, without a final newline: no byte of it is without meaning."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
