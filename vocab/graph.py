"""Nouns to JSON-LD: the licence's face (what is signed) and its catalogue document (what changes with time).

Every inner node has an IRI under the licence's own, so that there are no blank nodes: the canonical form is then the
sorted N-Quads (design: vocabulary).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

from vocab import resource, terms
from vocab.access import AccessRights, LicenseAccess
from vocab.authority import GazetteAnnouncement, LegalProvision, LicenseType, LicensingAuthority
from vocab.history import Act, History, Status
from vocab.license import Address, License, Licensee, LocalText, Organization, Particular, Person, Premises

Node = dict[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Grantor:
    """All that a licence's face says of who granted it and why: the authority, the type, the announcements that cover it.

    Its nodes are made once: thousands of licences have them in common. Nobody changes them.
    """

    base: str
    authority: LicensingAuthority
    license_type: LicenseType
    announcements: tuple[GazetteAnnouncement, ...] = ()

    @cached_property
    def granted(self) -> Node:
        """The members of a face that say who granted the licence, of which type."""
        province = self.authority.province_code
        return {
            "licenseType": type_node(self.license_type, self.base),
            "issuedBy": authority_node(self.authority, self.base),
        } | ({"validIn": resource.area_iri(self.base, province)} if province else {})

    @cached_property
    def grounds(self) -> Node:
        """The members of a face that say by which law, and by which announcement it may be shown electronically."""
        provisions = [provision_node(provision, self.base) for provision in _once(self.license_type.legal_basis)]
        announcements = [announcement_node(item, self.authority.code, self.base) for item in _once(self.announcements)]
        return _without_empty({"legalBasis": provisions, "displayAnnouncement": announcements})


def date_time(instant: datetime) -> str:
    """An xsd:dateTimeStamp in UTC, whole seconds: `2026-11-21T03:00:00Z`."""
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def face(license: License, grantor: Grantor) -> Node:
    """The licence as its face states it: the `credentialSubject`. Takes a licence that is already `disclosed`."""
    base, term = grantor.base, license.term
    node: Node = {"id": str(license.iri), "type": "License", "licenseNumber": license.number}
    if license.number_as_received != license.number:
        node["numberAsReceived"] = license.number_as_received
    if license.aliases:
        node["alias"] = _once(license.aliases)
    node |= grantor.granted
    node |= grantor.grounds
    node["licensee"] = [
        _licensee_node(licensee, license, n, base) for n, licensee in enumerate(_once(license.licensees), 1)
    ]
    node["premises"] = [_premises_node(premises, license, n, base) for n, premises in enumerate(license.premises, 1)]
    if license.activities:
        node["activity"] = language_map(license.activities)
    if license.conditions:
        node["condition"] = _once(license.conditions)
    node["faceItem"] = [_particular_node(item, license, n) for n, item in enumerate(license.particulars, 1)]
    node["issuedOn"] = _day(license.issued_on)
    node["effectiveFrom"] = _day(term.valid_from)
    node["expiresOn"] = _day(term.expires_on)
    if term.no_expiry:
        node["noExpiry"] = True
    if license.renews:
        node["renews"] = str(license.renews)
    return _without_empty(node)


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalState:
    """The same licence in its authority's own register: `iri` there, and what was proven of it: `credential` (its IRI), `digest`
    (SHA-256 in hexadecimal) and `proven_at`, all three empty where nothing was yet. Where ours does not agree with it, since
    `stale_since`, `note` says why."""

    iri: str
    credential: str = ""
    digest: str = ""
    proven_at: datetime | None = None
    stale_since: datetime | None = None
    note: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """What the catalogue knows of its own record of a licence. Instants are aware."""

    status: str
    created_at: datetime
    modified_at: datetime
    document: str
    replaces: tuple[str, ...] = ()
    replaced_by: str = ""
    versions: tuple[str, ...] = ()
    original: OriginalState | None = None
    access: tuple[Node, ...] = ()


def document(license: License, grantor: Grantor, history: History, status: Status, state: RecordState) -> Node:
    """The catalogue's JSON-LD document of a licence: its face, its status and acts, and the record about it."""
    iri = str(license.iri)
    node = face(license, grantor) | {
        "licenseStatus": terms.LICENSE_STATUS + status.value,
        "act": [act_node(act, license, grantor.base) for act in history.acts],
        "replaces": list(state.replaces),
        "replacedBy": state.replaced_by or None,
        "hasVersion": list(state.versions),
        # Only what was proven is said to be the same.
        "sameAs": [state.original.iri] if state.original and state.original.digest else [],
        "licenseAccess": list(state.access),
        "modified": date_time(state.modified_at),
        "record": {
            "id": state.document,
            "type": "RegisterRecord",
            "primaryTopic": iri,
            "recordStatus": terms.RECORD_STATUS + state.status,
            "recordedOn": date_time(state.created_at),
            "modified": date_time(state.modified_at),
            **(_source(state.original) if state.original else {}),
        },
    }
    return {"@context": terms.catalogue_contexts(grantor.base)} | _without_empty(node)


