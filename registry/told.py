"""Errors that are told to people: written in English, and said in the language of whoever reads them."""

from datetime import date
from typing import Self

from registry.translation import Language, translate
from vocab.thai import format_date


class Message(str):
    """A text in English that can be said in another language: `message`, marked for translation, and what fills its `%(name)s`.

    A detail may itself be a message, a day, or a tuple of lines.
    """

    message: str
    details: dict[str, object]

    def __new__(cls, message: str, **details: object) -> Self:
        filled = {name: _detail(value, "en") for name, value in details.items()}
        made = super().__new__(cls, message % filled if filled else message)
        made.message, made.details = message, details
        return made

    def said(self, lang: Language) -> str:
        """The text in `lang`; what has no translation stays English."""
        return translate(lang, self.message, **{name: _detail(value, lang) for name, value in self.details.items()})


class Told(Exception):
    """An error whose words can be said in another language. `str` of it is English."""

    def __init__(self, message: str, **details: object) -> None:
        self.message = message if isinstance(message, Message) else Message(message, **details)
        super().__init__(self.message)

    def said(self, lang: Language) -> str:
        """What happened and what to do, in `lang`."""
        return self.message.said(lang)


def _detail(value: object, lang: Language) -> object:
    if isinstance(value, Message | Told):
        return value.said(lang)
    if isinstance(value, tuple):
        return "\n".join(str(_detail(each, lang)) for each in value)
    if isinstance(value, date):
        return format_date(value, lang=lang, style="long")
    return value
