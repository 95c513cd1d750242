"""How much one caller may ask of the API: a quota for each window of time, told in the answer's header fields.

`RateLimit-Policy` and `RateLimit` are those of draft-ietf-httpapi-ratelimit-headers-10.
"""

import logging
import math
import time
from typing import Any

from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from registry.config import SettingInvalid, Settings

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


def limits_of(settings: Settings) -> Limits:
    """The limits in the settings. Raises `SettingInvalid`."""
    expected = (
        f"REGISTRY_RATE_LIMIT is a number of requests and a time (got {settings.rate_limit!r}, e.g. 600/5 minutes)"
    )
    try:
        item, *more = parse_many(settings.rate_limit)
    except ValueError as error:
        raise SettingInvalid(expected) from error
    if more or item.amount < 1:
        raise SettingInvalid(expected)
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
