"""Dumps: whole, signed, one state of the register, nothing that is withheld; and with the feed, the register again."""

import csv
import hashlib
import io
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pyoxigraph as ox
import pytest
from backports import zstd
from flask.testing import FlaskClient

from issuers.keys import KeyPurpose
from issuers.secure import add_proof
from registry.dumps.dump import Dumping, dump
from registry.dumps.files import DumpRunning, alone
from registry.feed import last_sequence
from registry.intake.publish import publish
from registry.intake.suspicion import SUSPICIONS
from registry.intake.undo import undo_batch
from registry.intake.workers import several_workers
from registry.keyring import signer
from registry.register import Register
from registry.services import refresh
from registry.trust import trust_file
from tests.registry.mirroring import DATA_LICENSE, dump_here, file_of, in_the_register, loaded, replayed
from tests.registry.small import (
    ADVERT,
    BASE,
    CLINIC,
    DEPARTMENT,
    FOOD,
    MAPPING,
    NOON,
    OFFICE,
    TOWN,
    Clock,
    act,
    iri,
    row,
    send,
    submission,
    table,
)
from verify.dataset import read_manifest
from verify.errors import InvalidSignature, IssuerMismatch, KeyNotUsable, MalformedDocument, UnknownIssuer
from verify.trust import parse_trust
from vocab.history import ActKind

ROOT = Path(__file__).resolve().parents[2]
SECRET = "นายสมชาย ลับมาก"


@pytest.fixture
def filled(register: Register) -> Register:
    """Licences of a company and of a person, of two types, one suspended."""
    send(register, row("1/2567"), row("2/2567", licensee=SECRET, street="99 ซอยลับ"), row("3/2567"))
    advertise(register, "4")
    act(register, "3/2567", ActKind.SUSPEND)
    return register


def advertise(register: Register, number: str) -> None:
    """A person's licence of a type that shows no name."""
    body = table(row(number, licensee=SECRET))
    publish(register, submission(body, TOWN, ADVERT, MAPPING.partition("[columns.particulars]")[0]), accept=SUSPICIONS)


def of_town(folder: Path, license_type: str = FOOD) -> dict[str, Any]:
    """The manifest of the town's dataset."""
    found: dict[str, Any] = orjson.loads((folder / TOWN / license_type / "manifest.json").read_bytes())
    return found


def test_each_format_has_all_that_is_public(filled: Register, client: FlaskClient, tmp_path: Path) -> None:
    done = dump_here(filled, tmp_path)
    assert {(each.authority, each.license_type): each.count for each in done} == {
        (DEPARTMENT, CLINIC): 0,
        (TOWN, ADVERT): 1,
        (TOWN, FOOD): 3,
        (OFFICE, FOOD): 0,
    }
    served = [client.get(f"/doc/jsonld/lic/{TOWN}/{FOOD}/{n}~2F2567").data for n in (1, 2, 3)]
    assert file_of(tmp_path, of_town(tmp_path), "jsonl").splitlines() == served
    triples = file_of(tmp_path, of_town(tmp_path), "nt")
    graphs = [client.get(f"/doc/nt/lic/{TOWN}/{FOOD}/{n}~2F2567").data for n in (1, 2, 3)]
    assert statements(triples) == statements(b"".join(graphs))
    rows = list(csv.DictReader(io.StringIO(file_of(tmp_path, of_town(tmp_path), "csv").decode("utf-8-sig"))))
    assert [(each["number"], each["status"]) for each in rows] == [
        ("1/2567", "active"),
        ("2/2567", "active"),
        ("3/2567", "suspended"),
    ]
    assert rows[0]["licensee"] == "บริษัท ตัวอย่าง จำกัด"
    assert (rows[0]["issued_on"], rows[0]["expires_on"], rows[0]["province"]) == ("2024-03-01", "2027-02-28", "นครพนม")
    empty = file_of(tmp_path, orjson.loads((tmp_path / DEPARTMENT / CLINIC / "manifest.json").read_bytes()), "csv")
    assert empty.startswith(b"\xef\xbb\xbfiri,number,")
    assert empty.count(b"\n") == 1


def statements(triples: bytes) -> set[ox.Quad]:
    return set(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))


def test_nothing_is_in_it_that_is_withheld(filled: Register, tmp_path: Path) -> None:
    data = tmp_path / "data"
    dump_here(filled, data)
    everything = b"".join(
        zstd.decompress(path.read_bytes()) if path.suffix == ".zst" else path.read_bytes()
        for path in data.rglob("*")
        if path.is_file()
    ).decode()
    assert "นายส*** ล***" in everything, "the name is masked in one type"
    for secret in (SECRET, "สมชาย", "ลับมาก", "ซอยลับ"):
        assert secret not in everything


