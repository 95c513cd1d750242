"""What stands in the QR code of a licence beside its address: signed when its credential is, append-only like that.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "qr_code",
        sa.Column("credential_id", sa.Text(), sa.ForeignKey("credential.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("signing_key_id", sa.Integer(), sa.ForeignKey("signing_key.id"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
    )
    op.create_index("ix_qr_code_signing_key_id", "qr_code", ["signing_key_id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER qr_code_no_{verb.lower()} BEFORE {verb} ON qr_code "
                "BEGIN SELECT RAISE(ABORT, 'qr_code is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER qr_code_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON qr_code "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
