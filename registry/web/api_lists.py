"""`/api/v1/licenses`, `/api/v1/authorities` and `/api/v1/types`: lists for programs. Public, without a token."""

from typing import Any

import orjson
from flask import Blueprint, Response, request

from registry import urls
from registry.api.grantor_list import authority_view, list_authorities, list_types, type_view
from registry.api.license_list import Query, list_licenses, read_query, single_values
from registry.register import Register
from registry.render import Rendered
from registry.search.counting import LivingCounts
from registry.web.answer import document_answer


def lists_blueprint(register: Register) -> Blueprint:
    """What is public of `register`, as lists."""
    blueprint = Blueprint("lists", __name__, url_prefix="/api/v1")
    counts = LivingCounts()

    @blueprint.after_request
    def open_to_all(response: Response) -> Response:
        # Problems too: a browser's program could not explain them otherwise.
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @blueprint.get("/licenses")
    def licenses() -> Response:
        with register.database.reading() as session:
            store = register.store(session)
            return _answer(list_licenses(store, read_query(store, _query()), _query()))

    @blueprint.get("/authorities")
    def authorities() -> Response:
        with register.database.reading() as session:
            return _answer(list_authorities(register.store(session), _query()))

    @blueprint.get("/authorities/<code>")
    def authority(code: str) -> Response:
        single_values(_query(), ())
        with register.database.reading() as session:
            store = register.store(session)
            found = store.require_authority(code)
            if found.code != code:
                return Response(status=308, headers={"Location": register.base + urls.api_authority(found.code)})
            return _answer(authority_view(store, found, counts.at(session, register.now()).only(authority=code)))

    @blueprint.get("/types")
    def types() -> Response:
        with register.database.reading() as session:
            return _answer(list_types(register.store(session), _query()))

    @blueprint.get("/types/<code>")
    def license_type(code: str) -> Response:
        single_values(_query(), ())
        with register.database.reading() as session:
            found = register.store(session).require_license_type(code)
            return _answer(type_view(register.base, found, counts.at(session, register.now()).only(license_type=code)))

    return blueprint


def _query() -> Query:
    return request.args.to_dict(flat=False)


def _answer(document: dict[str, Any]) -> Response:
    return document_answer(Rendered(orjson.dumps(document), "application/json"))
