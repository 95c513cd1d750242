"""The description of the service says what the service is: every route is in it, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from registry.app import create_app
from registry.config import Settings
from registry.register import Register
from tests.registry.small import BASE

_CONVERTER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_PARAMETER = re.compile(r"{(\w+)}")
LICENSE = "{authority}/{type}/{number}"


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
        paths = (
            [path] if "{tail}" not in path else [path.replace("{tail}", LICENSE + end) for end in ("", "/{qualifier}")]
        )
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
        assert ("requestBody" in operation) == (method == "post")


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
    assert found <= schemas
    assert schemas - found <= {"#/components/schemas/SandboxIssuers"}, "used only where the sandbox is open"


def test_it_says_what_it_describes(app: Flask) -> None:
    document = described(app)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": BASE}]
    assert document["paths"]["/credentials/issue"]["post"]["security"] == [{"token": []}]
    secured = [path for path, _, operation in operations(document) if "security" in operation]
    assert secured == ["/credentials/issue"]
    answer = app.test_client().get("/openapi.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_people_can_read_it_in_both_languages(app: Flask) -> None:
    client = app.test_client()
    english, thai = client.get("/docs/api?lang=en"), client.get("/docs/api")
    for path, method, operation in operations(described(app)):
        for page in (english, thai):
            assert f"{method.upper()} {path}" in page.text
        assert operation["summary"].partition("'")[0].partition("`")[0] in english.text
        assert operation["summary"] not in thai.text
    for page in (english, thai):
        assert "<script" not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"], "default-src is 'none'"
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
