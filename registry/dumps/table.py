"""A licence as a line of a table: the fields that a mapping has, and what the register knows of it.

Where there are several of a thing they stand in one cell; the other formats keep them apart.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from registry import urls
from registry.intake.table import escaped
from registry.record import LicenseRecord
from vocab.authority import LicenseType
from vocab.graph import Grantor, date_time
from vocab.history import Status
from vocab.license import Address, License, LocalText, Organization

SEVERAL = "; "
COLUMNS = (
    *("iri", "number", "qualifier", "authority", "type", "status", "record_status", "licensee", "licensee_en"),
    *("juristic_id", "premises", "premises_en", "street", "subdistrict", "district", "province", "postal_code"),
    *("subdistrict_code", "latitude", "longitude", "activity", "condition", "issued_on", "valid_from", "expires_on"),
    *("no_expiry", "renews", "aliases", "check", "credential", "credential_sha256", "same_as", "modified_at"),
)
PARTICULARS = "particulars."
BOM = b"\xef\xbb\xbf"
"""By which spreadsheet programs know UTF-8."""


def particular_codes(license_type: LicenseType) -> tuple[str, ...]:
    """The items of the type's own, each of which has a column."""
    return tuple(item.code for item in license_type.face if item.code)


def heading(license_type: LicenseType) -> bytes:
    """The first line."""
    return BOM + lines([(*COLUMNS, *(PARTICULARS + code for code in particular_codes(license_type)))])


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV (RFC 4180) in UTF-8; no cell of them is run as a formula by a spreadsheet program."""
    text = io.StringIO()
    csv.writer(text).writerows(map(escaped, row) for row in rows)
    return text.getvalue().encode()


def cells(record: LicenseRecord, public: License, status: Status, digest: bytes, grantor: Grantor) -> tuple[str, ...]:
    """The cells of a licence; `public` is what of it is disclosed."""
    iri, base, term = public.iri, grantor.base, public.term
    names = [licensee.name for licensee in public.licensees]
    places = [place.name for place in public.premises if place.name is not None]
    addresses = [place.address for place in public.premises]
    juristic = [licensee.juristic_id for licensee in public.licensees if isinstance(licensee, Organization)]
    return (
        str(iri),
        public.number,
        iri.qualifier or "",
        iri.authority,
        iri.type,
        status.value,
        record.record_status,
        *_local(names),
        _joined(juristic),
        *_local(places),
        *_address(addresses),
        _joined([place.latitude for place in public.premises]),
        _joined([place.longitude for place in public.premises]),
        _joined([str(activity) for activity in public.activities]),
        _joined(public.conditions),
        str(public.issued_on or ""),
        str(term.valid_from or ""),
        str(term.expires_on or ""),
        "true" if term.no_expiry else "",
        str(public.renews or ""),
        _joined(public.aliases),
        base + urls.check(record.check_id),
        base + urls.license_document(iri, "vc"),
        digest.hex(),
        record.original.iri if record.original and record.original.digest else "",
        date_time(record.modified_at),
        *(
            _joined([item.value for item in public.particulars if item.code == code])
            for code in particular_codes(grantor.license_type)
        ),
    )


def _local(texts: Sequence[LocalText]) -> tuple[str, str]:
    return _joined([text.th for text in texts]), _joined([text.en for text in texts])


def _address(addresses: Sequence[Address]) -> tuple[str, ...]:
    names = ("street", "subdistrict", "district", "province", "postal_code", "subdistrict_code")
    return tuple(_joined([getattr(address, name) for address in addresses]) for name in names)


def _joined(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else SEVERAL.join(filter(None, texts))
