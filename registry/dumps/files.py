"""A folder of dumps: files whose name says what is in them, and a manifest that is put in place last.

A data file never changes under its name. Until the new manifest stands in place of the old one, all that the old one names is
there; what no manifest names is removed after that, and by the next dump where this one was killed.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from registry.dumps.making import MEDIA_TYPES, Packed
from registry.on_disk import PARTIAL, put_file, put_names_on_disk, put_on_disk

MANIFEST = "manifest.json"
_LOCK = ".lock"


class DumpRunning(RuntimeError):
    """Another dump is being written into the same folder."""


class Written:
    """A file that is being written, under a name of its own until it is whole."""

    def __init__(self, folder: Path, form: str) -> None:
        self._path = folder / f"{form}.{os.getpid()}{PARTIAL}"
        self._file: IO[bytes] = self._path.open("wb")
        self._hash = hashlib.sha256()
        self.form = form
        self.size = 0

    def add(self, part: bytes) -> None:
        self._file.write(part)
        self._hash.update(part)
        self.size += len(part)

    def finish(self) -> Path:
        """Puts the file on disk under its lasting name: that of its form and its content."""
        put_on_disk(self._file)
        return self._path.replace(self._path.with_name(file_name(self.form, self.sha256)))

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        self._file.close()


def file_name(form: str, sha256: str) -> str:
    """`licenses-{beginning of the digest}.{form}.zst`."""
    return f"licenses-{sha256[:16]}.{form}.zst"


@contextlib.contextmanager
def written(folder: Path) -> Iterator[list[Written]]:
    """A file for each format, in the order of `Packed`; what is not finished at the end is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Written] = []
    try:
        for form in MEDIA_TYPES:
            files.append(Written(folder, form))
        yield files
    finally:
        for file in files:
            file.close()
        for left in folder.glob(f"*{PARTIAL}"):
            left.unlink()


def add(files: list[Written], packed: Packed) -> None:
    for file, part in zip(files, packed, strict=True):
        file.add(part)


def replace_manifest(folder: Path, body: bytes, named: set[str]) -> None:
    """From here on the folder holds the new dump: its manifest, and the files `named` in it."""
    # The files' names first: a manifest must not be on disk before what it names.
    put_names_on_disk(folder)
    put_file(folder / MANIFEST, body)
    for file in folder.iterdir():
        if file.name not in named | {MANIFEST}:
            file.unlink()


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Raises `DumpRunning` where another process is writing dumps into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DumpRunning(f"another dump is being written into {folder}: let it finish") from error
        yield
