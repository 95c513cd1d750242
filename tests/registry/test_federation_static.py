"""An agency that does not run our software: files on a plain web server, signed with a key of its own, are harvested.

What is written here is what docs/harvesting.md asks of such an agency, and no more.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from issuers.controller import PublishedKey, did_document
from issuers.keys import new_signer
from issuers.secure import secure
from issuers.signer import SoftwareSigner
from issuers.status import draft_status_list, with_bit
from registry.federation.following import follow_due
from registry.federation.origins import Origin, add_origin
from registry.register import Register
from registry.tables import HarvestedRow
from tests.registry.federating import LOCAL
from tests.registry.small import FOOD, TOWN, Clock, find, status
from vocab.contexts import document_loader
from vocab.iri import license_iri

STATUS = "https://id.example.go.th/def/license-status/"
ACT = "https://id.example.go.th/def/act-kind/"
BITS = bytes(16_384)
CONTEXTS = "https://www.w3.org/ns/credentials/v2"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@dataclass
class Files:
    """The agency's files under `folder`, served at `base`, and the key that signs them."""

    base: str
    folder: Path
    changes: list[dict[str, Any]] = field(default_factory=list)
    bits: bytes = BITS

    @property
    def did(self) -> str:
        return f"did:web:{self.base.split('://')[1].replace(':', '%3A')}:auth:{TOWN}"

    @property
    def signer(self) -> SoftwareSigner:
        return new_signer(self.did, hashlib.sha256(b"the agency's own").digest())

    def put(self, path: str, body: bytes) -> None:
        file = self.folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)

    def start(self) -> None:
        key = PublishedKey(public_multibase=self.signer.verification_method.partition("#")[2])
        self.put(f"/auth/{TOWN}/did.json", json.dumps(did_document(self.did, [key])).encode())
        self.publish_list()

    def publish_list(self) -> None:
        url, now = f"{self.base}/lists/1.json", datetime.now(UTC).replace(microsecond=0)
        draft = draft_status_list(
            url, self.did, "suspension", self.bits, valid_from=now, valid_until=now + timedelta(days=7)
        )
        self.put("/lists/1.json", self._signed(draft))

    def publish(self, number: str, index: int, *, standing: str = "active", acts: Any = (), **face: Any) -> None:
        iri = license_iri(self.base, TOWN, FOOD, number)
        credential = {
            "@context": [CONTEXTS, f"{self.base}/ctx/license/v1"],
            "id": f"urn:uuid:00000000-0000-4000-8000-{index:012}",
            "type": ["VerifiableCredential", "LicenseCredential"],
            "issuer": self.did,
            "validFrom": "2024-03-01T00:00:00+07:00",
            "validUntil": "2099-02-28T23:59:59+07:00",
            "credentialSubject": {
                "id": str(iri),
                "type": "License",
                "licenseNumber": number,
                "licenseType": f"{self.base}/def/license-type/{FOOD}",
                "issuedBy": f"{self.base}/id/auth/{TOWN}",
                "licensee": [
                    {"id": f"{iri}#licensee-1", "type": "Organization", "legalName": {"th": "บริษัท ตัวอย่าง จำกัด"}}
                ],
                "issuedOn": "2024-03-01",
                "effectiveFrom": "2024-03-01",
                "expiresOn": "2099-02-28",
                **face,
            },
            "credentialStatus": [
                {
                    "id": f"{self.base}/lists/1.json#{index}",
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": "suspension",
                    "statusListIndex": str(index),
                    "statusListCredential": f"{self.base}/lists/1.json",
                }
            ],
        }
        body = self._signed(credential)
        self.put(f"/doc/vc/lic/{iri.tail}", body)
        document = {"id": str(iri), "licenseStatus": STATUS + standing, "act": list(acts)}
        self.put(f"/doc/jsonld/lic/{iri.tail}", json.dumps(document).encode())
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        self.tell("update" if self._is_told(str(iri)) else "create", str(iri), digest=digest)

    def withdraw(self, number: str) -> None:
        iri = license_iri(self.base, TOWN, FOOD, number)
        for form in ("vc", "jsonld"):
            (self.folder / "doc" / form / "lic" / iri.tail).unlink()
        self.tell("delete", str(iri))

    def tell(self, kind: str, iri: str, **more: str) -> None:
        self.changes.append({"sequence": len(self.changes) + 1, "kind": kind, "license": iri, **more})
        self.put("/api/v1/changes", json.dumps({"changes": self.changes, "more": False}).encode())

    def _is_told(self, iri: str) -> bool:
        return any(change["license"] == iri for change in self.changes)

    def _signed(self, document: dict[str, Any]) -> bytes:
        loader = document_loader(frozenset({self.base}))
        return secure(document, self.signer, created=datetime.now(UTC).replace(microsecond=0), loader=loader)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    folder = tmp_path / "www"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            made = Files(f"http://127.0.0.1:{server.server_port}", folder)
            made.start()
            yield made
        finally:
            server.shutdown()
            thread.join()


