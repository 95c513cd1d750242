"""The tables, typed and without behaviour. Instants are UTC; nouns are stored as JSON text (`registry.codec`).

Append-only, by triggers in the database itself: what is in `APPEND_ONLY`.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

IS_ACTIVE_KEY = "activated_at IS NOT NULL AND retired_at IS NULL AND revoked_at IS NULL"
APPEND_ONLY = ("license_version", "act", "credential", "received_file", "received_row", "finding")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC on both engines (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs its time zone (got {value!r})")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        dict[str, Any]: JSON(),
        bytes: LargeBinary(),
        str: Text(),
    }


class InstanceRow(Base):
    """The one row that says which registry this is. `base_url` is frozen at the first mint; `refreshed_on` is the day (in Thai
    legal time) up to which acts that take effect by the calendar are in the status lists; `is_demo` that its data is made up."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(primary_key=True)
    base_url: Mapped[str]
    created_at: Mapped[datetime]
    refreshed_on: Mapped[date]
    is_demo: Mapped[bool]


class AuthorityRow(Base):
    __tablename__ = "authority"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    document: Mapped[str]


class AuthorityCodeRow(Base):
    """Every code that an authority has or had; the one at minting is among them."""

    __tablename__ = "authority_code"
    code: Mapped[str] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))


class LicenseTypeRow(Base):
    __tablename__ = "license_type"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    document: Mapped[str]


class MandateRow(Base):
    __tablename__ = "mandate"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"), primary_key=True)
    document: Mapped[str]


class AnnouncementRow(Base):
    __tablename__ = "announcement"
    __table_args__ = (UniqueConstraint("authority_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    code: Mapped[str]
    document: Mapped[str]


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


class LicenseRow(Base):
    """A licence's identity and what finds it. `confirmed_at`: when its authority last sent it to us."""

    __tablename__ = "license"
    __table_args__ = (
        UniqueConstraint("authority_id", "type_id", "number", "qualifier"),
        Index("license_key", "authority_id", "type_id", "key"),
        Index("license_any_key", "key"),
        Index("license_weak_key", "weak_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tail: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"))
    number: Mapped[str]
    qualifier: Mapped[str]
    key: Mapped[str]
    weak_key: Mapped[str]
    check_id: Mapped[str] = mapped_column(unique=True)
    record_status: Mapped[str]
    search_text: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]


class AliasRow(Base):
    """Another number that a licence bears; its path redirects (308) to the licence."""

    __tablename__ = "alias"
    __table_args__ = (UniqueConstraint("license_id", "number"), Index("alias_key", "key"))
    id: Mapped[int] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"))
    number: Mapped[str]
    key: Mapped[str]
    weak_key: Mapped[str]


class VersionRow(Base):
    """One state of the face. `sequence` is the register's own order, across all licences."""

    __tablename__ = "license_version"
    __table_args__ = (UniqueConstraint("license_id", "number"),)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"))
    number: Mapped[int]
    document: Mapped[str]
    recorded_at: Mapped[datetime]
    received_row_id: Mapped[int | None] = mapped_column(ForeignKey("received_row.id"))


class ActRow(Base):
    __tablename__ = "act"
    __table_args__ = (UniqueConstraint("license_id", "number"), Index("act_effective_on", "effective_on"))
    sequence: Mapped[int] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"))
    number: Mapped[int]
    kind: Mapped[str]
    effective_on: Mapped[date | None]
    until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    document: Mapped[str]
    received_row_id: Mapped[int | None] = mapped_column(ForeignKey("received_row.id"))


class CredentialRow(Base):
    """One signed credential, as it is served. Its place in the status lists is used never again.

    `number` counts the credentials of one version from 1: a version gets another one when the key of the last was compromised.
    """

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("version_sequence", "number"),
        UniqueConstraint("authority_id", "list_number", "list_index"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), index=True)
    version_sequence: Mapped[int] = mapped_column(ForeignKey("license_version.sequence"))
    number: Mapped[int]
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    list_number: Mapped[int]
    list_index: Mapped[int]
    signing_key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"), index=True)
    body: Mapped[bytes]
    issued_at: Mapped[datetime]


class StatusListRow(Base):
    """One list for one purpose: its bits, and the signed credential made of them."""

    __tablename__ = "status_list"
    __table_args__ = (UniqueConstraint("authority_id", "purpose", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    purpose: Mapped[str]
    number: Mapped[int]
    bits: Mapped[bytes]
    body: Mapped[bytes]
    made_at: Mapped[datetime]
    valid_until: Mapped[datetime]


class ReceivedFileRow(Base):
    """The bytes of a file, as they came."""

    __tablename__ = "received_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    received_at: Mapped[datetime]


class BatchRow(Base):
    """One file sent for one authority and type. `state`: received (kept, not yet published) or published.

    `channel`: how it came. A `file` has a mapping; of `api` the file is the body of one request and its one row the licence.
    """

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("received_file.sha256"))
    file_name: Mapped[str]
    mapping: Mapped[str]
    state: Mapped[str]
    received_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
    channel: Mapped[str] = mapped_column(server_default="file")


class ReceivedRow(Base):
    """One row as received and what became of it. `line` counts from 1, the heading included, as spreadsheets do."""

    __tablename__ = "received_row"
    __table_args__ = (UniqueConstraint("batch_id", "line"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    line: Mapped[int]
    cells: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    license_id: Mapped[int | None] = mapped_column(ForeignKey("license.id"))


class FindingRow(Base):
    """What is wrong, in which cell. `received_row_id` is None for a finding about the whole file."""

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    received_row_id: Mapped[int | None] = mapped_column(ForeignKey("received_row.id"), index=True)
    column: Mapped[str]
    code: Mapped[str]
    gravity: Mapped[str]
    received: Mapped[str]
    details: Mapped[dict[str, Any]]
