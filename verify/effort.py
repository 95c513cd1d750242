"""What a general JSON-LD processor may be asked to do. It cannot be interrupted, so it is asked for nothing dear."""

from collections.abc import Iterator

from verify.document import Document, strings
from verify.errors import MalformedDocument

MAX_EFFORT = 900
"""What may be asked in all: about 25 ms. A credential takes 50 to 200.

1 for each value, `EFFORT_OF_TYPE` for each node with a type, whose context is made anew for it, and a hundredth of the square of
each list's length, since each member is compared with those before it; `EFFORT_OF_CONTEXT` for each context.
"""
MAX_EFFORT_OF_PRESENTATION = 2_400
"""Of one with a proof: seven licences. In a JWS nothing is canonicalised, and there may be more."""
EFFORT_OF_TYPE = 8
EFFORT_OF_CONTEXT = 30
"""Put upon another than before, a public context has hundreds of terms to define again."""
MAX_CONTEXT_TEXT = 8_192
"""Characters in all contexts: every identifier of the document can be made as long as they are together."""


def require_affordable(document: Document) -> None:
    """Raises `MalformedDocument` for more than PyLD does in good time and space, and for a context that imports another."""
    effort = _effort_of_values(document)
    # Now that the document is known to be small, its contexts can be looked at.
    contexts = list(_contexts(document))
    if any(isinstance(context, dict) for context in contexts):
        # It can give `@type` another name.
        effort += EFFORT_OF_TYPE * sum(isinstance(value, dict) for value in _values(document))
    _require(effort + EFFORT_OF_CONTEXT * len(contexts), document)
    if sum(len(text) for context in contexts for text in strings(context)) > MAX_CONTEXT_TEXT:
        raise MalformedDocument(f"contexts are too long (at most {MAX_CONTEXT_TEXT} characters)")
    if any(isinstance(value, dict) and "@import" in value for context in contexts for value in _values([context])):
        # PyLD writes what stands beside the import into the public context itself, for all documents to come.
        raise MalformedDocument("a context that imports another is not accepted (got '@import')")


def _require(effort: float, document: Document) -> None:
    most = MAX_EFFORT_OF_PRESENTATION if "verifiableCredential" in document else MAX_EFFORT
    if effort > most:
        raise MalformedDocument(
            f"document has too many values for a general JSON-LD processor (more than {most}, as we count them)"
        )


def _effort_of_values(document: Document) -> float:
    effort = 0.0
    for value in _values(document):
        if isinstance(value, dict):
            effort += len(value) + (EFFORT_OF_TYPE if "type" in value or "@type" in value else 0)
        else:
            effort += len(value) + len(value) ** 2 / 100
        _require(effort, document)
    return effort


def _contexts(document: Document) -> Iterator[object]:
    """Every context that is named or stands in `document`, those inside contexts too."""
    for value in _values(document):
        if isinstance(value, dict) and "@context" in value:
            found = value["@context"]
            yield from found if isinstance(found, list) else [found]


def _values(document: object) -> Iterator[dict[str, object] | list[object]]:
    """`document` and every object and list in it, without recursion."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            yield value
            waiting.extend(value)
