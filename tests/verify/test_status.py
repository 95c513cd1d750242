"""Status lists: which bit, in which list, signed by whom, and how old."""

import gzip
import tracemalloc
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from issuers.status import LIST_BITS, draft_status_list, encode_bits, with_bit
from tests.builders import (
    LAO,
    NOW,
    OTHER_LAO,
    Authority,
    forge,
    make_authority,
    make_credential,
    make_draft,
    make_entries,
    make_issuer,
    make_lists,
    make_status_list,
    make_trust,
    sign,
)
from verify.credential import StatusEntry, read_credential
from verify.document import Document, parse_document
from verify.errors import MalformedCredential, MalformedStatusList, StatusUnavailable
from verify.multikey import multibase64url
from verify.status import MAXIMUM_BITS, MINIMUM_BITS, StatusList, decode_bits, read_status_list
from verify.verdict import Answer, Verdict
from verify.verifier import examine
from vocab.resource import status_list_iri

REVOCATION, SUSPENSION = make_entries()


def draft(**subject: Any) -> Document:
    """An unsecured list with no bit set, and these members of its subject changed."""
    window: dict[str, datetime] = {"valid_from": NOW - timedelta(hours=1), "valid_until": NOW + timedelta(hours=1)}
    node = draft_status_list(REVOCATION.list_url, make_authority().did, "revocation", bytes(LIST_BITS // 8), **window)
    node["credentialSubject"] |= subject
    return node


def verdict_with(lists: dict[str, bytes], *, live: bool = False) -> Verdict:
    return examine(make_credential(), make_trust(lists=lists, live=live), NOW)


def with_revocation_list(raw: bytes) -> dict[str, bytes]:
    return make_lists(make_authority()) | {REVOCATION.list_url: raw}


def test_bit_0_is_the_left_most_of_the_first_byte() -> None:
    # Bitstring Status List 1.0, 3.3: "the first index, with a value of zero (0), is located at the left-most bit".
    found = StatusList(
        url="u",
        issuer="did:web:i.example",
        purpose="revocation",
        as_of=NOW,
        bits=b"\x80\x01" + bytes(MINIMUM_BITS // 8),
    )
    assert [index for index in range(24) if found.is_set(index)] == [0, 15]


def test_an_index_beyond_the_list_is_an_error() -> None:
    found = StatusList(
        url="u", issuer="did:web:i.example", purpose="revocation", as_of=NOW, bits=bytes(MINIMUM_BITS // 8)
    )
    assert not found.is_set(MINIMUM_BITS - 1)
    with pytest.raises(MalformedStatusList, match="beyond"):
        found.is_set(MINIMUM_BITS)


def test_the_specifications_encoded_list_is_empty() -> None:
    # Bitstring Status List 1.0, example of a BitstringStatusListCredential: 131,072 bits, none set.
    encoded = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert decode_bits(encoded) == bytes(MINIMUM_BITS // 8)


@pytest.mark.parametrize(
    "encoded",
    [
        None,
        1,
        "",
        "u",
        "uAAAA",
        "u!!!!",
        "uA",
        encode_bits(bytes(LIST_BITS // 8))[1:],
        "z" + encode_bits(bytes(LIST_BITS // 8))[1:],
        encode_bits(bytes(LIST_BITS // 8)) + "==",
        multibase64url(bytes(MINIMUM_BITS // 8)),
        multibase64url(zlib.compress(bytes(MINIMUM_BITS // 8))),
        encode_bits(bytes(MINIMUM_BITS // 8 - 1)),
        encode_bits(b""),
        multibase64url(gzip.compress(bytes(MINIMUM_BITS // 8), mtime=0)[:-1]),
        multibase64url(gzip.compress(bytes(MINIMUM_BITS // 8), mtime=0) + b"x"),
        multibase64url(gzip.compress(bytes(MINIMUM_BITS // 8), mtime=0) * 2),
    ],
)
def test_a_list_that_is_short_broken_or_encoded_otherwise_is_refused(encoded: object) -> None:
    with pytest.raises(MalformedStatusList):
        decode_bits(encoded)


def test_a_gzip_bomb_is_bounded_in_memory() -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = bytes(1 << 20)
    bomb = multibase64url(b"".join(compressor.compress(block) for _ in range(256)) + compressor.flush())
    tracemalloc.start()
    try:
        with pytest.raises(MalformedStatusList, match="larger"):
            decode_bits(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 * MAXIMUM_BITS // 8
    finally:
        tracemalloc.stop()


def read(node: Document, entry: StatusEntry = REVOCATION, at: datetime = NOW) -> StatusList:
    return read_status_list(forge(node, make_authority().signer), entry, at)[0]


def test_a_list_may_be_for_several_purposes() -> None:
    # Bitstring Status List 1.0, 3.1: statusPurpose is one or more strings.
    assert read(draft(statusPurpose=["suspension", "revocation"])).purpose == "revocation"


def test_a_list_without_a_beginning_holds_from_when_it_was_fetched_and_an_authority_always_says_from_when() -> None:
    undated = {key: value for key, value in draft().items() if key != "validFrom"}
    assert read(undated).as_of == NOW
    part = verdict_with(with_revocation_list(forge(undated, make_authority().signer))).in_force
    assert (part.answer, part.code) == (Answer.UNKNOWN, "status-unavailable")
    assert "from when" in part.detail


def test_a_good_list_is_read() -> None:
    bits = with_bit(bytes(LIST_BITS // 8), 7, True)
    found = read(draft(encodedList=encode_bits(bits)))
    assert found.is_set(7)
    assert (found.purpose, found.as_of) == ("revocation", NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    "node",
    [
        draft(statusPurpose="suspension"),
        draft(statusPurpose=["suspension"]),
        draft(statusPurpose=[]),
        draft(statusPurpose=None),
        draft() | {"id": SUSPENSION.list_url},
        {key: value for key, value in draft().items() if key != "id"},
        draft() | {"type": ["VerifiableCredential"]},
    ],
)
def test_another_list_purpose_or_kind_is_refused(node: Document) -> None:
    with pytest.raises(MalformedStatusList):
        read(node)


def test_a_list_is_good_from_its_first_to_its_last_instant() -> None:
    for instant in (NOW - timedelta(hours=1), NOW + timedelta(hours=1)):
        assert read(draft(), at=instant).url == REVOCATION.list_url
    for instant in (NOW - timedelta(hours=1, seconds=1), NOW + timedelta(hours=1, seconds=1)):
        with pytest.raises(StatusUnavailable):
            read(draft(), at=instant)


OTHER = make_authority(OTHER_LAO)


def altered(raw: bytes) -> bytes:
    return raw.replace(b'"revocation"', b'"suspension"')


@pytest.mark.parametrize(
    "raw",
    [
        b"not a list",
        b"{}",
        make_credential(),
        altered(make_status_list(make_authority(), "revocation")[1]),
        make_status_list(make_authority(), "suspension")[1],
        make_status_list(make_authority(LAO, key="stranger"), "revocation")[1],
        make_status_list(OTHER, "revocation")[1],
        sign(draft() | {"issuer": OTHER.did}, OTHER.signer),
        forge(draft() | {"issuer": OTHER.did}, make_authority().signer),
        forge(draft(), OTHER.signer),
        make_status_list(make_authority(), "revocation", made=NOW - timedelta(days=2))[1],
        make_status_list(make_authority(), "revocation", made=NOW + timedelta(seconds=1))[1],
    ],
    ids=[
        *["no JSON", "no credential", "a licence", "altered", "other purpose", "other key", "other authority"],
        *["right URL, other issuer", "other issuer, our key", "our issuer, other key", "too old", "from the future"],
    ],
)
def test_a_bad_list_is_never_fake_and_never_in_force(raw: bytes) -> None:
    trust = make_trust(make_issuer(make_authority()), make_issuer(OTHER), lists=with_revocation_list(raw))
    verdict = examine(make_credential(), trust, NOW)
    assert verdict.genuine.answer is Answer.YES
    assert (verdict.in_force.answer, verdict.in_force.code) == (Answer.UNKNOWN, "status-unavailable")
    assert verdict.as_of is None
    assert verdict.in_force in verdict.not_checked


def test_what_one_list_proves_stands_when_another_is_missing() -> None:
    authority = make_authority()
    for purpose, code in (("revocation", "withdrawn"), ("suspension", "suspended")):
        verdict = verdict_with(dict([make_status_list(authority, purpose, [7])]))
        assert (verdict.in_force.answer, verdict.in_force.code) == (Answer.NO, code)


def test_a_list_that_is_not_the_issuers_own_is_not_asked() -> None:
    # A credential that points to another authority's list, in which its bit is never set.
    url = status_list_iri("https://id.test.example", OTHER_LAO, "revocation", 1)
    entry = replace(REVOCATION, list_url=url)
    trust = make_trust(
        make_issuer(make_authority()), make_issuer(OTHER), lists=make_lists(OTHER) | make_lists(make_authority())
    )
    verdict = examine(sign_with_status(make_authority(), entry), trust, NOW)
    assert verdict.in_force.code == "status-unavailable"
    assert "issuer-mismatch" in verdict.in_force.detail


def sign_with_status(authority: Authority, *entries: StatusEntry) -> bytes:
    return sign(make_draft(authority=authority, status=entries), authority.signer)


def test_an_index_beyond_the_list_cannot_be_checked() -> None:
    raw = sign_with_status(make_authority(), replace(REVOCATION, index=LIST_BITS))
    assert examine(raw, make_trust(), NOW).in_force.code == "status-unavailable"


def test_as_of_is_the_oldest_list_that_was_used() -> None:
    authority = make_authority()
    older = make_status_list(authority, "suspension", made=NOW - timedelta(hours=5))
    assert verdict_with(make_lists(authority) | dict([older])).as_of == NOW - timedelta(hours=5)


@pytest.mark.parametrize(
    "entry",
    [
        {"statusPurpose": "refresh"},
        {"statusPurpose": ["revocation"]},
        {"statusPurpose": {}},
        {"statusPurpose": None},
        {"statusListIndex": 7},
        {"statusListIndex": "07"},
        {"statusListIndex": "-1"},
        {"statusListIndex": "7.0"},
        {"statusListIndex": "๗"},
        {"statusListIndex": "99999999999"},
        {"statusListCredential": "relative"},
        {"statusListCredential": None},
        {"type": "StatusList2021Entry"},
        {"type": ["BitstringStatusListEntry"]},
        {"id": REVOCATION.list_url},
        {"statusSize": 2},
        {"statusSize": "1"},
    ],
)
def test_a_status_entry_of_another_form_is_refused(entry: Document) -> None:
    node = parse_document(sign(make_draft(), make_authority().signer))
    node["credentialStatus"][0] |= entry
    with pytest.raises(MalformedCredential):
        read_credential(node)


def test_a_list_verifies_as_a_credential_of_its_issuer() -> None:
    _, raw = make_status_list(make_authority(), "revocation")
    assert examine(raw, make_trust(), NOW).genuine.answer is Answer.YES
