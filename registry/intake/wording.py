"""The words for batches, rows and fields, in plain language. Marked for translation, translated when shown."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from registry.intake.batch import BatchState, Holds
from registry.intake.diff import CHANGED, NEW, REJECTED, REPEATED, UNCHANGED
from registry.intake.finding import CATALOGUE, RULE_BROKEN, Finding
from registry.intake.gravity import Gravity
from registry.intake.mapping import Field
from registry.translation import Language, translate
from registry.translation import marked as _
from vocab.history import Standing
from vocab.thai import format_date

OUTCOME: Mapping[str, str] = {
    NEW: _("new"),
    CHANGED: _("changed"),
    UNCHANGED: _("unchanged"),
    REJECTED: _("rejected"),
    REPEATED: _("repeated"),
}

STATE: Mapping[str, str] = {
    BatchState.RECEIVED: _("received, not yet checked"),
    BatchState.STAGING: _("being checked"),
    BatchState.STAGED: _("checked, nothing of it is public yet"),
    BatchState.PUBLISHED: _("published"),
    BatchState.UNDONE: _("undone: what it published was taken back"),
    BatchState.DISCARDED: _("discarded"),
}

HOLDS: Mapping[str, str] = {
    Holds.ALL: _("the whole list"),
    Holds.PART: _("a part of the list"),
}

GRAVITY: Mapping[str, str] = {
    Gravity.BLOCKS: _("blocks"),
    Gravity.WARNS: _("warns"),
    Gravity.INFORMS: _("informs"),
}

GRAVITY_MEANING: Mapping[str, str] = {
    Gravity.BLOCKS: _("Red: the row is not published. Correct the cell and send the list again."),
    Gravity.WARNS: _(
        "Yellow: the row is published, as received unless the message says that something is left out. Please check the cell."
    ),
    Gravity.INFORMS: _("Blue: for your information. Nothing needs to be done."),
}

FIELD: Mapping[str, str] = {
    Field.NUMBER: _("Licence number"),
    Field.LICENSEE: _("Licensee"),
    Field.LICENSEE_EN: _("Licensee (English)"),
    Field.JURISTIC_ID: _("Juristic number"),
    Field.PREMISES: _("Name of the premises"),
    Field.PREMISES_EN: _("Name of the premises (English)"),
    Field.STREET: _("House number and street"),
    Field.SUBDISTRICT: _("Subdistrict"),
    Field.DISTRICT: _("District"),
    Field.PROVINCE: _("Province"),
    Field.POSTAL_CODE: _("Postal code"),
    Field.SUBDISTRICT_CODE: _("Code of the subdistrict"),
    Field.LATITUDE: _("Latitude"),
    Field.LONGITUDE: _("Longitude"),
    Field.ACTIVITY: _("Activity"),
    Field.CONDITION: _("Conditions"),
    Field.ISSUED_ON: _("Issued on"),
    Field.VALID_FROM: _("Valid from"),
    Field.EXPIRES_ON: _("Valid until"),
    Field.RENEWS: _("Renews the licence"),
    Field.ALIASES: _("Also bears the numbers"),
    "standing": _("What the list says of it"),
}
"""The fields of a face, as `registry.intake.batch.FieldChange` names them."""


STANDING: Mapping[str, str] = {
    Standing.GRANTED: _("Granted"),
    Standing.SUSPENDED: _("Suspended"),
    Standing.REVOKED: _("Revoked"),
    Standing.SURRENDERED: _("Given up by the licensee"),
    Standing.SUPERSEDED: _("Replaced by a new licence"),
}


IN_A_SENTENCE: Mapping[str, str] = {
    Standing.NOT_GRANTED: _("not granted yet"),
    Standing.GRANTED: _("in force"),
    Standing.SUSPENDED: _("suspended"),
    Standing.REVOKED: _("revoked"),
    Standing.SURRENDERED: _("given up by the licensee"),
    Standing.SUPERSEDED: _("replaced by a new licence"),
}
"""Where a licence stands, within a sentence about it."""

HINDRANCE: Mapping[str, str] = {
    "standing": _("on that day the register says: %(now)s"),
    "later": _("a decision of a later day is recorded already"),
    "days": _("it would end before it begins"),
}
"""Why acts do not fit a history, by the code in a finding's details."""

WITHOUT_ORDER: Mapping[str, str] = {
    "status-contradicts": _(
        "The file says that the licence is %(claimed)s, the register says %(standing)s (from %(day)s). The register goes on "
        "saying so; bring the list up to date, or record a decision."
    ),
}
"""What is said instead where the decision bears no order's reference."""

_STANDINGS = ("standing", "claimed", "now")
_DAYS = ("day", "begin", "end")
_DIGITS = re.compile(r"\\d(?:\{(?P<count>\d{1,2})\}|[+*?]|\{\d*,\d*\})?")
_NOT_PLAIN = re.compile(r"[\[\](){}|+*?^$\\.]")


def explanation(finding: Finding, lang: Language, instead: Mapping[str, str] = {}) -> str:
    """What is wrong, in one language: days, standings and the look of numbers as people write them. `instead` has other messages
    than the catalogue's for some codes."""
    details: dict[str, str] = dict(finding.details)
    # What a machine reads keeps them as they are; here they are for people.
    for name in _STANDINGS:
        if details.get(name) in IN_A_SENTENCE:
            details[name] = translate(lang, IN_A_SENTENCE[details[name]])
    for name in _DAYS:
        with suppress(ValueError):
            details[name] = day_in_words(date.fromisoformat(details.get(name, "")), lang)
    if "pattern" in details:
        details["pattern"] = look_of_numbers(details["pattern"])
    if lang == "th" and details.get("hindrance") in HINDRANCE:
        details["why"] = translate(lang, HINDRANCE[details["hindrance"]], **details)
    if finding.code == RULE_BROKEN:
        details["asked"] = details.get(lang, "")
    message = instead.get(finding.code) or CATALOGUE[finding.code][1]
    if not details.get("order"):
        message = WITHOUT_ORDER.get(finding.code, message)
    return translate(lang, message, **details)


def of_the_file(finding: Finding, lang: Language) -> str:
    """What is wrong with the file, and in which of its sheets where it has several."""
    sheet = finding.details.get("sheet", "")
    return f"{sheet}: {explanation(finding, lang)}" if sheet else explanation(finding, lang)


def day_in_words(day: date, lang: Language) -> str:
    """A day in a sentence: 25 ธ.ค. 2558, in English 2015-12-25."""
    return format_date(day, lang=lang, style="short" if lang == "th" else "numeric")


def look_of_numbers(pattern: str) -> str:
    """How numbers of a scheme look, with N for a digit (`\\d+/\\d{4}`: N/NNNN); the pattern itself where that is not plain."""
    shown = _DIGITS.sub(lambda digits: "N" * int(digits["count"] or 1), pattern).replace("\\.", ".").replace("\\-", "-")
    return pattern if _NOT_PLAIN.search(shown.replace(".", "")) else shown
