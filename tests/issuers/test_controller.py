"""DID documents as they are published: every key, retired and revoked ones included."""

from datetime import timedelta

from issuers.controller import PublishedKey, did_document
from tests.builders import NOW, make_authority, make_signer
from verify.controlled_identifier import parse_did_document
from verify.multikey import encode_public_key

DID = make_authority().did
KEYS = [
    PublishedKey(public_multibase=make_signer("now", DID).public_multibase),
    PublishedKey(public_multibase=make_signer("retired", DID).public_multibase, expires=NOW),
    PublishedKey(public_multibase=make_signer("stolen", DID).public_multibase, expires=NOW, revoked=NOW - timedelta(1)),
]


def test_a_published_document_is_read_by_a_verifier() -> None:
    found = parse_did_document(did_document(DID, KEYS), DID)
    assert [(encode_public_key(key.public_key), key.expires, key.revoked, key.id) for key in found.values()] == [
        (key.public_multibase, key.expires, key.revoked, f"{DID}#{key.public_multibase}") for key in KEYS
    ]


def test_id_method_and_controller_agree() -> None:
    document = did_document(DID, KEYS)
    assert document["id"] == DID
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]
    assert all(method["controller"] == DID for method in document["verificationMethod"])
    assert all(method["type"] == "Multikey" for method in document["verificationMethod"])


def test_no_secret_is_published() -> None:
    document = did_document(DID, KEYS)
    assert {key for method in document["verificationMethod"] for key in method} == {
        *["id", "type", "controller", "publicKeyMultibase", "expires", "revoked"]
    }


def test_a_document_without_keys_lists_none() -> None:
    assert parse_did_document(did_document(DID, []), DID) == {}
