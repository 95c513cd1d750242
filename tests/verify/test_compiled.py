"""The compiled walker says the same as a full JSON-LD processor, or says that it does not know."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.canonical import canonical_nquads, general_nquads
from verify.compiled import NotCompiled, compiled_context
from verify.errors import MalformedDocument
from vocab.contexts import document_loader
from vocab.terms import CREDENTIALS_V2, license_context

BASE = "https://license.example.go.th"
LOADER = document_loader(frozenset({BASE}))
CONTEXTS = (CREDENTIALS_V2, license_context(BASE))
COMPILED = compiled_context(CONTEXTS, LOADER)

# No lone surrogates: parse_document refuses them before.
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=0, max_size=20) | st.sampled_from(
    ["ร้านน้ำพริก", 'a "quoted" \\ back', "line\nbreak\ttab\r", "\x00\x07\x7f\ufffe\uffff", "😀𝒳", "é e\u0301", " "]
)
names = st.from_regex(
    r"\A(https://license\.example\.go\.th/x|did:web:a|urn:b)/(%[0-9A-F]{2}|[a-z0-9~/.-]){1,9}(#x-1)?\Z"
)
language_maps = st.dictionaries(st.sampled_from(["th", "en", "en-gb"]), texts | st.lists(texts, max_size=3), min_size=1)


@st.composite
def subjects(draw: st.DrawFn) -> dict[str, Any]:
    """A License subject with any of its optional fields, in any order."""
    optional: dict[str, st.SearchStrategy[Any]] = {
        "licenseNumber": texts,
        "numberAsReceived": texts,
        "alias": st.lists(texts, max_size=3),
        "validIn": names,
        "activity": language_maps,
        "condition": texts | st.lists(texts, max_size=3),
        "issuedOn": st.dates().map(str),
        "expiresOn": st.dates().map(str),
        "noExpiry": st.booleans(),
        "renews": names,
        "licensee": st.lists(
            st.fixed_dictionaries(
                {"id": names, "type": st.just("Organization"), "legalName": language_maps},
                optional={"juristicId": texts},
            ),
            max_size=2,
        ),
        "premises": st.fixed_dictionaries(
            {"id": names, "type": st.just("Premises")},
            optional={
                "placeName": language_maps,
                "within": st.lists(names, max_size=2),
                "address": st.fixed_dictionaries(
                    {"id": names, "type": st.just("Address")}, optional={"streetAddress": texts, "province": texts}
                ),
                "latitude": texts,
            },
        ),
        "issuedBy": names
        | st.fixed_dictionaries({"id": names, "type": st.just("Authority"), "officialName": language_maps}),
    }
    chosen = draw(st.permutations(list(optional)))
    fields = {name: draw(optional[name]) for name in chosen[: draw(st.integers(0, len(chosen)))]}
    return {"id": draw(names), "type": "License", **fields}


@st.composite
def credentials(draw: st.DrawFn) -> dict[str, Any]:
    name = st.lists(st.fixed_dictionaries({"@value": texts, "@language": st.sampled_from(["th", "en"])}), max_size=2)
    return {
        "@context": list(CONTEXTS),
        "id": draw(names),
        "type": ["VerifiableCredential", "LicenseCredential"],
        "name": draw(texts | name),
        "issuer": draw(names),
        "validFrom": "2026-01-01T00:00:00+07:00",
        "credentialSubject": draw(subjects()),
    }


@settings(max_examples=150, deadline=None)
@given(credentials())
def test_byte_equal_to_the_general_way(credential: dict[str, Any]) -> None:
    assert COMPILED.canonical(credential) == general_nquads(credential, LOADER)


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"\A(https?://|did:|urn:|mailto:)[A-Za-z0-9%~#/.:?@\[\]^|-]{0,12}\Z")
    | st.builds("https://{}".format, st.text(max_size=6))
)
def test_an_iri_that_is_walked_is_one_that_the_processor_takes(iri: str) -> None:
    document = {"@context": list(CONTEXTS), "id": iri, "type": "License"}
    try:
        walked = COMPILED.canonical(document)
    except NotCompiled:
        return
    assert walked == general_nquads(document, LOADER)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["created", "expires", "domain", "challenge", "nonce"]), texts)
def test_a_proof_configuration_has_one_unnamed_node(key: str, text: str) -> None:
    configuration = {
        "@context": list(CONTEXTS),
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": "did:web:license.example.go.th:auth:x-a#z6Mk",
        "proofPurpose": "assertionMethod",
        key: text,
    }
    assert COMPILED.canonical(configuration) == general_nquads(configuration, LOADER)


@pytest.mark.parametrize(
    "change",
    [
        {"unknownTerm": "x"},
        {"type": "NoSuchType"},
        {"id": "relative"},
        {"id": None},
        {"validIn": {"type": "Place"}},
        {"condition": [["nested"]]},
        {"condition": {"@value": "x", "@language": "TH"}},
        {"condition": None},
        {"noExpiry": 1},
        {"@id": "https://license.example.go.th/x"},
        {"activity": "no map"},
        {"activity": {"TH": "x"}},
        {"licensee": {"@list": []}},
        {"https://schema.org/name": "x"},
        {"record": {"id": "https://license.example.go.th/x", "type": "RegisterRecord", "@included": []}},
    ],
)
def test_what_the_table_does_not_know_goes_the_general_way(change: dict[str, Any]) -> None:
    subject = {"id": "https://license.example.go.th/x/1", "type": "License", **change}
    credential = {
        "@context": list(CONTEXTS),
        "id": "https://license.example.go.th/x/2",
        "type": ["VerifiableCredential", "LicenseCredential"],
        "issuer": "did:web:license.example.go.th:auth:x-a",
        "credentialSubject": subject,
    }
    with pytest.raises(NotCompiled):
        COMPILED.canonical(credential)
    try:
        expected = general_nquads(credential, LOADER)
    except MalformedDocument as error:
        with pytest.raises(MalformedDocument, match=str(error)[:20].replace("(", r"\(")):
            canonical_nquads(credential, LOADER)
    else:
        assert canonical_nquads(credential, LOADER) == expected


def test_an_unpinned_context_is_refused_by_both_ways() -> None:
    document = {"@context": [CREDENTIALS_V2, "https://attacker.example/context"], "id": "urn:x", "type": "License"}
    for way in (canonical_nquads, general_nquads):
        with pytest.raises(MalformedDocument, match="context is not one that we know"):
            way(document, LOADER)
