"""What search engines are told: which addresses to leave alone (robots.txt), and where every public page stands (site map).

A part of the map has the licences of a range of ids: it stays the same part for ever, and no part must be counted for another.
"""

import re
from collections.abc import Iterator

from flask import Blueprint, Response, abort
from sqlalchemy import select

from registry import urls
from registry.register import Register
from registry.search.holders import companies_first_in
from registry.store import Store
from registry.tables import EntryRow, LicenseRow
from vocab.area import provinces
from vocab.graph import date_time

PART = 25_000
"""Licences of one part, each of which may bring the page of a company along. The protocol allows 50,000 addresses and 50 MB; a
number may be long, and so is its address then."""
PIECE = 1_000
KEPT = "public, max-age=3600"
CATALOGUE = "catalogue"
"""The part with the pages that are not of one licence: authorities and types of licence, some thousands."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PART_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_ROBOTS = """User-agent: *
Disallow: {search}?
Disallow: {api}
Sitemap: {sitemap}
"""


def sitemap_blueprint(register: Register) -> Blueprint:
    """`/robots.txt`, `/sitemap.xml` and `/sitemap/{name}.xml`."""
    blueprint = Blueprint("sitemap", __name__)

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        # Lists can be narrowed in more ways than there are licences; each licence is in the site map.
        body = _ROBOTS.format(search=urls.search(), api=urls.api(), sitemap=register.base + urls.sitemap())
        return _kept(Response(body, content_type="text/plain; charset=utf-8"))

    @blueprint.get("/sitemap.xml")
    def index() -> Response:
        with register.database.reading() as session:
            names = [CATALOGUE, *map(str, _parts(register.store(session)))]
        parts = (f"<sitemap><loc>{register.base}{urls.sitemap_part(name)}</loc></sitemap>\n" for name in names)
        return _xml(_document("sitemapindex", parts))

    @blueprint.get("/sitemap/<name>.xml")
    def part(name: str) -> Response:
        if name == CATALOGUE:
            return _xml(_document("urlset", _things(register)))
        if not _PART_NUMBER.fullmatch(name):
            abort(404, "there is no such part: `/sitemap.xml` names all of them")
        with register.database.reading() as session:
            if next(_parts(register.store(session), int(name)), 0) != int(name):
                abort(404, "there is no such part: `/sitemap.xml` names all of them")
        return _xml(_document("urlset", _licenses(register, int(name))))

    return blueprint


def _parts(store: Store, first: int = 1) -> Iterator[int]:
    """The numbers of the parts that have licences, from `first` on: the first id behind a part says which is the next."""
    last = (first - 1) * PART
    ids = select(EntryRow.license_id).order_by(EntryRow.license_id).limit(1)
    while (found := store.session.scalar(ids.where(EntryRow.license_id > last))) is not None:
        number = (found - 1) // PART + 1
        yield number
        last = number * PART


def _licenses(register: Register, number: int) -> Iterator[str]:
    """The pages of the licences with the ids of a part, with the instant of the last change of each, and of the companies that
    come first among their holders. Piece by piece, so that no transaction is held open by a slow reader."""
    last, end = (number - 1) * PART, number * PART
    query = (
        select(LicenseRow.id, LicenseRow.tail, EntryRow.modified_at)
        .join(EntryRow, EntryRow.license_id == LicenseRow.id)
        .order_by(EntryRow.license_id)
        .limit(PIECE)
    )
    while last < end:
        with register.database.reading() as session:
            piece = session.execute(query.where(EntryRow.license_id > last, EntryRow.license_id <= end)).all()
            companies = companies_first_in(session, [row.id for row in piece])
        for _, tail, modified_at in piece:
            yield _url(register.base + urls.license_page(tail), date_time(modified_at))
        for company in companies:
            yield _url(register.base + urls.juristic_document(company, "html"))
        last = piece[-1].id if len(piece) == PIECE else end


def _things(register: Register) -> Iterator[str]:
    with register.database.reading() as session:
        store = register.store(session)
        codes = list(store.authority_levels())
        paths = [
            urls.home(),
            urls.search(),
            urls.section_13(),
            urls.provinces(),
            *(urls.area_document(code, "html") for code in provinces()),
            *map(urls.authority, codes),
            *map(urls.section_13, codes),
            *(urls.license_type(item.code) for item in store.license_types()),
        ]
    yield from (_url(register.base + path) for path in paths)


def _url(address: str, modified: str = "") -> str:
    # Of our addresses none has a character that XML would want escaped: base, codes and segments are of a small alphabet.
    return f"<url><loc>{address}</loc>{f'<lastmod>{modified}</lastmod>' if modified else ''}</url>\n"


def _document(root: str, parts: Iterator[str]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n'
    yield from parts
    yield f"</{root}>\n"


def _xml(document: Iterator[str]) -> Response:
    return _kept(Response(document, content_type="application/xml"))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = KEPT
    return response
