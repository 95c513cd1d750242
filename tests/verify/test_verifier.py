"""The numbered steps: only the right key, of the right authority, for its own licences, in time and not withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from issuers.secure import serialize
from tests.builders import (
    BASE,
    FOOD,
    HAZARD,
    LAO,
    NOW,
    OTHER_LAO,
    SIGNED_AT,
    Authority,
    forge,
    make_authority,
    make_credential,
    make_did_document,
    make_draft,
    make_issuer,
    make_license,
    make_lists,
    make_signer,
    make_trust,
    sign,
)
from verify.credential import parse_credential
from verify.document import Document, parse_document
from verify.errors import IssuerMismatch, KeyUnknown, VerificationError
from verify.trust import NoTrust, TrustData
from verify.verdict import Answer, ExitCode, Verdict
from verify.verifier import examine, examine_document, verify_credential
from vocab.graph import date_time
from vocab.license import Term
from vocab.resource import authority_iri, license_type_iri

ONE, OTHER = make_authority(), make_authority(OTHER_LAO)
BOTH = make_trust(
    make_issuer(ONE, [FOOD]), make_issuer(OTHER, [FOOD, HAZARD]), lists=make_lists(ONE) | make_lists(OTHER)
)
FOREVER = Term(valid_from=date(2026, 1, 5), no_expiry=True)


def genuine(raw: bytes, trust: TrustData = BOTH, at: datetime = NOW) -> tuple[Answer, str]:
    verdict = examine(raw, trust, at)
    return verdict.genuine.answer, verdict.genuine.code


def in_force(raw: bytes, trust: TrustData | None = None, at: datetime = NOW) -> tuple[Answer, str]:
    """How the credential stands, with lists made within the hour before `at`."""
    verdict = examine(raw, trust or BOTH, at)
    assert verdict.genuine.answer is Answer.YES
    return verdict.in_force.answer, verdict.in_force.code


YES = (Answer.YES, "signed-by-authority")


def test_a_good_credential_is_genuine_and_in_force() -> None:
    verdict = examine(make_credential(), BOTH, NOW)
    assert (verdict.genuine.answer, verdict.in_force.answer) == (Answer.YES, Answer.YES)
    assert verdict.exit_code is ExitCode.GENUINE_AND_IN_FORCE
    assert verdict.as_of == NOW - timedelta(hours=1)
    assert verdict.checked_at == NOW
    assert [part.code for part in verdict.not_checked] == ["this-place", "since-then"]
    assert verdict.credential is not None
    assert verify_credential(verdict.credential, BOTH, NOW).credential == verdict.credential


def test_the_register_itself_leaves_nothing_since_then_open() -> None:
    verdict = examine(make_credential(), replace(BOTH, live=True), NOW)
    assert [part.code for part in verdict.not_checked] == ["this-place"]


# The table: which key x which authority x which purpose x which type


def attempt(key: Authority, named: Authority, issuer: Authority, purpose: str, type_code: str) -> bytes:
    """A credential of `issuer` for a type, signed with `key` under the name of `named`'s key."""
    draft = make_draft(make_license(authority=issuer.code, type=type_code), issuer, type_code=type_code)
    return forge(draft, key.signer, verificationMethod=named.signer.verification_method, proofPurpose=purpose)


@pytest.mark.parametrize("type_code", [FOOD, HAZARD])
@pytest.mark.parametrize("purpose", ["assertionMethod", "authentication"])
def test_only_the_right_key_authority_purpose_and_type_pass(purpose: str, type_code: str) -> None:
    passed = [
        (key.code, named.code, issuer.code)
        for key, named, issuer in product([ONE, OTHER], repeat=3)
        if genuine(attempt(key, named, issuer, purpose, type_code)) == YES
    ]
    if purpose != "assertionMethod":
        assert passed == []
    elif type_code == HAZARD:
        assert passed == [(OTHER_LAO,) * 3]
    else:
        assert passed == [(LAO,) * 3, (OTHER_LAO,) * 3]


