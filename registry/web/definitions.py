"""What our terms, codes and shapes mean, for people and machines: `/def/` and what is under it."""

from flask import Blueprint, Response, abort, render_template

from registry import urls
from registry.definitions import Defined, Definitions, definitions, serialized
from registry.register import Register
from registry.render import Rendered
from registry.timing import declared_at
from registry.translation import marked as _
from registry.web.linking import Link, Thing, graph_answer, lead_to, page_answer, rendered_answer
from vocab import resource, terms
from vocab.graph import type_node
from vocab.license import LocalText

_FORMS = "<any(html, jsonld, ttl, nt):form>"
_TYPES = "license-type"
_TYPES_LABEL = LocalText(th="ประเภทใบอนุญาต", en="Types of licence")
_ABSENT = "nothing is defined under this address; /def/ lists what is"
KINDS = {
    "Class": _("Class"),
    "DatatypeProperty": _("Property with a value"),
    "ObjectProperty": _("Property that leads to a thing"),
    "Concept": _("Code in a list"),
    "NodeShape": _("Shape"),
    "PropertyShape": _("Rule"),
    "SPARQLConstraint": _("Rule"),
}


def definitions_blueprint(register: Register) -> Blueprint:
    """The list of all definitions, each of them, and the list of the license types of this register."""
    blueprint = Blueprint("definitions", __name__)

    @blueprint.get("/def/")
    def all_definitions() -> Response:
        return lead_to(_thing(""))

    @blueprint.get("/def/<path:name>")
    def definition(name: str) -> Response:
        if name == _TYPES or name in definitions():
            return lead_to(_thing(name))
        whole, _slash, code = name.rpartition("/")
        if whole not in definitions() or code not in {term.name for term in definitions()[whole].terms}:
            abort(404, _ABSENT)
        return lead_to(_thing(whole), fragment=code)

    @blueprint.get(f"/doc/{_FORMS}/def")
    def list_document(form: str) -> Response:
        thing = _thing("")
        if form == "html":
            return page_answer(thing, _page(register, None, thing))
        triples = [triple for each in definitions().values() for triple in each.triples]
        return rendered_answer(thing, Rendered(*serialized(triples, form)), form)

    @blueprint.get(f"/doc/{_FORMS}/def/<path:name>")
    def document(form: str, name: str) -> Response:
        if name == _TYPES:
            return _license_types(register, form)
        found = definitions().get(name)
        if found is None:
            abort(404, _ABSENT)
        thing = _thing(name)
        if form == "html":
            return page_answer(thing, _page(register, found, thing))
        return rendered_answer(thing, Rendered(*serialized(found.triples, form)), form)

    return blueprint


def _license_types(register: Register, form: str) -> Response:
    thing = _thing(_TYPES)
    with register.database.reading() as session:
        store = register.store(session)
        types = store.license_types()
        modified = declared_at(register, store)
    scheme = resource.license_type_scheme_iri(register.base)
    if form == "html":
        found = [
            Defined(
                iri=resource.license_type_iri(register.base, each.code),
                name=each.code,
                kind="Concept",
                label=each.name,
                meaning=None,
            )
            for each in types
        ]
        whole = Defined(iri=scheme, name=_TYPES, kind="ConceptScheme", label=_TYPES_LABEL, meaning=None)
        listed = Definitions(name=_TYPES, whole=whole, terms=tuple(found), triples=())
        return page_answer(thing, _page(register, listed, thing))
    node = {
        "@context": terms.catalogue_contexts(register.base),
        "id": scheme,
        "type": "ConceptScheme",
        "prefLabel": {"th": _TYPES_LABEL.th, "en": _TYPES_LABEL.en},
        "hasConcept": [type_node(each, register.base) for each in types],
    }
    return graph_answer(register, thing, node, form, modified)


def _thing(name: str) -> Thing:
    links = (
        (Link("collection", urls.definition()),)
        if name
        else tuple(Link("item", urls.definition(each)) for each in (*definitions(), _TYPES))
    )
    return Thing(path=urls.definition(name), document=lambda form: urls.definition_document(name, form), links=links)


def _page(register: Register, shown: Definitions | None, thing: Thing) -> str:
    """One of the definitions, or the list of all."""
    return render_template(
        "definitions.html",
        page=shown,
        everything=list(definitions().values()),
        kinds=KINDS,
        path=thing.path,
        document=thing.document,
        base=register.base,
    )
