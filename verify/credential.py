"""Parse a credential once, at the boundary, into a frozen value (rule R1). Names of clauses are VC Data Model 2.0's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verify.document import Document, parse_document, strings
from verify.errors import MalformedCredential
from verify.form import require_license_form, require_terms
from verify.instant import parse_instant
from verify.proof import Proof, parse_proof
from vocab.terms import CREDENTIALS_V2, LIC, LICENSE_CONTEXT_PATH, LICENSE_CREDENTIAL

MAX_PROOFS = 4
MAX_STATUS_ENTRIES = 8

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+", re.ASCII)
_INDEX = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry:
    """One entry of `credentialStatus` (Bitstring Status List 1.0, 2.1). `index` counts bits from the left-most, 0."""

    purpose: str
    index: int
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A well-formed credential; nothing in it is proven yet. `unsecured` is the document without its proofs."""

    id: str
    types: frozenset[str]
    issuer: str
    valid_from: datetime | None
    valid_until: datetime | None
    subject: Mapping[str, Any]
    status: tuple[StatusEntry, ...]
    proofs: tuple[Proof, ...]
    unsecured: Document

    @property
    def is_license(self) -> bool:
        return LICENSE_CREDENTIAL in self.types

    @property
    def license_type(self) -> str:
        """The IRI of the license type, or an empty string."""
        return _identifier(self.subject.get("licenseType"))

    @property
    def authority(self) -> str:
        """The IRI of the authority that the face names as having granted the licence, or an empty string."""
        return _identifier(self.subject.get("issuedBy"))


def parse_credential(raw: bytes) -> Credential:
    """The credential in `raw`. Raises `MalformedDocument` or one of its leaves."""
    return read_credential(parse_document(raw))


def read_credential(document: Document) -> Credential:
    """As `parse_credential`, for a document that `parse_document` has read."""
    require_terms(document)
    types = _types(document)
    contexts = _contexts(document)
    if LICENSE_CREDENTIAL in types:
        _require_license(document, contexts)
    elif LIC + LICENSE_CREDENTIAL in types or any(context.endswith(LICENSE_CONTEXT_PATH) for context in contexts):
        # Otherwise the mandate would go unasked: JSON-LD reads the full IRI as it reads the term.
        raise MalformedCredential(
            f"what speaks of licenses has the type {LICENSE_CREDENTIAL} (got {_shown(sorted(types))})"
        )
    credential_id = document.get("id", "")
    if credential_id and not _is_url(credential_id):
        raise MalformedCredential(f"id is one absolute URL (got {_shown(credential_id)})")
    issuer = _identifier(document.get("issuer"))
    if not _is_url(issuer):
        raise MalformedCredential(
            f"issuer is a URL or an object with one as its id (got {_shown(document.get('issuer'))})"
        )
    unsecured = {key: value for key, value in document.items() if key != "proof"}
    return Credential(
        id=credential_id,
        types=types,
        issuer=issuer,
        valid_from=_instant(document, "validFrom"),
        valid_until=_instant(document, "validUntil"),
        subject=_subject(document),
        status=_status(document),
        proofs=_proofs(document),
        unsecured=unsecured,
    )


def _contexts(document: Document) -> list[Any]:
    contexts = document.get("@context")
    # 4.3: an ordered set whose first item is exactly this URL.
    if not isinstance(contexts, list) or not contexts or contexts[0] != CREDENTIALS_V2:
        raise MalformedCredential(f"@context is a list that begins with {CREDENTIALS_V2} (got {_shown(contexts)})")
    if not all(isinstance(context, str) for context in contexts):
        # An inline context could give signed terms another meaning (design: trust, first attack).
        raise MalformedCredential("a context written inside the document is not accepted")
    if len(set(contexts)) != len(contexts):
        raise MalformedCredential("a context is named twice")
    return contexts


def _types(document: Document) -> frozenset[str]:
    types = document.get("type")
    found = [types] if isinstance(types, str) else types
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise MalformedCredential(f"type is a list of names (got {_shown(types)})")
    if "VerifiableCredential" not in found:
        raise MalformedCredential(f"type includes VerifiableCredential (got {_shown(types)})")
    if len(set(found)) != len(found):
        raise MalformedCredential("a type is named twice")
    return frozenset(found)


