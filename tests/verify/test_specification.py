"""The vectors of the cryptosuites' own specifications, step by step: every value that they print is the one that we make."""

import hashlib
from dataclasses import replace
from itertools import permutations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuers.signer import SoftwareSigner
from tests.specification import ALUMNI, CHAIN, CHAIN_KEYS, VECTORS, Vector
from verify.canonical import canonical_nquads, general_nquads
from verify.cryptosuite import require_fits
from verify.document import Document
from verify.errors import InvalidSignature, KeyNotUsable, MalformedProof
from verify.multikey import decode_public_key, encode_public_key, from_multibase58, multibase58
from verify.proof import SignedDocument, hash_data, parse_proof, parse_proofs
from vocab.contexts import document_loader

LOADER = document_loader(frozenset())
EVERY = pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
ED25519_SECRET, P256_SECRET = b"\x80\x26", b"\x86\x26"
"""The prefixes of secret keys as Multikeys (Controlled Identifiers 1.0, 2.2.3)."""


def signer(public: str, secret: str) -> SoftwareSigner:
    """The key pair that the specification publishes."""
    data = from_multibase58(secret, length=34)
    if data.startswith(ED25519_SECRET):
        return SoftwareSigner(f"did:key:{public}", Ed25519PrivateKey.from_private_bytes(data[2:]))
    assert data.startswith(P256_SECRET)
    return SoftwareSigner(f"did:key:{public}", derive_private_key(int.from_bytes(data[2:], "big"), SECP256R1()))


@EVERY
def test_the_public_key_is_that_of_the_secret_one(vector: Vector) -> None:
    found = signer(vector.public_key, vector.secret_key)
    assert found.public_multibase == vector.public_key
    assert found.cryptosuite == vector.options["cryptosuite"]
    assert encode_public_key(decode_public_key(vector.public_key)) == vector.public_key


@EVERY
def test_the_canonical_document_and_its_hash(vector: Vector) -> None:
    for nquads in (canonical_nquads(vector.document, vector.loader), general_nquads(vector.document, vector.loader)):
        assert nquads.decode() == vector.nquads
        assert hashlib.sha256(nquads).hexdigest() == vector.document_hash


@EVERY
def test_the_canonical_options_and_their_hash(vector: Vector) -> None:
    with_context = vector.options | {"@context": vector.document["@context"]}
    nquads = canonical_nquads(with_context, vector.loader)
    assert nquads.decode() == vector.options_nquads
    assert hashlib.sha256(nquads).hexdigest() == vector.options_hash


@EVERY
def test_the_two_hashes_together_are_signed(vector: Vector) -> None:
    data = hash_data(vector.document, vector.options, vector.loader)
    assert data.hex() == vector.options_hash + vector.document_hash
    require_fits(
        bytes.fromhex(vector.signature),
        data,
        decode_public_key(vector.public_key),
        str(vector.options["cryptosuite"]),
    )


@EVERY
def test_the_signature_and_the_proof_value(vector: Vector) -> None:
    proof = parse_proof(vector.options | {"proofValue": vector.proof_value})
    assert proof.signature.hex() == vector.signature
    assert multibase58(bytes.fromhex(vector.signature)) == vector.proof_value
    key = decode_public_key(vector.public_key)
    SignedDocument(vector.document, (), vector.loader).require_signature(proof, key)
    made = signer(vector.public_key, vector.secret_key).sign(hash_data(vector.document, vector.options, vector.loader))
    if proof.cryptosuite == "eddsa-rdfc-2022":
        assert made.hex() == vector.signature  # Ed25519 is deterministic (RFC 8032)
    else:
        # ECDSA need not be; what our own signer makes (RFC 6979) fits as well.
        SignedDocument(vector.document, (), vector.loader).require_signature(replace(proof, signature=made), key)


@EVERY
def test_an_altered_vector_does_not_fit(vector: Vector) -> None:
    proof = parse_proof(vector.options | {"proofValue": vector.proof_value})
    later = parse_proof(vector.options | {"proofValue": vector.proof_value, "created": "2023-02-24T23:36:39Z"})
    key = decode_public_key(vector.public_key)
    for document, altered in (
        (vector.document | {"name": "Another"}, proof),
        (vector.document, later),
        (vector.document, replace(proof, signature=bytes(64))),
        (vector.document, replace(proof, signature=proof.signature[32:] + proof.signature[:32])),
    ):
        with pytest.raises(InvalidSignature):
            SignedDocument(document, (), vector.loader).require_signature(altered, key)


# VC-DI-EDDSA B.5: sets and chains


def require_chain(proofs: tuple[Document, ...]) -> None:
    """Raises unless every one of `proofs`, over the credential of B.1, is there, in its place and good."""
    parsed = parse_proofs(list(proofs), at_most=4)
    signed = SignedDocument(ALUMNI, parsed, LOADER)
    for proof in parsed:
        signed.require_signature(proof, decode_public_key(proof.verification_method.partition("#")[2]))


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_the_set_and_the_chains_verify(length: int) -> None:
    require_chain(CHAIN[:length])


@pytest.mark.parametrize("at", range(4))
def test_each_proof_of_the_chain_is_made_anew_from_the_published_key(at: int) -> None:
    options = {key: value for key, value in CHAIN[at].items() if key != "proofValue"}
    named = options.get("previousProof", [])
    before = [proof for proof in CHAIN if proof.get("id") in (named if isinstance(named, list) else [named])]
    # VC-DATA-INTEGRITY 4.4, step 6: the document is signed with the proofs that go before.
    document = ALUMNI | {"proof": before} if before else ALUMNI
    signature = signer(*CHAIN_KEYS[at]).sign(hash_data(document, options, LOADER))
    assert multibase58(signature) == CHAIN[at]["proofValue"]


def test_a_chain_may_stand_in_any_order_and_lacks_no_link() -> None:
    for order in permutations(CHAIN):
        require_chain(order)
    for missing in range(3):
        with pytest.raises(MalformedProof, match="not there"):
            require_chain(CHAIN[:missing] + CHAIN[missing + 1 :])


def test_a_proof_that_another_follows_cannot_be_changed() -> None:
    # The first is good by itself; what the third signed was another.
    first = {key: value for key, value in CHAIN[0].items() if key != "proofValue"} | {"created": "2024-02-24T00:00:00Z"}
    signature = signer(*CHAIN_KEYS[0]).sign(hash_data(ALUMNI, first, LOADER))
    changed = first | {"proofValue": multibase58(signature)}
    require_chain((changed, CHAIN[1]))
    with pytest.raises(InvalidSignature):
        require_chain((changed, *CHAIN[1:3]))


def test_dropping_previous_proof_does_not_make_a_set_of_a_chain() -> None:
    alone = {key: value for key, value in CHAIN[2].items() if key != "previousProof"}
    with pytest.raises(InvalidSignature):
        require_chain((*CHAIN[:2], alone))


def test_each_suite_takes_its_own_kind_of_key() -> None:
    one, other = VECTORS["VC-DI-EDDSA B.1"], VECTORS["VC-DI-ECDSA A.1"]
    for vector, key in ((one, other.public_key), (other, one.public_key)):
        proof = parse_proof(vector.options | {"proofValue": vector.proof_value})
        with pytest.raises(KeyNotUsable):
            SignedDocument(vector.document, (), vector.loader).require_signature(proof, decode_public_key(key))