def changed(**subject: Any) -> Document:
    draft = make_draft()
    return draft | {"credentialSubject": draft["credentialSubject"] | subject}


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (changed(id=str(make_license(authority=OTHER_LAO).iri)), "not-mandated"),
        (changed(id=str(make_license(type=HAZARD).iri)), "not-mandated"),
        (changed(id=str(make_license("13/2567").iri)), "malformed-credential"),
        (changed(licenseNumber="13/2567"), "malformed-credential"),
        (changed(licenseNumber="12/2567 "), "malformed-credential"),
        (changed(id=f"{BASE}/id/lic/{LAO}/{FOOD}/12%2F2567"), "malformed-credential"),
        (changed(id="https://evil.example/id/lic/1"), "malformed-credential"),
        (changed(id=BASE), "malformed-credential"),
        (changed(licenseType=license_type_iri(BASE, HAZARD)), "not-mandated"),
        (changed(licenseType=license_type_iri("https://evil.example", FOOD)), "not-mandated"),
        (changed(issuedBy=authority_iri(BASE, OTHER_LAO)), "not-mandated"),
        (make_draft() | {"issuer": "did:web:evil.example"}, "unknown-issuer"),
        (make_draft() | {"issuer": OTHER.did}, "issuer-mismatch"),
    ],
)
def test_what_the_authority_may_not_say_is_not_genuine_though_it_signed_it(draft: Document, code: str) -> None:
    assert genuine(forge(draft, ONE.signer)) == (Answer.NO, code)


def test_a_key_that_the_issuer_does_not_list_is_wrong_where_it_should_be_known() -> None:
    stranger = make_signer("stranger", ONE.did)
    # The proof is older than the trust data, which would therefore have the key.
    assert genuine(forge(make_draft(), stranger)) == (Answer.NO, "issuer-mismatch")
    raw = forge(make_draft(), stranger, created=date_time(NOW + timedelta(hours=1)))
    assert genuine(raw) == (Answer.UNKNOWN, "key-unknown")
    assert genuine(raw, replace(BOTH, live=True)) == (Answer.NO, "issuer-mismatch")
    with pytest.raises(KeyUnknown):
        verify_credential(parse_credential(raw), BOTH, NOW)
    with pytest.raises(IssuerMismatch):
        verify_credential(parse_credential(raw), replace(BOTH, live=True), NOW)


def test_a_did_that_begins_like_the_issuers_is_another() -> None:
    signer = make_signer(LAO, ONE.did + "0")
    assert genuine(forge(make_draft(), signer)) == (Answer.NO, "issuer-mismatch")


def trust_with_key(**key: datetime) -> TrustData:
    return make_trust(make_issuer(ONE, document=make_did_document(ONE, **key)))


def test_a_revoked_key_proves_nothing() -> None:
    assert genuine(make_credential(), trust_with_key(revoked=NOW)) == (Answer.NO, "key-not-usable")


def test_a_retired_key_proves_what_it_signed_before() -> None:
    assert genuine(make_credential(), trust_with_key(expires=SIGNED_AT)) == YES
    assert genuine(make_credential(), trust_with_key(expires=SIGNED_AT - timedelta(seconds=1))) == (
        Answer.NO,
        "key-not-usable",
    )


def test_an_expired_proof_proves_nothing() -> None:
    raw = forge(make_draft(), ONE.signer, expires="2026-11-21T10:00:00+07:00")
    assert genuine(raw) == YES
    assert genuine(raw, at=NOW + timedelta(seconds=1)) == (Answer.NO, "proof-expired")


def test_every_proof_of_a_set_must_hold() -> None:
    document = parse_document(make_credential())
    good = document["proof"]
    theirs = parse_document(forge(make_draft(), OTHER.signer))["proof"]
    bad = good | {"proofValue": theirs["proofValue"]}
    assert genuine(serialize(document | {"proof": [good]})) == YES
    for proofs in ([good, bad], [bad, good], [bad]):
        assert genuine(serialize(document | {"proof": proofs})) == (Answer.NO, "invalid-signature")
    assert genuine(serialize(document | {"proof": [good, theirs]})) == (Answer.NO, "issuer-mismatch")
    nothing: object
    for nothing in ([], None, "", {}, [[]], [good] * 5):
        assert genuine(serialize(document | {"proof": nothing}))[0] is Answer.NO


# What is not known is not "fake"


def test_without_trust_nothing_reads_as_fake() -> None:
    verdict = examine(make_credential(), NoTrust(NOW), NOW)
    assert (verdict.genuine.answer, verdict.genuine.code) == (Answer.UNKNOWN, "no-trust-data")
    assert verdict.in_force.answer is Answer.UNKNOWN
    assert verdict.exit_code is ExitCode.COULD_NOT_CHECK


def test_an_issuer_of_no_register_is_not_genuine() -> None:
    verdict = examine(forge(make_draft(), ONE.signer), make_trust(make_issuer(OTHER)), NOW)
    assert (verdict.genuine.answer, verdict.genuine.code) == (Answer.NO, "unknown-issuer")
    assert verdict.exit_code is ExitCode.NOT


def test_a_missing_list_is_could_not_check() -> None:
    verdict = examine(make_credential(), make_trust(lists={}), NOW)
    assert verdict.genuine.answer is Answer.YES
    assert (verdict.in_force.answer, verdict.in_force.code) == (Answer.UNKNOWN, "status-unavailable")
    assert verdict.exit_code is ExitCode.COULD_NOT_CHECK


