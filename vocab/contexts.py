"""The JSON-LD contexts that we read, offline: each is pinned by its SHA-256, and anything else raises.

Nothing is ever fetched (design: credentials, point 21). Third-party files are not committed: a package manager installs them
(`vocab.vendor`), and a file with other bytes than the pinned ones is refused at first use.
"""

import hashlib
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from vocab.terms import (
    CATALOGUE_CONTEXT_PATH,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    DATA_CONTEXT_PATH,
    DATA_INTEGRITY_V2,
    LICENSE_CONTEXT_PATH,
)

LICENSE_CONTEXT_SHA256 = "eb23ed0be9d9875539c6d3fba9d036870c0718be66606e3d0ac7398492ba27a3"
DATA_CONTEXT_SHA256 = "c96c2bd65c47afeae95857b7ec54214d4c801b9fda4e305b79eaebb6424421ed"
CREDENTIALS_V2_SHA256 = "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
"""As the specification states it (Verifiable Credentials Data Model 2.0, appendix B.1)."""

DATA = Path(__file__).parent / "data" / "contexts"
VENDOR = DATA / "vendor"
"""Where `vocab.vendor` puts what npm installed."""

DocumentLoader = Callable[[str, dict[str, Any]], dict[str, Any]]


class UnknownContext(LookupError):
    """A context that is not pinned. Carries its `.url`."""

    def __init__(self, url: str) -> None:
        super().__init__(f"context is not one of the pinned ones (got {url[:200]!r})")
        self.url = url


class ContextAltered(RuntimeError):
    """An installed context file does not have the pinned hash: the installation is broken or was tampered with."""


class ContextNotInstalled(RuntimeError):
    """A context is pinned, and its file is not on this machine: nothing can be said of a document that uses it."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A public context: the npm package's file that holds it, and the SHA-256 of its bytes.

    `published`: these are the very bytes at the context's address; otherwise the package has the same terms in another
    layout, and a digest that somebody else made of the address cannot be compared.
    """

    source: str
    sha256: str
    published: bool = True

    @property
    def path(self) -> Path:
        """The file in this package, named by its content's hash as well, so that no two versions meet."""
        return VENDOR / f"{self.sha256[:8]}-{Path(self.source).stem}.jsonld"


# The hash of each published one stands in a specification: VC Data Model 1.1 (B.1), VC Data Integrity 1.0 (2.4), or else is
# that of the file in the specification's own repository.
PINNED = {
    CREDENTIALS_V1: Pinned(
        "@transmute/credentials-context/contexts/credentials-v1.json",
        "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
    ),
    DATA_INTEGRITY_V2: Pinned(
        "@digitalbazaar/data-integrity-context/contexts/data-integrity-v2.jsonld",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/data-integrity/v1": Pinned(
        "@digitalbazaar/data-integrity-context/contexts/data-integrity-v1.jsonld",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
    ),
    "https://w3id.org/security/multikey/v1": Pinned(
        "@digitalbazaar/multikey-context/contexts/multikey-v1.jsonld",
        "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6",
        published=False,
    ),
    "https://www.w3.org/ns/did/v1": Pinned(
        "@transmute/did-context/contexts/did-v1.json",
        "4f3eae5568c9c5f036a082088f9e192019ee06faa78973c87ff91d5421b88dad",
    ),
    "https://w3id.org/security/suites/ed25519-2020/v1": Pinned(
        "@transmute/did-context/contexts/ed25519-2020-v1.json",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
    ),
    "https://www.w3.org/2018/credentials/examples/v1": Pinned(
        "@digitalbazaar/credentials-examples-context/contexts/credentials-examples-v1.jsonld",
        "73bebae22e70ebb4466ac2e1f3e3b35c43436217623b51ff3e1b567e1aff4ba2",
        published=False,
    ),
    "https://www.w3.org/ns/odrl.jsonld": Pinned(
        "@digitalbazaar/odrl-context/contexts/odrl.jsonld",
        "a83cb98005bce546531131d4042318d8267aff71b1451f53cc926587fcef42c6",
        published=False,
    ),
}
"""The public contexts that npm installs, by their address."""

EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"


