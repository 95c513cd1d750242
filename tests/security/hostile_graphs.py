"""Poison graphs, whose canonical form takes every order to find."""

from tests.security.shapes import NAMING, complete, credential, dump, filled, graph, shape


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
