"""The checker in a browser: a page of it, what its camera sees, and what it answers."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from issuers.keys import Algorithm, new_signer
from registry.codes import code_text
from registry.services import Decision, perform
from registry.tables import LicenseRow
from tests.browser.looking import Shape
from tests.browser.scenes import jpeg
from tests.browser.site import BASE, Site
from tests.builders import seed_of
from tests.codes import forged
from tests.registry.small import NOON, TODAY
from verify.compact import unseal
from vocab.history import ActKind

CAMERA = """
(() => {
  const canvas = document.createElement('canvas');
  let picture = null;
  const draw = () => {
    if (picture) {
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.getContext('2d').drawImage(picture, 0, 0);
    }
    requestAnimationFrame(draw);
  };
  draw();
  window.before = async data => {
    picture = await createImageBitmap(new Blob([Uint8Array.from(atob(data), each => each.charCodeAt(0))]));
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext('2d').drawImage(picture, 0, 0);
  };
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
})();
"""
"""In place of the camera: a picture that stands still until another is put before it."""

PHONE = Shape("th", "phone")
ASKS = re.compile("ดูขนาดข้อมูล|See what there is|ปรับปรุงข้อมูล|Update the data")
"""The two buttons that ask the register for something."""


@dataclass(frozen=True)
class Checker:
    """The page of the checker, as somebody holds it."""

    page: Page
    shape: Shape

    def shows(self, screen: str) -> None:
        """Waits for a screen."""
        self.page.wait_for_selector(f"main[data-screen={screen}]")

    def tap(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def open(self) -> None:
        """The first screen, on a phone that has no data."""
        self.page.goto(f"/checker/?lang={self.shape.lang}")
        self.shows("setup")

    def get_ready(self) -> None:
        """Downloads the pack, and waits until the program is kept."""
        self.open()
        self.update()
        self.page.wait_for_selector("[data-program=ready]")

    def update(self) -> None:
        """Gets what there is to get, from the first screen or the start page."""
        self.page.locator("main button").filter(has_text=ASKS).click()
        self.shows("offer")
        self.page.locator("main button.main").click()
        self.shows("home")

    def hold(self, picture: Image.Image) -> None:
        """Holds the camera before a picture."""
        self.page.evaluate("data => window.before(data)", base64.b64encode(jpeg(picture)).decode())

    def scan(self, picture: Image.Image) -> str:
        """Holds the camera before a picture; returns which words are told."""
        self.hold(picture)
        self.page.locator("main button.main").click()
        self.shows("verdict")
        return self.told()

    def type(self, text: str) -> str:
        """Types a text on the start page; returns which words are told."""
        self.page.locator("#typed").fill(text)
        self.page.locator("form button").click()
        self.shows("verdict")
        return self.told()

    def told(self) -> str:
        return str(self.page.locator("[data-word-told]").get_attribute("data-word-told"))

    def tone(self) -> str:
        return str(self.page.locator(".band").get_attribute("class")).removeprefix("band ")

    def age(self) -> str:
        return str(self.page.locator("main [data-age]").first.get_attribute("data-age"))

    def start_page(self) -> None:
        self.page.locator("main button.second").last.click()
        self.shows("home")


@contextmanager
def checker(browser: Browser, shape: Shape = PHONE, at: datetime = NOON) -> Iterator[Checker]:
    """A new phone, without memory, with the checker and a camera."""
    context = browser.new_context(
        base_url=BASE,
        viewport={"width": shape.width, "height": 844 if shape.device == "phone" else 800},
        locale="th-TH" if shape.lang == "th" else "en-GB",
        timezone_id="Asia/Bangkok",
        accept_downloads=True,
    )
    context.clock.set_fixed_time(at)
    context.add_init_script(CAMERA)
    yield Checker(context.new_page(), shape)
    context.close()


def licences(site: Site) -> dict[str, list[str]]:
    """The codes of all licences of the register, by the status of each, in the order of the register."""
    found: dict[str, list[str]] = {}
    with site.register.database.reading() as session:
        store = site.register.store(session)
        for license_id in session.scalars(select(LicenseRow.id).order_by(LicenseRow.id)):
            record = store.find_by_id(license_id)
            if record is not None and record.version_sequence is not None:
                text = code_text(session, BASE, record.check_id, record.version_sequence)
                if "#" in text:
                    found.setdefault(record.history.status(store.today), []).append(text)
    return found


def decide(site: Site, code: str, kind: ActKind) -> None:
    """Suspends or revokes the licence of a code."""
    with site.register.database.reading() as session:
        record = site.register.store(session).find_by_check_id(code.partition("#")[0].rpartition("/")[2])
    assert record is not None
    perform(site.register, record.license.iri, Decision(kind=kind, on=TODAY, order="ที่ 1/2569", reason="ทดสอบ"))


def altered(code: str) -> str:
    """The code with a digit of its content changed."""
    at = code.index("#") + 60
    return f"{code[:at]}{(int(code[at]) + 1) % 10}{code[at + 1 :]}"


def swapped(code: str, other: str) -> str:
    """The digits of one code behind the address of another."""
    return f"{other.partition('#')[0]}#{code.partition('#')[2]}"


def elsewhere(code: str) -> str:
    """The code on a host that looks like ours."""
    return code.replace("LICENSE.EXAMPLE.GO.TH", "LICENSE.EXAMPLE-GO.TH")


def counterfeit(code: str) -> str:
    """The same content under our own address, signed by a key of somebody else."""
    address, _, digits = code.partition("#")
    signer = new_signer("did:web:elsewhere.example", seed_of("counterfeiter"), Algorithm.ED25519)
    return forged(unseal(digits, address).payload, signer=signer, address=address)
