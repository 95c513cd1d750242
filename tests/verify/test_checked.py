"""A status list that was found right is not read again, and nothing that could make it wrong goes unasked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from issuers.secure import serialize
from tests.builders import (
    LAO,
    NOW,
    OTHER_LAO,
    make_authority,
    make_credential,
    make_did_document,
    make_issuer,
    make_lists,
    make_status_list,
    make_trust,
)
from verify import verifier
from verify.checked import MAX_LISTS, CheckedLists
from verify.document import parse_document
from verify.status import decode_bits, read_status_list
from verify.verdict import Verdict
from verify.verifier import examine

AUTHORITY = make_authority()
RAW = make_credential()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was decoded since the test began, starting with nothing known."""
    seen: list[object] = []

    def decode(encoded: object) -> bytes:
        seen.append(encoded)
        return decode_bits(encoded)

    monkeypatch.setattr("verify.status.decode_bits", decode)
    monkeypatch.setattr(verifier, "_CHECKED_LISTS", CheckedLists())
    return seen


def in_force(verdict: Verdict) -> str:
    return verdict.in_force.code


def test_a_list_is_read_once_however_many_credentials_are_verified(decoded: list[object]) -> None:
    trust = make_trust(lists=make_lists(AUTHORITY))
    verdicts = [examine(RAW, trust, NOW) for _ in range(5)]
    assert {in_force(verdict) for verdict in verdicts} == {"active"}
    assert {verdict.as_of for verdict in verdicts} == {NOW - timedelta(hours=1)}
    assert len(decoded) == 2


def test_it_is_known_again_from_other_objects_that_are_equal(decoded: list[object]) -> None:
    for _ in range(3):
        lists = {url: bytes(bytearray(raw)) for url, raw in make_lists(make_authority()).items()}
        assert in_force(examine(RAW, make_trust(lists=lists), NOW)) == "active"
    assert len(decoded) == 2


def test_a_list_that_changed_is_another_list(decoded: list[object]) -> None:
    assert in_force(examine(RAW, make_trust(lists=make_lists(AUTHORITY)), NOW)) == "active"
    assert in_force(examine(RAW, make_trust(lists=make_lists(AUTHORITY, suspended=[7])), NOW)) == "suspended"
    assert in_force(examine(RAW, make_trust(lists=make_lists(AUTHORITY, revoked=[7])), NOW)) == "withdrawn"
    assert in_force(examine(RAW, make_trust(lists=make_lists(AUTHORITY)), NOW)) == "active"
    assert len(decoded) == 4


def test_a_forged_list_is_not_taken_for_the_one_that_it_resembles(decoded: list[object]) -> None:
    lists = make_lists(AUTHORITY)
    assert in_force(examine(RAW, make_trust(lists=lists), NOW)) == "active"
    for url, raw in lists.items():
        forged = parse_document(raw)
        forged["credentialSubject"]["encodedList"] = parse_document(make_lists(AUTHORITY, revoked=[1])[url])[
            "credentialSubject"
        ]["encodedList"]
        if forged != parse_document(raw):
            assert (
                in_force(examine(RAW, make_trust(lists=lists | {url: serialize(forged)}), NOW)) == "status-unavailable"
            )


def test_a_list_at_anothers_address_is_not_taken(decoded: list[object]) -> None:
    lists = make_lists(AUTHORITY)
    assert in_force(examine(RAW, make_trust(lists=lists), NOW)) == "active"
    revocation, suspension = sorted(lists)
    swapped = {revocation: lists[suspension], suspension: lists[revocation]}
    assert in_force(examine(RAW, make_trust(lists=swapped), NOW)) == "status-unavailable"


@pytest.mark.parametrize("away", [timedelta(hours=-2), timedelta(days=2)])
def test_a_list_is_known_only_while_it_is_current(decoded: list[object], away: timedelta) -> None:
    trust = make_trust(lists=make_lists(AUTHORITY))
    assert in_force(examine(RAW, trust, NOW)) == "active"
    assert in_force(examine(RAW, trust, NOW + away)) == "status-unavailable"
    assert in_force(examine(RAW, trust, NOW)) == "active"


def test_a_list_is_forgotten_with_the_key_that_signed_it(decoded: list[object]) -> None:
    lists = make_lists(AUTHORITY)
    assert in_force(examine(RAW, make_trust(lists=lists), NOW)) == "active"
    issuer, _ = make_issuer(AUTHORITY)
    without = replace(issuer, keys={})
    entries = [
        verifier._CHECKED_LISTS.get(raw, entry, authority, NOW)
        for authority in (issuer, without)
        for entry in examine(RAW, make_trust(lists=lists), NOW).credential.status  # type: ignore[union-attr]
        for url, raw in lists.items()
        if url == entry.list_url
    ]
    assert [found is not None for found in entries] == [True, True, False, False]


def test_a_list_of_a_revoked_key_is_never_kept(decoded: list[object]) -> None:
    issuer, _ = make_issuer(AUTHORITY)
    revoked, _ = make_issuer(AUTHORITY, document=make_did_document(AUTHORITY, revoked=NOW))
    lists = make_lists(AUTHORITY)
    credential = examine(RAW, make_trust(issuer, lists=lists), NOW).credential
    assert credential is not None
    for entry in credential.status:
        assert verifier._CHECKED_LISTS.get(lists[entry.list_url], entry, issuer, NOW) is not None
        assert verifier._CHECKED_LISTS.get(lists[entry.list_url], entry, revoked, NOW) is None


def test_no_more_lists_are_kept_than_the_bound(decoded: list[object]) -> None:
    known = CheckedLists()
    issuer, _ = make_issuer(AUTHORITY)
    credential = examine(RAW, make_trust(lists=make_lists(AUTHORITY)), NOW).credential
    assert credential is not None
    _, first = make_status_list(AUTHORITY, "revocation")
    entry = credential.status[0]
    found, list_credential = read_status_list(first, entry, NOW)
    for n in range(MAX_LISTS + 5):
        known.put(first + b" " * n, found, list_credential, issuer)
    assert sum(known.get(first + b" " * n, entry, issuer, NOW) is not None for n in range(MAX_LISTS + 5)) == 5


def test_another_authority_does_not_find_it(decoded: list[object]) -> None:
    lists = make_lists(AUTHORITY)
    verdict = examine(RAW, make_trust(lists=lists), NOW)
    other, _ = make_issuer(make_authority(OTHER_LAO))
    assert verdict.credential is not None
    assert LAO != OTHER_LAO
    for entry in verdict.credential.status:
        assert verifier._CHECKED_LISTS.get(lists[entry.list_url], entry, other, NOW) is None
