"""Any two of the pinned contexts, in either order: the table accepts nothing that the JSON-LD processor refuses."""

from itertools import permutations

import pytest

from tests.builders import BASE, LOADER
from verify.canonical import canonical_nquads, general_nquads
from verify.document import Document
from verify.errors import MalformedDocument
from vocab.contexts import EXAMPLES_V2, PINNED
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
    for contexts in permutations([CREDENTIALS_V1, CREDENTIALS_V2]):
        document = {"@context": list(contexts), "id": "urn:example:1", "type": "VerifiableCredential"}
        with pytest.raises(MalformedDocument, match="protected"):
            canonical_nquads(document, LOADER)
