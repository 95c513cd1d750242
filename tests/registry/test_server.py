"""What the server says of what is no HTTP request: what is wrong with it, and nothing that may be a secret."""

import io
import json
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http.errors import (
    InvalidHeader,
    InvalidHeaderName,
    InvalidRequestLine,
    InvalidRequestMethod,
    LimitRequestHeaders,
    LimitRequestLine,
    ObsoleteFolding,
    ParseException,
)

from registry.server import SLOWEST, WatchedBody, Worker
from registry.web.api import KEEPS_ALIVE


def answer_to(error: ParseException) -> tuple[str, dict[str, object]]:
    """The first line and the problem that a client gets for `error`."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Worker.handle_error(object.__new__(Worker), None, ours, None, error)
        ours.shutdown(socket.SHUT_WR)
        head, _, body = b"".join(iter(lambda: theirs.recv(65536), b"")).partition(b"\r\n\r\n")
    return head.decode().partition("\r\n")[0], json.loads(body)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (LimitRequestLine(9000, 8190), 414, "An address has at most 8,190 bytes"),
        (InvalidRequestLine("GET /\u0e01 HTTP/1.1"), 400, "percent-encoded"),
        (LimitRequestHeaders("limit request headers fields size"), 400, "at most 100 header fields, of at most 8,190"),
        (InvalidHeader("CONTENT-LENGTH"), 400, "got CONTENT-LENGTH"),
        (InvalidHeaderName("licreg_ 0123"), 400, "got no name of a field"),
        (InvalidRequestMethod("get"), 400, "capital letters"),
        (ObsoleteFolding("A"), 400, "RFC 9112"),
    ],
)
def test_the_refusal_says_what_is_wrong(error: ParseException, status: int, said: str) -> None:
    line, problem = answer_to(error)
    assert line.startswith(f"HTTP/1.1 {status} ")
    assert (problem["type"], problem["status"]) == (f"/problems/http-{status}", status)
    assert said in str(problem["detail"])
    assert "licreg_" not in json.dumps(problem)


def test_a_body_that_comes_keeps_its_worker_alive() -> None:
    sent, told = bytes(3 * SLOWEST + 5), []
    body = WatchedBody(io.BytesIO(sent), lambda: told.append(1))
    received = b"".join(iter(lambda: body.read(1 << 16), b""))
    assert (received, len(told)) == (sent, 3)
    # One that hardly comes does not.
    slow = WatchedBody(io.BytesIO(bytes(1_000)), lambda: told.append(1))
    assert len(slow.read()) == 1_000
    assert len(told) == 3


def test_a_request_can_say_that_it_is_still_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        return [environ["wsgi.input"].read()]

    monkeypatch.setattr(Worker, "notify", lambda self: told.append(1))
    worker = object.__new__(Worker)
    worker.app = SimpleNamespace(wsgi=lambda: application)  # type: ignore[assignment] # all that is asked of it
    worker.load_wsgi()
    assert worker.wsgi({"wsgi.input": io.BytesIO(b"x")}, lambda *_: None) == [b"x"]
    seen[KEEPS_ALIVE]()
    assert told == [1]
