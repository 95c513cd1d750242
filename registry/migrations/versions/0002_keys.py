"""Keys that wait, sign, are retired or compromised, in the database or in hardware; several credentials for one version.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0002"
down_revision = "0001"

IS_ACTIVE_KEY = "activated_at IS NOT NULL AND retired_at IS NULL AND revoked_at IS NULL"
PRIVATE_HALF = "(sealed IS NULL) <> (hardware IS NULL)"
SAME_CREDENTIAL = (
    "id = NEW.id OR (version_sequence = NEW.version_sequence AND number = NEW.number) OR (authority_id = NEW.authority_id "
    "AND list_number = NEW.list_number AND list_index = NEW.list_index)"
)
KEY_COLUMNS = "id, authority_id, purpose, public_multibase, sealed, created_at, retired_at, revoked_at"
CREDENTIAL_COLUMNS = (
    "id, license_id, version_sequence, authority_id, list_number, list_index, signing_key_id, body, issued_at"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        _alter()
    op.create_index("ix_signing_key_authority_id", "signing_key", ["authority_id"])
    op.create_index(
        "signing_key_active",
        "signing_key",
        ["authority_id", "purpose"],
        unique=True,
        sqlite_where=sa.text(IS_ACTIVE_KEY),
        postgresql_where=sa.text(IS_ACTIVE_KEY),
    )
    op.create_index("ix_credential_license_id", "credential", ["license_id"])
    op.create_index("ix_credential_signing_key_id", "credential", ["signing_key_id"])


def _alter() -> None:
    op.drop_index("ix_signing_key_authority_id")
    op.drop_index("ix_credential_license_id")
    op.alter_column("signing_key", "sealed", nullable=True)
    op.add_column("signing_key", sa.Column("hardware", sa.Text(), nullable=True))
    op.add_column("signing_key", sa.Column("activated_at", Instant(), nullable=True))
    # Keys of the first schema signed from the moment they were made.
    op.execute("UPDATE signing_key SET activated_at = created_at")
    op.create_check_constraint("signing_key_private_half", "signing_key", PRIVATE_HALF)
    op.add_column("credential", sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("credential", "number", server_default=None)
    op.drop_constraint("credential_version_sequence_key", "credential")
    op.create_unique_constraint("credential_version_sequence_number_key", "credential", ["version_sequence", "number"])


def _rebuild() -> None:
    """SQLite changes no constraint of a table: both are made anew, under other names until the old ones are gone.

    The credentials first: while they point to the old keys, those cannot be dropped.
    """
    op.create_table(
        "new_signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("public_multibase", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hardware", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("activated_at", Instant(), nullable=True),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.CheckConstraint(PRIVATE_HALF, name="signing_key_private_half"),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_multibase"),
    )
    op.create_table(
        "new_credential",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("license_id", sa.Integer(), nullable=False),
        sa.Column("version_sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("signing_key_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"]),
        sa.ForeignKeyConstraint(["license_id"], ["license.id"]),
        sa.ForeignKeyConstraint(["signing_key_id"], ["new_signing_key.id"]),
        sa.ForeignKeyConstraint(["version_sequence"], ["license_version.sequence"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("authority_id", "list_number", "list_index"),
        sa.UniqueConstraint("version_sequence", "number"),
    )
    op.execute(
        f"INSERT INTO new_signing_key ({KEY_COLUMNS}, activated_at) SELECT {KEY_COLUMNS}, created_at FROM signing_key"
    )
    op.execute(
        f"INSERT INTO new_credential ({CREDENTIAL_COLUMNS}, number) SELECT {CREDENTIAL_COLUMNS}, 1 FROM credential"
    )
    op.drop_table("credential")
    op.drop_table("signing_key")
    # The second name follows in the first table's foreign key by itself.
    op.rename_table("new_signing_key", "signing_key")
    op.rename_table("new_credential", "credential")
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER credential_no_{verb.lower()} BEFORE {verb} ON credential "
            "BEGIN SELECT RAISE(ABORT, 'credential is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER credential_no_replace BEFORE INSERT ON credential "
        f"WHEN EXISTS (SELECT 1 FROM credential WHERE {SAME_CREDENTIAL}) "
        "BEGIN SELECT RAISE(ABORT, 'credential is append-only'); END"
    )
