"""The addresses below `/api/v1`, as OpenAPI 3.1 describes them."""

from registry.api.batch_request import MOST, PAGE
from registry.intake.batch import Holds
from registry.intake.diff import OUTCOMES
from registry.translation import marked as _
from registry.web.openapi_parts import (
    BATCHES,
    BUSY,
    CANONICAL,
    CHANGED_SINCE,
    ETAG,
    LICENSE,
    LOCATION,
    NO_KEY,
    NO_SCHEMA,
    NO_TOKEN,
    NOT_FOUND,
    NOT_NOW,
    NOT_YOURS,
    NUMBER,
    OTHER_TYPE,
    PUSHING,
    QUALIFIER,
    REFUSED,
    REJECTED,
    TOO_MANY,
    WITHDRAWN,
    Answer,
    Node,
    form_of,
    in_path,
    json_of,
    operation,
)
from registry.web.openapi_push_schemas import object_of

_TEXT: Node = {"type": "string"}
_ANY_OF = {400: REFUSED, 401: NO_TOKEN, 403: NOT_YOURS, 429: TOO_MANY}
_OWN = {**_ANY_OF, 404: NOT_FOUND}
_KEY: Node = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": '^"[A-Za-z0-9._:-]{1,200}"$'},
    "example": '"8e03978e-40d5-43dd"',
}


def _header(name: str) -> Node:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "example": "*"}


def _query(name: str, schema: Node, *, required: bool = False) -> Node:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _answered(meaning: str, schema: str) -> Answer:
    return meaning, json_of(schema)


_FILE_FIELDS: Node = {
    "type": _TEXT,
    "source": _TEXT,
    "holds": {"enum": [item.value for item in Holds]},
}
_LINES: Node = {"application/jsonl": {"schema": _TEXT}}
_BINARY: Node = {"schema": {"type": "string", "format": "binary"}}
_LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE})
_AFTER = _query("after", {"type": "integer", "minimum": 0, "maximum": 999_999_999})
_GONE_ON = _("The licence as it is now.")
_REPORT = _("The batch as it is now.")
_PUT_SUMMARY = _("Publishes one licence, or changes it; where nothing changes, nothing is written")
_GET_SUMMARY = _("One licence as plain JSON: in full for its authority's own system, for others as it is disclosed")


def _license_operations(name: str, *further: Node) -> Node:
    return {
        "put": operation(
            f"put{name}",
            PUSHING,
            _PUT_SUMMARY,
            {
                200: _answered(_GONE_ON, "PutAnswer"),
                201: _answered(_("The new licence."), "PutAnswer"),
                308: CANONICAL,
                **_OWN,
                409: NOT_NOW,
                412: CHANGED_SINCE,
                415: OTHER_TYPE,
                422: REJECTED,
                503: NO_KEY,
            },
            *LICENSE,
            *further,
            _header("If-Match"),
            _header("If-None-Match"),
            body=json_of("PlainLicense"),
            token=True,
            headers={200: ETAG, 201: {**LOCATION, **ETAG}},
        ),
        "get": {
            **operation(
                f"get{name}",
                PUSHING,
                _GET_SUMMARY,
                {
                    200: _answered(_GONE_ON, "LicenseView"),
                    308: CANONICAL,
                    400: REFUSED,
                    401: NO_TOKEN,
                    404: NOT_FOUND,
                    410: WITHDRAWN,
                    429: TOO_MANY,
                },
                *LICENSE,
                *further,
                headers={200: ETAG},
            ),
            "security": [{}, {"token": []}],
        },
    }


