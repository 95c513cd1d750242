"""The shortest way from a licence's address to what is served for it: one statement, by the driver itself."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy.orm import Session

from registry.database import driver_errors
from registry.record import RecordStatus

# The newest version's newest credential. In SQL of our own: SQLAlchemy takes longer over it than SQLite does.
STATEMENT = """
SELECT license.id, license.check_id, license.record_status, license_version.number,
  (SELECT body FROM credential WHERE version_sequence = license_version.sequence ORDER BY number DESC LIMIT 1)
FROM license JOIN license_version ON license_version.license_id = license.id
WHERE license.tail = {place} ORDER BY license_version.number DESC LIMIT 1
"""
ON_SQLITE, ON_POSTGRESQL = STATEMENT.format(place="?"), STATEMENT.format(place="%s")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a licence is. `versions`: how many faces it has had; `body`: the newest credential of the newest, if it has one."""

    license_id: int
    check_id: str
    record_status: str
    versions: int
    body: bytes | None

    @property
    def only_credential(self) -> bytes | None:
        """The credential that holds today whatever the acts say: that of the only face, where the record is public."""
        is_public = self.record_status in {RecordStatus.PUBLISHED, RecordStatus.STALE}
        return self.body if is_public and self.versions == 1 else None


def locate(session: Session, tail: str) -> Located | None:
    """The licence whose IRI has this tail, or None. Raises SQLAlchemy's `DBAPIError`, as any query does."""
    connection = session.connection()
    statement = ON_POSTGRESQL if connection.dialect.name == "postgresql" else ON_SQLITE
    driver = cast(Any, connection.connection.driver_connection)
    with driver_errors(statement, connection.dialect):
        row = driver.execute(statement, (tail,)).fetchone()
    return None if row is None else Located(*row)
