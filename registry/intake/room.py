"""Whether a licence's QR code has room for all of it (docs/qr-format.md, section 7): told before it is published."""

from datetime import UTC, datetime

from issuers.compact import draft_compact, fitted, over
from issuers.status import LIST_BITS
from registry.intake.finding import Finding, found
from registry.intake.mapping import Field
from registry.intake.rows.source import Source
from verify.compact import ADDRESS_LINES, LICENSEES, PREMISES
from vocab.disclosure import disclosed
from vocab.license import License

# As long as an instant and a place in the lists ever are: what is told must hold whenever the licence is published.
_MADE = datetime(2106, 1, 1, tzinfo=UTC)
_STATUS = (1 << 16, LIST_BITS - 1)
_SURELY = 60
"""So many characters in all texts fit, of whatever script they are and whatever host the register has."""
_CODES = (
    (LICENSEES, "code-without-names"),
    (PREMISES, "code-without-premises"),
    (ADDRESS_LINES, "code-without-address"),
)
"""From the last that is given up to the first: one finding says it all."""


def room_findings(license: License, source: Source) -> tuple[Finding, ...]:
    """What the code of `license` has no room for, as one finding; none where all of it fits."""
    if _characters(license) <= _SURELY:
        return ()
    said = draft_compact(disclosed(license, source.license_type), status=_STATUS, made=_MADE)
    shown = fitted(said, source.base)
    if shown is said:
        return ()
    left = shown.left_out if shown is not None else frozenset({0})
    code = next((code for member, code in _CODES if member in left), "code-without-content")
    column = source.mapping.heading(Field.NUMBER)
    return (found(code, column, "", number=license.number, over=str(over(said, source.base))),)


def _characters(license: License) -> int:
    names = [name.th or name.en for name in (each.name for each in license.licensees)]
    shops = [place.name.th or place.name.en for place in license.premises if place.name is not None]
    streets = [
        f"{at.street}{at.subdistrict}{at.district}{at.province}{at.postal_code}"
        for at in (place.address for place in license.premises)
    ]
    return sum(map(len, (license.number, *names, *shops, *streets)))
