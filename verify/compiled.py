"""The fast way to canonical N-Quads: the pinned contexts compiled once into a table, each document walked with it.

Only what our own documents use is known here: named nodes, type-scoped terms, literals, language maps, sets. Anything else
raises `NotCompiled`, and the document goes the slow, general way (`verify.canonical`), which decides. A document that is walked
to its end has no blank node but its root, so its canonical form is its sorted N-Quads (design: credentials, "Fast path").
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from vocab.contexts import DocumentLoader

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
XSD = "http://www.w3.org/2001/XMLSchema#"
ROOT_WITHOUT_NAME = "_:c14n0"

MAX_SCOPES = 256

# Narrower than RFC 3987 on purpose: what is unusual goes the general way, and never is accepted here and refused there.
_CHARACTERS = r"(?:[A-Za-z0-9._~:@!$&'()*+,;=/?-]|%[0-9A-Fa-f]{2})*"
_IRI = re.compile(
    rf"(?:https?://[A-Za-z0-9.-]+(?::\d{{1,5}})?(?:[/?]{_CHARACTERS})?|(?:did|urn):[A-Za-z0-9]{_CHARACTERS})(?:#{_CHARACTERS})?",
    re.ASCII,
)
_LANGUAGE = re.compile(r"[a-z]{1,8}(-[a-z0-9]{1,8})*", re.ASCII)
# RDFC-1.0 5: these are escaped in canonical N-Quads, everything else stands as it is.
_TO_ESCAPE = re.compile('[\x00-\x1f"\\\\\x7f\ufffe\uffff]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_KEYWORDS = frozenset({"@id", "@type"})
_KNOWN_KEYS = frozenset({"@id", "@type", "@container", "@language", "@context", "@protected"})
_KNOWN_CONTAINERS = frozenset({"@set", "@language"})
_UNPINNED = frozenset({"@version", "@protected"})


class NotCompiled(Exception):
    """The document uses something that the table does not know. It is not an error: the slow path decides."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a context. `iri` is None for a term that the table cannot handle; `keyword` is set for aliases."""

    iri: str | None
    keyword: str = ""
    coerced: str = ""
    language: str = ""
    is_language_map: bool = False
    scoped: Mapping[str, "Term"] = field(default_factory=dict)
    has_property_scope: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether the table cannot handle the term, and so cannot tell it from another such."""
        return self.iri is None and not self.keyword


Terms = Mapping[str, Term]


class CompiledContext:
    """The terms of an ordered list of contexts (each the parsed `@context` object of a pinned document)."""

    def __init__(self, contexts: list[Mapping[str, Any]]) -> None:
        self._terms: dict[str, Term] = {}
        defined: dict[str, object] = {}
        for context in contexts:
            self._terms |= _compile(context)
            _require_no_redefinition(defined, context)
            defined |= context
        self._by_types: dict[tuple[str, ...], tuple[Terms, tuple[str, ...]]] = {}

    def canonical(self, document: Mapping[str, Any]) -> bytes:
        """The canonical N-Quads of `document`, whose `@context` is the one compiled here. Raises `NotCompiled`."""
        lines: set[str] = set()
        node = {key: value for key, value in document.items() if key != "@context"}
        if not isinstance(node.get("id"), str):
            if "id" in node:
                raise NotCompiled("id")
            self._properties(node, ROOT_WITHOUT_NAME, lines)
        else:
            self._node(node, lines)
        # Python compares text by code point, which is the order that RDFC-1.0 wants.
        try:
            return "".join(sorted(lines)).encode()
        except UnicodeEncodeError as error:
            raise NotCompiled("a lone surrogate") from error

    def _node(self, node: Mapping[str, Any], lines: set[str]) -> str:
        """Writes the statements about a node; returns its name in N-Quads."""
        subject = _iri(node.get("id"))
        self._properties(node, subject, lines)
        return subject

    def _properties(self, node: Mapping[str, Any], subject: str, lines: set[str]) -> None:
        terms, types = self._scope(node.get("type"))
        for type_iri in types:
            lines.add(f"{subject} {RDF_TYPE} <{type_iri}> .\n")
        for key, value in node.items():
            term = terms.get(key)
            if term is None:
                raise NotCompiled(key)
            if term.keyword:
                continue
            if term.iri is None:
                raise NotCompiled(key)
            for found in self._values(term, value, lines):
                lines.add(f"{subject} <{term.iri}> {found} .\n")

    def _scope(self, types: object) -> tuple[Terms, tuple[str, ...]]:
        """The terms that hold in a node with these types, and the types' IRIs."""
        names = (types,) if isinstance(types, str) else tuple(types) if isinstance(types, list) else ()
        if types is not None and not names:
            raise NotCompiled("type")
        if not all(isinstance(name, str) for name in names):
            raise NotCompiled("type")
        found = self._by_types.get(names)
        if found is None:
            found = self._make_scope(names)
            # Bounded: the order of types is the sender's choice, and there are many orders.
            if len(self._by_types) < MAX_SCOPES:
                self._by_types[names] = found
        return found

    def _make_scope(self, names: tuple[str, ...]) -> tuple[Terms, tuple[str, ...]]:
        terms = dict(self._terms)
        # JSON-LD API 5.1.2, step 11: type-scoped contexts apply in the order of the types' names.
        for name in sorted(set(names)):
            definition = self._terms.get(name)
            if definition is None or definition.iri is None:
                raise NotCompiled(name)
            for key, scoped in definition.scoped.items():
                if key in terms and (terms[key] != scoped or scoped.is_unknown):
                    raise NotCompiled(key)
            terms |= definition.scoped
        return terms, tuple(iri for name in names if (iri := self._terms[name].iri) is not None)

    def _values(self, term: Term, value: object, lines: set[str]) -> Iterator[str]:
        if term.is_language_map:
            yield from _language_map(value)
            return
        for item in value if isinstance(value, list) else (value,):
            match item:
                case str():
                    yield _string(term, item)
                case bool() if term.coerced in {"", XSD + "boolean"}:
                    yield f'"{str(item).lower()}"^^<{XSD}boolean>'
                case {"@value": str() as text, "@language": str() as language, **rest} if not rest:
                    yield _literal(text) + _tag(language)
                case dict() if not term.has_property_scope and "id" in item:
                    yield self._node(item, lines)
                case _:
                    raise NotCompiled(term.iri)


