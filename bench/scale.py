"""Lists of several sizes published on both databases, and what they take there: bench/scale.json and docs/scale.md.

One size can be measured at a time: what was measured of the others stays.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import make_url

from bench import asked, corpus, lists
from bench.catalogue import catalogue
from bench.engines import POSTGRESQL, SQLITE, Place, engines, size_of_tables
from bench.intake import published, publishing
from bench.lookup import in_turns
from bench.report import ROOT, between_marks
from bench.shown import NOT_MEASURED, duration, memory, rate
from issuers.status import LIST_BITS, with_bit
from tests.conftest import find_postgresql
from vocab.resource import status_list_iri

NATION = 50_000_000
AUTHORITIES = 8_000
"""Local bodies are 7,849 (design: data); each has lists of its own, of which the last is not full."""
SIZES = (10_000, 100_000, 1_000_000)
LOOKED_UP = 10_000
WORTH_A_LINE = 10
"""Bytes a licence; what takes less is in the whole."""
FILE, PAGE = ROOT / "bench" / "scale.json", ROOT / "docs" / "scale.md"
Figures = dict[str, Any]


def run(sizes: Sequence[int], machine: Figures, say: Callable[[str], None]) -> Figures:
    """All that was measured, these sizes anew."""
    figures = last()
    figures["machine"] = machine
    figures["a list signed"] = list_signed()
    with engines() as found:
        for size in sizes:
            figures["sizes"][str(size)] = {}
            for engine in found:
                say(f"{engine.name}: {size:,} rows")
                figures["sizes"][str(size)][engine.name] = publishing(engine, size, partial(inspect, size))
                # Large sizes take long: what was measured is not lost with the rest.
                write(figures)
    return figures


def run_catalogue(sizes: Sequence[int], machine: Figures, say: Callable[[str], None]) -> Figures:
    """As `run`, what a published register of these sizes is asked (`bench.catalogue`)."""
    figures = last()
    figures["machine of the catalogue"] = machine
    of = figures.setdefault("catalogue", {})
    with engines() as found:
        for size in sizes:
            of[str(size)] = {}
            for engine in found:
                say(f"{engine.name}: {size:,} licences published, searched, served and dumped")
                of[str(size)][engine.name] = published(engine, size, partial(catalogue, size))
                write(figures)
    return figures


def last() -> Figures:
    """What was measured until now."""
    return json.loads(FILE.read_text()) if FILE.exists() else {"sizes": {}}


def list_signed() -> float:
    """Seconds to build and sign a status list in which one bit in a hundred is set; the best of ten."""
    url = status_list_iri(corpus.BASE, corpus.GRANTORS[0].authority.code, "revocation", 1)
    bits = bytes(LIST_BITS // 8)
    for index in range(0, LIST_BITS, 97):
        bits = with_bit(bits, index, True)
    taken = []
    for _ in range(10):
        began = time.process_time()
        corpus.signed_list(url, corpus.SIGNERS[0], "revocation", bits)
        taken.append(time.process_time() - began)
    return min(taken)


def inspect(rows: int, place: Place) -> Figures:
    """What a register with so many licences takes on disk, to look a licence up, to be tidied and to be saved."""
    register = place.open()
    numbers = [str(row[1]) for row in islice(lists.rows(rows), 0, rows, max(1, rows // LOOKED_UP))]
    found: Figures = {"look-up": in_turns(register, numbers), "tables": size_of_tables(register)}
    if register.database.engine.dialect.name == "postgresql":
        began = time.perf_counter()
        with register.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
        found["vacuum"] = time.perf_counter() - began
        found["dump"], found["dump bytes"] = _dump(place)
    register.database.close()
    return found


def _dump(place: Place) -> tuple[float, int]:
    """Seconds and bytes of a compressed pg_dump."""
    programs = find_postgresql()
    if programs is None:
        raise RuntimeError("PostgreSQL's programs have gone")
    file = place.home / "dump"
    url = make_url(place.url).set(drivername="postgresql").render_as_string()
    command = [str(programs / "pg_dump"), "--format=custom", "--compress=1", f"--file={file}", f"--dbname={url}"]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    taken, size = time.perf_counter() - began, file.stat().st_size
    file.unlink()
    return taken, size


def write(figures: Figures) -> None:
    """bench/scale.json, and the tables in docs/scale.md."""
    FILE.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(between_marks(PAGE.read_text(encoding="utf-8"), table(figures)), encoding="utf-8")


def table(figures: Figures) -> str:
    """All of it in Markdown."""
    if not figures["sizes"]:
        return "Not measured yet.\n"
    sizes = {int(size): found for size, found in sorted(figures["sizes"].items(), key=lambda item: int(item[0]))}
    return (
        "\n".join(
            [
                *_head(figures["machine"]),
                *_rates(sizes),
                *_bytes(sizes),
                *_care(sizes),
                *_asked(figures),
                *_nation(sizes, figures),
            ]
        )
        + "\n"
    )


def _head(machine: Figures) -> Iterator[str]:
    yield f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['Python']}."
    yield ""


def _rates(sizes: dict[int, Figures]) -> Iterator[str]:
    yield (
        "| licences | on | file | published | same bytes again | saved anew | memory (largest process) | "
        "look-up by IRI, of the driver's own |"
    )
    yield "|---:|---|---:|---:|---:|---:|---:|---:|"
    for size, of in sizes.items():
        for name in (SQLITE, POSTGRESQL):
            found = of.get(name)
            if found is None:
                yield f"| {size:,} | {name} | {NOT_MEASURED} | | | | | |"
                continue
            look = found["look-up"]
            cells = [
                f"{found['form']}, {found['file'] / 1e6:,.1f} MB",
                *(rate(found[f"{what} a second"]) for what in ("published", "same bytes", "saved anew")),
                memory(found, "memory"),
                f"{duration(look['ours'])}, {look['ratio']:.3g}",
            ]
            yield f"| {size:,} | {name} | {' | '.join(cells)} |"
    yield ""


def _bytes(sizes: dict[int, Figures]) -> Iterator[str]:
    """Of the largest size: what one licence takes in each table, with its indexes."""
    size, of = max(sizes.items())
    names = [name for name in (SQLITE, POSTGRESQL) if name in of]
    tables = sorted(of[names[0]]["tables"], key=lambda table: -int(of[names[0]]["tables"][table]))
    rows = {f"`{table}`": [of[name]["tables"].get(table, 0) for name in names] for table in tables}
    rows["the whole database"] = [of[name]["bytes"] for name in names]
    rows["more for each time that the same list comes again"] = [
        of[name]["bytes more for each time again"] for name in names
    ]
    yield f"| bytes a licence on disk, of {size:,}, with indexes | {' | '.join(names)} |"
    yield f"|---|{'---:|' * len(names)}"
    for label, found in rows.items():
        if max(found) >= WORTH_A_LINE * size:
            yield f"| {label} | {' | '.join(f'{each / size:,.0f}' for each in found)} |"
    yield ""


def _care(sizes: dict[int, Figures]) -> Iterator[str]:
    yield "| PostgreSQL | log (WAL) a licence | `VACUUM (ANALYZE)` | `pg_dump`, compressed |"
    yield "|---:|---:|---:|---:|"
    for size, of in sizes.items():
        found = of.get(POSTGRESQL)
        if found is not None:
            dump = f"{found['dump']:,.1f} s, {found['dump bytes'] / size:,.0f} bytes a licence"
            yield f"| {size:,} | {found['bytes logged'] / size:,.0f} bytes | {found['vacuum']:,.1f} s | {dump} |"
    yield ""


def _asked(figures: Figures) -> Iterator[str]:
    """What the public asks, of each size of which it was measured."""
    for _, of in sorted(figures.get("catalogue", {}).items(), key=lambda item: int(item[0])):
        yield from asked.table(of)


def _nation(sizes: dict[int, Figures], figures: Figures) -> Iterator[str]:
    """What the largest size measured on PostgreSQL comes to, licence by licence, for a nation."""
    size = max((size for size, of in sizes.items() if POSTGRESQL in of), default=0)
    if not size:
        return
    found = sizes[size][POSTGRESQL]
    times = NATION / size
    pairs = NATION // LIST_BITS + AUTHORITIES
    lists_signed = 2 * pairs * figures["a list signed"]
    hours = {what: NATION / found[f"{what} a second"] / 3600 for what in ("published", "same bytes", "saved anew")}
    more = found["bytes more for each time again"]
    lines = {
        f"{NATION:,} licences of {AUTHORITIES:,} authorities, reckoned from the {size:,} above": "",
        "on disk after the first load": _gigabytes(found["bytes"] * times),
        "more each time that all lists come again unchanged": _gigabytes(more * times),
        "the first load, one machine as above": f"{hours['published']:,.1f} h",
        "all lists again: the same bytes; saved anew": f"{hours['same bytes']:,.1f} h; {hours['saved anew']:,.1f} h",
        "log (WAL) of the first load, to send to each replica": _gigabytes(found["bytes logged"] * times),
        "`pg_dump`, compressed": f"{found['dump'] * times / 3600:,.1f} h, {_gigabytes(found['dump bytes'] * times)}",
        "`VACUUM (ANALYZE)` of all of it": f"{found['vacuum'] * times / 3600:,.1f} h",
        f"status lists of {LIST_BITS:,} entries, at most": f"{2 * pairs:,}, {_gigabytes(2 * pairs * LIST_BITS / 8)} of bits",
        "signing all of them anew, once a day, one core": f"{lists_signed:,.0f} s",
    }
    for n, (label, cell) in enumerate(lines.items()):
        yield f"| {label} | {cell} |"
        if n == 0:
            yield "|---|---:|"


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.3g} GB"
