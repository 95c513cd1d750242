"""The links to a licence's document that a row has: read into what is declared, with a finding for what cannot be shown.

A link that cannot be used keeps no licence from being published: it is published without it.
"""

import json
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence

from registry.access.link import Declared
from registry.codec import Codec
from registry.intake.mapping import LinkColumns
from registry.intake.rows.cells import unquoted
from registry.intake.rows.reader import CellReader
from registry.intake.rows.source import Column
from vocab.access import AccessRefused, AccessRights, parse_access, tells_hidden
from vocab.license import License
from vocab.thai import normalize_text

RIGHTS: ReadOnly[str, AccessRights] = {
    **dict.fromkeys(("public", "open", "สาธารณะ", "เปิดเผย", "เปิดเผยได้", "เผยแพร่", "ทั่วไป", "เปิด"), AccessRights.PUBLIC),
    **dict.fromkeys(
        ("restricted", "login", "จำกัดสิทธิ", "จำกัดสิทธิ์", "จำกัดการเข้าถึง", "เข้าสู่ระบบ", "ต้องเข้าสู่ระบบ"),
        AccessRights.RESTRICTED,
    ),
    **dict.fromkeys(
        ("nonpublic", "non-public", "not public", "private", "ไม่เปิดเผย", "ไม่เผยแพร่", "ปกปิด", "ลับ"),
        AccessRights.NON_PUBLIC,
    ),
}
"""What everybody means by a text in a column of access rights, in lower case."""
_MEMBER_FINDING = {"rights": "access-rights-unknown", "media_type": "access-media-type", "digest": "access-digest"}
_REASON_FINDING = {
    "https": "access-not-https",
    "address": "access-not-an-address",
    "host": "access-host-inner",
    "user": "access-password",
    "secret": "access-secret",
    "citizen-number": "access-citizen-number",
    "hidden": "access-tells-hidden",
    "too-much": "access-not-fitting",
    "no-address": "access-not-fitting",
}
_UNTOLD = frozenset({"access-citizen-number", "access-secret", "access-password", "access-tells-hidden"})
"""Of these the cell is not repeated: findings are listed, stored and sent back."""


def read_links(reading: CellReader, license: License | None) -> tuple[Declared, ...] | None:
    """The links of a row; None where the file has no column for them, and so says nothing of any."""
    columns, mapping = reading.columns.links, reading.source.mapping.access
    if not columns or mapping is None:
        return None
    cells = {name: reading.plain(column.received(reading.cells)) for name, column in columns.items()}
    said = {name: text for name, text in cells.items() if text and name != "rights"}
    rights = _rights(reading, mapping, cells.get("rights", ""))
    if rights is None or not (said.get("access_url") or said.get("download_url") or rights is AccessRights.NON_PUBLIC):
        return ()
    if rights is AccessRights.NON_PUBLIC and not cells.get("rights"):
        # What holds for a whole list says nothing of a row that has no document.
        return ()
    # A cell of a media type or digest that cannot be read loses itself, and not the link.
    for name in ("media_type", "digest"):
        if name in said and not _stands(reading, columns[name], name, said[name]):
            del said[name]
    try:
        access = parse_access(rights=rights.value, **said)
        if license is not None and tells_hidden(access, license, reading.source.license_type):
            raise AccessRefused("hidden", "download_url" if access.download_url else "access_url", "")
    except AccessRefused as error:
        _say(reading, columns.get(error.member) or next(iter(columns.values())), error)
        return ()
    return (Declared(access=access),)


def _rights(reading: CellReader, mapping: LinkColumns, text: str) -> AccessRights | None:
    if not text:
        return mapping.otherwise
    known = {normalize_text(each).lower(): right for each, right in mapping.values.items()}
    found = known.get(text.lower()) or RIGHTS.get(text.lower())
    if found is None:
        # Unknown means no: nobody is led to what may not be meant for all.
        column = reading.columns.links["rights"]
        reading.find("access-rights-unknown", column.heading, column.received(reading.cells), text=text[:80])
    return found


def _stands(reading: CellReader, column: Column, name: str, text: str) -> bool:
    try:
        parse_access(rights=AccessRights.PUBLIC, access_url="https://example.org/", **{name: text})
    except AccessRefused as error:
        _say(reading, column, error)
        return False
    return True


def _say(reading: CellReader, column: Column, error: AccessRefused) -> None:
    code = _MEMBER_FINDING.get(error.reason.replace("-", "_")) or _REASON_FINDING.get(
        error.reason, "access-not-an-address"
    )
    received = "" if code in _UNTOLD else unquoted(column.received(reading.cells))[:200]
    reading.find(code, column.heading, received, "" if code in _UNTOLD else error.proposed)


def dump_links(codec: Codec, links: Sequence[Declared] | None) -> str:
    """The links as one text; empty where nothing was said of any."""
    return "" if links is None else json.dumps([codec.dump(each) for each in links])


def load_links(codec: Codec, text: str) -> tuple[Declared, ...]:
    """The links in a text of `dump_links` that is not empty."""
    return tuple(codec.load(each, Declared) for each in json.loads(text))
