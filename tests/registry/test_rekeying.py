"""After a compromise: what the key signed is refused, except what the register had before; all of it is signed anew."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from issuers.hardware import Hardware, HardwareUnavailable
from issuers.keys import Algorithm, KeyPurpose
from issuers.secure import secure, serialize
from issuers.signer import Signer
from registry import rekeying
from registry.intake.publish import publish
from registry.keyring import (
    Key,
    KeyRefused,
    KeyStatus,
    NoActiveKey,
    NoSuchKey,
    activate_key,
    keys_of,
    retire_key,
    signer,
)
from registry.register import Register
from registry.rekeying import Rekeying, compromise
from registry.services import refresh
from registry.tables import CredentialRow, StatusListRow
from registry.trust import RegisterTrust
from tests.conftest import Token
from tests.registry.intake.test_publish import race
from tests.registry.small import (
    DEPARTMENT,
    OFFICE,
    TODAY,
    TOWN,
    Clock,
    act,
    bit,
    credentials,
    current_credential,
    find,
    iri,
    row,
    send,
    status,
    submission,
    table,
    verdict,
)
from tests.registry.test_keyring import active, check_in_force, make, methods, offline, signed_by
from verify.verdict import Answer
from vocab.graph import date_time
from vocab.history import ActKind, Status
from vocab.license import Term

CREDENTIAL, STATUS_LIST = KeyPurpose.CREDENTIAL, KeyPurpose.STATUS_LIST
NUMBERS = tuple(f"{number}/2567" for number in range(1, 9))
HOUR = timedelta(hours=1)


@dataclass
class Town:
    """A town whose key was stolen: its licences in many states, and the last credentials that this key signed."""

    register: Register
    key: Key
    since: datetime
    old: dict[str, bytes]

    def compromise(self) -> Rekeying:
        return compromise(self.register, TOWN, str(self.key.number), self.since)


@pytest.fixture
def town(register: Register, clock: Clock) -> Town:
    send(register, *(row(number) for number in NUMBERS[:6]))
    send(register, row("1/2567"), authority=OFFICE)
    act(register, "2/2567", ActKind.SUSPEND)
    act(register, "3/2567", ActKind.REVOKE)
    # Renewed from a day that is to come: two versions are good, one after the other.
    renewal = Term(valid_from=date(2027, 3, 1), expires_on=date(2028, 2, 29))
    act(register, "4/2567", ActKind.RENEW, date(2027, 3, 1), term=renewal)
    # Corrected: the first version holds no more.
    act(register, "5/2567", ActKind.CORRECT, term=Term(valid_from=date(2024, 3, 1), expires_on=date(2029, 2, 28)))
    clock.pass_by(hours=1)
    since = clock.now
    clock.pass_by(hours=1)
    # After the suspect time: nobody can say whether it was the office that signed these.
    send(register, row("7/2567"), row("8/2567"))
    clock.pass_by(hours=1)
    old = {number: current_credential(register, number) for number in NUMBERS}
    return Town(register, active(register), since, old)


def check_done(town: Town) -> None:
    """Everything that the key signed is signed anew, the old is withdrawn, and each licence stands as it did."""
    register, new = town.register, active(town.register)
    assert new.public_multibase != town.key.public_multibase
    for number in NUMBERS:
        for item in credentials(register, number):
            if signed_by(item.body) == town.key.public_multibase:
                assert bit(register, item, "revocation"), number
        current = current_credential(register, number)
        assert signed_by(current) == new.public_multibase, number
        for found in (verdict(register, current), offline(register, current)):
            assert found.genuine.code == "signed-by-authority"
            expected = {"2/2567": Status.SUSPENDED, "3/2567": "withdrawn"}.get(number, Status.ACTIVE)
            assert found.in_force.code == expected, number
        old = offline(register, town.old[number])
        assert (old.genuine.answer, old.genuine.code) == (Answer.NO, "key-not-usable")
        assert f"revoked as of {town.since.isoformat()}" in old.genuine.detail
        own = verdict(register, town.old[number])
        if number in ("7/2567", "8/2567"):
            assert own.genuine == old.genuine
        else:
            assert (own.genuine.answer, own.genuine.code) == (Answer.YES, "recorded-before-revocation")
            assert (own.in_force.answer, own.in_force.code) == (Answer.NO, "withdrawn")
    method = methods(register)[town.key.public_multibase]
    assert method["revoked"] == date_time(town.since)
    assert "revoked" not in methods(register)[new.public_multibase]


def test_the_whole_drill(town: Town) -> None:
    statuses = {number: status(town.register, number) for number in NUMBERS}
    other = credentials(town.register, iri("1/2567", authority=OFFICE))
    steps: list[tuple[int, int]] = []
    done = compromise(town.register, TOWN, town.key.public_multibase, town.since, lambda *step: steps.append(step))
    assert (done.revoked.number, done.revoked.status) == (town.key.number, KeyStatus.COMPROMISED)
    assert done.active == active(town.register)
    assert (done.licenses, done.lists) == (len(NUMBERS), 0)
    assert steps[0] == (0, len(NUMBERS))
    assert steps[-1] == (len(NUMBERS), len(NUMBERS))
    check_done(town)
    assert {number: status(town.register, number) for number in NUMBERS} == statuses
    after = credentials(town.register, iri("1/2567", authority=OFFICE))
    assert [item.id for item in after] == [item.id for item in other], "nobody else's are touched"
    assert not any(bit(town.register, item, "revocation") for item in after)


def test_a_renewal_to_come_is_signed_anew_too(town: Town, clock: Clock) -> None:
    town.compromise()
    rows = credentials(town.register, "4/2567")
    assert [(item.number, bit(town.register, item, "revocation")) for item in rows] == [
        (1, True),
        (2, False),
        (1, True),
        (2, False),
    ]
    clock.go_to(date(2027, 3, 1))
    refresh(town.register)
    assert [bit(town.register, item, "revocation") for item in credentials(town.register, "4/2567")] == [
        True,
        True,
        True,
        False,
    ]
    check_in_force(town.register, current_credential(town.register, "4/2567"))


def test_a_version_that_holds_no_more_gets_no_new_credential(town: Town) -> None:
    town.compromise()
    rows = credentials(town.register, "5/2567")
    assert [item.number for item in rows] == [1, 1, 2]


def test_between_marking_and_signing_anew_the_register_knows_its_own(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying, "_reissue", crash)
    with pytest.raises(Crash):
        town.compromise()
    for number, old in town.old.items():
        found = verdict(town.register, old)
        if number in ("7/2567", "8/2567"):
            assert found.genuine.code == "key-not-usable"
        else:
            assert found.genuine.code == "recorded-before-revocation"
            expected = {"2/2567": Status.SUSPENDED, "3/2567": "withdrawn"}.get(number, Status.ACTIVE)
            assert found.in_force.code == expected
        assert offline(town.register, old).genuine.code == "key-not-usable"
    # What is published meanwhile is signed by the new key.
    send(town.register, row("9/2567"))
    check_in_force(town.register, current_credential(town.register, "9/2567"))


class Crash(BaseException):
    """The process ends here, as far as the database is concerned."""


def crash(*_arguments: object) -> int:
    raise Crash


def crashing(register: Register, monkeypatch: pytest.MonkeyPatch, at: int, *, is_committed: bool) -> None:
    """Lets the `at`th writing transaction from now on end in a crash, just before its commit or just after."""
    writing, count = register.database.writing, 0

    @contextmanager
    def counted() -> Iterator[Session]:
        nonlocal count
        count += 1
        with writing() as session:
            yield session
            if count == at and not is_committed:
                session.flush()
                raise Crash
        if count == at and is_committed:
            raise Crash

    monkeypatch.setattr(register.database, "writing", counted)


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_crash_at_any_transaction_and_run_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    """One process after another ends at its first, second, ... transaction; each begins where the last one stopped."""
    monkeypatch.setattr(rekeying, "CHUNK", 3)
    crashes = 0
    for at in (1, 2, 3, 4, 3, 4, 99):
        with monkeypatch.context() as patch:
            crashing(town.register, patch, at, is_committed=is_committed)
            try:
                town.compromise()
            except Crash:
                crashes += 1
    assert crashes >= 4
    check_done(town)
    rows = [item for number in NUMBERS for item in credentials(town.register, number)]
    assert max(item.number for item in rows) == 2, "nothing is signed anew twice"
    assert [key.status for key in keys_of(town.register, TOWN) if key.purpose is CREDENTIAL] == [
        KeyStatus.COMPROMISED,
        KeyStatus.ACTIVE,
    ]


def test_running_it_again_changes_nothing(town: Town) -> None:
    town.compromise()
    before = {number: [item.id for item in credentials(town.register, number)] for number in NUMBERS}
    again = town.compromise()
    assert again.licenses == 0
    assert {number: [item.id for item in credentials(town.register, number)] for number in NUMBERS} == before


def test_a_forgery_is_never_taken_for_what_was_recorded(town: Town) -> None:
    """Whoever has the key signs what they like, dated as they like, under ids that the register knows."""
    stolen = stolen_key(town)
    town.compromise()
    known = json.loads(town.old["1/2567"])
    unsecured = {key: value for key, value in known.items() if key != "proof"}
    longer = unsecured | {"validUntil": "2099-12-31T23:59:59+07:00"}
    backdated = town.since - HOUR
    for forged in (longer, unsecured | {"id": known["id"] + "X"}, unsecured):
        raw = secure(forged, stolen, created=backdated - HOUR, loader=town.register.loader)
        found = verdict(town.register, raw).genuine
        assert (found.answer, found.code) == (Answer.NO, "key-not-usable")
    # The same statement with its members in another order is still the one that was recorded.
    assert verdict(town.register, serialize(dict(reversed(known.items())))).genuine.answer is Answer.YES


def stolen_key(town: Town) -> Signer:
    with town.register.database.reading() as session:
        return signer(town.register, session, TOWN, CREDENTIAL)[1]


def test_what_was_recorded_is_known_by_all_its_bytes_and_its_time(town: Town) -> None:
    document = json.loads(town.old["1/2567"])
    (item,) = credentials(town.register, "1/2567")
    with town.register.database.reading() as session:
        trust = RegisterTrust(town.register, session)
        assert trust.recorded_before(document, item.issued_at + timedelta(seconds=1))
        assert not trust.recorded_before(document, item.issued_at)
        assert not trust.recorded_before(document | {"extra": True}, town.since)
        assert not trust.recorded_before({}, town.since)
        assert not trust.recorded_before({"id": 1}, town.since)


def test_the_next_key_takes_over_where_one_waits(town: Town) -> None:
    first, second = make(town.register), make(town.register)
    assert town.compromise().active.number == first.number
    assert next(key for key in keys_of(town.register) if key.number == second.number).status is KeyStatus.NEXT
    check_done(town)


def test_without_a_next_key_one_of_the_same_kind_is_made(register: Register, clock: Clock) -> None:
    activate_key(register, TOWN, str(make(register, algorithm=Algorithm.P256).number))
    send(register, row("1/2567"))
    old = active(register)
    clock.pass_by(hours=1)
    done = compromise(register, TOWN, str(old.number), clock.now)
    assert done.active.algorithm is Algorithm.P256
    check_in_force(register, current_credential(register, "1/2567"))


def test_a_key_in_hardware_is_followed_by_one_in_the_same_token(register: Register, token: Token, clock: Clock) -> None:
    register.hardware = Hardware(token.module, lambda: token.pin)
    activate_key(register, TOWN, str(make(register, token=token.label).number))
    send(register, row("1/2567"))
    old = active(register)
    clock.pass_by(hours=1)
    done = compromise(register, TOWN, str(old.number), clock.now)
    assert (done.active.token, done.licenses) == (token.label, 1)
    check_in_force(register, current_credential(register, "1/2567"))


def test_a_key_is_revoked_even_where_no_other_can_be_had(register: Register, token: Token, clock: Clock) -> None:
    register.hardware = Hardware(token.module, lambda: token.pin)
    activate_key(register, TOWN, str(make(register, token=token.label).number))
    send(register, row("1/2567"))
    credential, old = current_credential(register, "1/2567"), active(register)
    clock.pass_by(hours=1)
    register.hardware = Hardware()
    with pytest.raises(HardwareUnavailable, match="REGISTRY_PKCS11_MODULE") as told:
        compromise(register, TOWN, str(old.number), clock.now)
    # What was done is said before what was not.
    assert str(told.value).startswith(f"key {old.number} IS revoked as of {date_time(clock.now)}")
    assert "run the same command again" in str(told.value)
    assert methods(register)[old.public_multibase]["revoked"]
    assert offline(register, credential).genuine.code == "key-not-usable"
    with pytest.raises(NoActiveKey, match="no active key"):
        send(register, row("2/2567"))
    register.hardware = Hardware(token.module, lambda: token.pin)
    assert compromise(register, TOWN, str(old.number), clock.now).licenses == 1
    check_in_force(register, current_credential(register, "1/2567"))


def test_a_retired_key_that_was_compromised(town: Town, clock: Clock) -> None:
    follower = make(town.register)
    activate_key(town.register, TOWN, str(follower.number))
    send(town.register, row("9/2567"))
    before = [item.id for item in credentials(town.register, "9/2567")]
    done = town.compromise()
    assert (done.active.number, done.licenses) == (follower.number, len(NUMBERS))
    assert [item.id for item in credentials(town.register, "9/2567")] == before
    check_done(town)


def test_what_holds_today_is_signed_anew_though_a_renewal_that_begins_later_has_another_key(
    register: Register, clock: Clock
) -> None:
    send(register, row("1/2567"))
    old = active(register)
    clock.pass_by(hours=1)
    activate_key(register, TOWN, str(make(register).number))
    renewed = Term(valid_from=date(2027, 1, 1), expires_on=date(2037, 12, 31))
    act(register, "1/2567", ActKind.RENEW, date(2027, 1, 1), term=renewed)
    later = [item.id for item in credentials(register, "1/2567") if signed_by(item.body) != old.public_multibase]
    assert len(later) == 1
    done = compromise(register, TOWN, str(old.number), clock.now)
    assert done.licenses == 1
    check_in_force(register, current_credential(register, "1/2567"))
    assert signed_by(current_credential(register, "1/2567")) == active(register).public_multibase
    assert later[0] in [item.id for item in credentials(register, "1/2567")]
    assert compromise(register, TOWN, str(old.number), clock.now).licenses == 0


def test_a_key_that_waited_was_compromised(town: Town) -> None:
    waiting = make(town.register)
    done = compromise(town.register, TOWN, str(waiting.number), town.register.now())
    assert (done.active.number, done.licenses) == (town.key.number, 0)
    assert methods(town.register)[waiting.public_multibase]["revoked"]


def test_two_keys_one_after_the_other(town: Town) -> None:
    first = town.compromise()
    second = compromise(town.register, TOWN, str(first.active.number), town.register.now())
    assert second.licenses == len(NUMBERS)
    for number in ("1/2567", "7/2567"):
        check_in_force(town.register, current_credential(town.register, number))
        assert [item.number for item in credentials(town.register, number)] == [1, 2, 3]
        assert verdict(town.register, current_credential(town.register, number)).genuine.code == "signed-by-authority"


def test_a_key_of_status_lists(town: Town, clock: Clock) -> None:
    old = active(town.register, STATUS_LIST)
    lists = bodies(town.register)
    assert {signed_by(body) for body in lists} >= {old.public_multibase}
    clock.pass_by(hours=1)
    done = compromise(town.register, TOWN, str(old.number), clock.now)
    assert (done.lists, done.licenses) == (2, 0)
    assert old.public_multibase not in {signed_by(body) for body in bodies(town.register)}
    for number in ("1/2567", "7/2567"):
        check_in_force(town.register, current_credential(town.register, number))
    assert signed_by(current_credential(town.register, "1/2567")) == town.key.public_multibase
    # An old list, or one that whoever has the key makes, says nothing any more.
    for list_body in lists:
        if signed_by(list_body) == old.public_multibase:
            assert verdict(town.register, list_body).genuine.code == "key-not-usable"
    assert compromise(town.register, TOWN, str(old.number), clock.now).lists == 0


def bodies(register: Register) -> list[bytes]:
    with register.database.reading() as session:
        return list(session.scalars(select(StatusListRow.body)))


def test_suspect_times_that_cannot_be(town: Town, clock: Clock) -> None:
    name = str(town.key.number)
    for since, words in ((clock.now + HOUR, "in the future"), (town.key.created_at - HOUR, "was made at")):
        with pytest.raises(KeyRefused, match=words):
            compromise(town.register, TOWN, name, since)
    assert active(town.register).number == town.key.number
    with pytest.raises(NoSuchKey):
        compromise(town.register, DEPARTMENT, name, town.since)
    town.compromise()
    with pytest.raises(KeyRefused, match="an earlier one is possible"):
        compromise(town.register, TOWN, name, town.since + HOUR)
    earlier = town.key.created_at
    assert compromise(town.register, TOWN, name, earlier).revoked.revoked_at == earlier
    assert methods(town.register)[town.key.public_multibase]["revoked"] == date_time(earlier)
    # None of what it signed was recorded before that.
    assert verdict(town.register, town.old["1/2567"]).genuine.code == "key-not-usable"


def test_a_revoked_key_signs_nothing_and_does_not_come_back(town: Town) -> None:
    town.compromise()
    for change in (activate_key, retire_key):
        with pytest.raises(KeyRefused, match="compromised"):
            change(town.register, TOWN, str(town.key.number))


def test_places_in_the_lists_are_used_once(town: Town) -> None:
    town.compromise()
    with town.register.database.reading() as session:
        places = session.execute(
            select(CredentialRow.authority_id, CredentialRow.list_number, CredentialRow.list_index)
        ).all()
        rows = session.scalar(select(func.count()).select_from(CredentialRow))
    assert len(set(places)) == rows
    assert find(town.register, "1/2567").history.status(TODAY) is Status.ACTIVE


def test_two_at_once_and_a_file_that_is_published_meanwhile(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekeying, "CHUNK", 1)
    name, since = str(town.key.number), town.key.created_at
    file = submission(table(row("1/2567", premises="ใหม่"), row("20/2567")))
    raised = race(
        town.register,
        lambda own: compromise(own, TOWN, name, since),
        lambda own: compromise(own, TOWN, name, since),
        lambda own: publish(own, file),
    )
    assert raised == []
    assert len([key for key in keys_of(town.register, TOWN) if key.purpose is CREDENTIAL]) == 2
    for number in (*NUMBERS, "20/2567"):
        rows = credentials(town.register, number)
        assert signed_by(rows[-1].body) == active(town.register).public_multibase
        assert max(item.number for item in rows) <= 2
        for item in rows:
            if signed_by(item.body) == town.key.public_multibase:
                assert bit(town.register, item, "revocation")