@cache
def license_context_bytes() -> bytes:
    """The license context as served by every instance. Raises `ContextAltered`."""
    return _pinned(DATA / "license-v1.jsonld", LICENSE_CONTEXT_SHA256)


@cache
def data_context_bytes() -> bytes:
    """The context of datasets and their catalogue, as served by every instance. Raises `ContextAltered`."""
    return _pinned(DATA / "data-v1.jsonld", DATA_CONTEXT_SHA256)


@cache
def catalogue_context_bytes() -> bytes:
    """The terms that only documents of the catalogue have. Nothing signed uses them, so that they are not pinned."""
    return (DATA / "catalogue-v1.jsonld").read_bytes()


@cache
def credentials_v2_bytes() -> bytes:
    """The W3C context of VC 2.0, from the installed package `openvc-core`.

    Raises `ContextNotInstalled`, `ContextAltered`.
    """
    # find_spec locates the package without running it: only its data file is wanted here.
    spec = importlib.util.find_spec("openvc")
    if spec is None or not spec.submodule_search_locations:
        raise ContextNotInstalled("the package openvc-core, which ships the W3C credentials context, is not installed")
    root = Path(next(iter(spec.submodule_search_locations)))
    return _pinned(root / "proof" / "contexts" / "credentials-v2.json", CREDENTIALS_V2_SHA256)


def examples_v2_bytes() -> bytes:
    """The context of the specifications' examples. No package has it; all that it says is one name space."""
    name_space = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    return json.dumps(name_space, indent=2).encode() + b"\n"


def ontology_bytes() -> bytes:
    """Our vocabulary and code lists, in Turtle."""
    return (Path(__file__).parent / "data" / "ontology.ttl").read_bytes()


def shapes_bytes() -> bytes:
    """What section 13 asks of a licence's document, as SHACL in Turtle."""
    return (Path(__file__).parent / "data" / "shapes.ttl").read_bytes()


_OTHERS: dict[str, Callable[[], bytes]] = {CREDENTIALS_V2: credentials_v2_bytes, EXAMPLES_V2: examples_v2_bytes}


@cache
def _installed(pinned: Pinned) -> bytes:
    return _pinned(pinned.path, pinned.sha256)


def public_context_bytes(url: str) -> bytes:
    """A public context by its address. Raises `UnknownContext`, `ContextNotInstalled`, `ContextAltered`."""
    if url in _OTHERS:
        return _OTHERS[url]()
    if url in PINNED:
        return _installed(PINNED[url])
    raise UnknownContext(url)


def known_bytes(url: str) -> bytes | None:
    """What is published at `url`, byte for byte, where we have it: to compare a digest of it.

    None for addresses that we do not know, for contexts of which only the terms are known, and for what is not installed.
    """
    if url in PINNED and not PINNED[url].published:
        return None
    try:
        return public_context_bytes(url)
    except (UnknownContext, ContextNotInstalled, ContextAltered):
        return None


def _pinned(path: Path, sha256: str) -> bytes:
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ContextNotInstalled(
            f"context file {path.name} is not installed (`make demo` and `make test` install it)"
        ) from error
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise ContextAltered(f"context file {path.name} does not have its pinned hash (got {found}, expected {sha256})")
    return raw


@cache
def document_loader(bases: frozenset[str]) -> DocumentLoader:
    """A PyLD document loader that knows the public contexts and the own ones of the registers at `bases`.

    Raises `UnknownContext` for every other URL; opens no file or socket but for the pinned ones.
    """
    own = (
        (LICENSE_CONTEXT_PATH, license_context_bytes),
        (CATALOGUE_CONTEXT_PATH, catalogue_context_bytes),
        (DATA_CONTEXT_PATH, data_context_bytes),
    )
    ours = {base + path: read for base in bases for path, read in own}

    def load(url: str, options: dict[str, Any]) -> dict[str, Any]:
        raw = ours[url]() if url in ours else public_context_bytes(url)
        # 'tag': 'static' lets PyLD share the processed context between calls.
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            # Made anew: a processor writes into what it is given.
            "document": json.loads(raw),
            "tag": "static",
        }

    return load
