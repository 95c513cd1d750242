"""Writing to the database, reported apart: bare rows of signed credentials, and a file published through the whole register."""

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, insert

from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.database import Database
from registry.intake.publish import Submission, publish
from registry.register import initialise

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
        register.database.close()
    return {"rows": ROWS, "a licence": taken / ROWS}


def _file() -> str:
    head, *lines = (_EXAMPLE / "food-premises.csv").read_text(encoding="utf-8-sig").splitlines()
    number = lines[0].split(",")[0]
    rows = [lines[0].replace(number, f"{n}/2567", 1) for n in range(1, ROWS + 1)]
    return "\n".join([head, *rows]) + "\n"