def follow(register: Register, clock: Clock, origin: Origin) -> Origin:
    clock.now = datetime.now(UTC)
    (done,) = follow_due(register, LOCAL, origin_id=origin.id)
    return done


def test_plain_files_are_harvested(register: Register, clock: Clock, files: Files) -> None:
    for number in range(1, 31):
        files.publish(f"{number}/2567", number)
    origin = add_origin(
        register, LOCAL, authority=TOWN, name="files", base=files.base, did=files.did, trusts_first=True
    )
    done = follow(register, clock, origin)
    assert (done.outcome.code, done.counts) == ("published", {"proven": 30})
    assert status(register, "1/2567") == "active"
    assert find(register, "1/2567").license.term.expires_on == date(2099, 2, 28)
    assert follow(register, clock, origin).outcome.code == "unchanged"

    suspended = {"id": "#act-1", "actKind": ACT + "suspend", "effectiveFrom": "2026-01-05", "orderRef": "ที่ 1/2569"}
    files.bits = with_bit(files.bits, 2, True)
    files.publish_list()
    files.publish("2/2567", 2, standing="suspended", acts=[suspended])
    files.publish("3/2567", 3, condition=["ปิดเวลา 22 น."])
    files.withdraw("4/2567")
    assert follow(register, clock, origin).outcome.code == "published"
    assert status(register, "2/2567") == "suspended"
    assert find(register, "2/2567").history.acts[-1].effective_on == date(2026, 1, 5)
    assert find(register, "3/2567").license.conditions == ("ปิดเวลา 22 น.",)
    assert find(register, "4/2567").record_status == "stale"


def test_a_suspension_that_no_list_bears_out_is_refused(register: Register, clock: Clock, files: Files) -> None:
    files.publish("1/2567", 1, standing="suspended")
    origin = add_origin(
        register, LOCAL, authority=TOWN, name="files", base=files.base, did=files.did, trusts_first=True
    )
    done = follow(register, clock, origin)
    assert (done.outcome.code, done.counts) == ("some-refused", {"refused": 1})


def test_what_is_strange_in_one_licence_stops_no_other(register: Register, clock: Clock, files: Files) -> None:
    files.publish("1/2567", 1)
    files.publish("2/2567", 2, condition=["ก\u202eข"])
    files.publish("3/2567", 3, acts=[{"voids": []}, {"id": {}, "actKind": "x\0"}])
    files.publish("4/2567", 4, condition=[f"{n}" + "ย" * 300 for n in range(200)])
    files.publish("5/2567", 5, condition=["ย" * 300])
    files.publish("6/2567", 6, acts=[{"actKind": ACT + "suspend", "effectiveFrom": "2026-02-31"}])
    origin = add_origin(
        register, LOCAL, authority=TOWN, name="files", base=files.base, did=files.did, trusts_first=True
    )
    done = follow(register, clock, origin)
    with register.database.reading() as session:
        found = {row.iri.rpartition("/")[2]: (row.state, row.step) for row in session.scalars(select(HarvestedRow))}
    assert found == {
        "1~2F2567": ("proven", ""),
        "2~2F2567": ("refused", "face"),
        "3~2F2567": ("refused", "document"),
        "4~2F2567": ("refused", "face"),
        "5~2F2567": ("proven", ""),
        "6~2F2567": ("refused", "document"),
    }
    assert done.outcome.code == "some-refused"
    assert [status(register, f"{number}/2567") for number in (1, 5)] == ["active", "active"]


def test_a_file_that_somebody_changed_is_refused(register: Register, clock: Clock, files: Files) -> None:
    files.publish("1/2567", 1)
    path = files.folder / "doc/vc/lic" / license_iri(files.base, TOWN, FOOD, "1/2567").tail
    changed = path.read_bytes().replace("บริษัท ตัวอย่าง".encode(), "บริษัท ปลอมแปลง".encode())
    path.write_bytes(changed)
    files.changes[0]["digest"] = f"sha256:{hashlib.sha256(changed).hexdigest()}"
    files.put("/api/v1/changes", json.dumps({"changes": files.changes, "more": False}).encode())
    origin = add_origin(
        register, LOCAL, authority=TOWN, name="files", base=files.base, did=files.did, trusts_first=True
    )
    assert follow(register, clock, origin).counts == {"refused": 1}
