"""A face read back is the licence that it states; whatever the register would not say is refused at its place."""

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import BASE, make_grantor, make_license, make_person_license
from vocab.authority import NumberingScheme, Scope
from vocab.face import Claim, ClaimRefused, pointer, read_face, require_reproduced
from vocab.graph import face
from vocab.license import Address, License, LocalText, Organization, Particular, Person, Premises, Term
from vocab.thai import Era, parse_date

GRANTOR = make_grantor()
SCHEME = NumberingScheme()
JURISTIC = "0105536000313"
NUMBER = {"licenseNumber": "12/2567"}
FULL = replace(
    make_license(),
    licensees=(
        Organization(name=LocalText(th="บริษัท ตัวอย่าง จำกัด", en="Sample Co., Ltd."), juristic_id=JURISTIC),
        Organization(name=LocalText(th="ห้างหุ้นส่วนสามัญ ก. ข.")),
    ),
    conditions=("ต้องรักษาความสะอาดทุกวัน", "ห้ามใช้เสียงดัง 🎵"),
)


def read(node: Any, scheme: NumberingScheme = SCHEME) -> License:
    return read_face(Claim(node, "/credentialSubject"), GRANTOR, scheme)


def refusal(node: Any, scheme: NumberingScheme = SCHEME) -> ClaimRefused:
    """Why a face is not taken: when it is read, or when it is compared with ours."""
    with pytest.raises(ClaimRefused) as refused:
        require_reproduced(Claim(node, "/credentialSubject"), face(read(node, scheme), GRANTOR))
    return refused.value


TEXTS = st.text("กขคงจ abc/-12", min_size=1, max_size=12).filter(lambda text: text == " ".join(text.split()))
LOCAL = st.builds(LocalText, th=TEXTS, en=st.just("") | TEXTS)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))
TERMS = st.one_of(
    st.just(Term()),
    st.builds(Term, valid_from=DAYS, no_expiry=st.booleans()),
    st.tuples(DAYS, DAYS).map(lambda days: Term(valid_from=min(days), expires_on=max(days))),
)
LICENSEES = st.one_of(
    st.builds(Person, name=LOCAL),
    st.builds(Organization, name=LOCAL, juristic_id=st.just(JURISTIC)),
    st.builds(Organization, name=LOCAL.map(lambda name: LocalText(th=f"บริษัท {name.th}", en=name.en))),
)
ADDRESSES = st.builds(
    Address,
    street=st.just("") | TEXTS,
    district=st.just("") | TEXTS,
    province=st.just("นครพนม") | TEXTS,
    postal_code=st.sampled_from(["", "48000"]),
    subdistrict_code=st.sampled_from(["", "480101"]),
)
PREMISES = st.builds(Premises, name=st.none() | LOCAL, address=ADDRESSES).filter(
    lambda place: place.name is not None or not place.address.is_empty
) | st.builds(Premises, name=LOCAL, address=ADDRESSES, latitude=st.just("17.392"), longitude=st.just("104.7695"))
LICENSES = st.builds(
    License,
    iri=st.just(FULL.iri),
    number_as_received=st.sampled_from(["12/2567", " 12/2567", "12/2567\t"]),
    licensees=st.lists(LICENSEES, max_size=3, unique=True).map(tuple),
    premises=st.lists(PREMISES, max_size=2).map(tuple),
    activities=st.lists(TEXTS.map(lambda text: LocalText(th=text)), max_size=3, unique=True).map(tuple),
    conditions=st.lists(TEXTS, max_size=3, unique=True).map(tuple),
    particulars=st.lists(
        TEXTS.map(lambda value: Particular(code="area", label=LocalText(th="พื้นที่", en="Area"), value=value)),
        max_size=2,
        unique=True,
    ).map(tuple),
    issued_on=st.none() | DAYS,
    term=TERMS,
    renews=st.sampled_from([None, FULL.renews]),
    aliases=st.lists(st.sampled_from(["ก.7", "๗ ทับ ๒๕๖๗", "7-2567"]), unique=True).map(tuple),
)


@given(LICENSES)
def test_a_face_is_read_back_as_the_licence_that_it_states(license: License) -> None:
    node = face(license, GRANTOR)
    assert read(node) == license
    require_reproduced(Claim(node), face(read(node), GRANTOR))


def test_a_face_with_every_member_is_read_back() -> None:
    assert read(face(FULL, GRANTOR)) == FULL
    person = replace(make_person_license(), conditions=(), particulars=())
    assert read(face(person, GRANTOR)) == person


