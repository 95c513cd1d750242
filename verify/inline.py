"""What a stranger's document may say in JSON-LD's own words: only what becomes part of what is signed.

`@index`, for one, means nothing in RDF, and a context inside the document can give any term the name of it: whatever then stands
there is seen by every reader and covered by no signature. So keywords are few, and contexts inside a document define terms and
nothing else.
"""

from collections.abc import Iterator, Mapping

from verify.document import without
from verify.errors import MalformedDocument, UnknownMethod

_VALUE_KEYWORDS = frozenset({"@value", "@type", "@language", "@direction"})
_NODE_KEYWORDS = frozenset({"@context", "@id", "@type"})
_ALONE = (frozenset({"@list"}), frozenset({"@set"}))
_SETTINGS = frozenset({"@version", "@base", "@vocab", "@language", "@direction", "@protected"})
_DEFINITION = frozenset({"@id", "@type", "@protected", "@container", "@language", "@direction", "@context", "@prefix"})
_ALIASED = frozenset({"@id", "@type"})
_CONTAINERS = frozenset({"@set", "@list", "@language"})


def require_signed_words(document: Mapping[str, object]) -> None:
    """Every keyword and every context in `document` says something that its canonical form holds.

    Raises `MalformedDocument` for a keyword that does not, `UnknownMethod` for a context that does more than define terms.
    """
    for node in _objects(without(document, "@context")):
        keywords = {key for key in node if key.startswith("@")}
        allowed = _VALUE_KEYWORDS if "@value" in node else _NODE_KEYWORDS
        if keywords - allowed and frozenset(node) not in _ALONE:
            raise MalformedDocument(
                f"a keyword stands where it says nothing that is signed (got {sorted(keywords - allowed)[0][:40]!r})"
            )
        if "@context" in node:
            _require_terms(node["@context"])
    _require_terms(document.get("@context"))


def _require_terms(context: object) -> None:
    if isinstance(context, list):
        for each in context:
            _require_terms(each)
    elif isinstance(context, dict):
        for name, definition in context.items():
            if name == "@context":
                _require_terms(definition)
            elif name.startswith("@"):
                if name not in _SETTINGS:
                    raise _unread(name)
            elif isinstance(definition, dict):
                _require_definition(name, definition)
            elif isinstance(definition, str) and definition.startswith("@") and definition not in _ALIASED:
                raise _unread(name)


def _require_definition(name: str, definition: Mapping[str, object]) -> None:
    target, container = definition.get("@id"), definition.get("@container", [])
    containers = container if isinstance(container, list) else [container]
    if definition.keys() - _DEFINITION or any(each not in _CONTAINERS for each in containers if isinstance(each, str)):
        raise _unread(name)
    if isinstance(target, str) and target.startswith("@") and target not in _ALIASED:
        raise _unread(name)
    _require_terms(definition.get("@context"))


def _unread(name: str) -> UnknownMethod:
    return UnknownMethod(
        f"a context in the document does more than define a term by an IRI, which this verifier does not read (got {name[:80]!r})"
    )


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    """Every object in `value`, but for those within contexts."""
    if isinstance(value, dict):
        yield value
        for key, item in value.items():
            if key != "@context":
                yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)
