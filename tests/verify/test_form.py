"""A stranger's credential says in RDF what was read in its JSON: whoever writes it in another way hides nothing from the verdict.

Each attack here rewrites a signed credential so that its signature still fits, which is asserted first. What was withdrawn,
expired or another's would then read as in force, if only the plain names were looked at.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import LOADER, NOW
from tests.strangers import (
    ABSENT,
    ASKED,
    CRED,
    EXAMPLES_V2,
    LIST_URL,
    STRANGER,
    XSD,
    issue,
    make_list,
    make_list_entry,
    make_vc,
    make_vc_1_1,
    make_vp,
    present,
    presented,
    said,
    said_of,
    sign,
    trust_with,
)
from verify.canonical import general_nquads
from verify.document import Document
from verify.errors import MalformedDocument
from verify.form import require_as_read
from verify.verifier import examine
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2, LIC, LICENSE_CREDENTIAL

TRUST = trust_with({LIST_URL: sign(make_list(7))})
STATUS = "https://www.w3.org/ns/credentials/status#"
ID = make_vc()["id"]
ENTRY = make_list_entry(id="https://issuer.example/status/1#7")
PAST = "2026-02-01T00:00:00Z"
RESOURCE = {"id": "https://example.org/1", "digestSRI": "sha384-x"}

WITHDRAWN = sign(make_vc(context=[CREDENTIALS_V2, EXAMPLES_V2], credentialStatus=ENTRY, relatedResource=RESOURCE))
EXPIRED = sign(make_vc(validUntil=PAST))
BOTH_OF_TWO = sign(make_vc(credentialSubject=[{"id": "did:example:a"}, {"id": "did:example:b"}]))
MALLORYS = sign(make_vc(credentialSubject={"id": "https://mallory.example/example:alice"}))
OLD_WITHDRAWN = sign(
    make_vc_1_1(
        context=[CREDENTIALS_V1, DATA_INTEGRITY_V2, {"Other": "https://example.org/#Other"}],
        credentialStatus={"id": "https://example.org/1", "type": "Other"},
        credentialSubject={"id": "did:example:subject"},
    )
)
OLD_EXPIRED = sign(make_vc_1_1(expirationDate=PAST))


def with_context(document: Document, context: Document) -> Document:
    """With one more inline context, which changes no term that is in use."""
    return document | {"@context": [*document["@context"], context]}


def without(document: Document, *members: str) -> Document:
    return {key: value for key, value in document.items() if key not in members}


def moved(member: str, to: str) -> Callable[[Document], Document]:
    return lambda document: without(document, member) | {to: document[member]}


def typed(member: str, to: str) -> Callable[[Document], Document]:
    """A date under another name, its type with it."""
    return lambda document: without(document, member) | {to: {"@type": XSD + "dateTime", "@value": document[member]}}


def alias(member: str, definition: object, rewrite: Callable[[Document], Document]) -> Callable[[Document], Document]:
    return lambda document: rewrite(with_context(document, {member: definition}))


def nested(member: str, under: str) -> Callable[[Document], Document]:
    return lambda document: without(document, member) | {under: {member: document[member]}}


def included(member: str, under: str) -> Callable[[Document], Document]:
    return lambda document: (
        without(document, member)
        | {under: [{"id": document["id"], "type": "VerifiableCredential", member: document[member]}]}
    )


def reversed_status(document: Document) -> Document:
    entry = document["credentialStatus"] | {"@reverse": {CRED + "credentialStatus": {"id": document["id"]}}}
    return without(document, "credentialStatus") | {"@included": [entry]}


def node_moved(document: Document) -> Document:
    """The credential itself stands further down; at the top is somebody else's name for nothing."""
    return {
        "@context": document["@context"],
        "proof": document["proof"],
        "@included": [without(document, "@context", "proof")],
    }


def graph_moved(document: Document) -> Document:
    inner = without(document, "@context", "proof")
    return {"@context": document["@context"], "proof": document["proof"], "@graph": [inner]}


def spoofed_subject(document: Document) -> Document:
    """did:example:alice stands in the JSON, and means the IRI that was signed."""
    prefix = {"did": "https://mallory.example/"}
    return document | {"credentialSubject": {"@context": prefix, "id": "did:example:alice"}}


