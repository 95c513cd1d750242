"""The offline checker: an installable page at `/checker/`, with all of its files below that address.

The files are those of the static folder, under another address: a service worker answers only for what is below its own. The page
sends nothing; what it fetches are these files and the inspector pack.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, redirect

from registry import urls
from registry.render import Rendered
from registry.web.answer import document_answer

PAGE = "checker/index.html"
MANIFEST = "checker/manifest.webmanifest"
WORKER = "checker/sw.js"
FILES = (
    *(
        f"checker/{name}.js"
        for name in (
            "app",
            "telling",
            "elements",
            "words",
            "store",
            "download",
            "pack",
            "verdict",
            "day",
            "address",
            "installing",
        )
    ),
    *(f"checker/{name}.js" for name in ("cbor", "compact", "ed25519", "number", "scanned", "scsu")),
    *("checker/checker.css", "checker/icon-192.png", "checker/icon-512.png", "checker/icon-maskable.png"),
    *("scanner/camera.js", "scanner/decoder.js", "scanner/worker.js"),
    *(
        "vendor/noble-ed25519.js",
        "vendor/zxing/reader/index.js",
        "vendor/zxing/share.js",
        "vendor/zxing/zxing_reader.wasm",
    ),
    *("site.css", "favicon.svg"),
)
"""All that the page needs to run, beside itself and its manifest, by their names in the static folder."""
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""Of the service worker and of the worker that reads codes: each is bound by what its own answer says."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


def checker_blueprint(static: Path) -> Blueprint:
    """The page, its files, and the service worker that keeps them. `static` is the static folder."""
    blueprint = Blueprint("checker", __name__, url_prefix="/checker")

    @blueprint.get("")
    def without_slash() -> Response:
        return redirect(urls.checker(), 308)  # type: ignore[return-value] # of werkzeug's own class

    @blueprint.get("/")
    def page() -> Response:
        return _answer(static / PAGE, POLICY)

    @blueprint.get("/manifest.webmanifest")
    def manifest() -> Response:
        return _answer(static / MANIFEST, POLICY)

    @blueprint.get("/sw.js")
    def worker() -> Response:
        response = document_answer(Rendered(_worker(static).encode(), _TYPES[".js"]))
        response.headers["Content-Security-Policy"] = WORKER_POLICY
        return response

    @blueprint.get("/app/<path:name>")
    def file(name: str) -> Response:
        if name not in FILES:
            abort(404, "the checker has no such file")
        return _answer(static / name, WORKER_POLICY if name == "scanner/worker.js" else POLICY)

    return blueprint


def shell(static: Path) -> dict[str, str]:
    """The digest of each file that the checker needs, by its address below `/checker/`."""
    paths = {"": PAGE, "manifest.webmanifest": MANIFEST} | {f"app/{name}": name for name in FILES}
    return {address: hashlib.sha256((static / name).read_bytes()).hexdigest() for address, name in paths.items()}


@cache
def _worker(static: Path) -> str:
    # With other files it is another program, which is how a browser notices that there is something new.
    code = (static / WORKER).read_text(encoding="utf-8")
    return f"const SHELL = {json.dumps(shell(static), sort_keys=True)};\n{code}"


def _answer(file: Path, policy: str) -> Response:
    response = document_answer(Rendered(file.read_bytes(), _TYPES[file.suffix]))
    response.headers["Content-Security-Policy"] = policy
    return response
