"""Documents that are made to be dear: one function for each shape, `size` being how many bytes it may have.

None of them needs a signature: what a verifier does before it can know whether one fits is what they attack. They are
credentials of a stranger whose key exists (a did:key), so that nothing is refused early for want of one. `bench/` measures
them too.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

from issuers.keys import new_signer
from verify.multikey import multibase58
from vocab.terms import CREDENTIALS_V2, LICENSE_CONTEXT_PATH, LICENSE_CREDENTIAL

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


# Poison graphs: what makes canonicalization try many orders


@shape
def complete_graph(size: int) -> bytes:
    return filled(size, complete)


@shape
def complete_graph_of_ten(size: int) -> bytes:
    """The known one: 1.7 kB, and minutes."""
    return dump(complete(10))


@shape
def complete_graph_of_six(size: int) -> bytes:
    """As many alike nodes as are let through, with as many predicates as fit."""
    return filled(min(size, 20_000), lambda n: complete(6, n))


@shape
def complete_graph_of_four(size: int) -> bytes:
    return filled(min(size, 20_000), lambda n: complete(4, n))


@shape
def two_alike_with_many_predicates(size: int) -> bytes:
    return filled(size, lambda n: complete(2, n))


@shape
def three_alike_with_many_predicates(size: int) -> bytes:
    return filled(size, lambda n: complete(3, n))


@shape
def cycle(size: int) -> bytes:
    return filled(size, lambda n: graph((k, (k + 1) % n) for k in range(n)))


@shape
def cycle_of_sixty(size: int) -> bytes:
    return dump(graph((k, (k + 1) % 60) for k in range(60)))


@shape
def three_cycles_of_two(size: int) -> bytes:
    return dump(graph((k, k ^ 1) for k in range(6)))


@shape
def grid(size: int) -> bytes:
    """A torus of 8 by 8."""
    return dump(graph((k, other) for k in range(64) for other in ((k + 8) % 64, k // 8 * 8 + (k + 1) % 8)))


@shape
def bipartite(size: int) -> bytes:
    return dump(graph((a, 3 + b) for a in range(3) for b in range(3)))


@shape
def many_alike(size: int) -> bytes:
    """Nodes with nothing to tell them apart."""
    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "p": [{"t": []}] * n}))


@shape
def many_blank(size: int) -> bytes:
    """Nodes without names, all different."""
    return filled(
        size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "p": [{"t": str(k)} for k in range(n)]})
    )


@shape
def blank_graph_names(size: int) -> bytes:
    """Graphs inside graphs, none with a name."""

    def nested(depth: int) -> object:
        return {"@graph": [nested(depth - 1), {"t": "x"}]} if depth else {"t": "x"}

    return dump(credential(NAMING, credentialSubject={"id": "urn:x:s", "p": nested(15)}))


@shape
def many_graphs(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "p": [{"@graph": [{"t": "x"}]}] * n}),
    )


@shape
def long_chain(size: int) -> bytes:
    """Nodes of which each is told apart only by all that follow it."""
    return dump(graph((k, k + 1) for k in range(63)))


# JSON itself


@shape
def nested_objects(size: int) -> bytes:
    return b'{"a":' * (size // 6 - 1) + b"0" + b"}" * (size // 6 - 1)


@shape
def nested_5000(size: int) -> bytes:
    return b'{"a":' * 5_000 + b"0" + b"}" * 5_000


@shape
def nested_lists(size: int) -> bytes:
    return b'{"a":' + b"[" * (size // 2 - 4) + b"]" * (size // 2 - 4) + b"}"


@shape
def never_closed(size: int) -> bytes:
    return b'{"a":' * (size // 5)


@shape
def nested_at_the_bound(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        return {"p": [nested(depth - 1, width)] + ["urn:x:1"] * width} if depth else "urn:x:1"

    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "p": nested(17, n)}))


@shape
def duplicate_keys(size: int) -> bytes:
    return b"{" + b",".join([b'"a":0'] * ((size - 2) // 6)) + b"}"


@shape
def many_keys(size: int) -> bytes:
    return filled(size, lambda n: credential(credentialSubject={"id": "urn:x:s", **{f"k{k}": k for k in range(n)}}))


@shape
def huge_integer(size: int) -> bytes:
    return b'{"a":' + b"9" * (size - 6) + b"}"


@shape
def long_fraction(size: int) -> bytes:
    return b'{"a":0.' + b"1" * (size - 8) + b"}"


@shape
def huge_exponent(size: int) -> bytes:
    return dump(credential(NAMING)).replace(b'"type":"urn:x:type"', b'"t":1e' + b"9" * 400)


@shape
def escaped_quotes(size: int) -> bytes:
    return b'{"a":"' + b'\\"' * ((size - 8) // 2) + b'"}'


@shape
def string_never_closed(size: int) -> bytes:
    return b'{"a":"' + b'\\"' * ((size - 6) // 2)


@shape
def surrogates(size: int) -> bytes:
    return b'{"a":["' + b'\\ud800","' * ((size - 10) // 9) + b'"]}'


@shape
def not_utf8(size: int) -> bytes:
    return b'{"a":"' + b"\xff" * (size - 8) + b'"}'


@shape
def many_zeros(size: int) -> bytes:
    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "t": [0] * n}))


@shape
def many_texts(size: int) -> bytes:
    return filled(size, lambda n: credential(credentialSubject=[{"id": f"urn:x:{k}"} for k in range(n)]))


# Long texts


@shape
def long_text(size: int) -> bytes:
    return filled(size, lambda n: credential(name="x" * n))


@shape
def long_name_of_many_statements(size: int) -> bytes:
    """Half of the document is one identifier, which stands in each of the statements that the other half makes."""
    return filled(
        size,
        lambda n: credential(
            id="urn:x:" + "y" * n, name=[{"@value": str(k), "@language": "en"} for k in range(n // 40)]
        ),
    )


@shape
def long_language_of_many_texts(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"m": {"@id": "urn:p:m", "@container": "@language"}},
            credentialSubject={"id": "urn:x:s", "m": {"en" + "-abcdefgh" * (n // 9): [str(k) for k in range(n // 6)]}},
        ),
    )


@shape
def long_property_of_many_statements(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"l": "urn:x:" + "y" * n}, credentialSubject={"id": "urn:x:s", "l": [str(k) for k in range(n // 6)]}
        ),
    )


@shape
def long_prefix_of_many_terms(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"l": {"@id": "urn:x:" + "y" * n, "@prefix": True}},
            credentialSubject={"id": "urn:x:s"} | {f"l:{k}": "x" for k in range(min(n // 12, 900))},
        ),
    )


@shape
def prefixes_upon_prefixes(size: int) -> bytes:
    """Each prefix is the one before it, and more: the last is as long as all together."""
    return filled(
        size,
        lambda n: credential(
            {"a0": {"@id": "urn:x:", "@prefix": True}}
            | {f"a{k}": {"@id": f"a{k - 1}:" + "y" * 500, "@prefix": True} for k in range(1, n)},
            credentialSubject={"id": "urn:x:s"} | {f"a{n - 1}:{k}": "x" for k in range(n)},
        ),
    )


@shape
def long_base(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            NAMING | {"@base": "https://x.example/" + "y" * n + "/"},
            credentialSubject={"id": "urn:x:s", "p": [str(k) for k in range(min(n // 8, 900))]},
        ),
    )


@shape
def long_type(size: int) -> bytes:
    return filled(size, lambda n: credential(type=["VerifiableCredential", "x" * n]))


@shape
def many_types(size: int) -> bytes:
    return filled(size, lambda n: credential(type=["VerifiableCredential", *(f"urn:x:{k}" for k in range(n))]))


@shape
def long_issuer(size: int) -> bytes:
    return filled(size, lambda n: credential(issuer="did:key:z" + "6" * n))


@shape
def long_method(size: int) -> bytes:
    return filled(size, lambda n: credential(proof=PROOF | {"verificationMethod": f"{DID}#" + "z" * n}))


@shape
def long_proof_value(size: int) -> bytes:
    return filled(size, lambda n: credential(proof=PROOF | {"proofValue": "z" + "2" * n}))


@shape
def long_date(size: int) -> bytes:
    return filled(size, lambda n: credential(validFrom="2026-01-01T00:00:00." + "0" * n + "Z"))


@shape
def long_context_address(size: int) -> bytes:
    return filled(size, lambda n: credential("https://x.example/" + "y" * n))


@shape
def language_map(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"m": {"@id": "urn:p:m", "@container": "@language"}},
            credentialSubject={"id": "urn:x:s", "m": {f"en-x{k}": "x" for k in range(n)}},
        ),
    )


# Contexts


@shape
def context_a_thousand_times(size: int) -> bytes:
    return filled(size, lambda n: credential() | {"@context": [CREDENTIALS_V2] * n})


@shape
def contexts_between_contexts(size: int) -> bytes:
    """A large context again and again, each time upon another one, so that nothing can be used again."""
    return filled(
        size,
        lambda n: credential() | {"@context": [c for k in range(n) for c in (CREDENTIALS_V2, {f"x{k}": f"urn:x:{k}"})]},
    )


@shape
def contexts_in_nodes(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            NAMING,
            credentialSubject={
                "id": "urn:x:s",
                "p": [{"@context": [{f"x{k}": "urn:x:1"}, CREDENTIALS_V2], "id": f"urn:x:{k}"} for k in range(n)],
            },
        ),
    )


@shape
def contexts_in_nested_nodes(size: int) -> bytes:
    def nested(depth: int) -> object:
        inner = {"p": nested(depth - 1)} if depth else {}
        return {"@context": [{f"x{depth}": "urn:x:1"}, CREDENTIALS_V2], "id": f"urn:x:{depth}"} | inner

    return dump(credential(NAMING, credentialSubject={"id": "urn:x:s", "p": nested(30)}))


@shape
def many_terms(size: int) -> bytes:
    return filled(size, lambda n: credential({f"x{k}": {"@id": f"urn:x:{k}"} for k in range(n)}))


@shape
def scopes_in_scopes(size: int) -> bytes:
    """A context for each term, with a context for each term."""

    def scoped(depth: int, width: int) -> dict[str, Any]:
        if not depth:
            return {"z": "urn:x:z"}
        return {
            f"s{depth}x{k}": {"@id": f"urn:x:{k}", "@context": scoped(depth - 1, width) | {f"y{k}": "urn:x:y"}}
            for k in range(width)
        }

    return filled(min(size, 64_000), lambda n: credential(scoped(3, n)))


@shape
def deep_scopes(size: int) -> bytes:
    """Two terms with a scope each, in a scope, in a scope: each may be looked at once for every way that leads to it."""

    def scoped(depth: int) -> dict[str, Any]:
        return {"a": {"@id": "urn:x:a", "@context": scoped(depth - 1)}} if depth else {"z": "urn:x:z"}

    return dump(credential(scoped(17)))


@shape
def scopes_of_public_contexts(size: int) -> bytes:
    """Each term's scope is a large context."""
    return filled(
        size, lambda n: credential({f"x{k}": {"@id": f"urn:x:{k}", "@context": [CREDENTIALS_V2]} for k in range(n)})
    )


