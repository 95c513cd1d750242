"""The harvested licences of one type as a list: the file that is staged, checked and published as an agency's own would be."""

import csv
import io
import json
from collections.abc import Iterable, Sequence

from registry.intake.mapping import Field
from registry.intake.plain import NO_EXPIRY, PARTICULARS, SEPARATOR, plain_headings, plain_members
from vocab.authority import LicenseType
from vocab.graph import Grantor
from vocab.license import License

STATUS, STATUS_ON, STATUS_REASON = "status", "status_on", "status_reason"
ENDLESS = "no expiry"
MAX_REASON = 500


def headings(license_type: LicenseType) -> tuple[str, ...]:
    """The columns: the fields of a mapping by their own names, the items of the type, and the status with its day and reason."""
    codes = [item.code for item in license_type.face if item.code]
    return (*plain_headings(codes), STATUS, STATUS_ON, STATUS_REASON)


def cells_of(license: License, grantor: Grantor, status: str, on: str, reason: str) -> tuple[str, ...]:
    """The row of a licence, in the order of `headings`."""
    members = plain_members(license)
    if members.pop(NO_EXPIRY, False):
        members[Field.EXPIRES_ON] = ENDLESS
    items = members.pop(PARTICULARS, {})
    codes = [item.code for item in grantor.license_type.face if item.code]
    fields = [_cell(members.get(name)) for name in Field]
    return (*fields, *(_cell(items.get(code)) for code in codes), status, on, " ".join(reason.split())[:MAX_REASON])


def _cell(value: object) -> str:
    return SEPARATOR.join(value) if isinstance(value, list) else str(value or "")


def table_body(license_type: LicenseType, rows: Iterable[Sequence[str]]) -> bytes:
    """The list as CSV: the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings(license_type))
    writer.writerows(rows)
    return text.getvalue().encode()


def mapping_text(license_type: LicenseType) -> str:
    """The mapping (TOML) of such a list."""
    codes = [item.code for item in license_type.face if item.code]
    lines = ["[columns]", *(f'{name} = "{name}"' for name in Field)]
    lines += [
        "[columns.particulars]",
        *(f"{json.dumps(code)} = {json.dumps(f'{PARTICULARS}.{code}')}" for code in codes),
    ]
    lines += ["[cells]", "blank = []", f"separator = {json.dumps(SEPARATOR)}", f'no_expiry = ["{ENDLESS}"]']
    lines += ["[status]", f'column = "{STATUS}"', f'date = "{STATUS_ON}"', f'reason = "{STATUS_REASON}"']
    return "\n".join([*lines, ""])
