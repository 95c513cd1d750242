"""The addresses of links to documents, and of files that are kept here, as OpenAPI 3.1 describes them."""

from registry.access.checks import Outcome
from registry.access.link import Origin
from registry.translation import marked as _
from registry.web.openapi_parts import (
    CANONICAL,
    ETAG,
    LICENSE,
    NO_SCHEMA,
    NO_TOKEN,
    NOT_FOUND,
    NOT_NOW,
    NOT_YOURS,
    OTHER_TYPE,
    PROBLEM,
    PUSHING,
    QUALIFIER,
    REFUSED,
    REJECTED,
    TOO_MANY,
    WITHDRAWN,
    Node,
    header,
    json_of,
    operation,
    ref,
    text_in_path,
)
from registry.web.openapi_push_schemas import object_of
from vocab.access import AccessRights

_TEXT: Node = {"type": "string"}
_INSTANT: Node = {"type": "string", "format": "date-time"}
_RIGHTS: Node = {"enum": [each.value for each in AccessRights]}
_WRITING = {
    308: CANONICAL,
    400: REFUSED,
    401: NO_TOKEN,
    403: NOT_YOURS,
    404: NOT_FOUND,
    409: NOT_NOW,
    410: WITHDRAWN,
    429: TOO_MANY,
}
_NOW = (_("The links of the licence as they are now."), json_of("Links"))
_REDACTED: Node = {
    "name": "redacted",
    "in": "query",
    "description": "1: nothing stands in the file that the register withholds of this licence.",
    "schema": {"type": "string", "enum": ["1"]},
}
_READ_SUMMARY = _("Where the document of a licence is, who may read it, and what was found there")
_PUT_SUMMARY = _(
    "Says where the document of a licence is: all links that were declared so; an empty list withdraws them"
)
_UPLOAD_SUMMARY = _("Keeps the PDF of a licence here, in the place of the one before; it must only show something")
_DELETE_SUMMARY = _("Shows the PDF that was uploaded for a licence no more")


def _of_license(name: str, *further: Node) -> Node:
    return {
        "get": {
            **operation(
                f"getLinks{name}",
                PUSHING,
                _READ_SUMMARY,
                {200: _NOW, 308: CANONICAL, 400: REFUSED, 401: NO_TOKEN, 404: NOT_FOUND, 410: WITHDRAWN, 429: TOO_MANY},
                *LICENSE,
                *further,
                headers={200: ETAG},
            ),
            "security": [{}, {"token": []}],
        },
        "put": operation(
            f"putLinks{name}",
            PUSHING,
            _PUT_SUMMARY,
            {200: _NOW, **_WRITING, 415: OTHER_TYPE, 422: REJECTED},
            *LICENSE,
            *further,
            body=json_of("PutLinks"),
            token=True,
        ),
    }


def _file_of_license(name: str, *further: Node) -> Node:
    return {
        "put": operation(
            f"putFile{name}",
            PUSHING,
            _UPLOAD_SUMMARY,
            {200: _NOW, **_WRITING, 415: OTHER_TYPE, 422: REJECTED},
            *LICENSE,
            *further,
            _REDACTED,
            body={"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            token=True,
        ),
        "delete": operation(
            f"deleteFile{name}", PUSHING, _DELETE_SUMMARY, {200: _NOW, **_WRITING}, *LICENSE, *further, token=True
        ),
    }


_TAIL = "{authority}/{type}/{number}"
ACCESS_PATHS: dict[str, Node] = {
    f"/api/v1/access/{_TAIL}": _of_license("OfLicense"),
    f"/api/v1/access/{_TAIL}/{{qualifier}}": _of_license("OfQualifiedLicense", QUALIFIER),
    f"/api/v1/files/{_TAIL}": _file_of_license("OfLicense"),
    f"/api/v1/files/{_TAIL}/{{qualifier}}": _file_of_license("OfQualifiedLicense", QUALIFIER),
    "/file/{sha256}.pdf": {
        "get": operation(
            "file",
            PUSHING,
            _("The PDF of a licence, to be downloaded"),
            {
                200: (_("The file."), {"application/pdf": NO_SCHEMA}),
                206: (_("A part of the file."), {"application/pdf": NO_SCHEMA}),
                404: NOT_FOUND,
                410: (_("The file was withdrawn."), PROBLEM),
                503: (_("The file is not at hand. This says nothing about the licence."), PROBLEM),
            },
            text_in_path("sha256", "^[0-9a-f]{64}$", "0" * 64),
            headers={200: {**ETAG, "Repr-Digest": header("RFC 9530: the SHA-256 of the whole file.")}},
        )
    },
}
_SAID: Node = {
    "rights": _RIGHTS,
    "access_url": {**_TEXT, "description": _("A page that leads to the document; of a restricted one, the log-in.")},
    "download_url": {**_TEXT, "description": _("The document itself; of public ones alone.")},
    "media_type": _TEXT,
    "digest": {**_TEXT, "description": _("As W3C Subresource Integrity writes it: sha256-...")},
}
ACCESS_SCHEMAS: dict[str, Node] = {
    "PutLinks": object_of(
        {"links": {"type": "array", "items": object_of(_SAID, "rights", closed=True)}}, "links", closed=True
    ),
    "Links": object_of(
        {"license": _TEXT, "page": _TEXT, "links": {"type": "array", "items": ref("Link")}}, "license", "page", "links"
    ),
    "Link": object_of(
        {
            "id": _TEXT,
            "origin": {"enum": [each.value for each in Origin]},
            **_SAID,
            "size": {"type": "integer", "minimum": 0},
            "since": _INSTANT,
            "last_attempt": {
                "type": ["object", "null"],
                "required": ["at", "outcome", "message"],
                "properties": {
                    "at": _INSTANT,
                    "outcome": {"enum": [each.value for each in Outcome]},
                    "message": _TEXT,
                },
            },
            "last_good": {
                "type": ["object", "null"],
                "required": ["at"],
                "properties": {"at": _INSTANT, "media_type": _TEXT, "size": {"type": "integer", "minimum": 0}},
            },
        },
        *("id", "origin", "rights", "since"),
    ),
}
_EXAMPLE: Node = {
    "links": [
        {
            "rights": "public",
            "download_url": "https://www.photak.example.go.th/files/12-2567.pdf",
            "media_type": "application/pdf",
        }
    ]
}
ACCESS_EXAMPLES: dict[str, Node] = {"putLinksOfLicense": _EXAMPLE, "putLinksOfQualifiedLicense": _EXAMPLE}
