"""What verifiers fetch: DID documents, status lists, contexts, trust data."""

from flask import Blueprint, Response, abort

from issuers.secure import serialize
from registry.keyring import published_document
from registry.register import Register
from registry.render import Rendered
from registry.trust import status_list_body, trust_file
from registry.web.answer import FOR_EVER, credential_answer, document_answer, list_number
from vocab.contexts import catalogue_context_bytes, data_context_bytes, license_context_bytes
from vocab.terms import CATALOGUE_CONTEXT_PATH, DATA_CONTEXT_PATH, LICENSE_CONTEXT_PATH


def trust_blueprint(register: Register) -> Blueprint:
    """The documents that prove what the register says."""
    blueprint = Blueprint("trust", __name__)

    @blueprint.get("/auth/<code>/did.json")
    def did_document(code: str) -> Response:
        with register.database.reading() as session:
            authority = register.store(session).authority(code)
            if authority is None or authority.code != code:
                abort(404, "no authority has this code")
            return document_answer(
                Rendered(serialize(published_document(register, session, code)), "application/did+json")
            )

    @blueprint.get("/status/<code>/<purpose>/<number>")
    def status_list(code: str, purpose: str, number: str) -> Response:
        with register.database.reading() as session:
            body = status_list_body(session, code, purpose, list_number(number))
        if body is None:
            abort(404, "there is no such status list")
        return credential_answer(body)

    @blueprint.get(LICENSE_CONTEXT_PATH)
    def license_context() -> Response:
        # The bytes are pinned by verifiers: this address never serves any others.
        return document_answer(Rendered(license_context_bytes(), "application/ld+json"), FOR_EVER)

    @blueprint.get(DATA_CONTEXT_PATH)
    def data_context() -> Response:
        return document_answer(Rendered(data_context_bytes(), "application/ld+json"), FOR_EVER)

    @blueprint.get(CATALOGUE_CONTEXT_PATH)
    def catalogue_context() -> Response:
        # Signed by nobody: terms may be added, and it is asked about before each use.
        return document_answer(Rendered(catalogue_context_bytes(), "application/ld+json"))

    @blueprint.get("/trust.json")
    def trust() -> Response:
        return document_answer(Rendered(trust_file(register), "application/json"))

    return blueprint
