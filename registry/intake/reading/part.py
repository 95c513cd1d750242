"""One sheet's part of a table: its headings, and the rows below them without those that are no rows of the list."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from registry.intake.finding import Finding
from registry.intake.reading.form import LONGEST, read_form
from registry.intake.reading.heading import Heading, find_heading
from registry.intake.reading.sheet import Area, RawRow, Sheet
from registry.intake.reading.twice import Repair, find_repair
from registry.intake.table import FINDINGS_HEADING, Layout, unescaped

LOOKED_THROUGH = 1_000
"""So many rows of a sheet are looked through before the first one is given out."""

_SHOWN = 10
_SHOWN_CHARACTERS = 120
_TOTAL = re.compile(
    r"(รวม(ทั้งสิ้น|ทั้งหมด|ทั้งปี|จำนวน|ยอด)*|ยอดรวม(ทั้งสิ้น|ทั้งหมด)?|(grand |sub)?total|sum)[\s:：]*", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"[\s:：]*[-\d๐-๙][\d๐-๙., ]*\s*(%|บาท|ราย|รายการ|แห่ง|ใบ|ฉบับ|คน|ร้าน|licen[cs]es?|rows?|records?)?\s*"
    r"|(บาท|ราย|รายการ|แห่ง|ใบ|ฉบับ|คน|ร้าน)|-",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[\s(*]*(หมายเหตุ|(แหล่ง)?ที่มา|ลงชื่อ|ลงนาม|ข้อมูล\s*(ณ|เมื่อ)|ผู้(รับรอง|จัดทำ|รายงาน|ตรวจสอบ|ให้ข้อมูล|บันทึก)|จัดทำโดย"
    r"|(remarks?|notes?|source)\s*[:：]|sign(ed|ature)\b|prepared by\b|as of\b)",
    re.IGNORECASE,
)
_FEWEST_COLUMNS = 4
"""In a narrower table, a row with one cell is nothing strange."""
_TOTAL_INITIALS = frozenset("รยtTgGsS")


@dataclass(slots=True)
class LeftOut:
    """Rows that are not given out, counted; the first of them are named."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    first: str = ""

    def add(self, line: int, cells: Iterable[str]) -> None:
        self.count += 1
        if len(self.lines) < _SHOWN:
            self.lines.append(line)
        self.first = self.first or " ".join(" ".join(cells).split())[:_SHOWN_CHARACTERS]

    def findings(self, code: str, sheet: str = "") -> list[Finding]:
        if not self.count:
            return []
        details = {"count": str(self.count), "lines": in_words(self.lines, self.count)}
        return [Finding(code=code, received=self.first, details=details | ({"sheet": sheet} if sheet else {}))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sheet as a part of a table. `line` is that of the headings, `cells` about how many it has; `findings` are complete once
    the rows are used up."""

    sheet: Sheet
    headings: tuple[str, ...]
    line: int
    cells: int
    rows: Iterator[RawRow]
    findings: list[Finding]


def open_part(sheet: Sheet, layout: Layout) -> Part | None:
    """The part of a sheet, or None where the sheet is empty. Raises `FileUnreadable`, also while the rows are read."""
    opened = sheet.open()
    given = (row for row in opened.rows if any(map(str.strip, row[1])))
    looked_at = list(islice(given, LOOKED_THROUGH))
    if not looked_at:
        return None
    findings: list[Finding] = []
    repair = find_repair(cells for _, cells in looked_at)
    rows: Iterator[RawRow] = chain(looked_at, given)
    if repair is not None:
        rows = _repaired(rows, repair, findings)
        looked_at = list(islice(rows, len(looked_at)))
        rows = chain(looked_at, rows)
    if sheet.headings is not None:
        cells = opened.height * len(sheet.headings)
        return Part(sheet=sheet, headings=sheet.headings, line=0, cells=cells, rows=rows, findings=findings)
    if not layout.heading_line and len(looked_at) <= LONGEST:
        form = read_form(looked_at)
        if form is not None:
            lines = in_words(form.left_out[:_SHOWN], len(form.left_out)) or "-"
            findings.append(Finding(code="form-turned", details={"lines": lines, "count": str(len(form.left_out))}))
            row = (form.line, list(form.cells))
            # All rows were looked at: they are used up so that what was found in them is complete.
            return Part(
                sheet=sheet,
                headings=form.headings,
                line=0,
                cells=len(row[1]),
                rows=_after(rows, row),
                findings=findings,
            )
    heading = find_heading(looked_at, opened.merged, layout.heading_line)
    findings += _heading_findings(heading, looked_at)
    own = [area for area in opened.merged if area.left < len(heading.names) and heading.names[area.left] in layout.own]
    below = _unfilled(islice(rows, heading.last + 1, None), own)
    return Part(
        sheet=sheet,
        headings=tuple(name for name in heading.names if name != FINDINGS_HEADING),
        line=looked_at[heading.last][0],
        cells=opened.height * len(heading.names),
        rows=_of_the_list(below, heading, looked_at[heading.last][1], findings),
        findings=findings,
    )


def in_words(lines: Iterable[int], count: int) -> str:
    """The lines as people read them, with a sign that there are more."""
    shown = [str(line) for line in lines]
    return ", ".join(shown) + (" …" if count > len(shown) else "")


def is_total(cells: Iterable[str]) -> bool:
    """Whether a row only adds up others: it begins with such a word, and there is nothing but amounts behind it."""
    first, *others = [cell.strip() for cell in cells if cell.strip()]
    total = _TOTAL.match(first)
    if total is None:
        return False
    behind = first[total.end() :]
    return (not behind or _AMOUNT.fullmatch(behind) is not None) and all(map(_AMOUNT.fullmatch, others))


def is_note(cells: list[str]) -> bool:
    """Whether a row of a table is a note or a signature: one cell that begins with such a word, and nothing else."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) == 1 and _NOTE.match(filled[0]) is not None


def _after(rows: Iterator[RawRow], row: RawRow) -> Iterator[RawRow]:
    for _ in rows:
        pass
    yield row


def _heading_findings(heading: Heading, rows: list[RawRow]) -> list[Finding]:
    above = LeftOut()
    for line, cells in rows[: heading.first]:
        above.add(line, cells)
    found = above.findings("rows-above-heading")
    if heading.unnamed:
        found.append(Finding(code="heading-unnamed", details={"columns": ", ".join(heading.unnamed)}))
    if heading.twice:
        found.append(Finding(code="heading-twice", details={"columns": ", ".join(heading.twice)}))
    return found


def _repaired(rows: Iterator[RawRow], repair: Repair, findings: list[Finding]) -> Iterator[RawRow]:
    """The rows with their letters put right; afterwards `findings` says what was, and what could not be."""
    example: tuple[str, str] | None = None
    broken = LeftOut()
    for line, cells in rows:
        texts = list(cells)
        for column, cell in enumerate(cells):
            text = repair.text(cell)
            if text is not None:
                texts[column] = text
                example = example or (cell[:_SHOWN_CHARACTERS], text[:_SHOWN_CHARACTERS])
            elif repair.is_broken(cell):
                broken.add(line, [cell])
        yield line, texts
    if example is not None:
        before, after = example
        findings.append(Finding(code="encoding-repaired", received=before, proposed=after, details={"via": repair.via}))
    findings += broken.findings("encoding-broken")


def _unfilled(rows: Iterator[RawRow], merged: Iterable[Area]) -> Iterator[RawRow]:
    """The rows, without what merged cells gave to any but the first of theirs."""
    coming = deque(sorted(merged, key=lambda area: area.top))
    over: list[Area] = []
    for line, cells in rows:
        while coming and coming[0].top < line:
            over.append(coming.popleft())
        over = [area for area in over if area.bottom >= line]
        for area in over:
            cells[area.left : area.left + 1] = [""]
        if any(map(str.strip, cells)):
            yield line, cells


def _of_the_list(
    rows: Iterator[RawRow], heading: Heading, heading_cells: list[str], findings: list[Finding]
) -> Iterator[RawRow]:
    """The rows that are of the list, cell by cell as the headings go; afterwards `findings` names the others."""
    totals, notes, repeated = LeftOut(), LeftOut(), LeftOut()
    width = len(heading.names)
    note = heading.names.index(FINDINGS_HEADING) if FINDINGS_HEADING in heading.names else None
    for line, cells in rows:
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            cells = cells[:width]
        if cells == heading_cells[: len(cells)] and len(cells) > 1:
            repeated.add(line, cells)
            continue
        first = next(filter(str.strip, cells))
        if first.lstrip()[0] in _TOTAL_INITIALS and is_total(cells):
            totals.add(line, cells)
            continue
        if width >= _FEWEST_COLUMNS and is_note(cells):
            notes.add(line, cells)
            continue
        if heading.exported:
            cells = list(map(unescaped, cells))
        if note is not None:
            cells = cells[:note] + cells[note + 1 :]
        yield line, cells
    findings += totals.findings("total-row-left-out")
    findings += notes.findings("note-row-left-out")
    findings += repeated.findings("heading-repeated")
