"""A register of an older schema becomes one of the newest, and nothing that it holds is lost or changed."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from registry.bulk import next_ids
from registry.database import MIGRATIONS, Database
from registry.tables import ReceivedRow

FIRST_SCHEMA = """
INSERT INTO authority (id, code, document) VALUES (1, 'x-a', '{}'), (2, 'x-b', '{}');
INSERT INTO license_type (id, code, document) VALUES (1, 'food', '{}');
INSERT INTO signing_key (id, authority_id, purpose, public_multibase, sealed, created_at, retired_at, revoked_at) VALUES
  (1, 1, 'credential', 'z6Mk1', 'secret 1', '2026-01-01 05:00:00', '2026-02-01 05:00:00', NULL),
  (2, 1, 'credential', 'z6Mk2', 'secret 2', '2026-02-01 05:00:00', NULL, NULL),
  (3, 1, 'status-list', 'z6Mk3', 'secret 3', '2026-02-01 05:00:00', NULL, NULL),
  (4, 2, 'credential', 'z6Mk4', 'secret 4', '2026-02-01 05:00:00', NULL, '2026-03-01 05:00:00');
INSERT INTO received_file (sha256, body, received_at) VALUES ('aa', 'number', '2026-01-02 05:00:00');
INSERT INTO batch (id, authority_id, type_id, file_sha256, file_name, mapping, state, received_at, published_at, counts) VALUES
  (1, 1, 1, 'aa', 'a.csv', 'old mapping', 'published', '2026-01-02 05:00:00', '2026-01-02 05:00:00', '{}'),
  (2, 1, 1, 'aa', 'a.csv', 'new mapping', 'published', '2026-01-03 05:00:00', '2026-01-03 05:00:00', '{}'),
  (3, 1, 1, 'aa', 'a.csv', 'never used', 'received', '2026-01-04 05:00:00', NULL, '{}');
INSERT INTO license (id, tail, authority_id, type_id, number, qualifier, key, weak_key, check_id, record_status, search_text,
  created_at, confirmed_at) VALUES
  (1, 'x-a/food/1', 1, 1, '1', '', '1', '1', 'C1', 'published', '', '2026-02-01 05:00:00', '2026-02-01 05:00:00');
INSERT INTO license_version (sequence, license_id, number, document, recorded_at, received_row_id) VALUES
  (1, 1, 1, '{}', '2026-01-02 05:00:00', NULL), (2, 1, 2, '{}', '2026-02-02 05:00:00', NULL);
INSERT INTO credential (id, license_id, version_sequence, authority_id, list_number, list_index, signing_key_id, body, issued_at)
  VALUES
  ('A', 1, 1, 1, 1, 0, 1, 'body A', '2026-01-02 05:00:00'),
  ('B', 1, 2, 1, 1, 1, 2, 'body B', '2026-02-02 05:00:00')
