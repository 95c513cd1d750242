"""Parse a credential once, at the boundary, into a frozen value (rule R1). Names of clauses are VC Data Model 2.0's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from verify.data_model import (
    WITH_TYPE,
    DataModel,
    data_model,
    identifier,
    instant,
    is_url,
    items,
    require_identifiers,
    require_texts,
    require_typed,
    shown,
    subjects_of,
    types_of,
)
from verify.document import Document, parse_document, without
from verify.errors import MalformedCredential, MalformedProof, UnknownMethod
from verify.form import require_license_form, require_terms
from verify.proof import PlainForm, Proof, parse_proofs, plain_form
from verify.related import require_related
from vocab.contexts import DocumentLoader
from vocab.terms import LIC, LICENSE_CONTEXT_PATH, LICENSE_CREDENTIAL, STATUS_LIST_CREDENTIAL

MAX_PROOFS = 4
MAX_STATUS_ENTRIES = 8
STATUS_ENTRY = "BitstringStatusListEntry"
PURPOSES = frozenset({"revocation", "suspension"})
"""The purposes that we understand. What another one says is not known (rule R6)."""
_COMMON_ENTRY = frozenset({"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"})
_OTHERS_WITH_TYPE = frozenset(WITH_TYPE) - {"credentialStatus"}

_INDEX = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry:
    """One entry of `credentialStatus` (Bitstring Status List 1.0, 2.1). `index` counts bits from the left-most, 0."""

    purpose: str
    index: int
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A well-formed credential; nothing in it is proven yet. `document` is all of it, `unsecured` without its proofs.

    `unknown_status` names the kinds of status that it has and that we cannot read; `unchecked_resources` what it vouches for
    by a digest that we cannot compare. `plain` is its canonical form, where it was made already.
    """

    id: str
    types: frozenset[str]
    issuer: str
    valid_from: datetime | None
    valid_until: datetime | None
    subject: Mapping[str, Any]
    status: tuple[StatusEntry, ...]
    proofs: tuple[Proof, ...]
    document: Document
    unsecured: Document
    model: DataModel = DataModel.V2
    unknown_status: tuple[str, ...] = ()
    unchecked_resources: tuple[str, ...] = ()
    plain: PlainForm | None = None

    @property
    def is_license(self) -> bool:
        return LICENSE_CREDENTIAL in self.types

    @property
    def license_type(self) -> str:
        """The IRI of the license type, or an empty string."""
        return _iri(self.subject.get("licenseType"))

    @property
    def authority(self) -> str:
        """The IRI of the authority that the face names as having granted the licence, or an empty string."""
        return _iri(self.subject.get("issuedBy"))


def parse_credential(raw: bytes) -> Credential:
    """The credential in `raw`. Raises `MalformedDocument` or one of its leaves, `UnknownMethod`."""
    return read_credential(parse_document(raw))


def read_credential(document: Document, loader: DocumentLoader | None = None, received: bytes = b"") -> Credential:
    """As `parse_credential`, for a document that `parse_document` has read: one that is secured by proofs in it.

    With a `loader`, its canonical form is made at once where it has the plain form, and says that of its spelling what
    otherwise is looked for member by member. `received` is the text that it was read from, where that is at hand.
    """
    return _read(document, is_secured=True, plain=plain_form(document, loader, received) if loader else None)


def read_unsecured(document: Document) -> Credential:
    """The same for a credential that is not secured yet, or by an envelope around it. Raises `MalformedDocument`."""
    if "proof" in document:
        raise MalformedCredential("the credential has a proof already, and is secured once")
    return _read(document, is_secured=False)


