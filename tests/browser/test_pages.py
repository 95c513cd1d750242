"""Every page that the public reads, in both languages, on a phone and on a desk: nothing overflows, and axe finds no fault."""

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from registry import urls
from registry.tables import LicenseRow
from tests.browser.looking import SHAPES, Look, Shape, faults, new_page, overflow
from tests.browser.site import Site
from vocab.history import Status
from vocab.license import Organization

Paths = Mapping[str, str]
PROBLEM = "/problems/no-such-license"


@pytest.fixture(scope="session")
def paths(site: Site) -> Paths:
    """The address of each page by the name of its picture: licences of each status, and what stands around one of them."""
    found = {
        "home": urls.home(),
        "search": urls.search([("q", "คลินิก")]),
        "search-narrowed": urls.search([("q", "คลินิก"), ("status", Status.EXPIRED)]),
        "search-all": urls.search(),
        "search-nothing": urls.search([("q", "ไม่มีร้านนี้จริงๆ")]),
        "section-13": urls.section_13(),
        "provinces": urls.provinces(),
        "area": urls.area_document("50", "html"),
        "open-data": urls.catalog("html"),
        "definitions": urls.definition_document("", "html"),
        "api": urls.api_page(),
        "sparql": urls.sparql(),
        "problem": PROBLEM,
        "no-such-licence": "/doc/html/lic/dep-0706/animal-clinic/99~2F9999",
        "no-such-page": "/doc/html/nothing",
    }
    companies = None
    with site.register.database.reading() as session:
        store = site.register.store(session)
        for license_id in session.scalars(select(LicenseRow.id).order_by(LicenseRow.id)):
            record = store.find_by_id(license_id)
            assert record is not None
            iri = record.license.iri
            found.setdefault(f"licence-{record.history.status(store.today)}", urls.license_document(iri, "html"))
            if record.license.renews:
                found.setdefault("licence-renewal", urls.license_document(iri, "html"))
            for licensee in record.license.licensees:
                if isinstance(licensee, Organization) and licensee.juristic_id and companies is None:
                    companies = urls.juristic(licensee.juristic_id)
            found.setdefault("authority", urls.authority(iri.authority))
            found.setdefault("section-13-authority", urls.section_13(iri.authority))
            found.setdefault("licence-type", urls.license_type(iri.type))
            for announcement in store.announcements(iri.authority):
                found.setdefault("announcement", urls.announcement_document(iri.authority, announcement.code, "html"))
            for provision in store.require_license_type(iri.type).legal_basis:
                found.setdefault("law", urls.law_document(provision.code, "html"))
    assert companies is not None
    return {**found, "company": companies}


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_every_page_is_whole_in_this_shape(paths: Paths, looking: Callable[[Shape], Look], shape: Shape) -> None:
    look = looking(shape)
    for name, path in paths.items():
        look.open(path)
        look.judge(name)


def test_every_page_is_whole_in_the_dark_and_on_the_narrowest_phone(paths: Paths, browser: Browser) -> None:
    page = new_page(browser, Shape("th", "phone"), color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    for name, path in paths.items():
        page.goto(path)
        assert (name, overflow(page), faults(page)) == (name, [], [])
    page.context.close()
