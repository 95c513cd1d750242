"""`/api/v1/licenses/...`: one licence put and got by its number, and many sent one a line."""

from collections.abc import Iterator

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import ETags

from registry import urls
from registry.api.push import Preconditions, View, find_view, finding_node, put_license
from registry.api.stream import MAX_STREAM_BYTES, answer_lines, require_counter, spooled
from registry.register import Register
from registry.services import NoSuchLicense
from registry.tokens import TokenScope
from registry.web.answer import REVALIDATED
from registry.web.api import Gate, json_answer, require_json, require_media_type, still_at_it
from vocab.iri import LicenseIri, MalformedIri, NumberRefused

PREFIX = "/api/v1/licenses/"
JSON_LINES = ("application/jsonl", "application/x-ndjson", "application/ndjson")


def licenses_blueprint(register: Register, gate: Gate) -> Blueprint:
    """Licences as plain JSON: writing is for tokens with the scope `publish`, reading is for all."""
    blueprint = gate.blueprint("licenses")

    @blueprint.before_app_request
    def refuse_line_breaks() -> None:
        # No route has them, and they would be found nowhere without a word.
        for prefix in (PREFIX, urls.api_access_prefix(), urls.api_files_prefix(), urls.api_show_links_prefix()):
            if request.path.startswith(prefix) and "\n" in request.path:
                named_license(register, prefix, "")

    # What the path names is read from the request line, where nothing is decoded yet.
    @blueprint.put("/licenses/<authority>/<type>/<path:number>")
    def put(**_decoded: str) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        require_json()
        named = named_license(register, PREFIX, caller.authority)
        if isinstance(named, Response):
            return named
        pushed = put_license(register, caller, named, request.get_data(), _preconditions())
        answer = {
            "outcome": pushed.outcome,
            **pushed.view.document,
            "findings": [finding_node(finding) for finding in pushed.findings],
        }
        is_new = pushed.outcome == "created"
        location = register.base + urls.api_license(pushed.view.iri) if is_new else ""
        return json_answer(answer, 201 if is_new else 200, location=location, etag=pushed.view.etag)

    @blueprint.get("/licenses/<authority>/<type>/<path:number>")
    def get(**_decoded: str) -> Response:
        caller = gate.anyone()
        named = named_license(register, PREFIX, "")
        if isinstance(named, Response):
            return named
        view = find_view(register, caller, named)
        if isinstance(view, LicenseIri):
            return _moved(register, PREFIX, view.tail)
        return _shown(view)

    @blueprint.post("/licenses/<authority>/<type>")
    def post(authority: str, type: str) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        require_media_type(*JSON_LINES)
        request.max_content_length = MAX_STREAM_BYTES
        require_counter(register, caller, authority, type)
        file = spooled(request.stream)
        answers = answer_lines(register, caller, type, file, still_at_it())
        response = Response(_json_lines(answers), content_type=JSON_LINES[0])
        # Also where nobody waits for the answers.
        response.call_on_close(file.close)
        return response

    return blueprint


def named_license(register: Register, prefix: str, authority: str) -> LicenseIri | Response:
    """The licence that the path names behind `prefix`, or its one spelling to go to (308). `authority` is the caller's, if it
    matters."""
    raw = urls.raw_path(request.environ).removeprefix(prefix)
    try:
        tail = urls.canonical_tail(raw)
        iri = urls.parse_tail(register.base, tail)
    except MalformedIri as error:
        if isinstance(error.__cause__, NumberRefused):
            # Well written, but nobody can have a licence with this number.
            raise error.__cause__ from error
        raise NoSuchLicense(f"{error}; a slash in a number is written ~2F") from error
    with register.database.reading() as session:
        known = register.store(session).authority(iri.authority)
    if known is not None and known.code != iri.authority and authority in {"", known.code}:
        tail = tail.replace(iri.authority, known.code, 1)
    if tail == raw:
        return iri
    return _moved(register, prefix, tail)


def _moved(register: Register, prefix: str, tail: str) -> Response:
    # Not flask.redirect: it would quote the path again.
    return Response(status=308, headers={"Location": register.base + prefix + tail})


def _preconditions() -> Preconditions:
    return Preconditions(
        match=_tags("If-Match", request.if_match), none_match=_tags("If-None-Match", request.if_none_match)
    )


def _tags(field: str, found: ETags) -> frozenset[str] | None:
    """The strong tags of a field; `*` for any. None where there is no such field: an empty one matches nothing."""
    if field not in request.headers:
        return None
    return frozenset({"*"} if found.star_tag else found.as_set(include_weak=field == "If-None-Match"))


def _shown(view: View) -> Response:
    response = json_answer(view.document, etag=view.etag)
    response.vary.add("Authorization")
    response.headers["Cache-Control"] = "private, no-cache" if "Authorization" in request.headers else REVALIDATED
    if "Authorization" not in request.headers:
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response


def _json_lines(answers: Iterator[object]) -> Iterator[bytes]:
    for answer in answers:
        yield orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