PUSH_PATHS: dict[str, Node] = {
    "/api/v1/licenses/{authority}/{type}/{number}": _license_operations("License"),
    "/api/v1/licenses/{authority}/{type}/{number}/{qualifier}": _license_operations("QualifiedLicense", QUALIFIER),
    "/api/v1/licenses/{authority}/{type}": {
        "post": operation(
            "sendLicenses",
            PUSHING,
            _("Publishes many licences, one a line (JSON lines); each line is answered by a line"),
            {
                200: (_("An answer for each line, and the sum of all."), {"application/jsonl": NO_SCHEMA}),
                **_OWN,
                415: OTHER_TYPE,
            },
            *LICENSE[:2],
            body=_LINES,
            token=True,
        )
    },
    "/api/v1/acts": {
        "post": operation(
            "recordAct",
            PUSHING,
            _("Records a decision: suspend, reinstate, revoke, surrender, renew, correct"),
            {
                201: _answered(_("The act, and what the licence is now."), "ActAnswer"),
                **_OWN,
                409: NOT_NOW,
                415: OTHER_TYPE,
                422: REJECTED,
                503: NO_KEY,
            },
            _KEY,
            body=json_of("ActRequest"),
            token=True,
            headers={201: LOCATION},
        )
    },
    "/api/v1/batches": {
        "get": operation(
            "listBatches",
            BATCHES,
            _("The files that the authority sent, newest first"),
            {200: _answered(_("Some of them, and where there are more."), "BatchList"), **_ANY_OF},
            _query("before", {"type": "integer", "minimum": 0, "maximum": 999_999_999}),
            _LIMIT,
            token=True,
        ),
        "post": operation(
            "sendBatch",
            BATCHES,
            _("Takes a file, checks it and compares it with what is public; nothing of it is public yet"),
            {
                201: _answered(_("What is in it."), "BatchReport"),
                **_ANY_OF,
                409: NOT_NOW,
                415: OTHER_TYPE,
                422: REJECTED,
                503: BUSY,
            },
            *(_query(name, schema) for name, schema in (*_FILE_FIELDS.items(), ("name", _TEXT))),
            _KEY,
            body={
                "multipart/form-data": {
                    "schema": object_of(
                        {"file": _BINARY["schema"], **_FILE_FIELDS, "mapping": _TEXT, "authority": _TEXT},
                        "file",
                        "type",
                    )
                },
                "application/octet-stream": _BINARY,
            },
            token=True,
            headers={201: LOCATION},
        ),
    },
    "/api/v1/batches/{number}": {
        "get": operation(
            "getBatch",
            BATCHES,
            _("What is in a batch and what became of it"),
            {200: _answered(_REPORT, "BatchReport"), **_OWN},
            NUMBER,
            token=True,
        )
    },
    "/api/v1/batches/{number}/rows": {
        "get": operation(
            "getRows",
            BATCHES,
            _("The rows of a batch, with what was found in them"),
            {200: _answered(_("Some of them, and where there are more."), "RowPage"), **_OWN},
            NUMBER,
            _query("outcome", {"type": "string", "enum": list(OUTCOMES)}),
            _query("findings", {"type": "string", "enum": ["1"]}),
            _AFTER,
            _LIMIT,
            token=True,
        )
    },
    "/api/v1/batches/{number}/changes": {
        "get": operation(
            "getChanges",
            BATCHES,
            _("The licences that a batch changes, field by field"),
            {200: _answered(_("Some of them, and where there are more."), "ChangePage"), **_OWN},
            NUMBER,
            _AFTER,
            _LIMIT,
            token=True,
        )
    },
    "/api/v1/batches/{number}/missing": {
        "get": operation(
            "getMissing",
            BATCHES,
            _("The licences of the list that are public and not in the file"),
            {200: _answered(_("Some of them, and where there are more."), "MissingPage"), **_OWN},
            NUMBER,
            _AFTER,
            _LIMIT,
            token=True,
        )
    },
    "/api/v1/batches/{number}/sample": {
        "get": operation(
            "getSample",
            BATCHES,
            _("Some rows as they would be public, tried by the published rules for section 13"),
            {
                200: _answered(_("At most 20 rows; their findings are the rules that they do not keep."), "Sample"),
                **_OWN,
            },
            NUMBER,
            token=True,
        )
    },
    "/api/v1/batches/{number}/findings.{form}": {
        "get": operation(
            "getFindings",
            BATCHES,
            _("All findings as a list (CSV), or as a copy of the file in which they are marked (XLSX)"),
            {
                200: (
                    _("The file."),
                    {
                        "text/csv": NO_SCHEMA,
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": NO_SCHEMA,
                    },
                ),
                **_OWN,
            },
            NUMBER,
            form_of("csv", "xlsx"),
            token=True,
        )
    },
    "/api/v1/batches/{number}/{deed}": {
        "post": operation(
            "actOnBatch",
            BATCHES,
            _("Publishes a batch in one step, takes it back, compares it again with what is public, or puts it aside"),
            {
                200: _answered(_REPORT, "BatchReport"),
                201: _answered(_("The batch that takes its place."), "BatchReport"),
                **_OWN,
                409: NOT_NOW,
                415: OTHER_TYPE,
                422: REJECTED,
                503: NO_KEY,
            },
            NUMBER,
            in_path("deed", {"type": "string", "enum": ["publish", "undo", "restage", "discard"]}, "publish"),
            _KEY,
            body=json_of("BatchDeed"),
            token=True,
            headers={201: LOCATION},
        )
    },
}
