"""In Chromium the checker's scripts, as the register serves them, give the verdicts of our Python: on the vectors of codes and
packs, and on each bit of 100 codes turned round."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.looking import Shape, new_page
from tests.flipped import CODES, reasons
from tests.peers.javascript import HERE
from tests.vectors import codes, packs

Answered = Callable[..., dict[str, Any]]
OF_CODES: dict[str, Any] = json.loads(codes.PATH.read_text(encoding="utf-8"))
OF_PACKS: dict[str, Any] = json.loads(packs.PATH.read_text(encoding="utf-8"))


@pytest.fixture
def answered(browser: Browser) -> Iterator[Answered]:
    """Asks a script of tests/peers, which stands among the checker's own in the page of the checker."""
    page = new_page(browser, Shape("en", "phone"), service_workers="block")
    page.goto("/checker/")

    def ask(script: str, **job: Any) -> dict[str, Any]:
        def fulfil(route: Route) -> None:
            text = (HERE / script).read_text(encoding="utf-8").replace("../../static/checker/", "./")
            route.fulfill(body=text, content_type="text/javascript")

        page.route(f"**/checker/app/checker/{script}", fulfil)
        found: dict[str, Any] = page.evaluate(
            "async ([path, job]) => (await import(path)).answered(job)", [f"/checker/app/checker/{script}", job]
        )
        return found

    yield ask
    page.context.close()


@pytest.mark.parametrize("noble", [False, True], ids=["browser", "library"])
def test_the_vectors_of_codes_have_the_same_verdict(answered: Answered, noble: bool) -> None:
    vectors = OF_CODES["codes"]
    found = answered(
        "answering_codes.js",
        trust=OF_CODES["trust"],
        at=OF_CODES["at"],
        codes=[each["scanned"] for each in vectors],
        noble=noble,
    )
    expected = [{key: each[key] for key in ("genuine", "inForce", "says")} for each in vectors]
    assert dict(zip(range(len(vectors)), found["verdicts"], strict=True)) == dict(enumerate(expected))


def test_every_flipped_bit_has_the_same_answer(answered: Answered) -> None:
    found = answered("answering_codes.js", trust=OF_CODES["trust"], at=OF_CODES["at"], flips=CODES)
    assert [tuple(each.split("\n")) for each in found["flips"]] == list(reasons())


def test_the_vectors_of_packs_have_the_same_answer(answered: Answered) -> None:
    given = {name: OF_PACKS[name] for name in ("at", "key", "held", "codes", "packs")}
    found = answered("answering_packs.js", **given)
    expected = [{key: each[key] for key in ("answer", "verdicts") if key in each} for each in OF_PACKS["packs"]]
    assert dict(zip(range(len(expected)), found["answers"], strict=True)) == dict(enumerate(expected))
