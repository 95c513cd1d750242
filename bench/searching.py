"""The search among many licences: by number, and by parts of names with two facets, as the first page of the search asks it."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any, TypeVar

from sqlalchemy import LargeBinary, cast, func, select

from bench.engines import size_of_tables
from bench.lists import LICENSE_TYPE
from registry.register import Register
from registry.search import search
from registry.search.listing import Wanted, listing
from registry.store import Store
from registry.tables import EntryRow
from vocab.history import Status

ASKED = 1_000
SHORTEST, LONGEST = 2, 8
Asked = TypeVar("Asked")
Found = TypeVar("Found")


def searching(register: Register, numbers: Sequence[str]) -> dict[str, Any]:
    """Seconds for one search (`p50` and `p99` of each kind), and the index's bytes for each byte of what it indexes."""
    chance = Random(7)
    with register.database.reading() as session:
        store = register.store(session)
        # Spread over the register, whatever its order.
        ids = session.scalars(select(EntryRow.license_id)).all()
        chosen = sorted(chance.sample(ids, min(ASKED, len(ids))))
        names = session.scalars(select(EntryRow.name).where(EntryRow.license_id.in_(chosen))).all()
        parts = [_part(name, chance) for name in names if len(name) >= SHORTEST]
        found: dict[str, Any] = {
            "exact": _measured(lambda number: search(store, number).exact, numbers[:ASKED], _require_one),
            "part": _measured(lambda part: listing(store, _wanted(part)).ids, parts, partial(_require_found, store)),
        }
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        size = func.length(cast(EntryRow.text, LargeBinary)) if is_sqlite else func.octet_length(EntryRow.text)
        indexed = session.scalar(select(func.sum(size))) or 1
    sizes = size_of_tables(register)
    found["index"] = sum(size for name, size in sizes.items() if name.startswith("entry_grams")) / indexed
    return found


def _part(name: str, chance: Random) -> str:
    length = chance.randint(SHORTEST, min(LONGEST, len(name)))
    begin = chance.randint(0, len(name) - length)
    return name[begin : begin + length]


def _wanted(part: str) -> Wanted:
    return Wanted(text=part, type=LICENSE_TYPE, status=Status.ACTIVE)


def _require_one(number: str, found: Sequence[object]) -> None:
    if len(found) != 1:
        raise RuntimeError(f"{number} was not found")


def _require_found(store: Store, part: str, found: Sequence[object]) -> None:
    """Nothing may be found only where it is a part of none that is active."""
    if found:
        return
    active = select(EntryRow.license_id).where(EntryRow.status == Status.ACTIVE)
    if store.session.scalar(active.where(EntryRow.text.contains(part, autoescape=True)).limit(1)) is not None:
        raise RuntimeError(f"{part!r} was not found")


def _measured(
    ask: Callable[[Asked], Found], asked: Sequence[Asked], require: Callable[[Asked, Found], None]
) -> dict[str, float]:
    taken = []
    for one in asked:
        began = time.perf_counter()
        found = ask(one)
        taken.append(time.perf_counter() - began)
        require(one, found)
    taken.sort()
    return {"p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)]}
