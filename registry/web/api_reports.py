"""`/api/v1/reports/...`: an authority's own system reads its queue of reports, closes what is done, erases what must go."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, Response, request

from registry import urls
from registry.intake.plain import MemberRefused
from registry.register import Register
from registry.report_erasure import erase_closed_before, erase_report, is_purged
from registry.reports import PAGE, SignReport, close_report, report, report_photo, reports
from registry.tokens import TokenScope
from registry.web.api import Gate, json_answer, require_json
from verify.document import parse_document
from verify.errors import MalformedDocument
from vocab.graph import date_time
from vocab.history import THAI_TIME

STATES = {"open": True, "closed": False, "all": None}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST_YEAR = 1900
_COUNT = re.compile(r"\d{1,18}", re.ASCII)


def reports_blueprint(register: Register, gate: Gate) -> Blueprint:
    """The reports for the token's authority, and no others."""
    blueprint = gate.blueprint("reports")

    @blueprint.get("/reports")
    def listed() -> Response:
        caller = gate.caller(TokenScope.REPORT)
        state, after = request.args.get("state", "open"), request.args.get("after", "0")
        if state not in STATES:
            raise MemberRefused("/state", f"one of {', '.join(STATES)} is expected here")
        if not _COUNT.fullmatch(after):
            raise MemberRefused("/after", "what the `next` of a page says is expected here")
        found = reports(register, caller.authority, is_open=STATES[state], after=int(after), limit=PAGE + 1)
        page = found[:PAGE]
        following = urls.query([("state", state), ("after", str(page[-1].sequence))]) if len(found) > PAGE else ""
        return json_answer(
            {
                "items": [_node(register, each) for each in page],
                "next": f"{register.base}/api/v1/reports?{following}" if following else None,
            }
        )

    @blueprint.get("/reports/<reference>")
    def one(reference: str) -> Response:
        return json_answer(_node(register, report(register, reference, gate.caller(TokenScope.REPORT).authority)))

    @blueprint.get("/reports/<reference>/photo")
    def photo(reference: str) -> Response:
        body = report_photo(register, reference, gate.caller(TokenScope.REPORT).authority)
        response = Response(body, content_type="image/jpeg")
        response.headers["Content-Disposition"] = f"attachment; filename=report-{reference}.jpg"
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.post("/reports/<reference>/close")
    def close(reference: str) -> Response:
        caller = gate.caller(TokenScope.REPORT)
        require_json()
        closed = close_report(register, reference, _texts("reason")["reason"], caller.authority, caller.id)
        return json_answer(_node(register, closed))

    @blueprint.post("/reports/<reference>/erase")
    def erase(reference: str) -> Response:
        caller = gate.caller(TokenScope.REPORT)
        require_json()
        erased = erase_report(register, reference, _texts("reason")["reason"], caller.authority, caller.id)
        return json_answer({**_node(register, erased), "purged": is_purged(register)})

    @blueprint.post("/report-erasures")
    def erase_closed() -> Response:
        caller = gate.caller(TokenScope.REPORT)
        require_json()
        sent = _texts("closed_before", "reason")
        day = _past_day("/closed_before", sent["closed_before"], register.today())
        before = datetime.combine(day, time(), THAI_TIME)
        count = erase_closed_before(register, before, sent["reason"], caller.authority, caller.id)
        return json_answer({"erased": count, "purged": is_purged(register)})

    return blueprint


def _texts(*names: str) -> Mapping[str, str]:
    """The members of the body, which are these texts and no others."""
    expected = "{" + ", ".join(f'"{name}": "..."' for name in names) + "}"
    try:
        body = parse_document(request.get_data())
    except MalformedDocument as error:
        raise MemberRefused("", f"{expected} is expected here ({error})") from error
    for name in names:
        if body.keys() != set(names) or not isinstance(body[name], str):
            raise MemberRefused(f"/{name}", f"{expected}, and nothing else, is expected here")
    return body


def _past_day(pointer: str, text: str, today: date) -> date:
    """The day that a member names, of the Common Era, and not after today. Raises `MemberRefused`."""
    day: date | None = None
    if _DAY.fullmatch(text) and int(text[:4]) >= _EARLIEST_YEAR:
        with suppress(ValueError):
            day = date.fromisoformat(text)
    if day is None:
        raise MemberRefused(pointer, "a day of the Common Era such as 2026-01-31 is expected here")
    if day > today:
        raise MemberRefused(pointer, f"a day of the Common Era, {today} at the latest, is expected here (got {day})")
    return day


def _node(register: Register, item: SignReport) -> dict[str, Any]:
    path = urls.api_report(item.reference)
    return {
        "reference": item.reference,
        "at": date_time(item.at),
        "license": f"{register.base}/id/lic/{item.tail}",
        "number": item.number,
        "wrong": list(item.wrong),
        "text": item.text,
        "place": item.place,
        "photo": f"{register.base}{path}/photo" if item.has_photo else None,
        "closed_at": date_time(item.closed_at) if item.closed_at else None,
        "reason": item.reason,
        "erased": item.erased
        and {"at": date_time(item.erased.at), "by": item.erased.by.value, "reason": item.erased.reason},
    }