# Dates and status


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 1, 4, 16, 59, 59, tzinfo=UTC), (Answer.NO, "pending")),
        (datetime(2026, 1, 4, 17, 0, 0, tzinfo=UTC), (Answer.YES, "active")),
        (datetime(2027, 1, 4, 16, 59, 59, tzinfo=UTC), (Answer.YES, "active")),
        (datetime(2027, 1, 4, 17, 0, 0, tzinfo=UTC), (Answer.NO, "expired")),
    ],
)
def test_a_licence_is_in_force_from_its_first_to_its_last_second_in_thailand(
    at: datetime, expected: tuple[Answer, str]
) -> None:
    raw = sign(make_draft(status=()), ONE.signer)
    assert in_force(raw, at=at) == expected


@pytest.mark.parametrize(
    ("revoked", "suspended", "expected"),
    [
        ([], [], (Answer.YES, "active")),
        ([7], [], (Answer.NO, "withdrawn")),
        ([], [7], (Answer.NO, "suspended")),
        ([7], [7], (Answer.NO, "withdrawn")),
        ([6, 8], [6, 8], (Answer.YES, "active")),
    ],
)
def test_a_set_bit_takes_it_out_of_force(
    revoked: Sequence[int], suspended: Sequence[int], expected: tuple[Answer, str]
) -> None:
    trust = make_trust(lists=make_lists(ONE, revoked=revoked, suspended=suspended))
    assert in_force(make_credential(), trust) == expected


def test_expiry_is_told_even_without_lists() -> None:
    raw = make_credential(make_license(term=Term(valid_from=date(2020, 1, 1), expires_on=date(2020, 12, 31))))
    assert in_force(raw, make_trust(lists={})) == (Answer.NO, "expired")


def test_an_expiry_that_is_not_stated_is_not_guessed() -> None:
    raw = make_credential(make_license(term=Term(valid_from=date(2026, 1, 5))))
    assert in_force(raw) == (Answer.UNKNOWN, "expiry-not-stated")
    assert in_force(make_credential(make_license(term=FOREVER))) == (Answer.YES, "active")
    revoked = make_trust(lists=make_lists(ONE, revoked=[7]))
    assert in_force(raw, revoked) == (Answer.NO, "withdrawn")


def test_the_verdict_as_json_has_only_text() -> None:
    found = examine(make_credential(), BOTH, NOW).to_json()
    assert found["genuine"]["answer"] == "yes"
    assert found["asOf"] == "2026-11-21T02:00:00Z"
    assert found["checkedAt"] == "2026-11-21T03:00:00Z"
    assert serialize(found)


def test_a_parsed_document_has_the_same_verdict() -> None:
    for raw in (make_credential(), forge(make_draft() | {"issuer": OTHER.did}, ONE.signer)):
        assert examine_document(parse_document(raw), BOTH, NOW) == examine(raw, BOTH, NOW)


# Attacks by an issuer that is trusted for something, or with JSON-LD's other spellings


def relabelled(types: object) -> Document:
    draft = make_draft(make_license(authority=LAO, type=HAZARD), ONE, type_code=HAZARD)
    return draft | {"type": types}


@pytest.mark.parametrize(
    "types",
    [
        "VerifiableCredential",
        ["VerifiableCredential"],
        ["VerifiableCredential", "https://id.example.go.th/def/lic#LicenseCredential"],
        ["LicenseCredential", "VerifiableCredential", "https://id.example.go.th/def/lic#LicenseCredential"],
    ],
)
def test_a_licence_cannot_hide_from_the_question_of_the_mandate(types: object) -> None:
    # ONE may not grant HAZARD, whatever it calls the credential.
    assert genuine(forge(relabelled(types), ONE.signer))[0] is Answer.NO


def test_a_licence_under_its_full_iris_alone_is_refused() -> None:
    draft = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"{BASE}/vc/1",
        "type": ["VerifiableCredential"],
        "issuer": ONE.did,
        "credentialSubject": {
            "id": str(make_license(type=HAZARD).iri),
            "type": "https://schema.org/GovernmentPermit",
            "http://purl.org/dc/terms/identifier": "12/2567",
        },
    }
    assert genuine(forge(draft, ONE.signer)) == (Answer.NO, "malformed-credential")


