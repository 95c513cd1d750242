"""The drill after a key was compromised, with real commands on the demo's data, killed twice on the way."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry import urls
from registry.app import create_app
from registry.config import Settings
from registry.demo.run import write_demo
from registry.keyring import Key, KeyStatus, keys_of
from registry.record import LicenseRecord
from registry.register import Register, initialise
from registry.tables import AuthorityRow, CredentialRow, LicenseRow, SigningKeyRow
from tests.registry.commands import OF_THE_ENVIRONMENT
from tests.registry.small import NOON, Clock, Randomness
from vocab.history import Status

ROOT = Path(__file__).resolve().parent.parent
FILES = 3
SINCE = NOON + timedelta(hours=1)
RENEWED = NOON + timedelta(hours=2)
NOW = NOON + timedelta(hours=3)
CHUNK = 50

COMMAND = """
import os, signal, sys
from datetime import datetime
from registry import rekeying
from registry.cli import keys, main, opening

at, chunk, before_commit, after_commit = sys.argv[1], *map(int, sys.argv[2:5])
opening.clock = lambda: datetime.fromisoformat(at)
rekeying.CHUNK = chunk
kill = lambda: os.kill(os.getpid(), signal.SIGKILL)
finished, finish, bar = [], rekeying.Issuance.finish, keys.progress_bar

def finish_or_die(issuance):
    finished.append(finish(issuance))
    if len(finished) == before_commit:
        kill()

class Bar:
    def __init__(self, title): self.bar = bar(title)
    def __enter__(self):
        step = self.bar.__enter__()
        return lambda done, total: kill() if after_commit and done >= after_commit else step(done, total)
    def __exit__(self, *error): return self.bar.__exit__(*error)

rekeying.Issuance.finish, keys.progress_bar = finish_or_die, Bar
sys.argv = ["license-registry", *sys.argv[5:]]
main()
"""
"""`license-registry`, at a given time, that kills itself at a given point: before the n-th commit, or after so many licences."""


@dataclass(frozen=True)
class Demo:
    """The demo's data in a register, and the authority that has most of it."""

    home: Path
    register: Register
    authority: str
    client: FlaskClient

    def run(
        self, *arguments: str, at: datetime = NOW, before_commit: int = 0, after_commit: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """One command in a process of its own."""
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_ENVIRONMENT}
        return subprocess.run(
            [
                sys.executable,
                "-c",
                COMMAND,
                at.isoformat(),
                str(CHUNK),
                str(before_commit),
                str(after_commit),
                *arguments,
            ],
            cwd=ROOT,
            env={**environment, "REGISTRY_HOME": str(self.home), "REGISTRY_LANG": "en"},
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *arguments: str, at: datetime = NOW) -> str:
        """What a command printed that succeeded."""
        finished = self.run(*arguments, at=at)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def records(self) -> list[LicenseRecord]:
        with self.register.database.reading() as session:
            ids = session.scalars(
                select(LicenseRow.id)
                .join(AuthorityRow, AuthorityRow.id == LicenseRow.authority_id)
                .where(AuthorityRow.code == self.authority)
                .order_by(LicenseRow.id)
            )
            found = [self.register.store(session).find_by_id(license_id) for license_id in ids]
        return [record for record in found if record is not None]

    def credential(self, record: LicenseRecord) -> bytes:
        with self.register.database.reading() as session:
            row = self.register.store(session).credential(record.version_sequence)
        assert row is not None
        return row.body

    def active(self) -> Key:
        (found,) = [
            key
            for key in keys_of(self.register, self.authority)
            if (key.purpose, key.status) == ("credential", KeyStatus.ACTIVE)
        ]
        return found

    def signed_by(self, number: int) -> int:
        """How many of the credentials that are handed out are signed by the key with this number."""
        with self.register.database.reading() as session:
            multikey = session.get_one(SigningKeyRow, number).public_multibase.encode()
        return sum(multikey in self.credential(record) for record in self.records())

    def verified(self, credential: bytes) -> tuple[str, str, str, str]:
        """What the register says by its API: genuine and why, in force and why."""
        answer = self.client.post("/credentials/verify", json={"verifiableCredential": json.loads(credential)})
        found = answer.get_json()["verdict"]
        return (
            found["genuine"]["answer"],
            found["genuine"]["code"],
            found["inForce"]["answer"],
            found["inForce"]["code"],
        )

    def scanned(self, record: LicenseRecord) -> str:
        """The page to which the printed code leads."""
        answer = self.client.get(urls.check(record.check_id) + "?lang=en", follow_redirects=True)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def offline(self, credential: bytes) -> tuple[int, str]:
        """What `python -m verify` says with the trust data of now."""
        (self.home / "credential.json").write_bytes(credential)
        self.done("trust", "-o", str(self.home / "now.json"))
        finished = subprocess.run(
            [
                sys.executable,
                "-c",
                VERIFY,
                NOW.isoformat(),
                str(self.home / "credential.json"),
                str(self.home / "now.json"),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return finished.returncode, finished.stdout


VERIFY = """
import sys
from datetime import datetime
from verify import __main__ as verifier

at = datetime.fromisoformat(sys.argv[1])

class Stopped(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(at.timestamp(), tz)

verifier.datetime = Stopped
sys.exit(verifier.main([sys.argv[2], "--trust", sys.argv[3]]))
"""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path)})
    clock = Clock()
    register = initialise(settings, clock, Randomness("drill"))
    write_demo(register, tmp_path, lambda title: nullcontext(lambda done, total: None), limit=FILES)
    clock.now = NOW
    with register.database.reading() as session:
        codes = session.scalars(
            select(AuthorityRow.code).join(CredentialRow, CredentialRow.authority_id == AuthorityRow.id)
        ).all()
    authority = max(set(codes), key=codes.count)
    yield Demo(tmp_path, register, authority, create_app(settings, register).test_client())
    register.database.close()


