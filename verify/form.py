"""The one form in which our own documents may be written, and what others' must have in common with what they mean.

A signature covers what JSON-LD makes of a document, and JSON-LD allows many spellings of one statement: a term or its full
IRI, a string or a value object, nothing or `null`. Whoever reads the JSON sees only the spelling: a `validUntil` under its
full IRI is still signed and no longer read. So of our own documents every other spelling is refused, and a stranger's is held
to this: what was read at its top is what it says in RDF.
"""

import json
from collections import Counter
from collections.abc import Iterator, Set
from functools import cache
from typing import Any

from verify.document import Document, without
from verify.errors import MalformedCredential, MalformedPresentation
from verify.inline import require_signed_words
from vocab.contexts import license_context_bytes
from vocab.terms import LIC, LICENSE_CREDENTIAL

_CREDENTIALS = "https://www.w3.org/2018/credentials#"
_DATES = ("validFrom", "validUntil", "issuanceDate", "expirationDate")
_READ = (*_DATES, "issuer", "credentialStatus", "credentialSubject", "relatedResource")
"""The members on which a verdict rests; both data models have them under one namespace."""
_STATUS_SIZE = "<https://www.w3.org/ns/credentials/status#statusSize>"
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
NODES = frozenset(
    {
        *(("License", term) for term in ("licenseType", "issuedBy", "legalBasis", "displayAnnouncement")),
        *(("License", term) for term in ("licensee", "premises", "faceItem")),
        ("Premises", "address"),
    }
)
"""Where a node may stand in a license; everywhere else stands its IRI. To RDF it is the same wherever the IRI is."""
_VALUE_KEYWORDS = frozenset({"@value", "@language", "@direction"})


def require_terms(document: Document) -> None:
    """Every key is a plain term: no IRI, and no JSON-LD keyword but those of a text's value. Raises `MalformedCredential`.

    `@context` stands at the top and nowhere else: in a proof it would replace the document's, in a node the meaning of terms.
    """
    for keys in _keys(without(document, "@context")):
        is_text = "@value" in keys and keys <= _VALUE_KEYWORDS
        for key in keys:
            # Beside other members `@language` means nothing: it would be seen and not signed.
            if ":" in key or (key.startswith("@") and not is_text):
                raise MalformedCredential(f"a member is named by a term, not by an IRI or a keyword (got {key[:80]!r})")


def require_license_form(document: Document) -> None:
    """What a license credential is written with, beyond `require_terms`. Raises `MalformedCredential`.

    Texts everywhere, but for `noExpiry: true`; nothing empty, nothing twice in one list; in the subject, each node has one
    type, named by a term, and stands in its place (`NODES`), and lists stand where the license context says so.
    """
    for key, value in _values(document, ""):
        # JSON-LD processors lower-case language tags: `TH` would verify as `th` does.
        for tag in (key, value) if key == "@language" else (key,):
            if isinstance(tag, str) and tag.lower() in {"th", "en"} and tag != tag.lower():
                raise MalformedCredential(f"a language tag is in lower case (got {tag!r})")
        if value is None or value in ([], {}):
            raise MalformedCredential(f"a member without a value says nothing that could be signed (got {key!r})")
        if isinstance(value, list) and len({json.dumps(item, sort_keys=True) for item in value}) != len(value):
            raise MalformedCredential(f"a list holds one value twice (got {key!r})")
        if not isinstance(value, str | list | dict) and not (key == "noExpiry" and value is True):
            # 12 and "12" are signed alike where the context says that the value is text.
            raise MalformedCredential(f"a value is text (got {value!r} as {key!r})")
        if key == "noExpiry" and value is not True:
            raise MalformedCredential(f"noExpiry is true or absent (got {value!r})")
    _require_nodes(document["credentialSubject"])


def _require_nodes(node: Document) -> None:
    kind = node.get("type")
    if not isinstance(kind, str) or ":" in kind:
        raise MalformedCredential(f"a node of a license has one type, a term (got {str(kind)[:80]!r})")
    for key, value in node.items():
        if key.startswith("@") or isinstance(value, list) != (key in _list_terms()):
            raise MalformedCredential(f"a list stands where the license context has one (got {key!r})")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, list):
                raise MalformedCredential(f"a list inside a list (got {key!r})")
            if isinstance(item, dict) and key in _language_terms():
                _require_language_map(item, key)
            elif isinstance(item, dict):
                if (kind, key) not in NODES:
                    raise MalformedCredential(
                        f"a node stands where the license has an IRI (got {key!r} in {kind[:80]!r})"
                    )
                _require_nodes(item)


