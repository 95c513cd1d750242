"""The JSON that the addresses below `/api/v1` read and answer, as JSON Schema, and examples of what is sent."""

from typing import Any

from registry.api.act_request import KINDS
from registry.intake.batch import BatchState, Holds
from registry.intake.diff import OUTCOMES
from registry.intake.gravity import Gravity
from registry.intake.mapping import Field
from registry.intake.plain import LISTS
from registry.intake.suspicion import SUSPICIONS
from registry.record import RecordStatus
from registry.translation import marked as _
from registry.web.openapi_parts import Node, ref
from vocab.history import Status


def _told(schema: Node, description: str) -> Node:
    return {**schema, "description": description}


def object_of(properties: Node, *required: str, closed: bool = False) -> Node:
    found: Node = {"type": "object", "required": list(required), "properties": properties}
    return {**found, "additionalProperties": False} if closed else found


def _listed(name: str) -> Node:
    return {"type": "array", "items": ref(name)}


_TEXT: Node = {"type": "string"}
_COUNT: Node = {"type": "integer", "minimum": 0}
_TRUTH: Node = {"type": "boolean"}
_DAY: Node = {"type": "string", "format": "date"}
_MAYBE: Node = {"type": ["string", "null"]}
_BOTH: Node = object_of({"th": _TEXT, "en": _TEXT}, "th", "en")
_TEXTS: Node = {"anyOf": [{"type": "array", "items": _TEXT}, _TEXT]}
_DATE_TOLD = _(
    "In the Common Era or the Buddhist era, in any form that a file may have, such as 2026-11-21 or 21/11/2569."
)

_MEMBERS: Node = {name.value: _TEXTS if name in LISTS else _TEXT for name in Field}
_MEMBERS |= {name: _told(_TEXT, _DATE_TOLD) for name in ("issued_on", "valid_from", "expires_on")}
_MEMBERS |= {
    "number": _told(_TEXT, _("As it is printed. May be left out where the address says it.")),
    "renews": _told(_TEXT, _("The number of the licence that this one renews.")),
    "particulars": _told(
        {"type": "object", "additionalProperties": _TEXT}, _("Further items of the face of this type, by their code.")
    ),
    "no_expiry": _told(_TRUTH, _("True where the law knows no last day.")),
    "distinct": _told(
        _TRUTH,
        _(
            "True for a new licence whose number is nearly that of another one, or an alias of it, and which is another."
        ),
    ),
}
_LINKS: Node = {"type": "object", "additionalProperties": _TEXT}
_VIEW: Node = {
    "iri": _told(_TEXT, _("The permanent address of the licence.")),
    "check": _told(_TEXT, _("The address in its QR code.")),
    "version": {"type": "integer", "minimum": 1},
    "status": {"enum": [status.value for status in Status]},
    "record": _told(
        {"enum": [status.value for status in RecordStatus]},
        _("What is to be said of the record: stale is missing from the authority's last full list."),
    ),
    "license": ref("PlainLicense"),
    "complete": _told(_TRUTH, _("False where the licence says more than these members can; see its credential.")),
    "links": _LINKS,
}
_TERM = object_of({"valid_from": _DAY, "expires_on": _DAY, "no_expiry": {"const": True}}, closed=True)
_NAMED: Node = _told(_TEXT, _("The IRI or the number of another licence of the authority."))

