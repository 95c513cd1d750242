"""The nouns of a table while it is read: rows, headings, and why a file cannot be read. Nothing in it is interpreted yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from registry.intake.finding import Finding
from registry.translation import marked as _

MAX_FILE_BYTES = 256 << 20
MAX_ROWS = 1_100_000
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 32_767
"""As many as a cell of a spreadsheet holds."""
MAX_ROW_CHARACTERS = 1_000_000

EXPORT_HEADINGS = ("line", "findings")
"""The first two headings of a file of rejected rows, by which it is known when it comes back repaired."""

FINDINGS_HEADING = "สิ่งที่พบ / Findings"
SUMMARY_SHEET = "สรุป Summary"
"""The column and the sheet that `registry.exports.export` adds to the copy of an agency's file: left out when the copy comes back."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


REASONS: Mapping[str, str] = {
    "empty": _("The file is empty."),
    "too-large": _("The file has %(size)s bytes, at most %(limit)s are accepted. Send it in parts."),
    "web-page": _(
        "This is a web page and not a list. Open the page and download the file itself; if Excel opens it, save it from there as “Excel Workbook (.xlsx)”."
    ),
    "kind-unknown": _(
        "This is a file of another kind (%(kind)s). Lists are read from Excel (XLSX, XLS), OpenDocument (ODS), CSV, JSON and ZIP files of these."
    ),
    "undecodable": _(
        "The file is %(encoding)s text, but byte %(byte)s on line %(line)s is not. Nothing was read, so that no letter is lost. Save the list again, in Excel as “CSV UTF-8 (Comma delimited)”."
    ),
    "encoding-unclear": _(
        "The file is neither UTF-8 nor Thai (Windows-874) text. Save the list again, in Excel as “CSV UTF-8 (Comma delimited)”, or say its encoding in the mapping."
    ),
    "encoding-unknown": _(
        "The mapping says that the file's encoding is %(encoding)s, which is not known. Known are: %(known)s."
    ),
    "heading-line-empty": _(
        "The mapping says that the headings are on line %(line)s, but there are none. Look at the file and put the mapping right."
    ),
    "not-csv": _("The file is not a proper CSV at line %(line)s (%(cause)s). Is a quotation mark missing there?"),
    "cell-too-long": _(
        "A cell on line %(line)s has more than %(limit)s characters. Is a quotation mark missing there?"
    ),
    "row-too-long": _("The row on line %(line)s has more than %(limit)s characters. Is this the right file?"),
    "too-many-rows": _("The file has more than %(limit)s rows. Send it in parts."),
    "too-many-columns": _("The file has %(found)s columns, at most %(limit)s are accepted. Is this the right file?"),
    "sheet-unknown": _(
        "The mapping says that the list is on the sheet “%(sheet)s”, but the file has no such sheet. Its sheets are: %(sheets)s."
    ),
    "password": _(
        "The file is protected with a password. Open it in Excel, choose File, Info, Protect Workbook, Encrypt with Password, empty the password, save it and send it again."
    ),
    "damaged": _("The file cannot be opened: it is damaged, or not what its name says (%(cause)s). Save it again."),
    "archive-too-large": _(
        "The file would have %(size)s bytes when it is unpacked, at most %(limit)s are accepted. Send it in parts, or as CSV."
    ),
    "archive-suspicious": _(
        "A part of the file (%(part)s) becomes %(ratio)s times larger when it is unpacked, which no list does. It was not opened. Save it again, or send it as CSV."
    ),
    "archive-crowded": _("The ZIP file has %(found)s parts, at most %(limit)s are accepted. Send it in parts."),
    "archive-nested": _("In the ZIP file there is another one (%(part)s). Unpack it and send what is in it."),
    "archive-empty": _("There is no list in the ZIP file that could be read. In it are: %(parts)s."),
    "member-unreadable": _("The file %(part)s in the ZIP file cannot be read: %(cause)s"),
    "reader-died": _(
        "The file brought the program that reads it to a sudden end (%(cause)s). Nothing else was harmed. Save it again, or send it as CSV."
    ),
    "json-damaged": _("The file is not proper JSON at line %(line)s (%(cause)s)."),
    "json-form": _(
        "The JSON has no list of licences that could be found: %(cause)s. Expected is a list of objects, an object with one such list, or one object on each line."
    ),
    "too-much-memory": _(
        "Reading the file needs too much memory (more than %(limit)s MB). Remove what does not belong to the list, or send it as CSV."
    ),
    "too-much-time": _("Reading the file takes too long. Remove what does not belong to the list, or send it as CSV."),
}


class FileUnreadable(ValueError):
    """The file as a whole cannot be read. `reason` is a key of `REASONS`; `details` fill its message in any language."""

    code: ClassVar[str] = "file-unreadable"

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(REASONS[reason] % details)
        self.reason = reason
        self.details = details


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as received. `line` counts all rows of the file from 1, whatever stands above the first; it is unique in the file.

    `sheet` and `sheet_line` are where a spreadsheet shows the row, where that is another place.
    """

    line: int
    cells: tuple[str, ...]
    sheet: str = ""
    sheet_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the table is in a file, as its mapping says. What is empty is found.

    `own`: columns in which each row has a cell of its own, so that cells merged over several rows stand in the first only.
    """

    sheet: str = ""
    heading_line: int = 0
    encoding: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """What a file turned out to be. `kind`: csv, xlsx, xls, ods, json, jsonl or zip; `sheets`: those that were read.

    `heading_line` is the last that the headings fill on the first of the sheets, or 0 where no line has them (JSON, forms).
    """

    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[str, ...] = ()
    heading_line: int = 1


@dataclass(slots=True)
class OpenTable:
    """A table while it is read: the headings, and the rows below them in chunks; blank rows are left out.

    `findings` are about the file as a whole and complete once the chunks are used up.
    """

    headings: tuple[str, ...]
    form: FileForm
    chunks: Iterator[list[SourceRow]]
    findings: list[Finding] = field(default_factory=list)


def place_in_file(line: int, sheet: str, sheet_line: int | None) -> str:
    """Where a row stands, as people find it: the row of its sheet (`รายชื่อ!12`), or its line."""
    return f"{sheet}!{line if sheet_line is None else sheet_line}" if sheet else str(line)


def escaped(cell: str) -> str:
    """`cell` for a file that people open in a spreadsheet program: what it would run as a formula gets an apostrophe."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def unescaped(cell: str) -> str:
    """The cell that `escaped` was given: a file that we exported for repair comes back."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
