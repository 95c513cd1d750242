"""Which column of a file is which field of a licence: a TOML file that the agency writes once."""

import re
import tomllib
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cattrs import BaseValidationError

from registry.codec import causes, converter
from vocab.thai import Era


class Field(StrEnum):
    """The fields that a column can be mapped to; particulars of the type come beside them, by their code."""

    NUMBER = "number"
    LICENSEE = "licensee"
    LICENSEE_EN = "licensee_en"
    JURISTIC_ID = "juristic_id"
    PREMISES = "premises"
    PREMISES_EN = "premises_en"
    STREET = "street"
    SUBDISTRICT = "subdistrict"
    DISTRICT = "district"
    PROVINCE = "province"
    POSTAL_CODE = "postal_code"
    SUBDISTRICT_CODE = "subdistrict_code"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    ACTIVITY = "activity"
    CONDITION = "condition"
    ISSUED_ON = "issued_on"
    VALID_FROM = "valid_from"
    EXPIRES_ON = "expires_on"
    RENEWS = "renews"
    ALIASES = "aliases"


class MappingInvalid(ValueError):
    """The mapping cannot be used with this file. Says what, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """`era` is needed only where years have two digits."""

    era: Era | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What means "nothing" in a cell, and what stands between several values in one."""

    blank: tuple[str, ...] = ("-",)
    separator: str = ";"

    def __post_init__(self) -> None:
        if not self.separator:
            raise ValueError("the separator of several values in one cell is not empty, e.g. ;")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A part of the number that must agree with a column: the group `value` of `pattern` equals the cell."""

    column: str
    pattern: str

    def __post_init__(self) -> None:
        if "value" not in re.compile(self.pattern).groupindex:
            raise ValueError("the pattern of an agreement has a group named value, e.g. (?P<value>\\d\\d)-.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A parsed mapping. `constants` are values for fields without a column; `no_expiry` is a statement of the law."""

    columns: ReadOnly[str, str]
    particulars: ReadOnly[str, str] = field(default_factory=dict)
    dates: Dates = Dates()
    cells: Cells = Cells()
    constants: ReadOnly[str, str] = field(default_factory=dict)
    no_expiry: bool = False
    agreements: tuple[Agreement, ...] = ()


def parse_mapping(text: str, origin: str) -> Mapping:
    """The mapping in TOML `text`. `origin` names it in errors. Raises `MappingInvalid`."""
    try:
        document = tomllib.loads(text)
        columns = _pop_table(document, "columns")
        particulars = _pop_table(columns, "particulars")
        constants = _pop_table(document, "constants")
        no_expiry = constants.pop("no_expiry", False)
        if no_expiry is not True and no_expiry is not False:
            raise ValueError(f"no_expiry is true or false, without quotation marks (got {no_expiry!r})")
        _require_texts(columns | particulars | constants)
        misplaced = document.keys() & {"particulars", "no_expiry"}
        if misplaced:
            raise ValueError("particulars stands under [columns.particulars], no_expiry under [constants]")
        mapping = _CONVERTER.structure(
            {
                **document,
                "columns": columns,
                "particulars": particulars,
                "constants": constants,
                "no_expiry": no_expiry,
            },
            Mapping,
        )
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(f"{origin} is not TOML: {error}") from error
    except (BaseValidationError, TypeError, ValueError) as error:
        cause = causes(error, "mapping") if isinstance(error, BaseValidationError) else str(error)
        raise MappingInvalid(f"{origin}: {cause}") from error
    for name in (*mapping.columns, *mapping.constants):
        if name not in set(Field):
            raise MappingInvalid(f"{origin}: there is no field {name!r}; the fields are {', '.join(Field)}")
    if Field.NUMBER not in mapping.columns:
        raise MappingInvalid(f"{origin}: the field number has no column; without the number there is no licence")
    return mapping


def _pop_table(document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.pop(name, {})
    if not isinstance(table, dict):
        raise ValueError(f'{name} is a table, [{name}], with lines such as number = "..." (got {table!r})')
    return dict(table)


def _require_texts(entries: ReadOnly[str, object]) -> None:
    for name, text in entries.items():
        if not isinstance(text, str) or "\0" in text:
            raise ValueError(f"{name} is text in quotation marks (got {text!r})")


def same_names(headings: tuple[str, ...]) -> str:
    """A mapping for a file whose headings are our own field names. Raises `MappingInvalid`, with a template to fill in."""
    own = [heading for heading in headings if heading in set(Field)]
    if Field.NUMBER in own:
        return "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in own)
    raise MappingInvalid(
        "no mapping was given, none is known for this authority and type, and the file's headings are not our field names. "
        "Write one, for example like this, and pass it with --mapping:\n\n" + template(headings)
    )


def template(headings: tuple[str, ...]) -> str:
    """A mapping to fill in, with the file's headings beside it."""
    listed = "\n".join(f"#   {heading}" for heading in headings)
    fields = "".join(f'{name} = "..."\n' for name in (Field.NUMBER, Field.LICENSEE, Field.ISSUED_ON, Field.EXPIRES_ON))
    return f"# The headings of the file:\n{listed}\n\n[columns]\n{fields}"


def require_columns(mapping: Mapping, headings: tuple[str, ...], particulars: frozenset[str], origin: str) -> None:
    """Raises `MappingInvalid` where the mapping names a column or a particular that is not there."""
    used = [*mapping.columns.values(), *mapping.particulars.values(), *(item.column for item in mapping.agreements)]
    for column in used:
        if column not in headings:
            raise MappingInvalid(f"{origin}: the file has no column {column!r}; its columns are {', '.join(headings)}")
    for code in mapping.particulars:
        if code not in particulars:
            known = ", ".join(sorted(particulars)) or "none"
            raise MappingInvalid(f"{origin}: the license type has no particular {code!r} on its face; it has {known}")


_CONVERTER = converter()
