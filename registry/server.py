"""The web server: gunicorn with sync workers, and one process beside it that keeps the status lists fresh."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
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

REFRESH_SECONDS = 60
RESTART_SECONDS = 5
LONGEST_LINE = 8190
MAX_HEADERS = 100
TIMEOUT_SECONDS = 30
SLOWEST = 1 << 20
"""So many bytes of a body come in `TIMEOUT_SECONDS`, or its worker is taken for dead."""


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
            environ["wsgi.input"] = WatchedBody(environ["wsgi.input"], self.notify)
            return application(environ, start_response)

        self.wsgi = watched

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status, reason = (414, "URI Too Long") if isinstance(exc, LimitRequestLine) else (400, "Bad Request")
        problem = {
            "type": f"/problems/http-{status}",
            "title": "คำขอนี้อ่านไม่ได้ / The request cannot be understood.",
            "status": status,
            "detail": _detail(exc),
        }
        body = json.dumps(problem, ensure_ascii=False).encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        # Whoever sent it may be gone already.
        with contextlib.suppress(OSError):
            write_nonblock(client, head.encode() + body)


class WatchedBody:
    """The body of a request. Calls `alive` for each `SLOWEST` bytes that came: a client that is slower than that is cut off."""

    def __init__(self, body: Any, alive: Callable[[], None]) -> None:
        self._body = body
        self._alive = alive
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._body.read(size)
        self._since += len(data)
        if self._since >= SLOWEST:
            self._alive()
            self._since = 0
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
        return create_app(self._settings)


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
