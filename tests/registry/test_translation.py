"""Every message has its Thai, with the same placeholders, and the Thai has no message that nobody uses any more."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from registry.translation import LOCALE, translate, translations

REGISTRY = LOCALE.parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_MARKUP = re.compile(r"</?\w+>")
_THAI = re.compile(r"[\u0e01-\u0e5b]")


def messages() -> set[str]:
    """All messages in the code and the templates; of a plural, its singular and its plural."""
    found = extract_from_dir(str(REGISTRY), METHODS, OPTIONS, KEYWORDS)
    return {form for _, _, message, _, _ in found for form in _forms(message)}


def thai() -> Catalog:
    with (LOCALE / "th" / "messages.po").open("rb") as source:
        return read_po(source, locale="th", abort_invalid=True)


def _forms(message: object) -> tuple[str, ...]:
    return tuple(message) if isinstance(message, list | tuple) else (str(message),)


def _entries() -> list[Message]:
    return [entry for entry in thai() if entry.id]


def test_extraction_reads_templates_and_code() -> None:
    found = messages()
    assert "Compare with this place" in found, "a template"
    assert "In force" in found, "registry/web/wording.py"
    assert "%(shown)s licences" in found, "a plural"


def test_every_message_has_its_thai() -> None:
    translated = {form for entry in _entries() if all(_forms(entry.string)) for form in _forms(entry.id)}
    assert sorted(messages() - translated) == []


def test_no_thai_is_left_of_messages_that_are_gone() -> None:
    assert sorted({form for entry in _entries() for form in _forms(entry.id)} - messages()) == []
    assert list(thai().obsolete) == []


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: _forms(entry.id)[0][:40])
def test_thai_has_what_the_message_has(entry: Message) -> None:
    for text in _forms(entry.string):
        for form in _forms(entry.id):
            assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(form))
            assert _MARKUP.findall(text) == _MARKUP.findall(form)
            assert (len(text), text) == (len(text.strip()), text.strip())
    assert _THAI.search(_forms(entry.string)[0]), "is it Thai?"
    assert not entry.fuzzy


def test_thai_is_written_without_full_stops() -> None:
    ends = [text for entry in _entries() for text in _forms(entry.string) if re.search(r"[\u0e01-\u0e5b]{2}\.$", text)]
    assert ends == []


def test_translations_answer_in_both_languages() -> None:
    assert translate("en", "In force") == "In force"
    assert translate("th", "In force") != "In force"
    assert translate("th", "until %(day)s", day="1") == "ถึง 1"
    assert translations("th").ngettext("%(shown)s licence", "%(shown)s licences", 5) == "%(shown)s ใบ"


def test_the_catalogue_stands_where_the_application_looks() -> None:
    assert Path(LOCALE / "th" / "messages.po").is_file()
