"""The checklist of the design (credentials), points 13 to 25: Data Integrity and its cryptosuites, at issue and at verify."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from issuers.signer import SoftwareSigner
from tests.builders import LOADER, make_authority, make_credential, make_did_document, make_status_list, seed_of
from tests.strangers import (
    ABSENT,
    EXAMPLES_V2,
    MALFORMED,
    OTHER,
    P256,
    STRANGER,
    issue,
    make_proof,
    make_stranger,
    make_vc,
    make_vc_1_1,
    require_refused,
    require_unchecked,
    said,
    sign,
    verdict,
)
from verify.canonical import MAX_BLANK_NODES, canonical_nquads, general_nquads
from verify.credential import MAX_PROOFS
from verify.document import MAX_BYTES, Document, parse_document
from verify.errors import MalformedDocument, MalformedProof
from verify.multikey import decode_public_key, multibase58, multibase64url
from verify.proof import hash_data
from vocab.contexts import PINNED, document_loader, public_context_bytes
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2

EX = [CREDENTIALS_V2, EXAMPLES_V2]
VC = issue(make_vc())
PROOF: Document = VC["proof"]
BOTH_MODELS = pytest.mark.parametrize("make", [make_vc, make_vc_1_1], ids=["2.0", "1.1"])
Make = Callable[..., Document]


def said_with_proof(proof: Any) -> str:
    document = {key: value for key, value in VC.items() if key != "proof"}
    return said(document if proof is ABSENT else document | {"proof": proof})


@BOTH_MODELS
def test_13_a_proof_is_an_object_or_an_array_of_them(make: Make) -> None:
    document = issue(make())
    assert said(document) == said(document | {"proof": [document["proof"]]}) == "verified"
    for bad in (None, [], "x", 1, True, [None], ["x"], [[document["proof"]]], [document["proof"], None]):
        assert said(document | {"proof": bad}) == "malformed-proof"
    assert said({key: value for key, value in document.items() if key != "proof"}) == "malformed-proof"


def test_14_a_proof_has_the_type_suite_purpose_value_and_method_that_are_expected() -> None:
    bad: Any
    for member in ("type", "cryptosuite", "proofPurpose", "proofValue", "verificationMethod"):
        for bad in (ABSENT, None, "", 1, [], {}, [PROOF[member]]):
            proof = {key: value for key, value in (PROOF | {member: bad}).items() if value is not ABSENT}
            assert said_with_proof(proof) == "malformed-proof", (member, bad)
    # Signed so, and still not what a credential's proof is.
    signed: tuple[tuple[str, str, str], ...] = (
        ("proofPurpose", "authentication", "malformed-proof"),
        ("cryptosuite", "UnknownCryptosuite", "unknown-method"),
        ("cryptosuite", "eddsa-jcs-2022", "unknown-method"),
        ("verificationMethod", "did:key:invalidVm", "malformed-proof"),
        ("verificationMethod", "did:key:invalidVm#invalidVm", "malformed-proof"),
        ("verificationMethod", STRANGER.did, "malformed-proof"),
    )
    for member, value, code in signed:
        unsecured = make_vc(issuer="did:key:invalidVm") if "invalidVm" in value else make_vc()
        options: dict[str, Any] = {member: value}
        assert said(sign(unsecured, **options)) == code, (member, value)
    for member in ("type", "proofPurpose"):
        with pytest.raises(MalformedDocument):  # what no context defines cannot even be signed
            make_proof(make_vc(), STRANGER, **{member: "Undefined"})


@BOTH_MODELS
def test_15_undefined_terms_and_types_are_refused_at_issue_and_at_verify(make: Make) -> None:
    contexts = [CREDENTIALS_V2] if make is make_vc else [CREDENTIALS_V1, DATA_INTEGRITY_V2]
    subject = {"id": "did:example:subject"}
    plain = make(context=contexts, credentialSubject=subject)
    require_refused(
        plain | {"undefined": "x"},
        plain | {"credentialSubject": subject | {"undefined": "x"}},
        plain | {"credentialSubject": subject | {"undefined": None}},
        plain | {"credentialSubject": subject | {"type": "Undefined"}},
        plain | {"type": ["VerifiableCredential", "Undefined"]},
        plain | {"statusEntry": {"id": "https://example.com"}},
    )
    # Added to what was signed; an inline @base that makes a relative type absolute, taken away again.
    signed = issue(plain)
    assert said(signed | {"undefined": "x"}) in MALFORMED
    assert said(signed | {"credentialSubject": subject | {"undefined": "x"}}) in MALFORMED
    based = [*contexts, {"@base": "https://example.org/", "@vocab": "https://example.org/#"}]
    trick = sign(plain | {"@context": based, "credentialSubject": subject | {"undefined": "x"}})
    assert said(trick) == "verified"
    assert said(trick | {"@context": contexts}) in MALFORMED


def test_16_a_direction_is_signed() -> None:
    name = {"@value": "ใบอนุญาต A", "@language": "th", "@direction": "ltr"}
    document = issue(make_vc(name=name))
    assert said(document) == "verified"
    for changed in (name | {"@direction": "rtl"}, {"@value": name["@value"], "@language": "th"}):
        assert said(document | {"name": changed}) == "invalid-signature"
    require_refused(make_vc(name=name | {"@direction": "up"}), make_vc(name=name | {"@direction": None}))


@BOTH_MODELS
def test_17_a_previous_proof_is_there_and_every_proof_of_a_set_verifies(make: Make) -> None:
    unsecured = make()
    first = make_proof(unsecured, id="urn:uuid:1")
    second = make_proof(unsecured, OTHER, id="urn:uuid:2")
    assert said(unsecured | {"proof": [first, second]}) == "verified"
    bad = second | {"proofValue": make_proof(unsecured, OTHER)["proofValue"]}  # without an id: another configuration
    assert said(unsecured | {"proof": [first, bad]}) == said(unsecured | {"proof": [bad, first]}) == "invalid-signature"
    chained = unsecured | {"proof": [first]}
    for previous in ("urn:uuid:1", ["urn:uuid:1"]):
        options = {key: value for key, value in second.items() if key != "proofValue"} | {"previousProof": previous}
        last = options | {"proofValue": multibase58(OTHER.sign(hash_data(chained, options, LOADER)))}
        assert said(unsecured | {"proof": [first, last]}) == "verified"
        assert said(unsecured | {"proof": [last, first]}) == "verified"
        assert said(unsecured | {"proof": last}) == "malformed-proof"
        assert said(unsecured | {"proof": [first | {"id": "urn:uuid:3"}, last]}) == "malformed-proof"
        # Another first proof that is good in itself is not the one that was followed.
        other = make_proof(unsecured, id="urn:uuid:1", created="2026-01-06T00:00:00Z")
        assert said(unsecured | {"proof": [other, last]}) == "invalid-signature"
    nothing: object
    for nothing in ("urn:uuid:nobody", ["urn:uuid:1", "urn:uuid:nobody"], "urn:uuid:2", 1, [None], {}):
        assert said(unsecured | {"proof": [first, second | {"previousProof": nothing}]}) == "malformed-proof"


@BOTH_MODELS
def test_18_the_issuer_controls_at_least_one_proof(make: Make) -> None:
    unsecured = make()
    mine, theirs = make_proof(unsecured), make_proof(unsecured, OTHER)
    third = make_proof(unsecured, make_stranger("third"))
    assert said(unsecured | {"proof": [theirs, mine]}) == said(unsecured | {"proof": [mine, theirs]}) == "verified"
    assert said(unsecured | {"proof": [theirs]}) == said(unsecured | {"proof": [theirs, third]}) == "issuer-mismatch"


@BOTH_MODELS
def test_19_the_end_of_a_proof_is_enforced_and_its_date_is_optional(make: Make) -> None:
    for changes, code in (
        ({"created": ABSENT}, "verified"),
        ({"created": "2030-01-01T00:00:00Z"}, "verified"),
        ({"created": "1999-01-01T00:00:00.5-06:00"}, "verified"),
        ({"expires": "2026-11-21T03:00:00Z"}, "verified"),
        ({"expires": "2026-11-21T02:59:59Z"}, "proof-expired"),
        ({"expires": "2026-11-21T09:59:59+07:00"}, "proof-expired"),
        ({"created": "invalidDate"}, "malformed-proof"),
        ({"created": "2026-01-05T02:00:00"}, "malformed-proof"),
        ({"expires": "invalidDate"}, "malformed-proof"),
        ({"expires": "2030-01-01"}, "malformed-proof"),
    ):
        assert said(sign(make(), **changes)) == code, changes


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value of a document stands."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*at, key)
        yield from paths(value, (*at, key))


RICH = {
    "name": [{"@value": "Licence", "@language": "en"}, {"@value": "ใบอนุญาต", "@language": "th"}],
    "validUntil": "2030-01-01T00:00:00Z",
    "termsOfUse": {"type": "https://example.org/#T", "id": "urn:x:1"},
    "evidence": [{"type": ["https://example.org/#T"]}],
}


@pytest.mark.parametrize(
    "document",
    [
        issue(make_vc(**RICH)),
        issue(make_vc(issuer=P256.did, **RICH), P256),
        issue(make_vc_1_1(expirationDate="2030-01-01T00:00:00Z")),
        sign(make_vc(id=ABSENT, credentialSubject={"name": "Alice"}), expires="2030-01-01T00:00:00Z", nonce="1"),
    ],
    ids=["Ed25519", "P-256", "1.1", "without ids"],
)
def test_20_any_tampering_is_rejected(document: Document) -> None:
    assert said(document) == "verified"
    survived = []
    for path in paths(document):
        for change in ("drop", "lengthen", "replace"):
            altered = deepcopy(document)
            place: Any = altered
            for key in path[:-1]:
                place = place[key]
            value = place[path[-1]]
            if change == "drop":
                del place[path[-1]]
            elif change == "replace":
                place[path[-1]] = "x"
            elif isinstance(value, str):
                place[path[-1]] = value + "x"
            else:
                continue
            if said(altered) == "verified":
                survived.append((path, change))
    assert survived == []


def test_21_contexts_are_pinned_and_none_is_fetched_and_everything_is_bounded() -> None:
    for url, pinned in PINNED.items():
        assert hashlib.sha256(public_context_bytes(url)).hexdigest() == pinned.sha256
    for url in (
        "https://example.com",
        "https://w3id.org/citizenship/v4rc1",
        "file:///etc/passwd",
        CREDENTIALS_V2 + "#",
    ):
        require_unchecked(
            make_vc(context=[CREDENTIALS_V2, url]), make_vc(credentialSubject={"@context": url, "name": "x"})
        )
        require_refused(make_vc(context=[CREDENTIALS_V2, {"@import": url}]))
    require_unchecked(make_vc(context=EX, credentialSubject={"x": [{"y": str(n)} for n in range(MAX_BLANK_NODES + 1)]}))
    require_unchecked(make_vc(context=EX, credentialSubject={"x": [{"y": {"z": {}}} for _ in range(20)]}))  # all alike
    with pytest.raises(MalformedDocument, match="too large"):
        parse_document(json.dumps(make_vc(name="x" * MAX_BYTES)).encode())
    with pytest.raises(MalformedDocument, match="deeper"):
        parse_document(b'{"a":' * 41 + b"1" + b"}" * 41)
    unsecured = make_vc()
    proofs = [make_proof(unsecured, id=f"urn:x:{n}") for n in range(MAX_PROOFS + 1)]
    assert said(unsecured | {"proof": proofs[:-1]}) == "verified"
    assert said(unsecured | {"proof": proofs}) == "malformed-proof"


@pytest.mark.parametrize("signer", [STRANGER, P256], ids=["Ed25519", "P-256"])
def test_22_the_hash_of_the_options_comes_first_and_they_carry_the_context_of_the_document(
    signer: SoftwareSigner,
) -> None:
    unsecured = make_vc_1_1(issuer=signer.did)
    options = {key: value for key, value in make_proof(unsecured, signer).items() if key != "proofValue"}
    first = hashlib.sha256(canonical_nquads(options | {"@context": unsecured["@context"]}, LOADER)).digest()
    second = hashlib.sha256(canonical_nquads(unsecured, LOADER)).digest()
    for data, code in (
        (first + second, "verified"),
        (second + first, "invalid-signature"),
        (second, "invalid-signature"),
    ):
        proof = options | {"proofValue": multibase58(signer.sign(data))}
        assert said(unsecured | {"proof": proof}) == code
    # Of 1.1 the terms of a proof are in a context of its own: without the document's they would mean nothing.
    with pytest.raises(MalformedDocument):
        hash_data(make_vc_1_1(context=[CREDENTIALS_V1], credentialSubject={"id": "urn:x:1"}), options, LOADER)


def test_23_a_proof_value_is_z_and_the_base58_form_of_exactly_64_bytes() -> None:
    signature = STRANGER.sign(b"anything")
    value = PROOF["proofValue"]
    assert value.startswith("z")
    assert said(VC) == "verified"
    for bad in (
        *(
            multibase58(signature[:63]),
            multibase58(signature + b"x"),
            multibase58(signature * 2)[:97],
            multibase58(bytes(96)),
        ),
        *(value[1:], "u" + value[1:], "Z" + value[1:], "m" + value[1:], value + "=", " " + value, value + "\n"),
        *(multibase64url(signature), signature.hex(), "z", "", "z0OIl", value.replace(value[5], "0"), "z1" + value[1:]),
    ):
        assert said_with_proof(PROOF | {"proofValue": bad}) == "malformed-proof", bad
    assert said_with_proof(PROOF | {"proofValue": multibase58(signature)}) == "invalid-signature"
    # ecdsa-rdfc-2019 has a second curve, whose signatures are longer: it is not known here, and nothing is said of it.
    p384 = sign(make_vc(issuer=P256.did), P256)
    assert said(p384 | {"proof": p384["proof"] | {"proofValue": multibase58(bytes(range(96)))}}) == "unknown-method"
    assert said(p384 | {"proof": p384["proof"] | {"proofValue": multibase58(bytes(range(95)))}}) == "malformed-proof"


def test_24_a_public_key_has_its_prefix_and_length_and_secret_keys_are_never_published() -> None:
    raw = bytes(range(32))
    for prefix, body in (
        (b"\xed\x01", raw[:31]),
        (b"\xed\x01", raw + b"x"),
        (b"\x80\x26", raw),
        (b"\xec\x01", raw),
        (b"", raw),
    ):
        with pytest.raises(MalformedProof):
            decode_public_key(multibase58(prefix + body))
    for bad in (None, 1, "", "z", STRANGER.public_multibase[1:], "u" + STRANGER.public_multibase[1:]):
        with pytest.raises(MalformedProof):
            decode_public_key(bad)
    authority = make_authority()
    secret = seed_of(authority.code)
    published = [
        json.dumps(make_did_document(authority)).encode(),
        make_credential(),
        make_status_list(authority, "revocation")[1],
        repr(authority.signer).encode(),
        json.dumps(issue(make_vc())).encode(),
    ]
    spellings = [secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret).rstrip(b"=")]
    spellings += [multibase58(prefix + secret)[1:].encode() for prefix in (b"", b"\x80\x26")]
    assert [(each, raw[:40]) for each in spellings for raw in published if each in raw] == []


def test_25_canonical_n_quads_are_escaped_and_sorted_by_code_point() -> None:
    controls = "".join(map(chr, range(0x20))) + "\x7f"
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    escaped = "".join(short.get(each, f"\\u{ord(each):04X}") for each in controls)
    document = make_vc(name=f'"\\{controls}\u0080\u2028ก', credentialSubject={"id": "did:example:a"})
    for nquads in (canonical_nquads(document, LOADER), general_nquads(document, LOADER)):
        assert f'<https://schema.org/name> "\\"\\\\{escaped}\u0080\u2028ก" .\n' in nquads.decode()
    # In UTF-16 the second would come first: its first half is 0xD83D.
    several = make_vc(
        context=EX, credentialSubject={"id": "did:example:a", "x": ["\U0001f600", "\uff5a", "b", "B", "é"]}
    )
    lines = general_nquads(several, document_loader(frozenset())).decode().split("\n")[:-1]
    assert lines == sorted(lines)
    texts = [line.split('"')[1] for line in lines if "examples#x" in line]
    assert texts == ["B", "b", "é", "\uff5a", "\U0001f600"]
    assert verdict(issue(several)).verified
