"""Links by which licensees show a licence on their phones."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base


class ShowLinkRow(Base):
    """A link that an authority made for the holder of a licence, known by its digest alone.

    It is opened once, before `expires_at`; the device that opened it may show the licence until `lasts_until`. `made_by` is the
    number of the token that asked for it, None where an officer made it.
    """

    __tablename__ = "show_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    license_id: Mapped[int] = mapped_column(ForeignKey("license.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("access_token.id"))
    expires_at: Mapped[datetime]
    lasts_until: Mapped[datetime]


class ShowLinkEventRow(Base):
    """What happened to such a link, each once: it was `opened`, by the device with the secret whose digest is `device`, or
    `revoked`."""

    __tablename__ = "show_link_event"
    link_id: Mapped[int] = mapped_column(ForeignKey("show_link.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    device: Mapped[str | None] = mapped_column(unique=True)
