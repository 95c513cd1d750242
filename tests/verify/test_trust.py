"""Trust data as a file: a round trip, and nothing malformed gets through."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.secure import serialize
from tests.builders import (
    BASE,
    FOOD,
    NOW,
    OTHER_LAO,
    make_authority,
    make_did_document,
    make_issuer,
    make_lists,
    make_trust,
)
from verify.errors import MalformedDocument, NoTrustData, StatusUnavailable, UnknownIssuer
from verify.instant import parse_instant
from verify.trust import NoTrust, parse_trust, trust_document


def document() -> dict[str, Any]:
    one, other = make_authority(), make_authority(OTHER_LAO)
    known = [make_issuer(one, [FOOD, "hazard"]), make_issuer(other, [], document=make_did_document(other, revoked=NOW))]
    return trust_document(BASE, NOW, NOW.replace(month=12), known, make_lists(one))


def test_trust_data_survives_the_file() -> None:
    found = parse_trust(serialize(document()))
    one, other = make_authority(), make_authority(OTHER_LAO)
    assert (found.base, found.as_of, found.expires, found.live) == (BASE, NOW, NOW.replace(month=12), False)
    assert found.bases == {BASE}
    issuer = found.issuer(one.did)
    expected = make_issuer(one, [FOOD, "hazard"])[0]
    assert (issuer.did, issuer.name, issuer.authority) == (expected.did, expected.name, expected.authority)
    assert issuer.may_grant == expected.may_grant
    assert found.issuer(other.did).keys[other.signer.verification_method].revoked == NOW
    assert all(found.status_list(url, NOW) == body for url, body in make_lists(one).items())
    known = [(found.issuer(each.did), make_did_document(each, revoked=at)) for each, at in ((one, None), (other, NOW))]
    assert trust_document(found.base, found.as_of, found.expires, known, found.status_lists) == document()


def test_what_is_not_known_is_said_to_be_so() -> None:
    trust = make_trust()
    with pytest.raises(UnknownIssuer):
        trust.issuer("did:web:evil.example")
    with pytest.raises(StatusUnavailable):
        trust.status_list("https://evil.example/list", NOW)
    nothing = NoTrust(NOW)
    with pytest.raises(NoTrustData):
        nothing.issuer(make_authority().did)
    with pytest.raises(StatusUnavailable):
        nothing.status_list(f"{BASE}/status/x/revocation/1", NOW)


@pytest.mark.parametrize("member", ["base", "made", "expires", "issuers", "statusLists"])
@pytest.mark.parametrize("value", [None, 1, [1], {"a": 1}, "text", True])
def test_a_member_of_another_kind_is_refused(member: str, value: object) -> None:
    if (member, value) == ("base", "text"):
        return
    with pytest.raises(MalformedDocument):
        parse_trust(json.dumps(document() | {member: value}).encode())


@pytest.mark.parametrize("member", ["did", "name", "authority", "mayGrant", "didDocument"])
@pytest.mark.parametrize("value", [None, 1, [1], {"a": 1}, "text", [[]], {}])
def test_a_member_of_an_issuer_of_another_kind_is_refused(member: str, value: object) -> None:
    node = document()
    node["issuers"][0][member] = value
    if (member, value) in [("authority", "text"), ("mayGrant", "text"), ("mayGrant", {"a": 1}), ("mayGrant", {})]:
        return
    with pytest.raises(MalformedDocument):
        parse_trust(json.dumps(node).encode())


@given(st.data())
def test_any_altered_trust_data_is_read_or_malformed(data: st.DataObject) -> None:
    raw = bytearray(SERIALIZED)
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    try:
        parse_trust(bytes(raw))
    except MalformedDocument:
        return


SERIALIZED = serialize(document())


@pytest.mark.parametrize(
    "text",
    [
        *["2026-11-21", "2026-11-21T03:00:00", "2026-02-30T00:00:00Z", "2026-11-21T24:00:01Z", "2026-11-21t03:00:00z"],
        *["2026-11-21T03:00:60Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
        *[
            "2026-11-21T03:00:00+15:00",
            "2026-11-21T03:00:00+14:30",
            "9999-12-31T24:00:00Z",
            "2026-11-21T25:00:00Z",
            "2026-11-21T24:00:00.5Z",
            "2026-11-21T03:00:00.Z",
            "๒๐๒๖-11-21T03:00:00Z",
            " 2026-11-21T03:00:00Z",
            "2026-11-21T03:00:00Z\n",
            "",
            None,
            1,
        ],
    ],
)
def test_what_is_no_instant_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"instant|day|hour|minute|second|month|year"):
        parse_instant(text)


def test_all_that_is_a_date_time_stamp_is_read() -> None:
    """XML Schema 1.1: the end of a day, and as many decimals of a second as anybody likes."""
    for text in ("2026-11-21T24:00:00Z", "2026-11-21T24:00:00.00+00:00", "2026-11-22T14:00:00+14:00"):
        assert parse_instant(text) == datetime(2026, 11, 22, tzinfo=UTC)
    assert parse_instant("2026-12-31T24:00:00Z") == datetime(2027, 1, 1, tzinfo=UTC)
    assert parse_instant("2026-11-21T03:00:00.123456789012Z") == datetime(2026, 11, 21, 3, 0, 0, 123456, UTC)


@pytest.mark.parametrize("text", ["2026-11-21T03:00:00Z", "2026-11-21T10:00:00+07:00", "2026-11-20T20:00:00.000-07:00"])
def test_instants_are_compared_as_instants(text: str) -> None:
    assert parse_instant(text) == datetime(2026, 11, 21, 3, tzinfo=UTC)
