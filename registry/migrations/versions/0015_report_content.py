"""What people wrote and photographed stands beside the fact that they did, and can be erased: the fact stays, append-only.

Revision ID: 0015
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from registry.tables import Instant

revision = "0015"
down_revision = "0013"
CONTENT, ERASURE = "sign_report_content", "sign_report_erasure"
MOVED = ("text", "place", "photo")


def upgrade() -> None:
    long_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

    def report() -> sa.Column[int]:
        return sa.Column(
            "report", long_id, sa.ForeignKey("sign_report.sequence"), primary_key=True, autoincrement=False
        )

    op.create_table(
        CONTENT,
        report(),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("photo", sa.LargeBinary()),
    )
    op.create_table(
        ERASURE,
        report(),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("token_id", sa.Integer(), sa.ForeignKey("access_token.id")),
    )
    op.execute(
        f"INSERT INTO {CONTENT} (report, text, place, photo) SELECT sequence, text, place, photo FROM sign_report"
    )
    for column in MOVED:
        op.drop_column("sign_report", column)
    if op.get_bind().dialect.name == "sqlite":
        _guard_in_sqlite()
    else:
        # PostgreSQL only hides a column that is dropped; written anew, the table has it no more.
        op.execute("CLUSTER sign_report USING sign_report_pkey")
        _guard_in_postgresql()


def _guard_in_sqlite() -> None:
    for table, verb in ((ERASURE, "UPDATE"), (ERASURE, "DELETE"), (CONTENT, "UPDATE")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER {CONTENT}_erased BEFORE DELETE ON {CONTENT} "
        f"WHEN NOT EXISTS (SELECT 1 FROM {ERASURE} WHERE report = OLD.report) "
        f"BEGIN SELECT RAISE(ABORT, '{CONTENT} is append-only until its erasure is noted'); END"
    )


def _guard_in_postgresql() -> None:
    for table, verbs in ((ERASURE, "UPDATE OR DELETE OR TRUNCATE"), (CONTENT, "UPDATE OR TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE FUNCTION refuse_unnoted_erasure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS (SELECT 1 FROM {ERASURE} WHERE report = OLD.report) THEN "
        f"RAISE EXCEPTION '{CONTENT} is append-only until its erasure is noted'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {CONTENT}_erased BEFORE DELETE ON {CONTENT} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_unnoted_erasure()"
    )
