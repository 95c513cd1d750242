"""The picture that chats show of a page (Open Graph), 1200 by 630 pixels: what counts stands in its middle square."""

import orjson

from registry.poster.glyphs import printable
from registry.poster.signs import NAVY, SIGNS, Sign
from registry.poster.standing import Standing
from registry.poster.typesetting import Form, Job
from registry.translation import Language, translate
from registry.translation import marked as _
from vocab.thai import format_date

WIDTH, HEIGHT = 1200, 630
MOST_OF_NUMBER = 50


def card_job(standing: Standing, host: str, lang: Language) -> Job:
    """The card of a licence. It says on which day it stood so: others keep such pictures for weeks."""
    day = format_date(standing.day, lang=lang, style="long")
    return _job(
        SIGNS[standing.colour],
        {
            "above": printable(standing.license_type.name.in_language(lang)),
            "number": _short(printable(standing.license.number)),
            "words": translate(lang, standing.words),
            "below": translate(lang, _("as of %(day)s"), day=day),
            "advice": translate(
                lang,
                _("Demonstration: this licence is made up")
                if standing.is_demo
                else _("Open the page to see how it is now"),
            ),
            "host": host,
            "lang": lang,
        },
    )


def _short(number: str) -> str:
    """A number that has room on one line; the page has the whole of it."""
    return number if len(number) <= MOST_OF_NUMBER else f"{number[: MOST_OF_NUMBER - 1].rstrip()}…"


def site_card_job(host: str, lang: Language, *, is_demo: bool) -> Job:
    """The card of all other pages."""
    return _job(
        SIGNS[NAVY],
        {
            "above": "",
            "number": "",
            "words": translate(lang, _("Verifiable license registry")),
            "below": translate(
                lang, _("Check whether a licence granted by a Thai government agency is genuine and in force.")
            ),
            "advice": translate(lang, _("Demonstration: all licences here are made up")) if is_demo else "",
            "host": host,
            "lang": lang,
        },
    )


def _job(sign: Sign, data: dict[str, str]) -> Job:
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{sign.drawn()}</svg>'
    look = {"ground": sign.ground, "ink": sign.ink, "sign": drawn}
    return Job(template="card", form=Form.PNG, files={"data.json": orjson.dumps({**look, **data})})