def test_a_spreadsheet_runs_nothing_of_the_table(register: Register, tmp_path: Path) -> None:
    send(register, row("1/2567", premises="=HYPERLINK(1)"), row("-5", premises="@SUM(1)"))
    dump_here(register, tmp_path)
    rows = list(csv.DictReader(io.StringIO(file_of(tmp_path, of_town(tmp_path), "csv").decode("utf-8-sig"))))
    assert [(each["number"], each["premises"]) for each in rows] == [("1/2567", "'=HYPERLINK(1)"), ("'-5", "'@SUM(1)")]


def test_several_processes_make_the_same(filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.dumps.pieces.PIECE", 1)
    send(filled, *(row(f"{n}/2568") for n in range(6)))
    with several_workers(2) as workers:
        dump(Dumping(filled, tmp_path / "two", workers, DATA_LICENSE))
    dump_here(filled, tmp_path / "one")
    for form in ("csv", "jsonl", "nt"):
        two, one = (file_of(folder, of_town(folder), form) for folder in (tmp_path / "two", tmp_path / "one"))
        assert two == one


def change_much(register: Register, clock: Clock) -> None:
    """Each way in which a licence changes: new, amended, revoked, undone, put back, and by the calendar alone."""
    batch = send(register, row("10/2567"), row("11/2567"), row("1/2567", premises="ชื่อใหม่"))
    act(register, "3/2567", ActKind.REINSTATE)
    act(register, "2/2567", ActKind.REVOKE)
    undo_batch(register, batch.batch)
    clock.pass_by(minutes=1)
    send(register, row("11/2567"), row("12/2567", expires_on="2026-11-30"))
    clock.go_to(date(2026, 12, 5))
    refresh(register)


def test_a_dump_and_the_feed_are_the_register(
    filled: Register, client: FlaskClient, clock: Clock, tmp_path: Path
) -> None:
    dump_here(filled, tmp_path)
    copy, cursor = loaded(tmp_path)
    assert copy == in_the_register(filled)
    change_much(filled, clock)
    assert copy != in_the_register(filled)
    assert replayed(client, copy, cursor) == in_the_register(filled)
    assert copy[str(iri("12/2567"))].status == "expired"
    assert str(iri("10/2567")) not in copy


def test_the_feed_alone_is_the_register_too(filled: Register, client: FlaskClient, clock: Clock) -> None:
    change_much(filled, clock)
    assert replayed(client, {}, 0) == in_the_register(filled)


def test_a_dump_is_of_one_state(filled: Register, tmp_path: Path) -> None:
    """What becomes public while a dump is written is not in it: the feed has it."""

    def meanwhile(done: int, total: int) -> None:
        if done == total == 3:
            send(filled, row("77/2567"))
            advertise(filled, "78")

    before = in_the_register(filled)
    dump_here(filled, tmp_path, meanwhile)
    copy, cursor = loaded(tmp_path)
    assert copy == before
    with filled.database.reading() as session:
        assert last_sequence(session) == cursor + 2


def test_a_dump_that_fails_leaves_the_old_one(filled: Register, tmp_path: Path) -> None:
    dump_here(filled, tmp_path)
    before, at = loaded(tmp_path), sorted(path.name for path in (tmp_path / TOWN / FOOD).iterdir())
    send(filled, row("20/2567"))

    def fail(done: int, total: int) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        dump_here(filled, tmp_path, fail)
    assert loaded(tmp_path) == before
    assert sorted(path.name for path in (tmp_path / TOWN / FOOD).iterdir()) == at
    dump_here(filled, tmp_path)
    assert loaded(tmp_path)[0] == in_the_register(filled)


KILLED = """
import os, sys
from pathlib import Path
import registry.dumps.dump as dumping
from tests.registry.mirroring import dump_here
from tests.registry.small import open_small

def end(*_: object) -> None:
    os._exit(9)

url, folder, moment = sys.argv[1:]
if moment == "midway":
    dump_here(open_small(url, "killed"), Path(folder), end)
else:
    dumping.replace_manifest = end
    dump_here(open_small(url, "killed"), Path(folder))
"""


@pytest.mark.parametrize("moment", ["midway", "before the manifest"])
def test_a_dump_that_is_killed_leaves_the_old_one(sqlite_register: Register, tmp_path: Path, moment: str) -> None:
    send(sqlite_register, row("1/2567"), row("2/2567"))
    dump_here(sqlite_register, tmp_path / "data")
    before = loaded(tmp_path / "data")
    send(sqlite_register, row("3/2567"))
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    command = [sys.executable, "-c", KILLED, url, str(tmp_path / "data"), moment]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr
    assert loaded(tmp_path / "data") == before
    dump_here(sqlite_register, tmp_path / "data")
    assert loaded(tmp_path / "data")[0] == in_the_register(sqlite_register)
    left = {path.name for path in (tmp_path / "data" / TOWN / FOOD).iterdir()}
    named = {each["downloadURL"].rpartition("/")[2] for each in of_town(tmp_path / "data")["distribution"]}
    assert left == named | {"manifest.json"}


def test_only_one_dump_at_a_time(sqlite_register: Register, tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(DumpRunning, match="let it finish"):
        dump_here(sqlite_register, tmp_path)
    dump_here(sqlite_register, tmp_path)


def test_the_feed_is_written_as_it_is_served(
    filled: Register, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.feed.PAGE_SIZE", 2)
    dump_here(filled, tmp_path)
    send(filled, *(row(f"{n}/2568") for n in range(4)))
    dump_here(filled, tmp_path)
    place = tmp_path / "feed" / "lic"
    assert (place / "index.jsonld").read_bytes() == client.get("/feed/lic").data
    numbers = sorted(int(path.stem) for path in place.glob("[0-9]*.jsonld"))
    assert numbers == list(range(5))
    for number in numbers:
        assert (place / f"{number}.jsonld").read_bytes() == client.get(f"/feed/lic/{number}").data


# The signature


def test_the_manifest_is_signed_by_the_authority(filled: Register, tmp_path: Path) -> None:
    dump_here(filled, tmp_path)
    raw = (tmp_path / TOWN / FOOD / "manifest.json").read_bytes()
    trust = parse_trust(trust_file(filled))
    manifest = read_manifest(raw, BASE, trust, NOON)
    assert (manifest.count, manifest.cursor, manifest.made_at) == (3, 5, NOON)
    assert manifest.files.keys() == {"csv", "jsonl", "nt"}
    for form, file in manifest.files.items():
        packed = (tmp_path / file.url.removeprefix(f"{BASE}/data/")).read_bytes()
        assert (len(packed), hashlib.sha256(packed).hexdigest()) == (file.size, file.sha256), form


def altered(document: dict[str, Any], *path: str | int, to: object) -> bytes:
    changed = orjson.loads(orjson.dumps(document))
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = to
    return orjson.dumps(changed)


def test_an_altered_manifest_is_refused(filled: Register, tmp_path: Path) -> None:
    dump_here(filled, tmp_path)
    document, trust = of_town(tmp_path), parse_trust(trust_file(filled))
    forged = {
        InvalidSignature: [
            altered(document, "cursor", to="1"),
            altered(document, "entities", to="2"),
            altered(document, "modified", to="2026-11-20T05:00:00Z"),
            altered(document, "distribution", 0, "checksum", "checksumValue", to="0" * 64),
            altered(document, "distribution", 0, "byteSize", to="1"),
            altered(document, "distribution", 0, "downloadURL", to=f"{BASE}/data/x"),
        ],
        IssuerMismatch: [
            altered(document, "publisher", to=f"{BASE}/id/auth/{DEPARTMENT}"),
            altered(document, "id", to=document["id"].replace(TOWN, DEPARTMENT)),
        ],
        MalformedDocument: [
            altered(document, "@context", to=[document["@context"][0], {"cursor": "https://example.org/"}]),
            altered(document, "type", to="Catalog"),
            altered(document, "distribution", to=[]).replace(b'"cursor"', b'"cursors"'),
        ],
        UnknownIssuer: [
            altered(document, "proof", "verificationMethod", to="did:web:example.org#z6Mk"),
        ],
    }
    for error, manifests_of in forged.items():
        for raw in manifests_of:
            with pytest.raises(error):
                read_manifest(raw, BASE, trust, NOON)


def test_a_key_for_status_lists_signs_no_manifest(filled: Register, tmp_path: Path) -> None:
    dump_here(filled, tmp_path)
    document, trust = of_town(tmp_path), parse_trust(trust_file(filled))
    del document["proof"]
    with filled.database.reading() as session:
        _, key = signer(filled, session, TOWN, KeyPurpose.STATUS_LIST)
    signed = orjson.dumps(add_proof(document, key, created=NOON, loader=filled.loader))
    with pytest.raises(KeyNotUsable):
        read_manifest(signed, BASE, trust, NOON)