def test_what_the_register_knows_itself_may_be_left_out() -> None:
    short = {
        "licenseNumber": "12/2567",
        "licenseType": f"{BASE}/def/license-type/food-premises",
        "licensee": [{"type": "Person", "fullName": {"th": "นายสมชาย ใจดี"}}],
        "premises": [{"placeName": {"th": "ร้าน"}, "address": {"province": "นครพนม"}}],
        "faceItem": [{"code": "area", "value": "20"}],
        "expiresOn": "2027-01-04",
    }
    read_back = read(short)
    require_reproduced(Claim(short), face(read_back, GRANTOR))
    assert read_back.particulars[0].label == LocalText(th="พื้นที่", en="Area")
    assert read_back.iri == FULL.iri


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", " ", "x", "2026-02-30", "2026-02-03", BASE]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "th", "type"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [at, *(path for key, item in inner for path in places(item, (*at, key)))]


def stands_in(sent: Any, drafted: Any) -> bool:
    """Whether a draft says what was sent, and perhaps more."""
    if isinstance(sent, dict):
        return all(key in drafted and stands_in(item, drafted[key]) for key, item in sent.items())
    if isinstance(sent, list) and isinstance(drafted, list):
        return len(sent) == len(drafted) and all(map(stands_in, sent, drafted))
    return bool(sent == drafted or (isinstance(drafted, dict) and sent == drafted.get("id")))


PLACES = places(face(FULL, GRANTOR))[1:]


@given(st.sampled_from(PLACES), JSON)
def test_a_member_with_any_other_value_is_refused_or_said(place: tuple[Any, ...], value: Any) -> None:
    node = copy.deepcopy(face(FULL, GRANTOR))
    parent = node
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = value
    try:
        drafted = face(read(node), GRANTOR)
        require_reproduced(Claim(node), drafted)
    except ClaimRefused:
        return
    found: Any = drafted
    for step in place:
        found = found[step]
    assert stands_in(value, found), "what was sent stands in the draft"


@given(JSON)
def test_anything_as_a_face_is_refused_in_words(value: Any) -> None:
    with pytest.raises(ClaimRefused):
        read(value)


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("unknown member", {"smell": "good"}, "/smell"),
    ("another name of the authority", {"issuedBy": {"officialName": {"th": "อื่น"}}}, "/issuedBy/officialName/th"),
    ("another authority", {"issuedBy": f"{BASE}/id/auth/lao-05500201"}, "/issuedBy"),
    ("another legal basis", {"legalBasis": []}, "/legalBasis"),
    ("white space that is not printed", {"condition": ["สะอาด "]}, "/condition/0"),
    ("a condition twice", {"condition": ["สะอาด", "สะอาด"]}, "/condition"),
    ("no text", {"condition": [""]}, "/condition/0"),
    ("nothing in a list", {"condition": [None]}, "/condition/0"),
    ("nothing in a list of texts", {"activity": {"th": [None]}}, "/activity/th/0"),
    ("no such day", {"expiresOn": "2026-02-30"}, "/expiresOn"),
    ("a day in words", {"issuedOn": "5 มกราคม 2569"}, "/issuedOn"),
    ("a Buddhist year in a number", {"issuedOn": 2569}, "/issuedOn"),
    ("a Buddhist year", {"expiresOn": "2570-10-31"}, "/expiresOn"),
    ("a year that means never", {"expiresOn": "9999-12-31"}, "/expiresOn"),
    ("a year before all licences", {"effectiveFrom": "1500-11-01"}, "/effectiveFrom"),
    ("an end before the beginning", {"expiresOn": "2020-01-01"}, "/expiresOn"),
    ("an end and none", {"noExpiry": True}, "/expiresOn"),
    ("no expiry that is false", {"noExpiry": False}, "/noExpiry"),
    ("another number behind the number", {"numberAsReceived": "13/2567"}, "/numberAsReceived"),
    ("an empty number", {"licenseNumber": " "}, "/licenseNumber"),
    ("a number that is no text", {"licenseNumber": 12}, "/licenseNumber"),
    ("another licence's IRI", {"id": f"{BASE}/id/lic/lao-06480115/food-premises/13~2F2567"}, "/id"),
    ("its own number as another", {"alias": ["12/2567"]}, "/alias/0"),
    ("an alias with a control character", {"alias": ["1\u0001"]}, "/alias/0"),
    ("itself renewed", {"renews": str(FULL.iri)}, "/renews"),
    ("something else renewed", {"renews": "https://elsewhere.example/1"}, "/renews"),
    ("a licensee of no kind", {"licensee": [{"legalName": {"th": "ก"}}]}, "/licensee/0/type"),
    ("a licensee without a name", {"licensee": [{"type": "Person"}]}, "/licensee/0/fullName"),
    ("two names", {"licensee": [{"type": "Person", "fullName": {"th": ["ก", "ข"]}}]}, "/licensee/0/fullName"),
    (
        "a person as an organization",
        {"licensee": [{"type": "Organization", "legalName": {"th": "นายสมชาย ใจดี"}}]},
        "/licensee/0/type",
    ),
    (
        "a juristic number with a wrong check digit",
        {"licensee": [{"type": "Organization", "juristicId": f"{JURISTIC[:-1]}4", "legalName": {"th": "ก"}}]},
        "/licensee/0/juristicId",
    ),
    ("an item that the type does not have", {"faceItem": [{"code": "smell", "value": "good"}]}, "/faceItem/0/code"),
    ("an item without a value", {"faceItem": [{"code": "area"}]}, "/faceItem/0/value"),
    ("a place abroad", {"premises": [{"latitude": "48.8", "longitude": "100.1"}]}, "/premises/0/latitude"),
    ("half a place", {"premises": [{"latitude": "17.3"}]}, "/premises/0/longitude"),
    ("a postal code", {"premises": [{"address": {"postalCode": "480"}}]}, "/premises/0/address/postalCode"),
    ("a place without name and address", {"premises": [{"within": [f"{BASE}/id/area/480101"]}]}, "/premises/0"),
    ("two areas", {"premises": [{"within": [f"{BASE}/id/area/480101"] * 2}]}, "/premises/0/within"),
]