@shape
def types_with_scopes(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {f"T{k}": {"@id": f"urn:x:{k}", "@context": {f"y{k}": "urn:x:y"}} for k in range(n)},
            credentialSubject=[{"id": "urn:x:s", "type": [f"T{k}" for k in range(n)]}] * 3,
        ),
    )


@shape
def imports(size: int) -> bytes:
    return filled(
        size,
        lambda n: (
            credential()
            | {"@context": [CREDENTIALS_V2, *({"@import": CREDENTIALS_V2, f"x{k}": "urn:x:1"} for k in range(n))]}
        ),
    )


@shape
def contexts_that_do_not_propagate(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            NAMING,
            credentialSubject=[
                {"@context": {"@propagate": False, f"x{k}": "urn:x:1"}, "id": f"urn:x:{k}"} for k in range(n)
            ],
        ),
    )


@shape
def protected_terms(size: int) -> bytes:
    """The same terms protected again and again: each must be compared."""
    terms = {"@protected": True} | {f"x{k}": f"urn:x:{k}" for k in range(100)}
    return filled(size, lambda n: credential() | {"@context": [CREDENTIALS_V2, *([terms] * n)]})


@shape
def aliases_of_keywords(size: int) -> bytes:
    return filled(size, lambda n: credential({f"x{k}": "@id" for k in range(n)} | {"y": "@type"}))


