"""What goes in and out by itself: sources that are harvested, webhooks and their deliveries, requests that may come twice."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, Leased


class SourceRow(Leased, Base):
    """An address from which an authority's list is fetched on a schedule.

    `hosts` are the hosts to which it may redirect, with spaces between. `etag`, `last_modified` and `sha256` are of what was
    fetched last. `next_at`: when to fetch again.
    """

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("authority_id", "type_id", "name"), Index("source_next_at", "next_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"))
    name: Mapped[str]
    url: Mapped[str]
    hosts: Mapped[str]
    holds: Mapped[str]
    every_minutes: Mapped[int]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    etag: Mapped[str]
    last_modified: Mapped[str]
    sha256: Mapped[str]
    checked_at: Mapped[datetime | None]
    outcome: Mapped[str]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    failures: Mapped[int]


class WebhookRow(Base):
    """An address of an authority that is told what became of its batches. The secret that signs is sealed."""

    __tablename__ = "webhook"
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    url: Mapped[str]
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class DeliveryRow(Leased, Base):
    """One message to one webhook: sent again until it is received or given up. `message_id` is the same at each attempt."""

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_next_at", "next_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    message_id: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    answer: Mapped[str]


class AnsweredRequestRow(Base):
    """A request with an idempotency key that was carried out, and its answer: the same request again gets the same answer."""

    __tablename__ = "answered_request"
    __table_args__ = (UniqueConstraint("authority_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    key: Mapped[str]
    digest: Mapped[str]
    status: Mapped[int]
    body: Mapped[bytes]
    answered_at: Mapped[datetime]
