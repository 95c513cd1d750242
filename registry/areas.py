"""Districts and subdistricts that public licences are in, by code: noted as they become public, and kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from registry.bulk import insert_rows
from registry.store import Store
from registry.tables import AreaRow, EntryRow
from vocab.area import Area, is_area_code, province_called, province_code, provinces
from vocab.history import Status
from vocab.license import License, LocalText
from vocab.place import place_name


@dataclass(frozen=True, slots=True)
class ProvinceFigures:
    """How many public licences name a province, and how many of these are in force. `area` is None for those that name none of
    the 77."""

    area: Area | None
    licenses: int
    in_force: int


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


def figures_of_provinces(store: Store) -> list[ProvinceFigures]:
    """The figures of each province, by code, also of those that no licence names; behind them those of none."""
    is_in_force = (EntryRow.status == Status.ACTIVE) & or_(
        EntryRow.changes_on.is_(None), EntryRow.changes_on > store.today
    )
    query = select(EntryRow.province, func.count(), func.count().filter(is_in_force)).group_by(EntryRow.province)
    found: dict[str, tuple[int, int]] = {}
    for name, licenses, in_force in store.session.execute(query):
        # The lists find a province by its Thai name.
        code = province_code(name) if name and name == str(province_called(name)) else ""
        before = found.get(code, (0, 0))
        found[code] = (before[0] + licenses, before[1] + in_force)
    every = [ProvinceFigures(area, *found.get(code, (0, 0))) for code, area in provinces().items()]
    return [*every, ProvinceFigures(None, *found.get("", (0, 0)))]


def _area(row: AreaRow) -> Area:
    return Area(code=row.code, name=LocalText(th=row.name) if row.name else None)
