"""Nouns to JSON-LD documents beside the licence's own: laws, announcements, areas, versions of a licence, and what was in force.

Like the licence's graph they have no blank nodes. A version, and what was so on a day, are nodes of their own with
`dct:isVersionOf` the licence: read together with today's document, nothing in them contradicts it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from vocab import resource, terms
from vocab.area import Area
from vocab.authority import GazetteAnnouncement, LegalProvision, LicenseType
from vocab.graph import (
    Grantor,
    Node,
    act_node,
    announcement_node,
    date_time,
    face,
    language_map,
    provision_node,
    type_node,
)
from vocab.history import Act, Status
from vocab.law import Law
from vocab.license import License

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
