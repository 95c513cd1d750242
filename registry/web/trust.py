"""What verifiers fetch: DID documents, status lists, contexts, trust data."""

from flask import Blueprint, Response, abort, request

from issuers.secure import serialize
from registry.keyring import published_document
from registry.register import Register
from registry.trust import status_list_body, trust_file
from vocab.contexts import license_context_bytes, ontology_bytes
from vocab.terms import LICENSE_CONTEXT_PATH

SHORT = "public, no-cache"
"""Kept by anyone, and asked about (ETag) before each use: an act shows at once."""


def trust_blueprint(register: Register) -> Blueprint:
    """The documents that prove what the register says."""
    blueprint = Blueprint("trust", __name__)

    @blueprint.get("/auth/<code>/did.json")
    def did_document(code: str) -> Response:
        with register.database.reading() as session:
            authority = register.store(session).authority(code)
            if authority is None or authority.code != code:
                abort(404, "no authority has this code")
            return _answer(serialize(published_document(register, session, code)), "application/did+json", SHORT)

    @blueprint.get("/status/<code>/<purpose>/<int:number>")
    def status_list(code: str, purpose: str, number: int) -> Response:
        with register.database.reading() as session:
            body = status_list_body(session, code, purpose, number) if number < 2**31 else None
        if body is None:
            abort(404, "there is no such status list")
        offered = ["application/vc", "application/ld+json", "application/json"]
        return _answer(body, request.accept_mimetypes.best_match(offered) or offered[0], SHORT)

    @blueprint.get(LICENSE_CONTEXT_PATH)
    def license_context() -> Response:
        # The bytes are pinned by verifiers: this address never serves any others.
        return _answer(license_context_bytes(), "application/ld+json", "public, max-age=31536000, immutable")

    @blueprint.get("/def/lic")
    def ontology() -> Response:
        return _answer(ontology_bytes(), "text/turtle; charset=utf-8", SHORT)

    @blueprint.get("/trust.json")
    def trust() -> Response:
        return _answer(trust_file(register), "application/json", SHORT)

    return blueprint


def _answer(body: bytes, media_type: str, cache: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response
