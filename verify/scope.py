"""Pinned contexts compiled into tables: for each type of node, how each of its members becomes a statement.

A table is narrower than JSON-LD on purpose. What it does not know is absent from it, and whoever meets it there takes the general
way (`verify.canonical`), which decides.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from operator import itemgetter
from typing import Any, NamedTuple

from verify.form import NODES

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TYPE_HEAD = f"<{RDF_TYPE}> <"
XSD = "http://www.w3.org/2001/XMLSchema#"

# Narrower than RFC 3987 on purpose: what is unusual goes the general way, and never is accepted here and refused there.
_SOME = r"[A-Za-z0-9._~:@!$&'()*+,;=/?-]*+"
_CHARACTERS = rf"{_SOME}(?:%[0-9A-Fa-f]{{2}}{_SOME})*+"
_IRI = re.compile(
    rf"(?:https?://[A-Za-z0-9.-]++(?::\d{{1,5}})?(?:[/?]{_CHARACTERS})?|(?:did|urn):[A-Za-z0-9]{_CHARACTERS})(?:#{_CHARACTERS})?",
    re.ASCII,
)
# Language, script and region (BCP 47, 2.1); `x` alone is no language, and not every subtag may follow every other.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-(?:[a-z]{2}|\d{3}))?", re.ASCII)
MAX_NAME = 2_048
"""One name can stand in each of a document's statements: a long one would make far more of the document than was sent."""
_SCHEMES = frozenset({"http", "https", "did", "urn"})
_KEYWORDS = frozenset({"@id", "@type"})
_KNOWN_KEYS = frozenset({"@id", "@type", "@container", "@language", "@context", "@protected"})
_KNOWN_CONTAINERS = frozenset({"@set", "@language"})
_UNPINNED = frozenset({"@version", "@protected"})


class Kind(Enum):
    """What the value of a member is."""

    LITERAL = auto()
    NAME = auto()  # a node, or its IRI
    REFERENCE = auto()  # its IRI alone
    MAP = auto()  # texts by language
    TRUTH = auto()  # `true`
    CHOICE = auto()  # a term that stands for an IRI
    ALIAS = auto()  # `id` and `type`
    TYPES = auto()  # `type`, in a shape
    SET = auto()  # several, in a shape


class Lists(Enum):
    """Whether the value may stand in a list."""

    NEVER = auto()
    ALWAYS = auto()
    EITHER = auto()


class NotCompiled(Exception):
    """The document uses something that the table does not know. It is not an error: the slow path decides."""


