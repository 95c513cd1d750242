"""The catalogue: an entry for each public licence, what it is searched by, and the changes in their own order.

Entries of what is there already are made by `registry.entries.complete`.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0005"
down_revision = "0004"

REFUSE = "refuse_change"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    long_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "entry",
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), primary_key=True, autoincrement=False),
        sa.Column("authority_id", sa.Integer(), sa.ForeignKey("authority.id"), nullable=False),
        sa.Column("type_id", sa.Integer(), sa.ForeignKey("license_type.id"), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("text", "name", "juristic_id", "province", "district")
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("activities", "status", "record_status")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("changes_on", "issued_on", "expires_on")),
        sa.Column("is_incomplete", sa.Boolean(), nullable=False),
        sa.Column("renews", sa.Text(), nullable=False),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
    )
    op.create_index("entry_name", "entry", ["name", "license_id"])
    op.create_index("entry_modified", "entry", ["modified_at", "license_id"])
    op.create_index("entry_mandate", "entry", ["authority_id", "type_id", "is_incomplete"])
    is_renewal = sa.text("renews <> ''")
    op.create_index("entry_renews", "entry", ["renews"], sqlite_where=is_renewal, postgresql_where=is_renewal)
    op.create_index("entry_place", "entry", ["province", "district"])
    op.create_index("entry_changes", "entry", ["changes_on"])
    op.create_index("entry_holder", "entry", ["juristic_id"])
    if is_sqlite:
        # Only which entries have a gram is kept: neither where in them, nor the text.
        op.execute("CREATE VIRTUAL TABLE entry_grams USING fts5(grams, content='', detail=none, tokenize='ascii')")
    else:
        op.create_table(
            "entry_grams",
            sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), primary_key=True, autoincrement=False),
            sa.Column("grams", sa.ARRAY(sa.Integer()), nullable=False),
        )
        op.execute("CREATE INDEX entry_grams_grams ON entry_grams USING gin (grams)")
        # Pairs are many and most are rare: the planner must know the common ones.
        op.execute("ALTER TABLE entry_grams ALTER COLUMN grams SET STATISTICS 1000")
    op.create_table(
        "change",
        sa.Column("sequence", long_id, primary_key=True),
        sa.Column("license_id", sa.Integer(), sa.ForeignKey("license.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("status", "record_status")),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_change_license_id", "change", ["license_id"])
    op.create_table(
        "probe",
        sa.Column("id", long_id, primary_key=True),
        sa.Column("minute", Instant(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("requests", "errors", "milliseconds")),
    )
    op.create_index("probe_minute", "probe", ["minute"])
    op.drop_column("license", "search_text")
    for statement in _guards(is_sqlite):
        op.execute(statement)


def _guards(is_sqlite: bool) -> list[str]:
    if is_sqlite:
        return [
            f"CREATE TRIGGER change_no_{verb.lower()} BEFORE {verb} ON change "
            "BEGIN SELECT RAISE(ABORT, 'change is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()"
    ]
