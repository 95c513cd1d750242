"""Keys in their lives: published before their use, one signing at a time, retired and still good for what they signed."""

import json
from dataclasses import asdict

import pytest
from sqlalchemy.exc import IntegrityError

from issuers.hardware import Hardware, HardwareUnavailable
from issuers.keys import Algorithm, KeyPurpose
from registry.grantors import NoSuchAuthority
from registry.keyring import (
    Key,
    KeyRefused,
    KeyStatus,
    NoActiveKey,
    NoSuchKey,
    activate_key,
    keys_of,
    new_key,
    open_key,
    published_document,
    retire_key,
    signer,
)
from registry.register import Register
from registry.services import refresh
from registry.tables import SigningKeyRow
from tests.conftest import Token
from tests.registry.offline import pack_of, trust_of
from tests.registry.small import DEPARTMENT, TOWN, Clock, current_credential, row, send, verdict
from verify.document import Document
from verify.verdict import Answer, Verdict
from verify.verifier import examine
from vocab.graph import date_time
from vocab.history import Status

CREDENTIAL, STATUS_LIST = KeyPurpose.CREDENTIAL, KeyPurpose.STATUS_LIST


def make(
    register: Register,
    purpose: KeyPurpose = CREDENTIAL,
    algorithm: Algorithm = Algorithm.ED25519,
    token: str = "",
    authority: str = TOWN,
) -> Key:
    return new_key(register, authority, purpose, algorithm, token)


def active(register: Register, purpose: KeyPurpose = CREDENTIAL, authority: str = TOWN) -> Key:
    (found,) = [
        key for key in keys_of(register, authority) if key.purpose is purpose and key.status is KeyStatus.ACTIVE
    ]
    return found


def methods(register: Register, authority: str = TOWN) -> dict[str, Document]:
    """The verification methods of the DID document, by Multikey."""
    with register.database.reading() as session:
        document = published_document(register, session, authority)
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]
    return {method["publicKeyMultibase"]: method for method in document["verificationMethod"]}


def signed_by(credential: bytes) -> str:
    return str(json.loads(credential)["proof"]["verificationMethod"]).partition("#")[2]


def offline(register: Register, credential: bytes) -> Verdict:
    """What somebody says without a network, who has the register's trust data of now; with its pack it is the same."""
    by_trust, by_pack = (
        examine(credential, trust, register.now()) for trust in (trust_of(register), pack_of(register))
    )
    assert (by_trust.genuine, by_trust.in_force) == (by_pack.genuine, by_pack.in_force)
    return by_trust


def check_in_force(register: Register, credential: bytes) -> None:
    for found in (verdict(register, credential), offline(register, credential)):
        assert (found.genuine.answer, found.genuine.code) == (Answer.YES, "signed-by-authority")
        assert (found.in_force.answer, found.in_force.code) == (Answer.YES, Status.ACTIVE)


def test_every_authority_begins_with_an_active_key_for_each_purpose(register: Register) -> None:
    found = keys_of(register)
    assert {(key.authority, key.purpose) for key in found} == {
        (authority, purpose) for authority in (TOWN, DEPARTMENT, "x-office") for purpose in KeyPurpose
    }
    assert {(key.status, key.algorithm, key.token) for key in found} == {(KeyStatus.ACTIVE, Algorithm.ED25519, "")}
    assert keys_of(register, TOWN) == [key for key in found if key.authority == TOWN]


def test_a_key_is_published_before_its_use_and_stays_after_it(register: Register, clock: Clock) -> None:
    first = active(register)
    send(register, row("1/2567"))
    waiting = make(register)
    assert waiting.status is KeyStatus.NEXT
    assert set(methods(register)[waiting.public_multibase]) == {"id", "type", "controller", "publicKeyMultibase"}
    send(register, row("2/2567"))
    old = [current_credential(register, number) for number in ("1/2567", "2/2567")]
    assert {signed_by(credential) for credential in old} == {first.public_multibase}

    clock.pass_by(days=7)
    assert activate_key(register, TOWN, str(waiting.number)).status is KeyStatus.ACTIVE
    refresh(register)
    send(register, row("3/2567"))
    new = current_credential(register, "3/2567")
    assert signed_by(new) == waiting.public_multibase
    for credential in (*old, new):
        check_in_force(register, credential)
    assert methods(register)[first.public_multibase]["expires"] == date_time(clock.now)
    assert "expires" not in methods(register)[waiting.public_multibase]
    retired = next(key for key in keys_of(register) if key.number == first.number)
    assert (retired.status, retired.retired_at) == (KeyStatus.RETIRED, clock.now)


