"""Canonical N-Quads: equal to PyLD's own, nothing silently left out, and bounded in time."""

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from tests.builders import BASE, LOADER, make_draft
from verify.canonical import MAX_BLANK_NODES, canonical_nquads, general_nquads
from verify.document import Document
from verify.effort import EFFORT_OF_TYPE, MAX_EFFORT
from verify.errors import BeyondBounds, ContextUnknown, MalformedDocument
from vocab.terms import CREDENTIALS_V2, license_context

CONTEXTS = [CREDENTIALS_V2, license_context(BASE)]
QUICK = 5.0  # seconds of this process; minutes where a bound is missing


def credential(**members: Any) -> Document:
    return {"@context": [CREDENTIALS_V2], "id": "urn:x:1", "type": ["VerifiableCredential"], **members}


def pyld_canonical(node: Document) -> bytes:
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": LOADER,
        "base": None,
        "rdfDirection": "i18n-datatype",
    }
    text: str = jsonld.normalize(node, options)
    return text.encode()


@pytest.mark.parametrize(
    "document",
    [
        credential(unknown="x"),
        credential(issuer={"id": "urn:x:2", "unknown": "x"}),
        credential(id="relative"),
        credential(id="/absolute/path"),
        credential(id="#fragment"),
        credential(id="urn:x:with space"),
        credential(id="urn:x:<y>"),
        credential(issuer="relative"),
        credential(type=["VerifiableCredential", "Undefined"]),
        credential(credentialSubject={"id": "urn:x:2", "type": "relative"}),
        credential(credentialSubject={"id": "urn:x:2", "licenseNumber": "1"}),
        {"@context": [CREDENTIALS_V2, 1]},
        {"@context": {"@import": "https://other.example/context"}},
        credential(validFrom={"@value": {"a": 1}}),
        credential(id=["urn:x:1", "urn:x:2"]),
        credential(**{"@id": "urn:x:2"}),
        credential(**{"_:b": "x"}),
        credential(**{"@reverse": 1}),
        credential(**{"@index": 1}),
        {"id": "urn:x:1", "type": "VerifiableCredential"},
    ],
)
def test_what_would_not_be_signed_is_refused(document: Document) -> None:
    with pytest.raises(MalformedDocument):
        canonical_nquads(document, LOADER)


@pytest.mark.parametrize(
    "contexts", ["https://other.example/context", [CREDENTIALS_V2, "https://other.example/context"]]
)
def test_a_context_that_nobody_knows_says_nothing_of_the_document(contexts: Any) -> None:
    with pytest.raises(ContextUnknown, match=r"other\.example"):
        canonical_nquads({"@context": contexts, "id": "urn:x:1"}, LOADER)


def test_what_is_ours_may_be_larger_than_what_comes_from_anywhere() -> None:
    node = credential(evidence=[{"id": f"urn:x:{n}", "type": "VerifiableCredential"} for n in range(200)])
    with pytest.raises(BeyondBounds, match="too many values"):
        general_nquads(node, LOADER)
    assert general_nquads(node, LOADER, is_ours=True) == pyld_canonical(node)


def test_an_inline_context_may_not_redefine_a_protected_term() -> None:
    inline = {"name": "https://other.example/name"}
    with pytest.raises(MalformedDocument):
        canonical_nquads(credential() | {"@context": [CREDENTIALS_V2, inline]}, LOADER)


# Without control characters, which PyLD leaves as they are: see the next but one test.
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30) | st.text(
    'กขำ้ํเ๑"\\\n\r\u2028\ufeff🎵𝄞', max_size=20
)


@settings(deadline=None)
@given(texts, texts, st.booleans())
def test_any_text_has_pylds_canonical_form(one: str, other: str, named: bool) -> None:
    subject = {"id": "urn:x:2", "type": "License", "licenseNumber": one, "condition": [one, other]}
    premises = {"type": "Premises", "placeName": {"th": one, "en": other}}
    node = {
        "@context": CONTEXTS,
        "id": "urn:x:1",
        "type": ["VerifiableCredential"],
        "name": [{"@value": one, "@language": "th"}],
        "credentialSubject": subject | {"premises": [premises | ({"id": "urn:x:3"} if named else {})]},
    }
    assert canonical_nquads(node, LOADER) == pyld_canonical(node)


def test_a_whole_credential_has_pylds_canonical_form() -> None:
    assert canonical_nquads(make_draft(), LOADER) == pyld_canonical(make_draft())


def test_control_characters_are_escaped_as_rdfc_says() -> None:
    # RDFC-1.0, section 5: these short escapes, \\u for the other controls and DEL, and nothing else.
    node = credential(name='\b\t\n\f\r"\\\x00\x1f\x7f\x80é🎵')
    expected = '"\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001F\\u007F\x80é🎵"'
    assert expected in canonical_nquads(node, LOADER).decode()


