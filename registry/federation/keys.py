"""Who may sign for an origin: the keys in its controller's document that a person agreed to, and no others."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from registry import urls
from verify.controlled_identifier import VerificationKey, parse_did_document
from verify.document import Document, parse_document
from verify.fetch import Fetcher
from verify.resolver import MAX_DID_DOCUMENT_BYTES, did_web_address
from vocab.resource import did_web


@dataclass(frozen=True, slots=True)
class Controller:
    """A controller's document as it is served: its keys for making claims, and the public key of each as text."""

    did: str
    keys: Mapping[str, VerificationKey]
    texts: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.texts)


def fingerprint(texts: Mapping[str, str]) -> str:
    """What stands for a set of keys: the SHA-256, in hexadecimal, of lines of a key's id, a space and its publicKeyMultibase,
    sorted, each with a newline at its end."""
    lines = sorted(f"{name} {text}\n" for name, text in texts.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def document_address(base: str, did: str, *, allow_loopback: bool = False) -> str:
    """Where the document of `did` is; that of a controller in the register at `base` is there. Raises as `did_web_address`."""
    own = did_web(base, "")
    if did.startswith(own):
        return base + urls.did_document(did.removeprefix(own))
    return did_web_address(did, allow_loopback=allow_loopback)


def fetched_controller(fetcher: Fetcher, base: str, did: str) -> tuple[Controller, str, bytes]:
    """The controller, the address of its document, and its bytes. Raises `VerificationError`, `CouldNotCheck`."""
    address = document_address(base, did, allow_loopback=fetcher.allow_loopback)
    body = fetcher.get(address, accept="application/did+json, application/json", max_bytes=MAX_DID_DOCUMENT_BYTES)
    return read_controller(body, did), address, body


def read_controller(body: bytes, did: str) -> Controller:
    """The controller in a document. Raises `VerificationError`."""
    document = parse_document(body)
    keys = parse_did_document(document, did)
    texts = {name: text for name, text in _texts(document, did).items() if name in keys}
    return Controller(did, keys, texts)


def _texts(document: Document, did: str) -> dict[str, str]:
    methods = [each for name in ("verificationMethod", "assertionMethod") for each in document.get(name, [])]
    found = {}
    for method in methods:
        if isinstance(method, dict):
            name, text = str(method.get("id")), str(method.get("publicKeyMultibase"))
            found[did + name if name.startswith("#") else name] = text
    return found


def agreed(controller: Controller, pinned: Mapping[str, str]) -> dict[str, VerificationKey]:
    """The keys that were agreed to and are still served just so; what the document says of their end holds."""
    return {name: key for name, key in controller.keys.items() if pinned.get(name) == controller.texts[name]}


def unknown(controller: Controller, pinned: Mapping[str, str]) -> list[str]:
    """The ids of keys that are served and that nobody agreed to."""
    return sorted(name for name, text in controller.texts.items() if pinned.get(name) != text)
