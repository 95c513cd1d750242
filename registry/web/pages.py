"""What each page shows, as values: templates get these and compute nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry import urls
from registry.figures import Figures
from registry.intake.rows.face import face_value
from registry.record import LicenseRecord, RecordStatus
from registry.record_changes import RecordChange, missing_from, record_changes, withdrawal
from registry.register import Register
from registry.store import Store
from registry.trust import RegisterTrust
from registry.web import wording
from registry.web.access import DocumentLink, document_links
from registry.web.maps import map_address
from registry.web.story import FaceVersion, bearers, chain, face_versions, successor_of
from verify.document import parse_document
from verify.verdict import Answer, Part, Verdict
from verify.verifier import THIS_PLACE, examine_document
from vocab.authority import FaceField, FaceItem, GazetteAnnouncement, Level, LicenseType, LicensingAuthority
from vocab.disclosure import disclosed
from vocab.graph import Grantor, date_time
from vocab.history import Act, Status, legal_date
from vocab.iri import is_juristic_number
from vocab.license import Address, License, LocalText, Organization

STANDARD_FACE: tuple[FaceItem, ...] = (
    FaceItem(field=FaceField.NUMBER, label=LocalText(th="เลขที่ใบอนุญาต", en="Licence number")),
    FaceItem(field=FaceField.LICENSEE, label=LocalText(th="ผู้รับใบอนุญาต", en="Licensee")),
    FaceItem(
        field=FaceField.PREMISES_NAME, label=LocalText(th="ชื่อสถานประกอบการ", en="Name of the premises"), required=False
    ),
    FaceItem(field=FaceField.PREMISES_ADDRESS, label=LocalText(th="ที่ตั้ง", en="Address"), required=False),
    FaceItem(field=FaceField.ACTIVITY, label=LocalText(th="ประเภทกิจการ", en="Activity"), required=False),
    FaceItem(field=FaceField.CONDITION, label=LocalText(th="เงื่อนไข", en="Conditions"), required=False),
    FaceItem(field=FaceField.ISSUED_ON, label=LocalText(th="ออกให้ ณ วันที่", en="Issued on")),
    FaceItem(field=FaceField.VALID_FROM, label=LocalText(th="ใช้ได้ตั้งแต่วันที่", en="Valid from"), required=False),
    FaceItem(field=FaceField.EXPIRES_ON, label=LocalText(th="ใช้ได้ถึงวันที่", en="Valid until")),
)
"""What section 13 asks of every licence: shown after the type's own face where that leaves an item out."""