@shape
def term_on_term(size: int) -> bytes:
    """Each term is defined by the next: a chain that a processor follows by recursion."""
    return filled(size, lambda n: credential({f"x{k}": f"x{k + 1}" for k in range(n)} | {f"x{n}": "urn:x:end"}))


@shape
def reversed_properties(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            NAMING, credentialSubject={"id": "urn:x:s", "@reverse": {"p": [f"urn:x:{k}" for k in range(n)]}}
        ),
    )


@shape
def list_in_list(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        return {"@list": [nested(depth - 1, width)] * (2 if depth < 5 else 1)} if depth else "x" * width

    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "t": nested(8, n)}))


@shape
def long_list(size: int) -> bytes:
    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "t": {"@list": ["x"] * n}}))


@shape
def json_literals(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"j": {"@id": "urn:p:j", "@type": "@json"}},
            credentialSubject={"id": "urn:x:s", "j": [[k / 7, {"b": k}] for k in range(n)]},
        ),
    )


@shape
def nests(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        return {"@nest": [nested(depth - 1, width)] * (1 if depth % 4 else 2)} if depth else {"t": ["x"] * width}

    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "@nest": nested(16, n)}))


@shape
def included(size: int) -> bytes:
    return filled(
        size, lambda n: credential(NAMING) | {"@included": [{"id": f"urn:x:{k}", "t": "x"} for k in range(n)]}
    )


