"""Keys, tokens, and what the sandbox signs with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base

IS_ACTIVE_KEY = "activated_at IS NOT NULL AND retired_at IS NULL AND revoked_at IS NULL"


class SigningKeyRow(Base):
    """A key pair. The private half is either sealed here or in hardware, where `hardware` finds it.

    `activated_at` is None for a key that is published and does not sign yet; one key of each authority and purpose signs.
    `retired_at` and `revoked_at` are published as `expires` and `revoked`.
    """

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("(sealed IS NULL) <> (hardware IS NULL)", name="signing_key_private_half"),
        Index(
            "signing_key_active",
            "authority_id",
            "purpose",
            unique=True,
            sqlite_where=text(IS_ACTIVE_KEY),
            postgresql_where=text(IS_ACTIVE_KEY),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    purpose: Mapped[str]
    public_multibase: Mapped[str] = mapped_column(unique=True)
    sealed: Mapped[bytes | None]
    hardware: Mapped[str | None]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PackKeyRow(Base):
    """A key of the register's own, which signs inspector packs and nothing else: the newest one does. A rotation adds a row and
    changes none.

    The private half is where that of a `SigningKeyRow` is. `former_ended` says how the key before gave its place to this one
    (`registry.pack.key.Ending`), None for the first; `handover` is its signature for this one, where it could be asked.
    """

    __tablename__ = "pack_key"
    __table_args__ = (
        CheckConstraint("(sealed IS NULL) <> (hardware IS NULL)", name="pack_key_private_half"),
        CheckConstraint(
            "(handover IS NOT NULL) = (former_ended IS NOT NULL AND former_ended = 'handed-over')",
            name="pack_key_handover",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_multibase: Mapped[str] = mapped_column(unique=True)
    sealed: Mapped[bytes | None]
    hardware: Mapped[str | None]
    created_at: Mapped[datetime]
    former_ended: Mapped[str | None]
    handover: Mapped[bytes | None]


class AccessTokenRow(Base):
    """A bearer token of an authority: its SHA-256 in hexadecimal digits, never the token. `scopes` has spaces between."""

    __tablename__ = "access_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    label: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SandboxKeyRow(Base):
    """The sandbox issuer's key for one cryptosuite; the private half is sealed. It signs tests and no licence."""

    __tablename__ = "sandbox_key"
    cryptosuite: Mapped[str] = mapped_column(primary_key=True)
    public_multibase: Mapped[str] = mapped_column(unique=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]


class SandboxListRow(Base):
    """A status list of the sandbox, signed once: nothing in it is ever set. `next_index` is the first place that is free."""

    __tablename__ = "sandbox_list"
    number: Mapped[int] = mapped_column(primary_key=True)
    cryptosuite: Mapped[str]
    next_index: Mapped[int]
    body: Mapped[bytes]
