"""Documents that are made to be dear: what their shapes are made of. `size` is how many bytes a document may have.

None of them needs a signature: what a verifier does before it can know whether one fits is what they attack. They are
credentials of a stranger whose key exists (a did:key), so that nothing is refused early for want of one.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from issuers.keys import new_signer
from verify.multikey import multibase58
from vocab.terms import CREDENTIALS_V2

BASE = "https://id.test.example"

Shape = Callable[[int], bytes]
"""Takes the number of bytes that the document may have, and gives a document that is not larger."""

SHAPES: dict[str, Shape] = {}
"""Every shape by its name."""

KEY = new_signer("did:key:x", bytes(range(32))).public_multibase
DID = f"did:key:{KEY}"
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "verificationMethod": f"{DID}#{KEY}",
    "proofPurpose": "assertionMethod",
    "proofValue": multibase58(bytes(range(64))),
}
NAMING: dict[str, Any] = {"n": "@id", "p": {"@id": "urn:p:0", "@type": "@id"}, "t": "urn:p:t"}
"""An inline context under which a node may be named `_:b0`, which `id` may not."""


def shape(make: Shape) -> Shape:
    """Puts a function into `SHAPES` under its name, and holds it to its size."""

    def made(size: int) -> bytes:
        raw = make(size)
        assert len(raw) <= size, f"{make.__name__} made {len(raw)} bytes, more than {size}"
        return raw

    made.__name__ = make.__name__
    SHAPES[make.__name__] = made
    return made


def dump(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def credential(context: object = None, proof: object = None, **members: Any) -> dict[str, Any]:
    """A credential of the stranger; `context` is one more context."""
    return {
        "@context": [CREDENTIALS_V2, *([context] if context is not None else [])],
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "credentialSubject": {"id": "urn:x:subject", "type": "urn:x:type"},
        "proof": PROOF if proof is None else proof,
    } | members


def filled(size: int, make: Callable[[int], object]) -> bytes:
    """`make(n)` as JSON, for an n that nearly fills `size`; a larger n is a larger document."""
    number, found = 1, dump(make(1))
    for _ in range(12):
        # As if it grew evenly, and never more than thirtyfold at once; what grows faster overshoots, and is tried smaller.
        more = min(number * size // len(found), number * 30, size)
        while more > number and len(raw := dump(make(more))) > size:
            more = (number + more) // 2
        if more <= number:
            break
        number, found = more, raw
        if len(found) > size - size // 16:
            break
    return found


def graph(edges: Iterator[tuple[int, int]], predicates: int = 1) -> dict[str, Any]:
    """A credential whose subject holds a graph of nodes without names."""
    nodes: dict[int, list[int]] = {}
    for one, other in edges:
        nodes.setdefault(one, []).append(other)
    terms = {f"p{k}": {"@id": f"urn:p:{k}", "@type": "@id"} for k in range(predicates)}
    described = [
        {"n": f"_:b{one}"} | {term: [f"_:b{other}" for other in others] for term in terms}
        for one, others in nodes.items()
    ]
    return credential(NAMING | terms, credentialSubject={"id": "urn:x:s", "p": described})


def complete(nodes: int, predicates: int = 1) -> dict[str, Any]:
    return graph(((a, b) for a in range(nodes) for b in range(nodes) if a != b), predicates)
