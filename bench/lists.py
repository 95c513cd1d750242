"""Made-up lists of licences as an agency sends them: 19 columns, from one seed, as XLSX and as CSV."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from xml.sax.saxutils import escape

from bench.corpus import SYLLABLES

AUTHORITY, LICENSE_TYPE = "lao-06480115", "food-premises"
"""Of docs/example/catalogue.toml."""
HEADINGS = (
    *("ลำดับ", "เลขที่", "ชื่อผู้รับใบอนุญาต", "ทะเบียนนิติบุคคล", "ชื่อร้าน", "ที่อยู่", "ตำบล", "อำเภอ", "จังหวัด"),
    *("รหัสไปรษณีย์", "รหัสตำบล", "ละติจูด", "ลองจิจูด", "กิจกรรม", "พื้นที่", "วันออก", "วันเริ่ม", "วันหมดอายุ", "หมายเหตุ"),
)
MAPPING = """
[columns]
number = "เลขที่"
licensee = "ชื่อผู้รับใบอนุญาต"
juristic_id = "ทะเบียนนิติบุคคล"
premises = "ชื่อร้าน"
street = "ที่อยู่"
subdistrict = "ตำบล"
district = "อำเภอ"
province = "จังหวัด"
postal_code = "รหัสไปรษณีย์"
subdistrict_code = "รหัสตำบล"
latitude = "ละติจูด"
longitude = "ลองจิจูด"
activity = "กิจกรรม"
issued_on = "วันออก"
valid_from = "วันเริ่ม"
expires_on = "วันหมดอายุ"

[columns.particulars]
area = "พื้นที่"
"""
Cell = str | int | date
_SUBDISTRICTS = ("โพธิ์ตาก", "หนองญาติ", "นาราชควาย", "กุรุคุ", "บ้านผึ้ง", "อาจสามารถ", "ขามเฒ่า", "บ้านกลาง")
_ACTIVITIES = ("จำหน่ายอาหาร", "สะสมอาหาร", "จำหน่ายอาหาร; สะสมอาหาร", "")


def rows(count: int, seed: int = 1) -> Iterator[tuple[Cell, ...]]:
    """`count` rows below the headings, always the same ones: companies and persons, most cells filled."""
    chance = random.Random(seed)

    def words(syllables: int) -> str:
        return "".join(chance.choices(SYLLABLES, k=syllables))

    for n in range(1, count + 1):
        is_company = chance.random() < 0.6
        begins = date(2025, 1, 1) + timedelta(chance.randrange(600))
        place = chance.randrange(len(_SUBDISTRICTS))
        yield (
            n,
            f"{n}/{begins.year + 543}",
            f"บริษัท {words(3)} จำกัด" if is_company else f"นาย{words(2)} {words(3)}",
            _juristic_id(chance.randrange(10**11)) if is_company else "",
            f"ร้าน{words(6)}",
            f"{chance.randint(1, 999)}/{chance.randint(1, 99)} หมู่ {chance.randint(1, 12)} ถนน{words(2)}",
            _SUBDISTRICTS[place],
            "เมืองนครพนม",
            "นครพนม",
            "48000",
            f"4801{place + 1:02d}",
            f"17.{chance.randrange(10**5):05d}",
            f"104.{chance.randrange(10**5):05d}",
            chance.choice(_ACTIVITIES),
            chance.randint(10, 400),
            begins - timedelta(chance.randrange(30)),
            begins,
            begins + timedelta(364),
            f"ตรวจแล้ว {words(2)}" if chance.random() < 0.3 else "-",
        )


def _juristic_id(serial: int) -> str:
    """A 13-digit number of a company, with its check digit."""
    digits = f"0{serial:011d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(13, 1, -1), strict=True))
    return f"{digits}{(11 - total % 11) % 10}"


def as_csv(table: Iterable[tuple[Cell, ...]], encoding: str = "utf-8-sig") -> bytes:
    """UTF-8 with a BOM, as Excel saves it, or another encoding; days as they are typed here."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in table:
        writer.writerow([_typed(cell) if isinstance(cell, date) else cell for cell in row])
    return text.getvalue().encode(encoding)


def _typed(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year + 543}"


def as_xlsx(table: Iterable[tuple[Cell, ...]], saved: str = "2026-11-21T03:00:00Z") -> bytes:
    """As Excel makes it: shared texts, numbers, days that are numbers with a style. `saved` makes the same table other bytes."""
    shared: dict[str, int] = {}
    lines = "".join(_line(n, row, shared) for n, row in enumerate([HEADINGS, *table], 1))
    texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
    parts = {
        "[Content_Types].xml": _part("Types", _CONTENT_TYPES, _PACKAGE + "content-types"),
        "_rels/.rels": _part("Relationships", _TOP, _PACKAGE + "relationships"),
        "docProps/core.xml": _core(saved),
        "xl/workbook.xml": _part("workbook", _SHEETS, _SPREADSHEET, f' xmlns:r="{_OFFICE}"'),
        "xl/_rels/workbook.xml.rels": _part("Relationships", _BOOK, _PACKAGE + "relationships"),
        "xl/styles.xml": _part("styleSheet", _STYLES, _SPREADSHEET),
        "xl/sharedStrings.xml": _part("sst", texts, _SPREADSHEET, f' uniqueCount="{len(shared)}"'),
        "xl/worksheets/sheet1.xml": _part("worksheet", f"<sheetData>{lines}</sheetData>", _SPREADSHEET),
    }
    return _zipped({name: text.encode() for name, text in parts.items()})


def _line(n: int, row: tuple[Cell, ...], shared: dict[str, int]) -> str:
    cells = "".join(_cell(f"{_LETTERS[at]}{n}", cell, shared) for at, cell in enumerate(row) if cell != "")
    return f'<row r="{n}">{cells}</row>'


def _cell(place: str, cell: Cell, shared: dict[str, int]) -> str:
    match cell:
        case str():
            return f'<c r="{place}" t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>'
        case int():
            return f'<c r="{place}"><v>{cell}</v></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{(cell - _DAY_ZERO).days}</v></c>'


def _zipped(parts: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 21, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return body.getvalue()


def _part(name: str, inside: str, namespace: str, more: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{namespace}"{more}>{inside}</{name}>'


def _core(saved: str) -> str:
    more = ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    inside = f'<dcterms:modified xsi:type="dcterms:W3CDTF">{saved}</dcterms:modified>'
    return _part("coreProperties", inside, _PACKAGE + "metadata/core-properties", more)


_LETTERS = "ABCDEFGHIJKLMNOPQRS"
_DAY_ZERO = date(1899, 12, 30)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTENT_TYPES = (
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
)
_TOP = (
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}relationships/metadata/core-properties" Target="docProps/core.xml"/>'
)
_BOOK = (
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
)
_SHEETS = '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
_STYLES = (
    '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)
