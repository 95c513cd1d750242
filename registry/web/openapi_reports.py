"""The addresses of codes, of help, and of reports of signs that do not match, as OpenAPI 3.1 describes them."""

from registry.reports import MAX_REASON, Eraser, Mismatch
from registry.translation import marked as _
from registry.web.openapi_parts import (
    CANONICAL,
    LANG,
    LICENSE,
    NO_SCHEMA,
    NO_TOKEN,
    NOT_FOUND,
    NOT_NOW,
    NOT_VERIFIED,
    NOT_YOURS,
    OTHER_TYPE,
    PAGE,
    PROBLEM,
    PUSHING,
    QUALIFIER,
    REFUSED,
    REFUSED_PAGE,
    REJECTED,
    SEE,
    SERVICE,
    TOO_MANY,
    VERIFIED,
    VERIFYING,
    WITHDRAWN,
    Node,
    in_query,
    json_of,
    operation,
    ref,
    text_in_path,
)
from registry.web.openapi_push_schemas import object_of

_TEXT: Node = {"type": "string"}
_REASON: Node = {**_TEXT, "minLength": 1, "maxLength": MAX_REASON}
_DAY: Node = {"type": "string", "format": "date"}
_INSTANT: Node = {"type": "string", "format": "date-time"}
_REFERENCE = text_in_path("reference", "^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$", "7K3M9-QTX2B")
_BUSY = (_("Others are sending pictures at the moment, or too many reports wait."), PROBLEM)
_FORM = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {
                "wrong": {"type": "array", "items": {"enum": [each.value for each in Mismatch]}},
                "text": _TEXT,
                "place": _TEXT,
                "photo": _TEXT,
            },
        }
    }
}
_OWN = {401: NO_TOKEN, 403: NOT_YOURS, 429: TOO_MANY}
_REPORT = (_("The report."), json_of("SignReport"))
_ERASED = (_("The report."), json_of("ErasedReport"))
_PURGED: Node = {
    "type": "boolean",
    "description": _("False: bytes remain in the database's files while somebody reads it. Send it again later."),
}


def _form_of(name: str, *further: Node) -> Node:
    """The form about a licence, and where it is sent."""
    found = {308: CANONICAL, 404: NOT_FOUND, 410: WITHDRAWN}
    return {
        "get": operation(
            f"reportForm{name}",
            VERIFYING,
            _("The form for a sign that does not match"),
            {200: PAGE, **found},
            *LICENSE,
            *further,
            LANG,
        ),
        "post": operation(
            f"sendReport{name}",
            VERIFYING,
            _("Tells the licence's authority that a sign does not match; leads to a page with a reference number"),
            {303: SEE, 400: REFUSED_PAGE, 403: NOT_YOURS, 429: TOO_MANY, 503: _BUSY, **found},
            *LICENSE,
            *further,
            LANG,
            body=_FORM,
        ),
    }


