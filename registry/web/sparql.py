"""`/sparql`: the SPARQL 1.1 protocol for programs, and a page with a form for people. It reads, and changes nothing."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request

from registry.config import Settings
from registry.datasets import Dumps
from registry.places import Places
from registry.register import Register
from registry.render import Rendered
from registry.sparql.asking import Found, GraphGone, QueryRefused, QueryTooCostly, ask
from registry.sparql.keeping import GraphKeeper, folder_of
from registry.translation import marked as _
from registry.web.answer import document_answer
from registry.web.api import kept_alive
from vocab.terms import PREFIXES

QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"
SHOWN_ROWS = 500
"""Of an answer, on the page."""
MEDIA_TYPES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples; charset=utf-8",
    "rdf": "application/rdf+xml",
}
_RESULTS = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
_GRAPHS = {"text/turtle": "ttl", "application/n-triples": "nt", "application/rdf+xml": "rdf"}
_HTML = "text/html"
EXAMPLES = (
    (
        _("Which authority has how many licences of which type"),
        "SELECT ?authority ?type ?licenses WHERE {\n"
        "  ?count schema:issuedBy/skos:prefLabel ?authority ;\n"
        "    dct:type/skos:prefLabel ?type ;\n"
        "    <http://purl.org/linked-data/sdmx/2009/measure#obsValue> ?licenses .\n"
        "  FILTER NOT EXISTS { ?count adms:status ?status }\n"
        '  FILTER (lang(?authority) = "th" && lang(?type) = "th")\n'
        "} ORDER BY DESC(?licenses) LIMIT 100",
    ),
    (
        _("Which types of licences rest on which law"),
        "SELECT ?type ?title WHERE {\n  ?type cv:hasLegalResource ?law .\n  ?law dct:title ?title .\n} LIMIT 100",
    ),
    (
        _("The announcements by which licences may be shown electronically"),
        "SELECT ?announcement ?authority ?title WHERE {\n"
        "  ?announcement a eli:LegalResource ;\n"
        "    eli:passed_by ?authority ;\n"
        "    dct:title ?title .\n"
        "} LIMIT 100",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was found, for the page: `rows` of the texts under `names`, or a `graph` as Turtle. `more`: not all is shown."""

    names: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: bool = False
    graph: str = ""
    truth: bool | None = None


