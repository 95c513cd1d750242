"""Licences, authorities and types: the things themselves (303) and their documents, one format each."""

from flask import Blueprint, Response, abort, render_template, request

from issuers.qr import CHECK_ID, Correction, png, qr_address, svg
from registry import urls
from registry.access.link import links_told
from registry.access.links import known_links
from registry.codes import code_text
from registry.documents import license_node
from registry.figures import Figures, LivingFigures
from registry.record import LicenseRecord
from registry.register import Register
from registry.render import Rendered, negotiate
from registry.search import readable
from registry.services import NoSuchLicense
from registry.store import NoSuchCode, Store
from registry.timing import declared_at, modified_at
from registry.translation import language
from registry.versions import public_versions
from registry.web import pages, schema_org
from registry.web.answer import FOR_EVER, credential_answer, document_answer, permanently, see_other
from registry.web.grantors import (
    authority_graph,
    authority_page,
    authority_thing,
    type_grantors,
    type_graph,
    type_page,
    type_thing,
)
from registry.web.licensee import licensee_section
from registry.web.linking import Link, graph_answer, lead_to, license_thing, linked, linkset, page_answer
from registry.web.past import asked_day, day_answer, linkset_answer
from vocab.authority import Level, LicenseType
from vocab.disclosure import disclosed
from vocab.iri import LicenseIri, MalformedIri

FORMATS = urls.FORMATS
NAMED = 12
"""So many authorities of each level stand on the front page."""


def catalogue_blueprint(register: Register) -> Blueprint:
    """The public pages and documents of `register`."""
    blueprint = Blueprint("catalogue", __name__)
    figures = LivingFigures()

    @blueprint.get("/")
    def home() -> str:
        with register.database.reading() as session:
            store = register.store(session)
            return render_template("home.html", page=_home(store, figures.at(store, register.now())))

    @blueprint.get("/C/<check_id>")
    def check(check_id: str) -> str | Response:
        if CHECK_ID.fullmatch(check_id) is None and CHECK_ID.fullmatch(check_id.upper()):
            return permanently(urls.check(check_id.upper()))
        return _check_page(register, check_id)

    @blueprint.get("/c/<check_id>")
    def check_lower_case(check_id: str) -> Response:
        if not CHECK_ID.fullmatch(check_id.upper()):
            raise NoSuchCode(f"no licence has the code {check_id[:40]!r}")
        return permanently(urls.check(check_id.upper()))

    @blueprint.get("/qr/<check_id>.<any(svg, png):form>")
    def qr(check_id: str, form: str) -> Response:
        level = _level(request.args.get("level"))
        with register.database.reading() as session:
            store = register.store(session)
            record = store.find_by_check_id(check_id) if CHECK_ID.fullmatch(check_id) else None
            if record is None:
                raise NoSuchCode(f"no licence has the code {check_id[:40]!r}")
            # What is withdrawn tells nothing of itself any more; its address says why.
            shown = record.version_sequence if record.is_shown else None
            text = code_text(session, register.base, check_id, shown)
        made = (svg(text, level).encode(), "image/svg+xml") if form == "svg" else (png(text, level), "image/png")
        # Another face, or another key, makes another code.
        return document_answer(Rendered(*made))

    @blueprint.get("/id/lic/<path:tail>")
    def license_itself(tail: str) -> Response:
        with register.database.reading() as session:
            resolved = _resolve(register, register.store(session), "/id/lic/")
            if isinstance(resolved, Response):
                return _uncached(resolved)
            form = negotiate(request, (*FORMATS, "linkset"))
            if form is None:
                abort(406)
            day = request.args.get("at")
            at = "" if day is None else f"?{urls.query([('at', day)])}"
            response = see_other(urls.license_document(resolved.license.iri, form) + at)
            return _uncached(linked(response, license_thing(resolved.license.iri).described()))

    @blueprint.get("/doc/<any(html, jsonld, ttl, nt, vc, linkset):form>/lic/<path:tail>")
    def license_document(form: str, tail: str) -> Response:
        day = asked_day(form)
        with register.database.reading() as session:
            store = register.store(session)
            only = _only_credential(register, store) if form == "vc" else None
            if only is not None:
                return linked(credential_answer(*only[1:]), license_thing(only[0]).around("vc"))
            resolved = _resolve(register, store, f"/doc/{form}/lic/")
            if isinstance(resolved, Response):
                return resolved
            if day is not None:
                return day_answer(register, store, resolved, form, day)
            return _document(register, store, resolved, form)

    @blueprint.get("/vc/<credential_id>")
    def credential(credential_id: str) -> Response:
        with register.database.reading() as session:
            row = register.store(session).credential_by_id(credential_id)
            if row is None:
                abort(404, f"no credential has the id {credential_id[:40]!r}")
            return credential_answer(row.body, FOR_EVER)

    @blueprint.get("/id/auth/<code>")
    def authority_itself(code: str) -> Response:
        return _uncached(_thing(register, code, "auth"))

    @blueprint.get("/def/license-type/<code>")
    def type_itself(code: str) -> Response:
        return _uncached(_thing(register, code, "type"))

    @blueprint.get("/doc/<any(html, jsonld, ttl, nt):form>/auth/<code>")
    def authority_document(form: str, code: str) -> Response | str:
        with register.database.reading() as session:
            store = register.store(session)
            authority = store.require_authority(code)
            if authority.code != code:
                return permanently(urls.authority_document(authority.code, form))
            if form == "html":
                page = render_template("authority.html", page=authority_page(register, store, authority))
                return page_answer(authority_thing(store, authority), page)
            node = authority_graph(store, authority)
            return graph_answer(register, authority_thing(store, authority), node, form, declared_at(register, store))

    @blueprint.get("/doc/<any(html, jsonld, ttl, nt):form>/type/<code>")
    def type_document(form: str, code: str) -> Response | str:
        with register.database.reading() as session:
            store = register.store(session)
            license_type = store.require_license_type(code)
            if form == "html":
                return page_answer(
                    type_thing(license_type), _type_html(store, license_type, figures.at(store, register.now()))
                )
            grantors, following = type_grantors(store, license_type, readable(request.args.get("after", "")))
            again = f"{urls.type_document(code, form)}?{urls.query([('after', following)])}" if following else ""
            node = type_graph(store, license_type, grantors)
            return graph_answer(register, type_thing(license_type, again), node, form, declared_at(register, store))

    return blueprint


