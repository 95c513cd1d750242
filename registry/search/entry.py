"""A licence as lists and search have it: what of it is public, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.intake.rows.face import items_lacking
from registry.record import RecordStatus
from registry.search.folding import LINE, facet_gram, folded_lines, grams, squeezed
from vocab.authority import Disclosure, FaceField, LicenseType
from vocab.history import History, Status
from vocab.iri import weak_key
from vocab.license import Address, License, LocalText, Organization
from vocab.place import place_name

AUTHORITY, TYPE, PROVINCE, DISTRICT, STATUS, ACTIVITY, INCOMPLETE = (
    "authority",
    "type",
    "province",
    "district",
    "status",
    "activity",
    "incomplete",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is listed of a licence. `text` and `name` are folded; `province` and `district` are names without their titles;
    `is_incomplete`: the register lacks an item that is on every licence of the type (what is only withheld is not lacking);
    `renews`: the tail of the licence that this one renews, or empty; `juristic_ids` are of the companies that hold it;
    `changes_on` is the first day on which the calendar gives another status or face than today's, None where none does."""

    authority: str
    type: str
    text: str
    name: str
    juristic_ids: tuple[str, ...]
    province: str
    district: str
    activities: tuple[str, ...]
    status: Status
    record_status: RecordStatus
    changes_on: date | None
    issued_on: date | None
    expires_on: date | None
    is_incomplete: bool
    renews: str

    def grams(self) -> list[int]:
        """What the index finds it by: the pairs in its text, and its place in each list."""
        return sorted(grams(self.text) | {facet_gram(name, value) for name, value in self._facets() if value})

    def _facets(self) -> Iterator[tuple[str, str]]:
        yield AUTHORITY, self.authority
        yield TYPE, self.type
        yield PROVINCE, self.province
        yield DISTRICT, f"{self.province}/{self.district}" if self.district else ""
        yield STATUS, self.status
        for activity in self.activities:
            yield ACTIVITY, activity
        yield INCOMPLETE, "1" if self.is_incomplete else ""


def entry_of(
    license: License, public: License, license_type: LicenseType, history: History, record_status: str, today: date
) -> Entry:
    """The entry of a licence with this face and history, as of `today`; `public` is what of it is disclosed."""
    text = folded_lines(_searched(public, license_type))
    address = next((place.address for place in public.premises if not place.address.is_empty), Address())
    juristic = (each.juristic_id for each in public.licensees if isinstance(each, Organization) and each.juristic_id)
    return Entry(
        authority=license.iri.authority,
        type=license.iri.type,
        text=text,
        name=text.partition(LINE)[0],
        juristic_ids=tuple(dict.fromkeys(juristic)),
        province=place_name(address.province),
        district=place_name(address.district),
        activities=tuple(dict.fromkeys(str(activity) for activity in public.activities)),
        status=history.status(today),
        record_status=RecordStatus(record_status),
        changes_on=history.next_status_change(today),
        issued_on=public.issued_on,
        expires_on=history.term(today).expires_on,
        is_incomplete=bool(items_lacking(license, license_type)),
        renews=license.renews.tail if license.renews else "",
    )


def _searched(public: License, license_type: LicenseType) -> Iterator[str]:
    """What a person may look for: names of companies and premises, numbers, places; of persons only where they are public."""
    item = license_type.item(FaceField.LICENSEE)
    are_persons_public = item is not None and item.disclosure is Disclosure.PUBLIC
    for place in public.premises:
        yield from _texts(place.name)
    for licensee in public.licensees:
        if isinstance(licensee, Organization) or are_persons_public:
            yield from _texts(licensee.name)
    yield public.number
    yield from public.aliases
    for place in public.premises:
        address = place.address
        yield " ".join((address.street, address.subdistrict, address.district, address.province))
    for number in (public.number, *public.aliases):
        yield squeezed(number)
        yield squeezed(weak_key(number))


def _texts(text: LocalText | None) -> Iterator[str]:
    if text is not None:
        yield text.th
        yield text.en
