"""The rules of the data models (VC Data Model 2.0, section 4; 1.1, section 4) that hold for every credential and presentation.

What JSON-LD itself finds, such as undefined terms and redefined ones, is found when the canonical form is made.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from verify.document import Document, without
from verify.errors import MalformedCredential
from verify.instant import parse_instant
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+", re.ASCII)
_TEXT_KEYS = frozenset({"@value", "@language", "@direction"})
WITH_TYPE = ("credentialStatus", "termsOfUse", "evidence", "refreshService", "credentialSchema")
SHORT = 256
"""Characters of a text that may be remembered."""
_WITH_ID = frozenset({"credentialSchema"})


class DataModel(StrEnum):
    """Which version of the data model a document follows."""

    V1 = "1.1"
    V2 = "2.0"


def data_model(document: Document) -> DataModel:
    """By the first context (4.3). Raises `MalformedCredential` for a `@context` that is no list with one of the URLs first."""
    contexts = document.get("@context")
    first = contexts[0] if isinstance(contexts, list) and contexts else None
    if not isinstance(first, str) or first not in {CREDENTIALS_V1, CREDENTIALS_V2}:
        raise MalformedCredential(
            f"@context is a list that begins with {CREDENTIALS_V2} (or, for 1.1, {CREDENTIALS_V1}) (got {shown(contexts)})"
        )
    for context in contexts if isinstance(contexts, list) else ():
        if not isinstance(context, dict) and not is_url(context):
            raise MalformedCredential(f"a context is a URL or an object (got {shown(context)})")
    addresses = [context for context in contexts or () if isinstance(context, str)]
    if len(set(addresses)) != len(addresses):
        raise MalformedCredential(f"a context is named twice (got {shown(contexts)})")
    return DataModel.V1 if first == CREDENTIALS_V1 else DataModel.V2


def types_of(document: Document, required: str) -> frozenset[str]:
    """The names under `type`, of which `required` is one (4.5). Raises `MalformedCredential`."""
    types = document.get("type")
    found = [types] if isinstance(types, str) else types
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise MalformedCredential(f"type is a name or a list of names (got {shown(types)})")
    if required not in found:
        raise MalformedCredential(f"type includes {required} (got {shown(types)})")
    if len(set(found)) != len(found):
        raise MalformedCredential("a type is named twice")
    return frozenset(found)


def require_identifiers(document: Document) -> None:
    """Every `id` is one absolute URL (4.4), wherever it stands. Raises `MalformedCredential`."""
    for value in _ids(without(document, "@context")):
        if not is_url(value):
            raise MalformedCredential(f"an id is one absolute URL (got {shown(value)})")


def identifier(node: object, member: str) -> str:
    """The URL that `member` (issuer, holder) is, or that its object bears (4.7). Raises `MalformedCredential`."""
    value = node.get("id") if isinstance(node, dict) else node
    if not isinstance(value, str) or not is_url(value):
        raise MalformedCredential(f"{member} is a URL, or an object with an id that is one (got {shown(node)})")
    return value


def subjects_of(document: Document) -> tuple[Document, ...]:
    """The subjects, each an object with something in it (4.8). Raises `MalformedCredential`."""
    subject = document.get("credentialSubject")
    if type(subject) is dict and subject:
        return (subject,)
    found = items(document, "credentialSubject")
    if not found or not all(isinstance(item, dict) and item for item in found):
        raise MalformedCredential(
            f"credentialSubject is an object with claims, or several (got {shown(document.get('credentialSubject'))})"
        )
    return tuple(found)


def require_texts(node: Document, *, is_plain: bool = False) -> None:
    """`name` and `description` are texts, or texts with their language (4.6). Raises `MalformedCredential`.

    In a document that `is_plain`, each object under them was found to be such a text (`verify.compiled`): both are literals
    in all contexts that follow the data model 2.0.
    """
    for member in ("name", "description"):
        if member not in node:
            continue
        found = node[member]
        if is_plain and type(found) is list and {*map(type, found)} == {dict}:
            continue
        is_sound = found != []
        for value in found if isinstance(found, list) else (found,):
            is_sound = is_sound and _is_text(value, alone=value is found)
        if not is_sound:
            raise MalformedCredential(
                f"{member} is a text, or objects of @value, @language and @direction (got {shown(found)})"
            )


def require_typed(document: Document) -> None:
    """Status, terms of use, evidence, refresh service and schema say what they are (4.10, 4.11, 5.4 to 5.6)."""
    for member in WITH_TYPE:
        for item in items(document, member) if member in document else ():
            if not isinstance(item, dict) or not _has_type(item):
                raise MalformedCredential(f"{member} is an object with a type, or several (got {shown(item)})")
            if member in _WITH_ID and not is_url(item.get("id")):
                raise MalformedCredential(f"{member} has an id that is a URL (got {shown(item.get('id'))})")


def instant(document: Document, member: str) -> datetime | None:
    """An xsd:dateTimeStamp (4.9), or None. Raises `MalformedCredential`."""
    if member not in document:
        return None
    try:
        return parse_instant(document[member])
    except ValueError as error:
        raise MalformedCredential(f"{member}: {error}") from error


def items(document: Document, member: str) -> list[Any]:
    """The value of `member` as a list: of one where it is no list, of none where it is absent."""
    value = document.get(member, [])
    return value if isinstance(value, list) else [value]


def is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    return _is_short_url(value) if len(value) <= SHORT else _URL.fullmatch(value) is not None


# The same contexts, lists and types stand in thousands of documents.
@lru_cache(maxsize=4096)
def _is_short_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def shown(value: object) -> str:
    """A value for a message: short."""
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _has_type(item: Document) -> bool:
    types = item.get("type")
    if isinstance(types, str):
        return types != ""
    names = types if isinstance(types, list) else [types]
    return bool(names) and all(isinstance(name, str) and name for name in names)


def _is_text(value: object, *, alone: bool) -> bool:
    if isinstance(value, str):
        return alone
    if not isinstance(value, dict) or value.keys() - _TEXT_KEYS or not isinstance(value.get("@value"), str):
        return False
    language, direction = value.get("@language", ""), value.get("@direction", "ltr")
    return isinstance(language, str) and direction in ("ltr", "rtl", None)


def _ids(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in {"id", "@id"}:
                yield item
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)
