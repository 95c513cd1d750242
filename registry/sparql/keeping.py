"""Where the graph is kept: a store on disk for each state of it, made whole and then never changed.

A query opens the newest one; the folder `all`, where there is one, holds what `license-registry sparql-load` loaded and goes
before it.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from registry.datasets import Dumps
from registry.register import Register
from registry.sparql.graph import graph_stamp, graph_triples
from registry.told import Told
from registry.translation import marked as _

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LOOKED_AT = timedelta(minutes=1)
"""So long after a look at the register none is taken again: answers may be so old."""
ALL = "all"
LOADED_AT_ONCE = 32 << 20
_NEW = "new-"


class DumpsRefused(Told, ValueError):
    """What is to be loaded cannot be read."""


class GraphKeeper:
    """The stores of one register in its home folder, for one process."""

    def __init__(self, register: Register, home: Path, dumps: Dumps) -> None:
        self._register = register
        self._dumps = dumps
        self._folder = folder_of(home)
        self._known: Path | None = None
        self._looked: datetime | None = None

    def current(self, *, anew: bool = False) -> Path:
        """The folder of the store to ask. `anew`: the one that was told last is not there any more."""
        if (self._folder / ALL).exists():
            return self._folder / ALL
        now = self._register.now()
        if anew or self._known is None or self._looked is None or abs(now - self._looked) >= LOOKED_AT:
            self._known, self._looked = self._newest(), now
        return self._known

    def _newest(self) -> Path:
        register = self._register
        with register.database.reading() as session:
            path = self._folder / graph_stamp(register, session, self._dumps)
            if not path.exists():
                make_store(self._folder, path, graph_triples(register, register.store(session), self._dumps))
        for other in self._folder.iterdir():
            if other.is_dir() and other != path and other.name != ALL and not other.name.startswith(_NEW):
                # Who has it open goes on reading; who comes too late is told that it is gone, and looks again.
                shutil.rmtree(other, ignore_errors=True)
        return path


def load_all(register: Register, home: Path, dumps: Dumps, folder: Path) -> tuple[int, int]:
    """Makes the store of everything: the N-Triples below a folder (`*.nt`, `*.nt.zst`) and the small graph as it is now.

    Returns how many files there were and how many triples there are. Raises `DumpsRefused`; what was loaded before stays then.
    """
    files = sorted(path for pattern in ("*.nt", "*.nt.zst") for path in folder.rglob(pattern))
    if not files:
        raise DumpsRefused(
            _("there are no N-Triples in %(folder)s (expected files *.nt or *.nt.zst)"), folder=str(folder)
        )
    with register.database.reading() as session:
        small = b"".join(graph_triples(register, register.store(session), dumps))
    path = folder_of(home) / ALL
    try:
        make_store(path.parent, path, [small], (piece for file in files for piece in _lines(file)))
    except (SyntaxError, zstd.ZstdError, EOFError) as error:
        raise DumpsRefused(_("the dumps cannot be read: %(cause)s"), cause=str(error)) from error
    return len(files), len(ox.Store.read_only(str(path)))


def folder_of(home: Path) -> Path:
    """Where the stores of a register are."""
    return home / "sparql"


def _lines(file: Path) -> Iterator[bytes]:
    """A file in pieces of whole lines."""
    with zstd.open(file, "rb") if file.suffix == ".zst" else file.open("rb") as opened:
        while block := opened.read(LOADED_AT_ONCE):
            yield block + opened.readline()


def make_store(folder: Path, path: Path, *pieces: Iterable[bytes]) -> None:
    """Makes a store of N-Triples, in pieces of whole lines; it then stands at `path`, in place of another one, whole or not at
    all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_NEW, dir=folder) as beside:
        _fill(Path(beside) / "store", chain(*pieces))
        with contextlib.suppress(FileNotFoundError):
            os.rename(path, Path(beside) / "former")
        # Where another process was quicker, it has made the same.
        with contextlib.suppress(OSError):
            os.rename(Path(beside) / "store", path)


def _fill(path: Path, pieces: Iterable[bytes]) -> None:
    """A new store, closed again when this returns: what is opened later is written by nobody."""
    store = ox.Store(path)
    for piece in _joined(pieces):
        store.bulk_load(piece, format=ox.RdfFormat.N_TRIPLES)
    store.flush()
    store.optimize()


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces of a size that is loaded at once."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= LOADED_AT_ONCE:
            yield bytes(held)
            held.clear()
    yield bytes(held)
