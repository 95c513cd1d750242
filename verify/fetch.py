"""The one guarded client for every outgoing request (design: trust, attack table).

HTTPS only, no redirects, no private addresses (checked on the address that is really connected to, so that a name cannot
change between check and use), bounded in size and time.
"""

import contextlib
import ipaddress
import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from verify.errors import FetchFailed

MAX_BYTES = 64 << 20
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
_CHUNK = 65_536
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_PROTOCOL_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches public documents. `allow_loopback` is for trying the registry on one's own machine, and for nothing else.

    `seconds` is how long one document may take in all, however slowly its host sends it. `until` is an instant of the monotonic
    clock after which nothing more is fetched.
    """

    allow_loopback: bool = False
    seconds: float = TOTAL_SECONDS
    until: float = math.inf

    def within(self, seconds: float) -> "Fetcher":
        """The same for all documents of one answer, which have so many seconds together, from now on."""
        return replace(self, until=time.monotonic() + seconds)

    def get(self, url: str, *, accept: str = "application/json", max_bytes: int = MAX_BYTES) -> bytes:
        """The body at `url`. Raises `FetchFailed`: for anything but a 200 from a public address, within the bounds."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise FetchFailed(f"{url[:200]} is not an address") from error
        if not host or parts.username is not None:
            raise FetchFailed(f"{url[:200]} is not an address to fetch from")
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        seconds = min(self.seconds, self.until - time.monotonic())
        if seconds <= 0:
            raise FetchFailed(f"{url[:200]} was not asked: what was fetched before took all the time there is")
        deadline = time.monotonic() + seconds
        with _hanging_up(seconds) as opened:
            try:
                pool = self._pool(parts.scheme, host, port, opened, seconds)
            except HTTPError as error:
                raise FetchFailed(f"{url[:200]} is not an address ({error})") from error
            try:
                # Redirects are never followed: each would be a new address that nobody has looked at.
                response = pool.request(
                    "GET",
                    target or "/",
                    headers={"Accept": accept},
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                try:
                    if response.status != 200:
                        raise FetchFailed(f"{url[:200]} answered {response.status}, expected 200{_moved(response)}")
                    return _read(response, url, max_bytes, deadline)
                finally:
                    response.close()
            # UnicodeError: a host that cannot be a name, such as one with a label too long.
            except (HTTPError, OSError, UnicodeError) as error:
                raise FetchFailed(f"{url[:200]} could not be fetched: {_in_words(error)}") from error
            finally:
                pool.close()

    def _pool(
        self, scheme: str, host: str, port: int | None, opened: list[socket.socket], seconds: float
    ) -> urllib3.HTTPConnectionPool:
        timeout = Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds)
        pool: urllib3.HTTPConnectionPool
        if scheme == "https":
            pool = urllib3.HTTPSConnectionPool(host, port, timeout=timeout, maxsize=1)
            pool.ConnectionCls = _guarded(HTTPSConnection, self._require_public, opened)
        elif scheme == "http" and self.allow_loopback and host in {"localhost", "127.0.0.1", "::1"}:
            pool = urllib3.HTTPConnectionPool(host, port, timeout=timeout, maxsize=1)
            pool.ConnectionCls = _guarded(HTTPConnection, self._require_public, opened)
        else:
            raise FetchFailed(f"only https addresses are fetched (got {scheme}://{host})")
        return pool

    def _require_public(self, address: str) -> None:
        """Raises `FetchFailed` for an address of a private, local or reserved network."""
        found = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(found, "ipv4_mapped", None) or found
        if mapped.is_loopback and self.allow_loopback:
            return
        if not mapped.is_global or mapped.is_multicast or not _is_routed(mapped):
            raise FetchFailed(f"address is not a public one (got {found})")


def _is_routed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether `address` is none of those which Python takes for global and which lead elsewhere."""
    if isinstance(address, ipaddress.IPv4Address):
        return address not in _PROTOCOL_ASSIGNMENTS
    # All IPv6 that is in use is in 2000::/3; 6to4, NAT64 and "compatible" addresses carry an IPv4 address of any kind.
    return address in _GLOBAL_UNICAST and address.sixtofour is None and address.teredo is None


def _guarded(connection: type[Any], require_public: Callable[[str], None], opened: list[socket.socket]) -> Any:
    """A connection class that checks the address it has connected to before anything is sent. Puts its sockets into `opened`."""

    class GuardedConnection(connection):  # type: ignore[misc] # the base is chosen at run time
        def _new_conn(self) -> socket.socket:
            # Checked before connecting as well: a private host should not even see a SYN.
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            for *_kind, address in found:
                require_public(str(address[0]))
            # They are tried in turn, and share the time there is.
            self.timeout: float = self.timeout / max(1, len(found))
            made: socket.socket = super()._new_conn()
            require_public(made.getpeername()[0])
            # A copy: TLS takes the socket itself over.
            opened.append(made.dup())
            return made

    return GuardedConnection


@contextlib.contextmanager
def _hanging_up(seconds: float) -> Iterator[list[socket.socket]]:
    """Ends the connections that are put into the list after `seconds`: time-outs hold for each read alone, and headers can be
    sent by the letter."""
    opened: list[socket.socket] = []

    def hang_up() -> None:
        for connection in opened:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield opened
    finally:
        timer.cancel()
        timer.join()
        for connection in opened:
            connection.close()


def _in_words(error: Exception) -> str:
    """What went wrong, for those who asked: the libraries' own words are for programmers."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = getattr(cause, "reason", None) or cause.__cause__ or cause.__context__
        cause = cause if isinstance(cause, BaseException) else None
    for kind, words in _WORDS:
        if any(isinstance(each, kind) for each in causes):
            return words
    return f"the connection failed ({type(causes[-1]).__name__})"


_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (socket.gaierror, "its host is not known"),
    (UnicodeError, "its host cannot be a name"),
    (ssl.SSLError, "its host has no certificate that we accept, or does not speak TLS as we do"),
    ((TimeoutError, urllib3.exceptions.ReadTimeoutError), "its host did not answer in time"),
    (ConnectionRefusedError, "its host refused the connection"),
    (ConnectionError, "its host hung up"),
)


def _moved(response: urllib3.BaseHTTPResponse) -> str:
    where = response.headers.get("Location", "") if 300 <= response.status < 400 else ""
    return f"; redirects are not followed (it names {where[:200]!r}: ask for that one itself)" if where else ""


def _read(response: urllib3.BaseHTTPResponse, url: str, max_bytes: int, deadline: float) -> bytes:
    body = bytearray()
    # read1 returns what has come; read would wait for a whole chunk, and be kept waiting.
    while chunk := response.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > max_bytes:
            raise FetchFailed(f"{url[:200]} is larger than {max_bytes} bytes")
    if time.monotonic() > deadline:
        # We hung up, and what came is a part at most.
        raise FetchFailed(f"{url[:200]} is sent too slowly")
    return bytes(body)
