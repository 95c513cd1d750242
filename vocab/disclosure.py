"""What of a natural person may leave the register, by the type's face profile (design: mission, levels of disclosure).

Companies and their premises are public: section 13 obliges to disclose them. Applied once, to the licence itself,
before anything public (page, credential, graph, dump) is made of it.
"""

import re
from dataclasses import replace

from vocab.authority import Disclosure, FaceField, LicenseType
from vocab.license import Address, License, LocalText, Organization, Person, Premises
from vocab.names import split_person_name


def disclosed(license: License, license_type: LicenseType) -> License:
    """`license` with only what the public may see of it."""
    if not any(isinstance(licensee, Person) for licensee in license.licensees):
        return license
    names = _level(license_type, FaceField.LICENSEE)
    licensees = tuple(
        shown
        for licensee in license.licensees
        if (shown := licensee if isinstance(licensee, Organization) else _person(licensee, names)) is not None
    )
    return replace(
        license,
        licensees=licensees,
        premises=tuple(_premises(place, license_type) for place in license.premises),
        activities=license.activities if _is_public(license_type, FaceField.ACTIVITY) else (),
        conditions=license.conditions if _is_public(license_type, FaceField.CONDITION) else (),
        particulars=tuple(
            item for item in license.particulars if _is_public(license_type, FaceField.PARTICULAR, item.code)
        ),
    )


def masked_name(name: str) -> str:
    """`นายสมชาย ใจดี` becomes `นายส*** ใจ***`: enough to recognise who is before you, too little to search by."""
    prefix, given, family = split_person_name(name)
    return prefix + " ".join(_masked(part) for part in (given, family) if part)


def _masked(word: str) -> str:
    # A leading vowel is written before its consonant: keep both, or every name in `เ` looks alike.
    first = re.match(r"[เแโใไ]?.", word)
    shown = first.group() if first else ""
    # A name as short as what would be shown (`โต`) is shown by less.
    return (shown if len(shown) < len(word) else shown[:-1]) + "***"


def _level(license_type: LicenseType, field: FaceField, code: str = "") -> Disclosure:
    item = license_type.item(field, code)
    # Unknown means no (rule R6): a field that the profile does not name is not shown of a person.
    return item.disclosure if item else Disclosure.RESTRICTED


def _is_public(license_type: LicenseType, field: FaceField, code: str = "") -> bool:
    return _level(license_type, field, code) is Disclosure.PUBLIC


def _person(person: Person, level: Disclosure) -> Person | None:
    match level:
        case Disclosure.PUBLIC:
            return person
        case Disclosure.MASKED:
            en = person.name.en and masked_name(person.name.en)
            return Person(name=LocalText(th=person.name.th and masked_name(person.name.th), en=en))
        case Disclosure.RESTRICTED:
            return None


def _premises(premises: Premises, license_type: LicenseType) -> Premises:
    """The place's name where it is public; the address in full, by district, or by province."""
    level = _level(license_type, FaceField.PREMISES_ADDRESS)
    name = premises.name if _is_public(license_type, FaceField.PREMISES_NAME) else None
    if level is Disclosure.PUBLIC:
        return replace(premises, name=name)
    address = premises.address
    district = address.district if level is Disclosure.MASKED else ""
    return Premises(name=name, address=Address(district=district, province=address.province))
