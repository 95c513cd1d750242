"""The one place that negotiates formats and makes documents of nouns."""

from dataclasses import dataclass

import orjson
import pyoxigraph as ox
from flask import Request
from werkzeug.datastructures import MIMEAccept

from verify.canonical import canonical_nquads
from vocab.contexts import DocumentLoader
from vocab.graph import Node
from vocab.terms import PREFIXES

MEDIA_TYPES = {
    "html": "text/html",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "vc": "application/vc",
    "linkset": "application/linkset+json",
}
_ALIASES = {"application/json": "jsonld", "application/xhtml+xml": "html"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of one document and its media type."""

    body: bytes
    media_type: str


def negotiate(request: Request, formats: tuple[str, ...]) -> str | None:
    """The best of `formats` for the request's Accept header; the first where it says nothing; None for 406."""
    # What follows a type (a charset, a profile of JSON-LD) asks for no other document.
    accepted = MIMEAccept([(kind.partition(";")[0].strip(), quality) for kind, quality in request.accept_mimetypes])
    if not accepted:
        return formats[0]
    offered = {MEDIA_TYPES[form]: form for form in formats}
    offered |= {media: form for media, form in _ALIASES.items() if form in formats}
    best = accepted.best_match(list(offered))
    return offered[best] if best else None


def render_graph(document: Node, form: str, loader: DocumentLoader) -> Rendered:
    """A JSON-LD document in one of the RDF formats: `jsonld`, `ttl` or `nt`."""
    match form:
        case "jsonld":
            return Rendered(orjson.dumps(document), "application/ld+json")
        case "nt":
            return Rendered(canonical_nquads(document, loader), "application/n-triples; charset=utf-8")
        case "ttl":
            triples = ox.parse(canonical_nquads(document, loader), format=ox.RdfFormat.N_QUADS)
            graph = [quad.triple for quad in triples]
            body = ox.serialize(graph, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""
            return Rendered(body, "text/turtle; charset=utf-8")
        case other:
            raise ValueError(f"no such format (got {other!r})")
