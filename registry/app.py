"""The web application: `create_app(settings)` puts the blueprints together and sets what holds for every answer."""

import hashlib
import logging
import secrets
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, jsonify, render_template, request
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from registry import urls
from registry.access.files import Files
from registry.config import Settings
from registry.datasets import Dumps
from registry.federation.words import reason_in
from registry.issuing import LIST_RENEWAL
from registry.pack.folder import PackFolder
from registry.places import Places
from registry.poster.desk import Desk
from registry.presented.room import ReadingRoom
from registry.problems import EXPECTED, HTTP_DETAILS, NO_DATABASE, UNTOLD, Problem, http_problem, problem_of, to_json
from registry.register import Register, open_register
from registry.sandbox import open_sandbox
from registry.tables import StatusListRow
from registry.translation import LANGUAGES, Language, language, translate, translations
from registry.trust import RegisterTrust
from registry.web import wording
from registry.web.api import Gate
from registry.web.api_access import access_blueprint
from registry.web.api_acts import acts_blueprint
from registry.web.api_batches import batches_blueprint
from registry.web.api_licenses import licenses_blueprint
from registry.web.api_lists import lists_blueprint
from registry.web.api_reports import reports_blueprint
from registry.web.api_show_links import show_links_blueprint
from registry.web.badges import badges_blueprint
from registry.web.body import whole_bodies
from registry.web.catalogue import catalogue_blueprint
from registry.web.check import check_blueprint
from registry.web.checker import checker_blueprint
from registry.web.companies import companies_blueprint
from registry.web.counts import SharedCounts
from registry.web.definitions import definitions_blueprint
from registry.web.files import files_blueprint, uploads_blueprint
from registry.web.help import help_blueprint
from registry.web.issue import issue_blueprint
from registry.web.kept import keeping_answers
from registry.web.limits import (
    Limits,
    address_limits_of,
    caller_of,
    poster_limits_of,
    report_limits_of,
    token_limits_of,
)
from registry.web.linked import linked_blueprint
from registry.web.measure import measuring_answers
from registry.web.open_data import open_data_blueprint
from registry.web.openapi import openapi_blueprint
from registry.web.pack import pack_blueprint
from registry.web.pages import RecordWithdrawn
from registry.web.past import versions_blueprint
from registry.web.posters import batch_posters_blueprint, posters_blueprint
from registry.web.problem import problem_blueprint
from registry.web.provinces import provinces_blueprint
from registry.web.public import open_to_all
from registry.web.report import report_blueprint
from registry.web.sandbox import sandbox_blueprint
from registry.web.search import search_blueprint
from registry.web.section13 import section13_blueprint
from registry.web.show import show_blueprint
from registry.web.sitemap import sitemap_blueprint
from registry.web.sparql import sparql_blueprint
from registry.web.trust import trust_blueprint
from verify.document import MAX_BYTES, Document
from verify.fetch import Fetcher
from verify.presentation import Asked, PresentationVerdict, examine_presentation
from verify.resolver import Resolver
from verify.scanned import examine_code
from verify.verdict import Verdict
from verify.verifier import examine_document
from verify.web import verification_blueprint
from vocab.history import THAI_TIME
from vocab.license import LocalText
from vocab.thai import format_date, thai_digits

log = logging.getLogger(__name__)

STRANGERS_SECONDS = 4.0
"""For each document of a stranger: a slow host must not keep our workers."""
MAX_FIELDS = 20
"""Of a form; ours have two or three."""
MAX_LIST_AGE = 2 * LIST_RENEWAL

