"""Findings: what is wrong, in which cell, how grave, and what to do, in words that a clerk understands.

The messages are written in English here and translated like all others (`registry.translation`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.intake.gravity import OF_CODES, OF_FILES, OF_LINKS, Gravity
from registry.translation import marked as _
from vocab.iri import is_citizen_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. `column` is the file's own heading, or empty for the whole row; `received` is the cell as it came, and
    `proposed` what it should perhaps be, or empty."""

    code: str
    column: str = ""
    received: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    proposed: str = ""

    @property
    def gravity(self) -> Gravity:
        return CATALOGUE[self.code][0]


def found(code: str, column: str, received: str, proposed: str = "", **details: str) -> Finding:
    """A finding that repeats no citizen's number: findings are listed, stored and sent back."""
    received, proposed = ("" if is_citizen_number(text) else text for text in (received, proposed))
    details = {name: "" if is_citizen_number(value) else value for name, value in details.items()}
    return Finding(code=code, column=column, received=received, details=details, proposed=proposed)


RULE_BROKEN = "rule-broken"
"""A published rule (`/def/shape/s13`) that a licence does not keep: `rule` is its name, `th` and `en` what it asks for."""

CATALOGUE: Mapping[str, tuple[Gravity, str]] = {
    "row-shifted": (
        Gravity.BLOCKS,
        _(
            "The row has %(found)s cells, the heading has %(expected)s. Is there a comma in a cell without quotation marks?"
        ),
    ),
    "row-moved": (
        Gravity.BLOCKS,
        _(
            "From about this column on, the cells do not fit their columns but those beside them. Is there a comma in a cell without quotation marks, or is a cell missing?"
        ),
    ),
    "number-missing": (Gravity.BLOCKS, _("The licence number is empty. Every licence needs the number printed on it.")),
    "number-refused": (
        Gravity.BLOCKS,
        _("The licence number cannot be used: it contains %(got)s. Type the number again as it is printed."),
    ),
    "number-too-long": (Gravity.BLOCKS, _("The licence number is too long. Is this the right column?")),
    "number-is-citizen-number": (
        Gravity.BLOCKS,
        _(
            "The licence number is a citizen's 13-digit number. It must not become a public address: ask the registry's team."
        ),
    ),
    "number-twice": (
        Gravity.BLOCKS,
        _("The same number stands on line %(other)s with other content. Which is right, or what tells the two apart?"),
    ),
    "number-repeated": (Gravity.INFORMS, _("The same licence stands on line %(other)s too, with the same content.")),
    "number-unusual": (
        Gravity.WARNS,
        _(
            "The number does not look as numbers of this kind do (%(pattern)s). It is published exactly as it is; please check it."
        ),
    ),
    "leading-zeros-lost": (
        Gravity.BLOCKS,
        _(
            'The number looks as if a spreadsheet had taken zeros from its beginning (numbers of this kind look like %(pattern)s). Type it as it is printed, or agree in the mapping that it is repaired where that is certain: [repairs] agreed = ["leading-zeros-lost"]'
        ),
    ),
    "number-date-unclear": (
        Gravity.BLOCKS,
        _(
            "A spreadsheet has made a date of the number. It may have been %(candidates)s. Type it as it is printed on the licence."
        ),
    ),
    "number-became-decimal": (
        Gravity.BLOCKS,
        _(
            "A spreadsheet has made a decimal number of the licence number (numbers of this kind look like %(pattern)s). Format the column as text and type it as it is printed."
        ),
    ),
    "row-nearly-empty": (
        Gravity.BLOCKS,
        _(
            "Nothing but this cell is filled, and it does not look like a licence number. Is it a note below the list? Then remove the row."
        ),
    ),
    "number-became-date": (
        Gravity.BLOCKS,
        _(
            'A spreadsheet has made a date of the number (numbers of this kind look like %(pattern)s). Type it as it is printed, or agree in the mapping that it is repaired where that is certain: [repairs] agreed = ["number-became-date"]'
        ),
    ),
    "number-repaired": (
        Gravity.INFORMS,
        _("A spreadsheet had changed the number. It is published as %(number)s, as agreed in the mapping."),
    ),
    "number-float": (
        Gravity.INFORMS,
        _("A program has written the whole number with a decimal point. It was read without it."),
    ),
    "number-similar": (
        Gravity.WARNS,
        _(
            "Another licence has nearly the same number: %(other)s. Are these two licences, or one that was typed twice?"
        ),
    ),
    "number-disagrees": (
        Gravity.WARNS,
        _("The number says %(expected)s, the column says %(got)s. Published as received; please check which is right."),
    ),
    "year-missing": (
        Gravity.BLOCKS,
        _(
            "Numbers of this kind start again each year, so the day of issue is needed to tell licences apart. It is empty."
        ),
    ),
    "date-unknown-form": (
        Gravity.BLOCKS,
        _("This is not a date that can be read. Write it like 25/12/2568 or 25 ธ.ค. 2568."),
    ),
    "date-unknown-month": (
        Gravity.BLOCKS,
        _("There is no month with this name. Write the date like 25/12/2568 or 25 ธ.ค. 2568."),
    ),
    "date-month-out-of-range": (
        Gravity.BLOCKS,
        _("There is no such month. Dates are read as day/month/year: is the month in the first place?"),
    ),
    "date-no-such-day": (
        Gravity.BLOCKS,
        _("The calendar has no such day. Look at the licence and type the date again."),
    ),
    "date-two-digit-year": (
        Gravity.BLOCKS,
        _(
            'The year has two digits. Write all four, or say in the mapping which era such years have, under [dates]: era = "be" (พ.ศ.) or era = "ce" (ค.ศ.). Years with four digits are read as they are.'
        ),
    ),
    "date-year-out-of-range": (
        Gravity.BLOCKS,
        _("The year is not one that a licence can have. Is a digit missing or too many?"),
    ),
    "date-era-contradicts-year": (
        Gravity.BLOCKS,
        _("The era (พ.ศ. or ค.ศ.) does not fit the year. Which of the two is right?"),
    ),
    "date-era-contradicts-argument": (
        Gravity.BLOCKS,
        _("The cell says พ.ศ. or ค.ศ., and the mapping says the other era for this file ([dates] era)."),
    ),
    "date-old-new-year": (
        Gravity.BLOCKS,
        _(
            "Before B.E. 2484 the year began in April, so this date can mean two different days. Write it in the common era (ค.ศ.)."
        ),
    ),
    "dates-reversed": (Gravity.BLOCKS, _("The licence ends (%(end)s) before it begins (%(begin)s).")),
    "date-far": (
        Gravity.WARNS,
        _("The licence would be valid for %(years)s years, until %(end)s. Is a digit of the year wrong?"),
    ),
    "date-no-expiry": (
        Gravity.BLOCKS,
        _(
            'The cell says that the licence never ends. If the law says so too, agree to it in the mapping, under [cells]: no_expiry = ["%(text)s"]'
        ),
    ),
    "date-in-future": (Gravity.BLOCKS, _("The day of issue is in the future.")),
    "date-serial": (
        Gravity.INFORMS,
        _("The cell has a spreadsheet's number of a day instead of a date. It was read as that day."),
    ),
    "date-serial-alone": (
        Gravity.WARNS,
        _(
            "This cell has a spreadsheet's number of a day, and the other dates of the row are written out. Is it a date at all?"
        ),
    ),
    "date-zero": (
        Gravity.INFORMS,
        _("The date is a spreadsheet's day zero, which stands for an empty cell. It was read as empty."),
    ),
    "date-of-zone": (
        Gravity.INFORMS,
        _("The cell has a time of another time zone. It was read as the day that it was in Thailand."),
    ),
    "text-refused": (
        Gravity.BLOCKS,
        _("The cell contains an invisible control character (%(character)s). Type the text again."),
    ),
    "number-shortened": (
        Gravity.BLOCKS,
        _(
            "The spreadsheet has shortened a long number in this cell (%(text)s). Format the column as text and type the number again."
        ),
    ),
    "formula-failed": (
        Gravity.BLOCKS,
        _("The cell shows that a formula of the spreadsheet has failed (%(text)s). Type what belongs there."),
    ),
    "text-too-long": (Gravity.BLOCKS, _("The text has %(found)s characters, at most %(limit)s fit.")),
    "citizen-number-public": (
        Gravity.BLOCKS,
        _("The cell contains a citizen's 13-digit number, which must not be published. Remove it from this column."),
    ),
    "citizen-number-withheld": (
        Gravity.INFORMS,
        _("The column for the juristic number holds a citizen's number. It was not taken over and is not published."),
    ),
    "juristic-number-wrong": (
        Gravity.WARNS,
        _("The juristic number is not 13 digits with a right check digit. The licensee is published without it."),
    ),
    "juristic-numbers-uneven": (
        Gravity.WARNS,
        _(
            "There are %(numbers)s juristic numbers for %(names)s licensees, so nobody knows whose they are. Published without them."
        ),
    ),
    "zero-restored": (
        Gravity.INFORMS,
        _(
            "A spreadsheet had taken the zero from the beginning of the juristic number. It was put back; the check digit fits."
        ),
    ),
    "code-wrong": (
        Gravity.WARNS,
        _("The code has not the right number of digits (%(expected)s). Published without it."),
    ),
    "province-unknown": (
        Gravity.WARNS,
        _(
            "This is none of the 77 provinces. Is it misspelt, or does it belong to another column? Published as received."
        ),
    ),
    "coordinate-wrong": (Gravity.WARNS, _("The coordinate is not a decimal number in Thailand. Published without it.")),
    **OF_CODES,
    **OF_LINKS,
    "renewed-unknown": (
        Gravity.WARNS,
        _("The renewed licence %(number)s is not in the register. Published without the link to it."),
    ),
    "alias-refused": (Gravity.WARNS, _("The other number %(number)s cannot be used. Published without it.")),
    "item-missing": (
        Gravity.WARNS,
        _(
            "The item “%(item)s” stands on the licence but is empty in this row. Section 13 asks for at least the items on the licence."
        ),
    ),
    "column-missing": (
        Gravity.WARNS,
        _(
            "No column of the file has the item “%(item)s”, which stands on the licence. Section 13 asks for at least the items on the licence."
        ),
    ),
    "expiry-column-missing": (
        Gravity.WARNS,
        _(
            "No column says until when the licences are valid, so nobody can be told that one is in force. If they never expire, say so in the mapping (no_expiry = true)."
        ),
    ),
    "premises-twice": (
        Gravity.INFORMS,
        _(
            "A place of the same name stands on line %(other)s under the number %(number)s. Are both licences still held?"
        ),
    ),
    "expiry-missing": (
        Gravity.WARNS,
        _("Nothing says until when the licence is valid, so nobody can be told that it is in force."),
    ),
    "status-unknown": (
        Gravity.BLOCKS,
        _(
            'Nobody knows what the status “%(text)s” means. Say it in the mapping, under [status.values]: "%(text)s" = "revoked", or suspended, surrendered, granted, ignore.'
        ),
    ),
    "status-undated": (
        Gravity.WARNS,
        _("The status has no date. The day on which the row is published counts."),
    ),
    "status-dates-disagree": (
        Gravity.WARNS,
        _("The status says that the licence has ended (%(text)s), but its dates do not (%(end)s). Which is right?"),
    ),
    "status-impossible": (
        Gravity.BLOCKS,
        _(
            "What the file says of this licence (%(standing)s) does not fit its history: %(why)s. Put the dates in the file right, or record a decision."
        ),
    ),
    "status-contradicts": (
        Gravity.WARNS,
        _(
            "The file says that the licence is %(claimed)s, the register says %(standing)s (decision %(order)s, from %(day)s). The register goes on saying so; bring the list up to date, or record a decision."
        ),
    ),
    "decision-newer": (
        Gravity.INFORMS,
        _(
            "A decision recorded since (%(order)s, from %(day)s) gave this licence other dates than the file has. The decision counts; bring the list up to date."
        ),
    ),
    "decision-contradicted": (
        Gravity.BLOCKS,
        _(
            "The file has other dates than a decision recorded since (%(order)s, from %(day)s). Put the list right, or record a correction."
        ),
    ),
    "act-needed": (
        Gravity.BLOCKS,
        _(
            "The licence is %(standing)s in the register, and the file changes it. Record the decision first (reinstate or correct)."
        ),
    ),
    RULE_BROKEN: (Gravity.WARNS, _("The published rules for section 13 say: %(asked)s (rule %(rule)s)")),
    **OF_FILES,
}
"""Of each kind of finding how grave it is, and what is said; `registry.intake.gravity.OF_FILES` are about a file as a whole."""
