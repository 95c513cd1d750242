"""Companies: juristic persons that hold licences of this register, each with its licences. Never natural persons."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request

from registry import urls
from registry.register import Register
from registry.render import negotiate, render_graph
from registry.search.listing import PAGE, CursorRefused, Wanted, listing
from registry.store import Store
from registry.web import pages
from registry.web.answer import document_answer, see_other
from vocab.graph import company_document
from vocab.iri import is_juristic_number
from vocab.license import LocalText, Organization

GRAPHS = ("jsonld", "ttl", "nt")
FORMS = ("html", *GRAPHS)
IN_GRAPH = 50
"""So many licences of a company stand in one document for programs; `Link` leads to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPage:
    """A company and one page of its licences. `names` as its licences have them, that of the newest first. On the first page,
    `seen` is how many licences were counted, and `is_all` says that these are all. `after` is the cursor of the next page."""

    juristic_id: str
    names: Sequence[LocalText]
    items: Sequence[pages.Summary]
    seen: int
    is_all: bool
    is_first: bool
    after: str


def companies_blueprint(register: Register) -> Blueprint:
    """`/id/juristic/{number}` and its documents."""
    blueprint = Blueprint("companies", __name__)

    @blueprint.get("/id/juristic/<juristic_id>")
    def company_itself(juristic_id: str) -> Response:
        form = negotiate(request, FORMS)
        if form is None:
            abort(406)
        with register.database.reading() as session:
            _held(register.store(session), juristic_id, 1)
        response = see_other(urls.juristic_document(juristic_id, form))
        described = urls.juristic_document(juristic_id, "jsonld")
        response.headers["Link"] = f'<{described}>; rel="describedby"; type="application/ld+json"'
        return response

    @blueprint.get("/doc/<any(html, jsonld, ttl, nt):form>/juristic/<juristic_id>")
    def company_document_in(form: str, juristic_id: str) -> Response | str:
        with register.database.reading() as session:
            store = register.store(session)
            if form == "html":
                return render_template("company.html", page=_held(store, juristic_id, PAGE))
            held = _held(store, juristic_id, IN_GRAPH)
        licenses = [(item.license, item.status) for item in held.items]
        document = company_document(juristic_id, tuple(held.names), licenses, register.base)
        response = document_answer(render_graph(document, form, register.loader))
        if held.after:
            following = urls.juristic_document(juristic_id, form, held.after)
            response.headers["Link"] = f'<{following}>; rel="next"'
        return response

    return blueprint


def _held(store: Store, juristic_id: str, limit: int) -> CompanyPage:
    """One page of a company's licences; aborts with 404 where it has none, and with 400 for a cursor that no page gave."""
    if not is_juristic_number(juristic_id):
        abort(404, "the number of a company has 13 digits, of which the first is 0 and the last a check digit")
    after = request.args.get("after", "")
    try:
        page = listing(store, Wanted(holder=juristic_id), after=after or None, limit=limit)
    except CursorRefused as error:
        abort(400, str(error))
    items = [item for item in pages.summaries(store, store.records(page.ids)) if _names(item, juristic_id)]
    if not items:
        abort(404, f"no licence in this register is that of a company {juristic_id}")
    names = dict.fromkeys(name for item in items for name in _names(item, juristic_id))
    return CompanyPage(
        juristic_id=juristic_id,
        names=list(names),
        items=items,
        seen=page.seen,
        is_all=page.is_all,
        is_first=not after,
        after=page.after or "",
    )


def _names(item: pages.Summary, juristic_id: str) -> list[LocalText]:
    """What the company is called on a licence. Natural persons on the same licence are not asked."""
    return [
        licensee.name
        for licensee in item.license.licensees
        if isinstance(licensee, Organization) and licensee.juristic_id == juristic_id
    ]
