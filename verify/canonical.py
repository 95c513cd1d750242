"""A JSON-LD document to its canonical N-Quads (RDFC-1.0), with nothing silently left out.

Our own documents are walked with a table (`verify.compiled`); for all others PyLD expands and makes RDF and pyoxigraph
canonicalises (design: credentials, "Traps found"). A document whose terms are not all
defined, or whose identifiers are not all absolute, is refused: what is dropped would not be signed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from pyld import jsonld

from verify.compiled import NotCompiled, compiled_context
from verify.document import Document
from verify.effort import require_affordable
from verify.errors import BeyondBounds, ContextUnavailable, ContextUnknown, MalformedDocument
from vocab.contexts import ContextAltered, ContextNotInstalled, DocumentLoader, UnknownContext

MAX_BLANK_NODES = 64
"""Far above any credential, far below what makes canonicalization expensive."""
MAX_ALIKE = 6
"""Blank nodes that only their neighbours tell apart are tried in every order: 6 take 0.02 s, 8 three seconds, 10 minutes."""
MAX_QUADS = 5_000
MAX_TABLED = 8
"""As many contexts together get a table of their own; of others the general way decides."""
MAX_STATEMENT_TEXT = 4 << 20
"""One long name can stand in each of many statements, and make far more of a document than was sent."""
MAX_TIES = 60
"""Statements about nodes that look alike: each is read again for every order that is tried."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
_KEYWORD_VALUES = frozenset({"@json", "@none"})


class _Dropped(Exception):
    """A property that no context defines. Raised through PyLD."""


def canonical_nquads(document: Document, loader: DocumentLoader) -> bytes:
    """The canonical N-Quads of `document`, UTF-8, sorted by code point: the fast way where it can be gone.

    Raises `MalformedDocument` for undefined terms, relative identifiers and anything that PyLD refuses, `ContextUnavailable`
    for a context that is known and not installed, its leaf `ContextUnknown` for any other, `BeyondBounds` for what is too dear.
    """
    found = plain_nquads(document, loader)
    return general_nquads(document, loader) if found is None else found


def plain_nquads(document: Document, loader: DocumentLoader, received: bytes = b"") -> bytes | None:
    """The same for a document in the plain form that the tables know (`verify.compiled`), or None for any other.

    `received`: the text that it was read from, or a longer one around it, where that is at hand.
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or len(contexts) > MAX_TABLED or not {*map(type, contexts)} <= {str}:
        return None
    try:
        return compiled_context(tuple(contexts), loader).canonical(document, received)
    except UnknownContext as error:
        raise _unknown(error) from error
    except (ContextNotInstalled, ContextAltered) as error:
        raise ContextUnavailable(str(error)) from error
    except NotCompiled:
        return None


def general_nquads(document: Document, loader: DocumentLoader, *, is_ours: bool = False) -> bytes:
    """The same by way of a full JSON-LD processor: for documents that the table does not know, and to check the table.

    `is_ours` is said of what the register itself has made: as large as what it publishes may be, this may be too.
    """
    if not is_ours:
        require_affordable(document)
    return _canonical(_to_rdf(_expanded(document, loader), is_ours=is_ours))


def _expanded(document: Document, loader: DocumentLoader) -> list[Any]:
    def on_dropped(key: str | None) -> None:
        raise _Dropped(key)

    # base=None: with '' PyLD resolves relative IRIs against example.org, and they would look absolute.
    options = {"documentLoader": loader, "base": None, "processingMode": "json-ld-1.1"}
    try:
        expanded: list[Any] = jsonld.expand(document, options, on_property_dropped=on_dropped)
    except _Dropped as error:
        raise MalformedDocument(f"term is not defined by the document's contexts (got {str(error)[:80]!r})") from error
    except jsonld.JsonLdError as error:
        raise _explained(error) from error
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        # PyLD raises bare built-in errors on some malformed input.
        raise MalformedDocument(f"document is not JSON-LD ({type(error).__name__}: {str(error)[:120]})") from error
    for identifier in _identifiers(expanded):
        # PyLD leaves a `null` among the types.
        if not isinstance(identifier, str) or not _ABSOLUTE.fullmatch(identifier):
            raise MalformedDocument(f"identifier or type is not an absolute IRI (got {str(identifier)[:120]!r})")
    return expanded


def _explained(error: jsonld.JsonLdError) -> MalformedDocument | ContextUnavailable:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, UnknownContext):
            return _unknown(cause)
        if isinstance(cause, ContextNotInstalled | ContextAltered):
            return ContextUnavailable(str(cause))
        cause = cause.__cause__ or getattr(cause, "cause", None)
    return MalformedDocument(f"document is not JSON-LD ({error.code or error.type}: {str(error.args[0])[:120]})")


def _unknown(error: UnknownContext) -> MalformedDocument | ContextUnknown:
    kind = ContextUnknown if _ABSOLUTE.fullmatch(error.url) else MalformedDocument
    return kind(f"context is not one that we know (got {error.url[:120]!r})")


def _identifiers(node: object) -> Iterator[object]:
    """Every `@id`, `@type` and property IRI of an expanded document, blank nodes left out."""
    if isinstance(node, list):
        for item in node:
            yield from _identifiers(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if not key.startswith("@"):
                yield key
            if key in {"@id", "@type"}:
                names = value if isinstance(value, list) else [value]
                yield from (name for name in names if not str(name).startswith("_:") and name not in _KEYWORD_VALUES)
            elif key != "@value":
                yield from _identifiers(value)


def _to_rdf(expanded: list[Any], *, is_ours: bool) -> list[ox.Quad]:
    try:
        # rdfDirection: without it a base direction would go unsigned.
        dataset = jsonld.to_rdf(expanded, {"base": None, "rdfDirection": "i18n-datatype"})
        if not is_ours:
            _require_short(dataset)
        quads = [_quad(triple, graph) for graph, triples in dataset.items() for triple in triples]
    except jsonld.JsonLdError as error:
        raise _explained(error) from error
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise MalformedDocument(f"document makes no RDF ({type(error).__name__}: {str(error)[:120]})") from error
    if len(quads) > MAX_QUADS and not is_ours:
        raise BeyondBounds(f"document makes too many statements (got {len(quads)}, at most {MAX_QUADS})")
    return quads


def _require_short(dataset: dict[str, list[dict[str, Any]]]) -> None:
    """Raises `BeyondBounds` for statements that are longer, all together, than any credential's are."""
    size = sum(
        len(graph) + sum(len(term["value"]) + len(term.get("datatype", "")) for term in triple.values())
        for graph, triples in dataset.items()
        for triple in triples
    )
    if size > MAX_STATEMENT_TEXT:
        raise BeyondBounds(f"document makes too long statements (got {size} characters, at most {MAX_STATEMENT_TEXT})")


