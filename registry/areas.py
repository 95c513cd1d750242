"""Districts and subdistricts that public licences are in, by code: noted as they become public, and kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.bulk import insert_rows
from registry.tables import AreaRow
from vocab.area import Area, is_area_code, provinces
from vocab.license import License, LocalText
from vocab.place import place_name


class NoSuchArea(LookupError):
    """No province has the code, and no public licence is in a district or subdistrict of it."""


def areas_of(public: License) -> Iterator[tuple[str, str]]:
    """The districts and subdistricts that a licence, already `disclosed`, says it is in: (code, name or empty)."""
    for place in public.premises:
        address = place.address
        if is_area_code(address.subdistrict_code):
            yield address.subdistrict_code, place_name(address.subdistrict)
            yield address.subdistrict_code[:4], place_name(address.district)


def note_areas(session: Session, found: Mapping[str, str], now: datetime) -> None:
    """Adds what is not known yet of these areas (name by code). Nobody else does so at the same time."""
    query = select(AreaRow.code, AreaRow.name).where(AreaRow.code.in_(list(found)))
    known = {row.code: row.name for row in session.execute(query)}
    new = [(code, name, now) for code, name in sorted(found.items()) if code not in known]
    insert_rows(session, AreaRow, ("code", "name", "noted_at"), new)
    for code, name in found.items():
        if name and known.get(code) == "":
            session.execute(update(AreaRow).where(AreaRow.code == code).values(name=name, noted_at=now))


def require_area(session: Session, code: str) -> tuple[Area, datetime | None]:
    """The area with this code, and since when what is known of it is so (None for a province). Raises `NoSuchArea`."""
    if code in provinces():
        return provinces()[code], None
    row = session.get(AreaRow, code) if is_area_code(code) else None
    if row is None:
        raise NoSuchArea(
            f"no province has the code {code[:10]!r}, and no public licence is in a district or subdistrict of it "
            "(2, 4 or 6 digits, as the Department of Provincial Administration gives them)"
        )
    return _area(row), row.noted_at


def areas_in(session: Session, code: str) -> list[tuple[Area, datetime]]:
    """What is known to lie right in an area, by code, and since when."""
    inside = AreaRow.code > code, AreaRow.code < f"{code}~"
    rows = session.scalars(select(AreaRow).where(*inside).order_by(AreaRow.code))
    return [(_area(row), row.noted_at) for row in rows if len(row.code) == len(code) + 2]


def _area(row: AreaRow) -> Area:
    return Area(code=row.code, name=LocalText(th=row.name) if row.name else None)
