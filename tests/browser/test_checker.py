"""The offline checker, as an inspector uses it: the server gone, the browser offline, a hundred codes before the camera."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Playwright, Route, expect

from registry.app import STATIC
from registry.pack.folder import FRESH
from registry.web import checker as serving
from tests.browser.inspecting import Checker, altered, checker, counterfeit, decide, elsewhere, licences, swapped
from tests.browser.looking import SHAPES, Look, Shape, faults, launched, overflow
from tests.browser.scenes import jpeg, paper, seen
from tests.browser.site import BASE, Site, running_site
from tests.packs import written
from tests.registry.small import NOON
from vocab.history import ActKind, Status

ANGLES = (-9.0, -5.0, -2.0, 0.0, 3.0, 6.0, 10.0)
BLURS = (0.0, 0.6, 1.0)
Codes = dict[str, list[str]]
DAMAGED = """async what => {
    const database = await new Promise(done => {
        const request = indexedDB.open('checker');
        request.onsuccess = () => done(request.result);
    });
    const change = database.transaction(['pack', 'parts'], 'readwrite');
    const flipped = bytes => bytes.map((byte, at) => at === 9 ? byte ^ 1 : byte);
    if (what === 'part') {
        change.objectStore('parts').openCursor().onsuccess = ({target}) => target.result.update(flipped(target.result.value));
    } else {
        const store = change.objectStore('pack');
        store.get('held').onsuccess = ({target}) => store.put({...target.result, [what]: flipped(target.result[what])}, 'held');
    }
    await new Promise(done => { change.oncomplete = done; });
    database.close();
}"""
"""Turns a bit of what the phone keeps."""
PAINTED = """() => new Promise(done => document.querySelector('video').requestVideoFrameCallback(
    () => requestAnimationFrame(() => requestAnimationFrame(done))))"""
"""Until a picture of the camera is on the screen."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Site]:
    """A register of its own: it is stopped, started, and decides."""
    with running_site(tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture(scope="module")
def codes(office: Site) -> Codes:
    """The codes of licences of every kind, by what is to be told of each."""
    found = licences(office)
    active = found[Status.ACTIVE]
    suspended, revoked = active[:10], active[10:20]
    for code in suspended:
        decide(office, code, ActKind.SUSPEND)
    for code in revoked:
        decide(office, code, ActKind.REVOKE)
    active = active[20:]
    return {
        "active": active,
        "expired": found[Status.EXPIRED],
        "suspended": suspended,
        "withdrawn": revoked,
        "invalid-signature": [*map(altered, active[:6]), *(swapped(one, active[0]) for one in active[6:10])],
        "foreign": [elsewhere(each) for each in active[:5]],
        "key-unknown": [counterfeit(each) for each in active[:5]],
    }


@pytest.fixture(scope="module")
def phones(playwright: Playwright, chromium: str, office: Site) -> Iterator[Browser]:
    with launched(playwright.chromium, chromium, office) as found:
        yield found


@pytest.fixture
def phone(phones: Browser, office: Site, codes: Codes) -> Iterator[Checker]:
    """A phone that is ready, with the data of now."""
    with checker(phones, at=office.register.now()) as found:
        found.get_ready()
        yield found


def hundred(codes: Codes) -> list[tuple[str, str]]:
    """A hundred codes and what is to be told of each, the kinds mixed."""
    wanted = {
        "active": 50,
        "expired": 10,
        "suspended": 10,
        "withdrawn": 10,
        "invalid-signature": 10,
        "foreign": 5,
        "key-unknown": 5,
    }
    lists = {word: list(islice(codes[word], count)) for word, count in wanted.items()}
    assert {word: len(each) for word, each in lists.items()} == wanted
    mixed = [(n / len(each), word, code) for word, each in lists.items() for n, code in enumerate(each)]
    return [(word, code) for _, word, code in sorted(mixed)]


def test_a_hundred_codes_are_judged_with_the_server_gone_and_the_browser_offline(
    phones: Browser, office: Site, codes: Codes
) -> None:
    with checker(phones) as phone:
        phone.get_ready()
        office.stop()
        phone.page.context.set_offline(True)
        try:
            # From nothing but what is kept: the program, the reader of codes and the data.
            phone.page.reload()
            phone.shows("home")
            told = []
            for n, (word, code) in enumerate(hundred(codes)):
                if n:
                    assert phone.page.locator("[data-word-told]").count() == 1
                frame = seen(code, angle=ANGLES[n % len(ANGLES)], blur=BLURS[n % len(BLURS)])
                found = phone.scan(frame)
                told.append((word, found))
                assert (phone.tone() == "good") == (word == "active")
                assert phone.age() == "ageFresh"
                if word == "foreign":
                    assert phone.page.locator("[data-host]").inner_text() == "license.example-go.th"
                assert phone.page.locator("#face").count() == (word in {"active", "expired", "suspended", "withdrawn"})
            assert [each for each in told if each[0] != each[1]] == []
            assert len(told) == 100
        finally:
            office.start()


def test_nothing_is_asked_but_for_its_own_files_and_the_pack_and_nothing_by_itself(
    phone: Checker, office: Site, codes: Codes
) -> None:
    asked: list[str] = []
    phone.page.context.on("request", lambda request: asked.append(request.url))
    office.asked.clear()
    phone.scan(seen(codes["active"][0]))
    phone.page.locator("#note").fill("ชั้น 2")
    phone.start_page()
    phone.type(codes["foreign"][0])
    phone.start_page()
    phone.page.locator("main form ~ p button").click()
    phone.shows("day")
    phone.start_page()
    # The reader of codes is started at the first scan, from what the service worker keeps.
    assert all(each.startswith((f"{BASE}/checker/app/", "blob:")) for each in asked)
    assert office.asked == []
    phone.update()
    assert {each.partition("?")[0] for each in office.asked} == {"GET /pack/manifest"}


def test_old_data_is_amber_and_expired_data_says_nothing_of_today(phone: Checker, codes: Codes) -> None:
    clock = phone.page.context.clock
    code = codes["active"][1]
    now = phone.page.evaluate("() => Date.now()") / 1000
    for after, word, tone, age in (
        (timedelta(hours=23), "active", "good", "ageFresh"),
        (timedelta(hours=25), "activeStale", "wait", "ageStale"),
        (timedelta(days=8), "packExpired", "wait", "ageExpired"),
        (timedelta(hours=-1), "clockWrong", "wait", "ageClock"),
        (timedelta(days=-4000), "clockWrong", "wait", "ageClock"),
    ):
        clock.set_fixed_time(now + after.total_seconds())
        assert (phone.type(code), phone.tone(), phone.age()) == (word, tone, age)
        phone.start_page()
        assert phone.age() == age
    # What is over by its own date is over, however old the data is.
    clock.set_fixed_time(now + timedelta(days=8).total_seconds())
    assert phone.type(codes["expired"][0]) == "expired"
    phone.start_page()
    # So is what was withdrawn; a suspension may have ended since.
    assert (phone.type(codes["withdrawn"][0]), phone.tone(), phone.age()) == ("withdrawn", "bad", "ageExpired")
    phone.start_page()
    assert (phone.type(codes["suspended"][0]), phone.tone()) == ("was-suspended", "wait")


def test_an_update_brings_what_changed_and_an_older_pack_is_refused(
    phones: Browser, office: Site, codes: Codes, tmp_path: Path
) -> None:
    code = codes["active"][-1]
    with checker(phones, at=office.register.now()) as phone:
        phone.get_ready()
        assert phone.type(code) == "active"
        folder = office.settings.pack_folder
        older = (folder / "manifest.cose").read_bytes()
        office.clock.pass_by(seconds=FRESH.total_seconds())
        decide(office, code, ActKind.REVOKE)
        phone.page.context.clock.set_fixed_time(office.clock.now)
        phone.start_page()
        office.asked.clear()
        phone.update()
        # The bits that changed, and the instants of that list.
        assert len([each for each in office.asked if "/pack/parts/" in each]) == 2
        assert phone.type(code) == "withdrawn"
        phone.start_page()

        phone.page.route("**/pack/manifest", answering(older))
        ask(phone)
        assert phone.page.get_by_role("alert").inner_text().startswith("ทะเบียนเสนอข้อมูลที่เก่ากว่า")
        assert phone.type(code) == "withdrawn"


def answering(body: bytes) -> Callable[[Route], None]:
    """In place of the register: always the same answer."""

    def answer(route: Route) -> None:
        route.fulfill(body=body)

    return answer


def ask(phone: Checker) -> None:
    """Asks for an update that is refused."""
    phone.page.locator("main button").filter(has_text="ปรับปรุงข้อมูล").click()
    phone.page.wait_for_selector("main[data-screen=home] [role=alert]")


def test_a_pack_of_another_key_or_altered_on_its_way_is_refused_with_words(
    phone: Checker, office: Site, codes: Codes
) -> None:
    raw = (office.settings.pack_folder / "manifest.cose").read_bytes()
    foreign = written(made=office.register.now(), expires=office.register.now() + timedelta(days=7))[0].raw
    for body, words in (
        (foreign, "ข้อมูลเป็นของทะเบียนอื่นและลงลายมือชื่อด้วยกุญแจอื่น"),
        (raw[:-1] + bytes([raw[-1] ^ 1]), "ข้อมูลถูกแก้ไขระหว่างทาง"),
        (b"<!doctype html>", "ข้อมูลที่ได้รับไม่ใช่ชุดข้อมูล"),
    ):
        phone.page.route("**/pack/manifest", answering(body))
        ask(phone)
        assert phone.page.get_by_role("alert").inner_text().startswith(words)
        phone.page.unroute("**/pack/manifest")
    phone.page.context.set_offline(True)
    ask(phone)
    assert phone.page.get_by_role("alert").inner_text().startswith("ติดต่อทะเบียนไม่ได้")
    assert phone.type(codes["active"][2]) == "active"


def test_what_is_typed_pasted_or_photographed_is_judged_too(phone: Checker, codes: Codes, tmp_path: Path) -> None:
    address = codes["active"][3].partition("#")[0]
    for text, word in {
        address: "no-digits",
        address.rpartition("/")[2].lower(): "no-digits",
        "0" * 26: "not-issued",
        "21/08041": "number",
        "hello": "notCode",
        "https://line.me/R/ti/p/@shop": "foreign",
        "https://license.example.go.th@evil.example:8443/C/1": "misleading",
        "https://evil.example\\@license.example.go.th/": "misleading",
        "https://evil\u202e.example/": "misleading",
        "http://license.example.go.th/doc/html/lic/x": "ownPage",
        codes["active"][3].replace("/C/", "/./C/"): "notAsPrinted",
        codes["active"][3].replace("/C/", "/C/X"): "malformed-compact",
        codes["active"][3].replace("#", "?lang=en#"): "active",
        codes["active"][3].replace("#", "/#"): "active",
        codes["active"][3].replace("HTTPS", "HTTP"): "active",
        f"{address}/?lang=en": "no-digits",
        " ".join(["0000000000-000", "0000000000000"]): "not-issued",
        f"{codes['active'][3][:-1]}": "malformed-compact",
        codes["active"][3].lower(): "active",
    }.items():
        assert (text, phone.type(text)) == (text, word)
        assert "\u202e" not in phone.page.locator("main").inner_text()
        phone.start_page()
    # Of nothing that was not looked at it is said that it is not genuine.
    for text in ("21/08041", "hello", "https://license.example.go.th/doc/html/lic/x", f"{address}?lang=en"):
        phone.type(text)
        assert phone.tone() == "wait"
        assert "ไม่ใช่ของจริง" not in phone.page.locator(".answers").inner_text()
        phone.start_page()
    # Where people see one host and browsers go to another, all of it is shown; a browser's reading otherwise.
    phone.type("https://evil.com\\@license.example.go.th/")
    assert phone.page.locator("[data-host]").inner_text() == "https://evil.com\\@license.example.go.th/"
    phone.start_page()
    phone.type("HTTP://Evil.Example:80/C/1")
    assert phone.page.locator("[data-host]").inner_text() == "http://evil.example"
    phone.start_page()
    # What can be done of each: the register's own page, or newer data.
    phone.type(address)
    assert phone.page.locator("[data-open]").get_attribute("href") == address
    phone.start_page()
    phone.type("0" * 26)
    assert phone.page.locator("[data-open]").count() == 0
    assert phone.page.get_by_role("button", name="ปรับปรุงข้อมูล").count() == 1
    phone.start_page()
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(seen(codes["suspended"][0], angle=12)))
    phone.page.locator("input[type=file]").set_input_files(photo)
    phone.shows("verdict")
    assert phone.told() == "suspended"
    phone.start_page()
    both = Image.new("RGB", (1600, 900), "white")
    both.paste(paper(codes["active"][3]), (20, 50))
    both.paste(paper(codes["suspended"][0]), (800, 200))
    photo.write_bytes(jpeg(both))
    phone.page.locator("input[type=file]").set_input_files(photo)
    phone.page.wait_for_selector("[role=alert]")
    assert phone.page.get_by_role("alert").inner_text().startswith("ในภาพมี QR Code มากกว่าหนึ่งดวง")
    photo.write_bytes(b"nothing")
    phone.page.locator("input[type=file]").set_input_files(photo)
    phone.page.get_by_role("alert").filter(has_text="ไฟล์นี้ไม่ใช่ภาพ").wait_for()


