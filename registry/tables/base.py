"""What all tables share: typed columns, and instants in UTC on both engines."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped
from sqlalchemy.types import DateTime


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


LongId = Annotated[int, "64 bits"]
"""An id of rows of which every file of every month brings more: 32 bits would not last four years for a nation."""


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        dict[str, Any]: JSON(),
        bytes: LargeBinary(),
        str: Text(),
        # SQLite's integers have 64 bits, and only its INTEGER counts by itself.
        LongId: BigInteger().with_variant(Integer(), "sqlite"),
    }


class Leased:
    """A row that one worker at a time is at: `lease` is its secret (empty: nobody is), `lease_until` how long it is believed."""

    lease: Mapped[str]
    lease_until: Mapped[datetime | None]
