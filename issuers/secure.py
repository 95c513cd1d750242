"""Unsecured to secured: add a proof, and verify it before anything is released."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from issuers.signer import Signer, public_key_of
from verify.canonical import general_nquads
from verify.credential import read_credential, read_unsecured
from verify.cryptosuite import SIGNATURE_BYTES, require_fits
from verify.document import Document, parse_document
from verify.errors import InvalidSignature
from verify.form import require_as_read
from verify.multikey import from_multibase58, multibase58
from verify.proof import ASSERTION, SignedDocument, hash_data, parse_proof, plain_form
from vocab.contexts import DocumentLoader
from vocab.graph import date_time
from vocab.terms import CREDENTIALS_V1, DATA_INTEGRITY_V2


def secure(
    unsecured: Document, signer: Signer, *, created: datetime, loader: DocumentLoader, thorough: bool = True
) -> bytes:
    """The secured document, verified before it leaves: `sign` and then `require_verifiable`. Raises `VerificationError`."""
    raw = sign(unsecured, signer, created=created, loader=loader)
    require_verifiable(raw, signer.verification_method, loader, thorough=thorough)
    return raw


def sign(unsecured: Document, signer: Signer, *, created: datetime, loader: DocumentLoader) -> bytes:
    """The secured document as compact JSON, UTF-8, which nobody has looked at yet. Raises `MalformedDocument`."""
    return serialize(add_proof(unsecured, signer, created=created, loader=loader))


def require_verifiable(raw: bytes, verification_method: str, loader: DocumentLoader, *, thorough: bool) -> None:
    """Raises `VerificationError` unless what `sign` made verifies by the public key in `verification_method`'s own name.

    So the secret key, the hash and the encoding are all tried by the eyes of a verifier. `thorough` also has a full JSON-LD
    processor make the canonical form anew; in bulk a sample is enough, since the table is the same for all.
    """
    credential = read_credential(parse_document(raw), loader)
    signed = SignedDocument(credential.unsecured, credential.proofs, loader, credential.plain)
    if thorough and general_nquads(credential.unsecured, loader, is_ours=True) != signed.nquads:
        raise InvalidSignature("the fast canonical form is not that of the JSON-LD processor; nothing is released")
    signed.require_signature(credential.proofs[0], public_key_of(verification_method))


def require_signed(raw: bytes, verification_method: str, loader: DocumentLoader) -> None:
    """As `require_verifiable`, and quicker, for licences one like the other, of which some are tried by that.

    The canonical form is made anew from the bytes, as a verifier makes it, and the signature is tried by the public key. What
    has the plain form has all that a verifier asks for but what all licences have in common: types, contexts, status entries.
    """
    document = orjson.loads(raw)
    plain = plain_form(document, loader, raw)
    if plain is None:
        require_verifiable(raw, verification_method, loader, thorough=False)
        return
    proof = document["proof"]
    signature = from_multibase58(proof["proofValue"], length=SIGNATURE_BYTES)
    require_fits(signature, plain.signed, public_key_of(verification_method), proof["cryptosuite"])


def secure_any(unsecured: Document, signer: Signer, *, created: datetime, loader: DocumentLoader) -> Document:
    """Any well-formed credential, secured: of the data model 2.0 or 1.1. Raises `MalformedDocument` for what is not.

    A credential of 1.1 gets the context that defines its proof, where it does not name it. Its signature is checked too, and
    that it says what a plain reader reads in it.
    """
    contexts = unsecured.get("@context")
    if isinstance(contexts, list) and contexts[:1] == [CREDENTIALS_V1] and DATA_INTEGRITY_V2 not in contexts:
        unsecured = {**unsecured, "@context": [*contexts, DATA_INTEGRITY_V2]}
    credential = read_unsecured(unsecured)
    secured = add_proof(unsecured, signer, created=created, loader=loader)
    key = public_key_of(signer.verification_method)
    signed = SignedDocument(unsecured, (), loader)
    signed.require_signature(parse_proof(secured["proof"]), key)
    if not credential.is_license:
        require_as_read(unsecured, signed.nquads)
    return secured


def add_proof(
    unsecured: Document,
    signer: Signer,
    *,
    created: datetime,
    loader: DocumentLoader,
    purpose: str = ASSERTION,
    options: Mapping[str, object] | None = None,
) -> Document:
    """`unsecured` with one proof by `signer`. `options` are further members of the proof, such as `challenge` and `domain`.

    Raises `MalformedDocument` for what has no canonical form.
    """
    configuration = {**proof_options(signer, created=created, purpose=purpose), **(options or {})}
    signature = signer.sign(hash_data(unsecured, configuration, loader))
    return {**unsecured, "proof": {**configuration, "proofValue": multibase58(signature)}}


def proof_options(signer: Signer, *, created: datetime, purpose: str = ASSERTION) -> Document:
    """A proof by `signer` without its value (VC-DATA-INTEGRITY 2.1)."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": signer.cryptosuite,
        "created": date_time(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": purpose,
    }


def serialize(document: Document) -> bytes:
    """Compact JSON in UTF-8, without a final newline: no byte of it is without meaning."""
    return orjson.dumps(document)