"""


@pytest.fixture
def migrated(database_url: str) -> Iterator[Database]:
    """A database of the first schema with rows in it, brought to the newest."""
    database = Database(database_url)
    with database.engine.execution_options(writes=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST_SCHEMA.split(";"):
            connection.execute(text(statement))
    assert not database.is_current()
    database.migrate()
    yield database
    database.close()


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_keys_and_credentials_are_as_they_were(migrated: Database) -> None:
    assert migrated.is_current()
    found = rows(
        migrated,
        "SELECT id, authority_id, purpose, public_multibase, hardware, activated_at = created_at, retired_at IS NULL, "
        "revoked_at IS NULL FROM signing_key ORDER BY id",
    )
    assert found == [
        (1, 1, "credential", "z6Mk1", None, True, False, True),
        (2, 1, "credential", "z6Mk2", None, True, True, True),
        (3, 1, "status-list", "z6Mk3", None, True, True, True),
        (4, 2, "credential", "z6Mk4", None, True, True, False),
    ]
    # As text on SQLite, as bytes on PostgreSQL: we put text in.
    assert [_bytes(sealed) for (sealed,) in rows(migrated, "SELECT sealed FROM signing_key ORDER BY id")] == [
        b"secret 1",
        b"secret 2",
        b"secret 3",
        b"secret 4",
    ]
    found = rows(
        migrated,
        "SELECT id, license_id, version_sequence, number, authority_id, list_number, list_index, signing_key_id FROM credential "
        "ORDER BY id",
    )
    assert found == [("A", 1, 1, 1, 1, 1, 0, 1), ("B", 1, 2, 1, 1, 1, 1, 2)]
    assert [_bytes(body) for (body,) in rows(migrated, "SELECT body FROM credential ORDER BY id")] == [
        b"body A",
        b"body B",
    ]


def _bytes(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)  # type: ignore[call-overload]


CREDENTIAL = (
    "INSERT INTO credential (id, license_id, version_sequence, number, authority_id, list_number, list_index, signing_key_id, "
    "body, issued_at) VALUES ('{id}', 1, 2, {number}, 1, 1, {index}, {key}, 'x', '2026-03-01 05:00:00')"
)


def test_a_version_may_have_another_credential_now(migrated: Database) -> None:
    with migrated.writing() as session:
        session.execute(text(CREDENTIAL.format(id="C", number=2, index=2, key=2)))
    assert rows(migrated, "SELECT count(*) FROM credential") == [(3,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credential SET number = 3",
        "DELETE FROM credential",
        CREDENTIAL.format(id="C", number=1, index=2, key=2),
        CREDENTIAL.format(id="C", number=2, index=1, key=2),
        CREDENTIAL.format(id="A", number=2, index=2, key=2),
        CREDENTIAL.format(id="C", number=2, index=2, key=99),
        "DELETE FROM signing_key WHERE id = 1",
        "UPDATE signing_key SET authority_id = 99",
        "UPDATE signing_key SET retired_at = NULL WHERE id = 1",
        "UPDATE signing_key SET sealed = NULL",
    ],
)
def test_what_the_database_refuses(migrated: Database, statement: str) -> None:
    before = rows(migrated, "SELECT id, number FROM credential ORDER BY id")
    with pytest.raises(DatabaseError), migrated.writing() as session:
        session.execute(text(statement))
    assert rows(migrated, "SELECT id, number FROM credential ORDER BY id") == before


def test_rows_of_many_years_fit(migrated: Database) -> None:
    row = "INSERT INTO received_row (id, batch_id, line, cells, outcome) VALUES ({id}, 1, {line}, '{{}}', 'new')"
    many = 2**31 + 5
    with migrated.writing() as session:
        session.execute(text("UPDATE batch SET state = 'staging' WHERE id = 1"))
        session.execute(text(row.format(id=many, line=7)))
        session.execute(
            text(
                'INSERT INTO finding (id, batch_id, received_row_id, "column", code, gravity, received, details) '
                f"VALUES ({many}, 1, {many}, '', 'x', 'informs', '', '{{}}')"
            )
        )
        session.execute(
            text(
                "INSERT INTO license_version (sequence, license_id, number, document, recorded_at, received_row_id) "
                f"VALUES (3, 1, 3, '{{}}', '2026-03-02 05:00:00', {many})"
            )
        )
        if migrated.engine.dialect.name == "postgresql":
            session.execute(text(f"SELECT setval('received_row_id_seq', {many})"))
        (following,) = next_ids(session, ReceivedRow, 1)
    assert following == many + 1


def test_sqlite_points_nowhere_wrong(migrated: Database) -> None:
    if migrated.engine.dialect.name == "sqlite":
        assert rows(migrated, "PRAGMA foreign_key_check") == []
        with pytest.raises(DatabaseError, match="append-only"), migrated.writing() as session:
            session.execute(text("INSERT OR REPLACE INTO credential SELECT * FROM credential"))


def test_the_mapping_of_the_last_batch_is_a_saved_one(migrated: Database) -> None:
    assert rows(migrated, "SELECT authority_id, type_id, source, version, document FROM mapping") == [
        (1, 1, "", 1, "new mapping")
    ]
    assert rows(migrated, "SELECT id, holds, source, form FROM batch ORDER BY id") == [
        (number, "part", "", "{}") for number in (1, 2, 3)
    ]


def test_the_key_for_packs_is_the_first_of_a_row(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.execution_options(writes=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        connection.execute(
            text(
                "INSERT INTO pack_key (id, public_multibase, sealed, created_at) "
                "VALUES (1, 'z6Mk1', 'secret', '2026-01-01 05:00:00')"
            )
        )
    database.migrate()
    found = rows(
        database, "SELECT id, public_multibase, sealed, hardware, former_ended, handover FROM pack_key ORDER BY id"
    )
    assert [(*each[:2], _bytes(each[2]), *each[3:]) for each in found] == [(1, "z6Mk1", b"secret", None, None, None)]
    more = (
        "INSERT INTO pack_key (id, public_multibase, sealed, hardware, created_at, former_ended, handover) VALUES ({})"
    )
    for wrong in (
        "2, 'z6Mk2', NULL, NULL, '2026-01-01 05:00:00', 'lost', NULL",
        "2, 'z6Mk2', 'a', 'b', '2026-01-01 05:00:00', 'lost', NULL",
        "2, 'z6Mk2', 'a', NULL, '2026-01-01 05:00:00', 'lost', 'x'",
        "2, 'z6Mk2', 'a', NULL, '2026-01-01 05:00:00', NULL, 'x'",
        "2, 'z6Mk2', 'a', NULL, '2026-01-01 05:00:00', 'handed-over', NULL",
        "2, 'z6Mk1', 'a', NULL, '2026-01-01 05:00:00', 'lost', NULL",
    ):
        with pytest.raises(DatabaseError), database.writing() as session:
            session.execute(text(more.format(wrong)))
    with database.writing() as session:
        session.execute(text(more.format("2, 'z6Mk2', 'a', NULL, '2026-01-01 05:00:00', 'handed-over', 'x'")))
    database.close()
