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
_CODES = {
    LICENSEES: "code-without-licensee",
    PREMISES: "code-without-premises",
    ADDRESS_LINES: "code-without-address",
}


def room_findings(license: License, source: Source) -> tuple[Finding, ...]:
    """What the code of `license` has no room for; none where all of it fits."""
    said = draft_compact(disclosed(license, source.license_type), status=_STATUS, made=_MADE)
    shown = fitted(said, source.base)
    if shown is said:
        return ()
    codes = ["code-without-content"] if shown is None else [_CODES[each] for each in sorted(shown.left_out)]
    column, too_many = source.mapping.heading(Field.NUMBER), str(over(said, source.base))
    return tuple(found(code, column, "", number=license.number, over=too_many) for code in codes)
