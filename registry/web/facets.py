"""The ways in which a list is narrowed, as links: what there is to choose, and what was chosen."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry import urls
from registry.intake.gravity import Gravity
from registry.search.entry import AUTHORITY, DISTRICT, INCOMPLETE, PROVINCE, STATUS, TYPE
from registry.search.listing import Listing
from registry.store import Store
from registry.web import wording
from registry.web.asked import FACETS, FINDING, MINISTRY, Asked
from vocab.area import province_called
from vocab.authority import LicensingAuthority
from vocab.history import Status
from vocab.license import LocalText

UNCOUNTED = 200
"""So many values that were not counted stand in a list; of more authorities, there is a page of its own."""
OFFERED = 6
"""So many values of a facet are seen at once; the others unfold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a facet: what it is called (words of ours are still to be translated), and where the list with it (or without
    it, once it is chosen) stands. `count` licences have it, among those that were looked at."""

    facet: str
    name: LocalText | str
    path: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The values of one facet, the most common first; `others` are in no licence that was counted. With `more`, there are still
    others, and this is where all of them stand."""

    name: str
    choices: Sequence[Choice]
    others: Sequence[Choice] = ()
    more: str = ""

    @property
    def offered(self) -> Sequence[Choice]:
        return self.choices[:OFFERED]

    @property
    def folded(self) -> Sequence[Choice]:
        return self.choices[OFFERED:]


def authorities_asked(store: Store, asked: Asked) -> tuple[str, ...]:
    """The code of the authority whose licences are wanted, or () for all."""
    authority = store.authority(asked.authority) if asked.authority else None
    code = authority.code if authority else asked.authority
    return (code,) if code else ()


def ministry_key(authority: LicensingAuthority) -> str:
    """What stands for the authority's ministry in an address: its name, Thai where there is one. Empty where none is known."""
    return str(authority.ministry or "")


def chosen(store: Store, asked: Asked) -> list[Choice]:
    """What the list was narrowed to; each leads to the list without it."""
    names = _Names(store)
    return [
        Choice(facet=facet, name=names.of(facet, value), path=asked.chosen(facet, "").path)
        for facet, value in asked.choices
    ]


def facets(store: Store, asked: Asked, page: Listing, others: Mapping[str, Sequence[str]]) -> list[Facet]:
    """What the list can still be narrowed by. A value that all have narrows nothing, and is left out. Where not all of the list
    was counted, there are `others`: by facet, what it may be narrowed to beside."""
    names = _Names(store)
    counts: dict[str, Mapping[str, int]] = {**page.facets, MINISTRY: names.ministries(page.facets.get(AUTHORITY, {}))}
    found = [
        _facet(names, asked, facet, counts.get(facet, {}), page, () if page.is_all else others.get(facet, ()))
        for facet in FACETS
        if facet not in dict(asked.choices) and not (facet == DISTRICT and not asked.province)
    ]
    return [facet for facet in found if facet.choices or facet.others]


def _facet(
    names: "_Names", asked: Asked, facet: str, counts: Mapping[str, int], page: Listing, others: Sequence[str]
) -> Facet:
    rest = [value for value in others if value not in counts]
    shown = rest[:UNCOUNTED]
    if facet == AUTHORITY:
        names.learn(shown)
    return Facet(
        name=facet,
        choices=list(_choices(names, asked, facet, counts, page)),
        others=[
            Choice(facet=facet, name=names.of(facet, value), path=asked.chosen(facet, value).path) for value in shown
        ],
        more=urls.section_13() if len(rest) > UNCOUNTED and facet == AUTHORITY else "",
    )


def _choices(names: "_Names", asked: Asked, facet: str, counts: Mapping[str, int], page: Listing) -> Iterator[Choice]:
    for value, count in counts.items():
        if count < page.seen or not page.is_all:
            yield Choice(facet=facet, name=names.of(facet, value), path=asked.chosen(facet, value).path, count=count)


class _Names:
    """What the values of facets are called; each is looked up once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._authorities: dict[str, LicensingAuthority | None] = {}

    def of(self, facet: str, value: str) -> LocalText | str:
        if facet == AUTHORITY:
            authority = self._authority(value)
            return authority.name if authority else LocalText(th=value)
        if facet == TYPE:
            license_type = self._store.license_type(value)
            return license_type.name if license_type else LocalText(th=value)
        if facet == STATUS:
            # Never the reader's own text as words of ours: those are not escaped.
            return wording.STATUS[value] if value in set(Status) else LocalText(th=value)
        if facet == INCOMPLETE:
            return wording.INCOMPLETE
        if facet == FINDING:
            return wording.FINDING[value] if value in set(Gravity) else LocalText(th=value)
        if facet == MINISTRY:
            known = (item.ministry for item in self._authorities.values() if item and ministry_key(item) == value)
            return next((name for name in known if name), None) or self._store.ministry(value) or LocalText(th=value)
        if facet == PROVINCE:
            return province_called(value)
        return LocalText(th=value)

    def learn(self, codes: Sequence[str]) -> None:
        """Asks for several authorities at once."""
        self._authorities |= {each.code: each for each in self._store.authorities(codes=codes)} if codes else {}

    def ministries(self, authorities: Mapping[str, int]) -> dict[str, int]:
        """Of how many licences each ministry's authorities are, the most common first."""
        found: Counter[str] = Counter()
        for code, count in authorities.items():
            authority = self._authority(code)
            if authority is not None and authority.ministry is not None:
                found[ministry_key(authority)] += count
        return dict(found.most_common())

    def _authority(self, code: str) -> LicensingAuthority | None:
        if code not in self._authorities:
            self._authorities[code] = self._store.authority(code)
        return self._authorities[code]
