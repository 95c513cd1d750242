"""What the address of a list asks for, and the addresses that ask for more, less or other of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from unicodedata import category

from registry import urls
from registry.search import readable
from registry.search.entry import ACTIVITY, AUTHORITY, DISTRICT, INCOMPLETE, PROVINCE, STATUS, TYPE
from registry.search.listing import Sort
from vocab.area import province_name
from vocab.place import place_name

MINISTRY = "ministry"
HOLDER = "holder"
FINDING = "finding"
FACETS = (MINISTRY, AUTHORITY, TYPE, PROVINCE, DISTRICT, STATUS, ACTIVITY)
"""What a list can be narrowed by, in the order in which it is offered."""
NARROWED = (*FACETS, HOLDER, INCOMPLETE, FINDING)
"""All that it can be narrowed by, here as in the API: to the last two, the figures on section 13 lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader looks for (`q`), what the list was narrowed to, its order, and the cursor of a later page."""

    q: str = ""
    ministry: str = ""
    authority: str = ""
    type: str = ""
    province: str = ""
    district: str = ""
    status: str = ""
    activity: str = ""
    holder: str = ""
    incomplete: str = ""
    finding: str = ""
    sort: Sort = Sort.NEWEST
    after: str = ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What the list was narrowed to: (facet, value)."""
        return tuple((name, value) for name in NARROWED if (value := getattr(self, name)))

    @property
    def path(self) -> str:
        """The one address that asks for this."""
        return urls.search(self._pairs())

    @property
    def first_page(self) -> "Asked":
        return replace(self, after="")

    @property
    def without_choices(self) -> "Asked":
        """The whole list of what was typed."""
        return Asked(q=self.q, sort=self.sort)

    def chosen(self, facet: str, value: str) -> "Asked":
        """The first page of the list narrowed to `value`; with an empty one, of the wider list. A district goes with its
        province."""
        other = replace(self.first_page, **{facet: value})  # type: ignore[arg-type] # facets are texts
        return replace(other, district="") if facet == PROVINCE else other

    def sorted_by(self, sort: Sort) -> "Asked":
        return replace(self, after="", sort=sort)

    def page_after(self, cursor: str) -> "Asked":
        return replace(self, after=cursor)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for field in fields(self):
            value = getattr(self, field.name)
            yield field.name, "" if value is Sort.NEWEST else str(value)


def _visible(text: str) -> str:
    """The text, without characters that stand for nothing, and empty where nothing else was typed."""
    shown = "".join(char if char.isprintable() or category(char) != "Cc" else " " for char in text)
    return shown if shown.strip() else ""


def asked_of(args: Mapping[str, str]) -> Asked:
    """What a query string asks for. What is in no list narrows to nothing; an order that there is not is the usual one."""
    value = {name: readable(args.get(name, "")).strip() for name in NARROWED}
    return Asked(
        **value
        | {
            "q": _visible(readable(args.get("q", ""))),
            PROVINCE: province_name(value[PROVINCE]),
            DISTRICT: place_name(value[DISTRICT]),
        },
        sort=next((sort for sort in Sort if sort.value == args.get("sort")), Sort.NEWEST),
        after=args.get("after", ""),
    )