def sparql_blueprint(register: Register, settings: Settings) -> Blueprint:
    """The endpoint of `register`, unless the settings close it."""
    blueprint = Blueprint("sparql", __name__)
    keeper = GraphKeeper(register, settings.home, Dumps(settings.data_folder, settings.data_license))
    # Half of the server's processes go on answering all else, whatever is asked here.
    places = Places(folder_of(settings.home), max(1, settings.workers // 2))

    def answered(query: str, results: str | None, graph: str | None) -> Found:
        with places.held(), kept_alive():
            try:
                return ask(keeper.current(), query, results, graph)
            except GraphGone:
                return ask(keeper.current(anew=True), query, results, graph)

    def answer(query: str) -> Response:
        form = _named_form()
        if form is None and _prefers_page():
            return _page(answered, query)
        results, graph = (
            _negotiated() if form is None else ((form, None) if form in _RESULTS.values() else (None, form))
        )
        found = answered(query, results, graph)
        chosen = results if found.kind == "results" else graph
        if chosen is None:
            kinds = _RESULTS if found.kind == "results" else _GRAPHS
            abort(406, f"the answer to this query is one of {', '.join(dict.fromkeys(kinds))}")
        response = document_answer(Rendered(found.body, MEDIA_TYPES[chosen]))
        response.vary.add("Accept")
        return response

    @blueprint.before_request
    def require_open() -> None:
        if not settings.sparql:
            abort(404, "the SPARQL endpoint of this registry is closed")

    @blueprint.after_request
    def open_to_all(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
            response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        return response

    @blueprint.get("/sparql")
    def get() -> Response:
        _require_one_graph()
        query = _single("query")
        if query is not None:
            return answer(query)
        if _prefers_page() or not request.accept_mimetypes:
            return Response(_rendered("", None, ""))
        raise QueryRefused(
            "a query is expected in the parameter `query` (or send it by POST, as application/sparql-query)"
        )

    @blueprint.post("/sparql")
    def post() -> Response:
        _require_one_graph()
        if request.mimetype == QUERY:
            try:
                return answer(request.get_data().decode("utf-8"))
            except UnicodeDecodeError as error:
                raise QueryRefused("a query is text in UTF-8") from error
        if request.mimetype != FORM:
            abort(415, f"the body is {QUERY} or {FORM} here (got Content-Type {request.mimetype[:100]!r})")
        query = _single("query")
        if query is None:
            raise QueryRefused("a query is expected in the field `query`")
        return answer(query)

    return blueprint


def _single(name: str) -> str | None:
    """The value of a parameter, of the address or of the form. Raises `QueryRefused` where there are two."""
    found = [*request.args.getlist(name), *request.form.getlist(name)]
    if len(found) > 1:
        raise QueryRefused(f"one `{name}` is expected (got {len(found)})")
    return found[0] if found else None


def _require_one_graph() -> None:
    """SPARQL 1.1 Protocol 2.1.4: whoever names a data set gets that one, or is refused."""
    for name in ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri"):
        if name in request.args or name in request.form:
            raise QueryRefused(
                f"`{name}` names another graph, and there is one here, which is asked anyhow; leave it out"
            )
    if "update" in request.args or "update" in request.form:
        raise QueryRefused("`update` changes what is asked, and this endpoint only answers questions, sent as `query`")


def _named_form() -> str | None:
    """The form that is asked for by name, for those who cannot set `Accept`. Raises `QueryRefused` for one that is not there."""
    form = _single("format")
    if form and form not in MEDIA_TYPES:
        raise QueryRefused(f"`format` is one of {', '.join(MEDIA_TYPES)} (got {form[:40]!r})")
    return form or None


def _negotiated() -> tuple[str | None, str | None]:
    """The form for results and the form for graphs that `Accept` asks for; None where it takes none of that kind."""
    accepted = request.accept_mimetypes
    if not accepted:
        return "json", "ttl"
    results, graph = (accepted.best_match(list(kinds)) for kinds in (_RESULTS, _GRAPHS))
    if results is None and graph is None:
        abort(406, f"the answer to a query is one of {', '.join((*_RESULTS, *_GRAPHS))}")
    return results and _RESULTS[results], graph and _GRAPHS[graph]


def _prefers_page() -> bool:
    best = request.accept_mimetypes.best_match([MEDIA_TYPES["json"], *_RESULTS, *_GRAPHS, _HTML])
    return best == _HTML


def _page(answered: Any, query: str) -> Response:
    """The form with what was found, or with what is wrong."""
    if not query.strip():
        return Response(_rendered("", None, ""))
    try:
        found = answered(query, "json", "ttl")
    except (QueryRefused, QueryTooCostly) as error:
        return Response(_rendered(query, None, str(error)), 400)
    return Response(_rendered(query, _table(found), ""))


def _rendered(query: str, table: Table | None, fault: str) -> str:
    return render_template(
        "sparql.html", query=query, table=table, fault=fault, examples=EXAMPLES, prefixes=PREFIXES, lang=g.lang
    )


def _table(found: Found) -> Table:
    if found.kind == "graph":
        text = found.body.decode()
        lines = text.split("\n")
        return Table(graph="\n".join(lines[:SHOWN_ROWS]), more=len(lines) > SHOWN_ROWS)
    answer = json.loads(found.body)
    if "boolean" in answer:
        return Table(truth=answer["boolean"])
    names, rows = answer["head"]["vars"], answer["results"]["bindings"]
    cells = tuple(tuple(row.get(name, {}).get("value", "") for name in names) for row in rows[:SHOWN_ROWS])
    return Table(names=tuple(names), rows=cells, more=len(rows) > SHOWN_ROWS)