REPORT_PATHS: dict[str, Node] = {
    "/codes/verify": {
        "post": operation(
            "verifyCode",
            VERIFYING,
            _("Verifies what stands in a QR code: address and digits"),
            {
                200: (VERIFIED, json_of("Verification")),
                400: (NOT_VERIFIED, json_of("Verification")),
                429: TOO_MANY,
            },
            body=json_of("VerifyCodeRequest"),
        )
    },
    "/help": {"get": operation("help", SERVICE, _("What the answers mean, for everybody"), {200: PAGE}, LANG)},
    "/report/lic/{authority}/{type}/{number}": _form_of("OfLicense"),
    "/report/lic/{authority}/{type}/{number}/{qualifier}": _form_of("OfQualifiedLicense", QUALIFIER),
    "/report/sent/{reference}": {
        "get": operation(
            "reportSent",
            VERIFYING,
            _("What becomes of a report, for who sent it"),
            {200: PAGE, 404: NOT_FOUND},
            _REFERENCE,
            LANG,
        )
    },
    "/api/v1/reports": {
        "get": operation(
            "listReports",
            PUSHING,
            _("The reports of signs that do not match, oldest first"),
            {200: (_("A page of reports."), json_of("SignReports")), 400: REFUSED, **_OWN},
            {
                "name": "state",
                "in": "query",
                "schema": {"type": "string", "enum": ["open", "closed", "all"], "default": "open"},
            },
            *in_query("after", example="0"),
            token=True,
        )
    },
    "/api/v1/reports/{reference}": {
        "get": operation(
            "getReport", PUSHING, _("One report"), {200: _REPORT, 404: NOT_FOUND, **_OWN}, _REFERENCE, token=True
        )
    },
    "/api/v1/reports/{reference}/photo": {
        "get": operation(
            "getReportPhoto",
            PUSHING,
            _("The photo of a report, drawn anew: nothing hidden is left in it"),
            {200: (_("The photo."), {"image/jpeg": NO_SCHEMA}), 404: NOT_FOUND, **_OWN},
            _REFERENCE,
            token=True,
        )
    },
    "/api/v1/reports/{reference}/close": {
        "post": operation(
            "closeReport",
            PUSHING,
            _("Closes a report, with what was found and done"),
            {200: _REPORT, 400: REFUSED, 404: NOT_FOUND, 409: NOT_NOW, 415: OTHER_TYPE, 422: REJECTED, **_OWN},
            _REFERENCE,
            body=json_of("CloseReport"),
            token=True,
        )
    },
    "/api/v1/reports/{reference}/erase": {
        "post": operation(
            "eraseReport",
            PUSHING,
            _("Erases text, place and photo of a report for good; of one that is erased already, nothing changes"),
            {200: _ERASED, 400: REFUSED, 404: NOT_FOUND, 415: OTHER_TYPE, 422: REJECTED, **_OWN},
            _REFERENCE,
            body=json_of("EraseReport"),
            token=True,
        )
    },
    "/api/v1/report-erasures": {
        "post": operation(
            "eraseReports",
            PUSHING,
            _("Erases text, place and photo of all reports that were closed before a day, for good"),
            {
                200: (_("How many were erased now."), json_of("ErasedReports")),
                **{400: REFUSED, 415: OTHER_TYPE, 422: REJECTED},
                **_OWN,
            },
            body=json_of("EraseReports"),
            token=True,
        )
    },
}
REPORT_SCHEMAS: dict[str, Node] = {
    "VerifyCodeRequest": object_of(
        {"code": {**_TEXT, "description": _("All that the scanner read, the digits behind the # included.")}},
        "code",
        closed=True,
    ),
    "CloseReport": object_of({"reason": _REASON}, "reason", closed=True),
    "EraseReport": object_of({"reason": _REASON}, "reason", closed=True),
    "EraseReports": object_of({"closed_before": _DAY, "reason": _REASON}, "closed_before", "reason", closed=True),
    "ErasedReports": object_of({"erased": {"type": "integer", "minimum": 0}, "purged": _PURGED}, "erased", "purged"),
    "ErasedReport": {"allOf": [ref("SignReport"), object_of({"purged": _PURGED}, "purged")]},
    "SignReports": object_of(
        {"items": {"type": "array", "items": ref("SignReport")}, "next": {"type": ["string", "null"]}}, "items", "next"
    ),
    "SignReport": object_of(
        {
            "reference": _TEXT,
            "at": _INSTANT,
            "license": _TEXT,
            "number": _TEXT,
            "wrong": {"type": "array", "items": {"enum": [each.value for each in Mismatch]}},
            "text": _TEXT,
            "place": _TEXT,
            "photo": {"type": ["string", "null"]},
            "closed_at": {"type": ["string", "null"], "format": "date-time"},
            "reason": _TEXT,
            "erased": {"oneOf": [{"type": "null"}, ref("Erasure")]},
        },
        *("reference", "at", "license", "number", "wrong", "text", "place", "photo", "closed_at", "reason", "erased"),
    ),
    "Erasure": object_of(
        {"at": _INSTANT, "by": {"enum": [each.value for each in Eraser]}, "reason": _TEXT}, "at", "by", "reason"
    ),
}
REPORT_EXAMPLES: dict[str, Node] = {
    "verifyCode": {"code": "HTTPS://LICENSE.EXAMPLE.GO.TH/C/6WSFNSP2YA0BN7NDPEF7G98QYS#37240055125902408..."},
    "closeReport": {"reason": "ตรวจแล้ว เป็นป้ายปลอม ดำเนินการแล้ว"},
    "eraseReport": {"reason": "เจ้าของข้อมูลขอให้ลบ"},
    "eraseReports": {"closed_before": "2026-01-01", "reason": "พ้นกำหนดเก็บ"},
}
