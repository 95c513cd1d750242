"""A register dumped: all of it, again after one licence in ten thousand has changed, and how much memory that takes."""

import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.aside import aside, memory_figures
from bench.engines import Place
from registry.dumps.dump import Dumping, dump
from registry.entries import Entries
from registry.intake.workers import several_workers
from registry.register import Register
from registry.tables import EntryRow, LicenseRow

DATA_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
CHANGED = 10_000
"""One licence in so many has changed before the second dump: as many as a register of a million changes in a day."""


def dumping(place: Place, licenses: int) -> dict[str, Any]:
    """Licences a second, in all formats together, and the memory of all processes."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-dump-") as name:
        folder = Path(name)
        first, memory = aside(_dump, place, folder, licenses)
        changed, _ = aside(_change, place)
        again, _ = aside(_dump, place, folder, licenses)
    return {
        "a second": licenses / first,
        "changed": changed,
        "again a second": licenses / again,
        **memory_figures("memory", memory),
    }


def _dump(place: Place, folder: Path, licenses: int) -> float:
    register = place.open()
    with several_workers() as workers:
        began = time.perf_counter()
        done = dump(Dumping(register, folder / "data", workers, DATA_LICENSE, puts=folder / "puts"))
        taken = time.perf_counter() - began
    register.database.close()
    if sum(each.count for each in done) != licenses:
        raise RuntimeError(f"{licenses} licences were to be dumped, and they are {done}")
    return taken


def _change(place: Place) -> int:
    """Marks the records of some licences, spread over the register, as missing from their list; returns of how many."""
    register = place.open()
    with register.database.reading() as session:
        ids = list(session.scalars(select(EntryRow.license_id).order_by(EntryRow.license_id)))[::CHANGED]
    _mark(register, ids)
    register.database.close()
    return len(ids)


def _mark(register: Register, ids: list[int]) -> None:
    with register.database.writing() as session:
        for one in ids:
            session.get_one(LicenseRow, one).record_status = "stale"
        entries = Entries(register, session, register.store(session))
        entries.follow(ids)
        entries.finish()
