"""The fast way to canonical N-Quads: the pinned contexts compiled once into tables, each document walked with them.

Only what plain documents use is known here: named nodes, type-scoped terms, literals, language maps, sets. Anything else
raises `NotCompiled`, and the document goes the slow, general way (`verify.canonical`), which decides. A document that is walked
to its end has no blank node but its root, so its canonical form is its sorted N-Quads (design: credentials, "Fast path").

What is walked also has the one spelling that `verify.form` asks for: every member is a term, every value says something, and a
license credential has the license form. What is spelled otherwise is not walked.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from verify.scope import (
    Kind,
    Lists,
    NotCompiled,
    Rule,
    Scope,
    Shape,
    compile_scope,
    compile_shape,
    compile_terms,
    is_language_tag,
    is_plain_iri,
)
from vocab.contexts import DocumentLoader
from vocab.terms import LICENSE_CREDENTIAL

__all__ = ["CompiledContext", "NotCompiled", "compiled_context"]

ROOT_WITHOUT_NAME = b"_:c14n0 "
MAX_SCOPES = 256
MAX_SHAPES = 1_024
MAX_KNOWN = 8_192
"""How many names, languages and proofs' options are remembered; all are forgotten together, since forgetting costs only time."""
MAX_SHARED = 1_024
"""How many nodes are remembered with all that they say."""
MAX_SHARED_BYTES = 2_048
MAX_MERGED_BYTES = 256 << 10

