"""Fifty credentials of the demo, their status lists and their authorities' DID documents, changed in every small way.

`make test` takes each 8th change (each 100th swap), beginning elsewhere with each document, so that all places have their turn;
`make test-long` takes every one, all pairs of values included.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice, permutations

import pytest

from issuers.secure import serialize
from tests.security.demo import COUNT, NOW, Demo, make_demo
from tests.security.mutation import Mutation, as_sets, mutations, swaps
from tests.strangers import OTHER, make_proof, make_vc, said
from verify.controlled_identifier import parse_did_document
from verify.document import Document, parse_document
from verify.errors import VerificationError
from verify.verdict import Answer
from verify.verifier import examine

LONG = bool(os.environ.get("REGISTRY_TEST_LONG"))
CHANGES, SWAPS, FEW = (1, 1, 1) if LONG else (8, 100, 2)
"""Of how many one is tried; `FEW` of a list's and a DID document's."""


@pytest.fixture(scope="module")
def demo() -> Demo:
    return make_demo()


def survivors(
    raw: bytes, changes: Iterable[Mutation], is_accepted: Callable[[Document], bool], said: Callable[[Document], object]
) -> list[str]:
    """Which of `changes` of the document in `raw` are accepted although what it says is not what it said."""
    before = said(json.loads(raw))
    found = []
    for name, change in changes:
        document = json.loads(raw)
        change(document)
        if is_accepted(document) and said(document) != before:
            found.append(name)
    return found


@pytest.mark.parametrize("number", range(COUNT))
def test_a_changed_credential_does_not_verify_as_before(demo: Demo, number: int) -> None:
    raw = demo.credentials[number]
    assert is_genuine(demo, json.loads(raw))
    tried = [*islice(mutations(json.loads(raw)), number % CHANGES, None, CHANGES)]
    tried += islice(swaps(json.loads(raw)), number % SWAPS, None, SWAPS)
    assert len(tried) > 40
    assert survivors(raw, tried, lambda document: is_genuine(demo, document), as_sets) == []


def is_genuine(demo: Demo, document: Document) -> bool:
    return examine(serialize(document), demo.trust, NOW).genuine.answer is Answer.YES


@pytest.mark.parametrize("number", range(8))
def test_a_changed_status_list_is_not_believed(demo: Demo, number: int) -> None:
    raw = in_force(demo)[number]
    entry = json.loads(raw)["credentialStatus"][number % 2]
    served = demo.trust.status_lists[entry["statusListCredential"]]

    def is_accepted(document: Document) -> bool:
        lists = {**demo.trust.status_lists, entry["statusListCredential"]: serialize(document)}
        return examine(raw, replace(demo.trust, status_lists=lists), NOW).in_force.code != "status-unavailable"

    assert is_accepted(json.loads(served))
    tried = [*islice(mutations(json.loads(served)), number % FEW, None, FEW)]
    tried += islice(swaps(json.loads(served)), number % FEW, None, FEW)
    assert survivors(served, tried, is_accepted, as_values) == []


def as_values(node: object) -> object:
    """A list's document as JSON-LD reads it: a list of one is the one. (In a licence even that is another spelling.)"""
    if isinstance(node, dict):
        return {key: as_values(value) for key, value in node.items()}
    if isinstance(node, list):
        return as_values(node[0]) if len(node) == 1 else as_sets([as_values(item) for item in node])
    return node


def in_force(demo: Demo) -> list[bytes]:
    return [raw for raw in demo.credentials if examine(raw, demo.trust, NOW).verified]


def test_no_character_of_a_status_lists_bits_can_be_changed(demo: Demo) -> None:
    raw = in_force(demo)[0]
    url = json.loads(raw)["credentialStatus"][0]["statusListCredential"]
    served = json.loads(demo.trust.status_lists[url])
    encoded = served["credentialSubject"]["encodedList"]
    for place in range(len(encoded)):
        changed = encoded[:place] + ("A" if encoded[place] != "A" else "B") + encoded[place + 1 :]
        document = {**served, "credentialSubject": {**served["credentialSubject"], "encodedList": changed}}
        lists = {**demo.trust.status_lists, url: serialize(document)}
        assert examine(raw, replace(demo.trust, status_lists=lists), NOW).in_force.code == "status-unavailable", place


