"""What the data models allow, is issued and verified; what they forbid, is refused by both, for its form and not by chance.

The inputs are those of the public conformance suites (data model 2.0 and 1.1), told in our own words.
"""

from typing import Any

import pytest

from tests.strangers import (
    ABSENT,
    EXAMPLES_V1,
    EXAMPLES_V2,
    STRANGER,
    issue,
    make_vc,
    make_vc_1_1,
    require_refused,
    said,
    sign,
    verdict,
)
from verify.credential import read_unsecured
from verify.data_model import DataModel
from verify.document import Document
from verify.errors import ContextUnknown, MalformedDocument
from verify.verdict import Answer
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2

EX = [CREDENTIALS_V2, EXAMPLES_V2]
BAD_URL = "https ://not-a-url/x"
SOME_PROOF = issue(make_vc())["proof"]
SRI_V2 = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
MULTIBASE_V2 = "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"


def mapped(*terms: str) -> Document:
    """An inline context that gives these terms an IRI."""
    return {term: f"https://example.org/examples#{term}" for term in terms}


SUBJECT = {"id": "did:example:subject"}
TERMS, SCHEMA = "https://example.org/#Terms", "https://example.org/#Schema"

ACCEPTED: dict[str, dict[str, Any]] = {
    "nothing but what is required": {"id": ABSENT, "validFrom": ABSENT},
    "context of the examples": {"context": EX},
    "inline context": {"context": [CREDENTIALS_V2, mapped("ATerm")]},
    "inline context inside an object": {"context": [CREDENTIALS_V2, {"@context": mapped("ATerm")}]},
    "two inline contexts": {"context": [*EX, mapped("ATerm"), mapped("BTerm")]},
    "subject without an id": {"credentialSubject": {"name": "Alice"}},
    "subject with nothing but an id": {"credentialSubject": SUBJECT},
    "two subjects": {"credentialSubject": [SUBJECT, {"id": "did:example:other"}]},
    "two subjects without an id": {"credentialSubject": [{"name": "Alice"}, {"name": "Bob"}]},
    "undefined term with the examples": {"context": EX, "credentialSubject": {"degree": {"type": "Degree"}}},
    "type that is a URL": {"type": ["VerifiableCredential", "https://example.org/#ExampleCredential"]},
    "types in another order": {"type": ["https://example.org/#A", "VerifiableCredential", "https://example.org/#B"]},
    "type of an inline context": {
        "context": [CREDENTIALS_V2, mapped("ExampleCredential")],
        "type": ["VerifiableCredential", "ExampleCredential"],
    },
    "type of the examples": {"context": EX, "type": ["VerifiableCredential", "RelationshipCredential"]},
    "one type, no list": {"type": "VerifiableCredential"},
    "issuer with a name": {"issuer": {"id": STRANGER.did, "name": "The issuer", "description": "A stranger"}},
    "instant with milliseconds": {"validFrom": "2026-01-01T00:00:00.123Z"},
    "instant with an offset": {"validFrom": "2026-01-01T00:00:00-06:00"},
    "from and until the same instant": {"validFrom": "2026-11-21T03:00:00Z", "validUntil": "2026-11-21T10:00:00+07:00"},
    "until only": {"validFrom": ABSENT, "validUntil": "2030-01-01T00:00:00Z"},
    "terms of use": {"termsOfUse": {"type": TERMS}},
    "terms of use with an id, twice": {"termsOfUse": [{"type": TERMS, "id": "https://example.org/1"}, {"type": TERMS}]},
    "evidence, several": {"evidence": [{"type": TERMS}, {"type": TERMS, "id": "https://example.org/1"}]},
    "refresh services": {"refreshService": [{"type": TERMS, "id": "https://example.org/1"}, {"type": TERMS}]},
    "schema": {"credentialSchema": {"id": "https://example.org/schema", "type": SCHEMA}},
    "schemas": {"credentialSchema": [{"id": f"https://example.org/{n}", "type": SCHEMA} for n in (1, 2)]},
    "related resource by SRI": {"relatedResource": {"id": CREDENTIALS_V2, "digestSRI": SRI_V2}},
    "related resource by multibase": {"relatedResource": [{"id": CREDENTIALS_V2, "digestMultibase": MULTIBASE_V2}]},
    "a float, a large number, a negative one": {"context": EX, "credentialSubject": {"x": [1.5, 2**53 - 1, -4]}},
    "line separators in a text": {"credentialSubject": {"name": "a\u2028b\u2029c\x85d\x0be\x1cf\r\n"}},
}
TEXTS: dict[str, Any] = {
    "text": "A name",
    "with its language": {"@value": "A name", "@language": "en"},
    "with its direction": {"@value": "A name", "@language": "en", "@direction": "ltr"},
    "in several languages": [{"@value": "Dog", "@language": "en"}, {"@value": "หมา", "@language": "th"}],
}
ACCEPTED |= {
    f"{member} as {kind}{where}": {"issuer": {"id": STRANGER.did, member: value}} if where else {member: value}
    for member in ("name", "description")
    for kind, value in TEXTS.items()
    for where in ("", " of the issuer")
}

