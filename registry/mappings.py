"""Mappings that agencies have saved: for each of their lists (sources) one after the other, the newest counts, none is lost."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.tables import MappingRow
from registry.told import Message
from registry.translation import marked as _


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMapping:
    """One version of the mapping of a source: `text` is TOML, `version` counts from 1."""

    source: str
    version: int
    text: str
    saved_at: datetime

    @property
    def name(self) -> str:
        """What errors call it."""
        if self.source:
            return Message(
                _("version %(version)s of the mapping of '%(source)s'"), version=self.version, source=self.source
            )
        return Message(_("version %(version)s of the mapping"), version=self.version)


def save_mapping(
    session: Session, authority_id: int, type_id: int, source: str, text: str, now: datetime
) -> SavedMapping:
    """Keeps `text` as the next version for the source, or gives the newest one where it is the same text.

    The caller has checked that it is a mapping, and holds the lock of the authority (`registry.store.Store.lock_authority`).
    """
    newest = saved_mapping(session, authority_id, type_id, source)
    if newest is not None and newest.text == text:
        return newest
    row = MappingRow(
        authority_id=authority_id,
        type_id=type_id,
        source=source,
        version=newest.version + 1 if newest else 1,
        document=text,
        saved_at=now,
    )
    session.add(row)
    session.flush()
    return _saved(row)


def saved_mapping(session: Session, authority_id: int, type_id: int, source: str) -> SavedMapping | None:
    """The newest mapping of the source, or None."""
    return next(iter(saved_mappings(session, authority_id, type_id, source)), None)


def saved_mappings(session: Session, authority_id: int, type_id: int, source: str) -> tuple[SavedMapping, ...]:
    """All versions for the source, newest first."""
    rows = session.scalars(
        select(MappingRow)
        .where(
            MappingRow.authority_id == authority_id,
            MappingRow.type_id == type_id,
            MappingRow.source == source,
        )
        .order_by(MappingRow.version.desc())
    )
    return tuple(map(_saved, rows))


def mapping_sources(session: Session, authority_id: int, type_id: int) -> dict[str, int]:
    """The sources of an authority and type that have a mapping, with the number of the newest version."""
    rows = session.execute(
        select(MappingRow.source, func.max(MappingRow.version))
        .where(MappingRow.authority_id == authority_id, MappingRow.type_id == type_id)
        .group_by(MappingRow.source)
        .order_by(MappingRow.source)
    )
    return {source: int(version) for source, version in rows}


def _saved(row: MappingRow) -> SavedMapping:
    return SavedMapping(source=row.source, version=row.version, text=row.document, saved_at=row.saved_at)
