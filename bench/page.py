"""How soon the public pages can be used on a slow phone, in a real browser whose processor is slowed down, beside its limit."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser.conftest import find_chromium
from tests.browser.looking import launched
from tests.browser.site import BASE, running_site

SLOWER = 4
"""So many times: a phone of five years ago beside this machine."""
LIMIT_SECONDS = 1.0
TIMES = 11
PHONE: ViewportSize = {"width": 390, "height": 844}
PATHS = {"front page": "/", "a licence": "LICENCE"}
_READY = """() => {
    const [page] = performance.getEntriesByType('navigation');
    return {ready: page.domContentLoadedEventEnd, bytes: performance.getEntriesByType('resource')
        .reduce((sum, each) => sum + each.transferSize, page.transferSize)};
}"""


def run(say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """For each page: seconds until its scripts have run, in the median; what that is of the limit; and bytes over the wire."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("Chromium is not on PATH, so nothing can be measured")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder)) as site,
        sync_playwright() as playwright,
        launched(playwright.chromium, chromium, site) as browser,
    ):
        found = {}
        for name, path in PATHS.items():
            say(f"{name}, {TIMES} times, {SLOWER} times slower")
            measured = [_opened(browser.new_page(base_url=BASE, viewport=PHONE), path) for _ in range(TIMES)]
            seconds = median(each["ready"] for each in measured) / 1000
            found[name] = {"seconds": seconds, "of limit": seconds / LIMIT_SECONDS, "bytes": measured[0]["bytes"]}
    return found


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown."""
    lines = [f"| page | ready after | of {LIMIT_SECONDS:.0f} s | over the wire |", "|---|---|---|---|"]
    for name, each in figures.items():
        lines.append(f"| {name} | {each['seconds']:.2f} s | {each['of limit']:.2f} | {each['bytes'] / 1000:.0f} kB |")
    return "\n".join(lines)


def _opened(page: Page, path: str) -> Any:
    """A page that this browser sees for the first time."""
    if path == "LICENCE":
        page.goto("/search")
        path = str(page.locator(".card-top a").first.get_attribute("href"))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(path, wait_until="load")
    found = page.evaluate(_READY)
    page.context.close()
    return found
