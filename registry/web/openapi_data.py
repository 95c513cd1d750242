"""The addresses of the change feed, the dumps and their catalogue, as OpenAPI 3.1 describes them."""

from registry.dumps.files import MANIFEST
from registry.translation import marked as _
from registry.web.openapi_parts import (
    CODE,
    DATA,
    FOUND,
    GRAPHS,
    HTML,
    LANG,
    LD,
    NO_FORMAT,
    NO_SCHEMA,
    NOT_FOUND,
    PROBLEM,
    REFUSED,
    SEE,
    TYPE,
    Node,
    form_of,
    header,
    operation,
    text_in_path,
)

_MOST = 10**18 - 1
_CHANGE: Node = {
    "type": "object",
    "required": ["sequence", "kind", "license", "at"],
    "properties": {
        "sequence": {"type": "integer", "minimum": 1},
        "kind": {"enum": ["create", "update", "delete"]},
        "license": {"type": "string", "format": "uri"},
        "at": {"type": "string", "format": "date-time"},
        "status": {"type": "string"},
        "record": {"type": "string"},
        "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
    },
}
_CHANGES: Node = {
    "type": "object",
    "required": ["changes", "cursor", "next", "more"],
    "properties": {
        "changes": {"type": "array", "items": _CHANGE},
        "cursor": {"type": "integer", "minimum": 0},
        "next": {"type": "string", "format": "uri"},
        "more": {"type": "boolean"},
    },
}
_ZSTD = {"application/zstd": NO_SCHEMA}
_DIGEST: Node = {"Accept-Ranges": header(), "Repr-Digest": header("RFC 9530: the SHA-256 of the whole file.")}


def _whole_number(name: str, schema: Node) -> Node:
    return {"name": name, "in": "query", "schema": {"type": "integer", **schema}}


DATA_PATHS: dict[str, Node] = {
    "/feed/lic": {
        "get": operation(
            "feed", DATA, _("The change feed (LDES): its oldest page, and the newest"), {200: (FOUND[0], LD)}
        )
    },
    "/feed/lic/{page}": {
        "get": operation(
            "feedPage",
            DATA,
            _("A page of the change feed; one that is full never changes"),
            {200: (FOUND[0], LD), 404: NOT_FOUND},
            text_in_path("page", "^(0|[1-9][0-9]{0,11})$", "0"),
        )
    },
    "/api/v1/changes": {
        "get": operation(
            "changes",
            DATA,
            _("What changed after a place in the feed, as plain JSON"),
            {200: (_("The changes."), {"application/json": {"schema": _CHANGES}}), 400: REFUSED},
            _whole_number("after", {"minimum": 0, "maximum": _MOST, "default": 0}),
            _whole_number("limit", {"minimum": 1, "maximum": 1_000, "default": 500}),
        )
    },
    "/id/catalog": {
        "get": operation(
            "catalog",
            DATA,
            _("The catalogue of datasets (DCAT): leads to a document about it"),
            {303: SEE, 406: NO_FORMAT},
        )
    },
    "/data/": {
        "get": operation(
            "data",
            DATA,
            _("The dumps: leads to the catalogue of datasets"),
            {303: SEE, 406: NO_FORMAT},
        )
    },
    "/doc/{form}/catalog": {
        "get": operation(
            "catalogDocument",
            DATA,
            _("The catalogue of datasets (DCAT)"),
            {200: (FOUND[0], {**GRAPHS, **HTML}), 404: NOT_FOUND},
            form_of("html", "jsonld", "ttl", "nt"),
            LANG,
        )
    },
    "/data/{authority}/{type}/{name}": {
        "get": operation(
            "dataFile",
            DATA,
            _("A file of the last dump: manifest.json, or a data file that the manifest names"),
            {
                200: (_("The manifest, or the file, packed with Zstandard."), {**LD, **_ZSTD}),
                206: (_("The range of the file that was asked for."), _ZSTD),
                302: (_("The present file of this format."), {}),
                404: NOT_FOUND,
                416: (_("The file does not have this range."), PROBLEM),
            },
            {**CODE, "name": "authority"},
            {**TYPE, "name": "type"},
            text_in_path("name", r"^(manifest\.json|licenses(-[0-9a-f]{16})?\.(csv|jsonl|nt)\.zst)$", MANIFEST),
            headers={206: _DIGEST, 302: {"Location": header(required=True)}},
        )
    },
    "/ctx/data/v1": {
        "get": operation(
            "dataContext",
            DATA,
            _("The JSON-LD context of datasets and their catalogue; its bytes never change"),
            {200: (FOUND[0], LD)},
        )
    },
}
