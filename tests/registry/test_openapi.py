"""The description of the service says what the service is: every route is in it, and nothing else."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.app import create_app
from registry.config import Settings
from registry.register import Register
from registry.web.openapi_members import Member, members
from tests.registry.office import Office
from tests.registry.office import credential as license_credential
from tests.registry.small import BASE

_CONVERTER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_PARAMETER = re.compile(r"{(\w+)}")
LICENSE = "{authority}/{type}/{number}"
PUBLIC = {
    *("/api/v1/licenses", "/api/v1/authorities", "/api/v1/authorities/{code}", "/api/v1/types"),
    "/api/v1/types/{code}",
    "/api/v1/changes",
}
"""Below `/api/v1`, without a token."""


@pytest.fixture(params=["without the sandbox", "with the sandbox"])
def app(request: pytest.FixtureRequest, sqlite_register: Register, tmp_path: Path) -> Flask:
    switch = "1" if request.param == "with the sandbox" else "0"
    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path), "REGISTRY_SANDBOX": switch})
    return create_app(settings, sqlite_register)


def described(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    document: dict[str, Any] = answer.get_json()
    return document


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every (path, method) of the application, written as OpenAPI does. A licence's path has three or four parts."""
    for rule in app.url_map.iter_rules():
        path = _CONVERTER.sub(r"{\1}", rule.rule)
        path = path.replace("{tail}", LICENSE)
        paths = [path, f"{path}/{{qualifier}}"] if path.endswith(LICENSE) else [path]
        for each in paths:
            yield from ((each, method.lower()) for method in rule.methods or () if method not in {"HEAD", "OPTIONS"})


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_route_is_described_and_nothing_else(app: Flask) -> None:
    assert sorted((path, method) for path, method, _ in operations(described(app))) == sorted(routes(app))


def test_every_operation_is_complete(app: Flask) -> None:
    document = described(app)
    found = list(operations(document))
    assert len({operation["operationId"] for *_, operation in found}) == len(found)
    for path, method, operation in found:
        parameters = operation.get("parameters", [])
        assert {each["name"] for each in parameters if each["in"] == "path"} == set(_PARAMETER.findall(path))
        assert operation["summary"]
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
        assert any(status < "400" for status in operation["responses"])
        assert ("requestBody" in operation) == (method in {"post", "put"})


def test_every_reference_leads_somewhere(app: Flask) -> None:
    document = described(app)

    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                yield from [value] if key == "$ref" else references(value)
        elif isinstance(node, list):
            for item in node:
                yield from references(item)

    found = set(references(document))
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert found == schemas


def test_it_says_what_it_describes(app: Flask) -> None:
    document = described(app)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": BASE}]
    open_to_all: list[Any] = [{}] if "/sandbox" in document["paths"] else []
    assert document["paths"]["/credentials/issue"]["post"]["security"] == [{"token": []}, *open_to_all]
    for path, method, operation in operations(document):
        if path.startswith(("/api/v1/licenses/", "/api/v1/access/")) and method == "get":
            assert operation["security"] == [{}, {"token": []}], path
        elif path.startswith("/api/v1/") and path not in PUBLIC:
            assert operation["security"] == [{"token": []}], path
            assert {"401", "403", "429"} <= operation["responses"].keys(), path
        else:
            assert ("security" in operation) == (path == "/credentials/issue"), path
    answer = app.test_client().get("/openapi.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_people_can_read_it_in_both_languages(app: Flask) -> None:
    client = app.test_client()
    english, thai = client.get("/docs/api?lang=en"), client.get("/docs/api")
    for path, method, operation in operations(described(app)):
        for page in (english, thai):
            shown = page.text.replace("<wbr>", "").replace("&nbsp;", " ")
            assert f"{method.upper()} {path}" in shown
        assert operation["summary"].partition("'")[0].partition("`")[0] in english.text
        assert operation["summary"] not in thai.text
    for page in (english, thai):
        assert "<script" not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"], "default-src is 'none'"
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text.replace(f'"{BASE}/', '"/'))


def test_every_request_in_json_has_an_example_and_its_members_on_the_page(app: Flask) -> None:
    page = app.test_client().get("/docs/api?lang=en").text
    requests = [
        operation["requestBody"]["content"]["application/json"]
        for *_, operation in operations(described(app))
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    assert len(requests) >= 3
    for body in requests:
        (first, *_rest) = body["example"]
        assert f">{first}</code>" in page
        assert html.escape(f'"{first}": ', quote=True).replace("&quot;", "&#34;") in page
    for member in ("credential.credentialSubject.licensee[].legalName.th", "verdict.inForce.code"):
        assert f">{member}</code>" in page, member


def test_the_example_of_issuing_is_issued(sqlite_office: Office) -> None:
    document = sqlite_office.client.get("/openapi.json").get_json()
    body = document["paths"]["/credentials/issue"]["post"]["requestBody"]["content"]["application/json"]
    answer = sqlite_office.ask(body["example"])
    assert answer.status_code == 201, answer.text


def test_the_description_of_a_verdict_names_its_parts_and_their_codes(sqlite_office: Office) -> None:
    schemas = sqlite_office.client.get("/openapi.json").get_json()["components"]["schemas"]
    credential = sqlite_office.issue(license_credential()).get_json(force=True)
    altered = {**credential, "name": "x"}
    for document in (credential, altered):
        answer = sqlite_office.client.post("/credentials/verify", json={"verifiableCredential": document}).get_json()
        described_parts = schemas["Verdict"]["properties"]
        assert answer["verdict"].keys() == described_parts.keys() == set(schemas["Verdict"]["required"])
        for name in ("genuine", "signature", "issuer", "inForce"):
            assert answer["verdict"][name]["code"] in described_parts[name]["properties"]["code"]["enum"]


def test_every_code_in_the_description_is_in_the_documentation(sqlite_client: FlaskClient) -> None:
    schemas = sqlite_client.get("/openapi.json").get_json()["components"]["schemas"]
    text = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    codes = {
        code
        for verdict in ("Verdict", "PresentationVerdict")
        for part in schemas[verdict]["properties"].values()
        for code in part.get("properties", {}).get("code", {}).get("enum", [])
    }
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in text} == set()


def test_members_are_listed_with_what_may_stand_there() -> None:
    schemas = {
        "Name": {"type": "object", "properties": {"th": {"type": "string"}}},
        "Part": {"type": "object", "properties": {"code": {"type": "string", "description": "why"}}},
    }
    schema = {
        "type": "object",
        "required": ["names"],
        "properties": {
            "names": {"type": "array", "items": {"$ref": "#/components/schemas/Name"}},
            "end": {"anyOf": [{"type": "string", "format": "date"}, {"const": True}]},
            "part": {"allOf": [{"$ref": "#/components/schemas/Part"}], "properties": {"code": {"enum": ["a", "b"]}}},
            "proof": False,
            "asOf": {"type": ["string", "null"]},
        },
    }
    assert list(members(schema, schemas)) == [
        Member("names", "[object]", True, ""),
        Member("names[].th", "text", False, ""),
        Member("end", "date / true", False, ""),
        Member("part", "object", False, ""),
        Member("part.code", "a, b", False, "why"),
        Member("asOf", "text / null", False, ""),
    ]
