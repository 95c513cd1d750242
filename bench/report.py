"""The figures as a table for people, as JSON, and as a page of the documentation."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import asked
from bench.engines import POSTGRESQL, SQLITE
from bench.shown import NOT_MEASURED, duration, memory, rate

ROOT = Path(__file__).parents[1]
Figures = dict[str, Any]
BEGIN, END = "<!-- The table is written by the bench. -->", "<!-- End of the table. -->"
PEERS = {
    "": "ours",
    " PyLD": "PyLD, its own canonicaliser",
    " pyoxigraph": "pyoxigraph, JSON-LD to RDFC-1.0",
    " general": "our general path (PyLD, then pyoxigraph)",
    " JavaScript": "Digital Bazaar's JavaScript",
}
AGENCY_LINES: tuple[tuple[str, str, Callable[[Figures], str]], ...] = (
    (
        "rows of licences written (5 tables): of bare executemany, of bare COPY",
        "≥ 0.8, ≥ 0.7",
        lambda of: f"{of['writing']['ratio']:.3g} ({rate(of['writing']['licences'] / of['writing']['ours'])})",
    ),
    (
        "{rows:,} rows from the file to published, searchable, signed and stored",
        "≥ 4,000/s",
        lambda of: rate(of["publishing"]["published a second"]),
    ),
    ("the same bytes again", "≥ 20,000/s", lambda of: rate(of["publishing"]["same bytes a second"])),
    ("the same rows, saved anew", "≥ 20,000/s", lambda of: rate(of["publishing"]["saved anew a second"])),
    (
        "the most memory of all our processes while publishing (of the largest)",
        "< 512 MB",
        lambda of: memory(of["publishing"], "memory"),
    ),
    (
        "the same, for rows that stay as they are",
        "< 512 MB",
        lambda of: memory(of["publishing"], "memory, saved anew"),
    ),
    (
        "look-up by IRI among {held:,} licences: times the driver's own",
        "≤ 2",
        lambda of: (
            f"{of['look-up']['ratio']:.3g} ({duration(of['look-up']['ours'])} / {duration(of['look-up']['bare'])})"
        ),
    ),
)
GOALS = {
    "issue: of the limit": 0.45,
    "issue: times PyLD": 30,
    "issue: times JavaScript": 20,
    "verify: of the limit": 0.60,
    "verify: times JavaScript": 10,
}


def write(figures: Figures) -> None:
    """bench/latest.json, and the table between the two marks of docs/speed.md."""
    (ROOT / "bench" / "latest.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    page = ROOT / "docs" / "speed.md"
    page.write_text(between_marks(page.read_text(encoding="utf-8"), table(figures)), encoding="utf-8")


def between_marks(page: str, made: str) -> str:
    """The page with this table in the place of its last one."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n{END}{after}"


def table(figures: Figures) -> str:
    """All of it in Markdown."""
    return (
        "\n".join(
            [
                *_head(figures),
                *_contest(figures),
                *_ratios(figures),
                *_others(figures),
                *_codes(figures["codes"], figures["seconds"]),
                *agency_lines(figures),
                *asked.table({name: of["publishing"] for name, of in figures["agency"]["engines"].items()}),
                *_hostile(figures),
            ]
        )
        + "\n"
    )


def _head(figures: Figures) -> Iterator[str]:
    machine = dict(figures["machine"])
    yield f"{machine.pop('processor')}, {machine.pop('cores')} cores, {machine.pop('system')}; "
    yield ", ".join(f"{name} {found}" for name, found in machine.items()) + "."
    sizes = figures["sizes"]
    yield (
        f"{sizes['credentials']:,} different licence credentials of {sizes['JSON bytes']:,} bytes, "
        f"{sizes['statements']} statements and {sizes['N-Quads bytes']:,} bytes of N-Quads on average."
    )
    yield ""


def _contest(figures: Figures) -> Iterator[str]:
    seconds = figures["seconds"]
    yield "| a piece, best of the rounds (median) | issue | verify |"
    yield "|---|---:|---:|"
    limits = f"{_of(seconds['limit issue'])} | {_of(seconds['limit verify'])}"
    yield f"| the limit: two hashes and one Ed25519 operation of `cryptography` | {limits} |"
    for suffix, label in PEERS.items():
        yield f"| {label} | {_of(seconds['issue' + suffix])} | {_of(seconds['verify' + suffix])} |"
    yield f"| ours, any optional member at random, without a template | {_of(seconds['issue, any member'])} | |"
    yield f"| ours, each signature tried before it leaves | {_of(seconds['issue, each verified'])} | |"
    yield ""


