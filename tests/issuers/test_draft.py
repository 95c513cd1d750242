"""What is drafted is what stands on the face."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import BASE, CREDENTIAL_ID, make_authority, make_draft, make_entries, make_license
from verify.instant import parse_instant
from vocab.history import legal_date
from vocab.license import Term


def test_the_members_of_a_draft() -> None:
    draft = make_draft()
    assert draft["@context"] == ["https://www.w3.org/ns/credentials/v2", f"{BASE}/ctx/license/v1"]
    assert draft["id"] == f"{BASE}/vc/{CREDENTIAL_ID}"
    assert draft["type"] == ["VerifiableCredential", "LicenseCredential"]
    assert draft["issuer"]["id"] == make_authority().did == "did:web:id.test.example:auth:lao-06480115"
    assert draft["name"][0] == {"@value": "ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร", "@language": "th"}
    assert draft["validFrom"] == "2026-01-05T00:00:00+07:00"
    assert draft["validUntil"] == "2027-01-04T23:59:59+07:00"
    subject = draft["credentialSubject"]
    assert subject["id"] == f"{BASE}/id/lic/lao-06480115/food-premises/12~2F2567"
    assert subject["licenseNumber"] == "12/2567"
    assert subject["expiresOn"] == "2027-01-04"
    assert subject["licensee"][0]["legalName"] == {"th": "บริษัท ตัวอย่าง จำกัด", "en": "Sample Co., Ltd."}
    assert "proof" not in draft


def test_each_status_entry_has_a_name_that_is_not_its_lists() -> None:
    entries = make_draft()["credentialStatus"]
    assert [entry["statusPurpose"] for entry in entries] == ["revocation", "suspension"]
    assert [entry["statusListIndex"] for entry in entries] == ["7", "7"]
    assert [entry["statusListCredential"] for entry in entries] == [entry.list_url for entry in make_entries()]
    assert all(entry["id"] == f"{entry['statusListCredential']}#7" for entry in entries)
    assert "credentialStatus" not in make_draft(status=())


@pytest.mark.parametrize(
    ("term", "window"),
    [
        (Term(), set()),
        (Term(valid_from=date(2026, 1, 5)), {"validFrom"}),
        (Term(expires_on=date(2026, 1, 5)), {"validUntil"}),
        (Term(valid_from=date(2026, 1, 5), no_expiry=True), {"validFrom"}),
    ],
)
def test_a_day_that_is_not_stated_makes_no_instant(term: Term, window: set[str]) -> None:
    draft = make_draft(make_license(term=term))
    assert draft.keys() & {"validFrom", "validUntil"} == window
    assert draft["credentialSubject"].get("noExpiry") is (True if term.no_expiry else None)


@given(st.dates(date(1900, 1, 2), date(2500, 1, 1)), st.integers(0, 3000))
def test_the_window_is_that_of_the_days_in_thailand(day: date, length: int) -> None:
    last = date.fromordinal(day.toordinal() + length)
    draft = make_draft(make_license(term=Term(valid_from=day, expires_on=last)))
    begin, end = parse_instant(draft["validFrom"]), parse_instant(draft["validUntil"])
    assert (legal_date(begin), legal_date(end)) == (day, last)
    assert legal_date(begin - (datetime.resolution)) < day
    assert begin <= end
    assert begin.astimezone(UTC).hour == 17
