"""Measures the public answers of the application (`registry.probe`)."""

from time import perf_counter

from flask import Flask, Response, g, request

from registry.probe import Meter
from registry.register import Register

UNMEASURED = ("/static/", "/healthz", "/api/v1/batches")
"""Not what the public asks for: files of the page itself, monitoring, and what needs a token."""


def measure_answers(app: Flask, register: Register) -> None:
    """From now on, each public read that `app` answers is counted. Call it before anything else is done before a request."""
    meter = Meter(register)

    def begin() -> None:
        g.began = perf_counter()

    def end(response: Response) -> Response:
        if request.method in {"GET", "HEAD"} and not request.path.startswith(UNMEASURED):
            meter.add(perf_counter() - g.began, is_error=response.status_code >= 500)
        return response

    app.before_request(begin)
    app.after_request(end)