REFUSED: dict[str, dict[str, Any]] = {
    "no context": {"context": ABSENT},
    "context that is no list": {"context": CREDENTIALS_V2},
    "empty context": {"context": []},
    "context without the base": {"context": [EXAMPLES_V2]},
    "base context not first": {"context": [EXAMPLES_V2, CREDENTIALS_V2]},
    "inline context first": {"context": [mapped("A"), CREDENTIALS_V2]},
    "context that is no URL": {"context": [CREDENTIALS_V2, BAD_URL]},
    "context that is a number": {"context": [CREDENTIALS_V2, 123192875]},
    "context that is null": {"context": [CREDENTIALS_V2, None]},
    "context that is a list": {"context": [CREDENTIALS_V2, [EXAMPLES_V2]]},
    "protected term redefined": {"context": [CREDENTIALS_V2, mapped("VerifiableCredential")]},
    "own protected term redefined": {
        "context": [CREDENTIALS_V2, {"@protected": True, "A": "urn:x:1"}, {"A": "urn:x:2"}]
    },
    "id null": {"id": None},
    "id that is a list": {"id": ["did:example:1", "did:example:2"]},
    "id that is no URL": {"id": BAD_URL},
    "id that is relative": {"id": "relative"},
    "subject's id a list": {"credentialSubject": {"id": ["did:example:1", "did:example:2"]}},
    "subject's id null": {"credentialSubject": {"id": None, "name": "Alice"}},
    "subject's id no URL": {"credentialSubject": {"id": BAD_URL}},
    "subject's id empty": {"credentialSubject": {"id": "", "name": "Alice"}},
    "no type": {"type": ABSENT},
    "type null": {"type": None},
    "type a number": {"type": ["VerifiableCredential", 2]},
    "type without VerifiableCredential": {"context": EX, "type": ["RelationshipCredential"]},
    "type that nobody defines": {"type": ["VerifiableCredential", "ExampleTestCredential"]},
    "type without a vocabulary": {
        "context": [*EX, {"@vocab": None}],
        "type": ["VerifiableCredential", "ExampleTestCredential"],
    },
    "type that means no URL": {
        "context": [CREDENTIALS_V2, {"ExampleTestCredential": "https ://not-a-url#X"}],
        "type": ["VerifiableCredential", "ExampleTestCredential"],
    },
    "no issuer": {"issuer": ABSENT},
    "issuer that is no URL": {"issuer": "fake-issuer"},
    "issuer object whose id is no URL": {"issuer": {"id": "fake-issuer"}},
    "issuer null": {"issuer": None},
    "issuer object without an id": {"issuer": {"name": "Nobody"}},
    "issuer object whose id is null": {"issuer": {"id": None}},
    "two issuers": {"issuer": [STRANGER.did, "did:example:other"]},
    "no subject": {"credentialSubject": ABSENT},
    "empty subject": {"credentialSubject": {}},
    "no subjects": {"credentialSubject": []},
    "subject null": {"credentialSubject": None},
    "subject that is a text": {"credentialSubject": "did:example:subject"},
    "one empty subject of two": {"credentialSubject": [SUBJECT, {}]},
    "date in words": {"validFrom": "Sat 25 Feb 2023 07:16:31 PM CST"},
    "date without a time": {"validUntil": "2030-01-01"},
    "instant without a zone": {"validFrom": "2026-01-01T00:00:00"},
    "day that does not exist": {"validFrom": "2026-02-30T00:00:00Z"},
    "instant null": {"validUntil": None},
    "two instants": {"validUntil": ["2030-01-01T00:00:00Z"]},
    "until before from": {"validFrom": "2030-01-01T00:00:00Z", "validUntil": "2029-01-01T00:00:00Z"},
    "undefined member": {"statusEntry": {"type": "https://example.org/#x", "statusListIndex": True}},
    "undefined term": {"credentialSubject": {**SUBJECT, "favourite": "x"}},
    "undefined term, null": {"credentialSubject": {**SUBJECT, "favourite": None}},
    "related resource as text": {"relatedResource": ["https://example.org/1"]},
    "related resource without an id": {"relatedResource": {"digestSRI": SRI_V2}},
    "related resource twice": {"relatedResource": [{"id": CREDENTIALS_V2, "digestSRI": SRI_V2}] * 2},
    "related resource without a digest": {"relatedResource": {"id": CREDENTIALS_V2}},
    "related resource with an empty digest": {"relatedResource": {"id": CREDENTIALS_V2, "digestSRI": " "}},
    "related resource with another digest": {
        "relatedResource": {"id": CREDENTIALS_V2, "digestSRI": "sha384-" + "A" * 64}
    },
    "schema without an id": {"credentialSchema": {"type": SCHEMA}},
    "schema whose id is no URL": {"credentialSchema": {"type": SCHEMA, "id": BAD_URL}},
}
REFUSED |= {
    f"{member} {kind}{where}": {"issuer": {"id": STRANGER.did, member: value}} if where else {member: value}
    for member in ("name", "description")
    for kind, value in {
        "with another key": {"@value": "A name", "@language": "en", "url": "did:example:credential"},
        "a number": 1,
        "null": None,
        "an empty list": [],
        "a list of texts": ["A name"],
        "without a value": {"@language": "en"},
        "with a bad direction": {"@value": "A name", "@direction": "up"},
        "with two values": {"@value": ["A", "B"]},
    }.items()
    for where in ("", " of the issuer")
}
UNTYPED: dict[str, Document] = {
    "without a type": {},
    "with a number for a type": {"type": 2},
    "with no types": {"type": []},
    "with an id that is no URL": {"type": "X", "id": BAD_URL},
    "with two ids": {"type": "X", "id": ["did:example:1", "did:example:2"]},
}
REFUSED |= {
    f"{member} {kind}": {"context": EX, member: {"id": "https://example.org/1", **value}}
    for member in ("credentialStatus", "termsOfUse", "evidence", "refreshService", "credentialSchema")
    for kind, value in UNTYPED.items()
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
def test_a_well_formed_credential_is_issued_and_verified(changes: dict[str, Any]) -> None:
    document = make_vc(**changes)
    secured = issue(document)
    assert {key: value for key, value in secured.items() if key != "proof"} == document
    assert said(secured) == "verified"


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_a_malformed_credential_is_neither_issued_nor_verified(changes: dict[str, Any]) -> None:
    require_refused(make_vc(**changes))


def test_a_strangers_context_that_nobody_knows_could_not_be_checked() -> None:
    """It may be defined very well, by somebody else: nothing is fetched, and nothing is said against it."""
    unsecured = make_vc(context=[CREDENTIALS_V2, "https://example.com"])
    found = verdict({**unsecured, "proof": issue(make_vc())["proof"]})
    assert (found.genuine.answer, found.genuine.code) == (Answer.UNKNOWN, "context-unknown")
    with pytest.raises(ContextUnknown):
        issue(unsecured)


@pytest.mark.parametrize(
    "members",
    [
        {"context": EX, "credentialSubject": {"id": "urn:x:s", "claim": [str(number) for number in range(1_000)]}},
        {"credentialSubject": {"id": "urn:x:s"}, "evidence": [{"type": "urn:x:e"} for _ in range(8)]},
    ],
    ids=["a thousand claims", "eight nodes that look alike"],
)
def test_what_is_beyond_our_bounds_could_not_be_checked(members: dict[str, Any]) -> None:
    found = verdict({**make_vc(**members), "proof": issue(make_vc())["proof"]})
    assert (found.genuine.answer, found.genuine.code) == (Answer.UNKNOWN, "beyond-bounds")
    assert found.exit_code == 2


def test_what_has_expired_or_not_begun_is_well_formed_and_not_in_force() -> None:
    past = make_vc(validFrom="2023-02-26T01:19:19Z", validUntil="2023-02-26T01:19:20Z")
    assert said(issue(past)) == "expired"
    assert said(issue(make_vc(validFrom="2030-01-01T00:00:00Z"))) == "pending"


@pytest.mark.parametrize("status", [{"id": "did:example:status"}, {}], ids=["with an id", "without"])
def test_a_status_of_an_unknown_kind_is_issued_and_answered_with_not_known(status: Document) -> None:
    entry = status | {"type": "CredentialStatusList2017"}
    secured = issue(make_vc(context=[CREDENTIALS_V2, mapped("CredentialStatusList2017")], credentialStatus=entry))
    assert said(secured) == "status-unknown"


# The data model 1.1

V1 = [CREDENTIALS_V1, DATA_INTEGRITY_V2, EXAMPLES_V1]
ACCEPTED_1_1: dict[str, dict[str, Any]] = {
    "plain": {},
    "no id": {"id": ABSENT},
    "an end": {"expirationDate": "2030-01-01T00:00:00Z"},
    "issuer with more than its id": {"issuer": {"id": STRANGER.did, "alumniOf": "The School of Examples"}},
    "terms of an inline context, before that of the proof": {
        "context": [CREDENTIALS_V1, mapped("name", "description"), DATA_INTEGRITY_V2],
        "name": "A name",
        "credentialSubject": {"id": "did:example:subject", "description": "x"},
    },
    "schema": {"credentialSchema": {"id": "https://example.org/1", "type": SCHEMA}},
    "several subjects": {"credentialSubject": [SUBJECT, {"id": "did:example:other"}]},
}
REFUSED_1_1: dict[str, dict[str, Any]] = {
    "base context not first": {"context": [EXAMPLES_V1, CREDENTIALS_V1]},
    "both base contexts": {"context": [CREDENTIALS_V1, CREDENTIALS_V2]},
    "no issuanceDate": {"issuanceDate": ABSENT},
    "issuanceDate null": {"issuanceDate": None},
    "issuanceDate without a zone": {"issuanceDate": "2026-01-01T00:00:00"},
    "end before its beginning": {"expirationDate": "2025-01-01T00:00:00Z"},
    "no type": {"type": ABSENT},
    "no issuer": {"issuer": ABSENT},
    "no subject": {"credentialSubject": ABSENT},
    "id that is no URL": {"id": BAD_URL},
    "status without a type": {"credentialStatus": {"id": "https://example.org/1"}},
    "undefined term": {"context": [CREDENTIALS_V1, DATA_INTEGRITY_V2], "credentialSubject": {"favourite": "x"}},
    "term of 2.0": {
        "context": [CREDENTIALS_V1, DATA_INTEGRITY_V2],
        "relatedResource": {"id": "urn:x:1", "digestSRI": "x"},
    },
    "protected term redefined": {"context": [*V1, mapped("VerifiableCredential")]},
}


@pytest.mark.parametrize("changes", ACCEPTED_1_1.values(), ids=ACCEPTED_1_1)
def test_a_well_formed_credential_of_1_1_is_issued_and_verified(changes: dict[str, Any]) -> None:
    assert said(issue(make_vc_1_1(**changes))) == "verified"


@pytest.mark.parametrize("changes", REFUSED_1_1.values(), ids=REFUSED_1_1)
def test_a_malformed_credential_of_1_1_is_neither_issued_nor_verified(changes: dict[str, Any]) -> None:
    require_refused(make_vc_1_1(**changes))


def test_a_credential_of_1_1_gets_the_context_of_its_proof_last_when_it_is_issued() -> None:
    inline = mapped("name")
    secured = issue(make_vc_1_1(context=[CREDENTIALS_V1, inline], credentialSubject={"name": "x"}))
    assert secured["@context"] == [CREDENTIALS_V1, inline, DATA_INTEGRITY_V2]
    assert said(secured) == "verified"
    # Without it the terms of the proof mean nothing, and nothing would be signed.
    assert said(secured | {"@context": [CREDENTIALS_V1, inline]}) == "malformed-document"


def test_the_dates_of_1_1_count_by_their_own_names() -> None:
    assert said(issue(make_vc_1_1(expirationDate="2026-02-01T00:00:00Z"))) == "expired"
    assert said(issue(make_vc_1_1(issuanceDate="2030-01-01T00:00:00Z"))) == "pending"
    assert read_unsecured(make_vc_1_1()).model is DataModel.V1
    assert read_unsecured(make_vc()).model is DataModel.V2


def test_a_credential_is_secured_once() -> None:
    proof: object
    for proof in (SOME_PROOF, None, [], "x"):
        with pytest.raises(MalformedDocument, match="already"):
            issue({**make_vc(), "proof": proof})


def test_a_stranger_may_not_issue_what_nobody_could_read_plainly() -> None:
    hidden = make_vc(
        context=[CREDENTIALS_V2, {"until": "https://www.w3.org/2018/credentials#validUntil"}],
        until="2030-01-01T00:00:00Z",
    )
    with pytest.raises(MalformedDocument, match="validUntil"):
        issue(hidden)
    assert said(sign(hidden)) == "malformed-credential"
