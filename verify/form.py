"""The one form in which a signed document may be written.

A signature covers what JSON-LD makes of a document, and JSON-LD allows many spellings of one statement: a term or its full
IRI, a string or a value object, nothing or `null`. Whoever reads the JSON sees only the spelling: a `validUntil` under its
full IRI is still signed and no longer read. So every other spelling than ours is refused.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from verify.document import Document
from verify.errors import MalformedCredential
from vocab.contexts import license_context_bytes

_VALUE_KEYWORDS = frozenset({"@value", "@language", "@direction"})


def require_terms(document: Document) -> None:
    """Every key is a plain term: no IRI, and no JSON-LD keyword but those of a text's value. Raises `MalformedCredential`.

    `@context` stands at the top and nowhere else: in a proof it would replace the document's, in a node the meaning of terms.
    """
    for key in _keys({key: value for key, value in document.items() if key != "@context"}):
        if ":" in key or (key.startswith("@") and key not in _VALUE_KEYWORDS):
            raise MalformedCredential(f"a member is named by a term, not by an IRI or a keyword (got {key[:80]!r})")


def require_license_form(document: Document) -> None:
    """What a license credential is written with, beyond `require_terms`. Raises `MalformedCredential`.

    Texts everywhere, but for `noExpiry: true`; nothing empty, nothing twice in one list; in the subject, each node has one
    type, named by a term, and lists stand where the license context says so.
    """
    for key, value in _values(document, ""):
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
                _require_nodes(item)


def _require_language_map(texts: Document, key: str) -> None:
    for language, value in texts.items():
        if language.startswith("@") or isinstance(value, dict) or (isinstance(value, list) and len(value) < 2):
            raise MalformedCredential(f"a text in languages is text, or a list of several (got {key!r})")


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
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