@shape
def at_the_bounds(size: int) -> bytes:
    """As much as the slow way takes: values, statements and nodes without names just within what is let through."""
    groups = range(4)
    return filled(
        size,
        lambda n: credential(
            NAMING,
            credentialSubject={
                "id": "urn:x:s",
                "p": [{"id": f"urn:x:g{g}", "t": [f"{g} {k}" for k in range(min(n, 880))]} for g in groups]
                + [{"t": f"blank {k}"} for k in range(60)],
            },
        ),
    )


@shape
def typed_nodes_at_the_bounds(size: int) -> bytes:
    """Nodes with a type that has a scope of its own in the public context."""
    return filled(
        size,
        lambda n: credential(
            NAMING,
            credentialSubject={
                "id": "urn:x:s",
                "p": [{"id": f"urn:x:{k}", "type": "VerifiableCredential"} for k in range(min(n, 990))],
            },
        ),
    )


# Proofs, status, related resources


@shape
def many_proofs(size: int) -> bytes:
    return filled(size, lambda n: credential(proof=[PROOF] * n))


@shape
def many_previous_proofs(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            proof=[PROOF | {"id": "urn:x:1"}, PROOF | {"id": "urn:x:2", "previousProof": ["urn:x:1"] * n}]
        ),
    )


@shape
def chain_of_proofs_at_the_bounds(size: int) -> bytes:
    """Each proof signs the document anew, with those before it."""
    ids = [f"urn:x:proof{k}" for k in range(4)]
    chain = [PROOF | {"id": ids[k]} | ({"previousProof": ids[:k]} if k else {}) for k in range(4)]
    return filled(
        size,
        lambda n: credential(
            NAMING,
            chain,
            credentialSubject={"id": "urn:x:s", "p": [{"id": f"urn:x:{k}", "t": "x"} for k in range(min(n, 900))]},
        ),
    )


@shape
def large_proof_options(size: int) -> bytes:
    """Proofs whose own options are as large as a document may be."""
    return filled(
        size,
        lambda n: credential(NAMING, [PROOF | {"t": [f"{j} {k}" for k in range(min(n, 900))]} for j in range(4)]),
    )


@shape
def many_status_entries(size: int) -> bytes:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1"}
    return filled(
        size,
        lambda n: credential(
            credentialStatus=[entry | {"statusListCredential": f"https://x.example/{k}"} for k in range(n)]
        ),
    )


@shape
def many_related_resources(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(relatedResource=[{"id": f"urn:x:{k}", "digestSRI": "sha512-x"} for k in range(n)]),
    )


