"""`POST /credentials/issue` in the VC API form, for the systems of authorities."""

from flask import Blueprint, Response, request

from registry.issue_request import issue_license, read_issue_request
from registry.register import Register
from registry.tokens import authenticate, presented_token

CREDENTIAL = "application/vc"


def issue_blueprint(register: Register) -> Blueprint:
    """Issuing for whoever bears the token of an authority."""
    blueprint = Blueprint("issue", __name__)

    @blueprint.post("/credentials/issue")
    def issue() -> Response:
        token = presented_token(request.headers.get("Authorization"))
        with register.database.reading() as session:
            caller = authenticate(register, session, token)
        return issued(issue_license(register, caller, read_issue_request(request.get_data())))

    return blueprint


def issued(credential: bytes) -> Response:
    """The answer: the body is the secured credential, and nobody keeps it on the way."""
    return Response(credential, 201, {"Cache-Control": "no-store"}, content_type=CREDENTIAL)
