"""Nouns to JSON-LD documents beside the licence's own: laws, announcements, areas, versions of a licence, and what was in force.

Like the licence's graph they have no blank nodes. A version, and what was so on a day, are nodes of their own with
`dct:isVersionOf` the licence: read together with today's document, nothing in them contradicts it.
"""

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime

from vocab import resource, terms
from vocab.area import Area
from vocab.authority import FaceItem, GazetteAnnouncement, LegalProvision, LicenseType, LicensingAuthority
from vocab.graph import (
    Grantor,
    Node,
    act_node,
    announcement_node,
    authority_node,
    date_time,
    face,
    language_map,
    provision_node,
    type_node,
)
from vocab.history import Act, Status
from vocab.law import Law
from vocab.license import License
from vocab.open_data import dataset_iri

_OF_THE_GRANTOR = ("legalBasis", "displayAnnouncement", "validIn")
"""Members of a face that follow from the authority and the type as they are now, and are no part of what a version said."""


def law_document(law: Law, types: Iterable[LicenseType], base: str) -> Node:
    """An act, its sections that types are granted under, and these types."""
    found = list(types)
    node: Node = {"id": resource.law_iri(base, law.code), "type": "Law"}
    if law.title is not None:
        node["title"] = language_map((law.title,))
    sections = [each for each in law.provisions if each.code != law.code]
    if sections:
        node["part"] = [_section(each, found, base) for each in sections]
    return _document(base, node | _basis_of(law.code, found, base))


def provision_document(provision: LegalProvision, law: Law, types: Iterable[LicenseType], base: str) -> Node:
    """A section, and the types that are granted under it."""
    node = _section(provision, list(types), base)
    whole: Node = {"id": resource.law_iri(base, law.code), "type": "Law"}
    if law.title is not None:
        whole["title"] = language_map((law.title,))
    return _document(base, node | {"partOf": whole})


def announcement_document(
    announcement: GazetteAnnouncement, types: Sequence[LicenseType], authority: str, base: str
) -> Node:
    """An announcement under section 13(1) of the authority with this code, the types that it covers, and the laws that these
    rest on."""
    node = announcement_node(announcement, authority, base)
    covered = [type_node(each, base) for each in types]
    return _document(base, node | ({"covers": covered} if covered else {}))


def authority_document(
    authority: LicensingAuthority, types: Sequence[LicenseType], announcements: Sequence[GazetteAnnouncement], base: str
) -> Node:
    """An authority: its ministry, its DID, the types that it grants with a dataset of each, its announcements.

    The ministry is known by its name only, and so a part of the authority's document.
    """
    iri, code = resource.authority_iri(base, authority.code), authority.code
    node = authority_node(authority, base) | {"sameAs": [resource.did_web(base, code)]}
    if authority.ministry is not None:
        name = language_map((authority.ministry,))
        node["unitOf"] = {"id": f"{iri}#ministry", "type": "Ministry", "officialName": name}
    if types:
        node["grants"] = [type_node(each, base) for each in types]
        node["publishes"] = [dataset_iri(base, code, each.code) for each in types]
    if announcements:
        known = {each.code for each in types}
        node["announcement"] = [_announced(each, code, known, base) for each in announcements]
    return _document(base, node)


def type_document(
    license_type: LicenseType,
    grantors: Sequence[tuple[LicensingAuthority, Sequence[GazetteAnnouncement]]],
    base: str,
) -> Node:
    """A type: its legal basis, whether it must be displayed (nothing where that is not known), what stands on its licences, and
    of those who grant it these, with their announcements on it."""
    iri = resource.license_type_iri(base, license_type.code)
    node = type_node(license_type, base)
    if license_type.legal_basis:
        provisions = {each.code: each for each in license_type.legal_basis}
        node["legalBasis"] = [provision_node(each, base) for each in provisions.values()]
    if license_type.display_required is not None:
        node["displayRequired"] = license_type.display_required
    if license_type.face:
        node["faceProfile"] = [_face_item(item, f"{iri}#face-{n}", n) for n, item in enumerate(license_type.face, 1)]
    if grantors:
        node["grantedBy"] = [authority_node(authority, base) for authority, _announcements in grantors]
    covering = [
        announcement_node(each, authority.code, base)
        for authority, announcements in grantors
        for each in announcements
        if license_type.code in each.types
    ]
    return _document(base, node | ({"announcement": covering} if covering else {}))


def _announced(announcement: GazetteAnnouncement, authority: str, known: Set[str], base: str) -> Node:
    covered = [resource.license_type_iri(base, code) for code in dict.fromkeys(announcement.types) if code in known]
    return announcement_node(announcement, authority, base) | ({"covers": covered} if covered else {})


