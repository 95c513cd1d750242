"""What a licensee sees: the section of the licence's page, and the licence on the phone in each of its states."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry import urls
from registry.record import LicenseRecord
from registry.services import Decision, perform
from registry.showing.links import new_show_link, open_link, revoke_show_links
from registry.tables import LicenseRow
from registry.trust import RegisterTrust
from tests.browser.looking import SHAPES, Look, Shape
from tests.browser.site import BASE, Site
from verify.scanned import examine_code
from verify.verdict import Answer, Verdict
from vocab.history import ActKind, Status

COOKIE = "__Host-show"


@pytest.fixture(scope="session")
def records(site: Site) -> dict[str, LicenseRecord]:
    """A licence in force that nobody else's test changes, one that is suspended here, and one that is over."""
    found: dict[str, LicenseRecord] = {}
    register = site.register
    with register.database.reading() as session:
        store = register.store(session)
        for license_id in session.scalars(select(LicenseRow.id).order_by(LicenseRow.id.desc())):
            record = store.find_by_id(license_id)
            assert record is not None
            status = record.history.status(store.today)
            if status is Status.ACTIVE and len(found) < 2 and record.license.term.expires_on:
                found["suspended" if "active" in found else "active"] = record
            elif status in {Status.REVOKED, Status.EXPIRED} and "over" not in found:
                found["over"] = record
    order = Decision(kind=ActKind.SUSPEND, on=register.today(), order="ที่ 1/2569", reason="สุขลักษณะไม่ผ่านเกณฑ์")
    perform(register, found["suspended"].license.iri, order)
    return found


def give(page: Page, site: Site, record: LicenseRecord) -> None:
    """The phone has opened a link of the licence."""
    _, device = open_link(site.register, new_show_link(site.register, record)[1])
    page.context.add_cookies([{"name": COOKIE, "value": device, "url": BASE, "secure": True, "httpOnly": True}])


def scan(page: Page) -> str:
    picture = Image.open(io.BytesIO(page.locator(".screen-code").screenshot())).convert("RGB")
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def verdict(site: Site, code: str) -> Verdict:
    with site.register.database.reading() as session:
        return examine_code(code, RegisterTrust(site.register, session), site.register.now())


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_the_section_of_the_licence(
    looking: Callable[[Shape], Look], records: dict[str, LicenseRecord], shape: Shape
) -> None:
    for name in ("active", "over"):
        look = looking(shape)
        look.open(urls.check(records[name].check_id))
        section = look.page.locator(".licensee")
        section.scroll_into_view_if_needed()
        assert look.page.evaluate("() => document.querySelector('.badge img').naturalWidth") == 300
        assert section.locator("a[href*='/poster/']").count() == (3 if name == "active" else 0)
        # The rest of the page has its own pictures.
        look.page.evaluate(
            "() => document.querySelectorAll('article > :not(.licensee), .again').forEach(each => each.remove())"
        )
        look.judge(f"licensee-{name}")


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_a_link_is_opened_once_and_the_phone_shows_the_licence(
    looking: Callable[[Shape], Look], site: Site, records: dict[str, LicenseRecord], shape: Shape
) -> None:
    look = looking(shape)
    path = urls.show(new_show_link(site.register, records["active"])[1])
    look.open(path)
    look.judge("show-offered")
    look.page.get_by_role("button").last.click()
    look.page.wait_for_url("**/show**")
    found = verdict(site, scan(look.page))
    assert (found.genuine.answer, found.in_force.answer) == (Answer.YES, Answer.YES)
    look.judge("show-fresh")
    other = looking(shape)
    other.open(path)
    other.judge("show-used")


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_the_phone_of_a_suspended_licence(
    looking: Callable[[Shape], Look], site: Site, records: dict[str, LicenseRecord], shape: Shape
) -> None:
    look = looking(shape)
    give(look.page, site, records["suspended"])
    look.open(urls.show())
    assert look.page.locator(".screen-code").count() == 0
    look.judge("show-suspended")


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_links_that_are_over(
    looking: Callable[[Shape], Look], site: Site, records: dict[str, LicenseRecord], shape: Shape
) -> None:
    register = site.register
    look = looking(shape)
    look.open(urls.show())
    look.judge("show-nothing")
    late = new_show_link(register, records["over"], to_open=timedelta(days=1))[1]
    site.clock.pass_by(days=1)
    try:
        look.open(urls.show(late))
        look.judge("show-expired")
    finally:
        site.clock.pass_by(days=-1)
    give(look.page, site, records["over"])
    revoke_show_links(register, records["over"].id)
    look.open(urls.show())
    look.judge("show-revoked")