def test_the_list_of_the_day_is_exported_erased_and_forgotten(phone: Checker, codes: Codes) -> None:
    phone.type(codes["active"][4])
    phone.page.locator("#note").fill("=ป้ายหน้าร้าน, ชั้น 2")
    phone.start_page()
    for text in (codes["foreign"][0], codes["key-unknown"][0], "0" * 26):
        phone.type(text)
        phone.start_page()
    phone.page.locator("main form ~ p button").click()
    phone.shows("day")
    assert phone.page.locator("ul.day li").count() == 4
    assert phone.page.locator("ul.day li").first.locator("strong").inner_text() == "0" * 26
    with phone.page.expect_download() as download:
        phone.tap("ส่งออกเป็น CSV")
    assert download.value.suggested_filename == "checks-2026-11-21.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["เวลา", "เลขที่", "สิ่งที่อ่านได้", "ผล", "รหัสผล", "ข้อมูล ณ", "บันทึก"]
    assert [row[4] for row in rows[1:]] == ["active", "foreign", "key-unknown", "not-issued"]
    ids = [codes[each][at].partition("#")[0].rpartition("/")[2] for each, at in (("active", 4), ("key-unknown", 0))]
    assert [rows[1][2], rows[3][2], rows[4][2]] == [*ids, "0" * 26]
    assert rows[2][2].startswith("license.example-go.th · HTTPS://LICENSE.EXAMPLE-GO.TH/C/")
    assert rows[1][6] == "'=ป้ายหน้าร้าน, ชั้น 2"
    phone.page.context.clock.set_fixed_time(NOON + timedelta(days=8))
    phone.page.reload()
    phone.shows("home")
    phone.page.get_by_role("button", name="รายการตรวจของฉัน (0)").wait_for()
    phone.type(codes["active"][4])
    phone.start_page()
    phone.page.get_by_role("button", name="รายการตรวจของฉัน (1)").click()
    phone.tap("ลบทั้งหมด")
    assert phone.page.locator("ul.day li").count() == 1
    phone.tap("แตะอีกครั้งเพื่อลบทั้งหมด")
    phone.page.locator("main p.missing").wait_for()


