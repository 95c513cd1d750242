"""The lists below `/api/v1` that are public, and the SPARQL endpoint, as OpenAPI 3.1 describes them."""

from typing import Any

from registry.api.grantor_list import MAX_PAGE as MOST_GRANTORS
from registry.api.grantor_list import PAGE as USUAL_GRANTORS
from registry.intake.gravity import Gravity
from registry.record import RecordStatus
from registry.search.listing import MAX_PAGE, PAGE, Sort
from registry.translation import marked as _
from registry.web.openapi_parts import (
    AUTHORITIES,
    CANONICAL,
    CODE,
    ETAG,
    HTML,
    LANG,
    LICENSES,
    NO_FORMAT,
    NO_SCHEMA,
    NOT_FOUND,
    OTHER_TYPE,
    PROBLEM,
    REFUSED,
    SERVICE,
    TYPE,
    Answer,
    Node,
    json_of,
    operation,
    ref,
)
from registry.web.openapi_push_schemas import object_of
from registry.web.sparql import MEDIA_TYPES
from vocab.authority import Disclosure, FaceField, Level
from vocab.history import Status

_TEXT: Node = {"type": "string"}
_TEXTS: Node = {"anyOf": [{"type": "array", "items": _TEXT}, _TEXT]}
_COUNT: Node = {"type": "integer", "minimum": 0}
_TRUTH: Node = {"type": "boolean"}
_DAY: Node = {"type": "string", "format": "date"}
_MAYBE_DAY: Node = {"type": ["string", "null"], "format": "date"}
_BOTH: Node = object_of({"th": _TEXT, "en": _TEXT}, "th", "en")
_COUNTS: Node = {"type": "object", "additionalProperties": _COUNT}
_LINKS: Node = {"type": "object", "additionalProperties": _TEXT}
_NEXT: Node = {
    "type": ["string", "null"],
    "description": _("The address of the page that follows; null at the end."),
}


def _told(schema: Node, description: str) -> Node:
    return {**schema, "description": description}


def _query(name: str, schema: Node, example: object = None) -> Node:
    found = {"name": name, "in": "query", "required": False, "schema": schema}
    return found if example is None else {**found, "example": example}


def _page(usual: int, most: int) -> Node:
    return _query("limit", {"type": "integer", "minimum": 1, "maximum": most, "default": usual})


def _listed(item: Node) -> Node:
    return {"type": "array", "items": item}


def _all(properties: Node) -> Node:
    return object_of(properties, *properties)


_STATUSES = {"enum": [status.value for status in Status]}
_ROW_ALWAYS: Node = {
    "iri": _told(_TEXT, _("The permanent address of the licence.")),
    "number": _told(_TEXT, _("The number exactly as it is printed.")),
    "authority": _told(_TEXT, _("The code of its authority.")),
    "type": _told(_TEXT, _("The code of its type.")),
    "status": _STATUSES,
    "record": {"enum": [status.value for status in RecordStatus]},
    "modified_at": {"type": "string", "format": "date-time"},
    "links": _LINKS,
}
_ROW_PERHAPS: Node = {
    "licensee": _told(_TEXTS, _("The licensee or licensees; names of persons as their type discloses them.")),
    "licensee_en": _TEXTS,
    "juristic_id": _TEXTS,
    "premises": _TEXT,
    "premises_en": _TEXT,
    "district": _TEXT,
    "province": _TEXT,
    "issued_on": _DAY,
    "valid_from": _DAY,
    "expires_on": _DAY,
    "no_expiry": _told({"const": True}, _("Instead of a last day, where the law knows none.")),
}
_AUTHORITY: Node = {
    "iri": _TEXT,
    "code": _TEXT,
    "other_codes": _listed(_TEXT),
    "name": _BOTH,
    "level": {"enum": [level.value for level in Level]},
    "ministry": {"anyOf": [_BOTH, {"type": "null"}]},
    "province_code": _TEXT,
    "homepage": _TEXT,
    "did": _TEXT,
    "links": _LINKS,
}
_TYPE: Node = {
    "iri": _TEXT,
    "code": _TEXT,
    "name": _BOTH,
    "display_required": _told(
        {"type": ["boolean", "null"]},
        _("Whether a law demands that the licence is displayed openly; null is not known."),
    ),
    "legal_basis": _listed(_all({"iri": _TEXT, "code": _TEXT, "title": _BOTH, "section": _TEXT})),
    "links": _LINKS,
}
_ANNOUNCEMENT: Node = _all(
    {
        "iri": _TEXT,
        "code": _TEXT,
        "title": _BOTH,
        "types": _listed(_TEXT),
        "gazette_ref": _TEXT,
        "published_on": _MAYBE_DAY,
        "in_force_from": _MAYBE_DAY,
        "online_copy": _TEXT,
    }
)
_AUTHORITY_VIEW: Node = {
    **_AUTHORITY,
    "types": _listed(_all({"code": _TEXT, "licenses": _COUNT})),
    "statuses": _COUNTS,
    "announcements": _listed(_ANNOUNCEMENT),
}
_TYPE_VIEW: Node = {
    **_TYPE,
    "face": _listed(
        _all(
            {
                "field": {"enum": [field.value for field in FaceField]},
                "code": _TEXT,
                "label": _BOTH,
                "required": _TRUTH,
                "disclosure": {"enum": [level.value for level in Disclosure]},
            }
        )
    ),
    "licenses": _COUNT,
    "statuses": _COUNTS,
}

