"""A registry for browsers: the demo's first lists, on a clock that stands still, served at `https://license.example.go.th`.

Chromium is told that this host is a port of this machine (`browser_arguments`), so that codes, addresses and pictures are the
same in every run, and that the certificate of the test is good.
"""

import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from registry.app import create_app
from registry.config import Settings
from registry.demo.run import write_demo
from registry.register import Register, initialise
from tests.registry.small import NOON, Clock, Randomness

HOST = "license.example.go.th"
BASE = f"https://{HOST}"
FILES = 4
"""So many of the demo's lists are published."""


@dataclass
class Site:
    """A registry and the server that shows it, which can be stopped (`stop`) and started again at the same address."""

    register: Register
    settings: Settings
    clock: Clock
    tls: ssl.SSLContext
    port: int = 0
    server: BaseWSGIServer | None = None
    thread: threading.Thread | None = None
    asked: list[str] = field(default_factory=list)
    """The method and path of each request, in their order."""

    def start(self) -> None:
        application = create_app(self.settings, self.register)
        inner = application.wsgi_app

        def noting(environ: dict[str, str], start_response: Callable[..., object]) -> object:
            self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
            return inner(environ, start_response)  # type: ignore[arg-type]

        application.wsgi_app = noting  # type: ignore[method-assign, assignment]
        self.server = make_server(
            "127.0.0.1", self.port, application, threaded=True, request_handler=_Silent, ssl_context=self.tls
        )
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self) -> None:
        """The server is gone; nothing answers at its address."""
        if self.server is not None and self.thread is not None:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.server = None


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Silent."""


@contextmanager
def running_site(home: Path, *, files: int = FILES, **more: str) -> Iterator[Site]:
    """The registry in `home`, with the first `files` lists of the demo and `more` settings, until the end of the block."""
    settings = Settings.from_environ({"REGISTRY_HOME": str(home), "REGISTRY_BASE_URL": BASE, **more})
    clock = Clock()
    register = initialise(settings, clock, Randomness("browser"))
    if files:
        write_demo(register, home, _no_bars, limit=files)
    site = Site(register, settings, clock, _certificate(home))
    site.start()
    try:
        yield site
    finally:
        site.stop()
        register.database.close()


def browser_arguments(port: int) -> list[str]:
    """What makes Chromium find the site at its host."""
    return [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--ignore-certificate-errors",
        f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]


@contextmanager
def _no_bars(title: str) -> Iterator[Callable[[int, int], None]]:
    yield lambda done, total: None


def _certificate(home: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - dt.timedelta(days=900))
        .not_valid_after(NOON + dt.timedelta(days=9000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = home / "tls.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
