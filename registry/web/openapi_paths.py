"""Every address of this service, as OpenAPI 3.1 describes it; `registry.web.openapi` puts the document together.

Written by hand: tests/registry/test_openapi.py holds it to the routes, and a fuzzer holds the running service to it.
"""

from registry.presented.found import MOST_FOUND
from registry.translation import marked as _
from registry.web.openapi_parts import (
    AFTER,
    AUTHORITIES,
    BAD_DAY,
    BAD_LEVEL,
    CANONICAL,
    CHECK_ID,
    CHOICE,
    CODE,
    CONFLICT,
    CREDENTIAL,
    CREDENTIAL_ID,
    FINDINGS,
    FOUND,
    GRAPHS,
    HTML,
    ISSUED,
    ISSUING,
    JURISTIC,
    LANG,
    LD,
    LICENSE,
    LICENSES,
    LINKSET,
    NO_FORMAT,
    NO_KEY,
    NO_SCHEMA,
    NO_TOKEN,
    NOT_FOUND,
    NOT_VERIFIED,
    NOT_YOURS,
    NUMBER,
    ON_DAY,
    PAGE,
    PROBLEM,
    QR_LEVEL,
    QUALIFIER,
    REFUSED,
    REFUSED_PAGE,
    SANDBOX,
    SEE,
    SERVICE,
    TEXT,
    TOO_MANY,
    TRUST,
    TYPE,
    VERIFIED,
    VERIFYING,
    WITHDRAWN,
    XML,
    Node,
    form_of,
    in_path,
    in_query,
    json_of,
    operation,
    ref,
    text_in_path,
)

_ASKED: Node = {
    "text": {"type": "string"},
    "beside": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_FOUND},
    "chosen": {"type": "string"},
}
_UPLOAD = {
    "multipart/form-data": {"schema": {"type": "object", "properties": {**_ASKED, "file": {"type": "string"}}}},
    "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": _ASKED}},
}
_THING = {303: SEE, 404: NOT_FOUND, 406: NO_FORMAT}
_LICENSE_THING = {**_THING, 300: CHOICE, 308: CANONICAL, 410: WITHDRAWN}
_LICENSE_FOUND = {
    # `application/ld+json` is the name of two documents here: the catalogue's, and the credential.
    200: (_("The document."), {**CREDENTIAL, **GRAPHS, **LINKSET, **HTML}),
    300: CHOICE,
    308: CANONICAL,
    400: BAD_DAY,
    404: NOT_FOUND,
    410: WITHDRAWN,
}
_SERVED = {404: NOT_FOUND}
_QR = {200: (_("The code."), {"image/svg+xml": NO_SCHEMA, "image/png": NO_SCHEMA}), 400: BAD_LEVEL, 404: NOT_FOUND}
_LIST = {200: (_("The signed list."), CREDENTIAL), 404: NOT_FOUND}
_LICENSE_SUMMARY = _("The licence itself, under its permanent address: leads to a document about it")
_DOCUMENT_SUMMARY = _("A document about the licence: page, JSON-LD, Turtle, N-Triples, signed credential or link set")

