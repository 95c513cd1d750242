"""From a DID to its keys: did:key by itself, did:web through the guarded client, and everything else could not be found out."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from issuers.signer import SoftwareSigner
from tests.builders import BASE, NOW, make_trust
from tests.strangers import (
    P256,
    STRANGER,
    WEB_ADDRESS,
    WEB_DID,
    Web,
    issue,
    make_list,
    make_list_entry,
    make_vc,
    make_web_document,
    make_web_issuer,
    said,
    sign,
    trust_with,
    verdict,
)
from verify.document import Document
from verify.errors import (
    FetchFailed,
    MalformedDocument,
    MalformedProof,
    ResolutionFailed,
    StatusUnavailable,
    UnknownMethod,
)
from verify.fetch import Fetcher
from verify.multikey import encode_public_key
from verify.resolver import KEEP, MAX_KEPT, Resolver, did_web_address, keys_of_did_key
from verify.verdict import Answer

# did:key


@pytest.mark.parametrize("signer", [STRANGER, P256], ids=["Ed25519", "P-256"])
def test_a_did_key_has_the_one_key_of_its_name(signer: SoftwareSigner) -> None:
    ((name, key),) = Resolver().keys(signer.did, NOW).items()
    assert name == key.id == signer.verification_method
    assert encode_public_key(key.public_key) == signer.public_multibase
    assert key.purposes == {"assertionMethod", "authentication"}
    assert (key.expires, key.revoked) == (None, None)


@pytest.mark.parametrize(
    "multikey",
    [
        "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc",  # X25519
        "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",  # secp256k1
        "z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54",  # P-384
        "z2J9gaYxrKVpdoG9A4gRnmpnRCcxU6agDtFVVBVdn1JedouoZN7SzcyREXXzWgt3gGiwpoHq7K68X4m32D8HgzG8wv3sY5j7",  # P-521
    ],
)
def test_a_key_of_another_kind_could_not_be_checked(multikey: str) -> None:
    with pytest.raises(UnknownMethod):
        keys_of_did_key(f"did:key:{multikey}")
    method = f"did:key:{multikey}#{multikey}"
    document = issue(make_vc())
    foreign = document | {"issuer": f"did:key:{multikey}", "proof": document["proof"] | {"verificationMethod": method}}
    found = verdict(foreign)
    assert (found.signature.answer, found.signature.code) == (Answer.UNKNOWN, "unknown-method")


@pytest.mark.parametrize(
    "did",
    [
        "did:key:",
        "did:key:x",
        "did:key:z",
        "did:key:z6Mk",
        "did:key:invalidVm",
        STRANGER.did + "z",
        STRANGER.did[:-1],
        STRANGER.did + "?x=1",
        STRANGER.did.replace("z6Mk", "m6Mk"),
        "did:key:1.1:" + STRANGER.did.removeprefix("did:key:"),
    ],
)
def test_what_is_no_did_key_has_no_key(did: str) -> None:
    with pytest.raises(MalformedProof):
        keys_of_did_key(did)


@pytest.mark.parametrize(
    "did", ["did:example:issuer", "did:ion:x", "https://issuer.example/1", "did:web", "", "did:KEY:z6Mk"]
)
def test_other_methods_could_not_be_resolved(did: str) -> None:
    with pytest.raises(ResolutionFailed):
        Resolver(Web()).keys(did, NOW)


# did:web: its address


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:issuer.example", "https://issuer.example/.well-known/did.json"),
        ("did:web:Issuer.EXAMPLE", "https://issuer.example/.well-known/did.json"),
        ("did:web:issuer.example:user:alice", "https://issuer.example/user/alice/did.json"),
        ("did:web:issuer.example%3A8443", "https://issuer.example:8443/.well-known/did.json"),
        ("did:web:issuer.example%3a8443:a", "https://issuer.example:8443/a/did.json"),
        ("did:web:issuer.example:a%20b:c", "https://issuer.example/a%20b/c/did.json"),
        ("did:web:xn--12c1fe0br.example", "https://xn--12c1fe0br.example/.well-known/did.json"),
    ],
)
def test_the_address_of_a_did_web(did: str, address: str) -> None:
    assert did_web_address(did) == address


LOCAL = ["did:web:localhost", "did:web:localhost%3A8000", "did:web:x.localhost%3A8000:a"]


@pytest.mark.parametrize(
    "did",
    [
        *["did:web:127.0.0.1", "did:web:10.0.0.1%3A443", "did:web:8.8.8.8", "did:web:0x7f.1", "did:web:127.1"],
        *[
            "did:web:2130706433",
            "did:web:0x7f000001",
            "did:web:1.2.3.0x4",
            "did:web:127.0.0.1.",
            "did:web:017700000001",
        ],
        *["did:web:%5B%3A%3A1%5D", "did:web:::1", "did:web:[::1]", "did:web:intranet", "did:web:"],
        *["did:web:issuer.example%2Fpath", "did:web:user%40issuer.example", "did:web:issuer.example%3Ax"],
        *[
            "did:web:issuer.example%3A123456",
            "did:web:issuer.example%3A",
            "did:web:issuer example",
            "did:web:issuer.example:",
        ],
        *[
            "did:web:issuer.example::a",
            "did:web:issuer.example:a/b",
            "did:web:issuer.example:a?b",
            "did:web:issuer.example:a#b",
        ],
        *["did:web:issuer.example:..:x", "did:web:issuer.example:.", "did:web:issuer.example:%2e%2E:x"],
        *["did:web:issuer.example:a%2", "did:web:issuer.example:ก", "did:web:ก.example", *LOCAL],
    ],
)
def test_a_did_web_names_a_public_host_and_nothing_else(did: str) -> None:
    with pytest.raises((MalformedDocument, ResolutionFailed)):
        did_web_address(did)


@pytest.mark.parametrize("host", ["intranet", "10.0.0.1", "localhost%3A8410", "0x7f.1", "127.1"])
def test_what_somebody_on_a_private_host_signed_could_not_be_checked(host: str) -> None:
    did = f"did:web:{host}"
    found = verdict(sign(make_vc(issuer=did), make_web_issuer(did)), trust_with({}))
    assert (found.genuine.answer, found.genuine.code) == (Answer.UNKNOWN, "resolution-failed")


@pytest.mark.parametrize("did", LOCAL)
def test_this_machine_is_for_tests_only(did: str) -> None:
    assert did_web_address(did, allow_loopback=True).startswith("http://")
    for address in ("did:web:127.0.0.1", "did:web:%5B%3A%3A1%5D"):
        with pytest.raises((MalformedDocument, ResolutionFailed)):
            did_web_address(address, allow_loopback=True)


# did:web: its document


def test_online_the_registers_own_lists_are_fetched_where_the_trust_data_has_none() -> None:
    """Such as the sandbox's, which are in nobody's trust data."""
    url = f"{BASE}/sandbox/status/1"
    signed = issue(make_vc(credentialStatus=make_list_entry(statusListCredential=url)))
    assert said(signed, trust_with({url: issue(make_list(url=url))})) == "verified"
    assert said(signed, trust_with({})) == "status-unavailable"
    offline = verdict(signed, make_trust())
    assert "the trust data has no status list" in offline.in_force.detail


def test_offline_nothing_is_fetched() -> None:
    with pytest.raises(FetchFailed, match="offline"):
        Resolver().keys(WEB_DID, NOW)
    with pytest.raises(StatusUnavailable, match="offline"):
        Resolver().status_list("https://issuer.example/status/1", NOW)
    assert verdict(sign(make_vc(issuer=WEB_DID), make_web_issuer())).signature.answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    "document",
    [
        {},
        make_web_document() | {"id": "did:web:other.example"},
        make_web_document(controller="did:web:other.example"),
        make_web_document() | {"verificationMethod": "x"},
        make_web_document(publicKeyMultibase="z6Mk"),
    ],
)
def test_a_document_that_is_wrong_says_nothing_about_the_credential(document: Document) -> None:
    with pytest.raises(ResolutionFailed):
        Resolver(Web(pages={WEB_ADDRESS: document})).keys(WEB_DID, NOW)
    found = verdict(sign(make_vc(issuer=WEB_DID), make_web_issuer()), trust_with({WEB_ADDRESS: document}))
    assert (found.signature.answer, found.signature.code) == (Answer.UNKNOWN, "resolution-failed")


@dataclass(frozen=True, slots=True)
class Counted(Fetcher):
    """Answers everything, and remembers what it was asked."""

    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def get(self, url: str, *, accept: str = "", max_bytes: int = 0) -> bytes:
        self.asked.append((url, accept, max_bytes))
        return json.dumps(make_web_document()).encode()


def test_what_was_fetched_is_used_again_for_a_while() -> None:
    fetcher = Counted()
    resolver = Resolver(fetcher)
    for later in (timedelta(0), KEEP - timedelta(seconds=1), KEEP, KEEP, 2 * KEEP - timedelta(seconds=1)):
        assert set(resolver.keys(WEB_DID, NOW + later)) == {make_web_issuer().verification_method}
    assert len(fetcher.asked) == 2
    (_, accept, max_bytes), *_ = fetcher.asked
    assert "application/did+json" in accept
    assert max_bytes <= 1 << 20


def test_a_failure_is_not_kept() -> None:
    pages: dict[str, Document] = {}
    resolver = Resolver(Web(pages=pages))
    with pytest.raises(FetchFailed):
        resolver.keys(WEB_DID, NOW)
    pages[WEB_ADDRESS] = make_web_document()
    assert resolver.keys(WEB_DID, NOW)


def test_what_is_kept_is_bounded_however_many_ask_at_once() -> None:
    resolver = Resolver(Counted())
    urls = [f"https://issuer.example/status/{number}" for number in range(4 * MAX_KEPT)]
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda url: resolver.status_list(url, NOW), urls))) == len(urls)
    assert len(resolver._kept) <= MAX_KEPT + 8


# Over a real socket


class Handler(BaseHTTPRequestHandler):
    """Serves the DID document and the status list of an issuer on this machine."""

    def do_GET(self) -> None:  # the name is http.server's
        port = self.connection.getsockname()[1]
        did, url = f"did:web:localhost%3A{port}", f"http://localhost:{port}/status/1"
        pages: dict[str, Document] = {
            "/.well-known/did.json": make_web_document(did),
            "/users/bob/did.json": make_web_document(did),  # another's
            "/status/1": sign(make_list(7, url=url, issuer=did), make_web_issuer(did)),
        }
        body = json.dumps(pages.get(self.path, {})).encode()
        self.send_response(200 if self.path in pages else 302 if self.path.startswith("/moved") else 404)
        self.send_header("Location", "/.well-known/did.json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def serving() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_a_did_web_on_this_machine_is_resolved_with_its_status_list_and_only_where_that_is_allowed() -> None:
    with serving() as port:
        did = f"did:web:localhost%3A{port}"
        signer = make_web_issuer(did)
        resolver = Resolver(Fetcher(allow_loopback=True))
        assert set(resolver.keys(did, NOW)) == {signer.verification_method}
        for path, error in (("users:bob", ResolutionFailed), ("moved", FetchFailed), ("missing", FetchFailed)):
            with pytest.raises(error):
                resolver.keys(f"{did}:{path}", NOW)
        trust = trust_with({})
        trust.resolver.fetcher = Fetcher(allow_loopback=True)
        url = f"http://localhost:{port}/status/1"
        for index, code in (("7", "withdrawn"), ("8", "verified")):
            entry = make_list_entry(statusListCredential=url, statusListIndex=index)
            assert said(sign(make_vc(issuer=did, credentialStatus=entry), signer), trust) == code
        with pytest.raises(ResolutionFailed):
            Resolver(Fetcher()).keys(did, NOW)
        with pytest.raises(StatusUnavailable):
            Resolver(Fetcher()).status_list(url, NOW)
