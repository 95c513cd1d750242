"""Bearer tokens of authorities, the sandbox issuer's keys and lists, and licences that came by the API.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authority.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "sandbox_key",
        sa.Column("cryptosuite", sa.Text(), nullable=False),
        sa.Column("public_multibase", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cryptosuite"),
        sa.UniqueConstraint("public_multibase"),
    )
    op.create_table(
        "sandbox_list",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cryptosuite", sa.Text(), nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    # What is there already came as files.
    op.add_column("batch", sa.Column("channel", sa.Text(), server_default="file", nullable=False))
