"""Reports of signs that do not match their licence, and what became of them: append-only.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0012"
down_revision = "0011"
TABLES = ("sign_report", "sign_report_closing")


def upgrade() -> None:
    long_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sign_report",
        sa.Column("sequence", long_id, primary_key=True),
        sa.Column("reference", sa.Text(), nullable=False, unique=True),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("photo", sa.LargeBinary()),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("sign_report_authority_id", "sign_report", ["authority_id", "sequence"])
    op.create_index("ix_sign_report_license_id", "sign_report", ["license_id"])
    op.create_table(
        "sign_report_closing",
        sa.Column("report", long_id, sa.ForeignKey("sign_report.sequence"), primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("token_id", sa.Integer(), sa.ForeignKey("access_token.id")),
    )
    for table in TABLES:
        _append_only(table)


def _append_only(table: str) -> None:
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