def rewritten(change: str) -> Document:
    """The genuine credential in another spelling: JSON-LD, and so the signature, sees no difference."""
    document = parse_document(make_credential())
    subject = document["credentialSubject"]
    xsd = "http://www.w3.org/2001/XMLSchema#"
    match change:
        case "status under its IRI":
            document["https://www.w3.org/2018/credentials#credentialStatus"] = document.pop("credentialStatus")
        case "expiry under its IRI":
            value = {"@value": document.pop("validUntil"), "@type": xsd + "dateTime"}
            document["https://www.w3.org/2018/credentials#validUntil"] = value
        case "type under its keyword":
            document["@type"] = document.pop("type")
        case "one type under its keyword":
            document["type"] = "VerifiableCredential"
            document["@type"] = "LicenseCredential"
        case "one type under its IRI":
            document["type"] = ["VerifiableCredential", "https://id.example.go.th/def/lic#LicenseCredential"]
        case "id under its keyword":
            document["@id"] = document.pop("id")
        case "name under another term":
            subject["premises"][0]["name"] = [
                {"@value": text, "@language": lang} for lang, text in subject["premises"][0].pop("placeName").items()
            ]
        case "inner type under its IRI":
            subject["premises"][0]["address"]["type"] = ["Address", "https://schema.org/PostalAddress"]
        case "empty context inside":
            subject["@context"] = {}
        case "same context inside":
            subject["@context"] = document["@context"]
        case "renaming context inside":
            subject["@context"] = {"shown": {"@id": "https://schema.org/validUntil", "@type": xsd + "date"}}
            subject["shown"] = subject.pop("expiresOn")
        case "context in the proof":
            document["proof"]["@context"] = document["@context"]
        case "null":
            document["description"] = None
        case "null in the subject":
            subject["noExpiry"] = None
        case "empty list":
            document["evidence"] = []
        case "twice in a list":
            subject["condition"].append(subject["condition"][0])
        case "index":
            subject["@index"] = "x"
        case "nested":
            subject["@nest"] = {}
        case "included":
            document["@included"] = []
        case "number for text":
            subject["faceItem"][0]["value"] = 250
        case "value object for text":
            subject["issuedOn"] = {"@value": subject["issuedOn"], "@type": xsd + "date"}
        case "list for one":
            subject["issuedOn"] = [subject["issuedOn"]]
        case "one for a list":
            subject["premises"] = subject["premises"][0]
        case "object for a reference":
            subject["renews"] = {"id": subject["renews"]}
        case "upper-case language":
            subject["activity"]["EN"] = subject["activity"].pop("en")
        case "list in a language":
            subject["activity"]["en"] = [subject["activity"]["en"]]
        case other:
            raise AssertionError(other)
    return document


@pytest.mark.parametrize(
    "change",
    [
        *["status under its IRI", "expiry under its IRI", "type under its keyword", "one type under its keyword"],
        *["one type under its IRI", "id under its keyword", "name under another term", "inner type under its IRI"],
        *["empty context inside", "same context inside", "renaming context inside", "context in the proof"],
        *["null", "null in the subject", "empty list", "twice in a list", "index", "nested", "included"],
        *["number for text", "value object for text", "list for one", "one for a list", "object for a reference"],
        *["upper-case language", "list in a language"],
    ],
)
def test_another_spelling_of_what_was_signed_is_refused(change: str) -> None:
    assert genuine(serialize(rewritten(change))) == (Answer.NO, "malformed-credential")


def test_the_order_of_members_and_lists_changes_nothing_that_is_read() -> None:
    document = parse_document(make_credential())
    turned = dict(reversed(document.items()))
    turned["proof"] = dict(reversed(document["proof"].items()))
    turned["type"] = document["type"][::-1]
    turned["credentialStatus"] = document["credentialStatus"][::-1]
    turned["issuer"] = dict(reversed(document["issuer"].items()))

    def told(verdict: Verdict) -> object:
        assert verdict.credential is not None
        read = verdict.credential
        return verdict.genuine, verdict.in_force, read.issuer, read.subject, read.types, frozenset(read.status)

    assert told(examine(serialize(turned), BOTH, NOW)) == told(examine(make_credential(), BOTH, NOW))


def test_an_issuer_written_as_an_object_is_that_issuer() -> None:
    assert genuine(forge(make_draft() | {"issuer": {"id": ONE.did}}, ONE.signer)) == YES
    assert genuine(forge(make_draft() | {"issuer": ONE.did}, ONE.signer)) == YES
    for issuer in ([ONE.did], {"id": [ONE.did]}, {"id": ONE.did, "type": "x"}, {}, None, 1, ""):
        with_other = parse_document(make_credential()) | {"issuer": issuer}
        assert genuine(serialize(with_other))[0] is Answer.NO


def test_verify_credential_returns_what_is_proven_and_raises_otherwise() -> None:
    credential = parse_credential(make_credential())
    assert verify_credential(credential, BOTH, NOW).credential is credential
    with pytest.raises(VerificationError):
        verify_credential(parse_credential(forge(make_draft(), OTHER.signer)), BOTH, NOW)
