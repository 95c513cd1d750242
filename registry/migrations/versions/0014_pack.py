"""The key that signs inspector packs.

Revision ID: 0014
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "pack_key",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_multibase", sa.Text(), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
    )