def _check_page(register: Register, check_id: str) -> str:
    with register.database.reading() as session:
        store = register.store(session)
        record = store.find_by_check_id(check_id) if CHECK_ID.fullmatch(check_id) else None
        if record is None:
            raise NoSuchCode(f"no licence has the code {check_id[:40]!r}")
        pages.require_shown(store, record, "")
        page = pages.license_page(register, store, record, qr_address(register.base, record.check_id))
        return _license_html(register, page, scanned=True)


def _level(text: str | None) -> Correction:
    try:
        return Correction(text or Correction.M)
    except ValueError:
        abort(400, f"the level of a code is M, or Q for places where it gets dirty (got {str(text)[:20]!r})")


def _license_html(register: Register, page: pages.LicensePage, *, scanned: bool) -> str:
    described = schema_org.described(page, register.base, language(request.args.get("lang")))
    shown = licensee_section(register, page, language(request.args.get("lang")))
    return render_template("license.html", page=page, scanned=scanned, described=described, **shown)


def _resolve(register: Register, store: Store, prefix: str) -> LicenseRecord | Response:
    """The licence that the request's path names, or where to go instead (308, 300); aborts with 404 or 410."""
    raw = urls.raw_path(request.environ).removeprefix(prefix)
    try:
        tail = urls.canonical_tail(raw)
        if tail != raw:
            return permanently(prefix + tail)
        iri = urls.parse_tail(register.base, tail)
    except MalformedIri as error:
        with_slash = _with_raw_slash(register, store, raw)
        if with_slash is not None:
            return permanently(prefix + with_slash)
        raise NoSuchLicense(str(error)) from error
    authority = store.authority(iri.authority)
    if authority is not None and authority.code != iri.authority:
        return permanently(prefix + tail.replace(iri.authority, authority.code, 1))
    record = store.find(iri)
    if record is None:
        return _elsewhere(store, iri, prefix)
    pages.require_shown(store, record, iri.number)
    return record