def _ratios(figures: Figures) -> Iterator[str]:
    yield "| ratio, of the best rounds | found | goal |"
    yield "|---|---:|---:|"
    for name, found in figures["ratios"].items():
        goal = GOALS.get(name)
        yield f"| {name} | {found:.3g} | {f'≥ {goal:g}' if goal else ''} |"
    two = figures["two processes"]
    yield f"| issue: two processes against one, on {two['cores']} cores | {two['gain']:.3g} | ≥ 1.7 |"
    yield ""


def _others(figures: Figures) -> Iterator[str]:
    lists = figures["status lists"]
    yield "| | found | goal |"
    yield "|---|---:|---:|"
    yield f"| a status list of {lists['entries']:,} entries, built and signed | {duration(lists['build and sign'])} | < 50 ms |"
    yield f"| the same, decoded | {duration(lists['decode'])} | |"
    yield f"| both entries against cached lists | {duration(lists['cached check of both entries'])} | |"
    yield f"| the same, of a verification | {lists['cached check, of a verification']:.2%} | ≤ 1 % |"
    for name, found in figures.items():
        if name.endswith(" licences"):
            count = f"{int(name.split()[0]):,} licences"
            yield f"| {count}: signed, one process | {found['a second']:,.0f}/s ({found['signing']:.1f} s) | |"
            yield (
                f"| {count}: rows written to SQLite, apart | {found['rows written a second']:,.0f}/s "
                f"({found['megabytes on disk']:.0f} MB) | |"
            )
    register = figures["register"]
    yield (
        f"| a file of {register['rows']} rows through the whole register: read, checked, signed, verified, stored | "
        f"{duration(register['a licence'])} a licence | |"
    )
    act = duration(register["an act until its list is served"])
    yield f"| from an officer's act to the served status list that shows it | {act} | < 1 s |"
    yield ""


def _codes(found: Figures, issuing: Figures) -> Iterator[str]:
    seconds, ratios, modules = found["seconds"], found["ratios"], found["modules"]
    share = seconds["make"]["best"] / issuing["issue, each verified"]["best"]
    yield "| the code of a licence, best of the rounds (median) | made and tried | judged | drawn |"
    yield "|---|---:|---:|---:|"
    limits = " | ".join(_of(seconds[f"limit {name}"]) for name in ("make", "judge"))
    yield f"| the limit: Ed25519 of `cryptography`, signed and tried, or tried | {limits} | |"
    yield f"| zxing-cpp | | | {_of(seconds['draw zxing-cpp'])} |"
    yield f"| ours (drawn by `qrcode`) | {' | '.join(_of(seconds[name]) for name in ('make', 'judge', 'draw'))} |"
    drawing = seconds["draw zxing-cpp"]["best"] / seconds["draw"]["best"]
    yield f"| of the limit, of zxing-cpp | {ratios['make']:.3g} | {ratios['judge']:.3g} | {drawing:.3g} |"
    yield f"| of the time for a credential that is tried | {share:.3g} | | |"
    sizes = f"{modules['ours']:g}, zxing-cpp {modules['zxing-cpp']:g}, the address alone {modules['without what is signed']:g}"
    yield f"| modules on a side at level M, the middle one | | | {sizes} |"
    yield ""


def agency_lines(figures: Figures) -> Iterator[str]:
    """Files of agencies on both databases."""
    found = figures["agency"]
    reading, of = found["reading"], found["engines"]
    yield "| files of agencies, on all cores | SQLite | PostgreSQL | goal |"
    yield "|---|---:|---:|---:|"
    text = f"an XLSX of {reading['rows']:,} rows and {reading['columns']} columns read and checked: times calamine's bare reading"
    seconds = f"{reading['ours']:.2f} s / {reading['bare']:.2f} s"
    yield f"| {text} ({seconds}) | {reading['ratio']:.3g} | the same | ≤ 3 |"
    for label, goal, value in AGENCY_LINES:
        cells = [value(of[name]) if name in of else NOT_MEASURED for name in (SQLITE, POSTGRESQL)]
        sizes = of[SQLITE]
        counts = {"rows": sizes["publishing"]["rows"], "held": sizes["look-up"]["licences"]}
        yield f"| {label.format(**counts)} | {cells[0]} | {cells[1]} | {goal} |"
    yield ""


def _hostile(figures: Figures) -> Iterator[str]:
    found = figures["hostile"]
    yield f"| the five dearest of {len(found)} hostile documents of up to 64 KB | found | goal |"
    yield "|---|---:|---:|"
    for name, taken in list(found.items())[:5]:
        yield f"| {name} | {duration(taken)} | < 50 ms |"


def _of(found: Figures) -> str:
    return f"{duration(found['best'])} ({duration(found['median'])})"
