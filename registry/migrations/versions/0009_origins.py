"""Origins: other registers whose licences are harvested, what they said, and what a licence here is there.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0009"
down_revision = "0008"

REFUSE = "refuse_change"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    long_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "origin",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "base", "did", "keys")),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("lease", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("cursor", long_id, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("last", "etag")),
        sa.Column("listing", sa.Integer(), nullable=False),
        sa.Column("is_dirty", sa.Boolean(), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=False),
        sa.Column("doubt_since", Instant(), nullable=True),
        sa.Column("aside", sa.Text(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.UniqueConstraint("authority_id", "name"),
    )
    op.create_index("origin_next_at", "origin", ["next_at"])
    op.create_table(
        "harvested",
        sa.Column("id", long_id, primary_key=True),
        sa.Column("origin_id", sa.Integer(), sa.ForeignKey("origin.id"), nullable=False),
        sa.Column("type_id", sa.Integer(), sa.ForeignKey("license_type.id"), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("listing", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("named", sa.LargeBinary(), nullable=False),
        sa.Column("tail", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("credential", "cells", "status")),
        sa.Column("expires_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("lost", "step", "words")),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("proven_at", Instant(), nullable=True),
        sa.UniqueConstraint("origin_id", "iri"),
    )
    op.create_index("harvested_state", "harvested", ["origin_id", "state", "id"])
    op.create_index("harvested_iri", "harvested", ["iri"])
    op.create_index("harvested_tail", "harvested", ["tail"])
    op.create_table(
        "origin_answer",
        sa.Column("id", long_id, primary_key=True),
        sa.Column("origin_id", sa.Integer(), sa.ForeignKey("origin.id"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), sa.ForeignKey("received_file.sha256"), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("origin_answer_origin", "origin_answer", ["origin_id", "id"])
    op.add_column("license", sa.Column("original", sa.Text(), nullable=False, server_default=sa.text("''")))
    for statement in _guards(is_sqlite):
        op.execute(statement)


def _guards(is_sqlite: bool) -> list[str]:
    if is_sqlite:
        return [
            f"CREATE TRIGGER origin_answer_no_{verb.lower()} BEFORE {verb} ON origin_answer "
            "BEGIN SELECT RAISE(ABORT, 'origin_answer is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE TRIGGER origin_answer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON origin_answer "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()"
    ]
