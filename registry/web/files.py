"""`/file/...`: the PDFs that authorities uploaded, to be downloaded and never run; and where they are put."""

import base64
import re
from collections.abc import Iterable
from typing import cast
from urllib.parse import quote

from flask import Blueprint, Response, abort, request, send_file

from registry import urls
from registry.access.files import MAX_FILE_BYTES, PDF, Files, shown_for, upload, withdraw_file
from registry.access.links import By
from registry.api.access_request import links_view, require_own
from registry.intake.plain import MemberRefused
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tokens import TokenScope
from registry.web.api import Gate, json_answer, kept_alive, require_media_type
from registry.web.api_licenses import named_license
from registry.web.open_data import Sent

PREFIX = urls.api_files_prefix()
KEPT = "public, max-age=86400, immutable"
"""The bytes of an address never change; a file that is withdrawn is gone from everywhere a day later."""
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UNUSUAL = re.compile(r"[^A-Za-z0-9.-]+")


def files_blueprint(register: Register, files: Files) -> Blueprint:
    """The files, for everybody."""
    blueprint = Blueprint("files", __name__)

    @blueprint.get("/file/<sha256>.pdf")
    def file(sha256: str) -> Response:
        if not _SHA256.fullmatch(sha256):
            abort(404, "a file here is named by its SHA-256 in 64 digits of 0-9 and a-f")
        with register.database.reading() as session:
            store = register.store(session)
            record = shown_for(store, sha256)
            if record is None:
                abort(404, "there is no such file here")
            name, plain = _names(store, record)
        # Several ranges at once are not given: the whole file is as good an answer (RFC 9110, 14.2).
        wanted = "," not in request.headers.get("Range", "")
        try:
            response = send_file(files.path(sha256).absolute(), PDF, conditional=wanted, etag=sha256)
        except FileNotFoundError:
            abort(503, "the file is not at hand: who runs this registry must put the folder of files back")
        # RFC 6266: the plain name for old programs, the Thai one for all others.
        response.headers["Content-Disposition"] = (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        )
        response.headers["Content-Security-Policy"] = SANDBOX
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = KEPT
        response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
        response.headers["Link"] = f'<{urls.license_id(record.license.iri)}>; rel="describedby"'
        response.response = Sent(cast(Iterable[bytes], response.response))
        return response

    return blueprint


def uploads_blueprint(register: Register, files: Files, gate: Gate) -> Blueprint:
    """Where an authority puts the PDF of its licence, and withdraws it."""
    blueprint = gate.blueprint("uploads")

    @blueprint.put("/files/<authority>/<type>/<path:number>")
    def put(**_decoded: str) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        require_media_type(PDF)
        request.max_content_length = MAX_FILE_BYTES
        named = named_license(register, PREFIX, caller.authority)
        if isinstance(named, Response):
            return named
        require_own(caller, named)
        redacted = _is_redacted()
        with kept_alive():
            upload(register, files, named, request.stream, By(token_id=caller.id), redacted=redacted)
        return json_answer(links_view(register, named))

    @blueprint.delete("/files/<authority>/<type>/<path:number>")
    def delete(**_decoded: str) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        named = named_license(register, PREFIX, caller.authority)
        if isinstance(named, Response):
            return named
        require_own(caller, named)
        withdraw_file(register, files, named, By(token_id=caller.id))
        return json_answer(links_view(register, named))

    return blueprint


def _is_redacted() -> bool:
    text = request.args.get("redacted", "")
    if text not in {"", "1"}:
        raise MemberRefused(
            "/redacted", "1, or nothing, is expected here: 1 says that nothing withheld is shown in the file"
        )
    return text == "1"


def _names(store: Store, record: LicenseRecord) -> tuple[str, str]:
    """What the file is called, in Thai and in plain letters: by the licence's type and number, never by what was sent."""
    iri = record.license.iri
    kind = str(store.require_license_type(iri.type).name)
    number = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "-", iri.number)
    plain = _UNUSUAL.sub("-", f"license-{iri.type}-{iri.number}").strip("-.")
    return f"{kind} {number}"[:150] + ".pdf", f"{plain[:100]}.pdf"
