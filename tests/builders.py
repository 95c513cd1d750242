"""What the tests of `vocab`, `verify` and `issuers` are made of: authorities with keys, licences, and what a verifier trusts.

All keys come from fixed seeds and all instants are given, so that the same call always makes the same bytes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from issuers.controller import PublishedKey, did_document
from issuers.draft import draft_credential
from issuers.keys import new_signer
from issuers.secure import secure, serialize
from issuers.signer import Signer, SoftwareSigner
from issuers.status import LIST_BITS, draft_status_list, secure_status_list, with_bit
from verify.controlled_identifier import parse_did_document
from verify.credential import StatusEntry
from verify.document import Document
from verify.multikey import multibase58
from verify.proof import hash_data
from verify.trust import Issuer, TrustData
from vocab.authority import (
    Disclosure,
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

BASE = "https://id.test.example"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SIGNED_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
CREDENTIAL_ID = "0123456789ABCDEFGHJKMNPQRS"
LOADER = document_loader(frozenset({BASE}))
LAO = "lao-06480115"
OTHER_LAO = "lao-05500201"
FOOD = "food-premises"
HAZARD = "hazard"
PURPOSES = ("revocation", "suspension")
TERM = Term(valid_from=date(2026, 1, 5), expires_on=date(2027, 1, 4))


@dataclass(frozen=True)
class Authority:
    """An authority as it acts: what the register says of it, and its key."""

    authority: LicensingAuthority
    signer: SoftwareSigner

    @property
    def code(self) -> str:
        return self.authority.code

    @property
    def did(self) -> str:
        return self.signer.did


def seed_of(name: str) -> bytes:
    """32 bytes that are always the same for `name`: a test's own key."""
    return hashlib.sha256(f"test key of {name}".encode()).digest()


def make_signer(name: str, did: str) -> SoftwareSigner:
    return new_signer(did, seed_of(name))


def make_authority(code: str = LAO, *, base: str = BASE, key: str = "") -> Authority:
    """An authority with the key named `key` (its own code if empty)."""
    return Authority(
        authority=LicensingAuthority(
            code=code,
            name=LocalText(th=f"เทศบาลตำบลตัวอย่าง {code}", en=f"Sample Subdistrict Municipality {code}"),
            level=Level.LOCAL,
            ministry=LocalText(th="กระทรวงมหาดไทย", en="Ministry of Interior"),
            province_code="48",
            homepage="https://sample.example.go.th/",
        ),
        signer=make_signer(key or code, did_web(base, code)),
    )


def make_type(code: str = FOOD) -> LicenseType:
    return LicenseType(
        code=code,
        name=LocalText(th="ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร", en="Food premises licence"),
        legal_basis=(
            LegalProvision(
                code="pha-2535/s38",
                title=LocalText(th="พระราชบัญญัติการสาธารณสุข พ.ศ. 2535 มาตรา 38", en="Public Health Act, section 38"),
                section="38",
            ),
        ),
        face=(
            FaceItem(field=FaceField.NUMBER, label=LocalText(th="เลขที่")),
            FaceItem(field=FaceField.LICENSEE, label=LocalText(th="ชื่อผู้รับใบอนุญาต"), disclosure=Disclosure.MASKED),
            FaceItem(field=FaceField.PREMISES_NAME, label=LocalText(th="ชื่อสถานประกอบการ")),
            FaceItem(field=FaceField.PREMISES_ADDRESS, label=LocalText(th="ที่ตั้ง"), disclosure=Disclosure.MASKED),
            FaceItem(field=FaceField.PARTICULAR, code="area", label=LocalText(th="พื้นที่", en="Area")),
            FaceItem(
                field=FaceField.PARTICULAR,
                code="phone",
                label=LocalText(th="โทรศัพท์"),
                disclosure=Disclosure.RESTRICTED,
            ),
        ),
        display_required=True,
    )


def make_grantor(authority: Authority | None = None, license_type: LicenseType | None = None) -> Grantor:
    return Grantor(
        base=BASE,
        authority=(authority or make_authority()).authority,
        license_type=license_type or make_type(),
        announcements=(
            GazetteAnnouncement(
                code="2569-1",
                title=LocalText(th="ประกาศเรื่องการแสดงใบอนุญาต", en="Announcement on the display of licences"),
                types=(FOOD,),
                gazette_ref="เล่ม 143 ตอนพิเศษ 1 ง",
                published_on=date(2026, 1, 2),
                in_force_from=date(2026, 1, 3),
                online_copy="https://gazette.example.go.th/2569/1.pdf",
            ),
        ),
    )


def make_license(
    number: str = "12/2567",
    *,
    authority: str = LAO,
    type: str = FOOD,
    qualifier: str | None = None,
    term: Term = TERM,
) -> License:
    """A licence with every member of its face filled; its licensee is a company."""
    return License(
        iri=license_iri(BASE, authority, type, number, qualifier),
        number_as_received=f" {number}",
        licensees=(
            Organization(name=LocalText(th="บริษัท ตัวอย่าง จำกัด", en="Sample Co., Ltd."), juristic_id="0105536000315"),
            Organization(name=LocalText(th="ห้างหุ้นส่วนสามัญ ก. ข.")),
        ),
        premises=(
            Premises(
                name=LocalText(th='ร้าน "อร่อย" \\ สาขา ๑', en="Aroi"),
                address=Address(
                    street="99/1 หมู่ 3",
                    subdistrict="ในเมือง",
                    district="เมืองนครพนม",
                    province="นครพนม",
                    postal_code="48000",
                    subdistrict_code="480101",
                ),
                latitude="17.392",
                longitude="104.7695",
            ),
        ),
        activities=(LocalText(th="จำหน่ายอาหาร", en="Sale of food"), LocalText(th="สะสมอาหาร")),
        conditions=("ต้องรักษาความสะอาด\nทุกวัน", "ห้ามใช้เสียงดัง 🎵"),
        particulars=(Particular(code="area", label=LocalText(th="พื้นที่", en="Area"), value="250"),),
        issued_on=date(2026, 1, 5),
        term=term,
        renews=license_iri(BASE, authority, type, "11/2566"),
        aliases=("๑๒/๒๕๖๗",),
    )


