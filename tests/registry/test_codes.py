"""The code of a licence is made with its credential, says what the licence's state is, and is made anew when its key was lost."""

import io
from datetime import date

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from issuers.hardware import Hardware
from issuers.keys import Algorithm, KeyPurpose
from issuers.qr import qr_address
from issuers.signer import SigningUnavailable
from registry import codes
from registry.codes import complete_codes
from registry.config import SettingInvalid
from registry.intake.undo import undo_batch
from registry.keyring import activate_key, keys_of, new_key
from registry.register import Register
from registry.rekeying import compromise
from registry.services import refresh
from registry.tables import CodeRow
from registry.trust import RegisterTrust, trust_file
from tests.conftest import Token
from tests.registry.codes import code_of, live, offline
from tests.registry.small import OFFICE, TOWN, Clock, act, credentials, find, iri, row, send
from tests.registry.test_keyring import active, make
from verify.compact import split_address, unseal
from verify.scanned import examine_code
from vocab.history import ActKind
from vocab.license import Term

QR = KeyPurpose.QR


def check(register: Register, scanned: str, expected: str) -> None:
    assert (live(register, scanned), offline(register, scanned)) == (expected, expected)


def test_what_is_published_has_a_code(register: Register) -> None:
    send(register, row("1/2567"), row("2/2567"))
    for number in ("1/2567", "2/2567"):
        check(register, code_of(register, number), "active")
    assert code_of(register, "1/2567") != code_of(register, "2/2567")


def test_it_says_what_the_state_is_and_will_be(register: Register, clock: Clock) -> None:
    send(register, *(row(f"{number}/2567") for number in range(1, 5)))
    scanned = {number: code_of(register, f"{number}/2567") for number in range(1, 5)}
    act(register, "2/2567", ActKind.SUSPEND)
    act(register, "3/2567", ActKind.REVOKE)
    for number, expected in enumerate(("active", "suspended", "withdrawn", "active"), 1):
        check(register, scanned[number], expected)
    act(register, "2/2567", ActKind.REINSTATE)
    check(register, scanned[2], "active")
    clock.go_to(date(2031, 1, 1))
    refresh(register)
    check(register, scanned[1], "expired")


def test_another_face_has_another_code_and_the_old_one_is_withdrawn(register: Register) -> None:
    send(register, row("1/2567"))
    old = code_of(register, "1/2567")
    send(register, row("1/2567", licensee="บริษัท ใหม่ จำกัด"))
    new = code_of(register, "1/2567")
    assert split_address(old)[0] == split_address(new)[0]
    assert old != new
    check(register, old, "withdrawn")
    check(register, new, "active")


def test_a_renewal_by_act_has_a_code(register: Register, clock: Clock) -> None:
    send(register, row("1/2567"))
    begin = date(2027, 3, 1)
    act(register, "1/2567", ActKind.RENEW, begin, term=Term(valid_from=begin, expires_on=date(2028, 2, 29)))
    old = code_of(register, "1/2567")
    check(register, old, "active")
    clock.go_to(begin)
    refresh(register)
    assert code_of(register, "1/2567") != old
    check(register, code_of(register, "1/2567"), "active")
    assert live(register, old) in {"withdrawn", "expired"}


def test_what_is_taken_back_and_sent_again_has_a_new_code(register: Register) -> None:
    send(register, row("1/2567"))
    act(register, "1/2567", ActKind.REVOKE)
    old = code_of(register, "1/2567")
    act(register, "1/2567", ActKind.CORRECT, voids=2)
    check(register, old, "withdrawn")
    check(register, code_of(register, "1/2567"), "active")


def test_codes_of_a_rotated_key_stay_good(register: Register, clock: Clock) -> None:
    send(register, row("1/2567"))
    old = code_of(register, "1/2567")
    clock.pass_by(days=1)
    activate_key(register, TOWN, str(make(register, QR).number))
    send(register, row("2/2567"))
    clock.pass_by(hours=1)
    check(register, old, "active")
    check(register, code_of(register, "2/2567"), "active")
    assert key_id_of(old) != key_id_of(code_of(register, "2/2567"))


def key_id_of(scanned: str) -> bytes:
    address, digits = split_address(scanned)
    return unseal(digits, address).key_id


def test_a_lost_key_for_codes(register: Register, clock: Clock) -> None:
    """All codes of the authority are made anew; nobody else's are, and no credential is."""
    send(register, *(row(f"{number}/2567") for number in range(1, 6)))
    send(register, row("1/2567"), authority=OFFICE)
    act(register, "2/2567", ActKind.SUSPEND)
    act(register, "3/2567", ActKind.REVOKE)
    old = {number: code_of(register, f"{number}/2567") for number in range(1, 6)}
    other = iri("1/2567", authority=OFFICE)
    before = [item.body for item in credentials(register, "1/2567")]
    key = active(register, QR)
    clock.pass_by(hours=1)
    done = compromise(register, TOWN, str(key.number), clock.now)
    assert (done.codes, done.licenses, done.lists) == (5, 0, 0)
    assert done.active.purpose is QR
    for number, scanned in old.items():
        check(register, scanned, "key-not-usable")
        expected = {2: "suspended", 3: "withdrawn"}.get(number, "active")
        check(register, code_of(register, f"{number}/2567"), expected)
    assert [item.body for item in credentials(register, "1/2567")] == before
    assert len(credentials(register, other)) == 1
    assert compromise(register, TOWN, str(key.number), clock.now).codes == 0


