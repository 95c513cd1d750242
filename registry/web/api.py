"""What all addresses of `/api/v1` share: who asks, how often, what a body may be, and how an answer looks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from flask import Blueprint, Response, abort, g, request

from registry.register import Register
from registry.tokens import AccessToken, NotAuthenticated, TokenScope, authenticate, presented_token
from registry.web.body import EncodingRefused
from registry.web.limits import Limits, caller_of

JSON = "application/json"
WRITING = frozenset({"POST", "PUT", "DELETE"})
KEEPS_ALIVE = "registry.alive"
"""In the WSGI environment: what a long request calls now and then, so that its server does not take it for dead."""
BEAT_SECONDS, MOST_BEATS = 5.0, 720
"""An hour; a file of 64 MiB takes minutes."""


class Gate:
    """Lets the bearers of tokens in. The authority that they act for is the token's, whatever else a request says."""

    def __init__(self, register: Register, tokens: Limits, addresses: Limits) -> None:
        self._register = register
        self._tokens = tokens
        self._addresses = addresses

    def caller(self, scope: TokenScope) -> AccessToken:
        """Who asks, with a token for `scope`.

        Raises `NotAuthenticated`, `NotPermitted`, `TooManyRequests`, and `EncodingRefused` for what is packed.
        """
        known = self._known(request.headers.get("Authorization"))
        if request.method in WRITING:
            g.quota = self._tokens.count("token", str(known.id))
        known.require(scope)
        _require_unpacked()
        return known

    def anyone(self) -> AccessToken | None:
        """Who asks, or None where nobody says so. Raises as `caller` for a token that does not hold."""
        authorization = request.headers.get("Authorization")
        return None if authorization is None else self._known(authorization)

    def _known(self, authorization: str | None) -> AccessToken:
        try:
            token = presented_token(authorization)
            with self._register.database.reading() as session:
                return authenticate(self._register, session, token)
        except NotAuthenticated:
            # After the look at the token, and not before: nobody is kept out by what others behind his address try.
            g.quota = self._addresses.count("address", caller_of(request.remote_addr))
            raise

    def blueprint(self, name: str) -> Blueprint:
        """A blueprint below `/api/v1` whose answers tell what is left of the quota, and are kept by nobody."""
        made = Blueprint(name, __name__, url_prefix="/api/v1")

        @made.after_request
        def tell_quota(response: Response) -> Response:
            for field, value in g.get("quota", {}).items():
                response.headers[field] = value
            if request.method in WRITING:
                response.headers["Cache-Control"] = "no-store"
            return response

        @made.teardown_request
        def close_files(_error: BaseException | None) -> None:
            # Large uploads lie in files of no name until then.
            request.close()

        return made


def json_answer(document: Any, status: int = 200, *, location: str = "", etag: str = "") -> Response:
    """`document` as an answer, where nobody keeps it."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    response = Response(body, status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    if location:
        response.headers["Location"] = location
    if etag:
        response.set_etag(etag)
    return response


def require_media_type(*names: str) -> None:
    """Aborts with 415 where the body says that it is something else."""
    if request.mimetype not in names:
        abort(415, f"the body is {' or '.join(names)} here (got Content-Type {request.mimetype[:100]!r})")


def require_json() -> None:
    """Aborts with 415 where the body does not say that it is JSON."""
    if not request.is_json:
        abort(415, f"the body is {JSON} here (got Content-Type {request.mimetype[:100]!r})")


def _require_unpacked() -> None:
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity"}:
        raise EncodingRefused(f"a body is sent as it is, not packed (got Content-Encoding {encoding[:40]!r})")


def still_at_it() -> Callable[[], None]:
    """What a long request calls now and then."""
    found = request.environ.get(KEEPS_ALIVE)
    return found if callable(found) else lambda: None


@contextmanager
def kept_alive(beat: float = BEAT_SECONDS, beats: int = MOST_BEATS) -> Iterator[None]:
    """Says for a long request that it is at it, as long as the block runs: one statement of the database may take longer than
    the server waits. Not for ever (`beats`): what hangs is ended."""
    alive, done = still_at_it(), threading.Event()

    def say_so() -> None:
        for _ in range(beats):
            alive()
            if done.wait(beat):
                return

    thread = threading.Thread(target=say_so, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
