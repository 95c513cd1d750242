"""DID documents: ids and controllers agree, and only usable Ed25519 Multikeys come out."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.builders import NOW, OTHER_LAO, make_authority, make_did_document, seed_of
from verify.controlled_identifier import parse_did_document
from verify.document import Document
from verify.errors import KeyNotUsable, MalformedDocument, UnknownMethod
from verify.multikey import encode_public_key

AUTHORITY = make_authority()
DID = AUTHORITY.did
METHOD = AUTHORITY.signer.verification_method
SECOND = encode_public_key(Ed25519PrivateKey.from_private_bytes(seed_of("second")).public_key())


def document(**method: Any) -> Document:
    """The authority's DID document, with these members of its one method changed."""
    node = make_did_document(AUTHORITY)
    node["verificationMethod"][0] |= method
    return node


def test_the_keys_listed_for_assertions_are_found() -> None:
    (key,) = parse_did_document(document(), DID).values()
    assert key.id == METHOD
    assert encode_public_key(key.public_key) == AUTHORITY.signer.public_multibase


@pytest.mark.parametrize(
    "node",
    [
        document() | {"id": make_authority(OTHER_LAO).did},
        document() | {"id": None},
        {},
        document(controller=make_authority(OTHER_LAO).did),
        document(controller=[DID]),
        document(publicKeyMultibase="z6Mk"),
        document(publicKeyMultibase=None),
        document(expires="tomorrow"),
        document(revoked=None),
        document() | {"assertionMethod": METHOD},
        document() | {"verificationMethod": {}},
        document()
        | {"assertionMethod": ["other#key"], "verificationMethod": [{"id": "other#key", "type": "Multikey"}]},
        document() | {"verificationMethod": document()["verificationMethod"] * 2},
        document()
        | {"assertionMethod": [METHOD, {**document()["verificationMethod"][0], "revoked": "2026-01-01T00:00:00Z"}]},
    ],
)
def test_a_document_that_contradicts_itself_is_refused(node: Document) -> None:
    with pytest.raises(MalformedDocument):
        parse_did_document(node, DID)


def test_a_key_of_another_kind_is_passed_over_and_takes_nothing_from_the_others() -> None:
    p384 = "z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54"
    assert parse_did_document(document(publicKeyMultibase=p384), DID) == {}
    other = document()["verificationMethod"][0] | {"id": f"{DID}#other", "publicKeyMultibase": p384}
    node = document()
    node["verificationMethod"].append(other)
    node["assertionMethod"].append(other["id"])
    keys = parse_did_document(node, DID)
    assert set(keys) == {METHOD}
    with pytest.raises(UnknownMethod):
        keys[other["id"]]
    with pytest.raises(KeyError):
        keys[f"{DID}#nobody"]
    node["verificationMethod"].append(other | {"id": METHOD})
    with pytest.raises(MalformedDocument, match="twice"):
        parse_did_document(node, DID)


def test_a_document_may_name_its_methods_by_their_fragments() -> None:
    # DID 1.0, 3.2.2: relative DID URLs.
    fragment = METHOD.removeprefix(DID)
    node = document(id=fragment) | {"assertionMethod": [fragment]}
    assert parse_did_document(node, DID) == parse_did_document(document(), DID)
    assert parse_did_document(node | {"assertionMethod": [METHOD]}, DID) == parse_did_document(document(), DID)


@pytest.mark.parametrize(
    "node",
    [
        document() | {"assertionMethod": []},
        {key: value for key, value in document().items() if key != "assertionMethod"},
        document() | {"assertionMethod": [], "keyAgreement": [METHOD]},
        document(type="Ed25519VerificationKey2020"),
        document(type="JsonWebKey"),
        document(id=[METHOD]),
        document(id={}),
        document() | {"verificationMethod": ["text", None, 1, []]},
        document() | {"verificationMethod": [], "assertionMethod": [{"id": []}, 1, None]},
    ],
)
def test_keys_for_other_ends_and_of_other_kinds_are_passed_over(node: Document) -> None:
    assert parse_did_document(node, DID) == {}


def test_a_key_counts_for_the_ends_that_it_is_listed_for() -> None:
    def purposes(**listed: list[str]) -> frozenset[str]:
        return parse_did_document(document() | {"assertionMethod": []} | listed, DID)[METHOD].purposes

    assert purposes(authentication=[METHOD]) == {"authentication"}
    assert purposes(assertionMethod=[METHOD]) == {"assertionMethod"}
    assert purposes(assertionMethod=[METHOD], authentication=[METHOD]) == {"assertionMethod", "authentication"}
    assert purposes(assertionMethod=["#" + METHOD.partition("#")[2]]) == {"assertionMethod"}


def test_an_embedded_method_counts() -> None:
    (method,) = document()["verificationMethod"]
    assert parse_did_document({"id": DID, "assertionMethod": [method]}, DID).keys() == {METHOD}


def test_a_second_key_is_found_beside_the_first() -> None:
    method = {"id": f"{DID}#{SECOND}", "type": "Multikey", "controller": DID, "publicKeyMultibase": SECOND}
    node = document()
    node["verificationMethod"].append(method)
    node["assertionMethod"].append(method["id"])
    assert parse_did_document(node, DID).keys() == {METHOD, method["id"]}


def test_a_revoked_key_is_never_usable() -> None:
    node = make_did_document(AUTHORITY, revoked=NOW + timedelta(days=1))
    key = parse_did_document(node, DID)[METHOD]
    with pytest.raises(KeyNotUsable, match="revoked"):
        key.require_usable(purpose="assertionMethod", created=NOW - timedelta(days=9), at=NOW)


def test_an_expired_key_is_usable_for_what_it_signed_in_its_time() -> None:
    key = parse_did_document(make_did_document(AUTHORITY, expires=NOW), DID)[METHOD]
    later = NOW + timedelta(days=1)
    key.require_usable(purpose="assertionMethod", created=NOW, at=later)
    key.require_usable(purpose="assertionMethod", created=None, at=NOW)
    for created in (NOW + timedelta(seconds=1), None):
        with pytest.raises(KeyNotUsable, match="expired"):
            key.require_usable(purpose="assertionMethod", created=created, at=later)
