"""The keys that sign inspector packs, one after the other: in the database or in hardware, with the handover to each.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0016"
down_revision = "0015"

PRIVATE_HALF = "(sealed IS NULL) <> (hardware IS NULL)"
HANDED_OVER = "(handover IS NOT NULL) = (former_ended IS NOT NULL AND former_ended = 'handed-over')"
COLUMNS = "id, public_multibase, sealed, created_at"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
        return
    op.alter_column("pack_key", "sealed", nullable=True)
    op.add_column("pack_key", sa.Column("hardware", sa.Text(), nullable=True))
    op.add_column("pack_key", sa.Column("former_ended", sa.Text(), nullable=True))
    op.add_column("pack_key", sa.Column("handover", sa.LargeBinary(), nullable=True))
    op.create_check_constraint("pack_key_private_half", "pack_key", PRIVATE_HALF)
    op.create_check_constraint("pack_key_handover", "pack_key", HANDED_OVER)


def _rebuild() -> None:
    """SQLite changes no constraint of a table: it is made anew."""
    op.create_table(
        "new_pack_key",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_multibase", sa.Text(), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hardware", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("former_ended", sa.Text(), nullable=True),
        sa.Column("handover", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(PRIVATE_HALF, name="pack_key_private_half"),
        sa.CheckConstraint(HANDED_OVER, name="pack_key_handover"),
    )
    op.execute(f"INSERT INTO new_pack_key ({COLUMNS}) SELECT {COLUMNS} FROM pack_key")
    op.drop_table("pack_key")
    op.rename_table("new_pack_key", "pack_key")
