"""How grave a finding is, and those about a file as a whole."""

from collections.abc import Mapping
from enum import StrEnum

from registry.translation import marked as _


class Gravity(StrEnum):
    """`BLOCKS` keeps the row from being published; `WARNS` and `INFORMS` do not."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFORMS = "informs"


OF_FILES: Mapping[str, tuple[Gravity, str]] = {
    "encoding-repaired": (
        Gravity.WARNS,
        _(
            "The letters of the file were broken on their way (UTF-8 taken for %(via)s) and have been put right. "
            "Please look at some names."
        ),
    ),
    "encoding-broken": (
        Gravity.WARNS,
        _(
            "The letters of %(count)s cells are broken and could not be put right (line %(lines)s). They are read as "
            "received. Please send the list again as XLSX."
        ),
    ),
    "no-rows": (
        Gravity.WARNS,
        _(
            "The file has headings and no rows below them: there is nothing to publish. Is it the right file, and the "
            "right sheet?"
        ),
    ),
    "rows-above-heading": (
        Gravity.INFORMS,
        _("Above the headings there are %(count)s rows (line %(lines)s). They are not part of the list."),
    ),
    "heading-unnamed": (
        Gravity.INFORMS,
        _("These columns have no heading and are called by their letter: %(columns)s. Give every column a heading."),
    ),
    "heading-twice": (
        Gravity.INFORMS,
        _("Several columns have the same heading. The later ones are called: %(columns)s. Give each its own heading."),
    ),
    "heading-repeated": (
        Gravity.INFORMS,
        _("The headings stand again among the rows (line %(lines)s). These %(count)s rows are not part of the list."),
    ),
    "total-row-left-out": (
        Gravity.INFORMS,
        _("Rows that only add up others are not part of the list: %(count)s, on line %(lines)s."),
    ),
    "note-row-left-out": (
        Gravity.INFORMS,
        _("Rows that are only a note or a signature are not part of the list: %(count)s, on line %(lines)s."),
    ),
    "sheets-joined": (
        Gravity.WARNS,
        _(
            "Several sheets have the same columns and were read as one list: %(sheets)s. If one of them does not "
            "belong to it, name the right one in the mapping ([file] sheet) or remove it."
        ),
    ),
    "sheet-by-name-left-out": (
        Gravity.WARNS,
        _(
            "By their names these sheets hold what is no longer in force, and they were not read: %(sheets)s. If one "
            "of them is the list, name it in the mapping ([file] sheet)."
        ),
    ),
    "sheet-left-out": (
        Gravity.WARNS,
        _(
            "These sheets have other columns and were not read: %(sheets)s. What was read is: %(read)s. If that is the"
            " wrong one, name the right one in the mapping, or send it as a file of its own."
        ),
    ),
    "sheet-hidden": (
        Gravity.INFORMS,
        _("These sheets are hidden and were not read: %(sheets)s. If they belong to the list, show them in Excel."),
    ),
    "file-left-out": (
        Gravity.WARNS,
        _("These files in the ZIP file are not lists and were not read: %(files)s."),
    ),
    "form-turned": (
        Gravity.INFORMS,
        _(
            "The sheet shows one licence as a form, the names of its items below each other. It was read as one row. "
            "Text without such a name was left out: line %(lines)s."
        ),
    ),
}
"""What may be found in a file, beside its rows: code -> how grave it is, and what is said (`registry.intake.finding`)."""

OF_CODES: Mapping[str, tuple[Gravity, str]] = {
    "code-without-address": (
        Gravity.WARNS,
        _(
            "The QR code of %(number)s would be too large to be read from a wall (by %(over)s bytes). It is made without the "
            "address: who checks it without a network does not see where the place is."
        ),
    ),
    "code-without-premises": (
        Gravity.WARNS,
        _(
            "The QR code of %(number)s would be too large to be read from a wall (by %(over)s bytes). It is made without the "
            "name of the place: who checks it without a network does not see it."
        ),
    ),
    "code-without-licensee": (
        Gravity.WARNS,
        _(
            "The QR code of %(number)s would be too large to be read from a wall (by %(over)s bytes). It is made without the "
            "licensee: who checks it without a network does not see who that is."
        ),
    ),
    "code-without-content": (
        Gravity.WARNS,
        _(
            "The number is so long that no QR code has room for it (by %(over)s bytes). The code holds only the address of the "
            "licence's page, and cannot be checked without a network."
        ),
    ),
}

OF_LINKS: Mapping[str, tuple[Gravity, str]] = {
    "access-not-an-address": (
        Gravity.WARNS,
        _(
            "This is no web address that can be shown (https://..., without spaces). The licence is published without this "
            "link."
        ),
    ),
    "access-not-https": (
        Gravity.WARNS,
        _(
            "Only addresses with https:// are shown, so that nobody on the way can change the document. Does it open with "
            "https:// too? The licence is published without this link."
        ),
    ),
    "access-host-inner": (
        Gravity.WARNS,
        _(
            "The address leads to a computer that the public cannot reach by its name. Give the address on your public web "
            "site. The licence is published without this link."
        ),
    ),
    "access-password": (
        Gravity.WARNS,
        _(
            "The address has a user name or a password in it. Remove it: the list is public. Published without this link."
        ),
    ),
    "access-secret": (
        Gravity.WARNS,
        _(
            "The address has a key, a token or a session in it, with which others may open more than this document. Give an "
            "address that works without. Published without this link."
        ),
    ),
    "access-citizen-number": (
        Gravity.WARNS,
        _(
            "The address has a citizen's 13-digit number in it. Give the file another name, such as the licence's number. "
            "Published without this link."
        ),
    ),
    "access-tells-hidden": (
        Gravity.WARNS,
        _(
            "The address says something that is not disclosed of this licence, such as the licensee's name. Give the file "
            "another name, such as the licence's number. Published without this link."
        ),
    ),
    "access-not-fitting": (
        Gravity.WARNS,
        _(
            "The link does not fit its right of access: a public document has an address, a restricted one only that of the "
            "log-in page, one that is not public has none. Published without this link."
        ),
    ),
    "access-rights-unknown": (
        Gravity.WARNS,
        _(
            "Nobody knows what “%(text)s” means as a right of access. Say it in the mapping, under [access.values]: public, "
            "restricted or nonPublic. Published without this link."
        ),
    ),
    "access-media-type": (
        Gravity.WARNS,
        _("This is no media type, such as application/pdf. The link is published without it."),
    ),
    "access-digest": (
        Gravity.WARNS,
        _("This is no digest, such as sha256- and 44 characters of base64. The link is published without it."),
    ),
}
"""What may be found in the columns that say where a licence's document is."""
