"""Rows whose cells stand in the wrong columns, because a comma in a cell was taken for the end of it or a cell is missing.

Columns whose content has a form (dates, codes, coordinates, the number) show where: from there on nothing fits its own column
and everything fits the one beside it.
"""

from collections.abc import Callable, Iterator

from registry.intake.finding import Finding, found
from registry.intake.guessing.headings import is_province
from registry.intake.mapping import DATES, Field
from registry.intake.rows.cells import unquoted
from registry.intake.rows.dates import read_date
from registry.intake.rows.source import Source
from vocab.iri import is_citizen_number, is_juristic_number, registered
from vocab.place import is_latitude, is_longitude, is_postal_code, is_subdistrict_code
from vocab.thai import arabic_digits, normalize_text

Fits = Callable[[str], bool]
_FORMS: dict[Field, Fits] = {
    Field.JURISTIC_ID: lambda text: is_juristic_number(text) or is_citizen_number(text),
    Field.POSTAL_CODE: is_postal_code,
    Field.SUBDISTRICT_CODE: is_subdistrict_code,
    Field.PROVINCE: is_province,
    Field.LATITUDE: is_latitude,
    Field.LONGITUDE: is_longitude,
}


def find_shift(cells: tuple[str, ...], source: Source) -> Finding | None:
    """The finding about a row of too many or too few cells, or of cells that stand beside their columns; None for any other."""
    width = len(source.headings)
    excess = len(cells) - width
    for by in (excess,) if excess else (1, -1):
        if (between := _beginning(cells, source, by, least=1 if excess else 2)) is not None:
            return _finding(cells, source, by, *between)
    if not excess:
        return None
    return Finding(code="row-shifted", details={"found": str(len(cells)), "expected": str(width)})


def _finding(cells: tuple[str, ...], source: Source, by: int, begin: int, end: int) -> Finding:
    """The shift begins in one of the columns from `begin` to before `end`; which one is certain where there is only one."""
    width = len(source.headings)
    same = len(cells) == width
    details = {} if same else {"found": str(len(cells)), "expected": str(width)}
    certain = by > 0 and end - begin == 1
    code, proposed = "row-moved" if same else "row-shifted", ",".join(cells[begin : begin + by + 1]) if certain else ""
    return found(code, source.headings[begin], cells[begin], proposed, **details)


def _beginning(cells: tuple[str, ...], source: Source, by: int, least: int) -> tuple[int, int] | None:
    """Between which columns the cells begin to stand `by` columns too far to the right; None where they do not."""
    forms = dict(_forms(source))

    def fits(position: int, at: int) -> bool | None:
        text = normalize_text(arabic_digits(unquoted(cells[at]))) if 0 <= at < len(cells) else ""
        return forms[position](text) if text and text.lower() not in source.columns.blank else None

    typed = sorted(forms)
    wrong = next((position for position in typed if fits(position, position) is False), None)
    if wrong is None:
        return None
    moved = [fits(position, position + by) for position in typed if position >= wrong]
    if wrong in source.columns.fields[Field.PROVINCE].positions:
        # There are 77 of them: the one in the cell beside is not there by chance.
        least = 1
    if False in moved or moved.count(True) < least:
        return None
    right = max((position for position in typed if position < wrong and fits(position, position)), default=-1)
    return right + 1, max(wrong, right + 2)


def _forms(source: Source) -> Iterator[tuple[int, Fits]]:
    """The columns whose content has a form, by position. A field that is joined from several columns says nothing."""
    fields = source.columns.fields
    if source.scheme.pattern and len(fields[Field.NUMBER].positions) == 1:
        yield fields[Field.NUMBER].positions[0], lambda text: source.scheme.expects(registered(text))
    for name in DATES:
        if len(fields[name].positions) == 1:
            yield (
                fields[name].positions[0],
                lambda text: _is_written_date(text, source),
            )
    for name, form in _FORMS.items():
        if len(fields[name].positions) == 1:
            yield fields[name].positions[0], form


def _is_written_date(text: str, source: Source) -> bool:
    """Whether `text` is a date and no serial, which may as well be a postal code."""
    read = read_date(text, source.mapping.dates.era, source.today)
    return read.day is not None and read.code != "date-serial"