def _only_credential(register: Register, store: Store) -> tuple[LicenseIri, bytes] | None:
    """The licence that the request's path names and its credential, where it has had but one face: most have, and nothing needs
    to be worked out then."""
    raw = urls.raw_path(request.environ).removeprefix("/doc/vc/lic/")
    try:
        iri = urls.parse_tail(register.base, raw)
    except MalformedIri:
        return None
    located = store.locate(iri)
    return (iri, located.only_credential) if located and located.only_credential else None


def _with_raw_slash(register: Register, store: Store, raw: str) -> str | None:
    """The tail of the licence whose number was typed with its slash as it is printed, if there is exactly such a one."""
    parts = raw.split("/")
    if len(parts) != 4:
        return None
    try:
        tail = urls.canonical_tail(f"{parts[0]}/{parts[1]}/{parts[2]}~2F{parts[3]}")
        found = store.find(urls.parse_tail(register.base, tail))
    except MalformedIri:
        return None
    return found.license.iri.tail if found else None


def _elsewhere(store: Store, iri: LicenseIri, prefix: str) -> Response:
    """Where else the number leads: to the licence that bears it as an alias, to the only one that is shown, or to a
    choice of several: a page for people, a link set for machines."""
    aliases = store.find_by_alias(iri) if iri.qualifier is None else []
    qualified = store.find_by_number(iri) if iri.qualifier is None else []
    if len(aliases) == 1 and not qualified:
        return permanently(prefix + aliases[0].license.iri.tail)
    if not (aliases or qualified):
        raise NoSuchLicense(f"no licence in this register has the IRI {iri}")
    choices = [record for record in (*aliases, *qualified) if record.is_shown]
    if not choices:
        pages.require_shown(store, [*aliases, *qualified][0], iri.number)
    if len(choices) == 1:
        return _uncached(permanently(prefix + choices[0].license.iri.tail))
    links = [Link("alternate", urls.license_id(record.license.iri)) for record in choices]
    form = prefix.split("/")[2] if prefix.startswith("/doc/") else negotiate(request, FORMATS)
    if form == "html":
        listed = [pages.summary(store, record) for record in choices]
        response = Response(render_template("choices.html", number=iri.number, choices=listed), 300)
    else:
        found = linkset(store.base, str(iri), links)
        response = Response(found.body, 300, content_type=found.media_type)
        response.headers["Access-Control-Allow-Origin"] = "*"
    return linked(_uncached(response), links)


def _document(register: Register, store: Store, record: LicenseRecord, form: str) -> Response:
    iri = record.license.iri
    thing = license_thing(iri)
    if form == "html":
        page = pages.license_page(register, store, record, qr_address(register.base, record.check_id))
        return page_answer(thing, _license_html(register, page, scanned=False))
    if form == "vc":
        credential = store.credential(record.version_sequence)
        if credential is None:
            abort(404, "this licence has no credential yet")
        return linked(credential_answer(credential.body), thing.around("vc"))
    if form == "linkset":
        return linkset_answer(register, store, record)
    grantor = store.grantor(iri.authority, iri.type)
    public = disclosed(record.license, grantor.license_type)
    versions = [each.sequence for each in public_versions(store, record)]
    links = links_told(known_links(store.session, store.codec, record), record.license, grantor.license_type)
    node = license_node(record, public, grantor, record.history.status(store.today), versions, links)
    return graph_answer(register, thing, node, form, modified_at(register, store, record))


def _thing(register: Register, code: str, kind: str) -> Response:
    with register.database.reading() as session:
        store = register.store(session)
        if kind == "auth":
            return lead_to(authority_thing(store, store.require_authority(code)))
        return lead_to(type_thing(store.require_license_type(code)))


def _type_html(store: Store, license_type: LicenseType, figures: Figures) -> str:
    after = readable(request.args.get("after", ""))
    return render_template("type.html", page=type_page(store, license_type, figures.licenses, after))


def _home(store: Store, figures: Figures) -> pages.HomePage:
    levels = store.authority_levels()
    named = [
        code
        for level in Level
        for code in sorted(
            (code for code in levels if levels[code] == level), key=lambda code: (-figures.by_authority[code], code)
        )[:NAMED]
    ]
    return pages.HomePage(
        figures=figures,
        authority_count=len(levels),
        authorities=[(item, figures.by_authority[item.code]) for item in store.authorities(codes=named)],
        types=[(item, figures.by_type[item.code]) for item in store.license_types()],
    )


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    return response