def test_a_retired_key_signs_nothing_new(register: Register, clock: Clock) -> None:
    """Whoever still has it after its retirement cannot make anything that verifies: `expires` is before `created`."""
    from issuers.secure import secure

    send(register, row("1/2567"))
    unsecured = json.loads(current_credential(register, "1/2567"))
    del unsecured["proof"]
    with register.database.reading() as session:
        number, kept = signer(register, session, TOWN, CREDENTIAL)
    clock.pass_by(days=1)
    activate_key(register, TOWN, str(make(register).number))
    late = secure(unsecured, kept, created=register.now().replace(hour=6), loader=register.loader)
    clock.pass_by(hours=2)
    found = verdict(register, late).genuine
    assert (found.answer, found.code) == (Answer.NO, "key-not-usable")
    with register.database.reading() as session:
        row_of_key = session.get_one(SigningKeyRow, number)
        with pytest.raises(KeyRefused, match="retired"):
            open_key(register, row_of_key, TOWN, CREDENTIAL)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_each_purpose_with_each_algorithm(register: Register, algorithm: Algorithm) -> None:
    for purpose in KeyPurpose:
        activate_key(register, TOWN, make(register, purpose, able(purpose, algorithm)).public_multibase)
    send(register, row("1/2567"))
    credential = current_credential(register, "1/2567")
    suite = {Algorithm.ED25519: "eddsa-rdfc-2022", Algorithm.P256: "ecdsa-rdfc-2019"}[algorithm]
    assert json.loads(credential)["proof"]["cryptosuite"] == suite
    assert signed_by(credential) == active(register).public_multibase
    for url, body in trust_of(register).status_lists.items():
        assert TOWN in url
        assert json.loads(body)["proof"]["cryptosuite"] == suite
        assert signed_by(body) == active(register, STATUS_LIST).public_multibase
    check_in_force(register, credential)


def able(purpose: KeyPurpose, algorithm: Algorithm) -> Algorithm:
    """Codes are signed in one way only."""
    return Algorithm.ED25519 if purpose is KeyPurpose.QR else algorithm


def test_a_key_for_codes_is_ed25519(register: Register) -> None:
    with pytest.raises(KeyRefused, match="QR codes are signed by ed25519 keys only"):
        make(register, KeyPurpose.QR, Algorithm.P256)
    assert [key.algorithm for key in keys_of(register, TOWN) if key.purpose is KeyPurpose.QR] == [Algorithm.ED25519]


def test_each_purpose_rotates_alone(register: Register) -> None:
    before = active(register, STATUS_LIST)
    activate_key(register, TOWN, str(make(register).number))
    assert active(register, STATUS_LIST) == before
    assert active(register, CREDENTIAL, DEPARTMENT).status is KeyStatus.ACTIVE


def test_a_key_signs_for_its_own_purpose_only(register: Register) -> None:
    with register.database.reading() as session:
        for purpose, other in ((CREDENTIAL, STATUS_LIST), (STATUS_LIST, CREDENTIAL)):
            row_of_key = session.get_one(SigningKeyRow, active(register, purpose).number)
            assert open_key(register, row_of_key, TOWN, purpose).sign(b"x")
            with pytest.raises(KeyRefused, match=f"is for {purpose} and signs nothing for {other}"):
                open_key(register, row_of_key, TOWN, other)


def test_a_credential_signed_with_the_status_lists_key_is_refused(register: Register) -> None:
    from issuers.secure import secure

    send(register, row("1/2567"))
    unsecured = json.loads(current_credential(register, "1/2567"))
    del unsecured["proof"]
    with register.database.reading() as session:
        _, wrong = signer(register, session, TOWN, STATUS_LIST)
    forged = secure(unsecured, wrong, created=register.now(), loader=register.loader)
    for found in (verdict(register, forged), offline(register, forged)):
        assert (found.genuine.answer, found.genuine.code) == (Answer.NO, "key-not-usable")


def test_a_key_is_named_by_its_number_its_multikey_or_its_method(register: Register) -> None:
    for name in ("{0.number}", "{0.public_multibase}", "did:web:registry.example.go.th:auth:x#{0.public_multibase}"):
        waiting = make(register)
        assert activate_key(register, TOWN, name.format(waiting)).number == waiting.number


