"""What the descriptions of addresses are made of: answers, parameters and operations of OpenAPI 3.1.

The English texts are messages; the readable page shows them in Thai as well.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from registry.translation import marked as _

Node = dict[str, Any]
Answer = tuple[str, Mapping[str, Node]]
"""What an answer means, and its content by media type."""


LICENSES, AUTHORITIES, LINKED, DATA, VERIFYING, ISSUING, PUSHING, BATCHES, TRUST, SERVICE, SANDBOX = (
    _("Licences"),
    _("Authorities and types"),
    _("Laws, announcements, areas and terms"),
    _("Changes and data"),
    _("Verifying"),
    _("Issuing"),
    _("Licences and decisions from an authority's own system"),
    _("Files from an authority's own system"),
    _("What verifiers need"),
    _("The service itself"),
    _("Sandbox"),
)
TAGS = (LICENSES, AUTHORITIES, LINKED, DATA, VERIFYING, ISSUING, PUSHING, BATCHES, TRUST, SERVICE, SANDBOX)

NO_SCHEMA: Node = {}
HTML = {"text/html": NO_SCHEMA}
TEXT = {"text/plain": NO_SCHEMA}
XML = {"application/xml": NO_SCHEMA}
CREDENTIAL_NAMES = ("application/vc", "application/ld+json", "application/json")


def ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def named(names: Iterable[str], schema: Node) -> dict[str, Node]:
    return {name: {"schema": schema} for name in names}


PROBLEM = {"application/problem+json": {"schema": ref("Problem")}, **HTML}
CREDENTIAL = named(CREDENTIAL_NAMES, ref("SecuredCredential"))
LD = {"application/ld+json": {"schema": {"type": "object"}}}
GRAPHS = {**LD, "text/turtle": NO_SCHEMA, "application/n-triples": NO_SCHEMA}

LINKSET = {
    "application/linkset+json": {
        "schema": {"type": "object", "required": ["linkset"], "properties": {"linkset": {"type": "array"}}}
    }
}

PAGE: Answer = (_("The page."), HTML)
FOUND: Answer = (_("The document."), GRAPHS)
SEE: Answer = (_("The document about it that `Accept` asks for."), {})
CANONICAL: Answer = (_("Its one address."), {})
CHOICE: Answer = (_("Several licences bear the number; `Link` names them."), {**HTML, **LINKSET})
NOT_FOUND: Answer = (_("There is nothing here."), PROBLEM)
NO_FORMAT: Answer = (_("None of the formats of this address was asked for."), PROBLEM)
BAD_DAY: Answer = (_("The day in `at` cannot be read, or this format does not tell of days."), PROBLEM)
BAD_LEVEL: Answer = (_("There is no such level."), PROBLEM)
WITHDRAWN: Answer = (_("The record was withdrawn."), PROBLEM)
REFUSED: Answer = (_("Refused; the problem says what was read and what was expected."), PROBLEM)
REFUSED_PAGE: Answer = (_("No page of this list ends where `after` says."), PROBLEM)
NO_TOKEN: Answer = (_("No token, or one that does not hold."), PROBLEM)
NOT_YOURS: Answer = (_("Not for the bearer of this token."), PROBLEM)
NO_KEY: Answer = (_("The registry cannot sign at the moment. Nothing was published."), PROBLEM)
CONFLICT: Answer = (_("What the register knows of the licence stands against it."), PROBLEM)
TOO_MANY: Answer = (_("Too many requests; `Retry-After` says when to come again."), PROBLEM)
REJECTED: Answer = (_("Of the right form, but it cannot be published; the problem says why."), PROBLEM)
CHANGED_SINCE: Answer = (_("The licence is not in the state that `If-Match` or `If-None-Match` names."), PROBLEM)
OTHER_TYPE: Answer = (_("Another kind of content is expected here."), PROBLEM)
NOT_NOW: Answer = (_("It does not fit what is there; the problem says why, and what can be done."), PROBLEM)
TOO_SLOW: Answer = (_("The request came too slowly. Nothing was carried out."), PROBLEM)
BUSY: Answer = (_("Too much was done here at once. Nothing was carried out; try again in a minute."), PROBLEM)
TOO_LONG: Answer = (_("The address is too long."), PROBLEM)
TOO_LARGE: Answer = (_("The request is too large."), PROBLEM)
ISSUED: Answer = (
    _("The secured credential itself."),
    {"application/json": {"schema": {"anyOf": [ref("SecuredCredential"), ref("EnvelopedCredential")]}}},
)
VERIFIED = _("It verifies.")
NOT_VERIFIED = _("It does not verify, or could not be checked, or the request cannot be read.")

LANG: Node = {
    "name": "lang",
    "in": "query",
    "schema": {"type": "string", "enum": ["th", "en"], "default": "th"},
}

QR_LEVEL: Node = {
    "name": "level",
    "in": "query",
    "description": "How much of the code may be lost: M (15 %), or Q (25 %) for places where it gets dirty.",
    "schema": {"type": "string", "enum": ["M", "Q"], "default": "M"},
}

ON_DAY: Node = {
    "name": "at",
    "in": "query",
    "description": "What was in force on this day, as JSON-LD, Turtle or N-Triples; for a day to come, as known today.",
    "schema": {"type": "string", "format": "date"},
}


def in_path(name: str, schema: Node, example: object) -> Node:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def text_in_path(name: str, pattern: str, example: str) -> Node:
    return in_path(name, {"type": "string", "pattern": pattern}, example)


def in_query(*names: str, example: str = "") -> list[Node]:
    """Parameters of which any text may be given."""
    given = {"example": example} if example else {}
    return [{"name": name, "in": "query", "schema": {"type": "string"}, **given} for name in names]


def form_of(*forms: str) -> Node:
    return in_path("form", {"type": "string", "enum": list(forms)}, forms[0])


CODE = text_in_path("code", "^(lao-[0-9]{8}|dep-[0-9]{4,5}|tin-[0-9]{13}|x-[a-z0-9]{2,16})$", "lao-06480115")
TYPE = text_in_path("code", "^[a-z0-9-]{1,40}$", "food-premises")
NUMBER = in_path("number", {"type": "integer", "minimum": 1, "maximum": 999_999_999}, 1)
JURISTIC = text_in_path("juristic_id", "^0[0-9]{12}$", "0994000165501")
(AFTER,) = in_query("after")
CHECK_ID = text_in_path("check_id", "^[0-9A-HJKMNP-TV-Z]{26}$", "6WSFNSP2YA0BN7NDPEF7G98QYS")
LICENSE_NUMBER = in_path(
    "number",
    {"type": "string", "pattern": "^([A-Za-z0-9_.-]|~[0-7][0-9A-F]|[\u0e01-\u0e5b])+$", "maxLength": 1500},
    "12~2F2567",
)
LICENSE = (
    {**CODE, "name": "authority"},
    {**TYPE, "name": "type"},
    LICENSE_NUMBER,
)
QUALIFIER = text_in_path("qualifier", "^[a-z0-9.-]{1,60}$", "be2567")
CREDENTIAL_ID = text_in_path("credential_id", "^[0-9A-HJKMNP-TV-Z]{26}$", "6WSFNSP2YA0BN7NDPEF7G98QYS")


def header(description: str = "", *, required: bool = False) -> Node:
    found: Node = {"schema": {"type": "string"}}
    if description:
        found["description"] = description
    return {**found, "required": True} if required else found


_ALWAYS: Mapping[int, Node] = {
    303: {"Location": header(required=True)},
    308: {"Location": header(required=True)},
    401: {"WWW-Authenticate": header(required=True)},
    429: {"Retry-After": header(required=True), "RateLimit": header(required=True)},
}
"""The header fields that an answer of a status always has."""
FINDINGS: Node = {
    "Findings": header(
        "Codes of what looked unusual in the licence, such as number-similar; one for each finding, none if there is none."
    )
}
LOCATION: Node = {"Location": header(required=True)}
ETAG: Node = {"ETag": header(required=True)}


def operation(
    name: str,
    tag: str,
    summary: str,
    answers: Mapping[int, Answer],
    *parameters: Node,
    body: Mapping[str, Node] | None = None,
    token: bool = False,
    headers: Mapping[int, Node] = {},
) -> Node:
    """`body` is what is sent, by media type; `headers` are those of an answer beside the ones that its status always has."""
    operation: Node = {"operationId": name, "tags": [tag], "summary": summary}
    if parameters:
        operation["parameters"] = list(parameters)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": dict(body)}
        answers = {**answers, 408: TOO_SLOW, 413: TOO_LARGE}
    if LICENSE_NUMBER in parameters:
        answers = {**answers, 414: TOO_LONG}
    operation["responses"] = {
        str(status): _answer(status, *answers[status], headers.get(status, {})) for status in sorted(answers)
    }
    if token:
        operation["security"] = [{"token": []}]
    return operation


def _answer(status: int, meaning: str, content: Mapping[str, Node], headers: Node) -> Node:
    answer: Node = {"description": meaning}
    always = _ALWAYS.get(status, {})
    if always or headers:
        answer["headers"] = {**always, **headers}
    if content:
        answer["content"] = dict(content)
    return answer


def json_of(schema: str) -> dict[str, Node]:
    return {"application/json": {"schema": ref(schema)}}
