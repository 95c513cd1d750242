"""The JSON-LD contexts that we read, offline: each is pinned by its SHA-256, and anything else raises.

Nothing is ever fetched (design: credentials, point 21). The W3C context comes from an installed package, since third-party
files are not committed; a package that ships other bytes than the specification's is refused at first use.
"""

import hashlib
import importlib.util
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from vocab.terms import CREDENTIALS_V2, LICENSE_CONTEXT_PATH

LICENSE_CONTEXT_SHA256 = "eb23ed0be9d9875539c6d3fba9d036870c0718be66606e3d0ac7398492ba27a3"
CREDENTIALS_V2_SHA256 = "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
"""As the specification states it (Verifiable Credentials Data Model 2.0, appendix B.1)."""

DocumentLoader = Callable[[str, dict[str, Any]], dict[str, Any]]


class UnknownContext(LookupError):
    """A context that is not pinned. Carries its `.url`."""

    def __init__(self, url: str) -> None:
        super().__init__(f"context is not one of the pinned ones (got {url[:200]!r})")
        self.url = url


class ContextAltered(RuntimeError):
    """An installed context file does not have the pinned hash: the installation is broken or was tampered with."""


@cache
def license_context_bytes() -> bytes:
    """The license context as served by every instance. Raises `ContextAltered`."""
    return _pinned(Path(__file__).parent / "data" / "contexts" / "license-v1.jsonld", LICENSE_CONTEXT_SHA256)


@cache
def credentials_v2_bytes() -> bytes:
    """The W3C context of VC 2.0, from the installed package `openvc-core`. Raises `ContextAltered`."""
    # find_spec locates the package without running it: only its data file is wanted here.
    spec = importlib.util.find_spec("openvc")
    if spec is None or not spec.submodule_search_locations:
        raise ContextAltered("the package openvc-core, which ships the W3C credentials context, is not installed")
    root = Path(next(iter(spec.submodule_search_locations)))
    return _pinned(root / "proof" / "contexts" / "credentials-v2.json", CREDENTIALS_V2_SHA256)


def ontology_bytes() -> bytes:
    """Our vocabulary and code lists, in Turtle."""
    return (Path(__file__).parent / "data" / "ontology.ttl").read_bytes()


def _pinned(path: Path, sha256: str) -> bytes:
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise ContextAltered(f"context file {path.name} does not have its pinned hash (got {found}, expected {sha256})")
    return raw


@cache
def document_loader(bases: frozenset[str]) -> DocumentLoader:
    """A PyLD document loader that knows the W3C context and the license context of the registers at `bases`.

    Raises `UnknownContext` for every other URL; opens no file or socket but for the pinned ones.
    """
    known = {CREDENTIALS_V2: credentials_v2_bytes}
    known |= {base + LICENSE_CONTEXT_PATH: license_context_bytes for base in bases}

    def load(url: str, options: dict[str, Any]) -> dict[str, Any]:
        try:
            raw = known[url]()
        except KeyError:
            raise UnknownContext(url) from None
        # 'tag': 'static' lets PyLD share the processed context between calls.
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": _parsed(raw),
            "tag": "static",
        }

    return load


@cache
def _parsed(raw: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(raw)
    return document
