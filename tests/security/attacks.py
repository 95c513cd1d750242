"""What was tried on other verifiers (design: trust, "Attacks that were tried on the libraries"), each as a function.

An attack makes its document and returns whether the verifier accepted it. The ordinary tests assert that none is accepted; the
planted ones, that a verifier with a broken check would accept one, and so be noticed.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from issuers.secure import serialize
from tests.builders import (
    BASE,
    LAO,
    NOW,
    OTHER_LAO,
    forge,
    make_authority,
    make_credential,
    make_draft,
    make_issuer,
    make_license,
    make_lists,
    make_trust,
)
from tests.security.hostile import bomb
from tests.strangers import (
    ASKED,
    LIST_URL,
    OTHER,
    P256,
    STRANGER,
    issue,
    make_jwt,
    make_list,
    make_list_entry,
    make_vc,
    make_vp,
    present,
    said,
    said_of,
    sign,
    trust_with,
)
from verify.document import Document
from verify.jose import enveloped
from verify.presentation import Asked
from verify.verdict import Answer
from verify.verifier import examine
from vocab.license import Term

Attack = Callable[[], bool]
ATTACKS: dict[str, Attack] = {}
"""Every attack by its name; each returns whether it was accepted."""

ONE, TWO = make_authority(LAO), make_authority(OTHER_LAO)
TRUST = replace(make_trust(make_issuer(ONE), make_issuer(TWO), lists=make_lists(ONE) | make_lists(TWO)), live=True)
RAW = make_credential()


def attack(make: Attack) -> Attack:
    ATTACKS[make.__name__] = make
    return make


def is_accepted(document: Document | bytes) -> bool:
    """Whether it passes for an authority's: genuine, whatever its status."""
    raw = document if isinstance(document, bytes) else serialize(document)
    return examine(raw, TRUST, NOW).genuine.answer is Answer.YES


def licence(**changes: Any) -> Document:
    """The genuine licence, and in its JSON these members otherwise."""
    document: Document = json.loads(RAW)
    return document | changes


def licence_about(**changes: Any) -> Document:
    document = licence()
    return document | {"credentialSubject": document["credentialSubject"] | changes}


# Terms and identifiers: what JSON-LD drops or renames is not signed


@attack
def term_added_after_signing() -> bool:
    return is_accepted(licence(undefinedTerm="x")) or is_accepted(licence_about(undefinedTerm="x"))


@attack
def term_added_after_signing_by_a_stranger() -> bool:
    return said(issue(make_vc()) | {"undefinedTerm": "x"}) == "verified"


@attack
def relative_id() -> bool:
    signed = issue(make_vc())
    subject = signed["credentialSubject"]
    return (
        is_accepted(licence(id="vc/1"))
        or is_accepted(licence_about(id="12~2F2567"))
        or any(said(signed | {"credentialSubject": subject | {"id": other}}) == "verified" for other in ("x", "#x", ""))
    )


@attack
def type_swapped_by_an_inline_context() -> bool:
    """`Driving` means what `Cooking` meant when it was signed."""
    unsecured = make_vc(type=["VerifiableCredential", "Cooking"])
    unsecured["@context"] = [*unsecured["@context"], {"Cooking": "urn:x:cooking"}]
    signed = issue(unsecured)
    assert said(signed) == "verified"
    swapped = deepcopy(signed) | {"type": ["VerifiableCredential", "Driving"]}
    contexts = [{"Cooking": "urn:x:other", "Driving": "urn:x:driving"}, {"Driving": "urn:x:other"}]
    renamed = [swapped | {"@context": [*swapped["@context"], context]} for context in contexts]
    in_a_licence = licence(**{"@context": [*licence()["@context"], {"License": "urn:x:other"}]})
    return is_accepted(in_a_licence) or any(said(each) == "verified" for each in [swapped, *renamed])


@attack
def status_hidden_by_an_inline_context() -> bool:
    """The signature fits, and a plain reader finds no status."""
    unsecured = make_vc(credentialStatus=make_list_entry())
    trust = trust_with({LIST_URL: issue(make_list(7))})
    signed = issue(unsecured)
    assert said(signed, trust) == "withdrawn"
    hidden = {name: value for name, value in signed.items() if name != "credentialStatus"}
    hidden["https://www.w3.org/2018/credentials#credentialStatus"] = signed["credentialStatus"]
    return said(hidden, trust) == "verified"


# JSON


@attack
def duplicate_json_keys() -> bool:
    named = b'"licenseNumber":'
    assert RAW.count(named) == 1
    return is_accepted(RAW.replace(named, named + b'"13/2567",' + named)) or is_accepted(RAW[:-1] + b"," + RAW[1:])


@attack
def nesting_of_5000() -> bool:
    return is_accepted(RAW[:-1] + b',"x":' + b"[" * 5_000 + b"]" * 5_000 + b"}")


@attack
def not_a_number() -> bool:
    return any(is_accepted(RAW[:-1] + b',"x":' + text + b"}") for text in (b"NaN", b"Infinity", b"-Infinity", b"1e999"))


# Keys and proofs


@attack
def altered_after_signing() -> bool:
    subject = licence()["credentialSubject"]
    changed = issue(make_vc())
    changed["credentialSubject"] = changed["credentialSubject"] | {"name": "Mallory"}
    return (
        is_accepted(licence_about(licensee=[*subject["licensee"][1:]]))
        or is_accepted(licence(validUntil="2099-01-01T00:00:00Z"))
        or said(changed) == "verified"
    )


@attack
def altered_in_a_jws() -> bool:
    head, body, signature = make_jwt(make_vc()).split(".")
    other = make_jwt(make_vc(name="Mallory")).split(".")[1]
    assert said(f"{head}.{body}.{signature}") == "verified"
    return said(f"{head}.{other}.{signature}") == "verified"


