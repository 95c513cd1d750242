"""What a register is asked once it is published: searched, served, and dumped."""

from itertools import islice
from typing import Any

from bench import lists
from bench.dumping import dumping
from bench.engines import Place
from bench.searching import searching
from bench.serving import serving

ASKED = 5_000
Figures = dict[str, Any]


def catalogue(rows: int, place: Place) -> Figures:
    """Of a register with `rows` licences of `bench.lists`."""
    numbers = [str(row[1]) for row in islice(lists.rows(rows), 0, rows, max(1, rows // ASKED))]
    register = place.open()
    found = searching(register, numbers)
    register.database.close()
    return {"search": found, "served": serving(place, numbers), "dumped": dumping(place, rows)}