def _read(document: Document, *, is_secured: bool, plain: PlainForm | None = None) -> Credential:
    contexts, names = document.get("@context"), document.get("type")
    if plain is not None and type(contexts) is list and type(names) is list:
        model, types = _known_head(tuple(contexts), tuple(names))
    else:
        model, types = data_model(document), types_of(document, "VerifiableCredential")
    status = _common_status(document)
    _require_form(document, types, model, is_plain=plain is not None, has_status=status is not None)
    if plain is None:
        if "id" in document and not is_url(document["id"]):
            raise MalformedCredential(f"id is one absolute URL (got {shown(document['id'])})")
        require_identifiers(document)
    if status is None or not _OTHERS_WITH_TYPE.isdisjoint(document):
        require_typed(document)
    issuer = identifier(document.get("issuer"), "issuer")
    if model is DataModel.V2:
        require_texts(document, is_plain=plain is not None)
        if isinstance(document["issuer"], dict):
            require_texts(document["issuer"], is_plain=plain is not None)
    begins, ends = _validity(document, model)
    status, unknown = _status(document) if status is None else (status, ())
    return Credential(
        id=document.get("id", ""),
        types=types,
        issuer=issuer,
        valid_from=begins,
        valid_until=ends,
        subject=subjects_of(document)[0],
        status=status,
        proofs=_proofs(document, types) if is_secured else (),
        document=document,
        unsecured=without(document, "proof"),
        model=model,
        unknown_status=unknown,
        unchecked_resources=require_related(document) if "relatedResource" in document else (),
        plain=plain,
    )


# The contexts and types of a document in the plain form are of those that we know, and stand in thousands of documents.
@lru_cache(maxsize=256)
def _known_head(contexts: tuple[str, ...], types: tuple[str, ...]) -> tuple[DataModel, frozenset[str]]:
    head: Document = {"@context": list(contexts), "type": list(types)}
    return data_model(head), types_of(head, "VerifiableCredential")


def _proofs(document: Document, types: frozenset[str]) -> tuple[Proof, ...]:
    try:
        return parse_proofs(document.get("proof"), at_most=MAX_PROOFS)
    except UnknownMethod as error:
        if LICENSE_CREDENTIAL in types:
            # Authorities sign in the ways that we know; whoever else does is none.
            raise MalformedProof(str(error)) from error
        raise


def _require_form(
    document: Document, types: frozenset[str], model: DataModel, *, is_plain: bool, has_status: bool
) -> None:
    """What we write ourselves has one spelling (`verify.form`), which a document in the plain form has."""
    contexts = document["@context"]
    if LICENSE_CREDENTIAL in types:
        _require_license(document, contexts, model, has_status=has_status)
        if not is_plain:
            require_terms(document)
            require_license_form(document)
    elif LIC + LICENSE_CREDENTIAL in types or any(str(context).endswith(LICENSE_CONTEXT_PATH) for context in contexts):
        # Otherwise the mandate would go unasked: JSON-LD reads the full IRI as it reads the term.
        raise MalformedCredential(
            f"what speaks of licenses has the type {LICENSE_CREDENTIAL} (got {shown(sorted(types))})"
        )
    elif STATUS_LIST_CREDENTIAL in types and not is_plain:
        require_terms(document)


def _require_license(document: Document, contexts: list[Any], model: DataModel, *, has_status: bool) -> None:
    """What a `LicenseCredential` needs beyond the data model, so that no signed byte can change without notice.

    `has_status` says that its status was read already, as one of our own.
    """
    if model is not DataModel.V2:
        raise MalformedCredential("a license credential follows the data model 2.0")
    # An inline context could give signed terms another meaning (design: trust, first attack).
    if len(contexts) != 2 or not isinstance(contexts[1], str) or not contexts[1].endswith(LICENSE_CONTEXT_PATH):
        raise MalformedCredential(f"a license credential has exactly two contexts, ours last (got {shown(contexts)})")
    subject = document.get("credentialSubject")
    # Without this type all terms of the license would vanish silently from what is signed.
    if not isinstance(subject, dict) or subject.get("type") != "License":
        raise MalformedCredential("a license credential has one subject, of type License")
    if not is_url(subject.get("id")):
        raise MalformedCredential(f"the license is named by its IRI (got {shown(subject.get('id'))})")
    for entry in () if has_status else items(document, "credentialStatus"):
        # What our own credentials have: a purpose that we do not understand could say anything (rule R6).
        if not isinstance(entry, dict) or entry.get("type") != STATUS_ENTRY or entry.get("statusSize", 1) != 1:
            raise MalformedCredential(f"a license's status entry is a {STATUS_ENTRY} of one bit (got {shown(entry)})")
        if not isinstance(entry.get("statusPurpose"), str) or entry["statusPurpose"] not in PURPOSES:
            raise MalformedCredential(
                f"statusPurpose is revocation or suspension (got {shown(entry.get('statusPurpose'))})"
            )


