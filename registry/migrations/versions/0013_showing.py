"""The seals of authorities, for posters, and the links by which licensees show a licence on their phones.

Revision ID: 0013
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0013"
down_revision = "0014"
APPEND_ONLY = ("show_link", "show_link_event")


def upgrade() -> None:
    op.create_table(
        "authority_seal",
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), primary_key=True, autoincrement=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "show_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, unique=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Integer(), sa.ForeignKey("access_token.id"), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("lasts_until", Instant(), nullable=False),
    )
    op.create_index("ix_show_link_license_id", "show_link", ["license_id"])
    op.create_table(
        "show_link_event",
        sa.Column("link_id", sa.Integer(), sa.ForeignKey("show_link.id"), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True, unique=True),
    )
    for table in APPEND_ONLY:
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
