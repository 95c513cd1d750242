"""Presentations: made by their holder, for whoever asked, now; and each credential in them is verified."""

import json
from copy import deepcopy
from typing import Any

import pytest

from tests.builders import NOW, make_authority, make_credential, make_license, make_trust
from tests.strangers import (
    ABSENT,
    ASKED,
    EXAMPLES_V2,
    LIST_URL,
    OTHER,
    P256,
    STRANGER,
    TRUST,
    WEB_ADDRESS,
    WEB_DID,
    issue,
    make_jwt,
    make_list,
    make_list_entry,
    make_p256_stranger,
    make_proof,
    make_stranger,
    make_vc,
    make_vc_1_1,
    make_vp,
    make_web_document,
    make_web_issuer,
    present,
    presented,
    said_of,
    sign,
    trust_with,
)
from verify.document import Document, parse_document
from verify.effort import MAX_CREDENTIALS
from verify.jose import ENVELOPED_CREDENTIAL, ENVELOPED_PRESENTATION, enveloped
from verify.presentation import Asked
from verify.trust import NoTrust
from verify.verdict import Answer
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2

VC = issue(make_vc())
CHALLENGE: dict[str, Any] = {"challenge": ASKED.challenge, "domain": ASKED.domain}
AUTHENTICATION = {"proofPurpose": "authentication", **CHALLENGE}


def presented_with(unsecured: Document, **proof: Any) -> str:
    """What is said of a presentation with any proof."""
    return said_of({**unsecured, "proof": make_proof(unsecured, **{**AUTHENTICATION, **proof})})


def test_a_presentation_by_its_holder_for_whoever_asked_is_verified() -> None:
    found = presented(present(make_vp(VC)))
    assert found.verified
    assert (found.signature.code, found.signature.detail) == ("signed-by-holder", STRANGER.did)
    assert [each.signature.code for each in found.credentials] == ["signed-by-issuer"]
    assert found.not_checked == ()


ACCEPTED: dict[str, Document] = {
    "no credentials": make_vp(),
    "no member for credentials": make_vp(verifiableCredential=ABSENT),
    "one credential, no list": make_vp(verifiableCredential=VC),
    "two credentials": make_vp(VC, issue(make_vc(issuer=OTHER.did, id="urn:uuid:2"), OTHER)),
    "no holder": make_vp(VC, holder=ABSENT),
    "holder as an object": make_vp(VC, holder={"id": STRANGER.did}),
    "an id": make_vp(VC, id="urn:uuid:1"),
    "a type of an inline context": make_vp(
        VC,
        context=[CREDENTIALS_V2, {"ExamplePresentation": "https://example.org/#P"}],
        type=["VerifiablePresentation", "ExamplePresentation"],
    ),
    "a type of the examples": make_vp(
        VC, context=[CREDENTIALS_V2, EXAMPLES_V2], type=["ExamplePresentation", "VerifiablePresentation"]
    ),
    "a credential on P-256": make_vp(issue(make_vc(issuer=P256.did), P256)),
    "a credential in a JWS": make_vp(enveloped(make_jwt(make_vc()))),
    "a credential of 1.1": make_vp(issue(make_vc_1_1()), context=[CREDENTIALS_V1, DATA_INTEGRITY_V2]),
    "the holder's own word": make_vp(make_vc()),
}


@pytest.mark.parametrize("unsecured", ACCEPTED.values(), ids=ACCEPTED)
def test_a_well_formed_presentation_is_verified(unsecured: Document) -> None:
    assert said_of(present(unsecured)) == "verified"