@pytest.mark.parametrize("number", range(8))
def test_a_changed_did_document_gives_the_key_to_nobody(demo: Demo, number: int) -> None:
    """A DID document has no signature: what is changed must still say the same of the key, or the credential is not genuine."""
    raw = demo.credentials[number * COUNT // 8]
    credential = json.loads(raw)
    did, method = credential["issuer"]["id"], credential["proof"]["verificationMethod"]
    issuer = demo.trust.issuers[did]

    def is_accepted(document: Document) -> bool:
        try:
            changed = replace(issuer, keys=parse_did_document(document, did))
        except VerificationError:
            return False
        return examine(raw, replace(demo.trust, issuers={did: changed}), NOW).genuine.answer is Answer.YES

    document = serialize(demo.did_documents[did])
    assert is_accepted(json.loads(document))
    tried = [*islice(mutations(json.loads(document)), number % FEW, None, FEW), *swaps(json.loads(document))]
    assert survivors(document, tried, is_accepted, lambda changed: said_of_key(changed, did, method)) == []


def said_of_key(document: Document, did: str, method: str) -> object:
    """All that a DID document says of one key and that matters; a method may stand inside the list that names it."""
    members = ("id", "type", "controller", "publicKeyMultibase", "revoked")
    listed = [each for each in document.get("assertionMethod", ()) if isinstance(each, str | dict)]
    described = [*document.get("verificationMethod", ()), *listed]
    return (
        document.get("id") == did,
        [
            {name: value for name, value in each.items() if name in members}
            for each in described
            if isinstance(each, dict) and each.get("id") == method
        ],
        method in [each.get("id") if isinstance(each, dict) else each for each in listed],
    )


@pytest.mark.parametrize("number", range(0, COUNT, 10))
def test_no_proof_fits_another_credential(demo: Demo, number: int) -> None:
    for other in demo.credentials:
        if other != demo.credentials[number]:
            document = json.loads(demo.credentials[number]) | {"proof": parse_document(other)["proof"]}
            assert not is_genuine(demo, document)


def test_the_fifty_are_of_many_kinds(demo: Demo) -> None:
    documents = [json.loads(raw) for raw in demo.credentials]
    assert len(set(demo.credentials)) == COUNT
    assert len({document["issuer"]["id"] for document in documents}) > 10
    assert len({document["credentialSubject"]["licenseType"]["id"] for document in documents}) > 10
    members = {name for document in documents for name in document["credentialSubject"]}
    assert members >= {"licensee", "premises", "faceItem", "activity", "expiresOn", "displayAnnouncement", "legalBasis"}
    assert len(in_force(demo)) >= 20


def test_proofs_of_a_set_may_stand_in_any_order_and_those_of_a_chain_may_not_be_left_out() -> None:
    unsecured = make_vc()
    first, second = make_proof(unsecured, id="urn:x:1"), make_proof(unsecured, OTHER, id="urn:x:2")
    after = make_proof({**unsecured, "proof": [first]}, id="urn:x:3", previousProof="urn:x:1")
    for proofs in permutations([first, second, after]):
        assert said({**unsecured, "proof": list(proofs)}) == "verified"
    assert said({**unsecured, "proof": [second, after]}) == "malformed-proof"
    assert said({**unsecured, "proof": [second]}) == "issuer-mismatch"
    assert said({**unsecured, "proof": [first, first]}) == "malformed-proof"
    for one in range(3):
        spoiled = [first, second, after]
        spoiled[one] = spoiled[one] | {"created": "2026-01-05T02:00:01Z"}
        assert said({**unsecured, "proof": spoiled}) == "invalid-signature"
