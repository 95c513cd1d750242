"""One table as files of every kind, made by other hands than those that read them; and what is read of a file, all at once."""

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import openpyxl
import xlwt  # type: ignore[import-untyped]

from registry.intake.finding import Finding
from registry.intake.reading import reading
from registry.intake.reading.assembling import assemble
from registry.intake.reading.containers import open_container
from registry.intake.table import FileForm, Layout, OpenTable, SourceRow

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Read:
    """A table that was read to its end."""

    headings: tuple[str, ...]
    rows: list[SourceRow]
    form: FileForm
    findings: list[Finding]

    @property
    def cells(self) -> list[tuple[str, ...]]:
        return [row.cells for row in self.rows]

    @property
    def lines(self) -> list[int]:
        return [row.line for row in self.rows]

    def finding(self, code: str) -> Finding:
        """The one finding with this code."""
        (found,) = [finding for finding in self.findings if finding.code == code]
        return found


def read(body: bytes, name: str = "", **layout: object) -> Read:
    """The table in a file, as the registry reads it: workbooks, JSON and archives in a process of their own."""
    with reading(body, name, Layout(**layout)) as table:  # type: ignore[arg-type]
        return _all_of(table)


def read_here(body: bytes, name: str = "", **layout: object) -> Read:
    """The same without another process, which takes a tenth of a second to start."""
    wanted = Layout(**layout)  # type: ignore[arg-type]
    container = open_container(io.BytesIO(body), name, wanted.encoding, lambda seconds: None)
    return _all_of(assemble(container, wanted))


def _all_of(table: OpenTable) -> Read:
    rows = [row for chunk in table.chunks for row in chunk]
    return Read(table.headings, rows, table.form, table.findings)


def as_csv(rows: Rows, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Rows, sheet: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    fill(book, sheet, rows)
    return saved(book)


def fill(book: openpyxl.Workbook, sheet: str, rows: Rows) -> None:
    """Writes the rows to a sheet. Text is text, whatever it begins with."""
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value == "":
                continue
            cell = book[sheet].cell(line, column)
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_BEGIN = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>'.encode()
SHEET_END = b"</sheetData></worksheet>"
SHARED_BEGIN = f'<?xml version="1.0"?><sst xmlns="{_MAIN}">'.encode()
SHARED_END = b"</sst>"


def xlsx_parts(sheet: bytes, shared: bytes = SHARED_BEGIN + SHARED_END) -> dict[str, bytes]:
    """The parts of a workbook (ECMA-376) of one sheet, as programs write them that keep texts once for all cells."""
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": shared,
    }


def as_shared_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook whose cells point at shared texts, as Excel writes it."""
    texts = list(dict.fromkeys(cell for row in rows for cell in row))
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    lines = "".join(
        f'<row r="{line}">'
        + "".join(
            f'<c r="{chr(65 + column)}{line}" t="s"><v>{texts.index(cell)}</v></c>' for column, cell in enumerate(row)
        )
        + "</row>"
        for line, row in enumerate(rows, 1)
    )
    return zipped(xlsx_parts(SHEET_BEGIN + lines.encode() + SHEET_END, SHARED_BEGIN + shared.encode() + SHARED_END))


def as_xls(rows: Rows, sheet: str = "Sheet1") -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    page = book.add_sheet(sheet)
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if value != "":
                page.write(line, column, value, *([day] if isinstance(value, datetime.date) else []))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_ODS_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_ODS_CONTENT = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="Sheet1">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)


def as_ods(rows: Rows) -> bytes:
    """A minimal OpenDocument spreadsheet (ODF 1.2 part 1, 9)."""
    content = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": _ODS_MANIFEST.encode(),
            "content.xml": _ODS_CONTENT.format(content).encode(),
        }
    )


def _ods_cell(value: object) -> str:
    match value:
        case "":
            return "<table:table-cell/>"
        case bool():
            return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
        case int() | float():
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        case datetime.date():
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        case _:
            text = escape(str(value)).replace("\n", "</text:p><text:p>")
            return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def as_json(rows: Rows) -> bytes:
    return json.dumps(_objects(rows), ensure_ascii=False, indent=1).encode()


def as_json_lines(rows: Rows) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in _objects(rows)).encode()


def _objects(rows: Rows) -> list[dict[str, object]]:
    headings, *others = rows
    return [dict(zip(map(str, headings), row, strict=True)) for row in others]


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return file.getvalue()