PATHS: dict[str, Node] = {
    "/": {"get": operation("home", SERVICE, _("The home page"), {200: PAGE}, LANG)},
    "/search": {
        "get": operation(
            "search",
            LICENSES,
            _("Search by number in any spelling, by name, by address or QR code; one exact hit leads to it"),
            {200: PAGE, 303: SEE, 400: REFUSED_PAGE},
            *in_query("q", example="12/2567"),
            *in_query("ministry", "authority", "type", "province", "district", "status", "activity", "finding"),
            {"name": "incomplete", "in": "query", "schema": {"type": "string", "enum": ["1"]}},
            {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["newest", "name", "changed"]}},
            AFTER,
            LANG,
        )
    },
    "/id/juristic/{juristic_id}": {
        "get": operation(
            "company",
            LICENSES,
            _("A company that holds licences: leads to a document about it"),
            _THING,
            JURISTIC,
            LANG,
        )
    },
    "/doc/{form}/juristic/{juristic_id}": {
        "get": operation(
            "companyDocument",
            LICENSES,
            _("A document about the company, with links to its licences; `Link` leads to the next ones"),
            {200: (_("The document."), {**GRAPHS, **HTML}), 400: REFUSED_PAGE, 404: NOT_FOUND},
            form_of("html", "jsonld", "ttl", "nt"),
            JURISTIC,
            AFTER,
            LANG,
        )
    },
    "/robots.txt": {
        "get": operation("robots", SERVICE, _("What search engines should leave alone"), {200: (_("The text."), TEXT)})
    },
    "/sitemap.xml": {
        "get": operation("sitemap", SERVICE, _("The parts of the site map"), {200: (_("The list of parts."), XML)})
    },
    "/sitemap/{name}.xml": {
        "get": operation(
            "sitemapPart",
            SERVICE,
            _("One part of the site map: addresses of pages"),
            {200: (_("The part."), XML), 404: NOT_FOUND},
            text_in_path("name", "^(catalogue|[1-9][0-9]{0,5})$", "catalogue"),
        )
    },
    "/id/lic/{authority}/{type}/{number}": {
        "get": operation("license", LICENSES, _LICENSE_SUMMARY, _LICENSE_THING, *LICENSE, LANG)
    },
    "/id/lic/{authority}/{type}/{number}/{qualifier}": {
        "get": operation("qualifiedLicense", LICENSES, _LICENSE_SUMMARY, _LICENSE_THING, *LICENSE, QUALIFIER, LANG)
    },
    "/doc/{form}/lic/{authority}/{type}/{number}": {
        "get": operation(
            "licenseDocument",
            LICENSES,
            _DOCUMENT_SUMMARY,
            _LICENSE_FOUND,
            form_of("html", "jsonld", "ttl", "nt", "vc", "linkset"),
            *LICENSE,
            ON_DAY,
            LANG,
        )
    },
    "/doc/{form}/lic/{authority}/{type}/{number}/{qualifier}": {
        "get": operation(
            "qualifiedLicenseDocument",
            LICENSES,
            _DOCUMENT_SUMMARY,
            _LICENSE_FOUND,
            form_of("html", "jsonld", "ttl", "nt", "vc", "linkset"),
            *LICENSE,
            QUALIFIER,
            ON_DAY,
            LANG,
        )
    },
    "/C/{check_id}": {
        "get": operation(
            "check",
            LICENSES,
            _("The page that the QR code opens"),
            {200: PAGE, 308: CANONICAL, 404: NOT_FOUND, 410: WITHDRAWN},
            CHECK_ID,
            LANG,
        )
    },
    "/c/{check_id}": {
        "get": operation(
            "checkLowerCase",
            LICENSES,
            _("Leads to the page of the QR code"),
            {308: CANONICAL, 404: NOT_FOUND},
            CHECK_ID,
            LANG,
        )
    },
    "/qr/{check_id}.{form}": {
        "get": operation("qr", LICENSES, _("The QR code as an image"), _QR, CHECK_ID, form_of("svg", "png"), QR_LEVEL)
    },
    "/vc/{credential_id}": {
        "get": operation(
            "credential",
            LICENSES,
            _("One signed credential; its bytes never change"),
            {200: (_("The secured credential."), CREDENTIAL), **_SERVED},
            CREDENTIAL_ID,
        )
    },
    "/id/auth/{code}": {
        "get": operation("authority", AUTHORITIES, _("An authority: leads to a document about it"), _THING, CODE, LANG)
    },
    "/doc/{form}/auth/{code}": {
        "get": operation(
            "authorityDocument",
            AUTHORITIES,
            _("A document about the authority"),
            {200: (_("The document."), {**GRAPHS, **HTML}), 308: CANONICAL, 404: NOT_FOUND},
            form_of("html", "jsonld", "ttl", "nt"),
            CODE,
            LANG,
        )
    },
    "/def/license-type/{code}": {
        "get": operation(
            "licenseType", AUTHORITIES, _("A type of licence: leads to a document about it"), _THING, TYPE, LANG
        )
    },
    "/doc/{form}/type/{code}": {
        "get": operation(
            "licenseTypeDocument",
            AUTHORITIES,
            _("A document about the type of licence"),
            {200: (_("The document."), {**GRAPHS, **HTML}), 404: NOT_FOUND},
            form_of("html", "jsonld", "ttl", "nt"),
            TYPE,
            LANG,
        )
    },
    "/verify": {
        "get": operation(
            "verifyForm",
            VERIFYING,
            _("The page on which a number, a code, a photo or a file is checked"),
            {200: PAGE},
            LANG,
        ),
        "post": operation(
            "verifyUpload",
            VERIFYING,
            _("Checks what was typed or uploaded: shows the verdict, or leads to the licence or to what is found"),
            {200: PAGE, 303: SEE, 429: TOO_MANY, 503: (_("Others are sending pictures at the moment."), PROBLEM)},
            LANG,
            body=_UPLOAD,
        ),
    },
    "/credentials/verify": {
        "post": operation(
            "verifyCredential",
            VERIFYING,
            _("Verifies a credential of any issuer, in the VC API form"),
            {200: (VERIFIED, json_of("Verification")), 400: (NOT_VERIFIED, json_of("Verification"))},
            body=json_of("VerifyCredentialRequest"),
        )
    },
    "/presentations/verify": {
        "post": operation(
            "verifyPresentation",
            VERIFYING,
            _("Verifies a presentation and each credential in it; challenge and domain are enforced"),
            {
                200: (VERIFIED, json_of("PresentationVerification")),
                400: (NOT_VERIFIED, json_of("PresentationVerification")),
            },
            body=json_of("VerifyPresentationRequest"),
        )
    },
    "/credentials/issue": {
        "post": operation(
            "issueCredential",
            ISSUING,
            _("Publishes a licence of the token's authority and answers with its credential, in the VC API form"),
            {201: ISSUED, 400: REFUSED, 401: NO_TOKEN, 403: NOT_YOURS, 409: CONFLICT, 503: NO_KEY},
            body=json_of("LicenseIssueRequest"),
            token=True,
            headers={201: FINDINGS},
        )
    },
    "/auth/{code}/did.json": {
        "get": operation(
            "didDocument",
            TRUST,
            _("The DID document of an authority (did:web)"),
            {200: (_("The document."), {"application/did+json": {"schema": ref("DidDocument")}}), **_SERVED},
            CODE,
        )
    },
    "/status/{code}/{purpose}/{number}": {
        "get": operation(
            "statusList",
            TRUST,
            _("A status list of an authority"),
            _LIST,
            CODE,
            in_path("purpose", {"type": "string", "enum": ["revocation", "suspension"]}, "revocation"),
            NUMBER,
        )
    },
    "/ctx/license/v1": {
        "get": operation(
            "context", TRUST, _("The JSON-LD context of licences; its bytes never change"), {200: (FOUND[0], LD)}
        )
    },
    "/trust.json": {
        "get": operation(
            "trust",
            TRUST,
            _("Authorities, keys, mandates and status lists, for checking without a network"),
            {200: (FOUND[0], {"application/json": {"schema": {"type": "object"}}})},
        )
    },
    "/healthz": {
        "get": operation(
            "health",
            SERVICE,
            _("Whether the service answers and its status lists are fresh"),
            {200: (_("It does."), json_of("Health")), 503: (_("It does not."), json_of("Health"))},
        )
    },
    "/openapi.json": {
        "get": operation(
            "openapi",
            SERVICE,
            _("This description, for programs"),
            {200: (FOUND[0], {"application/json": {"schema": {"type": "object", "required": ["openapi", "paths"]}}})},
        )
    },
    "/docs/api": {"get": operation("apiPage", SERVICE, _("This description, for people"), {200: PAGE}, LANG)},
    "/problems/{code}": {
        "get": operation(
            "problem",
            SERVICE,
            _("What a kind of problem means; the `type` in an answer leads here"),
            {200: PAGE, 404: NOT_FOUND},
            text_in_path("code", "^[a-z0-9-]{1,40}$", "claim-refused"),
            LANG,
        )
    },
    "/static/{filename}": {
        "get": operation(
            "static",
            SERVICE,
            _("Style sheet and icons"),
            {200: (_("The file."), {"text/css": NO_SCHEMA, "image/svg+xml": NO_SCHEMA}), 404: NOT_FOUND},
            text_in_path("filename", "^[a-z0-9.-]{1,60}$", "site.css"),
        )
    },
}

SANDBOX_PATHS: dict[str, Node] = {
    "/sandbox": {
        "get": operation(
            "sandbox",
            SANDBOX,
            _("What the sandbox issuer is; for tests, proves nothing"),
            {200: (_("The page."), {**HTML, **json_of("SandboxIssuers")})},
            LANG,
        )
    },
    "/sandbox/credentials/issue": {
        "post": operation(
            "issueInSandbox",
            SANDBOX,
            _("Signs any well-formed credential, for tests; its issuer is replaced by the sandbox"),
            {201: ISSUED, 400: REFUSED, 403: NOT_YOURS},
            body=json_of("IssueRequest"),
        )
    },
    "/sandbox/status/{number}": {
        "get": operation("sandboxStatusList", SANDBOX, _("A status list of the sandbox"), _LIST, NUMBER)
    },
}
