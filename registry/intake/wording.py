"""The words for batches, rows and fields, in plain language. Marked for translation, translated when shown."""

from collections.abc import Mapping

from registry.intake.batch import BatchState, Holds
from registry.intake.diff import CHANGED, NEW, REJECTED, REPEATED, UNCHANGED
from registry.intake.finding import CATALOGUE, Finding, Gravity
from registry.intake.mapping import Field
from registry.translation import Language, translate
from vocab.history import Standing


def _(message: str) -> str:
    """Marks a message for translation."""
    return message


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
    Gravity.WARNS: _("Yellow: the row is published as it is. Please check the cell against the licence."),
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


def explanation(finding: Finding, lang: Language) -> str:
    """What is wrong, in one language."""
    return translate(lang, CATALOGUE[finding.code][1], **finding.details)
