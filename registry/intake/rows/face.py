"""The items on the face of a type: which of them a mapping fills, and which of them a licence has."""

from collections.abc import Mapping as ReadOnly

from registry.intake.finding import Finding
from registry.intake.mapping import Field, Mapping
from vocab.authority import FaceField, FaceItem, LicenseType
from vocab.license import License

COLUMNS_OF: ReadOnly[FaceField, tuple[Field, ...]] = {
    FaceField.NUMBER: (Field.NUMBER,),
    FaceField.LICENSEE: (Field.LICENSEE, Field.LICENSEE_EN),
    FaceField.PREMISES_NAME: (Field.PREMISES, Field.PREMISES_EN),
    FaceField.PREMISES_ADDRESS: (Field.STREET, Field.SUBDISTRICT, Field.DISTRICT, Field.PROVINCE, Field.POSTAL_CODE),
    FaceField.ACTIVITY: (Field.ACTIVITY,),
    FaceField.CONDITION: (Field.CONDITION,),
    FaceField.ISSUED_ON: (Field.ISSUED_ON,),
    FaceField.VALID_FROM: (Field.VALID_FROM,),
    FaceField.EXPIRES_ON: (Field.EXPIRES_ON,),
}
"""The fields that can fill an item of the face."""


def has_column(mapping: Mapping, item: FaceItem) -> bool:
    """Whether the mapping fills an item of the face at all, from a column or a constant."""
    if item.field is FaceField.PARTICULAR:
        return item.code in mapping.particulars
    if item.field is FaceField.EXPIRES_ON and mapping.no_expiry:
        return True
    return any(name in mapping.columns or name in mapping.constants for name in COLUMNS_OF[item.field])


def columns_missing(license_type: LicenseType, mapping: Mapping) -> tuple[Finding, ...]:
    """The items that no column of the file has: said once for the file, and not again on each row."""
    found = []
    for item in license_type.face:
        if item.required and not has_column(mapping, item):
            expiry = item.field is FaceField.EXPIRES_ON
            code = "expiry-column-missing" if expiry else "column-missing"
            found.append(Finding(code=code, details={} if expiry else {"item": str(item.label)}))
    return tuple(found)


def items_lacking(license: License, license_type: LicenseType) -> tuple[FaceItem, ...]:
    """The items that stand on every licence of the type and that this one does not have."""
    return tuple(item for item in license_type.face if item.required and not face_value(license, item.field, item.code))


def face_value(license: License, face_field: FaceField, code: str = "") -> object:
    """What the licence has for one item of its face; falsy where it has nothing."""
    match face_field:
        case FaceField.NUMBER:
            return license.number
        case FaceField.LICENSEE:
            return license.licensees
        case FaceField.PREMISES_NAME:
            return [place.name for place in license.premises if place.name]
        case FaceField.PREMISES_ADDRESS:
            return [place.address for place in license.premises if not place.address.is_empty]
        case FaceField.ACTIVITY:
            return license.activities
        case FaceField.CONDITION:
            return license.conditions
        case FaceField.ISSUED_ON:
            return license.issued_on
        case FaceField.VALID_FROM:
            return license.term.valid_from
        case FaceField.EXPIRES_ON:
            return license.term.expires_on or license.term.no_expiry
        case FaceField.PARTICULAR:
            return [item for item in license.particulars if item.code == code]
