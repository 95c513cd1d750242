"""What the walk remembers of nodes that stand in many documents never speaks for another node."""

from collections.abc import Mapping
from typing import Any

import pytest

from verify.canonical import general_nquads
from verify.compiled import MAX_SHARED, CompiledContext, NotCompiled
from vocab.contexts import document_loader
from vocab.terms import CREDENTIALS_V2, LICENSE_CONTEXT_PATH

BASE = "https://id.test.example"
LOADER = document_loader(frozenset({BASE}))
CONTEXTS = [CREDENTIALS_V2, BASE + LICENSE_CONTEXT_PATH]


@pytest.fixture
def compiled() -> CompiledContext:
    """With nothing remembered yet."""
    return CompiledContext([LOADER(url, {})["document"]["@context"] for url in CONTEXTS])


def document(node: Mapping[str, Any], name: str = "urn:x:1") -> dict[str, Any]:
    return {"@context": CONTEXTS, "id": name, "type": ["VerifiableCredential"], "evidence": [node]}


def authority(name: str = "urn:x:authority", text: str = "x") -> dict[str, Any]:
    return {"id": name, "type": "Authority", "officialName": {"th": text}}


def learn(compiled: CompiledContext, node: Mapping[str, Any]) -> None:
    """A node is walked, then learned, then known."""
    for number in range(3):
        found = document(node, f"urn:x:before{number}")
        assert compiled.canonical(found) == general_nquads(found, LOADER)
    assert node["id"] in compiled.shared[False]


@pytest.mark.parametrize(
    "other",
    [
        authority(text="y"),
        {"id": "urn:x:authority", "type": "Authority"},
        {"id": "urn:x:authority", "type": "Authority", "officialName": {"en": "x"}},
        {"officialName": {"th": "x"}, "type": "Authority", "id": "urn:x:authority"},
        authority() | {"agencyCode": "1"},
    ],
)
def test_another_node_of_the_same_name_is_walked(compiled: CompiledContext, other: dict[str, Any]) -> None:
    learn(compiled, authority())
    for node in (other, authority(), other):
        found = document(node)
        assert compiled.canonical(found) == general_nquads(found, LOADER)


def test_a_document_that_is_changed_later_changes_nothing_that_is_remembered(compiled: CompiledContext) -> None:
    node = authority()
    learn(compiled, node)
    node["officialName"]["th"] = "changed"
    for text in ("changed", "x"):
        found = document(authority(text=text))
        assert compiled.canonical(found) == general_nquads(found, LOADER)


def test_one_is_not_true(compiled: CompiledContext) -> None:
    """To Python they are equal."""
    node = {"id": "urn:x:license", "type": "License", "noExpiry": True}
    for number in range(3):
        assert b'"true"' in compiled.canonical(document(node, f"urn:x:before{number}"))
    for value in (1, 1.0):
        with pytest.raises(NotCompiled):
            compiled.canonical(document(node | {"noExpiry": value}))


def test_no_more_is_remembered_than_its_bound(compiled: CompiledContext) -> None:
    for number in range(2 * MAX_SHARED + 10):
        found = document(authority(f"urn:x:authority{number % (MAX_SHARED + 5)}"))
        assert b'"x"@th' in compiled.canonical(found)
    assert 0 < len(compiled.shared[False]) <= MAX_SHARED