def test_the_drill(demo: Demo) -> None:
    key = demo.active()
    records = demo.records()
    standing = {record.license.iri: record.history.status(demo.register.today()) for record in records}
    by_status = {status: record for record in records for status in [standing[record.license.iri]]}
    assert len(records) > 4 * CHUNK
    assert {Status.ACTIVE, Status.SUSPENDED, Status.REVOKED, Status.EXPIRED} <= set(by_status)

    # One licence is renewed after the suspect time: nobody can say who signed its credential.
    late = by_status[Status.ACTIVE]
    renewal = ("--on", "2026-11-21", "--expires", "2031-12-31", "--order", "1/2569", "--reason", "test")
    demo.done("act", "renew", str(late.license.iri), *renewal, at=RENEWED)
    active = next(
        record for record in records if standing[record.license.iri] is Status.ACTIVE and record.id != late.id
    )
    suspended = by_status[Status.SUSPENDED]
    old = {record.id: demo.credential(record) for record in demo.records()}
    assert demo.verified(old[active.id]) == ("yes", "signed-by-authority", "yes", "active")
    assert "Genuine" in demo.scanned(active)

    drill = ("key", "compromise", "--authority", demo.authority, "--key", str(key.number), "--since", SINCE.isoformat())

    # Killed after the second hundred was committed, and run again; killed in the midst of a transaction, and run again.
    killed = demo.run(*drill, after_commit=2 * CHUNK)
    assert killed.returncode == -signal.SIGKILL
    assert demo.signed_by(key.number) == len(records) - 2 * CHUNK
    killed = demo.run(*drill, before_commit=2)
    assert killed.returncode == -signal.SIGKILL
    assert demo.signed_by(key.number) == len(records) - 3 * CHUNK
    # The one that even the register cannot vouch for came first.
    current = {record.id: demo.credential(record) for record in demo.records()}
    assert current[late.id] != old[late.id]
    assert demo.verified(old[late.id])[:2] == ("no", "key-not-usable")
    for record in demo.records()[:: len(records) // 20]:
        assert demo.verified(current[record.id])[1] == (
            "recorded-before-revocation" if current[record.id] == old[record.id] else "signed-by-authority"
        )
        assert "Genuine" in demo.scanned(record)

    told = demo.done(*drill)
    assert f"the credentials of {len(records) - 3 * CHUNK} licences" in told
    assert demo.signed_by(key.number) == 0
    assert demo.signed_by(demo.active().number) == len(records)
    assert "the credentials of 0 licences" in demo.done(*drill)

    # What is published of the key.
    did = demo.client.get(f"/auth/{demo.authority}/did.json").get_json()
    revoked = {method["publicKeyMultibase"]: method.get("revoked") for method in did["verificationMethod"]}
    assert revoked[key.public_multibase] == SINCE.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert revoked[demo.active().public_multibase] is None

    # Old credentials: not genuine, but for what the register had recorded before; and replaced in any case.
    code, said = demo.offline(old[active.id])
    assert code == 1
    assert f"key was revoked as of {SINCE.isoformat()}" in said
    assert demo.verified(old[active.id]) == ("yes", "recorded-before-revocation", "no", "withdrawn")
    assert demo.verified(old[late.id])[:2] == ("no", "key-not-usable")

    # New credentials, and the printed codes.
    after = demo.records()
    assert [record.check_id for record in after] == [record.check_id for record in records]
    assert {record.license.iri: record.history.status(demo.register.today()) for record in after} == standing
    for record in after:
        genuine, why, _, in_force = demo.verified(demo.credential(record))
        assert (genuine, why) == ("yes", "signed-by-authority")
        expected = standing[record.license.iri]
        # The dates are looked at first: a credential that was withdrawn may have expired as well.
        assert in_force in ({"withdrawn", "expired"} if expected in WITHDRAWN else {expected})
    assert demo.offline(demo.credential(active))[0] == 0
    assert demo.offline(demo.credential(suspended))[0] == 1
    for record in (active, late, suspended, by_status[Status.REVOKED]):
        assert "Genuine" in demo.scanned(record)


WITHDRAWN = {Status.REVOKED, Status.SURRENDERED, Status.SUPERSEDED}
