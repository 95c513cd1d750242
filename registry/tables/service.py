"""What the service itself measures."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables.base import Base, LongId


class ProbeRow(Base):
    """What one process answered in one minute: how many public requests, how many of them with an error of ours, and how long
    they took in all. Nothing is kept of who asked, nor of what."""

    __tablename__ = "probe"
    __table_args__ = (Index("probe_minute", "minute"),)
    id: Mapped[LongId] = mapped_column(primary_key=True)
    minute: Mapped[datetime]
    requests: Mapped[int]
    errors: Mapped[int]
    milliseconds: Mapped[int]
