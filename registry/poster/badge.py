"""The badge of a licence for other sites: an SVG of words, an icon and a colour, without script or anything from elsewhere."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from PIL import ImageFont

from registry.poster.glyphs import FONTS, one_line_of
from registry.poster.signs import GREY, INK, SIGNS
from registry.poster.standing import Standing
from registry.translation import Language, translate
from registry.translation import marked as _
from vocab.thai import format_date

_FONTS = "'Noto Sans Thai',Sarabun,'Leelawadee UI',Thonburi,system-ui,sans-serif"

LEAST_OF_NUMBER = 5
"""With fewer characters, what is left of a number names nothing, and is left out."""
_MEASURED = 100
"""The size at which texts are measured."""


class Style(StrEnum):
    STANDARD = "standard"
    SMALL = "small"


SIZES = {Style.STANDARD: (300, 92), Style.SMALL: (220, 56)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What a badge says."""

    colour: str
    words: str
    number: str
    day: str
    short_day: str = ""
    host: str
    alt: str


def badge_of(standing: Standing, host: str, lang: Language) -> Badge:
    """The badge of a licence as it stands: in force "as of" a day, since sites keep pictures."""
    words, number = translate(lang, standing.words), one_line_of(standing.license.number)
    day = translate(lang, _("as of %(day)s"), day=format_date(standing.day, lang=lang, style="short"))
    short_day = format_date(standing.day, lang=lang, style="short")
    if standing.is_demo:
        # In the place of the host: what is made up is said first.
        made_up = translate(lang, _("Made up"))
        day, short_day, host = f"{made_up} · {day}", f"{made_up} · {short_day}", ""
    alt = f"{standing.license_type.name.in_language(lang)} {number}: {words}, {day}"
    return Badge(colour=standing.colour, words=words, number=number, day=day, short_day=short_day, host=host, alt=alt)


def lasting_alt(standing: Standing, lang: Language) -> str:
    """The words in place of a badge that other sites keep for years: nothing of how the licence stands."""
    kind = standing.license_type.name.in_language(lang)
    return translate(lang, _("%(type)s %(number)s: status"), type=kind, number=one_line_of(standing.license.number))


def missing_badge(host: str, lang: Language, *, was_withdrawn: bool) -> Badge:
    """In place of a badge: the site shows one of a licence that is not here."""
    words = translate(lang, _("This record was withdrawn.") if was_withdrawn else _("No such licence here"))
    return Badge(colour=GREY, words=words, number="", day="", host=host, alt=f"{words} ({host})")


def badge_svg(badge: Badge, style: Style) -> str:
    """The badge as an SVG file."""
    width, height = SIZES[style]
    sign = SIGNS[badge.colour]
    side = height
    is_small = style is Style.SMALL
    left, room = side + 10, width - side - 18
    icon = side / 24 * 0.6
    offset = side * 0.2
    if is_small:
        number = badge.number
        while number and _width(f"{number} · {badge.short_day}", 12, 400) > room:
            number = number[:-2].rstrip() + "…" if len(number) > LEAST_OF_NUMBER else ""
        under = " · ".join(filter(None, (number, badge.short_day))) or badge.host
        lines = [(badge.words, 17, 700), (under, 12, 400)]
    else:
        under = " · ".join(filter(None, (badge.day, badge.host)))
        lines = [(badge.words, 20, 700), *([(badge.number, 16, 400)] if badge.number else []), (under, 11, 400)]
    gap = height / (len(lines) + 0.45)
    texts = "".join(
        _text(text, left, gap * (n + 0.93), size, weight, room) for n, (text, size, weight) in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f"aria-label={quoteattr(badge.alt)}><title>{escape(badge.alt)}</title>"
        f'<path d="M8 0H{side}V{height}H8a8 8 0 0 1-8-8V8a8 8 0 0 1 8-8z" fill="{sign.ground}"/>'
        f'<path d="M{side} 1H{width - 8}a7 7 0 0 1 7 7V{height - 8}a7 7 0 0 1-7 7H{side}z" fill="#fff"/>'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="7.5" fill="none" stroke="{sign.edge}"/>'
        f'<g transform="translate({offset:g} {offset:g}) scale({icon:g})">{sign.drawn()}</g>'
        f'<g font-family="{_FONTS}" fill="{INK}">{texts}</g></svg>'
    )


def _text(text: str, x: float, y: float, size: int, weight: int, room: int) -> str:
    # How wide a text is depends on the reader's fonts: one that may be too long has a width of its own, and is never cut.
    width = _width(text, size, weight)
    most = min(room, round(width * 1.1))
    pressed = f' textLength="{most}" lengthAdjust="spacingAndGlyphs"' if width * 1.4 > room else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}"{pressed}>{escape(text)}</text>'


def _width(text: str, size: int, weight: int) -> float:
    """How wide a text is in our own font, which most others are about as wide as."""
    return _font(weight).getlength(text) * size / _MEASURED


@cache
def _font(weight: int) -> ImageFont.FreeTypeFont:
    name = "Sarabun-Bold.ttf" if weight > 400 else "Sarabun-Regular.ttf"
    return ImageFont.truetype(FONTS / name, _MEASURED, layout_engine=ImageFont.Layout.BASIC)
