"""Contexts, and what a JSON-LD processor does for each."""

from typing import Any

from tests.security.shapes import NAMING, credential, dump, filled, shape
from vocab.terms import CREDENTIALS_V2


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
