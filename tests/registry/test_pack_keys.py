"""The keys that sign inspector packs: rotated, lost, compromised, in hardware; what phones with an older one accept."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from issuers.hardware import Hardware, HardwareUnavailable
from issuers.keys import KeyUnsealFailed
from registry.pack.folder import PackFolder
from registry.pack.key import Ending, pack_keys, pack_signer, rotate_pack_key
from registry.pack.making import make_pack
from registry.register import Register
from registry.tables import PackKeyRow
from tests.conftest import Token
from tests.registry.commands import Run
from tests.registry.small import BASE, Clock
from verify.errors import PackOfAnotherKey
from verify.manifest import MAX_HANDOVERS, Manifest, fingerprint, open_manifest
from verify.multikey import decode_public_key

STALE = timedelta(hours=24)


def manifest(register: Register, expected: bytes | None = None) -> Manifest:
    """The manifest of now, as a phone opens it that expects this key."""
    return open_manifest(make_pack(register, STALE).manifest, register.now(), key=expected)


def rotated(register: Register, clock: Clock, *endings: Ending) -> list[bytes]:
    """Rotates so; returns all keys, oldest first."""
    pack_signer(register)
    for ending in endings:
        clock.pass_by(hours=1)
        rotate_pack_key(register, ending)
    return [each.public_key for each in pack_keys(register)]


def test_phones_follow_from_any_key_that_handed_over(register: Register, clock: Clock) -> None:
    keys = rotated(register, clock, Ending.HANDED_OVER, Ending.HANDED_OVER)
    assert len(set(keys)) == 3
    found = manifest(register, keys[0])
    assert (found.key, found.keys) == (keys[-1], tuple(keys))
    assert [manifest(register, key) for key in keys] == [found] * 3
    first = register.now() - timedelta(hours=1)
    assert [each.at for each in found.handovers] == [first, first + timedelta(hours=1)]
    with pytest.raises(PackOfAnotherKey):
        manifest(register, bytes(32))


@pytest.mark.parametrize("ending", [Ending.COMPROMISED, Ending.LOST])
def test_what_is_lost_or_compromised_vouches_for_nothing(register: Register, clock: Clock, ending: Ending) -> None:
    keys = rotated(register, clock, Ending.HANDED_OVER, ending, Ending.HANDED_OVER)
    for key in keys[2:]:
        assert manifest(register, key).keys == tuple(keys[2:])
    for key in keys[:2]:
        with pytest.raises(PackOfAnotherKey, match=fingerprint(keys[-1])):
            manifest(register, key)
    told = pack_keys(register)
    assert [each.ended for each in told] == [Ending.HANDED_OVER, ending, Ending.HANDED_OVER, None]
    assert [each.ended_at for each in told] == [*(each.created_at for each in told[1:]), None]


def test_a_manifest_has_so_many_handovers_at_most(register: Register, clock: Clock) -> None:
    keys = rotated(register, clock, *[Ending.HANDED_OVER] * (MAX_HANDOVERS + 2))
    assert manifest(register, keys[-1]).keys == tuple(keys[2:])
    with pytest.raises(PackOfAnotherKey):
        manifest(register, keys[1])


def test_without_a_key_before_there_is_a_first_one(register: Register) -> None:
    (first,) = rotate_pack_key(register)
    assert manifest(register).keys == (first.public_key,)
    assert first.ended is None


def test_keys_are_added_and_none_is_changed_or_deleted(register: Register, clock: Clock) -> None:
    def rows() -> list[tuple[object, ...]]:
        with register.database.reading() as session:
            return [tuple(row) for row in session.execute(select(*PackKeyRow.__table__.columns).order_by("id"))]

    rotated(register, clock, Ending.HANDED_OVER)
    before = rows()
    rotated(register, clock, Ending.COMPROMISED)
    assert rows()[:2] == before
    assert len(rows()) == 3


def test_a_rotation_that_fails_changes_nothing(register: Register, clock: Clock, token: Token) -> None:
    keys = rotated(register, clock, Ending.HANDED_OVER)
    # The key before opens no more: it cannot hand over, and says so.
    opening = register.key_encryption_keys
    register.key_encryption_keys = lambda: type(opening())(bytes(32))
    with pytest.raises(KeyUnsealFailed):
        rotate_pack_key(register)
    register.key_encryption_keys = opening
    with pytest.raises(HardwareUnavailable, match="REGISTRY_PKCS11_MODULE"):
        rotate_pack_key(register, token=token.label)
    assert [each.public_key for each in pack_keys(register)] == keys
    assert manifest(register, keys[0]).key == keys[-1]


def test_the_key_may_be_in_hardware_and_come_back(register: Register, clock: Clock, token: Token) -> None:
    register.hardware = Hardware(token.module, lambda: token.pin)
    (first,) = rotated(register, clock)
    clock.pass_by(hours=1)
    in_token = rotate_pack_key(register, token=token.label)[-1]
    assert in_token.token == token.label
    assert manifest(register, first).key == in_token.public_key
    with register.database.reading() as session:
        row = session.scalars(select(PackKeyRow).order_by(PackKeyRow.id.desc())).first()
        assert row is not None
        assert row.sealed is None
        assert str(row.hardware).startswith(f"pkcs11:token={token.label};id=")
        assert decode_public_key(row.public_multibase).public_bytes_raw() == in_token.public_key  # type: ignore[union-attr]
    # Hardware hands over to the database too.
    clock.pass_by(hours=1)
    last = rotate_pack_key(register)[-1]
    assert manifest(register, first).keys == (first, in_token.public_key, last.public_key)


def test_hardware_that_is_gone_is_replaced_as_lost(register: Register, clock: Clock, token: Token) -> None:
    register.hardware = Hardware(token.module, lambda: token.pin)
    (first,) = rotated(register, clock)
    rotate_pack_key(register, token=token.label)
    register.hardware = Hardware()
    for attempt in (lambda: make_pack(register, STALE), lambda: rotate_pack_key(register)):
        with pytest.raises(HardwareUnavailable):
            attempt()
    last = rotate_pack_key(register, Ending.LOST)[-1]
    assert manifest(register).keys == (last.public_key,)
    with pytest.raises(PackOfAnotherKey):
        manifest(register, first)


def test_a_handover_that_does_not_fit_is_not_kept(
    register: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = rotated(register, clock)
    monkeypatch.setattr("issuers.signer.SoftwareSigner.sign", lambda self, data: bytes(64))
    with pytest.raises(Exception, match="signs what does not fit"):
        rotate_pack_key(register)
    monkeypatch.undo()
    assert [each.public_key for each in pack_keys(register)] == keys


def test_the_commands_rotate_list_and_make_the_pack_anew(run: Run, tmp_path: Path) -> None:
    run("init")
    assert run("pack", "keys")[1] == ""
    code, out, _ = run("pack", "rotate-key")
    assert code == 0
    assert "the first key" in out
    served = tmp_path / "home" / "pack" / "manifest.cose"
    first = fingerprint_of(served)
    assert first in out
    code, out, _ = run("pack", "rotate-key")
    second = fingerprint_of(served)
    assert (code, first != second) == (0, True)
    assert f"   1  handed-over  2026-11-21T05:00:00Z  database        {first}" in out
    assert f"   2  active       2026-11-21T05:00:00Z  database        {second}" in out
    assert "take the new key by themselves" in out
    out = run("pack", "rotate-key", "--compromised")[1]
    assert "both fingerprints" in out
    listed = run("pack", "keys")[1].splitlines()
    assert [line.split()[1] for line in listed] == ["handed-over", "compromised", "active"]
    assert fingerprint_of(served) in listed[2]
    assert run("pack", "rotate-key", "--lost")[0] == 0
    assert [line.split()[1] for line in run("pack", "keys")[1].splitlines()][2:] == ["lost", "active"]
    code, _, err = run("pack", "-o", str(tmp_path / "x"), "keys")
    assert (code, "--output" in err, (tmp_path / "x").exists()) == (2, True, False)
    code, _, err = run("pack", "rotate-key", "--pkcs11", "registry")
    assert code != 0
    assert "REGISTRY_PKCS11_MODULE" in err
    # Whoever was told an older key takes the pack, and learns the newer one.
    run("pack", "rotate-key")
    run("pack", "-o", str(tmp_path / "inspector.pack"))
    with_older = run("pack", "keys")[1].splitlines()[3].partition("database")[2].strip()
    assert fingerprint_of(served) != with_older
    assert BASE in run("pack")[1]


@pytest.mark.parametrize(
    ("options", "said"), [(("--pkcs11", ""), "is empty"), (("--compromised", "--lost"), "one of the two")]
)
def test_a_rotation_that_cannot_be_meant_changes_nothing(run: Run, options: tuple[str, ...], said: str) -> None:
    run("init")
    run("pack", "rotate-key")
    before = run("pack", "keys")[1]
    code, _, err = run("pack", "rotate-key", *options)
    assert (code, said in err) == (2, True)
    assert run("pack", "keys")[1] == before


def fingerprint_of(file: Path) -> str:
    found = open_manifest(file.read_bytes(), Clock().now)
    return fingerprint(found.key)


def test_the_served_pack_is_of_the_new_key_at_once(register: Register, clock: Clock, tmp_path: Path) -> None:
    folder = PackFolder(register, tmp_path / "pack", STALE)
    before = folder.manifest()
    rotate_pack_key(register)
    after = folder.renew()
    assert folder.manifest() == after.raw != before
    with register.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PackKeyRow)) == 2
