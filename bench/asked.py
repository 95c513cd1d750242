"""The table of what a published register is asked (`bench.catalogue`)."""

from collections.abc import Callable, Iterator
from typing import Any

from bench.dumping import CHANGED
from bench.engines import POSTGRESQL, SQLITE
from bench.shown import NOT_MEASURED, duration, memory, rate

Figures = dict[str, Any]


def table(of: dict[str, Figures]) -> Iterator[str]:
    """In Markdown, by the names of the databases; nothing where it was not measured."""
    found = {name: figures for name, figures in of.items() if "served" in figures}
    if not found:
        return
    rows = next(iter(found.values()))["rows"]
    yield f"| the catalogue of {rows:,} licences | SQLite | PostgreSQL | goal |"
    yield "|---|---:|---:|---:|"
    for label, goal, value in LINES:
        cells = [value(found[name]) if name in found else NOT_MEASURED for name in (SQLITE, POSTGRESQL)]
        yield f"| {label} | {cells[0]} | {cells[1]} | {goal} |"
    yield ""


def _searched(of: Figures, kind: str) -> str:
    found = of["search"][kind]
    return f"{duration(found['p99'])} ({duration(found['p50'])})"


def _served(of: Figures, name: str) -> str:
    found = of["served"][name]
    return f"{found['of bare']:.3g} ({rate(found['a second'])}; {found['p99'] / found['p50']:.2g})"


LINES: tuple[tuple[str, str, Callable[[Figures], str]], ...] = (
    ("licences published from a file, signed and searchable", "≥ 4,000/s", lambda of: rate(of["published a second"])),
    ("the most memory of all our processes meanwhile (of the largest)", "< 512 MB", lambda of: memory(of, "memory")),
    ("an exact number searched, p99 (p50)", "< 5 ms", lambda of: _searched(of, "exact")),
    (
        "the first page of a part of a name, of two characters or more, with two facets, p99 (p50)",
        "< 10 ms, < 30 ms",
        lambda of: _searched(of, "part"),
    ),
    ("the search index, of the bytes of the texts in it", "≤ 1.3", lambda of: f"{of['search']['index']:.2f}"),
    ("a bare Flask page under the same server, one process (rate; p99 / p50)", "", lambda of: _served(of, "bare")),
    (
        "JSON-LD of a licence, asked again while nothing was committed: of the bare page's rate",
        "≥ 0.80; ≤ 3",
        lambda of: _served(of, "JSON-LD"),
    ),
    ("its page, the same", "≥ 0.65; ≤ 3", lambda of: _served(of, "page")),
    ("JSON-LD, for who has it already (304)", "≥ 0.9; ≤ 3", lambda of: _served(of, "JSON-LD, unchanged")),
    ("JSON-LD, asked for the first time", "", lambda of: _served(of, "JSON-LD, first time")),
    ("the page, asked for the first time", "", lambda of: _served(of, "page, first time")),
    (
        "licences dumped in three formats together, all made",
        "≥ 20,000/s",
        lambda of: rate(of["dumped"]["a second"]),
    ),
    (
        f"the same, after one in {CHANGED:,} has changed",
        "≥ 20,000/s",
        lambda of: rate(of["dumped"]["again a second"]),
    ),
    (
        "the most memory of all processes of a dump (of the largest)",
        "< 256 MB",
        lambda of: memory(of["dumped"], "memory"),
    ),
    ("what the change feed takes of publishing", "< 5 %", lambda of: f"{of['feed share']:.1%}"),
)
"""Each with its goal, and how it is shown."""
