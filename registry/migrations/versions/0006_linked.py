"""Linked data: the districts and subdistricts that licences are in, and when it was last declared who grants what.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
    )
    op.add_column("instance", sa.Column("declared_at", Instant(), nullable=True))
