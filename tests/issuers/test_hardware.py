"""Keys in hardware (SoftHSM2 stands for it): made inside, never readable, signing what every verifier accepts."""

import os
from collections.abc import Callable

import pkcs11
import pytest

from issuers.hardware import Hardware, HardwareUnavailable, KeyReference
from issuers.keys import Algorithm
from tests.builders import make_authority
from tests.conftest import Token
from verify.cryptosuite import require_fits
from verify.errors import InvalidSignature
from verify.multikey import decode_public_key
from vocab.terms import CRYPTOSUITE_ECDSA, CRYPTOSUITE_EDDSA

DID = make_authority().did
ID = bytes(range(16))
SUITES = {Algorithm.ED25519: CRYPTOSUITE_EDDSA, Algorithm.P256: CRYPTOSUITE_ECDSA}


@pytest.fixture
def hardware(token: Token) -> Hardware:
    return Hardware(token.module, lambda: token.pin)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_in_a_token_signs_as_one_in_memory_does(token: Token, hardware: Hardware, algorithm: Algorithm) -> None:
    reference, public = hardware.generate(token.label, algorithm, ID, "x credential")
    signer = hardware.signer(DID, public, reference)
    assert signer.verification_method == f"{DID}#{public}"
    assert signer.cryptosuite == SUITES[algorithm]
    for data in (b"", b"data", bytes(64), b"x" * 5000):
        signature = signer.sign(data)
        assert len(signature) == 64
        require_fits(signature, data, decode_public_key(public), signer.cryptosuite)
        with pytest.raises(InvalidSignature):
            require_fits(signature, data + b"x", decode_public_key(public), signer.cryptosuite)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_private_half_cannot_be_read_out(token: Token, hardware: Hardware, algorithm: Algorithm) -> None:
    hardware.generate(token.label, algorithm, ID, "x")
    library = pkcs11.lib(token.module)
    with library.get_token(token_label=token.label).open() as session:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=ID)
        assert key[pkcs11.Attribute.SENSITIVE] is True
        assert key[pkcs11.Attribute.EXTRACTABLE] is False
        with pytest.raises(pkcs11.PKCS11Error):
            _ = key[pkcs11.Attribute.VALUE]


def test_a_key_is_found_again_by_its_reference(token: Token, hardware: Hardware) -> None:
    reference, public = hardware.generate(token.label, Algorithm.ED25519, ID, "x")
    hardware.generate(token.label, Algorithm.ED25519, bytes(16), "another")
    again = Hardware(token.module, lambda: token.pin)
    signer = again.signer(DID, public, KeyReference.parse(str(reference)))
    require_fits(signer.sign(b"data"), b"data", decode_public_key(public), CRYPTOSUITE_EDDSA)


def test_a_session_that_ended_is_opened_anew(token: Token, hardware: Hardware) -> None:
    reference, public = hardware.generate(token.label, Algorithm.ED25519, ID, "x")
    signer = hardware.signer(DID, public, reference)
    signer.sign(b"one")
    # As when the token was pulled out and put back: every session and login is gone.
    pkcs11.lib(token.module).reinitialize()
    require_fits(signer.sign(b"two"), b"two", decode_public_key(public), CRYPTOSUITE_EDDSA)


def test_a_child_process_logs_in_for_itself(token: Token, hardware: Hardware) -> None:
    reference, public = hardware.generate(token.label, Algorithm.ED25519, ID, "x")
    signer = hardware.signer(DID, public, reference)
    signer.sign(b"parent")
    signature = in_a_child(lambda: signer.sign(b"child"))
    require_fits(signature, b"child", decode_public_key(public), CRYPTOSUITE_EDDSA)
    require_fits(signer.sign(b"parent"), b"parent", decode_public_key(public), CRYPTOSUITE_EDDSA)


