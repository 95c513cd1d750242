"""Answers kept for as long as they are true: the same question is answered with the same bytes while nothing has changed.

Kept in the memory of one process. An answer goes the moment anything is committed to the database, by whatever process, and
with the minute in which it was made: a page says when it was checked. What cannot be known to be unchanged is made anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.http import is_entity_header, parse_etags

from registry.register import Register
from registry.web.body import Application

KEPT = ("/doc/", "/C/", "/ver/", "/qr/", "/poster/", "/badge/", "/card/")
"""The addresses whose answers come from the database and the time alone."""
OF_FILES = "/catalog"
"""How the addresses end whose answers come from files too: a dump commits nothing."""
UNKEPT = (
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
)
"""Who sends one of these asks for more than an answer that others get too."""
MOST_BYTES = 32 << 20
LARGEST = 256 << 10
Headers = list[tuple[str, str]]
State = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is sent; `unchanged` are the headers for those who have it already (RFC 9110, 15.4.5)."""

    status: str
    headers: Headers
    unchanged: Headers
    etag: str
    body: bytes

    def is_known_to(self, environ: dict[str, Any]) -> bool:
        """Whether the one who asks has it already (RFC 9110, 13.1.2: compared weakly)."""
        asked = environ.get("HTTP_IF_NONE_MATCH")
        return bool(asked and self.etag) and parse_etags(asked).contains_weak(self.etag)


class Answers:
    """The answers to what was asked since the state last changed, the least lately asked dropped first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: State = ()
        self._found: OrderedDict[tuple[str, ...], Answer] = OrderedDict()
        self._bytes = 0

    def get(self, asked: tuple[str, ...], state: State) -> Answer | None:
        """The answer of this state, if there is one."""
        with self._lock:
            if state != self._state:
                self._found.clear()
                self._state, self._bytes = state, 0
            answer = self._found.get(asked)
            if answer is not None:
                self._found.move_to_end(asked)
            return answer

    def keep(self, asked: tuple[str, ...], state: State, answer: Answer) -> None:
        """Keeps an answer that was made after the register was seen to be in this state."""
        with self._lock:
            if state != self._state or asked in self._found or len(answer.body) > LARGEST:
                return
            self._found[asked] = answer
            self._bytes += len(answer.body)
            while self._bytes > MOST_BYTES:
                _, dropped = self._found.popitem(last=False)
                self._bytes -= len(dropped.body)


def keeping_answers(application: Application, register: Register) -> Application:
    """The WSGI application, giving what it has answered before where that is still its answer."""
    answers = Answers()

    def answering(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = _asked(environ)
        seen = register.database.state() if asked else None
        if asked is None or seen is None:
            return application(environ, start_response)
        state = seen, register.now().replace(second=0)
        answer = answers.get(asked, state)
        if answer is None:
            answer = _made(application, environ)
            if answer.status.startswith("200"):
                answers.keep(asked, state, answer)
        if answer.is_known_to(environ):
            start_response("304 NOT MODIFIED", answer.unchanged)
            return [b""]
        start_response(answer.status, answer.headers)
        return [answer.body]

    return answering


def _asked(environ: dict[str, Any]) -> tuple[str, ...] | None:
    """What an answer depends on beside the state of the register; None where it is not one to keep."""
    path: str = environ.get("RAW_URI") or environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] != "GET" or not path.startswith(KEPT) or any(name in environ for name in UNKEPT):
        return None
    if path.partition("?")[0].endswith(OF_FILES):
        return None
    return path, environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT", "")


def _made(application: Application, environ: dict[str, Any]) -> Answer:
    """The whole answer, whether or not the one who asks has it."""
    told: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, _error: object = None) -> Callable[[bytes], None]:
        told.append((status, headers))
        return _unused

    parts = application(
        {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}, start_response
    )
    try:
        body = b"".join(parts)
    finally:
        getattr(parts, "close", lambda: None)()
    status, headers = told[-1]
    etag = next((value for name, value in headers if name.lower() == "etag"), "") if status.startswith("200") else ""
    unchanged = [(name, value) for name, value in headers if not is_entity_header(name)]
    return Answer(status, headers, unchanged, etag.removeprefix("W/").strip('"'), body)


def _unused(_data: bytes) -> None:
    raise NotImplementedError("the application gives its answer as it returns")
