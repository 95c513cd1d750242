"""Any two of the pinned contexts, in either order: the table accepts nothing that the JSON-LD processor refuses.

And one that is pinned and not at hand: nothing is known of the document then.
"""

import json
from itertools import permutations
from typing import Any

import pytest
from pyld import jsonld

from issuers.secure import secure_any
from tests.builders import BASE, LOADER, NOW, SIGNED_AT, make_credential, make_trust
from tests.peers.keys import key_pair
from verify.canonical import canonical_nquads, general_nquads
from verify.document import Document
from verify.errors import ContextUnavailable, MalformedDocument
from verify.verdict import Answer
from verify.verifier import examine, examine_document
from vocab import contexts
from vocab.contexts import EXAMPLES_V2, PINNED, ContextAltered, ContextNotInstalled, Pinned
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, license_context

CONTEXTS = [CREDENTIALS_V2, EXAMPLES_V2, *PINNED, license_context(BASE)]


def canonical(document: Document, *, general: bool) -> bytes | None:
    """The canonical form by either way, or None where it is refused."""
    try:
        return general_nquads(document, LOADER) if general else canonical_nquads(document, LOADER)
    except MalformedDocument:
        return None


@pytest.mark.parametrize("first", CONTEXTS)
def test_two_contexts_mean_the_same_to_the_table_and_to_the_processor(first: str) -> None:
    for second in (each for each in CONTEXTS if each != first):
        document = {"@context": [first, second], "id": "urn:example:1", "type": "VerifiableCredential"}
        assert canonical(document, general=False) == canonical(document, general=True), second


def test_two_types_in_one_node_mean_the_same_to_the_table_and_to_the_processor() -> None:
    contexts = [CREDENTIALS_V2, license_context(BASE)]
    terms = {term: each for url in contexts for term, each in LOADER(url, {})["document"]["@context"].items()}
    types = [term for term, definition in terms.items() if isinstance(definition, dict) and "@context" in definition]
    assert len(types) > 15
    for pair in permutations(types, 2):
        document = {"@context": contexts, "id": "urn:example:1", "type": list(pair)}
        assert canonical(document, general=False) == canonical(document, general=True), pair


def test_protected_terms_cannot_be_redefined_by_another_context() -> None:
    """Design: credentials, point 10. Both data models protect their terms, and define them differently."""
    for pair in permutations([CREDENTIALS_V1, CREDENTIALS_V2]):
        document = {"@context": list(pair), "id": "urn:example:1", "type": "VerifiableCredential"}
        with pytest.raises(MalformedDocument, match="protected"):
            canonical_nquads(document, LOADER)


@pytest.mark.parametrize("raised", [ContextNotInstalled, ContextAltered])
@pytest.mark.parametrize("inline", [[], [{"@vocab": "https://one.example/"}]])
def test_a_context_that_is_not_at_hand_is_no_fault_of_the_document(raised: type[Exception], inline: list[Any]) -> None:
    """By the table, and, where an inline context keeps the table out, by the processor."""

    def loader(url: str, options: dict[str, Any]) -> dict[str, Any]:
        raise raised(url)

    url = f"https://one.example/{raised.__name__}"
    document = {"@context": [url, *inline], "id": "urn:example:1"}
    with pytest.raises(ContextUnavailable, match=url):
        canonical_nquads(document, loader)


def test_a_strangers_credential_with_a_context_that_is_not_installed_could_not_be_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    school = key_pair("school").signer
    diploma = {
        "@context": [CREDENTIALS_V1, {"course": "https://school.example/course"}],
        "type": ["VerifiableCredential"],
        "issuer": school.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"course": "สุขาภิบาลอาหาร"},
    }
    secured = secure_any(diploma, school, created=SIGNED_AT, loader=LOADER)
    assert examine_document(json.loads(json.dumps(secured)), make_trust(), NOW).verified

    def missing(pinned: Pinned) -> bytes:
        raise ContextNotInstalled(pinned.source)

    monkeypatch.setattr(contexts, "_installed", missing)
    # PyLD keeps what it has loaded, for the whole process.
    monkeypatch.setattr(jsonld, "_resolved_context_cache", {})
    signature = examine_document(secured, make_trust(), NOW).signature
    assert (signature.answer, signature.code) == (Answer.UNKNOWN, "context-unavailable")
    # Our own need nothing of what npm installs.
    assert examine(make_credential(), make_trust(), NOW).verified
