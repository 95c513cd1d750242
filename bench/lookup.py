"""A licence looked up by its IRI among many, beside the driver's own SELECT on the same connection."""

import time
from collections.abc import Callable
from random import Random
from typing import Any, cast

from bench.engines import Engine, size_on_disk
from bench.lists import AUTHORITY, LICENSE_TYPE
from bench.synthetic import Sample, fill
from registry.lookup import ON_POSTGRESQL, ON_SQLITE
from registry.register import Register
from vocab.iri import LicenseIri, license_iri

ROUNDS, A_TURN = 40, 250


def looking_up(engine: Engine, count: int, sample: Sample) -> dict[str, Any]:
    """Seconds for one look-up among `count` licences: by IRI from the store, and by the driver; the best of the rounds."""
    with engine.place() as place:
        register = place.make()
        began = time.perf_counter()
        fill(register, count, sample)
        filling = time.perf_counter() - began
        found = in_turns(register, [f"{n}/2567" for n in Random(3).choices(range(1, count + 1), k=ROUNDS * A_TURN)])
        size = size_on_disk(register)
        register.database.close()
    return {"licences": count, **found, "filling": filling, "bytes": size}


def in_turns(register: Register, numbers: list[str]) -> dict[str, float]:
    """Seconds for the look-up of one of these numbers, by the store and by the driver, in turns on one connection."""
    iris = [license_iri(register.base, AUTHORITY, LICENSE_TYPE, number) for number in numbers]
    with register.database.reading() as session:
        store = register.store(session)
        driver = cast(Any, session.connection().connection.driver_connection)
        statement = ON_POSTGRESQL if register.database.engine.dialect.name == "postgresql" else ON_SQLITE

        def by_driver(iri: LicenseIri) -> object:
            return driver.execute(statement, (iri.tail,)).fetchone()

        if any(by_driver(iri) is None or store.locate(iri) is None for iri in iris):
            raise RuntimeError("a licence was not found")
        ours, bare, whole = [], [], []
        for first in range(0, len(iris), A_TURN):
            turn = iris[first : first + A_TURN]
            bare.append(_each(by_driver, turn))
            ours.append(_each(store.locate, turn))
            whole.append(_each(store.find, turn[:20]))
    return {
        "ours": min(ours),
        "bare": min(bare),
        "ratio": min(ours) / min(bare),
        "the whole record": min(whole),
    }


def _each(look: Callable[[LicenseIri], object], iris: list[LicenseIri]) -> float:
    began = time.perf_counter()
    for iri in iris:
        look(iri)
    return (time.perf_counter() - began) / len(iris)
