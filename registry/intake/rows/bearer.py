"""Who holds a licence and where it is used, from the cells of a row."""

import re
from collections.abc import Callable

from registry.intake.guessing.headings import is_province, nearest_province
from registry.intake.mapping import Field
from registry.intake.rows.cells import values, whole_number
from registry.intake.rows.reader import CellReader
from vocab.iri import is_citizen_number, is_juristic_number
from vocab.license import Address, Licensee, LocalText, Organization, Person, Premises
from vocab.names import looks_like_organization
from vocab.place import is_latitude, is_longitude, is_postal_code, is_subdistrict_code
from vocab.thai import arabic_digits

_THAI = re.compile("[\u0e00-\u0e7f]")
_LETTER = re.compile(r"[^\W\d_]")


def licensees(reader: CellReader) -> tuple[Licensee, ...]:
    thai, english = _names(reader, Field.LICENSEE), _names(reader, Field.LICENSEE_EN)
    if len(thai) > 1 and english and len(english) != len(thai):
        thai, english = [reader.text(Field.LICENSEE)], [reader.text(Field.LICENSEE_EN)]
    count = max(len(thai), len(english))
    if not count:
        return ()
    juristic_ids = _juristic_ids(reader, count)
    blank = [""] * count
    return tuple(map(_licensee, thai or blank, english or blank, juristic_ids or blank))


def _names(reader: CellReader, name: Field) -> list[str]:
    """The names in a cell. A new line is none between names: long ones are broken."""
    text = reader.text(name)
    separator = reader.source.mapping.cells.separator
    if "&&" not in text and separator not in text:
        return [text] if text else []
    return list(filter(None, map(reader.plain, values(text, separator))))


def _juristic_ids(reader: CellReader, count: int) -> list[str]:
    """The juristic numbers of so many licensees; none at all where it is not clear whose they are."""
    column = reader.column(Field.JURISTIC_ID)
    received = column.received(reader.cells)
    text = reader.plain(received)
    if not text:
        return []
    parts = [part for part in values(text, reader.source.mapping.cells.separator) if part.strip()]
    if len(parts) != count:
        reader.find("juristic-numbers-uneven", column.heading, received, numbers=str(len(parts)), names=str(count))
        return []
    return [_juristic_id(reader, part, column.heading, received) for part in parts]


def _juristic_id(reader: CellReader, text: str, heading: str, received: str) -> str:
    digits = arabic_digits(text).replace(" ", "").replace("-", "")
    if is_juristic_number(digits):
        return digits
    if is_citizen_number(digits):
        reader.find("citizen-number-withheld", heading, "")
        return ""
    whole = whole_number(digits) or digits
    if is_juristic_number(whole):
        reader.find("number-float", heading, received, whole)
        return whole
    if is_juristic_number("0" + whole):
        reader.find("zero-restored", heading, received, "0" + whole)
        return "0" + whole
    reader.find("juristic-number-wrong", heading, received)
    return ""


def premises(reader: CellReader) -> tuple[Premises, ...]:
    thai, english = reader.text(Field.PREMISES), reader.text(Field.PREMISES_EN)
    address = Address(
        street=reader.text(Field.STREET),
        subdistrict=reader.text(Field.SUBDISTRICT),
        district=reader.text(Field.DISTRICT),
        province=_province(reader),
        postal_code=_code(reader, Field.POSTAL_CODE, 5, is_postal_code),
        subdistrict_code=_code(reader, Field.SUBDISTRICT_CODE, 6, is_subdistrict_code),
    )
    latitude = _coordinate(reader, Field.LATITUDE, is_latitude)
    longitude = _coordinate(reader, Field.LONGITUDE, is_longitude)
    if not (thai or english) and address.is_empty:
        return ()
    name = LocalText(th=thai, en=english) if thai or english else None
    if not (latitude and longitude):
        latitude = longitude = ""
    return (Premises(name=name, address=address, latitude=latitude, longitude=longitude),)


def _province(reader: CellReader) -> str:
    """The province as received. One in Thai letters, or in none, that is none of the 77 is worth a look."""
    text = reader.text(Field.PROVINCE)
    if text and not is_province(text) and (_THAI.search(text) or not _LETTER.search(text)):
        column = reader.column(Field.PROVINCE)
        reader.find("province-unknown", column.heading, reader.received(Field.PROVINCE), nearest_province(text))
    return text


def _code(reader: CellReader, name: Field, digits: int, is_code: Callable[[str], bool]) -> str:
    text = arabic_digits(reader.text(name))
    if not text or is_code(text):
        return text
    if is_code(whole := whole_number(text)):
        reader.find("number-float", reader.column(name).heading, reader.received(name), whole)
        return whole
    reader.find("code-wrong", reader.column(name).heading, reader.received(name), expected=str(digits))
    return ""


def _coordinate(reader: CellReader, name: Field, is_coordinate: Callable[[str], bool]) -> str:
    text = reader.text(name)
    if text and not is_coordinate(text):
        point = text.replace(",", ".")
        proposed = point if is_coordinate(point) else ""
        reader.find("coordinate-wrong", reader.column(name).heading, reader.received(name), proposed)
        return ""
    return text


def _licensee(thai: str, english: str, juristic_id: str) -> Licensee:
    name = LocalText(th=thai, en=english)
    if juristic_id or looks_like_organization(thai or english):
        return Organization(name=name, juristic_id=juristic_id)
    return Person(name=name)
