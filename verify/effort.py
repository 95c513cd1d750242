"""What a general JSON-LD processor may be asked to do. It cannot be interrupted, so it is asked for nothing dear."""

from collections.abc import Iterator

from verify.document import Document, strings
from verify.errors import BeyondBounds, MalformedDocument

MAX_EFFORT = 900
"""What may be asked in all: about 25 ms. A credential takes 50 to 200.

1 for each value, `EFFORT_OF_TYPE` for each node with a type, whose context is made anew for it, and a hundredth of the square of
each list's length, since each member is compared with those before it; `EFFORT_OF_CONTEXT` for each context.
"""
MAX_CREDENTIALS = 16
"""In one presentation."""
EFFORT_OF_CREDENTIAL = 400
"""What each of them adds, in a presentation with a proof: a licence asks for 320 there. In a JWS nothing is canonicalised."""
EFFORT_OF_TYPE = 8
EFFORT_OF_CONTEXT = 30
"""Put upon another than before, a public context has hundreds of terms to define again."""
MAX_CONTEXT_TEXT = 8_192
"""Characters in all contexts: every identifier of the document can be made as long as they are together."""


def require_affordable(document: Document, *, times: int = 1) -> None:
    """Raises `BeyondBounds` for more than PyLD does in good time and space, `MalformedDocument` for a context that imports one.

    `times` is how often the document will be asked for: all of them together may take as much as one alone.
    The bounds are ours: what is beyond them may well be what it says.
    """
    most = _most(document) // times
    effort = _effort_of_values(document, most)
    # Now that the document is known to be small, its contexts can be looked at.
    contexts = list(_contexts(document))
    if any(isinstance(context, dict) for context in contexts):
        # It can give `@type` another name.
        effort += EFFORT_OF_TYPE * sum(isinstance(value, dict) for value in _values(document))
    _require(effort + EFFORT_OF_CONTEXT * len(contexts), most)
    if sum(len(text) for context in contexts for text in strings(context)) > MAX_CONTEXT_TEXT:
        raise BeyondBounds(f"contexts are too long (at most {MAX_CONTEXT_TEXT} characters)")
    if any(isinstance(value, dict) and "@import" in value for context in contexts for value in _values([context])):
        # PyLD writes what stands beside the import into the public context itself, for all documents to come.
        raise MalformedDocument("a context that imports another is not accepted (got '@import')")


def _most(document: Document) -> int:
    presented = document.get("verifiableCredential", [])
    count = len(presented) if isinstance(presented, list) else 1
    return MAX_EFFORT + EFFORT_OF_CREDENTIAL * min(count, MAX_CREDENTIALS)


def _require(effort: float, most: int) -> None:
    if effort > most:
        raise BeyondBounds(
            f"document has too many values for a general JSON-LD processor (more than {most}, as we count them)"
        )


def _effort_of_values(document: Document, most: int) -> float:
    effort = 0.0
    for value in _values(document):
        if isinstance(value, dict):
            effort += len(value) + (EFFORT_OF_TYPE if "type" in value or "@type" in value else 0)
        else:
            effort += len(value) + len(value) ** 2 / 100
        _require(effort, most)
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