class Rule(NamedTuple):
    """How one member is written: `head`, the value and `tail` make its statement, but for the subject in front.

    `head` is the predicate and the object's opening bracket or quotation mark, so that statements sort as their heads do.
    """

    member: str
    kind: Kind
    head: bytes
    tail: bytes
    lists: Lists = Lists.NEVER
    choices: Mapping[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds in a node of certain types: their statements, and a rule for each member that it may have."""

    types: tuple[bytes, ...]
    rules: Mapping[str, Rule]


class Shape(NamedTuple):
    """How all nodes are written that have the same types and members.

    `members` takes the values out of a node, in the order of their statements, and `rows` says of each what it may be alone
    (SET where it may not), its head and tail, and its rule. `types` are the statements about its types, where TYPES
    stands in a row.
    `is_sorted` is False where statements of two members may coincide, since both have one IRI.
    """

    rows: tuple[tuple[Kind, bytes, bytes, Rule], ...]
    members: Callable[[Mapping[str, Any]], Sequence[Any]]
    types: tuple[bytes, ...]
    is_sorted: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a context. `iri` is empty for a term that the table cannot handle; `keyword` is set for aliases."""

    iri: str
    keyword: str = ""
    coerced: str = ""
    language: str = ""
    container: str = ""
    scoped: Mapping[str, "Term"] | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether the table cannot handle the term, and so cannot tell it from another such."""
        return not self.iri and not self.keyword


Terms = Mapping[str, Term]


def is_language_tag(text: str) -> bool:
    """Whether `text` is a language tag in lower case, as canonical N-Quads have it, and nothing that is read as a member."""
    return _LANGUAGE.fullmatch(text) is not None and text not in {"id", "type"}


def is_plain_iri(text: str) -> bool:
    """Whether `text` is an absolute IRI of a common kind, which every processor takes as it is."""
    return len(text) <= MAX_NAME and _IRI.fullmatch(text) is not None


def compile_terms(contexts: Iterable[Mapping[str, Any]]) -> Terms:
    """The terms of `contexts` in order (each the parsed `@context` object of a pinned document). Raises `NotCompiled`."""
    terms: dict[str, Term] = {}
    defined: dict[str, object] = {}
    for context in contexts:
        terms |= _compile(context)
        _require_no_redefinition(defined, context)
        defined |= context
    if terms.keys() & _SCHEMES:
        raise NotCompiled("a term that would be a prefix of IRIs")
    return terms


def compile_scope(terms: Terms, names: tuple[str, ...], *, strict: bool) -> Scope:
    """The table for a node with the types `names`, in the reach of `terms`. Raises `NotCompiled`.

    `strict`: a list stands where the term is a set and nowhere else, and a node only where it has its place (`verify.form`);
    otherwise they may stand anywhere.
    """
    own = dict(terms)
    # JSON-LD API 5.1.2, step 11: type-scoped contexts apply in the order of the types' names.
    for name in sorted(set(names)):
        definition = terms.get(name)
        if definition is None or not definition.iri:
            raise NotCompiled(name)
        for key, scoped in (definition.scoped or {}).items():
            if key in own and (own[key] != scoped or scoped.is_unknown):
                raise NotCompiled(key)
            own[key] = scoped
    for name in ("id", "type"):
        # The walk reads these two by their names.
        if name in own and own[name].keyword != f"@{name}":
            raise NotCompiled(name)
    rules = {}
    for name, term in own.items():
        embeds = not strict or any((of, name) in NODES for of in names)
        rule = _rule(name, term, strict=strict, embeds=embeds)
        if rule is not None:
            rules[name] = rule
    types = sorted({f"{_TYPE_HEAD}{terms[name].iri}> .\n".encode() for name in names})
    return Scope(types=tuple(types), rules=rules)


def compile_shape(scope: Scope, members: Iterable[str]) -> Shape:
    """The shape of a node in `scope` with these members. Raises `NotCompiled`."""
    rows = []
    for key in members:
        rule = scope.rules.get(key)
        if rule is None:
            raise NotCompiled(key)
        if key == "type":
            if not scope.types:
                raise NotCompiled("a type that is null")
            rows.append((Kind.TYPES, _TYPE_HEAD.encode(), b"", rule))
        elif rule.kind is not Kind.ALIAS:
            kind = Kind.SET if rule.lists is Lists.ALWAYS else rule.kind
            rows.append((kind, rule.head, rule.tail, rule))
    rows.sort(key=itemgetter(1))
    return Shape(
        rows=tuple(rows),
        members=_getter([rule.member for _, _, _, rule in rows]),
        types=scope.types,
        is_sorted=len({head for _, head, _, _ in rows}) == len(rows),
    )


def _getter(keys: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """All values of `keys` at once: `itemgetter` is quick, but gives no tuple for less than two."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return (lambda node: (node[keys[0]],)) if keys else lambda node: ()


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
        term = _term(definition)
        is_usable = ":" not in name and term.keyword in {"", f"@{name}"}
        found[name] = term if is_usable else Term("")
    return found


def _term(definition: object) -> Term:
    if isinstance(definition, str):
        definition = {"@id": definition}
    if not isinstance(definition, Mapping) or definition.keys() - _KNOWN_KEYS:
        return Term("")
    iri = definition.get("@id")
    if iri in _KEYWORDS:
        return Term("", keyword=str(iri))
    containers = definition.get("@container", [])
    containers = [containers] if isinstance(containers, str) else containers
    if not isinstance(iri, str) or not is_plain_iri(iri) or iri == RDF_TYPE:
        return Term("")
    if len(containers) > 1 or set(containers) - _KNOWN_CONTAINERS:
        return Term("")
    return Term(
        iri,
        coerced=definition.get("@type", ""),
        language=definition.get("@language", ""),
        container="".join(containers),
        scoped=_compile(definition["@context"]) if "@context" in definition else None,
    )


def _rule(member: str, term: Term, *, strict: bool, embeds: bool) -> Rule | None:
    """None for a term that the walk cannot handle, or could not tell apart from the standard's reading."""
    if term.keyword:
        return Rule(member, Kind.ALIAS, b"", b"")
    if not term.iri:
        return None
    lists = (Lists.ALWAYS if term.container == "@set" else Lists.NEVER) if strict else Lists.EITHER
    name, text = f"<{term.iri}> <".encode(), f'<{term.iri}> "'.encode()
    if term.container == "@language":
        return Rule(member, Kind.MAP, text, b"")
    if term.coerced == "@vocab":
        scoped = (term.scoped or {}).items()
        return Rule(
            member, Kind.CHOICE, name, b"> .\n", lists, {key: each.iri.encode() for key, each in scoped if each.iri}
        )
    if term.scoped is not None:
        # A property-scoped context reaches into the nodes below; types' contexts, which we know, stand alone.
        return None
    if term.coerced == "@id":
        return Rule(member, Kind.NAME if embeds else Kind.REFERENCE, name, b"> .\n", lists)
    if term.coerced in {"", XSD + "string"}:
        language = "" if term.coerced else term.language
        if language and not is_language_tag(language):
            return None
        return Rule(member, Kind.LITERAL, text, f'"@{language} .\n'.encode() if language else b'" .\n', lists)
    if not is_plain_iri(term.coerced):
        return None
    kind = Kind.TRUTH if term.coerced == XSD + "boolean" else Kind.LITERAL
    return Rule(member, kind, text, f'"^^<{term.coerced}> .\n'.encode(), lists)
