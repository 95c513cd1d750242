"""The bytes of a file are the same in memory and on disk, and what was read of those on disk takes no memory."""

import hashlib
import io
import mmap
import random
import zlib
from pathlib import Path
from random import Random

import pytest

from registry.intake import body as bodies
from registry.intake.body import Body, blocks, body_at, body_of, opened, sha256_of
from registry.intake.keeping import WORTH_PACKING, keep_bytes, kept_bytes
from registry.intake.reading import reading
from registry.intake.staging import stage
from registry.register import Register
from registry.tables import ReceivedFileRow
from tests.registry.small import row, submission, table


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the very shortest bodies are on disk, and read in many pieces."""
    monkeypatch.setattr(bodies, "IN_MEMORY", 10)
    monkeypatch.setattr(bodies, "BLOCK", 4096)


def some_bytes(count: int) -> bytes:
    return random.Random(count).randbytes(count)


@pytest.mark.parametrize("count", [0, 1, 10, 11, 4095, 4096, 4097, 300_000])
def test_the_bytes_are_the_same_on_disk(on_disk: None, count: int, tmp_path: Path) -> None:
    raw = some_bytes(count)
    file = tmp_path / "file"
    file.write_bytes(raw)
    body = body_at(file)
    # What becomes of the file then is nothing to us.
    file.write_bytes(b"")
    assert isinstance(body, bytes) == (count <= 10)
    assert len(body) == count
    assert body[:] == b"".join(blocks(body)) == opened(body).read() == raw
    assert sha256_of(body) == hashlib.sha256(raw).hexdigest()


def text_of(encoding: str) -> bytes:
    lines = "".join(
        f"{n}/2567,ร้านที่ {n},\U0001f371\n" if encoding.startswith("utf") else f"{n}/2567,ร้านที่ {n},\n"
        for n in range(3_000)
    )
    return f"เลขที่,ชื่อ,หมายเหตุ\n{lines}".encode(encoding)


def rows_of(body: Body) -> tuple[object, list[object]]:
    with reading(body, "list.csv") as found:
        return found.form, [(each.line, each.cells) for chunk in found.chunks for each in chunk]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le"])
def test_a_table_is_read_alike(on_disk: None, encoding: str) -> None:
    raw = text_of(encoding)
    body = body_of(io.BytesIO(raw))
    assert not isinstance(body, bytes)
    assert rows_of(body) == rows_of(raw)
    assert len(rows_of(raw)[1]) == 3_000


def test_what_is_staged_from_disk_is_kept_whole(on_disk: None, register: Register) -> None:
    raw = table(*(row(f"{n}/2567", premises="ร้านที่มีชื่อยาว " * 5) for n in range(500)))
    report = stage(register, submission(body_of(io.BytesIO(raw))))
    assert report.counts["new"] == 500
    with register.database.reading() as session:
        kept = session.get_one(ReceivedFileRow, report.sha256)
        assert zlib.decompress(kept.body) == raw
        assert kept_bytes(session, report.sha256) == raw


@pytest.mark.parametrize("beginning", [b"number,name\r\n", b"PK\x03\x04"])
def test_a_long_file_is_kept_as_it_arrived(
    register: Register, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    monkeypatch.setattr("registry.intake.body.IN_MEMORY", 1_000)
    arrived = beginning + Random(1).randbytes(WORTH_PACKING)
    body = body_of(io.BytesIO(arrived))
    assert isinstance(body, mmap.mmap)
    for _ in range(2):
        with register.database.writing() as session:
            keep_bytes(session, sha256_of(body), body, register.now())
    with register.database.reading() as session:
        assert kept_bytes(session, sha256_of(body)) == arrived
