"""The checklist of the design (credentials), points 26 to 35: status lists, and the keys of did:web issuers.

That the register never gives a place in a list twice (of point 30) is tested where it gives them: tests/registry/test_acts.py.
"""

import sys
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from issuers.status import encode_bits, with_bit
from tests.builders import NOW, make_authority, make_credential, make_draft, make_entries, make_lists, make_trust
from tests.builders import sign as sign_licence
from tests.strangers import (
    EXAMPLES_V2,
    LIST_URL,
    OTHER,
    WEB_ADDRESS,
    WEB_DID,
    Web,
    issue,
    make_list,
    make_list_entry,
    make_vc,
    make_web_document,
    make_web_issuer,
    require_refused,
    said,
    sign,
    trust_with,
    verdict,
)
from tests.verify import test_checklist_data_integrity, test_checklist_data_model
from verify.credential import MAX_STATUS_ENTRIES, read_unsecured
from verify.document import Document, parse_document
from verify.errors import MalformedDocument, MalformedStatusList, ResolutionFailed
from verify.multikey import multibase64url
from verify.resolver import Resolver, did_web_address
from verify.status import MAXIMUM_BITS, MINIMUM_BITS, StatusList, decode_bits
from verify.verdict import Answer
from vocab.terms import CREDENTIALS_V2

UNKNOWN = "status-unavailable"


def said_with_list(node: Document | None, entry: Document | None = None) -> str:
    """What is said of a credential whose status list is this one."""
    pages = {} if node is None else {LIST_URL: node}
    return said(issue(make_vc(credentialStatus=entry or make_list_entry())), trust_with(pages))


def test_26_an_index_is_a_base_10_string_and_the_id_of_an_entry_is_not_its_lists() -> None:
    for index, expected in (("0", 0), ("7", 7), ("131071", 131071)):
        (entry,) = read_unsecured(make_vc(credentialStatus=make_list_entry(statusListIndex=index))).status
        assert entry.index == expected
    good = sign(make_list(8))
    assert said_with_list(good, make_list_entry(id=f"{LIST_URL}#7")) == "verified"
    for bad in (7, 7.0, True, None, "", "-1", "+7", "07", "0x7", "7.0", " 7", "7\n", "๗", "seven", ["7"], "1" * 11):
        require_refused(make_vc(credentialStatus=make_list_entry(statusListIndex=bad)))
    require_refused(make_vc(credentialStatus=make_list_entry(id=LIST_URL)))


