"""The checklist of the design (credentials), points 1 to 12: the data models, at issue and at verify."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.builders import NOW
from tests.strangers import (
    ABSENT,
    ASKED,
    EXAMPLES_V1,
    EXAMPLES_V2,
    OTHER,
    STRANGER,
    issue,
    make_jwt,
    make_vc,
    make_vc_1_1,
    make_vp,
    present,
    require_accepted,
    require_refused,
    said,
    said_of,
    sign,
)
from verify.document import Document
from verify.presentation import Asked
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2

EX = [CREDENTIALS_V2, EXAMPLES_V2]
BAD_URL = "https ://not-a-url"


def mapped(term: str) -> Document:
    return {term: f"https://example.org/#{term}"}


def test_01_context_is_an_array_that_begins_with_credentials_v2() -> None:
    require_accepted(make_vc(), make_vc(context=EX), make_vc(context=[CREDENTIALS_V2, mapped("A")]), make_vc_1_1())
    wrong: tuple[Any, ...] = (ABSENT, CREDENTIALS_V2, [], [EXAMPLES_V2], EX[::-1], {}, None)
    second: tuple[Any, ...] = (BAD_URL, 1, None, "v2")
    require_refused(
        *(make_vc(context=context) for context in wrong),
        *(make_vc(context=[CREDENTIALS_V2, context]) for context in second),
        make_vc_1_1(context=[EXAMPLES_V1, CREDENTIALS_V1, DATA_INTEGRITY_V2]),
        make_vc_1_1(context=CREDENTIALS_V1),
    )


def test_02_type_includes_verifiable_credential_and_every_type_is_absolute_or_mapped() -> None:
    types: Any
    for types in ("VerifiableCredential", ["https://example.org/#A", "VerifiableCredential"]):
        require_accepted(make_vc(type=types), make_vc_1_1(type=types))
    require_accepted(make_vc(context=[CREDENTIALS_V2, mapped("A")], type=["VerifiableCredential", "A"]))
    for types in (ABSENT, None, [], "A", ["https://example.org/#A"], ["VerifiableCredential", 1]):
        require_refused(make_vc(context=EX, type=types), make_vc_1_1(type=types))
    require_refused(make_vc(type=["VerifiableCredential", "Unmapped"]), make_vc(type=["VerifiableCredential"] * 2))
    # A type that is added afterwards is not what was signed.
    signed = issue(make_vc(context=EX))
    assert said(signed | {"type": ["VerifiableCredential", "Extra"]}) == "invalid-signature"


def test_03_every_id_is_one_absolute_url() -> None:
    for name in ("urn:uuid:7c1f6a0e-1b7d-4f4b-9f64-f0c4b2a2f7d1", "https://example.org/1", "did:example:1", ABSENT):
        require_accepted(make_vc(id=name), make_vc_1_1(id=name))
    bad: Any
    for bad in (None, "", "relative", "/path", BAD_URL, ["did:example:1"], ["a:1", "a:2"], 1, {}, "_:blank"):
        require_refused(
            make_vc(id=bad),
            make_vc_1_1(id=bad),
            make_vc(credentialSubject={"id": bad, "name": "x"}),
            make_vc(context=EX, termsOfUse={"type": "X", "id": bad}),
            make_vc(context=EX, credentialSubject={"degree": {"id": bad, "name": "x"}}),
        )


def test_04_issuer_is_a_url_or_an_object_with_one() -> None:
    require_accepted(make_vc(issuer={"id": STRANGER.did}), make_vc(issuer={"id": STRANGER.did, "name": "A name"}))
    require_accepted(make_vc_1_1(issuer={"id": STRANGER.did}))
    for issuer in (
        ABSENT,
        None,
        "",
        "somebody",
        [],
        [STRANGER.did],
        {},
        {"id": None},
        {"name": "x"},
        {"id": [STRANGER.did]},
    ):
        require_refused(make_vc(issuer=issuer), make_vc_1_1(issuer=issuer))


def test_05_subject_is_there_is_not_empty_and_may_be_several() -> None:
    for subject in ({"id": "did:example:a"}, {"name": "Alice"}, [{"name": "Alice"}, {"id": "did:example:b"}]):
        require_accepted(make_vc(context=EX, credentialSubject=subject))
    require_accepted(make_vc_1_1(credentialSubject=[{"id": "did:example:a"}, {"alumniOf": "x"}]))
    bad: Any
    for bad in (ABSENT, None, {}, [], "x", 1, [{}], [{"id": "did:example:a"}, {}], [["x"]]):
        require_refused(make_vc(credentialSubject=bad), make_vc_1_1(credentialSubject=bad))


def test_06_validity_is_compared_as_instants_and_inclusive() -> None:
    assert NOW.isoformat() == "2026-11-21T03:00:00+00:00"
    for begins, ends, expected in (
        ("2026-11-21T03:00:00Z", "2026-11-21T03:00:00Z", "verified"),
        ("2026-11-21T10:00:00+07:00", "2026-11-21T10:00:00+07:00", "verified"),
        ("2026-11-21T03:00:00.001Z", ABSENT, "pending"),
        ("2026-11-21T03:30:00+00:30", "2026-11-20T22:00:00-05:00", "verified"),
        # As text this is later than now; as an instant it is an hour earlier.
        ("2026-01-01T00:00:00Z", "2026-11-21T09:00:00+07:00", "expired"),
        (ABSENT, ABSENT, "verified"),
    ):
        assert said(issue(make_vc(validFrom=begins, validUntil=ends))) == expected
    assert said(issue(make_vc_1_1(expirationDate="2026-11-21T03:00:00Z"))) == "verified"
    assert said(issue(make_vc_1_1(expirationDate="2026-11-21T02:59:59Z"))) == "expired"
    bad: Any
    for bad in (
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "2026-01-01 00:00:00Z",
        "now",
        1,
        None,
        [],
    ):
        require_refused(make_vc(validFrom=bad), make_vc(validUntil=bad), make_vc_1_1(expirationDate=bad))
    require_refused(make_vc_1_1(issuanceDate=ABSENT), make_vc(validUntil="2025-01-01T00:00:00Z"))


def test_07_name_and_description_are_texts_or_texts_with_their_language() -> None:
    thai = {"@value": "ใบอนุญาต", "@language": "th"}
    for good in ("A name", thai, thai | {"@direction": "ltr"}, [thai, {"@value": "Licence", "@language": "en"}]):
        require_accepted(
            make_vc(name=good), make_vc(description=good), make_vc(issuer={"id": STRANGER.did, "name": good})
        )
    bad: Any
    for bad in (1, None, [], {}, ["text"], thai | {"url": "did:example:1"}, {"@language": "th"}, {"th": "ใบอนุญาต"}):
        require_refused(make_vc(name=bad), make_vc(description=bad), make_vc(issuer={"id": STRANGER.did, "name": bad}))


def test_08_status_terms_evidence_refresh_and_schema_each_need_a_type() -> None:
    for member in ("termsOfUse", "evidence", "refreshService", "credentialSchema"):
        typed = {"id": "https://example.org/1", "type": "https://example.org/#T"}
        require_accepted(make_vc(**{member: typed}), make_vc(**{member: [typed, typed | {"id": "urn:x:2"}]}))
        bad: Any
        for bad in ({"id": "urn:x:1"}, {"id": "urn:x:1", "type": 2}, {"id": "urn:x:1", "type": []}, "x", None, 1):
            require_refused(make_vc(**{member: bad}), make_vc(**{member: [typed, bad]}))
    status = {"id": "did:example:status", "type": "https://example.org/#Status"}
    assert said(issue(make_vc(credentialStatus=status))) == "status-unknown"
    require_refused(make_vc(credentialStatus={"id": "did:example:status"}), make_vc(credentialStatus=None))
    require_refused(make_vc_1_1(credentialStatus={"id": "did:example:status"}))


def test_09_a_related_resource_has_a_url_of_its_own_and_a_digest_that_matches() -> None:
    digest = {"digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"}
    sri = {"digestSRI": "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"}
    for found in (digest, sri, digest | sri):
        require_accepted(make_vc(relatedResource={"id": CREDENTIALS_V2, **found}))
    for bad in (
        CREDENTIALS_V2,
        {"id": CREDENTIALS_V2},
        {**sri},
        {"id": "relative", **sri},
        {"id": CREDENTIALS_V2, "digestSRI": "sha384-" + "A" * 64},
        {"id": CREDENTIALS_V2, "digestMultibase": "u" + "A" * 43},
        {"id": CREDENTIALS_V2, **sri, "digestMultibase": "u" + "A" * 43},
        {"id": CREDENTIALS_V2, "digestSRI": ""},
    ):
        require_refused(make_vc(relatedResource=bad))
    require_refused(make_vc(relatedResource=[{"id": CREDENTIALS_V2, **sri}, {"id": CREDENTIALS_V2, **digest}]))


def test_10_protected_terms_cannot_be_redefined() -> None:
    for term in ("VerifiableCredential", "id", "type", "BitstringStatusListEntry", "DataIntegrityProof"):
        require_refused(
            make_vc(context=[CREDENTIALS_V2, mapped(term)]), make_vc(context=[CREDENTIALS_V2, {term: None}])
        )
    require_refused(
        make_vc(context=[CREDENTIALS_V2, {"@protected": True, "A": "urn:x:1"}, {"A": "urn:x:2"}]),
        make_vc(credentialSubject={"@context": mapped("VerifiableCredential"), "name": "x"}),
        make_vc_1_1(context=[CREDENTIALS_V1, DATA_INTEGRITY_V2, mapped("VerifiableCredential")]),
    )
    # The terms of a credential hold within it, whatever stands at the top, and a context that says otherwise has no say.
    secured = issue(make_vc(context=[CREDENTIALS_V2, mapped("validUntil")], validUntil="2026-02-01T00:00:00Z"))
    assert said(secured) == "expired"


def test_11_credentials_in_a_presentation_are_verified_and_challenge_and_domain_are_those_asked_for() -> None:
    good, forged = issue(make_vc()), sign(make_vc(), OTHER)
    assert said_of(present(make_vp(good))) == "verified"
    assert said_of(present(make_vp(good, forged))) == "issuer-mismatch"
    altered = deepcopy(good) | {"name": "x"}
    assert said_of(present(make_vp(altered))) == "invalid-signature"
    for asked in (Asked(challenge="x", domain=ASKED.domain), Asked(challenge=ASKED.challenge, domain="x")):
        assert said_of(present(make_vp(good)), asked) == "malformed-proof"
    assert said_of(present(make_vp(issue(make_vc_1_1()), context=[CREDENTIALS_V1, DATA_INTEGRITY_V2]))) == "verified"


@pytest.mark.parametrize("make", [make_vc, make_vc_1_1], ids=["2.0", "1.1"])
def test_12_the_window_is_enforced_and_the_issuer_controls_the_verification_method(
    make: Callable[..., Document],
) -> None:
    begins, ends = ("validFrom", "validUntil") if make is make_vc else ("issuanceDate", "expirationDate")
    assert said(issue(make())) == "verified"
    assert said(issue(make(**{ends: "2026-11-21T02:59:59Z"}))) == "expired"
    assert said(issue(make(**{begins: "2026-11-21T03:00:01Z"}))) == "pending"
    # OTHER's key made it, and it says STRANGER: under OTHER's own name, and under the name of STRANGER's key.
    assert said(sign(make(), OTHER)) == "issuer-mismatch"
    assert said(sign(make(), OTHER, verificationMethod=STRANGER.verification_method)) == "invalid-signature"
    fragment = OTHER.verification_method.partition("#")[2]
    assert said(sign(make(), OTHER, verificationMethod=f"{STRANGER.did}#{fragment}")) == "issuer-mismatch"
    if make is make_vc:
        assert said(make_jwt(make_vc(), OTHER)) == "issuer-mismatch"
