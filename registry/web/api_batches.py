"""`/api/v1/batches`: files that an authority's own system sends, looks at, publishes and takes back."""

from pathlib import PureWindowsPath

import orjson
from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import FileStorage
from werkzeug.http import parse_options_header

from registry import urls
from registry.api.answered import Answer, keyed_request
from registry.api.batch_request import (
    FIELDS,
    MOST,
    PAGE,
    act_on_batch,
    answered_once,
    findings_file,
    identity_of,
    list_batches,
    list_changes,
    list_missing,
    list_rows,
    list_sample,
    own_report,
    report_node,
    stage_batch,
    submission_of,
)
from registry.intake.plain import MemberRefused
from registry.register import Register
from registry.tokens import TokenScope
from registry.web.api import Gate, json_answer, kept_alive

FORM = "multipart/form-data"
MAX_UPLOAD_BYTES = 64 << 20
"""Of a file that is sent here; the command line takes larger ones."""
MAX_FIELD_BYTES = 1 << 20
"""Of what is said of a file; a mapping is the longest."""
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def batches_blueprint(register: Register, gate: Gate) -> Blueprint:
    """Batches of the token's authority, for tokens with the scope `publish`. Those of others are not found."""
    blueprint = gate.blueprint("batches")

    @blueprint.post("/batches")
    def upload() -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        request.max_content_length = MAX_UPLOAD_BYTES + MAX_FIELD_BYTES
        request.max_form_memory_size = MAX_FIELD_BYTES
        body, fields = _upload()
        if len(body) > MAX_UPLOAD_BYTES:
            abort(413, f"a file that is sent here has at most {MAX_UPLOAD_BYTES:,} bytes (got {len(body):,})")
        submission = submission_of(caller, body, fields)
        keyed = keyed_request(_key(), request.method, request.path, identity_of(submission))
        with kept_alive():
            done = answered_once(register, caller, keyed, lambda: stage_batch(register, submission))
        return _answer(register, done)

    @blueprint.get("/batches")
    def listed() -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        before = _count("before", 0)
        return json_answer(list_batches(register, caller, before or None, _limit()))

    @blueprint.get("/batches/<int:number>")
    def report(number: int) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        return json_answer(report_node(register, own_report(register, caller, number)))

    @blueprint.get("/batches/<int:number>/rows")
    def rows(number: int) -> Response:
        own_report(register, gate.caller(TokenScope.PUBLISH), number)
        outcomes, found = tuple(request.args.getlist("outcome")), request.args.get("findings") == "1"
        page = list_rows(register, number, outcomes, found=found, after=_count("after", 0), limit=_limit())
        return json_answer(page)

    @blueprint.get("/batches/<int:number>/changes")
    def changes(number: int) -> Response:
        own_report(register, gate.caller(TokenScope.PUBLISH), number)
        return json_answer(list_changes(register, number, after=_count("after", 0), limit=_limit()))

    @blueprint.get("/batches/<int:number>/missing")
    def missing(number: int) -> Response:
        own_report(register, gate.caller(TokenScope.PUBLISH), number)
        return json_answer(list_missing(register, number, after=_count("after", 0), limit=_limit()))

    @blueprint.get("/batches/<int:number>/sample")
    def sample(number: int) -> Response:
        own_report(register, gate.caller(TokenScope.PUBLISH), number)
        return json_answer(list_sample(register, number))

    @blueprint.get("/batches/<int:number>/findings.<any(csv, xlsx):form>")
    def findings(number: int, form: str) -> Response:
        own = own_report(register, gate.caller(TokenScope.PUBLISH), number)
        response = Response(findings_file(register, own, form), content_type=MEDIA_TYPES[form])
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Disposition"] = f"attachment; filename=batch-{number}-findings.{form}"
        return response

    @blueprint.post("/batches/<int:number>/<any(publish, undo, restage, discard):deed>")
    def act(number: int, deed: str) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        body = request.get_data()
        keyed = keyed_request(_key(), request.method, request.path, body)
        with kept_alive():
            done = answered_once(register, caller, keyed, lambda: act_on_batch(register, caller, number, deed, body))
        return _answer(register, done)

    return blueprint


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")


def _answer(register: Register, answer: Answer) -> Response:
    location = register.base + urls.api_batch(orjson.loads(answer.body)["batch"]) if answer.status == 201 else ""
    return json_answer(answer.body, answer.status, location=location)


def _upload() -> tuple[bytes, dict[str, str]]:
    """The file and what is said of it: the parts of a form, or the whole body with the fields in the query."""
    if request.mimetype == FORM:
        parts = list(request.files.items(multi=True))
        if [name for name, _ in parts] != ["file"]:
            raise MemberRefused("/file", f"one file is expected here, in a part named file (got {len(parts)})")
        file: FileStorage = parts[0][1]
        fields = _single({name: request.form.getlist(name) for name in request.form})
        return file.read(), {"name": _base_name(file.filename or ""), **fields}
    _, options = parse_options_header(request.headers.get("Content-Disposition", ""))
    fields = _single({name: request.args.getlist(name) for name in request.args if name in FIELDS})
    return request.get_data(), {"name": _base_name(options.get("filename", "")), **fields}


def _base_name(name: str) -> str:
    """The name of a file without the folders in which its sender has it."""
    return PureWindowsPath(name).name


def _single(fields: dict[str, list[str]]) -> dict[str, str]:
    for name, values in fields.items():
        if len(values) != 1:
            raise MemberRefused(f"/{name[:100]}", f"one value is expected here (got {len(values)})")
    return {name: value for name, (value,) in fields.items()}


def _count(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise MemberRefused(f"/{name}", "a whole number of at most 9 digits is expected here")
    return int(text)


def _limit() -> int:
    limit = _count("limit", PAGE)
    if not 1 <= limit <= MOST:
        raise MemberRefused("/limit", f"a number from 1 to {MOST} is expected here")
    return limit
