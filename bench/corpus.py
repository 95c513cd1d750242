"""Made-up licences to measure with: as those of a register, with optional members and nested objects, all from one seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from issuers.controller import PublishedKey, did_document
from issuers.draft import draft_credential
from issuers.keys import new_signer
from issuers.signer import SoftwareSigner
from issuers.status import LIST_BITS, PURPOSES, draft_status_list, secure_status_list
from verify.controlled_identifier import parse_did_document
from verify.credential import StatusEntry
from verify.document import Document
from verify.trust import Issuer, TrustData
from vocab.authority import (
    FaceField,
    FaceItem,
    GazetteAnnouncement,
    LegalProvision,
    Level,
    LicenseType,
    LicensingAuthority,
)
from vocab.contexts import document_loader
from vocab.graph import Grantor
from vocab.iri import license_iri
from vocab.license import Address, License, LocalText, Organization, Particular, Person, Premises, Term
from vocab.resource import authority_iri, did_web, license_type_iri, status_list_iri

BASE = "https://license.example.go.th"
LOADER = document_loader(frozenset({BASE}))
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
AUTHORITIES = 8
_SYLLABLES = [
    "กา",
    "ขวัญ",
    "คำ",
    "จันทร์",
    "ชัย",
    "ดอก",
    "ทอง",
    "ธารา",
    "นคร",
    "บุญ",
    "ปลา",
    "พร",
    "ฟ้า",
    "มั่ง",
    "รุ่ง",
    "ลม",
    "วัน",
    "ศรี",
    "สุข",
    "หอม",
    "อุดม",
    "เพชร",
    "แก้ว",
    "ใจ",
]


@dataclass(frozen=True)
class Record:
    """One licence to issue: what is on its face, by whom, and where its status is found."""

    license: License
    grantor: Grantor
    signer: SoftwareSigner
    credential_id: str
    status: tuple[StatusEntry, ...]

    def draft(self) -> Document:
        return draft_credential(self.license, self.grantor, credential_id=self.credential_id, status=self.status)


def _grantor(n: int) -> Grantor:
    laws = ("pha-2535/s38", "food-2522/s14", "factory-2535/s12")
    return Grantor(
        base=BASE,
        authority=LicensingAuthority(
            code=f"lao-0648011{n}",
            name=LocalText(th=f"องค์การบริหารส่วนตำบลตัวอย่างที่ {n}", en=f"Sample Subdistrict {n}"),
            level=Level.LOCAL,
            ministry=LocalText(th="กระทรวงมหาดไทย", en="Ministry of Interior"),
            province_code=f"4{n}",
            homepage=f"https://sample{n}.example.go.th/" if n % 2 else "",
        ),
        license_type=LicenseType(
            code=f"kind-{n % 3}",
            name=LocalText(th=f"ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร ชนิดที่ {n % 3}", en=f"Food premises licence, kind {n % 3}"),
            legal_basis=(
                LegalProvision(
                    code=laws[n % 3],
                    title=LocalText(th="พระราชบัญญัติการสาธารณสุข พ.ศ. 2535 มาตรา 38", en="Public Health Act, section 38"),
                    section="38",
                ),
            ),
            face=(FaceItem(field=FaceField.NUMBER, label=LocalText(th="เลขที่")),),
        ),
        announcements=(
            GazetteAnnouncement(
                code="2569-1",
                title=LocalText(th="ประกาศ เรื่อง การแสดงใบอนุญาตโดยวิธีการทางอิเล็กทรอนิกส์", en="On the display of licences"),
                types=(),
                gazette_ref="เล่ม 143 ตอนพิเศษ 1 ง",
                published_on=date(2026, 1, 2),
                in_force_from=date(2026, 1, 3),
            ),
        ),
    )


GRANTORS = tuple(_grantor(n) for n in range(AUTHORITIES))
SIGNERS = tuple(
    new_signer(did_web(BASE, grantor.authority.code), bytes([n]) * 32) for n, grantor in enumerate(GRANTORS, 1)
)


def records(count: int, seed: int = 1) -> Iterator[Record]:
    """`count` licences, always the same ones."""
    chance = random.Random(seed)
    for n in range(count):
        of = n % AUTHORITIES
        grantor = GRANTORS[of]
        index = n // AUTHORITIES % LIST_BITS
        code = grantor.authority.code
        yield Record(
            license=_license(chance, grantor, n),
            grantor=grantor,
            signer=SIGNERS[of],
            credential_id=f"{n:026d}",
            status=tuple(
                StatusEntry(purpose=purpose, index=index, list_url=status_list_iri(BASE, code, purpose, 1))
                for purpose in PURPOSES
            ),
        )


def _license(chance: random.Random, grantor: Grantor, n: int) -> License:
    def words(count: int) -> str:
        return "".join(chance.choices(_SYLLABLES, k=count))

    number = f"{n}/{chance.randint(2540, 2569)}"
    english = chance.random() < 0.4
    begins = date(2025, 11, 30) + timedelta(chance.randrange(350))
    name = LocalText(th=f"บริษัท {words(3)} จำกัด", en=f"Company {n} Co., Ltd." if english else "")
    company = Organization(name=name, juristic_id=f"0{chance.randrange(10**12):012d}" if chance.random() < 0.8 else "")
    person = Person(name=LocalText(th=f"นาย{words(2)} {words(2)[0]}."))
    address = Address(
        street=f"{chance.randint(1, 999)}/{chance.randint(1, 99)} หมู่ {chance.randint(1, 12)}",
        subdistrict=words(2),
        district=f"เมือง{words(1)}",
        province="นครพนม",
        postal_code=f"{chance.randint(10000, 96999)}" if chance.random() < 0.7 else "",
        subdistrict_code=f"4801{chance.randint(1, 15):02d}" if chance.random() < 0.5 else "",
    )
    return License(
        iri=license_iri(BASE, grantor.authority.code, grantor.license_type.code, number),
        number_as_received=number if chance.random() < 0.9 else f" {number}",
        licensees=(company,) if chance.random() < 0.6 else (person,) if chance.random() < 0.8 else (company, person),
        premises=(
            Premises(
                name=LocalText(th=f"ร้าน{words(2)}", en=f"Shop {n}" if english else ""),
                address=address,
                latitude=f"17.{n % 1000}" if chance.random() < 0.3 else "",
                longitude=f"104.{n % 1000}" if chance.random() < 0.3 else "",
            ),
        ),
        activities=(LocalText(th="จำหน่ายอาหาร", en="Sale of food"),) if chance.random() < 0.5 else (),
        conditions=tuple({f"ต้อง{words(4)}ทุกวัน": 0 for _ in range(chance.randint(0, 3))}),
        particulars=(Particular(code="area", label=LocalText(th="พื้นที่", en="Area"), value=f"{n % 400}"),)
        if chance.random() < 0.6
        else (),
        issued_on=begins if chance.random() < 0.8 else None,
        term=Term(valid_from=begins, expires_on=begins + timedelta(364))
        if chance.random() < 0.8
        else Term(no_expiry=True),
    )


def did_document_of(signer: SoftwareSigner) -> Document:
    return did_document(signer.did, [PublishedKey(public_multibase=signer.public_multibase)])


def trust() -> TrustData:
    """Trust in the authorities, with their status lists, in which no bit is set."""
    issuers = {}
    lists = {}
    for grantor, signer in zip(GRANTORS, SIGNERS, strict=True):
        issuers[signer.did] = Issuer(
            did=signer.did,
            name=grantor.authority.name,
            authority=authority_iri(BASE, grantor.authority.code),
            may_grant=frozenset({license_type_iri(BASE, grantor.license_type.code)}),
            keys=parse_did_document(did_document_of(signer), signer.did),
        )
        for purpose in PURPOSES:
            url = status_list_iri(BASE, grantor.authority.code, purpose, 1)
            lists[url] = signed_list(url, signer, purpose, bytes(LIST_BITS // 8))
    return TrustData(
        base=BASE, as_of=NOW, expires=NOW + timedelta(days=7), issuers=issuers, status_lists=lists, live=True
    )


def signed_list(url: str, signer: SoftwareSigner, purpose: str, bits: bytes) -> bytes:
    made = NOW - timedelta(minutes=1)
    draft = draft_status_list(url, signer.did, purpose, bits, valid_from=made, valid_until=NOW + timedelta(days=7))
    return secure_status_list(draft, signer, created=made, loader=LOADER)
