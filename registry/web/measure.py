"""Measures the public answers of the application (`registry.probe`)."""

from collections.abc import Iterable
from time import perf_counter
from typing import Any

from registry.probe import Meter
from registry.register import Register
from registry.web.body import Application

UNMEASURED = ("/static/", "/healthz", "/api/v1/batches")
"""Not what the public asks for: files of the page itself, monitoring, and what needs a token."""


def measuring_answers(application: Application, register: Register) -> Application:
    """The WSGI application, each public read that it answers being counted."""
    meter = Meter(register)

    def answering(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ["PATH_INFO"].startswith(UNMEASURED):
            return application(environ, start_response)
        began = perf_counter()
        told = ["500"]

        def start(status: str, *rest: Any) -> Any:
            told.append(status)
            return start_response(status, *rest)

        try:
            return application(environ, start)
        finally:
            meter.add(perf_counter() - began, is_error=told[-1].startswith("5"))

    return answering
