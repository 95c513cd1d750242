"""The published shapes (`/def/shape/s13`), run on the documents of a few licences: as anybody elsewhere would run them.

`registry.faults` looks at every licence by the same rules without a graph, which is some hundred times quicker; here it shows
that both say the same, and what the shapes ask beside that (a number, a type, a status) is tried with real documents.
"""

import random
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from registry.access.link import Link, links_told
from registry.access.links import links_of
from registry.definitions import definitions
from registry.documents import license_node
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import EntryRow
from verify.canonical import canonical_nquads
from vocab.contexts import DocumentLoader, shapes_bytes
from vocab.disclosure import disclosed
from vocab.graph import Node
from vocab.iri import LicenseIri
from vocab.license import LocalText

if TYPE_CHECKING:
    from rdflib import Graph

SHAPES = "shape/s13"
_SH = "http://www.w3.org/ns/shacl#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Rule(NamedTuple):
    """A shape or constraint: the name that its address ends with, and what it asks for."""

    name: str
    message: LocalText


def broken_rules(document: Node, loader: DocumentLoader) -> list[Rule]:
    """The rules that the JSON-LD document of a licence does not keep, by name."""
    # Here and not above: they take a tenth of a second and 20 MB, and most processes never run a shape.
    import pyshacl
    from rdflib import Graph, URIRef

    graph = Graph().parse(data=canonical_nquads(document, loader), format="nt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        _conforms, report, _text = pyshacl.validate(graph, shacl_graph=_shapes())
    assert isinstance(report, Graph)
    found = set()
    for result in report.subjects(URIRef(_TYPE), URIRef(_SH + "ValidationResult")):
        source = report.value(result, URIRef(_SH + "sourceConstraint")) or report.value(
            result, URIRef(_SH + "sourceShape")
        )
        found.add(str(source).partition("#")[2])
    rules = _rules()
    return [rules[name] for name in sorted(found)]


def broken_by(
    store: Store, record: LicenseRecord, loader: DocumentLoader, links: Sequence[Link] | None = None
) -> list[Rule]:
    """The rules that a licence, as it is public or would be, does not keep. `links` are those that it would have; those that it
    has, where none are given."""
    has = links_of(store.session, store.codec, record.id) if links is None else links
    grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
    public = disclosed(record.license, grantor.license_type)
    told = links_told(has, record.license, grantor.license_type)
    return broken_rules(license_node(record, public, grantor, record.history.status(store.today), links=told), loader)


def broken_in_sample(
    register: Register, size: int, seed: str, authority: str = ""
) -> Iterator[tuple[LicenseIri, Sequence[Rule]]]:
    """The broken rules of `size` public licences (of one authority, where its code is given): which, `seed` decides, and the same
    seed chooses the same of the same register. Raises `NoSuchAuthority`."""
    with register.database.reading() as session:
        store = register.store(session)
        query = select(EntryRow.license_id).order_by(EntryRow.license_id)
        if authority:
            code = store.require_authority(authority).code
            query = query.where(EntryRow.authority_id == store.authority_id(code))
        ids = session.scalars(query).all()
        chosen = sorted(random.Random(seed).sample(ids, min(size, len(ids))))
        for record in _one_by_one(store, chosen):
            yield record.license.iri, broken_by(store, record, register.loader)


def _one_by_one(store: Store, ids: Iterable[int]) -> Iterator[LicenseRecord]:
    for one in ids:
        yield from store.records([one])


@cache
def _rules() -> dict[str, Rule]:
    terms = definitions()[SHAPES].terms
    return {term.name: Rule(term.name, term.meaning or term.label) for term in terms}


@cache
def _shapes() -> "Graph":
    from rdflib import Graph

    return Graph().parse(data=shapes_bytes(), format="turtle")
