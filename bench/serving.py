"""What the public asks of a running server, beside a bare Flask page of the same server in the same run."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from flask import Flask

from bench.engines import Place
from bench.lists import AUTHORITY, LICENSE_TYPE
from registry import urls
from registry.server import Server
from vocab.iri import license_iri

ROUNDS, A_ROUND = 8, 400
AGAIN = 100
"""So many licences are asked for again and again."""
CLIENTS = 2
"""At once: so that the one process that answers always has a request waiting."""
Taken = dict[str, list[float]]


class BareServer(Server):
    """The server of the register, with an application that has one page of one word."""

    def load(self) -> Flask:  # type: ignore[override] # as in `Server`
        application = Flask("bare")
        application.add_url_rule("/", view_func=lambda: "hello")
        return application


def serving(place: Place, numbers: Sequence[str]) -> dict[str, Any]:
    """Rates of the best round as parts of the bare page's, and seconds for one answer (`p50`, `p99`).

    `numbers`: those of many licences, of which each is asked for once but for the first few.
    """
    iris = [license_iri(place.settings.base_url, AUTHORITY, LICENSE_TYPE, number) for number in numbers]
    pages, documents = ([urls.license_document(iri, form) for iri in iris] for form in ("html", "jsonld"))
    with _running(BareServer, place) as bare, _running(Server, place) as ours:
        # Asked for once already: what is measured of these is the second time and all after it.
        known = {path: _etag(ours, path) for path in [*documents[:AGAIN], *pages[:AGAIN]]}
        contestants: dict[str, Iterator[tuple[int, str, str]]] = {
            "bare": ((bare, "/", "") for _ in count()),
            "JSON-LD": ((ours, documents[n % AGAIN], "") for n in count()),
            "JSON-LD, unchanged": ((ours, path, known[path]) for n in count() for path in documents[:AGAIN]),
            "page": ((ours, pages[n % AGAIN], "") for n in count()),
            "JSON-LD, first time": ((ours, path, "") for path in documents[AGAIN:]),
            "page, first time": ((ours, path, "") for path in pages[AGAIN:]),
        }
        taken: Taken = {name: [] for name in contestants}
        rates: Taken = {name: [] for name in contestants}
        for _ in range(ROUNDS):
            for name, requests in contestants.items():
                turn = list(islice(requests, A_ROUND))
                if len(turn) < A_ROUND:
                    raise RuntimeError(f"there are too few licences for {name}")
                began = time.perf_counter()
                taken[name] += _asked(turn)
                rates[name].append(A_ROUND / (time.perf_counter() - began))
    return {name: _figures(rates[name], taken[name], rates["bare"]) for name in contestants}


def _figures(rates: list[float], taken: list[float], bare: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    return {
        "a second": max(rates),
        "of bare": max(rates) / max(bare),
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[int(len(ordered) * 0.99)],
    }


def _asked(turn: Sequence[tuple[int, str, str]]) -> list[float]:
    """Seconds for each request, by `CLIENTS` clients at once. Raises RuntimeError for an answer that is none."""
    taken: list[float] = []
    failed: list[str] = []
    waiting = iter(turn)
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                one = next(waiting, None)
            if one is None or failed:
                return
            began = time.perf_counter()
            answer = _answer(*one)
            taken.append(time.perf_counter() - began)
            expected = b"HTTP/1.1 304" if one[2] else b"HTTP/1.1 200"
            if not answer.startswith(expected):
                failed.append(f"{one[1]}: {answer[:100]!r}")

    clients = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failed:
        raise RuntimeError(failed[0])
    return taken


def _answer(port: int, path: str, etag: str) -> bytes:
    """By a socket and no library: what is measured is the server."""
    condition = f"If-None-Match: {etag}\r\n" if etag else ""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{condition}\r\n".encode())
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def _etag(port: int, path: str) -> str:
    head = _answer(port, path, "").partition(b"\r\n\r\n")[0].decode()
    if not head.startswith("HTTP/1.1 200"):
        raise RuntimeError(f"{path}: {head[:100]!r}")
    return next(line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("etag: "))


@contextmanager
def _running(server: type[Server], place: Place) -> Iterator[int]:
    """A server with one process that answers; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = get_context("spawn").Process(target=_serve, args=(server, place, port))
    process.start()
    try:
        _wait_for(process, port)
        yield port
    finally:
        process.terminate()
        process.join()


def _serve(server: type[Server], place: Place, port: int) -> None:
    server(place.settings_with(PORT=str(port), REGISTRY_WORKERS="1")).run()


def _wait_for(process: BaseProcess, port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            process.join(0.1)
            if process.exitcode is not None:
                break
        else:
            return
    raise RuntimeError("the server does not answer")
