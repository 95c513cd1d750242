"""A small register for tests: three authorities, three types, a clock that is set by hand, randomness that repeats."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import func, select

from issuers.keys import KeyEncryptionKeys
from registry.batches import rows_of
from registry.catalogue import declare, read_catalogue
from registry.database import Database
from registry.intake.batch import Holds, Report, RowView, Submission
from registry.intake.body import Body
from registry.intake.publish import publish
from registry.intake.staging import stage
from registry.intake.suspicion import SUSPICIONS
from registry.record import LicenseRecord
from registry.register import ENTRIES_FORM, Register
from registry.services import Decision, perform
from registry.tables import Base, CredentialRow, InstanceRow, StatusListRow
from verify.verdict import Verdict
from verify.verifier import examine
from vocab.history import ActKind, legal_date
from vocab.iri import LicenseIri, license_iri
from vocab.license import Term

BASE = "https://registry.example.go.th"
NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
KEY = bytes(range(32))
TOWN, DEPARTMENT, OFFICE = "lao-06480115", "dep-0706", "x-office"
FOOD, CLINIC, ADVERT = "food-premises", "animal-clinic", "advert"

CATALOGUE = """
[[authority]]
code = "lao-06480115"
name = { th = "อบต.โพธิ์ตาก", en = "Pho Tak SAO" }
level = "local"
province_code = "48"
other_codes = ["lao-05480115"]

[[authority]]
code = "dep-0706"
name = { th = "กรมปศุสัตว์", en = "Department of Livestock Development" }
level = "central"
homepage = "https://dld.example.go.th/"

[[authority]]
code = "x-office"
name = { th = "สำนักงานตัวอย่าง" }
level = "regional"

[[type]]
code = "food-premises"
name = { th = "ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร", en = "Food premises licence" }
legal_basis = [{ code = "pha-2535/s38", section = "38", title = { th = "พ.ร.บ. การสาธารณสุข พ.ศ. 2535" } }]
face = [
  { field = "number", label = { th = "เลขที่", en = "Number" } },
  { field = "licensee", label = { th = "ผู้รับใบอนุญาต", en = "Licensee" }, disclosure = "masked" },
  { field = "premises-name", label = { th = "ชื่อร้าน", en = "Shop" }, required = false },
  { field = "premises-address", label = { th = "ที่ตั้ง", en = "Address" }, required = false, disclosure = "masked" },
  { field = "particular", code = "area", label = { th = "พื้นที่", en = "Area" }, required = false },
  { field = "expires-on", label = { th = "ใช้ได้ถึง", en = "Valid until" } },
]

[[type]]
code = "animal-clinic"
name = { th = "ใบอนุญาตให้ตั้งสถานพยาบาลสัตว์", en = "Animal clinic licence" }

[[type]]
code = "advert"
name = { th = "ใบอนุญาตโฆษณา" }
face = [
  { field = "licensee", label = { th = "ผู้รับใบอนุญาต" }, required = false, disclosure = "restricted" },
]

[[mandate]]
authority = "lao-06480115"
type = "food-premises"
scheme = { pattern = '\\d+/25\\d{2}' }

[[mandate]]
authority = "lao-06480115"
type = "advert"
scheme = { scope = ["number", "year"] }

[[mandate]]
authority = "dep-0706"
type = "animal-clinic"

[[mandate]]
authority = "x-office"
type = "food-premises"

[[announcement]]
authority = "lao-06480115"
code = "display-2567"
title = { th = "ประกาศ" }
types = ["food-premises"]
published_on = 2024-02-01
"""

MAPPING = """
[columns]
number = "number"
licensee = "licensee"
juristic_id = "juristic_id"
premises = "premises"
street = "street"
district = "district"
province = "province"
issued_on = "issued_on"
valid_from = "valid_from"
expires_on = "expires_on"
renews = "renews"
aliases = "aliases"

[columns.particulars]
area = "area"
"""
HEADINGS = (
    *("number", "licensee", "juristic_id", "premises", "street", "district", "province", "issued_on", "valid_from"),
    *("expires_on", "renews", "aliases", "area"),
)
PLAIN: Mapping[str, str] = {
    "licensee": "บริษัท ตัวอย่าง จำกัด",
    "premises": "ร้านตัวอย่าง",
    "province": "นครพนม",
    "issued_on": "2024-03-01",
    "valid_from": "2024-03-01",
    "expires_on": "2027-02-28",
}


@dataclass
class Clock:
    """Gives the instant that it was set to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def go_to(self, day: date) -> None:
        """Noon in Thailand on `day`."""
        self.now = datetime(day.year, day.month, day.day, 5, 0, tzinfo=UTC)

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class Randomness:
    """Bytes that look random, and are the same in every run."""

    seed: str
    numbers: Iterable[int] = field(default_factory=count)

    def __call__(self, size: int) -> bytes:
        blocks = (hashlib.sha256(f"{self.seed} {number}".encode()).digest() for number in self.numbers)
        found = b""
        while len(found) < size:
            found += next(blocks)
        return found[:size]


