"""A licence as plain JSON, in both directions.

Its members are the fields of a mapping (`registry.intake.mapping.Field`), so that what reads the row of a file reads this too and
finds the same. A member is a text; those of `LISTS` may be lists, `particulars` is an object by code, and `no_expiry` is true
where the law knows no end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.intake.mapping import Cells, Field, Mapping
from registry.intake.rows.source import Source
from registry.intake.table import SourceRow
from verify.document import MAX_BYTES, Document, in_utf_8, json_kind, parse_document
from verify.errors import MalformedDocument
from vocab.authority import NumberingScheme
from vocab.graph import Grantor
from vocab.iri import registered
from vocab.license import License

LISTS = frozenset(
    {Field.LICENSEE, Field.LICENSEE_EN, Field.JURISTIC_ID, Field.ACTIVITY, Field.CONDITION, Field.ALIASES}
)
PARTICULARS, NO_EXPIRY, DISTINCT = "particulars", "no_expiry", "distinct"
MEMBERS = (*Field, PARTICULARS, NO_EXPIRY, DISTINCT)
"""All that may be sent. `distinct` says of a new licence that it is none of those with similar numbers; it is not kept."""
SEPARATOR = "\u241e"
"""Between the values of a list in its cell: the picture of a record separator, which no licence has printed on it."""
ALSO_SEPARATES = "&&"
"""What stands between values in a cell of any file, and so cannot stand in one value."""


class MemberRefused(ValueError):
    """A member of the JSON has not the form that is expected there. `pointer` (RFC 6901) says which."""

    def __init__(self, pointer: str, expected: str) -> None:
        super().__init__(f"{pointer or '/'}: {expected}")
        self.extra = {"pointer": pointer}


@dataclass(frozen=True, slots=True)
class PlainLicense:
    """A licence as it was sent: the cells of `plain_headings`, and what it says beside them."""

    cells: tuple[str, ...]
    no_expiry: bool
    distinct: bool = False

    def row(self, line: int = 1) -> SourceRow:
        return SourceRow(line, self.cells)


def plain_headings(particulars: Iterable[str]) -> tuple[str, ...]:
    """The headings of the row that a licence of a type with these particulars is read from: the members' own names."""
    return (*Field, *(f"{PARTICULARS}.{code}" for code in particulars))


def plain_source(base: str, grantor: Grantor, scheme: NumberingScheme, today: date, *, no_expiry: bool) -> Source:
    """What `read_row` needs to read such a row: each field from the column of its own name."""
    codes = particular_codes(grantor)
    mapping = Mapping(
        columns={name: (name,) for name in Field},
        particulars={code: (f"{PARTICULARS}.{code}",) for code in codes},
        cells=Cells(separator=SEPARATOR),
        no_expiry=no_expiry,
    )
    return Source(
        base=base,
        authority=grantor.authority.code,
        license_type=grantor.license_type,
        scheme=scheme,
        mapping=mapping,
        headings=plain_headings(codes),
        today=today,
    )


def particular_codes(grantor: Grantor) -> tuple[str, ...]:
    """The codes of the further items on the face of the type."""
    return tuple(item.code for item in grantor.license_type.face if item.code)


def read_members(raw: bytes, max_bytes: int = MAX_BYTES) -> Document:
    """The JSON object in `raw`. Raises `MemberRefused`."""
    try:
        return parse_document(in_utf_8(raw), max_bytes=max_bytes)
    except MalformedDocument as error:
        raise MemberRefused("", f"a JSON object in UTF-8 is expected: {error}") from error


def read_plain(document: Document, particulars: Iterable[str], number: str | None = None) -> PlainLicense:
    """The licence in a JSON object. `number` is the one that its address says, if it has one. Raises `MemberRefused`."""
    codes = tuple(particulars)
    unknown = document.keys() - {*MEMBERS}
    if unknown:
        expected = f"there is no such member; the members are {', '.join(MEMBERS)}"
        raise MemberRefused(_pointer(min(unknown)), expected)
    no_expiry, distinct = _truth(document, NO_EXPIRY), _truth(document, DISTINCT)
    if no_expiry and document.get(Field.EXPIRES_ON):
        raise MemberRefused(_pointer(NO_EXPIRY), "a licence with a last day has an end: send one of the two")
    cells = [_cell(document.get(name), _pointer(name), is_list=name in LISTS) for name in Field]
    _require_pairs(document.get(Field.LICENSEE), document.get(Field.LICENSEE_EN))
    cells[0] = _number(cells[0], number)
    further = _particulars(document.get(PARTICULARS), codes)
    return PlainLicense((*cells, *(further.get(code, "") for code in codes)), no_expiry, distinct)


def _truth(document: Document, name: str) -> bool:
    value = document.get(name)
    if value is not None and not isinstance(value, bool):
        raise MemberRefused(_pointer(name), f"true, or nothing, is expected here (got {json_kind(value)})")
    return bool(value)


def _require_pairs(thai: object, english: object) -> None:
    """Raises `MemberRefused` where nobody could tell which name in English is whose."""
    if thai and english and _count(thai) != _count(english):
        expected = f"as many names as in {Field.LICENSEE} are expected here ({_count(thai)}, got {_count(english)})"
        raise MemberRefused(_pointer(Field.LICENSEE_EN), expected)


