"""The one guarded client for every outgoing request (design: trust, attack table).

HTTPS only, no redirects, no private addresses (checked on the address that is really connected to, so that a name cannot
change between check and use), bounded in size and time.
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from verify.errors import FetchFailed

MAX_BYTES = 64 << 20
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
_CHUNK = 65_536
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_PROTOCOL_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches public documents. `allow_loopback` is for trying the registry on one's own machine, and for nothing else."""

    allow_loopback: bool = False

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
        try:
            pool = self._pool(parts.scheme, host, port)
        except HTTPError as error:
            raise FetchFailed(f"{url[:200]} is not an address ({error})") from error
        try:
            # Redirects are never followed: each would be a new address that nobody has looked at.
            response = pool.request(
                "GET", target or "/", headers={"Accept": accept}, redirect=False, retries=False, preload_content=False
            )
            try:
                if response.status != 200:
                    raise FetchFailed(f"{url[:200]} answered {response.status}, expected 200")
                return _read(response, url, max_bytes)
            finally:
                response.close()
        # UnicodeError: a host that cannot be a name, such as one with a label too long.
        except (HTTPError, OSError, UnicodeError) as error:
            raise FetchFailed(f"{url[:200]} could not be fetched ({error})") from error
        finally:
            pool.close()

    def _pool(self, scheme: str, host: str, port: int | None) -> urllib3.HTTPConnectionPool:
        timeout = Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        pool: urllib3.HTTPConnectionPool
        if scheme == "https":
            pool = urllib3.HTTPSConnectionPool(host, port, timeout=timeout, maxsize=1)
            pool.ConnectionCls = _guarded(HTTPSConnection, self._require_public)
        elif scheme == "http" and self.allow_loopback and host in {"localhost", "127.0.0.1", "::1"}:
            pool = urllib3.HTTPConnectionPool(host, port, timeout=timeout, maxsize=1)
            pool.ConnectionCls = _guarded(HTTPConnection, self._require_public)
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


def _guarded(connection: type[Any], require_public: Callable[[str], None]) -> Any:
    """A connection class that checks the address it has connected to before anything is sent."""

    class GuardedConnection(connection):  # type: ignore[misc] # the base is chosen at run time
        def _new_conn(self) -> socket.socket:
            # Checked before connecting as well: a private host should not even see a SYN.
            for *_kind, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
                require_public(str(address[0]))
            made: socket.socket = super()._new_conn()
            require_public(made.getpeername()[0])
            return made

    return GuardedConnection


def _read(response: urllib3.BaseHTTPResponse, url: str, max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in response.stream(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > max_bytes:
            raise FetchFailed(f"{url[:200]} is larger than {max_bytes} bytes")
    return bytes(body)
