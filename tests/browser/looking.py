"""What is asked of every page and state: nothing overflows, axe finds no fault, and there is a picture of it in docs/screens."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserType, Page

from tests.browser.site import BASE, Site, browser_arguments
from tests.registry.small import NOON

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "docs" / "screens"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""The rules of WCAG 2.2 on levels A and AA, by axe's names."""
TALLEST = 1_600
"""Pixels of a picture; what is below repeats."""
SAME = 0.0001
"""The part of a picture's points that may differ before it counts as another: less than one word. What the compression takes away
changes none by more than `SEEN`."""
SEEN = 64


class Shape(NamedTuple):
    """How a page is looked at: in which language, at which width."""

    lang: str
    device: str

    @property
    def width(self) -> int:
        return WIDTHS[self.device]


WIDTHS = {"phone": 390, "desktop": 1280}
SHAPES = tuple(Shape(lang, device) for lang in ("th", "en") for device in WIDTHS)


@contextmanager
def launched(kind: BrowserType, chromium: str, site: Site, *more: str) -> Iterator[Browser]:
    """The browser at the path `chromium`, which knows `site` by its host and no other, with `more` arguments, until the end."""
    browser = kind.launch(executable_path=chromium, args=[*browser_arguments(site.port), *more])
    try:
        yield browser
    finally:
        browser.close()


def new_page(browser: Browser, shape: Shape, **options: Any) -> Page:
    """A page of this shape whose clock stands where the register's does."""
    context = browser.new_context(
        base_url=BASE,
        viewport={"width": shape.width, "height": 844 if shape.device == "phone" else 800},
        locale="th-TH" if shape.lang == "th" else "en-GB",
        timezone_id="Asia/Bangkok",
        **options,
    )
    context.clock.set_fixed_time(NOON)
    return context.new_page()


@dataclass(frozen=True)
class Look:
    """A page, looked at in a shape."""

    page: Page
    shape: Shape

    def open(self, path: str) -> None:
        """Goes to a path in the language of the shape."""
        if self.shape.lang != "th":
            path, sign, fragment = path.partition("#")
            path = f"{path}{'&' if '?' in path else '?'}lang={self.shape.lang}{sign}{fragment}"
        self.page.goto(path)

    def judge(self, name: str) -> None:
        """Asserts what holds for every state of every page, and keeps its picture as `name`."""
        assert overflow(self.page) == []
        assert faults(self.page) == []
        keep(self.page, f"{name}-{self.shape.lang}-{self.shape.device}")


def faults(page: Page) -> Sequence[str]:
    """What axe finds on the page as it is now: the rule and the element of each violation."""
    # Not as a script element: the page's own policy would not let it in.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Sequence[Mapping[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(found => found.violations)",
        list(WCAG),
    )
    return [
        f"{rule['id']}: {node['html'][:200]} ({'; '.join(check['message'] for check in node['any'])[:200]})"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> Sequence[str]:
    """The elements that make the page wider than its window."""
    found: Sequence[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
        .map(each => each.outerHTML.slice(0, 160))"""
    )
    return found


def keep(page: Page, name: str) -> None:
    """Puts the picture of the page into docs/screens, unless the one there looks the same."""
    height = page.evaluate("() => document.documentElement.scrollHeight")
    width = page.evaluate("() => innerWidth")
    raw = page.screenshot(
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)},
        animations="disabled",
        caret="hide",
    )
    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    assert picture.getextrema() != ((255, 255),) * 3, "the page is blank"
    keep_picture(picture, name)


def keep_picture(picture: Image.Image, name: str) -> None:
    """Puts a picture into docs/screens, unless the one there looks the same."""
    file = SCREENS / f"{name}.webp"
    if file.exists() and _looks_the_same(picture, Image.open(file).convert("RGB")):
        return
    SCREENS.mkdir(exist_ok=True)
    picture.save(file, "WEBP", quality=50, method=6)


def _looks_the_same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures differ in few points only; what the compression took away is no difference."""
    if one.size != other.size:
        return False
    differing = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value > SEEN else 0)
    return differing.histogram()[255] <= SAME * one.width * one.height
