"""Every address of this service, as OpenAPI 3.1 describes it; `registry.web.openapi` puts the document together.

Written by hand: tests/registry/test_openapi.py holds it to the routes, and a fuzzer holds the running service to it. The
English texts are messages; the readable page shows them in Thai as well.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Node = dict[str, Any]
Answer = tuple[str, Mapping[str, Node]]
"""What an answer means, and its content by media type."""


def _(message: str) -> str:
    """Marks a message for translation."""
    return message


LICENSES, AUTHORITIES, VERIFYING, ISSUING, TRUST, SERVICE, SANDBOX = (
    _("Licences"),
    _("Authorities and types"),
    _("Verifying"),
    _("Issuing"),
    _("What verifiers need"),
    _("The service itself"),
    _("Sandbox"),
)
TAGS = (LICENSES, AUTHORITIES, VERIFYING, ISSUING, TRUST, SERVICE, SANDBOX)

NO_SCHEMA: Node = {}
HTML = {"text/html": NO_SCHEMA}
CREDENTIAL_NAMES = ("application/vc", "application/ld+json", "application/json")


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _all(names: Iterable[str], schema: Node) -> dict[str, Node]:
    return {name: {"schema": schema} for name in names}


PROBLEM = {"application/problem+json": {"schema": _ref("Problem")}, **HTML}
CREDENTIAL = _all(CREDENTIAL_NAMES, _ref("SecuredCredential"))
LD = {"application/ld+json": {"schema": {"type": "object"}}}
GRAPHS = {**LD, "text/turtle": NO_SCHEMA, "application/n-triples": NO_SCHEMA}

PAGE: Answer = (_("The page."), HTML)
FOUND: Answer = (_("The document."), GRAPHS)
SEE: Answer = (_("The document about it that `Accept` asks for."), {})
CANONICAL: Answer = (_("Its one address."), {})
CHOICE: Answer = (_("Several licences bear the number; `Link` names them."), HTML)
NOT_FOUND: Answer = (_("There is nothing here."), PROBLEM)
NO_FORMAT: Answer = (_("None of the formats of this address was asked for."), PROBLEM)
WITHDRAWN: Answer = (_("The record was withdrawn."), PROBLEM)
REFUSED: Answer = (_("Refused; the problem says what was read and what was expected."), PROBLEM)
NO_TOKEN: Answer = (_("No token, or one that does not hold."), PROBLEM)
NOT_YOURS: Answer = (_("Not for the bearer of this token."), PROBLEM)
NO_KEY: Answer = (_("The registry cannot sign at the moment. Nothing was published."), PROBLEM)
CONFLICT: Answer = (_("What the register knows of the licence stands against it."), PROBLEM)
TOO_LARGE: Answer = (_("The request is too large."), PROBLEM)
ISSUED: Answer = (
    _("The secured credential itself."),
    {"application/json": {"schema": {"anyOf": [_ref("SecuredCredential"), _ref("EnvelopedCredential")]}}},
)
VERIFIED: Answer = (_("It verifies."), {"application/json": {"schema": _ref("Verification")}})
NOT_VERIFIED: Answer = (
    _("It does not verify, or could not be checked, or the request cannot be read."),
    {"application/json": {"schema": _ref("Verification")}},
)

LANG: Node = {
    "name": "lang",
    "in": "query",
    "schema": {"type": "string", "enum": ["th", "en"], "default": "th"},
}


def _path(name: str, schema: Node, example: object) -> Node:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _text(name: str, pattern: str, example: str) -> Node:
    return _path(name, {"type": "string", "pattern": pattern}, example)


def _form(*forms: str) -> Node:
    return _path("form", {"type": "string", "enum": list(forms)}, forms[0])


CODE = _text("code", "^(lao-[0-9]{8}|dep-[0-9]{4,5}|tin-[0-9]{13}|x-[a-z0-9]{2,16})$", "lao-06480115")
TYPE = _text("code", "^[a-z0-9-]{1,40}$", "food-premises")
NUMBER = _path("number", {"type": "integer", "minimum": 1}, 1)
CHECK_ID = _text("check_id", "^[0-9A-HJKMNP-TV-Z]{26}$", "6WSFNSP2YA0BN7NDPEF7G98QYS")
LICENSE = (
    {**CODE, "name": "authority"},
    {**TYPE, "name": "type"},
    _text("number", "^[A-Za-z0-9_.~%-]{1,200}$", "12~2F2567"),
)
QUALIFIER = _text("qualifier", "^[a-z0-9.-]{1,60}$", "be2567")
CREDENTIAL_ID = _text("credential_id", "^[0-9A-HJKMNP-TV-Z]{26}$", "6WSFNSP2YA0BN7NDPEF7G98QYS")


def _operation(
    name: str,
    tag: str,
    summary: str,
    answers: Mapping[int, Answer],
    *parameters: Node,
    body: Mapping[str, Node] | None = None,
    token: bool = False,
) -> Node:
    operation: Node = {"operationId": name, "tags": [tag], "summary": summary}
    if parameters:
        operation["parameters"] = list(parameters)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": dict(body)}
        answers = {**answers, 413: TOO_LARGE}
    operation["responses"] = {str(status): _answer(status, *answers[status]) for status in sorted(answers)}
    if token:
        operation["security"] = [{"token": []}]
    return operation


def _answer(status: int, meaning: str, content: Mapping[str, Node]) -> Node:
    answer: Node = {"description": meaning}
    if status in {303, 308}:
        answer["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    if content:
        answer["content"] = dict(content)
    return answer


def _json(schema: str) -> dict[str, Node]:
    return {"application/json": {"schema": _ref(schema)}}


ASK_TO_ISSUE = _json("IssueRequest")
_UPLOAD = {
    "multipart/form-data": {
        "schema": {"type": "object", "properties": {"text": {"type": "string"}, "file": {"type": "string"}}}
    },
    "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"text": {"type": "string"}}}},
}
_THING = {303: SEE, 404: NOT_FOUND, 406: NO_FORMAT}
_LICENSE_THING = {**_THING, 300: CHOICE, 308: CANONICAL, 410: WITHDRAWN}
_LICENSE_FOUND = {
    # `application/ld+json` is the name of two documents here: the catalogue's, and the credential.
    200: (_("The document."), {**CREDENTIAL, **GRAPHS, **HTML}),
    300: CHOICE,
    308: CANONICAL,
    404: NOT_FOUND,
    410: WITHDRAWN,
}
_SERVED = {404: NOT_FOUND}
_QR = {200: (_("The code."), {"image/svg+xml": NO_SCHEMA, "image/png": NO_SCHEMA}), 404: NOT_FOUND}
_LIST = {200: (_("The signed list."), CREDENTIAL), 404: NOT_FOUND}
_LICENSE_SUMMARY = _("The licence itself, under its permanent address: leads to a document about it")
_DOCUMENT_SUMMARY = _("A document about the licence: page, JSON-LD, Turtle, N-Triples or signed credential")

PATHS: dict[str, Node] = {
    "/": {"get": _operation("home", SERVICE, _("The home page"), {200: PAGE}, LANG)},
    "/search": {
        "get": _operation(
            "search",
            LICENSES,
            _("Search by number in any spelling, by name, by address or QR code; one exact hit leads to it"),
            {200: PAGE, 303: SEE},
            {"name": "q", "in": "query", "schema": {"type": "string"}, "example": "12/2567"},
            LANG,
        )
    },
    "/id/lic/{authority}/{type}/{number}": {
        "get": _operation("license", LICENSES, _LICENSE_SUMMARY, _LICENSE_THING, *LICENSE, LANG)
    },
    "/id/lic/{authority}/{type}/{number}/{qualifier}": {
        "get": _operation("qualifiedLicense", LICENSES, _LICENSE_SUMMARY, _LICENSE_THING, *LICENSE, QUALIFIER, LANG)
    },
    "/doc/{form}/lic/{authority}/{type}/{number}": {
        "get": _operation(
            "licenseDocument",
            LICENSES,
            _DOCUMENT_SUMMARY,
            _LICENSE_FOUND,
            _form("html", "jsonld", "ttl", "nt", "vc"),
            *LICENSE,
            LANG,
        )
    },
    "/doc/{form}/lic/{authority}/{type}/{number}/{qualifier}": {
        "get": _operation(
            "qualifiedLicenseDocument",
            LICENSES,
            _DOCUMENT_SUMMARY,
            _LICENSE_FOUND,
            _form("html", "jsonld", "ttl", "nt", "vc"),
            *LICENSE,
            QUALIFIER,
            LANG,
        )
    },
    "/C/{check_id}": {
        "get": _operation(
            "check",
            LICENSES,
            _("The page that the QR code opens"),
            {200: PAGE, 308: CANONICAL, 404: NOT_FOUND, 410: WITHDRAWN},
            CHECK_ID,
            LANG,
        )
    },
    "/c/{check_id}": {
        "get": _operation(
            "checkLowerCase",
            LICENSES,
            _("Leads to the page of the QR code"),
            {308: CANONICAL, 404: NOT_FOUND},
            CHECK_ID,
            LANG,
        )
    },
    "/qr/{check_id}.{form}": {
        "get": _operation("qr", LICENSES, _("The QR code as an image"), _QR, CHECK_ID, _form("svg", "png"))
    },
    "/vc/{credential_id}": {
        "get": _operation(
            "credential",
            LICENSES,
            _("One signed credential; its bytes never change"),
            {200: (_("The secured credential."), CREDENTIAL), **_SERVED},
            CREDENTIAL_ID,
        )
    },
    "/id/auth/{code}": {
        "get": _operation("authority", AUTHORITIES, _("An authority: leads to a document about it"), _THING, CODE, LANG)
    },
    "/doc/{form}/auth/{code}": {
        "get": _operation(
            "authorityDocument",
            AUTHORITIES,
            _("A document about the authority"),
            {200: (_("The document."), {**GRAPHS, **HTML}), 308: CANONICAL, 404: NOT_FOUND},
            _form("html", "jsonld", "ttl", "nt"),
            CODE,
            LANG,
        )
    },
    "/def/license-type/{code}": {
        "get": _operation(
            "licenseType", AUTHORITIES, _("A type of licence: leads to a document about it"), _THING, TYPE, LANG
        )
    },
    "/doc/{form}/type/{code}": {
        "get": _operation(
            "licenseTypeDocument",
            AUTHORITIES,
            _("A document about the type of licence"),
            {200: (_("The document."), {**GRAPHS, **HTML}), 404: NOT_FOUND},
            _form("html", "jsonld", "ttl", "nt"),
            TYPE,
            LANG,
        )
    },
    "/verify": {
        "get": _operation(
            "verifyForm", VERIFYING, _("The page on which a credential file is checked"), {200: PAGE}, LANG
        ),
        "post": _operation(
            "verifyUpload",
            VERIFYING,
            _("Checks a credential file and shows the verdict"),
            {200: PAGE},
            LANG,
            body=_UPLOAD,
        ),
    },
    "/credentials/verify": {
        "post": _operation(
            "verifyCredential",
            VERIFYING,
            _("Verifies a credential of any issuer, in the VC API form"),
            {200: VERIFIED, 400: NOT_VERIFIED},
            body=_json("VerifyCredentialRequest"),
        )
    },
    "/presentations/verify": {
        "post": _operation(
            "verifyPresentation",
            VERIFYING,
            _("Verifies a presentation and each credential in it; challenge and domain are enforced"),
            {200: VERIFIED, 400: NOT_VERIFIED},
            body=_json("VerifyPresentationRequest"),
        )
    },
    "/credentials/issue": {
        "post": _operation(
            "issueCredential",
            ISSUING,
            _("Publishes a licence of the token's authority and answers with its credential, in the VC API form"),
            {201: ISSUED, 400: REFUSED, 401: NO_TOKEN, 403: NOT_YOURS, 409: CONFLICT, 503: NO_KEY},
            body=ASK_TO_ISSUE,
            token=True,
        )
    },
    "/auth/{code}/did.json": {
        "get": _operation(
            "didDocument",
            TRUST,
            _("The DID document of an authority (did:web)"),
            {200: (_("The document."), {"application/did+json": {"schema": _ref("DidDocument")}}), **_SERVED},
            CODE,
        )
    },
    "/status/{code}/{purpose}/{number}": {
        "get": _operation(
            "statusList",
            TRUST,
            _("A status list of an authority"),
            _LIST,
            CODE,
            _path("purpose", {"type": "string", "enum": ["revocation", "suspension"]}, "revocation"),
            NUMBER,
        )
    },
    "/ctx/license/v1": {
        "get": _operation(
            "context", TRUST, _("The JSON-LD context of licences; its bytes never change"), {200: (FOUND[0], LD)}
        )
    },
    "/def/lic": {
        "get": _operation(
            "vocabulary", TRUST, _("Our vocabulary and code lists"), {200: (FOUND[0], {"text/turtle": NO_SCHEMA})}
        )
    },
    "/trust.json": {
        "get": _operation(
            "trust",
            TRUST,
            _("Authorities, keys, mandates and status lists, for checking without a network"),
            {200: (FOUND[0], {"application/json": {"schema": {"type": "object"}}})},
        )
    },
    "/healthz": {
        "get": _operation(
            "health",
            SERVICE,
            _("Whether the service answers and its status lists are fresh"),
            {200: (_("It does."), _json("Health")), 503: (_("It does not."), _json("Health"))},
        )
    },
    "/openapi.json": {
        "get": _operation(
            "openapi",
            SERVICE,
            _("This description, for programs"),
            {200: (FOUND[0], {"application/json": {"schema": {"type": "object", "required": ["openapi", "paths"]}}})},
        )
    },
    "/docs/api": {"get": _operation("apiPage", SERVICE, _("This description, for people"), {200: PAGE}, LANG)},
    "/static/{filename}": {
        "get": _operation(
            "static",
            SERVICE,
            _("Style sheet and icons"),
            {200: (_("The file."), {"text/css": NO_SCHEMA, "image/svg+xml": NO_SCHEMA}), 404: NOT_FOUND},
            _text("filename", "^[a-z0-9.-]{1,60}$", "site.css"),
        )
    },
}

SANDBOX_PATHS: dict[str, Node] = {
    "/sandbox": {
        "get": _operation(
            "sandbox",
            SANDBOX,
            _("What the sandbox issuer is; for tests, proves nothing"),
            {200: (_("The page."), {**HTML, **_json("SandboxIssuers")})},
            LANG,
        )
    },
    "/sandbox/credentials/issue": {
        "post": _operation(
            "issueInSandbox",
            SANDBOX,
            _("Signs any well-formed credential, for tests; its issuer is replaced by the sandbox"),
            {201: ISSUED, 400: REFUSED, 403: NOT_YOURS},
            body=ASK_TO_ISSUE,
        )
    },
    "/sandbox/status/{number}": {
        "get": _operation("sandboxStatusList", SANDBOX, _("A status list of the sandbox"), _LIST, NUMBER)
    },
}
