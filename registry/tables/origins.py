"""Other registers: those from which an authority's licences are harvested, what they said, and what was found wrong with it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, Leased, LongId


class OriginRow(Leased, Base):
    """A register of an authority's own, whose licences of this authority are harvested under the name of a list.

    `keys` is the pinned part of the document of `did`: key id -> public key, as JSON. Of the change feed, all up to `cursor` is
    listed (-1: nothing yet), `last` is the change there, and `etag` of the answer that had it. `listing` counts how often it was
    listed from its beginning. `is_dirty`: what was proven since is not published yet. `doubt` is what speaks against all that it
    says, since `doubt_since`, or empty. `aside` is what it has of others, as JSON.
    """

    __tablename__ = "origin"
    __table_args__ = (UniqueConstraint("authority_id", "name"), Index("origin_next_at", "next_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str]
    base: Mapped[str]
    did: Mapped[str]
    keys: Mapped[str]
    every_minutes: Mapped[int]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    cursor: Mapped[LongId] = mapped_column()
    last: Mapped[str]
    etag: Mapped[str]
    listing: Mapped[int]
    is_dirty: Mapped[bool]
    doubt: Mapped[str]
    doubt_since: Mapped[datetime | None]
    aside: Mapped[str]
    checked_at: Mapped[datetime | None]
    outcome: Mapped[str]
    failures: Mapped[int]


class HarvestedRow(Base):
    """A licence of another register, by the IRI that it has there.

    `state` is one of `registry.federation.harvested.State`; `named` the digest that its register told last. What was proven last:
    `digest` of its credential, with this `credential` id, at `proven_at`; `tail` of the licence here, `cells` of its row in the
    list (as JSON), `status` and `expires_on` as they were told, and what the row could not say (`lost`).
    `step` and `words`: which step failed, and how, where it was refused, and `since` when it is in this state.
    """

    __tablename__ = "harvested"
    __table_args__ = (
        UniqueConstraint("origin_id", "iri"),
        Index("harvested_state", "origin_id", "state", "id"),
        Index("harvested_iri", "iri"),
        Index("harvested_tail", "tail"),
    )
    id: Mapped[LongId] = mapped_column(primary_key=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("origin.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"))
    iri: Mapped[str]
    listing: Mapped[int]
    state: Mapped[str]
    named: Mapped[bytes]
    tail: Mapped[str]
    digest: Mapped[bytes]
    credential: Mapped[str]
    cells: Mapped[str]
    status: Mapped[str]
    expires_on: Mapped[date | None]
    lost: Mapped[str]
    step: Mapped[str]
    words: Mapped[str]
    since: Mapped[datetime]
    proven_at: Mapped[datetime | None]


class OriginAnswerRow(Base):
    """An answer of another register, kept as it came (`received_file`): when, and from which address."""

    __tablename__ = "origin_answer"
    __table_args__ = (Index("origin_answer_origin", "origin_id", "id"),)
    id: Mapped[LongId] = mapped_column(primary_key=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("origin.id"))
    url: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("received_file.sha256"))
    at: Mapped[datetime]
