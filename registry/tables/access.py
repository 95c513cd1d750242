"""Links to the documents of licences: what is public, what happened to them, what hosts answered, and uploaded files."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, Leased, LongId


class AccessChangeRow(Base):
    """What happened to one link of a licence: `kind` is declare, replace or withdraw, `document` what it is from then on.

    `number` tells the links of a licence apart and is never given again. It came in a batch, by a token, or, where neither is
    named, by the command line.
    """

    __tablename__ = "access_change"
    sequence: Mapped[LongId] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), index=True)
    number: Mapped[int]
    origin: Mapped[str]
    kind: Mapped[str]
    document: Mapped[str]
    at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    token_id: Mapped[int | None] = mapped_column(ForeignKey("access_token.id"))


class LicenseAccessRow(Base):
    """A link that stands: what the last change of it says. `is_visited`: a checker looks at it, and `target_id` is what it visits
    once one has come by; `file_sha256` is set for a file that is kept here."""

    __tablename__ = "license_access"
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str]
    document: Mapped[str]
    at: Mapped[datetime]
    is_visited: Mapped[bool]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("access_target.id"), index=True)
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("access_file.sha256"), index=True)


class AccessHostRow(Leased, Base):
    """A host that links lead to, which one checker at a time asks, and not before `next_at`. `robots` is what it said to robots
    when it was asked last, and `robots_status` the answer's status. `answered_at`: when it last answered anything at all."""

    __tablename__ = "access_host"
    __table_args__ = (Index("access_host_next_at", "next_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(unique=True)
    next_at: Mapped[datetime]
    robots: Mapped[str]
    robots_status: Mapped[int]
    robots_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class AccessTargetRow(Base):
    """An address with what should be there: the links that say the same share it. `key` is their SHA-256.

    The last attempt (`outcome` with its details) and the last one that was good are kept apart. `etag`, `last_modified`, `size`
    and `media_type` are what was said at the last good one.
    """

    __tablename__ = "access_target"
    __table_args__ = (Index("access_target_next_at", "host_id", "next_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("access_host.id"))
    url: Mapped[str]
    expected_type: Mapped[str]
    expected_digest: Mapped[str]
    next_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    outcome: Mapped[str]
    details: Mapped[str]
    failures: Mapped[int]
    good_at: Mapped[datetime | None]
    etag: Mapped[str]
    last_modified: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[LongId | None]


class AccessFileRow(Base):
    """A PDF that an authority uploaded; its bytes are in the folder of files, under this name. `removed_at`: since when no link
    leads to it and its bytes are gone."""

    __tablename__ = "access_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    stored_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