def _require_no_redefinition(defined: Mapping[str, object], context: Mapping[str, Any]) -> None:
    """Whether a term may be defined anew depends on its protection (JSON-LD API 4.2.2, step 27): the slow path decides."""
    for name in defined.keys() & context.keys() - _UNPINNED:
        if defined[name] != context[name]:
            raise NotCompiled(name)


def _compile(context: object) -> dict[str, Term]:
    if not isinstance(context, Mapping):
        raise NotCompiled("a list of contexts, or null")
    found = {}
    for name, definition in context.items():
        if name in _UNPINNED:
            continue
        if name.startswith("@"):
            raise NotCompiled(name)
        found[name] = _term(definition)
    return found


def _term(definition: object) -> Term:
    if isinstance(definition, str):
        definition = {"@id": definition}
    if not isinstance(definition, Mapping) or definition.keys() - _KNOWN_KEYS:
        return Term(None)
    iri = definition.get("@id")
    if iri in _KEYWORDS:
        return Term(None, keyword=str(iri))
    containers = definition.get("@container", [])
    containers = {containers} if isinstance(containers, str) else set(containers)
    coerced = definition.get("@type", "")
    if not isinstance(iri, str) or not _IRI.fullmatch(iri) or containers - _KNOWN_CONTAINERS:
        return Term(None)
    scoped = _compile(definition["@context"]) if "@context" in definition else {}
    return Term(
        iri,
        coerced=coerced,
        language=definition.get("@language", ""),
        is_language_map="@language" in containers,
        scoped=scoped,
        has_property_scope=bool(scoped),
    )


def _string(term: Term, text: str) -> str:
    match term.coerced:
        case "":
            return _literal(text) + (_tag(term.language) if term.language else "")
        case "@id":
            return _iri(text)
        case "@vocab":
            scoped = term.scoped.get(text)
            if scoped is None or scoped.iri is None:
                raise NotCompiled(text)
            return f"<{scoped.iri}>"
        case datatype if datatype == XSD + "string":
            return _literal(text)
        case datatype:
            return f"{_literal(text)}^^<{datatype}>"


def _language_map(value: object) -> Iterator[str]:
    if not isinstance(value, dict):
        raise NotCompiled("language map")
    for language, texts in value.items():
        for text in texts if isinstance(texts, list) else (texts,):
            if not isinstance(text, str):
                raise NotCompiled("language map")
            yield _literal(text) + _tag(language)


def _iri(value: object) -> str:
    if not isinstance(value, str) or not _IRI.fullmatch(value):
        raise NotCompiled("an IRI")
    return f"<{value}>"


def _tag(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise NotCompiled("a language tag")
    return "@" + language


def _literal(text: str) -> str:
    if _TO_ESCAPE.search(text):
        text = _TO_ESCAPE.sub(_escape, text)
    return f'"{text}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


@lru_cache(maxsize=64)
def compiled_context(urls: tuple[str, ...], loader: DocumentLoader) -> CompiledContext:
    """The table for an ordered list of context URLs. Raises what `loader` raises for a URL that is not pinned."""
    return CompiledContext([loader(url, {})["document"]["@context"] for url in urls])
