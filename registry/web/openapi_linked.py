"""The addresses of linked data, as OpenAPI describes them: laws, announcements, areas, versions, definitions."""

from registry.translation import marked as _
from registry.web.openapi_parts import (
    CANONICAL,
    CODE,
    FOUND,
    GRAPHS,
    HTML,
    LANG,
    LD,
    LINKED,
    NO_FORMAT,
    NOT_FOUND,
    NUMBER,
    PAGE,
    SEE,
    TRUST,
    WITHDRAWN,
    Answer,
    Node,
    form_of,
    operation,
    text_in_path,
)

_FORM = form_of("html", "jsonld", "ttl", "nt")
_DOCUMENT: Answer = (_("The document."), {**GRAPHS, **HTML})
_TERMS: Answer = (
    _DOCUMENT[0],
    # Without a context of its own: expanded, as JSON-LD 1.1, 1.5 has it.
    {**GRAPHS, "application/ld+json": {"schema": {"type": "array", "items": {"type": "object"}}}, **HTML},
)
_THING = {303: SEE, 404: NOT_FOUND, 406: NO_FORMAT}
_SERVED = {200: _DOCUMENT, 404: NOT_FOUND}
_LAW = text_in_path("code", "^[A-Za-z0-9][A-Za-z0-9._-]{0,40}(/[A-Za-z0-9._-]{1,20})?$", "pha-2535/s38")
_AUTHORITY = {**CODE, "name": "authority"}
_GAZETTE = text_in_path("code", "^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$", "display-2567")
_AREA = text_in_path("code", "^[1-9][0-9]([0-9]{2}){0,2}$", "48")
_NAME = text_in_path("name", "^[a-z0-9-]{1,40}(/[a-z0-9-]{1,40})?$", "license-status")

LINKED_PATHS: dict[str, Node] = {
    "/id/law/{code}": {
        "get": operation("law", LINKED, _("A law or a section of it: leads to a document about it"), _THING, _LAW, LANG)
    },
    "/doc/{form}/law/{code}": {
        "get": operation(
            "lawDocument",
            LINKED,
            _("A document about the law, with the types of licence that are granted under it"),
            _SERVED,
            _FORM,
            _LAW,
            LANG,
        )
    },
    "/id/gazette/{authority}/{code}": {
        "get": operation(
            "announcement",
            LINKED,
            _("An announcement on electronic display: leads to a document about it"),
            {**_THING, 308: CANONICAL},
            _AUTHORITY,
            _GAZETTE,
            LANG,
        )
    },
    "/doc/{form}/gazette/{authority}/{code}": {
        "get": operation(
            "announcementDocument",
            LINKED,
            _("A document about the announcement, with the types of licence that it covers"),
            {**_SERVED, 308: CANONICAL},
            _FORM,
            _AUTHORITY,
            _GAZETTE,
            LANG,
        )
    },
    "/id/area/{code}": {
        "get": operation(
            "area",
            LINKED,
            _("A province, district or subdistrict by its code: leads to a document about it"),
            _THING,
            _AREA,
            LANG,
        )
    },
    "/doc/html/area": {
        "get": operation("provinces", LINKED, _("How many licences each province has, for people"), {200: PAGE}, LANG)
    },
    "/doc/{form}/area/{code}": {
        "get": operation(
            "areaDocument",
            LINKED,
            _("A document about the area, with what lies in it"),
            _SERVED,
            _FORM,
            _AREA,
            LANG,
        )
    },
    "/ver/lic/{sequence}": {
        "get": operation(
            "version",
            LINKED,
            _("One version of a licence: the face that the register took down then"),
            {200: FOUND, 303: SEE, 404: NOT_FOUND, 406: NO_FORMAT, 410: WITHDRAWN},
            {**NUMBER, "name": "sequence"},
            LANG,
        )
    },
    "/def/": {
        "get": operation(
            "definitions",
            LINKED,
            _("The list of terms, codes and shapes: leads to a document about them"),
            {303: SEE, 406: NO_FORMAT},
            LANG,
        )
    },
    "/def/{name}": {
        "get": operation(
            "definition",
            LINKED,
            _("A vocabulary, code list, code or set of shapes: leads to a document about it"),
            _THING,
            _NAME,
            LANG,
        )
    },
    "/doc/{form}/def": {
        "get": operation(
            "definitionsDocument",
            LINKED,
            _("A document with all that is defined"),
            {200: _TERMS, 404: NOT_FOUND},
            _FORM,
            LANG,
        )
    },
    "/doc/{form}/def/{name}": {
        "get": operation(
            "definitionDocument",
            LINKED,
            _("A vocabulary, code list or set of shapes, with the meaning of each term"),
            {200: _TERMS, 404: NOT_FOUND},
            _FORM,
            _NAME,
            LANG,
        )
    },
    "/ctx/catalogue/v1": {
        "get": operation(
            "catalogueContext",
            TRUST,
            _("The JSON-LD context of what only documents of the catalogue have; no credential uses it"),
            {200: (FOUND[0], LD)},
        )
    },
}