def test_a_new_version_of_the_program_is_offered_and_taken(
    phones: Browser, codes: Codes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with checker(phones) as phone:
        phone.get_ready()
        program = serving._worker(STATIC)
        monkeypatch.setattr(serving, "_worker", lambda static: f"{program}\n// newer")
        phone.page.evaluate("() => navigator.serviceWorker.getRegistration().then(found => found.update())")
        with phone.page.expect_navigation():
            phone.tap("เริ่มใช้รุ่นใหม่")
        phone.shows("home")
        phone.page.wait_for_selector("[data-program=ready]")
        assert phone.page.get_by_role("button", name="เริ่มใช้รุ่นใหม่").count() == 0


def test_it_is_used_by_keyboard_alone(phone: Checker, codes: Codes) -> None:
    page = phone.page
    focused = "() => document.activeElement.textContent.trim() || document.activeElement.id"
    assert page.evaluate(focused) == "ตรวจใบอนุญาต"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "สแกน QR Code"
    page.keyboard.press("Enter")
    phone.shows("scan")
    page.keyboard.press("Escape")
    phone.shows("home")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.type") == "file"
    page.keyboard.press("Tab")
    page.keyboard.type(codes["withdrawn"][1])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    phone.shows("verdict")
    assert page.evaluate(focused) == "ใช้ไม่ได้แล้ว"


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
def test_every_screen_is_whole_in_this_shape(phones: Browser, office: Site, codes: Codes, shape: Shape) -> None:
    # The same instant, whatever was tested before: pictures show it.
    office.clock.now = NOON + timedelta(hours=1)
    with checker(phones, shape, office.register.now()) as phone:
        look = Look(phone.page, shape)
        phone.open()
        phone.page.wait_for_selector("[data-program=ready]")
        look.judge("checker-setup")
        phone.page.locator("main button.main").click()
        phone.shows("offer")
        look.judge("checker-offer")
        phone.page.locator("main button.main").click()
        phone.shows("home")
        look.judge("checker-home")
        phone.hold(Image.new("RGB", (1280, 720), (120, 128, 136)))
        phone.page.locator("main button.main").click()
        phone.page.wait_for_selector("main[data-camera=open]")
        phone.page.evaluate(PAINTED)
        look.judge("checker-scan")
        phone.start_page()
        phone.scan(seen(codes["active"][5]))
        look.judge("checker-active")
        for name in ("withdrawn", "suspended", "expired", "invalid-signature", "foreign", "key-unknown"):
            phone.start_page()
            phone.type(codes[name][0])
            look.judge(f"checker-{name}")
        for name, text in {"no-digits": codes["active"][5].partition("#")[0], "not-issued": "0" * 26}.items():
            phone.start_page()
            phone.type(text)
            look.judge(f"checker-{name}")
        phone.start_page()
        phone.scan(side_by_side(codes["active"][5], codes["foreign"][0]))
        look.judge("checker-beside")
        phone.page.context.clock.set_fixed_time(office.register.now() + timedelta(hours=30))
        phone.start_page()
        phone.type(codes["active"][5])
        look.judge("checker-stale")
        phone.start_page()
        phone.page.locator("main form ~ p button").click()
        phone.shows("day")
        look.judge("checker-day")
        phone.page.emulate_media(color_scheme="dark")
        phone.page.context.clock.set_fixed_time(office.register.now())
        phone.start_page()
        look.judge("checker-home-dark")
        for name in ("active", "withdrawn"):
            phone.type(codes[name][5])
            look.judge(f"checker-{name}-dark")
            phone.start_page()


def test_it_is_whole_in_the_dark_and_on_the_narrowest_phone(phone: Checker, codes: Codes) -> None:
    phone.page.emulate_media(color_scheme="dark")
    phone.page.set_viewport_size({"width": 320, "height": 640})
    now = phone.page.evaluate("() => Date.now()") / 1000
    assert (overflow(phone.page), faults(phone.page)) == ([], [])
    for name in ("active", "withdrawn", "foreign", "key-unknown"):
        phone.type(codes[name][0])
        assert (name, overflow(phone.page), faults(phone.page)) == (name, [], [])
        phone.start_page()
    for hours in (30, 200):
        phone.page.context.clock.set_fixed_time(now + 3600 * hours)
        phone.type(codes["active"][0])
        assert (hours, overflow(phone.page), faults(phone.page)) == (hours, [], [])
        phone.start_page()


def test_of_several_licences_before_the_camera_none_is_judged(phone: Checker, codes: Codes) -> None:
    both = Image.new("RGB", (1600, 900), "white")
    both.paste(paper(codes["active"][3]), (20, 50))
    both.paste(paper(codes["suspended"][0]), (800, 200))
    phone.hold(both)
    phone.page.locator("main button.main").click()
    phone.page.get_by_text("เห็น QR Code มากกว่าหนึ่งดวง").wait_for()
    phone.hold(seen(codes["suspended"][0]))
    phone.shows("verdict")
    assert phone.told() == "suspended"


def test_the_camera_screen_and_a_camera_that_is_refused(phone: Checker, codes: Codes) -> None:
    phone.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }; }"
    )
    phone.page.locator("main button.main").click()
    phone.page.wait_for_selector("[role=alert]")
    assert "อนุญาตในการตั้งค่า" in phone.page.get_by_role("alert").inner_text()
    assert faults(phone.page) == []


