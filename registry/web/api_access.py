"""`/api/v1/access/...`: where the document of a licence is, told to all and said by its authority."""

from flask import Blueprint, Response, request

from registry import urls
from registry.api.access_request import links_view, put_links, read_links, require_own
from registry.register import Register
from registry.tokens import TokenScope
from registry.web.api import Gate, json_answer, require_json
from registry.web.api_licenses import named_license

PREFIX = urls.api_access_prefix()


def access_blueprint(register: Register, gate: Gate) -> Blueprint:
    """The links of one licence: read by all, put as a whole by tokens with the scope `publish`."""
    blueprint = gate.blueprint("access")

    @blueprint.get("/access/<authority>/<type>/<path:number>")
    def get(**_decoded: str) -> Response:
        gate.anyone()
        named = named_license(register, PREFIX, "")
        if isinstance(named, Response):
            return named
        answer = json_answer(links_view(register, named))
        answer.headers["Cache-Control"] = "no-cache"
        answer.vary.add("Authorization")
        answer.add_etag()
        answer.make_conditional(request)
        return answer

    @blueprint.put("/access/<authority>/<type>/<path:number>")
    def put(**_decoded: str) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        require_json()
        named = named_license(register, PREFIX, caller.authority)
        if isinstance(named, Response):
            return named
        require_own(caller, named)
        return json_answer(put_links(register, caller, named, read_links(request.get_data())))

    return blueprint
