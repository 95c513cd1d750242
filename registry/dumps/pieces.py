"""What the last dump of a dataset was put together from: the lines of what has not changed since are taken from it as they are.

This is kept in the register's own folder and not beside the dump, since what is taken from there is signed anew.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO

from cattrs.preconf.orjson import make_converter
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.codec import Codec
from registry.dumps.files import Written
from registry.dumps.making import Packed
from registry.on_disk import put_file
from registry.tables import ChangeRow, EntryRow
from vocab.graph import Grantor

PROGRAM = Path(__file__).parents[2]
PACKAGES = ("vocab", "verify", "registry")
"""Whose code and data decide what a line looks like."""
PIECE = 500
"""So many licences are read, and worked on, at once."""
_CONVERTER = make_converter(detailed_validation=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the lines of a piece stand in the file of one format, and their SHA-256."""

    offset: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Piece:
    """So many licences whose lines stand together, from the id `first` to `last`; `members` is the SHA-256 of their ids."""

    count: int
    first: int
    last: int
    members: str
    frames: list[Frame]


@dataclass(frozen=True, slots=True)
class Put:
    """How a dump was put together: out of `pieces`, in files of these `names`; `common` stands for what all lines share.

    It holds what was public after the change `cursor`, on `day`.
    """

    common: str
    cursor: int
    day: date
    names: list[str]
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Part:
    """Licences whose lines are to stand together, and the piece of the last dump that has these lines, if one does."""

    ids: Sequence[int]
    known: Piece | None = None


def read_put(path: Path, common: str, today: date) -> Put | None:
    """How the last dump was put together, where its lines may still be right; None where all are to be made anew."""
    try:
        put = _CONVERTER.loads(path.read_bytes(), Put)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Of another release, or cut off: nothing is lost by it but time.
        return None
    return put if put.common == common and put.day <= today else None


def write_put(path: Path, put: Put) -> None:
    """Keeps it for the next dump."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    put_file(path, _CONVERTER.dumps(put))


def common(grantor: Grantor, codec: Codec) -> str:
    """Stands for what all lines share: the program that makes them, and who grants what."""
    nouns = (grantor.authority, grantor.license_type, *grantor.announcements)
    return _digest("\n".join([_program(), grantor.base, *map(codec.dump, nouns)]).encode())


def outdated(session: Session, authority_id: int, type_id: int, put: Put, today: date) -> list[int]:
    """The licences, ascending, of which something changed after that dump, or that the calendar changed and nobody noted yet."""
    own = EntryRow.authority_id == authority_id, EntryRow.type_id == type_id
    changed = (
        select(EntryRow.license_id)
        .join(ChangeRow, ChangeRow.license_id == EntryRow.license_id)
        .where(ChangeRow.sequence > put.cursor, *own)
    )
    waiting = select(EntryRow.license_id).where(EntryRow.changes_on <= today, *own)
    return sorted({*session.scalars(changed), *session.scalars(waiting)})


def parts(ids: Sequence[int], put: Put | None, changed: Sequence[int]) -> Iterator[Part]:
    """All `ids` (ascending), as they stood together in the last dump; `changed` (ascending) have other lines now."""
    begin = 0
    for piece in _lasting(put, ids):
        first, end = bisect_left(ids, piece.first, begin), bisect_right(ids, piece.last, begin)
        yield from _fresh(ids, begin, first)
        own = ids[first:end]
        if bisect_left(changed, piece.first) == bisect_right(changed, piece.last) and members(own) == piece.members:
            yield Part(own, piece)
        else:
            yield from _fresh(ids, first, end)
        begin = end
    yield from _fresh(ids, begin, len(ids))


def members(ids: Sequence[int]) -> str:
    """The SHA-256 of ids."""
    return _digest(",".join(map(str, ids)).encode())


class Lines:
    """The lines of the last dump, in its files: one for each format, in the order of `Packed`."""

    def __init__(self, files: Sequence[IO[bytes]]) -> None:
        self._files = files

    def packed(self, piece: Piece) -> Packed | None:
        """The lines of a piece, or None where the files do not have them as they were written."""
        if not self._files:
            return None
        found = []
        for file, frame in zip(self._files, piece.frames, strict=True):
            file.seek(frame.offset)
            part = file.read(frame.size)
            if _digest(part) != frame.sha256:
                return None
            found.append(part)
        return Packed(*found)


@contextmanager
def lines_of(folder: Path, put: Put | None) -> Iterator[Lines]:
    """The lines of the dump in `folder`; none where its files are not there."""
    with ExitStack() as stack:
        files: list[IO[bytes]] = []
        try:
            for name in put.names if put is not None else ():
                files.append(stack.enter_context((folder / name).open("rb")))
        except FileNotFoundError:
            files = []
        yield Lines(files)


def put_folder(home: Path, folder: Path) -> Path:
    """Where a register keeps how the dumps in `folder` were put together."""
    return home / "dumped" / _digest(str(folder.absolute()).encode())[:16]


def written(files: Sequence[Written], ids: Sequence[int], packed: Packed) -> Piece:
    """Adds the lines of a piece to the new files."""
    frames = []
    for file, part in zip(files, packed, strict=True):
        frames.append(Frame(file.size, len(part), _digest(part)))
        file.add(part)
    return Piece(len(ids), ids[0], ids[-1], members(ids), frames)


def _lasting(put: Put | None, ids: Sequence[int]) -> Sequence[Piece]:
    """The pieces of the last dump, without a short one at its end where more has come since: that goes there."""
    if put is None or not put.pieces:
        return []
    end = put.pieces[-1]
    is_open = end.count < PIECE and len(ids) > bisect_right(ids, end.last)
    return put.pieces[:-1] if is_open else put.pieces


def _fresh(ids: Sequence[int], begin: int, end: int) -> Iterator[Part]:
    for at in range(begin, end, PIECE):
        yield Part(ids[at : min(at + PIECE, end)])


@cache
def _program() -> str:
    found = [
        f"{path.relative_to(PROGRAM)} {_digest(path.read_bytes())}"
        for package in PACKAGES
        for path in sorted((PROGRAM / package).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return _digest("\n".join(found).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
