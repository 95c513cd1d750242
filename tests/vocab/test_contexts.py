"""Contexts are pinned: no other bytes, no other address."""

import hashlib
import json
from pathlib import Path

import pytest
from pyld import jsonld

from tests.builders import BASE, LOADER, make_draft
from vocab import contexts
from vocab.contexts import ContextAltered, UnknownContext, credentials_v2_bytes, document_loader, license_context_bytes
from vocab.terms import CREDENTIALS_V2, license_context


def test_the_pinned_hashes_are_those_of_the_files() -> None:
    assert hashlib.sha256(credentials_v2_bytes()).hexdigest() == contexts.CREDENTIALS_V2_SHA256
    assert hashlib.sha256(license_context_bytes()).hexdigest() == contexts.LICENSE_CONTEXT_SHA256


@pytest.mark.parametrize(
    "url",
    [
        "https://www.w3.org/ns/credentials/v2/",
        "http://www.w3.org/ns/credentials/v2",
        "https://other.example/ctx/license/v1",
        license_context(BASE) + "?",
        "",
        "file:///etc/passwd",
    ],
)
def test_a_context_that_is_not_pinned_raises(url: str) -> None:
    with pytest.raises(UnknownContext) as raised:
        LOADER(url, {})
    assert raised.value.url == url


def test_an_altered_file_raises(tmp_path: Path) -> None:
    altered = tmp_path / "license-v1.jsonld"
    altered.write_bytes(license_context_bytes() + b"\n")
    with pytest.raises(ContextAltered, match="license-v1"):
        contexts._pinned(altered, contexts.LICENSE_CONTEXT_SHA256)


def test_a_register_knows_its_own_license_context_only() -> None:
    loader = document_loader(frozenset({"https://one.example", "https://two.example"}))
    one, two = (loader(license_context(f"https://{name}.example"), {}) for name in ("one", "two"))
    assert one["document"] == two["document"] == json.loads(license_context_bytes())
    with pytest.raises(UnknownContext):
        loader(license_context(BASE), {})


def test_the_license_context_redefines_no_protected_term() -> None:
    # PyLD raises "protected term redefinition" while it processes the contexts.
    both = jsonld.expand(make_draft(), {"documentLoader": LOADER, "base": None})
    assert both[0]["https://www.w3.org/2018/credentials#credentialSubject"]


def test_the_license_context_works_alone() -> None:
    node = {"@context": license_context(BASE), **make_draft()["credentialSubject"]}
    alone = jsonld.expand(node, {"documentLoader": LOADER, "base": None})
    under_v2 = jsonld.expand(
        {"@context": [CREDENTIALS_V2, license_context(BASE)], **make_draft()["credentialSubject"]},
        {"documentLoader": LOADER, "base": None},
    )
    assert alone == under_v2
    assert alone[0]["@type"] == ["https://schema.org/GovernmentPermit"]
