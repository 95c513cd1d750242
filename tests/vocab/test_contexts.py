"""Contexts are pinned: no other bytes, no other address."""

import hashlib
import json
from pathlib import Path

import pytest
from pyld import jsonld

from tests.builders import BASE, LOADER, make_draft
from vocab import contexts
from vocab.contexts import (
    EXAMPLES_V2,
    PINNED,
    VENDOR,
    ContextAltered,
    ContextNotInstalled,
    Pinned,
    UnknownContext,
    credentials_v2_bytes,
    document_loader,
    known_bytes,
    license_context_bytes,
    public_context_bytes,
)
from vocab.terms import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2, license_context
from vocab.vendor import install_contexts

MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
PUBLIC = [CREDENTIALS_V2, EXAMPLES_V2, *PINNED]


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


@pytest.mark.parametrize("url", PUBLIC)
def test_every_public_context_is_installed_and_loads_without_a_network(url: str) -> None:
    loaded = document_loader(frozenset())(url, {})["document"]
    assert loaded == json.loads(public_context_bytes(url))
    # PyLD takes it as a context, and finds what it refers to in turn.
    node = {"@context": url, "@id": "urn:example:1", "@type": "urn:example:Thing"}
    assert jsonld.expand(node, {"documentLoader": LOADER, "base": None})


@pytest.mark.parametrize(
    ("url", "sha256"),
    [
        (CREDENTIALS_V2, "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
        (CREDENTIALS_V1, "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc"),
        (DATA_INTEGRITY_V2, "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4"),
    ],
)
def test_contexts_have_the_hash_that_their_specification_prints(url: str, sha256: str) -> None:
    published = known_bytes(url)
    assert published is not None
    assert hashlib.sha256(published).hexdigest() == sha256


def test_a_context_of_which_only_the_terms_are_known_has_no_bytes_to_compare() -> None:
    """The multikey context: npm's copy has two terms in the other order. Put right, it is what the specification hashes."""
    assert known_bytes(MULTIKEY_V1) is None
    assert known_bytes("https://other.example/context") is None
    document = json.loads(public_context_bytes(MULTIKEY_V1))
    terms = document["@context"]["Multikey"]["@context"]
    order = list(terms)
    i, j = order.index("expires"), order.index("revoked")
    order[i], order[j] = order[j], order[i]
    document["@context"]["Multikey"]["@context"] = {term: terms[term] for term in order}
    raw = json.dumps(document, indent=2).encode() + b"\n"
    assert hashlib.sha256(raw).hexdigest() == "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597"


def test_a_context_that_is_pinned_and_not_installed_is_not_an_unknown_one(tmp_path: Path) -> None:
    with pytest.raises(ContextNotInstalled, match="not installed"):
        contexts._pinned(tmp_path / "did-v1.jsonld", PINNED["https://www.w3.org/ns/did/v1"].sha256)
    assert not issubclass(ContextNotInstalled, UnknownContext)


@pytest.mark.parametrize("raised", [ContextNotInstalled, ContextAltered])
def test_the_digest_of_a_context_that_is_not_at_hand_cannot_be_compared(
    raised: type[RuntimeError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(pinned: Pinned) -> bytes:
        raise raised(pinned.source)

    monkeypatch.setattr(contexts, "_installed", missing)
    assert known_bytes(DATA_INTEGRITY_V2) is None
    with pytest.raises(raised, match="data-integrity-v2"):
        document_loader(frozenset())(DATA_INTEGRITY_V2, {})
    # What is ours, and the data model's own, does not come that way.
    assert known_bytes(CREDENTIALS_V2) is not None


def test_only_the_pinned_bytes_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Pinned("a-package/contexts/one.jsonld", hashlib.sha256(b"{}").hexdigest())
    monkeypatch.setattr("vocab.vendor.PINNED", {"https://one.example/context": wanted})
    source, vendor = tmp_path / "node_modules" / wanted.source, tmp_path / "vendor"
    with pytest.raises(ContextNotInstalled, match="a-package"):
        install_contexts(tmp_path / "node_modules", vendor)
    source.parent.mkdir(parents=True)
    source.write_bytes(b'{"@context": {}}')
    with pytest.raises(ContextAltered, match="a-package"):
        install_contexts(tmp_path / "node_modules", vendor)
    assert not vendor.exists()
    vendor.mkdir()
    (vendor / "left-over.jsonld").touch()
    for copy in (b"{}", b"{}\n"):
        source.write_bytes(copy)
        assert install_contexts(tmp_path / "node_modules", vendor) == [vendor / wanted.path.name]
        assert [path.read_bytes() for path in vendor.iterdir()] == [b"{}"]


def test_what_is_installed_is_what_is_pinned() -> None:
    assert {path.name for path in VENDOR.iterdir()} == {pinned.path.name for pinned in PINNED.values()}


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