def _source(original: OriginalState) -> Node:
    """The members of a record that say from which credential of another register it was made, and why it is not sure of it."""
    return _without_empty(
        {
            "source": original.credential or original.iri,
            "sourceDigest": f"sha256:{original.digest}" if original.digest else None,
            "acceptedAt": date_time(original.proven_at) if original.proven_at else None,
            "invalidatedAt": date_time(original.stale_since) if original.stale_since else None,
            "note": language_map((original.note,)) if original.note else None,
        }
    )


def type_node(license_type: LicenseType, base: str) -> Node:
    return _without_empty(
        {
            "id": resource.license_type_iri(base, license_type.code),
            "type": "LicenseType",
            "code": license_type.code,
            "inScheme": resource.license_type_scheme_iri(base),
            "prefLabel": language_map((license_type.name,)),
            "legalBasis": [resource.law_iri(base, provision.code) for provision in _once(license_type.legal_basis)],
        }
    )


def authority_node(authority: LicensingAuthority, base: str) -> Node:
    return _without_empty(
        {
            "id": resource.authority_iri(base, authority.code),
            "type": "Authority",
            "agencyCode": authority.code.partition("-")[2],
            "officialName": language_map((authority.name,)),
            "homepage": authority.homepage or None,
        }
    )


def company_node(juristic_id: str, names: tuple[LocalText, ...], base: str) -> Node:
    """A juristic person with a number; `names` as its licences have them."""
    return {
        "id": resource.organization_iri(base, juristic_id),
        "type": "Organization",
        "juristicId": juristic_id,
        "legalName": language_map(names),
    }


def company_document(
    juristic_id: str, names: tuple[LocalText, ...], held: Sequence[tuple[License, Status]], base: str
) -> Node:
    """A company and links to licences that it holds: the number and status of each; all else stands in its own document."""
    company = resource.organization_iri(base, juristic_id)
    licenses = [
        {
            "id": str(license.iri),
            "type": "License",
            "licenseNumber": license.number,
            "licenseStatus": terms.LICENSE_STATUS + status.value,
            "licensee": [company],
        }
        for license, status in held
    ]
    graph = [company_node(juristic_id, names, base), *licenses]
    return {"@context": terms.license_context(base), "@graph": graph}


def provision_node(provision: LegalProvision, base: str) -> Node:
    law = provision.code.partition("/")[0]
    return _without_empty(
        {
            "id": resource.law_iri(base, provision.code),
            "type": "LegalProvision",
            "title": language_map((provision.title,)),
            "section": provision.section or None,
            "partOf": resource.law_iri(base, law) if law != provision.code else None,
        }
    )


def announcement_node(announcement: GazetteAnnouncement, authority: str, base: str) -> Node:
    """`authority` is the code of the one that made it."""
    return _without_empty(
        {
            "id": resource.announcement_iri(base, authority, announcement.code),
            "type": "GazetteAnnouncement",
            "title": language_map((announcement.title,)),
            "gazetteRef": announcement.gazette_ref or None,
            "publishedOn": _day(announcement.published_on),
            "inForceFrom": _day(announcement.in_force_from),
            "passedBy": resource.authority_iri(base, authority),
            "onlineCopy": announcement.online_copy or None,
        }
    )


