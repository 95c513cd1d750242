"""A web server on this machine that answers as a test tells it, and remembers what it was asked."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What was asked. The names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Told:
    """What is to be answered. `length` is what Content-Length says where it is not the truth."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None


@dataclass
class LocalServer:
    """Answers each path with what stands under it; `requests` are in the order in which they came."""

    port: int
    scheme: str = "http"
    answers: dict[str, Told | Callable[[Request], Told]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self.requests]


@contextmanager
def local_server(tls: ssl.SSLContext | None = None) -> Iterator[LocalServer]:
    """One server, on a port of its own; with `tls` it speaks HTTPS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is http.server's
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(size))
            state.requests.append(request)
            told = state.answers.get(self.path.partition("?")[0]) or state.answers.get("*") or Told(404, b"no")
            self.tell(told if isinstance(told, Told) else told(request))

        def do_POST(self) -> None:
            self.do_GET()

        def tell(self, told: Told) -> None:
            self.send_response(told.status)
            for name, value in told.headers:
                self.send_header(name, value)
            if told.length is None or told.length >= 0:
                self.send_header("Content-Length", str(len(told.body) if told.length is None else told.length))
            self.end_headers()
            # Whoever asked may not want all of it.
            with suppress(OSError):
                self.wfile.write(told.body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Silent: whoever asked hung up, or did not like the certificate."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if tls is not None:
            # The handshake belongs to the thread of the connection.
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        state = LocalServer(server.server_port, "https" if tls else "http")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
