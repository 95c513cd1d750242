"""What the catalogue shows and tells of licences: an entry for each, and each change in the register's own order."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, LongId

IS_RENEWAL = "renews <> ''"


class EntryRow(Base):
    """A licence as it is listed, searched and told of; there is one for each that is public. Nothing in it is withheld.

    `text` are the lines that it is searched by, folded (`registry.search.folding`), and `name` the first of them. `activities`
    stand one on a line, and so do the numbers of companies in `juristic_id` (where they are several, `JointHolderRow` has each).
    `status` is what the licence is until `changes_on`, when the calendar alone gives it another; `status`, `record_status` and
    `digest`, the SHA-256 of its credential, are what the last change said. `is_incomplete`: it lacks an item that its type's face
    has on every licence. `renews` is the tail of the licence that it renews, or empty. `access` stands for the
    links to its document that the public is told, and is empty where there are none.
    """

    __tablename__ = "entry"
    __table_args__ = (
        Index("entry_name", "name", "license_id"),
        Index("entry_modified", "modified_at", "license_id"),
        Index("entry_mandate", "authority_id", "type_id", "is_incomplete"),
        Index("entry_renews", "renews", sqlite_where=sql(IS_RENEWAL), postgresql_where=sql(IS_RENEWAL)),
        Index("entry_place", "province", "district"),
        Index("entry_changes", "changes_on"),
        Index("entry_holder", "juristic_id"),
    )
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), primary_key=True, autoincrement=False)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"))
    text: Mapped[str]
    name: Mapped[str]
    juristic_id: Mapped[str]
    province: Mapped[str]
    district: Mapped[str]
    activities: Mapped[str]
    status: Mapped[str]
    record_status: Mapped[str]
    changes_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    is_incomplete: Mapped[bool]
    renews: Mapped[str]
    modified_at: Mapped[datetime]
    digest: Mapped[bytes]
    access: Mapped[str] = mapped_column(server_default=sql("''"))


class JointHolderRow(Base):
    """One of several companies that hold the licence of an entry. The company that holds one alone is in the entry itself."""

    __tablename__ = "joint_holder"
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), primary_key=True, autoincrement=False)
    juristic_id: Mapped[str] = mapped_column(primary_key=True, index=True)


class EntryGramsRow(Base):
    """What the index finds an entry by (`registry.search.index`). SQLite has a full-text table of this name in its place."""

    __tablename__ = "entry_grams"
    __table_args__ = (Index("entry_grams_grams", "grams", postgresql_using="gin"),)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), primary_key=True, autoincrement=False)
    grams: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class ChangeRow(Base):
    """One change of what is public of a licence, in the order in which the changes became public: `sequence` never has one
    before it that comes later. `kind` is create, update or delete; the rest is what was so from then on, and no personal data."""

    __tablename__ = "change"
    sequence: Mapped[LongId] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[str]
    record_status: Mapped[str]
    changes_on: Mapped[date | None]
    digest: Mapped[bytes]


class AreaRow(Base):
    """A district (4 digits) or subdistrict (6) that a public licence is or was in; `name` is empty where none of them says it."""

    __tablename__ = "area"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    noted_at: Mapped[datetime]
