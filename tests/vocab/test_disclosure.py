"""What of a natural person leaves the register, and what does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_license, make_person_license, make_type
from vocab.authority import Disclosure, FaceField, LicenseType
from vocab.disclosure import disclosed, masked_name
from vocab.license import Address, LocalText, Organization, Person
from vocab.names import split_person_name


def type_with(**levels: Disclosure) -> LicenseType:
    """The sample type with these levels, by the name of the field."""
    kept = tuple(
        replace(item, disclosure=levels.get(item.field.name.lower(), item.disclosure)) for item in make_type().face
    )
    return replace(make_type(), face=kept)


def type_without(field: FaceField) -> LicenseType:
    return replace(make_type(), face=tuple(item for item in make_type().face if item.field is not field))


def test_a_company_and_its_premises_are_public_whatever_the_profile_says() -> None:
    assert disclosed(make_license(), replace(make_type(), face=())) == make_license()


def test_a_public_name_is_left_as_it_is() -> None:
    license = make_person_license()
    shown = disclosed(license, type_with(licensee=Disclosure.PUBLIC, premises_address=Disclosure.PUBLIC))
    assert shown.licensees == license.licensees
    assert shown.premises == license.premises


def test_a_masked_name_keeps_its_first_letters() -> None:
    shown = disclosed(make_person_license(), type_with(licensee=Disclosure.MASKED))
    assert shown.licensees == (Person(name=LocalText(th="นางสาวส*** ใจ***", en="MissS*** J***")),)


@pytest.mark.parametrize("license_type", [type_with(licensee=Disclosure.RESTRICTED), type_without(FaceField.LICENSEE)])
def test_a_restricted_or_unnamed_licensee_is_not_shown_at_all(license_type: LicenseType) -> None:
    assert disclosed(make_person_license(), license_type).licensees == ()


def test_beside_a_person_a_company_is_still_shown() -> None:
    company = Organization(name=LocalText(th="บริษัท ก จำกัด"))
    license = replace(make_person_license(), licensees=(*make_person_license().licensees, company))
    assert disclosed(license, type_with(licensee=Disclosure.RESTRICTED)).licensees == (company,)


def test_a_masked_address_keeps_district_and_province() -> None:
    (place,) = disclosed(make_person_license(), type_with(premises_address=Disclosure.MASKED)).premises
    assert place.address == Address(district="เมืองนครพนม", province="นครพนม")
    assert (place.latitude, place.longitude) == ("", "")


@pytest.mark.parametrize(
    "license_type", [type_with(premises_address=Disclosure.RESTRICTED), type_without(FaceField.PREMISES_ADDRESS)]
)
def test_a_restricted_or_unnamed_address_keeps_the_province_only(license_type: LicenseType) -> None:
    (place,) = disclosed(make_person_license(), license_type).premises
    assert place.address == Address(province="นครพนม")
    assert (place.latitude, place.longitude) == ("", "")


@pytest.mark.parametrize(
    "license_type",
    [
        type_with(premises_name=Disclosure.RESTRICTED),
        type_with(premises_name=Disclosure.MASKED),
        type_without(FaceField.PREMISES_NAME),
    ],
)
def test_the_name_of_a_persons_shop_is_shown_only_where_it_is_public(license_type: LicenseType) -> None:
    assert [place.name for place in disclosed(make_person_license(), license_type).premises] == [None]
    assert disclosed(make_person_license(), make_type()).premises[0].name is not None


def test_particulars_of_a_person_are_shown_only_where_they_are_public() -> None:
    # "phone" is restricted, "blood" is not in the profile.
    shown = disclosed(make_person_license(), make_type())
    assert [item.code for item in shown.particulars] == ["area"]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("นายสมชาย ใจดี", "นายส*** ใจ***"),
        ("นายเก่ง แก้วใส", "นายเก*** แก***"),
        ("นายโต สี", "นายโ*** ส***"),
        ("นาย ก", "นาย***"),
        ("สมชาย", "ส***"),
        ("", ""),
    ],
)
def test_masked_names(name: str, masked: str) -> None:
    assert masked_name(name) == masked


initials = st.sampled_from("กขคงจชซดตทนบปพมยรลวสอ")
vowels = st.sampled_from(["า", "ี", "ุ", "ู", "ะ", "ิ", "่า", "้อ", "ัน", "", "์"])
leading = st.sampled_from(["", "", "เ", "แ", "โ", "ใ", "ไ"])
syllables = st.builds(lambda lead, initial, vowel: lead + initial + vowel, leading, initials, vowels)
words = st.lists(syllables, min_size=1, max_size=5).map("".join)


@given(st.sampled_from(["นาย", "นางสาว", "นาง ", "พล.ต.อ. ", ""]), words, words)
def test_a_masked_name_never_holds_the_given_or_the_family_name(title: str, given_name: str, family: str) -> None:
    prefix, first, last = split_person_name(f"{title}{given_name} {family}")
    masked = masked_name(f"{title}{given_name} {family}")
    assert masked.startswith(prefix)
    shown = masked[len(prefix) :].split(" ")
    names = [name for name in (first, last) if name]
    assert len(shown) == len(names)
    for part, name in zip(shown, names, strict=True):
        kept = part.removesuffix("***")
        assert part == kept + "***"
        assert len(kept) <= 2
        assert name.startswith(kept)
        assert kept != name
