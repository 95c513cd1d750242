"""What holds for all that the public reads: any origin may read it, and a page is not sent again to who has it."""

from flask import Response, request

READING = frozenset({"GET", "HEAD"})
READ_BY_ALL = (
    *(
        "/id/",
        "/doc/",
        "/ver/",
        "/vc/",
        "/def",
        "/ctx/",
        "/auth/",
        "/status/",
        "/trust.json",
        "/C/",
        "/c/",
        "/qr/",
        "/poster/",
    ),
    *("/badge/", "/card/", "/oembed"),
    *(
        "/search",
        "/section-13",
        "/feed/",
        "/data",
        "/sparql",
        "/api/v1/changes",
        "/openapi.json",
        "/docs/",
        "/problems/",
    ),
    *("/static/", "/pack/"),
)
"""Addresses that only read, and read the same for everybody. What is not named here has no CORS headers (unknown means no):
pages with forms that send something, and all that a token opens."""
LISTS = frozenset({"/api/v1/licenses", "/api/v1/authorities", "/api/v1/types"})
"""The same of these addresses alone: below them a token may be asked for."""
_SENT = "Accept, If-Match, If-Modified-Since, If-None-Match, If-Range, Range"
_SHOWN = "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified, Link, Location"
_A_DAY = "86400"


def open_to_all(response: Response) -> Response:
    """Sets the CORS headers of a public read, and answers the question that a browser asks before it (the preflight)."""
    if not _is_read_by_all(request.path):
        return response
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers.setdefault("Access-Control-Allow-Methods", "GET, HEAD")
        response.headers.setdefault("Access-Control-Allow-Headers", _SENT)
        response.headers["Access-Control-Max-Age"] = _A_DAY
    elif request.method in READING:
        # Redirects and problems too: a browser's program could not follow or explain them otherwise.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers.setdefault("Access-Control-Expose-Headers", _SHOWN)
        if response.status_code == 200 and request.path.startswith("/doc/html/") and "ETag" not in response.headers:
            response.add_etag()
            response.make_conditional(request)
    return response


def _is_read_by_all(path: str) -> bool:
    if path == "/" or path in LISTS:
        return True
    return any(
        path == each or path.startswith(each if each.endswith("/") else f"{each}/") for each in READ_BY_ALL
    ) or path.startswith("/section-13.")