LIST_SCHEMAS: dict[str, Any] = {
    "LicenseRow": object_of({**_ROW_ALWAYS, **_ROW_PERHAPS}, *_ROW_ALWAYS),
    "LicenseList": object_of(
        {
            "licenses": _listed(ref("LicenseRow")),
            "next": _NEXT,
            "similar": _told(
                _listed(ref("LicenseRow")),
                _("Where no licence has the number: other licences that have nearly this number."),
            ),
            "facets": _told(
                {"type": "object", "additionalProperties": _COUNTS}, _("Of each filter how many have each value.")
            ),
            "counted": _told(_COUNT, _("So many licences of the list were looked at for this.")),
            "complete": _told(_TRUTH, _("Whether these are the whole list.")),
        },
        "licenses",
        "next",
    ),
    "AuthorityRow": _all(_AUTHORITY),
    "AuthorityList": _all({"authorities": _listed(ref("AuthorityRow")), "next": _NEXT}),
    "AuthorityView": _all(_AUTHORITY_VIEW),
    "TypeRow": _all(_TYPE),
    "TypeList": _all({"types": _listed(ref("TypeRow")), "next": _NEXT}),
    "TypeView": _all(_TYPE_VIEW),
}


def _answered(schema: str) -> Answer:
    return _("The document."), json_of(schema)


def _get(name: str, tag: str, summary: str, answers: dict[int, Answer], *parameters: Node) -> Node:
    return {"get": operation(name, tag, summary, {**answers, 400: REFUSED}, *parameters, headers={200: ETAG})}


_AUTHORITY_CODE: Node = {"type": "string", "pattern": CODE["schema"]["pattern"]}
_TYPE_CODE: Node = {"type": "string", "pattern": TYPE["schema"]["pattern"]}

_QUERY_REFUSED: dict[int, Answer] = {
    400: REFUSED,
    404: NOT_FOUND,
    406: NO_FORMAT,
    422: (_("The query takes too much time, memory or room; the problem says what helps."), PROBLEM),
    503: (_("As many queries are being answered as may be at once."), PROBLEM),
}
_FORMS = {name.partition(";")[0]: NO_SCHEMA for name in MEDIA_TYPES.values()}
_ANSWERED: Answer = (_("The answer, in the form that `Accept` or `format` asks for."), {**_FORMS, **HTML})
_FORMAT = _query("format", {"type": "string", "enum": list(MEDIA_TYPES)})
_ANY_QUERY: Node = {"type": "string"}
SPARQL_PATHS: dict[str, Node] = {
    "/sparql": {
        "get": operation(
            "askSparql",
            SERVICE,
            _(
                "Asks the graph of authorities, types, laws, announcements and counts; for browsers, the page with a form"
            ),
            {200: _ANSWERED, **_QUERY_REFUSED},
            _query("query", _ANY_QUERY, "SELECT * WHERE { ?s ?p ?o } LIMIT 5"),
            _FORMAT,
            LANG,
        ),
        "post": operation(
            "askSparqlByPost",
            SERVICE,
            _("The same for longer queries"),
            {200: _ANSWERED, **_QUERY_REFUSED, 415: OTHER_TYPE},
            _FORMAT,
            body={
                "application/sparql-query": {"schema": _ANY_QUERY, "example": "ASK { ?s ?p ?o }"},
                "application/x-www-form-urlencoded": {"schema": object_of({"query": _ANY_QUERY}, "query")},
            },
        ),
    }
}

LIST_PATHS: dict[str, Node] = {
    "/api/v1/licenses": _get(
        "listLicenses",
        LICENSES,
        _("Licences, narrowed by words and by facets, page by page; what is disclosed of each"),
        {200: _answered("LicenseList")},
        _query("q", {"type": "string", "minLength": 2}, "ร้าน"),
        _query("number", _TEXT, "12/2567"),
        _query("authority", _AUTHORITY_CODE, CODE["example"]),
        _query("ministry", _TEXT),
        _query("type", _TYPE_CODE, TYPE["example"]),
        _query("province", _TEXT, "นครพนม"),
        _query("district", _TEXT),
        _query("status", _STATUSES),
        _query("activity", _TEXT),
        _query("holder", {"type": "string", "pattern": "^[0-9]{13}$"}),
        _query("incomplete", {"type": "string", "enum": ["0", "1"], "default": "0"}),
        _query("finding", {"enum": [gravity.value for gravity in Gravity]}),
        _query("sort", {"enum": [sort.value for sort in Sort], "default": Sort.NEWEST.value}),
        _query("after", _TEXT),
        _page(PAGE, MAX_PAGE),
        _query("facets", {"type": "string", "enum": ["0", "1"], "default": "0"}),
    ),
    "/api/v1/authorities": _get(
        "listAuthorities",
        AUTHORITIES,
        _("The authorities that grant licences here, by their codes"),
        {200: _answered("AuthorityList")},
        _query("ministry", _TEXT),
        _query("type", _TYPE_CODE, TYPE["example"]),
        _query("level", {"enum": [level.value for level in Level]}),
        _query("after", _AUTHORITY_CODE),
        _page(USUAL_GRANTORS, MOST_GRANTORS),
    ),
    "/api/v1/authorities/{code}": _get(
        "getAuthority",
        AUTHORITIES,
        _("An authority: what it grants, how many licences it has here, its announcements"),
        {200: _answered("AuthorityView"), 308: CANONICAL, 404: NOT_FOUND},
        CODE,
    ),
    "/api/v1/types": _get(
        "listTypes",
        AUTHORITIES,
        _("The types of licences, by their codes, with their legal basis"),
        {200: _answered("TypeList")},
        _query("authority", _AUTHORITY_CODE, CODE["example"]),
        _query("after", _TYPE_CODE),
        _page(USUAL_GRANTORS, MOST_GRANTORS),
    ),
    "/api/v1/types/{code}": _get(
        "getType",
        AUTHORITIES,
        _("A type of licence: what stands on it, and how many are here"),
        {200: _answered("TypeView"), 404: NOT_FOUND},
        TYPE,
    ),
}
