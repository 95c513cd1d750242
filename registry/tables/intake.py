"""What agencies send: files, batches, rows, findings, and the mappings that say which column is what."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, LongId


class ReceivedFileRow(Base):
    """The bytes of a file as they came, or, where `packing` is zlib, compressed."""

    __tablename__ = "received_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    received_at: Mapped[datetime]
    packing: Mapped[str] = mapped_column(server_default=text("''"))


class MappingRow(Base):
    """One version of an agency's mapping (TOML) for one of its sources; the newest version is the one that is used."""

    __tablename__ = "mapping"
    __table_args__ = (UniqueConstraint("authority_id", "type_id", "source", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"))
    source: Mapped[str]
    version: Mapped[int]
    document: Mapped[str]
    saved_at: Mapped[datetime]


class BatchRow(Base):
    """One file sent for one authority and type. `state` is one of `registry.intake.batch.BatchState`.

    `channel`: how it came. A `file` has a mapping; of `api` the file is the body of one request and its rows the licences in it.
    `source` names the agency's list that it is an issue of. `holds`: whether it is `all` licences of that list or a `part`.
    As JSON texts: `form` is what the file was (kind, encoding, sheets), `suspicions` what somebody must accept by name before it
    is published. `accepted` is what was; `basis` the generation of what is public
    (`MandateRow`) that it was compared with, and once it is published the one that it made.
    """

    __tablename__ = "batch"
    __table_args__ = (Index("batch_of", "authority_id", "type_id", "state"),)
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
    source: Mapped[str] = mapped_column(server_default=text("''"))
    holds: Mapped[str] = mapped_column(server_default="part")
    form: Mapped[str] = mapped_column(server_default=text("'{}'"))
    basis: Mapped[str] = mapped_column(server_default=text("''"))
    suspicions: Mapped[str] = mapped_column(server_default=text("'{}'"))
    accepted: Mapped[str] = mapped_column(server_default=text("''"))
    undone_at: Mapped[datetime | None]


class ReceivedRow(Base):
    """One row as received and what is to be done with it. Nothing of it changes once its batch is staged.

    `line` counts all rows of the file from 1, the heading included; `sheet` and `sheet_line` are where a spreadsheet shows it,
    where that is another place. `cells` is empty for a row that is just as it was when it was last published. `tail`, `key` and
    `place` are what it is compared by; `digest` stands for its cells; `document` is the licence to publish, and `claim` what its
    status column says, `access` its links where they change. Rows of one licence are published in the order of `wave`.
    `license_id` is set where the licence was public before.
    """

    __tablename__ = "received_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "line"),
        # By bytes on PostgreSQL too, whatever language its database is sorted by: for the licences of one number.
        Index("received_row_tail", "batch_id", "tail", postgresql_ops={"tail": "text_pattern_ops"}),
    )
    id: Mapped[LongId] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    line: Mapped[int]
    sheet: Mapped[str] = mapped_column(server_default=text("''"))
    sheet_line: Mapped[int | None]
    cells: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    license_id: Mapped[int | None] = mapped_column(ForeignKey("license.id"))
    tail: Mapped[str | None]
    key: Mapped[str | None]
    place: Mapped[str | None]
    digest: Mapped[bytes | None]
    document: Mapped[str | None]
    claim: Mapped[str | None]
    access: Mapped[str | None]
    wave: Mapped[int] = mapped_column(server_default="0")


class FindingRow(Base):
    """What is wrong, in which cell. `received_row_id` is None for a finding about the whole file; `proposed` is the cell as it
    should perhaps be, or empty."""

    __tablename__ = "finding"
    id: Mapped[LongId] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    received_row_id: Mapped[LongId | None] = mapped_column(ForeignKey("received_row.id"), index=True)
    column: Mapped[str]
    code: Mapped[str]
    gravity: Mapped[str]
    received: Mapped[str]
    details: Mapped[dict[str, Any]]
    proposed: Mapped[str] = mapped_column(server_default=text("''"))
