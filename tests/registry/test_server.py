"""What the server says of what is no HTTP request: what is wrong with it, and nothing that may be a secret."""

import io
import itertools
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

from registry.server import SILENT_SECONDS, SLOWEST, TIMEOUT_SECONDS, PatientSocket, Worker
from registry.web.api import KEEPS_ALIVE
from registry.web.body import BodyTooSlow


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


class Client:
    """The other end of a connection: `recv` gives what is asked for, or waits for as long as it may."""

    def __init__(self, *, sends: bool = True) -> None:
        self.sends = sends
        self.timeouts: list[float | None] = []

    def settimeout(self, seconds: float | None) -> None:
        self.timeouts.append(seconds)

    def recv(self, size: int) -> bytes:
        if not self.sends:
            raise TimeoutError
        return bytes(size)


def test_a_body_that_comes_keeps_its_worker_alive() -> None:
    told: list[int] = []
    client: Any = Client()
    connection = PatientSocket(client, lambda: told.append(1))
    received = sum(len(connection.recv(SLOWEST // 2)) for _ in range(7))
    assert (received, len(told)) == (7 * SLOWEST // 2, 3)
    # The answer goes by the same connection, without haste.
    assert client.timeouts[-1] is None


def test_a_client_that_sends_nothing_is_not_waited_for() -> None:
    told: list[int] = []
    client: Any = Client(sends=False)
    with pytest.raises(BodyTooSlow, match="send it again"):
        PatientSocket(client, lambda: told.append(1)).recv(1)
    assert 0 < client.timeouts[0] <= SILENT_SECONDS < TIMEOUT_SECONDS
    assert client.timeouts[-1] is None
    assert told == []


def test_one_that_hardly_sends_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0, SILENT_SECONDS / 10)
    monkeypatch.setattr("registry.server.time.monotonic", lambda: next(clock))
    client: Any = Client()
    connection = PatientSocket(client, lambda: None)
    with pytest.raises(BodyTooSlow):
        list(iter(lambda: connection.recv(1), b""))


def test_a_worker_that_is_ended_says_so_in_our_words() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Worker.handle_error(object.__new__(Worker), None, ours, None, SystemExit(1))
        ours.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: theirs.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 503 ")
    assert "Retry-After: " in answer
    assert "application/problem+json" in answer


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
