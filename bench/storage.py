"""Writing to the database, reported apart: bare rows of signed credentials, and a file published through the whole register."""

import json
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, insert

from registry.app import create_app
from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.database import Database
from registry.intake.batch import Submission
from registry.intake.publish import publish
from registry.register import Register, initialise
from registry.services import Decision, perform
from verify.status import decode_bits
from vocab.history import ActKind
from vocab.iri import license_iri

ROWS = 400
_MAPPING = Path(__file__).parents[1] / "docs" / "example" / "food-premises.toml"
_EXAMPLE = Path(__file__).parents[1] / "docs" / "example"


class Writer:
    """A new SQLite file as the register opens its own, with a table of ids and bodies. `seconds` is the time spent writing."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "bench.db"
        self._database = Database(f"sqlite:///{self._file}")
        self._table = Table("body", MetaData(), Column("id", Text, primary_key=True), Column("body", LargeBinary))
        self._table.create(self._database.engine)
        self.seconds = 0.0
        self.size = 0

    def write(self, rows: Sequence[tuple[str, bytes]]) -> None:
        """One transaction."""
        began = time.perf_counter()
        with self._database.writing() as session:
            session.execute(insert(self._table), [{"id": name, "body": body} for name, body in rows])
        self.seconds += time.perf_counter() - began

    def close(self) -> None:
        self._database.close()
        self.size = self._file.stat().st_size


def publish_a_file() -> dict[str, float]:
    """Seconds a licence for a file of `ROWS` rows through reading, mapping, checks, history, signing and SQLite."""
    now = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings.from_environ(
            {"REGISTRY_HOME": str(home), "REGISTRY_BASE_URL": "https://license.example.go.th"}
        )
        register = initialise(settings, lambda: now, Random(1).randbytes)
        declare(register, read_catalogue(_EXAMPLE / "catalogue.toml"))
        submission = Submission(
            authority="lao-06480115",
            license_type="food-premises",
            file_name="bench.csv",
            body=_file().encode(),
            mapping=_MAPPING.read_text(encoding="utf-8"),
            mapping_name=_MAPPING.name,
        )
        began = time.perf_counter()
        publish(register, submission)
        taken = time.perf_counter() - began
        act = _act_until_served(register, settings)
        register.database.close()
    return {"rows": ROWS, "a licence": taken / ROWS, "an act until its list is served": act}


def _act_until_served(register: Register, settings: Settings) -> float:
    """Seconds from an officer's decision to the served status list that has its bit, the whole service in between."""
    client = create_app(settings, register).test_client()
    address = "/status/lao-06480115/suspension/1"
    before = client.get(address).data
    decision = Decision(kind=ActKind.SUSPEND, on=register.today(), order="1/2569", reason="bench")
    iri = license_iri(register.base, "lao-06480115", "food-premises", "1/2567")
    began = time.perf_counter()
    perform(register, iri, decision)
    after = client.get(address).data
    taken = time.perf_counter() - began
    bits = [decode_bits(json.loads(body)["credentialSubject"]["encodedList"]) for body in (before, after)]
    if sum(map(int.bit_count, bits[1])) != sum(map(int.bit_count, bits[0])) + 1:
        raise RuntimeError("the served list does not show the act")
    return taken


def _file() -> str:
    head, *lines = (_EXAMPLE / "food-premises.csv").read_text(encoding="utf-8-sig").splitlines()
    number = lines[0].split(",")[0]
    rows = [lines[0].replace(number, f"{n}/2567", 1) for n in range(1, ROWS + 1)]
    return "\n".join([head, *rows]) + "\n"