def _validity(document: Document, model: DataModel) -> tuple[datetime | None, datetime | None]:
    names = ("validFrom", "validUntil") if model is DataModel.V2 else ("issuanceDate", "expirationDate")
    if model is DataModel.V1 and "issuanceDate" not in document:
        raise MalformedCredential("a credential of the data model 1.1 has an issuanceDate")
    begins, ends = instant(document, names[0]), instant(document, names[1])
    if begins is not None and ends is not None and ends < begins:
        raise MalformedCredential(f"{names[1]} is before {names[0]}")
    return begins, ends


def _common_status(document: Document) -> tuple[StatusEntry, ...] | None:
    """The status entries of a credential that has them as ours do: a list, each with the same five members. Otherwise None."""
    entries = document.get("credentialStatus")
    if type(entries) is not list or not 0 < len(entries) <= MAX_STATUS_ENTRIES:
        return None
    found = []
    for entry in entries:
        if type(entry) is not dict or entry.keys() != _COMMON_ENTRY or entry["type"] != STATUS_ENTRY:
            return None
        purpose, index, url = entry["statusPurpose"], entry["statusListIndex"], entry["statusListCredential"]
        if not type(purpose) is type(index) is type(url) is str or purpose not in PURPOSES:
            return None
        if not _INDEX.fullmatch(index) or not is_url(url) or entry["id"] == url:
            return None
        found.append(StatusEntry(purpose=purpose, index=int(index), list_url=url))
    return tuple(found)


def _status(document: Document) -> tuple[tuple[StatusEntry, ...], tuple[str, ...]]:
    entries = items(document, "credentialStatus")
    if len(entries) > MAX_STATUS_ENTRIES:
        raise MalformedCredential(
            f"credential has too many status entries (got {len(entries)}, at most {MAX_STATUS_ENTRIES})"
        )
    known, unknown = [], []
    for entry in entries:
        types = items(entry, "type")
        if STATUS_ENTRY not in types:
            unknown.append(f"type {shown(entry.get('type'))}")
            continue
        found = _status_entry(entry)
        if found.purpose in PURPOSES and entry.get("statusSize", 1) == 1:
            known.append(found)
        else:
            unknown.append(f"purpose {shown(found.purpose)}, size {shown(entry.get('statusSize', 1))}")
    return tuple(known), tuple(unknown)


def _status_entry(entry: Document) -> StatusEntry:
    index, url, purpose = (
        entry.get("statusListIndex"),
        entry.get("statusListCredential"),
        entry.get("statusPurpose"),
    )
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        raise MalformedCredential(f"statusListIndex is a whole number, as a string (got {shown(index)})")
    if not isinstance(url, str) or not is_url(url):
        raise MalformedCredential(f"statusListCredential is a URL (got {shown(url)})")
    if "id" in entry and entry["id"] == url:
        raise MalformedCredential("a status entry's id is not the URL of its list")
    if not isinstance(purpose, str) or not purpose:
        raise MalformedCredential(f"statusPurpose is a text (got {shown(purpose)})")
    size = entry.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise MalformedCredential(f"statusSize is a whole number above 0 (got {shown(size)})")
    return StatusEntry(purpose=purpose, index=int(index), list_url=url)


def _iri(node: object) -> str:
    value = node.get("id") if isinstance(node, dict) else node
    return value if isinstance(value, str) else ""
