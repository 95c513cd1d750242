"""`POST /api/v1/acts`: decisions on licences."""

import orjson
from flask import Blueprint, Response, request

from registry.api.act_request import read_act_request, record_act
from registry.api.answered import keyed_request
from registry.register import Register
from registry.tokens import TokenScope
from registry.web.api import Gate, json_answer, require_json


def acts_blueprint(register: Register, gate: Gate) -> Blueprint:
    """Decisions by the systems of authorities, for tokens with the scope `act`."""
    blueprint = gate.blueprint("acts")

    @blueprint.post("/acts")
    def acts() -> Response:
        caller = gate.caller(TokenScope.ACT)
        require_json()
        body = request.get_data()
        keyed = keyed_request(request.headers.get("Idempotency-Key"), request.method, request.path, body)
        answer = record_act(register, caller, read_act_request(body), keyed)
        return json_answer(answer.body, answer.status, location=orjson.loads(answer.body)["act"]["id"])

    return blueprint
