"""Reports of signs that do not match their licence: received from anybody, read and closed by the authority that granted it.

No report says who sent it, and nothing in one is ever shown to the public. What one says is erased by `registry.report_erasure`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from issuers.qr import check_id
from registry.exchange.webhooks import Event, announce_of
from registry.record import LicenseRecord
from registry.register import Register
from registry.tables import (
    AuthorityRow,
    LicenseRow,
    SignReportClosingRow,
    SignReportContentRow,
    SignReportErasureRow,
    SignReportRow,
)

MAX_TEXT, MAX_PLACE, MAX_REASON = 1_000, 300, 1_000
MOST_OPEN = 2_000
"""So many reports of one authority wait at most: whoever sends more of them fills no disk."""
PAGE = 100
_REFERENCE_LETTERS = 10
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\ufeff]")
"""Soft hyphens, marks of direction, and what Thai texts hold between words or at their beginning: it says nothing."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What makes a text look as if it said something else."""


class Mismatch(StrEnum):
    """What at the place is not as the licence says."""

    NUMBER = "number"
    LICENSEE = "licensee"
    NAME = "name"
    ADDRESS = "address"
    ACTIVITY = "activity"
    DATES = "dates"
    CODE = "code"
    OTHER = "other"


class Eraser(StrEnum):
    """Who had the content of a report erased: its authority's system, whoever runs the register, or the end of its term."""

    TOKEN = "token"
    COMMAND = "command"
    TERM = "term"


class ReportRefused(ValueError):
    """A report, or the reason for closing or erasing one, is not as it must be. Says what was read and what was expected."""


class QueueFull(RuntimeError):
    """So many reports wait for the authority that no more are taken."""


class NoSuchReport(LookupError):
    """The authority has no report with this reference."""


class ReportClosed(ValueError):
    """The report was closed before."""


def tidied(text: str) -> str:
    """What somebody typed, with plain blanks and line ends, and without what nobody sees; what joins letters is kept."""
    lines = _UNSEEN.sub("", text).splitlines()
    plain = ("".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in line) for line in lines)
    return "\n".join(line.rstrip() for line in plain).strip()


def is_readable(text: str) -> bool:
    """Whether a text has no control characters but tabs and line ends, no half characters, and nothing that turns it round."""
    controls = (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in text)
    return not any(controls) and _TURNING.search(text) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody tells of a sign. `photo` is a JPEG that was drawn anew (`registry.presented.reading.redrawn_photo`)."""

    wrong: frozenset[Mismatch]
    text: str = ""
    place: str = ""
    photo: bytes | None = None

    def require_whole(self) -> None:
        """Raises `ReportRefused` for what says nothing, or too much."""
        if not self.wrong and not self.text:
            raise ReportRefused("a report says what does not match (got neither a mark nor a text)")
        for name, text, most in (("text", self.text, MAX_TEXT), ("place", self.place, MAX_PLACE)):
            if len(text) > most:
                raise ReportRefused(f"the {name} of a report has at most {most} characters (got {len(text)})")
            if not is_readable(text):
                raise ReportRefused(f"the {name} of a report has no control characters")


@dataclass(frozen=True, slots=True)
class Erasure:
    """That text, place and photo of a report were erased: when, by whom, and why."""

    at: datetime
    by: Eraser
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignReport:
    """A report as its authority reads it. `closed_at` and `reason` are those of its closing, if it is closed. Of one that was
    `erased`, `text` and `place` are empty and there is no photo."""

    sequence: int
    reference: str
    authority: str
    tail: str
    number: str
    wrong: tuple[Mismatch, ...]
    text: str
    place: str
    has_photo: bool
    at: datetime
    closed_at: datetime | None
    reason: str
    erased: Erasure | None


def receive_report(register: Register, record: LicenseRecord, told: Told) -> str:
    """Puts a report into the queue of the licence's authority, and tells its webhooks. Returns the reference for the sender.

    Raises `ReportRefused`, `QueueFull`.
    """
    told.require_whole()
    reference = _reference(register)
    with register.database.writing() as session:
        authority_id = register.store(session).authority_id(record.license.iri.authority)
        waiting = session.scalar(
            _joined(select(func.count(SignReportRow.sequence))).where(
                SignReportRow.authority_id == authority_id, SignReportClosingRow.report.is_(None)
            )
        )
        if (waiting or 0) >= MOST_OPEN:
            raise QueueFull(f"{MOST_OPEN} reports wait for this authority, which is all there may be")
        row = SignReportRow(
            reference=reference,
            authority_id=authority_id,
            license_id=record.id,
            wrong=" ".join(sorted(told.wrong)),
            at=register.now(),
        )
        session.add(row)
        session.flush()
        session.add(SignReportContentRow(report=row.sequence, text=told.text, place=told.place, photo=told.photo))
        data = {
            "report": reference,
            "authority": record.license.iri.authority,
            "license": str(record.license.iri),
            "wrong": sorted(told.wrong),
            "photo": told.photo is not None,
            "link": f"{register.base}/api/v1/reports/{reference}",
        }
        announce_of(session, register, authority_id, Event.REPORTED, data)
    return reference


def reports(
    register: Register, authority: str = "", *, is_open: bool | None = True, after: int = 0, limit: int = PAGE
) -> Sequence[SignReport]:
    """The reports for an authority (default: all), oldest first, those behind number `after`: the open ones, the closed ones
    (`is_open` False), or both (None). Raises `registry.grantors.NoSuchAuthority`."""
    wanted = _selected().where(SignReportRow.sequence > after).order_by(SignReportRow.sequence).limit(limit)
    if is_open is not None:
        wanted = wanted.where(SignReportClosingRow.report.is_(None) if is_open else _is_closed())
    with register.database.reading() as session:
        if authority:
            wanted = wanted.where(SignReportRow.authority_id == register.store(session).authority_id(authority))
        return [_read(row) for row in session.execute(wanted)]


def report(register: Register, reference: str, authority: str = "") -> SignReport:
    """The report with this reference, of this authority if one is given. Raises `NoSuchReport`."""
    with register.database.reading() as session:
        row = session.execute(_of(_selected(), reference, authority)).one_or_none()
    if row is None:
        raise NoSuchReport(f"there is no report {reference[:20]!r} here")
    return _read(row)


def report_photo(register: Register, reference: str, authority: str = "") -> bytes:
    """The photo of a report, a JPEG. Raises `NoSuchReport` where there is no report, or none with a photo."""
    with register.database.reading() as session:
        photo: bytes | None = session.scalar(_of(_joined(select(SignReportContentRow.photo)), reference, authority))
    if photo is None:
        raise NoSuchReport(f"there is no report {reference[:20]!r} with a photo here")
    return photo


def close_report(
    register: Register, reference: str, reason: str, authority: str = "", token_id: int | None = None
) -> SignReport:
    """Notes that a report was dealt with, and how. Raises `NoSuchReport`, `ReportClosed`, `ReportRefused`."""
    reason = whole_reason(reason)
    with register.database.writing() as session:
        number = session.scalar(
            _of(_joined(select(SignReportRow.sequence)), reference, authority).with_for_update(of=SignReportRow)
        )
        if number is None:
            raise NoSuchReport(f"there is no report {reference[:20]!r} here")
        if session.get(SignReportClosingRow, number) is not None:
            raise ReportClosed(f"report {reference} was closed before")
        session.add(SignReportClosingRow(report=number, reason=reason, at=register.now(), token_id=token_id))
    return report(register, reference, authority)


def whole_reason(reason: str) -> str:
    """The reason for closing or erasing a report, tidied. Raises `ReportRefused`."""
    reason = tidied(reason)
    if not reason or len(reason) > MAX_REASON or not is_readable(reason):
        raise ReportRefused(f"a report is closed or erased with a reason of 1 to {MAX_REASON} printable characters")
    return reason


def receiver_of(register: Register, reference: str) -> str:
    """The code of the authority that a report is for: all of it that its sender is told. Raises `NoSuchReport`."""
    return report(register, reference).authority


def _reference(register: Register) -> str:
    """Ten letters and digits that can be read aloud, in two groups: nobody guesses another's."""
    letters = check_id(int.from_bytes(register.random_bytes(16)))[-_REFERENCE_LETTERS:]
    return f"{letters[:5]}-{letters[5:]}"


