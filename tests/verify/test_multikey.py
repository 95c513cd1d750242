"""Multibase and Multikey: round trips, published vectors, and one spelling only."""

import base64
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import seed_of
from verify.errors import MalformedProof
from verify.multikey import (
    base58_decode,
    base58_encode,
    decode_public_key,
    encode_public_key,
    from_multibase58,
    from_multibase64url,
    multibase58,
    multibase64url,
)

SPECIFIED = (
    # VC-DI-EDDSA, B.1: public and secret Multikey.
    ("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"),
)


@pytest.mark.parametrize(("public", "secret"), SPECIFIED)
def test_the_specifications_secret_key_has_its_public_key(public: str, secret: str) -> None:
    data = from_multibase58(secret, length=34)
    assert data[:2] == b"\x80\x26"  # ed25519-priv
    assert encode_public_key(Ed25519PrivateKey.from_private_bytes(data[2:]).public_key()) == public
    assert encode_public_key(decode_public_key(public)) == public


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        # draft-msporny-base58-03, section 5.
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (b"\x00\x00\x28\x7f\xb4\xcd", "11233QC4"),
        (b"", ""),
        (b"\0", "1"),
    ],
)
def test_base58_vectors(text: bytes, encoded: str) -> None:
    assert base58_encode(text) == encoded
    assert base58_decode(encoded, length=len(text)) == text


@given(st.binary(max_size=80))
def test_base58_and_base64url_give_the_bytes_back(data: bytes) -> None:
    assert from_multibase58(multibase58(data), length=len(data)) == data
    assert from_multibase64url(multibase64url(data), at_most=len(data)) == data


@given(st.binary(min_size=1, max_size=40), st.integers(0, 45))
def test_base58_has_one_length(data: bytes, length: int) -> None:
    if length != len(data):
        with pytest.raises(MalformedProof):
            base58_decode(base58_encode(data), length=length)


@given(st.text("123ABCabcz0OIl", max_size=100), st.integers(0, 64))
def test_any_text_is_the_one_spelling_of_its_bytes_or_refused(text: str, length: int) -> None:
    try:
        data = base58_decode(text, length=length)
    except MalformedProof:
        return
    assert len(data) == length
    assert base58_encode(data) == text


@pytest.mark.parametrize(
    "text", ["", "x", "z", "z0", "zO", "zI", "zl", "Z11", "u11", "z1 ", "z" + "1" * 10**6, None, 1, ["z1"]]
)
def test_what_is_no_base58_of_this_length_is_refused(text: object) -> None:
    with pytest.raises(MalformedProof):
        from_multibase58(text, length=34)


@pytest.mark.parametrize("text", ["", "AA", "uA", "uAA==", "uA+", "uA/", "uก", "zAA", "u" + "A" * 100])
def test_what_is_no_unpadded_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_multibase64url(text, at_most=8)


def test_a_key_on_p256_is_read() -> None:
    # The example of Controlled Identifiers 1.0, section 2.2.2.
    text = "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
    key = decode_public_key(text)
    assert isinstance(key, EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert encode_public_key(key) == text


def test_a_key_of_another_kind_is_refused() -> None:
    # The prefixes of X25519 and P-384; P-256's before a number that is on no point of the curve, and before a point of the
    # wrong length.
    for other in (
        multibase58(b"\xec\x01" + bytes(32)),
        multibase58(b"\x81\x24\x02" + bytes(48)),
        multibase58(b"\x80\x24\x02" + b"\xff" * 32),
        multibase58(b"\x80\x24" + bytes(32)),
    ):
        with pytest.raises(MalformedProof):
            decode_public_key(other)


@given(st.integers(0, 47), st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl"))
def test_a_changed_character_is_another_key_or_none(at: int, character: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed_of("multikey")).public_key()
    text = encode_public_key(key)
    changed = text[:at] + character + text[at + 1 :]
    if changed == text:
        return
    with suppress(MalformedProof):
        assert encode_public_key(decode_public_key(changed)) != text


def test_base64url_is_the_alphabet_of_rfc_4648() -> None:
    data = bytes(range(256))
    assert multibase64url(data) == "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")
