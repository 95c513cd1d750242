"""The guarded client speaks TLS with those alone whose certificate a known authority has signed for this very host."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.local_server import LocalServer, Told, local_server
from verify.errors import FetchFailed
from verify.fetch import Fetcher

LOCAL = Fetcher(allow_loopback=True)


def make_certificate(folder: Path, *, ends: timedelta = timedelta(days=1)) -> tuple[Path, ssl.SSLContext]:
    """A certificate that signs itself, for 127.0.0.1: its file, and what a server needs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return file, context


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    """A server whose certificate this machine knows."""
    file, context = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with local_server(context) as server:
        server.answers["/list"] = Told(200, b"list")
        yield server


def test_a_host_with_a_known_certificate_is_asked_and_posted_to(known: LocalServer) -> None:
    assert LOCAL.get(known.url("/list")) == b"list"
    assert LOCAL.ask(known.url("/list")).body == b"list"
    assert LOCAL.post(known.url("/list"), b"{}", headers={}).status == 200


def test_not_under_another_name(known: LocalServer) -> None:
    with pytest.raises(FetchFailed, match="no certificate that we accept"):
        LOCAL.ask(known.url("/list", "localhost"))
    assert known.asked == []


def test_https_never_leads_on_to_http_elsewhere(known: LocalServer) -> None:
    known.answers["/moved"] = Told(302, headers=(("Location", "http://agency.example/list"),))
    with pytest.raises(FetchFailed, match="only https"):
        LOCAL.ask(known.url("/moved"), hosts=["agency.example"])


@pytest.mark.parametrize("ends", [timedelta(days=1), timedelta(days=-1)])
def test_an_unknown_or_expired_certificate_is_refused(
    tmp_path: Path, ends: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = make_certificate(tmp_path, ends=ends)
    if ends < timedelta():
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with local_server(context) as server:
        for attempt in (LOCAL.get, LOCAL.ask):
            with pytest.raises(FetchFailed, match="no certificate that we accept"):
                attempt(server.url("/list"))
        with pytest.raises(FetchFailed, match="no certificate that we accept"):
            LOCAL.post(server.url("/list"), b"secret", headers={})
        assert server.requests == []
