"""`POST /credentials/issue` in the VC API form: for the systems of authorities, and for tests where the sandbox is open."""

from collections.abc import Sequence

from flask import Blueprint, Response, request

from registry.api.issue_request import issue_license, read_issue_request
from registry.register import Register
from registry.sandbox import Sandbox
from registry.tokens import authenticate, presented_token

CREDENTIAL = "application/json"
"""And not `application/vc`: clients of the VC API read JSON under this name only."""


def issue_blueprint(register: Register, sandbox: Sandbox | None) -> Blueprint:
    """Issuing for whoever bears the token of an authority; without one, by the sandbox where there is one."""
    blueprint = Blueprint("issue", __name__)

    @blueprint.post("/credentials/issue")
    def issue() -> Response:
        token = presented_token(request.headers.get("Authorization"))
        if sandbox is not None and (token is None or sandbox.is_token(token)):
            return issued(sandbox.issue(read_issue_request(request.get_data())))
        with register.database.reading() as session:
            caller = authenticate(register, session, token)
        done = issue_license(register, caller, read_issue_request(request.get_data()))
        return issued(done.credential, done.findings)

    return blueprint


def issued(credential: bytes, findings: Sequence[str] = ()) -> Response:
    """The answer: the body is the secured credential, and nobody keeps it on the way.

    The VC API leaves no room in the body, so the codes of what looked unusual are a list in the header `Findings`.
    """
    response = Response(credential, 201, {"Cache-Control": "no-store"}, content_type=CREDENTIAL)
    if findings:
        response.headers["Findings"] = ", ".join(findings)
    return response
