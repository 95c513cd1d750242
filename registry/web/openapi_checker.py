"""The addresses of the offline checker and of the inspector pack, as OpenAPI describes them."""

from registry.translation import marked as _
from registry.web.openapi_parts import (
    CANONICAL,
    FOUND,
    NO_SCHEMA,
    NOT_FOUND,
    PAGE,
    SERVICE,
    TRUST,
    Node,
    operation,
    text_in_path,
)

_SCRIPT: Node = {"text/javascript": NO_SCHEMA}

CHECKER_PATHS: Node = {
    "/pack/manifest": {
        "get": operation(
            "packManifest",
            TRUST,
            _("What the inspector pack is made of, signed"),
            {200: (FOUND[0], {"application/cose": NO_SCHEMA})},
        )
    },
    "/pack/parts/{sha256}": {
        "get": operation(
            "packPart",
            TRUST,
            _("A part of the inspector pack; its bytes never change"),
            {200: (FOUND[0], {"application/cbor": NO_SCHEMA}), 404: NOT_FOUND},
            text_in_path("sha256", "^[0-9a-f]{64}$", "0" * 64),
        )
    },
    "/pack/whole": {
        "get": operation(
            "packWhole",
            TRUST,
            _("The inspector pack in one file, for checking without a network"),
            {200: (FOUND[0], {"application/cbor": NO_SCHEMA})},
        )
    },
    "/checker": {"get": operation("checkerLink", SERVICE, _("Leads to the checker"), {308: CANONICAL})},
    "/checker/": {
        "get": operation(
            "checker", SERVICE, _("The checker for inspectors, which works without a network"), {200: PAGE}
        )
    },
    "/checker/manifest.webmanifest": {
        "get": operation(
            "checkerManifest",
            SERVICE,
            _("How the checker is installed on a phone"),
            {200: (FOUND[0], {"application/manifest+json": NO_SCHEMA})},
        )
    },
    "/checker/sw.js": {
        "get": operation("checkerWorker", SERVICE, _("What keeps the checker on the phone"), {200: (FOUND[0], _SCRIPT)})
    },
    "/checker/app/{name}": {
        "get": operation(
            "checkerFile",
            SERVICE,
            _("A file of the checker"),
            {200: (FOUND[0], {**_SCRIPT, "text/css": NO_SCHEMA}), 404: NOT_FOUND},
            text_in_path("name", "^[a-zA-Z0-9./_-]{1,80}$", "checker/app.js"),
        )
    },
}
