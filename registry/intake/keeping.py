"""The bytes that arrived, as they arrived: kept once, whatever happens next."""

import zlib
from contextlib import suppress
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.tables import ReceivedFileRow

WORTH_PACKING = 1 << 16
PACKED_ALREADY = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
"""How ZIP (XLSX, ODS), XLS and gzip files begin: packing them again gains nothing."""
ZLIB = "zlib"


def keep_bytes(session: Session, sha256: str, body: bytes, now: datetime) -> None:
    """Keeps what arrived; the same bytes once. Long texts are kept compressed."""
    if session.get(ReceivedFileRow, sha256) is not None:
        return
    packing = ZLIB if len(body) > WORTH_PACKING and not body.startswith(PACKED_ALREADY) else ""
    kept = zlib.compress(body, 1) if packing else body
    # Somebody may be sending the same bytes at the same time.
    with suppress(IntegrityError), session.begin_nested():
        session.execute(insert(ReceivedFileRow).values(sha256=sha256, body=kept, received_at=now, packing=packing))


def kept_bytes(session: Session, sha256: str) -> bytes:
    """The bytes with this hash, as they arrived. Raises `sqlalchemy.exc.NoResultFound` for bytes that never did."""
    row = session.get_one(ReceivedFileRow, sha256)
    body = zlib.decompress(row.body) if row.packing == ZLIB else row.body
    # The session must not hold on to a file of many megabytes.
    session.expunge(row)
    return body
