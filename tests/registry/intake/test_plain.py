"""A licence as plain JSON: what is written is read again as the same licence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake.mapping import Field
from registry.intake.plain import (
    LISTS,
    MemberRefused,
    is_plain,
    plain_headings,
    plain_members,
    plain_source,
    read_members,
    read_plain,
)
from registry.intake.rows.row import CheckedRow, read_row
from tests.registry.small import BASE, TODAY, TOWN
from verify.document import Document
from vocab.authority import FaceField, FaceItem, Level, LicenseType, LicensingAuthority, NumberingScheme
from vocab.graph import Grantor
from vocab.license import LocalText, Organization, Person, Premises

AREA = FaceItem(field=FaceField.PARTICULAR, code="area", label=LocalText(th="พื้นที่"), required=False)
GRANTOR = Grantor(
    base=BASE,
    authority=LicensingAuthority(code=TOWN, name=LocalText(th="อบต."), level=Level.LOCAL),
    license_type=LicenseType(code="food-premises", name=LocalText(th="อาหาร"), face=(AREA,)),
    announcements=(),
)
TEXT = st.text(st.sampled_from("กขคงจabc 123;&-,"), min_size=1, max_size=12).filter(lambda text: text.strip(" ;&-,"))
VALUE = TEXT.filter(lambda text: "&&" not in text)
SEVERAL = VALUE | st.lists(VALUE, min_size=1, max_size=3)
DAYS = st.dates(min_value=TODAY.replace(year=2001), max_value=TODAY).map(str)


def read(document: Document) -> CheckedRow:
    plain = read_plain(document, ["area"])
    source = plain_source(BASE, GRANTOR, NumberingScheme(), TODAY, no_expiry=plain.no_expiry)
    assert len(plain.cells) == len(plain_headings(["area"])) == len(source.headings)
    return read_row(plain.row(), source)


MEMBERS = st.fixed_dictionaries(
    {"number": st.from_regex(r"[1-9]\d{0,3}/25[67]\d", fullmatch=True)},
    optional={
        **dict.fromkeys(("licensee", "licensee_en", "premises", "premises_en", "street", "district", "province"), TEXT),
        "licensee": SEVERAL,
        "licensee_en": VALUE,
        "activity": st.lists(VALUE, min_size=1, max_size=3, unique=True),
        "condition": st.lists(VALUE, min_size=1, max_size=3, unique=True),
        "aliases": st.lists(
            st.from_regex(r"[A-Z]{2}[1-9]\d{1,3}", fullmatch=True), min_size=1, max_size=2, unique=True
        ),
        "issued_on": DAYS,
        "renews": st.from_regex(r"[1-9]\d{0,3}/25[45]\d", fullmatch=True),
        "particulars": st.fixed_dictionaries({"area": TEXT}),
    },
)


@given(MEMBERS, st.sampled_from([{}, {"expires_on": "2030-12-31"}, {"no_expiry": True}]))
def test_what_is_written_is_read_again_as_the_same_licence(members: Document, end: Document) -> None:
    if isinstance(holders := members.get("licensee"), list) and "licensee_en" in members:
        members = {**members, "licensee_en": [f"{members['licensee_en']} {n}" for n in range(len(holders))]}
    first = read({**members, **end})
    if first.license is None:
        return
    assert is_plain(first.license)
    written = plain_members(first.license)
    again = read(written)
    assert again.license is not None
    assert replace(again.license, number_as_received=first.license.number_as_received) == first.license
    assert plain_members(again.license) == written


@given(
    st.dictionaries(
        st.sampled_from([*Field, "particulars", "no_expiry"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_whatever_is_sent_is_read_or_pointed_at(document: Document) -> None:
    pointed_at, checked = "/", None
    try:
        checked = read(document)
    except MemberRefused as error:
        pointed_at = error.extra["pointer"]
    assert pointed_at.startswith("/")
    assert checked is None or checked.license is not None or checked.findings


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_text_is_one_value_where_a_list_may_stand(name: str) -> None:
    assert read_plain({name: "a1;b2\nc3"}, []) == read_plain({name: ["a1;b2 c3"]}, [])


def test_a_licence_that_says_more_is_not_plain() -> None:
    license = read({"number": "1/2567", "licensee": "บริษัท ก จำกัด", "activity": "ขาย"}).license
    assert license is not None
    assert is_plain(license)
    other = Organization(name=LocalText(th="บริษัท ข จำกัด"))
    two = replace(license, licensees=(*license.licensees, other))
    assert is_plain(two)
    assert plain_members(two)["licensee"] == ["บริษัท ก จำกัด", "บริษัท ข จำกัด"]
    assert read(plain_members(two)).license == two
    # Whose it is could not be told.
    numbered = replace(license, licensees=(*license.licensees, replace(other, juristic_id="0105558001231")))
    assert not is_plain(numbered)
    assert "juristic_id" not in plain_members(numbered)
    assert not is_plain(replace(license, licensees=(*two.licensees, Person(name=LocalText(en="Somchai")))))
    assert not is_plain(replace(license, licensees=(Person(name=LocalText(th="ก && ข")),)))
    assert not is_plain(replace(license, premises=(Premises(), Premises())))
    assert not is_plain(replace(license, activities=(LocalText(th="ขาย", en="selling"),)))


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'"x"', b'{"a":1,"a":2}', b'{"a":' + b"[" * 100, b"\xff{}", b'{"n": NaN}']
)
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(MemberRefused, match="JSON object"):
        read_members(raw)
