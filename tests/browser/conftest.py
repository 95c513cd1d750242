"""A real browser: the distribution's Chromium, driven by Playwright, on a registry that a process of this test serves."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.looking import Look, Shape, launched, new_page
from tests.browser.site import BASE, Site, running_site
from tests.conftest import IN_CI

NO_CHROMIUM = (
    "Chromium is not on PATH, so no page is looked at in a browser; on Debian: apt-get install chromium fonts-noto-core, "
    "on Ubuntu: snap install chromium"
)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser. Where there is none, tests are skipped, and fail in CI."""
    found = find_chromium()
    if found is None:
        if IN_CI:
            pytest.fail(NO_CHROMIUM, pytrace=False)
        pytest.skip(NO_CHROMIUM)
    return found


@pytest.fixture(scope="session")
def playwright(chromium: str) -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Site]:
    """A registry with the demo's first lists, which tests read and do not change."""
    with running_site(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str, site: Site) -> Iterator[Browser]:
    """The browser, which knows `site` by its host and no other."""
    with launched(playwright.chromium, chromium, site) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without memory, of a phone's size."""
    found = browser.new_context(base_url=BASE, viewport={"width": 390, "height": 844})
    yield found
    found.close()


@pytest.fixture
def looking(browser: Browser) -> Iterator[Callable[[Shape], Look]]:
    """Opens pages in a shape (language and width), to be looked at."""
    opened: list[BrowserContext] = []

    def look(shape: Shape) -> Look:
        page = new_page(browser, shape)
        opened.append(page.context)
        return Look(page, shape)

    yield look
    for each in opened:
        each.close()
