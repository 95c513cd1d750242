"""Files made to bring down who reads them: each is refused with its reason, and the process that reads it stays in its limits."""

import io
import resource
import signal
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry.intake.reading import confinement, reading
from tests.registry.intake.reading.files import (
    SHARED_BEGIN,
    SHARED_END,
    SHEET_BEGIN,
    SHEET_END,
    as_ods,
    as_xlsx,
    read,
    xlsx_parts,
    zipped,
)
from tests.registry.intake.reading.test_delimited import refusal

MB = 1 << 20
LARGE = 200 * MB

DIED = {"too-much-memory", "too-much-time", "reader-died", "damaged"}


def lying(body: bytes, name: str, size: int) -> bytes:
    """The ZIP file with another statement of how large a part of it is when it is unpacked."""
    found = bytearray(body)
    for mark, at_size, at_name in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        place = found.find(mark)
        while found[place + at_name : place + at_name + len(name)] != name.encode():
            place = found.index(mark, place + 1)
        found[place + at_size : place + at_size + 4] = struct.pack("<I", size)
    return bytes(found)


SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
CELLS = b"<row>" + b"<c><v>1</v></c>" * 200 + b"</row>"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">%s]>' % b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)


def zip_bomb() -> bytes:
    return zipped({"list.csv": b"0" * LARGE})


