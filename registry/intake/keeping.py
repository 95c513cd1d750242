"""What is kept of a file: its bytes as they arrived, once, whatever happens next; and what was found in it."""

import re
import tempfile
import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.intake.body import Body, blocks, body_of
from registry.intake.finding import Finding
from registry.tables import ReceivedFileRow

WORTH_PACKING = 1 << 16
PACKED_ALREADY = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
"""How ZIP (XLSX, ODS), XLS and gzip files begin: packing them again gains nothing."""
ZLIB = "zlib"
FINDING_COLUMNS = ("batch_id", "received_row_id", "column", "code", "gravity", "received", "details", "proposed")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def keep_bytes(session: Session, sha256: str, body: Body, now: datetime) -> None:
    """Keeps what arrived; the same bytes once. Long texts are kept compressed."""
    if session.get(ReceivedFileRow, sha256) is not None:
        return
    packing = ZLIB if len(body) > WORTH_PACKING and not body[:8].startswith(PACKED_ALREADY) else ""
    kept = _packed(body) if packing else body
    # Somebody may be sending the same bytes at the same time. Not by a savepoint: on a full disk SQLite ends the transaction.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(ReceivedFileRow).values(sha256=sha256, body=kept, received_at=now, packing=packing)
    session.execute(row.on_conflict_do_nothing())


def _packed(body: Body) -> Body:
    packing = zlib.compressobj(1)
    with tempfile.TemporaryFile() as file:
        file.writelines(map(packing.compress, blocks(body)))
        file.write(packing.flush())
        file.seek(0)
        return body_of(file)


def kept_bytes(session: Session, sha256: str) -> bytes:
    """The bytes with this hash, as they arrived. Raises `sqlalchemy.exc.NoResultFound` for bytes that never did."""
    row = session.get_one(ReceivedFileRow, sha256)
    body = zlib.decompress(row.body) if row.packing == ZLIB else row.body
    # The session must not hold on to a file of many megabytes.
    session.expunge(row)
    return body


def finding_rows(batch_id: int, row_id: int | None, findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    """The rows for `FINDING_COLUMNS`."""
    return [
        (
            batch_id,
            row_id,
            storable(finding.column),
            finding.code,
            finding.gravity.value,
            storable(finding.received),
            {name: storable(value) for name, value in finding.details.items()},
            storable(finding.proposed),
        )
        for finding in findings
    ]


def storable(text: str) -> str:
    """`text` as every database takes it: U+FFFD for a NUL, which PostgreSQL refuses, and for half of a surrogate pair."""
    return _NO_TEXT.sub("\ufffd", text)