def in_a_child(work: Callable[[], bytes]) -> bytes:
    """What `work` returns in a forked process, as gunicorn's workers are; its exception's name where it raises."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, work())
        except BaseException as error:
            os.write(write, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told


def test_what_is_wrong_with_the_hardware_is_said_in_words(token: Token, hardware: Hardware) -> None:
    with pytest.raises(HardwareUnavailable, match="REGISTRY_PKCS11_MODULE"):
        Hardware().generate(token.label, Algorithm.ED25519, ID, "x")
    with pytest.raises(HardwareUnavailable, match="/nowhere"):
        Hardware("/nowhere.so", lambda: token.pin).generate(token.label, Algorithm.ED25519, ID, "x")
    with pytest.raises(HardwareUnavailable, match=r"no tokens|0 tokens.*registry"):
        hardware.generate("other", Algorithm.ED25519, ID, "x")
    with pytest.raises(HardwareUnavailable, match="REGISTRY_PKCS11_PIN") as caught:
        Hardware(token.module, lambda: "wrong-pin").generate(token.label, Algorithm.ED25519, ID, "x")
    assert "wrong-pin" not in str(caught.value)
    reference, public = hardware.generate(token.label, Algorithm.ED25519, ID, "x")
    gone = KeyReference(token.label, bytes(16))
    with pytest.raises(HardwareUnavailable, match="NoSuchKey"):
        hardware.signer(DID, public, gone).sign(b"x")
    require_fits(hardware.signer(DID, public, reference).sign(b"x"), b"x", decode_public_key(public), CRYPTOSUITE_EDDSA)


def test_a_wrong_pin_is_tried_once(token: Token) -> None:
    asked: list[str] = []

    def pin() -> str:
        asked.append("wrong")
        return "wrong-pin"

    with pytest.raises(HardwareUnavailable):
        Hardware(token.module, pin).sign(KeyReference(token.label, ID), Algorithm.ED25519, b"x")
    assert len(asked) == 1


def test_a_refused_pin_is_not_tried_again_until_it_is_another(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong PIN counts once, however often a key is asked for; then another PIN is tried at once."""
    pins = ["wrong-pin"]
    hardware, counted = Hardware(token.module, lambda: pins[-1]), logins(monkeypatch, token)
    messages = []
    for _ in range(4):
        with pytest.raises(HardwareUnavailable, match=r"PinIncorrect.*REGISTRY_PKCS11_PIN") as refused:
            hardware.generate(token.label, Algorithm.ED25519, ID, "x")
        messages.append(str(refused.value))
    assert counted == ["wrong-pin"]
    assert "refused before" not in messages[0]
    for message in messages[1:]:
        assert message.startswith(messages[0])
        assert "was refused before; not tried again until it is another one or the process is restarted" in message
    assert "wrong-pin" not in "".join(messages) + repr(vars(hardware))
    pins.append("other-wrong-pin")
    for _ in range(2):
        with pytest.raises(HardwareUnavailable, match="PinIncorrect"):
            hardware.sign(KeyReference(token.label, ID), Algorithm.ED25519, b"x")
    pins.append("wrong-pin")
    with pytest.raises(HardwareUnavailable, match="refused before"):
        hardware.sign(KeyReference(token.label, ID), Algorithm.ED25519, b"x")
    assert counted == ["wrong-pin", "other-wrong-pin"]
    pins.append(token.pin)
    hardware.generate(token.label, Algorithm.ED25519, ID, "x")
    assert counted == ["wrong-pin", "other-wrong-pin", token.pin]


def logins(monkeypatch: pytest.MonkeyPatch, token: Token) -> list[str]:
    """The PINs that are tried on the token from now on, in a list that grows."""
    tried: list[str] = []
    library = pkcs11.lib(token.module)

    class Watched:
        def get_token(self, token_label: str) -> "Watched":
            return self

        def open(self, *, rw: bool, user_pin: str) -> pkcs11.Session:
            tried.append(user_pin)
            return library.get_token(token_label=token.label).open(rw=rw, user_pin=user_pin)

        def __getattr__(self, name: str) -> object:
            return getattr(library, name)

    monkeypatch.setattr("issuers.hardware.pkcs11.lib", lambda _module: Watched())
    return tried


@pytest.mark.parametrize("label", ["registry", "ทะเบียน", "a b;c=d%20", "สำนัก/1"])
def test_a_reference_is_a_uri_both_ways(label: str) -> None:
    reference = KeyReference(label, ID)
    assert str(reference).startswith("pkcs11:token=")
    assert str(reference).isascii()
    assert KeyReference.parse(str(reference)) == reference


@pytest.mark.parametrize("text", ["", "pkcs11:", "pkcs11:token=a", "pkcs11:token=a;id=", "pkcs11:token=a;id=%0", "x"])
def test_another_text_is_no_reference(text: str) -> None:
    with pytest.raises(HardwareUnavailable, match="expected pkcs11:token"):
        KeyReference.parse(text)
