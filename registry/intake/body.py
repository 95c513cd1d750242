"""The bytes of a file as they arrived. Those of a large one are on disk: a list of a million licences would fill the memory."""

import hashlib
import io
import mmap
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

Body = bytes | mmap.mmap
"""Both have a length, and their slices are bytes."""

IN_MEMORY = 16 << 20
"""Bytes. What is longer is read where it lies."""
BLOCK = 1 << 20
_READ = 1 << 18


def body_of(file: IO[bytes]) -> Body:
    """What is in `file`, from where it stands to its end; of a long one a copy that nobody else can change."""
    begin = file.read(IN_MEMORY + 1)
    if len(begin) <= IN_MEMORY:
        return begin
    with tempfile.TemporaryFile() as copy:
        copy.write(begin)
        del begin
        shutil.copyfileobj(file, copy, BLOCK)
        copy.flush()
        return mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ)


def body_at(path: Path) -> Body:
    """The bytes of the file at `path`. Raises OSError."""
    with path.open("rb") as file:
        return body_of(file)


def blocks(body: Body) -> Iterator[bytes]:
    """The bytes piece by piece; what was read is not kept in memory."""
    for begin in range(0, len(body), BLOCK):
        yield body[begin : begin + BLOCK]
        forget(body)


def forget(body: Body) -> None:
    """Gives back the memory in which what was read of a file on disk still is."""
    if isinstance(body, mmap.mmap):
        body.madvise(mmap.MADV_DONTNEED)


def sha256_of(body: Body) -> str:
    """In hexadecimal digits."""
    digest = hashlib.sha256()
    for block in blocks(body):
        digest.update(block)
    return digest.hexdigest()


def opened(body: Body) -> io.BytesIO | io.BufferedReader:
    """The bytes as a file, to be read from the beginning."""
    return io.BytesIO(body) if isinstance(body, bytes) else io.BufferedReader(_Stream(body), _READ)


class _Stream(io.RawIOBase):
    """A body on disk, read from the beginning to the end."""

    def __init__(self, body: mmap.mmap) -> None:
        self._body = body
        self._at = self._kept = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override] # the stubs ask for every buffer there is
        found = self._body[self._at : self._at + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        if self._at - self._kept >= BLOCK:
            forget(self._body)
            self._kept = self._at
        return len(found)
