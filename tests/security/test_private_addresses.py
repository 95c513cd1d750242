"""No document makes the verifier talk to a private address, whatever in it leads there: the connections are counted."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from issuers.keys import new_signer
from tests.builders import NOW, make_trust, seed_of
from tests.strangers import issue, make_list_entry, make_vc, make_vp, present, sign
from verify.document import Document
from verify.fetch import Fetcher
from verify.presentation import Asked, examine_presentation
from verify.resolver import Resolver
from verify.verdict import Answer
from verify.verifier import examine_document
from vocab.terms import CREDENTIALS_V2

TRUST = replace(make_trust(), resolver=Resolver(Fetcher()))
PRIVATE = (
    *("127.0.0.1", "10.0.0.5", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
)
HOST = "harmless.example"
"""A name that looks public, and has a private address."""


@dataclass
class Network:
    """What was asked of the network: names that were looked up, and addresses that were connected to."""

    address: str
    looked_up: list[str] = field(default_factory=list)
    connected: list[object] = field(default_factory=list)


@pytest.fixture(params=PRIVATE)
def network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Every name has this private address."""
    found = Network(request.param)

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[object]:
        found.looked_up.append(host)
        family = socket.AF_INET6 if ":" in found.address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (found.address, port))]

    def connect(_: object, address: object) -> None:
        found.connected.append(address)
        raise OSError("connected to a private address")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    yield found
    assert found.connected == []


def of_web(did: str) -> Document:
    signer = replace(new_signer(did, seed_of("web")), did=did)
    return sign(make_vc(issuer=did), signer)


def with_list(url: str) -> Document:
    return issue(make_vc(credentialStatus=make_list_entry(statusListCredential=url)))


def test_a_did_web_whose_host_has_a_private_address(network: Network) -> None:
    verdict = examine_document(of_web(f"did:web:{HOST}:issuers:1"), TRUST, NOW)
    assert (verdict.signature.answer, verdict.signature.code) == (Answer.UNKNOWN, "fetch-failed")
    assert "public" in verdict.signature.detail
    assert network.looked_up == [HOST]


def test_a_status_list_whose_host_has_a_private_address(network: Network) -> None:
    verdict = examine_document(with_list(f"https://{HOST}/status/1"), TRUST, NOW)
    assert verdict.signature.answer is Answer.YES
    assert (verdict.in_force.answer, verdict.in_force.code) == (Answer.UNKNOWN, "status-unavailable")
    assert network.looked_up == [HOST]


def test_a_presentation_of_such(network: Network) -> None:
    document = present(make_vp(with_list(f"https://{HOST}/status/1"), of_web(f"did:web:{HOST}")))
    verdict = examine_presentation(document, Asked(), TRUST, NOW)
    assert not verdict.verified
    assert [each.verified for each in verdict.credentials] == [False, False]
    assert network.looked_up == [HOST, HOST]


NO_HOSTS = [
    *("127.0.0.1", "10.0.0.5", "localhost", "localhost%3A8000", "127.0.0.1%3A80", "sub.localhost", "intranet"),
    *(
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
        "%5B::1%5D",
        "10.0.0.5%2Fx",
        "a%40127.0.0.1",
    ),
]


@pytest.mark.parametrize("host", NO_HOSTS)
@pytest.mark.parametrize("network", ["127.0.0.1"], indirect=True)
def test_a_did_web_that_names_an_address_or_this_machine_is_not_even_looked_up(network: Network, host: str) -> None:
    verdict = examine_document(of_web(f"did:web:{host}"), TRUST, NOW)
    assert verdict.signature.answer is not Answer.YES
    assert network.looked_up == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://harmless.example/list",
            "http://127.0.0.1/list",
            "http://localhost/list",
            "ftp://harmless.example/list",
        ),
        *(
            "file:///etc/passwd",
            "gopher://127.0.0.1:70/x",
            "https://user@harmless.example/list",
            "data:application/json,x",
        ),
    ],
)
@pytest.mark.parametrize("network", ["10.0.0.5"], indirect=True)
def test_a_status_list_at_what_is_no_public_https_address_is_not_even_looked_up(network: Network, url: str) -> None:
    document = with_list("https://harmless.example/list")
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    entry = {**unsecured["credentialStatus"], "statusListCredential": url}
    verdict = examine_document(sign(unsecured | {"credentialStatus": entry}), TRUST, NOW)
    assert not verdict.verified
    assert network.looked_up == []


@pytest.mark.parametrize("url", ["https://127.0.0.1/list", "https://[::1]/list", "https://10.0.0.5:8443/list"])
@pytest.mark.parametrize("network", ["10.0.0.5"], indirect=True)
def test_a_status_list_at_a_private_address_is_not_fetched(network: Network, url: str) -> None:
    assert examine_document(with_list(url), TRUST, NOW).in_force.code == "status-unavailable"


@pytest.mark.parametrize("network", ["10.0.0.5"], indirect=True)
def test_a_remote_context_is_never_looked_up(network: Network) -> None:
    contexts: list[Any] = [
        "https://10.0.0.5/context",
        f"https://{HOST}/context",
        {"@import": f"https://{HOST}/context"},
        {"x": {"@id": "urn:x:x", "@context": f"https://{HOST}/context"}},
        "file:///etc/passwd",
    ]
    for context in contexts:
        document = make_vc() | {"@context": [CREDENTIALS_V2, context]}
        proof = issue(make_vc())["proof"]
        for each in (
            document | {"proof": proof},
            make_vc(credentialSubject={"id": "urn:x:s", "@context": context}) | {"proof": proof},
            make_vc() | {"proof": proof | {"@context": context}},
        ):
            verdict = examine_document(each, TRUST, NOW)
            assert verdict.signature.answer is not Answer.YES
            assert verdict.in_force.answer is Answer.UNKNOWN
    assert network.looked_up == []


@pytest.mark.parametrize("network", ["10.0.0.5", "127.0.0.1"], indirect=True)
def test_the_service_neither(network: Network, sqlite_client: FlaskClient) -> None:
    for document in (of_web(f"did:web:{HOST}"), with_list(f"https://{HOST}/list")):
        answer = sqlite_client.post("/credentials/verify", data=json.dumps({"verifiableCredential": document}))
        assert (answer.status_code, answer.get_json()["verified"]) == (400, False)
    assert network.looked_up == [HOST, HOST]


@pytest.mark.parametrize("network", ["10.0.0.5"], indirect=True)
def test_one_answer_asks_few_hosts(network: Network, sqlite_client: FlaskClient) -> None:
    """Each may be slow, and a worker waits."""
    credentials = [of_web(f"did:web:host-{number}.example") for number in range(16)]
    presentation = present(make_vp(*credentials))
    answer = sqlite_client.post("/presentations/verify", data=json.dumps({"verifiablePresentation": presentation}))
    assert answer.status_code == 400
    assert len(answer.get_json()["verdict"]["credentials"]) == 16
    assert len(network.looked_up) == 6
