"""The guarded client: https only, public addresses only, no redirects, bounded."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from verify.errors import FetchFailed
from verify.fetch import Fetcher
from verify.guard import require_public

GUARDED = Fetcher()
LOCAL = Fetcher(allow_loopback=True)


class Handler(BaseHTTPRequestHandler):
    """Answers by the path: a body, a redirect to it, an error, or more than anybody wants."""

    stopping = threading.Event()
    begun = False

    def do_GET(self) -> None:  # the name is http.server's
        match self.path:
            case "/body" | "/body?q=1":
                self.answer(200, b"body")
            case "/redirect":
                self.answer(302, b"", location="/body")
            case "/large":
                self.answer(200, b"x" * 100_000)
            case "/slow-headers":
                with suppress(OSError):
                    while not self.stopping.wait(0.01):
                        self.wfile.write(b"HTTP/1.1 200 OK\r\nx" if not self.begun else b"y")
                        self.begun = True
            case "/slow":
                # A byte now and then, each well within any time-out for one read.
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    while not self.stopping.wait(0.01):
                        self.wfile.write(b"x")
            case "/empty":
                self.answer(204, b"")
            case _:
                self.answer(404, b"no")

    def answer(self, status: int, body: bytes, *, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def serving() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as server:
        yield server.server_port


def resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name has these addresses from now on; connecting to any of them fails the test."""

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[object]:
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in addresses
        ]

    def connect(*_: object) -> None:
        raise AssertionError("a guarded address was connected to")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.parametrize(
    "url",
    [
        *[
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https:///x",
            "https://",
            "//example.org/",
        ],
        *[
            "",
            "text",
            "https://user@example.org/",
            "https://u:p@example.org/",
            "https://[::1",
            "https://example.org:x/",
        ],
        *["https://example.org:99999/", "http://localhost/", "http://127.0.0.1/", f"https://{'a' * 64}.example/"],
        *["https://a..b.example/", "https://\x00/", "https://exa mple.org/", "gopher://127.0.0.1:70/"],
    ],
)
def test_what_is_no_public_https_address_is_refused(url: str) -> None:
    with pytest.raises(FetchFailed):
        GUARDED.get(url)


@pytest.mark.parametrize(
    "address",
    [
        *[
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ],
        *["192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"],
        *["::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1"],
        *["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"],
        *["2002:7f00:1::1", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2001:0:7f00:1::1"],
    ],
)
def test_a_name_of_a_private_address_is_refused_before_connecting(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving_to(monkeypatch, address)
    with pytest.raises(FetchFailed, match="public"):
        GUARDED.get("https://harmless.example/")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch, "8.8.8.8", "127.0.0.1")
    with pytest.raises(FetchFailed, match="public"):
        GUARDED.get("https://harmless.example/")


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1"])
def test_the_switch_for_loopback_opens_nothing_else(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch, address)
    for url in ("https://harmless.example/", "http://localhost/"):
        with pytest.raises(FetchFailed, match="public"):
            LOCAL.get(url)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_passes_the_guard(address: str) -> None:
    require_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_every_spelling_of_loopback_is_refused(host: str, port: int) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(FetchFailed):
            GUARDED.get(f"{scheme}://{host}:{port}/body")


def test_loopback_is_fetched_with_the_switch(port: int) -> None:
    assert LOCAL.get(f"http://127.0.0.1:{port}/body") == b"body"
    assert LOCAL.get(f"http://localhost:{port}/body?q=1#fragment") == b"body"


@pytest.mark.parametrize(("path", "status"), [("/redirect", 302), ("/empty", 204), ("/missing", 404), ("", 404)])
def test_only_a_200_is_an_answer_and_redirects_are_not_followed(path: str, status: int, port: int) -> None:
    with pytest.raises(FetchFailed, match=str(status)):
        LOCAL.get(f"http://127.0.0.1:{port}{path}")


def test_the_body_is_bounded(port: int) -> None:
    url = f"http://127.0.0.1:{port}/large"
    assert len(LOCAL.get(url, max_bytes=100_000)) == 100_000
    with pytest.raises(FetchFailed, match="larger"):
        LOCAL.get(url, max_bytes=99_999)


@pytest.mark.parametrize("path", ["/slow", "/slow-headers"])
def test_an_answer_that_never_ends_is_given_up(path: str, port: int) -> None:
    with pytest.raises(FetchFailed):
        Fetcher(allow_loopback=True, seconds=0.1).get(f"http://127.0.0.1:{port}{path}")


def test_all_that_is_fetched_for_one_answer_has_a_time_together(port: int) -> None:
    assert LOCAL.within(60).get(f"http://127.0.0.1:{port}/body") == b"body"
    with pytest.raises(FetchFailed, match="was not asked"):
        LOCAL.within(0).get(f"http://127.0.0.1:{port}/body")
    with pytest.raises(FetchFailed):
        LOCAL.within(0.1).get(f"http://127.0.0.1:{port}/slow")


def test_the_addresses_of_a_host_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch, *["8.8.8.8"] * 4)
    asked: list[float] = []

    def connect(address: object, timeout: float, **_: object) -> None:
        asked.append(timeout)
        raise ConnectionRefusedError

    monkeypatch.setattr(urllib3.util.connection, "create_connection", connect)
    with pytest.raises(FetchFailed, match="refused the connection"):
        Fetcher(seconds=4).get("https://harmless.example/")
    assert asked == [pytest.approx(1, abs=0.1)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "its host is not known"),
        (TimeoutError(), "did not answer in time"),
        (ConnectionResetError(104, "reset"), "hung up"),
        (OSError(113, "No route to host"), "the connection failed"),
    ],
)
def test_what_went_wrong_is_said_in_words(error: OSError, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(FetchFailed, match=words) as raised:
        GUARDED.get("https://harmless.example/")
    assert "(" not in str(raised.value).replace("(OSError)", "")


def test_a_redirect_says_where_it_leads(port: int) -> None:
    with pytest.raises(FetchFailed, match=r"redirects are not followed .*ask for that one itself"):
        LOCAL.get(f"http://127.0.0.1:{port}/redirect")


def test_a_server_that_is_not_there_is_a_failed_fetch() -> None:
    with serving() as server:
        gone = server.server_port
    with pytest.raises(FetchFailed, match="could not be fetched"):
        LOCAL.get(f"http://127.0.0.1:{gone}/body")


@given(st.text(max_size=40), st.sampled_from(["", "https://", "http://", "https://[", "https://127.0.0.1:"]))
def test_any_text_is_fetched_or_a_failed_fetch(text: str, head: str) -> None:
    # Only what needs no name service: a host of digits, brackets and colons, or none.
    url = head + "".join(c if c in "0123456789[]:/@?#%\\ \x00" else ":" for c in text)
    with pytest.raises(FetchFailed):
        GUARDED.get(url)
