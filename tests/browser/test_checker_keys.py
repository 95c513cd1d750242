"""Another key of the inspector pack, on a phone that expects the one before: by its word, or only after somebody compared it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from registry.pack.folder import FRESH
from registry.pack.key import Ending, pack_keys, rotate_pack_key
from registry.pack.making import make_pack
from tests.browser.inspecting import ASKS, PHONE, Checker, checker
from tests.browser.looking import SHAPES, Look, Shape
from tests.browser.site import Site, browser_arguments, running_site
from verify.manifest import fingerprint

OTHER = ("ข้อมูลลงลายมือชื่อด้วยกุญแจอื่น", "The data is signed by another key")
KEEP = ("ใช้ข้อมูลเดิมต่อไป", "Go on with what is here")
Phones = Callable[[Shape], AbstractContextManager[Checker]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A register of its own, without licences: its key is rotated."""
    with running_site(tmp_path, files=0) as found:
        yield found


@pytest.fixture
def ready(site: Site, playwright: Playwright, chromium: str) -> Phones:
    """Phones that are ready, with the first key."""

    @contextmanager
    def phone(shape: Shape) -> Iterator[Checker]:
        browser = playwright.chromium.launch(executable_path=chromium, args=browser_arguments(site.port))
        with checker(browser, shape, site.register.now()) as found:
            found.get_ready()
            yield found
        browser.close()

    return phone


def look_after(phone: Checker, site: Site, ending: Ending) -> list[str]:
    """Rotates the key, and looks at what there is. Returns the fingerprints of all keys, oldest first."""
    site.clock.pass_by(seconds=FRESH.total_seconds())
    phone.page.context.clock.set_fixed_time(site.clock.now)
    rotate_pack_key(site.register, ending)
    look_again(phone)
    return [fingerprint(each.public_key) for each in pack_keys(site.register)]


def look_again(phone: Checker) -> None:
    phone.page.locator("main button").filter(has_text=ASKS).click()
    phone.shows("offer")


def prints(phone: Checker) -> list[str]:
    """The fingerprints on the screen."""
    return phone.page.locator(".print").all_inner_texts()


def test_a_new_key_is_taken_by_the_word_of_the_one_before(ready: Phones, site: Site) -> None:
    with ready(PHONE) as phone:
        older = make_pack(site.register, timedelta(hours=24)).manifest
        assert prints(phone) == [fingerprint(pack_keys(site.register)[0].public_key)]
        # Two rotations, one update.
        rotate_pack_key(site.register)
        first, _, last = look_after(phone, site, Ending.HANDED_OVER)
        assert prints(phone) == [first, last]
        assert "รับรองกุญแจใหม่แล้ว" in phone.page.locator("main .notice").inner_text()
        phone.page.locator("main button.main").click()
        phone.shows("home")
        assert prints(phone) == [last]
        phone.update()
        # From now on the key of before is another one, and its pack is older besides.
        phone.page.route("**/pack/manifest", lambda route: route.fulfill(body=older))
        phone.page.locator("main button").filter(has_text=ASKS).click()
        phone.page.wait_for_selector("main[data-screen=home] [role=alert]")
        assert phone.page.get_by_role("alert").inner_text().startswith("ทะเบียนเสนอข้อมูลที่เก่ากว่า")
        assert prints(phone) == [last]


def test_another_key_is_taken_by_who_compared_it_and_the_list_of_the_day_stays(ready: Phones, site: Site) -> None:
    with ready(PHONE) as phone:
        phone.type("0" * 26)
        phone.start_page()
        first, last = look_after(phone, site, Ending.COMPROMISED)
        assert phone.page.locator("h1").inner_text() == OTHER[0]
        assert prints(phone) == [first, last]
        phone.tap(KEEP[0])
        phone.shows("home")
        assert prints(phone) == [first]
        look_again(phone)
        phone.tap("เชื่อถือกุญแจใหม่")
        assert phone.page.locator("#compared").evaluate("box => box.validity.valueMissing")
        assert phone.page.locator("main").get_attribute("data-screen") == "offer"
        phone.page.locator("#compared").check()
        phone.tap("เชื่อถือกุญแจใหม่")
        phone.shows("home")
        phone.page.reload()
        phone.shows("home")
        assert prints(phone) == [last]
        phone.page.get_by_role("button", name="รายการตรวจของฉัน (1)").wait_for()
        phone.update()
        assert prints(phone) == [last]


def test_a_pack_of_the_future_by_a_stolen_key_keeps_no_new_key_away(ready: Phones, site: Site) -> None:
    with ready(PHONE) as phone:
        at = site.clock.now
        site.clock.pass_by(hours=5_000)
        ahead = make_pack(site.register, timedelta(hours=24)).manifest
        site.clock.now = at
        phone.page.route("**/pack/manifest", lambda route: route.fulfill(body=ahead))
        phone.update()
        phone.page.unroute("**/pack/manifest")
        _, last = look_after(phone, site, Ending.COMPROMISED)
        phone.page.locator("#compared").check()
        phone.tap("เชื่อถือกุญแจใหม่")
        phone.shows("home")
        assert (prints(phone), phone.age()) == ([last], "ageFresh")


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_both_screens_are_whole_in_this_shape(ready: Phones, site: Site, shape: Shape) -> None:
    with ready(shape) as phone:
        look = Look(phone.page, shape)
        look_after(phone, site, Ending.HANDED_OVER)
        look.judge("checker-new-key")
        phone.tap("ยกเลิก" if shape.lang == "th" else "Cancel")
        phone.shows("home")
        look_after(phone, site, Ending.COMPROMISED)
        look.judge("checker-other-key")
