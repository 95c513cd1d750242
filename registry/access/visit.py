"""One visit to an address: what is asked of its host, and what its answer says about the link."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from registry.access.checks import Outcome
from registry.access.robots import Robots
from verify.errors import FetchFailed
from verify.fetch import REDIRECTS, Fetcher, RedirectRefused, Reply, TooLarge
from verify.guard import NotPublic, is_ours

PROGRAM = "license-registry-links"
"""The name by which a robots.txt can address us."""
MAX_BYTES = 64 << 20
MAX_REDIRECTS = 5
_UNSAID = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/force-download", "application/x-download"}
)
"""What servers say of a file of which they do not know what it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visit found. `reply` is the last answer that was had, None where there was none."""

    outcome: Outcome
    details: Mapping[str, str]
    reply: Reply | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be visited, and what was said there when it was last good. `robots` is None where the host did not say."""

    id: int
    url: str
    expected_type: str
    expected_digest: str
    etag: str
    last_modified: str
    size: int | None
    was_good: bool
    robots: Robots | None


def headers_of(base: str) -> dict[str, str]:
    """By what a host knows who asks, and where to ask about it."""
    return {"User-Agent": f"{PROGRAM}/1 (+{base}/)", "Accept": "*/*"}


def visit(fetcher: Fetcher, base: str, target: Target) -> Seen:
    """What is at the address now; `base` is that of the register. A redirect is followed to the same host, where its robots.txt
    allows it."""
    if target.robots is None:
        return Seen(Outcome.ROBOTS_UNKNOWN, {})
    digest = hashlib.new(target.expected_digest.partition("-")[0]) if target.expected_digest else None
    size = 0

    def take_in(piece: bytes) -> None:
        nonlocal size
        size += len(piece)
        if digest is not None:
            digest.update(piece)

    own = fetcher.within(fetcher.seconds)
    headers = {**headers_of(base), **_conditions(target)}
    url = target.url.partition("#")[0]
    for _ in range(MAX_REDIRECTS + 1):
        parts = urlsplit(url)
        if not target.robots.allows((parts.path or "/") + (f"?{parts.query}" if parts.query else "")):
            return Seen(Outcome.ROBOTS, {})
        try:
            # Without a digest to compare with, nothing of the document itself is asked for.
            reply = own.look(url, headers=headers, max_bytes=MAX_BYTES if digest is not None else 0, sink=take_in)
        except FetchFailed as error:
            return not_had(error)
        if reply.status not in REDIRECTS or not reply.headers.get("location"):
            found = f"{digest.name}-{base64.b64encode(digest.digest()).decode()}" if digest is not None else ""
            return _judged(target, reply, found, size)
        try:
            moved = urlsplit(urljoin(url, reply.headers["location"]))
            host = moved.hostname or ""
        except ValueError:
            return Seen(Outcome.STRANGE, {"status": str(reply.status)}, reply)
        if (moved.scheme, moved.netloc) != (parts.scheme, parts.netloc):
            return Seen(Outcome.ELSEWHERE, {"host": host[:200]}, reply)
        url = moved._replace(fragment="").geturl()
    return Seen(Outcome.STRANGE, {"status": "302"})


def _conditions(target: Target) -> dict[str, str]:
    """What makes the host answer 304 for what was there at the last good check (RFC 9110, 13.1)."""
    found = {"If-None-Match": target.etag, "If-Modified-Since": target.last_modified}
    return {name: value for name, value in found.items() if value and target.was_good}


def not_had(error: FetchFailed) -> Seen:
    """What a request without an answer says. Raises nothing."""
    if isinstance(error, NotPublic):
        return Seen(Outcome.NOT_PUBLIC, {})
    if isinstance(error, RedirectRefused):
        return Seen(Outcome.ELSEWHERE, {"host": error.host[:200]})
    if isinstance(error, TooLarge):
        return Seen(Outcome.TOO_LARGE, {"limit": str(MAX_BYTES >> 20)})
    # Whether it is the host or we are cut off is told when it is written down.
    return Seen(Outcome.OURS if is_ours(error) else Outcome.UNREACHABLE, {})


def _judged(target: Target, reply: Reply, digest: str, size: int) -> Seen:
    status = {"status": str(reply.status)}
    match reply.status:
        case 200:
            return _judged_document(target, reply, digest, size)
        case 304 if target.was_good:
            return Seen(Outcome.GOOD, {}, reply, target.size)
        case 401 | 403 | 407:
            return Seen(Outcome.LOGIN, status, reply)
        case 404 | 410:
            return Seen(Outcome.GONE, status, reply)
        case code if code == 429 or code >= 500:
            return Seen(Outcome.BUSY, status, reply)
        case _:
            return Seen(Outcome.STRANGE, status, reply)


def _judged_document(target: Target, reply: Reply, digest: str, size: int) -> Seen:
    found = media_type_of(reply)
    length = size or _length(reply)
    if target.expected_type and found not in _UNSAID and found != target.expected_type:
        return Seen(Outcome.WRONG_TYPE, {"found": found[:100], "expected": target.expected_type}, reply)
    if digest and digest != target.expected_digest:
        return Seen(Outcome.WRONG_DIGEST, {}, reply)
    is_other = not digest and target.was_good and found != "text/html" and _differs(target, reply, length)
    return Seen(Outcome.CHANGED if is_other else Outcome.GOOD, {}, reply, length)


def _differs(target: Target, reply: Reply, length: int | None) -> bool:
    """Whether the host says that this is another document than at the last good check."""
    pairs = (
        (target.etag, reply.headers.get("etag", "")),
        (target.last_modified, reply.headers.get("last-modified", "")),
        (target.size, length),
    )
    return next((before != now for before, now in pairs if before and now), False)


def media_type_of(reply: Reply) -> str:
    """What a host says that its answer is."""
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()


def _length(reply: Reply) -> int | None:
    text = reply.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None