def _licensee_node(licensee: Licensee, license: License, n: int, base: str) -> Node:
    match licensee:
        case Organization(name=name, juristic_id=""):
            return {
                "id": license.iri.fragment("licensee", n),
                "type": "Organization",
                "legalName": language_map((name,)),
            }
        case Organization(name=name, juristic_id=juristic_id):
            return company_node(juristic_id, (name,), base)
        case Person(name=name):
            # A hash IRI under the licence, never one made of a citizen number.
            return {
                "id": license.iri.fragment("licensee", n),
                "type": "Person",
                "fullName": language_map((name,)),
            }


def _premises_node(premises: Premises, license: License, n: int, base: str) -> Node:
    code = premises.address.subdistrict_code
    return _without_empty(
        {
            "id": license.iri.fragment("premises", n),
            "type": "Premises",
            "placeName": language_map((premises.name,)) if premises.name else None,
            "within": [resource.area_iri(base, code)] if code else None,
            "address": None if premises.address.is_empty else _address_node(premises.address, license, n),
            "latitude": premises.latitude or None,
            "longitude": premises.longitude or None,
        }
    )


def _address_node(address: Address, license: License, n: int) -> Node:
    return _without_empty(
        {
            "id": license.iri.fragment("address", n),
            "type": "Address",
            "streetAddress": address.street or None,
            "subdistrict": address.subdistrict or None,
            "district": address.district or None,
            "province": address.province or None,
            "postalCode": address.postal_code or None,
        }
    )


def _particular_node(item: Particular, license: License, n: int) -> Node:
    return {
        "id": license.iri.fragment("item", n),
        "type": "FaceItem",
        "code": item.code,
        "label": language_map((item.label,)),
        "value": item.value,
    }


def act_node(act: Act, license: License, base: str) -> Node:
    return _without_empty(
        {
            "id": license.iri.fragment("act", act.number),
            "type": "Act",
            "actKind": terms.ACT_KIND + act.kind.value,
            "decidedOn": _day(act.decided_on),
            "effectiveFrom": _day(act.effective_on),
            "effectiveUntil": _day(act.until),
            "recordedAt": date_time(act.recorded_at),
            "decidedBy": resource.authority_iri(base, act.by),
            "orderRef": act.order or None,
            "reason": act.reason or None,
            "successor": str(act.successor) if act.successor else None,
            "voids": license.iri.fragment("act", act.voids) if act.voids else None,
        }
    )


def access_node(
    access: LicenseAccess,
    license: License,
    number: int,
    base: str,
    *,
    byte_size: int | None = None,
    retrieved: datetime | None = None,
) -> Node:
    """A link to the licence's document. Of one that is not public it says who holds it. `byte_size` and `retrieved` are of what
    is kept here."""
    is_public = access.rights is AccessRights.PUBLIC
    return _without_empty(
        {
            "id": license.iri.fragment("access", number),
            "type": "LicenseAccess",
            "accessRights": access.rights.value,
            "free": True if is_public else None,
            "accessURL": access.access_url or None,
            "downloadURL": access.download_url or None,
            "mediaType": access.media_type or None,
            "digestSRI": access.digest or None,
            "byteSize": str(byte_size) if byte_size else None,
            "retrieved": date_time(retrieved) if retrieved else None,
            "heldBy": None if is_public else resource.authority_iri(base, license.iri.authority),
        }
    )


def _once(values: Sequence[_T]) -> list[_T]:
    """Each value once, in order: to RDF, twice is once, and a verifier refuses what the signature cannot tell apart."""
    return list(dict.fromkeys(values)) if len(values) > 1 else list(values)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def language_map(texts: tuple[LocalText, ...]) -> Mapping[str, str | list[str]]:
    """`{"th": "...", "en": "..."}`, with a list where several texts share a language."""
    if len(texts) == 1:
        th, en = texts[0].th, texts[0].en
        return {"th": th, "en": en} if th and en else {"th": th} if th else {"en": en} if en else {}
    found: dict[str, list[str]] = {}
    for text in texts:
        for lang, value in (("th", text.th), ("en", text.en)):
            if value and value not in found.setdefault(lang, []):
                found[lang].append(value)
    return {lang: values[0] if len(values) == 1 else values for lang, values in found.items() if values}


def _without_empty(node: Node) -> Node:
    # `null` and `[]` vanish in expansion, but `{}` would make a blank node.
    return {key: value for key, value in node.items() if value or value == ""}