def make_person_license() -> License:
    """A licence of a natural person, with more than the public may see."""
    particulars = (
        Particular(code="area", label=LocalText(th="พื้นที่"), value="20"),
        Particular(code="phone", label=LocalText(th="โทรศัพท์"), value="081-000-0000"),
        Particular(code="blood", label=LocalText(th="หมู่โลหิต"), value="O"),
    )
    person = Person(name=LocalText(th="นางสาวสมหญิง ใจดีมาก", en="Miss Somying Jaideemak"))
    return replace(make_license("7/2569"), licensees=(person,), particulars=particulars)


def make_entries(authority: str = LAO, index: int = 7, purposes: Sequence[str] = PURPOSES) -> tuple[StatusEntry, ...]:
    return tuple(
        StatusEntry(purpose=purpose, index=index, list_url=status_list_iri(BASE, authority, purpose, 1))
        for purpose in purposes
    )


def make_draft(
    license: License | None = None,
    authority: Authority | None = None,
    *,
    status: Sequence[StatusEntry] | None = None,
    type_code: str = FOOD,
) -> Document:
    """The unsecured credential of `license`, with an entry in both lists of its authority unless `status` says otherwise."""
    authority = authority or make_authority()
    return draft_credential(
        license or make_license(authority=authority.code, type=type_code),
        make_grantor(authority, make_type(type_code)),
        credential_id=CREDENTIAL_ID,
        status=make_entries(authority.code) if status is None else status,
    )


def sign(unsecured: Document, signer: Signer, *, created: datetime = SIGNED_AT) -> bytes:
    """A credential with its proof, as an honest issuer releases it."""
    return secure(unsecured, signer, created=created, loader=LOADER)


def forge(unsecured: Document, signer: Signer, **proof: Any) -> bytes:
    """As `sign`, but nothing is looked at: for documents that an honest issuer would not release."""
    configuration = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-01-05T02:00:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    } | proof
    signature = signer.sign(hash_data(unsecured, configuration, LOADER))
    return serialize({**unsecured, "proof": {**configuration, "proofValue": multibase58(signature)}})


def make_credential(license: License | None = None, authority: Authority | None = None) -> bytes:
    return sign(make_draft(license, authority), (authority or make_authority()).signer)


def make_status_list(
    authority: Authority,
    purpose: str,
    set_bits: Sequence[int] = (),
    *,
    made: datetime = NOW - timedelta(hours=1),
    good_for: timedelta = timedelta(days=1),
) -> tuple[str, bytes]:
    """(URL, signed list)."""
    bits = bytes(LIST_BITS // 8)
    for index in set_bits:
        bits = with_bit(bits, index, True)
    url = status_list_iri(BASE, authority.code, purpose, 1)
    draft = draft_status_list(url, authority.did, purpose, bits, valid_from=made, valid_until=made + good_for)
    return url, secure_status_list(draft, authority.signer, created=made, loader=LOADER)


def make_lists(authority: Authority, *, revoked: Sequence[int] = (), suspended: Sequence[int] = ()) -> dict[str, bytes]:
    return dict(
        [
            make_status_list(authority, "revocation", revoked),
            make_status_list(authority, "suspension", suspended),
        ]
    )


def make_did_document(
    authority: Authority, *, expires: datetime | None = None, revoked: datetime | None = None
) -> Document:
    key = PublishedKey(public_multibase=authority.signer.public_multibase, expires=expires, revoked=revoked)
    return did_document(authority.did, [key])


def make_issuer(
    authority: Authority, types: Sequence[str] = (FOOD,), *, document: Document | None = None
) -> tuple[Issuer, Document]:
    """The authority as verifiers see it, and the DID document that they see it by."""
    found = document or make_did_document(authority)
    issuer = Issuer(
        did=authority.did,
        name=authority.authority.name,
        authority=authority_iri(BASE, authority.code),
        may_grant=frozenset(license_type_iri(BASE, code) for code in types),
        keys=parse_did_document(found, authority.did),
    )
    return issuer, found


def make_trust(
    *issuers: tuple[Issuer, Document] | Issuer,
    lists: Mapping[str, bytes] | None = None,
    live: bool = False,
) -> TrustData:
    """Trust in `issuers` (in the one of `make_authority()` if there are none), whose lists have no bit set."""
    known = [issuer if isinstance(issuer, Issuer) else issuer[0] for issuer in issuers]
    authority = make_authority()
    return TrustData(
        base=BASE,
        as_of=NOW - timedelta(hours=1),
        expires=NOW + timedelta(days=7),
        issuers={issuer.did: issuer for issuer in known or [make_issuer(authority)[0]]},
        status_lists=make_lists(authority) if lists is None else lists,
        live=live,
    )