@shape
def many_digests(size: int) -> bytes:
    """One resource that is at hand, with its right digest again and again: each is a hash of the whole file."""
    digest = (
        "sha256-"
        + base64.b64encode(bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")).decode()
    )
    return filled(
        size, lambda n: credential(relatedResource={"id": CREDENTIALS_V2, "digestSRI": " ".join([digest] * n)})
    )


# Envelopes


def token(header: object, payload: object) -> str:
    parts = [base64.urlsafe_b64encode(each if isinstance(each, bytes) else dump(each)) for each in (header, payload)]
    return b".".join(
        [*(part.rstrip(b"=") for part in parts), base64.urlsafe_b64encode(bytes(64)).rstrip(b"=")]
    ).decode()


HEADER = {"alg": "EdDSA", "kid": f"{DID}#{KEY}", "typ": "vc+jwt"}


def _without_proof(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "proof"}


@shape
def large_jws_header(size: int) -> bytes:
    return token(HEADER | {"cty": "x" * (size * 3 // 4 - 600)}, _without_proof(credential())).encode()


@shape
def jws_header_of_many_members(size: int) -> bytes:
    members = {f"k{k}": 0 for k in range(size * 3 // 4 // 12 - 100)}
    return token(HEADER | members, _without_proof(credential())).encode()


@shape
def jws_header_nested(size: int) -> bytes:
    return token(b'{"a":' * (size // 9) + b"0" + b"}" * (size // 9), {}).encode()


@shape
def jws_payload_at_the_bounds(size: int) -> bytes:
    inner = json.loads(SHAPES["at_the_bounds"](size * 3 // 4 - 600))
    return token(HEADER, _without_proof(inner)).encode()


@shape
def dots(size: int) -> bytes:
    return b"a." * (size // 2)


@shape
def one_node_in_many_places(size: int) -> bytes:
    """The same subject again and again, each time with another statement."""
    return filled(size, lambda n: credential(credentialSubject=[{"id": "urn:x:s", "name": str(k)} for k in range(n)]))


@shape
def one_node_with_much_in_many_places(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            credentialSubject=[{"id": "urn:x:s", "name": [str(k) for k in range(n)]}, *[{"id": "urn:x:s"}] * (n // 4)]
        ),
    )


@shape
def deep_and_wide(size: int) -> bytes:
    return b'{"a":' + b"[" * 200 + b"0," * ((size - 500) // 2) + b"0" + b"]" * 200 + b"}"


@shape
def members_in_many_orders(size: int) -> bytes:
    """Nodes of the same members in another order each: nothing that is known of one helps with the next."""
    members = ["name", "description", "type", "id"]
    orders = list(permutations(members))
    values = {"name": "x", "description": "y", "type": "VerifiableCredential", "id": "urn:x:1"}
    return filled(
        size,
        lambda n: credential(credentialSubject=[{m: values[m] for m in orders[k % len(orders)]} for k in range(n)]),
    )


# What claims to be a licence, and is looked at more closely


def licence(**subject: Any) -> dict[str, Any]:
    """A credential that claims to be a licence; of which register it is makes no difference to what it costs."""
    document = credential(f"{BASE}{LICENSE_CONTEXT_PATH}", type=["VerifiableCredential", LICENSE_CREDENTIAL])
    named = {"id": f"{BASE}/id/lic/lao-06480115/food-premises/1", "type": "License", "licenseNumber": "1"}
    return document | {"credentialSubject": named | subject}


@shape
def licence_of_many_conditions(size: int) -> bytes:
    return filled(size, lambda n: licence(condition=[f"{k}" for k in range(n)]))


@shape
def licence_of_many_items(size: int) -> bytes:
    return filled(
        size,
        lambda n: licence(
            faceItem=[{"id": f"urn:x:{k}", "type": "FaceItem", "code": "x", "value": "y"} for k in range(n)]
        ),
    )


@shape
def licence_of_nodes_without_names(size: int) -> bytes:
    return filled(size, lambda n: licence(faceItem=[{"type": "FaceItem", "code": f"{k}"} for k in range(n)]))


@shape
def licence_of_lists_in_lists(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        return [nested(depth - 1, width)] if depth else [f"{k}" for k in range(width)]

    return filled(size, lambda n: licence(condition=nested(30, n)))


@shape
def licence_of_nodes_in_nodes(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        inner = {"address": nested(depth - 1, width)} if depth else {"streetAddress": "x" * width}
        return {"id": f"urn:x:{depth}", "type": "Premises" if depth else "Address", **inner}

    return filled(size, lambda n: licence(premises=[nested(30, n)]))


@shape
def licence_of_one_item_again_and_again(size: int) -> bytes:
    return filled(
        size, lambda n: licence(faceItem=[{"id": "urn:x:1", "type": "FaceItem", "code": f"{k}"} for k in range(n)])
    )


@shape
def licence_of_many_languages(size: int) -> bytes:
    tags = [f"{a}{b}-{c}{d}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefgh" for d in "abcdefgh"]
    return filled(
        size,
        lambda n: licence(
            premises=[
                {"id": "urn:x:1", "type": "Premises", "placeName": dict.fromkeys(tags[:n], "x" * (n // 4_000 + 1))}
            ]
        ),
    )


def bomb(inflated: int) -> str:
    """An `encodedList` that becomes `inflated` zero bytes, a thousand times as many as it has itself."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    chunk = bytes(1 << 20)
    packed = b"".join([*(packer.compress(chunk) for _ in range(inflated >> 20)), packer.flush()])
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
