"""A document as an answer: readable from any origin, kept by anyone, asked about before each use."""

import re
from datetime import datetime

from flask import Response, abort, request

from registry import urls
from registry.render import Rendered
from registry.translation import language

REVALIDATED = "public, no-cache"
"""Kept, and asked about (ETag) before each use: an act shows at once."""
FOR_EVER = "public, max-age=31536000, immutable"
"""For what never changes under its address."""

_LIST_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)

CREDENTIAL_TYPES = ("application/vc", "application/ld+json", "application/json")


def document_answer(rendered: Rendered, cache: str = REVALIDATED, modified: datetime | None = None) -> Response:
    """The answer for one document; 304 where the client has it already. `modified`: since when it is as it is, if that is
    known and `settled`."""
    response = Response(rendered.body, content_type=rendered.media_type)
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    if modified is not None:
        response.last_modified = modified
    response.make_conditional(request)
    return response


def credential_answer(body: bytes, cache: str = REVALIDATED) -> Response:
    """A signed credential under whichever of its three names the client asks for; the bytes are the same."""
    media_type = request.accept_mimetypes.best_match(CREDENTIAL_TYPES) or CREDENTIAL_TYPES[0]
    response = document_answer(Rendered(body, media_type), cache)
    response.vary.add("Accept")
    return response


def list_number(text: str) -> int:
    """The number of a status list in an address, in its one spelling: `01` and `๑` are other addresses, and not found."""
    if not _LIST_NUMBER.fullmatch(text):
        abort(404, "there is no such status list: its number is written in the digits 0-9 and does not begin with 0")
    return int(text)


def see_other(path: str, fragment: str = "") -> Response:
    """Leads to another address, in the reader's language (303), perhaps to a part of the page."""
    return _to(path, 303, fragment)


def permanently(path: str) -> Response:
    """Leads to the one address of what was asked for, in the reader's language (308)."""
    return _to(path, 308)


def _to(path: str, status: int, fragment: str = "") -> Response:
    # Not flask.redirect: it would re-quote the path, and the path's spelling is the identity.
    location = urls.in_language(path, language(request.args.get("lang")))
    return Response(status=status, headers={"Location": location + (f"#{fragment}" if fragment else "")})