def _require_language_map(texts: Document, key: str) -> None:
    for language, value in texts.items():
        if language.startswith("@") or isinstance(value, dict) or (isinstance(value, list) and len(value) < 2):
            raise MalformedCredential(f"a text in languages is text, or a list of several (got {key!r})")


def _keys(value: object) -> Iterator[Set[str]]:
    """The members of every object in `value`."""
    if isinstance(value, dict):
        yield value.keys()
        for item in value.values():
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def _values(value: object, key: str) -> Iterator[tuple[str, object]]:
    """Every value below `value`, with the key that it stands under (that of the list, for an item)."""
    items = (
        value.items() if isinstance(value, dict) else [(key, item) for item in value] if isinstance(value, list) else []
    )
    for name, item in items:
        yield name, item
        yield from _values(item, name)


def require_as_read(document: Document, nquads: bytes) -> None:
    """What the members of `document` say is what its canonical form says of the credential.

    Raises `MalformedCredential`, and as `verify.inline.require_signed_words`.

    A context inside a document can rename `credentialStatus`, or make `did:example:a` mean another IRI; the signature still
    fits, and a plain reader sees no status, or another subject.
    """
    statements = _statements(nquads)
    subject = _subject_of(document, statements)
    for member in _READ:
        signed = [rest for of, name, rest in statements if of == subject and name == f"<{_CREDENTIALS}{member}>"]
        read = [_as_object(value, member) for value in _listed(document, member)]
        if len(read) != len(signed) or not all(any(rest.startswith(start) for rest in signed) for start in read):
            raise MalformedCredential(
                f"the document states {member} otherwise than under its plain name, or as something else (read "
                f"{len(read)}, signed {len(signed)})"
            )
    sizes = sum(name == _STATUS_SIZE for _, name, _ in statements)
    if sizes > sum("statusSize" in entry for entry in _listed(document, "credentialStatus")):
        raise MalformedCredential("a status entry states its statusSize otherwise than under its plain name")
    if any(rest.startswith(f"<{LIC}{LICENSE_CREDENTIAL}>") for _, _, rest in statements):
        raise MalformedCredential(f"what speaks of licenses has the type {LICENSE_CREDENTIAL}, in this spelling")
    require_signed_words(document)


def require_presented_as_read(document: Document, nquads: bytes) -> None:
    """The same for a presentation: all the credentials and the holder that it has are those that were read.

    Raises `MalformedPresentation`: whoever reads it as JSON-LD would take a credential that we never saw for a verified one.
    """
    found = Counter(name for _, name, _ in _statements(nquads))
    for member in ("verifiableCredential", "holder"):
        read = len(_listed(document, member))
        if found[f"<{_CREDENTIALS}{member}>"] != read:
            raise MalformedPresentation(
                f"the presentation states {member} otherwise than under its plain name (read {read}, signed "
                f"{found[f'<{_CREDENTIALS}{member}>']})"
            )
    require_signed_words(document)


def _statements(nquads: bytes) -> list[list[str]]:
    """Subject, predicate and the rest of each. Split at line feeds only: other line separators stand as they are in texts."""
    return [line.split(" ", 2) for line in nquads.decode().split("\n") if line]


def _listed(document: Document, member: str) -> list[Any]:
    value = document.get(member, [])
    return value if isinstance(value, list) else [value]


def _as_object(value: object, member: str) -> str:
    """How the object of a statement begins that says `value`."""
    if member in _DATES:
        return f'"{value}"^^'
    name = value.get("id") if isinstance(value, dict) else value
    return "_:" if name is None else f"<{name}> "


def _subject_of(document: Document, statements: list[list[str]]) -> str:
    """The name of the credential itself in N-Quads."""
    if "id" in document:
        return f"<{document['id']}>"
    named = {
        of for of, predicate, rest in statements if predicate == _RDF_TYPE and rest.startswith(f"<{_CREDENTIALS}Verif")
    }
    if len(named) != 1:
        raise MalformedCredential("a credential without an id holds no other credential")
    subject = named.pop()
    if not subject.startswith("_:"):
        raise MalformedCredential(
            f"the document states its id otherwise than under its plain name (signed {subject[:120]})"
        )
    return subject


@cache
def _list_terms() -> frozenset[str]:
    return _terms_with("@set")


@cache
def _language_terms() -> frozenset[str]:
    return _terms_with("@language")


def _terms_with(container: str) -> frozenset[str]:
    """The terms of the license context's nodes with this container; the same in every node that has the term."""
    context: dict[str, Any] = json.loads(license_context_bytes())["@context"]
    nodes = [value["@context"] for value in context.values() if isinstance(value, dict) and "@context" in value]
    return frozenset(
        term
        for node in nodes
        for term, definition in node.items()
        if isinstance(definition, dict) and definition.get("@container") == container
    )
