"""The public verification endpoints in the VC API form, as a Flask blueprint. It is handed the examiners that it asks."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from verify.data_model import items
from verify.document import Document, json_kind, parse_document
from verify.errors import CouldNotCheck, MalformedDocument, MalformedRequest, NotJson, VerificationError
from verify.jose import ENVELOPED_CREDENTIAL, ENVELOPED_PRESENTATION, enveloped, is_envelope, open_envelope
from verify.presentation import Asked, PresentationVerdict
from verify.proof import ASSERTION, AUTHENTICATION, require_asked
from verify.verdict import Answer, Part, Verdict

Examiner = Callable[[Document], Verdict]
"""Takes a parsed credential, asks the register, and gives the verdict."""
PresentationExaminer = Callable[[Document, Asked], PresentationVerdict]
"""The same for a presentation, and what it was asked for with."""
CodeExaminer = Callable[[str], Verdict]
"""The same for the text of a QR code."""


def verification_blueprint(
    examine: Examiner, examine_presentation: PresentationExaminer, examine_code: CodeExaminer
) -> Blueprint:
    """`POST /credentials/verify`, `/presentations/verify` and `/codes/verify`: 200 with `verified: true`, or 400 with
    `verified: false` and `problemDetails`."""
    blueprint = Blueprint("verification", __name__)

    @blueprint.post("/credentials/verify")
    def verify_credential() -> tuple[Response, int]:
        try:
            credential, options = _request("verifiableCredential")
            challenge, domain, purpose = _options(options)
            for proof in _options_signed(credential, ENVELOPED_CREDENTIAL, ASSERTION):
                require_asked(proof, challenge, domain, purpose or ASSERTION)
        except (MalformedDocument, MalformedRequest) as error:
            return jsonify(_refusal(error.code, str(error))), 400
        return _answer(examine(credential))

    @blueprint.post("/presentations/verify")
    def verify_presentation() -> tuple[Response, int]:
        try:
            presentation, options = _request("verifiablePresentation")
            challenge, domain, purpose = _options(options)
            for proof in _options_signed(presentation, ENVELOPED_PRESENTATION, AUTHENTICATION):
                require_asked(proof, "", "", purpose or AUTHENTICATION)
        except (MalformedDocument, MalformedRequest) as error:
            return jsonify(_refusal(error.code, str(error))), 400
        return _presented(examine_presentation(presentation, Asked(challenge=challenge, domain=domain)))

    @blueprint.post("/codes/verify")
    def verify_code() -> tuple[Response, int]:
        try:
            scanned = _code()
        except (MalformedDocument, MalformedRequest) as error:
            return jsonify(_refusal(error.code, str(error))), 400
        return _answer(examine_code(scanned))

    return blueprint


def _options_signed(document: Document, kind: str, purpose: str) -> list[Any]:
    """What the proofs of `document` say of themselves. An envelope has other names for the same, and one `purpose`."""
    if not is_envelope(document, kind):
        return items(document, "proof")
    try:
        envelope = open_envelope(document, kind)
    except (VerificationError, CouldNotCheck):
        return []  # nothing was signed; the verdict says why
    return [{"challenge": envelope.nonce, "domain": list(envelope.audience), "proofPurpose": purpose}]


def _request(member: str) -> tuple[Document, Document]:
    """What is to be verified, and the options, of a request. Raises `MalformedRequest`, and `MalformedDocument` for bad JSON."""
    try:
        body = parse_document(request.get_data())
    except NotJson as error:
        raise MalformedRequest(f"the request is {_form(member)} ({error})") from error
    unknown = body.keys() - {member, "options"}
    if unknown:
        raise MalformedRequest(
            f"the request is {_form(member)} and has no other members (got {', '.join(sorted(unknown))[:100]})"
        )
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise MalformedRequest(f"options is an object, or left out (got {type(options).__name__})")
    document = body.get(member)
    if isinstance(document, str):
        # A bare JWT, as some clients send it.
        document = enveloped(
            document, ENVELOPED_CREDENTIAL if member == "verifiableCredential" else ENVELOPED_PRESENTATION
        )
    if not isinstance(document, dict):
        found = f"{type(document).__name__} as {member}" if member in body else f"no {member}"
        raise MalformedRequest(f"the request is {_form(member)} (got {found})")
    return document, options


def _code() -> str:
    """What a scanner read, of a request. Raises `MalformedRequest`, for bad JSON too: no document is to be judged."""
    expected = '{"code": "HTTPS://.../C/...#..."}'
    try:
        body = parse_document(request.get_data())
    except MalformedDocument as error:
        raise MalformedRequest(f"the request is {expected} ({error})") from error
    if body.keys() != {"code"}:
        raise MalformedRequest(f"the request is {expected}, and nothing else (got {', '.join(sorted(body))[:100]})")
    code = body["code"]
    if not isinstance(code, str):
        raise MalformedRequest(f"the request is {expected}: code is a text (got {json_kind(code)})")
    return code


def _form(member: str) -> str:
    return f'{{"{member}": {{...}}, "options": {{}}}}'


def _options(options: Document) -> list[str]:
    """The values of the options `_ASKED`, in order, empty where not given. Raises `MalformedRequest` for others.

    `checks` (what to check), `returnCredential` and the like are for verifiers that can leave something out: we check everything.
    """
    unknown = options.keys() - {*_ASKED, *_HARMLESS}
    if unknown:
        raise MalformedRequest(
            f"options that we do not know (got {', '.join(sorted(unknown))[:100]}; there are {', '.join(_ASKED)})"
        )
    for name in _ASKED:
        if not isinstance(options.get(name, ""), str):
            raise MalformedRequest(f"options.{name} is a text, or left out (got {str(options[name])[:60]})")
    return [options.get(name, "") for name in _ASKED]


_ASKED = ("challenge", "domain", "expectedProofPurpose")
_HARMLESS = frozenset({"checks", "returnCredential", "returnPresentation", "returnProblemDetails", "returnResults"})


def _answer(verdict: Verdict) -> tuple[Response, int]:
    body: dict[str, Any] = {"verified": verdict.verified, "verdict": verdict.to_json()}
    if verdict.verified:
        return jsonify(body), 200
    body["problemDetails"] = _problems(verdict)
    return jsonify(body), 400


def _presented(verdict: PresentationVerdict) -> tuple[Response, int]:
    body: dict[str, Any] = {"verified": verdict.verified, "verdict": verdict.to_json()}
    if verdict.verified:
        return jsonify(body), 200
    problems = [_problem(verdict.signature)] if verdict.signature.answer is not Answer.YES else []
    body["problemDetails"] = problems + [
        problem for each in verdict.credentials if not each.verified for problem in _problems(each)
    ]
    return jsonify(body), 400


def _problems(verdict: Verdict) -> list[dict[str, Any]]:
    parts = (verdict.genuine, verdict.in_force) if verdict.issuer.code != "stranger" else (verdict.in_force,)
    return [_problem(part) for part in parts if part.answer is not Answer.YES]


def _refusal(code: str, detail: str) -> dict[str, Any]:
    return {"verified": False, "problemDetails": [_problem(Part(Answer.NO, code, detail))]}


def _problem(part: Part) -> dict[str, Any]:
    return {
        "type": f"/problems/{part.code}",
        "title": part.code.replace("-", " "),
        "status": 400,
        "detail": part.detail,
    }
