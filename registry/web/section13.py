"""The figures on section 13, as pages and as tables."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from registry import urls
from registry.intake.gravity import Gravity
from registry.intake.table import escaped
from registry.living import Living
from registry.probe import Measured, measured
from registry.register import Register
from registry.render import Rendered
from registry.search import readable
from registry.section13 import Figures, Sums, by_authority, figures, sums, sums_of_all
from registry.translation import language
from registry.web.answer import document_answer
from vocab.authority import LicensingAuthority
from vocab.graph import date_time

PAGE = 200
"""So many authorities stand on one page."""
HEADINGS = (
    *("authority", "authority_th", "authority_en", "type", "type_th", "type_en", "display_required", "announcement"),
    *("gazette_ref", "gazetted_on", "in_force_from", "display", "announcement_url", "licenses", "incomplete"),
    *("incomplete_url", "promised", "last_received", "freshness", "last_list", "blocks", "warns", "informs"),
    "licenses_url",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The figures of all authorities, and a page of authorities with theirs; `after` goes on with the next."""

    total: Sums
    authorities: Sequence[tuple[LicensingAuthority, Sums]]
    after: str
    service: Measured | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The figures of one authority, type by type."""

    authority: LicensingAuthority
    total: Sums
    types: Sequence[Figures]


def section13_blueprint(register: Register) -> Blueprint:
    """Which licences must be displayed, which are gazetted, and how good the data is, for everybody to see."""
    blueprint = Blueprint("section13", __name__)
    totals = Living(sums_of_all)

    @blueprint.get("/section-13")
    def overview() -> str:
        with register.database.reading() as session:
            store = register.store(session)
            total = totals.at(store, register.now())
            found = store.authorities(after=readable(request.args.get("after", "")), limit=PAGE + 1)
            page = Overview(
                total=total,
                authorities=by_authority(figures(store, found[:PAGE])),
                after=found[PAGE - 1].code if len(found) > PAGE else "",
                service=measured(session, register.now()),
            )
        return render_template("section13.html", page=page)

    @blueprint.get("/section-13.csv")
    def overview_table() -> Response:
        with register.database.reading() as session:
            return _table(register.base, figures(register.store(session)))

    @blueprint.get("/section-13/<code>")
    def account(code: str) -> str | Response:
        with register.database.reading() as session:
            store = register.store(session)
            authority = store.require_authority(code)
            if authority.code != code:
                return _permanently(
                    urls.in_language(urls.section_13(authority.code), language(request.args.get("lang")))
                )
            found = figures(store, [authority])
        page = Account(authority=authority, total=sums(found), types=found)
        return render_template("section13_authority.html", page=page)

    @blueprint.get("/section-13/<code>.csv")
    def account_table(code: str) -> Response:
        with register.database.reading() as session:
            store = register.store(session)
            authority = store.require_authority(code)
            if authority.code != code:
                return _permanently(urls.section_13_table(authority.code))
            return _table(register.base, figures(store, [authority]))

    return blueprint


def _permanently(path: str) -> Response:
    return Response(status=308, headers={"Location": path})


def _table(base: str, found: Iterable[Figures]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    # A name is an agency's own words: no cell is run as a formula by a spreadsheet program.
    writer.writerows(map(escaped, _line(base, each)) for each in found)
    # With its mark Excel knows the letters.
    return document_answer(Rendered(b"\xef\xbb\xbf" + text.getvalue().encode(), "text/csv; charset=utf-8"))


def _line(base: str, each: Figures) -> Iterable[str]:
    authority, license_type, announcement = each.authority, each.license_type, each.announcement
    of = {"authority": authority.code, "type": license_type.code}
    yield from (authority.code, authority.name.th, authority.name.en)
    yield from (license_type.code, license_type.name.th, license_type.name.en)
    yield {True: "yes", False: "no", None: "unknown"}[license_type.display_required]
    if announcement is None:
        yield from ("", "", "", "", each.display.value, "")
    else:
        yield from (str(announcement.title), announcement.gazette_ref)
        yield from (str(day or "") for day in (announcement.published_on, announcement.in_force_from))
        yield from (each.display.value, announcement.online_copy)
    yield str(each.licenses)
    yield "" if each.incomplete is None else str(each.incomplete)
    yield base + urls.licenses_where(**of, incomplete="1") if each.incomplete else ""
    yield each.frequency.value if each.frequency else ""
    yield date_time(each.received_at) if each.received_at else ""
    yield each.freshness.value
    yield date_time(each.last_list.published_at) if each.last_list else ""
    yield from (str(each.last_list.found(gravity)) if each.last_list else "" for gravity in Gravity)
    yield base + urls.licenses_where(**of)
