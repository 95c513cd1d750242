"""What we are compared with: the limit, PyLD, pyoxigraph, and another vendor's JavaScript in a process of its own."""

import hashlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyld import jsonld

from bench.corpus import BASE, LOADER, SIGNERS, did_document_of
from bench.node import find_node
from verify.canonical import canonical_nquads
from verify.document import Document
from verify.multikey import base58_decode, base58_encode, multibase58
from vocab.contexts import credentials_v2_bytes, license_context_bytes
from vocab.terms import CREDENTIALS_V2, LICENSE_CONTEXT_PATH

_INLINE = [json.loads(credentials_v2_bytes())["@context"], json.loads(license_context_bytes())["@context"]]
_KEYS = {signer.verification_method: signer for signer in SIGNERS}


class Signed:
    """One of the documents, in all the forms that the contestants begin from."""

    def __init__(self, raw: bytes, key: Ed25519PublicKey) -> None:
        self.raw = raw
        self.document: Document = json.loads(raw)
        self.unsecured = {key: value for key, value in self.document.items() if key != "proof"}
        self.configuration = {key: value for key, value in self.document["proof"].items() if key != "proofValue"}
        self.configuration["@context"] = self.unsecured["@context"]
        self.signer = _KEYS[self.configuration["verificationMethod"]]
        self.signature = base58_decode(self.document["proof"]["proofValue"][1:], length=64)
        self.nquads = canonical_nquads(self.unsecured, LOADER)
        self.configuration_nquads = canonical_nquads(self.configuration, LOADER)
        self.key = key

    def data(self) -> bytes:
        """The two hashes: what is signed."""
        return hashlib.sha256(self.configuration_nquads).digest() + hashlib.sha256(self.nquads).digest()


def limit_issue(one: Signed, key: Ed25519PrivateKey) -> bytes:
    """Nobody can issue without these: two hashes of texts as long as ours, one signature."""
    return key.sign(one.data())


def limit_verify(one: Signed) -> None:
    one.key.verify(one.signature, one.data())


def pyld_nquads(document: Document) -> bytes:
    """PyLD alone, with its own canonicaliser."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": LOADER, "base": None}
    text: str = jsonld.normalize(document, options)
    return text.encode()


def oxigraph_nquads(document: Document) -> bytes:
    """pyoxigraph alone; it takes contexts only inside the document."""
    raw = json.dumps({**document, "@context": _INLINE})
    dataset = ox.Dataset(ox.parse(raw, format=ox.RdfFormat.JSON_LD))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def issue_with(nquads: Any, one: Signed) -> bytes:
    """As a plain program would: canonical forms by `nquads`, two hashes, a signature, JSON. Nothing is looked at."""
    data = hashlib.sha256(nquads(one.configuration)).digest() + hashlib.sha256(nquads(one.unsecured)).digest()
    proof = {key: value for key, value in one.configuration.items() if key != "@context"}
    value = "z" + base58_encode(one.signer.sign(data))
    return json.dumps({**one.unsecured, "proof": {**proof, "proofValue": value}}, ensure_ascii=False).encode()


def verify_with(nquads: Any, one: Signed) -> None:
    document = json.loads(one.raw)
    proof = document.pop("proof")
    signature = base58_decode(proof.pop("proofValue")[1:], length=64)
    configuration = {**proof, "@context": document["@context"]}
    data = hashlib.sha256(nquads(configuration)).digest() + hashlib.sha256(nquads(document)).digest()
    one.key.verify(signature, data)


class JavaScript:
    """`peer.mjs`, running. None where there is no Node.js or its packages are not installed (`make node_modules`)."""

    def __init__(self, to_issue: Sequence[Signed], to_verify: Sequence[Signed]) -> None:
        node = find_node()
        signer = SIGNERS[0]
        seed = bytes([1]) * 32
        given = {
            "documents": self._documents(),
            "unsecured": [one.unsecured for one in to_issue if one.signer is signer],
            "secured": [one.document for one in to_verify],
            "now": "2026-11-21T03:00:00Z",
            "key": {
                "id": signer.verification_method,
                "controller": signer.did,
                "type": "Multikey",
                "publicKeyMultibase": signer.public_multibase,
                # multicodec ed25519-priv
                "secretKeyMultibase": multibase58(
                    b"\x80\x26" + seed + base58_decode(signer.public_multibase[1:], length=34)[2:]
                ),
            },
        }
        self.version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        self._process = subprocess.Popen(
            [node, str(Path(__file__).with_name("peer.mjs"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask(json.dumps(given))

    @staticmethod
    def _documents() -> Document:
        return {
            CREDENTIALS_V2: json.loads(credentials_v2_bytes()),
            BASE + LICENSE_CONTEXT_PATH: json.loads(license_context_bytes()),
            **{signer.did: did_document_of(signer) for signer in SIGNERS},
        }

    def _ask(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("the JavaScript peer ended; see what it wrote above")
        return answer

    def seconds(self, what: str, count: int) -> float:
        """Seconds a piece for `issue` or `verify`, by its own clock."""
        return float(self._ask(f"{what} {count}"))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