def test_what_cannot_be_done_with_a_key_is_said(register: Register) -> None:
    first, waiting = active(register), make(register)
    with pytest.raises(KeyRefused, match="is active: only a key that is next"):
        activate_key(register, TOWN, str(first.number))
    with pytest.raises(KeyRefused, match="license-registry key new"):
        retire_key(register, TOWN, str(first.number))
    assert retire_key(register, TOWN, str(waiting.number)).status is KeyStatus.RETIRED
    assert "expires" in methods(register)[waiting.public_multibase]
    for change in (retire_key, activate_key):
        with pytest.raises(KeyRefused, match="retired"):
            change(register, TOWN, str(waiting.number))
        with pytest.raises(NoSuchKey, match=rf"it has {first.number} \(credential, active\)"):
            change(register, TOWN, "999999")
        with pytest.raises(NoSuchKey):
            change(register, DEPARTMENT, str(waiting.number))
        with pytest.raises(NoSuchAuthority, match="x-nobody"):
            change(register, "x-nobody", "1")
    with pytest.raises(NoSuchAuthority, match="x-nobody"):
        make(register, authority="x-nobody")
    with pytest.raises(NoSuchAuthority, match="x-nobody"):
        keys_of(register, "x-nobody")


def test_without_an_active_key_nothing_is_published(register: Register) -> None:
    with register.database.writing() as session:
        session.get_one(SigningKeyRow, active(register).number).retired_at = register.now()
    with pytest.raises(NoActiveKey, match="no active key for credential"):
        send(register, row("1/2567"))
    with register.database.reading() as session:
        assert register.store(session).counts() == {}


def test_the_database_knows_one_active_key_for_each_purpose(register: Register) -> None:
    waiting = make(register)
    with pytest.raises(IntegrityError), register.database.writing() as session:
        session.get_one(SigningKeyRow, waiting.number).activated_at = register.now()
    assert active(register).number != waiting.number


def test_the_database_knows_one_place_for_each_private_half(register: Register) -> None:
    for column, value in (("sealed", None), ("hardware", "pkcs11:token=x;id=%00")):
        with pytest.raises(IntegrityError), register.database.writing() as session:
            setattr(session.get_one(SigningKeyRow, active(register).number), column, value)


def test_no_key_is_ever_deleted(register: Register) -> None:
    for _ in range(3):
        activate_key(register, TOWN, str(make(register).number))
    assert len(methods(register)) == 3 + 3
    assert len(keys_of(register, TOWN)) == 3 + 3


def test_what_is_told_of_a_key_holds_no_secret(register: Register) -> None:
    told = repr([asdict(key) for key in keys_of(register)])
    with register.database.reading() as session:
        for key in keys_of(register):
            sealed = session.get_one(SigningKeyRow, key.number).sealed
            assert sealed
            assert repr(sealed)[2:-1] not in told


@pytest.fixture
def with_token(register: Register, token: Token) -> Register:
    register.hardware = Hardware(token.module, lambda: token.pin)
    return register


@pytest.mark.parametrize("algorithm", Algorithm)
def test_an_authority_whose_keys_are_in_hardware(with_token: Register, token: Token, algorithm: Algorithm) -> None:
    for purpose in KeyPurpose:
        able_to = able(purpose, algorithm)
        made = make(with_token, purpose, able_to, token.label)
        assert (made.token, made.algorithm, made.status) == (token.label, able_to, KeyStatus.NEXT)
        activate_key(with_token, TOWN, str(made.number))
    send(with_token, row("1/2567"), row("2/2567"))
    for number in ("1/2567", "2/2567"):
        credential = current_credential(with_token, number)
        assert signed_by(credential) == active(with_token).public_multibase
        check_in_force(with_token, credential)
    with with_token.database.reading() as session:
        key = session.get_one(SigningKeyRow, active(with_token).number)
        assert key.sealed is None
        assert str(key.hardware).startswith(f"pkcs11:token={token.label};id=")


def test_a_key_that_cannot_sign_takes_no_place(with_token: Register, token: Token) -> None:
    first, waiting = active(with_token), make(with_token, token=token.label)
    with_token.hardware = Hardware(token.module, lambda: "wrong-pin")
    with pytest.raises(HardwareUnavailable, match="REGISTRY_PKCS11_PIN"):
        activate_key(with_token, TOWN, str(waiting.number))
    with_token.hardware = Hardware()
    with pytest.raises(HardwareUnavailable, match="REGISTRY_PKCS11_MODULE"):
        activate_key(with_token, TOWN, str(waiting.number))
    assert active(with_token) == first
    send(with_token, row("1/2567"))
    check_in_force(with_token, current_credential(with_token, "1/2567"))


def test_hardware_that_is_gone_publishes_nothing(with_token: Register, token: Token) -> None:
    activate_key(with_token, TOWN, str(make(with_token, token=token.label).number))
    with_token.hardware = Hardware()
    with pytest.raises(HardwareUnavailable):
        send(with_token, row("1/2567"))
    with with_token.database.reading() as session:
        assert with_token.store(session).counts() == {}
