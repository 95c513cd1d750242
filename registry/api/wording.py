"""What is told to a program: errors that tell a clerk which command to type tell a program which request to send."""

from collections.abc import Mapping
from datetime import date

from registry.told import Message, Told
from registry.translation import marked as _

_INSTEAD: Mapping[str, str] = {
    "there is no batch %(batch)s; `license-registry batches` lists them": (
        "there is no batch %(batch)s of this authority; GET /api/v1/batches lists them"
    ),
    "batch %(batch)s (%(state)s) cannot be put aside; `license-registry batches undo` takes back what is published": (
        "batch %(batch)s (%(state)s) cannot be put aside; POST /api/v1/batches/%(batch)s/undo takes back what is published"
    ),
    "batch %(batch)s is suspicious (%(codes)s) and was not published: look at it "
    "(`license-registry batches show %(batch)s`); if it is right, publish it with %(words)s": (
        "batch %(batch)s is suspicious (%(codes)s) and was not published: look at it (GET /api/v1/batches/%(batch)s); if it is "
        "right, publish it with all of these words in the member `accept`"
    ),
    "what is public has changed since batch %(batch)s was compared with it: compare it again "
    "(`license-registry publish --batch %(batch)s --again`), look, and publish it then": (
        "what is public has changed since batch %(batch)s was compared with it: compare it again "
        "(POST /api/v1/batches/%(batch)s/restage), look, and publish the batch that takes its place"
    ),
    "batch %(batch)s (%(state)s) is not being checked any more: the same file was sent again meanwhile; "
    "look at the newest batch (`license-registry batches`)": (
        "batch %(batch)s (%(state)s) is not being checked any more: the same file was sent again meanwhile; "
        "look at the newest batch (GET /api/v1/batches)"
    ),
    "nothing says yet which column of the file is what: no mapping was given, and none is known for this authority "
    "and type. Let one be proposed, look at it, and publish again with it (--mapping mapping.toml):\n  %(command)s": (
        "nothing says yet which column of the file is what: send a mapping (TOML) in the field `mapping`, or the `source` of a "
        "list whose mapping is saved"
    ),
    "Make the mapping anew: %(command)s": "Send a mapping for these columns in the field `mapping`.",
}
"""By the message for people, as it is written in English."""


def for_programs(error: Exception) -> str:
    """What happened and what to do, in English, for whoever reads the `detail` of a problem."""
    return str(_said(error.message)) if isinstance(error, Told) else str(error)


def _said(value: object) -> object:
    match value:
        case Message():
            filled = {name: _said(detail) for name, detail in value.details.items()}
            text = _INSTEAD.get(value.message, value.message)
            return text % filled if filled else text
        case Told():
            return _said(value.message)
        case tuple():
            return "\n".join(str(_said(each)) for each in value)
        case date():
            return value.isoformat()
        case _:
            return value


PUSHED: Mapping[str, str] = {
    "item-missing": _(
        "The item “%(item)s” stands on the licence and was not sent. Section 13 asks for at least the items on the licence."
    ),
    "citizen-number-public": _(
        "The text contains a citizen's 13-digit number, which must not be published. Leave the number out."
    ),
    "citizen-number-withheld": _("This is a citizen's number. It was not taken over and is not published."),
    "date-two-digit-year": _("The year has two digits. Write all four."),
    "leading-zeros-lost": _(
        "The number looks as if zeros were lost from its beginning (numbers of this kind look like %(pattern)s). Send it as it "
        "is printed."
    ),
    "number-became-date": _(
        "The number has become a date on its way (numbers of this kind look like %(pattern)s). Send it as it is printed."
    ),
    "number-too-long": _("The licence number is too long."),
    "text-refused": _("The text contains an invisible control character (%(character)s). Send it without."),
}
"""What is said of a licence that came alone, where the words for a file speak of cells, columns and a mapping."""

SUSPICIOUS: Mapping[str, str] = {
    "missing": _(
        "%(missing)s of the %(public)s licences of this list that are public are not in the file (%(percent)s %%). "
        "Is it the whole list? If it is only a part, send it with holds=part."
    ),
}
