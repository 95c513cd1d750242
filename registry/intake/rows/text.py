"""What keeps a text from being published, wherever it came from."""

import re
import unicodedata

from vocab.iri import is_citizen_number
from vocab.thai import arabic_digits

MAX_TEXT = 2_000
_SHORTENED = re.compile(
    r"(?P<first>\d(?:[.,]\d)?)(?P<rest>(?:(?<=\d[.,]\d)\d+)?)(?P<power>E\+\d\d)", re.ASCII | re.IGNORECASE
)
_FORMULA_FAILED = re.compile(r"#(?:REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|N/A|SPILL!|CALC!)")


def text_fault(text: str) -> tuple[str, dict[str, str]] | None:
    """The code and details of the finding (`registry.intake.finding`) that blocks `text`; None for a good text.

    `text` is in the form of `vocab.thai.normalize_text`.
    """
    if len(text) > MAX_TEXT:
        return "text-too-long", {"found": str(len(text)), "limit": str(MAX_TEXT)}
    if not text.isprintable():
        control = next((character for character in text if is_control(character)), None)
        if control is not None:
            return "text-refused", {"character": f"U+{ord(control):04X}"}
    if is_shortened(text):
        # It may be a citizen's number without its last digit; whatever it was, it is not what stands on the licence.
        return "number-shortened", {"text": shortened(text)}
    if formula_failed(text):
        return "formula-failed", {"text": text}
    if is_citizen_number(text):
        return "citizen-number-public", {}
    return None


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet has shortened a long number in `text`, as in 1.1E+12."""
    return "+" in text and _SHORTENED.search(arabic_digits(text)) is not None


def shortened(text: str) -> str:
    """The number that is shortened in `text`, so that it can be found again, but never most of a citizen's number."""
    found = _SHORTENED.search(arabic_digits(text))
    return f"{found['first']}{'…' if found['rest'] else ''}{found['power']}" if found else ""


def formula_failed(text: str) -> bool:
    """Whether a spreadsheet shows instead of a content that a formula has failed."""
    return text.startswith("#") and _FORMULA_FAILED.fullmatch(text) is not None


def is_control(character: str) -> bool:
    """Whether a character is invisible or none at all, and so refused in texts."""
    # Cf holds the bidi controls that make a page lie; normalize_text has already removed the harmless zero-width ones.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}
