"""The rows of one table, before they are written down: made up, numbered in the order of issue, with their acts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from registry.demo.headings import STYLES
from registry.demo.kinds import KINDS, Kind
from registry.demo.lives import Dates, Event, State, dates_before, draw_dates, draw_events, draw_state
from registry.demo.numbers import NUMBERINGS, Facts, Numbering
from registry.demo.people import Named, Pair, People
from registry.demo.places import Place, near, read_places, street
from registry.demo.sheets import Sheet
from vocab.history import ActKind

_LONG_NAME_EVERY = 60


@dataclass(frozen=True)
class Bearer:
    """Who holds a licence, where, and for what: the same before and after a renewal. Keys of `cells` are our fields."""

    place: Place
    cells: Mapping[str, str]
    particulars: Mapping[str, str]
    activities: tuple[str, ...]


@dataclass
class Entry:
    """One licence. The number comes last, since serials follow the order of issue."""

    bearer: Bearer
    dates: Dates
    events: tuple[Event, ...]
    state: State
    number: str = ""
    qualifier: str = ""
    aliases: tuple[str, ...] = ()
    successor: "Entry | None" = None
    renews: "Entry | None" = None


def draw_entries(rng: Random, people: People, sheet: Sheet, today: date) -> list[Entry]:
    """The licences of one table, numbered, in the order of issue."""
    kind, numbering = KINDS[sheet.type], NUMBERINGS[sheet.authority, sheet.type]
    places = [place for place in read_places() if place.subdistrict_code.startswith(sheet.places)]
    shows_start = "valid_from" in STYLES[sheet.style].headings
    # A number that comes again every year cannot say which licence it renews.
    renumbers = kind.duration.renumbers and not numbering.scope_year and "renews" in STYLES[sheet.style].headings
    entries: list[Entry] = []
    for at in range(sheet.size):
        state = draw_state(rng, kind.duration, shows_start=shows_start, renumbers=renumbers)
        dates = draw_dates(rng, kind.duration, state, today, shows_start=shows_start)
        bearer = _bearer(rng, people, kind, rng.choice(places), long=at % _LONG_NAME_EVERY == 30)
        entry = Entry(bearer, dates, draw_events(rng, state, dates, today), state)
        if state is State.RENEWED:
            entry.renews = _predecessor(entry, kind)
            entries.append(entry.renews)
        entries.append(entry)
    entries.sort(key=lambda entry: entry.dates.issued_on)
    _give_numbers(rng, numbering, entries)
    return entries


def _predecessor(entry: Entry, kind: Kind) -> Entry:
    event = Event(kind=ActKind.RENEW, on=entry.dates.valid_from, reason="ต่ออายุใบอนุญาตโดยออกเลขที่ใหม่")
    return Entry(entry.bearer, dates_before(kind.duration, entry.dates), (event,), State.RENEWED, successor=entry)


def _give_numbers(rng: Random, numbering: Numbering, entries: list[Entry]) -> None:
    serials: defaultdict[int, int] = defaultdict(lambda: numbering.first)
    # From the middle of the order, so that none of them expires tomorrow.
    ordinary = [at for at, entry in enumerate(entries) if entry.state is State.ACTIVE]
    odd = {at: which for which, at in enumerate(ordinary[len(ordinary) // 2 :][: len(numbering.odd)])}
    for at, entry in enumerate(entries):
        book = entry.dates.issued_on.year if numbering.yearly else 0
        facts = Facts(rng=rng, serial=serials[book], issued_on=entry.dates.issued_on, place=entry.bearer.place)
        serials[book] += rng.randint(1, numbering.gap)
        entry.number = numbering.odd_number(odd[at], facts) if at in odd else numbering.make(facts)
        if numbering.scope_year:
            entry.qualifier = f"be{facts.be}"
        if numbering.aliases:
            entry.aliases = numbering.aliases(facts, entry.number)


def _bearer(rng: Random, people: People, kind: Kind, place: Place, *, long: bool) -> Bearer:
    licensee = people.company(kind.lines) if rng.random() < kind.companies else people.person()
    cells = {"licensee": licensee.th, "juristic_id": licensee.juristic_id}
    cells["licensee_en"] = licensee.en if rng.random() < 0.7 else ""
    words, activities = _trade(rng, kind)
    if words:
        cells |= _premises(rng, people.shop(words, long=long))
    if kind.address:
        cells |= _address(rng, place)
    if kind.conditions:
        cells["condition"] = rng.choice(kind.conditions) if rng.random() < 0.3 else ""
    particulars = {
        # What is optional on the face is sometimes left out by those who fill the table.
        code: str(rng.choice(values)) if at == 0 or rng.random() < 0.93 else ""
        for at, (code, (_, values)) in enumerate(kind.particulars.items())
    }
    return Bearer(place, cells, particulars, activities)


def _trade(rng: Random, kind: Kind) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """The words to choose a shop's name from, and its activities: now and then a second one."""
    if not kind.activities:
        return kind.words, ()
    at = rng.randrange(len(kind.activities))
    words = (kind.words[at],) if len(kind.words) == len(kind.activities) else kind.words
    first, second = kind.activities[at], rng.choice(kind.activities)
    return words, (first, second) if second != first and rng.random() < 0.1 else (first,)


def _premises(rng: Random, shop: Named) -> Iterator[tuple[str, str]]:
    yield "premises", shop.th
    yield "premises_en", shop.en if rng.random() < 0.6 else ""


def _address(rng: Random, place: Place) -> Iterator[tuple[str, str]]:
    latitude, longitude = near(rng, place) if rng.random() < 0.8 else ("", "")
    yield "street", street(rng, place)
    yield "subdistrict", place.subdistrict_th
    yield "district", place.district_th
    yield "province", place.province_th
    yield "postal_code", place.postal_code
    yield "subdistrict_code", place.subdistrict_code
    yield "latitude", latitude
    yield "longitude", longitude
