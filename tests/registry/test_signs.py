"""The colours and shapes of a state: on pages, badges and cards the same, told apart without colour, and seen by everybody."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from registry.app import STATIC
from registry.poster.signs import COLOUR_OF_TONE, GREY, INK, NAVY, SIGNS, SOFT

ROOT = Path(__file__).resolve().parents[2]
CSS = (STATIC / "site.css").read_text(encoding="utf-8")
PARTS = (ROOT / "registry" / "templates" / "_parts.html").read_text(encoding="utf-8")
TEXT, GRAPHIC = 4.5, 3.0
"""The least contrast of text and of what must be seen (WCAG 2.2, 1.4.3 and 1.4.11)."""
Tokens = dict[str, str]


def palettes() -> dict[str, Tokens]:
    """The colours of the pages, in the light and in the dark."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", each)) for each in re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
    )
    return {"light": light, "dark": {**light, **dark}}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(each * 2 for each in digits)
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_is_seen_by_everybody(name: str) -> None:
    sign = SIGNS[name]
    # The words of a card stand on the ground; the sign's shape too, and what is cut out of it has the ground's colour.
    assert contrast(sign.ink, sign.ground) >= TEXT
    assert contrast(sign.edge, "#ffffff") >= GRAPHIC
    assert contrast(INK, "#ffffff") >= TEXT
    assert contrast(SOFT, "#ffffff") >= TEXT


def test_no_two_states_are_told_apart_by_colour_alone() -> None:
    for one, other in combinations([*COLOUR_OF_TONE.values(), GREY], 2):
        assert SIGNS[one].cut != SIGNS[other].cut
    assert len({SIGNS[each].shape for each in COLOUR_OF_TONE.values()}) == len(COLOUR_OF_TONE) == 3


@pytest.mark.parametrize("tone", COLOUR_OF_TONE)
def test_badges_and_cards_look_as_the_page_does(tone: str) -> None:
    sign, page = SIGNS[COLOUR_OF_TONE[tone]], palettes()["light"]
    assert luminance(sign.ground) == luminance(page[tone])
    assert luminance(sign.ink) == luminance(page[f"{tone}-ink"])
    assert luminance(sign.edge) == luminance(page[f"{tone}-mark"])
    shapes = {"good": "circle", "bad": "M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z", "wait": "M12 1.2L23.4 22H.6z"}
    assert shapes[tone] in PARTS
    assert sign.shape == shapes[tone] or tone == "good"
    assert luminance(SIGNS[NAVY].ground) == luminance(page["head"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tone", COLOUR_OF_TONE)
def test_a_state_is_seen_on_pages_in_the_light_and_in_the_dark(tone: str, scheme: str) -> None:
    page = palettes()[scheme]
    assert contrast(page[tone], page[f"{tone}-ink"]) >= TEXT
    for ground in ("paper", "ground"):
        assert contrast(page[f"{tone}-mark"], page[ground]) >= TEXT, "words in its colour"