@dataclass(frozen=True, slots=True)
class FaceRow:
    """One line of the face. `values` are texts or dates; empty means that the register does not have the item."""

    label: LocalText
    field: FaceField
    values: tuple[str | LocalText | date, ...]
    withheld: bool
    no_expiry: bool

    @property
    def is_day(self) -> bool:
        return self.field in {FaceField.ISSUED_ON, FaceField.VALID_FROM, FaceField.EXPIRES_ON}

    @property
    def is_address(self) -> bool:
        return self.field is FaceField.PREMISES_ADDRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A licence in a list."""

    license: License
    license_type: LicenseType
    authority: LicensingAuthority
    status: Status
    path: str

    @property
    def tone(self) -> str:
        return wording.TONE.get(self.status, "wait")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensePage:
    """Everything on a licence's page."""

    record: LicenseRecord
    license: License
    grantor: Grantor
    face: Sequence[FaceRow]
    status: Status
    verdict: Verdict
    acts: Sequence[Act]
    record_changes: Sequence[RecordChange]
    credential_path: str
    successor: str
    renews: str
    versions: Sequence[FaceVersion]
    chain: Sequence[Summary]
    bearers: Sequence[Summary]
    documents: Sequence[DocumentLink]
    qr_address: str

    @property
    def authority(self) -> LicensingAuthority:
        return self.grantor.authority

    @property
    def license_type(self) -> LicenseType:
        return self.grantor.license_type

    @property
    def band(self) -> wording.Band:
        return wording.band(self.verdict)

    @property
    def voided(self) -> frozenset[int]:
        """The numbers of the acts that a later correction declared void."""
        return frozenset(act.voids for act in self.acts if act.voids is not None)

    @property
    def gazetted(self) -> Sequence[GazetteAnnouncement]:
        """The announcements that are known to be in the Royal Gazette: only on these may electronic display rely."""
        return [item for item in self.grantor.announcements if item.published_on is not None]

    @property
    def companies(self) -> Sequence[Organization]:
        """The licensees that have a page of their own: companies with a number, never natural persons."""
        found = (item for item in self.license.licensees if isinstance(item, Organization))
        return [item for item in found if is_juristic_number(item.juristic_id)]

    @property
    def is_stale(self) -> bool:
        """Whether the authority's last full list no longer had it: worth a question, and no answer to "in force?"."""
        return self.record.record_status == RecordStatus.STALE

    @property
    def disagreement(self) -> str:
        """The code of the reason for which it does not agree with its authority's own register; empty where it does."""
        return self.record.original.reason if self.record.original else ""

    @property
    def missing_from(self) -> date | None:
        """The day of the list that no longer has this licence; None where that is not known."""
        return missing_from(tuple(reversed(self.record_changes)))

    @property
    def taken_back(self) -> RecordChange | None:
        """The list that was taken back, where that is the last that happened to this record."""
        return next((change for change in self.record_changes[:1] if change.is_undoing), None)

    @property
    def map_addresses(self) -> Sequence[str]:
        """Each place on a map, as far as the public is told where it is."""
        found = (map_address(place, one_line(place.address)) for place in self.license.premises)
        return list(dict.fromkeys(address for address in found if address))

    @property
    def photos(self) -> Sequence[DocumentLink]:
        """Pictures that the agency shows to everybody."""
        return [each for each in self.documents if each.is_public and each.is_picture]

    @property
    def successor_number(self) -> str:
        return next((act.successor.number for act in self.record.history.in_effect() if act.successor is not None), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnPage:
    """What stands at the address of a record that is not shown any more: what it was, and since when. Nothing of a person.

    `number` is empty where the address did not say it: whatever once stood there may have been no number.
    """

    number: str
    license_type: LicenseType
    authority: LicensingAuthority
    withdrawal: RecordChange | None


class RecordWithdrawn(LookupError):
    """The record is not shown any more: its list was taken back, or it was void or a duplicate. `page`: what is shown instead."""

    def __init__(self, page: WithdrawnPage) -> None:
        withdrawal = page.withdrawal
        since = (
            f" on {legal_date(withdrawal.at)}, with the list of {withdrawal.listed_on} (days in Thailand)"
            if withdrawal
            else ""
        )
        super().__init__(f"this record was withdrawn{since}")
        self.page = page
        self.extra = {"withdrawnAt": date_time(withdrawal.at)} if withdrawal else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The front page: the living figures, and whose licences of which types are here. Of a level with many of the
    `authority_count` authorities, only those with the most licences are named."""

    figures: Figures
    authority_count: int
    authorities: Sequence[tuple[LicensingAuthority, int]]
    types: Sequence[tuple[LicenseType, int]]

    @property
    def levels(self) -> Sequence[tuple[Level, Sequence[tuple[LicensingAuthority, int]]]]:
        """The authorities by level, levels without any left out."""
        grouped = [(level, [item for item in self.authorities if item[0].level is level]) for level in Level]
        return [(level, items) for level, items in grouped if items]


def license_page(register: Register, store: Store, record: LicenseRecord, qr_address: str) -> LicensePage:
    """The page of one licence, with its stored credential examined now."""
    grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
    public = disclosed(record.license, grantor.license_type)
    status = record.history.status(store.today)
    credential = store.credential(record.version_sequence)
    successor = successor_of(record)
    linked = chain(store, record)
    return LicensePage(
        record=record,
        license=public,
        grantor=grantor,
        face=face_rows(public, record.license, grantor.license_type),
        status=status,
        verdict=verdict_of(register, store, record, status, credential.body if credential else None),
        acts=tuple(reversed(record.history.acts)),
        record_changes=tuple(reversed(record_changes(store.session, record.id))),
        credential_path=urls.license_document(record.license.iri, "vc"),
        successor=urls.license_document(successor, "html") if successor else "",
        renews=urls.license_document(public.renews, "html") if public.renews else "",
        qr_address=qr_address,
        versions=face_versions(store, record, grantor.license_type),
        chain=[summary(store, each) for each in linked] if len(linked) > 1 else [],
        bearers=[summary(store, each) for each in bearers(store, record)],
        documents=document_links(store, record, grantor.license_type),
    )


def require_shown(store: Store, record: LicenseRecord, number: str) -> None:
    """Raises `RecordWithdrawn` for a record that is not shown any more. `number` is what the address says, or empty."""
    if record.is_shown:
        return
    grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
    changes = record_changes(store.session, record.id)
    raise RecordWithdrawn(
        WithdrawnPage(
            number=number,
            license_type=grantor.license_type,
            authority=grantor.authority,
            withdrawal=withdrawal(changes),
        )
    )


def verdict_of(
    register: Register, store: Store, record: LicenseRecord, status: Status, credential: bytes | None
) -> Verdict:
    """The verdict of the register on one of its own licences.

    Genuine is proven anew from the stored credential; in force is what the acts and dates say today, which is nearer the
    source than any status list; as of is when the authority last told us anything about this licence.
    """
    now = register.now()
    if credential is None:
        genuine = signature = issuer = Part(Answer.UNKNOWN, "no-credential", "the licence has no credential")
    else:
        proven = examine_document(parse_document(credential), RegisterTrust(register, store.session), now)
        genuine, signature, issuer = proven.genuine, proven.signature, proven.issuer
    code = status.value
    match status:
        case Status.ACTIVE if record.original is not None and record.original.reason == "differs":
            # What the authority itself signed says otherwise, and that is right in law.
            answer, code = Answer.UNKNOWN, "disputed"
        case Status.ACTIVE:
            answer = Answer.YES
        case Status.UNKNOWN:
            answer = Answer.UNKNOWN
        case _:
            answer = Answer.NO
    last_act = max((act.recorded_at for act in record.history.acts), default=record.confirmed_at)
    return Verdict(
        genuine=genuine,
        signature=signature,
        issuer=issuer,
        in_force=Part(answer, code),
        as_of=max(record.confirmed_at, last_act),
        # To the minute: a page that is asked for twice is the same page.
        checked_at=now.replace(second=0),
        not_checked=(THIS_PLACE, Part(Answer.UNKNOWN, "since-confirmed", "acts that the authority has not sent yet")),
    )


def summary(store: Store, record: LicenseRecord) -> Summary:
    """A licence as lists show it."""
    return summaries(store, [record])[0]


def summaries(store: Store, records: Sequence[LicenseRecord]) -> list[Summary]:
    """Licences as lists show them, in this order; those who granted them are read once each."""
    authorities = {code: store.require_authority(code) for code in {each.license.iri.authority for each in records}}
    types = {code: store.require_license_type(code) for code in {each.license.iri.type for each in records}}
    return [
        Summary(
            license=disclosed(record.license, types[record.license.iri.type]),
            license_type=types[record.license.iri.type],
            authority=authorities[record.license.iri.authority],
            status=record.history.status(store.today),
            path=urls.license_document(record.license.iri, "html"),
        )
        for record in records
    ]


def face_rows(public: License, full: License, license_type: LicenseType) -> list[FaceRow]:
    """The face in the type's own order, then what section 13 asks beside it; of that, the first day stands before the last one.
    Says what is missing and what is withheld."""
    known = {(item.field, item.code) for item in license_type.face}
    items = [*license_type.face, *(item for item in STANDARD_FACE if (item.field, "") not in known)]
    begin, end = (
        next(at for at, item in enumerate(items) if item.field is field)
        for field in (FaceField.VALID_FROM, FaceField.EXPIRES_ON)
    )
    if begin > end and begin >= len(license_type.face):
        items.insert(end, items.pop(begin))
    rows = []
    for item in items:
        values = _values(public, item)
        has_value = bool(face_value(full, item.field, item.code))
        no_expiry = item.field is FaceField.EXPIRES_ON and public.term.no_expiry
        if values or has_value or item.required:
            rows.append(FaceRow(item.label, item.field, values, has_value and not values and not no_expiry, no_expiry))
    return rows


def _values(license: License, item: FaceItem) -> tuple[str | LocalText | date, ...]:
    match item.field:
        case FaceField.NUMBER:
            return (license.number,)
        case FaceField.LICENSEE:
            return tuple(licensee.name for licensee in license.licensees)
        case FaceField.PREMISES_NAME:
            return tuple(place.name for place in license.premises if place.name)
        case FaceField.PREMISES_ADDRESS:
            return tuple(one_line(place.address) for place in license.premises if not place.address.is_empty)
        case FaceField.ACTIVITY:
            return license.activities
        case FaceField.CONDITION:
            return license.conditions
        case FaceField.ISSUED_ON:
            return (license.issued_on,) if license.issued_on else ()
        case FaceField.VALID_FROM:
            return (license.term.valid_from,) if license.term.valid_from else ()
        case FaceField.EXPIRES_ON:
            return (license.term.expires_on,) if license.term.expires_on else ()
        case FaceField.PARTICULAR:
            return tuple(entry.value for entry in license.particulars if entry.code == item.code)


def one_line(address: Address) -> str:
    """An address as Thais write it; Bangkok has แขวง and เขต where provinces have ตำบล and อำเภอ."""
    bangkok = address.province.startswith("กรุงเทพ")
    parts = [
        address.street,
        _titled(address.subdistrict, "แขวง" if bangkok else "ตำบล"),
        _titled(address.district, "เขต" if bangkok else "อำเภอ"),
        address.province if bangkok else _titled(address.province, "จังหวัด"),
        address.postal_code,
    ]
    return " ".join(part for part in parts if part)


def _titled(name: str, title: str) -> str:
    """`name` with its title, unless it has it already."""
    return name if not name or name.startswith(title) else title + name
