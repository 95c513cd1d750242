"""The tools that judge pages see what is wrong with them."""

from playwright.sync_api import BrowserContext

from tests.browser.looking import faults, overflow
from tests.browser.site import Site


def test_the_site_is_found_at_its_host(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto("/")
    assert page.title()
    assert "GET /" in site.asked
    # Nothing else is: no page of ours may need another host.
    assert (
        page.evaluate("() => fetch('https://elsewhere.example/').then(() => 'found', () => 'not found')") == "not found"
    )


def test_what_is_wrong_with_a_page_is_seen(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content("<html lang=en><title>a</title><main><h1>a</h1><p style='color:#aaa'>pale</p></main>")
    assert [each.partition(":")[0] for each in faults(page)] == ["color-contrast"]
    assert overflow(page) == []
    page.set_content("<html lang=en><title>a</title><main><h1>a</h1><p style='width:2000px'>wide</p></main>")
    assert any("wide" in each for each in overflow(page))
