"""Licences: what finds them, their versions, their acts, their credentials and the status lists."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, LongId


class LicenseRow(Base):
    """A licence's identity and what finds it. `confirmed_at`: when its authority last sent it to us.

    `record_status`: published, stale (missing from the authority's last full list) or withdrawn (its batch was undone).
    `row_digest` stands for the row of a file that says exactly what is public now; whatever else changes the licence clears it.
    `source`: the list that it was last on; None for what never came in a file. `original` is what is known of the same licence in
    its authority's own register (`registry.record.Original`, as JSON), or empty. `linked_at`: when its links last changed.
    """

    __tablename__ = "license"
    __table_args__ = (
        UniqueConstraint("authority_id", "type_id", "number", "qualifier"),
        Index("license_key", "authority_id", "type_id", "key"),
        Index("license_any_key", "key"),
        Index("license_weak_key", "weak_key"),
        Index("license_row_digest", "row_digest"),
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
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    row_digest: Mapped[bytes | None]
    source: Mapped[str | None]
    original: Mapped[str] = mapped_column(server_default=text("''"))
    linked_at: Mapped[datetime | None]


class RecordChangeRow(Base):
    """What happened to a record and not to the licence: `stale`, `confirmed`, `withdrawn` or `restored`, by which batch."""

    __tablename__ = "record_change"
    __table_args__ = (Index("record_change_batch", "batch_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    kind: Mapped[str]
    at: Mapped[datetime]


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
    __table_args__ = (UniqueConstraint("license_id", "number"), Index("license_version_row", "received_row_id"))
    sequence: Mapped[int] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"))
    number: Mapped[int]
    document: Mapped[str]
    recorded_at: Mapped[datetime]
    received_row_id: Mapped[LongId | None] = mapped_column(ForeignKey("received_row.id"))


class ActRow(Base):
    __tablename__ = "act"
    __table_args__ = (
        UniqueConstraint("license_id", "number"),
        Index("act_effective_on", "effective_on"),
        Index("act_row", "received_row_id"),
    )
    sequence: Mapped[int] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"))
    number: Mapped[int]
    kind: Mapped[str]
    effective_on: Mapped[date | None]
    until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    document: Mapped[str]
    received_row_id: Mapped[LongId | None] = mapped_column(ForeignKey("received_row.id"))


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


class CodeRow(Base):
    """What stands behind the `#` of a licence's QR code: a credential's compact payload (docs/qr-format.md), empty where there is
    no room for it.

    `number` counts the codes of one credential from 1: it gets another one when the key of the last was compromised.
    """

    __tablename__ = "qr_code"
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signing_key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"), index=True)
    body: Mapped[bytes]
    made_at: Mapped[datetime]


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
