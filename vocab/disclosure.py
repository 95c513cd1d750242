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
    places = _level(license_type, FaceField.PREMISES_ADDRESS)
    licensees = tuple(
        shown
        for licensee in license.licensees
        if (shown := licensee if isinstance(licensee, Organization) else _person(licensee, names)) is not None
    )
    shows_place_names = _level(license_type, FaceField.PREMISES_NAME) is Disclosure.PUBLIC
    premises = tuple(_premises(place, places, named=shows_place_names) for place in license.premises)
    # Half a particular is no particular: what may not be public as it is is left out.
    particulars = tuple(
        item
        for item in license.particulars
        if _level(license_type, FaceField.PARTICULAR, item.code) is Disclosure.PUBLIC
    )
    return replace(license, licensees=licensees, premises=premises, particulars=particulars)


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


def _person(person: Person, level: Disclosure) -> Person | None:
    match level:
        case Disclosure.PUBLIC:
            return person
        case Disclosure.MASKED:
            en = person.name.en and masked_name(person.name.en)
            return Person(name=LocalText(th=person.name.th and masked_name(person.name.th), en=en))
        case Disclosure.RESTRICTED:
            return None


def _premises(premises: Premises, level: Disclosure, *, named: bool) -> Premises:
    name = premises.name if named else None
    if level is Disclosure.PUBLIC:
        return replace(premises, name=name)
    address = premises.address
    if level is Disclosure.MASKED:
        kept = Address(district=address.district, province=address.province)
    else:
        kept = Address(province=address.province)
    return Premises(name=name, address=kept)
