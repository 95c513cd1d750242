"""Every small change of a JSON document, one at a time: what somebody without the key can do to what was signed."""

import json
from collections.abc import Callable, Iterator
from itertools import combinations, permutations
from typing import Any

from verify.cryptosuite import SIGNATURE_BYTES
from verify.document import Document
from verify.multikey import base58_decode, multibase58

Path = tuple[str | int, ...]
Mutation = tuple[str, Callable[[Document], object]]
"""What is changed, for a message, and the change itself, of a document that is then thrown away."""

ADDED: tuple[tuple[str, object], ...] = (
    ("undefinedTerm", "x"),
    ("name", "x"),
    ("description", {"@value": "x", "@language": "en"}),
    ("evidence", {"id": "urn:x:1", "type": "VerifiableCredential"}),
    ("@context", []),
    ("https://schema.org/name", "x"),
    ("noExpiry", True),
    ("expires", "2099-01-01T00:00:00Z"),
)
"""Members that are added to every object: unknown ones, known ones, and those that say something else of the whole."""


def paths(node: object, at: Path = ()) -> Iterator[Path]:
    """Where every value of a document stands."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*at, key)
        yield from paths(value, (*at, key))


def holder(node: Any, path: Path) -> Any:
    """The object or list that holds the value at `path`."""
    for key in path[:-1]:
        node = node[key]
    return node


def value_at(node: Document, path: Path) -> Any:
    return holder(node, path)[path[-1]] if path else node


def mutations(document: Document) -> Iterator[Mutation]:
    """All of them but the swaps, in an order that is always the same."""
    places = list(paths(document))
    for path in places:
        for value in _others(value_at(document, path)):
            yield f"{path} is {str(value)[:60]!r}", _put(path, value)
        yield f"{path} is dropped", _drop(path)
    for path in [(), *places]:
        node = value_at(document, path)
        if isinstance(node, dict):
            for name, value in ADDED:
                if name not in node:
                    yield f"{name} is added at {path}", _put((*path, name), value)
        elif isinstance(node, list):
            yield f"the first of {path} stands there twice", _append(path, node[0])
            yield f"'urn:x:1' is added to {path}", _append(path, "urn:x:1")
    if isinstance(document.get("proof"), dict):
        yield from _proof_mutations(document["proof"])


def swaps(document: Document) -> Iterator[Mutation]:
    """Any two values change places: all pairs of which neither holds the other."""
    places = list(paths(document))
    for one, other in combinations(places, 2):
        if other[: len(one)] != one and value_at(document, one) != value_at(document, other):
            yield f"{one} and {other} change places", _swap(one, other)


def as_sets(node: object) -> object:
    """A document without the order of its lists, which is not signed."""
    if isinstance(node, dict):
        return {key: as_sets(value) for key, value in node.items()}
    if isinstance(node, list):
        return sorted((as_sets(item) for item in node), key=lambda item: json.dumps(item, sort_keys=True))
    return node


def _others(value: object) -> list[object]:
    match value:
        case str():
            return [
                value + "x",
                value[:-1],
                "",
                value.swapcase() if value.swapcase() != value else value + " ",
                None,
                [value],
            ]
        case bool():
            return [not value, None, str(value)]
        case dict():
            return [{}, None, [value, value]]
        case list():
            return [[], None, value[::-1] if len(value) > 1 else [*value, *value], {"@list": value}]
        case _:
            return [None]


def _proof_mutations(proof: Document) -> Iterator[Mutation]:
    signature = base58_decode(proof["proofValue"][1:], length=SIGNATURE_BYTES)
    for bit in range(SIGNATURE_BYTES * 8):
        flipped = bytearray(signature)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        yield f"bit {bit} of the signature is flipped", _put(("proof", "proofValue"), multibase58(bytes(flipped)))
    other = {**proof, "proofValue": multibase58(bytes(SIGNATURE_BYTES))}
    for several in permutations([proof, other, {**proof, "created": "2026-01-01T00:00:00Z"}]):
        yield "proofs are added, in some order", _put(("proof",), list(several))
    yield (
        "a chain is made of the proof",
        _put(("proof",), [{**proof, "id": "urn:x:1"}, {**other, "previousProof": "urn:x:1"}]),
    )


def _put(path: Path, value: object) -> Callable[[Document], object]:
    def change(document: Document) -> None:
        holder(document, path)[path[-1]] = value

    return change


def _drop(path: Path) -> Callable[[Document], object]:
    return lambda document: holder(document, path).pop(path[-1])


def _append(path: Path, value: object) -> Callable[[Document], object]:
    return lambda document: value_at(document, path).append(value)


def _swap(one: Path, other: Path) -> Callable[[Document], object]:
    def change(document: Document) -> None:
        first, second = holder(document, one), holder(document, other)
        first[one[-1]], second[other[-1]] = second[other[-1]], first[one[-1]]

    return change
