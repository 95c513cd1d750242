"""Our vocabulary, code lists and shapes as they are served: each a set of triples, and its terms for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from vocab.contexts import ontology_bytes, shapes_bytes
from vocab.license import LocalText
from vocab.terms import NAMESPACE, PREFIXES

_RDFS, _SKOS, _SH = PREFIXES["rdfs"], PREFIXES["skos"], "http://www.w3.org/ns/shacl#"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LABELS = (ox.NamedNode(_RDFS + "label"), ox.NamedNode(_SKOS + "prefLabel"))
_TEXTS = (
    ox.NamedNode(_RDFS + "comment"),
    ox.NamedNode(_SKOS + "definition"),
    ox.NamedNode(_SH + "message"),
)
_IN_SCHEME = ox.NamedNode(_SKOS + "inScheme")
NAMES = ("lic", "license-status", "record-status", "act-kind", "access-right", "shape/s13")
"""What there is, by the tail of its IRI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """A term, code or shape: its IRI, the name that its address ends with, its kind, label and meaning."""

    iri: str
    name: str
    kind: str
    label: LocalText
    meaning: LocalText | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """A vocabulary, code list or set of shapes."""

    name: str
    whole: Defined
    terms: Sequence[Defined]
    triples: Sequence[ox.Triple]


@cache
def definitions() -> Mapping[str, Definitions]:
    """All that this software defines, by name. The IRIs are the same in every instance."""
    store = ox.Store()
    for turtle in (ontology_bytes(), shapes_bytes()):
        store.bulk_load(turtle, format=ox.RdfFormat.TURTLE)
    return {name: _definitions(store, name) for name in NAMES}


def serialized(triples: Sequence[ox.Triple], form: str) -> tuple[bytes, str]:
    """The triples as `jsonld`, `ttl` or `nt`, and the media type."""
    prefixes = {**PREFIXES, "owl": "http://www.w3.org/2002/07/owl#", "sh": _SH}
    match form:
        case "ttl":
            return ox.serialize(
                triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes
            ) or b"", "text/turtle; charset=utf-8"
        case "nt":
            lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
            return lines, "application/n-triples; charset=utf-8"
        case "jsonld":
            quads = [ox.Quad(each.subject, each.predicate, each.object) for each in triples]
            return ox.serialize(quads, format=ox.RdfFormat.JSON_LD) or b"", "application/ld+json"
        case other:
            raise ValueError(f"no such format (got {other!r})")


def _definitions(store: ox.Store, name: str) -> Definitions:
    whole = ox.NamedNode(NAMESPACE + name)
    subjects = {
        quad.subject
        for quad in store.quads_for_pattern(None, None, None)
        if isinstance(quad.subject, ox.NamedNode)
        and quad.subject.value.startswith((f"{whole.value}#", f"{whole.value}/"))
    }
    members = store.quads_for_pattern(None, _IN_SCHEME, whole)
    subjects |= {quad.subject for quad in members if isinstance(quad.subject, ox.NamedNode)}
    terms = sorted((_defined(store, each) for each in subjects), key=lambda each: each.iri)
    triples = [
        quad.triple
        for each in (whole, *(ox.NamedNode(term.iri) for term in terms))
        for quad in store.quads_for_pattern(each, None, None)
    ]
    triples.sort(key=str)
    return Definitions(name=name, whole=_defined(store, whole), terms=tuple(terms), triples=tuple(triples))


def _defined(store: ox.Store, node: ox.NamedNode) -> Defined:
    label = _text(store, node, _LABELS)
    kind = next((quad.object for quad in store.quads_for_pattern(node, _TYPE, None)), None)
    name = node.value.rpartition("#")[2] if "#" in node.value else node.value.rpartition("/")[2]
    return Defined(
        iri=node.value,
        name=name,
        kind=kind.value.rpartition("#")[2] if isinstance(kind, ox.NamedNode) else "",
        label=label or LocalText(en=name),
        meaning=_text(store, node, _TEXTS),
    )


def _text(store: ox.Store, node: ox.NamedNode, properties: Sequence[ox.NamedNode]) -> LocalText | None:
    found: dict[str, str] = {}
    for each in properties:
        for quad in store.quads_for_pattern(node, each, None):
            if isinstance(quad.object, ox.Literal):
                found.setdefault(quad.object.language or "", quad.object.value)
    th, en = found.get("th", ""), found.get("en", "")
    return LocalText(th=th, en=en) if th or en else None
