"""What schemathesis loads before it asks: how our media types are read, and that a redirect is an answer of its own."""

import json
from typing import Any

import schemathesis

for media_type in ("application/vc", "application/did+json", "application/ld+json"):
    schemathesis.deserializer(media_type)(lambda _context, response: json.loads(response.content))


@schemathesis.serializer("application/jsonl", "application/sparql-query")
def lines(_context: Any, value: Any) -> bytes:
    return str(value).encode(errors="replace")


@schemathesis.serializer("application/pdf")
def file(_context: Any, value: Any) -> bytes:
    return bytes(getattr(value, "data", None) or str(value).encode(errors="replace"))


@schemathesis.hook
def before_call(_context: Any, _case: Any, kwargs: dict[str, Any]) -> None:
    kwargs["allow_redirects"] = False
