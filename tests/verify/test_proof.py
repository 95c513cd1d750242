"""The cryptosuite eddsa-rdfc-2022: the order of the hashes, and what is refused."""

import hashlib

import pytest

from tests.builders import LOADER, NOW, make_authority, make_draft
from tests.specification import ED25519, VECTORS
from verify.canonical import canonical_nquads
from verify.document import Document
from verify.errors import InvalidSignature, MalformedDocument, MalformedProof, UnknownMethod
from verify.multikey import decode_public_key, multibase58
from verify.proof import SignedDocument, hash_data, parse_proof, parse_proofs

KEY = ED25519
VECTOR = VECTORS["VC-DI-EDDSA B.1"]
ALUMNI_PROOF: Document = VECTOR.options | {"proofValue": VECTOR.proof_value}
OTHER_PROOF: Document = VECTOR.options | {"proofValue": multibase58(bytes(range(64)))}


def test_the_hash_of_the_configuration_comes_first() -> None:
    draft = make_draft()
    configuration = {key: value for key, value in ALUMNI_PROOF.items() if key != "proofValue"}
    data = hash_data(draft, configuration, LOADER)
    assert data[32:] == hashlib.sha256(canonical_nquads(draft, LOADER)).digest()
    with_context = {"@context": draft["@context"], **configuration}
    assert data[:32] == hashlib.sha256(canonical_nquads(with_context, LOADER)).digest()


def test_a_signature_over_the_hashes_in_the_other_order_is_refused() -> None:
    draft, signer = make_draft(), make_authority().signer
    configuration = {key: value for key, value in ALUMNI_PROOF.items() if key != "proofValue"}
    data = hash_data(draft, configuration, LOADER)
    key = decode_public_key(signer.public_multibase)
    for signed, genuine in ((data, True), (data[32:] + data[:32], False)):
        proof = parse_proof({**configuration, "proofValue": multibase58(signer.sign(signed))})
        if genuine:
            SignedDocument(draft, (), LOADER).require_signature(proof, key)
        else:
            with pytest.raises(InvalidSignature):
                SignedDocument(draft, (), LOADER).require_signature(proof, key)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": ""},
        {"type": None},
        {"type": ["DataIntegrityProof"]},
        {"cryptosuite": None},
        {"proofPurpose": "authentication"},
        {"proofPurpose": ["assertionMethod"]},
        {"verificationMethod": KEY},
        {"verificationMethod": f"did:key:{KEY}"},
        {"verificationMethod": {"id": f"did:key:{KEY}#{KEY}"}},
        {"verificationMethod": None},
        {"previousProof": 1},
        {"challenge": 1},
        {"domain": [1]},
        {"previousProof": None},
        {"created": "2023-02-24"},
        {"created": "2023-02-24T23:36:38"},
        {"created": None},
        {"expires": "never"},
        {"expires": 5},
        {"proofValue": "z" + "1" * 63},
        {"proofValue": "z" + "1" * 65},
        {"proofValue": ALUMNI_PROOF["proofValue"][1:]},
        {"proofValue": ALUMNI_PROOF["proofValue"] + "1"},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": ""},
        {"proofValue": None},
    ],
)
def test_a_proof_of_another_form_is_refused(changes: Document) -> None:
    with pytest.raises(MalformedProof):
        parse_proof(ALUMNI_PROOF | changes)


@pytest.mark.parametrize("suite", ["eddsa-jcs-2022", "EDDSA-RDFC-2022", "ecdsa-sd-2023", "x"])
def test_a_suite_that_we_do_not_know_says_nothing_about_the_document(suite: str) -> None:
    with pytest.raises(UnknownMethod):
        parse_proof(ALUMNI_PROOF | {"cryptosuite": suite})


@pytest.mark.parametrize("kind", ["Ed25519Signature2020", "JsonWebSignature2020", "dataIntegrityProof"])
def test_a_type_of_proof_that_we_do_not_know_says_nothing_about_the_document(kind: str) -> None:
    with pytest.raises(UnknownMethod):
        parse_proof(ALUMNI_PROOF | {"type": kind})


@pytest.mark.parametrize("previous", ["urn:x:2", ["urn:x:1", "urn:x:2"], "urn:x:1"])
def test_a_chain_has_all_its_links(previous: object) -> None:
    with pytest.raises(MalformedProof, match="previousProof"):
        parse_proofs([ALUMNI_PROOF | {"id": "urn:x:1", "previousProof": previous}, OTHER_PROOF], at_most=4)


@pytest.mark.parametrize("member", ["type", "cryptosuite", "proofPurpose", "verificationMethod", "proofValue"])
def test_a_proof_lacks_nothing(member: str) -> None:
    with pytest.raises(MalformedProof):
        parse_proof({key: value for key, value in ALUMNI_PROOF.items() if key != member})


@pytest.mark.parametrize("node", [None, "proof", [], [ALUMNI_PROOF], 1, True])
def test_a_proof_is_an_object(node: object) -> None:
    with pytest.raises(MalformedProof):
        parse_proof(node)


def test_created_is_optional_and_expires_is_read() -> None:
    undated = {key: value for key, value in ALUMNI_PROOF.items() if key != "created"}
    proof = parse_proof(undated | {"expires": "2026-11-21T10:00:00+07:00"})
    assert proof.created is None
    assert proof.expires == NOW


def test_an_undefined_member_of_a_proof_is_not_signed_and_so_refused() -> None:
    proof = parse_proof(ALUMNI_PROOF | {"undefined": "x"})
    with pytest.raises(MalformedDocument, match="undefined"):
        SignedDocument(make_draft(), (), LOADER).require_signature(proof, decode_public_key(KEY))