STATIC = Path(__file__).resolve().parent.parent / "static"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SCRIPTED = "; script-src 'self'; connect-src 'self'; worker-src 'self'; media-src 'self' blob:"
"""What is added for a page with a script of ours: it may ask us, start the scanner and show the camera."""
READS_CODES = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""Of the worker that reads QR codes: what it may load is said by its own answer, and not by the page that starts it."""
PAGES = (
    "/",
    "/search",
    "/verify",
    "/C/",
    "/c/",
    "/doc/html/",
    "/problems/",
    "/section-13",
    "/section-13/",
    "/report/",
    "/help",
    "/show",
)
"""Addresses that people read: their errors are pages. All others answer programs with problem+json, browsers with a page."""


def create_app(settings: Settings, register: Register | None = None, counts: SharedCounts | None = None) -> Flask:
    """The application for the register in `settings` (or the given one). Raises `NotInitialised`.

    How often somebody asks is counted in `counts`, which processes share that were forked since; by default each has its own.
    """
    if register is None:
        register = open_register(settings, lambda: datetime.now(UTC), secrets.token_bytes)
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    answering = keeping_answers(whole_bodies(app.wsgi_app), register)
    app.wsgi_app = measuring_answers(answering, register)  # type: ignore[method-assign, assignment] # as Flask says it is done
    if settings.proxies:
        # Who asks, and nothing else, is taken from what proxies say: addresses of ours come from the register's base.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    app.config["MAX_CONTENT_LENGTH"] = 2 * MAX_BYTES
    # What is pasted may be as long as what is uploaded; Flask's own limit is below that of a file.
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * MAX_BYTES
    app.config["MAX_FORM_PARTS"] = MAX_FIELDS
    # `//` inside an address is an error of its own, not something to repair silently.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _set_up_templates(app)
    app.jinja_env.globals.update(is_demo=register.is_demo(), base_url=register.base)
    app.before_request(_choose_language)
    app.before_request(_refuse_nul)
    app.after_request(open_to_all)
    app.after_request(_harden)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_error)
    app.register_blueprint(catalogue_blueprint(register))
    app.register_blueprint(search_blueprint(register))
    app.register_blueprint(companies_blueprint(register))
    app.register_blueprint(sitemap_blueprint(register))
    app.register_blueprint(linked_blueprint(register))
    app.register_blueprint(provinces_blueprint(register))
    app.register_blueprint(definitions_blueprint(register))
    app.register_blueprint(versions_blueprint(register))
    app.register_blueprint(trust_blueprint(register))
    app.register_blueprint(section13_blueprint(register))
    app.register_blueprint(open_data_blueprint(register, Dumps(settings.data_folder, settings.data_license)))
    resolver = Resolver(Fetcher(seconds=STRANGERS_SECONDS))
    counts = counts or SharedCounts()
    limits = address_limits_of(settings, counts)
    # However many pictures are sent and posters asked for, and whoever waits for a place: one process answers all else.
    at_once = max(1, settings.workers // 2)
    places = Places(settings.home / "reading", at_once, waiting=max(0, settings.workers - at_once - 1))
    room, report_limits = ReadingRoom(places), report_limits_of(settings, counts)
    app.register_blueprint(check_blueprint(register, resolver, limits, room.read))
    app.register_blueprint(report_blueprint(register, report_limits, room.redraw, settings.report_days))
    app.register_blueprint(help_blueprint())
    app.register_blueprint(_verification(register, resolver, limits))
    sandbox = open_sandbox(register) if settings.sandbox else None
    app.register_blueprint(issue_blueprint(register, sandbox))
    gate = Gate(register, token_limits_of(settings, counts), limits)
    app.register_blueprint(licenses_blueprint(register, gate))
    app.register_blueprint(lists_blueprint(register))
    app.register_blueprint(sparql_blueprint(register, settings))
    app.register_blueprint(acts_blueprint(register, gate))
    app.register_blueprint(access_blueprint(register, gate))
    files = Files(settings.files_folder, settings.files_quota << 20)
    app.register_blueprint(files_blueprint(register, files))
    app.register_blueprint(uploads_blueprint(register, files, gate))
    app.register_blueprint(batches_blueprint(register, gate))
    app.register_blueprint(reports_blueprint(register, gate))
    stale_after = timedelta(hours=settings.pack_stale_hours)
    app.register_blueprint(pack_blueprint(PackFolder(register, settings.pack_folder, stale_after)))
    app.register_blueprint(checker_blueprint(STATIC))
    desk, poster_limits = Desk(places, settings.home / "set"), poster_limits_of(settings, counts)
    app.register_blueprint(posters_blueprint(register, desk, poster_limits))
    app.register_blueprint(badges_blueprint(register, desk, poster_limits))
    app.register_blueprint(show_blueprint(register))
    app.register_blueprint(show_links_blueprint(register, gate))
    app.register_blueprint(batch_posters_blueprint(register, gate, desk))
    if sandbox is not None:
        app.register_blueprint(sandbox_blueprint(sandbox))
    app.register_blueprint(openapi_blueprint(register, sandbox=sandbox is not None))
    app.register_blueprint(problem_blueprint())
    app.add_url_rule("/healthz", "healthz", lambda: _health(register))
    return app


def _verification(register: Register, resolver: Resolver, limits: Limits) -> Blueprint:
    def examine(document: Document) -> Verdict:
        with register.database.reading() as session:
            return examine_document(document, RegisterTrust(register, session, resolver), register.now())

    def examine_presented(document: Document, asked: Asked) -> PresentationVerdict:
        with register.database.reading() as session:
            return examine_presentation(document, asked, RegisterTrust(register, session, resolver), register.now())

    def examine_scanned(scanned: str) -> Verdict:
        limits.count("address", caller_of(request.remote_addr))
        with register.database.reading() as session:
            return examine_code(scanned, RegisterTrust(register, session), register.now())

    return verification_blueprint(examine, examine_presented, examine_scanned)


def _health(register: Register) -> tuple[Response, int]:
    """Whether the database answers and the status lists are fresh; for load balancers and monitoring."""
    try:
        with register.database.reading() as session:
            # Not SELECT 1: SQLite answers that from a new, empty file where the database was deleted.
            session.execute(text("SELECT base_url FROM instance")).one()
            oldest = session.scalar(select(func.min(StatusListRow.made_at)))
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return jsonify({"status": "unavailable"}), 503
    age = int((register.now() - oldest).total_seconds()) if oldest else 0
    if age > MAX_LIST_AGE.total_seconds():
        # The refresher has not done its work for a day: in a few more, nobody can check anything offline.
        return jsonify({"status": "status lists are not refreshed", "statusListAgeSeconds": age}), 503
    return jsonify({"status": "ok", "statusListAgeSeconds": age}), 200


def _refuse_nul() -> None:
    if "\0" in request.path:
        # No name here has one, and PostgreSQL would refuse the query.
        abort(404)


def _choose_language() -> None:
    g.lang = language(request.args.get("lang"))


def _harden(response: Response) -> Response:
    policy = READS_CODES if request.path == urls.static("scanner/worker.js") else CONTENT_SECURITY_POLICY
    if g.get("is_scripted"):
        policy += SCRIPTED
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith("/static/") and "v" in request.args and response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if request.path.startswith("/id/"):
        # Errors too: what is not found today may be published tomorrow, and what is asked for decides the form.
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _answer_http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    # Werkzeug's own texts are for developers; ours (passed to abort) say what was read.
    own = error.description or "" if type(error).description != error.description else ""
    detail = own or HTTP_DETAILS.get(error.code, "").format(
        accept=request.headers.get("Accept", "")[:200],
        method=request.method,
        limit=request.max_content_length,
        fields=MAX_FIELDS,
    )
    response = _answer(http_problem(error.code, detail))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "content-range"}:
            response.headers[name] = value
    return response


def _answer_error(error: Exception) -> Response:
    if isinstance(error, OperationalError):
        log.error("the database does not answer", exc_info=error)
        return _answer(http_problem(503, NO_DATABASE))
    if not isinstance(error, EXPECTED):
        log.error("unexpected error", exc_info=error)
    elif isinstance(error, tuple(UNTOLD)):
        log.error("cannot answer", exc_info=error)
    elif isinstance(error, RecordWithdrawn) and _is_page(request.path):
        return Response(render_template("withdrawn.html", page=error.page), 410)
    return _answer(problem_of(error))


def _answer(problem: Problem) -> Response:
    lang: Language = getattr(g, "lang", "th")
    title = translate(lang, problem.title)
    if _is_page(request.path):
        return Response(render_template("error.html", problem=problem, title=title), problem.status, problem.headers)
    if "lang" not in request.args:
        title = problem.title
    response = jsonify(to_json(problem, title))
    response.status_code = problem.status
    response.headers.update(problem.headers)
    response.content_type = "application/problem+json"
    return response


def _is_page(path: str) -> bool:
    """Whether the answer is for a person: at an address that people read, or to a browser anywhere."""
    if any(path == page or (page.endswith("/") and page != "/" and path.startswith(page)) for page in PAGES):
        return True
    return (
        request.accept_mimetypes.best_match(["application/problem+json", "application/json", "text/html"])
        == "text/html"
    )


def _set_up_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: translations(g.lang).gettext(message),
        lambda one, many, n: translations(g.lang).ngettext(one, many, n),
        newstyle=True,
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["text"] = lambda text: text.in_language(g.lang) if isinstance(text, LocalText) else text
    environment.filters["day"] = lambda day: format_date(day, lang=g.lang, style="long")
    environment.filters["moment"] = _moment
    environment.filters["clock"] = lambda instant: instant.astimezone(THAI_TIME).strftime("%H:%M:%S")
    environment.filters["here"] = lambda path: urls.in_language(path, g.lang)
    environment.filters["number"] = lambda number: f"{number:,}"
    environment.globals.update(urls=urls, wording=wording, languages=LANGUAGES, thai_digits=thai_digits)
    environment.globals["disagreement"] = lambda original: reason_in(g.lang, original)
    environment.globals["page_in"] = _this_page_in
    environment.globals["this_path"] = _this_path
    environment.globals["asset"] = _asset
    environment.globals["script"] = _script


@cache
def _asset(name: str) -> str:
    """The path of a static file, with its content's hash: it may be kept for ever, and a new one is seen at once."""
    version = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{urls.static(name)}?v={version}"


def _script(name: str) -> str:
    """The path of a script of ours. The page that has it may run it, and no other page may."""
    g.is_scripted = True
    return _asset(name)


def _moment(instant: datetime) -> str:
    """An instant for people: day and minute in Thai time."""
    local = instant.astimezone(THAI_TIME)
    clock = local.strftime("%H:%M")
    return f"{format_date(local.date(), lang=g.lang, style='short')} {clock}" + (" น." if g.lang == "th" else "")


def _this_page_in(lang: Language) -> str:
    """The address of the present page in another language."""
    query = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    if lang != "th":
        query.append(("lang", lang))
    return _this_path() + ("?" + urls.query(query) if query else "")


def _this_path() -> str:
    """The path of the present page, as it was asked for."""
    return urls.raw_path(request.environ) or "/"