def _selected() -> Select[Any]:
    """All of a report but its photo, which may be large."""
    return _joined(
        select(
            SignReportRow.sequence,
            SignReportRow.reference,
            AuthorityRow.code,
            LicenseRow.tail,
            LicenseRow.number,
            SignReportRow.wrong,
            SignReportContentRow.text,
            SignReportContentRow.place,
            SignReportContentRow.photo.is_not(None),
            SignReportRow.at,
            SignReportClosingRow.at,
            SignReportClosingRow.reason,
            SignReportErasureRow.at,
            SignReportErasureRow.origin,
            SignReportErasureRow.reason,
        )
    )


def _joined(query: Any) -> Select[Any]:
    joined: Select[Any] = (
        query.select_from(SignReportRow)
        .join(AuthorityRow, AuthorityRow.id == SignReportRow.authority_id)
        .join(LicenseRow, LicenseRow.id == SignReportRow.license_id)
        .outerjoin(SignReportContentRow, SignReportContentRow.report == SignReportRow.sequence)
        .outerjoin(SignReportClosingRow, SignReportClosingRow.report == SignReportRow.sequence)
        .outerjoin(SignReportErasureRow, SignReportErasureRow.report == SignReportRow.sequence)
    )
    return joined


def _of(query: Select[Any], reference: str, authority: str) -> Select[Any]:
    found = query.where(SignReportRow.reference == reference)
    return found.where(AuthorityRow.code == authority) if authority else found


def _is_closed() -> ColumnElement[bool]:
    return SignReportClosingRow.report.is_not(None)


def _read(row: Any) -> SignReport:
    sequence, reference, authority, tail, number, wrong, text, place, has_photo, at, closed_at, reason, *erased = row
    erased_at, by, why = erased
    return SignReport(
        sequence=sequence,
        reference=reference,
        authority=authority,
        tail=tail,
        number=number,
        wrong=tuple(Mismatch(each) for each in wrong.split()),
        text=text or "",
        place=place or "",
        has_photo=bool(has_photo),
        at=at,
        closed_at=closed_at,
        reason=reason or "",
        erased=Erasure(erased_at, Eraser(by), why) if erased_at else None,
    )
