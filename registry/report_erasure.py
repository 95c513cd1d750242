"""What people wrote and photographed of a sign goes when it must; that they reported stays, and who had it erased, when and why.

Each erasure is one transaction. What was erased before stays as it was noted then. `is_purged` after each, or the bytes stay in
the files of the database.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from registry.register import Register
from registry.reports import Eraser, Erasure, ReportRefused, SignReport, report, whole_reason
from registry.tables import SignReportClosingRow, SignReportContentRow, SignReportErasureRow, SignReportRow
from vocab.graph import date_time

Contents = Select[int]


def erase_report(
    register: Register, reference: str, reason: str, authority: str = "", token_id: int | None = None
) -> SignReport:
    """Erases text, place and photo of a report, open or closed; of one that is erased, nothing changes.

    Raises `registry.reports.NoSuchReport`, `ReportRefused`.
    """
    erasure = _asked_for(register, reason, token_id)
    found = report(register, reference, authority)
    _erase(register, _contents().where(SignReportContentRow.report == found.sequence), erasure, token_id)
    return report(register, reference, authority)


def erase_closed_before(
    register: Register, before: datetime, reason: str, authority: str = "", token_id: int | None = None
) -> int:
    """Erases what reports say that were closed before an instant. Returns how many were erased now.

    Raises `registry.reports.ReportRefused` (also for an instant that is to come), `registry.grantors.NoSuchAuthority`.
    """
    if before > register.now():
        raise ReportRefused(f"{date_time(before)} is to come: a day or instant that has been is expected here")
    erasure = _asked_for(register, reason, token_id)
    closed = _closed_before(before)
    if authority:
        with register.database.reading() as session:
            closed = closed.where(SignReportRow.authority_id == register.store(session).authority_id(authority))
    return _erase(register, closed, erasure, token_id)


def erase_overdue(register: Register, days: int) -> int:
    """Erases what reports say that were closed more than so many days ago. Returns how many; safe to run at any time, by any
    number of processes, and nothing is written where none is due."""
    now = register.now()
    overdue = _closed_before(now - timedelta(days=days))
    with register.database.reading() as session:
        if session.scalar(overdue.limit(1)) is None:
            return 0
    return _erase(register, overdue, Erasure(now, Eraser.TERM, f"closed more than {days} days ago"), None)


def is_purged(register: Register) -> bool:
    """Empties the files of the database of all that was ever erased. Returns whether that was done: False where somebody has
    been reading for so long that bytes remain, and it must be tried again (`license-registry refresh` does).

    Nothing remembers that bytes remain, so nothing can forget it: it is tried wherever anything was ever erased.
    """
    with register.database.reading() as session:
        if session.scalar(select(SignReportErasureRow.report).limit(1)) is None:
            return True
    return register.database.purge(SignReportContentRow.__tablename__)


def _asked_for(register: Register, reason: str, token_id: int | None) -> Erasure:
    by = Eraser.COMMAND if token_id is None else Eraser.TOKEN
    return Erasure(register.now(), by, whole_reason(reason))


def _contents() -> Contents:
    return (
        select(SignReportContentRow.report)
        .join(SignReportRow, SignReportRow.sequence == SignReportContentRow.report)
        .order_by(SignReportContentRow.report)
    )


def _closed_before(before: datetime) -> Contents:
    closing = SignReportClosingRow.report == SignReportContentRow.report
    return _contents().join(SignReportClosingRow, closing).where(SignReportClosingRow.at < before)


def _erase(register: Register, contents: Contents, erasure: Erasure, token_id: int | None) -> int:
    with register.database.writing() as session:
        # Of two who erase the same at once, the second one waits and finds nothing.
        numbers = session.scalars(contents.with_for_update(of=SignReportContentRow)).all()
        for number in numbers:
            _note_and_delete(session, number, erasure, token_id)
    return len(numbers)


def _note_and_delete(session: Session, number: int, erasure: Erasure, token_id: int | None) -> None:
    """The note first: the database lets nothing go without it."""
    noted = {"origin": erasure.by, "reason": erasure.reason, "at": erasure.at, "token_id": token_id}
    session.add(SignReportErasureRow(report=number, **noted))
    session.flush()
    session.execute(delete(SignReportContentRow).where(SignReportContentRow.report == number))
