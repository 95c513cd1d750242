"""The process that answers one query within limits, for `registry.sparql.asking`, which starts it.

The library that answers cannot be interrupted: the system ends the process. The query is its standard input; one line that says
what came of it, and the answer itself, go to its standard output. What is imported here is what every query waits for.
"""

import json
import resource
import sys
from io import BytesIO

import pyoxigraph as ox

from vocab.terms import PREFIXES

CPU_SECONDS = 4
MEMORY_BYTES = 1 << 30
MAX_BYTES = 8 << 20
"""Of an answer."""
RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPHS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}


class TooLong(Exception):
    """The answer has more bytes than there may be."""


class Bounded(BytesIO):
    """Takes `MAX_BYTES`. Raises `TooLong`."""

    def write(self, data: bytes) -> int:  # type: ignore[override] # bytes are all that comes
        if self.tell() + len(data) > MAX_BYTES:
            raise TooLong
        return super().write(data)


def main() -> None:
    """Answers the query on standard input from the store named by the arguments."""
    path, results, graph = json.loads(sys.argv[1])
    query = sys.stdin.buffer.read().decode()
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    # All files of a large store are opened with it only where there may be many.
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    try:
        store = ox.Store.read_only(path)
    except OSError:
        _say("gone")
        return
    # From here on nothing is opened any more: no file, and above all no connection, whatever the query asks for (SERVICE).
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    body = Bounded()
    try:
        kind = answer(store, query, results, graph, body)
    except SyntaxError as error:
        _say("unreadable", str(error))
    except TooLong:
        _say("too-long")
    except MemoryError:
        _say("too-much-memory")
    except (OSError, RuntimeError, ValueError) as error:
        _say("refused", str(error))
    else:
        _say(kind)
        sys.stdout.buffer.write(body.getvalue())


def answer(store: ox.Store, query: str, results: str | None, graph: str | None, body: BytesIO) -> str:
    """Writes what the query finds in the form for its kind. Returns the kind: `results` or `graph`; with nothing written where
    that has no form."""
    # Our own graph whatever the query names: no other one is here.
    found = store.query(query, prefixes=PREFIXES, default_graph=ox.DefaultGraph(), named_graphs=[])
    if isinstance(found, ox.QueryTriples):
        if graph is not None:
            found.serialize(body, format=GRAPHS[graph])
        return "graph"
    if results is not None:
        found.serialize(body, format=RESULTS[results])
    return "results"


def _say(outcome: str, detail: str = "") -> None:
    sys.stdout.buffer.write(json.dumps([outcome, detail[:2_000]]).encode() + b"\n")


if __name__ == "__main__":
    main()
