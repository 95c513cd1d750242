"""What every command begins with: the settings, the register that they point to, and a bar that shows progress."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from registry.config import Settings
from registry.intake.mapping import MappingInvalid
from registry.register import Register, initialise, open_register
from registry.report_erasure import erase_overdue, is_purged
from registry.services import refresh
from registry.translation import marked as _
from registry.trust import trust_file

TRUST_FILE = "trust.json"
REMAINS = (
    "license-registry: bytes of reports that were erased remain in the files of the database, since somebody has been reading it "
    "for more than five seconds; nobody sees them here. Let who reads finish (a dump, a backup, a query), then run "
    "license-registry refresh, or this command again"
)


def clock() -> datetime:
    """The present instant; tests put another in its place."""
    return datetime.now(UTC)


def opened() -> Register:
    """The register of this environment. Raises `NotInitialised`, `SettingInvalid`."""
    return open_register(Settings.from_environ(), clock, secrets.token_bytes)


def made(settings: Settings) -> Register:
    """The register that `settings` point to, made where there is none. Raises as `registry.register.initialise`."""
    return initialise(settings, clock, secrets.token_bytes)


@contextmanager
def closed_before_serving() -> Iterator[Register]:
    """The register for what comes before a server starts. Nothing of it is open afterwards: a worker that took over a connection
    by its fork would believe that it has SQLite's locks, and write into a file that is no more."""
    register = opened()
    try:
        yield register
    finally:
        register.database.close()


def bring_up_to_date(register: Register) -> bool:
    """Brings the status lists up to date and, only where one was signed, the trust data with them; erases what reports say whose
    term is over. Returns whether no byte remains of what was ever erased (`registry.report_erasure.is_purged`)."""
    erase_overdue(register, Settings.from_environ().report_days)
    if refresh(register):
        keep_trust_file(register)
    return is_purged(register)


def keep_trust_file(register: Register) -> None:
    """Makes the trust data in the home folder anew, where there is one (the demo puts it there)."""
    file = Settings.from_environ().home / TRUST_FILE
    if file.exists():
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(trust_file(register))
        fresh.replace(file)


def read_text(path: Path) -> str:
    """The text of a mapping's file. Raises `MappingInvalid` where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MappingInvalid(
            _(
                "%(file)s is not saved as UTF-8 text (byte %(byte)s). Open it in Notepad, choose File, Save as, and there "
                "the encoding UTF-8."
            ),
            file=path,
            byte=error.start,
        ) from error


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; without a terminal, nothing is drawn."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total or None)


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