@pytest.mark.parametrize(("what", "fetched"), [("part", 1), ("manifest", 0), ("key", 0)])
def test_what_is_damaged_on_the_phone_is_told_and_fetched_again(
    phone: Checker, office: Site, codes: Codes, what: str, fetched: int
) -> None:
    phone.page.evaluate(DAMAGED, what)
    phone.page.reload()
    phone.shows("setup")
    assert phone.page.get_by_role("alert").inner_text() == "ข้อมูลในเครื่องนี้เสียหาย ให้ดาวน์โหลดใหม่"
    office.asked.clear()
    phone.page.locator("main button.main").click()
    phone.shows("offer")
    # Only where the key itself is lost is it asked about, and then it is said.
    assert phone.page.get_by_text("กุญแจที่เครื่องนี้เชื่อถือเสียหาย").count() == (what == "key")
    assert phone.page.locator("main .notice").count() == (what == "key")
    phone.page.locator("main button.main").click()
    phone.shows("home")
    assert len([each for each in office.asked if "/pack/parts/" in each]) == fetched
    assert phone.type(codes["active"][2]) == "active"


def test_a_pack_of_another_key_is_not_taken_by_itself_though_the_manifest_at_hand_is_damaged(
    phone: Checker, office: Site
) -> None:
    phone.page.evaluate(DAMAGED, "manifest")
    phone.page.reload()
    phone.shows("setup")
    office_key = (office.settings.pack_folder / "manifest.cose").read_bytes()
    stranger = written()[0].raw
    assert stranger != office_key
    phone.page.route("**/pack/manifest", answering(stranger))
    phone.page.locator("main button.main").click()
    phone.shows("offer")
    assert phone.page.locator("h1").inner_text() == "ข้อมูลลงลายมือชื่อด้วยกุญแจอื่น"
    assert phone.page.locator("[data-former]").count() == 1
    phone.page.locator("main button.main").click()
    phone.shows("setup")