def _count(value: object) -> int:
    return len(value) if isinstance(value, list) else 1


def _number(sent: str, addressed: str | None) -> str:
    if addressed is None:
        return sent
    if sent and registered(sent) != addressed:
        raise MemberRefused(_pointer(Field.NUMBER), "this is another number than that of the address; leave it out")
    return sent or addressed


def _particulars(value: object, codes: tuple[str, ...]) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MemberRefused(_pointer(PARTICULARS), f"an object by code is expected here (got {json_kind(value)})")
    for code in value:
        if code not in codes:
            known = ", ".join(codes) or "none"
            raise MemberRefused(_pointer(PARTICULARS, code), f"the face of this type has no such item; it has {known}")
    return {code: _cell(item, _pointer(PARTICULARS, code), is_list=False) for code, item in value.items()}


def _cell(value: object, pointer: str, *, is_list: bool) -> str:
    if value is None:
        return ""
    if is_list and isinstance(value, list):
        return SEPARATOR.join(_listed(item, f"{pointer}/{n}") for n, item in enumerate(value))
    if not isinstance(value, str):
        wanted = "a text, or a list of texts," if is_list else "a text"
        raise MemberRefused(pointer, f"{wanted} is expected here, numbers and days too (got {json_kind(value)})")
    return _item(value, pointer) if is_list else value


def _listed(value: object, pointer: str) -> str:
    text = _item(value, pointer)
    if not text.strip() or text.strip().casefold() in Cells().blank:
        # It would be left out, and the values after it would belong to others.
        raise MemberRefused(pointer, "an item of a list is a value, and not blank")
    return text


def _item(value: object, pointer: str) -> str:
    """One value of a list. It is one whatever is in it: only a file has several values in one cell."""
    if not isinstance(value, str):
        raise MemberRefused(pointer, f"a text is expected here (got {json_kind(value)})")
    for sign in (SEPARATOR, ALSO_SEPARATES):
        if sign in value:
            raise MemberRefused(pointer, f"{sign} cannot stand in a text here: several values are a list")
    return " ".join(value.splitlines())


def _pointer(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1")[:100] for step in steps)


def plain_members(license: License) -> Document:
    """The licence as it would be sent: what it does not have is left out."""
    licensees = license.licensees
    place = license.premises[0] if license.premises else None
    address = place.address if place else None
    members: dict[str, Any] = {
        Field.NUMBER: license.number,
        Field.LICENSEE: _one_or_all([each.name.th for each in licensees]),
        Field.LICENSEE_EN: _one_or_all([each.name.en for each in licensees]),
        Field.JURISTIC_ID: _one_or_all([getattr(each, "juristic_id", "") for each in licensees]),
        Field.PREMISES: place and place.name and place.name.th,
        Field.PREMISES_EN: place and place.name and place.name.en,
        Field.STREET: address and address.street,
        Field.SUBDISTRICT: address and address.subdistrict,
        Field.DISTRICT: address and address.district,
        Field.PROVINCE: address and address.province,
        Field.POSTAL_CODE: address and address.postal_code,
        Field.SUBDISTRICT_CODE: address and address.subdistrict_code,
        Field.LATITUDE: place and place.latitude,
        Field.LONGITUDE: place and place.longitude,
        Field.ACTIVITY: [str(text) for text in license.activities],
        Field.CONDITION: list(license.conditions),
        Field.ISSUED_ON: _day(license.issued_on),
        Field.VALID_FROM: _day(license.term.valid_from),
        Field.EXPIRES_ON: _day(license.term.expires_on),
        Field.RENEWS: license.renews and license.renews.number,
        Field.ALIASES: list(license.aliases),
        PARTICULARS: {item.code: item.value for item in license.particulars},
        NO_EXPIRY: license.term.no_expiry,
    }
    return {str(name): value for name, value in members.items() if value}


def _one_or_all(values: list[str]) -> str | list[str]:
    """The value of the one licensee, or those of all; nothing where one of them has none: nobody could tell whose they are."""
    return "" if not all(values) else values[0] if len(values) == 1 else values


def is_plain(license: License) -> bool:
    """Whether `plain_members` says all that the licence says."""
    members, codes = plain_members(license), [item.code for item in license.particulars]
    listed = [members.get(name, []) for name in LISTS]
    texts = [text for value in listed for text in ([value] if isinstance(value, str) else value)]
    said = [name.value for name in (Field.LICENSEE, Field.LICENSEE_EN, Field.JURISTIC_ID) if name in members]
    held = [
        name
        for each in license.licensees
        for name, value in (
            (Field.LICENSEE.value, each.name.th),
            (Field.LICENSEE_EN.value, each.name.en),
            (Field.JURISTIC_ID.value, getattr(each, "juristic_id", "")),
        )
        if value
    ]
    return (
        set(said) == set(held)
        and len(license.premises) <= 1
        and not any(text.en for text in license.activities)
        and not any(ALSO_SEPARATES in text for text in texts)
        and len(codes) == len(set(codes))
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
