"""ZIP files, and workbooks, which are ZIP files too: what their directory says is checked before anything is unpacked."""

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from registry.intake.table import MAX_FILE_BYTES, FileUnreadable

MAX_PARTS = 10_000
MAX_UNPACKED_BYTES = 2 << 30
"""Of a workbook; a sheet of a million rows is a gigabyte of XML."""
MAX_RATIO = 200

LISTS = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".jsonl", ".ndjson"})

_RATIO_FROM = 8 << 20
_ARCHIVES = frozenset({".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz"})
_MACINTOSH = "__MACOSX"
_UTF_8_NAME = 0x800


def directory(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    """The parts that a ZIP file says it has. Raises `FileUnreadable` where they must not be unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise FileUnreadable("damaged", cause=str(error)) from error
    if len(parts) > MAX_PARTS:
        raise FileUnreadable("archive-crowded", found=len(parts), limit=MAX_PARTS)
    for part in parts:
        if part.flag_bits & 1:
            raise FileUnreadable("password")
        if part.file_size > max(_RATIO_FROM, MAX_RATIO * part.compress_size):
            ratio = part.file_size // max(part.compress_size, 1)
            raise FileUnreadable("archive-suspicious", part=part.filename, ratio=ratio)
    size = sum(part.file_size for part in parts)
    if size > MAX_UNPACKED_BYTES:
        raise FileUnreadable("archive-too-large", size=size, limit=MAX_UNPACKED_BYTES)
    return parts


def members(file: IO[bytes]) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The lists in a ZIP file, each with its name, and the names of what is no list. Raises `FileUnreadable`."""
    parts = [part for part in directory(file) if not part.is_dir() and not _is_of_the_system(part.filename)]
    nested = next((part.filename for part in parts if _suffix(part) in _ARCHIVES), None)
    if nested is not None:
        raise FileUnreadable("archive-nested", part=nested)
    lists = [part for part in parts if _suffix(part) in LISTS]
    size = sum(part.file_size for part in lists)
    if size > MAX_FILE_BYTES:
        raise FileUnreadable("archive-too-large", size=size, limit=MAX_FILE_BYTES)
    try:
        with zipfile.ZipFile(file) as archive:
            bodies = [(_thai(part), archive.read(part)) for part in lists]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise FileUnreadable("damaged", cause=str(error)) from error
    return bodies, [_thai(part) for part in parts if part not in lists]


def _suffix(part: zipfile.ZipInfo) -> str:
    return PurePosixPath(part.filename).suffix.lower()


def _thai(part: zipfile.ZipInfo) -> str:
    """The name of a part; where the ZIP does not say that it is UTF-8, Windows has written it in its own encoding."""
    if part.flag_bits & _UTF_8_NAME:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("cp874")
    except UnicodeError:
        return part.filename


def _is_of_the_system(name: str) -> bool:
    path = PurePosixPath(name)
    return _MACINTOSH in path.parts or path.name.startswith(".") or path.name == "Thumbs.db"