def _quad(triple: dict[str, Any], graph: str) -> ox.Quad:
    name = ox.DefaultGraph() if graph == "@default" else _resource(graph)
    return ox.Quad(
        _resource(triple["subject"]["value"]),
        ox.NamedNode(triple["predicate"]["value"]),
        _object(triple["object"]),
        name,
    )


def _resource(value: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(value[2:]) if value.startswith("_:") else ox.NamedNode(value)


def _object(term: dict[str, Any]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if term["type"] != "literal":
        return _resource(term["value"])
    if term.get("language"):
        return ox.Literal(term["value"], language=term["language"])
    return ox.Literal(term["value"], datatype=ox.NamedNode(term["datatype"]))


def _canonical(quads: list[ox.Quad]) -> bytes:
    blank = {
        str(term)
        for quad in quads
        for term in (quad.subject, quad.object, quad.graph_name)
        if isinstance(term, ox.BlankNode)
    }
    if len(blank) > MAX_BLANK_NODES:
        # Bounded before, since canonicalization can be made to take minutes and cannot be interrupted.
        raise BeyondBounds(f"document has too many nodes without a name (got {len(blank)}, at most {MAX_BLANK_NODES})")
    alike = _alike(quads)
    if len(alike) > MAX_ALIKE:
        raise BeyondBounds(f"document has too many nodes that look alike (got {len(alike)}, at most {MAX_ALIKE})")
    ties = sum(str(quad.subject) in alike or str(quad.object) in alike for quad in quads)
    if ties > MAX_TIES:
        raise BeyondBounds(
            f"document says too much of nodes that look alike (got {ties} statements, at most {MAX_TIES})"
        )
    dataset = ox.Dataset(quads)
    if blank:
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    # Bytes of UTF-8 sort as code points do, which is the order that RDFC-1.0 wants.
    return b"".join(sorted(lines.splitlines(keepends=True)))


def _alike(quads: list[ox.Quad]) -> set[str]:
    """The blank nodes that share their first-degree form (RDFC-1.0, 4.6) with another: what makes canonicalization dear."""
    seen: dict[str, set[str]] = {}
    for quad in quads:
        terms = (quad.subject, quad.object, quad.graph_name)
        for blank in {str(term) for term in terms if isinstance(term, ox.BlankNode)}:
            shown = (
                str(term) if not isinstance(term, ox.BlankNode) else "_:a" if str(term) == blank else "_:z"
                for term in terms
            )
            seen.setdefault(blank, set()).add("\n".join((str(quad.predicate), *shown)))
    forms = {blank: frozenset(form) for blank, form in seen.items()}
    count = Counter(forms.values())
    return {blank for blank, form in forms.items() if count[form] > 1}
