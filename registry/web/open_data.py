"""For those who take all of it: the change feed, the dumps, and the catalogue that says which there are."""

import base64
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, cast

import orjson
from flask import Blueprint, Response, abort, render_template, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from registry import urls
from registry.datasets import Dumps, Listed, Manifest, catalog, datasets
from registry.dumps.files import MANIFEST
from registry.feed import NoSuchPage, changes_after, last_sequence, page_body, page_of, plain, root_body
from registry.intake.plain import MemberRefused
from registry.register import Register
from registry.render import Rendered, negotiate, render_graph
from registry.web.answer import FOR_EVER, REVALIDATED, document_answer, see_other
from registry.web.api import still_at_it

LD = "application/ld+json"
FORMATS = ("html", "jsonld", "ttl", "nt")
NAMES = {"csv": "CSV", "jsonl": "JSON lines", "nt": "N-Triples"}
SHORT = "public, max-age=30"
"""For what grows: the feed's last page, and the list of its pages."""
CHANGES, MOST_CHANGES = 500, 1_000
_PAGE = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-\d{1,18})", re.ASCII | re.IGNORECASE)
_FORM = re.compile(r"licenses\.(csv|jsonl|nt)\.zst", re.ASCII)


def open_data_blueprint(register: Register, dumps: Dumps) -> Blueprint:
    """What is public of all licences at once; nobody needs a token."""
    blueprint = Blueprint("open_data", __name__)

    @blueprint.get("/feed/lic")
    def feed() -> Response:
        with register.database.reading() as session:
            return document_answer(Rendered(root_body(session, register.base), LD), SHORT)

    @blueprint.get("/feed/lic/<page>")
    def feed_page(page: str) -> Response:
        if not _PAGE.fullmatch(page):
            abort(404, "a page of the feed is a number in the digits 0-9 that does not begin with 0")
        with register.database.reading() as session:
            try:
                found = page_of(session, register.base, int(page))
            except NoSuchPage as error:
                abort(404, str(error))
            body = page_body(register.base, found)
        return document_answer(Rendered(body, LD), FOR_EVER if found.is_full else SHORT)

    @blueprint.get("/api/v1/changes")
    def changes() -> Response:
        after, limit = _number("after", 0), _number("limit", CHANGES)
        if not 1 <= limit <= MOST_CHANGES:
            raise MemberRefused("/limit", f"a number from 1 to {MOST_CHANGES} is expected here")
        with register.database.reading() as session:
            found = changes_after(session, register.base, after, limit)
            newest = last_sequence(session) if not found else after
        if after > newest:
            raise MemberRefused(
                "/after",
                f"the last change of this register has the sequence {newest}: whoever has seen a later one saw it before the "
                "register was restored from a backup, and takes the dumps anew",
            )
        last = found[-1].sequence if found else after
        again = urls.query([("after", str(last)), ("limit", str(limit))])
        told: dict[str, Any] = {
            "changes": [plain(change) for change in found],
            "cursor": last,
            "next": f"{register.base}{urls.api_changes()}?{again}",
            "more": len(found) == limit,
        }
        return document_answer(Rendered(orjson.dumps(told), "application/json"), REVALIDATED)

    @blueprint.get("/id/catalog")
    @blueprint.get("/data/")
    def catalog_itself() -> Response:
        form = negotiate(request, FORMATS)
        if form is None:
            abort(406)
        response = see_other(urls.catalog(form))
        response.vary.add("Accept")
        return response

    @blueprint.get("/doc/<any(html, jsonld, ttl, nt):form>/catalog")
    def catalog_document(form: str) -> Response | str:
        with register.database.reading() as session:
            store = register.store(session)
            if form == "html":
                return render_template("catalog.html", page=_page(datasets(store, dumps)), feed=urls.feed())
            return document_answer(render_graph(catalog(store, dumps), form, register.loader))

    @blueprint.get("/data/<authority>/<type>/<name>")
    def data(authority: str, type: str, name: str) -> Response:
        with register.database.reading() as session:
            # Codes of the register, and so no way out of the folder.
            known = [(each.authority, each.type) for each in register.store(session).mandates(authority=authority)]
        manifest = dumps.manifest(authority, type) if (authority, type) in known else None
        if manifest is None:
            abort(404, "there is no dump of this that can be used: the next one puts it there")
        if name == MANIFEST:
            return document_answer(Rendered(manifest.body, LD))
        return _data_file(dumps, manifest, authority, type, name)

    return blueprint


def _data_file(dumps: Dumps, manifest: Manifest, authority: str, type: str, name: str) -> Response:
    """A file that the manifest names; 302 to it from the name that its format always has."""
    if _FORM.fullmatch(name):
        ending = name.removeprefix("licenses")
        current = next((each for each in manifest.files if each.endswith(ending)), None) or abort(404)
        return _readable(Response(status=302, headers={"Location": urls.data_file(authority, type, current)}))
    if name not in manifest.files:
        abort(404, "no file of the last dump has this name: manifest.json says which there are")
    sha256 = manifest.files[name]["checksum"]["checksumValue"]
    path = dumps.folder.absolute() / authority / type / name
    try:
        response = send_file(path, "application/zstd", conditional=False, etag=sha256)
    except FileNotFoundError:
        abort(404, "a newer dump has just taken the place of this file: manifest.json says which there are")
    try:
        response.make_conditional(_as_understood(), accept_ranges=True, complete_length=response.content_length)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    response.headers["Cache-Control"] = FOR_EVER
    # RFC 9530: of the whole file, whichever range of it this is.
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
    response.response = Sent(cast(Iterable[bytes], response.response))
    return _readable(response)


def _as_understood() -> dict[str, Any]:
    """The request without a range that is not one range of bytes: others are ignored, and the whole file is as good an answer
    (RFC 9110, 14.2). So is the range of one who may have the file already: what he has is told first (13.2.2)."""
    environ = dict(request.environ)
    asked = _RANGE.fullmatch(environ.get("HTTP_RANGE", "").strip())
    is_one = asked is not None and (not (asked[1] and asked[2]) or int(asked[1]) <= int(asked[2]))
    if not is_one or "HTTP_IF_NONE_MATCH" in environ:
        environ.pop("HTTP_RANGE", None)
    return environ


def _readable(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Accept-Ranges, Content-Range, ETag, Location, Repr-Digest"
    return response


class Sent:
    """A file on its way, piece by piece: the server is told that it goes on, or it would end what takes long."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._alive = still_at_it()

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._pieces:
                self._alive()
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        getattr(self._pieces, "close", lambda: None)()


def _number(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not _SEQUENCE.fullmatch(text):
        raise MemberRefused(f"/{name}", "a whole number of at most 18 digits is expected here")
    return int(text)


def _page(found: Iterable[Listed]) -> list[dict[str, Any]]:
    """What the page shows of each dataset."""
    return [
        {
            "authority": listed.authority,
            "type": listed.license_type,
            "count": int(listed.node.get("entities", 0)),
            "made_at": datetime.fromisoformat(listed.node["modified"]) if "modified" in listed.node else None,
            "manifest": urls.data_file(listed.authority.code, listed.license_type.code, MANIFEST),
            "files": [
                (NAMES[each["id"].rpartition("/")[2]], each["downloadURL"], int(each["byteSize"]))
                for each in listed.node.get("distribution", [])
            ],
        }
        for listed in found
    ]
