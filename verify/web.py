"""The public verification endpoint in the VC API form, as a Flask blueprint. It is handed the examiner that it asks."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from verify.document import Document, parse_document
from verify.errors import MalformedDocument
from verify.verdict import Answer, Verdict

Examiner = Callable[[Document], Verdict]
"""Takes a parsed document, asks the register, and gives the verdict."""


def verification_blueprint(examine: Examiner) -> Blueprint:
    """`POST /credentials/verify`: 200 with `verified: true`, or 400 with `verified: false` and `problemDetails`."""
    blueprint = Blueprint("verification", __name__)

    @blueprint.post("/credentials/verify")
    def verify_credential() -> tuple[Response, int]:
        try:
            document = _credential(parse_document(request.get_data()))
        except MalformedDocument as error:
            return jsonify(_refusal(error.code, str(error))), 400
        verdict = examine(document)
        body = _answer(verdict)
        return jsonify(body), 200 if body["verified"] else 400

    return blueprint


def _credential(body: Document) -> Document:
    """The credential in a request. Raises `MalformedDocument`."""
    unknown = body.keys() - {"verifiableCredential", "options"}
    if unknown:
        raise MalformedDocument(f"the request has members that we do not know (got {', '.join(sorted(unknown))[:100]})")
    if not isinstance(body.get("options", {}), dict):
        raise MalformedDocument("options is an object")
    credential = body.get("verifiableCredential")
    if not isinstance(credential, dict):
        raise MalformedDocument(
            'the request is {"verifiableCredential": {...}, "options": {}} (got '
            f"{type(credential).__name__} as verifiableCredential)"
        )
    return credential


def _answer(verdict: Verdict) -> dict[str, Any]:
    verified = verdict.genuine.answer is Answer.YES and verdict.in_force.answer is Answer.YES
    body: dict[str, Any] = {"verified": verified, "verdict": verdict.to_json()}
    if not verified:
        parts = [part for part in (verdict.genuine, verdict.in_force) if part.answer is not Answer.YES]
        body["problemDetails"] = [_problem(part.code, part.detail) for part in parts]
    return body


def _refusal(code: str, detail: str) -> dict[str, Any]:
    return {"verified": False, "problemDetails": [_problem(code, detail)]}


def _problem(code: str, detail: str) -> dict[str, Any]:
    return {"type": f"/problems/{code}", "title": code.replace("-", " "), "status": 400, "detail": detail}
