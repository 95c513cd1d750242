"""A file on its way to the public: read and checked; published on either database; sent again without a change."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import python_calamine
from sqlalchemy import func, select

from bench import lists
from bench.aside import aside, memory_figures
from bench.engines import Engine, Place, log_position, size_on_disk
from bench.lists import AUTHORITY, LICENSE_TYPE, MAPPING
from registry.entries import Entries
from registry.intake.batch import Submission
from registry.intake.body import Body, body_at
from registry.intake.checking import check_rows
from registry.intake.diff import NEW, UNCHANGED
from registry.intake.preparing import choose_mapping, prepare
from registry.intake.publish import publish
from registry.intake.reading import reading
from registry.intake.staging import PIECE
from registry.intake.workers import several_workers
from registry.register import Register
from registry.search import search
from registry.tables import CredentialRow
from registry.trust import RegisterTrust
from verify.verdict import Answer
from verify.verifier import examine

LARGEST_XLSX = 100_000
"""Rows. A larger list comes as a CSV: a spreadsheet program could not hold a million of them."""
THAI = "cp874"
"""Of such a CSV: it has a third of the bytes that UTF-8 has, and is what older systems export."""
ROUNDS = 3
Inspect = Callable[[Place], dict[str, Any]]
SHOWN = 50
"""So many of the published licences are looked at one by one."""


def reading_and_checking(engine: Engine, rows: int) -> dict[str, Any]:
    """Seconds for an XLSX, the best of the rounds: bare, as calamine reads it; by us, with every row checked, on all cores."""
    body = lists.as_xlsx(lists.rows(rows))
    bare, ours = [], []
    with engine.place() as place:
        register = place.make()
        register.database.close()
        for _ in range(ROUNDS):
            bare.append(_timed(lambda: _read_bare(body), rows + 1))
            seconds, _ = aside(_check, place, body, rows)
            ours.append(seconds)
    ratio = min(ours) / min(bare)
    return {"rows": rows, "columns": len(lists.HEADINGS), "bare": min(bare), "ours": min(ours), "ratio": ratio}


def _timed(work: Callable[[], int], expected: int) -> float:
    began = time.perf_counter()
    found = work()
    taken = time.perf_counter() - began
    if found != expected:
        raise RuntimeError(f"{expected} rows were expected and {found} were found")
    return taken


def _read_bare(body: bytes) -> int:
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
    return sum(1 for _ in workbook.get_sheet_by_index(0).iter_rows())


def _check(place: Place, body: bytes, rows: int) -> float:
    register = place.open()
    try:
        return _timed(lambda: _read_and_check(register, _submission("list.xlsx", body)), rows)
    finally:
        register.database.close()


def _read_and_check(register: Register, submission: Submission) -> int:
    """As staging does it, without a database to write to. Returns the rows that would be published."""
    with register.database.reading() as session:
        store = register.store(session)
        chosen = choose_mapping(store, session, submission)
        with reading(submission.body, submission.file_name, chosen.layout) as table, several_workers() as workers:
            source = prepare(register, store, submission, chosen, table).source
            rows = ((row.line, row.cells, row.sheet, row.sheet_line) for chunk in table.chunks for row in chunk)
            pieces = iter(lambda: list(islice(rows, PIECE)), [])
            checked = workers.map(check_rows, source, enumerate(pieces))
            return sum(bool(one.document) for _, made in checked for one in made)


def publishing(engine: Engine, rows: int, inspect: Inspect = lambda _: {}) -> dict[str, Any]:
    """A new list published, and sent again twice: the very same bytes, and the same table saved anew.

    Licences and rows a second by the clock, from the bytes of the file to what everybody can find; and the memory that it took.
    What `inspect` finds after the first of the three is added.
    """
    with engine.place() as place, _files(place.home, rows) as (file, anew):
        place.make().database.close()
        first, memory = aside(_publish, place, file, NEW, rows)
        inspected = inspect(place)
        same, same_memory = aside(_publish, place, file, UNCHANGED, rows)
        again, again_memory = aside(_publish, place, anew, UNCHANGED, rows)
        return {
            "rows": rows,
            "form": file.suffix.removeprefix("."),
            "file": file.stat().st_size,
            **_first(first, rows),
            "same bytes a second": rows / same.seconds,
            "saved anew a second": rows / again.seconds,
            **memory_figures("memory", memory),
            **memory_figures("memory, same bytes", same_memory),
            **memory_figures("memory, saved anew", again_memory),
            "bytes": first.size,
            "bytes more for each time again": (again.size - first.size) / 2,
            "bytes logged": first.logged,
            **inspected,
        }


def published(engine: Engine, rows: int, inspect: Inspect) -> dict[str, Any]:
    """As `publishing`, without sending the list again."""
    with engine.place() as place, _files(place.home, rows) as (file, _):
        place.make().database.close()
        first, memory = aside(_publish, place, file, NEW, rows)
        return {"rows": rows, **_first(first, rows), **memory_figures("memory", memory), **inspect(place)}


def _first(first: "Publication", rows: int) -> dict[str, float]:
    return {"published a second": rows / first.seconds, "feed share": first.feed / first.seconds}


@contextmanager
def _files(folder: Path, rows: int) -> Iterator[tuple[Path, Path]]:
    """The list, and the same list saved anew; made in another process, so that ours stays as it is."""
    suffix = "xlsx" if rows <= LARGEST_XLSX else "csv"
    file, anew = folder / f"list.{suffix}", folder / f"anew.{suffix}"
    aside(_make, file, anew, rows)
    yield file, anew
    file.unlink()
    anew.unlink()


def _make(file: Path, anew: Path, rows: int) -> None:
    if file.suffix == ".xlsx":
        table = list(lists.rows(rows))
        file.write_bytes(lists.as_xlsx(table))
        anew.write_bytes(lists.as_xlsx(table, saved="2026-12-01T03:00:00Z"))
    else:
        body = lists.as_csv(lists.rows(rows), THAI)
        file.write_bytes(body)
        anew.write_bytes(body.replace(b"\r\n", b"\n"))


def _submission(name: str, body: Body) -> Submission:
    return Submission(
        authority=AUTHORITY, license_type=LICENSE_TYPE, file_name=name, body=body, mapping=MAPPING, mapping_name="bench"
    )


@dataclass(frozen=True)
class Publication:
    """How long it took, how large the database is then, how many bytes PostgreSQL logged meanwhile (0 for SQLite), and how much
    of the time was spent on the change feed."""

    seconds: float
    size: int
    logged: int
    feed: float


def _publish(place: Place, file: Path, outcome: str, rows: int) -> Publication:
    """Publishes the file. Every row must come to `outcome`, and every licence must be there."""
    register = place.open()
    submission = _submission(file.name, body_at(file))
    logged = log_position(register)
    with _feed_timed() as feed:
        began = time.perf_counter()
        report = publish(register, submission)
        taken = time.perf_counter() - began
    logged = log_position(register) - logged
    if report.counts[outcome] != rows:
        raise RuntimeError(f"of {rows} rows all should be {outcome}, and they are {dict(report.counts)}")
    require_all_there(register, rows)
    size = size_on_disk(register)
    register.database.close()
    return Publication(taken, size, logged, sum(feed))


@contextmanager
def _feed_timed() -> Iterator[list[float]]:
    """The seconds of each time that changes are kept and put in order, meanwhile."""
    taken: list[float] = []

    def timed(work: Callable[..., None]) -> Callable[..., None]:
        def working(*arguments: Any) -> None:
            began = time.perf_counter()
            work(*arguments)
            taken.append(time.perf_counter() - began)

        return working

    with (
        patch.object(Entries, "_wait", timed(Entries._wait)),
        patch.object(Entries, "finish", timed(Entries.finish)),
    ):
        yield taken


def require_all_there(register: Register, rows: int) -> None:
    """Raises RuntimeError where a licence cannot be found, or has no credential that is genuine."""
    with register.database.reading() as session:
        store, trust = register.store(session), RegisterTrust(register, session)
        if session.scalar(select(func.count()).select_from(CredentialRow)) != rows:
            raise RuntimeError("not every licence has its credential")
        for row in islice(lists.rows(rows), 0, rows, max(1, rows // SHOWN)):
            (record,) = search(store, str(row[1])).exact
            located = store.locate(record.license.iri)
            if located is None or located.body is None:
                raise RuntimeError(f"{row[1]} has no credential")
            verdict = examine(located.body, trust, register.now())
            if verdict.genuine.answer is not Answer.YES:
                raise RuntimeError(f"{row[1]} is not genuine: {verdict.genuine}")
