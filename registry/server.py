"""The web server: gunicorn with sync workers, and one process beside it that keeps the status lists fresh."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import (
    InvalidHeader,
    InvalidHeaderName,
    InvalidHTTPVersion,
    InvalidRequestLine,
    InvalidRequestMethod,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.sync import SyncWorker

from registry.app import create_app
from registry.config import Settings
from registry.web.api import KEEPS_ALIVE
from registry.web.body import BodyTooSlow
from registry.web.counts import SharedCounts

REFRESH_SECONDS = 60
RESTART_SECONDS = 5
LONGEST_LINE = 8190
MAX_HEADERS = 100
TIMEOUT_SECONDS = 30
SILENT_SECONDS = 20
SLOWEST = 1 << 20
"""So many bytes of a body, or its end, come in `SILENT_SECONDS`, or it is refused: before its worker is taken for dead."""

_UNREADABLE = "คำขอนี้อ่านไม่ได้ / The request cannot be understood."
_TOO_LONG = "ขณะนี้ระบบตอบไม่ได้ / The registry cannot answer at the moment."


class PortTaken(OSError):
    """Something else listens there already."""


class Worker(SyncWorker):
    """Says what is no HTTP request in our own words: gunicorn's are bare HTML in English.

    A worker that is silent for `TIMEOUT_SECONDS` is taken for dead and killed. A file of many rows takes longer, so what receives
    it and works on it says now and then that it is at it.
    """

    def load_wsgi(self) -> None:
        super().load_wsgi()
        application = self.wsgi

        def watched(environ: MutableMapping[str, Any], start_response: Any) -> Iterable[bytes]:
            environ[KEEPS_ALIVE] = self.notify
            return application(environ, start_response)

        self.wsgi = watched

    def handle_request(self, listener: Any, req: Any, client: Any, addr: Any) -> bool:
        # The header is read; what is read from here on is the body.
        req.unreader.sock = PatientSocket(client, self.notify)
        return super().handle_request(listener, req, client, addr)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if isinstance(exc, SystemExit):
            # This worker was silent for too long and is being ended.
            status, reason, title, detail = (
                503,
                "Service Unavailable",
                _TOO_LONG,
                "The request took too long; send it again.",
            )
        elif isinstance(exc, ParseException):
            status, reason = (414, "URI Too Long") if isinstance(exc, LimitRequestLine) else (400, "Bad Request")
            title, detail = _UNREADABLE, _detail(exc)
        else:
            super().handle_error(req, client, addr, exc)
            return
        problem = {"type": f"/problems/http-{status}", "title": title, "status": status, "detail": detail}
        body = json.dumps(problem, ensure_ascii=False).encode()
        later = f"Retry-After: {TIMEOUT_SECONDS}\r\n" if status == 503 else ""
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n{later}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        # Whoever sent it may be gone already.
        with contextlib.suppress(OSError):
            write_nonblock(client, head.encode() + body)


class PatientSocket:
    """A connection that a body comes by. Calls `alive` for each `SLOWEST` bytes that came; a client that needs more than
    `SILENT_SECONDS` for so many, or sends nothing, gets `BodyTooSlow`."""

    def __init__(self, client: socket.socket, alive: Callable[[], None]) -> None:
        self._client = client
        self._alive = alive
        self._since = 0
        self._until: float | None = None

    def recv(self, size: int) -> bytes:
        if self._until is None:
            self._until = time.monotonic() + SILENT_SECONDS
        left = self._until - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._client.settimeout(left)
            data = self._client.recv(size)
        except TimeoutError as error:
            raise BodyTooSlow(
                f"less than {SLOWEST:,} bytes of the body came in {SILENT_SECONDS} seconds, and it is not at its end; nothing of "
                "it was carried out: send it again"
            ) from error
        finally:
            # The answer goes by the same connection, and may take as long as it takes.
            self._client.settimeout(None)
        self._since += len(data)
        if self._since >= SLOWEST:
            self._alive()
            self._since, self._until = 0, None
        return data


def _detail(error: ParseException) -> str:
    """What was wrong with the request, and what was expected."""
    match error:
        case LimitRequestLine() | InvalidRequestLine():
            return f"An address has at most {LONGEST_LINE:,} bytes, and anything but ASCII in it is percent-encoded."
        case LimitRequestHeaders():
            return f"There are at most {MAX_HEADERS} header fields, of at most {LONGEST_LINE:,} bytes each."
        case InvalidHeader() | InvalidHeaderName():
            # The name alone, and only if it is one: what stands in a header may be a secret.
            name = error.hdr if re.fullmatch("[A-Za-z0-9-]{1,40}", str(error.hdr)) else "no name of a field"
            return f"A header field cannot be read (got {name}, expected a name, a colon, and a value that fits it)."
        case InvalidRequestMethod() | InvalidHTTPVersion():
            return "The first line of a request is a method in capital letters, an address, and HTTP/1.1."
        case _:
            return "This is no request of HTTP/1.1 (RFC 9112)."


class Server(BaseApplication):
    """gunicorn, configured in code. Each worker opens the register for itself: connections do not survive a fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Before the fork: all workers count in this memory.
        self._counts = SharedCounts()
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": _listened_on(self._settings),
            "workers": self._settings.workers,
            "loglevel": "warning",
            "limit_request_line": LONGEST_LINE,
            "limit_request_field_size": LONGEST_LINE,
            "limit_request_fields": MAX_HEADERS,
            "worker_class": Worker,
            "timeout": TIMEOUT_SECONDS,
            "proc_name": "license-registry",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override] # the stubs do not know that a Flask is a WSGI application
        return create_app(self._settings, counts=self._counts)


def serve(settings: Settings) -> None:
    """Serves until stopped. Raises `PortTaken`."""
    require_free_port(settings)
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep_refreshing, args=(stopping,), daemon=True)
    keeper.start()
    try:
        Server(settings).run()
    finally:
        stopping.set()
        keeper.join()


def _keep_refreshing(stopping: threading.Event) -> None:
    """Keeps one refresher running beside the server; one that ends, for whatever reason, is started again."""
    command = [sys.executable, "-m", "registry.cli", "refresh", "--every", str(REFRESH_SECONDS)]
    while not stopping.is_set():
        refresher = subprocess.Popen(command)
        while refresher.poll() is None and not stopping.wait(1):
            pass
        refresher.terminate()
        refresher.wait()
        stopping.wait(RESTART_SECONDS)


def require_free_port(settings: Settings) -> None:
    """Raises `PortTaken` where the address cannot be listened on."""
    try:
        family, kind, *_rest, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise PortTaken(
            f"port {settings.port} on {settings.host} cannot be used ({error.strerror}): choose another with PORT=... or HOST=..."
        ) from error


def _listened_on(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"
