"""License Access: links to the documents of licences, what became of them, what their hosts answered, and uploaded files.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0010"
down_revision = "0009"

REFUSE = "refuse_change"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    long_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "access_host",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("host", sa.Text(), nullable=False, unique=True),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("lease", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("robots", sa.Text(), nullable=False),
        sa.Column("robots_status", sa.Integer(), nullable=False),
        *(sa.Column(name, Instant(), nullable=True) for name in ("robots_at", "answered_at")),
    )
    op.create_index("access_host_next_at", "access_host", ["next_at"])
    op.create_table(
        "access_target",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("host_id", sa.Integer(), sa.ForeignKey("access_host.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("url", "expected_type", "expected_digest")),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("attempted_at", Instant(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("outcome", "details")),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("good_at", Instant(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("etag", "last_modified", "media_type")),
        sa.Column("size", long_id, nullable=True),
    )
    op.create_index("access_target_next_at", "access_target", ["host_id", "next_at"])
    op.create_table(
        "access_file",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
    )
    op.create_index("ix_access_file_authority_id", "access_file", ["authority_id"])
    op.create_table(
        "license_access",
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("origin", "document")),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("is_visited", sa.Boolean(), nullable=False),
        sa.Column("target_id", sa.Integer(), sa.ForeignKey("access_target.id"), nullable=True),
        sa.Column("file_sha256", sa.Text(), sa.ForeignKey("access_file.sha256"), nullable=True),
    )
    op.create_index("ix_license_access_target_id", "license_access", ["target_id"])
    op.create_index("ix_license_access_file_sha256", "license_access", ["file_sha256"])
    op.create_table(
        "access_change",
        sa.Column("sequence", long_id, primary_key=True),
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("origin", "kind", "document")),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("batch.id"), nullable=True),
        sa.Column("token_id", sa.Integer(), sa.ForeignKey("access_token.id"), nullable=True),
    )
    op.create_index("ix_access_change_license_id", "access_change", ["license_id"])
    op.create_index("ix_access_change_batch_id", "access_change", ["batch_id"])
    op.add_column("license", sa.Column("linked_at", Instant(), nullable=True))
    op.add_column("entry", sa.Column("access", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("received_row", sa.Column("access", sa.Text(), nullable=True))
    for statement in _guards(is_sqlite):
        op.execute(statement)


def _guards(is_sqlite: bool) -> list[str]:
    if is_sqlite:
        return [
            f"CREATE TRIGGER access_change_no_{verb.lower()} BEFORE {verb} ON access_change "
            "BEGIN SELECT RAISE(ABORT, 'access_change is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE TRIGGER access_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_change "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()"
    ]
