"""The guard of every outgoing connection: public addresses only, checked on the address that is really connected to, so that a
name cannot change between check and use; and an end to whatever takes too long."""

import contextlib
import errno
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Timeout

from verify.errors import FetchFailed

CONNECT_SECONDS = 5.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_PROTOCOL_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")


class NotPublic(FetchFailed):
    """The address is of a private, local or reserved network."""


def require_public(address: str, *, allow_loopback: bool = False) -> None:
    """Raises `NotPublic` for an address of a private, local or reserved network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    if mapped.is_loopback and allow_loopback:
        return
    if not mapped.is_global or mapped.is_multicast or not _is_routed(mapped):
        raise NotPublic(f"address is not a public one (got {found})")


def _is_routed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether `address` is none of those which Python takes for global and which lead elsewhere."""
    if isinstance(address, ipaddress.IPv4Address):
        return address not in _PROTOCOL_ASSIGNMENTS
    # All IPv6 that is in use is in 2000::/3; 6to4, NAT64 and "compatible" addresses carry an IPv4 address of any kind.
    return address in _GLOBAL_UNICAST and address.sixtofour is None and address.teredo is None


def guarded_pool(
    scheme: str, host: str, port: int | None, *, opened: list[socket.socket], seconds: float, allow_loopback: bool
) -> urllib3.HTTPConnectionPool:
    """The connections to one host, each guarded; their sockets are put into `opened`. Raises `FetchFailed` unless it is https."""

    def check(address: str) -> None:
        require_public(address, allow_loopback=allow_loopback)

    timeout = Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds)
    pool: urllib3.HTTPConnectionPool
    if scheme == "https":
        pool = urllib3.HTTPSConnectionPool(host, port, timeout=timeout, maxsize=1)
        pool.ConnectionCls = _guarded(HTTPSConnection, check, opened)
    elif scheme == "http" and allow_loopback and host in LOOPBACK:
        pool = urllib3.HTTPConnectionPool(host, port, timeout=timeout, maxsize=1)
        pool.ConnectionCls = _guarded(HTTPConnection, check, opened)
    else:
        raise FetchFailed(f"only https addresses are fetched (got {scheme}://{host})")
    return pool


def _guarded(connection: type[Any], check: Callable[[str], None], opened: list[socket.socket]) -> Any:
    """A connection class that checks the address it has connected to before anything is sent. Puts its sockets into `opened`."""

    class GuardedConnection(connection):  # type: ignore[misc] # the base is chosen at run time
        def _new_conn(self) -> socket.socket:
            # Checked before connecting as well: a private host should not even see a SYN.
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            for *_kind, address in found:
                check(str(address[0]))
            # They are tried in turn, and share the time there is.
            self.timeout: float = self.timeout / max(1, len(found))
            made: socket.socket = super()._new_conn()
            check(made.getpeername()[0])
            # A copy: TLS takes the socket itself over.
            opened.append(made.dup())
            return made

    return GuardedConnection


@contextlib.contextmanager
def hanging_up(seconds: float) -> Iterator[list[socket.socket]]:
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


def in_words(error: Exception) -> str:
    """What went wrong, for those who asked: the libraries' own words are for programmers."""
    found = causes(error)
    for kind, words in _WORDS:
        if any(isinstance(each, kind) for each in found):
            return words
    return f"the connection failed ({type(found[-1]).__name__})"


def is_ours(error: Exception) -> bool:
    """Whether an error says that this machine has no network, or no room for one more connection, and nothing of any host."""
    return any(
        (isinstance(each, socket.gaierror) and each.errno != socket.EAI_NONAME)
        or (isinstance(each, OSError) and not isinstance(each, socket.gaierror) and each.errno in _OURS)
        for each in causes(error)
    )


def causes(error: Exception) -> list[BaseException]:
    """An error and what it came from, however the libraries hand that on."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = getattr(cause, "reason", None) or cause.__cause__ or cause.__context__
        cause = cause if isinstance(cause, BaseException) else None
    return found


_OURS = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EPERM}
)


_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (socket.gaierror, "its host is not known"),
    (UnicodeError, "its host cannot be a name"),
    (ssl.SSLError, "its host has no certificate that we accept, or does not speak TLS as we do"),
    ((TimeoutError, urllib3.exceptions.ReadTimeoutError), "its host did not answer in time"),
    (ConnectionRefusedError, "its host refused the connection"),
    (urllib3.exceptions.IncompleteRead, "its host hung up before all of it was sent"),
    (ConnectionError, "its host hung up"),
)
