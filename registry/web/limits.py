"""How much one caller may ask of the API: a quota for each window of time, told in the answer's header fields.

`RateLimit-Policy` and `RateLimit` are those of draft-ietf-httpapi-ratelimit-headers-10.
"""

import ipaddress
import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import HTTPException

from registry.config import (
    DEFAULT_POSTER_LIMIT,
    DEFAULT_RATE_LIMIT,
    DEFAULT_RATE_LIMIT_STORE,
    DEFAULT_REPORT_LIMIT,
    SettingInvalid,
    Settings,
)
from registry.web.counts import SharedCounts

log = logging.getLogger(__name__)

POLICY = "default"


class TooManyRequests(PermissionError):
    """The quota of this window of time is used up. Answered with 429, and with when to come again."""

    def __init__(self, message: str, headers: dict[str, str]) -> None:
        super().__init__(message)
        self.headers = headers
        self.extra = {"violated-policies": [POLICY]}


class Limits:
    """Counts requests. Where the count cannot be kept everything passes: a licence must be publishable without it."""

    def __init__(self, item: RateLimitItem, limiter: FixedWindowRateLimiter) -> None:
        self._item = item
        self._limiter = limiter

    @contextmanager
    def counting(self, kind: str, who: str) -> Iterator[None]:
        """Counts what is done within as one request; not what fails there by no fault of the caller (HTTP 4xx is one).

        Counted first, so that many at once are not more than one after the other. Raises `TooManyRequests`.
        """
        self.count(kind, who)
        try:
            yield
        except HTTPException:
            raise
        except Exception:
            self._uncount(kind, who)
            raise

    def _uncount(self, kind: str, who: str) -> None:
        try:
            self._limiter.hit(self._item, kind, who, cost=-1)
        except StorageError:
            log.exception("requests cannot be counted")

    def count(self, kind: str, who: str) -> dict[str, str]:
        """Counts one request of `who`, of a `kind`. Returns the header fields of the answer. Raises `TooManyRequests`."""
        try:
            passes = self._limiter.hit(self._item, kind, who)
            reset, remaining = self._limiter.get_window_stats(self._item, kind, who)
        except StorageError:
            log.exception("requests cannot be counted")
            return {}
        seconds = max(0, math.ceil(reset - time.time()))
        headers = {
            "RateLimit-Policy": f'"{POLICY}";q={self._item.amount};w={self._item.get_expiry()}',
            "RateLimit": f'"{POLICY}";r={remaining};t={seconds}',
        }
        if passes:
            return headers
        raise TooManyRequests(
            f"{self._item.amount} requests in {self._item.get_expiry()} seconds were sent, which is all there may be; "
            f"go on in {seconds} seconds",
            {**headers, "Retry-After": str(max(1, seconds))},
        )


def token_limits_of(settings: Settings, counts: SharedCounts) -> Limits:
    """How much one token may ask of the API: counted in `counts`, or in the store that the settings name.

    Raises `SettingInvalid`.
    """
    item = _item("REGISTRY_RATE_LIMIT", settings.rate_limit, DEFAULT_RATE_LIMIT)
    if settings.rate_limit_store == DEFAULT_RATE_LIMIT_STORE:
        return Limits(item, FixedWindowRateLimiter(counts))
    options: dict[str, Any] = {"wrap_exceptions": True}
    try:
        storage = storage_from_string(settings.rate_limit_store, **options)
    except (ConfigurationError, ValueError) as error:
        # The address may hold a password, so it is not repeated.
        raise SettingInvalid(
            "REGISTRY_RATE_LIMIT_STORE names no store that can be used (expected memory://, or redis://host:6379 with its "
            f"client library installed): {type(error).__name__}"
        ) from error
    return Limits(item, FixedWindowRateLimiter(storage))


def address_limits_of(settings: Settings, counts: SharedCounts) -> Limits:
    """How many pictures, codes and bad tokens come from one address. All that is counted of addresses is counted in memory alone:
    no address is stored anywhere. Raises `SettingInvalid`."""
    return Limits(_item("REGISTRY_RATE_LIMIT", settings.rate_limit, DEFAULT_RATE_LIMIT), FixedWindowRateLimiter(counts))


def report_limits_of(settings: Settings, counts: SharedCounts) -> Limits:
    """How many reports one address may send. Raises `SettingInvalid`."""
    item = _item("REGISTRY_REPORT_LIMIT", settings.report_limit, DEFAULT_REPORT_LIMIT)
    return Limits(item, FixedWindowRateLimiter(counts))


def poster_limits_of(settings: Settings, counts: SharedCounts) -> Limits:
    """How many posters and cards are set for one address; what was set before is not counted. Raises `SettingInvalid`."""
    item = _item("REGISTRY_POSTER_LIMIT", settings.poster_limit, DEFAULT_POSTER_LIMIT)
    return Limits(item, FixedWindowRateLimiter(counts))


def caller_of(address: str | None) -> str:
    """Who is counted as one: an IPv4 address, or the network of an IPv6 one: a household has very many of these."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def _item(name: str, text: str, example: str) -> RateLimitItem:
    expected = f"{name} is a number of requests and a time (got {text!r}, e.g. {example})"
    try:
        item, *more = parse_many(text)
    except ValueError as error:
        raise SettingInvalid(expected) from error
    if more or item.amount < 1:
        raise SettingInvalid(expected)
    return item
