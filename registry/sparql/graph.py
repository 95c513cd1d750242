"""The small graph that SPARQL asks: vocabulary and code lists, authorities, types, laws, announcements, the catalogue of
datasets, and how many licences each authority has of each type in each status. There is no licence in it, and no person."""

import hashlib
from collections.abc import Iterator

import pyoxigraph as ox
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import urls
from registry.datasets import Dumps, catalog
from registry.dumps.files import MANIFEST
from registry.register import Register
from registry.render import render_graph
from registry.search.counting import Counts, count_licenses
from registry.store import Store
from registry.tables import AnnouncementRow, AuthorityRow, ChangeRow, LicenseTypeRow, MandateRow
from verify.canonical import canonical_nquads
from vocab import resource, terms
from vocab.authority import LicenseType, Mandate
from vocab.contexts import ontology_bytes
from vocab.graph import Node
from vocab.law import laws
from vocab.linked import announcement_document, authority_document, law_document, type_document

FORMAT = b"4"
"""Of the graph: another one is made anew by a new version of the software."""
QB, VALUE = "http://purl.org/linked-data/cube#", "http://purl.org/linked-data/sdmx/2009/measure#obsValue"
_A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_INTEGER = terms.PREFIXES["xsd"] + "integer"


def graph_stamp(register: Register, session: Session, dumps: Dumps) -> str:
    """What stands for the graph as it would be made now: the same as long as nothing in it changes. Reads what was declared, when
    dumps were made, and the number of the last change, and no licence."""
    digest = hashlib.sha256(FORMAT + register.base.encode() + dumps.data_license.encode() + ontology_bytes())
    for table in (AuthorityRow, LicenseTypeRow, MandateRow, AnnouncementRow):
        for document in session.scalars(select(table.document).order_by(*table.__table__.primary_key)):
            digest.update(document.encode())
    digest.update(str(session.scalar(select(func.max(ChangeRow.sequence)))).encode())
    for path in sorted(dumps.folder.glob(f"*/*/{MANIFEST}")):
        digest.update(f"{path} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:32]


def graph_triples(register: Register, store: Store, dumps: Dumps) -> Iterator[bytes]:
    """The graph as pieces of N-Triples."""
    yield (
        ox.serialize(
            (quad.triple for quad in ox.parse(ontology_bytes(), format=ox.RdfFormat.TURTLE)),
            format=ox.RdfFormat.N_TRIPLES,
        )
        or b""
    )
    for document in _documents(store):
        yield canonical_nquads(document, register.loader)
    yield render_graph(catalog(store, dumps), "nt", register.loader).body
    yield "".join(_observations(register.base, store.mandates(), count_licenses(store.session))).encode()


def _documents(store: Store) -> Iterator[Node]:
    """What the register says under the IRIs of types, laws, authorities and announcements."""
    base, types = store.base, store.license_types()
    by_code = {each.code: each for each in types}
    granted: dict[str, list[LicenseType]] = {}
    for mandate in store.mandates():
        granted.setdefault(mandate.authority, []).append(by_code[mandate.type])
    yield from (type_document(each, (), base) for each in types)
    yield from (law_document(law, types, base) for law in laws(types).values())
    for authority in store.authorities():
        announced = store.announcements(authority.code)
        yield authority_document(authority, granted.get(authority.code, []), announced, base)
        for item in announced:
            covered = [by_code[code] for code in item.types if code in by_code]
            yield announcement_document(item, covered, authority.code, base)


def _observations(base: str, mandates: list[Mandate], counts: Counts) -> Iterator[str]:
    """Of each mandate how many licences there are, and of each status that occurs how many; codes are plain ASCII."""
    dataset = f"{base}{urls.sparql()}#licenses"
    yield _triple(dataset, _A, f"<{QB}DataSet>")
    statuses: dict[tuple[str, str], dict[str, int]] = {(each.authority, each.type): {} for each in mandates}
    for (authority, license_type, status), count in counts.licenses.items():
        statuses.setdefault((authority, license_type), {})[status] = count
    for (authority, license_type), found in statuses.items():
        for status, count in [("", sum(found.values())), *found.items()]:
            name = f"{resource.authority_iri(base, authority)}#licenses-{license_type}" + (
                f"-{status}" if status else ""
            )
            yield _triple(name, _A, f"<{QB}Observation>")
            yield _triple(name, f"{QB}dataSet", f"<{dataset}>")
            yield _triple(name, terms.PREFIXES["schema"] + "issuedBy", f"<{resource.authority_iri(base, authority)}>")
            yield _triple(name, terms.PREFIXES["dct"] + "type", f"<{resource.license_type_iri(base, license_type)}>")
            if status:
                yield _triple(name, terms.PREFIXES["adms"] + "status", f"<{terms.LICENSE_STATUS}{status}>")
            yield _triple(name, VALUE, f'"{count}"^^<{_INTEGER}>')


def _triple(subject: str, predicate: str, value: str) -> str:
    return f"<{subject}> <{predicate}> {value} .\n"
