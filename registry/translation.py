"""Thai and English. Messages are written in English in the code; `locale/th/messages.po` has the Thai."""

import gettext
import io
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["th", "en"]
LANGUAGES: tuple[Language, ...] = ("th", "en")
"""In this order: Thai is what a reader gets who does not ask."""

LOCALE = Path(__file__).parent / "locale"


def language(text: str | None) -> Language:
    """The language named by `text`, or Thai for anything else."""
    return "en" if text == "en" else "th"


@cache
def translations(lang: Language) -> gettext.NullTranslations:
    """The catalogue of one language, compiled in memory: there is no build step to forget."""
    if lang == "en":
        return gettext.NullTranslations()
    with (LOCALE / lang / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def marked(message: str) -> str:
    """`message` as it is, marked for translation (as `_`); it is translated when it is said or shown."""
    return message


def translate(lang: Language, message: str, **values: object) -> str:
    """`message` in `lang`, with its `%(name)s` filled in."""
    text = translations(lang).gettext(message)
    return text % values if values else text
