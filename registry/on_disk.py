"""Files that are on the disk, whole, before anything that names them is: what a power cut leaves can be read."""

import os
from pathlib import Path
from typing import IO

PARTIAL = ".partial"
"""How the name ends of a file that is not whole yet."""


def put_file(path: Path, body: bytes) -> None:
    """Writes a file whole or not at all, in place of the one that is there."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")
    with fresh.open("wb") as file:
        file.write(body)
        put_on_disk(file)
    fresh.replace(path)
    put_names_on_disk(path.parent)


def put_on_disk(file: IO[bytes]) -> None:
    """What was written to the file."""
    file.flush()
    os.fsync(file.fileno())


def put_names_on_disk(folder: Path) -> None:
    """Which files the folder has."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