STATUS_TERM = {"@id": CRED + "credentialStatus", "@type": "@id"}
DATE = {"@id": CRED + "validUntil", "@type": XSD + "dateTime"}
ATTACKS: dict[str, tuple[Document, Callable[[Document], Document]]] = {
    "status under its IRI": (WITHDRAWN, moved("credentialStatus", CRED + "credentialStatus")),
    "status under another term": (WITHDRAWN, alias("state", STATUS_TERM, moved("credentialStatus", "state"))),
    "status under a prefix": (WITHDRAWN, alias("c", CRED, moved("credentialStatus", "c:credentialStatus"))),
    "status nested": (WITHDRAWN, nested("credentialStatus", "@nest")),
    "status nested under an alias": (WITHDRAWN, alias("more", "@nest", nested("credentialStatus", "more"))),
    "status included": (WITHDRAWN, included("credentialStatus", "@included")),
    "status included under an alias": (WITHDRAWN, alias("also", "@included", included("credentialStatus", "also"))),
    "status reversed": (WITHDRAWN, reversed_status),
    "status in a set": (WITHDRAWN, lambda node: node | {"credentialStatus": {"@set": [node["credentialStatus"]]}}),
    "id under its keyword": (WITHDRAWN, moved("id", "@id")),
    "id under an alias": (WITHDRAWN, alias("name2", "@id", moved("id", "name2"))),
    "credential included": (WITHDRAWN, node_moved),
    "credential in a graph": (WITHDRAWN, graph_moved),
    "issuer under its IRI": (
        WITHDRAWN,
        lambda node: moved("issuer", CRED + "issuer")(node | {"issuer": {"id": node["issuer"]}}),
    ),
    "related resource under its IRI": (WITHDRAWN, moved("relatedResource", CRED + "relatedResource")),
    "end under its IRI": (EXPIRED, typed("validUntil", CRED + "validUntil")),
    "end under another term": (EXPIRED, alias("until", DATE, moved("validUntil", "until"))),
    "end nested": (EXPIRED, nested("validUntil", "@nest")),
    "end included": (EXPIRED, included("validUntil", "@included")),
    "one subject of two": (
        BOTH_OF_TWO,
        lambda node: (
            node
            | {"credentialSubject": node["credentialSubject"][:1], CRED + "credentialSubject": {"id": "did:example:b"}}
        ),
    ),
    "subject under another's name": (MALLORYS, spoofed_subject),
    "status of 1.1 under its IRI": (OLD_WITHDRAWN, moved("credentialStatus", CRED + "credentialStatus")),
    "status of 1.1 nested": (OLD_WITHDRAWN, nested("credentialStatus", "@nest")),
    "end of 1.1 under its IRI": (OLD_EXPIRED, typed("expirationDate", CRED + "expirationDate")),
    "end of 1.1 under another term": (
        OLD_EXPIRED,
        alias("until", {"@id": CRED + "expirationDate", "@type": XSD + "dateTime"}, moved("expirationDate", "until")),
    ),
}


@pytest.mark.parametrize(("original", "rewrite"), ATTACKS.values(), ids=ATTACKS)
def test_a_credential_that_is_written_otherwise_than_it_reads_is_refused(
    original: Document, rewrite: Callable[[Document], Document]
) -> None:
    rewritten = rewrite(deepcopy(original))
    assert rewritten != original

    def signed(document: Document) -> bytes:
        return general_nquads(without(document, "proof"), LOADER)

    assert signed(rewritten) == signed(original)  # the signature fits
    assert said(rewritten, TRUST) in {"malformed-credential", "malformed-document"}
    assert said(original, TRUST) in {"withdrawn", "expired", "status-unknown", "verified"}


def test_a_size_that_is_hidden_would_read_the_wrong_bit() -> None:
    entry = make_list_entry(statusSize=2, statusMessage=[{"status": "0x0", "message": "x"}], statusListIndex="3")
    original = sign(make_vc(context=[CREDENTIALS_V2, EXAMPLES_V2], credentialStatus=entry))
    assert said(original, TRUST) == "status-unknown"
    size = "https://www.w3.org/2001/XMLSchema#integer"  # as the context has it
    hidden = without(entry, "statusSize") | {STATUS + "statusSize": {"@type": size, "@value": 2}}
    rewritten = original | {"credentialStatus": hidden}
    assert general_nquads(without(rewritten, "proof"), LOADER) == general_nquads(without(original, "proof"), LOADER)
    assert said(rewritten, TRUST) == "malformed-credential"


SECURITY = "https://w3id.org/security#"


@pytest.mark.parametrize("old", [False, True], ids=["2.0", "1.1"])
def test_a_proof_that_hides_its_end_is_refused(old: bool) -> None:
    until = {"until": {"@id": SECURITY + "expiration", "@type": XSD + "dateTime"}}
    plain = make_vc_1_1() if old else make_vc()
    unsecured = with_context(plain, until)
    expired = sign(unsecured, expires=PAST)
    assert said(expired) == "proof-expired"
    proof = expired["proof"]
    for hidden in (
        without(proof, "expires") | {SECURITY + "expiration": {"@type": XSD + "dateTime", "@value": PAST}},
        without(proof, "expires") | {"until": PAST},
        without(proof, "expires") | {"@nest": {"expires": PAST}},
    ):
        assert said(expired | {"proof": hidden}) == "malformed-proof"
    assert said(sign(unsecured, expires="2030-01-01T00:00:00Z")) == "verified"


def test_a_proof_has_the_context_of_its_document() -> None:
    document = issue(make_vc())
    assert said(document | {"proof": document["proof"] | {"@context": document["@context"]}}) == "verified"
    other = document["proof"] | {"@context": [CREDENTIALS_V2, EXAMPLES_V2]}
    assert said(document | {"proof": other}) == "malformed-proof"


