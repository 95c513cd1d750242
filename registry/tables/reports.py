"""What people told of signs that do not match their licence, and what became of it. What happened is append-only; what they wrote
and photographed may hold personal data, so it stands in a row of its own, which goes once its erasure is noted."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, LongId


class SignReportRow(Base):
    """A report for the authority of a licence: what does not match (`wrong`, words with blanks between), and when it came.
    `reference` is what the sender was given. Nothing is kept of who sent it."""

    __tablename__ = "sign_report"
    __table_args__ = (Index("sign_report_authority_id", "authority_id", "sequence"),)
    sequence: Mapped[LongId] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), index=True)
    wrong: Mapped[str]
    at: Mapped[datetime]


class SignReportContentRow(Base):
    """What a report says in the sender's words, where the sign hangs, and a photo that was drawn anew. Each report has one, until
    it is erased: never changed, and deleted only where a `SignReportErasureRow` says so."""

    __tablename__ = "sign_report_content"
    report: Mapped[LongId] = mapped_column(ForeignKey("sign_report.sequence"), primary_key=True, autoincrement=False)
    text: Mapped[str]
    place: Mapped[str]
    photo: Mapped[bytes | None]


class SignReportClosingRow(Base):
    """That the authority has dealt with a report, and how; by a token or, where none is named, by the command line."""

    __tablename__ = "sign_report_closing"
    report: Mapped[LongId] = mapped_column(ForeignKey("sign_report.sequence"), primary_key=True, autoincrement=False)
    reason: Mapped[str]
    at: Mapped[datetime]
    token_id: Mapped[int | None] = mapped_column(ForeignKey("access_token.id"))


class SignReportErasureRow(Base):
    """That the content of a report was erased, and why: by a `token`, a `command`, or because its `term` was over (`origin`)."""

    __tablename__ = "sign_report_erasure"
    report: Mapped[LongId] = mapped_column(ForeignKey("sign_report.sequence"), primary_key=True, autoincrement=False)
    origin: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    token_id: Mapped[int | None] = mapped_column(ForeignKey("access_token.id"))