@pytest.mark.parametrize(
    ("change", "place"), [(change, place) for _, change, place in CASES], ids=[c[0] for c in CASES]
)
def test_what_the_register_would_not_say_is_refused_at_its_place(change: dict[str, Any], place: str) -> None:
    refused = refusal({**face(FULL, GRANTOR), **change})
    assert refused.pointer == "/credentialSubject" + place
    assert refused.extra == {"pointer": refused.pointer}


def test_a_year_that_tells_numbers_apart_comes_from_the_day_of_issue() -> None:
    yearly = NumberingScheme(scope=frozenset({Scope.NUMBER, Scope.YEAR}))
    node = {"licenseNumber": "45", "issuedOn": "2024-01-05"}
    assert read(node, yearly).iri.qualifier == "be2567"
    assert read({"licenseNumber": "45", "effectiveFrom": "2024-01-05"}, yearly).iri.qualifier == "be2567"
    assert refusal({"licenseNumber": "45"}, yearly).pointer == "/credentialSubject/issuedOn"
    # The years of numbers are those from B.E. 2400.
    for member in ("issuedOn", "effectiveFrom"):
        assert refusal({"licenseNumber": "45", member: "1850-01-05"}, yearly).pointer == f"/credentialSubject/{member}"
    assert read({"licenseNumber": "45", "issuedOn": "1857-01-05"}, yearly).iri.qualifier == "be2400"


def test_a_buddhist_year_is_refused_with_the_year_to_write() -> None:
    assert "the Buddhist year (พ.ศ.) 2570 is written as 2027" in str(refusal({**NUMBER, "expiresOn": "2570-10-31"}))
    never = str(refusal({**NUMBER, "expiresOn": "9999-12-31"}))
    assert "1800 to 2399" in never
    assert "Buddhist" not in never


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_a_day_is_one_of_the_common_era_as_it_stands_or_refused(day: date) -> None:
    said = {**NUMBER, "expiresOn": day.isoformat()}
    if 1800 <= day.year < 2400:
        # A file whose column is of that era means the same day by it.
        assert read(said).term.expires_on == day == parse_date(day.isoformat(), era=Era.COMMON)
    else:
        assert refusal(said).pointer == "/credentialSubject/expiresOn"


def test_a_citizens_number_is_not_repeated() -> None:
    refused = refusal({"licenseNumber": "1-2345-67890-12-1"})
    assert refused.pointer == "/credentialSubject/licenseNumber"
    assert "2345" not in str(refused)


def test_pointers_are_escaped() -> None:
    assert pointer("/a", "b/c~d") == "/a/b~1c~0d"
    assert pointer("", 0) == "/0"