def test_what_speaks_of_licences_cannot_hide_its_type() -> None:
    context = [CREDENTIALS_V2, {"Permit": LIC + LICENSE_CREDENTIAL}]
    for types in (["VerifiableCredential", "Permit"], ["VerifiableCredential", LIC + LICENSE_CREDENTIAL]):
        assert said(sign(make_vc(context=context, type=types))) == "malformed-credential"


def test_a_credential_without_an_id_holds_no_other() -> None:
    alone = sign(make_vc(id=ABSENT, validUntil=PAST))
    assert said(alone) == "expired"
    inner = {"type": "VerifiableCredential", "issuer": STRANGER.did}
    with_inner = make_vc(id=ABSENT, context=[CREDENTIALS_V2, EXAMPLES_V2], credentialSubject={"holds": inner})
    assert said(sign(with_inner)) == "malformed-credential"
    named = with_context(alone, {"state": DATE})
    assert said(without(named, "validUntil") | {"state": PAST}) == "malformed-credential"


def test_line_separators_in_a_text_make_no_statement() -> None:
    # str.splitlines would see a line in each of them, and a text could say what only the issuer may.
    for separator in "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e":
        text = f"x{separator}<{ID}> <{CRED}credentialStatus> <https://x.example/1> ."
        document = make_vc(credentialSubject={"name": text})
        assert said(issue(document)) == "verified"
        require_as_read(document, general_nquads(document, LOADER))


# Presentations


@pytest.mark.parametrize("kind", ["IRI", "alias", "nested"])
def test_a_presentation_cannot_hide_a_credential_or_its_holder(kind: str) -> None:
    forged = make_vc(issuer="did:web:somebody.example")  # nobody has signed it
    assert said_of(present(make_vp(forged))) == "issuer-mismatch"
    hidden: dict[str, Any] = {
        "IRI": {CRED + "verifiableCredential": {"@graph": [forged]}},
        "alias": {"vcs": forged},
        "nested": {"@nest": {"verifiableCredential": [forged]}},
    }
    term = {"vcs": {"@id": CRED + "verifiableCredential", "@type": "@id", "@container": "@graph"}}
    vp = make_vp(context=[CREDENTIALS_V2, term], verifiableCredential=ABSENT, **hidden[kind])
    assert said_of(present(vp)) == "malformed-presentation"
    nameless = make_vp(holder=ABSENT, **{CRED + "holder": {"id": "did:web:somebody.example"}})
    assert said_of(present(nameless)) == "malformed-presentation"


def test_what_the_holder_says_itself_is_read_as_it_is_signed() -> None:
    said_by_holder = make_vc(validUntil=PAST)
    assert said_of(present(make_vp(said_by_holder))) == "expired"
    hidden = typed("validUntil", CRED + "validUntil")(said_by_holder)
    assert said_of(present(make_vp(hidden))) == "malformed-credential"


# Whatever it is, it has a verdict

KEYS = st.sampled_from(
    [
        *["@context", "@id", "@type", "@graph", "@nest", "@included", "@reverse", "@value", "@set", "@list", "@json"],
        *["id", "type", "issuer", "holder", "credentialSubject", "credentialStatus", "relatedResource", "proof"],
        *["validUntil", "name", "verifiableCredential", "statusListIndex", "statusPurpose", "created", "expires"],
        *["domain", "previousProof", "cryptosuite", "proofValue", "verificationMethod", "digestSRI", "termsOfUse"],
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 2**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=4)
    | st.sampled_from(
        ["_:b0", "urn:x:1", "did:key:z", "did:web:", CREDENTIALS_V2, "VerifiableCredential", "@type", "data:"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
WHOLE = sign(
    make_vc(credentialStatus=[ENTRY], relatedResource=RESOURCE, issuer={"id": STRANGER.did}),
    expires="2030-01-01T00:00:00Z",
)


def places(node: Any) -> list[Any]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found = [node] if isinstance(node, dict) else []
    return found + [place for item in inner for place in places(item)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_of_a_strangers_credential_has_a_verdict(data: st.DataObject) -> None:
    document = deepcopy(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        data.draw(st.sampled_from(places(document)))[data.draw(KEYS)] = data.draw(VALUES)
    if examine(json.dumps(document).encode(), TRUST, NOW).verified:
        assert general_nquads(without(document, "proof"), LOADER) == general_nquads(without(WHOLE, "proof"), LOADER)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_change_of_a_presentation_has_a_verdict(data: st.DataObject) -> None:
    document = deepcopy(present(make_vp(issue(make_vc()))))
    for _ in range(data.draw(st.integers(1, 3))):
        data.draw(st.sampled_from(places(document)))[data.draw(KEYS)] = data.draw(VALUES)
    try:
        found = presented(document, ASKED, TRUST)
    except MalformedDocument:
        return  # no JSON that every platform reads alike: it does not come as far as a verdict
    assert found.verified == (said_of(document, ASKED, TRUST) == "verified")
