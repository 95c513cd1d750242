"""Each of several companies that hold a licence, and in which form the entries are: `registry.entries.complete` makes older ones
anew, and notes the areas that licences of an older register are in.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "joint_holder",
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), primary_key=True, autoincrement=False),
        sa.Column("juristic_id", sa.Text(), primary_key=True),
    )
    op.create_index("ix_joint_holder_juristic_id", "joint_holder", ["juristic_id"])
    op.add_column("instance", sa.Column("entries_form", sa.Integer(), nullable=False, server_default="0"))
