"""The one guarded client for every outgoing request (design: trust, attack table).

HTTPS only, public addresses only (`verify.guard`), bounded in size and time. Redirects are not followed, but for those to hosts
that the caller named before, each of which is guarded as the first.
"""

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from verify.errors import FetchFailed
from verify.guard import guarded_pool, hanging_up, in_words

MAX_BYTES = 64 << 20
MAX_REDIRECTS = 5
TOTAL_SECONDS = 20.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
_PORTS = {"https": 443, "http": 80}


class TooLarge(FetchFailed):
    """The document is larger than it may be."""


class RedirectRefused(FetchFailed):
    """A redirect to a host that was not named before: `host`."""

    def __init__(self, url: str, host: str, allowed: Iterable[str]) -> None:
        self.host = host[:200]
        super().__init__(
            f"{url[:200]} redirects to {self.host}, which is not among the hosts that it may redirect to (expected "
            f"{', '.join(sorted(allowed))})"
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a host replied: `url` is where the last redirect led; the names of `headers` are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


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
        # Redirects are never followed here: each would be a new address that nobody has looked at.
        reply, _ = self._exchange("GET", url, {"Accept": accept}, max_bytes=max_bytes)
        if reply.status != 200:
            raise FetchFailed(f"{url[:200]} answered {reply.status}, expected 200{_moved(reply)}")
        return reply.body

    def ask(
        self, url: str, *, headers: Mapping[str, str] = {}, hosts: Iterable[str] = (), max_bytes: int = MAX_BYTES
    ) -> Reply:
        """What `url` replies, whatever its status; only a 200 has a body.

        Follows at most five redirects, to `hosts` (`example.org`, with a port unless it is the usual one, `*.example.org` for
        all below it) and to the host of `url` itself. Cookies that a host sets on the way are sent back to this very host, since
        some share files only so, and are then forgotten. Raises `FetchFailed` as `get`.
        """
        own = self.within(min(self.seconds, max(0.0, self.until - time.monotonic())))
        allowed = frozenset({*(host.lower() for host in hosts), _authority(_split(url))})
        cookies: dict[str, dict[str, str]] = {}
        asked = url
        for _ in range(MAX_REDIRECTS + 1):
            place = _authority(_split(asked))
            jar = cookies.setdefault(place, {})
            sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())} if jar else {}
            reply, fresh = own._exchange("GET", asked, {"Accept": "*/*", **headers, **sent}, max_bytes=max_bytes)
            jar |= fresh
            if reply.status not in REDIRECTS or not reply.headers.get("location"):
                return reply
            asked = _joined(asked, reply.headers["location"])
            if not _is_allowed(_authority(_split(asked)), allowed):
                raise RedirectRefused(url, _authority(_split(asked)), allowed)
        raise FetchFailed(f"{url[:200]} redirects more than {MAX_REDIRECTS} times")

    def look(
        self, url: str, *, headers: Mapping[str, str], max_bytes: int = 0, sink: Callable[[bytes], object] = bytes
    ) -> Reply:
        """What `url` itself replies, whatever its status; redirects are not followed. The body of a 200 goes to `sink` piece by
        piece, where `max_bytes` of it are wanted, and is not kept. Raises `FetchFailed` where nothing was replied, `TooLarge`."""
        return self._exchange("GET", url, headers, max_bytes=max_bytes, sink=sink)[0]

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> Reply:
        """Sends `body` to `url`; the reply has a status and no body: nobody reads it. Redirects are not followed.

        Raises `FetchFailed` where nothing was replied.
        """
        return self._exchange("POST", url, headers, body=body, max_bytes=0)[0]

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        max_bytes: int,
        body: bytes | None = None,
        sink: Callable[[bytes], object] | None = None,
    ) -> tuple[Reply, dict[str, str]]:
        """One request, and the cookies that came with its reply. The body of a 200 is read, where any is wanted."""
        kept = bytearray()
        parts = _split(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        seconds = min(self.seconds, self.until - time.monotonic())
        if seconds <= 0:
            raise FetchFailed(f"{url[:200]} was not asked: what was fetched before took all the time there is")
        deadline = time.monotonic() + seconds
        with hanging_up(seconds) as opened:
            try:
                pool = guarded_pool(
                    parts.scheme,
                    parts.hostname or "",
                    parts.port,
                    opened=opened,
                    seconds=seconds,
                    allow_loopback=self.allow_loopback,
                )
            except HTTPError as error:
                raise FetchFailed(f"{url[:200]} is not an address ({error})") from error
            try:
                response = pool.request(
                    method,
                    target or "/",
                    body=body,
                    headers=dict(headers),
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                try:
                    if response.status == 200 and max_bytes:
                        _read(response, url, max_bytes, deadline, sink or kept.extend)
                    found = {name.lower(): value for name, value in response.headers.items()}
                    return Reply(url, response.status, found, bytes(kept)), _cookies(response)
                finally:
                    response.close()
            # UnicodeError: a host that cannot be a name, such as one with a label too long.
            except (HTTPError, OSError, UnicodeError) as error:
                raise FetchFailed(f"{url[:200]} could not be fetched: {in_words(error)}") from error
            finally:
                pool.close()


def _split(url: str) -> SplitResult:
    """The parts of an address to ask. Raises `FetchFailed`."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise FetchFailed(f"{url[:200]} is not an address") from error
    if not host or parts.username is not None:
        raise FetchFailed(f"{url[:200]} is not an address to fetch from")
    return parts


def _authority(parts: SplitResult) -> str:
    """The host, with its port where that is not the usual one of the scheme."""
    host = parts.hostname or ""
    return host if parts.port in {None, _PORTS.get(parts.scheme)} else f"{host}:{parts.port}"


def _is_allowed(authority: str, allowed: frozenset[str]) -> bool:
    return authority in allowed or any(
        each.startswith("*.") and authority.endswith(each[1:]) and len(authority) >= len(each) for each in allowed
    )


def _joined(url: str, location: str) -> str:
    """Where a Location leads. Thai in it was sent as UTF-8, against the rules, and read as Latin-1, which are the rules."""
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchFailed(f"{url[:200]} redirects to {location[:200]!r}, which is not an address") from error


def _cookies(response: urllib3.BaseHTTPResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in response.headers.getlist("Set-Cookie"):
        try:
            found |= {name: morsel.coded_value for name, morsel in SimpleCookie(line).items()}
        except CookieError:
            continue
    return found


def _moved(reply: Reply) -> str:
    where = reply.headers.get("location", "") if 300 <= reply.status < 400 else ""
    return f"; redirects are not followed (it names {where[:200]!r}: ask for that one itself)" if where else ""


def _read(
    response: urllib3.BaseHTTPResponse,
    url: str,
    max_bytes: int,
    deadline: float,
    sink: Callable[[bytes], object],
) -> None:
    """Hands the body to `sink`, piece by piece. Raises `FetchFailed`."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() not in {"", "identity"}:
        raise FetchFailed(f"{url[:200]} is sent encoded ({encoding[:40]!r}), which was not asked for")
    size = 0
    # read1 returns what has come; read would wait for a whole chunk, and be kept waiting.
    while chunk := response.read1(_CHUNK, decode_content=False):
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(f"{url[:200]} is larger than {max_bytes} bytes")
        sink(chunk)
    if time.monotonic() > deadline:
        # We hung up, and what came is a part at most.
        raise FetchFailed(f"{url[:200]} is sent too slowly")
