"""The body of a request, whole or not at all: what was cut off on its way must not be carried out as if it were all."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class BodyIncomplete(Exception):
    """The body ended before its announced length, or is not chunked as it should be. No `ValueError`: form parsers hide those."""


class BodyTooSlow(Exception):
    """The body comes too slowly, or not at all."""


class EncodingRefused(ValueError):
    """The body is packed. Answered with 415, and with what is accepted (RFC 9110, 12.5.3)."""

    headers: ClassVar[dict[str, str]] = {"Accept-Encoding": "identity"}


class Readable(Protocol):
    """What a body is read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class WholeBody:
    """A body that is as long as it was announced. `announced` is None where it comes in chunks, which say where they end.

    Reading raises `BodyIncomplete` where it is not, `BodyTooSlow` as the server does.
    """

    def __init__(self, body: Readable, announced: int | None) -> None:
        self._body = body
        self._left = announced

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._body.read(size)
        except BodyTooSlow:
            raise
        except Exception as error:
            # Each server has errors of its own for this.
            raise BodyIncomplete(
                "the body cannot be read: it is cut off, or not in chunks as HTTP/1.1 has them (RFC 9112, 7.1); send it again"
            ) from error
        if self._left is None:
            return data
        self._left -= len(data)
        if self._left > 0 and (size < 0 or len(data) < size):
            raise BodyIncomplete(
                f"the body ended {self._left:,} bytes before the length that Content-Length announces; nothing of it was "
                "carried out: send it again"
            )
        return data


def whole_bodies(application: Application) -> Application:
    """The WSGI application, reading nothing but whole bodies."""

    def reading_whole(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        text = str(environ.get("CONTENT_LENGTH") or "")
        announced = int(text) if text.isascii() and text.isdigit() else None
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"], announced)
        return application(environ, start_response)

    return reading_whole
