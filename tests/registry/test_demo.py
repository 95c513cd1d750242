"""The demo's data: large, varied, clean, the same every time, and about nobody."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from registry.demo.generate import CATALOGUE_FILE, generate
from registry.demo.people import juristic_id
from registry.demo.places import read_places
from tests.registry.demo_data import catalogue, generated, histories, mandates, structure
from vocab.authority import (
    FaceField,
    GazetteAnnouncement,
    Level,
    LicenseType,
    LicensingAuthority,
)
from vocab.history import ActKind, Status
from vocab.iri import encode_number, is_citizen_number, lookup_key, registered
from vocab.names import looks_like_organization, split_person_name
from vocab.thai import arabic_digits

TODAY = date(2026, 11, 21)
# The days on which reckoning by months and years goes wrong, if it does.
DAYS = (TODAY, date(2027, 1, 1), date(2027, 12, 31), date(2028, 2, 29))


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_kind_of_status_is_there(today: date) -> None:
    found = histories(today)
    share = {
        status: 100 * count / len(found)
        for status, count in Counter(history.status(today) for history in found.values()).items()
    }
    assert 70 <= share[Status.ACTIVE] <= 82
    assert 9 <= share[Status.EXPIRED] <= 16
    assert 2 <= share[Status.SUSPENDED] <= 5
    assert 1 <= share[Status.REVOKED] <= 4
    assert 0.3 <= share[Status.SURRENDERED] <= 2.5
    assert 0.5 <= share[Status.PENDING] <= 4
    assert 1 <= share[Status.SUPERSEDED] <= 4
    assert Status.UNKNOWN not in share
    reinstated = [h for h in found.values() if any(act.kind is ActKind.REINSTATE for act in h.acts)]
    assert reinstated


def test_it_is_large_and_covers_every_level() -> None:
    licenses, _ = generated(TODAY)
    authorities = {authority.code: authority for authority in structure(LicensingAuthority, "authority")}
    seen = {license.identity[0] for license in licenses}
    assert len(licenses) >= 2200
    assert len({license.identity[1] for license in licenses}) >= 12
    assert seen == set(authorities)
    assert len(seen) >= 12
    assert {authority.level for authority in authorities.values()} == set(Level)
    assert any(authority.other_codes for authority in authorities.values())


def test_every_mandate_is_used_and_known() -> None:
    authorities = {authority.code for authority in structure(LicensingAuthority, "authority")}
    types = {type.code for type in structure(LicenseType, "type")}
    licenses, _ = generated(TODAY)
    assert {license.identity[:2] for license in licenses} == set(mandates())
    assert {authority for authority, _ in mandates()} == authorities
    assert {type for _, type in mandates()} == types


def test_types_say_who_may_see_the_licensee() -> None:
    types = structure(LicenseType, "type")
    items = {type.code: type.item(FaceField.LICENSEE) for type in types}
    assert items["tour-guide"] is not None
    assert items["tour-guide"].disclosure == "masked"
    assert all(item is not None for item in items.values())
    assert [type.code for type in types if not type.legal_basis], "one type shows a missing legal basis"


def test_announcements_are_of_mandates_and_some_are_missing() -> None:
    announced = set()
    for row in catalogue()["announcement"]:
        announced |= {(row["authority"], type) for type in row["types"]}
    announcements = structure(GazetteAnnouncement, "announcement", without=frozenset({"authority"}))
    assert announced < set(mandates())
    assert [announcement.code for announcement in announcements if not announcement.gazette_ref]
    assert {type.code for type in structure(LicenseType, "type")} - {type for _, type in announced}


def test_addresses_on_the_web_lead_nowhere() -> None:
    found = re.findall(r"https?://([^/\"]+)", CATALOGUE_FILE.read_text(encoding="utf-8"))
    assert found
    assert all(host.endswith(".example.go.th") for host in found)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_number_is_one_licence(today: date) -> None:
    licenses, _ = generated(today)
    identities = Counter(license.identity for license in licenses)
    assert max(identities.values()) == 1
    for license in licenses:
        assert encode_number(license.identity[2])
    # Under one key, the intake would ask a person whether two numbers are one licence.
    keys = Counter((*identity[:2], lookup_key(identity[2]), identity[3]) for identity in identities)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_a_number_comes_again_in_another_year(today: date) -> None:
    years = {
        license.identity[3]
        for license in generated(today)[0]
        if license.identity[:3] == ("lao-06480115", "food-premises", "45")
    }
    assert len(years) >= 2


def test_few_numbers_are_off_their_scheme() -> None:
    licenses, _ = generated(TODAY)
    off = [
        license.identity
        for license in licenses
        if not mandates()[license.identity[:2]].scheme.expects(license.identity[2])
    ]
    assert 1 <= len(off) <= 12
    assert any(number == "5.ttl" for _, _, number, _ in off)


def test_aliases_lead_to_one_licence_only() -> None:
    licenses, _ = generated(TODAY)
    taken = Counter((*license.identity[:2], lookup_key(license.identity[2])) for license in licenses)
    most = 0
    for license in licenses:
        aliases = [alias for alias in license.fields.get("aliases", "").split(license.separator) if alias.strip()]
        most = max(most, len(aliases))
        for alias in aliases:
            assert encode_number(alias)
            taken[*license.identity[:2], lookup_key(alias)] += 1
    year_scoped = ("lao-06480115", "food-premises")
    assert [key for key, count in taken.items() if count > 1 and key[:2] != year_scoped] == []
    assert most >= 2


def test_renewals_name_a_licence_that_names_them() -> None:
    licenses, acts = generated(TODAY)
    renewed = {(a["authority"], a["type"], a["number"], a["successor_number"]) for a in acts if a["kind"] == "renew"}
    named = {
        (*license.identity[:2], registered(license.fields["renews"]), license.identity[2])
        for license in licenses
        if license.fields.get("renews")
    }
    assert named == renewed
    assert len(named) >= 20


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_nothing_looks_like_a_citizen_number(today: date, tmp_path: Path) -> None:
    generate(tmp_path, today=today)
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        rows = csv.reader(text.splitlines()) if path.suffix == ".csv" else [[text]]
        for row in rows:
            for cell in row:
                assert not is_citizen_number(cell), (path.name, cell)
                for digits in re.findall(r"(?<!\d)\d{13}(?!\d)", arabic_digits(cell)):
                    assert digits == juristic_id(int(digits[7:12])), (path.name, cell)


def test_licensees_are_what_they_look_like() -> None:
    licenses, _ = generated(TODAY)
    for license in licenses:
        name, number = license.fields["licensee"], license.fields.get("juristic_id", "")
        assert looks_like_organization(name) or split_person_name(name)[0], name
        assert not number or looks_like_organization(name), name
    for code in ("tour-guide", "street-vending"):
        masked = [license.fields["licensee"] for license in licenses if license.identity[1] == code]
        assert not any(looks_like_organization(name) for name in masked)
    assert any(len(license.fields.get("premises", "")) > 120 for license in licenses)


def test_required_items_of_the_face_are_filled() -> None:
    types = {type.code: type for type in structure(LicenseType, "type")}
    fields = {
        FaceField.LICENSEE: "licensee",
        FaceField.PREMISES_NAME: "premises",
        FaceField.PREMISES_ADDRESS: "street",
        FaceField.ACTIVITY: "activity",
        FaceField.ISSUED_ON: "issued_on",
        FaceField.EXPIRES_ON: "expires_on",
    }
    for license in generated(TODAY)[0]:
        face = types[license.identity[1]].face
        codes = {item.code for item in face if item.field is FaceField.PARTICULAR}
        assert set(license.particulars) == codes
        for item in face:
            if item.required and item.field in fields:
                assert license.fields[fields[item.field]], (license.identity, item.field)
            elif item.required and item.code:
                assert license.particulars[item.code], (license.identity, item.code)


def test_addresses_are_of_real_subdistricts() -> None:
    places = {(place.subdistrict_th, place.district_th, place.province_th): place for place in read_places()}
    assert len(places) >= 100
    for license in generated(TODAY)[0]:
        fields = license.fields
        if "street" in fields:
            place = places[fields["subdistrict"], fields["district"], fields["province"]]
            assert fields.get("subdistrict_code", place.subdistrict_code) == place.subdistrict_code
            assert fields.get("postal_code", place.postal_code) == place.postal_code


def test_equal_arguments_give_equal_bytes(tmp_path: Path) -> None:
    first, again, other = tmp_path / "first", tmp_path / "again", tmp_path / "other"
    generate(first, today=TODAY)
    generate(again, today=TODAY, seed=13)
    generate(other, today=TODAY, seed=14)
    contents = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in (first, again, other)]
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]
