"""Codes are read in the browser, beside the page, from pictures and from a camera, with files of our own only."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Route

from tests.browser.looking import launched
from tests.browser.scenes import camera_arguments, jpeg, paper, seen, write_mjpeg
from tests.browser.site import BASE, Site

TEXT = "HTTPS://LICENSE.EXAMPLE.GO.TH/C/5SX3V8QK2M7RATC9YBD4EWGHJN#" + "37240055125902408" * 35
OTHER = "HTTPS://LICENSE.EXAMPLE.GO.TH/C/5SX3V8QK2M7RATC9YBD4EWGHJP"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; img-src 'self' data:"
)
DECODE = """async data => {
    const {Decoder} = await import('/static/scanner/decoder.js');
    const decoder = new Decoder();
    const raw = Uint8Array.from(atob(data), each => each.charCodeAt(0));
    try { return await decoder.decode(new Blob([raw])); } catch (error) { return error.code; } finally { decoder.close(); }
}"""
SCAN = """async () => {
    const {Decoder} = await import('/static/scanner/decoder.js');
    const {openCamera} = await import('/static/scanner/camera.js');
    const decoder = new Decoder();
    const video = document.querySelector('video');
    const texts = await new Promise((resolve, reject) => {
        openCamera(video, {decoder, onTexts: resolve, onStopped: reject}).then(camera => { window.camera = camera; }, reject);
    });
    const size = [video.videoWidth, video.videoHeight, window.camera.hasTorch];
    const [track] = video.srcObject.getTracks();
    window.camera.stop();
    decoder.close();
    return {texts, size, ended: track.readyState, shown: video.srcObject};
}"""
OPEN = """() => import('/static/scanner/camera.js')
    .then(({openCamera}) => openCamera(document.querySelector('video'), {})).then(() => 'open', error => error.code)"""


def empty_page(page: Page, policy: str = POLICY) -> Page:
    """A page of the site with nothing but a video, under the policy that pages with a scanner have."""

    def answer(route: Route) -> None:
        route.fulfill(
            body="<!doctype html><html lang=en><title>scan</title><video></video>",
            content_type="text/html",
            headers={"Content-Security-Policy": policy},
        )

    page.route(f"{BASE}/empty", answer)
    page.goto(f"{BASE}/empty")
    return page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=BASE)
    yield empty_page(context.new_page())
    context.close()


@pytest.fixture
def filmed(playwright: Playwright, chromium: str, site: Site, tmp_path: Path) -> Iterator[Page]:
    """A page whose camera sees a code."""
    film = write_mjpeg(tmp_path / "camera.mjpeg", [seen(TEXT, angle=angle) for angle in (3, 4, 5)])
    with launched(playwright.chromium, chromium, site, *camera_arguments(film)) as browser:
        yield empty_page(browser.new_context(base_url=BASE).new_page())


def decoded(page: Page, raw: bytes) -> object:
    return page.evaluate(DECODE, base64.b64encode(raw).decode())


def test_a_photo_of_a_code_is_read(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert decoded(page, jpeg(seen(TEXT))) == [TEXT]
    assert any(each.endswith("/static/vendor/zxing/zxing_reader.wasm") for each in asked)
    assert all(each.startswith(f"{BASE}/static/") for each in asked)


def test_all_codes_of_a_picture_are_read_and_a_picture_without_one_has_none(page: Page) -> None:
    both = Image.new("RGB", (1600, 900), "white")
    both.paste(paper(TEXT), (50, 50))
    both.paste(paper(OTHER), (800, 200))
    found = decoded(page, jpeg(both))
    assert isinstance(found, list)
    assert sorted(found) == sorted([TEXT, OTHER])
    assert decoded(page, jpeg(Image.new("RGB", (300, 300), "white"))) == []


def test_what_is_no_picture_is_told(page: Page) -> None:
    assert decoded(page, b"%PDF-1.7") == "not-an-image"


def test_a_decoder_that_cannot_be_had_is_told(page: Page) -> None:
    page.route("**/*.wasm", lambda route: route.abort())
    assert decoded(page, jpeg(seen(TEXT))) == "decoder-failed"
    page.route("**/worker.js", lambda route: route.abort())
    assert decoded(page, jpeg(seen(TEXT))) == "decoder-failed"


def test_a_camera_reads_the_code_before_it_and_is_given_back(filmed: Page) -> None:
    found = filmed.evaluate(SCAN)
    assert found == {"texts": [TEXT], "size": [1280, 720, False], "ended": "ended", "shown": None}


def test_a_page_without_a_camera_says_why(page: Page) -> None:
    assert page.evaluate(OPEN) in {"no-camera", "refused"}
    for name, code in (
        ("NotAllowedError", "refused"),
        ("NotFoundError", "no-camera"),
        ("NotReadableError", "busy"),
        ("TypeError", "failed"),
    ):
        page.evaluate(
            "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }; }", name
        )
        assert page.evaluate(OPEN) == code
