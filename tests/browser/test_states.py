"""The states that a register of good data does not have: empty, withdrawn, unknown, stale, hidden, long, many of one number."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from registry import urls
from registry.catalogue import declare, read_catalogue
from registry.intake.publish import publish
from registry.intake.undo import undo_batch
from registry.register import Register
from tests.browser.looking import SHAPES, Look, launched, new_page
from tests.browser.site import BASE, Site, running_site
from tests.registry.small import ADVERT, CATALOGUE, FOOD, MAPPING, TOWN, row, send, submission, table
from vocab.iri import license_iri

LONG = "ห้างหุ้นส่วนสามัญนิติบุคคลโรงงานอุตสาหกรรมแปรรูปผลิตภัณฑ์ทางการเกษตรและปศุสัตว์เพื่อการส่งออกแห่งลุ่มน้ำโขงตอนบน " * 2
NUMBERS = {
    "unknown": "1/2567",
    "withdrawn": "2/2567",
    "person": "3/2567",
    "long": "สพ.นพ.๔๘/(พิเศษ)-๑๒๓๔๕๖๗๘๙๐/ก-ฮ/๒๕๖๗",
}


def fill(register: Register, folder: Path) -> None:
    """Licences of each of these kinds."""
    file = folder / "catalogue.toml"
    file.write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(file))
    send(register, row(NUMBERS["unknown"], expires_on=""))
    send(register, row(NUMBERS["person"], licensee="นายสมชาย ใจดีมาก", street="99/123", juristic_id=""))
    send(register, row(NUMBERS["long"], licensee=LONG, premises=LONG, street=LONG, district="เมืองนครพนม"))
    undo_batch(register, send(register, row(NUMBERS["withdrawn"])).batch)
    years = table(row("45", issued_on="2023-01-05"), row("45", issued_on="2024-01-05"))
    publish(register, submission(years, TOWN, ADVERT, MAPPING.partition("[columns.particulars]")[0]))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Site]:
    """An empty registry."""
    with running_site(tmp_path_factory.mktemp("odd"), files=0) as site:
        yield site


@pytest.fixture(scope="module")
def its_browser(playwright: Playwright, chromium: str, odd: Site) -> Iterator[Browser]:
    with launched(playwright.chromium, chromium, odd) as found:
        yield found


@pytest.fixture
def its_looks(its_browser: Browser) -> Iterator[Callable[[], Iterator[Look]]]:
    """The four shapes, one after the other."""
    with ExitStack() as stack:

        def looks() -> Iterator[Look]:
            for shape in SHAPES:
                page = new_page(its_browser, shape)
                stack.callback(page.context.close)
                yield Look(page, shape)

        yield looks


def test_what_is_not_as_it_should_be_is_told_in_words(
    odd: Site, its_looks: Callable[[], Iterator[Look]], tmp_path: Path
) -> None:
    for look in its_looks():
        for name, path in (("empty-home", "/"), ("empty-search", "/search"), ("empty-section-13", urls.section_13())):
            look.open(path)
            look.judge(name)
    fill(odd.register, tmp_path)
    licences = {name: f"/doc/html/lic/{TOWN}/{FOOD}/{tail(number)}" for name, number in NUMBERS.items()}
    expected = {"unknown": 200, "withdrawn": 410, "person": 200, "long": 200}
    for look in its_looks():
        for name, path in licences.items():
            with look.page.expect_response(lambda answer: "/doc/html/lic/" in answer.url) as answer:
                look.open(path)
            assert answer.value.status == expected[name]
            look.judge(f"licence-{name}")
        look.open(urls.search([("q", "45")]))
        look.judge("several-of-one-number")


def tail(number: str) -> str:
    """The number as it stands in an address of this registry."""
    return license_iri(BASE, TOWN, FOOD, number).tail.rpartition("/")[2]
