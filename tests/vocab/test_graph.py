"""The graph of a licence: nothing dropped, nothing relative, no blank node; PyLD, rdflib and pyoxigraph agree on it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from tests.builders import (
    BASE,
    LAO,
    LOADER,
    NOW,
    make_draft,
    make_grantor,
    make_license,
    make_person_license,
    make_type,
)
from verify.canonical import canonical_nquads
from verify.document import Document
from vocab import terms
from vocab.area import Area, provinces
from vocab.authority import GazetteAnnouncement, LegalProvision
from vocab.contexts import catalogue_context_bytes, credentials_v2_bytes, license_context_bytes
from vocab.disclosure import disclosed
from vocab.graph import RecordState, document, face
from vocab.history import Act, ActKind, History, Status, record
from vocab.iri import license_iri
from vocab.law import laws
from vocab.license import License, LocalText, Premises, Term
from vocab.linked import (
    announcement_document,
    area_document,
    day_document,
    law_document,
    provision_document,
    version_document,
)


def acts() -> History:
    grant = Act(
        number=1,
        kind=ActKind.GRANT,
        effective_on=date(2026, 1, 5),
        recorded_at=NOW,
        by="lao-06480115",
        order="คำสั่งที่ 1/2569",
        reason="ครบถ้วน",
        decided_on=date(2026, 1, 4),
    )
    day = date(2026, 2, 1)
    suspend = replace(grant, kind=ActKind.SUSPEND, effective_on=day, until=date(2026, 2, 15))
    void = replace(grant, kind=ActKind.CORRECT, effective_on=day, voids=2)
    renew = replace(
        grant, kind=ActKind.RENEW, effective_on=day, successor=license_iri(BASE, "lao-06480115", "food-premises", "9")
    )
    return record(record(record(record(History(), grant), suspend), void), renew)


def catalogue_document(license: License) -> Document:
    state = RecordState(
        status="published",
        created_at=NOW,
        modified_at=NOW,
        document=f"{BASE}/doc/jsonld/lic/{license.iri.tail}",
        replaces=(f"{BASE}/id/lic/x-a/b/1",),
        replaced_by=f"{BASE}/id/lic/x-a/b/3",
        versions=(f"{BASE}/ver/lic/1", f"{BASE}/ver/lic/7"),
    )
    return document(license, make_grantor(), acts(), Status.SUPERSEDED, state)


def standalone_face(license: License) -> Document:
    return {"@context": terms.license_context(BASE), **face(license, make_grantor())}


LICENSES = {
    "company": make_license(),
    "person": disclosed(make_person_license(), make_type()),
    "person restricted": disclosed(make_person_license(), replace(make_type(), face=())),
    "bare": License(iri=make_license().iri, number_as_received="12/2567"),
    "no expiry": make_license(term=Term(valid_from=date(2026, 1, 5), no_expiry=True)),
    "qualified": make_license("ก. 1/๒ (ข)", qualifier="o1204.be2567"),
}
DOCUMENTS = {
    f"{kind} of {name}": make(license)
    for name, license in LICENSES.items()
    for kind, make in (("face", standalone_face), ("document", catalogue_document), ("credential", make_draft))
}
TYPES = [
    make_type(),
    replace(
        make_type(),
        code="whole-act",
        legal_basis=(LegalProvision(code="pha-2535", title=LocalText(th="พ.ร.บ. การสาธารณสุข พ.ศ. 2535")),),
    ),
]
LAW = next(iter(laws(TYPES).values()))


def version_of(license: License) -> Document:
    return version_document(license, make_grantor(), sequence=7, number=2, recorded_at=NOW, replaces=3)


def day_of(license: License) -> Document:
    day, known = date(2026, 2, 3), acts()
    return day_document(
        license, make_grantor(), known.status(day), known.in_effect(day), day, known_at=NOW, is_coming=False
    )


DOCUMENTS |= {
    f"{kind} of {name}": make(license)
    for name, license in LICENSES.items()
    for kind, make in (("version", version_of), ("day", day_of))
}
DOCUMENTS |= {
    "law": law_document(LAW, TYPES, BASE),
    "section": provision_document(LAW.provisions[-1], LAW, TYPES, BASE),
    "announcement": announcement_document(make_grantor().announcements[0], TYPES, LAO, BASE),
    "province": area_document(provinces()["48"], [Area(code="4801", name=LocalText(th="เมืองนครพนม"))], [], BASE),
    "subdistrict": area_document(Area(code="480115"), [], [provinces()["48"], Area(code="4801")], BASE),
}
documents = pytest.mark.parametrize("node", DOCUMENTS.values(), ids=DOCUMENTS.keys())


def expanded(node: Document) -> list[Any]:
    def on_dropped(key: str) -> None:
        raise AssertionError(f"dropped: {key}")

    options = {"documentLoader": LOADER, "base": None}
    result: list[Any] = jsonld.expand(node, options, on_property_dropped=on_dropped)
    return result


def members(node: object) -> Iterator[tuple[str, Any]]:
    if isinstance(node, list):
        for item in node:
            yield from members(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from members(value)


@documents
def test_no_term_is_dropped_and_no_identifier_is_relative(node: Document) -> None:
    found = list(members(expanded(node)))
    identifiers = [value for key, value in found if key == "@id"]
    identifiers += [
        name for key, value in found if key == "@type" for name in ([value] if isinstance(value, str) else value)
    ]
    identifiers += [key for key, _ in found if not key.startswith("@")]
    assert identifiers
    assert all(name.partition(":")[0] in {"https", "http", "did"} for name in identifiers), identifiers


def inner_objects(node: object) -> Iterator[Document]:
    for _, value in members(node):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "type" in item:
                yield item


@documents
def test_every_node_has_a_name(node: Document) -> None:
    assert all(item["id"] for item in inner_objects(node))
    assert b"_:" not in canonical_nquads(node, LOADER)


@pytest.mark.parametrize("license", LICENSES.values(), ids=LICENSES.keys())
def test_inner_nodes_of_a_license_are_under_its_iri(license: License) -> None:
    kinds = {"Premises", "Address", "FaceItem", "Act", "Person"}
    found = [item for item in inner_objects(catalogue_document(license)) if item["type"] in kinds]
    assert found
    assert all(item["id"].startswith(f"{license.iri}#") for item in found)
    assert len({item["id"] for item in found}) == len(found)


def pyld_canonical(node: Document) -> bytes:
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": LOADER,
        "base": None,
        "rdfDirection": "i18n-datatype",
    }
    text: str = jsonld.normalize(node, options)
    return text.encode()


@documents
def test_the_canonical_form_is_pylds_own(node: Document) -> None:
    assert canonical_nquads(node, LOADER) == pyld_canonical(node)


def inlined(node: Document) -> Document:
    """The document with its contexts written out, for processors that would fetch them."""
    known = {
        terms.CREDENTIALS_V2: json.loads(credentials_v2_bytes())["@context"],
        terms.license_context(BASE): json.loads(license_context_bytes())["@context"],
        BASE + terms.CATALOGUE_CONTEXT_PATH: json.loads(catalogue_context_bytes())["@context"],
    }
    named = node["@context"]
    return node | {"@context": [known[url] for url in ([named] if isinstance(named, str) else named)]}


@documents
def test_pyoxigraph_reads_the_same_triples(node: Document) -> None:
    parsed = ox.parse(json.dumps(inlined(node)).encode(), format=ox.RdfFormat.JSON_LD)
    theirs = {str(quad) for quad in parsed}
    ours = {str(quad) for quad in ox.parse(canonical_nquads(node, LOADER), format=ox.RdfFormat.N_QUADS)}
    assert theirs == ours


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own use of it
@documents
def test_rdflib_reads_the_same_triples(node: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)  # it would write Z as +00:00
    theirs = rdflib.Graph().parse(data=json.dumps(inlined(node)), format="json-ld")
    # Through pyoxigraph, to which "x" and "x"^^xsd:string are one literal, as RDF 1.1 has it.
    lines = theirs.serialize(format="nt", encoding="utf-8")
    found = {str(quad) for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)}
    assert found == {str(quad) for quad in ox.parse(canonical_nquads(node, LOADER), format=ox.RdfFormat.N_TRIPLES)}


def test_what_is_said_twice_is_said_once() -> None:
    license = make_license()
    twice = replace(
        license,
        conditions=license.conditions * 2,
        aliases=license.aliases * 2,
        activities=license.activities * 2,
        licensees=license.licensees * 2,
    )
    assert face(twice, make_grantor()) == face(license, make_grantor())


def test_what_is_not_known_is_left_out() -> None:
    node = face(LICENSES["bare"], replace(make_grantor(), announcements=()))
    assert node.keys() == {"id", "type", "licenseNumber", "licenseType", "issuedBy", "validIn", "legalBasis"}
    empty = replace(make_license(), premises=(Premises(),))
    assert face(empty, make_grantor())["premises"] == [{"id": f"{empty.iri}#premises-1", "type": "Premises"}]
    bare = GazetteAnnouncement(code="x", title=LocalText(th="ก"), types=())
    (shown,) = face(license=make_license(), grantor=replace(make_grantor(), announcements=(bare,)))[
        "displayAnnouncement"
    ]
    assert shown.keys() == {"id", "type", "title", "passedBy"}