def test_27_a_list_has_its_types_and_purpose_and_is_base64url_of_gzip() -> None:
    assert said_with_list(sign(make_list())) == "verified"
    assert said_with_list(sign(make_list(7))) == "withdrawn"
    subject = make_list()["credentialSubject"]
    bits = bytes(MINIMUM_BITS // 8)
    wrong: dict[str, Document] = {
        "no type of a list": make_list(type=["VerifiableCredential"]),
        "another type of subject": make_list(
            context=[CREDENTIALS_V2, EXAMPLES_V2], credentialSubject=subject | {"type": "OtherList"}
        ),
        "another purpose": make_list(credentialSubject=subject | {"statusPurpose": "suspension"}),
        "another id": make_list(id=LIST_URL + "0"),
        "no multibase": make_list(credentialSubject=subject | {"encodedList": encode_bits(bits)[1:]}),
        "base58": make_list(credentialSubject=subject | {"encodedList": "z" + encode_bits(bits)[1:]}),
        "padding": make_list(credentialSubject=subject | {"encodedList": encode_bits(bits) + "="}),
        "not packed": make_list(credentialSubject=subject | {"encodedList": multibase64url(bits)}),
        "zlib": make_list(credentialSubject=subject | {"encodedList": multibase64url(zlib.compress(bits))}),
    }
    assert {name: said_with_list(sign(node)) for name, node in wrong.items()} == dict.fromkeys(wrong, UNKNOWN)
    several = make_list(7, credentialSubject=subject | {"statusPurpose": ["suspension", "revocation"]})
    assert said_with_list(sign(several)) == "verified"


def test_28_a_list_has_131072_entries_bit_0_is_left_most_and_beyond_its_end_is_an_error() -> None:
    assert MINIMUM_BITS == 131_072
    found = StatusList(
        url="u", issuer="did:web:i.example", purpose="p", as_of=NOW, bits=b"\x80" + bytes(MINIMUM_BITS // 8 - 1)
    )
    assert [found.is_set(index) for index in (0, 1, 7, 8)] == [True, False, False, False]
    with pytest.raises(MalformedStatusList):
        found.is_set(MINIMUM_BITS)
    for index, code in (("0", "withdrawn"), ("1", "verified"), ("131071", "verified"), ("131072", UNKNOWN)):
        assert said_with_list(sign(make_list(0)), make_list_entry(statusListIndex=index)) == code
    subject = make_list()["credentialSubject"]
    for size, code in ((MINIMUM_BITS // 8 - 1, UNKNOWN), (MINIMUM_BITS // 8, "verified"), (MINIMUM_BITS, "verified")):
        node = make_list(credentialSubject=subject | {"encodedList": encode_bits(bytes(size))})
        assert said_with_list(sign(node)) == code
    last = make_list(
        credentialSubject=subject | {"encodedList": encode_bits(with_bit(bytes(MINIMUM_BITS), 900_000, True))}
    )
    assert said_with_list(sign(last), make_list_entry(statusListIndex="900000")) == "withdrawn"


def test_29_the_list_is_proven_its_issuers_and_a_failure_to_fetch_it_is_could_not_check() -> None:
    good = sign(make_list())
    assert said_with_list(good) == "verified"
    subject = make_list()["credentialSubject"]
    cleared = sign(make_list(7)) | {"credentialSubject": subject}
    wrong: dict[str, Document | None] = {
        "fetch failed": None,
        "not JSON-LD": {"a": 1},
        "no proof": make_list(),
        "bit cleared afterwards": cleared,
        "another's key": sign(make_list(), OTHER),
        "another issuer": sign(make_list(issuer=OTHER.did), OTHER),
        "not yet": sign(make_list(validFrom="2026-11-21T03:00:01Z")),
        "no more": sign(make_list(validUntil="2026-11-21T02:59:59Z")),
        "expired proof": sign(make_list(), expires="2026-11-21T02:59:59Z"),
    }
    assert {name: said_with_list(node) for name, node in wrong.items()} == dict.fromkeys(wrong, UNKNOWN)
    found = verdict(issue(make_vc(credentialStatus=make_list_entry())), trust_with({}))
    assert (found.signature.answer, found.in_force.answer) == (Answer.YES, Answer.UNKNOWN)
    # An authority's licence the same, from the register's own lists.
    for lists, answer in ((make_lists(make_authority()), Answer.YES), ({}, Answer.UNKNOWN)):
        licence = verdict(parse_document(make_credential()), make_trust(lists=lists, live=True))
        assert (licence.genuine.answer, licence.in_force.answer) == (Answer.YES, answer)


def test_30_every_entry_is_asked_and_a_list_is_inflated_within_bounds() -> None:
    other_url = "https://issuer.example/status/2"
    suspension = make_list(7, url=other_url)
    suspension["credentialSubject"]["statusPurpose"] = "suspension"
    pages = {LIST_URL: sign(make_list(3)), other_url: sign(suspension)}

    def said_with(*entries: Document) -> str:
        return said(issue(make_vc(credentialStatus=list(entries))), trust_with(pages))

    revoked, kept = make_list_entry(statusListIndex="3"), make_list_entry(statusListIndex="4")
    suspended = make_list_entry(statusPurpose="suspension", statusListCredential=other_url)
    missing = make_list_entry(statusListCredential="https://issuer.example/status/3")
    assert said_with(kept) == "verified"
    assert said_with(kept, suspended) == said_with(suspended, kept) == "suspended"
    assert said_with(kept, revoked) == said_with(revoked, suspended) == "withdrawn"
    assert said_with(kept, missing) == UNKNOWN
    assert said_with(missing, revoked) == "withdrawn"  # what is known is not lost with what is not
    assert said_with(kept, make_list_entry(statusPurpose="message")) == "status-unknown"
    many = [make_list_entry(id=f"urn:x:{n}", statusListIndex="4") for n in range(MAX_STATUS_ENTRIES + 1)]
    assert said_with(*many[:-1]) == "verified"
    require_refused(make_vc(credentialStatus=many))
    assert len(decode_bits(encode_bits(bytes(MAXIMUM_BITS // 8)))) == MAXIMUM_BITS // 8
    for size in (MAXIMUM_BITS // 8 + 1, MAXIMUM_BITS):
        with pytest.raises(MalformedStatusList, match="larger"):
            decode_bits(encode_bits(bytes(size)))


MALFORMED_ENTRIES: tuple[dict[str, Any], ...] = (
    {"type": ...},
    {"type": 2},
    {"statusPurpose": ...},
    {"statusPurpose": None},
    {"statusPurpose": ""},
    {"statusPurpose": ["revocation"]},
    {"statusListIndex": ...},
    {"statusListIndex": 7},
    {"statusListCredential": ...},
    {"statusListCredential": "relative"},
    {"statusListCredential": [LIST_URL]},
    {"statusListCredential": "https ://x"},
    {"id": "https ://x"},
    {"statusSize": 0},
    {"statusSize": "1"},
    {"statusSize": True},
)


def test_31_a_malformed_entry_is_refused_at_issue() -> None:
    for changes in MALFORMED_ENTRIES:
        entry = make_list_entry(**changes)
        require_refused(make_vc(credentialStatus=entry), make_vc(credentialStatus=[make_list_entry(), entry]))
        draft = make_draft() | {"credentialStatus": [entry]}
        with pytest.raises(MalformedDocument):
            sign_licence(draft, make_authority().signer)
    assert said_with_list(sign(make_list(8))) == "verified"
    assert sign_licence(make_draft(status=make_entries()), make_authority().signer)


# did:web

P384 = "z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54"
ISSUED = sign(make_vc(issuer=WEB_DID), make_web_issuer())
METHOD = make_web_issuer().verification_method


def said_with_document(document: Document) -> str:
    return said(ISSUED, trust_with({WEB_ADDRESS: document}))


def test_32_document_method_and_controller_name_one_did() -> None:
    assert said_with_document(make_web_document()) == "verified"
    other = "did:web:other.example"
    for wrong in (
        make_web_document() | {"id": other},
        make_web_document() | {"id": WEB_DID.upper()},
        make_web_document(controller=other),
        make_web_document(controller=[WEB_DID]),
        make_web_document(controller=...),
    ):
        assert said_with_document(wrong) == "resolution-failed"
    moved = make_web_document(id=METHOD.replace(WEB_DID, other))
    assert said_with_document(moved | {"assertionMethod": [METHOD.replace(WEB_DID, other)]}) == "resolution-failed"
    # A method under its fragment alone is that of the document.
    fragment = METHOD.removeprefix(WEB_DID)
    assert said_with_document(make_web_document(id=fragment) | {"assertionMethod": [fragment]}) == "verified"


def test_33_the_method_is_listed_for_the_purpose() -> None:
    for document, code in (
        (make_web_document() | {"authentication": []}, "verified"),
        (make_web_document() | {"assertionMethod": []}, "key-not-usable"),
        (make_web_document() | {"assertionMethod": ["did:web:issuer.example#another"]}, "key-not-usable"),
        (make_web_document() | {"assertionMethod": [], "authentication": []}, "issuer-mismatch"),
        (
            make_web_document()
            | {"assertionMethod": make_web_document()["verificationMethod"], "verificationMethod": []},
            "verified",
        ),
        (make_web_document() | {"verificationMethod": []}, "issuer-mismatch"),
    ):
        assert said_with_document(document) == code
    document = make_web_document() | {"assertionMethod": [], "keyAgreement": [METHOD], "capabilityInvocation": [METHOD]}
    assert said_with_document(document | {"authentication": []}) == "issuer-mismatch"


def test_34_a_did_web_is_no_ip_address_and_localhost_only_in_tests() -> None:
    for host in (
        "127.0.0.1",
        "8.8.8.8",
        "0x7f.1",
        "2130706433",
        "127.1",
        "localhost",
        "localhost%3A8000",
        "intranet",
    ):
        with pytest.raises(ResolutionFailed):
            did_web_address(f"did:web:{host}")
        document = sign(make_vc(issuer=f"did:web:{host}"), make_web_issuer(f"did:web:{host}"))
        assert said(document, trust_with({})) == "resolution-failed"
    with pytest.raises(MalformedDocument):
        did_web_address("did:web:%5B%3A%3A1%5D")
    assert (
        did_web_address("did:web:localhost%3A8000", allow_loopback=True) == "http://localhost:8000/.well-known/did.json"
    )


def test_35_revoked_and_expires_are_honoured_and_the_type_is_multikey() -> None:
    # The proof is of 2026-01-05T02:00:00Z, now is 2026-11-21T03:00:00Z.
    for method, code in (
        ({"expires": "2026-01-05T02:00:00Z"}, "verified"),
        ({"expires": "2026-01-05T01:59:59Z"}, "key-not-usable"),
        ({"expires": "2030-01-01T00:00:00Z"}, "verified"),
        ({"revoked": "2026-11-20T00:00:00Z"}, "key-not-usable"),
        ({"revoked": "2025-01-01T00:00:00Z"}, "key-not-usable"),
        ({"expires": "soon"}, "resolution-failed"),
        ({"revoked": None}, "resolution-failed"),
        # A method of another type is there, and we cannot say what it signed; one without a type is none.
        ({"type": "JsonWebKey"}, "unknown-method"),
        ({"type": "multikey"}, "unknown-method"),
        ({"type": "Ed25519VerificationKey2020"}, "unknown-method"),
        ({"type": ["Multikey"]}, "issuer-mismatch"),
        ({"type": ...}, "issuer-mismatch"),
        ({"publicKeyMultibase": P384}, "unknown-method"),
        ({"publicKeyMultibase": ...}, "resolution-failed"),
    ):
        changes: dict[str, Any] = dict(method)
        assert said_with_document(make_web_document(**changes)) == code, method
    # Without a date of its own, a proof counts as made now.
    undated = sign(make_vc(issuer=WEB_DID), make_web_issuer(), created=...)
    past = trust_with({WEB_ADDRESS: make_web_document(expires=(NOW - timedelta(days=1)).isoformat())})
    assert said(undated, past) == "key-not-usable"
    assert said(ISSUED, past) == "verified"
    with pytest.raises(ResolutionFailed):
        replace(past, resolver=Resolver(Web(pages={WEB_ADDRESS: {}}))).stranger(WEB_DID, NOW)


def test_every_point_has_its_test() -> None:
    modules = (test_checklist_data_model, test_checklist_data_integrity, sys.modules[__name__])
    names = [name for module in modules for name in vars(module) if name.startswith("test_")]
    assert sorted(name[5:7] for name in names if name[5:7].isdigit()) == [f"{point:02}" for point in range(1, 36)]