@attack
def other_authoritys_key() -> bool:
    under_the_own_name = forge(make_draft(), TWO.signer)
    under_the_others_name = forge(make_draft(), TWO.signer, verificationMethod=ONE.signer.verification_method)
    claimed = forge(make_draft() | {"issuer": TWO.did}, TWO.signer)
    return any(is_accepted(raw) for raw in (under_the_own_name, under_the_others_name, claimed))


@attack
def strangers_key() -> bool:
    return is_accepted(forge(make_draft(), STRANGER)) or is_accepted(
        forge(make_draft() | {"issuer": STRANGER.did}, STRANGER)
    )


@attack
def issuer_that_does_not_control_the_key() -> bool:
    """A stranger signs in the name of another, with a key that exists and a signature that fits."""
    return said(sign(make_vc(issuer=OTHER.did), STRANGER)) == "verified" or (
        said(make_jwt(make_vc(issuer=OTHER.did), STRANGER)) == "verified"
    )


@attack
def wrong_purpose() -> bool:
    raw = forge(make_draft(), ONE.signer, proofPurpose="authentication")
    return is_accepted(raw) or said(sign(make_vc(), proofPurpose="authentication")) == "verified"


@attack
def wrong_algorithm() -> bool:
    wrong = [
        sign(make_vc(), cryptosuite="ecdsa-rdfc-2019"),
        sign(make_vc(issuer=P256.did), P256, cryptosuite="eddsa-rdfc-2022"),
        enveloped(make_jwt(make_vc(), alg="ES256")),
        enveloped(make_jwt(make_vc(), alg="none")),
        enveloped(make_jwt(make_vc(), alg="HS256")),
        enveloped(make_jwt(make_vc(issuer=P256.did), P256, alg="EdDSA")),
    ]
    return is_accepted(forge(make_draft(), ONE.signer, cryptosuite="ecdsa-rdfc-2019")) or any(
        said(document) == "verified" for document in wrong
    )


@attack
def replayed_proof() -> bool:
    """A good proof, on another document."""
    other = json.loads(make_credential(make_license("13/2567")))
    return is_accepted(licence(proof=other["proof"])) or (
        said(make_vc(name="Mallory") | {"proof": issue(make_vc())["proof"]}) == "verified"
    )


# Presentations


@attack
def replayed_presentation() -> bool:
    """Made for another time: its challenge is not the one that was asked with."""
    return said_of(present(make_vp(issue(make_vc())), asked=replace(ASKED, challenge="another"))) == "verified"


@attack
def presentation_for_another_domain() -> bool:
    return said_of(present(make_vp(issue(make_vc())), asked=replace(ASKED, domain="another.example"))) == "verified"


@attack
def presentation_without_a_challenge() -> bool:
    return said_of(present(make_vp(issue(make_vc())), asked=Asked(domain=ASKED.domain))) == "verified"


@attack
def forged_credential_in_a_presentation() -> bool:
    forged = issue(make_vc()) | {"name": "Mallory"}
    return said_of(present(make_vp(issue(make_vc()), forged))) == "verified"


@attack
def forged_licence_in_a_presentation() -> bool:
    return said_of(present(make_vp(json.loads(forge(make_draft(), TWO.signer)))), trust=TRUST) == "verified"


# Dates and status


@attack
def expired_credential() -> bool:
    ended = make_vc(validUntil="2026-11-20T00:00:00Z")
    return said(issue(ended)) == "verified" or said(make_jwt(ended)) == "verified"


@attack
def expired_licence() -> bool:
    raw = make_credential(make_license(term=Term(valid_from=date(2020, 1, 1), expires_on=date(2020, 12, 31))))
    return examine(raw, TRUST, NOW).verified


@attack
def expired_proof() -> bool:
    return is_accepted(forge(make_draft(), ONE.signer, expires="2026-11-20T00:00:00Z"))


@attack
def old_status_list() -> bool:
    """From before the revocation."""
    return examine(RAW, TRUST, NOW + timedelta(days=2)).verified


@attack
def status_list_gzip_bomb() -> bool:
    unsecured = make_list()
    bombed = sign(unsecured | {"credentialSubject": unsecured["credentialSubject"] | {"encodedList": bomb(1 << 30)}})
    return said(issue(make_vc(credentialStatus=make_list_entry())), trust_with({LIST_URL: bombed})) == "verified"


@attack
def status_list_of_another() -> bool:
    """The list says that nothing is revoked, and somebody else signed it."""
    theirs = issue(make_list(issuer=OTHER.did), OTHER)
    return said(issue(make_vc(credentialStatus=make_list_entry())), trust_with({LIST_URL: theirs})) == "verified"


@attack
def licence_of_another_register() -> bool:
    elsewhere = "https://evil.example"
    document = json.loads(RAW.replace(BASE.encode(), elsewhere.encode()))
    return is_accepted(document)


HARMLESS: Mapping[str, Attack] = {
    "the licence": lambda: examine(RAW, TRUST, NOW).verified,
    "a stranger's credential": lambda: said(issue(make_vc())) == "verified",
    "a stranger's JWS": lambda: said(make_jwt(make_vc())) == "verified",
    "a presentation": lambda: said_of(present(make_vp(issue(make_vc())))) == "verified",
    "a credential with a status": lambda: (
        said(issue(make_vc(credentialStatus=make_list_entry())), trust_with({LIST_URL: issue(make_list())}))
        == "verified"
    ),
}
"""What each attack is a change of, and is accepted: a verifier that refuses everything is no verifier."""
