"""The inspector pack as the register makes and serves it."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from issuers.keys import KeyPurpose
from registry.app import create_app
from registry.codes import code_text
from registry.config import Settings
from registry.pack.folder import FRESH, KEPT, PackFolder
from registry.pack.key import pack_keys
from registry.pack.making import make_pack
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import PackKeyRow, SigningKeyRow, StatusListRow
from tests.codes import p256_signer
from tests.registry.commands import Run
from tests.registry.offline import pack_of, trust_of
from tests.registry.small import BASE, TOWN, Clock, act, find, row, send
from verify.manifest import fingerprint, open_manifest, split_whole, whole
from verify.pack import Pack, read_pack
from verify.scanned import examine_code
from verify.verdict import Verdict
from vocab.history import ActKind

STALE = timedelta(hours=24)


@pytest.fixture
def register(register: Register) -> Register:
    send(register, *(row(f"{number}/2567") for number in range(1, 6)))
    return register


@pytest.fixture
def folder(register: Register, tmp_path: Path) -> PackFolder:
    return PackFolder(register, tmp_path / "pack", STALE)


@pytest.fixture
def client(register: Register, tmp_path: Path) -> FlaskClient:
    environ = {"REGISTRY_HOME": str(tmp_path), "REGISTRY_PACK_STALE_HOURS": "3"}
    return create_app(Settings.from_environ(environ), register).test_client()


def opened(register: Register, raw: bytes) -> Pack:
    manifest, parts = split_whole(raw)
    return read_pack(open_manifest(manifest, register.now()), parts)


def judged(register: Register, pack: Pack, record: LicenseRecord) -> Verdict:
    with register.database.reading() as session:
        text = code_text(session, register.base, record.check_id, record.version_sequence)
    return examine_code(text, pack, register.now())


def test_a_pack_judges_what_the_register_knows(register: Register, folder: PackFolder) -> None:
    act(register, "2/2567", ActKind.SUSPEND)
    act(register, "3/2567", ActKind.REVOKE)
    pack = opened(register, folder.whole().read_bytes())
    found = {
        number: judged(register, pack, find(register, number)).in_force.code
        for number in ("1/2567", "2/2567", "3/2567")
    }
    assert found == {"1/2567": "active", "2/2567": "suspended", "3/2567": "withdrawn"}
    assert pack.base == BASE
    assert not pack.manifest.is_demo
    assert pack.may_be_issued(find(register, "1/2567").check_id)
    assert not pack.may_be_issued("0" * 26)
    assert pack.type_names
    assert {each.authority.rpartition("/")[2] for each in pack.issuers.values()} >= {TOWN}


@pytest.mark.parametrize("make", [lambda register: pack_of(register).as_of, lambda register: trust_of(register).as_of])
def test_what_changes_while_it_is_made_is_newer_than_it_says(
    register: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch, make: Callable[[Register], datetime]
) -> None:
    began = clock.now

    def slow(self: Store, *args: Any, **named: Any) -> Any:
        clock.pass_by(seconds=5)
        return authorities(self, *args, **named)

    authorities = Store.authorities
    monkeypatch.setattr(Store, "authorities", slow)
    assert make(register) == began
    assert clock.now > began


def test_a_key_for_codes_that_signs_none_is_left_out(register: Register) -> None:
    pack_of(register)  # Makes the key that packs are signed with, as long as all others can be opened.
    with register.database.writing() as session:
        one = session.scalars(select(SigningKeyRow)).first()
        assert one is not None
        strange = p256_signer().public_multibase
        session.add(
            SigningKeyRow(
                authority_id=one.authority_id,
                purpose=KeyPurpose.QR.value,
                public_multibase=strange,
                sealed=b"",
                created_at=register.now(),
            )
        )
    assert strange not in {
        method.partition("#")[2] for each in pack_of(register).issuers.values() for method in each.keys
    }


def test_the_register_has_one_key_for_packs(register: Register, folder: PackFolder) -> None:
    first = folder.renew()
    assert [each.public_key for each in pack_keys(register)] == [first.key]
    assert folder.renew().key == first.key
    with register.database.reading() as session:
        assert len(session.scalars(select(PackKeyRow)).all()) == 1


def test_after_a_revocation_only_its_list_is_new(register: Register, folder: PackFolder, clock: Clock) -> None:
    before = folder.renew()
    had = split_whole(folder.whole().read_bytes())[1]
    clock.pass_by(hours=1)
    act(register, "1/2567", ActKind.REVOKE)
    after = folder.renew()
    lacking = after.lacking(had)
    # The bits, and the instants of the list.
    assert sorted(part.kind for part in lacking) == [4, 5]
    fetched = {part.sha256: folder_part(folder, part.sha256) for part in lacking}
    assert whole(after, had | fetched) == folder.whole().read_bytes()
    assert judged(register, read_pack(after, had | fetched), find(register, "1/2567")).in_force.code == "withdrawn"
    assert after.made - before.made == timedelta(hours=1)


def folder_part(folder: PackFolder, sha256: bytes) -> bytes:
    file = folder.part(sha256.hex())
    assert file is not None
    return file.read_bytes()


def test_a_pack_is_given_out_as_it_is_for_a_while(register: Register, folder: PackFolder, clock: Clock) -> None:
    first = folder.manifest()
    act(register, "1/2567", ActKind.REVOKE)
    clock.pass_by(seconds=FRESH.total_seconds() - 1)
    assert folder.manifest() == first
    clock.pass_by(seconds=1)
    assert folder.manifest() != first
    # Parts that were named a moment ago are kept for those who are downloading.
    old = open_manifest(first, register.now())
    assert all(folder.part(part.sha256.hex()) for part in old.parts)
    clock.pass_by(seconds=KEPT.total_seconds() + 1)
    folder.renew()
    assert not all(folder.part(part.sha256.hex()) for part in old.parts)


def test_what_a_crash_left_in_the_folder_goes(register: Register, folder: PackFolder, clock: Clock) -> None:
    home = folder.whole().parent
    left, beginning = (home / f"{'0' * 64}.{pid}.partial" for pid in (1, 2))
    for file in (left, beginning):
        file.write_bytes(b"half")
    long_ago = clock.now.timestamp() - KEPT.total_seconds() - 1
    os.utime(left, (long_ago, long_ago))
    os.utime(beginning, (clock.now.timestamp(),) * 2)
    folder.renew()
    assert (left.exists(), beginning.exists()) == (False, True)


def test_a_list_that_nobody_renews_ends_alone(register: Register, folder: PackFolder, clock: Clock) -> None:
    with register.database.writing() as session:
        # The town's key is lost, say: its lists grow old.
        for found in session.scalars(select(StatusListRow).order_by(StatusListRow.id).limit(1)):
            found.valid_until = register.now() - timedelta(seconds=1)
    pack = opened(register, folder.whole().read_bytes())
    assert pack.manifest.expires == register.now() + timedelta(days=7)
    assert judged(register, pack, find(register, "1/2567")).in_force.code == "status-unavailable"


def test_two_folders_of_one_register_agree(register: Register, tmp_path: Path) -> None:
    one = make_pack(register, STALE)
    assert make_pack(register, STALE) == one
    assert len({hashlib.sha256(body).digest() for body in one.parts.values()}) == len(one.parts)


def test_it_is_served_with_what_caches_need(client: FlaskClient, register: Register) -> None:
    manifest = client.get("/pack/manifest")
    assert (manifest.status_code, manifest.headers["Cache-Control"]) == (200, "public, no-cache")
    assert manifest.headers["Access-Control-Allow-Origin"] == "*"
    known = {"If-None-Match": manifest.headers["ETag"]}
    assert client.get("/pack/manifest", headers=known).status_code == 304
    found = open_manifest(manifest.data, register.now())
    assert found.stale_after == timedelta(hours=3)
    parts = {}
    for part in found.parts:
        answer = client.get(f"/pack/parts/{part.sha256.hex()}")
        assert "immutable" in answer.headers["Cache-Control"]
        assert (
            client.get(f"/pack/parts/{part.sha256.hex()}", headers={"If-None-Match": answer.headers["ETag"]}).data
            == b""
        )
        parts[part.sha256] = answer.data
    taken = client.get("/pack/whole", buffered=True)
    assert taken.data == whole(found, parts)
    assert client.get("/pack/whole", headers={"If-None-Match": taken.headers["ETag"]}, buffered=True).status_code == 304


@pytest.mark.parametrize("name", ["0" * 64, "manifest.cose", "..%2F..%2Fkek", "A" * 64, ".lock"])
def test_nothing_else_of_the_folder_is_served(client: FlaskClient, name: str) -> None:
    client.get("/pack/manifest")
    assert client.get(f"/pack/parts/{name}").status_code == 404


def test_the_command_writes_the_pack_and_says_whose_it_is(run: Run, tmp_path: Path) -> None:
    run("init")
    code, out, _ = run("pack", "-o", str(tmp_path / "inspector.pack"))
    assert code == 0
    manifest, parts = split_whole((tmp_path / "inspector.pack").read_bytes())
    found = open_manifest(manifest, datetime.now(UTC))
    assert found.lacking(parts) == []
    assert f"Its key, to compare with the checker: {fingerprint(found.key)}" in out
    assert f"{found.size:,} bytes in {len(found.parts)} parts" in out