def test_a_crash_in_between_and_run_again(register: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    send(register, *(row(f"{number}/2567") for number in range(1, 8)))
    key = active(register, QR)
    clock.pass_by(hours=1)
    monkeypatch.setattr(codes, "CHUNK", 2)

    class Crash(BaseException):
        pass

    def crash(done: int, _total: int) -> None:
        if done == 4:
            raise Crash

    with pytest.raises(Crash):
        compromise(register, TOWN, str(key.number), clock.now, crash)
    assert compromise(register, TOWN, str(key.number), clock.now).codes == 3
    for number in range(1, 8):
        check(register, code_of(register, f"{number}/2567"), "active")


def test_a_lost_key_for_credentials_makes_new_codes(register: Register, clock: Clock) -> None:
    send(register, row("1/2567"))
    old = code_of(register, "1/2567")
    clock.pass_by(hours=1)
    compromise(register, TOWN, str(active(register).number), clock.now)
    check(register, old, "withdrawn")
    check(register, code_of(register, "1/2567"), "active")


def test_a_key_in_hardware_signs_codes(register: Register, token: Token, clock: Clock) -> None:
    register.hardware = Hardware(token.module, lambda: token.pin)
    activate_key(register, TOWN, str(make(register, QR, token=token.label).number))
    send(register, row("1/2567"), row("2/2567"))
    check(register, code_of(register, "2/2567"), "active")
    register.hardware = Hardware()
    with pytest.raises(SigningUnavailable):
        send(register, row("3/2567"))


def test_without_a_key_nothing_is_issued_and_the_reason_is_told(register: Register) -> None:
    with register.database.writing() as session:
        session.execute(text("UPDATE signing_key SET retired_at = created_at WHERE purpose = 'qr'"))
    with pytest.raises(SigningUnavailable, match="no active key for qr"):
        send(register, row("1/2567"))
    assert complete_codes(register) == 0
    send(register, row("1/2567"))
    check(register, code_of(register, "1/2567"), "active")
    assert len([key for key in keys_of(register, TOWN) if key.purpose is QR]) == 2


def test_looking_signs_nothing(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    send(register, row("1/2567"))

    def locked() -> None:
        raise SettingInvalid("no key-encryption key")

    monkeypatch.setattr(type(register), "key_encryption_keys", lambda self: locked())
    assert live(register, code_of(register, "1/2567")) == "active"


def test_codes_are_append_only(register: Register) -> None:
    send(register, row("1/2567"))
    for statement in ("UPDATE qr_code SET body = ''", "DELETE FROM qr_code"):
        with pytest.raises(DatabaseError, match="append-only"), register.database.writing() as session:
            session.execute(text(statement))


def test_what_is_too_long_is_left_out_and_said_to_be(register: Register) -> None:
    send(
        register,
        row("1/2567", premises="ร้าน" * 10),
        row("2/2567", premises="ร้าน" * 80),
        row("3/2567", licensee="บริษัท " + "ยาว" * 120 + " จำกัด"),
    )
    left = [not_in_code(register, f"{number}/2567") for number in (1, 2, 3)]
    assert left[0] == []
    assert "premises" in left[1]
    assert "licensee" in left[2]


def not_in_code(register: Register, number: str) -> list[str]:
    with register.database.reading() as session:
        found = examine_code(code_of(register, number), RegisterTrust(register, session), register.now())
    assert found.credential is not None
    left: list[str] = found.credential.subject.get("notInCode", [])
    return left


def test_it_says_what_the_public_may_see(register: Register) -> None:
    send(register, row("8/2567", licensee="นายสมชาย ใจดีมาก", street="99/123 ซอยลับเฉพาะ", juristic_id=""))
    with register.database.reading() as session:
        found = examine_code(code_of(register, "8/2567"), RegisterTrust(register, session), register.now())
    assert found.credential is not None
    said = str(found.credential.subject)
    assert "นายส*** ใจ***" in said
    assert "สมชาย" not in said
    assert "ใจดีมาก" not in said
    assert "99/123" not in said


def test_a_code_that_nobody_made_is_unknown_here(register: Register, clock: Clock) -> None:
    send(register, row("1/2567"))
    scanned = code_of(register, "1/2567")
    address, digits = split_address(scanned)
    changed = f"{address}#{digits[:17]}{int(digits[17:34]) ^ 1:017d}{digits[34:]}"
    assert live(register, changed) in {"unknown-issuer", "invalid-signature", "malformed-compact", "unknown-method"}
    with register.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CodeRow)) == 1


def test_a_key_that_waits_is_published_for_codes(register: Register) -> None:
    waiting = new_key(register, TOWN, QR, Algorithm.ED25519)
    assert waiting.public_multibase.encode() in trust_file(register)
    assert b'"qr"' in trust_file(register)


def scanned(answer: TestResponse) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)))
    return found.text


def test_the_code_holds_what_is_signed_of_the_face_that_holds(client: FlaskClient, register: Register) -> None:
    send(register, row("7/2567"))
    path = f"/qr/{find(register, '7/2567').check_id}.png"
    first = client.get(path)
    assert scanned(first) == code_of(register, "7/2567")
    assert live(register, scanned(first)) == "active"
    assert "immutable" not in first.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    outdoors = client.get(f"{path}?level=Q")
    assert scanned(outdoors) == scanned(first)
    assert len(outdoors.data) > len(first.data)
    assert client.get(f"{path}?level=H").status_code == 400
    send(register, row("7/2567", licensee="บริษัท ใหม่ จำกัด"))
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert scanned(second) == code_of(register, "7/2567") != scanned(first)


def test_the_code_of_a_withdrawn_record_holds_its_address_alone(client: FlaskClient, register: Register) -> None:
    report = send(register, row("7/2567"))
    record = find(register, "7/2567")
    undo_batch(register, report.batch)
    assert scanned(client.get(f"/qr/{record.check_id}.png")) == qr_address(register.base, record.check_id)
