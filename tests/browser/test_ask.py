"""The one field, the answers and the report, in a browser: as people see them, and as scripts help them."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Playwright, expect
from sqlalchemy import select

from issuers.qr import qr_address
from registry import urls
from registry.codes import code_text
from registry.reports import Mismatch, Told, receive_report
from registry.reports import report as find_report
from registry.tables import LicenseRow
from tests.browser.looking import SHAPES, Look, Shape, faults, launched, new_page, overflow
from tests.browser.scenes import camera_arguments, jpeg, seen, write_mjpeg
from tests.browser.site import BASE, Site
from vocab.history import Status

PHONE = Shape("th", "phone")
FOREIGN = "HTTPS://LICENSE.EXAMPLE.GO.TH.VERIFY-NOW.EXAMPLE/C/5SX3V8QK2M7RATC9YBD4EWGHJN#123"
MOST_BYTES = {"the front page": 60_000, "the page of a code": 62_000}
"""The page of a code also carries the warning that its code is false: it must not have to be fetched."""


@dataclass(frozen=True)
class Sign:
    """A licence of the site: its code, page and number."""

    code: str
    path: str
    number: str
    check_id: str


@pytest.fixture(scope="session")
def signs(site: Site) -> dict[Status, Sign]:
    """A licence of each status."""
    found: dict[Status, Sign] = {}
    with site.register.database.reading() as session:
        store = site.register.store(session)
        for license_id in session.scalars(select(LicenseRow.id).order_by(LicenseRow.id)):
            record = store.find_by_id(license_id)
            assert record is not None
            status = record.history.status(store.today)
            if status not in found:
                text = code_text(session, BASE, record.check_id, record.version_sequence)
                path = urls.license_document(record.license.iri, "html")
                found[status] = Sign(text, path, record.license.number, record.check_id)
    return found


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = new_page(browser, PHONE)
    yield page
    page.context.close()


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    page = new_page(browser, PHONE, java_script_enabled=False)
    yield page
    page.context.close()


def band(page: Page) -> str:
    found = page.locator(".band:visible").get_attribute("class")
    assert found is not None
    return found.removeprefix("band ")


def ask(page: Page, text: str) -> None:
    page.get_by_role("searchbox").fill(text)
    page.get_by_role("searchbox").press("Enter")


def flipped(code: str) -> str:
    return code[:-4] + ("1" if code[-4] != "1" else "2") + code[-3:]


# Pictures


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_every_answer_is_whole_in_this_shape(
    signs: dict[Status, Sign], looking: Callable[[Shape], Look], shape: Shape
) -> None:
    look = looking(shape)
    look.open("/verify")
    look.judge("verify")
    look.open("/help")
    look.judge("help")
    for status, sign in signs.items():
        look.open("/verify")
        ask(look.page, sign.code)
        expect(look.page.locator(".verdict")).to_be_focused()
        look.judge(f"answer-{status}")
    for name, text in (("forged", flipped(signs[Status.ACTIVE].code)), ("foreign", FOREIGN), ("no-credential", "[]")):
        look.open("/verify")
        ask(look.page, text)
        expect(look.page.locator(".verdict")).to_be_focused()
        look.judge(f"answer-{name}")
    look.open("/verify")
    two_codes = FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=two(signs[Status.ACTIVE].code, FOREIGN))
    look.page.locator("input[type=file]").set_input_files(two_codes)
    expect(look.page.locator("#result")).to_be_focused()
    look.judge("answer-beside")
    look.open("/verify")
    codes = two(signs[Status.ACTIVE].code, flipped(signs[Status.ACTIVE].code), FOREIGN)
    several = FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=codes)
    look.page.locator("input[type=file]").set_input_files(several)
    expect(look.page.locator(".several")).to_be_visible()
    look.judge("verify-several")
    look.open("/verify")
    ask(look.page, " ")
    expect(look.page.get_by_role("alert")).to_be_focused()
    look.judge("verify-nothing")
    look.open(f"/report{signs[Status.ACTIVE].path.removeprefix('/doc/html')}")
    look.judge("report")
    look.page.locator("form.report button").click()
    expect(look.page.get_by_role("alert")).to_be_focused()
    look.judge("report-nothing")
    look.open(f"/C/{signs[Status.ACTIVE].check_id}#{signs[Status.ACTIVE].code.partition('#')[2]}")
    expect(look.page.locator(".code-line")).to_have_attribute("data-answer", "yes")
    look.judge("code-signed")
    look.page.goto("about:blank")
    look.open(f"/C/{signs[Status.ACTIVE].check_id}#{flipped(signs[Status.ACTIVE].code).partition('#')[2]}")
    expect(look.page.locator(".overruling .verdict:visible")).to_be_focused()
    look.judge("code-forged")


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_pages_and_answers_in_the_dark(
    signs: dict[Status, Sign], looking: Callable[[Shape], Look], shape: Shape
) -> None:
    look = looking(shape)
    look.page.emulate_media(color_scheme="dark")
    look.open("/")
    look.judge("home-dark")
    look.open(signs[Status.ACTIVE].path)
    look.judge("licence-active-dark")
    for status in (Status.ACTIVE, Status.PENDING, Status.REVOKED):
        look.open("/verify")
        ask(look.page, signs[status].code)
        expect(look.page.locator(".verdict")).to_be_focused()
        look.judge(f"answer-{status}-dark")


NEW = ("/", "/verify", "/help")


def states(page: Page, signs: dict[Status, Sign]) -> Iterator[str]:
    """Each new page and answer, one after the other; gives its name."""
    for path in (*NEW, f"/report{signs[Status.ACTIVE].path.removeprefix('/doc/html')}"):
        page.goto(path)
        yield path
    for status, sign in signs.items():
        page.goto("/verify")
        ask(page, sign.code)
        expect(page.locator(".verdict")).to_be_focused()
        yield status
    for text in (flipped(signs[Status.ACTIVE].code), FOREIGN):
        page.goto("/verify")
        ask(page, text)
        expect(page.locator(".verdict")).to_be_focused()
        yield text


def test_every_answer_is_whole_in_the_dark_and_on_the_narrowest_phone(
    browser: Browser, signs: dict[Status, Sign]
) -> None:
    page = new_page(browser, PHONE, color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    for name in states(page, signs):
        assert (name, overflow(page), faults(page)) == (name, [], [])
    page.context.close()


def test_every_answer_is_whole_at_200_percent(browser: Browser, signs: dict[Status, Sign]) -> None:
    # A window of 1280 pixels at 200 % has 640 of its own, each twice as large.
    page = new_page(browser, Shape("en", "desktop"), device_scale_factor=2)
    page.set_viewport_size({"width": 640, "height": 400})
    for name in states(page, signs):
        assert (name, overflow(page), faults(page)) == (name, [], [])
    page.context.close()


def test_states_are_told_apart_in_black_and_white(phone: Page, signs: dict[Status, Sign]) -> None:
    words, icons = set(), {}
    for _ in states(phone, signs):
        phone.emulate_media(media="print")
        if phone.locator(".band").count():
            picture = Image.open(io.BytesIO(phone.locator(".band").screenshot())).convert("HSV")
            assert picture.getchannel("S").getextrema() == (0, 0), "ink has no colour"
            words.add(phone.locator(".band .words").inner_text())
            icon = Image.open(io.BytesIO(phone.locator(".band .icon").screenshot())).convert("1")
            icons[band(phone)] = icon.tobytes()
        phone.emulate_media(media="screen")
    assert len(words) >= len(signs) + 2
    assert len(set(icons.values())) == len(icons) == 3


# Without a script


def test_without_a_script_typing_and_uploading_work(
    scriptless: Page, signs: dict[Status, Sign], tmp_path: Path
) -> None:
    sign = signs[Status.ACTIVE]
    scriptless.goto("/")
    expect(scriptless.get_by_role("button", name="สแกน QR Code")).to_be_hidden()
    ask(scriptless, sign.number)
    assert scriptless.url == BASE + sign.path
    (tmp_path / "sign.jpg").write_bytes(jpeg(seen(sign.code)))
    scriptless.get_by_label("เลือกรูปถ่าย PDF หรือไฟล์").set_input_files(tmp_path / "sign.jpg")
    assert overflow(scriptless) == []
    scriptless.get_by_role("button", name="ตรวจสอบ").click()
    assert band(scriptless) == "good"
    expect(scriptless.get_by_text(sign.number).first).to_be_visible()
    scriptless.goto(f"/C/{sign.check_id}#{sign.code.partition('#')[2]}")
    assert scriptless.locator(".code-line").inner_text() == ""
    assert scriptless.locator(".code-line").evaluate("each => each.offsetHeight") == 0


def test_a_report_is_sent_without_a_script(
    scriptless: Page, site: Site, signs: dict[Status, Sign], tmp_path: Path
) -> None:
    sign = signs[Status.ACTIVE]
    (tmp_path / "sign.png").write_bytes(png())
    scriptless.goto(sign.path)
    scriptless.get_by_role("link", name="ป้ายนี้ไม่ตรง").click()
    scriptless.get_by_label("ที่ตั้ง").check()
    scriptless.get_by_label("คุณเห็นอะไร").fill("ป้ายนี้อยู่ผิดที่")
    scriptless.get_by_label("รูปถ่ายป้าย").set_input_files(tmp_path / "sign.png")
    scriptless.get_by_role("button", name="ส่งเรื่อง").click()
    reference = scriptless.locator(".reference").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", reference)
    kept = find_report(site.register, reference)
    assert (kept.number, kept.text, kept.has_photo) == (sign.number, "ป้ายนี้อยู่ผิดที่", True)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_the_thanks_are_whole_in_this_shape(
    site: Site, signs: dict[Status, Sign], looking: Callable[[Shape], Look], shape: Shape
) -> None:
    with site.register.database.reading() as session:
        record = site.register.store(session).find_by_check_id(signs[Status.ACTIVE].check_id)
    assert record is not None
    look = looking(shape)
    look.open(urls.report_sent(receive_report(site.register, record, Told(wrong=frozenset({Mismatch.ADDRESS})))))
    expect(look.page.get_by_role("heading", level=1)).to_be_focused()
    # Another one each time.
    look.page.locator(".reference").evaluate("each => { each.textContent = '7K3M9-QTX2B'; }")
    look.judge("report-sent")


# With a script


def test_a_photo_that_the_browser_reads_is_not_sent(phone: Page, signs: dict[Status, Sign], tmp_path: Path) -> None:
    sent: list[int] = []
    phone.on("request", lambda request: sent.append(len(request.post_data_buffer or b"")))
    (tmp_path / "sign.jpg").write_bytes(jpeg(seen(signs[Status.ACTIVE].code)))
    phone.goto("/")
    phone.get_by_label("เลือกรูปถ่าย PDF หรือไฟล์").set_input_files(tmp_path / "sign.jpg")
    expect(phone.locator(".verdict")).to_be_focused()
    assert band(phone) == "good"
    assert max(sent) < 5_000 < (tmp_path / "sign.jpg").stat().st_size


def test_what_the_browser_cannot_read_is_sent(phone: Page, signs: dict[Status, Sign], tmp_path: Path) -> None:
    (tmp_path / "wall.png").write_bytes(png())
    phone.goto("/")
    phone.get_by_label("เลือกรูปถ่าย PDF หรือไฟล์").set_input_files(tmp_path / "wall.png")
    expect(phone.get_by_role("alert")).to_contain_text("ไม่พบ QR Code ในรูป")
    (tmp_path / "two.png").write_bytes(two(signs[Status.ACTIVE].code, signs[Status.EXPIRED].code))
    phone.get_by_label("เลือกรูปถ่าย PDF หรือไฟล์").set_input_files(tmp_path / "two.png")
    expect(phone.get_by_role("heading", level=1)).to_have_text("พบ QR Code มากกว่าหนึ่งรายการ")
    assert (overflow(phone), faults(phone)) == ([], [])
    phone.get_by_role("button", name="ตรวจสอบรายการนี้").first.click()
    expect(phone.locator(".verdict")).to_be_focused()


def two(*texts: str) -> bytes:
    return jpeg(together(*texts))


def together(*texts: str) -> Image.Image:
    """Codes side by side in one picture."""
    pictures = [seen(text, angle=0, blur=0, size=(640, 640)) for text in texts]
    both = Image.new("RGB", (640 * len(texts), 640))
    for number, picture in enumerate(pictures):
        both.paste(picture, (640 * number, 0))
    return both


DROP = """async ([selector, text]) => {
    const files = new DataTransfer();
    files.items.add(new File([text], 'licence.json'));
    const form = document.querySelector(selector);
    const dropped = new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true});
    return form.dispatchEvent(dropped);
}"""


def test_a_credential_is_dropped(phone: Page, signs: dict[Status, Sign]) -> None:
    sign = signs[Status.ACTIVE]
    phone.goto("/verify")
    credential = phone.evaluate("path => fetch(path).then(found => found.text())", sign.path.replace("/html/", "/vc/"))
    assert json.loads(credential)["type"] == ["VerifiableCredential", "LicenseCredential"]
    with phone.expect_navigation():
        assert not phone.evaluate(DROP, ["form.ask", credential]), "the browser itself opens nothing"
    expect(phone.locator(".verdict")).to_be_focused()
    assert band(phone) == "good"


Filming = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def filming(playwright: Playwright, chromium: str, site: Site, tmp_path: Path) -> Filming:
    """A phone whose camera sees these frames."""

    @contextmanager
    def film(*frames: Image.Image) -> Iterator[Page]:
        made = write_mjpeg(tmp_path / "camera.mjpeg", frames)
        with launched(playwright.chromium, chromium, site, *camera_arguments(made)) as browser:
            yield new_page(browser, PHONE)

    return film


def test_a_code_is_scanned_from_the_front_page(filming: Filming, site: Site, signs: dict[Status, Sign]) -> None:
    code = signs[Status.ACTIVE].code
    with filming(*(seen(code, angle=angle) for angle in (3, 4, 5))) as page:
        page.goto("/")
        assert not [each for each in site.asked[-10:] if "scanner" in each], "fetched when it is asked for"
        page.get_by_role("button", name="สแกน QR Code").click()
        expect(page.locator(".verdict")).to_be_focused()
        assert band(page) == "good"
        expect(page.locator(".number")).to_have_text(signs[Status.ACTIVE].number)


def test_the_camera_tells_of_another_code_in_the_picture(filming: Filming, signs: dict[Status, Sign]) -> None:
    sign = signs[Status.ACTIVE]
    for texts in ((sign.code, FOREIGN), (FOREIGN, sign.code)):
        with filming(together(*texts)) as page:
            page.goto("/verify")
            page.get_by_role("button", name="สแกน QR Code").click()
            expect(page.locator("#result")).to_be_focused()
            assert page.locator(".band").first.get_attribute("class") == "band wait"
            expect(page.locator(".band .words").first).to_have_text("มี QR Code อื่นอยู่ในรูปหรือไฟล์นี้")
            expect(page.locator(".beside")).to_contain_text("license.example.go.th.verify-now.example")
            expect(page.locator(".overruled .number")).to_have_text(sign.number)
            assert (overflow(page), faults(page)) == ([], [])
            # What is asked next stands alone.
            ask(page, sign.code)
            expect(page.locator(".verdict .band.good")).to_be_visible()
            assert page.locator(".beside").count() == 0


def test_of_two_licences_before_the_camera_one_is_chosen(filming: Filming, signs: dict[Status, Sign]) -> None:
    active, expired = signs[Status.ACTIVE], signs[Status.EXPIRED]
    with filming(together(active.code, expired.code)) as page:
        page.goto("/")
        page.get_by_role("button", name="สแกน QR Code").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("พบ QR Code มากกว่าหนึ่งรายการ")
        for sign in (active, expired):
            expect(page.locator(".several")).to_contain_text(sign.number)
        assert page.locator(".band").count() == 0


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_a_camera_that_cannot_be_had_says_what_to_do(looking: Callable[[Shape], Look], shape: Shape) -> None:
    look = looking(shape)
    look.open("/")
    look.page.locator("button.scan").click()
    dialog = look.page.get_by_role("dialog")
    status = dialog.get_by_role("status")
    said = {"th": "โปรดเลือกรูปถ่ายแทน|หรือเลือกรูปถ่ายแทน", "en": "a photo instead"}[shape.lang]
    expect(status).to_have_text(re.compile(said))
    expect(dialog.locator("video, button.light")).to_have_count(2)
    for each in ("video", "button.light"):
        expect(dialog.locator(each)).to_be_hidden()
    look.judge("scanner")
    dialog.locator("button.close").click()
    expect(dialog).to_be_hidden()
    expect(look.page.locator("button.scan")).to_be_focused()


MOVES = """() => new Promise(resolve => {
    let moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(each => { moved += each.value; }))
        .observe({type: 'layout-shift', buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(moved)));
})"""


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_answer_about_a_code_moves_nothing(phone: Page, signs: dict[Status, Sign], lang: str, width: int) -> None:
    sign = signs[Status.ACTIVE]
    digits = sign.code.partition("#")[2]
    phone.set_viewport_size({"width": width, "height": 844})
    phone.goto(f"/C/{sign.check_id}?lang={lang}#{digits}")
    expect(phone.locator(".code-line")).to_have_attribute("data-answer", "yes")
    assert phone.evaluate(MOVES) == 0
    assert sign.code.startswith(qr_address(BASE, sign.check_id))


@pytest.mark.parametrize("fragment", ["FLIPPED", "abc", "12 34", "%", "%ff"])
def test_a_false_code_overrules_what_the_page_says(phone: Page, signs: dict[Status, Sign], fragment: str) -> None:
    sign = signs[Status.ACTIVE]
    fragment = fragment.replace("FLIPPED", flipped(sign.code.partition("#")[2]))
    phone.goto(f"/C/{sign.check_id}?lang=en#{fragment}")
    said = phone.locator(".overruling .verdict:visible")
    expect(said).to_be_focused()
    expect(said).to_contain_text("do not rely on this sign")
    assert "do not rely on this sign" in phone.title()
    expect(phone.get_by_role("status").filter(has_text="do not rely on this sign")).to_have_count(1)
    words = phone.locator("article .band .words")
    assert said.bounding_box()["y"] < words.bounding_box()["y"]  # type: ignore[index]
    expect(words).to_have_text("In force")
    assert (
        phone.locator("article .band").evaluate("each => getComputedStyle(each).backgroundColor") == "rgba(0, 0, 0, 0)"
    )
    expect(phone.get_by_role("heading", name="What the registry says of the licence with this address")).to_be_visible()
    assert (overflow(phone), faults(phone)) == ([], [])


@pytest.mark.parametrize("between", [" ", "%20", "\u200b", "%E2%80%8B", "%0A"])
def test_a_genuine_code_with_blanks_in_it_is_genuine(phone: Page, signs: dict[Status, Sign], between: str) -> None:
    sign = signs[Status.ACTIVE]
    digits = sign.code.partition("#")[2]
    phone.goto(f"/C/{sign.check_id}?lang=en#{digits[:40]}{between}{digits[40:]}")
    expect(phone.locator(".code-line")).to_have_attribute("data-answer", "yes")
    expect(phone.locator(".overruling")).to_be_hidden()


@pytest.mark.parametrize(
    ("fragment", "words"), [("FLIPPED", "was not signed by the authority"), ("12a34", "is damaged")]
)
def test_a_false_code_is_told_from_a_damaged_one(
    phone: Page, signs: dict[Status, Sign], fragment: str, words: str
) -> None:
    sign = signs[Status.ACTIVE]
    phone.goto(f"/C/{sign.check_id}?lang=en#{fragment.replace('FLIPPED', flipped(sign.code.partition('#')[2]))}")
    expect(phone.locator(".overruling .verdict:visible")).to_contain_text(words)


@pytest.mark.parametrize("fragment", ["", "#main", "#code"])
def test_a_place_of_the_page_is_no_code(phone: Page, signs: dict[Status, Sign], fragment: str) -> None:
    phone.goto(f"/C/{signs[Status.ACTIVE].check_id}?lang=en{fragment}", wait_until="networkidle")
    assert band(phone) == "good"
    expect(phone.locator(".overruling")).to_be_hidden()


@pytest.mark.parametrize("first", ["the front page", "the page of a code"])
def test_the_first_page_is_light_and_asks_nobody_else(phone: Page, signs: dict[Status, Sign], first: str) -> None:
    path = "/" if first == "the front page" else f"/C/{signs[Status.ACTIVE].check_id}"
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    received: list[float] = []
    asked: list[str] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    phone.goto(path, wait_until="networkidle")
    assert len(received) == len(asked) >= 4
    assert all(url.startswith(f"{BASE}/") for url in asked)
    assert not [url for url in asked if "scanner" in url or "vendor" in url]
    # Pictures further down are fetched when somebody goes there.
    assert sum(received) < MOST_BYTES[first]
