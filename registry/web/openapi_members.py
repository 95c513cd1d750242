"""The members of a JSON document, read from its schema, one a line: for the page that people read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from registry.web.openapi_parts import Node

_PREFIX = "#/components/schemas/"
_NAMES = {"string": "text", "object": "object", "integer": "integer", "boolean": "true, false", "null": "null"}
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Member:
    """A member as it is written: `credential.credentialSubject.premises[].address`. `kind` says what may stand there."""

    path: str
    kind: str
    required: bool
    description: str


def members(schema: Node, schemas: Mapping[str, Node], parent: str = "", depth: int = 0) -> Iterator[Member]:
    """Every member of the documents of `schema`, those of the parts that it refers to in `schemas` too."""
    schema = _resolved(schema, schemas)
    for each in schema.get("anyOf", ())[:1]:
        # Of several forms the first is the one that is meant; the others are named by their kind.
        yield from members(each, schemas, parent, depth)
    required = schema.get("required", ())
    for name, found in schema.get("properties", {}).items():
        if found is False:
            continue
        member = _resolved(found, schemas)
        path = f"{parent}.{name}" if parent else name
        yield Member(path, kind(member, schemas), name in required, member.get("description", ""))
        if depth < _DEEPEST:
            inner = member.get("items") if member.get("type") == "array" else member
            yield from members(inner or {}, schemas, path + ("[]" if member.get("type") == "array" else ""), depth + 1)


def kind(schema: Node, schemas: Mapping[str, Node]) -> str:
    """What may stand where `schema` holds, in a few words."""
    schema = _resolved(schema, schemas)
    if "const" in schema:
        value = schema["const"]
        return ", ".join(value) if isinstance(value, list) else str(value).lower() if value is True else str(value)
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "anyOf" in schema:
        return " / ".join(dict.fromkeys(kind(each, schemas) for each in schema["anyOf"]))
    match schema.get("type", "object"):
        case "array":
            return f"[{kind(schema.get('items', {}), schemas)}]"
        case list() as several:
            return " / ".join(_NAMES[name] for name in several)
        case "string" if "format" in schema:
            return str(schema["format"])
        case name:
            return _NAMES[str(name)]


def _resolved(schema: Node, schemas: Mapping[str, Node]) -> Node:
    """The schema with what it refers to; what stands beside the reference goes before."""
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_resolved(schemas[schema["$ref"].removeprefix(_PREFIX)], schemas), **rest}
    for part in schema.get("allOf", ()):
        inner = _resolved(part, schemas)
        properties = {**inner.get("properties", {})}
        for name, narrower in schema.get("properties", {}).items():
            properties[name] = {**properties.get(name, {}), **narrower}
        schema = {**inner, **schema, "properties": properties}
    return schema
