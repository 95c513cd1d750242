"""The description of the service (OpenAPI 3.1): `/openapi.json` for programs, and a page for people."""

import copy
import json
from dataclasses import dataclass
from importlib.metadata import version

import orjson
from flask import Blueprint, Response, render_template

from registry.register import Register
from registry.render import Rendered
from registry.web.answer import document_answer
from registry.web.openapi_access import ACCESS_EXAMPLES, ACCESS_PATHS, ACCESS_SCHEMAS
from registry.web.openapi_checker import CHECKER_PATHS
from registry.web.openapi_data import DATA_PATHS
from registry.web.openapi_license import LICENSE_SCHEMAS, examples
from registry.web.openapi_licensee import LICENSEE_EXAMPLES, LICENSEE_PATHS, LICENSEE_SCHEMAS
from registry.web.openapi_linked import LINKED_PATHS
from registry.web.openapi_lists import LIST_PATHS, LIST_SCHEMAS, SPARQL_PATHS
from registry.web.openapi_members import Member, members
from registry.web.openapi_parts import SANDBOX, TAGS, Node, ref
from registry.web.openapi_paths import PATHS, SANDBOX_PATHS
from registry.web.openapi_push import PUSH_PATHS
from registry.web.openapi_push_schemas import PUSH_EXAMPLES, PUSH_SCHEMAS
from registry.web.openapi_reports import REPORT_EXAMPLES, REPORT_PATHS, REPORT_SCHEMAS
from registry.web.openapi_schemas import SANDBOX_SCHEMAS, SCHEMAS
from registry.web.openapi_section13 import SECTION_13_PATHS

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


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation as the page shows it: with the members of what is sent and answered, and an example."""

    method: str
    path: str
    operation: Node
    sent: tuple[Member, ...]
    answered: tuple[Member, ...]
    example: str

    @property
    def needs_token(self) -> bool:
        """Whether it is for bearers of a token, and for them alone."""
        security = self.operation.get("security", [])
        return bool(security) and {} not in security


def _groups(document: Node) -> list[tuple[str, list[Entry]]]:
    """The operations by tag."""
    schemas = document["components"]["schemas"]
    entries = [
        _entry(method.upper(), path, operation, schemas)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        (tag["name"], [each for each in entries if each.operation["tags"] == [tag["name"]]]) for tag in document["tags"]
    ]


def _entry(method: str, path: str, operation: Node, schemas: Node) -> Entry:
    sent = _json_body(operation.get("requestBody", {}))
    # What an address for programs answers; the signed credentials are described elsewhere (docs/credentials.md).
    answered = _json_body(operation["responses"].get("200", {})) if sent else {}
    example = sent.get("example")
    return Entry(
        method=method,
        path=path,
        operation=operation,
        sent=tuple(members(sent.get("schema", {}), schemas)),
        answered=tuple(members(answered.get("schema", {}), schemas)),
        example=json.dumps(example, ensure_ascii=False, indent=2) if example else "",
    )


def _json_body(node: Node) -> Node:
    body: Node = node.get("content", {}).get("application/json", {})
    return body


def _paths(base: str, *, sandbox: bool) -> Node:
    """The paths, each request with an example for the register at `base`."""
    described = {**PATHS, **LINKED_PATHS, **DATA_PATHS, **LIST_PATHS, **SPARQL_PATHS, **SECTION_13_PATHS, **PUSH_PATHS}
    described |= {**ACCESS_PATHS, **REPORT_PATHS, **CHECKER_PATHS, **LICENSEE_PATHS}
    paths: Node = copy.deepcopy({**described, **(SANDBOX_PATHS if sandbox else {})})
    shown = {**examples(base), **PUSH_EXAMPLES, **ACCESS_EXAMPLES, **REPORT_EXAMPLES, **LICENSEE_EXAMPLES}
    for methods in paths.values():
        for operation in methods.values():
            if operation["operationId"] in shown:
                operation["requestBody"]["content"]["application/json"]["example"] = shown[operation["operationId"]]
    if sandbox:
        # Without a token the sandbox answers there too, whatever credential it is.
        issue = paths["/credentials/issue"]["post"]
        issue["security"] = [{"token": []}, {}]
        issue["requestBody"]["content"]["application/json"]["schema"] = {
            "anyOf": [ref("LicenseIssueRequest"), ref("IssueRequest")]
        }
    return paths


def openapi_document(base: str, software: str, *, sandbox: bool) -> Node:
    """The description of the service at `base`, run by this version of the software; with the sandbox where it is open."""
    schemas = {**SCHEMAS, **LICENSE_SCHEMAS, **LIST_SCHEMAS, **PUSH_SCHEMAS, **ACCESS_SCHEMAS, **REPORT_SCHEMAS}
    schemas |= LICENSEE_SCHEMAS
    if not sandbox:
        schemas = {name: schema for name, schema in schemas.items() if name not in SANDBOX_SCHEMAS}
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
        "paths": _paths(base, sandbox=sandbox),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of an authority, made by `license-registry token new`.",
                }
            },
        },
    }
