"""The companies that hold licences, alone or with others."""

from collections.abc import Sequence

from sqlalchemy import CompoundSelect, func, select
from sqlalchemy.orm import Session

from registry.tables import EntryRow, JointHolderRow
from vocab.iri import is_juristic_number


def held_by(juristic_id: str) -> CompoundSelect[int]:
    """The ids of the licences that a company holds."""
    alone = select(EntryRow.license_id).where(EntryRow.juristic_id == juristic_id)
    return alone.union_all(select(JointHolderRow.license_id).where(JointHolderRow.juristic_id == juristic_id))


def companies_first_in(session: Session, ids: Sequence[int]) -> list[str]:
    """The companies whose licence with the lowest id is one of these: over all licences, each company once."""
    alone, joint = (table.juristic_id for table in (EntryRow, JointHolderRow))
    here = (
        select(alone).where(EntryRow.license_id.in_(ids)).union(select(joint).where(JointHolderRow.license_id.in_(ids)))
    )
    companies = list(filter(is_juristic_number, session.scalars(here)))
    held = (
        select(alone.label("company"), EntryRow.license_id.label("license_id"))
        .where(alone.in_(companies))
        .union_all(select(joint, JointHolderRow.license_id).where(joint.in_(companies)))
        .subquery()
    )
    first = select(held.c.company, func.min(held.c.license_id)).group_by(held.c.company)
    among = set(ids)
    return sorted(company for company, license_id in session.execute(first) if license_id in among)
