"""A register copied from outside: a dump is loaded, and the change feed replayed on it, into a plain dictionary."""

import csv
import hashlib
import io
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from backports import zstd
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.dumps.dump import Dumped, Dumping, Progress, dump
from registry.intake.workers import Workers
from registry.register import Register
from registry.tables import EntryRow, LicenseRow
from tests.registry.small import BASE

DATA_LICENSE = "https://creativecommons.org/licenses/by/4.0/"


class Known(NamedTuple):
    """What a copy has of a licence."""

    status: str
    record: str
    digest: str


Copy = dict[str, Known]
"""By IRI."""


def dump_here(
    register: Register, folder: Path, progress: Progress = lambda done, total: None, puts: Path | None = None
) -> list[Dumped]:
    return dump(Dumping(register, folder, Workers(0), DATA_LICENSE, progress, puts))


def manifests(folder: Path) -> list[dict[str, Any]]:
    return [orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*/*/manifest.json"))]


def file_of(folder: Path, manifest: dict[str, Any], form: str) -> bytes:
    """The file of a format, unpacked: whole, and as the manifest says."""
    (found,) = (each for each in manifest["distribution"] if each["id"].endswith(f"/{form}"))
    packed = (folder / found["downloadURL"].removeprefix(f"{BASE}/data/")).read_bytes()
    assert hashlib.sha256(packed).hexdigest() == found["checksum"]["checksumValue"]
    assert str(len(packed)) == found["byteSize"]
    return zstd.decompress(packed)


def loaded(folder: Path) -> tuple[Copy, int]:
    """What the dumps in `folder` hold, and the sequence after which the feed goes on."""
    copy: Copy = {}
    found = manifests(folder)
    for manifest in found:
        rows = list(csv.DictReader(io.StringIO(file_of(folder, manifest, "csv").decode("utf-8-sig"))))
        assert str(len(rows)) == manifest["entities"]
        for row in rows:
            copy[row["iri"]] = Known(row["status"], row["record_status"], row["credential_sha256"])
    return copy, min(int(manifest["cursor"]) for manifest in found)


def apply(copy: Copy, change: dict[str, Any]) -> None:
    if change["kind"] == "delete":
        assert change.keys() == {"sequence", "kind", "license", "at"}, "nothing is told of what was withdrawn"
        copy.pop(change["license"], None)
    else:
        digest = change["digest"].removeprefix("sha256:")
        copy[change["license"]] = Known(change["status"], change["record"], digest)


def replayed(client: FlaskClient, copy: Copy, after: int, limit: int = 3) -> Copy:
    """`copy` after the plain form of the feed was read from `after` to its end, a few changes at a time."""
    address = f"/api/v1/changes?after={after}&limit={limit}"
    last = after
    while True:
        told = client.get(address).get_json()
        for change in told["changes"]:
            assert change["sequence"] > last
            last = change["sequence"]
            apply(copy, change)
        assert told["cursor"] == last
        if not told["more"]:
            return copy
        address = told["next"].removeprefix(BASE)


def members(client: FlaskClient) -> list[dict[str, Any]]:
    """All members of the feed, from its oldest page to its newest."""
    root = client.get("/feed/lic").get_json(force=True)
    address = root["view"]["relation"][0]["node"]
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(address.removeprefix(BASE)).get_json(force=True)
        found += page["member"]
        following = page["view"]["relation"]
        if not following:
            return found
        address = following[0]["node"]


def in_the_register(register: Register) -> Copy:
    """The same as the register's own entries say."""
    columns = LicenseRow.tail, EntryRow.status, EntryRow.record_status, EntryRow.digest
    with register.database.reading() as session:
        rows = session.execute(select(*columns).join(EntryRow, EntryRow.license_id == LicenseRow.id))
        return {
            f"{register.base}/id/lic/{tail}": Known(status, record, digest.hex())
            for tail, status, record, digest in rows
        }
