"""Credentials in a JWS: one algorithm for each kind of key, one spelling, and nothing in the header that we do not understand."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from issuers.jose import secure_jwt
from tests.builders import (
    LOADER,
    NOW,
    SIGNED_AT,
    make_authority,
    make_credential,
    make_did_document,
    make_draft,
    make_issuer,
    make_trust,
)
from tests.strangers import (
    ABSENT,
    OTHER,
    P256,
    STRANGER,
    WEB_ADDRESS,
    WEB_DID,
    base64url,
    make_jwt,
    make_list,
    make_list_entry,
    make_vc,
    make_web_document,
    make_web_issuer,
    said,
    sign,
    sign_jws,
    trust_with,
)
from verify.document import Document, parse_document
from verify.errors import MalformedDocument, MalformedProof, UnknownMethod
from verify.jose import ENVELOPED_PRESENTATION, enveloped, is_compact, open_envelope
from verify.verdict import Answer
from verify.verifier import examine
from vocab.terms import CREDENTIALS_V2

TOKEN = make_jwt(make_vc())
SECONDS = int(NOW.timestamp())


def test_a_good_token_is_verified_alone_and_in_an_envelope() -> None:
    assert said(TOKEN) == "verified"
    assert examine(TOKEN.encode() + b"\n", make_trust(), NOW).verified
    assert is_compact(TOKEN.encode())
    assert not is_compact(json.dumps(make_vc()).encode())
    assert not is_compact(b"\xff.\xff.\xff")


@pytest.mark.parametrize("signer", [STRANGER, P256], ids=["Ed25519", "P-256"])
def test_what_we_secure_is_what_others_expect_and_verifies(signer: Any) -> None:
    unsecured = make_vc(issuer=signer.did)
    token = secure_jwt(unsecured, signer, created=SIGNED_AT, loader=LOADER)
    envelope = open_envelope(enveloped(token))
    assert envelope.document == unsecured
    assert envelope.verification_method == signer.verification_method
    assert envelope.algorithm == ("EdDSA" if signer is STRANGER else "ES256")
    assert said(token) == "verified"


def test_what_is_no_credential_is_not_secured() -> None:
    for unsecured in (make_vc(issuer="x"), make_vc(undefined="x"), make_vc(proof={}), make_vc(type=["x"])):
        with pytest.raises(MalformedDocument):
            secure_jwt(unsecured, STRANGER, created=SIGNED_AT, loader=LOADER)


def test_no_part_of_a_token_can_be_changed() -> None:
    head, body, signature = TOKEN.split(".")
    altered = base64url(json.dumps(make_vc(credentialSubject={"name": "Mallory"})).encode())
    assert said(f"{head}.{altered}.{signature}") == "invalid-signature"
    header = base64url(json.dumps({"alg": "EdDSA", "kid": STRANGER.verification_method}).encode())
    assert said(f"{header}.{body}.{signature}") == "invalid-signature"
    assert said(f"{head}.{body}.{base64url(bytes(64))}") == "invalid-signature"
    assert said(make_jwt(make_vc(), OTHER, kid=STRANGER.verification_method)) == "invalid-signature"


@pytest.mark.parametrize(
    ("algorithm", "code"),
    [
        ("none", "malformed-proof"),
        ("None", "malformed-proof"),
        ("HS256", "malformed-proof"),
        ("HS512", "malformed-proof"),
        ("", "malformed-proof"),
        (None, "malformed-proof"),
        (1, "malformed-proof"),
        (["EdDSA"], "malformed-proof"),
        (ABSENT, "malformed-proof"),
        ("ES256", "key-not-usable"),  # the key is Ed25519
        ("RS256", "unknown-method"),
        ("ES256K", "unknown-method"),
        ("ES384", "unknown-method"),
        ("eddsa", "unknown-method"),
    ],
)
def test_only_the_algorithm_of_the_key_is_taken(algorithm: object, code: str) -> None:
    assert said(make_jwt(make_vc(), alg=algorithm)) == code


def test_a_key_on_p256_signs_es256_and_nothing_else() -> None:
    unsecured = make_vc(issuer=P256.did)
    assert said(make_jwt(unsecured, P256)) == "verified"
    assert said(make_jwt(unsecured, P256, alg="EdDSA")) == "key-not-usable"


def test_ed25519_may_be_named_as_rfc_9864_names_it() -> None:
    assert said(make_jwt(make_vc(), alg="Ed25519")) == "verified"
    assert said(make_jwt(make_vc(issuer=P256.did), P256, alg="Ed25519")) == "key-not-usable"


def test_an_unsigned_token_is_refused() -> None:
    head = base64url(b'{"alg":"none"}')
    body = base64url(json.dumps(make_vc()).encode())
    assert said(f"{head}.{body}.") == "malformed-proof"
    assert said(f"{head}.{body}") == "malformed-proof"


def test_a_did_key_needs_no_kid_and_others_may_leave_out_their_did() -> None:
    assert said(make_jwt(make_vc(), kid=ABSENT)) == "verified"
    fragment = STRANGER.verification_method.partition("#")[2]
    for kid in (f"#{fragment}", fragment):
        assert said(make_jwt(make_vc(), kid=kid)) == "verified"
        assert said(make_jwt(make_vc(issuer={"id": STRANGER.did}), kid=kid)) == "verified"
    web, trust = make_web_issuer(), trust_with({WEB_ADDRESS: make_web_document()})
    unsecured = make_vc(issuer=WEB_DID)
    assert said(make_jwt(unsecured, web), trust) == "verified"
    assert said(make_jwt(unsecured, web, kid="#" + web.public_multibase), trust) == "verified"
    assert said(make_jwt(unsecured, web, kid=ABSENT), trust) == "malformed-proof"
    assert said(make_jwt(unsecured, web, kid="#another"), trust) == "issuer-mismatch"


@pytest.mark.parametrize("kid", [OTHER.verification_method, OTHER.did + "#x", "did:web:x.example#1"])
def test_a_key_of_another_than_the_issuer_is_refused(kid: str) -> None:
    assert said(make_jwt(make_vc(), OTHER, kid=kid)) == "issuer-mismatch"


@pytest.mark.parametrize("kid", [None, 1, ["#x"], {}])
def test_a_kid_is_a_text(kid: object) -> None:
    assert said(make_jwt(make_vc(), kid=kid)) == "malformed-proof"


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"b64": True},
        {"jwk": {"kty": "OKP"}},
        {"jku": "https://evil.example/keys"},
        {"x5c": ["x"]},
        {"zip": "DEF"},
    ],
    ids="-".join,
)
def test_a_header_says_nothing_that_we_do_not_understand(header: Document) -> None:
    assert said(make_jwt(make_vc(), **header)) == "unknown-method"


def test_what_stands_beside_the_algorithm_in_an_honest_header_is_allowed() -> None:
    assert said(make_jwt(make_vc(), typ="vc+jwt", cty="vc", iss=STRANGER.did)) == "verified"


def test_no_key_stands_twice_in_header_or_payload() -> None:
    header = json.dumps({"alg": "EdDSA", "kid": STRANGER.verification_method}).encode()
    payload = json.dumps(make_vc()).encode()
    assert said(sign_jws(header, payload)) == "verified"
    assert said(sign_jws(header[:-1] + b',"alg":"none"}', payload)) == "malformed-document"
    assert said(sign_jws(header, payload[:-1] + b',"issuer":"did:example:x"}')) == "malformed-document"
    for text in (b"[]", b"1", b"", b"\xff", b'{"exp":NaN}', b'{"exp":1e999}'):
        assert said(sign_jws(header, text)) in {"malformed-document", "malformed-proof"}
        assert said(sign_jws(text, payload)) in {"malformed-document", "malformed-proof"}


def test_base64url_has_one_spelling() -> None:
    head, body, signature = TOKEN.split(".")
    spare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # 64 bytes end in two characters of which the last has four spare bits.
    other = signature[:-1] + spare[spare.index(signature[-1]) + 1]
    for token in (
        f"{head}.{body}.{other}",
        f"{head}.{body}.{signature}==",
        f"{head}.{body}.{signature}A",
        f"{head}.{body}.{signature[:-1]}",
        f"{head}.{body}. {signature}",
        f"{head}=.{body}.{signature}",
        f"{head}.{body}.{signature}.",
        f"{head}.{body}.{signature.replace('_', '/').replace('-', '+')}/",
    ):
        assert said(token) == "malformed-proof"


@pytest.mark.parametrize("where", ["header", "payload"])
def test_iss_is_the_issuer_where_it_is_said(where: str) -> None:
    for iss, code in ((STRANGER.did, "verified"), (OTHER.did, "malformed-proof"), ("", "malformed-proof")):
        token = make_jwt(make_vc(), iss=iss) if where == "header" else make_jwt(make_vc(iss=iss))
        assert said(token) == code


def test_the_token_has_its_own_beginning_and_end() -> None:
    assert said(make_jwt(make_vc(exp=SECONDS + 1, nbf=SECONDS, iat=SECONDS - 1))) == "verified"
    assert said(make_jwt(make_vc(exp=SECONDS))) == "proof-expired"  # RFC 7519, 4.1.4: "on or after"
    assert said(make_jwt(make_vc(nbf=SECONDS + 1))) == "proof-expired"
    for claim in ("exp", "nbf", "iat"):
        value: object
        for value in ("1", True, -1, 1 << 40, [], {}):
            assert said(make_jwt(make_vc(**{claim: value}))) == "malformed-proof"


def test_the_validity_of_the_credential_counts_as_well() -> None:
    assert said(make_jwt(make_vc(validUntil="2026-02-01T00:00:00Z"))) == "expired"
    assert said(make_jwt(make_vc(validFrom="2030-02-01T00:00:00Z"))) == "pending"
    trust = trust_with({"https://issuer.example/status/1": sign(make_list(7))})
    assert said(make_jwt(make_vc(credentialStatus=make_list_entry())), trust) == "withdrawn"
    assert said(make_jwt(make_vc(credentialStatus=make_list_entry(statusListIndex="8"))), trust) == "verified"


def test_the_payload_is_the_credential_and_holds_no_second_one() -> None:
    # VC-JOSE-COSE 1.1.2.1: the claims vc and vp must not be there.
    for claim in ("vc", "vp"):
        assert said(make_jwt(make_vc(**{claim: make_vc()}))) == "unknown-method"
    assert said(make_jwt({"iss": STRANGER.did, "vc": make_vc()})) == "unknown-method"
    assert said(make_jwt(make_vc(type=["x"]))) == "malformed-credential"
    assert said(make_jwt(make_vc(proof={"type": "DataIntegrityProof"}))) == "malformed-credential"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": TOKEN},
        {"id": f"data:text/plain,{TOKEN}"},
        {"id": f"data:application/vp+jwt,{TOKEN}"},
        {"id": f"data:application/vc+jwt;base64,{TOKEN}"},
        {"id": f"application/vc+jwt,{TOKEN}"},
        {"id": "data:application/vc+jwt,"},
        {"id": "data:application/vc+jwt"},
        {"id": None},
        {"id": [f"data:application/vc+jwt,{TOKEN}"]},
        {"@context": []},
        {"@context": ["https://www.w3.org/ns/credentials/examples/v2"]},
        {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
    ],
)
def test_an_envelope_has_one_form(changes: Document) -> None:
    assert said(enveloped(TOKEN) | changes) == "malformed-proof"


@pytest.mark.parametrize("kind", ["vc+cose", "vc+sd-jwt", "dc+sd-jwt"])
def test_an_envelope_of_another_kind_could_not_be_checked(kind: str) -> None:
    assert said(enveloped(TOKEN) | {"id": f"data:application/{kind},{TOKEN}"}) == "unknown-method"


@pytest.mark.parametrize(("algorithm", "size"), [("RS256", 256), ("ES384", 96), ("PS512", 512)])
def test_an_algorithm_that_we_do_not_know_is_one_whatever_its_signatures_length(algorithm: str, size: int) -> None:
    header = base64url(json.dumps({"alg": algorithm, "kid": STRANGER.verification_method}).encode())
    body = base64url(json.dumps(make_vc()).encode())
    assert said(f"{header}.{body}.{base64url(bytes(size))}") == "unknown-method"


def test_an_envelope_may_be_written_in_the_ways_that_the_specification_shows() -> None:
    good = enveloped(TOKEN)
    for changes in (
        {"@context": CREDENTIALS_V2},
        {"type": ["EnvelopedVerifiableCredential"]},
        {"id": f"data:application/jwt,{TOKEN}"},
    ):
        assert said({**good, **changes}) == "verified"
    with pytest.raises(MalformedProof):
        open_envelope(good, ENVELOPED_PRESENTATION)


def test_open_envelope_raises_what_it_says() -> None:
    with pytest.raises(UnknownMethod):
        open_envelope(enveloped(make_jwt(make_vc(), alg="RS256")))
    with pytest.raises(MalformedProof):
        open_envelope(make_vc())


# An authority's licence in a JWS


def test_an_authoritys_licence_may_come_in_a_jws() -> None:
    authority = make_authority()
    draft = make_draft()
    token = secure_jwt(draft, authority.signer, created=SIGNED_AT, loader=LOADER)
    verdict = examine(token.encode(), make_trust(live=True), NOW)
    assert (verdict.genuine.answer, verdict.in_force.answer) == (Answer.YES, Answer.YES)
    assert verdict.credential is not None
    assert verdict.credential.subject == parse_document(make_credential())["credentialSubject"]


def test_the_key_of_an_authority_is_asked_for_all_it_is_asked_otherwise() -> None:
    authority, signer = make_authority(), make_authority().signer
    token = make_jwt(make_draft(), signer)
    issuer = make_issuer(authority)[0]

    def code(key: Any) -> str:
        keys = {signer.verification_method: key}
        return examine(token.encode(), make_trust(replace(issuer, keys=keys), live=True), NOW).genuine.code

    key = issuer.keys[signer.verification_method]
    assert code(key) == "signed-by-authority"
    assert code(replace(key, revoked=NOW)) == "key-not-usable"
    assert code(replace(key, purposes=frozenset({"authentication"}))) == "key-not-usable"
    assert (
        examine(token.encode(), make_trust(replace(issuer, keys={}), live=True), NOW).genuine.code == "issuer-mismatch"
    )


def test_an_authority_signs_nothing_in_a_jws_that_no_context_defines() -> None:
    signer = make_authority().signer
    subject = make_draft()["credentialSubject"]
    for draft in (make_draft() | {"undefined": "x"}, make_draft() | {"credentialSubject": subject | {"x:y": "1"}}):
        assert examine(make_jwt(draft, signer).encode(), make_trust(live=True), NOW).genuine.answer is Answer.NO


def test_a_licence_in_a_jws_is_believed_after_its_key_was_retired() -> None:
    authority = make_authority()
    token = secure_jwt(make_draft(), authority.signer, created=SIGNED_AT, loader=LOADER)
    for expires, answer in ((SIGNED_AT, Answer.YES), (SIGNED_AT - timedelta(seconds=1), Answer.NO)):
        trust = make_trust(make_issuer(authority, document=make_did_document(authority, expires=expires)))
        assert examine(token.encode(), trust, NOW).genuine.answer is answer
