"""Licences that were never published: rows for the tables, to write many at once and to look one up among a million."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bench import corpus, ours
from bench.engines import NOW
from bench.lists import AUTHORITY, LICENSE_TYPE
from registry.bulk import insert_rows, next_ids
from registry.codec import Codec
from registry.register import Register
from registry.tables import (
    ActRow,
    AuthorityRow,
    Base,
    BatchRow,
    CredentialRow,
    LicenseRow,
    LicenseTypeRow,
    ReceivedFileRow,
    ReceivedRow,
    SigningKeyRow,
    VersionRow,
)
from vocab.history import Act, ActKind

Row = tuple[Any, ...]
AT_ONCE = 5_000


@dataclass(frozen=True)
class Lot:
    """Rows for one table, in the order in which the tables are to be written."""

    table: type[Base]
    columns: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Sample:
    """What the register keeps of one licence: its face and its grant as JSON, and the signed credential."""

    face: str
    act: str
    credential: bytes


def sample() -> Sample:
    """Of the first of the made-up licences."""
    record = next(corpus.records(1))
    codec = Codec(corpus.BASE)
    term = record.license.term
    act = Act(number=1, kind=ActKind.GRANT, effective_on=term.valid_from, recorded_at=NOW, by=AUTHORITY, term=term)
    return Sample(codec.dump(record.license), codec.dump(act), ours.issue(record))


@dataclass(frozen=True)
class Owner:
    """What the rows refer to: the ids of their authority, type, batch and signing key."""

    authority: int
    type: int
    batch: int
    key: int


def own(session: Session) -> Owner:
    """A batch to hang the rows on, for the register's example authority."""
    authority = session.scalars(select(AuthorityRow.id).where(AuthorityRow.code == AUTHORITY)).one()
    type_id = session.scalars(select(LicenseTypeRow.id).where(LicenseTypeRow.code == LICENSE_TYPE)).one()
    key = session.scalars(select(SigningKeyRow.id).where(SigningKeyRow.authority_id == authority)).first()
    file = ReceivedFileRow(sha256="0" * 64, body=b"", received_at=NOW)
    session.add(file)
    session.flush()
    batch = BatchRow(
        authority_id=authority,
        type_id=type_id,
        file_sha256=file.sha256,
        file_name="synthetic.csv",
        mapping="",
        state="staging",
        received_at=NOW,
        counts={},
    )
    session.add(batch)
    session.flush()
    if key is None:
        raise RuntimeError("the example authority has no signing key")
    return Owner(authority, type_id, batch.id, key)


def tail(n: int) -> str:
    return f"{AUTHORITY}/{LICENSE_TYPE}/{n}~2F2567"


def lots(owner: Owner, ids: dict[type[Base], Sequence[int]], first: int, sample: Sample) -> list[Lot]:
    """The rows of as many licences as there are ids, counted from `first`: one face, one act and one credential each."""
    of = {table: list(found) for table, found in ids.items()}
    count = len(of[LicenseRow])
    numbers = range(first, first + count)
    cells = {"cells": ["ร้านตัวอย่าง นครพนม"] * 19}
    day = NOW.date()
    received = [
        (of[ReceivedRow][at], owner.batch, n, cells, "new", tail(n), f"{n}-2567", b"d" * 32, sample.face, 0)
        for at, n in enumerate(numbers)
    ]
    licenses = [
        (
            *(of[LicenseRow][at], tail(n), owner.authority, owner.type, f"{n}/2567", "", f"{n}-2567", f"{n}-67"),
            *(_check_id(n), "published", NOW, NOW, b"d" * 32),
        )
        for at, n in enumerate(numbers)
    ]
    versions = [
        (of[VersionRow][at], of[LicenseRow][at], 1, sample.face, NOW, of[ReceivedRow][at]) for at in range(count)
    ]
    acts = [
        (of[ActRow][at], of[LicenseRow][at], 1, "grant", day, None, NOW, sample.act, of[ReceivedRow][at])
        for at in range(count)
    ]
    credentials = [
        (
            *(_check_id(n), of[LicenseRow][at], of[VersionRow][at], 1, owner.authority, 1 + n // 131_072, n % 131_072),
            *(owner.key, sample.credential, NOW),
        )
        for at, n in enumerate(numbers)
    ]
    return [
        Lot(ReceivedRow, RECEIVED, received),
        Lot(LicenseRow, LICENSE, licenses),
        Lot(VersionRow, VERSION, versions),
        Lot(ActRow, ACT, acts),
        Lot(CredentialRow, CREDENTIAL, credentials),
    ]


def _check_id(n: int) -> str:
    # Spread over the index as random ones are, and the same in every run.
    return f"{n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032X}"


RECEIVED = ("id", "batch_id", "line", "cells", "outcome", "tail", "key", "digest", "document", "wave")
LICENSE = (
    *("id", "tail", "authority_id", "type_id", "number", "qualifier", "key", "weak_key", "check_id", "record_status"),
    *("created_at", "confirmed_at", "row_digest"),
)
VERSION = ("sequence", "license_id", "number", "document", "recorded_at", "received_row_id")
ACT = (
    *("sequence", "license_id", "number", "kind", "effective_on", "until", "recorded_at", "document"),
    "received_row_id",
)
CREDENTIAL = (
    *("id", "license_id", "version_sequence", "number", "authority_id", "list_number", "list_index"),
    *("signing_key_id", "body", "issued_at"),
)
TABLES: tuple[type[Base], ...] = (ReceivedRow, LicenseRow, VersionRow, ActRow, CredentialRow)


def reserve(session: Session, count: int) -> dict[type[Base], Sequence[int]]:
    """Ids for so many rows in each table that numbers its rows."""
    return {table: next_ids(session, table, count) for table in TABLES if table is not CredentialRow}


def fill(register: Register, count: int, sample: Sample) -> None:
    """Puts so many licences into the register, a few thousand in a transaction."""
    with register.database.writing() as session:
        owner = own(session)
    for first in range(1, count + 1, AT_ONCE):
        with register.database.writing() as session:
            ids = reserve(session, min(AT_ONCE, count + 1 - first))
            for lot in lots(owner, ids, first, sample):
                insert_rows(session, lot.table, lot.columns, lot.rows)
    if register.database.engine.dialect.name == "postgresql":
        with register.database.writing() as session:
            session.execute(text("ANALYZE"))