def test_the_page_renews_the_code_by_itself(
    looking: Callable[[Shape], Look], site: Site, records: dict[str, LicenseRecord]
) -> None:
    look = looking(Shape("en", "phone"))
    give(look.page, site, records["active"])
    look.open(urls.show())
    first = scan(look.page)
    site.clock.pass_by(seconds=120)
    try:
        assert verdict(site, first).genuine.code == "display-over"
        with look.page.expect_response("**/show.json**"):
            look.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
        look.page.wait_for_function(
            "clock => document.querySelector('.clock-time').textContent === clock",
            arg=f"{(site.register.now() + timedelta(hours=7)):%H:%M:%S}",
        )
        second = scan(look.page)
        assert second != first
        assert verdict(site, second).genuine.answer is Answer.YES
    finally:
        site.clock.pass_by(seconds=-120)


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_a_code_is_hidden_at_its_end_though_the_network_hangs(
    looking: Callable[[Shape], Look], site: Site, records: dict[str, LicenseRecord], shape: Shape
) -> None:
    look = looking(shape)
    look.page.clock.install()
    give(look.page, site, records["active"])
    look.open(urls.show())
    # No answer ever comes, and no refusal either.
    look.page.route("**/show.json**", lambda _route: None)
    look.page.clock.run_for(45_000)
    assert look.page.locator(".screen-code").is_visible()
    assert look.page.locator(".code-over").is_hidden()
    look.page.clock.run_for(20_000)
    look.page.locator(".code-over").wait_for(state="visible")
    assert look.page.locator(".screen-code").is_hidden()
    assert look.page.locator(".clock").is_hidden()
    look.judge("show-offline")
    look.page.unroute("**/show.json**")
    with look.page.expect_response("**/show.json**"):
        look.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    look.page.locator(".screen-code").wait_for(state="visible")
    assert look.page.locator(".code-over").is_hidden()


def test_the_badge_is_a_picture_on_any_site(
    looking: Callable[[Shape], Look], site: Site, records: dict[str, LicenseRecord]
) -> None:
    look = looking(Shape("th", "phone"))
    check = records["active"].check_id
    look.open(urls.home())
    look.page.set_content(
        f"<html lang=th><title>ร้าน</title><main><h1>ร้าน</h1><a href='{BASE}/C/{check}'>"
        f"<img src='{BASE}/badge/{check}.svg' alt='สถานะใบอนุญาต' width=300 height=92></a></main>"
    )
    look.page.wait_for_function("() => document.images[0].complete && document.images[0].naturalWidth === 300")


SHOP = """<!doctype html><html lang={lang}><meta name=viewport content="width=device-width"><title>Badges</title>
<style>body {{ margin: 0; font: 16px sans-serif }} h1 {{ font-size: 20px; margin: 0 0 12px }} section {{ padding: 16px }}
.dark {{ background: #14181d; color: #fff }} ul {{ list-style: none; margin: 0; padding: 0; display: flex;
  flex-wrap: wrap; gap: 12px }}
li {{ display: flex; flex-wrap: wrap; gap: 12px }}</style>
<main><section><h1>Badges</h1><ul>{badges}</ul></section><section class=dark><h2>Badges</h2><ul>{badges}</ul></section></main>"""
"""A page of somebody else, white and dark, with the badges of all states."""


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_badges_are_whole_on_pages_of_others_in_this_shape(
    site: Site, looking: Callable[[Shape], Look], shape: Shape
) -> None:
    found: dict[str, str] = {}
    with site.register.database.reading() as session:
        store = site.register.store(session)
        for license_id in session.scalars(select(LicenseRow.id).order_by(LicenseRow.id)):
            record = store.find_by_id(license_id)
            assert record is not None
            found.setdefault(record.history.status(store.today), record.check_id)
    ids = [found[each] for each in Status if each is not Status.UNKNOWN]
    addresses = [f"/badge/{each}.svg?lang={shape.lang}" for each in (*ids, "0" * 26)]
    badges = "".join(f'<li><img src="{each}" alt="x"><img src="{each}&style=small" alt="y"></li>' for each in addresses)
    look = looking(shape)
    look.page.route(
        f"{BASE}/shop",
        lambda route: route.fulfill(
            body=SHOP.format(lang=shape.lang, badges=badges), content_type="text/html; charset=utf-8"
        ),
    )
    look.page.goto("/shop")
    for image in look.page.locator("img").all():
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("each => each.naturalWidth") in {300, 220}
    look.judge("badges")
