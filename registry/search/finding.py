"""Finding a licence from what a person has: a number in any spelling, an address, a name."""

from dataclasses import dataclass, replace

from registry.record import LicenseRecord
from registry.search.exact import find_exact, find_nearly, readable, typed
from registry.search.folding import squeezed
from registry.search.listing import Wanted, listing
from registry.store import Store
from vocab.iri import weak_key

SHORTEST_BARE = 4
"""So many letters and digits of a number are looked for without its separators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found for a query. `exact` bear the number (or the address); `named` have it in a name; `similar` are merely
    suggestions ("did you mean") and never mixed with the others. `more` says that the lists were cut off."""

    exact: tuple[LicenseRecord, ...] = ()
    named: tuple[LicenseRecord, ...] = ()
    similar: tuple[LicenseRecord, ...] = ()
    more: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.exact or self.named or self.similar)


def search(store: Store, query: str) -> Found:
    """Finds licences. An address or a number is looked for first and, if found, alone."""
    exact, more = find_exact(store, query)
    if exact:
        return Found(exact=exact, more=more)
    text = typed(query)
    if not text:
        return Found()
    similar, more = find_similar(store, query)
    page = listing(store, Wanted(text=text))
    # What is suggested is part of the number, and would be in the list too.
    suggested = {record.id for record in similar}
    named = tuple(record for record in store.records(page.ids) if record.id not in suggested)
    return Found(named=named, similar=similar, more=more or page.after is not None)


def find_similar(store: Store, query: str) -> tuple[tuple[LicenseRecord, ...], bool]:
    """Licences whose number is nearly the one that was typed, or is it but for separators: to be suggested, never to be taken for
    it. And whether there are more than these."""
    near, more = find_nearly(store, query)
    if near:
        return near, more
    for bare in _bare(readable(query)):
        if len(bare) >= SHORTEST_BARE and any(map(str.isdecimal, bare)):
            found = store.records(listing(store, Wanted(text=bare)).ids)
            bearing = tuple(each for each in found if _bears(each, bare))
            if bearing:
                return bearing, False
    return (), False


def _bare(number: str) -> tuple[str, str]:
    """A number without its separators, and without leading zeros and labels too."""
    return squeezed(number), squeezed(weak_key(number))


def _bears(record: LicenseRecord, bare: str) -> bool:
    return any(bare in _bare(number) for number in (record.license.number, *record.license.aliases))


def similar_numbers(store: Store, wanted: Wanted) -> list[LicenseRecord]:
    """Those whose number is nearly the one that is wanted, and of which all else that is wanted is so."""
    near, _ = find_similar(store, wanted.number)
    among = replace(wanted, number="", among=tuple(record.id for record in near))
    return store.records(listing(store, among).ids) if near else []