def test_a_verdict_is_told_though_nothing_can_be_kept(phone: Checker, codes: Codes) -> None:
    phone.page.evaluate(
        "() => { IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    assert (phone.type(codes["withdrawn"][0]), phone.tone()) == ("withdrawn", "bad")
    assert phone.page.locator("main .notice").inner_text().startswith("จดผลนี้ลงในรายการตรวจไม่ได้")
    assert phone.page.locator("#note").count() == 0
    assert faults(phone.page) == []


def test_back_leads_to_the_start_page_and_what_was_typed_stays_in_the_other_language(
    phone: Checker, codes: Codes
) -> None:
    for _ in range(2):
        phone.type(codes["active"][2])
        phone.page.go_back()
        phone.shows("home")
    phone.type(codes["active"][2])
    phone.start_page()
    phone.page.locator("main form ~ p button").click()
    phone.shows("day")
    phone.page.go_back()
    phone.shows("home")
    phone.page.locator("#typed").fill("12/25")
    phone.page.locator("button.lang").click()
    phone.page.get_by_role("button", name="Scan a QR code").wait_for()
    assert phone.page.locator("#typed").input_value() == "12/25"
    phone.page.locator("button.lang").click()


def side_by_side(*texts: str) -> Image.Image:
    both = Image.new("RGB", (1600, 900), "white")
    for n, text in enumerate(texts):
        both.paste(paper(text), (20 + 780 * n, 50 + 150 * n))
    return both


def test_of_two_codes_of_the_register_in_one_photo_none_is_judged(phone: Checker, codes: Codes, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(side_by_side(codes["active"][3], codes["invalid-signature"][0])))
    phone.page.locator("input[type=file]").set_input_files(photo)
    phone.page.get_by_role("alert").filter(has_text="ไม่ได้ตรวจดวงใด").wait_for()


@pytest.mark.parametrize("way", ["camera", "photo"])
def test_a_code_of_others_beside_is_told_before_the_answer(
    phone: Checker, codes: Codes, tmp_path: Path, way: str
) -> None:
    page = phone.page
    for other, line in (
        (codes["foreign"][0], "นำไปยัง\nlicense.example-go.th"),
        ("HTTPS://LINE.ME/R/TI/P/SHOP", "นำไปยัง\nline.me"),
        ("WIFI:S:SHOP", "ข้อความในนั้น\nWIFI:S:SHOP"),
    ):
        picture = side_by_side(codes["active"][3], other)
        if way == "camera":
            phone.scan(picture)
        else:
            (tmp_path / "photo.jpg").write_bytes(jpeg(picture))
            page.locator("input[type=file]").set_input_files(tmp_path / "photo.jpg")
            phone.shows("verdict")
        bands = page.locator(".band")
        assert [each.get_attribute("class") for each in bands.all()] == ["band wait", "band good"]
        expect(page.get_by_role("heading", level=1)).to_have_text("มี QR Code อื่นอยู่ในภาพนี้")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        assert page.locator(".beside li").all_inner_texts() == [line]
        assert phone.told() == "active"
        colour = page.locator(".overruled .band").evaluate("each => getComputedStyle(each).backgroundColor")
        assert colour == "rgba(0, 0, 0, 0)", "the answer does not stand out"
        assert (overflow(page), faults(page)) == ([], [])
        phone.start_page()
