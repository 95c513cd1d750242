"""A query asked of a process of its own (`__main__.py` here), which may have so much time and memory and no more."""

import json
import re
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from registry.places import EndpointBusy
from registry.sparql.__main__ import CPU_SECONDS, MAX_BYTES, MEMORY_BYTES

MAX_QUERY = 20_000
"""Characters."""
SECONDS = 20.0
"""By the clock, on a machine that has much else to do: computing has its own, shorter limit."""
_ROOT = Path(__file__).resolve().parents[2]
_OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL})
_TEXTS = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|'
    + r"'''(?:[^\\]|\\.)*?'''|"
    + r'"(?:[^"\\\n]|\\.)*"|'
    + r"'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|#[^\n]*",
    re.DOTALL,
)
_NOT_HERE = {
    "service": "asks another endpoint, and this one asks nobody; ask that endpoint yourself and join the answers",
    "from": "names other graphs, and there is one here, which is asked anyhow; leave it out",
    "graph": "names other graphs, and there is one here, which is asked anyhow; leave it out",
    **dict.fromkeys(
        ("insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add"),
        "changes what is asked, and this endpoint only answers questions (SELECT, ASK, CONSTRUCT, DESCRIBE)",
    ),
}
_WORD = re.compile(rf"(?<![\w?$:@.-])({'|'.join(_NOT_HERE)})(?![\w:(-])", re.IGNORECASE)


class QueryRefused(ValueError):
    """The query cannot be read, or asks for what this endpoint does not do."""


class QueryTooCostly(ValueError):
    """The query took more time, memory or room than one may have here."""


class GraphGone(LookupError):
    """The graph was replaced by a newer one before it was opened."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a query: `kind` is `results` (of SELECT and ASK) or `graph` (of CONSTRUCT and DESCRIBE)."""

    kind: str
    body: bytes


def ask(store: Path, query: str, results: str | None, graph: str | None) -> Found:
    """The answer from the store in a folder: results in one form, graphs in another; nothing where its kind has none.

    Raises `QueryRefused`, `QueryTooCostly`, `GraphGone`; `EndpointBusy` where the fault is ours.
    """
    require_askable(query)
    process = subprocess.Popen(
        [sys.executable, "-E", "-s", "-W", "ignore", "-m", __package__, json.dumps([str(store), results, graph])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd=_ROOT,
        # It needs no setting, and what might take it over must find no secret. One arena: each thread of the store would
        # reserve 64 MiB of the addresses that it may have, and now and then one could not begin.
        env={"MALLOC_ARENA_MAX": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        # It fits into the pipe, which nobody reads yet.
        process.stdin.write(query.encode("utf-8", "replace"))
        process.stdin.close()
        said = _all_of(process)
        return _found(said, process.wait(SECONDS))
    except BrokenPipeError:
        return _found(b"", process.wait(SECONDS))
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def require_askable(query: str) -> None:
    """Says in words what the process would refuse, or answer otherwise than whoever asks may think. Raises `QueryRefused`.

    Nothing rests on this: the process cannot reach anything, and changes nothing.
    """
    if not query.strip():
        raise QueryRefused("the query is empty (expected e.g. SELECT * WHERE { ?s ?p ?o } LIMIT 10)")
    if len(query) > MAX_QUERY:
        raise QueryRefused(f"a query has at most {MAX_QUERY:,} characters (got {len(query):,})")
    word = _WORD.search(_TEXTS.sub(" ", query))
    if word is not None:
        name = word.group().upper()
        raise QueryRefused(f"{name} {_NOT_HERE[name.lower()]}")


def _all_of(process: "subprocess.Popen[bytes]") -> bytes:
    until = time.monotonic() + SECONDS
    found = bytearray()
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise _too_slow(f"{SECONDS:.0f} seconds")
            more = process.stdout.read(1 << 16)
            if not more:
                return bytes(found)
            found += more


def _found(said: bytes, code: int) -> Found:
    if code == -signal.SIGXCPU:
        raise _too_slow(f"{CPU_SECONDS} seconds of computing")
    if code in _OUT_OF_MEMORY:
        raise _too_much_memory()
    if code != 0 or not said:
        # A fault of ours says nothing about the query.
        raise EndpointBusy("the process that answers could not go on: ask again in a moment")
    first, _, body = said.partition(b"\n")
    outcome, detail = json.loads(first)
    match outcome:
        case "results" | "graph":
            return Found(outcome, body)
        case "gone":
            raise GraphGone
        case "unreadable":
            raise QueryRefused(f"this is no query of SPARQL 1.1: {detail}")
        case "refused":
            raise QueryRefused(f"the query cannot be answered: {detail}")
        case "too-long":
            raise QueryTooCostly(
                f"the answer has more than {MAX_BYTES:,} bytes: ask for less of it at a time, with LIMIT and OFFSET"
            )
        case "too-much-memory":
            raise _too_much_memory()
        case other:
            raise ValueError(f"no such outcome (got {other!r})")


def _too_slow(limit: str) -> QueryTooCostly:
    return QueryTooCostly(
        f"the query was ended after {limit}: bind more of its patterns (type, authority, IRI), join "
        "fewer that have nothing in common, and add a LIMIT; who needs everything takes the dumps"
    )


def _too_much_memory() -> QueryTooCostly:
    return QueryTooCostly(
        f"the query needed more than {MEMORY_BYTES >> 20:,} MB of memory: sort and group less at a time, and add a LIMIT"
    )
