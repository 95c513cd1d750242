"""What people see where something is refused or cannot be done now: pages with words, which say nothing about any licence."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Playwright, expect
from sqlalchemy import select

from registry import urls
from registry.places import Places
from registry.tables import LicenseRow
from tests.browser.looking import SHAPES, Look, launched, new_page
from tests.browser.scenes import jpeg
from tests.browser.site import Site, running_site

PHOTO = FilePayload(name="wall.jpg", mimeType="image/jpeg", buffer=jpeg(Image.new("RGB", (400, 300), "#888")))
HUGE = FilePayload(name="wall.jpg", mimeType="image/jpeg", buffer=b"\xff\xd8\xff" + bytes(15_000_000))


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Site]:
    """A registry with a sandbox, which opens so many photos of an address as there are shapes."""
    home = tmp_path_factory.mktemp("narrow")
    settings = {"REGISTRY_SANDBOX": "1", "REGISTRY_RATE_LIMIT": f"{len(SHAPES)}/day"}
    with running_site(home, files=1, **settings) as site:
        yield site


@pytest.fixture(scope="module")
def looks(playwright: Playwright, chromium: str, narrow: Site) -> Iterator[Sequence[Look]]:
    """The four shapes."""
    with ExitStack() as stack:
        browser = stack.enter_context(launched(playwright.chromium, chromium, narrow))
        yield [Look(new_page(browser, shape), shape) for shape in SHAPES]


def send_photo(look: Look, status: int) -> None:
    look.open("/verify")
    with look.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        look.page.locator("input[type=file]").set_input_files(PHOTO)
    assert answer.value.status == status
    expect(look.page.locator("p.lead")).to_be_visible()


def test_there_is_no_place_and_then_no_more_quota(narrow: Site, looks: Sequence[Look]) -> None:
    # One place for each who asks, and this one is taken.
    with Places(narrow.settings.home / "reading", count=1).held("127.0.0.1"):
        for look in looks:
            send_photo(look, 503)
            assert_says_nothing_of_licences(look, "อย่าสรุป|do not conclude")
            look.judge("refused-busy")
    for look in looks:
        send_photo(look, 429)
        assert_says_nothing_of_licences(look, "ไม่เกี่ยวกับว่าใบอนุญาตใด|says nothing about any licence")
        look.judge("refused-too-many")


def assert_says_nothing_of_licences(look: Look, says: str) -> None:
    expect(look.page.locator("main p.lead")).to_have_text(re.compile(says))
    assert look.page.locator(".band, .chip").count() == 0
    expect(look.page.locator("details")).not_to_have_attribute("open", "")


def test_what_is_too_large(narrow: Site, looks: Sequence[Look]) -> None:
    with narrow.register.database.reading() as session:
        license_id = session.scalars(select(LicenseRow.id).order_by(LicenseRow.id)).first()
        assert license_id is not None
        record = narrow.register.store(session).find_by_id(license_id)
    assert record is not None
    for look in looks:
        look.open(urls.report(record.license.iri))
        look.page.locator("form.report input[type=file]").set_input_files(HUGE)
        with look.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            look.page.locator("form.report button").click()
        assert answer.value.status == 413
        expect(look.page.locator("main p.lead")).to_contain_text("12 MB")
        look.judge("refused-too-large")


def test_the_sandbox_says_what_it_is(looks: Sequence[Look]) -> None:
    for look in looks:
        look.open(urls.sandbox())
        # Their keys are made anew for each register.
        for each in look.page.locator("dl.facts dd bdi").all():
            each.evaluate("each => { each.textContent = each.textContent.slice(0, 12) + '7K3M9QTX2B'.repeat(4); }")
        look.judge("sandbox")