def _require_license(document: Document, contexts: list[Any]) -> None:
    """What a `LicenseCredential` needs beyond the data model, so that no signed byte can change without notice."""
    if len(contexts) != 2 or not contexts[1].endswith(LICENSE_CONTEXT_PATH):
        raise MalformedCredential(f"a license credential has exactly two contexts, ours last (got {_shown(contexts)})")
    subject = document.get("credentialSubject")
    # Without this type all terms of the license would vanish silently from what is signed.
    if not isinstance(subject, dict) or subject.get("type") != "License":
        raise MalformedCredential("a license credential has one subject, of type License")
    if not _is_url(subject.get("id")):
        raise MalformedCredential(f"the license is named by its IRI (got {_shown(subject.get('id'))})")
    # JSON-LD processors lower-case language tags: `TH` would verify as `th` does.
    for text in strings(document):
        if text.lower() in {"th", "en"} and text != text.lower():
            raise MalformedCredential(f"a language tag is in lower case (got {text!r})")
    require_license_form(document)


def _subject(document: Document) -> Mapping[str, Any]:
    subject = document.get("credentialSubject")
    subjects: list[Any] = subject if isinstance(subject, list) else [subject]
    if not subjects or not all(isinstance(item, dict) and item for item in subjects):
        raise MalformedCredential(f"credentialSubject is an object with claims, or several (got {_shown(subject)})")
    for item in subjects:
        if "id" in item and not _is_url(item["id"]):
            raise MalformedCredential(f"the subject's id is one absolute URL (got {_shown(item['id'])})")
    return dict(subjects[0])


def _status(document: Document) -> tuple[StatusEntry, ...]:
    node = document.get("credentialStatus", [])
    entries = node if isinstance(node, list) else [node]
    if len(entries) > MAX_STATUS_ENTRIES:
        raise MalformedCredential(
            f"credential has too many status entries (got {len(entries)}, at most {MAX_STATUS_ENTRIES})"
        )
    return tuple(_status_entry(entry) for entry in entries)


def _status_entry(entry: object) -> StatusEntry:
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        raise MalformedCredential(f"a status entry is a BitstringStatusListEntry (got {_shown(entry)})")
    index, url, purpose = (
        entry.get("statusListIndex"),
        entry.get("statusListCredential"),
        entry.get("statusPurpose"),
    )
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        raise MalformedCredential(f"statusListIndex is a whole number, as a string (got {_shown(index)})")
    if not isinstance(url, str) or not _is_url(url):
        raise MalformedCredential(f"statusListCredential is a URL (got {_shown(url)})")
    if "id" in entry and entry["id"] == url:
        raise MalformedCredential("a status entry's id is not the URL of its list")
    if not isinstance(purpose, str) or purpose not in {"revocation", "suspension"}:
        # Unknown means no (rule R6): a purpose that we do not understand could say anything.
        raise MalformedCredential(f"statusPurpose is revocation or suspension (got {_shown(purpose)})")
    if entry.get("statusSize", 1) != 1:
        raise MalformedCredential(f"a status is one bit (got statusSize {_shown(entry['statusSize'])})")
    return StatusEntry(purpose=purpose, index=int(index), list_url=url)


def _proofs(document: Document) -> tuple[Proof, ...]:
    node = document.get("proof")
    proofs = node if isinstance(node, list) else [node]
    if not 1 <= len(proofs) <= MAX_PROOFS:
        raise MalformedCredential(f"a credential has 1 to {MAX_PROOFS} proofs (got {len(proofs)})")
    return tuple(parse_proof(proof) for proof in proofs)


def _instant(document: Document, key: str) -> datetime | None:
    if key not in document:
        return None
    try:
        return parse_instant(document[key])
    except ValueError as error:
        raise MalformedCredential(f"{key}: {error}") from error


def _identifier(node: object) -> str:
    value = node.get("id") if isinstance(node, dict) else node
    return value if isinstance(value, str) else ""


def _is_url(value: object) -> bool:
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."