def sheet_bomb() -> bytes:
    return zipped(xlsx_parts(SHEET_BEGIN + CELLS * (LARGE // len(CELLS)) + SHEET_END))


def shared_bomb() -> bytes:
    sheet = SHEET_BEGIN + b'<row><c t="s"><v>0</v></c></row>' + SHEET_END
    return zipped(xlsx_parts(sheet, SHARED_BEGIN + b"<si><t>x</t></si>" * (LARGE // 17) + SHARED_END))


def far_cell() -> bytes:
    return zipped(
        xlsx_parts(
            SHEET_BEGIN
            + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            + SHEET_END
        )
    )


def laughing_sheet() -> bytes:
    sheet = SHEET_BEGIN + b'<row><c t="str"><v>&a11;</v></c></row>' + SHEET_END
    return zipped(xlsx_parts(LAUGHS + sheet.removeprefix(b'<?xml version="1.0"?>')))


def laughing_texts() -> bytes:
    sheet = SHEET_BEGIN + b'<row><c t="s"><v>0</v></c></row>' + SHEET_END
    texts = SHARED_BEGIN + b"<si><t>&a11;</t></si>" + SHARED_END
    return zipped(xlsx_parts(sheet, LAUGHS + texts.removeprefix(b'<?xml version="1.0"?>')))


def repeated_ods() -> bytes:
    body = as_ods([["number"], ["1"]])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["content.xml"] = (
        parts["content.xml"]
        .replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1048576">')
        .replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16384" ')
    )
    return zipped(parts)


def long_cell_xlsx() -> bytes:
    sheet = SHEET_BEGIN + b'<row><c t="str"><v>' + b"x" * LARGE + b"</v></c></row>" + SHEET_END
    return zipped(xlsx_parts(sheet), zipfile.ZIP_STORED)


CONFINED: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "zip bomb": (zip_bomb, {"archive-suspicious"}),
    "zip bomb that lies": (lambda: lying(zip_bomb(), "list.csv", 5_000), {"damaged"}),
    "sheet": (sheet_bomb, {"archive-suspicious"}),
    "sheet that lies": (lambda: lying(sheet_bomb(), SHEET, 5_000), DIED),
    "shared texts": (shared_bomb, {"archive-suspicious"}),
    "shared texts that lie": (lambda: lying(shared_bomb(), SHARED, 5_000), DIED),
    "cell far away": (far_cell, DIED),
    "billion laughs in a sheet": (laughing_sheet, {*DIED, "empty"}),
    "billion laughs in shared texts": (laughing_texts, {*DIED, "empty"}),
    "repeated cells of ODS": (repeated_ods, DIED),
    "200 MB in one cell": (long_cell_xlsx, {"too-much-memory", "cell-too-long"}),
    "arrays within arrays": (lambda: b"[" * 100_000, {"json-damaged"}),
    "objects within objects": (lambda: b'[{"a":' * 100_000, {"json-damaged"}),
    "objects on a line": (lambda: b'{"a":1}\n' + b'{"a":' * 100_000, {"json-damaged"}),
    "a text without end in JSON": (lambda: b'[{"a":"' + b"x" * LARGE, {"row-too-long"}),
}


@pytest.mark.parametrize("name", CONFINED)
def test_bombs_are_refused(name: str) -> None:
    make, reasons = CONFINED[name]
    body = make()
    assert refusal(body).reason in reasons


TEXTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "200 MB in one cell": (lambda: b"number,name\n1," + b"x" * LARGE, "row-too-long"),
    "200 MB in one cell of many lines": (lambda: b'number,name\n1,"' + b"xxx\n" * (LARGE // 4), "cell-too-long"),
    "ten million columns": (lambda: b"," * 10_000_000, "row-too-long"),
    "ten million columns on many lines": (lambda: b'"\n",' * 10_000_000, "row-too-long"),
    "a line without end": (lambda: b"number,name," * (LARGE // 12), "row-too-long"),
    "a quotation mark that is not closed": (lambda: b'number,name\n1,"a\n' + b"2,b\n" * (LARGE // 4), "cell-too-long"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_bombs_are_refused_without_being_in_memory(name: str) -> None:
    make, reason = TEXTS[name]
    body = make()
    tracemalloc.start()
    try:
        assert refusal(body).reason == reason
        assert tracemalloc.get_traced_memory()[1] < 32 * MB
    finally:
        tracemalloc.stop()


def test_a_long_list_is_never_in_memory_as_a_whole() -> None:
    body = b"number,name\n" + b"".join(b"%d,name\n" % n for n in range(50_000))
    tracemalloc.start()
    try:
        with reading(body) as table:
            rows = sum(map(len, table.chunks))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == 50_000
    assert peak < 4 * MB


# The process


Process = subprocess.Popen[bytes]
_start = subprocess.Popen


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """The processes that are started for reading."""
    started: list[Process] = []

    def start(*arguments: Any, **options: Any) -> Process:
        started.append(_start(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_the_process_has_its_limits_and_no_secret(monkeypatch: pytest.MonkeyPatch, processes: list[Process]) -> None:
    monkeypatch.setenv("REGISTRY_KEK", "secret")
    with reading(as_xlsx([["number"], *[[str(n)] for n in range(50_000)]])) as table:
        next(table.chunks)
        (process,) = processes
        assert resource.prlimit(process.pid, resource.RLIMIT_AS) == (confinement.MEMORY_MB * MB,) * 2
        assert resource.prlimit(process.pid, resource.RLIMIT_CPU)[0] < 10
        assert resource.prlimit(process.pid, resource.RLIMIT_CORE) == (0, 0)
        assert b"KEK" not in Path(f"/proc/{process.pid}/environ").read_bytes()


def test_the_process_ends_with_the_block(processes: list[Process]) -> None:
    body = as_xlsx([["number"], *[[str(n)] for n in range(5_000)]])
    assert len(read(body).rows) == 5_000
    with reading(body) as table:
        assert len(next(table.chunks)) == 1_000
    with pytest.raises(RuntimeError), reading(body):
        raise RuntimeError("the reader has enough")
    assert refusal(body[:2_000]).reason == "damaged"
    assert len(processes) == 4
    assert [process.returncode is not None for process in processes] == [True] * 4


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (f"os.kill(os.getpid(), {int(signal.SIGXCPU)})", "too-much-time"),
        (f"os.kill(os.getpid(), {int(signal.SIGABRT)})", "too-much-memory"),
        (f"os.kill(os.getpid(), {int(signal.SIGKILL)})", "too-much-memory"),
        ("sys.exit(3)", "reader-died"),
        ("sys.stdout.write('abc')", "reader-died"),
    ],
)
def test_however_the_process_ends_it_is_said(end: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); {end}"

    def start(_arguments: object, **options: Any) -> Process:
        return _start([sys.executable, "-c", code], **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    assert refusal(as_xlsx([["number"], ["1"]])).reason == reason


def test_a_process_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_SILENCE_SECONDS", 0)
    assert refusal(as_xlsx([["number"], ["1"]])).reason == "too-much-time"


def test_the_process_has_no_more_time_than_it_is_allowed() -> None:
    code = "from registry.intake.reading.__main__ import allow\nallow(0.1)\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", code], check=False, cwd=confinement._ROOT)
    assert ended.returncode == -signal.SIGXCPU