def test_lines_are_sorted_by_code_point() -> None:
    lines = canonical_nquads(credential(name=["\ue000", "🎵", "ก", "z", "Z"]), LOADER).decode().splitlines()
    assert lines == sorted(lines)
    assert [line.partition('"')[2][0] for line in lines if '"' in line] == ["Z", "z", "ก", "\ue000", "🎵"]


def test_a_base_direction_is_signed() -> None:
    right, left = (
        canonical_nquads(credential(name={"@value": "x", "@language": "ar", "@direction": direction}), LOADER)
        for direction in ("rtl", "ltr")
    )
    assert right != left


def test_blank_nodes_are_bounded() -> None:
    node = credential(evidence=[{"type": "urn:x:e", "name": str(n)} for n in range(MAX_BLANK_NODES)])
    assert b"_:c14n63" in canonical_nquads(node, LOADER)
    node["evidence"].append({"type": "urn:x:e"})
    with pytest.raises(BeyondBounds, match="without a name"):
        canonical_nquads(node, LOADER)


def poison(size: int) -> Document:
    """Blank nodes that all point at one another: each looks like the others."""
    names = [f"_:b{n}" for n in range(size)]
    nodes = [
        {"id": name, "type": "VerifiableCredential", "evidence": [other for other in names if other != name]}
        for name in names
    ]
    return credential(evidence=nodes)


@pytest.mark.parametrize("size", [7, 10, 20, MAX_BLANK_NODES])
def test_a_poison_graph_is_refused_quickly(size: int) -> None:
    began = time.process_time()
    with pytest.raises(BeyondBounds, match=r"alike|too many values"):
        canonical_nquads(poison(size), LOADER)
    assert time.process_time() - began < QUICK


def test_a_few_nodes_that_look_alike_are_taken() -> None:
    assert canonical_nquads(poison(5), LOADER) == pyld_canonical(poison(5))


def nested(levels: int) -> Document:
    node: Document = {"type": "VerifiableCredential", "name": "x"}
    for _ in range(levels):
        node = {"type": "VerifiableCredential", "evidence": node}
    return node


@pytest.mark.parametrize(
    "members",
    [
        {"evidence": [f"urn:x:{n}" for n in range(MAX_EFFORT)]},
        {"name": [str(n) for n in range(350)]},
        {"evidence": [{"name": [str(n) for n in range(90)]} for _ in range(10)]},
        {"name": {f"@{n}": None for n in range(MAX_EFFORT)}},
        {"evidence": [{"type": "VerifiableCredential"} for _ in range(MAX_EFFORT // EFFORT_OF_TYPE)]},
        {"evidence": [nested(10) for _ in range(20)]},
        {"@context": [CREDENTIALS_V2, {f"t{n}": {"@id": f"urn:t:{n}", "@type": "@id"} for n in range(500)}]},
    ],
)
def test_more_than_pyld_can_take_is_refused_quickly(members: Document) -> None:
    began = time.process_time()
    with pytest.raises(BeyondBounds, match="too many values"):
        canonical_nquads({**credential(), "@context": CREDENTIALS_V2, **members}, LOADER)
    assert time.process_time() - began < QUICK


def test_what_pyld_may_take_is_more_than_any_credential_needs() -> None:
    entries = [
        {"id": f"urn:x:e{n}", "type": "BitstringStatusListEntry", "statusPurpose": "message", "statusListIndex": str(n)}
        for n in range(25)
    ]
    node = credential(evidence=[{"name": [f"{m}-{n}" for n in range(30)]} for m in range(8)], credentialStatus=entries)
    assert canonical_nquads(node, LOADER) == pyld_canonical(node)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.sampled_from(
        ["urn:x:1", "_:b", "th", "x", "", "@id", "License", "VerifiableCredential", "https://schema.org/name"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *[
                        "@id",
                        "@type",
                        "@value",
                        "@language",
                        "@context",
                        "@list",
                        "@set",
                        "@graph",
                        "@reverse",
                        "@included",
                    ],
                    *[
                        "@index",
                        "@nest",
                        "@direction",
                        "@json",
                        "id",
                        "type",
                        "name",
                        "issuer",
                        "credentialSubject",
                        "proof",
                    ],
                    *["licenseNumber", "activity", "condition", "noExpiry", "premises", "renderMethod", "_sd", "x:y"],
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["id", "type", "issuer", "credentialSubject", "name", "@graph"]), json_values))
def test_any_json_has_a_canonical_form_or_is_refused(members: Document) -> None:
    for document in (
        {"@context": CONTEXTS, **members},
        {"@context": CREDENTIALS_V2, "type": "VerifiableCredential", **members},
    ):
        # A context inside may be named by any text.
        with suppress(MalformedDocument, BeyondBounds, ContextUnknown):
            canonical_nquads(document, LOADER)
