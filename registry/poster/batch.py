"""The posters of all licences of a batch, as a ZIP that is made piece by piece."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from issuers.qr import qr_address
from registry.intake.batch import BatchRefused, BatchState
from registry.intake.diff import CHANGED, NEW, UNCHANGED
from registry.intake.report import find_batch
from registry.intake.table import escaped
from registry.poster.poster import PosterRefused, Wish, poster_job
from registry.poster.typesetting import Job, Typesetter, TypesettingFailed
from registry.register import Register
from registry.tables import LicenseRow, ReceivedRow
from registry.translation import marked as _
from registry.translation import translate

AT_ONCE = 50
MOST_ON_REQUEST = 100
"""Licences of a batch whose posters are made while somebody waits for the answer: some ten seconds, some ten megabytes."""
INDEX, LEFT_OUT = "index.csv", "left-out.csv"
Progress = Callable[[int, int], None]
_UNUSUAL = re.compile(r"[^0-9A-Za-z\u0e00-\u0e7f.-]+")
_TEN_YEARS = (1980, 1, 1, 0, 0, 0)
"""The first instant that a ZIP knows: its own times say nothing, and the same posters make the same file."""


def batch_posters(
    register: Register, batch_id: int, wish: Wish, typesetter: Typesetter, progress: Progress = lambda done, total: None
) -> Iterator[bytes]:
    """The ZIP in pieces: a poster of each licence in force, `index.csv` of these, and `left-out.csv` of the others, each with
    why.

    Raises `NoSuchBatch`, and `BatchRefused` for a batch that is not published, before the first piece.
    """
    total = require_published(register, batch_id)
    sink = _Sink()
    index: list[Sequence[str]] = [("file", "number", "address")]
    left_out: list[Sequence[str]] = [("number", "reason")]
    done = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, address, job in _jobs(register, batch_id, wish):
            done += 1
            try:
                if not isinstance(job, Job):
                    raise job
                body = typesetter.set(job)
            except PosterRefused as refused:
                left_out.append((escaped(number), refused.said(wish.lang)))
            except TypesettingFailed:
                left_out.append(
                    (
                        escaped(number),
                        translate(wish.lang, _("The poster could not be made; this says nothing about the licence.")),
                    )
                )
            else:
                name = poster_name(done, number)
                archive.writestr(_entry(name), body)
                index.append((name, escaped(number), address))
            progress(done, total)
            if piece := sink.taken():
                yield piece
        archive.writestr(_entry(INDEX), _table(index))
        archive.writestr(_entry(LEFT_OUT), _table(left_out))
    yield sink.taken()


def require_published(register: Register, batch_id: int) -> int:
    """How many licences a published batch has. Raises `NoSuchBatch`, `BatchRefused`."""
    with register.database.reading() as session:
        if find_batch(session, batch_id).state != BatchState.PUBLISHED:
            raise BatchRefused(
                _("Batch %(batch)s is not published, so there are no posters of its licences."), batch=batch_id
            )
        return session.scalar(select(func.count()).select_from(_licenses(batch_id).subquery())) or 0


def require_few(register: Register, batch_id: int) -> None:
    """That so few licences are in a batch that their posters are made on request. Raises as `require_published`."""
    total = require_published(register, batch_id)
    if total > MOST_ON_REQUEST:
        raise BatchRefused(
            _(
                "Batch %(batch)s has %(total)s licences, and posters are made on request for at most %(most)s. For more, whoever "
                "runs the register makes them with: license-registry poster --batch %(batch)s"
            ),
            batch=batch_id,
            total=total,
            most=MOST_ON_REQUEST,
        )


def poster_name(number: int, license_number: str) -> str:
    """What the file of a poster is called: in the order of the list, with as much of the number as a file's name may have."""
    kept = _UNUSUAL.sub("-", license_number).strip("-.")[:60]
    return f"{number:05d}-{kept or f'number-{number}'}.pdf"


def _licenses(batch_id: int) -> Select[int, int]:
    """Their ids, each with the first of its lines."""
    return (
        select(LicenseRow.id, func.min(ReceivedRow.line).label("line"))
        .join(ReceivedRow, ReceivedRow.tail == LicenseRow.tail)
        .where(ReceivedRow.batch_id == batch_id, ReceivedRow.outcome.in_((NEW, CHANGED, UNCHANGED)))
        .group_by(LicenseRow.id)
    )


def _jobs(register: Register, batch_id: int, wish: Wish) -> Iterator[tuple[str, str, Job | PosterRefused]]:
    """Each licence of the batch in the order of its file: its number and address, and its poster or why there is none."""
    after = 0
    while True:
        found: list[tuple[str, str, Job | PosterRefused]] = []
        with register.database.reading() as session:
            listed = _licenses(batch_id).subquery()
            query = (
                select(listed.c.id, listed.c.line).where(listed.c.line > after).order_by(listed.c.line).limit(AT_ONCE)
            )
            rows = session.execute(query).all()
            for record in register.store(session).records([row.id for row in rows]):
                try:
                    job: Job | PosterRefused = poster_job(register, session, record, wish)
                except PosterRefused as refused:
                    job = refused
                found.append((record.license.number, qr_address(register.base, record.check_id), job))
        if not rows:
            return
        yield from found
        after = rows[-1].line


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TEN_YEARS)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _table(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


class _Sink(io.RawIOBase):
    """Takes what the archive writes, for those who take it from here piece by piece."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._pieces += written
        return len(written)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = bytes(self._pieces)
        self._pieces.clear()
        return found
