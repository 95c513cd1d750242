"""The sandbox issuer's addresses: what it is, where it issues, and its status lists."""

from flask import Blueprint, Response, abort, jsonify, render_template, request

from registry.api.issue_request import read_issue_request
from registry.sandbox import Sandbox, sandbox_list_body
from registry.web.answer import credential_answer, list_number
from registry.web.issue import issued


def sandbox_blueprint(sandbox: Sandbox) -> Blueprint:
    """`/sandbox` and what is below it."""
    blueprint = Blueprint("sandbox", __name__)

    @blueprint.get("/sandbox")
    def about() -> Response:
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            issuers = [{"id": did, "cryptosuite": suite} for suite, did in sandbox.dids.items()]
            response = jsonify({"purpose": "for tests; proves nothing", "issuers": issuers})
        else:
            response = Response(render_template("sandbox.html", dids=sandbox.dids))
        response.vary.add("Accept")
        return response

    @blueprint.post("/sandbox/credentials/issue")
    def issue() -> Response:
        return issued(sandbox.issue(read_issue_request(request.get_data())))

    @blueprint.get("/sandbox/status/<number>")
    def status_list(number: str) -> Response:
        with sandbox.register.database.reading() as session:
            body = sandbox_list_body(session, list_number(number))
        if body is None:
            abort(404, "there is no such status list")
        return credential_answer(body)

    return blueprint