REFUSED: dict[str, dict[str, Any]] = {
    "no context": {"context": ABSENT},
    "empty context": {"context": []},
    "context in another order": {"context": [EXAMPLES_V2, CREDENTIALS_V2]},
    "context without the base": {"context": [EXAMPLES_V2]},
    "context that is no URL": {"context": [CREDENTIALS_V2, "https ://not-a-url"]},
    "context that is a number": {"context": [CREDENTIALS_V2, 1]},
    "no type": {"type": ABSENT},
    "another type": {"type": ["VerifiableCredential"]},
    "undefined type": {"type": ["VerifiablePresentation", "Undefined"]},
    "undefined term": {"undefined": "x"},
    "holder that is no URL": {"holder": "somebody"},
    "holder null": {"holder": None},
    "holder without an id": {"holder": {"name": "x"}},
    "id null": {"id": None},
    "id that is no URL": {"id": "https ://x"},
    "credential null": {"verifiableCredential": None},
    "credential that is a text": {"verifiableCredential": ["eyJ..."]},
    "list in a list": {"verifiableCredential": [[VC]]},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_a_malformed_presentation_is_refused(changes: dict[str, Any]) -> None:
    proof = present(make_vp(VC))["proof"]
    code = said_of({**make_vp(**{"verifiableCredential": [VC], **changes}), "proof": proof})
    assert code in {"malformed-credential", "malformed-document", "malformed-presentation"}


def test_there_are_not_too_many_credentials() -> None:
    # In a JWS, where nothing is made of JSON-LD and no other bound comes first.
    own = [make_vc(id=f"urn:uuid:{number}") for number in range(MAX_CREDENTIALS)]
    claims = {"nonce": ASKED.challenge, "aud": ASKED.domain}
    found = presented(enveloped(make_jwt(make_vp(*own) | claims, typ="vp+jwt"), ENVELOPED_PRESENTATION))
    assert found.verified
    assert len(found.credentials) == MAX_CREDENTIALS
    one_more = enveloped(make_jwt(make_vp(*own, VC) | claims, typ="vp+jwt"), ENVELOPED_PRESENTATION)
    assert said_of(one_more) == "beyond-bounds"
    many = {**make_vp(*[VC] * (MAX_CREDENTIALS + 1)), "proof": present(make_vp())["proof"]}
    found = presented(many)
    assert (found.signature.answer, found.signature.code) == (Answer.UNKNOWN, "beyond-bounds")


def test_as_many_licences_as_may_be_are_presented_with_a_proof() -> None:
    licences = [json.loads(make_credential(make_license(f"{number}/2567"))) for number in range(MAX_CREDENTIALS)]
    found = presented(present(make_vp(*licences)))
    assert found.signature.code == "signed-by-holder"
    assert [each.genuine.code for each in found.credentials] == ["signed-by-authority"] * MAX_CREDENTIALS


def test_one_licence_presented_thrice_could_not_be_checked() -> None:
    """Its nodes look alike then, and which is which is tried in every order: dear, and no fault of the holder's."""
    unsecured = make_vp(*[json.loads(make_credential())] * 3)
    found = presented({**unsecured, "proof": present(make_vp())["proof"]})
    assert (found.signature.answer, found.signature.code) == (Answer.UNKNOWN, "beyond-bounds")


def test_a_presentation_with_a_context_that_nobody_knows_could_not_be_checked() -> None:
    unsecured = make_vp(VC, context=[CREDENTIALS_V2, "https://example.com"])
    assert said_of({**unsecured, "proof": present(make_vp(VC))["proof"]}) == "context-unknown"


# Who presents, and to whom


@pytest.mark.parametrize(
    "asked",
    [
        Asked(challenge="another", domain=ASKED.domain),
        Asked(challenge=ASKED.challenge, domain="another.example"),
        Asked(challenge=ASKED.challenge + " "),
        Asked(domain=ASKED.domain.upper()),
    ],
)
def test_a_presentation_for_another_or_of_another_time_is_refused(asked: Asked) -> None:
    assert said_of(present(make_vp(VC)), asked) == "malformed-proof"
    assert said_of(present(make_vp(VC), asked=asked), asked) == "verified"


def test_what_was_asked_for_stands_in_the_proof() -> None:
    for changes in ({"challenge": ABSENT}, {"domain": ABSENT}, {"challenge": ABSENT, "domain": ABSENT}):
        assert presented_with(make_vp(VC), **changes) == "malformed-proof"
    assert presented_with(make_vp(VC), domain=["first.example", ASKED.domain]) == "verified"
    assert presented_with(make_vp(VC), challenge=[ASKED.challenge]) == "malformed-proof"


def test_what_nobody_asked_for_is_told_as_not_checked() -> None:
    found = presented(present(make_vp(VC)), Asked())
    assert found.verified
    assert [part.code for part in found.not_checked] == ["challenge", "domain"]


def test_a_presentation_of_nothing_says_so() -> None:
    for unsecured in (make_vp(), make_vp(verifiableCredential=ABSENT)):
        found = presented(present(unsecured))
        assert found.verified
        assert [part.code for part in found.not_checked] == ["nothing-presented"]


def test_a_presentation_without_a_holder_says_so_and_whose_key_signed() -> None:
    claims = {"nonce": ASKED.challenge, "aud": ASKED.domain}
    token = make_jwt(make_vp(VC, holder=ABSENT) | claims, typ="vp+jwt")
    for document in (present(make_vp(VC, holder=ABSENT)), enveloped(token, ENVELOPED_PRESENTATION)):
        found = presented(document)
        assert found.verified
        assert found.signature.detail == f"a key of {STRANGER.did}"
        assert [part.code for part in found.not_checked] == ["holder"]


def test_the_challenge_and_the_domain_are_signed() -> None:
    document = present(make_vp(VC), asked=Asked(challenge="old", domain="old.example"))
    document["proof"] |= {"challenge": ASKED.challenge, "domain": ASKED.domain}
    assert said_of(document) == "invalid-signature"


def test_only_the_holder_presents() -> None:
    assert said_of(present(make_vp(VC, holder=OTHER.did), STRANGER)) == "issuer-mismatch"
    assert said_of(present(make_vp(VC, holder=OTHER.did), OTHER)) == "verified"
    stolen = present(make_vp(VC), OTHER)
    stolen["proof"]["verificationMethod"] = STRANGER.verification_method
    assert said_of(stolen) == "invalid-signature"


@pytest.mark.parametrize("purpose", ["assertionMethod", "keyAgreement", ABSENT])
def test_a_presentation_is_signed_for_authentication(purpose: Any) -> None:
    assert presented_with(make_vp(VC), proofPurpose=purpose) == "malformed-proof"


@pytest.mark.parametrize("proof", [None, [], {}, "x", [None], ABSENT])
def test_a_presentation_has_a_proof(proof: Any) -> None:
    document = present(make_vp(VC)) | {"proof": proof}
    assert said_of({key: value for key, value in document.items() if value is not ABSENT}) == "malformed-proof"


def test_every_proof_of_a_set_is_asked_the_same() -> None:
    unsecured = make_vp(VC, holder=ABSENT)
    mine = present(unsecured)["proof"]
    for signer, challenge, code in (
        (OTHER, ASKED.challenge, "verified"),
        (OTHER, "another", "malformed-proof"),
    ):
        theirs = present(unsecured, signer, Asked(challenge=challenge, domain=ASKED.domain))["proof"]
        assert said_of(unsecured | {"proof": [mine, theirs]}) == code
    broken = mine | {"proofValue": present(unsecured, OTHER)["proof"]["proofValue"]}
    assert said_of(unsecured | {"proof": [mine, broken]}) == "invalid-signature"


def test_an_expired_proof_presents_nothing() -> None:
    assert presented_with(make_vp(VC), expires="2026-11-21T02:59:59Z") == "proof-expired"
    assert presented_with(make_vp(VC), expires="2026-11-21T03:00:00Z") == "verified"


@pytest.mark.parametrize("signer", [make_stranger(), make_p256_stranger()], ids=["Ed25519", "P-256"])
def test_either_kind_of_key_presents(signer: Any) -> None:
    assert said_of(present(make_vp(VC, holder=signer.did), signer)) == "verified"


def test_a_key_that_is_not_listed_for_authentication_presents_nothing() -> None:
    document = present(make_vp(VC, holder=WEB_DID), make_web_issuer())
    listed = make_web_document()
    assert said_of(document, trust=trust_with({WEB_ADDRESS: listed})) == "verified"
    assert said_of(document, trust=trust_with({WEB_ADDRESS: listed | {"authentication": []}})) == "key-not-usable"
    assert said_of(document, trust=trust_with({})) == "fetch-failed"
    assert presented(document, trust=trust_with({})).signature.answer is Answer.UNKNOWN


def test_an_authority_may_present_too() -> None:
    signer = make_authority().signer
    licence = parse_document(make_credential())
    document = present(make_vp(licence, holder=signer.did), signer)
    found = presented(document, trust=make_trust(live=True))
    # Its keys are for assertions, and those that the register has not listed for presenting do not present.
    assert (found.signature.answer, found.signature.code) == (Answer.NO, "key-not-usable")


# What is presented


def test_a_licence_is_presented_by_anyone_and_keeps_its_own_verdict() -> None:
    found = presented(present(make_vp(parse_document(make_credential()), VC)), trust=make_trust(live=True))
    assert found.verified
    assert [each.genuine.code for each in found.credentials] == ["signed-by-authority", "stranger"]


def test_each_credential_is_verified_and_one_that_is_not_is_enough() -> None:
    broken = deepcopy(VC)
    broken["credentialSubject"]["name"] = "Mallory"
    found = presented(present(make_vp(VC, broken)))
    assert not found.verified
    assert found.signature.answer is Answer.YES
    assert [each.signature.code for each in found.credentials] == ["signed-by-issuer", "invalid-signature"]
    for bad, code in (
        (issue(make_vc(validUntil="2026-02-01T00:00:00Z")), "expired"),
        (sign(make_vc(), OTHER), "issuer-mismatch"),
        (VC | {"proof": None}, "malformed-proof"),
        (enveloped(make_jwt(make_vc(), OTHER)), "issuer-mismatch"),
    ):
        assert said_of(present(make_vp(VC, bad))) == code


def test_the_status_of_each_is_asked() -> None:
    trust = trust_with({LIST_URL: sign(make_list(7))})
    withdrawn = issue(make_vc(credentialStatus=make_list_entry()))
    good = issue(make_vc(credentialStatus=make_list_entry(statusListIndex="8")))
    assert said_of(present(make_vp(good)), trust=trust) == "verified"
    assert said_of(present(make_vp(good, withdrawn)), trust=trust) == "withdrawn"
    assert said_of(present(make_vp(good)), trust=TRUST) == "status-unavailable"


def test_a_credential_cannot_be_taken_out_changed_or_put_in() -> None:
    document = present(make_vp(VC))
    for credentials in ([], [VC, VC], [VC | {"id": "urn:uuid:2"}], [issue(make_vc(id="urn:uuid:3"))]):
        assert said_of(document | {"verifiableCredential": credentials}) == "invalid-signature"


def test_without_a_proof_it_is_only_the_holders_own_word() -> None:
    own = make_vc()
    assert said_of(present(make_vp(own))) == "verified"
    assert said_of(present(make_vp(own, holder=ABSENT))) == "issuer-mismatch"
    assert said_of(present(make_vp(own, holder=OTHER.did), OTHER)) == "issuer-mismatch"
    assert said_of(present(make_vp(make_vc(validUntil="2026-02-01T00:00:00Z")))) == "expired"
    unsigned = {key: value for key, value in parse_document(make_credential()).items() if key != "proof"}
    holder = make_authority().signer
    assert said_of(present(make_vp(unsigned, holder=holder.did), holder), trust=make_trust(live=True)) != "verified"
    claimed = unsigned | {"issuer": STRANGER.did}
    assert said_of(present(make_vp(claimed, context=unsigned["@context"]))) == "unknown-issuer"


def test_without_trust_data_nothing_reads_as_forged() -> None:
    found = presented(present(make_vp(VC)), trust=NoTrust(NOW))  # type: ignore[arg-type]
    assert (found.signature.answer, found.signature.code) == (Answer.UNKNOWN, "no-trust-data")


# In a JWS


def test_a_presentation_may_come_in_a_jws() -> None:
    def said_of_jwt(payload: Document, signer: Any = STRANGER, asked: Asked = ASKED, **header: Any) -> str:
        return said_of(
            enveloped(make_jwt(payload, signer, **{"typ": "vp+jwt", **header}), ENVELOPED_PRESENTATION), asked
        )

    claims = {"nonce": ASKED.challenge, "aud": ASKED.domain}
    payload = make_vp(VC) | claims
    assert said_of_jwt(payload) == "verified"
    assert said_of_jwt(payload | {"aud": ["x.example", ASKED.domain]}) == "verified"
    assert said_of_jwt(make_vp(enveloped(make_jwt(make_vc()))) | claims) == "verified"
    assert said_of_jwt(make_vp(VC)) == "malformed-proof"
    assert said_of_jwt(payload | {"nonce": "another"}) == "malformed-proof"
    assert said_of_jwt(payload | {"aud": "another.example"}) == "malformed-proof"
    assert said_of_jwt(payload | {"exp": 1}) == "proof-expired"
    assert said_of_jwt(payload | {"holder": OTHER.did, "verifiableCredential": []}) == "issuer-mismatch"
    assert said_of_jwt(payload, OTHER, kid=STRANGER.verification_method) == "invalid-signature"
    assert said_of_jwt(payload | {"type": ["VerifiableCredential"]}) == "malformed-credential"
    assert said_of_jwt(make_vp(sign(make_vc(), OTHER)) | claims) == "issuer-mismatch"
    # A credential is no presentation, whatever envelope it is in.
    assert said_of(enveloped(make_jwt(make_vc()), ENVELOPED_PRESENTATION)) != "verified"
    assert said_of(enveloped(make_jwt(payload), ENVELOPED_CREDENTIAL)) != "verified"


def test_the_verdict_as_json_says_all_of_it() -> None:
    found = presented(present(make_vp(VC)), Asked()).to_json()
    assert found["signature"]["answer"] == "yes"
    assert [each["signature"]["code"] for each in found["credentials"]] == ["signed-by-issuer"]
    assert found["checkedAt"] == "2026-11-21T03:00:00Z"
    assert [each["code"] for each in found["notChecked"]] == ["challenge", "domain"]
    assert json.loads(json.dumps(found)) == found