def _face_item(item: FaceItem, iri: str, position: int) -> Node:
    node: Node = {"id": iri, "type": "FaceRequirement", "label": language_map((item.label,)), "field": item.field.value}
    if item.code:
        node["code"] = item.code
    return node | {"position": str(position), "required": item.required, "disclosure": item.disclosure.value}


def area_document(area: Area, inside: Sequence[Area], above: Sequence[Area], base: str) -> Node:
    """An area with what lies in it and, outermost first, what it lies in; of both only what is known to be there."""
    node = _area(area, base)
    if inside:
        node["containsArea"] = [_area(each, base) for each in inside]
    if above:
        # Each is described once: inside the one below it.
        chain: Node | None = None
        for each in above:
            chain = _area(each, base) | ({"within": [chain]} if chain else {})
        node["within"] = [chain]
    return _document(base, node)


def version_document(
    license: License, grantor: Grantor, *, sequence: int, number: int, recorded_at: datetime, replaces: int | None
) -> Node:
    """One version of a licence: the face that the register took down then. Takes a licence that is already `disclosed`.

    `replaces` is the sequence of the version before it.
    """
    base = grantor.base
    iri = resource.version_iri(base, sequence)
    node = _face_of_its_own(license, grantor, iri)
    node |= {"versionNumber": number, "generatedAt": date_time(recorded_at)}
    if replaces is not None:
        node["replaces"] = [resource.version_iri(base, replaces)]
    return _document(base, node)


def day_document(
    license: License,
    grantor: Grantor,
    status: Status,
    acts: Sequence[Act],
    day: date,
    *,
    known_at: datetime,
    is_coming: bool,
) -> Node:
    """What was in force on `day`, by what the register knew at `known_at`: the face and status of that day, the acts until then.

    Takes a licence that is already `disclosed`. `is_coming`: the day is still to come, and the document says so.
    """
    node = _face_of_its_own(license, grantor, license.iri.fragment("on", int(day.strftime("%Y%m%d"))))
    node |= {"onDay": day.isoformat(), "licenseStatus": terms.LICENSE_STATUS + status.value}
    if acts:
        node["act"] = [act_node(act, license, grantor.base) for act in acts]
    known = date_time(known_at)
    if is_coming:
        node["note"] = {
            "th": f"วันนี้ยังมาไม่ถึง ข้อมูลเป็นไปตามที่ทะเบียนทราบเมื่อ {known} และอาจเปลี่ยนได้",
            "en": f"This day is still to come: it is as the register knew at {known}, and may change.",
        }
    else:
        node["note"] = {
            "th": f"ตามที่ทะเบียนทราบเมื่อ {known}",
            "en": f"By what the register knew at {known}.",
        }
    return _document(grantor.base, node)


def _face_of_its_own(license: License, grantor: Grantor, iri: str) -> Node:
    """The face with `iri` and inner nodes of its own, of the grantor only who it is."""
    node = {name: value for name, value in face(license, grantor).items() if name not in _OF_THE_GRANTOR}
    node["licenseType"] = node["licenseType"]["id"]
    node["issuedBy"] = node["issuedBy"]["id"]
    separator = "-" if "#" in iri else "#"
    moved = _renamed(node, f"{license.iri}#", f"{iri}{separator}")
    return moved | {"id": iri, "versionOf": str(license.iri)}


def _renamed(node: Node, before: str, after: str) -> Node:
    return {name: _renamed_value(name, value, before, after) for name, value in node.items()}


def _renamed_value(name: str, value: object, before: str, after: str) -> object:
    if isinstance(value, list):
        return [_renamed_value(name, each, before, after) for each in value]
    if isinstance(value, dict):
        return _renamed(value, before, after)
    if name == "id" and isinstance(value, str) and value.startswith(before):
        return after + value.removeprefix(before)
    return value


def _section(provision: LegalProvision, types: list[LicenseType], base: str) -> Node:
    return provision_node(provision, base) | _basis_of(provision.code, types, base)


def _basis_of(code: str, types: list[LicenseType], base: str) -> Node:
    found = [type_node(each, base) for each in types if any(provision.code == code for provision in each.legal_basis)]
    return {"basisOf": found} if found else {}


def _area(area: Area, base: str) -> Node:
    node: Node = {"id": resource.area_iri(base, area.code), "type": "Area", "areaCode": area.code}
    if area.name is not None:
        node["areaName"] = language_map((area.name,))
    if area.parent:
        node["within"] = [resource.area_iri(base, area.parent)]
    return node


def _document(base: str, node: Node) -> Node:
    return {"@context": terms.catalogue_contexts(base), **node}
