"""Staged batches with a preview and an undo, saved mappings, harvested sources, webhooks.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0004"
down_revision = "0003"

REFUSE = "refuse_change"


def upgrade() -> None:
    _add_columns()
    _add_tables()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _widen_ids()
        _guard_postgresql()


def _add_columns() -> None:
    op.add_column("license", sa.Column("row_digest", sa.LargeBinary(), nullable=True))
    op.add_column("license", sa.Column("source", sa.Text(), nullable=True))
    # What came in files until now came from lists without a name.
    op.execute("UPDATE license SET source = ''")
    op.add_column("mandate", sa.Column("generation", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("received_file", sa.Column("packing", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_index("license_row_digest", "license", ["row_digest"])
    for name, kind, default in (
        ("source", sa.Text(), sa.text("''")),
        # Until now a list that lacked a licence said nothing about it.
        ("holds", sa.Text(), "part"),
        ("form", sa.Text(), sa.text("'{}'")),
        ("basis", sa.Text(), sa.text("''")),
        ("suspicions", sa.Text(), sa.text("'{}'")),
        ("accepted", sa.Text(), sa.text("''")),
    ):
        op.add_column("batch", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("batch", sa.Column("undone_at", Instant(), nullable=True))
    op.create_index("batch_of", "batch", ["authority_id", "type_id", "state"])
    op.add_column("received_row", sa.Column("sheet", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("received_row", sa.Column("wave", sa.Integer(), nullable=False, server_default="0"))
    for name, type_ in (
        ("sheet_line", sa.Integer()),
        ("tail", sa.Text()),
        ("key", sa.Text()),
        ("place", sa.Text()),
        ("digest", sa.LargeBinary()),
        ("document", sa.Text()),
        ("claim", sa.Text()),
    ):
        op.add_column("received_row", sa.Column(name, type_, nullable=True))
    # What is dropped with a staging that was never finished is looked for here, and what a batch did.
    op.create_index("license_version_row", "license_version", ["received_row_id"])
    op.create_index("act_row", "act", ["received_row_id"])
    op.create_index(
        "received_row_tail", "received_row", ["batch_id", "tail"], postgresql_ops={"tail": "text_pattern_ops"}
    )
    op.add_column("finding", sa.Column("proposed", sa.Text(), nullable=False, server_default=sa.text("''")))


def _widen_ids() -> None:
    """Rows that every month brings more of are counted with 64 bits; SQLite's integers have them."""
    for table, column in (
        *(("received_row", "id"), ("finding", "id")),
        *((table, "received_row_id") for table in ("finding", "license_version", "act")),
    ):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint")
    for table in ("received_row", "finding"):
        op.execute(f"ALTER SEQUENCE {table}_id_seq AS bigint")


def _add_tables() -> None:
    op.create_table(
        "mapping",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        sa.Column("type_id", sa.Integer(), sa.ForeignKey("license_type.id"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.UniqueConstraint("authority_id", "type_id", "source", "version"),
    )
    # What was published last by a mapping goes on being read by it.
    op.execute(
        "INSERT INTO mapping (authority_id, type_id, source, version, document, saved_at) "
        "SELECT authority_id, type_id, '', 1, mapping, published_at FROM batch WHERE id IN (SELECT max(id) FROM batch "
        "WHERE state = 'published' AND channel = 'file' AND mapping <> '' GROUP BY authority_id, type_id)"
    )
    op.create_table(
        "record_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), nullable=False),
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("batch.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_record_change_license_id", "record_change", ["license_id"])
    op.create_index("record_change_batch", "record_change", ["batch_id"])
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        sa.Column("type_id", sa.Integer(), sa.ForeignKey("license_type.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "url", "hosts", "holds")),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("lease", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("etag", "last_modified", "sha256")),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("batch.id"), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.UniqueConstraint("authority_id", "type_id", "name"),
    )
    op.create_index("source_next_at", "source", ["next_at"])
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("webhook_id", sa.Integer(), sa.ForeignKey("webhook.id"), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False, unique=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("lease", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.Column("given_up_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
    )
    op.create_index("delivery_next_at", "delivery", ["next_at"])
    op.create_table(
        "answered_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.UniqueConstraint("authority_id", "key"),
    )


NEW_APPEND_ONLY = ("mapping", "record_change")
FROZEN = ("received_row", "finding")
REPLACEABLE = ("license_version", "act", "credential", "received_file", "received_row", "finding")
IS_FROZEN = "(SELECT state FROM batch WHERE id = OLD.batch_id) <> 'staging'"


def _guard_sqlite() -> None:
    for table in NEW_APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    # Rows and findings are what a batch is made of: while it is being staged they may change, and never again.
    for table in FROZEN:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}")
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} WHEN {IS_FROZEN} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    # A trigger on INSERT triples what a row costs. REPLACE fires the one on DELETE, since our connections say
    # recursive_triggers (registry.database).
    for table in REPLACEABLE:
        op.execute(f"DROP TRIGGER {table}_no_replace")


def _guard_postgresql() -> None:
    for table in NEW_APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()"
        )
    op.execute(
        "CREATE FUNCTION refuse_change_once_staged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {IS_FROZEN} THEN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for table in FROZEN:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_once_staged()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()"
        )
