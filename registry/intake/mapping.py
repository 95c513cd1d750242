"""Which column of a file is which field of a licence: a TOML file that the agency writes once."""

import re
import tomllib
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cattrs import BaseValidationError

from registry.codec import causes, converter
from registry.intake.batch import Holds
from registry.intake.guessing.headings import renamed
from registry.intake.table import Layout
from registry.told import Message, Told
from registry.translation import marked as _
from vocab.access import AccessRights
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


DATES = (Field.ISSUED_ON, Field.VALID_FROM, Field.EXPIRES_ON)
"""The fields that are dates."""


class MappingInvalid(Told, ValueError):
    """The mapping cannot be used with this file. Says what, and what to do, and may name the file's headings.

    `missing` are the columns that the mapping names and the file does not have.
    """

    missing: tuple[str, ...] = ()


class _Wrong(Told, ValueError):
    """What is wrong in a mapping, whatever it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """`era` is needed only where years have two digits."""

    era: Era | None = None


class Repeated(StrEnum):
    """What several rows of one number are: an error, or its renewals, ordered by their last day."""

    REFUSE = "refuse"
    RENEWALS = "renewals"


class Meaning(StrEnum):
    """What a text in a status column means. `IGNORE`: nothing that the dates do not say."""

    GRANTED = "granted"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    IGNORE = "ignore"


MAX_LISTED = 20
"""How many headings an error repeats."""
MAX_LINE = 120
"""How many characters of a wrong line an error repeats."""
_AT_LINE = re.compile(r"\s*\((?:at line (\d+), column \d+|at end of document)\)")
REPAIRS = frozenset({"leading-zeros-lost", "number-became-date"})
"""The findings whose repair an agency can agree to once, for all its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What means "nothing" in a cell, in any case; what stands between several values in one, beside a new line and `&&`.

    `no_expiry`: what says, in the column of the last day, that the licence never ends. It is a statement of the law.
    """

    blank: tuple[str, ...] = ("-", "--", "–", "—", "n/a", "null", "ไม่มี", "ไม่มีข้อมูล", "ไม่ระบุ")
    separator: str = ";"
    no_expiry: tuple[str, ...] = ()

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
class StatusColumn:
    """The column that says what became of a licence, with columns for the day and the reason where there are such.

    `values`: what the agency's own words mean, beside those that everybody uses (`registry.intake.rows.status.SYNONYMS`).
    """

    column: str
    date: str = ""
    reason: str = ""
    values: ReadOnly[str, Meaning] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.column:
            raise ValueError("the status column has a heading (got nothing)")


LINK_FIELDS = ("access_url", "download_url", "rights", "media_type", "digest")
"""What columns may say of the link to a licence's document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkColumns:
    """The columns that say where the licence's document is: each the heading of one, empty where there is none.

    `values`: what the agency's own words for access rights mean, beside those that everybody uses
    (`registry.intake.rows.links.RIGHTS`); `otherwise` is the right of access where no cell says one.
    """

    access_url: str = ""
    download_url: str = ""
    rights: str = ""
    media_type: str = ""
    digest: str = ""
    values: ReadOnly[str, AccessRights] = field(default_factory=dict)
    otherwise: AccessRights = AccessRights.PUBLIC

    def __post_init__(self) -> None:
        if not (self.access_url or self.download_url or self.rights):
            raise ValueError("the link to the document has the heading of a column: access_url, download_url or rights")

    @property
    def named(self) -> ReadOnly[str, str]:
        """The heading of each member that has a column."""
        return {name: heading for name in LINK_FIELDS if (heading := getattr(self, name))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A parsed mapping. `columns` and `particulars`: a field's or a particular's headings, whose cells are joined.

    `constants` are values for fields without a column; `no_expiry` is a statement of the law. `file` says where the table is, and
    `holds` whether it has all licences of the list (None: not said). `repairs`: codes of `REPAIRS` that the agency agreed to.
    """

    columns: ReadOnly[str, tuple[str, ...]]
    particulars: ReadOnly[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Dates = Dates()
    cells: Cells = Cells()
    constants: ReadOnly[str, str] = field(default_factory=dict)
    no_expiry: bool = False
    agreements: tuple[Agreement, ...] = ()
    file: Layout = field(default_factory=Layout)
    holds: Holds | None = None
    repeated: Repeated = Repeated.REFUSE
    status: StatusColumn | None = None
    access: LinkColumns | None = None
    repairs: frozenset[str] = frozenset()

    def heading(self, name: str) -> str:
        """The (first) heading of the field `name`, for findings; empty where it has no column."""
        return self.columns.get(name, ("",))[0]

    @property
    def headings(self) -> tuple[str, ...]:
        """All headings that the mapping names, each once."""
        status = self.status
        named = [heading for group in (*self.columns.values(), *self.particulars.values()) for heading in group]
        named += [item.column for item in self.agreements]
        named += [heading for heading in (status.column, status.date, status.reason) if heading] if status else []
        named += self.access.named.values() if self.access else []
        return tuple(dict.fromkeys(named))


def parse_mapping(text: str, origin: str) -> Mapping:
    """The mapping in TOML `text`. `origin` names it in errors. Raises `MappingInvalid`."""
    try:
        # Editors on Windows begin a file with a mark.
        mapping = _CONVERTER.structure(_plain(tomllib.loads(text.removeprefix("\ufeff"))), Mapping)
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(
            _(
                "%(origin)s: line %(line)s cannot be read as TOML (%(cause)s):\n  %(text)s\n"
                'A right line looks like this: licensee = "ชื่อผู้รับใบอนุญาต"'
            ),
            origin=origin,
            **_place(text, str(error)),
        ) from error
    except (BaseValidationError, TypeError, ValueError) as error:
        cause = causes(error, "mapping") if isinstance(error, BaseValidationError) else error
        raise MappingInvalid("%(origin)s: %(cause)s", origin=origin, cause=cause) from error
    for name in (*mapping.columns, *mapping.constants):
        if name not in set(Field):
            raise MappingInvalid(
                _("%(origin)s: there is no field '%(field)s'; the fields are %(fields)s"),
                origin=origin,
                field=name,
                fields=", ".join(Field),
            )
    if Field.NUMBER not in mapping.columns:
        raise MappingInvalid(
            _("%(origin)s: the field number has no column; without the number there is no licence"), origin=origin
        )
    return mapping


def _place(text: str, cause: str) -> dict[str, str]:
    """Where TOML is wrong: the number of the line, the line, and the cause, which names the number only."""
    lines = text.rstrip().split("\n")
    found = _AT_LINE.search(cause)
    line = min(int(found[1]), len(lines)) if found and found[1] else len(lines)
    return {"line": str(line), "text": lines[line - 1].strip()[:MAX_LINE], "cause": _AT_LINE.sub("", cause).strip()}


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the shape of `Mapping`. Raises ValueError or TypeError, which say what is wrong."""
    columns = _pop_table(document, "columns")
    particulars = _pop_table(columns, "particulars")
    constants = _pop_table(document, "constants")
    file, rows, repairs = (_pop_table(document, name) for name in ("file", "rows", "repairs"))
    no_expiry = constants.pop("no_expiry", False)
    if no_expiry is not True and no_expiry is not False:
        raise _Wrong(_("no_expiry is true or false, without quotation marks (got %(got)s)"), got=repr(no_expiry))
    _require_texts(constants)
    if document.keys() & {"particulars", "no_expiry"}:
        raise _Wrong(_("particulars stands under [columns.particulars], no_expiry under [constants]"))
    moved = {"holds": file.pop("holds", None), "repeated": rows.pop("repeated", Repeated.REFUSE)}
    agreed = repairs.pop("agreed", [])
    unknown = {name: file[name] for name in file.keys() - {"sheet", "heading_line", "encoding"}}
    for name, rest in (("rows", rows), ("repairs", repairs), ("file", unknown)):
        if rest:
            raise _Wrong(_("[%(table)s] has no line '%(line)s'"), table=name, line=next(iter(rest)))
    line = file.get("heading_line", 0)
    if type(line) is not int or line < 0:
        raise _Wrong(_("heading_line is the number of a line, counted from 1 (got %(got)s)"), got=repr(line))
    _require_texts({name: file[name] for name in ("sheet", "encoding") if name in file})
    if "status" in document:
        status = _pop_table(document, "status")
        values = _pop_table(status, "values")
        _require_texts(status | values)
        moved["status"] = {**status, "values": values}
    if "access" in document:
        access = _pop_table(document, "access")
        values = _pop_table(access, "values")
        _require_texts(access | values)
        moved["access"] = {**access, "values": values}
    if not isinstance(agreed, list) or not all(code in sorted(REPAIRS) for code in agreed):
        raise _Wrong(
            _("agreed is a list of some of %(codes)s (got %(got)s)"), codes=", ".join(sorted(REPAIRS)), got=repr(agreed)
        )
    return {
        **document,
        **moved,
        "columns": {name: _headings(name, entry) for name, entry in columns.items()},
        "particulars": {name: _headings(name, entry) for name, entry in particulars.items()},
        "constants": constants,
        "no_expiry": no_expiry,
        "file": file,
        "repairs": agreed,
    }


def _headings(name: str, entry: object) -> list[str]:
    headings = entry if isinstance(entry, list) else [entry]
    texts = [heading for heading in headings if isinstance(heading, str) and "\0" not in heading]
    if not texts or len(texts) != len(headings):
        raise _Wrong(
            _("%(name)s is text in quotation marks, or a list of such texts (got %(got)s)"), name=name, got=repr(entry)
        )
    return texts


def _pop_table(document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.pop(name, {})
    if not isinstance(table, dict):
        raise _Wrong(
            _('%(name)s is a table, [%(name)s], with lines such as number = "..." (got %(got)s)'),
            name=name,
            got=repr(table),
        )
    return dict(table)


def _require_texts(entries: ReadOnly[str, object]) -> None:
    for name, text in entries.items():
        if not isinstance(text, str) or "\0" in text:
            raise _Wrong(_("%(name)s is text in quotation marks (got %(got)s)"), name=name, got=repr(text))


def same_names(headings: tuple[str, ...], command: str = "") -> str:
    """A mapping for a file whose headings are our own field names. Raises `MappingInvalid`, with the `command` that makes one."""
    own = [heading for heading in headings if heading in set(Field)]
    if Field.NUMBER in own:
        return "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in own)
    raise MappingInvalid(
        _(
            "nothing says yet which column of the file is what: no mapping was given, and none is known for this authority "
            "and type. Let one be proposed, look at it, and publish again with it (--mapping mapping.toml):\n  %(command)s"
        ),
        command=command or "license-registry map FILE --authority CODE --type CODE -o mapping.toml",
    )


def require_columns(
    mapping: Mapping, headings: tuple[str, ...], particulars: frozenset[str], origin: str, command: str = ""
) -> None:
    """Raises `MappingInvalid` where the mapping names a column or a particular that is not there.

    `command` makes a mapping anew for this file.
    """
    missing = [column for column in mapping.headings if column not in headings]
    if missing:
        others = [heading for heading in headings if heading not in mapping.headings]
        error = MappingInvalid(
            "%(lines)s",
            lines=(
                Message(_("%(origin)s names columns that the file does not have:"), origin=origin),
                *(_gone(column, mapping, others) for column in missing),
                Message(_("Its columns without a place in the mapping: %(columns)s"), columns=_listed(others)),
                *([Message(_("Make the mapping anew: %(command)s"), command=command)] if command else []),
            ),
        )
        error.missing = tuple(missing)
        raise error
    for code in mapping.particulars:
        if code not in particulars:
            raise MappingInvalid(
                _("%(origin)s: the license type has no particular '%(code)s' on its face; it has %(known)s"),
                origin=origin,
                code=code,
                known=", ".join(sorted(particulars)) or Message(_("none")),
            )


def _gone(column: str, mapping: Mapping, others: Sequence[str]) -> Message:
    """A column that is gone, and what it is probably called now: one of `others`."""
    field = next((name for name, own in mapping.columns.items() if column in own), "")
    found = renamed(column, field, others)
    if not found:
        return Message("  %(line)s", line=Message(_("no column '%(column)s'"), column=column))
    line = Message(_("no column '%(column)s' (is it '%(now)s' now?)"), column=column, now=found)
    return Message("  %(line)s", line=line)


def _listed(headings: Sequence[str]) -> str | Message:
    if not headings:
        return Message(_("none"))
    more = [f"(+{len(headings) - MAX_LISTED})"] if len(headings) > MAX_LISTED else []
    return ", ".join(headings[:MAX_LISTED]) + "".join(f" {each}" for each in more)


_CONVERTER = converter()
