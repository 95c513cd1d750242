"""What is in a file of any kind. It is called in the confined process only."""

from dataclasses import replace
from io import BytesIO
from typing import IO

from registry.intake.finding import Finding
from registry.intake.reading.archive import directory, members
from registry.intake.reading.kind import COMPOUND, HEAD_BYTES, ZIP, open_text
from registry.intake.reading.sheet import Container
from registry.intake.reading.workbook import Allow, workbook
from registry.intake.table import FileUnreadable

_PARTS_OF_OTHERS = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint"}


def open_container(file: IO[bytes], name: str, encoding: str, allow: Allow) -> Container:
    """What is in a file; `encoding` is that of texts, where the mapping says it. Raises `FileUnreadable`."""
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if head.startswith(COMPOUND):
        return workbook(file, "xls", [], allow)
    if not head.startswith(ZIP):
        return open_text(file.read(), name, encoding)
    parts = directory(file)
    kind = _kind_of_archive({part.filename for part in parts})
    if kind == "zip":
        return _of_members(file, encoding, allow)
    return workbook(file, kind, parts, allow)


def _kind_of_archive(names: set[str]) -> str:
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "xlsx"
    for name, kind in _PARTS_OF_OTHERS.items():
        if name in names:
            raise FileUnreadable("kind-unknown", kind=kind)
    return "ods" if {"content.xml", "META-INF/manifest.xml"} <= names else "zip"


def _of_members(file: IO[bytes], encoding: str, allow: Allow) -> Container:
    """The lists in a ZIP file, as if they were sheets of one."""
    lists, others = members(file)
    opened = [(name, _of_member(name, body, len(lists), encoding, allow)) for name, body in lists]
    if not opened:
        raise FileUnreadable("archive-empty", parts=", ".join(others))
    sheets = tuple(
        replace(sheet, name=f"{name}: {sheet.name}" if sheet.name else name)
        for name, container in opened
        for sheet in container.sheets
    )
    left_out = [Finding(code="file-left-out", details={"files": ", ".join(others)})] if others else []
    inner = [container for _, container in opened]
    return Container(
        kind="zip",
        sheets=sheets,
        encoding=", ".join(dict.fromkeys(container.encoding for container in inner if container.encoding)),
        delimiter=inner[0].delimiter,
        heavy=any(container.heavy for container in inner),
        findings=tuple(left_out),
    )


def _of_member(name: str, body: bytes, count: int, encoding: str, allow: Allow) -> Container:
    """What is in a file of a ZIP of `count` files; an archive within it is not opened."""
    try:
        if body.startswith(ZIP) and _kind_of_archive(_names(body)) == "zip":
            raise FileUnreadable("archive-nested", part=name)
        return open_container(BytesIO(body), name, encoding, allow)
    except FileUnreadable as error:
        if count == 1 or error.reason == "archive-nested":
            raise
        raise FileUnreadable("member-unreadable", part=name, cause=str(error)) from error


def _names(body: bytes) -> set[str]:
    return {part.filename for part in directory(BytesIO(body))}
