"""What the server says of what is no HTTP request: what is wrong with it, and nothing that may be a secret."""

import json
import socket

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

from registry.server import Worker


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
