"""The description of the service (OpenAPI 3.1): `/openapi.json` for programs, and a page for people."""

from importlib.metadata import version

import orjson
from flask import Blueprint, Response, render_template

from registry.register import Register
from registry.render import Rendered
from registry.web.answer import document_answer
from registry.web.openapi_paths import PATHS, SANDBOX, SANDBOX_PATHS, TAGS, Node
from registry.web.openapi_schemas import SCHEMAS

NAME = "license-registry"


def openapi_blueprint(register: Register, *, sandbox: bool) -> Blueprint:
    """`/openapi.json` and `/docs/api`. `sandbox`: whether its addresses are there."""
    blueprint = Blueprint("openapi", __name__)
    document = openapi_document(register.base, version(NAME), sandbox=sandbox)
    body = orjson.dumps(document)

    @blueprint.get("/openapi.json")
    def description() -> Response:
        return document_answer(Rendered(body, "application/json"))

    @blueprint.get("/docs/api")
    def page() -> str:
        return render_template("api.html", groups=_groups(document), base=register.base)

    return blueprint


def _groups(document: Node) -> list[tuple[str, list[tuple[str, str, Node]]]]:
    """The operations by tag, each with its method and path."""
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        (tag["name"], [each for each in operations if each[2]["tags"] == [tag["name"]]]) for tag in document["tags"]
    ]


def openapi_document(base: str, software: str, *, sandbox: bool) -> Node:
    """The description of the service at `base`, run by this version of the software; with the sandbox where it is open."""
    paths = {**PATHS, **SANDBOX_PATHS} if sandbox else PATHS
    tags = TAGS if sandbox else tuple(tag for tag in TAGS if tag != SANDBOX)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "License registry",
            "version": software,
            "summary": "Licences with permanent addresses and signed credentials that anyone can check",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of an authority, made by `license-registry token new`.",
                }
            },
        },
    }
