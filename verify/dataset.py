"""The signed manifest of a dump: whether the authority said so, and what its files must be.

A manifest is a DCAT dataset with a Data Integrity proof by the key with which the authority signs credentials. It is no
credential and says nothing of any licence by itself: it says by size and SHA-256 which files do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from verify.document import Document, parse_document, without
from verify.errors import IssuerMismatch, KeyNotUsable, KeyUnknown, MalformedDocument
from verify.proof import SignedDocument, parse_proof
from verify.trust import Trust
from vocab.contexts import document_loader
from vocab.open_data import catalog_iri, manifest_context

MAX_DISTRIBUTIONS = 20
_USE = "credential"


@dataclass(frozen=True, slots=True)
class ListedFile:
    """What a file is, by the manifest: its address, its length in bytes and its SHA-256 in hexadecimal."""

    url: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a verified manifest says. `cursor`: the change feed goes on after this sequence. `files` are by format."""

    dataset: str
    publisher: str
    made_at: datetime
    count: int
    cursor: int
    files: Mapping[str, ListedFile]


def read_manifest(raw: bytes, base: str, trust: Trust, at: datetime) -> Manifest:
    """The manifest in `raw`, of the register at `base`, if the authority that publishes the dataset signed it.

    Raises `verify.errors.VerificationError` or `CouldNotCheck`.
    """
    document = parse_document(raw)
    if document.get("@context") != manifest_context(base) or document.get("type") != "Dataset":
        raise MalformedDocument(f"this is no manifest of the register {base}")
    manifest = _read(document, base)
    proof = parse_proof(document.get("proof"))
    issuer = trust.issuer(proof.controller)
    own = f"{catalog_iri(base)}#{issuer.authority.rpartition('/')[2]}/"
    if manifest.publisher != issuer.authority or not manifest.dataset.startswith(own):
        raise IssuerMismatch(
            f"manifest is signed by another than the publisher of the dataset (got {proof.controller[:120]}, "
            f"expected {manifest.publisher[:120]} and a dataset of its own)"
        )
    key = issuer.keys.get(proof.verification_method)
    if key is None:
        # As of credentials: a key is published before it is used, so newer trust data would have it.
        if trust.live or (proof.created is not None and proof.created <= trust.as_of):
            raise IssuerMismatch(f"the authority has no such key ({proof.verification_method[:200]})")
        raise KeyUnknown(f"the trust data does not have the key {proof.verification_method[:200]}")
    if issuer.uses.get(proof.verification_method, _USE) != _USE:
        raise KeyNotUsable(f"key is for another use (expected {_USE}, {proof.verification_method[:200]})")
    key.require_usable(purpose=proof.purpose, created=proof.created, at=at)
    signed = SignedDocument(without(document, "proof"), (proof,), document_loader(frozenset({base})))
    signed.require_signature(proof, key.public_key)
    return manifest


def _read(document: Document, base: str) -> Manifest:
    """What a manifest says: once it is signed, each of these members is, since the context defines all of them."""
    try:
        distributions = document["distribution"]
        if len(distributions) > MAX_DISTRIBUTIONS:
            raise MalformedDocument(f"the manifest lists more than {MAX_DISTRIBUTIONS} files")
        return Manifest(
            dataset=document["id"],
            publisher=document["publisher"],
            made_at=datetime.fromisoformat(document["modified"]),
            count=int(document["entities"]),
            cursor=int(document["cursor"]),
            files={
                each["id"].rpartition("/")[2]: ListedFile(
                    each["downloadURL"], int(each["byteSize"]), each["checksum"]["checksumValue"]
                )
                for each in distributions
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedDocument(
            f"the manifest does not say what it should ({type(error).__name__}: {error})"
        ) from error