def open_small(url: str, seed: str, clock: Clock | None = None) -> Register:
    """The register in the database at `url`, with a key of its own and no environment."""
    return Register(Database(url), BASE, clock or Clock(), Randomness(seed), lambda: KeyEncryptionKeys(KEY))


def make_small(url: str, folder: Path) -> None:
    """Puts the tables and the catalogue into an empty database."""
    register = open_small(url, "catalogue")
    register.database.migrate()
    with register.database.writing() as session:
        session.add(
            InstanceRow(
                id=1,
                base_url=BASE,
                created_at=NOON,
                refreshed_on=legal_date(NOON),
                is_demo=False,
                entries_form=ENTRIES_FORM,
            )
        )
    file = folder / "catalogue.toml"
    file.write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(file))
    register.database.close()


def table(*rows: Mapping[str, str], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """A CSV file; what a row does not say is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def row(number: str, **cells: str) -> dict[str, str]:
    """A good row, but for what `cells` say."""
    return {**PLAIN, "number": number, **cells}


def submission(
    body: Body, authority: str = TOWN, license_type: str = FOOD, mapping: str | None = MAPPING
) -> Submission:
    return Submission(
        authority=authority,
        license_type=license_type,
        file_name="file.csv",
        body=body,
        mapping=mapping,
        holds=Holds.PART,
    )


def send(register: Register, *rows: Mapping[str, str], authority: str = TOWN, license_type: str = FOOD) -> Report:
    """Publishes rows as one file that holds a part of the list, whatever is suspicious in it."""
    return publish(register, submission(table(*rows), authority, license_type), accept=SUSPICIONS)


def rows_in(register: Register, report: Report) -> list[RowView]:
    """The rows of a batch with their findings."""
    return list(rows_of(register, report.batch))


def preview(register: Register, file: Submission) -> tuple[Report, list[RowView]]:
    """What is in a file, staged and not published."""
    report = stage(register, file)
    return report, rows_in(register, report)


def iri(number: str, qualifier: str | None = None, authority: str = TOWN, license_type: str = FOOD) -> LicenseIri:
    return license_iri(BASE, authority, license_type, number, qualifier)


def find(register: Register, number: str | LicenseIri) -> LicenseRecord:
    with register.database.reading() as session:
        record = register.store(session).find(number if isinstance(number, LicenseIri) else iri(number))
    assert record is not None
    return record


def act(
    register: Register,
    number: str,
    kind: ActKind,
    on: date = TODAY,
    *,
    until: date | None = None,
    term: Term | None = None,
    successor: LicenseIri | None = None,
    voids: int | None = None,
) -> LicenseRecord:
    decision = Decision(
        kind=kind, on=on, order="ที่ 1/2569", reason="ทดสอบ", until=until, term=term, successor=successor, voids=voids
    )
    return perform(register, iri(number), decision)


def table_sizes(register: Register) -> dict[str, int]:
    """How many rows each table has."""
    with register.database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(item)) or 0
            for name, item in Base.metadata.tables.items()
        }


def credentials(register: Register, number: str | LicenseIri) -> list[CredentialRow]:
    """All credentials of a licence, oldest first."""
    license_id = find(register, number).id
    with register.database.reading() as session:
        query = select(CredentialRow).where(CredentialRow.license_id == license_id)
        return list(session.scalars(query.order_by(CredentialRow.version_sequence, CredentialRow.number)))


def current_credential(register: Register, number: str | LicenseIri) -> bytes:
    record = find(register, number)
    with register.database.reading() as session:
        found = register.store(session).credential(record.version_sequence)
    assert found is not None
    return found.body


def bit(register: Register, credential: CredentialRow, purpose: str) -> bool:
    """What the status list says of a credential."""
    with register.database.reading() as session:
        bits = session.scalars(
            select(StatusListRow.bits).where(
                StatusListRow.authority_id == credential.authority_id,
                StatusListRow.purpose == purpose,
                StatusListRow.number == credential.list_number,
            )
        ).one()
    return bool(bits[credential.list_index // 8] & (0x80 >> credential.list_index % 8))


def verdict(register: Register, credential: bytes) -> Verdict:
    """What the register itself says of a credential."""
    from registry.trust import RegisterTrust

    with register.database.reading() as session:
        return examine(credential, RegisterTrust(register, session), register.now())


def status(register: Register, number: str | LicenseIri) -> str:
    return find(register, number).history.status(register.today()).value
