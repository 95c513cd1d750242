"""The search page: a number leads to its licence, and anything else to a list that is narrowed step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from registry import urls
from registry.living import Living
from registry.record import LicenseRecord
from registry.register import Register
from registry.search import find_exact, find_similar
from registry.search.granting import granting
from registry.search.listing import CursorRefused, Sort, Wanted, listing
from registry.search.offered import Offered, offered
from registry.store import Store
from registry.web import pages
from registry.web.answer import see_other
from registry.web.asked import Asked, asked_of
from registry.web.facets import Choice, Facet, authorities_asked, chosen, facets
from vocab.authority import LicensingAuthority
from vocab.license import LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What was found. With `is_number`, the licences that bear the number that was typed, and no others; `similar` have nearly
    the same number and are merely suggested; `outside` bear it, and are not of the choice that was made;
    `grantors` are the authorities and types that are called so, each with its page. `seen` licences were
    looked at to count; `is_all` says that these are all."""

    asked: Asked
    items: Sequence[pages.Summary] = ()
    similar: Sequence[pages.Summary] = ()
    grantors: Sequence[tuple[LocalText, str]] = ()
    outside: Sequence[pages.Summary] = ()
    is_number: bool = False
    is_too_short: bool = False
    is_refused: bool = False
    seen: int = 0
    is_all: bool = True
    facets: Sequence[Facet] = ()
    chosen: Sequence[Choice] = ()
    next: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.items or self.similar or self.grantors or self.outside or self.is_refused or self.asked.after)

    @property
    def orders(self) -> Sequence[tuple[Sort, str]]:
        """Each order with the address of the list in it."""
        return [(sort, self.asked.sorted_by(sort).path) for sort in Sort]


def search_blueprint(register: Register) -> Blueprint:
    """`/search`."""
    blueprint = Blueprint("search", __name__)
    living = Living(offered)

    @blueprint.get("/search")
    def search_page() -> str | Response:
        asked = asked_of(request.args)
        with register.database.reading() as session:
            store = register.store(session)
            exact, _ = find_exact(store, asked.q)
            if len(exact) == 1 and not asked.choices:
                return see_other(urls.license_document(exact[0].license.iri, "html"))
            try:
                page = _found(store, asked, exact, lambda: living.at(store, register.now()))
            except CursorRefused:
                refused = SearchPage(asked=asked.first_page, chosen=chosen(store, asked), is_refused=True)
                return Response(render_template("search.html", page=refused), 400)
            if len(exact) == 1 and page.items:
                return see_other(urls.license_document(exact[0].license.iri, "html"))
            return render_template("search.html", page=page)

    return blueprint


def _found(
    store: Store, asked: Asked, exact: Sequence[LicenseRecord], offered_now: Callable[[], Offered]
) -> SearchPage:
    """The page of the list that was asked for; `exact` bear the number that was typed, and `offered_now` tells what there is to
    narrow a list that was not counted as a whole. Raises `CursorRefused`."""
    is_number = bool(exact)
    wanted = Wanted(
        text="" if is_number else asked.q,
        number=asked.q if is_number else "",
        authorities=authorities_asked(store, asked),
        ministry=asked.ministry,
        type=asked.type,
        province=asked.province,
        district=asked.district,
        status=asked.status,
        activity=asked.activity,
        holder=asked.holder,
        is_incomplete=bool(asked.incomplete),
        finding=asked.finding,
    )
    page = listing(store, wanted, sort=asked.sort, after=asked.after or None)
    # What is suggested is part of the number, and stands apart from the list.
    suggested = find_similar(store, asked.q)[0] if _may_suggest(asked, is_number) else ()
    apart = {record.id for record in suggested}
    records = store.records([one for one in page.ids if one not in apart])
    return SearchPage(
        asked=asked,
        items=pages.summaries(store, records),
        similar=pages.summaries(store, suggested),
        grantors=[] if is_number or asked.after or not asked.q else _grantors(store, asked.q),
        outside=[] if records or asked.after else pages.summaries(store, [each for each in exact if each.is_shown]),
        is_number=is_number,
        is_too_short=wanted.is_too_short,
        seen=page.seen - len(apart & set(page.ids)),
        is_all=page.is_all,
        facets=[] if asked.after else facets(store, asked, page, {} if page.is_all else offered_now().of(wanted)),
        chosen=chosen(store, asked),
        next=asked.page_after(page.after).path if page.after else "",
    )


def _grantors(store: Store, query: str) -> list[tuple[LocalText, str]]:
    """The name and the page of each authority and type that may be meant."""
    return [
        (each.name, urls.authority(each.code) if isinstance(each, LicensingAuthority) else urls.license_type(each.code))
        for each in granting(store, query)
    ]


def _may_suggest(asked: Asked, is_number: bool) -> bool:
    return bool(asked.q) and not (is_number or asked.after or asked.choices)
