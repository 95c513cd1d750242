"""What our words mean is there for people and machines; shapes and the register's own look at itself find the same faults."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyshacl
import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import RDF, SKOS, Namespace, URIRef

from registry.faults import faults_found
from registry.register import Register
from tests.builders import BASE as SAMPLE_BASE
from tests.builders import LOADER, NOW, make_grantor, make_license, make_person_license, make_type
from tests.registry.small import BASE, CLINIC, DEPARTMENT, FOOD, MAPPING, TODAY, TOWN, act, row, send
from verify.canonical import canonical_nquads
from vocab.access import AccessRights, LicenseAccess, parse_access
from vocab.authority import Disclosure, FaceField, FaceItem, GazetteAnnouncement
from vocab.contexts import ontology_bytes, shapes_bytes
from vocab.disclosure import disclosed
from vocab.graph import Grantor, RecordState, access_node, document
from vocab.history import Act, ActKind, History, Status, record
from vocab.license import License, LocalText, Person, Term
from vocab.section13 import Fault, faults
from vocab.terms import NAMESPACE

DCAT, DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
LINK = parse_access(rights="public", download_url="https://www.example.go.th/1.pdf")
SH = Namespace("http://www.w3.org/ns/shacl#")
NAMES = ("lic", "license-status", "record-status", "act-kind", "access-right", "shape/s13", "license-type")
GAZETTED = GazetteAnnouncement(
    code="display",
    title=LocalText(th="ประกาศ"),
    types=("food-premises",),
    gazette_ref="เล่ม 141",
    published_on=date(2024, 2, 1),
    in_force_from=date(2024, 2, 2),
)
GRANTOR = replace(make_grantor(), announcements=(GAZETTED,))
GOOD = make_license(term=Term(valid_from=date(2024, 3, 1), expires_on=date(2399, 12, 31)))
GRANT = Act(
    number=1, kind=ActKind.GRANT, effective_on=date(2024, 3, 1), recorded_at=NOW, by="lao-06480115", term=GOOD.term
)
GRANTED = record(History(), GRANT)
SUSPENDED = record(GRANTED, replace(GRANT, kind=ActKind.SUSPEND, effective_on=date(2024, 4, 1), term=None))
PUBLIC_NAMES = replace(
    make_type(), face=(FaceItem(field=FaceField.LICENSEE, label=LocalText(th="ก"), disclosure=Disclosure.PUBLIC),)
)


def with_announcement(**members: Any) -> Grantor:
    return replace(GRANTOR, announcements=(replace(GAZETTED, **members),))


PLANTED: dict[str, tuple[License, Grantor, History, Status, set[Fault]]] = {
    "good": (GOOD, GRANTOR, GRANTED, Status.ACTIVE, set()),
    "no expiry": (
        replace(GOOD, term=Term(valid_from=date(2024, 3, 1), no_expiry=True)),
        *(GRANTOR, GRANTED, Status.ACTIVE, set()),
    ),
    "suspended": (GOOD, GRANTOR, SUSPENDED, Status.SUSPENDED, set()),
    "no law": (
        GOOD,
        replace(GRANTOR, license_type=replace(make_type(), legal_basis=())),
        *(GRANTED, Status.ACTIVE, {Fault.LEGAL_BASIS}),
    ),
    "no licensee": (replace(GOOD, licensees=()), GRANTOR, GRANTED, Status.ACTIVE, {Fault.LICENSEE}),
    "no day of issue": (replace(GOOD, issued_on=None), GRANTOR, GRANTED, Status.ACTIVE, {Fault.ISSUED_ON}),
    "Buddhist year of issue": (
        replace(GOOD, issued_on=date(2567, 3, 1)),
        *(GRANTOR, GRANTED, Status.ACTIVE, {Fault.ISSUED_YEAR}),
    ),
    "Buddhist years of the term": (
        replace(GOOD, term=Term(valid_from=date(2567, 3, 1), expires_on=date(2570, 2, 28))),
        *(GRANTOR, GRANTED, Status.PENDING, {Fault.BEGIN_YEAR, Fault.END_YEAR}),
    ),
    "no end": (replace(GOOD, term=Term()), GRANTOR, GRANTED, Status.UNKNOWN, {Fault.EXPIRY}),
    "lapsed": (
        replace(GOOD, term=Term(expires_on=date(2020, 1, 1))),
        *(GRANTOR, GRANTED, Status.ACTIVE, {Fault.LAPSED}),
    ),
    "suspended by nobody": (GOOD, GRANTOR, GRANTED, Status.SUSPENDED, {Fault.ACT}),
    "suspension declared void": (
        GOOD,
        GRANTOR,
        record(SUSPENDED, replace(GRANT, kind=ActKind.CORRECT, effective_on=date(2024, 5, 1), voids=2, term=None)),
        *(Status.SUSPENDED, {Fault.ACT}),
    ),
    "superseded by nothing": (GOOD, GRANTOR, GRANTED, Status.SUPERSEDED, {Fault.ACT, Fault.SUCCESSOR}),
    "no announcement": (GOOD, replace(GRANTOR, announcements=()), GRANTED, Status.ACTIVE, {Fault.ANNOUNCEMENT}),
    "not gazetted": (
        GOOD,
        with_announcement(gazette_ref="", published_on=None),
        *(GRANTED, Status.ACTIVE, {Fault.GAZETTE_REFERENCE, Fault.GAZETTE_DATE}),
    ),
    "in force before it was published": (
        GOOD,
        with_announcement(in_force_from=date(2024, 1, 1)),
        *(GRANTED, Status.ACTIVE, {Fault.GAZETTE_ORDER}),
    ),
    "citizen number": (
        replace(
            make_person_license(), licensees=(Person(name=LocalText(th="นายสมชาย 1-1037-01234-56-7")),), term=GOOD.term
        ),
        replace(GRANTOR, license_type=PUBLIC_NAMES),
        *(GRANTED, Status.ACTIVE, {Fault.CITIZEN_NUMBER}),
    ),
}


def found_by_shapes(graph: rdflib.Graph) -> set[str]:
    """The local names of the shapes and constraints that the graph does not keep."""
    shapes = rdflib.Graph().parse(data=shapes_bytes(), format="turtle")
    _conforms, report, _text = pyshacl.validate(graph, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        source = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceShape)
        found.add(str(source).partition("#")[2])
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, in pyshacl
@pytest.mark.parametrize(("license", "grantor", "history", "status", "expected"), PLANTED.values(), ids=PLANTED.keys())
def test_shapes_and_rules_find_the_same(
    license: License, grantor: Grantor, history: History, status: Status, expected: set[Fault]
) -> None:
    public = disclosed(license, grantor.license_type)
    successor = next((each.successor for each in history.in_effect() if each.successor), None)
    state = RecordState(
        status="published",
        created_at=NOW,
        modified_at=NOW,
        document=f"{SAMPLE_BASE}/doc/jsonld/lic/{license.iri.tail}",
        replaced_by=str(successor) if successor else "",
        access=(access_node(LINK, license, 1, SAMPLE_BASE),),
    )
    node = document(public, grantor, history, status, state)
    graph = rdflib.Graph().parse(data=canonical_nquads(node, LOADER), format="nt")
    assert faults(public, grantor, history, status, TODAY, [LINK]) == expected
    assert found_by_shapes(graph) == {str(fault) for fault in expected}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("rights", list(AccessRights))
def test_every_link_that_can_be_declared_keeps_the_shapes(rights: AccessRights) -> None:
    address = {} if rights is AccessRights.NON_PUBLIC else {"access_url": "https://www.example.go.th/1"}
    node = graph_of(GOOD, parse_access(rights=rights.value, media_type="application/pdf", **address))
    assert found_by_shapes(node) == set()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_licence_without_a_link_is_warned_of() -> None:
    assert found_by_shapes(graph_of(GOOD)) == {str(Fault.ACCESS)}
    assert faults(GOOD, GRANTOR, GRANTED, Status.ACTIVE, TODAY, []) == {Fault.ACCESS}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (f"<{DCAT}accessURL> <http://www.example.go.th/>", "access-page"),
        (f"<{DCAT}downloadURL> <https://www.example.go.th/x>", "access-address"),
        (f"<{DCT}accessRights> <https://x.example/>", "access-right"),
    ],
)
def test_what_cannot_be_declared_breaks_the_shapes(statement: str, rule: str) -> None:
    graph = graph_of(GOOD, parse_access(rights="restricted", access_url="https://www.example.go.th/login"))
    graph.parse(data=f"<{GOOD.iri}#access-1> {statement} .", format="nt")
    assert rule in found_by_shapes(graph)


def graph_of(license: License, *links: LicenseAccess) -> rdflib.Graph:
    """The document of a good licence with these links."""
    state = RecordState(
        status="published",
        created_at=NOW,
        modified_at=NOW,
        document=f"{SAMPLE_BASE}/doc/jsonld/lic/{license.iri.tail}",
        access=tuple(access_node(each, license, n, SAMPLE_BASE) for n, each in enumerate(links, 1)),
    )
    node = document(license, GRANTOR, GRANTED, Status.ACTIVE, state)
    return rdflib.Graph().parse(data=canonical_nquads(node, LOADER), format="nt")


def test_every_fault_was_planted_and_has_its_shape() -> None:
    assert {fault for *_, expected in PLANTED.values() for fault in expected} == set(Fault) - {Fault.ACCESS}
    shapes = rdflib.Graph().parse(data=shapes_bytes(), format="turtle")
    for fault in Fault:
        assert (URIRef(f"{NAMESPACE}shape/s13#{fault}"), None, None) in shapes
        languages = {text.language for text in shapes.objects(URIRef(f"{NAMESPACE}shape/s13#{fault}"), SH.message)}  # type: ignore[attr-defined]
        assert languages == {"th", "en"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_whole_register_is_looked_at_and_its_documents_say_the_same(
    register: Register, client: FlaskClient
) -> None:
    send(
        register,
        row("1/2567"),
        row("2/2567", expires_on=""),
        row("3/2567", licensee=""),
        row("4/2567", expires_on="2025-01-01"),
        row("5/2567", licensee="นายสมชาย ใจดีมาก", juristic_id=""),
    )
    plain = MAPPING.partition("[columns.particulars]")[0]
    from registry.intake.publish import publish
    from registry.intake.suspicion import SUSPICIONS
    from tests.registry.small import submission, table

    publish(register, submission(table(row("ก 1")), DEPARTMENT, CLINIC, plain), accept=SUSPICIONS)
    act(register, "1/2567", ActKind.SUSPEND, TODAY)
    found = {str(iri): {str(fault) for fault in each} for iri, each in faults_found(register)}
    assert len(found) == 6
    for iri, each in found.items():
        answer = client.get(iri.removeprefix(BASE).replace("/id/", "/doc/nt/", 1))
        # The shape asks the clock of the machine; what has lapsed by that of the register is tried above.
        shown = found_by_shapes(rdflib.Graph().parse(data=answer.data, format="nt")) - {"lapsed"}
        assert shown == each, iri
    town = f"{BASE}/id/lic/{TOWN}/{FOOD}/"
    assert found[f"{town}1~2F2567"] == {"gazette-reference", "access"}
    assert found[f"{town}2~2F2567"] == {"gazette-reference", "expiry", "access"}
    assert {"legal-basis", "announcement"} <= found[next(iri for iri in found if f"/{CLINIC}/" in iri)]


@pytest.mark.parametrize("name", ["", *NAMES])
def test_definitions_are_there_in_every_form(sqlite_client: FlaskClient, name: str) -> None:
    for accept, form in (
        ("text/html", "html"),
        ("application/ld+json", "jsonld"),
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
    ):
        leads = sqlite_client.get(f"/def/{name}", headers={"Accept": accept})
        assert leads.status_code == 303
        path = f"/doc/{form}/def/{name}" if name else f"/doc/{form}/def"
        assert leads.headers["Location"] == path
        answer = sqlite_client.get(path)
        assert answer.status_code == 200
        again = sqlite_client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    tail = f"/{name}" if name else ""
    turtle = rdflib.Graph().parse(data=sqlite_client.get(f"/doc/ttl/def{tail}").data, format="turtle")
    triples = rdflib.Graph().parse(data=sqlite_client.get(f"/doc/nt/def{tail}").data, format="nt")
    assert len(triples) > 3
    assert set(turtle) == set(triples)
    assert not any(isinstance(term, rdflib.BNode) for triple in triples for term in triple)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["", *NAMES[:-1]])
def test_definitions_in_json_say_the_same(sqlite_client: FlaskClient, name: str) -> None:
    tail = f"/{name}" if name else ""
    json = rdflib.Graph().parse(data=sqlite_client.get(f"/doc/jsonld/def{tail}").data, format="json-ld")
    assert set(json) == set(rdflib.Graph().parse(data=sqlite_client.get(f"/doc/nt/def{tail}").data, format="nt"))


def test_every_term_is_explained_in_both_languages_on_its_page(sqlite_client: FlaskClient) -> None:
    from registry.definitions import definitions

    for name, each in definitions().items():
        assert each.terms, name
        pages = [sqlite_client.get(f"/doc/html/def/{name}{lang}").text for lang in ("", "?lang=en")]
        for term in each.terms:
            assert term.meaning is not None, term
            assert all((term.label.th, term.label.en, term.meaning.th, term.meaning.en)), term
            for page in pages:
                assert f'id="{term.name}"' in page
                assert term.iri in page


def test_a_code_leads_to_its_place_in_the_list(sqlite_client: FlaskClient) -> None:
    leads = sqlite_client.get("/def/license-status/active", headers={"Accept": "text/html"})
    assert (leads.status_code, leads.headers["Location"]) == (303, "/doc/html/def/license-status#active")
    for path in ("/def/none", "/def/license-status/none", "/doc/ttl/def/none", "/def/none/active"):
        assert sqlite_client.get(path).status_code == 404
    assert sqlite_client.get("/def/lic", headers={"Accept": "image/png"}).status_code == 406


def test_the_types_of_this_register_are_a_code_list(sqlite_client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=sqlite_client.get("/doc/ttl/def/license-type").data)
    scheme = URIRef(f"{BASE}/def/license-type")
    assert (scheme, RDF.type, SKOS.ConceptScheme) in graph
    assert (URIRef(f"{BASE}/def/license-type/{FOOD}"), SKOS.inScheme, scheme) in graph


def test_shapes_have_no_node_without_a_name() -> None:
    for turtle in (ontology_bytes(), shapes_bytes()):
        assert not any(
            isinstance(term, rdflib.BNode) for triple in rdflib.Graph().parse(data=turtle) for term in triple
        )