# RDFC-1.0 5: these are escaped in canonical N-Quads, everything else stands as it is.
_TO_ESCAPE = re.compile('[\x00-\x1f"\\\\\x7f\ufffe\uffff]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}

# Plain names: a member of an Enum costs more to look up through its class than all else that is done with it.
_LITERAL, _NAME, _MAP, _TRUTH, _CHOICE, _TYPES = Kind.LITERAL, Kind.NAME, Kind.MAP, Kind.TRUTH, Kind.CHOICE, Kind.TYPES
_REFERENCE = Kind.REFERENCE
_NEVER, _ALWAYS = Lists.NEVER, Lists.ALWAYS
_TEXT_KEYS = frozenset({"@value", "@language"})

Node = Mapping[str, Any]
Blocks = dict[bytes, bytes]
"""The sorted statements about each subject, by the subject and a space."""


class _Shared(NamedTuple):
    """A node that may stand in thousands of documents, and what its walk has found."""

    node: Node
    name: bytes
    blocks: tuple[tuple[bytes, bytes], ...]


class CompiledContext:
    """The tables for an ordered list of contexts (each the parsed `@context` object of a pinned document)."""

    def __init__(self, contexts: list[Mapping[str, Any]]) -> None:
        self._terms = compile_terms(contexts)
        self._scopes: dict[tuple[bool, tuple[str, ...]], Scope] = {}
        self.shapes: dict[tuple[object, ...], Shape] = {}
        # By whether the form is strict, and by IRI.
        self.shared: tuple[dict[str, _Shared], dict[str, _Shared]] = ({}, {})
        self._unnamed: dict[bytes, bytes] = {}
        self.names: dict[str, bytes] = {}
        self.endings: dict[str, bytes] = {}

    def canonical(self, document: Node, received: bytes = b"") -> bytes:
        """The canonical N-Quads of `document`, whose `@context` is the one compiled here. Raises `NotCompiled`.

        `received` is the text that it was read from, where that is at hand: it tells whether there is anything to escape.
        """
        if "id" in document:
            return self._walked(document, received or _json(document))
        raw = _json(document)
        # The options of a proof: those of one key and one second are the same for all that was signed then.
        found = self._unnamed.get(raw)
        if found is None:
            found = self._walked(document, raw)
            if len(raw) <= MAX_SHARED_BYTES:
                if len(self._unnamed) >= MAX_KNOWN:
                    self._unnamed.clear()
                self._unnamed[raw] = found
        return found

    def _walked(self, document: Node, raw: bytes) -> bytes:
        types = document.get("type")
        walk = _Walk(
            self,
            str.encode if is_clean(raw) else escaped,
            subject_is_strict=type(types) is list and LICENSE_CREDENTIAL in types,
        )
        node = dict(document)
        node.pop("@context", None)
        if "id" in node:
            walk.node(node, False)
        else:
            walk.statements(node, ROOT_WITHOUT_NAME, False)
        # Bytes of UTF-8 sort as code points do, which is the order that RDFC-1.0 wants. Each block begins with its subject,
        # and no subject is the beginning of another.
        return b"".join(sorted(walk.blocks.values()))

    def shape(self, node: Node, strict: bool) -> Shape:
        """The shape of `node`. Raises `NotCompiled`."""
        types = node.get("type")
        key = (strict, tuple(types) if type(types) is list else types, *node)
        try:
            found = self.shapes.get(key)
        except TypeError as error:
            raise NotCompiled("type") from error
        if found is None:
            found = compile_shape(self._scope(key[1], strict), node)
            if len(self.shapes) >= MAX_SHAPES:
                self.shapes.clear()
            self.shapes[key] = found
        return found

    def _scope(self, types: object, strict: bool) -> Scope:
        names = (types,) if isinstance(types, str) else types if isinstance(types, tuple) else ()
        if (types is not None and not names) or (strict and not isinstance(types, str)):
            raise NotCompiled("type")
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise NotCompiled("type")
        found = self._scopes.get((strict, names))
        if found is None:
            found = compile_scope(self._terms, names, strict=strict)
            # The order of types is the sender's choice, and there are many orders.
            if len(self._scopes) >= MAX_SCOPES:
                self._scopes.clear()
            self._scopes[strict, names] = found
        return found

    def name(self, iri: object) -> bytes:
        """`iri` as it stands between brackets. Raises `NotCompiled` unless it is a plain IRI."""
        if type(iri) is not str or not is_plain_iri(iri):
            raise NotCompiled("an IRI")
        if len(self.names) >= MAX_KNOWN:
            self.names.clear()
        found = self.names[iri] = iri.encode()
        return found

    def ending(self, language: str) -> bytes:
        """What ends a statement whose text is in `language`. Raises `NotCompiled` unless it is a lower-case language tag."""
        found = self.endings.get(language)
        if found is None:
            if not is_language_tag(language):
                raise NotCompiled("a language tag")
            if len(self.endings) >= MAX_KNOWN:
                self.endings.clear()
            found = self.endings[language] = f'"@{language} .\n'.encode()
        return found


class _Walk:
    """One document on its way: `blocks` fills with what is found.

    `strict` says of a node that it is inside the subject of a license credential, where the form is ours alone.
    """

    __slots__ = ("_compiled", "_encode", "_names", "_shapes", "_subject_is_strict", "_to_merge", "blocks")

    def __init__(self, compiled: CompiledContext, encode: Callable[[str], bytes], *, subject_is_strict: bool) -> None:
        self._compiled = compiled
        self._names = compiled.names
        self._shapes = compiled.shapes
        self._encode = encode
        self._subject_is_strict = subject_is_strict
        self._to_merge = MAX_MERGED_BYTES
        self.blocks: Blocks = {}

    def node(self, node: Node, strict: bool) -> bytes:
        """Writes the statements about a node; returns its IRI."""
        iri = node.get("id")
        name = (self._names.get(iri) if type(iri) is str else None) or self._compiled.name(iri)
        self.statements(node, b"<%b> " % name, strict)
        return name

    def statements(self, node: Node, subject: bytes, strict: bool) -> None:
        """Writes the statements about a node that is called `subject` in N-Quads. Raises `NotCompiled`."""
        of_type = node.get("type")
        shape = self._shapes.get((strict, of_type, *node)) if type(of_type) is str else None
        rows, members, types, is_sorted = shape or self._compiled.shape(node, strict)
        names, encode = self._names, self._encode
        parts: list[bytes] = []
        for (kind, head, tail, rule), value in zip(rows, members(node)):  # noqa: B905 (as long as each other, and `strict` is slow)
            of = type(value)
            if of is str:
                if kind is _LITERAL:
                    parts += (subject, head, encode(value), tail)
                    continue
                if kind is _NAME or kind is _REFERENCE:
                    parts += (subject, head, names.get(value) or self._compiled.name(value), tail)
                    continue
            elif of is dict:
                if kind is _NAME:
                    parts += (subject, head, self._object(rule.member, value, strict), tail)
                    continue
                if kind is _MAP:
                    parts += (subject, subject.join(self._texts(head, value)))
                    continue
            if kind is _TYPES:
                parts += (subject, types[0] if len(types) == 1 else subject.join(types))
            else:
                parts += (subject, self._several(rule, value, subject, strict))
        block = b"".join(parts)
        if not is_sorted:
            # No line break stands inside a line: in literals they are escaped, in IRIs they cannot be.
            block = b"".join(sorted(set(block.splitlines(keepends=True))))
        known = self.blocks.get(subject)
        if known is not None:
            block = self._merged(known, block)
        self.blocks[subject] = block

    def _several(self, rule: Rule, value: object, subject: bytes, strict: bool) -> bytes:
        """The statements, sorted but without the first subject, of a member whose value is not just text."""
        if type(value) is list:
            if rule.lists is _NEVER:
                raise NotCompiled(rule.member)
            if len(value) == 1:
                return self._one(rule, value[0], strict)
            found = [self._one(rule, item, strict) for item in value]
        elif rule.lists is _ALWAYS:
            raise NotCompiled(rule.member)
        else:
            return self._one(rule, value, strict)
        if len(found) == 1:
            return found[0]
        if not found or len(set(found)) < len(found):
            raise NotCompiled(rule.member)
        found.sort()
        return subject.join(found)

    def _one(self, rule: Rule, value: object, strict: bool) -> bytes:
        """One statement without its subject."""
        member, kind, head, tail, _, choices = rule
        if type(value) is str:
            if kind is _LITERAL:
                return head + self._encode(value) + tail
            if kind is _NAME or kind is _REFERENCE:
                return head + (self._names.get(value) or self._compiled.name(value)) + tail
            if kind is _CHOICE and value in choices:
                return head + choices[value] + tail
        elif type(value) is dict:
            if kind is _NAME:
                return head + self._object(member, value, strict) + tail
            if kind is _LITERAL and not strict and value.keys() == _TEXT_KEYS:
                text, language = value["@value"], value["@language"]
                if type(text) is str and type(language) is str:
                    return head + self._encode(text) + self._compiled.ending(language)
        elif kind is _TRUTH and value is True:
            return head + b"true" + tail
        raise NotCompiled(rule.member)

    def _texts(self, head: bytes, texts: Mapping[str, Any]) -> list[bytes]:
        """The statements, sorted, of a language map: a text for each language, or a list of several. Raises `NotCompiled`."""
        found = []
        encode, endings = self._encode, self._compiled.endings
        for language, value in texts.items():
            ending = endings.get(language) or self._compiled.ending(language)
            if type(value) is str:
                found.append(head + encode(value) + ending)
                continue
            if type(value) is not list or len(value) < 2:
                raise NotCompiled("language map")
            for text in value:
                if type(text) is not str:
                    raise NotCompiled("language map")
                found.append(head + encode(text) + ending)
        if len(found) == 1:
            return found
        if not found or len(set(found)) < len(found):
            raise NotCompiled("language map")
        found.sort()
        return found

    def _object(self, member: str, node: Node, strict: bool) -> bytes:
        """The IRI of a node under another, whose statements it writes: those that are remembered, where it was met before."""
        if member == "credentialSubject":
            return self.node(node, self._subject_is_strict)
        iri = node.get("id")
        # What has a name under another's is that one's own, and what was never named before may never be named again.
        if type(iri) is not str or "#" in iri or iri not in self._names:
            return self.node(node, strict)
        found = self._compiled.shared[strict].get(iri)
        if found is None or found.node != node:
            found = self._learned(iri, node, strict)
        for subject, block in found.blocks:
            known = self.blocks.get(subject)
            self.blocks[subject] = block if known is None else self._merged(known, block)
        return found.name

    def _learned(self, iri: str, node: Node, strict: bool) -> _Shared:
        """As `node`, for an authority, a type, a law: they are alike in many documents, and are walked once."""
        walk = _Walk(self._compiled, self._encode, subject_is_strict=False)
        name = walk.node(node, strict)
        raw = _json(node)
        # A copy: whoever has the document may change it.
        found = _Shared(orjson.loads(raw), name, tuple(walk.blocks.items()))
        # What was walked is made of objects, lists, texts and `true`. To Python that is equal to 1, which is no truth value.
        if len(raw) <= MAX_SHARED_BYTES and b"true" not in raw:
            cache = self._compiled.shared[strict]
            if len(cache) >= MAX_SHARED:
                cache.clear()
            cache[iri] = found
        return found

    def _merged(self, one: bytes, other: bytes) -> bytes:
        """The statements of both about one subject: canonical N-Quads have each once, and bytes of UTF-8 sort as code points do.

        Raises `NotCompiled` where one node stands in so many places that this would take long.
        """
        self._to_merge -= len(one) + len(other)
        if self._to_merge < 0:
            raise NotCompiled("a node in many places")
        return b"".join(sorted({*one.splitlines(keepends=True), *other.splitlines(keepends=True)}))


def _json(document: Node) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError as error:
        raise NotCompiled("no JSON, or a lone surrogate") from error


def is_clean(raw: bytes) -> bool:
    """Whether no text of the document in `raw` has a character to escape."""
    # JSON escapes all that N-Quads escape but DEL and the two non-characters, whose UTF-8 begins with EF.
    return (
        b"\\" not in raw
        and b"\x7f" not in raw
        and (b"\xef" not in raw or (b"\xef\xbf\xbe" not in raw and b"\xef\xbf\xbf" not in raw))
    )


def escaped(text: str) -> bytes:
    """`text` as it stands between the quotes of a canonical literal."""
    return _TO_ESCAPE.sub(_escape, text).encode()


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


@lru_cache(maxsize=64)
def _compiled(urls: tuple[str, ...], loader: DocumentLoader) -> CompiledContext | None:
    try:
        return CompiledContext([loader(url, {})["document"]["@context"] for url in urls])
    except NotCompiled:
        return None


def compiled_context(urls: tuple[str, ...], loader: DocumentLoader) -> CompiledContext:
    """The tables for an ordered list of context URLs. Raises what `loader` raises for a URL that is not pinned, `NotCompiled`."""
    found = _compiled(urls, loader)
    if found is None:
        raise NotCompiled("a context")
    return found
