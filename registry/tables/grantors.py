"""Who grants what: the instance itself, authorities, licence types, mandates, announcements."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base


class InstanceRow(Base):
    """The one row that says which registry this is. `base_url` is frozen at the first mint; `refreshed_on` is the day (in Thai
    legal time) up to which acts that take effect by the calendar are in the status lists; `is_demo` that its data is made up;
    `declared_at` when it was last declared who grants what, where that was noted; `entries_form` the form in which all entries
    are (`registry.register.ENTRIES_FORM`)."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(primary_key=True)
    base_url: Mapped[str]
    created_at: Mapped[datetime]
    refreshed_on: Mapped[date]
    is_demo: Mapped[bool]
    declared_at: Mapped[datetime | None]
    entries_form: Mapped[int] = mapped_column(server_default="0")


class AuthorityRow(Base):
    """An authority. What it is listed by stands beside its document; empty is what nobody has said."""

    __tablename__ = "authority"
    __table_args__ = (Index("authority_ministry", "ministry"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    document: Mapped[str]
    level: Mapped[str] = mapped_column(server_default=text("''"))
    ministry: Mapped[str] = mapped_column(server_default=text("''"))
    ministry_en: Mapped[str] = mapped_column(server_default=text("''"))


class AuthoritySealRow(Base):
    """The seal of an authority, for posters: a PNG that this register made itself of the file that was declared."""

    __tablename__ = "authority_seal"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), primary_key=True, autoincrement=False)
    image: Mapped[bytes]


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
    """The right of an authority to grant a type. `generation` grows with each change of what is public of these licences."""

    __tablename__ = "mandate"
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("license_type.id"), primary_key=True)
    document: Mapped[str]
    generation: Mapped[int] = mapped_column(server_default="0")


class AnnouncementRow(Base):
    __tablename__ = "announcement"
    __table_args__ = (UniqueConstraint("authority_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    code: Mapped[str]
    document: Mapped[str]