_ROW = object_of(
    {
        "line": _COUNT,
        "sheet": _TEXT,
        "sheet_line": {"type": ["integer", "null"]},
        "number": _TEXT,
        "outcome": {"enum": list(OUTCOMES)},
        "cells": {"type": "array", "items": _TEXT},
        "findings": _listed("Finding"),
    },
    *("line", "sheet", "sheet_line", "number", "outcome", "cells", "findings"),
)
PUSH_SCHEMAS: dict[str, Any] = {
    "PlainLicense": {"type": "object", "additionalProperties": False, "properties": _MEMBERS},
    "Finding": object_of(
        {
            "code": _TEXT,
            "gravity": _told({"enum": [item.value for item in Gravity]}, _("What blocks keeps the licence back.")),
            "member": _told(_TEXT, _("The member, or the heading of the column.")),
            "received": _TEXT,
            "message": _BOTH,
            "proposed": _told(_TEXT, _("What it should perhaps be.")),
        },
        *("code", "gravity", "member", "received", "message", "proposed"),
    ),
    "LicenseView": object_of(_VIEW, *_VIEW),
    "PutAnswer": object_of(
        {"outcome": {"enum": ["created", "changed", "unchanged"]}, **_VIEW, "findings": _listed("Finding")},
        *("outcome", *_VIEW, "findings"),
    ),
    "ActRequest": object_of(
        {
            "license": _told(_TEXT, _("The IRI of the licence; or else its type and number.")),
            "type": _TEXT,
            "number": _TEXT,
            "qualifier": _TEXT,
            "kind": {"enum": list(KINDS)},
            "on": _told(_DAY, _("The day from which the decision takes effect.")),
            "order": _told(_TEXT, _("The reference of the order; it is published.")),
            "reason": _told(_TEXT, _("Why, in a sentence; it is published.")),
            "until": _told(_DAY, _("The last day of a suspension.")),
            "term": _told(_TERM, _("The new dates, for renew and correct; what is left out stays as it is.")),
            "successor": _NAMED,
            "voids": _told(_COUNT, _("The number of the act that a correction declares void.")),
        },
        *("kind", "on", "order", "reason"),
        closed=True,
    ),
    "ActAnswer": object_of(
        {
            "act": object_of({"id": _TEXT, "number": _COUNT, "kind": {"enum": list(KINDS)}}, "id", "number", "kind"),
            "license": object_of(
                {name: _VIEW[name] for name in ("iri", "check", "status", "version", "links")},
                *("iri", "check", "status", "version", "links"),
            ),
        },
        "act",
        "license",
    ),
    "Suspicion": object_of(
        {
            "code": _told({"enum": list(SUSPICIONS)}, _("The word that accepts it.")),
            "details": _LINKS,
            "message": _BOTH,
        },
        *("code", "details", "message"),
    ),
    "BatchReport": object_of(
        {
            "batch": _COUNT,
            "authority": _TEXT,
            "type": _TEXT,
            "file_name": _TEXT,
            "source": _told(_TEXT, _("The authority's name of the list that this is an issue of.")),
            "sha256": _TEXT,
            "state": {"enum": [state.value for state in BatchState]},
            "holds": _told({"enum": [item.value for item in Holds]}, _("Whether it is the whole list or a part.")),
            "form": _told({"type": "object"}, _("What the file was: kind, encoding, sheets.")),
            "rows": _COUNT,
            "counts": _told(object_of(dict.fromkeys(OUTCOMES, _COUNT), *OUTCOMES), _("Rows by what becomes of them.")),
            "missing": _told(_COUNT, _("Licences of the list that are public and not in the file.")),
            "public": _COUNT,
            "seen_before": _told(_TRUTH, _("These very bytes were published before.")),
            "findings": _told(_listed("Finding"), _("About the file as a whole.")),
            "suspicions": _told(_listed("Suspicion"), _("What must be accepted by name before it is published.")),
            "received_at": _TEXT,
            "published_at": _MAYBE,
            "undone_at": _MAYBE,
            "links": _LINKS,
        },
        *(
            "batch",
            "authority",
            "type",
            "state",
            "holds",
            "rows",
            "counts",
            "missing",
            "findings",
            "suspicions",
            "links",
        ),
    ),
    "BatchList": object_of(
        {
            "batches": {"type": "array", "items": object_of({"batch": _COUNT, "state": _TEXT}, "batch", "state")},
            "next": _MAYBE,
        },
        *("batches", "next"),
    ),
    "RowPage": object_of(
        {
            "rows": {
                "type": "array",
                "items": _ROW,
            },
            "next": _MAYBE,
        },
        *("rows", "next"),
    ),
    "ChangePage": object_of(
        {
            "changes": {
                "type": "array",
                "items": object_of(
                    {
                        "line": _COUNT,
                        "number": _TEXT,
                        "fields": {
                            "type": "array",
                            "items": object_of(
                                {"field": _TEXT, "before": _TEXT, "after": _TEXT}, "field", "before", "after"
                            ),
                        },
                    },
                    *("line", "number", "fields"),
                ),
            },
            "next": _MAYBE,
        },
        *("changes", "next"),
    ),
    "Sample": object_of({"rows": {"type": "array", "items": _ROW}}, "rows"),
    "MissingPage": object_of(
        {
            "missing": {"type": "array", "items": object_of({"number": _TEXT, "name": _TEXT}, "number", "name")},
            "next": _MAYBE,
        },
        *("missing", "next"),
    ),
    "BatchDeed": object_of(
        {
            "accept": _told(
                {"type": "array", "items": {"enum": list(SUSPICIONS)}},
                _("What is suspicious and is meant so; only for publish."),
            )
        },
        closed=True,
    ),
}

PLAIN_EXAMPLE: Node = {
    "licensee": "บริษัท ตัวอย่าง จำกัด",
    "premises": "ร้านตัวอย่าง",
    "province": "นครพนม",
    "issued_on": "2024-03-01",
    "valid_from": "2024-03-01",
    "expires_on": "2027-02-28",
}
PUSH_EXAMPLES: dict[str, Node] = {
    "putLicense": PLAIN_EXAMPLE,
    "putQualifiedLicense": PLAIN_EXAMPLE,
    "recordAct": {
        "type": "food-premises",
        "number": "12/2567",
        "kind": "suspend",
        "on": "2026-11-21",
        "until": "2027-01-31",
        "order": "นพ 71801/9",
        "reason": "สุขลักษณะไม่ผ่านเกณฑ์",
    },
    "actOnBatch": {"accept": ["missing"]},
}
"""What may be sent to each operation, by its name."""
