"""The inspector pack: its manifest, its parts, and all of it as one file. Made now and then, never for one who asks."""

import re

from flask import Blueprint, Response, abort, send_file

from registry.pack.folder import PackFolder
from registry.render import Rendered
from registry.web.answer import FOR_EVER, REVALIDATED, document_answer

MANIFEST_TYPE = 'application/cose; cose-type="cose-sign1"'
PART_TYPE = "application/cbor"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def pack_blueprint(folder: PackFolder) -> Blueprint:
    """What a checker downloads (docs/pack-format.md)."""
    blueprint = Blueprint("pack", __name__, url_prefix="/pack")

    @blueprint.get("/manifest")
    def manifest() -> Response:
        return document_answer(Rendered(folder.manifest(), MANIFEST_TYPE))

    @blueprint.get("/parts/<sha256>")
    def part(sha256: str) -> Response:
        file = folder.part(sha256) if _SHA256.fullmatch(sha256) else None
        if file is None:
            abort(404, "the pack has no such part any more: get its manifest again")
        return document_answer(Rendered(file.read_bytes(), PART_TYPE), FOR_EVER)

    @blueprint.get("/whole")
    def whole() -> Response:
        response = send_file(folder.whole(), mimetype=PART_TYPE, download_name="inspector.pack", conditional=True)
        response.headers["Cache-Control"] = REVALIDATED
        return response

    return blueprint
